//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! summary {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.number, f.shop_id, s.name, f.customer_id, f.state, f.currency, f.discount, f.shipping, f.tax, f.total, f.buyer, f.seller, f.note,
            f.reason, f.valid_until, f.order_id, f.created_at, f.created_by, f.sent_at, f.closed_at, f.version, o.number,
            c.name, c.first_name, c.last_name, c.company, c.email, c.number
            FROM offers f JOIN shops s ON s.merchant_id = f.merchant_id AND s.id = f.shop_id
            JOIN customers c ON c.merchant_id = f.merchant_id AND c.id = f.customer_id
            LEFT JOIN orders o ON o.merchant_id = f.merchant_id AND o.id = f.order_id WHERE ",
            $rest
        )
    };
}

store::statements! {
    pub GET = summary!("f.merchant_id = $1 AND f.id = $2");
    pub OF_CUSTOMER = summary!("f.merchant_id = $1 AND f.customer_id = $2 AND (f.created_at, f.id) < ($3, $4) ORDER BY f.created_at DESC, f.id DESC LIMIT $5");
    pub OF_ORDER = summary!("f.merchant_id = $1 AND f.order_id = $2");
    pub LINES = "SELECT sku, title, quantity, unit_price, discount FROM offer_lines WHERE merchant_id = $1 AND offer_id = $2 ORDER BY position";
    pub INSERT = "INSERT INTO offers (merchant_id, id, number, shop_id, customer_id, state, currency, discount, shipping, tax, total, buyer, seller, note, reason,
        valid_until, created_at, created_by, updated_at, version)
        VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9, $10, $11, '', $12, '', $13, $14, $15, $14, 1)";
    pub INSERT_LINE = "INSERT INTO offer_lines (merchant_id, offer_id, position, sku, title, quantity, unit_price, discount)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub DROP_LINES = "DELETE FROM offer_lines WHERE merchant_id = $1 AND offer_id = $2";
    pub SET_DRAFT = "UPDATE offers SET discount = $3, shipping = $4, tax = $5, total = $6, note = $7, valid_until = $8, updated_at = $9, version = version + 1
        WHERE merchant_id = $1 AND id = $2";
    pub SEND = "UPDATE offers SET state = 'sent', buyer = $3, seller = $4, sent_at = $5, updated_at = $5, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    /// Nothing more comes of it, but perhaps an order.
    pub CLOSE = "UPDATE offers SET state = $3, reason = $4, order_id = $5, closed_at = $6, updated_at = $6, version = version + 1
        WHERE merchant_id = $1 AND id = $2";

    pub OPEN_LINK = "INSERT INTO offer_links (hash, merchant_id, offer_id, opened_at) VALUES ($1, $2, $3, $4)";
    pub CLOSE_LINKS = "DELETE FROM offer_links WHERE merchant_id = $1 AND offer_id = $2";
    pub LINKS = "SELECT COUNT(*), MAX(opened_at) FROM offer_links WHERE merchant_id = $1 AND offer_id = $2";
    pub BY_LINK = "SELECT merchant_id, offer_id FROM offer_links WHERE hash = $1";
}

/// Offers of a list.
pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| Some2::new(summary!("f.merchant_id = $1"), "f.id", ""));

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}
