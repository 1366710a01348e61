//! Who a row is already, and what of it is different (SPEC 9.2). Matched by our own id, the id in the other system, the number, the e-mail
//! address, in this order; a row with none of them by all that it says. A changed cell changes that field alone; a blank one changes nothing.

use std::collections::{HashMap, HashSet};

use store::Tx;

use super::customers::{Wanted, join_lines, same_as};
use super::{MatchBy, queries};
use crate::customers::{self, Contact, Customer, CustomerEdit, NewCustomer};
use crate::kit::{Address, Ctx, CustomerId, Result, ShopId, name_key, together};
use crate::privacy::ErasedNumbers;

/// Who it is.
pub(super) enum Match {
    /// Nobody yet.
    Nobody,
    /// This customer.
    This(CustomerId),
    /// Somebody nothing may be written on; why, in words.
    Not(String),
}

/// Customers without a key, by what they are: see [`same_as`].
pub(super) type Keyless = HashMap<u64, CustomerId>;

/// E-mail addresses of a slice that somebody has, or may have got from a row above: nobody needs to be looked for by the others. And the numbers of
/// those who were erased.
#[derive(Debug, Default)]
pub(super) struct Addresses(HashSet<String>, ErasedNumbers);

impl Addresses {
    /// Looks all up that the rows are found by.
    pub(super) fn of<'a>(tx: &mut Tx, ctx: &Ctx, rows: impl Iterator<Item = &'a Wanted>) -> Result<Self> {
        let keys: Vec<&str> = rows.map(|w| w.ready.email_key()).filter(|key| !key.is_empty()).collect();
        Ok(Self(together::known(tx, queries::addresses(), &ctx.merchant, &keys)?, ErasedNumbers::of(tx, ctx)?))
    }

    /// A row was written: its addresses belong to somebody now.
    pub(super) fn add(&mut self, wanted: &Wanted) {
        let key = wanted.ready.email_key();
        if !key.is_empty() && !self.0.contains(key) {
            self.0.insert(key.to_owned());
        }
    }
}

/// Looks for the customer of a row.
pub(super) fn find(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted, keyless: &Keyless, addresses: &Addresses) -> Result<Match> {
    let new = wanted.ready.fields();
    let key = match wanted.by {
        MatchBy::Auto => return any(tx, ctx, wanted, keyless, addresses),
        MatchBy::Email => !wanted.ready.email_key().is_empty(),
        MatchBy::Number => new.number.is_some(),
        MatchBy::ExternalId => !new.external_ids.is_empty(),
    };
    if !key {
        return any(tx, ctx, wanted, keyless, addresses);
    }
    let found = match wanted.by {
        MatchBy::Number => by_number(tx, ctx, wanted, addresses)?,
        MatchBy::ExternalId => by_external(tx, ctx, wanted)?,
        _ => by_address(tx, ctx, wanted, addresses)?,
    };
    if !matches!(found, Match::Nobody) {
        return Ok(found);
    }
    // What belongs to one customer alone is never given to a second.
    for (other, what) in [
        (by_id(tx, ctx, wanted)?, "id"),
        (by_external(tx, ctx, wanted)?, "id in the other system"),
        (by_number(tx, ctx, wanted, addresses)?, "number"),
    ] {
        if !matches!(other, Match::Nobody) {
            let words = format!(
                "Nobody is found by {}, but somebody has this {what}. Match by that, or take it out of the row.",
                wanted.by.label().to_lowercase()
            );
            return Ok(Match::Not(words));
        }
    }
    Ok(Match::Nobody)
}

/// By the first key that the row has.
fn any(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted, keyless: &Keyless, addresses: &Addresses) -> Result<Match> {
    for find in [by_id, by_external] {
        let found = find(tx, ctx, wanted)?;
        if !matches!(found, Match::Nobody) {
            return Ok(found);
        }
    }
    let found = by_number(tx, ctx, wanted, addresses)?;
    if !matches!(found, Match::Nobody) {
        return Ok(found);
    }
    if !wanted.ready.email_key().is_empty() {
        return by_address(tx, ctx, wanted, addresses);
    }
    Ok(wanted.same_as.and_then(|same| keyless.get(&same)).map_or(Match::Nobody, |id| Match::This(id.clone())))
}

fn who(r: &store::Row) -> std::result::Result<(CustomerId, bool), store::Error> {
    Ok((r.get(0)?, r.get(1)?))
}

fn by_id(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted) -> Result<Match> {
    if let Some(id) = &wanted.id {
        match tx.opt(&queries::BY_ID, &[&ctx.merchant, id], who)? {
            Some((id, true)) => return Ok(Match::This(id)),
            Some((id, _)) => return led(tx, ctx, &id, "id"),
            None => {}
        }
    }
    Ok(Match::Nobody)
}

fn by_external(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted) -> Result<Match> {
    for e in &wanted.ready.fields().external_ids {
        match tx.opt(&queries::BY_EXTERNAL, &[&ctx.merchant, &e.system, &e.id], who)? {
            Some((id, true)) => return Ok(Match::This(id)),
            Some((id, _)) => return led(tx, ctx, &id, "id in the other system"),
            None => {}
        }
        if let Some(id) = before_shops(tx, ctx, wanted, e)? {
            return Ok(Match::This(id));
        }
    }
    Ok(Match::Nobody)
}

/// What ids of the system a file comes from are kept under. Each installation of a shop's software, and each table of one's own, numbers its customers
/// from 1: where the ids of this name are another shop's, those of this shop get a name of their own, so that nobody is taken for a stranger. A shop that
/// has ids of its own name keeps it. Whose a name is, is where most of its customers were brought to: some may stand in another shop by now, by hand or
/// by a merge.
pub(super) fn system(tx: &mut Tx, ctx: &Ctx, layout: &str, shop: &ShopId) -> Result<String> {
    let name = match layout {
        "map" => "import",
        "prestashop" => layout,
        unique => return Ok(unique.to_owned()),
    };
    let tail: String = shop.as_str().chars().rev().take(SHOP_TAIL).collect::<Vec<_>>().into_iter().rev().collect();
    let own = format!("{name}@{}", tail.to_lowercase());
    if tx.opt(&queries::HAS_IDS, &[&ctx.merchant, &own], |_| Ok(()))?.is_some() {
        return Ok(own);
    }
    let whose = tx.opt(&queries::IDS_OF_SHOP, &[&ctx.merchant, &name, shop], |r| r.get::<ShopId>(0))?;
    Ok(if whose.is_none_or(|whose| whose == *shop) { name.to_owned() } else { own })
}

/// So much of a shop's id tells it from others.
const SHOP_TAIL: usize = 8;

/// Who has this id from before another shop came with the same: only one who was brought to this shop, or of the same address.
fn before_shops(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted, e: &customers::ExternalId) -> Result<Option<CustomerId>> {
    let Some((name, _)) = e.system.split_once('@') else { return Ok(None) };
    let found = tx.opt(&queries::ID_BEFORE, &[&ctx.merchant, &name, &e.id], |r| {
        Ok((r.get::<CustomerId>(0)?, r.get::<Option<ShopId>>(1)?, r.get::<String>(2)?))
    })?;
    let key = wanted.ready.email_key();
    let same =
        |(_, shop, email): &(CustomerId, Option<ShopId>, String)| wanted.ready.fields().shop == *shop || (!key.is_empty() && key == email);
    Ok(found.filter(same).map(|(id, ..)| id))
}

fn by_number(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted, addresses: &Addresses) -> Result<Match> {
    if let Some(number) = &wanted.ready.fields().number {
        match tx.opt(&queries::BY_NUMBER, &[&ctx.merchant, number], who)? {
            Some((id, true)) => return Ok(Match::This(id)),
            Some((id, _)) => return led(tx, ctx, &id, "number"),
            None if addresses.1.find(tx, ctx, number)?.is_some() => {
                return Ok(Match::Not(
                    "The customer with this number was anonymised. Take the row out, or give it another number.".to_owned(),
                ));
            }
            None => {}
        }
    }
    Ok(Match::Nobody)
}

fn by_address(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted, addresses: &Addresses) -> Result<Match> {
    if addresses.0.contains(wanted.ready.email_key()) { by_email(tx, ctx, wanted) } else { Ok(Match::Nobody) }
}

/// One that is not here: merged, it leads to the survivor (SPEC 10.1); else the row is not taken.
fn led(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, what: &str) -> Result<Match> {
    let survivor = customers::survivor(tx, ctx, id)?;
    let here = survivor != *id && tx.opt(&queries::IS_HERE, &[&ctx.merchant, &survivor], |r| r.get(0))? == Some(true);
    Ok(if here {
        Match::This(survivor)
    } else {
        Match::Not(format!("The customer with this {what} is deleted. Restore the customer first, or take the row out."))
    })
}

/// E-mail addresses are not unique: of several customers with one, the row is about the one of whom it says nothing new, or whose name it
/// has. A row that could be about either is not written over the wrong one.
fn by_email(tx: &mut Tx, ctx: &Ctx, wanted: &Wanted) -> Result<Match> {
    let key = wanted.ready.email_key();
    let Some(oldest) = customers::find_by_email(tx, ctx, key)? else { return Ok(Match::Nobody) };
    let several: Vec<CustomerId> = tx.rows(&queries::SAME_EMAIL, &[&ctx.merchant, &key], |r| r.get(0))?;
    if several.len() < 2 {
        return Ok(Match::This(oldest));
    }
    let mut named = Vec::new();
    for id in &several {
        let known = customers::get(tx, ctx, id)?;
        let edit = changes(&known, wanted);
        if edit == CustomerEdit::default() {
            return Ok(Match::This(id.clone()));
        }
        if edit.name.is_none() && edit.first_name.is_none() && edit.last_name.is_none() {
            named.push(id);
        }
    }
    Ok(match named.as_slice() {
        [one] => Match::This((*one).clone()),
        _ => Match::Not(format!(
            "{} customers have this e-mail address. Add a column with the customer number or the id, so that it is known who is meant.",
            several.len()
        )),
    })
}

/// All customers without a key, read once when a file begins.
pub(super) fn keyless(tx: &mut Tx, ctx: &Ctx) -> Result<Keyless> {
    let mut all = Keyless::new();
    tx.each(&queries::KEYLESS, &[&ctx.merchant], |r| {
        let text = |at: usize| r.get::<String>(at);
        let c = NewCustomer {
            name: text(1)?,
            first_name: text(2)?,
            last_name: text(3)?,
            company: text(4)?,
            company_id: text(5)?,
            company_email: text(6)?,
            tax_id: text(7)?,
            phone: text(8)?,
            billing: Address { line1: text(9)?, line2: text(10)?, city: text(11)?, state: text(12)?, zip: text(13)?, country: text(14)? },
            vat_number: text(15)?,
            ..NewCustomer::default()
        };
        all.entry(same_as(&c)).or_insert(r.get(0)?);
        Ok(())
    })?;
    Ok(all)
}

/// What of a customer the row changes; nothing when it says what is known.
pub(super) fn changes(old: &Customer, wanted: &Wanted) -> CustomerEdit {
    let new = wanted.ready.fields();
    let mut edit = CustomerEdit::default();
    names(old, wanted, &mut edit);
    for (now, cell, into) in [
        (&old.email, &new.email, &mut edit.email),
        (&old.phone, &new.phone, &mut edit.phone),
        (&old.language, &new.language, &mut edit.language),
        (&old.company, &new.company, &mut edit.company),
        (&old.company_id, &new.company_id, &mut edit.company_id),
        (&old.company_email, &new.company_email, &mut edit.company_email),
        (&old.tax_id, &new.tax_id, &mut edit.tax_id),
        (&old.vat_number, &new.vat_number, &mut edit.vat_number),
    ] {
        *into = differs(now, cell);
    }
    // Case does not matter in an address, and a further one that the customer has already stays further.
    let key = crate::kit::email_key(&new.email);
    if crate::kit::email_key(&old.email) == key || old.emails.iter().any(|e| crate::kit::email_key(&e.value) == key) {
        edit.email = None;
    }
    let country = if old.billing.country.is_empty() { &new.billing.country } else { &old.billing.country };
    edit.emails = further(&old.email, &old.emails, &new.emails, crate::kit::email_key);
    edit.phones = further(&old.phone, &old.phones, &new.phones, |phone| crate::kit::phone_key(phone, country));
    edit.number = new.number.as_ref().and_then(|n| differs(&old.number, n));
    edit.billing = address(&old.billing, &new.billing, wanted.street.as_deref());
    if let Some(delivery) = &new.delivery {
        let known = if old.delivery_same { old.billing.clone() } else { old.delivery.clone() };
        edit.delivery = address(&known, delivery, wanted.delivery_street.as_deref()).map(Some);
    }
    edit.shop = new.shop.as_ref().filter(|s| wanted.own_shop && old.shop.as_ref().is_none_or(|o| o.id != **s)).map(|s| Some(s.clone()));
    edit.group = new.group.as_ref().filter(|g| old.group.as_ref().is_none_or(|o| o.id != **g)).map(|g| Some(g.clone()));
    edit.marketing = wanted.marketing.filter(|m| *m != old.marketing);
    edit.tags = tags(old, new);
    edit.metadata = metadata(old, new);
    edit.external_ids = external_ids(old, new);
    edit
}

fn differs(now: &str, cell: &str) -> Option<String> {
    (!cell.is_empty() && cell != now).then(|| cell.to_owned())
}

/// Further addresses and numbers are added, never taken away; what the customer has already, first or further, is not added again.
fn further(first: &str, known: &[Contact], cell: &[String], key: impl Fn(&str) -> String) -> Option<Vec<String>> {
    let had: Vec<String> = std::iter::once(first).chain(known.iter().map(|c| c.value.as_str())).map(&key).collect();
    let missing: Vec<&String> = cell.iter().filter(|value| !had.contains(&key(value))).collect();
    (!missing.is_empty()).then(|| known.iter().map(|c| &c.value).chain(missing).cloned().collect())
}

/// A name in one cell is what our export writes: the name, or first and last name.
fn names(old: &Customer, wanted: &Wanted, edit: &mut CustomerEdit) {
    let new = wanted.ready.fields();
    edit.first_name = differs(&old.first_name, &new.first_name);
    edit.last_name = differs(&old.last_name, &new.last_name);
    let shown = if old.name.is_empty() { format!("{} {}", old.first_name, old.last_name).trim().to_owned() } else { old.name.clone() };
    if wanted.name != shown {
        edit.name = differs(&old.name, &new.name);
    }
}

/// Parts that the row fills, over those that are known. `street` is one cell for both lines.
fn address(old: &Address, new: &Address, street: Option<&str>) -> Option<Address> {
    let mut merged = old.clone();
    if street.is_none_or(|s| s != join_lines(&old.line1, &old.line2)) {
        if !new.line1.is_empty() && (street.is_some() || new.line1 != old.line1) {
            merged.line1.clone_from(&new.line1);
        }
        if !new.line2.is_empty() || (street.is_some() && !new.line1.is_empty()) {
            merged.line2.clone_from(&new.line2);
        }
    }
    for (part, cell) in
        [(&mut merged.city, &new.city), (&mut merged.state, &new.state), (&mut merged.zip, &new.zip), (&mut merged.country, &new.country)]
    {
        if !cell.is_empty() {
            part.clone_from(cell);
        }
    }
    (merged != *old).then_some(merged)
}

/// Tags are added; who took one off in Regulars does not get it back off by a file that never knew it.
fn tags(old: &Customer, new: &NewCustomer) -> Option<Vec<String>> {
    let known: Vec<String> = old.tags.iter().map(|t| name_key(&t.name)).collect();
    let missing: Vec<String> = new.tags.iter().filter(|t| !known.contains(&name_key(t))).cloned().collect();
    (!missing.is_empty()).then(|| old.tags.iter().map(|t| t.name.clone()).chain(missing).collect())
}

fn metadata(old: &Customer, new: &NewCustomer) -> Option<std::collections::BTreeMap<String, String>> {
    let mut merged = old.metadata.clone();
    merged.extend(new.metadata.clone());
    (merged != old.metadata).then_some(merged)
}

fn external_ids(old: &Customer, new: &NewCustomer) -> Option<Vec<crate::customers::ExternalId>> {
    let mut merged = old.external_ids.clone();
    merged.extend(new.external_ids.iter().filter(|e| !old.external_ids.contains(e)).cloned());
    (merged.len() > old.external_ids.len()).then_some(merged)
}
