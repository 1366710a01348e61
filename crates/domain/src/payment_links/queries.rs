//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

/// Further columns, where they come from, and which links.
macro_rules! link {
    ($more:literal, $joined:literal, $rest:literal) => {
        concat!(
            "SELECT l.id, l.customer_id, l.shop_id, s.name, l.order_id, l.invoice_id, l.currency, l.amount, l.purpose, l.state, l.expires_at, l.attempts,
            l.payment_id, p.status, l.checkout, l.checkout_account, l.checkout_ref, l.checkout_url, l.checkout_until, l.checkout_words, l.created_at,
            l.created_by, l.closed_at, (SELECT COUNT(*) FROM payment_link_keys k WHERE k.merchant_id = l.merchant_id AND k.payment_link_id = l.id)",
            $more,
            " FROM payment_links l JOIN shops s ON s.merchant_id = l.merchant_id AND s.id = l.shop_id
            LEFT JOIN payments p ON p.merchant_id = l.merchant_id AND p.id = l.payment_id",
            $joined,
            " WHERE l.merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub FIND = link!("", "", " AND l.id = $2");
    pub OF_CUSTOMER = link!("", "", " AND l.customer_id = $2 ORDER BY l.created_at DESC, l.id DESC LIMIT $3");
    pub BY_PAYMENT = "SELECT id FROM payment_links WHERE merchant_id = $1 AND payment_id = $2";
    pub INSERT = "INSERT INTO payment_links (merchant_id, id, customer_id, shop_id, order_id, invoice_id, currency, amount, purpose, state, expires_at, attempts,
        payment_id, checkout, checkout_account, checkout_ref, checkout_url, checkout_until, checkout_words, created_at, created_by, updated_at, closed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, 0, NULL, 'none', NULL, NULL, '', NULL, '', $11, $12, $11, NULL)";
    /// One more try.
    pub TRY = "UPDATE payment_links SET attempts = attempts + 1, updated_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub SET_PAYMENT = "UPDATE payment_links SET payment_id = $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub CLOSE = "UPDATE payment_links SET state = $3, closed_at = $4, updated_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub SET_CHECKOUT = "UPDATE payment_links SET checkout = $3, checkout_account = $4, checkout_ref = $5, checkout_url = $6, checkout_until = $7,
        checkout_words = $8, updated_at = $9 WHERE merchant_id = $1 AND id = $2";

    /// Whose page this is, while it waits for its buyer. A number that a provider gave, which nobody else is told.
    pub BY_ORDER = "SELECT merchant_id, id FROM payment_links WHERE checkout_ref = $1 AND checkout = 'ready' ORDER BY merchant_id, id LIMIT 1";

    pub OPEN_KEY = "INSERT INTO payment_link_keys (hash, merchant_id, payment_link_id, opened_at) VALUES ($1, $2, $3, $4)";
    pub BY_KEY = "SELECT merchant_id, payment_link_id FROM payment_link_keys WHERE hash = $1";
}

pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| {
    Some2::new(
        link!(
            ", c.name, c.first_name, c.last_name, c.company, c.email, c.number",
            " JOIN customers c ON c.merchant_id = l.merchant_id AND c.id = l.customer_id",
            ""
        ),
        "l.id",
        "",
    )
});

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}
