//! All SQL of the room.

macro_rules! affiliate {
    ($rest:literal) => {
        concat!("SELECT id, name, code, terms, rate, currency, created_at, archived_at FROM affiliates WHERE merchant_id = $1", $rest)
    };
}
/// Sums of a time by affiliate and currency: what nothing was taken from, what was paid out, and how many payments.
macro_rules! sums {
    ($rest:literal) => {
        concat!(
            "SELECT c.affiliate_id, c.currency, CAST(SUM(CASE WHEN p.status = 'settled' AND p.live AND p.refunded + p.lost = 0 THEN c.amount ELSE 0 END) AS BIGINT),
            CAST(SUM(c.paid) AS BIGINT), COUNT(*) FROM commissions c JOIN payments p ON p.merchant_id = c.merchant_id AND p.id = c.payment_id
            WHERE c.merchant_id = $1 AND p.paid_at >= $2 AND p.paid_at < $3",
            $rest,
            " GROUP BY c.affiliate_id, c.currency ORDER BY c.affiliate_id, c.currency"
        )
    };
}
/// Those from which something was taken, one by one.
macro_rules! lowered {
    ($rest:literal) => {
        concat!(
            "SELECT c.affiliate_id, c.currency, c.amount, p.amount, p.refunded + p.lost FROM commissions c
            JOIN payments p ON p.merchant_id = c.merchant_id AND p.id = c.payment_id
            WHERE c.merchant_id = $1 AND p.paid_at >= $2 AND p.paid_at < $3 AND p.status = 'settled' AND p.live AND p.refunded + p.lost > 0",
            $rest
        )
    };
}
macro_rules! commission {
    ($rest:literal) => {
        concat!(
            "SELECT c.payment_id, c.affiliate_id, a.name, a.code, c.amount, c.currency, c.paid, p.amount, p.refunded + p.lost,
            p.status = 'settled' AND p.live, p.paid_at, p.customer_id, p.order_id, o.number
            FROM commissions c JOIN affiliates a ON a.merchant_id = c.merchant_id AND a.id = c.affiliate_id
            JOIN payments p ON p.merchant_id = c.merchant_id AND p.id = c.payment_id
            LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.id = p.order_id WHERE c.merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub LIST = affiliate!(" ORDER BY name_key, id");
    pub FIND = affiliate!(" AND id = $2");
    pub BY_CODE = affiliate!(" AND code_key = $2 AND archived_at IS NULL");
    pub TAKEN = "SELECT id FROM affiliates WHERE merchant_id = $1 AND code_key = $2 AND id <> $3";
    pub INSERT = "INSERT INTO affiliates (merchant_id, id, name, name_key, code, code_key, terms, rate, currency, created_at, updated_at, archived_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, NULL)";
    pub UPDATE = "UPDATE affiliates SET name = $3, name_key = $4, code = $5, code_key = $6, terms = $7, rate = $8, currency = $9, updated_at = $10
        WHERE merchant_id = $1 AND id = $2";
    pub ARCHIVE = "UPDATE affiliates SET archived_at = $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2";

    // Whose buyer it was.
    pub BRING = "INSERT INTO order_affiliates (merchant_id, order_id, affiliate_id, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, order_id) DO NOTHING";
    pub BROUGHT = "SELECT a.id, a.name, a.code, a.terms, a.rate, a.currency, a.created_at, a.archived_at FROM order_affiliates b
        JOIN affiliates a ON a.merchant_id = b.merchant_id AND a.id = b.affiliate_id WHERE b.merchant_id = $1 AND b.order_id = $2";
    pub ORDER_EARNED = "SELECT c.payment_id FROM payments p JOIN commissions c ON c.merchant_id = p.merchant_id AND c.payment_id = p.id
        WHERE p.merchant_id = $1 AND p.order_id = $2 LIMIT 1";

    // Commissions.
    pub EARN = "INSERT INTO commissions (merchant_id, payment_id, affiliate_id, amount, currency, paid, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $6) ON CONFLICT (merchant_id, payment_id) DO NOTHING";
    pub AGREED = "SELECT a.id, a.name, a.code, a.terms, a.rate, a.currency, a.created_at, a.archived_at, c.amount FROM commissions c
        JOIN affiliates a ON a.merchant_id = c.merchant_id AND a.id = c.affiliate_id WHERE c.merchant_id = $1 AND c.payment_id = $2";
    pub SET = "UPDATE commissions SET affiliate_id = $3, amount = $4, updated_at = $5 WHERE merchant_id = $1 AND payment_id = $2";
    pub SET_MONEY = "UPDATE commissions SET amount = $3, currency = $4, updated_at = $5 WHERE merchant_id = $1 AND payment_id = $2";
    pub DROP = "DELETE FROM commissions WHERE merchant_id = $1 AND payment_id = $2";
    pub OF_PAYMENT = commission!(" AND c.payment_id = $2");
    pub OF_CUSTOMER = commission!(" AND p.customer_id = $2 AND p.paid_at >= $3 AND p.paid_at <= $4");
    pub OF_AFFILIATE = commission!(" AND c.affiliate_id = $2 AND p.paid_at >= $3 AND p.paid_at < $4 AND (p.paid_at, p.id) < ($5, $6)
        ORDER BY p.paid_at DESC, p.id DESC LIMIT $7");
    pub OF_ALL = commission!(" AND p.paid_at >= $2 AND p.paid_at < $3 AND (p.paid_at, p.id) < ($4, $5)
        ORDER BY p.paid_at DESC, p.id DESC LIMIT $6");
    pub SUMS = sums!("");
    pub SUMS_OF = sums!(" AND c.affiliate_id = $4");
    pub LOWERED = lowered!("");
    pub LOWERED_OF = lowered!(" AND c.affiliate_id = $4");

    // Payouts.
    pub OPEN = "SELECT c.payment_id, c.amount, c.paid, p.amount, p.refunded + p.lost, p.status = 'settled' AND p.live FROM commissions c
        JOIN payments p ON p.merchant_id = c.merchant_id AND p.id = c.payment_id
        WHERE c.merchant_id = $1 AND c.affiliate_id = $2 AND c.currency = $3 AND p.paid_at >= $4 AND p.paid_at < $5";
    pub INSERT_PAYOUT = "INSERT INTO payouts (merchant_id, id, affiliate_id, currency, amount, period_from, period_until, note, paid_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    pub PAY = "UPDATE commissions SET paid = paid + (SELECT l.amount FROM payout_lines l WHERE l.merchant_id = $1 AND l.payout_id = $2
        AND l.payment_id = commissions.payment_id), updated_at = $3 WHERE merchant_id = $1
        AND payment_id IN (SELECT n.payment_id FROM payout_lines n WHERE n.merchant_id = $1 AND n.payout_id = $2)";
    pub PAYOUTS = "SELECT id, currency, amount, period_from, period_until, note, paid_at, created_by FROM payouts
        WHERE merchant_id = $1 AND affiliate_id = $2 ORDER BY paid_at DESC, id DESC LIMIT $3";
}
