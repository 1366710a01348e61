//! All SQL of the room.

store::statements! {
    /// The latest rate of a currency between two days.
    pub LATEST = "SELECT per_euro FROM rates WHERE merchant_id = $1 AND currency = $2 AND day <= $3 AND day >= $4 ORDER BY day DESC LIMIT 1";
    pub EXACT = "SELECT per_euro FROM rates WHERE merchant_id = $1 AND currency = $2 AND day = $3";
    /// All of a currency: what a column of the bank's file is compared with at once.
    pub KEPT = "SELECT day, per_euro FROM rates WHERE merchant_id = $1 AND currency = $2";
    pub PUT = "INSERT INTO rates (merchant_id, currency, day, per_euro, source) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (merchant_id, currency, day) DO UPDATE SET per_euro = excluded.per_euro, source = excluded.source";
    pub LIST = "SELECT currency, day, per_euro, source FROM rates WHERE merchant_id = $1 AND currency = $2 ORDER BY day DESC LIMIT $3";
    /// Customers with money in another currency than the merchant's.
    pub TOUCHED = "SELECT DISTINCT customer_id FROM customer_totals WHERE merchant_id = $1 AND customer_id > $2 AND currency <> $3
        ORDER BY customer_id LIMIT $4";
    /// The newest rate of each currency, and how many days it has.
    pub NEWEST = "SELECT r.currency, r.day, r.per_euro, r.source, n.days FROM rates r JOIN
        (SELECT currency, MAX(day) AS day, COUNT(*) AS days FROM rates WHERE merchant_id = $1 GROUP BY currency) n
        ON n.currency = r.currency AND n.day = r.day WHERE r.merchant_id = $1 ORDER BY r.currency";
}
