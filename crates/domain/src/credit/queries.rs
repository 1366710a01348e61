//! All SQL of the room.

store::statements! {
    pub BALANCE = "SELECT balance FROM credit_balances WHERE merchant_id = $1 AND customer_id = $2 AND currency = $3";
    pub BALANCES = "SELECT balance, currency FROM credit_balances WHERE merchant_id = $1 AND customer_id = $2 ORDER BY currency";
    pub MOVE = "UPDATE credit_balances SET balance = balance + $4, lines = lines + 1
        WHERE merchant_id = $1 AND customer_id = $2 AND currency = $3 AND balance + $4 >= 0 RETURNING balance, lines";
    pub OPEN = "INSERT INTO credit_balances (merchant_id, customer_id, currency, balance, lines) VALUES ($1, $2, $3, $4, 1)";
    pub INSERT = "INSERT INTO credit_lines (merchant_id, id, customer_id, currency, position, kind, amount, balance, reason, payment_id,
        refund_id, order_id, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    pub LINES = "SELECT l.id, l.kind, l.amount, l.currency, l.balance, l.reason, l.payment_id, l.refund_id, l.order_id, o.number, l.created_at,
        l.created_by FROM credit_lines l LEFT JOIN orders o ON o.merchant_id = l.merchant_id AND o.id = l.order_id
        WHERE l.merchant_id = $1 AND l.customer_id = $2 AND (l.created_at, l.id) < ($3, $4) ORDER BY l.created_at DESC, l.id DESC LIMIT $5";

    // Refunds.
    pub REFUND = "INSERT INTO refunds (merchant_id, id, payment_id, amount, currency, status, reason, provider_ref, external_id,
        refunded_at, created_at, created_by, import_id) VALUES ($1, $2, $3, $4, $5, 'done', $6, NULL, NULL, $7, $7, $8, NULL)";
    pub ADD_REFUNDED = "UPDATE payments SET refunded = refunded + $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub GIVEN_FOR = "SELECT id FROM credit_lines WHERE merchant_id = $1 AND payment_id = $2 AND kind = 'refund' LIMIT 1";

    // Payments by store credit.
    pub SETTLED = "SELECT id FROM payments WHERE merchant_id = $1 AND provider = 'store_credit' AND provider_ref = $2 AND status = 'settled'";
    pub OF_ORDER = "SELECT id FROM payments WHERE merchant_id = $1 AND order_id = $2 AND provider = 'store_credit' AND status = 'settled' ORDER BY id";

    // Two ledgers that become one, and one that is parted again. Lines keep their amounts; place and running balance are worked out anew.
    pub INTERLEAVE = "UPDATE credit_lines SET position = n.place, balance = n.running FROM (
        SELECT id, ROW_NUMBER() OVER w AS place, CAST(SUM(amount) OVER w AS BIGINT) AS running FROM (
          SELECT id, currency, customer_id, position, amount, MAX(created_at) OVER (PARTITION BY customer_id, currency ORDER BY position) AS at
          FROM credit_lines WHERE merchant_id = $1 AND customer_id IN ($2, $3)) e
        WINDOW w AS (PARTITION BY currency ORDER BY at, customer_id, position)) n
        WHERE credit_lines.merchant_id = $1 AND credit_lines.id = n.id";
    pub RENUMBER = "UPDATE credit_lines SET position = n.place, balance = n.running FROM (
        SELECT id, ROW_NUMBER() OVER w AS place, CAST(SUM(amount) OVER w AS BIGINT) AS running FROM credit_lines
        WHERE merchant_id = $1 AND customer_id = $2 WINDOW w AS (PARTITION BY currency ORDER BY position)) n
        WHERE credit_lines.merchant_id = $1 AND credit_lines.id = n.id";
    pub BELOW_ZERO = "SELECT currency, CAST(MIN(balance) AS BIGINT) FROM credit_lines WHERE merchant_id = $1 AND customer_id = $2 AND balance < 0
        GROUP BY currency ORDER BY currency";
    pub DROP_BALANCES = "DELETE FROM credit_balances WHERE merchant_id = $1 AND customer_id = $2";
    pub SUM_UP = "INSERT INTO credit_balances (merchant_id, customer_id, currency, balance, lines)
        SELECT merchant_id, customer_id, currency, CAST(SUM(amount) AS BIGINT), COUNT(*) FROM credit_lines
        WHERE merchant_id = $1 AND customer_id = $2 GROUP BY merchant_id, customer_id, currency";
}
