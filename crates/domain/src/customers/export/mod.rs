//! Customers as a file (SPEC 9.1): CSV, XLSX or JSON Lines, streamed. The fourteen columns come first and exactly so; what else is asked for
//! stands behind. Import reads what this writes and changes nothing.
//!
//! It is written to a file at the speed of the database and handed on from there: a reader held open by somebody's slow line would
//! keep the write-ahead log from shrinking.

mod columns;
pub mod queries;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::io::Write;

use store::{Db, Row, Tx};

pub use columns::{EXTRAS, Extra, headers};

use super::list::{self, Indexes, ListQuery};
use super::model::MethodLine;
use super::queries as q;
use super::status::{MethodStatus, Status};
use crate::events::Event;
use crate::files::{Cell, Format, WriteError, Writer, values};
use crate::imports::join_lines;
use crate::kit::{Ctx, Currency, CustomerId, Error, Micros, Money, Result, Right, rfc3339};
use crate::merchants::{self, Settings};

/// Whom to export.
#[derive(Clone, Copy, Debug)]
pub enum Selection<'a> {
    /// Everybody but deleted, merged and anonymised customers.
    All,
    /// These, in this order; ids of nobody are passed over.
    Ids(&'a [CustomerId]),
    /// All that match, in the order of the list, but those unticked.
    Matching {
        /// The list.
        query: &'a ListQuery,
        /// What answers it.
        indexes: &'a Indexes,
        /// Unticked.
        except: &'a [CustomerId],
    },
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Customers.
    pub rows: u64,
    /// Texts cut to what a cell of XLSX holds.
    pub cut: u64,
}

/// Writes the file from one snapshot, then notes it in the audit log: who, how many, when. Blocks. Needs [`Right::Export`].
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Internal`] when `out` cannot be written.
pub fn export(db: &Db, ctx: &Ctx, selection: Selection<'_>, extras: &[Extra], format: Format, out: impl Write + Send) -> Result<Exported> {
    ctx.must(Right::Export)?;
    let mut out = Some(out);
    let done = db.spool(|tx| {
        let out = out.take().ok_or_else(|| Error::Internal("an export is written once".into()))?;
        write(tx, ctx, selection, extras, format, out)
    })?;
    let ctx = ctx.clone();
    let data = serde_json::json!({ "count": done.rows, "format": format.extension(), "columns": headers(extras).len() });
    db.write_now::<_, Error>(move |tx| Event::new("customers.exported").data(data.clone()).record(tx, &ctx).map(|_| ()))?;
    Ok(done)
}

/// The file alone, without its event: in a read transaction, best one of its own (`Db::spool`).
///
/// # Errors
/// As [`export`].
pub fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    selection: Selection<'_>,
    extras: &[Extra],
    format: Format,
    out: impl Write + Send,
) -> Result<Exported> {
    ctx.must(Right::Export)?;
    let settings = merchants::settings(tx, ctx)?;
    let mut file = File { writer: Writer::new(format, out, &headers(extras)).map_err(said)?, settings, extras, failed: None };
    match selection {
        Selection::All if extras.is_empty() => {
            let done = tx.each(&queries::ALL_SHORT, &[&ctx.merchant], |r| file.short(r));
            file.check(done)?;
        }
        Selection::All => {
            let mut after = String::new();
            loop {
                let ids: Vec<CustomerId> = tx.rows(&queries::IDS, &[&ctx.merchant, &after], |r| r.get(0))?;
                let Some(last) = ids.last() else { break };
                after = last.to_string();
                file.these(tx, ctx, &ids)?;
            }
        }
        Selection::Ids(ids) => file.these(tx, ctx, ids)?,
        Selection::Matching { query, indexes, except } => {
            let except: HashSet<&CustomerId> = except.iter().collect();
            let mut after = None;
            loop {
                let (mut ids, next) = list::ids(tx, ctx, indexes, query, after.as_deref(), 20_000)?;
                ids.retain(|id| !except.contains(id));
                file.these(tx, ctx, &ids)?;
                match next {
                    Some(place) => after = Some(place),
                    None => break,
                }
            }
        }
    }
    let written = file.writer.finish().map_err(said)?;
    Ok(Exported { rows: written.rows, cut: written.cut })
}

struct File<'a, W: Write + Send> {
    writer: Writer<W>,
    settings: Settings,
    extras: &'a [Extra],
    failed: Option<WriteError>,
}

impl<W: Write + Send> File<'_, W> {
    fn these(&mut self, tx: &mut Tx, ctx: &Ctx, ids: &[CustomerId]) -> Result<()> {
        for id in ids {
            if self.extras.is_empty() {
                let done = tx.each(&queries::ONE_SHORT, &[&ctx.merchant, id], |r| self.short(r));
                self.check(done)?;
            } else {
                self.long(tx, ctx, id)?;
            }
        }
        Ok(())
    }

    /// A row of the fourteen, without copying what the engine holds.
    fn short(&mut self, r: &Row<'_>) -> std::result::Result<(), store::Error> {
        fourteen(r, self.settings.currency, |cells| self.writer.row(cells)).and_then(|written| {
            written.map_err(|e| {
                let said = store::Error::Other(e.to_string());
                self.failed = Some(e);
                said
            })
        })
    }

    fn check(&mut self, done: std::result::Result<(), store::Error>) -> Result<()> {
        match self.failed.take() {
            Some(error) => Err(said(error)),
            None => Ok(done?),
        }
    }

    fn long(&mut self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
        let currency = self.settings.currency;
        let found = tx.opt(&queries::ONE, &[&ctx.merchant, id], |r| {
            let first = fourteen(r, currency, |cells| cells.iter().map(text_of).collect::<Vec<String>>())?;
            Ok((first, More::read(r)?))
        })?;
        let Some((mut row, more)) = found else { return Ok(()) };
        for extra in self.extras {
            row.push(more.cell(tx, ctx, &self.settings, id, extra)?);
        }
        let number = |at: usize| {
            at == 13 || matches!(at.checked_sub(14).and_then(|at| self.extras.get(at)), Some(Extra::Lifetime(_) | Extra::Named("Orders")))
        };
        let cells: Vec<Cell<'_>> = row.iter().enumerate().map(|(at, t)| if number(at) { Cell::Decimal(t) } else { cell(t) }).collect();
        self.writer.row(&cells).map_err(said)
    }
}

fn cell(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

fn text_of(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) | Cell::Decimal(text) => (*text).to_owned(),
        Cell::Empty => String::new(),
    }
}

/// The fourteen cells of a row (SPEC 9.1).
fn fourteen<T>(r: &Row<'_>, currency: Currency, done: impl FnOnce(&[Cell<'_>]) -> T) -> std::result::Result<T, store::Error> {
    let (name, first, last) = (r.str(0)?, r.str(1)?, r.str(2)?);
    let both = if name.is_empty() && !(first.is_empty() && last.is_empty()) { format!("{first} {last}") } else { String::new() };
    let name = if name.is_empty() { both.trim() } else { name };
    let (line1, line2) = (r.str(9)?, r.str(10)?);
    let joined = if line2.is_empty() { String::new() } else { join_lines(line1, line2) };
    let street = if line2.is_empty() { line1 } else { &joined };
    let lifetime = Money::new(r.get(16)?, currency).plain();
    Ok(done(&[
        cell(name),
        cell(r.str(3)?),
        cell(r.str(4)?),
        cell(r.str(5)?),
        cell(r.str(6)?),
        cell(r.str(7)?),
        cell(r.str(8)?),
        cell(street),
        cell(r.str(11)?),
        cell(r.str(12)?),
        cell(r.str(13)?),
        cell(r.str(14)?),
        cell(r.str(15)?),
        Cell::Decimal(&lifetime),
    ]))
}

/// What the columns behind are made of.
struct More {
    number: String,
    first_name: String,
    last_name: String,
    shop: String,
    group: String,
    language: String,
    marketing: bool,
    archived: bool,
    created_at: Micros,
    status: (i64, Option<Micros>),
    method: (i64, Option<i64>),
    oldest: Option<String>,
    first_order: Option<Micros>,
    last_order: Option<Micros>,
    orders: i64,
    delivery_same: bool,
    delivery: [String; 6],
    metadata: String,
}

impl More {
    fn read(r: &Row<'_>) -> std::result::Result<Self, store::Error> {
        let text = |at: usize| r.get::<String>(at);
        let opt = |at: usize| r.get::<Option<String>>(at).map(Option::unwrap_or_default);
        Ok(Self {
            number: text(18)?,
            first_name: text(1)?,
            last_name: text(2)?,
            shop: opt(19)?,
            group: opt(20)?,
            language: text(21)?,
            marketing: r.get(22)?,
            archived: r.get::<Option<Micros>>(23)?.is_some(),
            created_at: r.get(24)?,
            status: (r.get(25)?, r.get(26)?),
            method: (r.get(27)?, r.get(28)?),
            oldest: r.get(29)?,
            first_order: r.get(30)?,
            last_order: r.get(31)?,
            orders: r.get(32)?,
            delivery_same: r.get(33)?,
            delivery: [text(34)?, text(35)?, text(36)?, text(37)?, text(38)?, text(39)?],
            metadata: text(40)?,
        })
    }

    fn cell(&self, tx: &mut Tx, ctx: &Ctx, settings: &Settings, id: &CustomerId, extra: &Extra) -> Result<String> {
        let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        let at = |at: Option<Micros>| at.map_or_else(String::new, rfc3339);
        let delivery = |at: usize| if self.delivery_same { String::new() } else { self.delivery[at].clone() };
        let name = match extra {
            Extra::Named(name) => *name,
            Extra::Metadata(key) => {
                let all: BTreeMap<String, String> = serde_json::from_str(&self.metadata).unwrap_or_default();
                return Ok(all.get(key).cloned().unwrap_or_default());
            }
            Extra::Lifetime(currency) => return lifetime(tx, ctx, id, *currency),
        };
        Ok(match name {
            "ID" => id.to_string(),
            "Customer Number" => self.number.clone(),
            "External ID" => {
                let ids = tx.rows(&q::EXTERNAL_IDS, &[&ctx.merchant, id], |r| Ok(format!("{}:{}", r.str(0)?, r.str(1)?)))?;
                values::listed(&ids)
            }
            "First Name" => self.first_name.clone(),
            "Last Name" => self.last_name.clone(),
            "Further Emails" => contacts(tx, ctx, id, "email")?,
            "Further Phones" => contacts(tx, ctx, id, "phone")?,
            "Shop" => self.shop.clone(),
            "Group" => self.group.clone(),
            "Tags" => tx.rows(&q::TAGS, &[&ctx.merchant, id], |r| r.get::<String>(1))?.join(", "),
            "Language" => self.language.clone(),
            "Marketing Consent" => yes(self.marketing),
            "Active" => yes(!self.archived),
            "Created" => rfc3339(self.created_at),
            "Status" => Status::of(self.status.0).map_or_else(String::new, |s| s.at(self.status.1, ctx.now).name().to_owned()),
            "Payment Method" => match &self.oldest {
                Some(method) => method_words(tx, ctx, method)?,
                None => String::new(),
            },
            "Payment Method Status" => {
                let on = settings.zone.day(ctx.now);
                MethodStatus::of(self.method.0)
                    .map_or_else(String::new, |m| m.on(self.method.1.and_then(|d| d.try_into().ok()), on).name().to_owned())
            }
            "First Order" => at(self.first_order),
            "Last Order" => at(self.last_order),
            "Orders" => self.orders.to_string(),
            "Delivery Address" => join_lines(&delivery(0), &delivery(1)),
            "Delivery City" => delivery(2),
            "Delivery State" => delivery(3),
            "Delivery Zip/Postal Code" => delivery(4),
            "Delivery Country" => delivery(5),
            other => return Err(Error::Internal(format!("no column {other}"))),
        })
    }
}

/// Addresses or numbers behind the first, in one cell.
fn contacts(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, kind: &str) -> Result<String> {
    let all = tx.rows(&q::CONTACTS, &[&ctx.merchant, id], |r| Ok((r.get::<String>(1)?, r.get::<String>(2)?)))?;
    Ok(values::listed(&all.into_iter().filter(|(of, _)| of == kind).map(|(_, value)| value).collect::<Vec<_>>()))
}

fn lifetime(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, currency: Currency) -> Result<String> {
    let totals =
        tx.rows(&q::TOTALS, &[&ctx.merchant, id], |r| Ok((r.get::<Currency>(0)?, r.get::<i64>(1)? - r.get::<i64>(2)? - r.get::<i64>(3)?)))?;
    let value = totals.into_iter().find(|(c, _)| *c == currency).map_or(0, |(_, value)| value);
    Ok(Money::new(value, currency).plain())
}

fn method_words(tx: &mut Tx, ctx: &Ctx, method: &str) -> Result<String> {
    let found = tx.opt(&q::METHOD, &[&ctx.merchant, &method], |r| {
        Ok(MethodLine {
            id: r.get(0)?,
            kind: r.get(1)?,
            brand: r.get(2)?,
            last4: r.get(3)?,
            expires_year: r.get(4)?,
            expires_month: r.get(5)?,
        })
    })?;
    Ok(found.map_or_else(String::new, |m| m.words()))
}

fn said(error: WriteError) -> Error {
    Error::Internal(error.to_string())
}
