//! All SQL of the room. Reading a whole table is built from the schema; what is compared is written out.

use store::Stmt;

use super::schema::Table;

/// All rows of a table in the order of its key.
pub(super) fn all_of(table: &Table) -> Stmt {
    Stmt::built(format!("SELECT {} FROM {} ORDER BY {}", table.names().join(", "), table.name, table.key.join(", ")))
}

/// Is there a row?
pub(super) fn any_of(table: &Table) -> Stmt {
    Stmt::built(format!("SELECT 1 FROM {} LIMIT 1", table.name))
}

store::statements! {
    pub SHOPS = "SELECT name, currency, country FROM shops WHERE merchant_id = $1";
    pub GROUPS = "SELECT name FROM customer_groups WHERE merchant_id = $1";
    pub TAGS = "SELECT name FROM tags WHERE merchant_id = $1";
    pub CUSTOMERS = "SELECT c.number, c.name, c.first_name, c.last_name, c.email, c.phone, c.language, c.company, c.company_id, c.company_email,
        c.tax_id, c.vat_number, c.billing_line1, c.billing_line2, c.billing_city, c.billing_state, c.billing_zip, c.billing_country,
        CASE WHEN c.delivery_same THEN 1 ELSE 0 END, c.delivery_line1, c.delivery_line2, c.delivery_city, c.delivery_state, c.delivery_zip,
        c.delivery_country, s.name, g.name, CASE WHEN c.marketing THEN 1 ELSE 0 END, c.metadata,
        CASE WHEN c.archived_at IS NULL THEN 1 ELSE 0 END, CASE WHEN c.deleted_at IS NULL THEN 1 ELSE 0 END, c.sort_name, c.version,
        c.status, c.status_cause, c.method_status, c.lifetime, CASE WHEN c.lifetime_missing THEN 1 ELSE 0 END, c.order_count, c.order_total,
        c.payment_count, c.dispute_count, c.open_dispute_count, c.balance_due, c.first_order_at, c.last_order_at, c.first_paid_at, c.last_paid_at
        FROM customers c
        LEFT JOIN shops s ON s.merchant_id = c.merchant_id AND s.id = c.shop_id
        LEFT JOIN customer_groups g ON g.merchant_id = c.merchant_id AND g.id = c.group_id
        WHERE c.merchant_id = $1";
    pub CONTACTS = "SELECT c.number, k.kind, k.value FROM customer_contacts k
        JOIN customers c ON c.merchant_id = k.merchant_id AND c.id = k.customer_id WHERE k.merchant_id = $1";
    pub CUSTOMER_TAGS = "SELECT c.number, t.name FROM customer_tags k
        JOIN customers c ON c.merchant_id = k.merchant_id AND c.id = k.customer_id
        JOIN tags t ON t.merchant_id = k.merchant_id AND t.id = k.tag_id WHERE k.merchant_id = $1";
    pub TOTALS = "SELECT c.number, t.currency, t.paid, t.refunded, t.lost FROM customer_totals t
        JOIN customers c ON c.merchant_id = t.merchant_id AND c.id = t.customer_id WHERE t.merchant_id = $1";
    pub CUSTOMER_SHOPS = "SELECT c.number, s.name FROM customer_shops k
        JOIN customers c ON c.merchant_id = k.merchant_id AND c.id = k.customer_id
        JOIN shops s ON s.merchant_id = k.merchant_id AND s.id = k.shop_id WHERE k.merchant_id = $1";
    pub EXTERNAL_IDS = "SELECT c.number, x.system, x.external_id FROM external_ids x
        JOIN customers c ON c.merchant_id = x.merchant_id AND c.id = x.customer_id WHERE x.merchant_id = $1";
    pub NOTES = "SELECT c.number, n.body FROM notes n
        JOIN customers c ON c.merchant_id = n.merchant_id AND c.id = n.customer_id WHERE n.merchant_id = $1";
    pub ORDERS = "SELECT s.name, o.number, o.external_id, c.number, CASE WHEN o.guest THEN 1 ELSE 0 END, o.state, o.currency, o.discount,
        o.shipping, o.tax, o.total, o.email, o.name, o.company, o.flag, o.ordered_at
        FROM orders o JOIN shops s ON s.merchant_id = o.merchant_id AND s.id = o.shop_id
        LEFT JOIN customers c ON c.merchant_id = o.merchant_id AND c.id = o.customer_id WHERE o.merchant_id = $1";
    pub LINES = "SELECT o.number, l.position, l.sku, l.title, l.quantity, l.unit_price, l.discount FROM order_lines l
        JOIN orders o ON o.merchant_id = l.merchant_id AND o.id = l.order_id WHERE l.merchant_id = $1";
    pub PAYMENTS = "SELECT o.number, c.number, p.provider, p.status, p.kind, CASE WHEN p.live THEN 1 ELSE 0 END, p.currency, p.amount,
        p.refunded, p.refund_pending, p.lost, p.flag, p.paid_at FROM payments p
        LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.id = p.order_id
        LEFT JOIN customers c ON c.merchant_id = p.merchant_id AND c.id = p.customer_id WHERE p.merchant_id = $1";
    pub REFUNDS = "SELECT o.number, r.external_id, r.amount, r.currency, r.status, r.refunded_at FROM refunds r
        JOIN payments p ON p.merchant_id = r.merchant_id AND p.id = r.payment_id
        LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.id = p.order_id WHERE r.merchant_id = $1";
    pub UNMATCHED = "SELECT c.number, u.kind, u.external_id, u.currency, u.amount, u.reason, u.happened_at FROM unmatched u
        LEFT JOIN customers c ON c.merchant_id = u.merchant_id AND c.id = u.customer_id WHERE u.merchant_id = $1";
    pub EVENTS = "SELECT c.number, e.version, e.kind, e.subject_kind, e.door, e.cause FROM events e
        LEFT JOIN customers c ON c.merchant_id = e.merchant_id AND c.id = e.customer_id WHERE e.merchant_id = $1";
}

/// What is compared, with the word each line begins with.
pub(super) static COMPARED: &[(&str, &Stmt)] = &[
    ("shop", &SHOPS),
    ("group", &GROUPS),
    ("label", &TAGS),
    ("customer", &CUSTOMERS),
    ("contact", &CONTACTS),
    ("tag", &CUSTOMER_TAGS),
    ("total", &TOTALS),
    ("shop of", &CUSTOMER_SHOPS),
    ("external", &EXTERNAL_IDS),
    ("note", &NOTES),
    ("order", &ORDERS),
    ("line", &LINES),
    ("payment", &PAYMENTS),
    ("refund", &REFUNDS),
    ("unmatched", &UNMATCHED),
    ("event", &EVENTS),
];
