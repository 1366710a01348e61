//! One row of a file as a customer: which cells it fills, with the values a customer may have. Pure. A blank cell says nothing.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;

use super::MatchBy;
use crate::customers::{ExternalId, NewCustomer, Ready, Rules, ready};
use crate::files::{DateOrder, Layout, Moment, Row, Target, countries, values};
use crate::kit::{Address, CustomerId, GroupId, ImportId, Micros, ShopId, name_key};
use crate::merchants::Settings;

/// A row that may become a customer.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Our own id, when the file has it.
    pub id: Option<CustomerId>,
    /// Cleaned and checked, as it would be made.
    pub ready: Ready,
    /// The name as one cell, when the file has it so.
    pub name: String,
    /// The street lines as one cell.
    pub street: Option<String>,
    pub delivery_street: Option<String>,
    pub marketing: Option<bool>,
    pub active: Option<bool>,
    /// Came with the row itself, not with the import.
    pub own_shop: bool,
    /// By what it is looked for first.
    pub by: MatchBy,
    /// When nothing else can tell who it is: by what exactly the same customer is found.
    pub same_as: Option<u64>,
}

/// What reading a row needs to know.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub layout: Layout,
    pub settings: Settings,
    pub now: Micros,
    pub dates: DateOrder,
    /// By [`name_key`].
    pub shops: HashMap<String, ShopId>,
    pub groups: HashMap<String, GroupId>,
    /// Of customers whose row names none.
    pub shop: ShopId,
    /// What makes them.
    pub import: ImportId,
    /// By what they are found.
    pub by: MatchBy,
    /// What ids of another system are kept under: see [`matching::system`](super::matching::system).
    pub system: String,
}

impl Reader {
    /// Reads a row.
    ///
    /// # Errors
    /// In words, everything that is wrong with it.
    pub(super) fn read(&self, row: &Row) -> Result<Wanted, String> {
        let mut wrong = Vec::new();
        let text = |target: &Target| self.layout.text(row, target);
        let mut note = |read: Result<Option<bool>, String>| {
            read.unwrap_or_else(|e| {
                wrong.push(e);
                None
            })
        };
        let marketing = note(values::yes_no(&text(&Target::MarketingConsent)));
        let active = note(values::yes_no(&text(&Target::Active)));
        let created_at = self.date(&text(&Target::CreatedAt)).unwrap_or_else(|e| {
            wrong.push(e);
            None
        });
        let own_shop = text(&Target::Shop);
        let shop = self.shops.get(&name_key(&own_shop)).cloned();
        if !own_shop.is_empty() && shop.is_none() {
            wrong.push(format!("There is no shop “{own_shop}”."));
        }
        let id = Some(text(&Target::Id)).filter(|id| !id.is_empty());
        let id = id.and_then(|id| id.parse().map_err(|()| wrong.push(format!("“{id}” is no id of a customer."))).ok());
        let (group, tags) = labels(&self.layout, row);
        if let Some(name) = group.as_ref().filter(|g| !self.groups.contains_key(&name_key(g))) {
            wrong.push(format!("“{name}” cannot be the name of a group: use at most 50 characters."));
        }
        let (first_name, last_name) = (text(&Target::FirstName), text(&Target::LastName));
        let name = text(&Target::Name);
        let street = self.layout.has(&Target::Address).then(|| self.layout.lines(row, &Target::Address)).filter(|t| !t.is_empty());
        let delivery_street =
            self.layout.has(&Target::DeliveryAddress).then(|| self.layout.lines(row, &Target::DeliveryAddress)).filter(|t| !t.is_empty());
        let delivery = self.delivery(&text, delivery_street.as_deref());
        let new = NewCustomer {
            name: if name == format!("{first_name} {last_name}").trim() { String::new() } else { name.clone() },
            first_name,
            last_name,
            email: text(&Target::Email),
            phone: text(&Target::Phone),
            emails: values::unlisted(&text(&Target::Emails)),
            phones: values::unlisted(&text(&Target::Phones)),
            language: text(&Target::Language),
            company: text(&Target::Company),
            company_id: text(&Target::CompanyId),
            company_email: text(&Target::CompanyEmail),
            tax_id: text(&Target::TaxId),
            vat_number: text(&Target::VatNumber),
            billing: self.billing(&text, street.as_deref()),
            delivery: Some(delivery).filter(|d| !d.is_empty()),
            shop: shop.or_else(|| Some(self.shop.clone())),
            group: group.and_then(|g| self.groups.get(&name_key(&g)).cloned()),
            tags,
            note: Some(text(&Target::Note)).filter(|n| !n.is_empty()),
            marketing: marketing.unwrap_or(false),
            metadata: self.layout.metadata(row).filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.to_owned(), v)).collect::<BTreeMap<_, _>>(),
            number: Some(values::identifier(&text(&Target::Number)).to_owned()).filter(|n| !n.is_empty()),
            external_ids: self.external_ids(&text(&Target::ExternalId)),
            created_at,
            import_id: Some(self.import.clone()),
            active: active.unwrap_or(true),
        };
        let ready = match ready(new, Rules::Import, &self.settings, self.now) {
            Ok(ready) if wrong.is_empty() => ready,
            Ok(_) => return Err(wrong.join(" ")),
            Err(error) => {
                wrong.push(super::said(&error));
                return Err(wrong.join(" "));
            }
        };
        let f = ready.fields();
        let keyless = id.is_none() && f.number.is_none() && f.external_ids.is_empty() && ready.email_key().is_empty();
        let same_as = keyless.then(|| same_as(f));
        Ok(Wanted { id, by: self.by, name, street, delivery_street, marketing, active, own_shop: !own_shop.is_empty(), same_as, ready })
    }

    fn date(&self, text: &str) -> Result<Option<Micros>, String> {
        if text.is_empty() || text.starts_with("0000-00-00") {
            return Ok(None);
        }
        let moment = Moment::parse(text, self.dates)?;
        // What Stripe exports says its time zone in the header, and nowhere else.
        let at = if self.layout.name == "stripe" { moment.micros(&TimeZone::UTC) } else { moment.micros(self.settings.zone.tz()) };
        at.map(Some).ok_or_else(|| format!("“{text}” is beyond the years that can be kept."))
    }

    fn billing(&self, text: &impl Fn(&Target) -> String, street: Option<&str>) -> Address {
        let (line1, line2) = match street {
            Some(street) => lines(street),
            None => (one_line(&text(&Target::StreetNumber), &text(&Target::Address1)), text(&Target::Address2)),
        };
        Address {
            line1,
            line2,
            city: text(&Target::City),
            state: text(&Target::State),
            zip: values::zip(&text(&Target::Zip)).to_owned(),
            country: country(&text(&Target::Country)),
        }
    }

    fn delivery(&self, text: &impl Fn(&Target) -> String, street: Option<&str>) -> Address {
        let (line1, line2) = street.map_or_else(|| (text(&Target::DeliveryAddress1), text(&Target::DeliveryAddress2)), lines);
        Address {
            line1,
            line2,
            city: text(&Target::DeliveryCity),
            state: text(&Target::DeliveryState),
            zip: values::zip(&text(&Target::DeliveryZip)).to_owned(),
            country: country(&text(&Target::DeliveryCountry)),
        }
    }

    /// Our own export writes `system:id, system:id`; other files have an id of their system.
    fn external_ids(&self, cell: &str) -> Vec<ExternalId> {
        if cell.is_empty() {
            return Vec::new();
        }
        let one = |system: &str, id: &str| ExternalId { system: system.to_owned(), id: id.trim().to_owned() };
        match self.layout.name.as_str() {
            "regulars" => values::unlisted(cell)
                .iter()
                .map(|e| e.split_once(':').map_or_else(|| one("import", e), |(s, id)| one(s.trim(), id)))
                .collect(),
            _ => vec![one(&self.system, values::identifier(cell))],
        }
    }
}

/// The group and the tags of a row, as names.
pub(super) fn labels(layout: &Layout, row: &Row) -> (Option<String>, Vec<String>) {
    let mut tags = values::list(&layout.text(row, &Target::Tags));
    let mut group = Some(layout.text(row, &Target::Group)).filter(|g| !g.is_empty());
    let mut groups = values::list(&layout.text(row, &Target::Groups)).into_iter();
    if group.is_none() {
        group = groups.next();
    }
    tags.extend(groups);
    (group, tags)
}

/// A file may say the name of a country; a customer keeps two letters.
pub(super) fn country(text: &str) -> String {
    countries::code_of(text).map_or_else(|| text.to_owned(), str::to_owned)
}

fn lines(street: &str) -> (String, String) {
    let (first, second) = street.split_once('\n').unwrap_or((street, ""));
    (first.trim().to_owned(), second.trim().to_owned())
}

fn one_line(number: &str, street: &str) -> String {
    [number, street].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a customer without any key is: all of it, as our export writes it.
pub(super) fn same_as(c: &NewCustomer) -> u64 {
    let name = if c.name.is_empty() { format!("{} {}", c.first_name, c.last_name).trim().to_owned() } else { c.name.clone() };
    // A line break of DOS inside a line comes back as one between two lines.
    let street = join_lines(&c.billing.line1, &c.billing.line2).replace("\r\n", "\n");
    let b = &c.billing;
    hash(&[
        &name,
        &c.company,
        &c.company_id,
        &c.company_email,
        &c.tax_id,
        &c.phone,
        &street,
        &b.city,
        &b.state,
        &b.zip,
        &b.country,
        &c.vat_number,
    ])
}

/// The street lines as our export writes them in one cell.
pub(crate) fn join_lines(line1: &str, line2: &str) -> String {
    if line2.is_empty() { line1.to_owned() } else { format!("{line1}\n{line2}") }
}

fn hash(parts: &[&str]) -> u64 {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}
