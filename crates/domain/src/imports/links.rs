//! What hangs on what an import made and keeps it from being taken back. Worked out from the register of columns and the schema, so that a new
//! table keeps its customer or order from the day it is there; taking back and foretelling ask the same statements.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use store::{Stmt, Tx};

use crate::dump::schema;
use crate::kit::{Ctx, CustomerId, ImportId, Result};
use crate::privacy::columns::{self, Belongs};

/// What goes with a customer that is taken back.
const GOES: [&str; 11] = [
    "customers",
    "customer_contacts",
    "customer_tags",
    "customer_shops",
    "customer_totals",
    "external_ids",
    "notes",
    "avatars",
    "payment_keys",
    "duplicate_pairs",
    "retention_warnings",
];
/// What outlives customers, as after deleting for good.
const OUTLIVES: [&str; 5] = ["events", "erasures", "erasure_words", "erased_numbers", "legal_copies"];
/// What goes with an order.
const OF_ORDER: [&str; 2] = ["order_lines", "payments"];
/// What names an order beside its payment, and is asked for by that.
const BY_PAYMENT: [&str; 2] = ["attachments", "credit_lines"];

/// Did anything come upon an order that the import `$3` did not bring itself? `k` is a short name that is free.
fn order_touched(order: &str, k: &str) -> String {
    let mut any = vec![format!(
        "EXISTS (SELECT 1 FROM tasks {k} WHERE {k}.merchant_id = $1 AND {k}.subject_kind = 'order' AND {k}.subject_id = {order})"
    )];
    for (table, column) in naming(&["order_id", "replacement_id"]) {
        if !OF_ORDER.contains(&table) && !BY_PAYMENT.contains(&table) {
            any.push(format!("EXISTS (SELECT 1 FROM {table} {k} WHERE {k}.merchant_id = $1 AND {k}.{column} = {order})"));
        }
    }
    let mut paid = vec![
        "p.import_id IS NULL OR p.import_id <> $3 OR p.refund_pending > 0".to_owned(),
        "p.refunded > (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.merchant_id = p.merchant_id AND r.payment_id = p.id AND r.import_id = $3)"
            .to_owned(),
    ];
    for (table, column) in naming(&["payment_id"]) {
        // Its own cancellations are taken back before the orders are.
        let own = if table == "refunds" { format!(" AND ({k}.import_id IS NULL OR {k}.import_id <> $3)") } else { String::new() };
        paid.push(format!("EXISTS (SELECT 1 FROM {table} {k} WHERE {k}.merchant_id = p.merchant_id AND {k}.{column} = p.id{own})"));
    }
    any.push(format!("EXISTS (SELECT 1 FROM payments p WHERE p.merchant_id = $1 AND p.order_id = {order} AND ({}))", paid.join("\n OR ")));
    any.join("\n OR ")
}

/// Tables with columns of these names.
fn naming<'a>(columns: &'a [&'a str]) -> impl Iterator<Item = (&'static str, &'static str)> + 'a {
    let of = |table: &'static schema::Table| table.columns.iter().map(|c| (table.name, c.name));
    schema::tables().iter().flat_map(of).filter(|(_, column)| columns.contains(column))
}

/// `$1` merchant, `$2` order, `$3` import.
pub(super) static ORDER: LazyLock<Stmt> = LazyLock::new(|| Stmt::built(format!("SELECT 1 WHERE {}", order_touched("$2", "k"))));

/// `$1` merchant, `$2` customer, `$3` import. What the import itself brought and nobody touched goes before the customer does.
pub(super) static CUSTOMER: LazyLock<Stmt> = LazyLock::new(|| {
    let mut any = vec![
        "EXISTS (SELECT 1 FROM customers k WHERE k.merchant_id = $1 AND k.merged_into = $2)".to_owned(),
        // Who was merged or anonymised is no longer who was made.
        "EXISTS (SELECT 1 FROM customers k WHERE k.merchant_id = $1 AND k.id = $2 AND (k.merged_into IS NOT NULL OR k.anonymised_at IS NOT NULL))"
            .to_owned(),
        // Somebody worked on them: a note, an edit, an archiving.
        "EXISTS (SELECT 1 FROM events k WHERE k.merchant_id = $1 AND k.customer_id = $2 AND k.door <> 'import' AND k.door <> 'clock')".to_owned(),
        // A later import changed them.
        "EXISTS (SELECT 1 FROM import_rows k WHERE k.merchant_id = $1 AND k.row_id = $2 AND k.kind = 'before' AND k.import_id <> $3)".to_owned(),
    ];
    let registered = columns::tables().iter().filter_map(|t| match t.belongs {
        Belongs::Customer(column) => Some((t.name, column)),
        _ => None,
    });
    // Some are of another table's row and name its customer too.
    let all: BTreeSet<(&str, &str)> = registered.chain(naming(&["customer_id"])).collect();
    for (table, column) in all.into_iter().filter(|(table, _)| !GOES.contains(table) && !OUTLIVES.contains(table)) {
        let own = match table {
            "orders" => format!(" AND (k.import_id IS NULL OR k.import_id <> $3 OR {})", order_touched("k.id", "t")),
            "payments" | "unmatched" => " AND (k.import_id IS NULL OR k.import_id <> $3)".to_owned(),
            _ => String::new(),
        };
        any.push(format!("EXISTS (SELECT 1 FROM {table} k WHERE k.merchant_id = $1 AND k.{column} = $2{own})"));
    }
    Stmt::built(format!("SELECT 1 WHERE {}", any.join("\n OR ")))
});

/// Does something hang on a customer that did not come with the import, or did somebody work on them?
pub(super) fn keeps_customer(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, import: &ImportId) -> Result<bool> {
    Ok(tx.opt(&CUSTOMER, &[&ctx.merchant, id, import], |_| Ok(()))?.is_some())
}

/// Did something come upon an order since?
pub(super) fn keeps_order(tx: &mut Tx, ctx: &Ctx, id: &str, import: &ImportId) -> Result<bool> {
    Ok(tx.opt(&ORDER, &[&ctx.merchant, &id, import], |_| Ok(()))?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What hangs on a refund: none of them comes upon one that an import brought itself.
    const OF_REFUND: [&str; 1] = ["return_refunds"];

    #[test]
    fn every_table_that_points_to_a_customer_an_order_or_a_payment_keeps_it_or_goes_with_it() {
        let (customer, order) = (CUSTOMER.text(), ORDER.text());
        let asks = |text: &str, table: &str, column: &str| {
            text.contains(&format!("FROM {table} k WHERE k.merchant_id = $1 AND k.{column} ="))
                || text.contains(&format!("FROM {table} k WHERE k.merchant_id = p.merchant_id AND k.{column} ="))
        };
        let (mut table, mut seen) = ("", 0);
        for line in crate::migrations().iter().flat_map(|m| m.sql.lines()) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.trim_end_matches([' ', '(']);
            }
            if schema::table(table).is_none() {
                continue; // Dropped since.
            }
            let Some(rest) = line.trim().strip_prefix("FOREIGN KEY (merchant_id, ") else { continue };
            let Some((column, to)) = rest.split_once(") REFERENCES ") else { continue };
            let known = match to.split(' ').next().unwrap() {
                "customers" => GOES.contains(&table) || asks(customer, table, column),
                "orders" => OF_ORDER.contains(&table) || asks(order, table, column),
                "payments" => asks(order, table, column),
                "refunds" => OF_REFUND.contains(&table),
                _ => continue,
            };
            seen += 1;
            assert!(known, "{table}.{column}: an import that is taken back runs into its foreign key");
        }
        assert!(seen > 40, "{seen}");
        for table in ["blocks", "unmatched", "mails", "accounting_exports"] {
            assert!(asks(customer, table, "customer_id"), "{table}");
        }
        for table in GOES.iter().chain(&OUTLIVES) {
            assert!(columns::find(table).is_some(), "{table} is no table");
        }
    }
}
