//! All SQL of the room.

store::statements! {
    /// One merchant.
    pub FIND = "SELECT id, name, currency, time_zone, country, active_days, rule_version, demo, created_at FROM merchants WHERE id = $1";
}
