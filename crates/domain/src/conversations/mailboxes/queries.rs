//! All SQL of the room.

macro_rules! mailbox {
    ($rest:literal) => {
        concat!(
            "SELECT id, address, host, port, security, username, folder, created_at, disabled_at, checked_at, error, password, uid_validity, last_uid, since, makes_tickets
            FROM mailboxes WHERE merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub LIST = mailbox!(" ORDER BY address_key, id");
    pub FIND = mailbox!(" AND id = $2");
    pub TAKEN = "SELECT id FROM mailboxes WHERE merchant_id = $1 AND address_key = $2 AND disabled_at IS NULL AND id <> $3";
    pub INSERT = "INSERT INTO mailboxes (merchant_id, id, address, address_key, host, port, security, username, password, folder, uid_validity, last_uid,
        since, created_at, disabled_at, checked_at, error, failures, due_at, lease_until, lease_by, makes_tickets)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, $11, NULL, NULL, '', 0, $11, 0, '', $12)";
    pub UPDATE = "UPDATE mailboxes SET address = $3, address_key = $4, host = $5, port = $6, security = $7, username = $8, password = $9, folder = $10,
        disabled_at = NULL, error = '', failures = 0, due_at = $11, makes_tickets = $12 WHERE merchant_id = $1 AND id = $2";
    /// Another folder or server counts anew, from now on.
    pub BEGIN_ANEW = "UPDATE mailboxes SET uid_validity = 0, last_uid = 0, since = $3 WHERE merchant_id = $1 AND id = $2";
    pub DISABLE = "UPDATE mailboxes SET disabled_at = $3, password = '', lease_by = '', lease_until = 0
        WHERE merchant_id = $1 AND id = $2 AND disabled_at IS NULL";
    pub LOOK_NOW = "UPDATE mailboxes SET due_at = $3 WHERE merchant_id = $1 AND id = $2 AND disabled_at IS NULL";

    /// Over all merchants: what is due and in nobody's hands.
    pub DUE = "SELECT merchant_id, id FROM mailboxes WHERE disabled_at IS NULL AND due_at <= $1 AND lease_until < $1 ORDER BY due_at LIMIT 8";
    pub TAKE = "UPDATE mailboxes SET lease_until = $4, lease_by = $5 WHERE merchant_id = $1 AND id = $2 AND lease_until < $3 AND disabled_at IS NULL";
    pub HELD = "UPDATE mailboxes SET lease_until = $4 WHERE merchant_id = $1 AND id = $2 AND lease_by = $3 AND disabled_at IS NULL";
    pub READ_TO = "UPDATE mailboxes SET last_uid = $3 WHERE merchant_id = $1 AND id = $2 AND uid_validity = $4 AND last_uid < $3";
    pub FRESH = "UPDATE mailboxes SET uid_validity = $3, last_uid = 0, since = $4 WHERE merchant_id = $1 AND id = $2";
    pub FAILURES = "SELECT failures FROM mailboxes WHERE merchant_id = $1 AND id = $2";
    pub DONE = "UPDATE mailboxes SET checked_at = $4, error = $5, failures = $6, due_at = $7, lease_until = 0, lease_by = ''
        WHERE merchant_id = $1 AND id = $2 AND lease_by = $3";
}
