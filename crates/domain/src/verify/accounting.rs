//! Exports to the books: each thing is made there once, and what a row says of it is what the log says last.

use store::Tx;

use super::{Difference, Slice};
use crate::accounting::queries;
use crate::kit::{Ctx, Result};

/// Exports of one slice.
const ROWS: i64 = 1_000;

struct Row {
    connection: String,
    subject: String,
    state: String,
    /// The last line of the log that decides; empty: there is none.
    last: String,
    /// How often the log says that it was made.
    made: i64,
    /// How many other rows of the connection name the same entry in the books.
    shared: i64,
}

/// The exports behind `after`: connection and subject with a blank between them.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let (connection, subject) = after.split_once(' ').unwrap_or_default();
    let rows = tx.rows(&queries::VERIFY, &[&ctx.merchant, &connection, &subject, &ROWS], |r| {
        Ok(Row { connection: r.get(0)?, subject: r.get(1)?, state: r.get(2)?, last: r.get(3)?, made: r.get(4)?, shared: r.get(5)? })
    })?;
    let differences = rows.iter().flat_map(|row| faults(ctx, row)).collect();
    let next = rows.last().filter(|_| rows.len() as i64 == ROWS).map(|row| format!("{} {}", row.connection, row.subject));
    Ok(Slice { looked_at: rows.len() as u64, differences, next })
}

fn faults(ctx: &Ctx, row: &Row) -> Vec<Difference> {
    let fault = |what: &str, kept: String, should_be: String| Difference {
        merchant: ctx.merchant.clone(),
        kind: "export",
        id: row.subject.clone(),
        what: what.to_owned(),
        kept,
        should_be,
    };
    let mut all = Vec::new();
    // What waits may have been done or refused before.
    if row.state != "waiting" && row.state != row.last {
        let said = if row.last.is_empty() { "nothing in the log".to_owned() } else { row.last.clone() };
        all.push(fault("state", row.state.clone(), said));
    }
    if row.made > 1 {
        all.push(fault("times made in the books", row.made.to_string(), "1".to_owned()));
    }
    if row.shared > 0 {
        all.push(fault("invoices behind one entry in the books", (row.shared + 1).to_string(), "1".to_owned()));
    }
    all
}
