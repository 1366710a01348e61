//! All SQL of the room.

store::statements! {
    /// One merchant.
    pub FIND = "SELECT id, name, currency, time_zone, country, active_days, rule_version, demo, created_at FROM merchants WHERE id = $1";
    /// Takes the next number; the row stays locked until the end of the transaction.
    pub NEXT_NUMBER = "INSERT INTO series (merchant_id, id, next) VALUES ($1, $2, 1002)
        ON CONFLICT (merchant_id, id) DO UPDATE SET next = series.next + 1 RETURNING next - 1";
}
