//! All SQL of the room. Each reading of facts stands twice: of one customer, and of a range in the order of ids.

macro_rules! payments {
    ($where:literal) => {
        concat!(
            "SELECT p.customer_id, p.status, p.live, p.kind, p.subscription_id IS NULL, EXISTS (SELECT 1 FROM disputes d
            WHERE d.merchant_id = p.merchant_id AND d.payment_id = p.id AND d.status = 'lost'),
            p.currency, p.amount, p.refunded, p.lost, p.paid_at, p.provider = 'store_credit' FROM payments p WHERE p.merchant_id = $1 AND p.customer_id ",
            $where
        )
    };
}
macro_rules! orders {
    ($where:literal) => {
        concat!(
            "SELECT o.customer_id, o.state, o.abandoned_at IS NOT NULL, o.paid_at IS NOT NULL, o.currency, o.total,
            CASE WHEN o.paid_at IS NULL AND o.state IN ('open', 'fulfilled') THEN CASE WHEN EXISTS (SELECT 1 FROM invoices i
              WHERE i.merchant_id = o.merchant_id AND i.order_id = o.id AND i.kind = 'invoice' AND i.state NOT IN ('draft', 'void'))
              THEN o.total ELSE (SELECT CAST(COALESCE(SUM(p.amount), 0) AS BIGINT) FROM payments p
              WHERE p.merchant_id = o.merchant_id AND p.order_id = o.id AND p.status = 'settled' AND p.live AND p.currency = o.currency) END ELSE 0 END,
            o.ordered_at, o.shop_id FROM orders o WHERE o.merchant_id = $1 AND o.customer_id ",
            $where
        )
    };
}
macro_rules! methods {
    ($where:literal, $order:literal) => {
        concat!(
            "SELECT customer_id, id, kind, chosen, last_outcome, expires_year, expires_month FROM payment_methods
            WHERE merchant_id = $1 AND detached_at IS NULL AND live AND customer_id ",
            $where,
            " ORDER BY ",
            $order,
            "added_at, id"
        )
    };
}
macro_rules! subscriptions {
    ($where:literal) => {
        concat!(
            "SELECT customer_id, status, ends_at, updated_at FROM subscriptions WHERE merchant_id = $1 AND live AND customer_id ",
            $where
        )
    };
}
macro_rules! disputes {
    ($where:literal) => {
        concat!(
            "SELECT p.customer_id, COUNT(*), CAST(SUM(CASE WHEN d.status = 'open' THEN 1 ELSE 0 END) AS BIGINT)
            FROM payments p JOIN disputes d ON d.merchant_id = p.merchant_id AND d.payment_id = p.id
            WHERE p.merchant_id = $1 AND p.live AND p.customer_id ",
            $where,
            " GROUP BY p.customer_id"
        )
    };
}
/// What is still to be paid of invoices; an order that is billed counts by its invoice.
macro_rules! invoices {
    ($where:literal) => {
        concat!(
            "SELECT customer_id, currency, total, paid, credited, issued_at FROM invoices
            WHERE merchant_id = $1 AND kind = 'invoice' AND state IN ('open', 'partly_paid') AND customer_id ",
            $where
        )
    };
}
macro_rules! kept {
    ($where:literal) => {
        concat!(
            "SELECT id, anonymised_at IS NOT NULL, deleted_at IS NOT NULL OR merged_into IS NOT NULL, archived_at IS NOT NULL,
            status, status_until, method_status, method_expires_day, default_method_id, oldest_method_id, lifetime, lifetime_missing,
            order_count, order_total, payment_count, dispute_count, open_dispute_count, balance_due,
            first_order_at, last_order_at, first_paid_at, last_paid_at FROM customers WHERE merchant_id = $1 AND id ",
            $where
        )
    };
}

store::statements! {
    pub PAYMENTS_ONE = payments!("= $2");
    pub PAYMENTS_RANGE = payments!("> $2 AND p.customer_id <= $3");
    pub ORDERS_ONE = orders!("= $2");
    pub ORDERS_RANGE = orders!("> $2 AND o.customer_id <= $3");
    pub METHODS_ONE = methods!("= $2", "");
    pub METHODS_RANGE = methods!("> $2 AND customer_id <= $3", "customer_id, ");
    pub SUBSCRIPTIONS_ONE = subscriptions!("= $2");
    pub SUBSCRIPTIONS_RANGE = subscriptions!("> $2 AND customer_id <= $3");
    pub DISPUTES_ONE = disputes!("= $2");
    pub DISPUTES_RANGE = disputes!("> $2 AND p.customer_id <= $3");
    pub INVOICES_ONE = invoices!("= $2");
    pub INVOICES_RANGE = invoices!("> $2 AND customer_id <= $3");
    /// What is kept now.
    pub KEPT_ONE = kept!("= $2");
    pub KEPT_RANGE = kept!("> $2 ORDER BY id LIMIT $3");
    pub KEEP = "UPDATE customers SET change_stamp = $3, status = $4, status_until = $5, method_status = $6, method_expires_day = $7,
        default_method_id = $8, oldest_method_id = $9, lifetime = $10, lifetime_missing = $11, order_count = $12, order_total = $13,
        payment_count = $14, dispute_count = $15, open_dispute_count = $16, balance_due = $17, first_order_at = $18, last_order_at = $19,
        first_paid_at = $20, last_paid_at = $21 WHERE merchant_id = $1 AND id = $2";
    pub CAUSE = "UPDATE customers SET status_cause = $3 WHERE merchant_id = $1 AND id = $2";
    /// Totals and shops of one customer in one look.
    pub LISTS_ONE = "SELECT 'total', currency, paid, refunded, lost FROM customer_totals WHERE merchant_id = $1 AND customer_id = $2
        UNION ALL SELECT 'shop', shop_id, 0, 0, 0 FROM customer_shops WHERE merchant_id = $1 AND customer_id = $2";
    pub TOTALS_RANGE = "SELECT customer_id, currency, paid, refunded, lost FROM customer_totals
        WHERE merchant_id = $1 AND customer_id > $2 AND customer_id <= $3";
    pub PUT_TOTAL = "INSERT INTO customer_totals (merchant_id, customer_id, currency, paid, refunded, lost) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (merchant_id, customer_id, currency) DO UPDATE SET paid = excluded.paid, refunded = excluded.refunded, lost = excluded.lost";
    pub DROP_TOTAL = "DELETE FROM customer_totals WHERE merchant_id = $1 AND customer_id = $2 AND currency = $3";
    pub SHOPS_RANGE = "SELECT customer_id, shop_id FROM customer_shops WHERE merchant_id = $1 AND customer_id > $2 AND customer_id <= $3";
    pub PUT_SHOP = "INSERT INTO customer_shops (merchant_id, customer_id, shop_id) VALUES ($1, $2, $3) ON CONFLICT (merchant_id, customer_id, shop_id) DO NOTHING";
    pub DROP_SHOP = "DELETE FROM customer_shops WHERE merchant_id = $1 AND customer_id = $2 AND shop_id = $3";
    /// Whose kept status time has changed.
    pub OVERDUE = "SELECT id FROM customers WHERE merchant_id = $1 AND status_until IS NOT NULL AND status_until < $2 ORDER BY status_until LIMIT $3";
    pub IDS = "SELECT id FROM customers WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
}
