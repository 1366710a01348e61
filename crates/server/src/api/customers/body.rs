//! Customers as the API writes and takes them.

use std::collections::BTreeMap;

use domain::customers::{self, CustomerEdit, HowToCancel, MethodStatus, NewCustomer, Status};
use domain::kit::{GroupId, Problems, ShopId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::types::{Address, Money, Named, Time, given, money, time};
use crate::api::words;

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Customer {
    #[schema(example = "cus_01k8x3c5n0e2v9m4q7r6t1w2ya")]
    pub id: String,
    pub number: String,
    /// What pages call it: name, else first and last name, company, e-mail.
    pub display_name: String,
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// Further addresses.
    pub emails: Vec<String>,
    pub phone: String,
    /// Further phones.
    pub phones: Vec<String>,
    pub language: String,
    pub company: String,
    pub company_id: String,
    pub company_email: String,
    pub tax_id: String,
    pub vat_number: String,
    pub billing: Address,
    /// The delivery address is the billing address.
    pub delivery_same: bool,
    pub delivery: Address,
    pub shop: Option<Named>,
    /// Where it was created and where it has an order.
    pub shops: Vec<Named>,
    pub group: Option<Named>,
    pub tags: Vec<Named>,
    pub marketing: bool,
    /// Since when `marketing` is what it is.
    pub marketing_at: Option<Time>,
    pub metadata: BTreeMap<String, String>,
    pub external_ids: Vec<ExternalId>,
    /// Worked out from facts at this moment.
    #[schema(value_type = words::CustomerStatus)]
    pub status: Status,
    /// Why, in words.
    pub status_reason: String,
    #[schema(value_type = words::CustomerMethodStatus)]
    pub method_status: MethodStatus,
    /// The method that `method_status` speaks of.
    pub default_method: Option<MethodInShort>,
    /// The oldest one still attached.
    pub oldest_method: Option<MethodInShort>,
    pub lifetime: Money,
    /// A rate is missing, so a part of the value is left out.
    pub lifetime_missing: bool,
    /// Per currency: paid − refunded − lost.
    pub totals: Vec<Money>,
    pub order_count: i64,
    pub payment_count: i64,
    pub dispute_count: i64,
    pub open_dispute_count: i64,
    pub balance_due: Money,
    pub first_order_at: Option<Time>,
    pub last_order_at: Option<Time>,
    pub first_paid_at: Option<Time>,
    pub last_paid_at: Option<Time>,
    pub created_at: Time,
    pub updated_at: Time,
    pub archived_at: Option<Time>,
    pub deleted_at: Option<Time>,
    /// When its personal data was erased.
    pub anonymised_at: Option<Time>,
    /// The customer it was merged into.
    pub merged_into: Option<String>,
    /// Id of its picture; `GET /customers/{id}/avatar` gives the file.
    pub avatar: Option<String>,
    /// Send it back as `expected_version` to learn of somebody else's changes.
    pub version: i64,
}

impl From<customers::Customer> for Customer {
    fn from(c: customers::Customer) -> Self {
        let all = |n: Vec<customers::Contact>| n.into_iter().map(|c| c.value).collect();
        Self {
            lifetime: money(c.lifetime, c.currency),
            balance_due: money(c.balance_due, c.currency),
            totals: c.totals.iter().map(|t| money(t.value().minor, t.currency)).collect(),
            id: c.id.to_string(),
            number: c.number,
            display_name: c.display_name,
            name: c.name,
            first_name: c.first_name,
            last_name: c.last_name,
            email: c.email,
            emails: all(c.emails),
            phone: c.phone,
            phones: all(c.phones),
            language: c.language,
            company: c.company,
            company_id: c.company_id,
            company_email: c.company_email,
            tax_id: c.tax_id,
            vat_number: c.vat_number,
            billing: c.billing.into(),
            delivery_same: c.delivery_same,
            delivery: c.delivery.into(),
            shop: c.shop.map(named),
            shops: c.shops.into_iter().map(named).collect(),
            group: c.group.map(named),
            tags: c.tags.into_iter().map(named).collect(),
            marketing: c.marketing,
            marketing_at: time(c.marketing_at),
            metadata: c.metadata,
            external_ids: c.external_ids.into_iter().map(|e| ExternalId { system: e.system, id: e.id }).collect(),
            status: c.status,
            status_reason: c.status_reason,
            method_status: c.method_status,
            default_method: c.default_method.map(Into::into),
            oldest_method: c.oldest_method.map(Into::into),
            lifetime_missing: c.lifetime_missing,
            order_count: c.order_count,
            payment_count: c.payment_count,
            dispute_count: c.dispute_count,
            open_dispute_count: c.open_dispute_count,
            first_order_at: time(c.first_order_at),
            last_order_at: time(c.last_order_at),
            first_paid_at: time(c.first_paid_at),
            last_paid_at: time(c.last_paid_at),
            created_at: Time(c.created_at),
            updated_at: Time(c.updated_at),
            archived_at: time(c.archived_at),
            deleted_at: time(c.deleted_at),
            anonymised_at: time(c.anonymised_at),
            merged_into: c.merged_into.map(|id| id.to_string()),
            avatar: c.avatar.map(|id| id.to_string()),
            version: c.version,
        }
    }
}

/// With the id as text.
pub fn named<I: ToString>(n: customers::Named<I>) -> Named {
    Named { id: n.id.to_string(), name: n.name }
}

/// A payment method by its words; the customer’s payment methods tell all of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MethodInShort {
    pub id: String,
    #[schema(example = "Visa •••• 4242")]
    pub words: String,
}

impl From<customers::MethodLine> for MethodInShort {
    fn from(m: customers::MethodLine) -> Self {
        Self { words: m.words(), id: m.id.to_string() }
    }
}

/// A row of the list: what the columns show.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerRow {
    pub id: String,
    pub number: String,
    pub display_name: String,
    pub email: String,
    pub phone: String,
    pub company: String,
    pub country: String,
    #[schema(value_type = words::CustomerStatus)]
    pub status: Status,
    #[schema(value_type = words::CustomerMethodStatus)]
    pub method_status: MethodStatus,
    /// The method that `method_status` speaks of.
    pub default_method: Option<MethodInShort>,
    /// The oldest one still attached.
    pub oldest_method: Option<MethodInShort>,
    pub group: Option<Named>,
    pub shop: Option<Named>,
    pub tags: Vec<Named>,
    pub order_count: i64,
    pub lifetime: Money,
    pub lifetime_missing: bool,
    pub last_order_at: Option<Time>,
    pub created_at: Time,
    pub version: i64,
}

impl From<customers::list::ListRow> for CustomerRow {
    fn from(r: customers::list::ListRow) -> Self {
        Self {
            lifetime: money(r.lifetime, r.currency),
            id: r.id.to_string(),
            number: r.number,
            display_name: r.display_name,
            email: r.email,
            phone: r.phone,
            company: r.company,
            country: r.country,
            status: r.status,
            method_status: r.method_status,
            default_method: r.default_method.map(Into::into),
            oldest_method: r.oldest_method.map(Into::into),
            group: r.group.map(named),
            shop: r.shop.map(named),
            tags: r.tags.into_iter().map(named).collect(),
            order_count: r.order_count,
            lifetime_missing: r.lifetime_missing,
            last_order_at: time(r.last_order_at),
            created_at: Time(r.created_at),
            version: r.version,
        }
    }
}

/// The customer's id in another system.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalId {
    /// `stripe`, `shopify`, …
    #[schema(example = "shopify")]
    pub system: String,
    pub id: String,
}

/// A customer to be made. Only `email` is required.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerCreate {
    #[schema(example = "ana.ruiz@example.es")]
    pub email: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub first_name: String,
    #[serde(default)]
    pub last_name: String,
    #[serde(default)]
    pub emails: Vec<String>,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub phones: Vec<String>,
    #[serde(default)]
    pub language: String,
    #[serde(default)]
    pub company: String,
    #[serde(default)]
    pub company_id: String,
    #[serde(default)]
    pub company_email: String,
    #[serde(default)]
    pub tax_id: String,
    #[serde(default)]
    pub vat_number: String,
    #[serde(default)]
    pub billing: Address,
    /// Absent: the billing address.
    #[serde(default)]
    pub delivery: Option<Address>,
    /// Id of a shop.
    #[serde(default)]
    pub shop: Option<String>,
    /// Id of a group.
    #[serde(default)]
    pub group: Option<String>,
    /// Names; made when missing.
    #[serde(default)]
    pub tags: Vec<String>,
    /// A first note.
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub marketing: bool,
    /// At most 50 keys of 40 characters with values of 500.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Absent: the next of the series.
    #[serde(default)]
    pub number: Option<String>,
    #[serde(default)]
    pub external_ids: Vec<ExternalId>,
    /// `false`: archived from the beginning.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

impl CustomerCreate {
    /// As the verb takes it.
    ///
    /// # Errors
    /// Field errors for ids that are none.
    pub fn input(&self) -> domain::Result<NewCustomer> {
        let mut problems = Problems::default();
        let shop: Option<ShopId> = reference(&mut problems, "shop", self.shop.as_deref());
        let group: Option<GroupId> = reference(&mut problems, "group", self.group.as_deref());
        problems.check()?;
        let c = self.clone();
        Ok(NewCustomer {
            email: c.email,
            name: c.name,
            first_name: c.first_name,
            last_name: c.last_name,
            emails: c.emails,
            phone: c.phone,
            phones: c.phones,
            language: c.language,
            company: c.company,
            company_id: c.company_id,
            company_email: c.company_email,
            tax_id: c.tax_id,
            vat_number: c.vat_number,
            billing: c.billing.into(),
            delivery: c.delivery.map(Into::into),
            shop,
            group,
            tags: c.tags,
            note: c.note,
            marketing: c.marketing,
            metadata: c.metadata,
            number: c.number,
            external_ids: externals(c.external_ids),
            active: c.active,
            ..NewCustomer::default()
        })
    }
}

/// Lines of an address that change.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AddressPatch {
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub zip: Option<String>,
    /// Two letters, or its name.
    pub country: Option<String>,
}

impl AddressPatch {
    fn over(self, now: Option<&domain::kit::Address>) -> domain::kit::Address {
        let mut all = now.cloned().unwrap_or_default();
        for (line, new) in [
            (&mut all.line1, self.line1),
            (&mut all.line2, self.line2),
            (&mut all.city, self.city),
            (&mut all.state, self.state),
            (&mut all.zip, self.zip),
            (&mut all.country, self.country),
        ] {
            if let Some(new) = new {
                *line = new;
            }
        }
        all
    }
}

/// What changes; absent fields stay. `null` for `delivery`, `shop` and `group` takes them away.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerPatch {
    /// The version that was looked at: answers 409 `stale` when somebody changed the same fields since.
    pub expected_version: Option<i64>,
    pub email: Option<String>,
    pub name: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub emails: Option<Vec<String>>,
    pub phone: Option<String>,
    pub phones: Option<Vec<String>>,
    pub language: Option<String>,
    pub company: Option<String>,
    pub company_id: Option<String>,
    pub company_email: Option<String>,
    pub tax_id: Option<String>,
    pub vat_number: Option<String>,
    /// Lines that are there; the others stay.
    pub billing: Option<AddressPatch>,
    /// Lines that are there; the others stay. `null`: the billing address.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<AddressPatch>)]
    pub delivery: Option<Option<AddressPatch>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub shop: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub group: Option<Option<String>>,
    /// Names, all of them.
    pub tags: Option<Vec<String>>,
    pub marketing: Option<bool>,
    /// All keys and values.
    pub metadata: Option<BTreeMap<String, String>>,
    pub number: Option<String>,
    pub external_ids: Option<Vec<ExternalId>>,
}

impl CustomerPatch {
    /// Does it change a line of an address, so that the others must be known?
    pub fn has_address(&self) -> bool {
        self.billing.is_some() || matches!(self.delivery, Some(Some(_)))
    }

    /// As the verb takes it. `now` is the customer, for the lines of an address that stay.
    ///
    /// # Errors
    /// Field errors for ids that are none.
    pub fn edit(&self, now: Option<&customers::Customer>) -> domain::Result<CustomerEdit> {
        let mut problems = Problems::default();
        let shop = self.shop.as_ref().map(|s| reference(&mut problems, "shop", s.as_deref()));
        let group = self.group.as_ref().map(|g| reference(&mut problems, "group", g.as_deref()));
        problems.check()?;
        let c = self.clone();
        Ok(CustomerEdit {
            expected_version: c.expected_version,
            email: c.email,
            name: c.name,
            first_name: c.first_name,
            last_name: c.last_name,
            emails: c.emails,
            phone: c.phone,
            phones: c.phones,
            language: c.language,
            company: c.company,
            company_id: c.company_id,
            company_email: c.company_email,
            tax_id: c.tax_id,
            vat_number: c.vat_number,
            billing: c.billing.map(|p| p.over(now.map(|n| &n.billing))),
            delivery: c.delivery.map(|d| d.map(|p| p.over(now.map(|n| if n.delivery_same { &n.billing } else { &n.delivery })))),
            shop,
            group,
            tags: c.tags,
            marketing: c.marketing,
            metadata: c.metadata,
            number: c.number,
            external_ids: c.external_ids.map(externals),
            ..CustomerEdit::default()
        })
    }
}

fn externals(all: Vec<ExternalId>) -> Vec<customers::ExternalId> {
    all.into_iter().map(|e| customers::ExternalId { system: e.system, id: e.id }).collect()
}

/// An id inside a body: what is none is a field error.
pub fn reference<I: std::str::FromStr>(problems: &mut Problems, field: &str, text: Option<&str>) -> Option<I> {
    let text = text?;
    let id = text.parse().ok();
    if id.is_none() {
        problems.add(field, "unknown", "This is not an id of that kind.");
    }
    id
}

/// What became of a new customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerCreated {
    pub customer: Customer,
    /// Who it may be already.
    pub likely_duplicates: Vec<Duplicate>,
}

/// Somebody who may be the same person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Duplicate {
    pub id: String,
    pub display_name: String,
    pub email: String,
    /// `email`, `phone`, `tax_id`, `company` (where no person is named), `name` (with the zip or company): the same; `alike`: field by field.
    pub reasons: Vec<String>,
    /// How the two are alike, in words without values: `Same zip and street; last name nearly the same`. May be empty.
    pub why: String,
}

impl From<customers::Duplicate> for Duplicate {
    fn from(d: customers::Duplicate) -> Self {
        Self {
            id: d.id.to_string(),
            display_name: d.display_name,
            email: d.email,
            reasons: d.reasons.into_iter().map(str::to_owned).collect(),
            why: d.why,
        }
    }
}

/// How an archive deals with live subscriptions.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Archive {
    /// Absent: a live subscription refuses the archive (409 `live_subscription`).
    pub cancel_subscriptions: Option<Cancel>,
}

/// When a live subscription is to end.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cancel {
    /// At once.
    Now,
    /// At the end of the period that is paid.
    PeriodEnd,
}

impl From<Cancel> for HowToCancel {
    fn from(c: Cancel) -> Self {
        match c {
            Cancel::Now => Self::Now,
            Cancel::PeriodEnd => Self::PeriodEnd,
        }
    }
}
