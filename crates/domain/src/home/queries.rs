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
    /// What settled payments of a time brought after refunds and lost disputes, by currency; store credit is no new money.
    pub REVENUE = "SELECT currency, CAST(SUM(amount - refunded - lost) AS BIGINT), COUNT(*) FROM payments
        WHERE merchant_id = $1 AND paid_at >= $2 AND paid_at <= $3 AND status = 'settled' AND live AND provider <> 'store_credit' GROUP BY currency ORDER BY currency";
    /// The same one by one where it must be exchanged.
    pub FOREIGN = "SELECT amount - refunded - lost, currency, paid_at FROM payments
        WHERE merchant_id = $1 AND paid_at >= $2 AND paid_at <= $3 AND status = 'settled' AND live AND provider <> 'store_credit' AND currency <> $4";
}
