//! What ties a customer to the rest of the house, by the register of columns: what keeps it from being deleted for good (SPEC 10.3), what goes with
//! it, and what stays. A new table with a customer's column belongs to one of these, or a test fails.

use std::sync::{LazyLock, OnceLock};

use store::Stmt;

use super::list::queries::Some2;
use crate::privacy::columns::{Belongs, Table, tables};
use crate::privacy::whose;

/// A table whose rows keep a customer: its name, and which of its rows do.
struct Block {
    table: &'static str,
    only: &'static str,
}

const fn block(table: &'static str, only: &'static str) -> Block {
    Block { table, only }
}

/// What keeps a customer. Disputes hang on payments, lines of credit on their ledger.
static BLOCKS: [Block; 9] = [
    block("orders", ""),
    block("payments", ""),
    block("invoices", ""),
    block("subscriptions", ""),
    block("contracts", ""),
    block("credit_balances", ""),
    // Money may be on its way.
    block("charges", " AND t.state IN ('asked', 'unclear')"),
    block("payment_links", " AND t.state = 'open' AND t.checkout = 'capturing'"),
    // What was asked must be answered first.
    block("privacy_requests", " AND t.state = 'open'"),
];

/// Rows that stay as ids, with the reason.
const STAYS: [(&str, &str); 5] = [
    ("events", "who of the staff did what must stay provable"),
    ("erasures", "the receipt says nothing of the person, and must stay provable"),
    ("erasure_words", "the pass behind an erasure still looks for them, and deletes them itself"),
    ("erased_numbers", "a keyed hash says nothing of the person"),
    ("legal_copies", "the law wants them until their term ends"),
];
/// Rows that stay and forget whose they are: imported history that fits no payment is the merchant's own to look at.
const LET_GO: [&str; 1] = ["unmatched"];

/// What becomes of the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// They keep the customer; or they are of rows that do.
    Keep,
    /// They are deleted with it.
    Go,
    /// They lose its id.
    LetGo,
    /// They stay.
    Stay,
}

fn way(table: &'static Table) -> Option<Way> {
    let root = whose::root(table)?;
    let keeps = BLOCKS.iter().any(|b| b.table == root.name && b.only.is_empty());
    Some(match table.name {
        "customers" => return None,
        name if STAYS.iter().any(|(stays, _)| *stays == name) => Way::Stay,
        name if LET_GO.contains(&name) => Way::LetGo,
        _ if keeps || root.name == "credit_lines" => Way::Keep,
        _ => Way::Go,
    })
}

/// How deep a table hangs below its customer: what points to others goes before them.
fn depth(table: &'static Table) -> usize {
    match table.belongs {
        Belongs::Parent { table: parent, .. } => 1 + crate::privacy::columns::find(parent).map_or(0, depth),
        _ => 0,
    }
}

/// Statements that take all that goes with a customer (`$2`), in an order in which nothing points to what is gone.
pub(super) fn going() -> &'static [Stmt] {
    static GOING: OnceLock<Vec<Stmt>> = OnceLock::new();
    GOING.get_or_init(|| {
        let mut all: Vec<(&'static Table, Way)> = tables().iter().filter_map(|t| way(t).map(|w| (t, w))).collect();
        all.sort_by_key(|(table, _)| std::cmp::Reverse(depth(table)));
        let text = |(table, way): (&'static Table, Way)| {
            let name = table.name;
            match (way, table.belongs) {
                (Way::Go, _) => whose::holds(table, "t", "$2").map(|holds| format!("DELETE FROM {name} AS t WHERE {holds}")),
                (Way::LetGo, Belongs::Customer(column)) => {
                    Some(format!("UPDATE {name} SET {column} = NULL WHERE merchant_id = $1 AND {column} = $2"))
                }
                _ => None,
            }
        };
        all.into_iter().filter_map(text).map(Stmt::built).collect()
    })
}

/// Who of some customers is kept by a row of each of [`BLOCKS`].
pub(super) fn blocking() -> &'static [Some2] {
    static BLOCKING: LazyLock<Vec<Some2>> = LazyLock::new(|| {
        let of = |b: &Block| {
            let head = format!("SELECT DISTINCT t.customer_id FROM {} t WHERE t.merchant_id = $1{}", b.table, b.only);
            Some2::new(&head, "t.customer_id", "")
        };
        BLOCKS.iter().map(of).collect()
    });
    &BLOCKING
}

/// Every statement that is built, for the test that prepares all of them.
pub fn statements() -> Vec<&'static Stmt> {
    going().iter().chain(blocking().iter().flat_map(Some2::all)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::columns::{Fate, find};

    /// Rows that stay when a customer is anonymised and go when it is deleted for good: they say nothing without it.
    const GO_ALONG: [&str; 11] = [
        "charges",
        "payment_links",
        "customer_shops",
        "customer_totals",
        "attachments",
        "privacy_requests",
        "tickets",
        "mailing_rows",
        "offers",
        "accounting_exports",
        "accounting_log",
    ];

    #[test]
    fn every_table_of_a_customer_blocks_goes_or_stays_with_a_reason() {
        for table in tables().iter().filter(|t| matches!(t.belongs, Belongs::Customer(_)) && t.name != "customers") {
            match way(table).unwrap() {
                Way::Go => assert!(
                    table.fate == Fate::Deleted || GO_ALONG.contains(&table.name),
                    "{}: does it keep a customer from being deleted for good (customers::ties), or go with it?",
                    table.name
                ),
                Way::Keep | Way::LetGo | Way::Stay => {}
            }
        }
        for name in BLOCKS.iter().map(|b| b.table).chain(STAYS.map(|(name, _)| name)).chain(LET_GO).chain(GO_ALONG) {
            assert!(find(name).is_some(), "{name} is no table");
        }
        assert_eq!(way(find("order_lines").unwrap()), Some(Way::Keep));
        assert_eq!(way(find("event_values").unwrap()), Some(Way::Go));
        assert_eq!(way(find("jobs").unwrap()), None);
    }
}
