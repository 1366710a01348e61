//! New customers: one from a page, the API or a first order, many from an import or the demo (SPEC 3.2, 3.4).

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::json;
use store::{Bind, Tx, ValueRef};

use super::duplicates;
use super::index::fold;
use super::model::{Created, NewCustomer, Rules, display_name};
use super::queries::{self as q, COLUMNS, KEPT};
use super::status::Status;
use super::tags;
use super::validate::{self, Ready};
use crate::events::{self, Event};
use crate::kit::{ContactId, Ctx, CustomerId, Door, Error, NoteId, Problems, Result, Right, together};
use crate::{merchants, privacy};

/// Numbers of customers begin here.
pub(crate) const FIRST_NUMBER: i64 = 1001;

/// Makes a customer, and says who it may be already.
///
/// # Errors
/// [`Error::Invalid`] with every problem; [`Error::Forbidden`] without [`Right::Write`] (imports: [`Right::Import`]).
pub fn create(tx: &mut Tx, ctx: &Ctx, new: NewCustomer, rules: Rules) -> Result<Created> {
    ctx.must(if rules == Rules::Import { Right::Import } else { Right::Write })?;
    make(tx, ctx, new, rules)
}

/// The same for one that a person writes down. `named` are customers of that name, found by the index of names (see `list::named_like`): who of them it
/// may be is told with the others (SPEC 3.5).
///
/// # Errors
/// As [`create`].
pub fn create_beside(tx: &mut Tx, ctx: &Ctx, new: NewCustomer, named: &[CustomerId]) -> Result<Created> {
    ctx.must(Right::Write)?;
    made(tx, ctx, new, Rules::Normal, named)
}

/// The same without asking for a right: for a checkout, whose own right was checked (SPEC 3.4).
pub(crate) fn make(tx: &mut Tx, ctx: &Ctx, new: NewCustomer, rules: Rules) -> Result<Created> {
    made(tx, ctx, new, rules, &[])
}

fn made(tx: &mut Tx, ctx: &Ctx, new: NewCustomer, rules: Rules, named: &[CustomerId]) -> Result<Created> {
    let settings = merchants::settings(tx, ctx)?;
    let (ready, mut problems) = validate::look(new, rules, &settings, ctx.now);
    known(tx, ctx, &ready.new, None, &mut problems)?;
    problems.check()?;
    let likely_duplicates = if rules == Rules::Normal { duplicates::of_new(tx, ctx, &ready, named)? } else { Vec::new() };
    let made = insert(tx, ctx, &[&ready])?.pop().ok_or_else(|| Error::Internal("nothing was made".into()))?;
    Ok(Created { likely_duplicates, ..made })
}

/// Makes many at once, in order; for imports and the demo, a slice at a time. Numbers and ids in other systems must be free: one that
/// is taken refuses the whole slice.
///
/// # Errors
/// [`Error::Forbidden`] without [`Right::Import`].
pub fn create_many<R: Borrow<Ready>>(tx: &mut Tx, ctx: &Ctx, all: &[R]) -> Result<Vec<Created>> {
    ctx.must(Right::Import)?;
    insert(tx, ctx, &all.iter().map(Borrow::borrow).collect::<Vec<_>>())
}

/// Notes what does not exist here or belongs to somebody else. `own` is the customer that is edited.
pub(super) fn known(tx: &mut Tx, ctx: &Ctx, new: &NewCustomer, own: Option<&CustomerId>, p: &mut Problems) -> Result<()> {
    if let Some(shop) = &new.shop
        && tx.opt(&q::SHOP_NAME, &[&ctx.merchant, shop], |r| r.get::<String>(0))?.is_none()
    {
        p.add("shop", "unknown", "Choose one of the shops.");
    }
    if let Some(group) = &new.group
        && tx.opt(&q::GROUP_NAME, &[&ctx.merchant, group], |r| r.get::<String>(0))?.is_none()
    {
        p.add("group", "unknown", "Choose one of the groups.");
    }
    let other = |holder: Option<String>| holder.is_some_and(|id| own.is_none_or(|own| own.as_str() != id));
    if let Some(number) = new.number.as_ref().filter(|n| !n.contains('\0'))
        && other(tx.opt(&q::BY_NUMBER, &[&ctx.merchant, number], |r| r.get(0))?)
    {
        p.add("number", "taken", "Another customer has this number.");
    }
    for (i, e) in new.external_ids.iter().enumerate().filter(|(_, e)| !e.id.contains('\0') && !e.system.contains('\0')) {
        if other(tx.opt(&q::BY_EXTERNAL_ID, &[&ctx.merchant, &e.system, &e.id], |r| r.get(0))?) {
            p.add(format!("external_ids.{i}"), "taken", "Another customer has this id.");
        }
    }
    Ok(())
}

/// Writes rows, contacts, tags, ids, notes and events of all.
fn insert(tx: &mut Tx, ctx: &Ctx, all: &[&Ready]) -> Result<Vec<Created>> {
    let ids: Vec<CustomerId> = all.iter().map(|_| ctx.id()).collect();
    let tag_ids = tags::ids_of(tx, ctx, all.iter().flat_map(|r| &r.new.tags))?;
    let numbers = numbers(tx, ctx, all)?;
    let stamp = tx.stamp()?;
    let mut sheets = Sheets::default();
    sheets.customers.reserve(all.len());
    for ((ready, id), number) in all.iter().zip(&ids).zip(&numbers) {
        sheets.add(ctx, ready, id, number, stamp, &tag_ids);
    }
    sheets.write(tx).map_err(taken)?;
    let consenting = all.iter().zip(&ids).filter(|(ready, _)| ready.new.marketing);
    let addresses = consenting.flat_map(|(ready, id)| {
        let keys = std::iter::once(ready.email_key()).chain(ready.emails.iter().map(|e| e.key.as_str()));
        keys.filter(|key| !key.is_empty()).map(move |key| (id, key))
    });
    privacy::refuse_again(tx, ctx, addresses)?;
    let made = ids.into_iter().zip(numbers).map(|(id, number)| Created { id, number, likely_duplicates: Vec::new() });
    let made: Vec<Created> = made.collect();
    let events = all.iter().zip(&made).map(|(ready, created)| event(ready, created, ctx)).collect();
    events::record_first(tx, ctx, events)?;
    Ok(made)
}

/// What the timeline keeps: the filled fields; of an import only where it came from, the file has the rest.
fn event<'a>(ready: &Ready, created: &'a Created, ctx: &Ctx) -> Event<'a> {
    let new = &ready.new;
    let mut event = Event::new("customer.created").of(&created.id);
    if let Some(import) = &new.import_id {
        event = event.data(json!({ "import": import }));
    }
    if ctx.door == Door::Import {
        return event;
    }
    let fields = super::fields::flat(new);
    fields
        .iter()
        .filter(|(f, v)| !v.is_empty() && f.as_str() != "active")
        .fold(event, |e, (field, value)| e.value(field.clone(), None, Some(value)))
}

/// The number of each: the one it brings, else the next free of the series, whose row is locked last.
fn numbers(tx: &mut Tx, ctx: &Ctx, all: &[&Ready]) -> Result<Vec<String>> {
    let brought: HashSet<&str> = all.iter().filter_map(|r| r.new.number.as_deref()).collect();
    let mut free = VecDeque::new();
    let wanted = all.iter().filter(|r| r.new.number.is_none()).count();
    while wanted > free.len() {
        let next: Vec<String> = take_numbers(tx, ctx, (wanted - free.len()) as i64)?.map(|n| n.to_string()).collect();
        let had = together::known(tx, q::numbers(), &ctx.merchant, &next.iter().map(String::as_str).collect::<Vec<_>>())?;
        free.extend(next.into_iter().filter(|n| !had.contains(n) && !brought.contains(n.as_str())));
    }
    let mut numbers = Vec::with_capacity(all.len());
    for ready in all {
        numbers.extend(ready.new.number.clone().or_else(|| free.pop_front()));
    }
    Ok(numbers)
}

fn take_numbers(tx: &mut Tx, ctx: &Ctx, count: i64) -> Result<std::ops::Range<i64>> {
    let end: i64 = tx.one(&q::NEXT_NUMBER, &[&ctx.merchant, &(FIRST_NUMBER + count), &count], |r| r.get(0))?;
    Ok(end - count..end)
}

/// Two at the same moment with one number: the second is told as if it had come later.
pub(super) fn taken(error: store::Error) -> Error {
    match &error {
        store::Error::Unique { columns, .. } if columns.iter().any(|c| c == "number") => {
            Problems::one("number", "taken", "Another customer has this number.")
        }
        store::Error::Unique { columns, .. } if columns.iter().any(|c| c == "external_id") => {
            Problems::one("external_ids", "taken", "Another customer has this id.")
        }
        _ => Error::Store(error),
    }
}

/// Rows about to be written, by table. They lend what the file or the form brought.
#[derive(Default)]
struct Sheets<'a> {
    customers: Vec<Vec<ValueRef<'a>>>,
    contacts: Vec<Vec<ValueRef<'a>>>,
    tags: Vec<Vec<ValueRef<'a>>>,
    external_ids: Vec<Vec<ValueRef<'a>>>,
    notes: Vec<Vec<ValueRef<'a>>>,
}

impl<'a> Sheets<'a> {
    fn add(
        &mut self,
        ctx: &'a Ctx,
        ready: &'a Ready,
        id: &'a CustomerId,
        number: &'a str,
        stamp: i64,
        tag_ids: &'a HashMap<String, crate::kit::TagId>,
    ) {
        let new = &ready.new;
        self.customers.push(row(ctx, ready, id, number, stamp));
        let emails = ready.emails.iter().map(|e| ("email", &e.typed, &e.key));
        for (kind, value, key) in emails.chain(ready.phones.iter().map(|e| ("phone", &e.typed, &e.key))) {
            self.contacts.push(vec![
                ctx.merchant.value_ref(),
                ValueRef::Owned(ctx.id::<ContactId>().value()),
                id.value_ref(),
                kind.into(),
                value.into(),
                key.into(),
                ctx.now.into(),
            ]);
        }
        for tag in new.tags.iter().filter_map(|t| tag_ids.get(&crate::kit::name_key(t))) {
            self.tags.push(vec![ctx.merchant.value_ref(), id.value_ref(), tag.value_ref()]);
        }
        for e in &new.external_ids {
            self.external_ids.push(vec![ctx.merchant.value_ref(), (&e.system).into(), (&e.id).into(), id.value_ref()]);
        }
        if let Some(note) = &new.note {
            let (a, at) = (&ctx.actor, ValueRef::Int(ctx.now));
            self.notes.push(vec![
                ctx.merchant.value_ref(),
                ValueRef::Owned(ctx.id::<NoteId>().value()),
                id.value_ref(),
                note.into(),
                a.kind.name().into(),
                (&a.id).into(),
                (&a.name).into(),
                at.clone(),
                at,
            ]);
        }
    }

    fn write(self, tx: &mut Tx) -> std::result::Result<(), store::Error> {
        if let [one] = self.customers.as_slice() {
            let values: Vec<&dyn Bind> = one[..COLUMNS.len()].iter().map(|v| v as &dyn Bind).collect();
            tx.exec(&q::INSERT, &values)?;
        } else {
            tx.insert_many("customers", &all_columns(), &self.customers)?;
        }
        let mut many = |table, columns: &[&'static str], rows: &[Vec<ValueRef<'a>>]| {
            if rows.is_empty() { Ok(0) } else { tx.insert_many(table, columns, rows) }
        };
        many("customer_contacts", &["merchant_id", "id", "customer_id", "kind", "value", "key", "created_at"], &self.contacts)?;
        many("customer_tags", &["merchant_id", "customer_id", "tag_id"], &self.tags)?;
        many("external_ids", &["merchant_id", "system", "external_id", "customer_id"], &self.external_ids)?;
        many(
            "notes",
            &["merchant_id", "id", "customer_id", "body", "author_kind", "author_id", "author_name", "created_at", "updated_at"],
            &self.notes,
        )?;
        Ok(())
    }
}

fn all_columns() -> Vec<&'static str> {
    COLUMNS.into_iter().chain(KEPT.iter().map(|(c, _)| *c)).chain(["status_cause"]).collect()
}

/// The row of a new customer in the order of [`all_columns`].
fn row<'a>(ctx: &'a Ctx, ready: &'a Ready, id: &'a CustomerId, number: &'a str, stamp: i64) -> Vec<ValueRef<'a>> {
    let new = &ready.new;
    let when = |at: Option<i64>| at.map_or(ValueRef::Null, ValueRef::Int);
    let mut row = Vec::with_capacity(COLUMNS.len() + KEPT.len() + 1);
    row.extend([ctx.merchant.value_ref(), id.value_ref(), number.into()]);
    row.extend(texts(ready));
    row.extend([new.shop.value_ref(), new.group.value_ref(), new.marketing.into()]);
    row.extend([when(new.marketing.then_some(ctx.now)), metadata(new).into()]);
    row.extend([ValueRef::Int(new.created_at.unwrap_or(ctx.now)), ValueRef::Int(ctx.now)]);
    row.extend([when((!new.active).then_some(ctx.now)), new.import_id.value_ref()]);
    let status = if new.active { Status::Prospect } else { Status::Archived };
    row.extend([ValueRef::Int(1), sort_name(new, number).into(), ValueRef::Int(stamp), ValueRef::Int(i64::from(status.code()))]);
    row.extend(
        KEPT.iter().map(|(column, start)| if *column == "lifetime_missing" { ValueRef::Bool(false) } else { ValueRef::Int(*start) }),
    );
    row.push("".into());
    row
}

/// From `name` to `delivery_country`, as they stand in [`COLUMNS`] and in `UPDATE`.
pub(super) fn texts(ready: &Ready) -> Vec<ValueRef<'_>> {
    let new = &ready.new;
    let (b, d) = (&new.billing, new.delivery.as_ref().unwrap_or(&new.billing));
    let first = [&new.name, &new.first_name, &new.last_name, &new.email, &ready.email_key, &new.phone, &ready.phone_key, &new.language];
    let company = [&new.company, &new.company_id, &new.company_email, &new.tax_id, &new.vat_number];
    let billing = [&b.line1, &b.line2, &b.city, &b.state, &b.zip, &b.country];
    let delivery = [&d.line1, &d.line2, &d.city, &d.state, &d.zip, &d.country];
    let mut values: Vec<ValueRef<'_>> = first.into_iter().chain(company).chain(billing).map(ValueRef::from).collect();
    values.push(new.delivery.is_none().into());
    values.extend(delivery.into_iter().map(ValueRef::from));
    values
}

/// Metadata as JSON text; empty when there is none.
pub(super) fn metadata(new: &NewCustomer) -> String {
    if new.metadata.is_empty() { String::new() } else { serde_json::to_string(&new.metadata).unwrap_or_default() }
}

/// What the list sorts by: the folded name that pages show, which is the e-mail address when there is no name.
pub(super) fn sort_name(new: &NewCustomer, number: &str) -> String {
    fold(&display_name(&new.name, &new.first_name, &new.last_name, &new.company, &new.email, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_single_insert_and_the_bulk_one_name_the_same_columns() {
        let text = q::INSERT.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&format!("({})", all_columns().join(", "))), "{text}");
    }
}
