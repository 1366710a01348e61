//! A list as a file: CSV, XLSX or JSON Lines, streamed from one snapshot in bounded memory (SPEC 9.1).

use std::collections::HashSet;
use std::io::Write;

use store::{Db, Tx};

use super::{List, Query, find};
use crate::customers::list::Indexes;
use crate::events::Event;
use crate::files::{Cell, Format, WriteError, Writer};
use crate::kit::{Ctx, Error, Result, Right};
use crate::merchants::{self, Settings};

/// Rows read at once.
const SLICE: usize = 1_000;

/// What to export.
#[derive(Clone, Copy, Debug)]
pub enum Selection<'a> {
    /// These, in this order; ids of nothing are passed over.
    Ids(&'a [String]),
    /// All that match, in the order of the list, but those unticked. A bare query is everything.
    Matching {
        /// The list.
        query: &'a Query,
        /// What finds customers by a search.
        indexes: &'a Indexes,
        /// Unticked.
        except: &'a [String],
    },
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Rows.
    pub rows: u64,
    /// Texts cut to what a cell of XLSX holds.
    pub cut: u64,
}

/// Writes the file from one snapshot, then notes it in the audit log: who, how many, when. Blocks. Needs [`Right::Export`].
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Internal`] when `out` cannot be written.
pub fn export(
    db: &Db,
    ctx: &Ctx,
    list: &'static List,
    selection: Selection<'_>,
    format: Format,
    out: impl Write + Send,
) -> Result<Exported> {
    ctx.must(Right::Export)?;
    let mut out = Some(out);
    let done = db.spool(|tx| {
        let out = out.take().ok_or_else(|| Error::Internal("an export is written once".into()))?;
        write(tx, ctx, list, selection, format, out)
    })?;
    let ctx = ctx.clone();
    let data = serde_json::json!({ "count": done.rows, "format": format.extension() });
    db.write_now::<_, Error>(move |tx| Event::new(list.exported).data(data.clone()).record(tx, &ctx).map(|_| ()))?;
    Ok(done)
}

fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    list: &'static List,
    selection: Selection<'_>,
    format: Format,
    out: impl Write + Send,
) -> Result<Exported> {
    let settings = merchants::settings(tx, ctx)?;
    let headers: Vec<&str> = list.headers.iter().map(|(name, _)| *name).collect();
    let mut writer = Writer::new(format, out, &headers).map_err(said)?;
    match selection {
        Selection::Ids(ids) => ids.chunks(SLICE).try_for_each(|some| rows(tx, ctx, list, &settings, some, &mut writer))?,
        Selection::Matching { query, indexes, except } => {
            let except: HashSet<&str> = except.iter().map(String::as_str).collect();
            let mut after = None;
            loop {
                let mut found = find::pick(tx, ctx, indexes, query, after, SLICE)?;
                found.ids.retain(|id| !except.contains(id.as_str()));
                rows(tx, ctx, list, &settings, &found.ids, &mut writer)?;
                after = found.after;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    let written = writer.finish().map_err(said)?;
    Ok(Exported { rows: written.rows, cut: written.cut })
}

fn rows<W: Write + Send>(tx: &mut Tx, ctx: &Ctx, list: &List, settings: &Settings, ids: &[String], writer: &mut Writer<W>) -> Result<()> {
    for row in (list.cells)(tx, ctx, settings, ids)? {
        let cells: Vec<Cell<'_>> = row.iter().zip(list.headers).map(|(text, (_, is_number))| cell(text, *is_number)).collect();
        writer.row(&cells).map_err(said)?;
    }
    Ok(())
}

fn cell(text: &str, is_number: bool) -> Cell<'_> {
    match (text.is_empty(), is_number) {
        (true, _) => Cell::Empty,
        (false, true) => Cell::Decimal(text),
        (false, false) => Cell::Text(text),
    }
}

fn said(error: WriteError) -> Error {
    Error::Internal(error.to_string())
}
