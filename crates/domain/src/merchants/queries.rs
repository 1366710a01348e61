//! All SQL of the room.

store::statements! {
    /// One merchant.
    pub FIND = "SELECT id, name, currency, time_zone, country, active_days, rule_version, demo, created_at FROM merchants WHERE id = $1";
    /// Takes the next number; the row stays locked until the end of the transaction.
    pub NEXT_NUMBER = "INSERT INTO series (merchant_id, id, next) VALUES ($1, $2, 1002)
        ON CONFLICT (merchant_id, id) DO UPDATE SET next = series.next + 1 RETURNING next - 1";
    /// Holds the row until the end of the transaction: changes of settings and of staff come one after the other.
    pub LOCK = "UPDATE merchants SET name = name WHERE id = $1";
    /// Values in a currency that is no longer the merchant's, of customers behind one.
    pub LEAVE_OUT = "UPDATE customers SET change_stamp = $3, lifetime = 0, lifetime_missing = TRUE, balance_due = 0
        WHERE merchant_id = $1 AND id > $2 AND (lifetime <> 0 OR balance_due <> 0)";
    pub CUSTOMERS = "SELECT COUNT(*) FROM customers WHERE merchant_id = $1";
    /// The latest change of rules since a moment, and how far its work has come.
    pub ANEW = "SELECT state, done, total, cursor FROM jobs WHERE merchant_id = $1 AND created_at > $2 AND kind = 'recompute'
        ORDER BY created_at DESC, id DESC LIMIT 1";
    pub INSERT = "INSERT INTO merchants (id, name, currency, time_zone, country, active_days, rule_version, demo, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)";
    pub UPDATE = "UPDATE merchants SET name = $2, currency = $3, time_zone = $4, country = $5, active_days = $6, rule_version = $7 WHERE id = $1";
}
