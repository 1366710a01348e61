//! All data of one person as a file (SPEC 11.4): JSON for programs, and one HTML file that reads well on a phone and on paper.
//!
//! What is in it follows from the register of columns alone: every table that is shown, every column that is personal or of no one, the rows
//! that belong to the customer or to one that was merged into it. Secrets, names of the staff and what the register hides stay out.

mod cells;
mod html;
mod json;
mod sql;
#[cfg(test)]
mod tests;
mod words;

use std::io::Write;

use serde::{Deserialize, Serialize};
use store::{Bind, Db, Tx};

pub use sql::statements;

use self::cells::Cell;
use super::columns::{Access, Table, tables};
use super::guests;
use crate::customers::{display_name, merge};
use crate::events::Event;
use crate::kit::{Ctx, Currency, CustomerId, Error, Micros, Result, Right, words as word_list};
use crate::merchants;

word_list! {
    /// The two files.
    pub enum Format {
        /// For programs.
        Json = "json", "JSON";
        /// For people.
        Html = "html", "HTML";
    }
}

impl Format {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

/// Who it is about, at the top of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Head {
    /// The merchant's name.
    merchant: String,
    /// What the customer is called.
    name: String,
    /// Their id, and those of customers that were merged into them.
    customers: Vec<String>,
    /// When the file was made.
    made_at: Micros,
}

/// A file that takes rows as they are read.
trait Paper {
    fn begin(&mut self, head: &Head) -> std::io::Result<()>;
    fn section(&mut self, heading: &str, table: &'static str) -> std::io::Result<()>;
    fn row(&mut self, cells: &[(&'static str, Cell)]) -> std::io::Result<()>;
    fn end(&mut self) -> std::io::Result<()>;
}

/// Writes the file from one snapshot, then notes that it was taken. Gives the number of rows in it. Needs [`Right::PersonalData`].
///
/// # Errors
/// `NotFound` for a customer who is not there; [`Error::Internal`] when `out` cannot be written.
pub fn write(db: &Db, ctx: &Ctx, customer: &CustomerId, format: Format, out: impl Write + Send) -> Result<u64> {
    ctx.must(Right::PersonalData)?;
    let mut out = Some(out);
    let rows = db.spool(|tx| {
        let out = out.take().ok_or_else(|| Error::Internal("a file is written once".into()))?;
        match format {
            Format::Json => read(tx, ctx, customer, &mut json::Json::new(out)),
            Format::Html => {
                let settings = merchants::settings(tx, ctx)?;
                read(tx, ctx, customer, &mut html::Html::new(out, settings.zone, settings.zone_name))
            }
        }
    })?;
    let (rows, customer) = rows;
    let ctx = ctx.clone();
    db.write_now::<_, Error>(move |tx| {
        let data = serde_json::json!({ "format": format, "rows": rows });
        Event::new("customer.data_taken").of(&customer).data(data).record(tx, &ctx).map(|_| ())
    })?;
    Ok(rows)
}

fn read(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, paper: &mut impl Paper) -> Result<(u64, CustomerId)> {
    let (id, name) = named(tx, ctx, customer)?;
    let ids: Vec<CustomerId> = std::iter::once(id.clone()).chain(merge::sources(tx, ctx, &id)?).collect();
    let settings = merchants::settings(tx, ctx)?;
    let head = Head { merchant: settings.name.clone(), name, customers: ids.iter().map(ToString::to_string).collect(), made_at: ctx.now };
    paper.begin(&head).map_err(cannot)?;
    let mut count = 0;
    for table in tables() {
        let Access::Shown(heading) = table.access else { continue };
        let Some(asked) = sql::of(table, ids.len()) else { continue };
        paper.section(heading, table.name).map_err(cannot)?;
        count += rows(tx, ctx, (table, &asked), &ids, settings.currency, paper)?;
    }
    // What stands under their addresses and is nobody's by the key: the same that an erasure takes along.
    for (root, things) in guests::find(tx, ctx, &ids)?.all(tx, ctx, &ids)? {
        if things.is_empty() {
            continue;
        }
        for table in tables() {
            let Access::Shown(heading) = table.access else { continue };
            if sql::of_guests(table, root, 1).is_none() {
                continue;
            }
            paper.section(&format!("{heading} (without signing in, under these addresses)"), table.name).map_err(cannot)?;
            for some in things.chunks(sql::TOGETHER) {
                let Some(asked) = sql::of_guests(table, root, some.len()) else { continue };
                count += rows(tx, ctx, (table, &asked), some, settings.currency, paper)?;
            }
        }
    }
    paper.end().map_err(cannot)?;
    Ok((count, id))
}

/// Writes the rows of one statement; gives how many.
fn rows<T: Bind>(
    tx: &mut Tx,
    ctx: &Ctx,
    (table, asked): (&Table, &sql::Asked),
    ids: &[T],
    own: Currency,
    paper: &mut impl Paper,
) -> Result<u64> {
    let mut params: Vec<&dyn Bind> = vec![&ctx.merchant];
    params.extend(ids.iter().map(|id| id as &dyn Bind));
    let (mut failed, mut count) = (None, 0);
    let done = tx.each(&asked.statement, &params, |r| {
        let cells = cells::of(r, table.name, &asked.columns, own)?;
        count += 1;
        paper.row(&cells).map_err(|e| {
            let said = store::Error::Other(e.to_string());
            failed = Some(e);
            said
        })
    });
    match failed {
        Some(error) => return Err(cannot(error)),
        None => done?,
    }
    Ok(count)
}

/// Who is meant and what they are called: of a merged one the survivor.
fn named(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<(CustomerId, String)> {
    let mut at = customer.clone();
    // Nobody was merged so often.
    for _ in 0..100 {
        let found = tx.opt(&super::queries::HEAD, &[&ctx.merchant, &at], |r| {
            let name = display_name(r.str(1)?, r.str(2)?, r.str(3)?, r.str(4)?, r.str(5)?, r.str(6)?);
            Ok((r.get::<CustomerId>(0)?, name, r.get::<Option<CustomerId>>(7)?))
        })?;
        match found.ok_or(Error::NotFound("customer"))? {
            (_, _, Some(survivor)) => at = survivor,
            (id, name, None) => return Ok((id, name)),
        }
    }
    Err(Error::NotFound("customer"))
}

fn cannot(error: std::io::Error) -> Error {
    Error::Internal(format!("the file of a person’s data: {error}"))
}
