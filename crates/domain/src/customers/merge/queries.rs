//! All SQL of the room but what is built from the lists of moves and fields.

macro_rules! merge {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.gone_id, m.survivor_id, m.moved, m.merged_at, m.merged_by, m.undo_until, m.kept, m.undone_at, m.undone_by,
            COALESCE(c.name, ''), COALESCE(c.first_name, ''), COALESCE(c.last_name, ''), COALESCE(c.company, ''), COALESCE(c.email, ''),
            COALESCE(c.number, '') FROM merges m LEFT JOIN customers c ON c.merchant_id = m.merchant_id AND c.id = m.gone_id
            WHERE m.merchant_id = $1 AND ",
            $rest
        )
    };
}

store::statements! {
    pub(super) SETTING = "SELECT undo_days FROM merge_settings WHERE merchant_id = $1";
    pub(super) SET = "INSERT INTO merge_settings (merchant_id, undo_days, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (merchant_id) DO UPDATE SET undo_days = excluded.undo_days, updated_at = excluded.updated_at";
    pub(super) INSERT = "INSERT INTO merges (merchant_id, id, gone_id, survivor_id, moved, merged_at, merged_by, undo_until, kept, undone_at, undone_by)
        VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, NULL, '')";
    pub(super) SET_MOVED = "UPDATE merges SET moved = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) FIND = merge!("m.id = $2");
    pub(super) OF_CUSTOMER = merge!("(m.survivor_id = $2 OR m.gone_id = $2) AND m.id < $3 ORDER BY m.id DESC LIMIT $4");
    /// Those that may still be undone, newest first.
    pub(super) STANDING = merge!("m.survivor_id = $2 AND m.kept AND m.undo_until >= $3 ORDER BY m.id DESC LIMIT 20");
    /// A later merge into the same survivor: it is undone first.
    pub(super) LATER = merge!("m.survivor_id = $2 AND m.id > $3 AND m.undone_at IS NULL ORDER BY m.id DESC LIMIT 1");
    /// The one by which a customer went and that stands, while there is what undoes it.
    pub(super) WENT = merge!("m.gone_id = $2 AND m.kept AND m.undone_at IS NULL ORDER BY m.id DESC LIMIT 1");
    pub(super) UNDONE = "UPDATE merges SET undone_at = $3, undone_by = $4, kept = FALSE WHERE merchant_id = $1 AND id = $2";
    pub(super) FORGOTTEN = "UPDATE merges SET kept = FALSE WHERE merchant_id = $1 AND id = $2";
    pub(super) SET_MERGED = "UPDATE customers SET merged_into = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) STATUS = "SELECT status, status_cause FROM customers WHERE merchant_id = $1 AND id = $2";
    pub(super) SET_CAUSE = "UPDATE customers SET status_cause = $4 WHERE merchant_id = $1 AND id = $2 AND status = $3";
    pub(super) SET_SORT_NAME = "UPDATE customers SET sort_name = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) SOURCES = "SELECT id FROM customers WHERE merchant_id = $1 AND merged_into = $2 ORDER BY id";

    pub(super) NOTE = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
    pub(super) NOTED = "SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = $3 ORDER BY row_id";
    pub(super) COPY = "INSERT INTO merge_copies (merchant_id, merge_id, mark, row_id, before, after) VALUES ($1, $2, $3, $4, $5, $6)";
    pub(super) COPIES = "SELECT row_id, before, after FROM merge_copies WHERE merchant_id = $1 AND merge_id = $2 AND mark = $3 ORDER BY row_id";

    // What may be undone no more is forgotten, a slice at a time.
    pub(super) OVER = "SELECT id FROM merges WHERE merchant_id = $1 AND kept AND undo_until < $2 ORDER BY undo_until LIMIT 1";
    pub(super) OF_ANY = "SELECT id FROM merges WHERE merchant_id = $1 AND (survivor_id = $2 OR gone_id = $2) ORDER BY id";
    pub(super) DROP_MOVES = "DELETE FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND (mark, row_id) IN
        (SELECT mark, row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 LIMIT $3)";
    pub(super) DROP_ALL_MOVES = "DELETE FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2";
    pub(super) DROP_COPIES = "DELETE FROM merge_copies WHERE merchant_id = $1 AND merge_id = $2";
    pub(super) DROP = "DELETE FROM merges WHERE merchant_id = $1 AND id = $2";

    // Sets: what the survivor lacks is added to it.
    pub(super) CONTACTS = "SELECT kind, value, key FROM customer_contacts WHERE merchant_id = $1 AND customer_id = $2 ORDER BY created_at, id";
    pub(super) PRIMARY = "SELECT email, email_key, phone, phone_key FROM customers WHERE merchant_id = $1 AND id = $2";
    pub(super) DROP_CONTACTS = "DELETE FROM customer_contacts WHERE merchant_id = $1 AND customer_id = $3
        AND kind || ' ' || CASE WHEN key = '' THEN value ELSE key END
          IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'customer_contacts')";
    pub(super) NOTE_TAGS = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT g.merchant_id, CAST($2 AS TEXT), 'customer_tags', g.tag_id FROM customer_tags g WHERE g.merchant_id = $1 AND g.customer_id = $3
        AND NOT EXISTS (SELECT 1 FROM customer_tags s WHERE s.merchant_id = $1 AND s.customer_id = $4 AND s.tag_id = g.tag_id)";
    pub(super) ADD_TAGS = "INSERT INTO customer_tags (merchant_id, customer_id, tag_id) SELECT merchant_id, CAST($3 AS TEXT), row_id FROM merge_moves
        WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'customer_tags'";
    pub(super) NOTE_TAGS_OF_GONE = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT merchant_id, CAST($2 AS TEXT), 'customer_tags.gone', tag_id FROM customer_tags WHERE merchant_id = $1 AND customer_id = $3";
    pub(super) DROP_TAGS = "DELETE FROM customer_tags WHERE merchant_id = $1 AND customer_id = $3 AND tag_id IN
        (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = CAST($4 AS TEXT))";
    /// What the one who went had, as far as there still is such a tag.
    pub(super) TAGS_BACK = "INSERT INTO customer_tags (merchant_id, customer_id, tag_id) SELECT m.merchant_id, CAST($3 AS TEXT), m.row_id FROM merge_moves m
        JOIN tags t ON t.merchant_id = m.merchant_id AND t.id = m.row_id WHERE m.merchant_id = $1 AND m.merge_id = $2 AND m.mark = 'customer_tags.gone'
        ON CONFLICT (merchant_id, customer_id, tag_id) DO NOTHING";
    pub(super) KEYS = "SELECT kind || ' ' || key FROM payment_keys WHERE merchant_id = $1 AND customer_id = $2";
    pub(super) DROP_KEYS = "DELETE FROM payment_keys WHERE merchant_id = $1 AND customer_id = $3 AND kind || ' ' || key
        IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'payment_keys')";
    pub(super) AVATAR_OF = "SELECT avatar_id FROM customers WHERE merchant_id = $1 AND id = $2";
    pub(super) COPY_AVATAR = "INSERT INTO avatars (merchant_id, id, customer_id, content_type, bytes, created_at)
        SELECT merchant_id, CAST($3 AS TEXT), CAST($4 AS TEXT), content_type, bytes, created_at FROM avatars WHERE merchant_id = $1 AND id = $2";
    pub(super) DROP_AVATAR = "DELETE FROM avatars WHERE merchant_id = $1 AND customer_id = $2 AND id = $3";
    pub(super) GROUP_IS = "SELECT 1 FROM customer_groups WHERE merchant_id = $1 AND id = $2";
    /// Has anybody but this customer the number?
    pub(super) NUMBER_OF_ANOTHER = "SELECT 1 FROM customers WHERE merchant_id = $1 AND number = $2 AND id <> $3";
    pub(super) SHOP_IS = "SELECT 1 FROM shops WHERE merchant_id = $1 AND id = $2";
    /// An id in another system that somebody took off the survivor meanwhile comes back, unless another has it.
    pub(super) EXTERNAL_ID_BACK = "INSERT INTO external_ids (merchant_id, system, external_id, customer_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, system, external_id) DO NOTHING";

    // The default payment method.
    pub(super) CHOSEN = "SELECT id FROM payment_methods WHERE merchant_id = $1 AND customer_id = $2 AND chosen ORDER BY id";
    pub(super) DEFAULT = "SELECT default_method_id FROM customers WHERE merchant_id = $1 AND id = $2";
    pub(super) SET_CHOSEN = "UPDATE payment_methods SET chosen = $3 WHERE merchant_id = $1 AND id = $2 AND detached_at IS NULL";
    pub(super) IS_CHOSEN = "SELECT chosen FROM payment_methods WHERE merchant_id = $1 AND id = $2";

    // What was made since on something that moved goes back with it: noted as if it had moved, before all is pointed back.
    /// The order of an offer that was accepted since.
    pub(super) FOLLOW_OFFERED = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT o.merchant_id, CAST($2 AS TEXT), 'orders', o.id FROM orders o WHERE o.merchant_id = $1 AND o.customer_id = $3
          AND o.id IN (SELECT f.order_id FROM merge_moves m JOIN offers f ON f.merchant_id = m.merchant_id AND f.id = m.row_id
            WHERE m.merchant_id = $1 AND m.merge_id = $2 AND m.mark = 'offers')
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
    /// What replaces the goods of a return; once for each replacement of a replacement.
    pub(super) FOLLOW_REPLACED = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT o.merchant_id, CAST($2 AS TEXT), 'orders', o.id FROM orders o WHERE o.merchant_id = $1 AND o.customer_id = $3
          AND o.id IN (SELECT b.replacement_id FROM merge_moves m JOIN returns b ON b.merchant_id = m.merchant_id AND b.order_id = m.row_id
            WHERE m.merchant_id = $1 AND m.merge_id = $2 AND m.mark = 'orders')
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
    pub(super) FOLLOW_PAYMENTS = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT p.merchant_id, CAST($2 AS TEXT), 'payments', p.id FROM payments p WHERE p.merchant_id = $1 AND p.customer_id = $3 AND (
          p.order_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'orders')
          OR p.subscription_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'subscriptions'))
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
    pub(super) FOLLOW_INVOICES = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT i.merchant_id, CAST($2 AS TEXT), 'invoices', i.id FROM invoices i WHERE i.merchant_id = $1 AND i.customer_id = $3 AND (
          i.order_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'orders')
          OR i.payment_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'payments')
          OR i.corrects_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'invoices'))
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
    pub(super) FOLLOW_CREDIT = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT l.merchant_id, CAST($2 AS TEXT), 'credit_lines', l.id FROM credit_lines l WHERE l.merchant_id = $1 AND l.customer_id = $3 AND (
          l.order_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'orders')
          OR l.payment_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'payments'))
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
    pub(super) FOLLOW_TASKS = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT k.merchant_id, CAST($2 AS TEXT), 'tasks', k.id FROM tasks k WHERE k.merchant_id = $1 AND k.customer_id = $3 AND (
          (k.subject_kind = 'order' AND k.subject_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'orders'))
          OR (k.subject_kind = 'invoice' AND k.subject_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'invoices'))
          OR (k.subject_kind = 'ticket' AND k.subject_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'tickets'))
          OR (k.subject_kind = 'contract' AND k.subject_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'contracts'))
          OR (k.subject_kind = 'offer' AND k.subject_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'offers'))
          OR (k.subject_kind = 'return' AND k.subject_id IN (SELECT b.id FROM merge_moves m JOIN returns b ON b.merchant_id = m.merchant_id AND b.order_id = m.row_id
            WHERE m.merchant_id = $1 AND m.merge_id = $2 AND m.mark = 'orders')))
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
    pub(super) FOLLOW_MAILS = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT m.merchant_id, CAST($2 AS TEXT), 'mails', m.id FROM mails m WHERE m.merchant_id = $1 AND m.customer_id = $3
          AND m.invoice_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'invoices')
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
    pub(super) FOLLOW_ENTRIES = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT e.merchant_id, CAST($2 AS TEXT), 'entries', e.id FROM entries e WHERE e.merchant_id = $1 AND e.customer_id = $3
          AND e.conversation_id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'conversations')
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
    pub(super) FOLLOW_WRITTEN = "INSERT INTO merge_moves (merchant_id, merge_id, mark, row_id)
        SELECT m.merchant_id, CAST($2 AS TEXT), 'mails', m.id FROM mails m JOIN entries e ON e.merchant_id = m.merchant_id AND e.mail_id = m.id
        WHERE m.merchant_id = $1 AND m.customer_id = $3
          AND e.id IN (SELECT row_id FROM merge_moves WHERE merchant_id = $1 AND merge_id = $2 AND mark = 'entries')
        ON CONFLICT (merchant_id, merge_id, mark, row_id) DO NOTHING";
}

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static store::Stmt> {
    super::moves::built().into_iter().chain(super::field::built()).collect()
}
