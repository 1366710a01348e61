//! From rows to the image: all of a merchant at first use, in slices of bounded memory; then what changed since.

use store::{Bind, Row, Tx, Value};

use super::memory::Held;
use super::queries::{self as q, MANY, Some2};
use crate::customers::index::{Entry, Image, Key, country_code, fold};
use crate::kit::{Ctx, CustomerId, Result, decode};

/// Customers read at once while loading.
const SLICE: i64 = 10_000;

/// What changed since a stamp.
pub(super) struct Changes {
    pub(super) rows: Vec<Facts>,
    pub(super) gone: Vec<Key>,
}

/// A customer's row with what other tables add to it.
#[derive(Default)]
pub(super) struct Facts {
    id: String,
    entry: Entry,
    group: Option<String>,
    tags: Vec<String>,
    shops: Vec<String>,
}

impl Facts {
    /// As the image takes it.
    pub(super) fn entry(self, held: &mut Held) -> Entry {
        let mut entry = self.entry;
        entry.group = self.group.and_then(|id| held.groups.number(&id));
        entry.tags = self.tags.iter().filter_map(|id| held.tags.number(id)).collect();
        entry.shops = self.shops.iter().filter_map(|id| held.shops.number(id)).collect();
        entry.tags.sort_unstable();
        entry.shops.sort_unstable();
        entry.shops.dedup();
        entry
    }

    fn contact(&mut self, kind: &str, key: &str) {
        let into = if kind == "phone" { &mut self.entry.phones } else { &mut self.entry.text };
        part(into, if kind == "phone" { key.to_owned() } else { fold(key) });
    }
}

fn part(into: &mut String, text: String) {
    if text.is_empty() {
        return;
    }
    if !into.is_empty() {
        into.push('\u{1}');
    }
    into.push_str(&text);
}

/// Reads a row of `LOAD` and `CHANGED`.
fn read(r: &Row) -> std::result::Result<Facts, store::Error> {
    let id = r.str(0)?;
    let mut entry = Entry {
        key: decode(id.get(CustomerId::PREFIX.len() + 1..).unwrap_or_default()).unwrap_or_default(),
        name: r.get(1)?,
        email: fold(r.str(5)?),
        base: r.get::<i64>(9)?.clamp(1, 8) as u8,
        until: r.get::<Option<i64>>(10)?.unwrap_or(i64::MAX),
        method: r.get::<i64>(11)?.clamp(0, 6) as u8,
        expires_day: r.get::<Option<i32>>(12)?.unwrap_or(i32::MAX),
        country: country_code(r.str(15)?),
        lifetime: r.get(16)?,
        created: r.get(17)?,
        last_order: r.get(18)?,
        orders: r.get(19)?,
        ..Entry::default()
    };
    // Name, first, last, company: whichever the list's name does not show already. The number may be part of another word.
    for column in [2, 3, 4, 6] {
        let text = fold(r.str(column)?);
        if !entry.name.contains(&text) {
            part(&mut entry.text, text);
        }
    }
    part(&mut entry.text, fold(r.str(7)?));
    part(&mut entry.phones, r.get(8)?);
    let shops = r.get::<Option<String>>(14)?.into_iter().collect();
    Ok(Facts { id: id.to_owned(), entry, group: r.get(13)?, tags: Vec::new(), shops })
}

/// Fills an empty image. Gives false when `stop` ended it before it was whole.
pub(super) fn all(tx: &mut Tx, ctx: &Ctx, held: &mut Held, stop: &dyn Fn() -> bool) -> Result<bool> {
    let many = tx.one(&q::HOW_MANY, &[&ctx.merchant], |r| r.get::<i64>(0))? as usize;
    held.image = Image::with_capacity(many);
    let mut last = String::new();
    while !stop() {
        let mut rows = tx.rows(&q::LOAD, &[&ctx.merchant, &last, &SLICE], read)?;
        let Some((from, to)) = rows.first().zip(rows.last()).map(|(a, b)| (a.id.clone(), b.id.clone())) else { return Ok(true) };
        let range: [&dyn Bind; 3] = [&ctx.merchant, &from, &to];
        tx.each(&q::LOAD_CONTACTS, &range, |r| add(&mut rows, r, |facts, r| Ok(facts.contact(r.str(1)?, r.str(2)?))))?;
        tx.each(&q::LOAD_TAGS, &range, |r| add(&mut rows, r, |facts, r| Ok(facts.tags.push(r.get(1)?))))?;
        tx.each(&q::LOAD_SHOPS, &range, |r| add(&mut rows, r, |facts, r| Ok(facts.shops.push(r.get(1)?))))?;
        let full = rows.len() as i64 == SLICE;
        for facts in rows {
            let entry = facts.entry(held);
            held.image.put(entry);
        }
        if last.is_empty() {
            held.image.expect(many);
        }
        if !full {
            return Ok(true);
        }
        last = to;
    }
    Ok(false)
}

/// What has a stamp of at least `since`.
pub(super) fn changes(tx: &mut Tx, ctx: &Ctx, since: i64) -> Result<Changes> {
    let mut rows = tx.rows(&q::CHANGED, &[&ctx.merchant, &since], read)?;
    let gone = tx.rows(&q::GONE, &[&ctx.merchant, &since], |r| Ok(CustomerId::from_db(r.get(0)?).bytes()))?;
    rows.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let ids: Vec<String> = rows.iter().map(|f| f.id.clone()).collect();
    for some in ids.chunks(MANY) {
        of(tx, ctx, &q::CONTACTS_OF, some, |r| add(&mut rows, r, |facts, r| Ok(facts.contact(r.str(1)?, r.str(2)?))))?;
        of(tx, ctx, &q::TAGS_OF, some, |r| add(&mut rows, r, |facts, r| Ok(facts.tags.push(r.get(1)?))))?;
        of(tx, ctx, &q::SHOPS_OF, some, |r| add(&mut rows, r, |facts, r| Ok(facts.shops.push(r.get(1)?))))?;
    }
    Ok(Changes { rows, gone })
}

/// Adds a row of another table to its customer; `rows` are sorted by id.
fn add(
    rows: &mut [Facts],
    r: &Row,
    f: impl Fn(&mut Facts, &Row) -> std::result::Result<(), store::Error>,
) -> std::result::Result<(), store::Error> {
    let id = r.str(0)?;
    match rows.binary_search_by(|facts| facts.id.as_str().cmp(id)) {
        Ok(at) => f(&mut rows[at], r),
        Err(_) => Ok(()),
    }
}

/// Runs a statement about at most [`MANY`] customers.
pub(crate) fn of(
    tx: &mut Tx,
    ctx: &Ctx,
    statement: &Some2,
    ids: &[String],
    f: impl FnMut(&Row) -> std::result::Result<(), store::Error>,
) -> Result<()> {
    let (statement, size) = statement.of(ids.len());
    let mut values: Vec<Value> = Vec::with_capacity(size + 1);
    values.push(ctx.merchant.value());
    values.extend(ids.iter().map(Value::from));
    values.resize(size + 1, Value::from(""));
    let values: Vec<&dyn Bind> = values.iter().map(|v| v as &dyn Bind).collect();
    Ok(tx.each(statement, &values, f)?)
}
