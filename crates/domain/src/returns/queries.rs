//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! summary {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.number, t.order_id, t.state, t.value, t.note, t.answer, t.replacement_id, t.created_at, t.created_by, t.approved_at, t.received_at,
            t.closed_at, t.version, o.number, o.currency, o.customer_id, o.name, o.email, o.shop_id, s.name, p.number,
            c.name, c.first_name, c.last_name, c.company, c.email, c.number
            FROM returns t JOIN orders o ON o.merchant_id = t.merchant_id AND o.id = t.order_id
            JOIN shops s ON s.merchant_id = o.merchant_id AND s.id = o.shop_id
            LEFT JOIN orders p ON p.merchant_id = t.merchant_id AND p.id = t.replacement_id
            LEFT JOIN customers c ON c.merchant_id = o.merchant_id AND c.id = o.customer_id WHERE ",
            $rest
        )
    };
}

store::statements! {
    pub GET = summary!("t.merchant_id = $1 AND t.id = $2");
    pub OF_ORDER = summary!("t.merchant_id = $1 AND t.order_id = $2 ORDER BY t.created_at, t.id");
    pub OF_CUSTOMER = summary!("o.merchant_id = $1 AND o.customer_id = $2 AND (t.created_at, t.id) < ($3, $4) ORDER BY t.created_at DESC, t.id DESC LIMIT $5");
    pub LINES = "SELECT line, sku, title, quantity, unit_price, reason, discount FROM return_lines WHERE merchant_id = $1 AND return_id = $2 ORDER BY line";
    /// What of an order comes back already, rejected ones aside.
    pub BACK = "SELECT l.line, l.quantity, l.unit_price, l.discount FROM returns t JOIN return_lines l ON l.merchant_id = t.merchant_id AND l.return_id = t.id
        WHERE t.merchant_id = $1 AND t.order_id = $2 AND t.state <> 'rejected'";
    /// What those are worth together.
    pub BACK_WORTH = "SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM returns WHERE merchant_id = $1 AND order_id = $2 AND state <> 'rejected'";
    pub REFUNDS = "SELECT r.id, r.payment_id, r.amount, r.currency, r.status, r.refunded_at FROM return_refunds b
        JOIN refunds r ON r.merchant_id = b.merchant_id AND r.id = b.refund_id WHERE b.merchant_id = $1 AND b.return_id = $2 ORDER BY r.created_at, r.id";
    pub INSERT = "INSERT INTO returns (merchant_id, id, number, order_id, state, value, note, answer, created_at, created_by, updated_at, version)
        VALUES ($1, $2, $3, $4, 'requested', $5, $6, '', $7, $8, $7, 1)";
    pub INSERT_LINE = "INSERT INTO return_lines (merchant_id, return_id, line, sku, title, quantity, unit_price, reason, discount)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub SET_STATE = "UPDATE returns SET state = $3, answer = $4, approved_at = COALESCE($5, approved_at), received_at = COALESCE($6, received_at),
        closed_at = COALESCE($7, closed_at), updated_at = $8, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub SET_REPLACEMENT = "UPDATE returns SET replacement_id = $3, updated_at = $4, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub INSERT_REFUND = "INSERT INTO return_refunds (merchant_id, return_id, refund_id, created_at) VALUES ($1, $2, $3, $4)";
}

/// Returns of a list.
pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| Some2::new(summary!("t.merchant_id = $1"), "t.id", ""));

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}
