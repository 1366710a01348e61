//! All SQL of the room.

/// Who an entry is about: the customer where there is one.
macro_rules! who {
    () => {
        "c.id, c.name, c.first_name, c.last_name, c.company, c.email, c.number"
    };
}

store::statements! {
    pub COUNT_DISPUTES = "SELECT COUNT(*) FROM disputes d JOIN payments p ON p.merchant_id = d.merchant_id AND p.id = d.payment_id
        WHERE d.merchant_id = $1 AND d.status = 'open' AND p.live";
    /// Those that must be answered first come first.
    pub DISPUTES = concat!("SELECT d.id, COALESCE(d.due_at, $4), d.amount, d.currency, d.reason, p.email, ", who!(), ", d.due_at
        FROM disputes d JOIN payments p ON p.merchant_id = d.merchant_id AND p.id = d.payment_id
        LEFT JOIN customers c ON c.merchant_id = p.merchant_id AND c.id = p.customer_id
        WHERE d.merchant_id = $1 AND d.status = 'open' AND p.live
        AND (COALESCE(d.due_at, $4) > $2 OR (COALESCE(d.due_at, $4) = $2 AND d.id > $3)) ORDER BY COALESCE(d.due_at, $4), d.id LIMIT $5");
    pub COUNT_UNMATCHED = "SELECT COUNT(*) FROM unmatched WHERE merchant_id = $1";
    pub UNMATCHED = concat!("SELECT u.id, u.happened_at, u.amount, u.currency, u.reason, u.external_id, ", who!(), "
        FROM unmatched u LEFT JOIN customers c ON c.merchant_id = u.merchant_id AND c.id = u.customer_id
        WHERE u.merchant_id = $1 AND (u.happened_at < $2 OR (u.happened_at = $2 AND u.id < $3)) ORDER BY u.happened_at DESC, u.id DESC LIMIT $4");
    pub COUNT_UNPAID = "SELECT COUNT(*) FROM orders WHERE merchant_id = $1 AND state = 'open' AND abandoned_at IS NULL";
    pub UNPAID = concat!("SELECT o.id, o.ordered_at, o.total, o.currency, o.number, o.email, ", who!(), "
        FROM orders o LEFT JOIN customers c ON c.merchant_id = o.merchant_id AND c.id = o.customer_id
        WHERE o.merchant_id = $1 AND o.state = 'open' AND o.abandoned_at IS NULL
        AND (o.ordered_at < $2 OR (o.ordered_at = $2 AND o.id < $3)) ORDER BY o.ordered_at DESC, o.id DESC LIMIT $4");
    /// What settled payments of a time brought after refunds and lost disputes, by currency; store credit is no new money.
    pub REVENUE = "SELECT currency, CAST(SUM(amount - refunded - lost) AS BIGINT), COUNT(*) FROM payments
        WHERE merchant_id = $1 AND paid_at >= $2 AND paid_at <= $3 AND status = 'settled' AND live AND provider <> 'store_credit' GROUP BY currency ORDER BY currency";
    /// The same one by one where it must be exchanged.
    pub FOREIGN = "SELECT amount - refunded - lost, currency, paid_at FROM payments
        WHERE merchant_id = $1 AND paid_at >= $2 AND paid_at <= $3 AND status = 'settled' AND live AND provider <> 'store_credit' AND currency <> $4";
    pub PAYMENTS = concat!("SELECT p.id, p.paid_at, p.amount - p.refunded - p.lost, p.currency, COALESCE(o.number, ''), p.email, ", who!(), ", p.order_id
        FROM payments p LEFT JOIN customers c ON c.merchant_id = p.merchant_id AND c.id = p.customer_id
        LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.id = p.order_id
        WHERE p.merchant_id = $1 AND p.paid_at >= $2 AND p.paid_at <= $3 AND p.status = 'settled' AND p.live AND p.provider <> 'store_credit'
        AND (p.paid_at < $4 OR (p.paid_at = $4 AND p.id < $5)) ORDER BY p.paid_at DESC, p.id DESC LIMIT $6");
}
