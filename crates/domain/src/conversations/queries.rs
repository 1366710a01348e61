//! All SQL of the room.

macro_rules! conversation {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.kind, c.state, c.customer_id, c.name, c.address, c.subject, c.waiting, c.entries, c.last_at, c.created_at,
            k.name, k.first_name, k.last_name, k.company, k.email, k.number FROM conversations c
            LEFT JOIN customers k ON k.merchant_id = c.merchant_id AND k.id = c.customer_id WHERE c.merchant_id = $1 AND ",
            $rest
        )
    };
}
macro_rules! entry {
    ($body:literal, $rest:literal) => {
        concat!(
            "SELECT e.id, e.conversation_id, e.customer_id, e.kind, e.direction, e.at, e.author, e.address, e.more, e.subject, ",
            $body,
            ", e.html <> '', EXISTS (SELECT 1 FROM entry_files f WHERE f.merchant_id = e.merchant_id AND f.entry_id = e.id), e.mail_id, m.state, m.error,
            e.outcome, e.seconds FROM entries e LEFT JOIN mails m ON m.merchant_id = e.merchant_id AND m.id = e.mail_id WHERE e.merchant_id = $1 AND ",
            $rest
        )
    };
}

macro_rules! draft {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.customer_id, d.entry_id, d.recipient, d.subject, d.body, d.updated_at, k.name, k.first_name, k.last_name, k.company, k.email,
            k.number FROM mail_drafts d JOIN customers k ON k.merchant_id = d.merchant_id AND k.id = d.customer_id WHERE d.merchant_id = $1 AND ",
            $rest
        )
    };
}

store::statements! {
    pub FIND = conversation!("c.id = $2");
    pub UNKNOWN = conversation!("c.customer_id IS NULL AND c.state = $2 AND (c.last_at, c.id) < ($3, $4) ORDER BY c.last_at DESC, c.id DESC LIMIT $5");
    pub TO_ANSWER = conversation!("c.waiting AND c.state = 'open' AND c.customer_id IS NOT NULL AND (c.last_at, c.id) < ($2, $3)
        ORDER BY c.last_at DESC, c.id DESC LIMIT $4");
    pub COUNT_UNKNOWN = "SELECT COUNT(*) FROM conversations WHERE merchant_id = $1 AND customer_id IS NULL AND state = 'open'";
    pub COUNT_TO_ANSWER = "SELECT COUNT(*) FROM conversations WHERE merchant_id = $1 AND waiting AND state = 'open' AND customer_id IS NOT NULL";

    pub STREAM = entry!("SUBSTR(e.body, 1, 4001)", "e.customer_id = $2 AND (e.at, e.id) < ($3, $4) ORDER BY e.at DESC, e.id DESC LIMIT $5");
    pub STREAM_KIND = entry!("SUBSTR(e.body, 1, 4001)", "e.customer_id = $2 AND e.kind = $6 AND (e.at, e.id) < ($3, $4)
        ORDER BY e.at DESC, e.id DESC LIMIT $5");
    pub SEARCH = entry!("SUBSTR(e.body, 1, 4001)", "e.customer_id = $2 AND (e.at, e.id) < ($3, $4) AND e.folded LIKE $6 ESCAPE '\\'
        ORDER BY e.at DESC, e.id DESC LIMIT $5");
    pub SEARCH_KIND = entry!("SUBSTR(e.body, 1, 4001)", "e.customer_id = $2 AND e.kind = $7 AND (e.at, e.id) < ($3, $4) AND e.folded LIKE $6 ESCAPE '\\'
        ORDER BY e.at DESC, e.id DESC LIMIT $5");
    pub OF_CONVERSATION = entry!("SUBSTR(e.body, 1, 4001)", "e.conversation_id = $2 AND (e.at, e.id) < ($3, $4)
        ORDER BY e.at DESC, e.id DESC LIMIT $5");
    pub ENTRY = entry!("e.body", "e.id = $2");
    pub LAST_MAIL = "SELECT e.id FROM entries e WHERE e.merchant_id = $1 AND e.conversation_id = $2 AND e.kind = 'mail'
        ORDER BY CASE WHEN e.direction = 'in' THEN 0 ELSE 1 END, e.at DESC, e.id DESC LIMIT 1";
    pub OF_OUTSIDE = entry!("e.body", "e.kind = $2 AND e.outside_id = $3 AND e.outside_id <> ''");
    pub OF_MAIL = entry!("e.body", "e.mail_id = $2");
    pub HTML = "SELECT html FROM entries WHERE merchant_id = $1 AND id = $2";
    pub FILES = "SELECT id, name, content_type, size FROM entry_files WHERE merchant_id = $1 AND entry_id = $2 ORDER BY position";
    pub FILE = "SELECT f.name, f.content_type, f.bytes FROM entry_files f WHERE f.merchant_id = $1 AND f.entry_id = $2 AND f.id = $3";
    pub FILES_OF = "SELECT name, content_type, bytes FROM entry_files WHERE merchant_id = $1 AND entry_id = $2 ORDER BY position";

    // Where a new mail belongs.
    pub BY_SUBJECT = "SELECT id FROM conversations WHERE merchant_id = $1 AND customer_id = $2 AND subject_key = $3 AND last_at >= $4 AND kind = 'mail'
        ORDER BY last_at DESC LIMIT 1";
    pub CHAT_BY_SUBJECT = "SELECT id FROM conversations WHERE merchant_id = $1 AND customer_id = $2 AND subject_key = $3 AND kind = 'chat'
        ORDER BY last_at DESC LIMIT 1";
    pub UNKNOWN_BY_SUBJECT = "SELECT id FROM conversations WHERE merchant_id = $1 AND customer_id IS NULL AND address_key = $2 AND subject_key = $3
        AND last_at >= $4 AND kind = 'mail' ORDER BY last_at DESC LIMIT 1";
    pub ANSWERED = "SELECT e.conversation_id, c.customer_id, c.address_key FROM entries e
        JOIN conversations c ON c.merchant_id = e.merchant_id AND c.id = e.conversation_id
        WHERE e.merchant_id = $1 AND e.kind = 'mail' AND e.outside_id = $2 AND e.outside_id <> ''";
    pub ANSWERED_MAIL = "SELECT e.conversation_id, c.customer_id, c.address_key FROM entries e
        JOIN conversations c ON c.merchant_id = e.merchant_id AND c.id = e.conversation_id WHERE e.merchant_id = $1 AND e.mail_id = $2";
    pub THREAD = "SELECT outside_id, answers, mail_id FROM entries WHERE merchant_id = $1 AND id = $2";
    pub MAIL = "SELECT recipient, customer_id FROM mails WHERE merchant_id = $1 AND id = $2";

    // Writing.
    pub OPEN = "INSERT INTO conversations (merchant_id, id, kind, state, customer_id, mailbox_id, name, address, address_key, subject, subject_key, waiting,
        entries, last_at, created_at) VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, FALSE, 0, $11, $12)";
    pub INSERT = "INSERT INTO entries (merchant_id, id, conversation_id, customer_id, kind, direction, at, author, address, more, subject, body, html,
        folded, outside_id, answers, mail_id, outcome, seconds, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    pub INSERT_FILE = "INSERT INTO entry_files (merchant_id, id, entry_id, position, name, content_type, size, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// One entry more: it opens what was closed; an old one that came late moves nothing back.
    pub KEEP = "UPDATE conversations SET entries = entries + 1, state = 'open', waiting = CASE WHEN $3 >= last_at THEN $4 ELSE waiting END,
        last_at = CASE WHEN $3 > last_at THEN $3 ELSE last_at END WHERE merchant_id = $1 AND id = $2";
    pub KEEP_QUIET = "UPDATE conversations SET entries = entries + 1, last_at = CASE WHEN $3 > last_at THEN $3 ELSE last_at END
        WHERE merchant_id = $1 AND id = $2";
    pub SET_STATE = "UPDATE conversations SET state = $3, waiting = FALSE WHERE merchant_id = $1 AND id = $2 AND state <> $3";
    pub SAME_SENDER = "SELECT id FROM conversations WHERE merchant_id = $1 AND customer_id IS NULL AND address_key = $2 ORDER BY id";
    pub GIVE = "UPDATE conversations SET customer_id = $3 WHERE merchant_id = $1 AND id = $2 AND customer_id IS NULL";
    pub GIVE_ENTRIES = "UPDATE entries SET customer_id = $3 WHERE merchant_id = $1 AND conversation_id = $2";

    // What people write under their mails.
    pub SIGNATURE = "SELECT body FROM signatures WHERE merchant_id = $1 AND person_id = $2";
    pub SET_SIGNATURE = "INSERT INTO signatures (merchant_id, person_id, body, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, person_id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at";

    // What a person began.
    pub DRAFT_OF = draft!("d.customer_id = $2 AND d.person_id = $3 AND d.entry_id = $4 ORDER BY d.updated_at DESC, d.id DESC LIMIT 1");
    pub DRAFT = draft!("d.id = $2 AND d.person_id = $3");
    pub DRAFTS = draft!("d.person_id = $2 AND (d.updated_at, d.id) < ($3, $4) ORDER BY d.updated_at DESC, d.id DESC LIMIT $5");
    pub DRAFTS_OF = draft!("d.customer_id = $2 AND d.person_id = $3 ORDER BY d.updated_at DESC, d.id DESC LIMIT 50");
    pub COUNT_DRAFTS = "SELECT COUNT(*) FROM mail_drafts WHERE merchant_id = $1 AND person_id = $2";
    pub NEW_DRAFT = "INSERT INTO mail_drafts (merchant_id, id, person_id, customer_id, entry_id, recipient, subject, body, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    pub SET_DRAFT = "UPDATE mail_drafts SET recipient = $3, subject = $4, body = $5, updated_at = $6 WHERE merchant_id = $1 AND id = $2";
    pub DROP_DRAFT = "DELETE FROM mail_drafts WHERE merchant_id = $1 AND id = $2 AND person_id = $3";
    pub DRAFT_SENT = "DELETE FROM mail_drafts WHERE merchant_id = $1 AND customer_id = $2 AND person_id = $3 AND entry_id = $4";
    pub DRAFT_SENT_FILES = "DELETE FROM mail_draft_files WHERE merchant_id = $1 AND draft_id IN (SELECT id FROM mail_drafts
        WHERE merchant_id = $1 AND customer_id = $2 AND person_id = $3 AND entry_id = $4)";

    pub DRAFT_FILES = "SELECT id, name, content_type, size FROM mail_draft_files WHERE merchant_id = $1 AND draft_id = $2 ORDER BY position, id";
    pub DRAFT_BYTES = "SELECT id, name, content_type, bytes FROM mail_draft_files WHERE merchant_id = $1 AND draft_id = $2 ORDER BY position, id";
    pub NEW_DRAFT_FILE = "INSERT INTO mail_draft_files (merchant_id, id, draft_id, position, name, content_type, size, bytes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub DROP_DRAFT_FILE = "DELETE FROM mail_draft_files WHERE merchant_id = $1 AND draft_id = $2 AND id = $3";
    pub DROP_DRAFT_FILES = "DELETE FROM mail_draft_files WHERE merchant_id = $1 AND draft_id = $2";

    // What a mail of the outbox is written with.
    pub HEADING = "SELECT e.id, e.answers, b.address FROM entries e
        JOIN conversations c ON c.merchant_id = e.merchant_id AND c.id = e.conversation_id
        LEFT JOIN mailboxes b ON b.merchant_id = c.merchant_id AND b.id = c.mailbox_id AND b.disabled_at IS NULL
        WHERE e.merchant_id = $1 AND e.mail_id = $2";
    pub FIRST_MAILBOX = "SELECT address FROM mailboxes WHERE merchant_id = $1 AND disabled_at IS NULL ORDER BY created_at, id LIMIT 1";
    pub MAKES_TICKETS = "SELECT makes_tickets FROM mailboxes WHERE merchant_id = $1 AND id = $2";
    /// Begun by one mail that came by another way, and nothing since.
    pub BEGUN_ELSEWHERE = "SELECT 1 FROM conversations WHERE merchant_id = $1 AND id = $2 AND kind = 'mail' AND state = 'open' AND entries = 1
        AND (mailbox_id IS NULL OR mailbox_id <> $3)";
    pub OWN_ADDRESS = "SELECT id FROM mailboxes WHERE merchant_id = $1 AND address_key = $2 ORDER BY id LIMIT 1";
}
