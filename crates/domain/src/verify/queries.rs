//! All SQL of the room.

store::statements! {
    pub MERCHANTS = "SELECT id FROM merchants ORDER BY id";
    pub PAYMENTS = "SELECT id, amount, refunded, refund_pending, lost FROM payments WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    pub REFUNDS = "SELECT payment_id, CAST(COALESCE(SUM(CASE WHEN status = 'done' THEN amount ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN status = 'pending' THEN amount ELSE 0 END), 0) AS BIGINT)
        FROM refunds WHERE merchant_id = $1 AND payment_id > $2 AND payment_id <= $3 GROUP BY payment_id";
    pub LOST = "SELECT payment_id, CAST(SUM(amount) AS BIGINT) FROM disputes
        WHERE merchant_id = $1 AND payment_id > $2 AND payment_id <= $3 AND status = 'lost' GROUP BY payment_id";
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
    pub SERIES = "SELECT series, COUNT(*), MIN(series_number), MAX(series_number) FROM invoices
        WHERE merchant_id = $1 AND series_number IS NOT NULL GROUP BY series ORDER BY series";
}
