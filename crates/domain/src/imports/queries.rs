//! All SQL of the room; what reads and deletes a customer's rows is built from the schema.

use store::Stmt;

use crate::dump::schema::Table;
use crate::kit::together;

store::statements! {
    pub MERCHANT = "SELECT id, name FROM merchants ORDER BY created_at, id";
    pub SHOPS = "SELECT id, name FROM shops WHERE merchant_id = $1 AND archived_at IS NULL ORDER BY created_at, id";

    pub BEGIN = "INSERT INTO imports (merchant_id, id, kind, layout, file_name, file_hash, input, shop_id, state, cursor, done, total, created,
        changed, unchanged, failed, result, actor_name, lease_until, started_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', '', 0, $9, 0, 0, 0, 0, '', $10, $11, $12)";
    /// The unfinished import of this file.
    pub UNFINISHED = "SELECT id FROM imports WHERE merchant_id = $1 AND file_hash = $2 AND input = $3 AND state IN ('running', 'cancelling')
        ORDER BY started_at DESC, id DESC LIMIT 1";
    pub LOAD = "SELECT id, kind, layout, file_name, shop_id, state, cursor, done, total, created, changed, unchanged, failed, result, actor_name, started_at, finished_at, size, checked, progress,
        kept_until, input, task, tries, asked_by FROM imports WHERE merchant_id = $1 AND id = $2";
    pub LIST = "SELECT id, kind, layout, file_name, shop_id, state, cursor, done, total, created, changed, unchanged, failed, result, actor_name, started_at, finished_at, size, checked, progress,
        kept_until, input, task, tries, asked_by FROM imports WHERE merchant_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2";
    pub UNDER_WAY = "SELECT COUNT(*) FROM imports WHERE merchant_id = $1 AND state IN ('checking', 'running', 'cancelling')";
    pub LIST_AFTER = "SELECT id, kind, layout, file_name, shop_id, state, cursor, done, total, created, changed, unchanged, failed, result, actor_name, started_at, finished_at, size, checked, progress,
        kept_until, input, task, tries, asked_by FROM imports
        WHERE merchant_id = $1 AND (started_at < $3 OR (started_at = $3 AND id < $4)) ORDER BY started_at DESC, id DESC LIMIT $2";

    // Uploaded files.
    pub UPLOAD = "INSERT INTO imports (merchant_id, id, kind, layout, file_name, file_hash, input, shop_id, state, cursor, done, total, created,
        changed, unchanged, failed, result, actor_name, lease_until, started_at, size, kept_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'uploaded', '', 0, 0, 0, 0, 0, 0, '', $9, 0, $10, $11, $12)";
    pub CHOOSE = "UPDATE imports SET kind = $3, layout = $4, input = $5, shop_id = $6, state = 'uploaded', checked = '', kept_until = $7
        WHERE merchant_id = $1 AND id = $2 AND state IN ('uploaded', 'checked')";
    pub ASK_CHECK = "UPDATE imports SET state = 'checking', checked = '', task = 'check', tries = 0, lease_until = 0, progress = '', asked_by = $3
        WHERE merchant_id = $1 AND id = $2 AND state IN ('uploaded', 'checked')";
    pub ASK_RUN = "UPDATE imports SET state = 'running', task = 'run', tries = 0, lease_until = 0, progress = '', asked_by = $3, actor_name = $4,
        started_at = $5, kept_until = NULL WHERE merchant_id = $1 AND id = $2 AND state IN ('uploaded', 'checked')";
    pub STOP_CHECK = "UPDATE imports SET state = 'uploaded', task = '', lease_until = 0, progress = '' WHERE merchant_id = $1 AND id = $2 AND state = 'checking'";
    pub ASK_BACK = "UPDATE imports SET state = 'cancelling', task = $3, tries = 0, lease_until = 0, progress = '', asked_by = $4
        WHERE merchant_id = $1 AND id = $2 AND state = $5";
    pub DISCARD = "DELETE FROM imports WHERE merchant_id = $1 AND id = $2 AND state IN ('uploaded', 'checking', 'checked')";
    /// Over all merchants: what waits for a worker.
    pub DUE = "SELECT merchant_id, id, state, lease_until FROM imports WHERE task <> '' AND lease_until <= $1 ORDER BY lease_until, merchant_id, id LIMIT 100";
    /// Somebody who has not the file saw it first, and says so.
    pub WAITS = "UPDATE imports SET lease_until = $3, progress = $4 WHERE merchant_id = $1 AND id = $2 AND lease_until = 0";
    pub CLAIM = "UPDATE imports SET lease_until = $4 WHERE merchant_id = $1 AND id = $2 AND task <> '' AND lease_until <= $3";
    /// A sign of life; nothing when somebody asked for something else meanwhile.
    pub BEAT = "UPDATE imports SET lease_until = $4, progress = $5 WHERE merchant_id = $1 AND id = $2 AND task = $3";
    pub LET_GO = "UPDATE imports SET lease_until = $4, tries = $5 WHERE merchant_id = $1 AND id = $2 AND task = $3";
    pub CHECKED = "UPDATE imports SET state = $3, checked = $4, task = '', lease_until = 0, progress = '' WHERE merchant_id = $1 AND id = $2 AND state = 'checking'";
    pub TELL = "UPDATE imports SET result = $3 WHERE merchant_id = $1 AND id = $2 AND state = 'done'";
    pub REST = "UPDATE imports SET task = '', lease_until = 0, progress = '', asked_by = '', kept_until = $4
        WHERE merchant_id = $1 AND id = $2 AND task = $3";
    /// Over all merchants: files whose time is over.
    pub EXPIRED = "SELECT merchant_id, id, state FROM imports WHERE kept_until IS NOT NULL AND kept_until <= $1 AND state NOT IN ('checking', 'running', 'cancelling')
        ORDER BY kept_until, merchant_id, id LIMIT 50";
    pub FORGET_FILE = "UPDATE imports SET kept_until = NULL WHERE merchant_id = $1 AND id = $2";
    pub LAPSE = "UPDATE imports SET state = 'cancelled', checked = '', kept_until = NULL, result = $3, finished_at = $4
        WHERE merchant_id = $1 AND id = $2 AND state IN ('uploaded', 'checked')";
    /// Over all merchants: whose file this is.
    pub HAS_FILE = "SELECT 1 FROM imports WHERE id = $1 AND (kept_until IS NOT NULL OR task <> '')";
    /// Somebody was anonymised: no file that lies here may name them.
    pub HURRY_AWAY = "UPDATE imports SET kept_until = $2 WHERE merchant_id = $1 AND kept_until > $2";
    pub ERASED_SINCE = "SELECT 1 FROM erasures WHERE merchant_id = $1 AND created_at >= $2 LIMIT 1";

    // What a dry run changed, in the copy.
    pub FIRST_CHANGED = "SELECT row_id, before FROM import_rows WHERE merchant_id = $1 AND import_id = $2 AND kind = 'before' ORDER BY position LIMIT $3";
    pub VALUES_SINCE = "SELECT v.field, v.old, v.new FROM events e JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
        WHERE e.merchant_id = $1 AND e.customer_id = $2 AND e.version > $3 ORDER BY e.version, v.field";

    // What taking back would do.
    pub JOURNAL_PART = "SELECT position, kind, row_id, before FROM import_rows WHERE merchant_id = $1 AND import_id = $2 AND position > $3
        AND kind IN ('customers', 'before', 'order', 'refund') ORDER BY position LIMIT $4";
    /// Taken before a slice writes: of two processes the one that comes second finds another cursor and writes nothing.
    pub STILL_OURS = "UPDATE imports SET lease_until = $4 WHERE merchant_id = $1 AND id = $2 AND cursor = $3 AND state = 'running'";
    /// Only who read the cursor as it stands moves it on: two processes never work one slice twice.
    pub MOVE_ON = "UPDATE imports SET cursor = $4, done = $5, created = $6, changed = $7, unchanged = $8, failed = $9, result = $10, lease_until = $11
        WHERE merchant_id = $1 AND id = $2 AND cursor = $3 AND state = 'running'";
    pub HOLD = "UPDATE imports SET lease_until = $4 WHERE merchant_id = $1 AND id = $2 AND lease_until <= $3";
    pub FINISH = "UPDATE imports SET state = 'done', finished_at = $3, lease_until = 0 WHERE merchant_id = $1 AND id = $2 AND state = 'running'";
    pub TAKE_BACK = "UPDATE imports SET state = 'cancelling', lease_until = $3 WHERE merchant_id = $1 AND id = $2 AND state IN ('running', 'cancelling', 'done')";
    pub TAKEN_BACK = "UPDATE imports SET state = $3, result = $4, finished_at = $5, lease_until = 0 WHERE merchant_id = $1 AND id = $2 AND state = 'cancelling'";

    pub NOTE = "INSERT INTO import_rows (merchant_id, import_id, position, kind, row_id, before) VALUES ($1, $2, $3, $4, $5, $6)";
    /// The end of the journal, last first.
    pub NEWEST = "SELECT position, kind, row_id FROM import_rows WHERE merchant_id = $1 AND import_id = $2 ORDER BY position DESC LIMIT $3";
    pub NOTED = "SELECT before FROM import_rows WHERE merchant_id = $1 AND import_id = $2 AND position = $3";
    pub FORGET = "DELETE FROM import_rows WHERE merchant_id = $1 AND import_id = $2 AND position >= $3";
    /// What of one kind it made, oldest first.
    /// Of which imports the first and the last customer are.
    pub OLDEST_OF = "SELECT import_id FROM customers WHERE merchant_id = $1 ORDER BY id LIMIT 1";
    pub NEWEST_OF = "SELECT import_id FROM customers WHERE merchant_id = $1 ORDER BY id DESC LIMIT 1";
    pub MADE = "SELECT position, row_id FROM import_rows WHERE merchant_id = $1 AND import_id = $2 AND kind = $3 AND position > $4 ORDER BY position LIMIT $5";
    /// Rows that were not taken, in the order in which they were met.
    pub FAILED = "SELECT row_id, before FROM import_rows WHERE merchant_id = $1 AND import_id = $2 AND kind = 'failed' ORDER BY position";
    /// Of an import that changed nothing only those are kept.
    pub TIDY = "DELETE FROM import_rows WHERE merchant_id = $1 AND import_id = $2 AND kind <> 'failed'";

    /// Who it may be: id, and may anything be written on it?
    pub BY_ID = "SELECT id, deleted_at IS NULL AND anonymised_at IS NULL AND merged_into IS NULL FROM customers WHERE merchant_id = $1 AND id = $2";
    pub BY_NUMBER = "SELECT id, deleted_at IS NULL AND anonymised_at IS NULL AND merged_into IS NULL FROM customers
        WHERE merchant_id = $1 AND number = $2";
    pub BY_EXTERNAL = "SELECT c.id, c.deleted_at IS NULL AND c.anonymised_at IS NULL AND c.merged_into IS NULL FROM external_ids x
        JOIN customers c ON c.merchant_id = x.merchant_id AND c.id = x.customer_id
        WHERE x.merchant_id = $1 AND x.system = $2 AND x.external_id = $3";
    pub HAS_IDS = "SELECT 1 FROM external_ids WHERE merchant_id = $1 AND system = $2 LIMIT 1";
    /// To which shop most customers with ids of this system were brought; of equal ones `$3`.
    pub IDS_OF_SHOP = "SELECT COALESCE(i.shop_id, c.shop_id) FROM external_ids x
        JOIN customers c ON c.merchant_id = x.merchant_id AND c.id = x.customer_id
        LEFT JOIN imports i ON i.merchant_id = c.merchant_id AND i.id = c.import_id
        WHERE x.merchant_id = $1 AND x.system = $2 AND COALESCE(i.shop_id, c.shop_id) IS NOT NULL
        GROUP BY COALESCE(i.shop_id, c.shop_id)
        ORDER BY COUNT(*) DESC, CASE WHEN COALESCE(i.shop_id, c.shop_id) = $3 THEN 0 ELSE 1 END LIMIT 1";
    pub ID_BEFORE = "SELECT c.id, COALESCE(i.shop_id, c.shop_id), c.email_key FROM external_ids x
        JOIN customers c ON c.merchant_id = x.merchant_id AND c.id = x.customer_id
        LEFT JOIN imports i ON i.merchant_id = c.merchant_id AND i.id = c.import_id
        WHERE x.merchant_id = $1 AND x.system = $2 AND x.external_id = $3
          AND c.deleted_at IS NULL AND c.anonymised_at IS NULL AND c.merged_into IS NULL";
    /// Who has this primary address, in no order: to be read by the address and not by age.
    pub SAME_EMAIL = "SELECT id FROM customers WHERE merchant_id = $1 AND email_key = $2 AND email_key <> '' AND deleted_at IS NULL
        AND anonymised_at IS NULL AND merged_into IS NULL";
    /// Those who have nothing they could be found by but what is written about them.
    pub KEYLESS = "SELECT id, name, first_name, last_name, company, company_id, company_email, tax_id, phone, billing_line1, billing_line2,
        billing_city, billing_state, billing_zip, billing_country, vat_number FROM customers
        WHERE merchant_id = $1 AND email_key = '' AND deleted_at IS NULL AND anonymised_at IS NULL AND merged_into IS NULL";
    pub ARCHIVED = "SELECT archived_at IS NOT NULL FROM customers WHERE merchant_id = $1 AND id = $2";
    pub HAS_NOTE = "SELECT id FROM notes WHERE merchant_id = $1 AND customer_id = $2 AND body = $3";

    pub ORDER_KNOWN = "SELECT id FROM orders WHERE merchant_id = $1 AND shop_id = $2 AND external_id = $3";
    pub REFERENCE = "SELECT id FROM payments WHERE merchant_id = $1 AND provider = 'manual' AND provider_ref = $2";
    pub UNMATCHED_KNOWN = "SELECT id FROM unmatched WHERE merchant_id = $1 AND shop_id = $2 AND external_id = $3";
    /// Refunds that came from this cancellation, of payments in this shop.
    pub REFUND_KNOWN = "SELECT r.id FROM refunds r JOIN payments p ON p.merchant_id = r.merchant_id AND p.id = r.payment_id
        WHERE r.merchant_id = $1 AND r.external_id = $2 AND p.shop_id = $3 LIMIT 1";
    /// What a cancellation may take back: earlier payments of imported history with something left, newest first.
    pub REFUNDABLE = "SELECT p.id, p.order_id, p.amount - p.refunded - p.refund_pending - p.lost, p.paid_at FROM payments p
        LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.id = p.order_id
        WHERE p.merchant_id = $1 AND p.customer_id = $2 AND p.shop_id = $3 AND p.currency = $4 AND p.paid_at <= $5 AND p.provider = 'manual'
          AND p.status = 'settled' AND p.amount > p.refunded + p.refund_pending + p.lost
        ORDER BY p.paid_at DESC, o.external_id DESC NULLS LAST, p.id DESC";
    pub HAS_ARTICLE = "SELECT 1 FROM order_lines WHERE merchant_id = $1 AND sku_key = $2 AND order_id = $3 LIMIT 1";
    pub INSERT_UNMATCHED = "INSERT INTO unmatched (merchant_id, id, customer_id, shop_id, kind, external_id, currency, amount, reason, happened_at,
        import_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    pub UNMATCHED_OF = "SELECT u.kind, u.external_id, c.number, u.currency, u.amount, u.reason, u.happened_at FROM unmatched u
        LEFT JOIN customers c ON c.merchant_id = u.merchant_id AND c.id = u.customer_id
        WHERE u.merchant_id = $1 AND u.import_id = $2 ORDER BY u.happened_at, u.external_id";

    // Taking back.
    pub IS_HERE = "SELECT deleted_at IS NULL AND anonymised_at IS NULL FROM customers WHERE merchant_id = $1 AND id = $2";
    /// What was said of one who is deleted for good goes; that something happened stays.
    pub DROP_EVENT_VALUES = "DELETE FROM event_values WHERE merchant_id = $1 AND event_id IN (SELECT id FROM events WHERE merchant_id = $1 AND customer_id = $2)";
    /// Events of orders and payments that the import brought and took away again.
    pub DROP_GONE_EVENTS = "DELETE FROM events WHERE merchant_id = $1 AND customer_id = $2 AND door = 'import' AND subject_kind IN ('order', 'payment')
        AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.id = events.subject_id)
        AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.merchant_id = $1 AND p.id = events.subject_id)";
    pub DROP_REFUND_VALUES = "DELETE FROM event_values WHERE merchant_id = $1 AND event_id IN (SELECT id FROM events WHERE merchant_id = $1 AND customer_id = $2
        AND kind = 'payment.refunded' AND door = 'import' AND subject_id = $3 AND data LIKE $4 ESCAPE '\\')";
    pub DROP_REFUND_EVENT = "DELETE FROM events WHERE merchant_id = $1 AND customer_id = $2 AND kind = 'payment.refunded' AND door = 'import'
        AND subject_id = $3 AND data LIKE $4 ESCAPE '\\'";
    pub OTHER_EVENTS = "SELECT 1 FROM events WHERE merchant_id = $1 AND customer_id = $2 AND version > $3 AND door <> 'import' AND door <> 'clock' LIMIT 1";
    pub STOOD = "SELECT status, status_cause FROM customers WHERE merchant_id = $1 AND id = $2";
    /// The reason of a status that an import gave, or its taking back.
    pub CAUSE_BACK = "UPDATE customers SET status_cause = $4 WHERE merchant_id = $1 AND id = $2 AND status = $3 AND status_cause IN ($5, $6)";
    /// With whether it is as it was written.
    pub NOTE_OF = "SELECT customer_id, body, updated_at = created_at AND pinned_at IS NULL FROM notes WHERE merchant_id = $1 AND id = $2";
    /// What other imports noted of a customer.
    pub NOTED_BY_OTHERS = "SELECT import_id, position, before FROM import_rows WHERE merchant_id = $1 AND row_id = $2 AND kind = 'before' AND import_id <> $3
        ORDER BY import_id, position";
    pub REWRITE = "UPDATE import_rows SET before = $4 WHERE merchant_id = $1 AND import_id = $2 AND position = $3";
    /// A line that is not done yet loses what is.
    pub SHORTEN = "UPDATE import_rows SET row_id = $4 WHERE merchant_id = $1 AND import_id = $2 AND position = $3";
    pub DROP_LINE = "DELETE FROM import_rows WHERE merchant_id = $1 AND import_id = $2 AND position = $3";
    pub LINE = "SELECT kind, row_id FROM import_rows WHERE merchant_id = $1 AND import_id = $2 AND position = $3";
    pub DROP_WARNINGS = "DELETE FROM retention_warnings WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_NOTES = "DELETE FROM notes WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_NOTE = "DELETE FROM notes WHERE merchant_id = $1 AND id = $2";
    pub DROP_AVATARS = "DELETE FROM avatars WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_CONTACTS = "DELETE FROM customer_contacts WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_TAGS = "DELETE FROM customer_tags WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_SHOPS = "DELETE FROM customer_shops WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_TOTALS = "DELETE FROM customer_totals WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_EXTERNAL = "DELETE FROM external_ids WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_KEYS = "DELETE FROM payment_keys WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_CUSTOMER = "DELETE FROM customers WHERE merchant_id = $1 AND id = $2";
    pub GONE = "INSERT INTO customers_gone (merchant_id, id, change_stamp) VALUES ($1, $2, $3)
        ON CONFLICT (merchant_id, id) DO UPDATE SET change_stamp = excluded.change_stamp";
    pub VERSION = "SELECT version FROM customers WHERE merchant_id = $1 AND id = $2";
    pub EVENT_VERSION = "SELECT event_version FROM customers WHERE merchant_id = $1 AND id = $2";
    pub ORDER_OWNER = "SELECT customer_id FROM orders WHERE merchant_id = $1 AND id = $2";
    pub DROP_PAYMENTS = "DELETE FROM payments WHERE merchant_id = $1 AND order_id = $2 AND import_id = $3";
    pub DROP_LINES = "DELETE FROM order_lines WHERE merchant_id = $1 AND order_id = $2";
    pub DROP_ORDER = "DELETE FROM orders WHERE merchant_id = $1 AND id = $2";
    pub REFUND_OF = "SELECT r.payment_id, r.amount, p.customer_id FROM refunds r JOIN payments p ON p.merchant_id = r.merchant_id AND p.id = r.payment_id
        WHERE r.merchant_id = $1 AND r.id = $2";
    pub DROP_REFUND = "DELETE FROM refunds WHERE merchant_id = $1 AND id = $2";
    pub GIVE_BACK = "UPDATE payments SET refunded = refunded - $3 WHERE merchant_id = $1 AND id = $2";
    pub DROP_UNMATCHED = "DELETE FROM unmatched WHERE merchant_id = $1 AND id = $2";
    /// Events without a customer, of one moment, whose order or payment the import brought and took away again.
    pub ORPHANS = "DELETE FROM events WHERE merchant_id = $1 AND at = $2 AND door = 'import' AND customer_id IS NULL
        AND subject_kind IN ('order', 'payment')
        AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.id = events.subject_id)
        AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.merchant_id = $1 AND p.id = events.subject_id)";
}

/// Which of these addresses, as keys, anybody has, as the primary or a further one.
pub(super) fn addresses() -> &'static Stmt {
    static BUILT: std::sync::LazyLock<Stmt> = std::sync::LazyLock::new(|| {
        let places = together::places();
        Stmt::built(format!(
            "SELECT email_key FROM customers WHERE merchant_id = $1 AND email_key <> '' AND email_key IN ({places})
             UNION ALL SELECT key FROM customer_contacts WHERE merchant_id = $1 AND kind = 'email' AND key IN ({places})"
        ))
    });
    &BUILT
}

/// The rows of a table that belong to a customer, whole.
pub(super) fn of_customer(table: &Table) -> Stmt {
    Stmt::built(format!("SELECT {} FROM {} WHERE merchant_id = $1 AND {} = $2", table.names().join(", "), table.name, owner(table)))
}

/// Deletes the rows of a table that belong to a customer.
pub(super) fn drop_of(table: &Table) -> Stmt {
    Stmt::built(format!("DELETE FROM {} WHERE merchant_id = $1 AND {} = $2", table.name, owner(table)))
}

fn owner(table: &Table) -> &'static str {
    if table.name == "customers" { "id" } else { "customer_id" }
}
