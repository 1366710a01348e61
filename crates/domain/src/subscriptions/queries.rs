//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! columns {
    () => {
        "s.id, s.customer_id, s.shop_id, s.name, s.status, s.live, s.currency, s.amount, s.cycle_unit, s.cycle_count, s.provider,
        s.provider_ref, s.method_id, s.started_at, s.trial_until, s.next_payment_at, s.ends_at"
    };
}
macro_rules! row {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM subscriptions s WHERE s.merchant_id = $1 AND ", $rest)
    };
}

store::statements! {
    pub FIND = row!("s.id = $2");
    pub FIND_REF = row!("s.provider = $2 AND s.provider_ref = $3");
    pub OF_CUSTOMER = row!("s.customer_id = $2 ORDER BY s.started_at DESC, s.id DESC");
    /// Those whose time is over and whose row does not say so yet.
    pub OVERDUE = "SELECT customer_id FROM subscriptions WHERE merchant_id = $1 AND ends_at IS NOT NULL AND status <> 'ended' AND ends_at < $2
        ORDER BY ends_at LIMIT $3";
    pub OVERDUE_OF = row!("s.customer_id = $2 AND s.status <> 'ended' AND s.ends_at IS NOT NULL AND s.ends_at < $3 ORDER BY s.ends_at, s.id");
    pub INSERT = "INSERT INTO subscriptions (merchant_id, id, customer_id, shop_id, name, status, live, currency, amount, cycle_unit, cycle_count,
        provider, provider_ref, method_id, started_at, trial_until, next_payment_at, ends_at, created_at, updated_at, import_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)";
    pub UPDATE = "UPDATE subscriptions SET name = $3, status = $4, currency = $5, amount = $6, cycle_unit = $7, cycle_count = $8, method_id = $9,
        trial_until = $10, next_payment_at = $11, ends_at = $12, updated_at = $13 WHERE merchant_id = $1 AND id = $2";
    pub END = "UPDATE subscriptions SET status = $3, ends_at = $4, next_payment_at = NULL, updated_at = $5 WHERE merchant_id = $1 AND id = $2";
}

/// Subscriptions of a list, with who has them.
pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| {
    let head = concat!(
        "SELECT ",
        columns!(),
        ", h.name AS shop_name, c.name AS full_name, c.first_name, c.last_name, c.company, c.email, c.number FROM subscriptions s
        JOIN customers c ON c.merchant_id = s.merchant_id AND c.id = s.customer_id
        JOIN shops h ON h.merchant_id = s.merchant_id AND h.id = s.shop_id WHERE s.merchant_id = $1"
    );
    Some2::new(head, "s.id", "")
});

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}
