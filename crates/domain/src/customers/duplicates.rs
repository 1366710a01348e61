//! Who somebody may be already: by e-mail address for a buyer (SPEC 3.4), and pointed out while creating (SPEC 3.5). Nothing is merged here.

use store::Tx;

use super::index::fold;
use super::model::{Duplicate, display_name};
use super::queries as q;
use super::state;
use super::validate::Ready;
use crate::duplicates::{Sheet, resembling, same_company, same_tax};
use crate::files::Target;
use crate::kit::{Ctx, CustomerId, Micros, Result, Right, email_key, phone_key};
use crate::merchants;

/// At most so many are shown.
const SHOWN: usize = 5;

/// The oldest customer that has this address, as primary or further one: never a deleted, merged or anonymised one (SPEC 3.4). Asks for no
/// right: a checkout looks by it.
pub fn find_by_email(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<Option<CustomerId>> {
    Ok(by_email(tx, ctx, &email_key(email))?.into_iter().min().map(|(.., id)| id))
}

/// The same by phone, typed in any format; `country` is that of a number without one.
pub fn find_by_phone(tx: &mut Tx, ctx: &Ctx, phone: &str, country: &str) -> Result<Option<CustomerId>> {
    Ok(by_phone(tx, ctx, &phone_key(phone, country))?.into_iter().min().map(|(.., id)| id))
}

/// The customer with this number, deleted ones too. One that was merged leads to the survivor.
pub fn find_by_number(tx: &mut Tx, ctx: &Ctx, number: &str) -> Result<Option<CustomerId>> {
    let found = tx.opt(&q::BY_NUMBER, &[&ctx.merchant, &number], |r| r.get(0))?;
    found.map(|id| state::survivor(tx, ctx, &id)).transpose()
}

/// The customer with this id in another system, deleted ones too.
pub fn find_by_external_id(tx: &mut Tx, ctx: &Ctx, system: &str, id: &str) -> Result<Option<CustomerId>> {
    Ok(tx.opt(&q::BY_EXTERNAL_ID, &[&ctx.merchant, &system, &id], |r| r.get(0))?)
}

/// What is known of somebody who may be a customer already.
#[derive(Clone, Debug, Default)]
pub struct Like {
    /// E-mail address, as typed.
    pub email: String,
    /// Phone, as typed.
    pub phone: String,
    /// Country of the phone, or empty.
    pub country: String,
    /// Name that pages show.
    pub name: String,
    /// First name, where it is known apart.
    pub first_name: String,
    /// Last name, where it is known apart.
    pub last_name: String,
    /// Billing street with its number.
    pub street: String,
    /// Billing city.
    pub city: String,
    /// Billing zip.
    pub zip: String,
    /// Organisation.
    pub company: String,
    /// Its tax id.
    pub tax_id: String,
    /// Its VAT number.
    pub vat_number: String,
}

/// Customers with the same e-mail address, phone or tax id, the same company of which no person is named, or among `named` (found by name elsewhere, see `list::named_like`) with the same name, first and
/// last name in any order, unless their zips say that they live apart, or who resemble this one field by field; at most five, those with most in common first.
pub fn likely_duplicates(tx: &mut Tx, ctx: &Ctx, like: &Like, named: &[CustomerId]) -> Result<Vec<Duplicate>> {
    ctx.must(Right::Read)?;
    let home = if like.country.is_empty() { merchants::settings(tx, ctx)?.country } else { like.country.clone() };
    let mut found = Found::default();
    for (.., id) in by_email(tx, ctx, &email_key(&like.email))? {
        found.add(id, "email");
    }
    for (.., id) in by_phone(tx, ctx, &phone_key(&like.phone, &home))? {
        found.add(id, "phone");
    }
    found.of_tax(tx, ctx, &[&like.vat_number, &like.tax_id])?;
    if [&like.name, &like.first_name, &like.last_name].into_iter().all(|part| part.trim().is_empty()) {
        found.companies(tx, ctx, &like.company, &like.zip)?;
    }
    found.namesakes(tx, ctx, (&like.name, &like.zip, &like.company), named)?;
    found.resemble(tx, ctx, &like.sheet(&home), named)?;
    found.shown(tx, ctx)
}

impl Like {
    fn sheet(&self, home: &str) -> Sheet {
        let mut sheet = Sheet::default();
        for (target, value) in [
            (Target::Email, self.email.as_str()),
            (Target::Phone, &phone_key(&self.phone, home)),
            (Target::Name, &self.name),
            (Target::FirstName, &self.first_name),
            (Target::LastName, &self.last_name),
            (Target::Address1, &self.street),
            (Target::City, &self.city),
            (Target::Zip, &self.zip),
            (Target::Company, &self.company),
            (Target::TaxId, &self.tax_id),
            (Target::VatNumber, &self.vat_number),
        ] {
            sheet.set(&target, value);
        }
        sheet
    }
}

/// The same for one about to be made, by what an index of the database finds, and of who was found by name elsewhere.
pub(super) fn of_new(tx: &mut Tx, ctx: &Ctx, ready: &Ready, named: &[CustomerId]) -> Result<Vec<Duplicate>> {
    let mut found = Found::default();
    for key in std::iter::once(&ready.email_key).chain(ready.emails.iter().map(|e| &e.key)) {
        for (.., id) in by_email(tx, ctx, key)? {
            found.add(id, "email");
        }
    }
    for key in std::iter::once(&ready.phone_key).chain(ready.phones.iter().map(|p| &p.key)) {
        for (.., id) in by_phone(tx, ctx, key)? {
            found.add(id, "phone");
        }
    }
    let new = &ready.new;
    let name = display_name(&new.name, &new.first_name, &new.last_name, "", "", "");
    found.of_tax(tx, ctx, &[&new.vat_number, &new.tax_id])?;
    if [&new.name, &new.first_name, &new.last_name].into_iter().all(|part| part.trim().is_empty()) {
        found.companies(tx, ctx, &new.company, &new.billing.zip)?;
    }
    found.namesakes(tx, ctx, (&name, &new.billing.zip, &new.company), named)?;
    found.resemble(tx, ctx, &ready.sheet(), named)?;
    found.shown(tx, ctx)
}

impl Ready {
    fn sheet(&self) -> Sheet {
        let (new, mut sheet) = (&self.new, Sheet::default());
        for (target, value) in [
            (Target::Email, &new.email),
            (Target::Phone, &self.phone_key),
            (Target::Name, &new.name),
            (Target::FirstName, &new.first_name),
            (Target::LastName, &new.last_name),
            (Target::Address1, &new.billing.line1),
            (Target::Address2, &new.billing.line2),
            (Target::City, &new.billing.city),
            (Target::State, &new.billing.state),
            (Target::Zip, &new.billing.zip),
            (Target::Company, &new.company),
            (Target::TaxId, &new.tax_id),
            (Target::VatNumber, &new.vat_number),
        ] {
            sheet.set(&target, value);
        }
        sheet
    }
}

/// Who, what is the same, and why they are alike.
#[derive(Default)]
struct Found(Vec<(CustomerId, Vec<&'static str>, String)>);

impl Found {
    fn add(&mut self, id: CustomerId, reason: &'static str) {
        match self.0.iter_mut().find(|(known, _, _)| *known == id) {
            Some((_, reasons, _)) if !reasons.contains(&reason) => reasons.push(reason),
            Some(_) => {}
            None => self.0.push((id, vec![reason], String::new())),
        }
    }

    /// Adds who has one of these tax ids or VAT numbers, however it is written: a company has one of its own.
    fn of_tax(&mut self, tx: &mut Tx, ctx: &Ctx, ids: &[&String]) -> Result<()> {
        for id in ids {
            for same in same_tax(tx, ctx, id)? {
                self.add(same, "tax_id");
            }
        }
        Ok(())
    }

    /// For a company of which no person is named: adds the same one, of which none is named either, unless the zips say that it is another.
    fn companies(&mut self, tx: &mut Tx, ctx: &Ctx, company: &str, zip: &str) -> Result<()> {
        for id in same_company(tx, ctx, company)? {
            let Some(sketch) = sketch(tx, ctx, &id)? else { continue };
            if sketch.display_name == sketch.company && (zip.trim().is_empty() || sketch.zip.is_empty() || sketch.zip == zip.trim()) {
                self.add(id, "company");
            }
        }
        Ok(())
    }

    /// Adds who of `named` has the name, unless zip and company say that it is another.
    fn namesakes(&mut self, tx: &mut Tx, ctx: &Ctx, (name, zip, company): (&str, &str, &str), named: &[CustomerId]) -> Result<()> {
        let (name, zip, company) = (words(&fold(name)), zip.trim(), fold(company));
        if name.is_empty() {
            return Ok(());
        }
        for id in named {
            let Some(sketch) = sketch(tx, ctx, id)? else { continue };
            let apart = !zip.is_empty() && !sketch.zip.is_empty() && sketch.zip != zip;
            let colleagues = !company.is_empty() && fold(&sketch.company) == company;
            if words(&sketch.sort_name) == name && (!apart || colleagues) {
                self.add(id.clone(), "name");
            }
        }
        Ok(())
    }

    /// Adds who is alike field by field, and says why of those that are known already.
    fn resemble(&mut self, tx: &mut Tx, ctx: &Ctx, sheet: &Sheet, named: &[CustomerId]) -> Result<()> {
        for alike in resembling(tx, ctx, sheet, named)?.into_iter().take(SHOWN) {
            match self.0.iter_mut().find(|(known, _, _)| *known == alike.id) {
                Some((_, _, why)) => *why = alike.why,
                None => self.0.push((alike.id, vec!["alike"], alike.why)),
            }
        }
        Ok(())
    }

    fn shown(mut self, tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Duplicate>> {
        self.0.sort_by_key(|(_, reasons, _)| std::cmp::Reverse(reasons.len()));
        let mut out = Vec::new();
        for (id, reasons, why) in self.0.into_iter().take(SHOWN) {
            if let Some(s) = sketch(tx, ctx, &id)? {
                out.push(Duplicate { id, display_name: s.display_name, email: s.email, reasons, why });
            }
        }
        Ok(out)
    }
}

/// The words of a folded name in one order: `hoffmann mia` is `mia hoffmann`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect();
    words.sort();
    words
}

struct Sketch {
    display_name: String,
    email: String,
    company: String,
    sort_name: String,
    zip: String,
}

fn sketch(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Option<Sketch>> {
    Ok(tx.opt(&q::SKETCH, &[&ctx.merchant, id], |r| {
        Ok(Sketch {
            display_name: display_name(r.str(1)?, r.str(2)?, r.str(3)?, r.str(4)?, r.str(5)?, r.str(0)?),
            email: r.get(5)?,
            company: r.get(4)?,
            sort_name: r.get(6)?,
            zip: r.get(7)?,
        })
    })?)
}

/// Archived or not, since when, and who: in the order in which they are asked.
type Aged = (bool, Micros, CustomerId);

fn by_email(tx: &mut Tx, ctx: &Ctx, key: &str) -> Result<Vec<Aged>> {
    both(tx, ctx, &q::BY_EMAIL, "email", key)
}

fn by_phone(tx: &mut Tx, ctx: &Ctx, key: &str) -> Result<Vec<Aged>> {
    both(tx, ctx, &q::BY_PHONE, "phone", key)
}

/// By the primary one and by the further ones; each look-up has its own index.
fn both(tx: &mut Tx, ctx: &Ctx, primary: &store::Stmt, kind: &str, key: &str) -> Result<Vec<Aged>> {
    if key.is_empty() || key.contains('\0') {
        return Ok(Vec::new());
    }
    let aged = |r: &store::Row| Ok((r.get::<bool>(2)?, r.get::<Micros>(1)?, r.get::<CustomerId>(0)?));
    let mut all = tx.rows(primary, &[&ctx.merchant, &key], aged)?;
    all.extend(tx.rows(&q::BY_CONTACT, &[&ctx.merchant, &kind, &key], aged)?);
    all.sort();
    all.dedup();
    Ok(all)
}
