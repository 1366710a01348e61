//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! summary {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.number, g.shop_id, s.name, g.customer_id, g.state, g.title, g.currency, g.amount, g.cycle_count, g.cycle_unit, g.starts_on,
            g.first_end, g.ends_on, g.renew_months, g.renewals, g.notice_count, g.notice_unit, g.notice_given_on, g.created_at, g.created_by, g.started_at,
            g.closed_at, g.version, c.name, c.first_name, c.last_name, c.company, c.email, c.number, g.note, g.reason, g.remind_days, g.reminded_for,
            g.assignee_id, p.name, g.notice_on, g.act_on
            FROM contracts g JOIN shops s ON s.merchant_id = g.merchant_id AND s.id = g.shop_id
            JOIN customers c ON c.merchant_id = g.merchant_id AND c.id = g.customer_id
            LEFT JOIN people p ON p.id = g.assignee_id WHERE ",
            $rest
        )
    };
}

store::statements! {
    pub GET = summary!("g.merchant_id = $1 AND g.id = $2");
    pub OF_CUSTOMER = summary!("g.merchant_id = $1 AND g.customer_id = $2 AND (g.created_at, g.id) < ($3, $4) ORDER BY g.created_at DESC, g.id DESC LIMIT $5");
    /// All of a merchant, by id, for the check.
    pub ALL_BEHIND = summary!("g.merchant_id = $1 AND g.id > $2 ORDER BY g.id LIMIT $3");
    pub INSERT = "INSERT INTO contracts (merchant_id, id, number, shop_id, customer_id, state, title, note, reason, currency, amount, cycle_count, cycle_unit,
        starts_on, first_end, ends_on, renew_months, renewals, notice_count, notice_unit, notice_on, remind_days, assignee_id, created_at, created_by, updated_at,
        version)
        VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, '', $8, $9, $10, $11, $12, $13, $13, $14, 0, $15, $16, $17, $18, $19, $20, $21, $20, 1)";
    pub SET = "UPDATE contracts SET title = $3, note = $4, amount = $5, cycle_count = $6, cycle_unit = $7, starts_on = $8, first_end = $9, ends_on = $10,
        renew_months = $11, renewals = $12, notice_count = $13, notice_unit = $14, notice_on = $15, remind_days = $16, act_on = $17, assignee_id = $18,
        updated_at = $19, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    /// How far it came, and the term it is in.
    pub MOVE = "UPDATE contracts SET state = $3, reason = $4, ends_on = $5, renewals = $6, notice_on = $7, notice_given_on = $8, reminded_for = $9,
        act_on = $10, started_at = $11, closed_at = $12, updated_at = $13, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    /// What the clock has something to do with, of one merchant.
    pub DUE = "SELECT id FROM contracts WHERE merchant_id = $1 AND act_on <= $2 ORDER BY act_on, id LIMIT $3";

    pub FILE = "SELECT name, content_type, size, added_at, added_by FROM contract_files WHERE merchant_id = $1 AND contract_id = $2";
    pub FILE_BYTES = "SELECT name, bytes FROM contract_files WHERE merchant_id = $1 AND contract_id = $2";
    pub DROP_FILE = "DELETE FROM contract_files WHERE merchant_id = $1 AND contract_id = $2";
    pub ADD_FILE = "INSERT INTO contract_files (merchant_id, contract_id, name, content_type, size, bytes, added_at, added_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// Contracts of a list.
pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| Some2::new(summary!("g.merchant_id = $1"), "g.id", ""));

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}
