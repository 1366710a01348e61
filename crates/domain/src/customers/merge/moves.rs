//! The one list of what hangs on a customer, and what becomes of it in a merge.

use std::sync::LazyLock;

use store::{Stmt, Tx};

use crate::kit::{Ctx, CustomerId, MergeId, Result};

/// What becomes of rows that name a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Pointed to the survivor; each row is noted and pointed back by undo. With the columns that follow, the SQL expression of the row's own
    /// key, and a condition on which rows.
    Points {
        /// Columns that name the customer beside the first.
        also: &'static [&'static str],
        /// The row's key within the merchant.
        key: &'static str,
        /// Which rows; empty is all.
        only: &'static str,
    },
    /// A set: what the survivor lacks is added to it and noted; see `sets`.
    Added,
    /// Sums per currency: worked out anew from the lines that moved.
    Summed,
    /// Kept about each customer and worked out anew from facts (`customers::facts`).
    Kept,
    /// Stays where it is, on purpose.
    Stays(&'static str),
}

/// What one column of a table that names customers does in a merge.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// The table.
    pub table: &'static str,
    /// The column that holds a customer's id.
    pub column: &'static str,
    /// What becomes of it.
    pub way: Way,
    /// What people call the rows, in the plural; empty for what nobody counts.
    pub noun: &'static str,
}

impl Move {
    const fn rows(table: &'static str, noun: &'static str) -> Self {
        Self { table, column: "customer_id", way: Way::Points { also: &[], key: "id", only: "" }, noun }
    }

    const fn is(table: &'static str, column: &'static str, way: Way) -> Self {
        Self { table, column, way, noun: "" }
    }

    /// What the row of `merge_moves` are marked with.
    pub(super) fn mark(&self) -> String {
        if self.column == "customer_id" { self.table.to_owned() } else { format!("{}.{}", self.table, self.column) }
    }
}

/// Unless the survivor is kept out of retention already; `$4` is the survivor.
const EXEMPT: &str = "NOT EXISTS (SELECT 1 FROM retention_exempt e WHERE e.merchant_id = $1 AND e.customer_id = $4)";

/// A standing block of the customer itself moves unless the survivor is blocked already; `$4` is the survivor.
const BLOCKS: &str =
    "kind = 'customer' AND (lifted_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM blocks o WHERE o.merchant_id = blocks.merchant_id
    AND o.kind = 'customer' AND o.key = CAST($4 AS TEXT) AND o.lifted_at IS NULL))";

/// Every column of the schema that names a customer, what it points to first. A new table gets its line here.
pub const MOVES: &[Move] = &[
    Move::rows("orders", "orders"),
    Move::rows("subscriptions", "subscriptions"),
    Move::rows("payments", "payments"),
    Move::rows("payment_methods", "payment methods"),
    // The buyer on a paper stays who it was: the invoice holds a snapshot (SPEC 5.3). Whose topic it stands under moves.
    Move::rows("invoices", "invoices"),
    Move::rows("offers", "offers"),
    Move::rows("contracts", "contracts"),
    Move::rows("charges", "charges"),
    Move::rows("payment_links", "payment links"),
    Move::rows("method_setups", ""),
    Move::rows("method_links", ""),
    Move::rows("credit_lines", "lines of store credit"),
    Move::is("credit_balances", "customer_id", Way::Summed),
    Move::rows("mails", "mails"),
    // Who got a mailing then, got it; two who are one now may both have a line.
    Move::is("mailing_rows", "customer_id", Way::Stays("Whom a mailing went to is who it went to; the mail itself moves.")),
    Move::rows("conversations", "conversations"),
    Move::rows("entries", "mails, chats and calls"),
    Move::rows("mail_drafts", ""),
    Move::rows("notes", "notes"),
    Move::rows("privacy_requests", "requests about data"),
    Move::rows("tickets", "tickets"),
    Move::rows("tasks", "tasks"),
    Move::rows("attachments", "attached guest payments"),
    Move::rows("unmatched", "unmatched lines of imports"),
    Move {
        table: "external_ids",
        column: "customer_id",
        way: Way::Points { also: &[], key: "system || '\t' || external_id", only: "" },
        noun: "ids in other systems",
    },
    Move::is("blocks", "customer_id", Way::Points { also: &[], key: "id", only: "kind <> 'customer'" }),
    Move::is("blocks", "key", Way::Points { also: &["customer_id"], key: "id", only: BLOCKS }),
    Move::is("provider_facts", "value", Way::Points { also: &[], key: "account_id || '\t' || reference", only: "kind = 'customer'" }),
    Move::is("provider_calls", "subject_id", Way::Points { also: &[], key: "id", only: "kind = 'customer'" }),
    Move { table: "customer_contacts", column: "customer_id", way: Way::Added, noun: "e-mails and phones" },
    Move { table: "customer_tags", column: "customer_id", way: Way::Added, noun: "tags" },
    Move::is("payment_keys", "customer_id", Way::Added),
    Move::is("avatars", "customer_id", Way::Added),
    Move::is("customer_totals", "customer_id", Way::Kept),
    Move::is("customer_shops", "customer_id", Way::Kept),
    Move::is("customers", "merged_into", Way::Stays("Who was merged into the one who goes leads to it, and through it to the survivor.")),
    Move::is(
        "events",
        "customer_id",
        Way::Stays("An event says to whom it happened. The survivor’s timeline reads those of all its sources."),
    ),
    Move::is("events", "subject_id", Way::Stays("What it happened to is what it was.")),
    Move::is(
        "tasks",
        "subject_id",
        Way::Stays("Of an order, an invoice, an offer, a contract, a return or a ticket; a customer stands in the column of its own."),
    ),
    Move::is("job_rows", "subject_id", Way::Stays("The outcome of a job for each it worked on; its undo passes over who was merged.")),
    // Who was kept out of retention stays out.
    Move::is("retention_exempt", "customer_id", Way::Points { also: &[], key: "CAST(created_at AS TEXT)", only: EXEMPT }),
    Move::is("retention_warnings", "customer_id", Way::Stays("Who was warned was; the survivor is warned by its own last sign of life.")),
    Move::is("duplicate_pairs", "a_id", Way::Stays("A pair with somebody who was merged is passed over, and comes back with undo.")),
    Move::is("duplicate_pairs", "b_id", Way::Stays("As the other side.")),
    Move::is("duplicate_models", "customers", Way::Stays("How many were compared: a count.")),
    Move::is("erasures", "customer_id", Way::Stays("Who was anonymised can no longer be merged.")),
    Move::is("erased_numbers", "customer_id", Way::Stays("Who was anonymised can no longer be merged.")),
    Move::is("legal_copies", "customer_id", Way::Stays("Who was anonymised can no longer be merged.")),
    Move { table: "portal_access", column: "customer_id", way: Way::Added, noun: "accesses to the portal" },
    Move::is("portal_links", "customer_id", Way::Stays("Closed with the portal.")),
    Move::is("portal_sessions", "customer_id", Way::Stays("Closed with the portal.")),
    Move::is(
        "accounting_exports",
        "customer_id",
        Way::Points { also: &[], key: "connection_id || '\t' || subject_id", only: "kind = 'invoice'" },
    ),
    Move::is(
        "accounting_exports",
        "subject_id",
        Way::Stays("The account in the books is of who it was made for; the survivor has its own."),
    ),
    Move::rows("accounting_log", ""),
    Move::is("accounting_log", "subject_id", Way::Stays("What was sent is what was sent.")),
    Move::is("merges", "gone_id", Way::Stays("Who went.")),
    Move::is("merges", "survivor_id", Way::Stays("Who stayed then; its own merge leads on from there.")),
];

/// The statements of a [`Way::Points`]. `$1` merchant, `$2` merge, `$3` the one who goes, `$4` the survivor.
pub(super) struct Statements {
    pub what: &'static Move,
    /// Notes which rows.
    pub note: Stmt,
    /// Points them to the survivor.
    pub point: Stmt,
    /// And back.
    pub back: Stmt,
    /// How many there are: `$1` merchant, `$2` the customer. Only for those with a noun.
    pub count: Option<Stmt>,
    /// Rows that still point to somebody who was merged: `$1` merchant.
    pub hanging: Option<Stmt>,
}

/// All of them, in the order of [`MOVES`].
pub(super) static POINTS: LazyLock<Vec<Statements>> = LazyLock::new(|| MOVES.iter().filter_map(Statements::of).collect());

impl Statements {
    fn of(what: &'static Move) -> Option<Self> {
        let Way::Points { also, key, only } = what.way else { return None };
        let Move { table, column, noun, .. } = *what;
        let mark = what.mark();
        let and = if only.is_empty() { String::new() } else { format!(" AND ({only})") };
        // Rows with an id are found by it: a planner without figures about rows of this very transaction must not walk all of the customer's
        // for each of them, so the customer's own index is out of its reach.
        let held = if key == "id" { format!("COALESCE({column}, '')") } else { column.to_owned() };
        let point = |from: &str, to: &str| {
            let set: Vec<String> = std::iter::once(&column).chain(also).map(|c| format!("{c} = {to}")).collect();
            Stmt::built(format!(
                "UPDATE {table} SET {} WHERE merchant_id = $1 AND {held} = {from}
                AND {key} IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = '{mark}')",
                set.join(", ")
            ))
        };
        let plain = !only.contains('$');
        Some(Self {
            what,
            note: Stmt::built(format!(
                "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id) SELECT merchant_id, CAST($2 AS TEXT), '{mark}', {key} FROM {table}
                WHERE merchant_id = $1 AND {column} = $3 AND {column} <> CAST($4 AS TEXT){and}"
            )),
            point: point("$3", "$4"),
            back: point("$4", "$3"),
            count: (plain && !noun.is_empty())
                .then(|| Stmt::built(format!("SELECT COUNT(*) FROM {table} WHERE merchant_id = $1 AND {column} = $2{and}"))),
            hanging: plain.then(|| {
                Stmt::built(format!(
                    "SELECT g.id, COUNT(*) FROM (SELECT id FROM customers WHERE merchant_id = $1 AND merged_into IS NOT NULL) g
                    JOIN {table} t ON t.merchant_id = $1 AND t.{column} = g.id{} GROUP BY g.id ORDER BY g.id",
                    and.replace("kind", "t.kind")
                ))
            }),
        })
    }
}

/// All of them, for the test that prepares every statement.
pub(super) fn built() -> Vec<&'static Stmt> {
    POINTS.iter().flat_map(|s| [&s.note, &s.point, &s.back].into_iter().chain(&s.count).chain(&s.hanging)).collect()
}

/// Moves all rows that point to the one who goes; gives how many of each noun.
pub(super) fn point(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, gone: &CustomerId, stays: &CustomerId) -> Result<super::Moved> {
    let mut moved = super::Moved::new();
    for s in POINTS.iter() {
        let rows = tx.exec(&s.note, &[&ctx.merchant, merge, gone, stays])?;
        if rows == 0 {
            continue;
        }
        tx.exec(&s.point, &[&ctx.merchant, merge, gone, stays])?;
        if !s.what.noun.is_empty() {
            *moved.entry(s.what.noun.to_owned()).or_default() += rows as i64;
        }
    }
    Ok(moved)
}

/// Points back what was noted, as far as it is still the survivor's.
pub(super) fn back(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, gone: &CustomerId, stays: &CustomerId) -> Result<()> {
    for s in POINTS.iter() {
        tx.exec(&s.back, &[&ctx.merchant, merge, gone, stays])?;
    }
    Ok(())
}

/// Tables in which rows still point to somebody who was merged, with who and how many: there must be none (`regulars verify`).
pub(crate) fn hanging(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<(&'static str, CustomerId, i64)>> {
    let mut found = Vec::new();
    for s in POINTS.iter() {
        if let Some(statement) = &s.hanging {
            found.extend(tx.rows(statement, &[&ctx.merchant], |r| Ok((s.what.table, r.get(0)?, r.get(1)?)))?);
        }
    }
    Ok(found)
}
