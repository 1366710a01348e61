//! Clearing what a key leads to, by the register of columns: rows deleted or columns written over, table by table, children first.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use store::{Bind, Stmt, Tx};

use super::columns::{self, After, Belongs, Fate, Table};
use super::fake::Fake;
use super::queries as q;
use crate::dump::schema;
use crate::kit::{Ctx, CustomerId, MailId, Result};

/// One statement, with what its parameters behind merchant and customer are.
struct Step {
    table: &'static Table,
    text: Stmt,
    given: Vec<After>,
}

/// Which rows of a table are customer `$2`'s, as a condition.
pub(super) fn whose(table: &Table) -> String {
    match table.belongs {
        Belongs::Customer(column) => format!("{column} = $2"),
        Belongs::Parent { column, table: parent, key } => {
            let condition = columns::find(parent).map(whose).unwrap_or_default();
            format!("{column} IN (SELECT {key} FROM {parent} WHERE merchant_id = $1 AND {condition})")
        }
        Belongs::Mention | Belongs::MentionById | Belongs::House => "1 = 0".to_owned(),
    }
}

/// What empty is for a column of the schema: NULL where it may be.
pub(super) fn empty(table: &str, column: &str) -> &'static str {
    let found = schema::table(table).and_then(|t| t.columns.iter().find(|c| c.name == column));
    match found.map(|c| (c.nullable, c.kind)) {
        Some((true, _)) => "NULL",
        Some((false, schema::Type::Int)) => "0",
        Some((false, schema::Type::Bool)) => "FALSE",
        Some((false, schema::Type::Bytes)) => "CAST('' AS BYTEA)",
        _ => "''",
    }
}

fn step(table: &'static Table) -> Option<Step> {
    if matches!(table.belongs, Belongs::House) || table.is_searched() {
        return None;
    }
    let (name, condition) = (table.name, whose(table));
    if table.fate == Fate::Deleted {
        let text = Stmt::built(format!("DELETE FROM {name} WHERE merchant_id = $1 AND {condition}"));
        return Some(Step { table, text, given: Vec::new() });
    }
    let (mut given, mut sets) = (Vec::new(), Vec::new());
    for column in table.columns.iter().filter(|c| !matches!(c.after, After::Same | After::Number)) {
        if column.after == After::Cleared {
            sets.push(format!("{} = {}", column.name, empty(name, column.name)));
            continue;
        }
        given.push(column.after);
        sets.push(format!("{} = ${}", column.name, given.len() + 2));
    }
    if sets.is_empty() || matches!(table.fate, Fate::Kept(_)) {
        return None;
    }
    let text = Stmt::built(format!("UPDATE {name} SET {} WHERE merchant_id = $1 AND {condition}", sets.join(", ")));
    Some(Step { table, text, given })
}

/// All of them, what points to others first.
fn steps() -> &'static [Step] {
    static STEPS: OnceLock<Vec<Step>> = OnceLock::new();
    STEPS.get_or_init(|| schema::tables().iter().rev().filter_map(|t| columns::find(t.name).and_then(step)).collect())
}

/// Every statement, for the test that prepares all of them on both engines.
#[cfg(test)]
pub(super) fn statements() -> impl Iterator<Item = &'static Stmt> {
    steps().iter().map(|s| &s.text)
}

/// Clears one customer's rows; adds to the count of each table how many.
pub(super) fn clear(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, cleared: &mut BTreeMap<String, u64>) -> Result<()> {
    let mut note = |table: &str, rows: u64| {
        if rows > 0 {
            *cleared.entry(table.to_owned()).or_insert(0) += rows;
        }
    };
    note("event_values", tx.exec(&q::APART_VALUES, &[&ctx.merchant, id])?);
    note("blocks", tx.exec(&q::KEYED_BLOCKS, &[&ctx.merchant, id])?);
    let mails: Vec<MailId> = tx.rows(&q::INVOICE_MAIL, &[&ctx.merchant, id], |r| r.get(0))?;
    for mail in &mails {
        tx.exec(&q::DROP_WAITING_MAIL, &[&ctx.merchant, mail])?;
        note("mails", tx.exec(&q::DROP_MAIL, &[&ctx.merchant, mail])?);
    }
    let fake = Fake::of(id);
    for step in steps() {
        let mut params: Vec<&dyn Bind> = vec![&ctx.merchant, id];
        for after in &step.given {
            params.push(match after {
                After::SortName => &fake.sort_name,
                After::Email => &fake.email,
                After::EmailKey => &fake.email_key,
                After::Buyer => &fake.buyer,
                After::Moment => &ctx.now,
                After::Name | After::Cleared | After::Same | After::Number => &fake.name,
            });
        }
        note(step.table.name, tx.exec(&step.text, &params)?);
    }
    Ok(())
}
