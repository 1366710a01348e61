//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! ticket {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.number, t.customer_id, t.subject, t.status, t.priority, t.assignee_id, p.name, t.created_at, t.created_by, t.updated_at,
            t.settled_at, t.version, c.name, c.first_name, c.last_name, c.company, c.email, c.number, t.conversation_id FROM tickets t
            LEFT JOIN people p ON p.id = t.assignee_id
            LEFT JOIN customers c ON c.merchant_id = t.merchant_id AND c.id = t.customer_id WHERE t.merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub GET = ticket!(" AND t.id = $2");
    pub OF_CUSTOMER = ticket!(" AND t.customer_id = $2 AND (t.updated_at, t.id) < ($3, $4) ORDER BY t.updated_at DESC, t.id DESC LIMIT $5");
    pub INSERT = "INSERT INTO tickets (merchant_id, id, number, customer_id, subject, status, priority, assignee_id, created_at, created_by, updated_at, settled_at, version)
        VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $8, NULL, 1)";
    pub UPDATE = "UPDATE tickets SET customer_id = $3, subject = $4, status = $5, priority = $6, assignee_id = $7, updated_at = $8, settled_at = $9,
        version = version + 1 WHERE merchant_id = $1 AND id = $2";
    // A change of several, to be taken back.
    pub KEEP_BEFORE = "INSERT INTO ticket_changes (merchant_id, id, ticket_id, version, status, assignee_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub BEFORE = "SELECT ticket_id, version, status, assignee_id FROM ticket_changes WHERE merchant_id = $1 AND id = $2 ORDER BY ticket_id";
    pub DROP_BEFORE = "DELETE FROM ticket_changes WHERE merchant_id = $1 AND id = $2";
    pub DROP_OLD_CHANGES = "DELETE FROM ticket_changes WHERE merchant_id = $1 AND created_at < $2";
    pub OF_CONVERSATION = "SELECT id FROM tickets WHERE merchant_id = $1 AND conversation_id = $2";
    pub SET_CONVERSATION = "UPDATE tickets SET conversation_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub UNSETTLED = "SELECT status, COUNT(*) FROM tickets WHERE merchant_id = $1 AND status IN ('open', 'waiting') GROUP BY status";

    pub SAY = "INSERT INTO ticket_entries (merchant_id, id, ticket_id, kind, body, created_at, created_by, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Of a ticket that was just made.
    pub FIRST_IS = "UPDATE ticket_entries SET entry_id = $3 WHERE merchant_id = $1 AND ticket_id = $2";
    pub THREAD = "SELECT x.id, x.kind, x.body, x.created_at, x.created_by, e.id, e.conversation_id, m.id, m.state, m.error FROM ticket_entries x
        LEFT JOIN entries e ON e.merchant_id = x.merchant_id AND e.id = x.entry_id
        LEFT JOIN mails m ON m.merchant_id = e.merchant_id AND m.id = e.mail_id
        WHERE x.merchant_id = $1 AND x.ticket_id = $2 AND (x.created_at, x.id) < ($3, $4) ORDER BY x.created_at DESC, x.id DESC LIMIT $5";

    pub TAGS = "SELECT name FROM ticket_tags WHERE merchant_id = $1 AND ticket_id = $2 ORDER BY name_key";
    pub TAG = "INSERT INTO ticket_tags (merchant_id, ticket_id, name, name_key) VALUES ($1, $2, $3, $4)";
    pub UNTAG = "DELETE FROM ticket_tags WHERE merchant_id = $1 AND ticket_id = $2";
}

pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| Some2::new(ticket!(""), "t.id", ""));
pub(super) static TAGS_OF: LazyLock<Some2> = LazyLock::new(|| {
    Some2::new("SELECT g.ticket_id, g.name FROM ticket_tags g WHERE g.merchant_id = $1", "g.ticket_id", "ORDER BY g.ticket_id, g.name_key")
});

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into_iter().chain(TAGS_OF.all()).collect()
}
