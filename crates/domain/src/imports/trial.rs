//! A dry run of a short file: the import itself in one transaction that is never committed. It takes as long as its rows; the copy that a
//! longer file is tried in takes as long as the database.

use std::sync::Arc;

use store::{Db, Tx};

use super::changes::{self, Check};
use super::customers::Reader;
use super::customers_run::{self, Item};
use super::journal::Journal;
use super::matching::{self, Keyless};
use super::plan::{Plan, Source};
use super::run::ROWS;
use super::state::{Counts, Cursor};
use super::{ImportError, Request, labels, queries, report};
use crate::files::{Kind, Row};
use crate::kit::{Ctx, Error, ImportId, Result, Right, name_key};
use crate::{merchants, shops};

/// A row of the file, or the fault of one that cannot be taken apart.
type Read = std::result::Result<Row, (u64, String)>;

/// How the transaction ends: what it found, or why it found nothing. Neither is committed.
enum Ended {
    Found(Box<Check>),
    Error(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<store::Error> for Ended {
    fn from(error: store::Error) -> Self {
        Self::Error(error.into())
    }
}

/// Tries a file of customers that is one slice of an import; nothing when it is longer, or of another kind. Needs [`Right::Import`]. Blocks.
///
/// # Errors
/// As the import itself; [`ImportError::File`] when the file cannot be read to its end.
pub(super) fn short(
    db: &Db,
    ctx: &Ctx,
    (source, plan, request): (&Source, &Plan, &Request),
) -> std::result::Result<Option<Check>, ImportError> {
    if plan.layout.kind != Kind::Customers {
        return Ok(None);
    }
    let Some(rows) = rows(source)? else { return Ok(None) };
    let (names, rows) = (labels::names(source, plan)?, Arc::new(rows));
    let (ctx, source, plan, request) = (ctx.clone(), source.clone(), plan.clone(), request.clone());
    let ended = db.write_slice_now::<(), Ended>(move |tx| {
        let found = tried(tx, &ctx, (&source, &plan, &request), &names, &rows)?;
        Err(Ended::Found(Box::new(found)))
    });
    match ended {
        Err(Ended::Found(found)) => Ok(Some(*found)),
        Err(Ended::Error(error)) => Err(error.into()),
        Ok(()) => Ok(None),
    }
}

/// All rows of a file that holds no more than a slice.
fn rows(source: &Source) -> std::result::Result<Option<Vec<Read>>, ImportError> {
    let (mut table, mut row, mut rows) = (source.table()?, Row::default(), Vec::new());
    while let Some(read) = table.read(&mut row) {
        if rows.len() == ROWS {
            return Ok(None);
        }
        rows.push(match read {
            Ok(()) => Ok(row.clone()),
            Err(fault) if fault.is_fatal() => return Err(fault.into()),
            Err(fault) => Err((fault.number, fault.reason())),
        });
    }
    Ok(Some(rows))
}

fn tried(
    tx: &mut Tx,
    ctx: &Ctx,
    (source, plan, request): (&Source, &Plan, &Request),
    names: &labels::Names,
    rows: &[Read],
) -> Result<Check> {
    ctx.must(Right::Import)?;
    let import: ImportId = ctx.id();
    let (kind, layout, nothing) = (plan.kind_name(), &plan.layout.name, 0_i64);
    tx.exec(
        &queries::BEGIN,
        &[
            &ctx.merchant,
            &import,
            &kind,
            layout,
            &source.name,
            &source.hash,
            &"",
            &request.shop,
            &nothing,
            &ctx.actor.name,
            &nothing,
            &ctx.now,
        ],
    )?;
    let mut journal = Journal { import: &import, cursor: Cursor::default() };
    let groups = labels::ensure(tx, ctx, &mut journal, names)?;
    let reader = Reader {
        layout: plan.layout.clone(),
        settings: merchants::settings(tx, ctx)?,
        now: ctx.now,
        dates: request.dates,
        shops: shops::list(tx, ctx)?.into_iter().map(|s| (name_key(&s.name), s.id)).collect(),
        groups,
        shop: request.shop.clone(),
        import: import.clone(),
        by: request.by,
        system: matching::system(tx, ctx, &plan.layout.name, &request.shop)?,
    };
    let items = rows.iter().map(|read| match read {
        Ok(row) => (row.number(), reader.read(row).map(Box::new)),
        Err((number, reason)) => (*number, Err(reason.clone())),
    });
    let items: Arc<Vec<Item>> = Arc::new(items.collect());
    let is_keyless = items.iter().any(|(_, item)| item.as_ref().is_ok_and(|w| w.same_as.is_some()));
    let keyless = if is_keyless { matching::keyless(tx, ctx)? } else { Keyless::new() };
    tx.next_verb();
    let counts = customers_run::slice(tx, ctx, &mut journal, &items, &keyless)?.counts;
    Ok(Check {
        counts: Counts::default().plus(counts),
        problem: String::new(),
        failures: report::first_failed(tx, ctx, &import)?,
        changes: changes::first_in(tx, ctx, &import)?,
    })
}
