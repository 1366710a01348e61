//! All SQL of the profile's sums.

store::statements! {
    pub TOPICS = "SELECT c.event_version,
        (SELECT COUNT(*) FROM orders o WHERE o.merchant_id = c.merchant_id AND o.customer_id = c.id),
        (SELECT COUNT(*) FROM payments p WHERE p.merchant_id = c.merchant_id AND p.customer_id = c.id),
        (SELECT COUNT(*) FROM payment_methods m WHERE m.merchant_id = c.merchant_id AND m.customer_id = c.id AND m.detached_at IS NULL),
        (SELECT COUNT(*) FROM subscriptions s WHERE s.merchant_id = c.merchant_id AND s.customer_id = c.id),
        (SELECT COUNT(*) FROM invoices i WHERE i.merchant_id = c.merchant_id AND i.customer_id = c.id),
        (SELECT COUNT(*) FROM tickets t WHERE t.merchant_id = c.merchant_id AND t.customer_id = c.id),
        (SELECT COUNT(*) FROM tasks k WHERE k.merchant_id = c.merchant_id AND k.customer_id = c.id),
        (SELECT COUNT(*) FROM entries e WHERE e.merchant_id = c.merchant_id AND e.customer_id = c.id),
        (SELECT COUNT(*) FROM offers f WHERE f.merchant_id = c.merchant_id AND f.customer_id = c.id),
        (SELECT COUNT(*) FROM orders o JOIN returns t ON t.merchant_id = o.merchant_id AND t.order_id = o.id WHERE o.merchant_id = c.merchant_id AND o.customer_id = c.id),
        (SELECT COUNT(*) FROM contracts g WHERE g.merchant_id = c.merchant_id AND g.customer_id = c.id),
        (SELECT COUNT(*) FROM accounting_log x WHERE x.merchant_id = c.merchant_id AND x.customer_id = c.id)
        FROM customers c WHERE c.merchant_id = $1 AND c.id = $2";
    pub EVENTS = "SELECT event_version FROM customers WHERE merchant_id = $1 AND id = $2";
    /// What settled live payments brought since a moment, less what was given back of them.
    pub SPENT = "SELECT paid_at, currency, amount - refunded - lost FROM payments
        WHERE merchant_id = $1 AND customer_id = $2 AND paid_at >= $3 AND status = 'settled' AND live AND provider <> 'store_credit'";
    pub GROUPS = "SELECT id, name FROM customer_groups WHERE merchant_id = $1 ORDER BY name_key, id";
    pub UNMATCHED = "SELECT u.kind, u.external_id, u.currency, u.amount, u.reason, u.happened_at, s.name FROM unmatched u
        JOIN shops s ON s.merchant_id = u.merchant_id AND s.id = u.shop_id
        WHERE u.merchant_id = $1 AND u.customer_id = $2 ORDER BY u.happened_at DESC, u.id DESC LIMIT 200";
}
