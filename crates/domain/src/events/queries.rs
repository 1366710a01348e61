//! All SQL of the room.

/// The columns of [`INSERT`], for many at once.
pub const COLUMNS: [&str; 14] = [
    "merchant_id", "id", "at", "kind", "actor_kind", "actor_id", "actor_name", "door", "customer_id", "version", "subject_kind", "subject_id", "cause", "data",
];

store::statements! {
    /// The next number on a customer's timeline, under the lock of its row.
    pub NEXT_VERSION = "UPDATE customers SET event_version = event_version + 1 WHERE merchant_id = $1 AND id = $2 RETURNING event_version";
    pub INSERT = "INSERT INTO events (merchant_id, id, at, kind, actor_kind, actor_id, actor_name, door, customer_id, version, subject_kind, subject_id, cause, data)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    pub INSERT_VALUE = "INSERT INTO event_values (merchant_id, event_id, field, old, new) VALUES ($1, $2, $3, $4, $5)";
}
