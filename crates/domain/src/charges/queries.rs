//! All SQL of the room.

macro_rules! charge {
    ($rest:literal) => {
        concat!(
            "SELECT id, customer_id, shop_id, method_id, order_id, invoice_id, provider, live, currency, amount, purpose, state, failure_code, failure,
            payment_id, created_at, created_by, updated_at FROM charges WHERE merchant_id = $1 AND ",
            $rest
        )
    };
}

store::statements! {
    pub FIND = charge!("id = $2");
    pub OF_CUSTOMER = charge!("customer_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3");
    pub BY_PAYMENT = charge!("payment_id = $2");
    pub INSERT = "INSERT INTO charges (merchant_id, id, customer_id, shop_id, method_id, order_id, invoice_id, provider, live, currency, amount, purpose, state,
        failure_code, failure, payment_id, created_at, created_by, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'asked', '', '', NULL, $13, $14, $13)";
    pub SET = "UPDATE charges SET state = $3, failure_code = $4, failure = $5, payment_id = $6, updated_at = $7 WHERE merchant_id = $1 AND id = $2";
    /// What came in for an order or is on its way, in its currency. A test pays nothing.
    pub TAKEN_OF_ORDER = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM payments
        WHERE merchant_id = $1 AND order_id = $2 AND currency = $3 AND live AND status IN ('settled', 'pending')";
    /// Of that, what is on its way.
    pub PENDING_OF_ORDER = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM payments
        WHERE merchant_id = $1 AND order_id = $2 AND currency = $3 AND live AND status = 'pending'";
    /// Charges of an order that no provider has told of yet, and links whose money is being taken.
    pub ASKED_OF_ORDER = "SELECT (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM charges
        WHERE merchant_id = $1 AND order_id = $2 AND live AND state = 'asked' AND payment_id IS NULL)
        + (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM payment_links
        WHERE merchant_id = $1 AND order_id = $2 AND state = 'open' AND checkout = 'capturing')";
    /// Charges of an invoice that are not answered yet.
    pub ASKED_OF_INVOICE = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM charges WHERE merchant_id = $1 AND invoice_id = $2 AND state = 'asked'";
    /// Payments by links of an invoice that are on their way.
    pub LINKED_OF_INVOICE = "SELECT CAST(COALESCE(SUM(CASE WHEN p.status = 'pending' THEN p.amount ELSE l.amount END), 0) AS BIGINT) FROM payment_links l
        LEFT JOIN payments p ON p.merchant_id = l.merchant_id AND p.id = l.payment_id
        WHERE l.merchant_id = $1 AND l.invoice_id = $2 AND (p.status = 'pending' OR l.state = 'open' AND l.checkout = 'capturing')";
}
