//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! request {
    ($rest:literal) => {
        concat!(
            "SELECT q.id, q.kind, q.state, q.customer_id, q.who, q.note, q.received_on, q.due_on, q.created_at, q.created_by, q.closed_at, q.closed_by,
            q.version, c.name, c.first_name, c.last_name, c.company, c.email, c.number, q.extended_from, q.extension FROM privacy_requests q
            LEFT JOIN customers c ON c.merchant_id = q.merchant_id AND c.id = q.customer_id WHERE q.merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub GET = request!(" AND q.id = $2");
    pub OF_CUSTOMER = request!(" AND q.customer_id = $2 ORDER BY q.due_on DESC, q.id DESC LIMIT 100");
    pub INSERT = "INSERT INTO privacy_requests (merchant_id, id, kind, state, customer_id, who, note, received_on, due_on, created_at, created_by, closed_by, version)
        VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, '', 1)";
    pub EDIT = "UPDATE privacy_requests SET customer_id = $3, who = $4, note = $5, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub EXTEND = "UPDATE privacy_requests SET due_on = $3, extended_from = $4, extension = $5, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub SET_STATE = "UPDATE privacy_requests SET state = $3, closed_at = $4, closed_by = $5, note = $6, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub WAITING = "SELECT COUNT(*), COUNT(CASE WHEN due_on < $2 THEN 1 END) FROM privacy_requests WHERE merchant_id = $1 AND state = 'open'";
}

pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| Some2::new(request!(""), "q.id", ""));

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}
