//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! row {
    ($rest:literal) => {
        concat!(
            "SELECT id, shop_id, customer_id, state, abandoned_at, currency, total, paid_at, version, name, email, phone FROM orders
            WHERE merchant_id = $1 AND ",
            $rest
        )
    };
}
macro_rules! summary {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT o.id, o.number, o.shop_id, s.name, o.customer_id, o.guest, o.state, o.abandoned_at, o.currency, o.total, o.ordered_at, o.paid_at,
            o.flag, o.name, o.email, o.company, o.external_id FROM ",
            $from,
            " JOIN shops s ON s.merchant_id = o.merchant_id AND s.id = o.shop_id WHERE o.merchant_id = $1 AND ",
            $rest
        )
    };
}

store::statements! {
    /// Anonymised, or deleted for good.
    pub ERASED = "SELECT 1 FROM erasures WHERE merchant_id = $1 AND customer_id = $2";
    pub FIND = row!("id = $2");
    pub BY_EXTERNAL = row!("shop_id = $2 AND external_id = $3");
    pub BY_NUMBER = "SELECT id FROM orders WHERE merchant_id = $1 AND number = $2";
    pub INSERT = "INSERT INTO orders (merchant_id, id, number, shop_id, external_id, customer_id, guest, state, abandoned_at, currency, discount,
        shipping, tax, total, email, email_key, name, phone, phone_key, company, billing, delivery, note, flag, ordered_at, created_at, updated_at,
        paid_at, fulfilled_at, closed_at, cancelled_at, import_id, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $26,
        $27, $28, $29, $30, $31, 1) ON CONFLICT (merchant_id, shop_id, external_id) DO NOTHING";
    /// Unless something else is to be looked at.
    pub SET_FLAG = "UPDATE orders SET flag = $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2 AND flag = ''";
    /// Unless the number is taken.
    pub SET_NUMBER = "UPDATE orders SET number = $3 WHERE merchant_id = $1 AND id = $2
        AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.number = $3)";
    pub INSERT_LINE = "INSERT INTO order_lines (merchant_id, order_id, position, sku, sku_key, title, quantity, unit_price, discount)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub DROP_LINES = "DELETE FROM order_lines WHERE merchant_id = $1 AND order_id = $2";
    pub LINES = "SELECT sku, title, quantity, unit_price, discount FROM order_lines WHERE merchant_id = $1 AND order_id = $2 ORDER BY position";
    pub FIRST_LINES = "SELECT sku, title, quantity, unit_price, discount FROM order_lines WHERE merchant_id = $1 AND order_id = $2 ORDER BY position LIMIT 3";
    // Articles, one look into an index each; no line begins with a number that is empty.
    pub NEXT_SKU = "SELECT sku_key FROM order_lines WHERE merchant_id = $1 AND sku_key >= $2 AND sku_key < $3 ORDER BY sku_key LIMIT 1";
    pub NEXT_TITLE = "SELECT LOWER(title) FROM order_lines WHERE merchant_id = $1 AND LOWER(title) COLLATE \"C\" >= LOWER(CAST($2 AS TEXT))
        AND LOWER(title) COLLATE \"C\" < LOWER(CAST($3 AS TEXT)) ORDER BY LOWER(title) COLLATE \"C\" LIMIT 1";
    pub LAST_OF_SKU = "SELECT l.sku, l.sku_key, l.title, l.unit_price, o.shop_id, o.currency FROM order_lines l
        JOIN orders o ON o.merchant_id = l.merchant_id AND o.id = l.order_id
        WHERE l.merchant_id = $1 AND l.sku_key = $2 ORDER BY l.order_id DESC LIMIT 50";
    pub LAST_OF_TITLE = "SELECT l.sku, l.sku_key, l.title, l.unit_price, o.shop_id, o.currency FROM order_lines l
        JOIN orders o ON o.merchant_id = l.merchant_id AND o.id = l.order_id
        WHERE l.merchant_id = $1 AND LOWER(l.title) COLLATE \"C\" = LOWER(CAST($2 AS TEXT)) ORDER BY l.order_id DESC LIMIT 50";
    pub COUNT_LINES = "SELECT COUNT(*) FROM order_lines WHERE merchant_id = $1 AND order_id = $2";
    pub CONTENT = "SELECT discount, shipping, tax, total, email, name, phone, company, billing, delivery, note FROM orders
        WHERE merchant_id = $1 AND id = $2";
    pub SET_CONTENT = "UPDATE orders SET discount = $3, shipping = $4, tax = $5, total = $6, email = $7, email_key = $8, name = $9, phone = $10,
        phone_key = $11, company = $12, billing = $13, delivery = $14, note = $15, abandoned_at = $16, updated_at = $17, version = version + 1
        WHERE merchant_id = $1 AND id = $2";
    pub SET_DRAFT = "UPDATE orders SET discount = $3, shipping = $4, tax = $5, total = $6, note = $7, updated_at = $8, version = version + 1
        WHERE merchant_id = $1 AND id = $2";
    pub NOTE = "SELECT note FROM orders WHERE merchant_id = $1 AND id = $2";
    pub SET_NOTE = "UPDATE orders SET note = $3, updated_at = $4, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub ADDRESSES = "SELECT billing, delivery FROM orders WHERE merchant_id = $1 AND id = $2";
    pub SET_ADDRESSES = "UPDATE orders SET billing = $3, delivery = $4, updated_at = $5, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub SET_STATE = "UPDATE orders SET state = $3, paid_at = $4, fulfilled_at = COALESCE($5, fulfilled_at), closed_at = COALESCE($6, closed_at),
        cancelled_at = COALESCE($7, cancelled_at), updated_at = $8, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub SET_PAID = "UPDATE orders SET state = $3, paid_at = $4, updated_at = $5, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub SET_CUSTOMER = "UPDATE orders SET customer_id = $3, updated_at = $4, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    /// Settled money of an order in its currency, when it last came, how many payments bounced, and what went back. A test pays nothing.
    pub MONEY = "SELECT CAST(COALESCE(SUM(CASE WHEN status = 'settled' THEN amount ELSE 0 END), 0) AS BIGINT),
        MAX(CASE WHEN status = 'settled' THEN paid_at END),
        CAST(COALESCE(SUM(CASE WHEN status = 'bounced' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN status = 'settled' THEN refunded + lost ELSE 0 END), 0) AS BIGINT)
        FROM payments WHERE merchant_id = $1 AND order_id = $2 AND currency = $3 AND live";
    pub SHOP = "SELECT currency FROM shops WHERE merchant_id = $1 AND id = $2";
    pub BUYER = "SELECT name, first_name, last_name, company, email, phone, number, billing_line1, billing_line2, billing_city, billing_state, billing_zip,
        billing_country, delivery_same, delivery_line1, delivery_line2, delivery_city, delivery_state, delivery_zip, delivery_country
        FROM customers WHERE merchant_id = $1 AND id = $2";
    pub CLAIM = "INSERT INTO claims (merchant_id, key) VALUES ($1, $2) ON CONFLICT (merchant_id, key) DO NOTHING";
    pub UNCLAIM = "DELETE FROM claims WHERE merchant_id = $1 AND key = $2";

    // Reading.
    pub ORDER = "SELECT o.id, o.number, o.shop_id, s.name, o.customer_id, o.guest, o.state, o.abandoned_at, o.currency, o.total, o.ordered_at, o.paid_at,
        o.flag, o.name, o.email, o.company, o.external_id, o.phone, o.discount, o.shipping, o.tax, o.billing, o.delivery, o.note, o.fulfilled_at,
        o.closed_at, o.cancelled_at, o.version FROM orders o JOIN shops s ON s.merchant_id = o.merchant_id AND s.id = o.shop_id
        WHERE o.merchant_id = $1 AND o.id = $2";
    pub HISTORY = summary!("orders o", "o.customer_id = $2 AND (o.ordered_at, o.id) < ($3, $4)
        ORDER BY o.ordered_at DESC, o.id DESC LIMIT $5");
    /// The same, of orders whose number or one of whose articles has the text.
    pub HISTORY_OF = summary!("orders o", "o.customer_id = $2 AND (o.ordered_at, o.id) < ($3, $4)
        AND (LOWER(o.number) LIKE $6 ESCAPE '\\' OR EXISTS (SELECT 1 FROM order_lines l WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id
          AND (l.sku_key LIKE $6 ESCAPE '\\' OR LOWER(l.title) LIKE $6 ESCAPE '\\')))
        ORDER BY o.ordered_at DESC, o.id DESC LIMIT $5");
}

/// Orders of a list.
pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| Some2::new(summary!("orders o", "TRUE"), "o.id", ""));

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}
