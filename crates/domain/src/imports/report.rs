//! What an import could not take, as files a person can mend and import again: failed rows with their reasons, and what fits no payment.

use std::io::Write;

use store::{Db, Tx};

use super::plan::{Plan, Source};
use super::{Import, ImportError, REPORT_COLUMNS, queries};
use crate::events::Event;
use crate::files::{Cell, Format, Row, Writer, formula};
use crate::kit::sorter::Sorter;
use crate::kit::{Ctx, Currency, ImportId, Money, Right, rfc3339};

/// So many rows that would fail are told after a dry run.
pub(super) const FAILURES: usize = 20;

/// The first rows that were not taken: number below the header, reason.
pub fn first_failures(db: &Db, ctx: &Ctx, import: &ImportId, most: usize) -> Result<Vec<(u64, String)>, ImportError> {
    let mut all = failures(db, ctx, import)?.finish()?;
    let mut first = Vec::new();
    while let Some(entry) = all.next().filter(|_| first.len() < most) {
        first.push(pair(entry?));
    }
    Ok(first)
}

/// Notes that somebody took the file of the rows that were not taken: people stand in it. Needs [`Right::Import`].
pub fn failed_rows_taken(tx: &mut Tx, ctx: &Ctx, import: &Import) -> crate::Result<()> {
    ctx.must(Right::Import)?;
    let data = serde_json::json!({ "rows": import.counts.failed });
    Event::new("import.failed_rows_taken").on("import", import.id.as_str()).data(data).record(tx, ctx).map(|_| ())
}

/// The same in the transaction of a slice that wrote them: no more than its rows.
pub(super) fn first_failed(tx: &mut Tx, ctx: &Ctx, import: &ImportId) -> crate::Result<Vec<(u64, String)>> {
    let mut all = tx.rows(&queries::FAILED, &[&ctx.merchant, import], |r| {
        Ok((r.str(0)?.parse().unwrap_or_default(), r.opt_str(1)?.unwrap_or_default().to_owned()))
    })?;
    all.sort_by_key(|(row, _)| *row);
    all.truncate(FAILURES);
    Ok(all)
}

/// Writes the rows that were not taken as they stand in the file, with row number and reason behind them; gives how many.
pub fn failed_rows(
    db: &Db,
    ctx: &Ctx,
    import: &ImportId,
    source: &Source,
    plan: &Plan,
    out: impl Write + Send,
) -> Result<u64, ImportError> {
    let mut failed = failures(db, ctx, import)?.finish()?;
    let headers: Vec<&str> = plan.header.iter().map(String::as_str).chain(REPORT_COLUMNS).collect();
    let mut file = Writer::new(Format::Csv, out, &headers).map_err(said)?;
    let mut next = failed.next().transpose()?.map(pair);
    let (mut table, mut row) = (source.table()?, Row::default());
    while let (Some((number, reason)), Some(read)) = (&next, table.read(&mut row)) {
        // A row the reader could not take apart is told by its fault.
        let (at, cells) = match &read {
            Ok(()) => (row.number(), Some(&row)),
            Err(fault) => (fault.number, fault.row.as_deref()),
        };
        if at < *number {
            continue;
        }
        let place = number.to_string();
        let cell = |index| cells.map_or("", |row| formula::restore(row.get(index)));
        let mut line: Vec<Cell<'_>> = (0..plan.header.len()).map(|index| Cell::Text(cell(index))).collect();
        line.extend([Cell::Decimal(&place), Cell::Text(reason)]);
        file.row(&line).map_err(said)?;
        next = failed.next().transpose()?.map(pair);
    }
    let written = file.rows();
    file.finish().map_err(said)?;
    Ok(written)
}

/// Writes what the import kept because it fits no payment; gives how many.
pub fn unmatched_rows(db: &Db, ctx: &Ctx, import: &ImportId, out: impl Write + Send) -> Result<u64, ImportError> {
    let (c, id) = (ctx.clone(), import.clone());
    let rows = db.read_now::<_, crate::Error>(move |tx| {
        c.must(Right::Import)?;
        Ok(tx.rows(&queries::UNMATCHED_OF, &[&c.merchant, &id], |r| {
            let money = Money::new(r.get(4)?, r.get::<Currency>(3)?);
            let texts = [r.get::<String>(1)?, r.get(0)?, r.get::<Option<String>>(2)?.unwrap_or_default(), rfc3339(r.get(6)?), r.get(5)?];
            Ok((texts, money.plain(), money.currency.code()))
        })?)
    })?;
    let headers = ["Order Number", "Kind", "Customer Number", "Amount", "Currency", "Date", "Reason"];
    let mut file = Writer::new(Format::Csv, out, &headers).map_err(said)?;
    for ([number, kind, customer, at, reason], amount, currency) in &rows {
        let cells = [
            Cell::Text(number),
            Cell::Text(kind),
            Cell::Text(customer),
            Cell::Decimal(amount),
            Cell::Text(currency),
            Cell::Text(at),
            Cell::Text(reason),
        ];
        file.row(&cells).map_err(said)?;
    }
    file.finish().map_err(said)?;
    Ok(rows.len() as u64)
}

/// All failures, to be sorted by their row.
fn failures(db: &Db, ctx: &Ctx, import: &ImportId) -> Result<Sorter, ImportError> {
    ctx.must(Right::Import)?;
    let mut sorter = Sorter::new();
    let mut failed = None;
    let read = db.spool(|tx| {
        tx.each(&queries::FAILED, &[&ctx.merchant, import], |r| {
            let row: u64 = r.str(0)?.parse().unwrap_or_default();
            sorter.push(&row.to_be_bytes(), r.opt_str(1)?.unwrap_or_default().as_bytes()).map_err(|e| {
                let said = store::Error::Other(e.to_string());
                failed = Some(e);
                said
            })
        })
    });
    match failed {
        Some(error) => Err(error.into()),
        None => read.map(|()| sorter).map_err(ImportError::from),
    }
}

fn pair((key, value): (Vec<u8>, Vec<u8>)) -> (u64, String) {
    let row = key.try_into().map_or(0, u64::from_be_bytes);
    (row, String::from_utf8_lossy(&value).into_owned())
}

fn said(error: crate::files::WriteError) -> ImportError {
    ImportError::File(error.to_string())
}
