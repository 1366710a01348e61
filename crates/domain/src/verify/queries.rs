//! All SQL of the room.

store::statements! {
    pub MERCHANTS = "SELECT id FROM merchants ORDER BY id";
    pub PAYMENTS = "SELECT id, amount, refunded, refund_pending, lost FROM payments WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    pub REFUNDS = "SELECT payment_id, CAST(COALESCE(SUM(CASE WHEN status = 'done' THEN amount ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN status = 'pending' THEN amount ELSE 0 END), 0) AS BIGINT)
        FROM refunds WHERE merchant_id = $1 AND payment_id > $2 AND payment_id <= $3 GROUP BY payment_id";
    pub LOST = "SELECT payment_id, CAST(SUM(amount) AS BIGINT) FROM disputes
        WHERE merchant_id = $1 AND payment_id > $2 AND payment_id <= $3 AND status = 'lost' GROUP BY payment_id";
    pub ON_INVOICES = "SELECT payment_id, CAST(SUM(amount) AS BIGINT) FROM invoice_payments
        WHERE merchant_id = $1 AND payment_id > $2 AND payment_id <= $3 GROUP BY payment_id";
    /// Kept balances of store credit beside the sums of their ledgers, and where a line's own balance is not what the lines before it come to.
    pub CREDIT_BALANCES = "SELECT b.customer_id, b.currency, b.balance, b.lines,
        (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM credit_lines l WHERE l.merchant_id = b.merchant_id AND l.customer_id = b.customer_id AND l.currency = b.currency),
        (SELECT COUNT(*) FROM credit_lines l WHERE l.merchant_id = b.merchant_id AND l.customer_id = b.customer_id AND l.currency = b.currency),
        (SELECT COUNT(*) FROM credit_lines l WHERE l.merchant_id = b.merchant_id AND l.customer_id = b.customer_id AND l.currency = b.currency AND l.balance < 0)
        FROM credit_balances b WHERE b.merchant_id = $1 AND b.customer_id > $2 AND b.customer_id <= $3 ORDER BY b.customer_id, b.currency";
    pub CREDIT_CUSTOMERS = "SELECT DISTINCT customer_id FROM credit_balances WHERE merchant_id = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3";
    /// Payments by store credit with what they took of the ledger and what came back: what was refunded, and all of one that was undone.
    pub CREDIT_PAYMENTS = "SELECT p.provider_ref, p.id, CASE WHEN p.status IN ('settled', 'bounced') THEN p.amount ELSE 0 END, CASE WHEN p.status = 'bounced' THEN p.amount ELSE p.refunded END,
        (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM credit_lines l WHERE l.merchant_id = p.merchant_id AND l.payment_id = p.id AND l.kind = 'spend'),
        (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM credit_lines l WHERE l.merchant_id = p.merchant_id AND l.payment_id = p.id AND l.kind = 'return')
        FROM payments p WHERE p.merchant_id = $1 AND p.provider = 'store_credit' AND p.provider_ref > $2 ORDER BY p.provider_ref LIMIT $3";
    /// Commissions beside their payouts.
    pub COMMISSIONS = "SELECT c.payment_id, c.paid, c.amount, p.amount, c.currency = p.currency,
        (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM payout_lines l WHERE l.merchant_id = c.merchant_id AND l.payment_id = c.payment_id)
        FROM commissions c JOIN payments p ON p.merchant_id = c.merchant_id AND p.id = c.payment_id
        WHERE c.merchant_id = $1 AND c.payment_id > $2 ORDER BY c.payment_id LIMIT $3";
    pub PAYOUTS = "SELECT o.id, o.amount, (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM payout_lines l WHERE l.merchant_id = o.merchant_id AND l.payout_id = o.id)
        FROM payouts o WHERE o.merchant_id = $1 AND o.id > $2 ORDER BY o.id LIMIT $3";
    /// Conversations with what is kept of their entries, beside how many there are, the newest, and how many name somebody else.
    pub CONVERSATIONS = "SELECT c.id, c.entries, c.last_at,
        (SELECT COUNT(*) FROM entries e WHERE e.merchant_id = c.merchant_id AND e.conversation_id = c.id),
        (SELECT CAST(COALESCE(MAX(e.at), c.last_at) AS BIGINT) FROM entries e WHERE e.merchant_id = c.merchant_id AND e.conversation_id = c.id),
        (SELECT COUNT(*) FROM entries e WHERE e.merchant_id = c.merchant_id AND e.conversation_id = c.id
          AND COALESCE(e.customer_id, '') <> COALESCE(c.customer_id, ''))
        FROM conversations c WHERE c.merchant_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3";
    /// Cards, e-mails and phones on own payments that stand nowhere else: those a guest payment would not find.
    pub KEYS = "SELECT p.customer_id, p.id, p.fingerprint, p.email_key, p.phone_key FROM payments p JOIN customers c ON c.merchant_id = p.merchant_id AND c.id = p.customer_id
        WHERE p.merchant_id = $1 AND p.customer_id > $2 AND p.customer_id <= $3 AND (
          (p.email_key <> '' AND p.email_key <> c.email_key AND NOT EXISTS (SELECT 1 FROM payment_keys k WHERE k.merchant_id = p.merchant_id AND k.kind = 'email' AND k.key = p.email_key AND k.customer_id = p.customer_id))
          OR (p.phone_key <> '' AND p.phone_key <> c.phone_key AND NOT EXISTS (SELECT 1 FROM payment_keys k WHERE k.merchant_id = p.merchant_id AND k.kind = 'phone' AND k.key = p.phone_key AND k.customer_id = p.customer_id))
          OR (p.fingerprint <> '' AND NOT EXISTS (SELECT 1 FROM payment_keys k WHERE k.merchant_id = p.merchant_id AND k.kind = 'card' AND k.key = p.fingerprint AND k.customer_id = p.customer_id)
            AND NOT EXISTS (SELECT 1 FROM payment_methods m WHERE m.merchant_id = p.merchant_id AND m.customer_id = p.customer_id AND m.fingerprint = p.fingerprint)))";
    pub INVOICES = "SELECT i.id, i.kind, i.state, i.net, i.tax, i.total, i.paid, i.credited,
        CAST(COALESCE((SELECT SUM(l.net) FROM invoice_lines l WHERE l.merchant_id = i.merchant_id AND l.invoice_id = i.id), 0) AS BIGINT),
        CAST(COALESCE((SELECT SUM(t.net) FROM invoice_taxes t WHERE t.merchant_id = i.merchant_id AND t.invoice_id = i.id), 0) AS BIGINT),
        CAST(COALESCE((SELECT SUM(t.tax) FROM invoice_taxes t WHERE t.merchant_id = i.merchant_id AND t.invoice_id = i.id), 0) AS BIGINT),
        CAST(COALESCE((SELECT SUM(p.amount) FROM invoice_payments p WHERE p.merchant_id = i.merchant_id AND p.invoice_id = i.id), 0) AS BIGINT),
        CAST(COALESCE((SELECT SUM(c.total) FROM invoices c WHERE c.merchant_id = i.merchant_id AND c.corrects_id = i.id), 0) AS BIGINT)
        FROM invoices i WHERE i.merchant_id = $1 AND i.id > $2 ORDER BY i.id LIMIT $3";
    pub OFFERS = "SELECT id, state, currency, discount, shipping, tax, total, order_id IS NOT NULL FROM offers WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// Charges and links, each with its payment, and whether that is as large.
    pub CHARGES = "SELECT c.id, c.state, p.status, p.amount = c.amount FROM charges c LEFT JOIN payments p ON p.merchant_id = c.merchant_id AND p.id = c.payment_id
        WHERE c.merchant_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3";
    pub PAYMENT_LINKS = "SELECT c.id, c.state, p.status, p.amount = c.amount FROM payment_links c
        LEFT JOIN payments p ON p.merchant_id = c.merchant_id AND p.id = c.payment_id WHERE c.merchant_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3";
    pub OFFER_LINES = "SELECT offer_id, quantity, unit_price, discount FROM offer_lines WHERE merchant_id = $1 AND offer_id > $2 AND offer_id <= $3 ORDER BY offer_id, position";
    /// Returns with their order's currency, and how many of their refunds are of payments of another order.
    pub RETURNS = "SELECT t.id, o.currency, t.value, (SELECT COUNT(*) FROM return_refunds b
          JOIN refunds r ON r.merchant_id = b.merchant_id AND r.id = b.refund_id JOIN payments p ON p.merchant_id = r.merchant_id AND p.id = r.payment_id
          WHERE b.merchant_id = t.merchant_id AND b.return_id = t.id AND (p.order_id IS NULL OR p.order_id <> t.order_id)), o.total - o.shipping
        FROM returns t JOIN orders o ON o.merchant_id = t.merchant_id AND o.id = t.order_id WHERE t.merchant_id = $1 AND t.id > $2 ORDER BY t.id LIMIT $3";
    /// All lines of the orders of which something comes back.
    pub BOUGHT_OF_RETURNS = "SELECT t.id, l.quantity, l.unit_price, l.discount FROM returns t CROSS JOIN order_lines l
        WHERE t.merchant_id = $1 AND t.id > $2 AND t.id <= $3 AND l.merchant_id = t.merchant_id AND l.order_id = t.order_id ORDER BY t.id, l.position";
    pub RETURN_LINES = "SELECT return_id, quantity, unit_price, discount FROM return_lines WHERE merchant_id = $1 AND return_id > $2 AND return_id <= $3 ORDER BY return_id, line";
    /// What comes back of each line of an order, beside what was bought of the same article.
    pub BACK = "SELECT t.order_id, b.line, b.quantity, l.quantity FROM returns t CROSS JOIN return_lines b CROSS JOIN order_lines l
        WHERE t.merchant_id = $1 AND t.state <> 'rejected' AND t.order_id > '' AND b.merchant_id = t.merchant_id AND b.return_id = t.id
          AND l.merchant_id = t.merchant_id AND l.order_id = t.order_id AND l.position = b.line - 1 AND l.sku = b.sku AND l.title = b.title";
    /// Portals: is it open, is its customer gone, are there doors?
    pub PORTALS = "SELECT a.customer_id, a.closed_at IS NULL, c.deleted_at IS NOT NULL OR c.merged_into IS NOT NULL OR c.anonymised_at IS NOT NULL,
          EXISTS (SELECT 1 FROM portal_sessions s WHERE s.merchant_id = a.merchant_id AND s.customer_id = a.customer_id)
          OR EXISTS (SELECT 1 FROM portal_links l WHERE l.merchant_id = a.merchant_id AND l.customer_id = a.customer_id)
        FROM portal_access a JOIN customers c ON c.merchant_id = a.merchant_id AND c.id = a.customer_id
        WHERE a.merchant_id = $1 AND a.customer_id > $2 ORDER BY a.customer_id LIMIT $3";
    pub SERIES = "SELECT series, COUNT(*), MIN(series_number), MAX(series_number) FROM invoices
        WHERE merchant_id = $1 AND series_number IS NOT NULL GROUP BY series ORDER BY series";
}
