//! All SQL of the room.

/// The columns of [`INSERT`], for many at once.
pub const COLUMNS: [&str; 14] = [
    "merchant_id",
    "id",
    "at",
    "kind",
    "actor_kind",
    "actor_id",
    "actor_name",
    "door",
    "customer_id",
    "version",
    "subject_kind",
    "subject_id",
    "cause",
    "data",
];

store::statements! {
    /// The next number on a customer's timeline, under the lock of its row.
    pub NEXT_VERSION = "UPDATE customers SET event_version = event_version + 1 WHERE merchant_id = $1 AND id = $2 RETURNING event_version";
    pub INSERT = "INSERT INTO events (merchant_id, id, at, kind, actor_kind, actor_id, actor_name, door, customer_id, version, subject_kind, subject_id, cause, data)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    pub INSERT_VALUE = "INSERT INTO event_values (merchant_id, event_id, field, old, new) VALUES ($1, $2, $3, $4, $5)";
    /// One event, a row for each changed field.
    pub ONE = "SELECT e.id, e.at, e.kind, e.actor_kind, e.actor_id, e.actor_name, e.door, e.customer_id, e.version, e.subject_kind, e.subject_id, e.cause, e.data, v.field, v.old, v.new
        FROM events e LEFT JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id WHERE e.merchant_id = $1 AND e.id = $2 ORDER BY v.field";
    /// The audit log from behind a place on; one row per changed field.
    pub LOG = "SELECT e.id, e.at, e.kind, e.actor_kind, e.actor_id, e.actor_name, e.door, e.customer_id, e.version, e.subject_kind, e.subject_id, e.cause, e.data, v.field, v.old, v.new
        FROM (SELECT * FROM events WHERE merchant_id = $1 AND at >= $2 AND at < $3 AND kind >= $4 AND kind < $5
            AND (CAST($6 AS TEXT) = '' OR actor_id = $6) AND (at, id) < ($7, $8) ORDER BY at DESC, id DESC LIMIT $9) e
        LEFT JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
        ORDER BY e.at DESC, e.id DESC, v.field";
    /// The same of what happens apart from customers.
    pub LOG_APART = "SELECT e.id, e.at, e.kind, e.actor_kind, e.actor_id, e.actor_name, e.door, e.customer_id, e.version, e.subject_kind, e.subject_id, e.cause, e.data, v.field, v.old, v.new
        FROM (SELECT * FROM events WHERE merchant_id = $1 AND at >= $2 AND at < $3 AND kind >= $4 AND kind < $5
            AND (CAST($6 AS TEXT) = '' OR actor_id = $6) AND customer_id IS NULL AND (at, id) < ($7, $8) ORDER BY at DESC, id DESC LIMIT $9) e
        LEFT JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
        ORDER BY e.at DESC, e.id DESC, v.field";
    /// The same of one customer.
    pub LOG_OF_CUSTOMER = "SELECT e.id, e.at, e.kind, e.actor_kind, e.actor_id, e.actor_name, e.door, e.customer_id, e.version, e.subject_kind, e.subject_id, e.cause, e.data, v.field, v.old, v.new
        FROM (SELECT * FROM events WHERE merchant_id = $1 AND at >= $2 AND at < $3 AND kind >= $4 AND kind < $5
            AND (CAST($6 AS TEXT) = '' OR actor_id = $6) AND (at, id) < ($7, $8) AND customer_id = $10 ORDER BY at DESC, id DESC LIMIT $9) e
        LEFT JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
        ORDER BY e.at DESC, e.id DESC, v.field";
    /// A customer's timeline below a version; one row per changed field.
    pub TIMELINE = "SELECT e.id, e.at, e.kind, e.actor_kind, e.actor_id, e.actor_name, e.door, e.customer_id, e.version, e.subject_kind, e.subject_id, e.cause, e.data, v.field, v.old, v.new
        FROM (SELECT * FROM events WHERE merchant_id = $1 AND customer_id = $2 AND kind >= $3 AND kind < $4 AND version < $5
            ORDER BY version DESC LIMIT $6) e
        LEFT JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
        ORDER BY e.version DESC, v.field";
    /// What happened to one thing of a customer, newest first; one row per changed field.
    pub OF_SUBJECT = "SELECT e.id, e.at, e.kind, e.actor_kind, e.actor_id, e.actor_name, e.door, e.customer_id, e.version, e.subject_kind, e.subject_id, e.cause, e.data, v.field, v.old, v.new
        FROM (SELECT * FROM events WHERE merchant_id = $1 AND customer_id = $2 AND subject_id = $3 ORDER BY version DESC LIMIT $4) e
        LEFT JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
        ORDER BY e.version DESC, v.field";
    /// The same while it was nobody's.
    pub OF_SUBJECT_APART = "SELECT e.id, e.at, e.kind, e.actor_kind, e.actor_id, e.actor_name, e.door, e.customer_id, e.version, e.subject_kind, e.subject_id, e.cause, e.data, v.field, v.old, v.new
        FROM (SELECT * FROM events WHERE merchant_id = $1 AND customer_id IS NULL AND subject_id = $2 AND subject_id <> '' ORDER BY at DESC, id DESC LIMIT $3) e
        LEFT JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
        ORDER BY e.at DESC, e.id DESC, v.field";
}
