//! What is kept on an invoice: its sums, what is paid and credited of it, and that numbers have no gap (SPEC 5.3).

use std::collections::BTreeMap;

use store::Tx;

use super::{Difference, Slice, queries};
use crate::invoices::{Kind, State};
use crate::kit::{Ctx, Result};

/// Invoices of one slice.
const INVOICES: i64 = 2_000;

struct Row {
    kind: Kind,
    state: State,
    kept: [i64; 5],
    lines: i64,
    groups: [i64; 2],
    paid: i64,
    credited: i64,
}

/// The invoices behind `after`.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let mut all: BTreeMap<String, Row> = BTreeMap::new();
    tx.each(&queries::INVOICES, &[&ctx.merchant, &after, &INVOICES], |r| {
        let kept = [r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?, r.get(7)?];
        let (lines, groups, paid, credited) = (r.get(8)?, [r.get(9)?, r.get(10)?], r.get(11)?, r.get(12)?);
        all.insert(r.get(0)?, Row { kind: r.get(1)?, state: r.get(2)?, kept, lines, groups, paid, credited });
        Ok(())
    })?;
    let Some(last) = all.keys().next_back().cloned() else {
        return Ok(Slice { looked_at: 0, differences: Vec::new(), next: None });
    };
    let differences = all.iter().flat_map(|(id, row)| compare(ctx, id, row)).collect();
    let next = (all.len() as i64 == INVOICES).then_some(last);
    Ok(Slice { looked_at: all.len() as u64, differences, next })
}

fn compare(ctx: &Ctx, id: &str, row: &Row) -> Vec<Difference> {
    let [net, tax, total, paid, credited] = row.kept;
    let mut found = Vec::new();
    let mut note = |what: &str, kept: String, should_be: String| {
        if kept != should_be {
            found.push(Difference {
                merchant: ctx.merchant.clone(),
                kind: "invoice",
                id: id.to_owned(),
                what: what.to_owned(),
                kept,
                should_be,
            });
        }
    };
    note("net", net.to_string(), row.lines.to_string());
    note("net of taxes", net.to_string(), row.groups[0].to_string());
    note("tax", tax.to_string(), row.groups[1].to_string());
    note("total", total.to_string(), (net + tax).to_string());
    note("paid", paid.to_string(), row.paid.to_string());
    note("credited", credited.to_string(), row.credited.to_string());
    // A draft may still come to less than nothing; nothing is paid of it.
    let most = total.max(0);
    if paid > most || credited > most {
        note("paid or credited", paid.max(credited).to_string(), format!("at most {most}"));
    }
    if row.kind == Kind::Invoice && !matches!(row.state, State::Draft | State::Void) {
        note("state", row.state.name().to_owned(), State::of(total, paid, credited).name().to_owned());
    }
    found
}

/// Series whose numbers are not 1 to their count.
pub(super) fn series(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Difference>> {
    let rows: Vec<(String, i64, i64, i64)> =
        tx.rows(&queries::SERIES, &[&ctx.merchant], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    Ok(rows
        .into_iter()
        .filter(|(_, count, first, last)| *first != 1 || last != count)
        .map(|(series, count, first, last)| Difference {
            merchant: ctx.merchant.clone(),
            kind: "series",
            id: series,
            what: "numbers".to_owned(),
            kept: format!("{first} to {last}"),
            should_be: format!("1 to {count}"),
        })
        .collect())
}
