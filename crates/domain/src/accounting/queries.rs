//! All SQL of the room. What workers ask before they know a merchant stands under *directory*.

macro_rules! connection {
    ($rest:literal) => {
        concat!(
            "SELECT id, service, site, state, office, place, client_id, mapping, sheets, sheets_at, daily, run_id, words, quiet_until, connected_at, created_at,
            client_secret, tokens, tokens_version, expires_at, refreshed_at, refresh_until FROM accounting_connections WHERE merchant_id = $1 ",
            $rest
        )
    };
}

macro_rules! entry {
    ($rest:literal) => {
        concat!(
            "SELECT l.id, l.connection_id, c.service, l.run_id, l.kind, l.subject_id, l.customer_id, l.reference, l.action, l.result, l.remote_number, l.words, l.created_at,
            e.state, e.paid, e.remote IS NOT NULL FROM accounting_log l JOIN accounting_connections c ON c.merchant_id = l.merchant_id AND c.id = l.connection_id
            LEFT JOIN accounting_exports e ON e.merchant_id = l.merchant_id AND e.connection_id = l.connection_id AND e.subject_id = l.subject_id
            WHERE l.merchant_id = $1 ",
            $rest
        )
    };
}

macro_rules! export {
    ($rest:literal) => {
        concat!(
            "SELECT subject_id, kind, customer_id, run_id, state, reference, looked, remote, version, attempts FROM accounting_exports
            WHERE merchant_id = $1 AND connection_id = $2 ",
            $rest
        )
    };
}

store::statements! {
    pub CONNECTIONS = connection!("ORDER BY service");
    pub CONNECTION = connection!("AND id = $2");
    pub OF_SERVICE = connection!("AND service = $2");
    pub TOKENS = connection!("AND id = $2");
    pub INSERT = "INSERT INTO accounting_connections (merchant_id, id, service, site, state, office, place, client_id, client_secret, tokens, tokens_version, expires_at, refreshed_at,
        refresh_until, refresh_by, mapping, sheets, daily, collected_at, quiet_until, lease_until, lease_by, worked_at, words, created_at, created_by, updated_at)
        VALUES ($1, $2, $3, $4, 'new', $5, '', $6, $7, '', 0, 0, 0, 0, '', $8, '', FALSE, 0, 0, 0, '', 0, '', $9, $10, $9)";
    pub EDIT = "UPDATE accounting_connections SET state = CASE WHEN state = 'off' THEN 'new' ELSE state END, site = $3, office = $4, client_id = $5, client_secret = $6, updated_at = $7 WHERE merchant_id = $1 AND id = $2";
    pub ANY_DONE = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM accounting_exports WHERE merchant_id = $1 AND connection_id = $2 AND remote IS NOT NULL LIMIT 1) e";
    pub DISCONNECT = "UPDATE accounting_connections SET state = 'off', tokens = '', tokens_version = tokens_version + 1, client_secret = '', client_id = '', refresh_until = 0, refresh_by = '',
        oauth_hash = NULL, oauth_session = NULL, oauth_until = NULL, words = '', updated_at = $3 WHERE merchant_id = $1 AND id = $2 AND state <> 'off'";
    pub BEGIN = "UPDATE accounting_connections SET oauth_hash = $3, oauth_session = $4, oauth_until = $5 WHERE merchant_id = $1 AND id = $2";
    pub COMING = "SELECT id FROM accounting_connections WHERE merchant_id = $1 AND oauth_hash = $2 AND oauth_session = $3 AND oauth_until > $4";
    pub USED_UP = "UPDATE accounting_connections SET oauth_hash = NULL, oauth_session = NULL, oauth_until = NULL WHERE merchant_id = $1 AND id = $2 AND oauth_hash = $3";
    pub SIGNED_IN = "UPDATE accounting_connections SET state = 'on', office = $3, place = $4, tokens = $5, tokens_version = tokens_version + 1, expires_at = $6, refreshed_at = $7,
        refresh_until = 0, refresh_by = '', quiet_until = 0, words = '', connected_at = $7, updated_at = $7 WHERE merchant_id = $1 AND id = $2";
    /// The refresh, for who saw these tokens and nobody else holding it.
    pub TAKE_REFRESH = "UPDATE accounting_connections SET refresh_until = $5, refresh_by = $6 WHERE merchant_id = $1 AND id = $2 AND tokens_version = $3 AND refresh_until = $4 AND state = 'on'";
    pub REFRESHED = "UPDATE accounting_connections SET tokens = $4, tokens_version = tokens_version + 1, expires_at = $5, refreshed_at = $6, refresh_until = 0, refresh_by = '', words = ''
        WHERE merchant_id = $1 AND id = $2 AND refresh_by = $3 AND state = 'on'";
    pub REFRESH_LOST = "UPDATE accounting_connections SET state = 'lost', tokens = '', refresh_until = 0, refresh_by = '', words = $4, updated_at = $5
        WHERE merchant_id = $1 AND id = $2 AND refresh_by = $3 AND state = 'on'";
    pub REFRESH_LATER = "UPDATE accounting_connections SET refresh_until = 0, refresh_by = '', words = $4, quiet_until = $5 WHERE merchant_id = $1 AND id = $2 AND refresh_by = $3";
    /// The token is not taken any more: the next who asks refreshes it.
    pub EXPIRED = "UPDATE accounting_connections SET expires_at = 0 WHERE merchant_id = $1 AND id = $2";
    pub LOST = "UPDATE accounting_connections SET state = 'lost', tokens = '', words = $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'on'";
    pub COUNT_LOST = "SELECT COUNT(*) FROM accounting_connections WHERE merchant_id = $1 AND state = 'lost'";
    pub QUIET = "UPDATE accounting_connections SET quiet_until = $3, words = $4 WHERE merchant_id = $1 AND id = $2 AND quiet_until < $3";
    pub SET_MAPPING = "UPDATE accounting_connections SET mapping = $3, daily = $4, collected_at = CASE WHEN $5 THEN 0 ELSE collected_at END, updated_at = $6 WHERE merchant_id = $1 AND id = $2";
    pub SET_SHEETS = "UPDATE accounting_connections SET sheets = $3, sheets_at = $4 WHERE merchant_id = $1 AND id = $2";
    /// Ways of taxing of the latest invoices and of those that were refused.
    pub TAXES = "SELECT t.category, t.rate FROM (SELECT id FROM invoices WHERE merchant_id = $1 AND issued_at IS NOT NULL ORDER BY issued_at DESC, id DESC LIMIT 500) i
        JOIN invoice_taxes t ON t.merchant_id = $1 AND t.invoice_id = i.id
        UNION SELECT t.category, t.rate FROM (SELECT subject_id FROM accounting_exports WHERE merchant_id = $1 AND connection_id = $2 AND state = 'refused' AND kind = 'invoice' LIMIT 500) e
        JOIN invoice_taxes t ON t.merchant_id = $1 AND t.invoice_id = e.subject_id";

    /// A run, when the one before is the one that was seen.
    pub SET_RUN = "UPDATE accounting_connections SET run_id = $3 WHERE merchant_id = $1 AND id = $2 AND (run_id = $4 OR run_id IS NULL AND $4 = '')";
    pub INSERT_RUN = "INSERT INTO accounting_runs (merchant_id, id, connection_id, created_at, created_by) VALUES ($1, $2, $3, $4, $5)";
    pub RUNS = "SELECT r.id, r.created_at, r.created_by, j.state, j.done, j.total, j.result, j.error, j.cancel_asked FROM accounting_runs r
        JOIN jobs j ON j.merchant_id = r.merchant_id AND j.id = r.id WHERE r.merchant_id = $1 AND r.connection_id = $2 AND (r.created_at, r.id) < ($3, $4)
        ORDER BY r.created_at DESC, r.id DESC LIMIT $5";
    pub RUN = "SELECT r.id, r.created_at, r.created_by, j.state, j.done, j.total, j.result, j.error, j.cancel_asked, r.connection_id FROM accounting_runs r
        JOIN jobs j ON j.merchant_id = r.merchant_id AND j.id = r.id WHERE r.merchant_id = $1 AND r.id = $2";
    /// Does the run of this connection go on?
    pub ACTIVE = "SELECT COUNT(*) FROM jobs WHERE merchant_id = $1 AND id = $2 AND state IN ('queued', 'running') AND NOT cancel_asked";
    /// What was issued behind a place, with whether its customer is anonymised.
    pub ISSUED = "SELECT i.id, i.customer_id, i.number, i.issued_at, i.state, k.number, k.anonymised_at FROM invoices i
        LEFT JOIN customers k ON k.merchant_id = i.merchant_id AND k.id = i.customer_id
        WHERE i.merchant_id = $1 AND i.issued_at IS NOT NULL AND (i.issued_at, i.id) > ($2, $3) AND i.issued_on >= $4 ORDER BY i.issued_at, i.id LIMIT $5";
    pub ADD = "INSERT INTO accounting_exports (merchant_id, connection_id, subject_id, kind, customer_id, run_id, state, reference, looked, remote_number, version, attempts, next_at, words, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, '', 0, 0, $9, '', $9) ON CONFLICT (merchant_id, connection_id, subject_id) DO NOTHING";
    pub COLLECTED_AT = "SELECT collected_at FROM accounting_connections WHERE merchant_id = $1 AND id = $2";
    pub COLLECTED = "UPDATE accounting_connections SET collected_at = $3 WHERE merchant_id = $1 AND id = $2";
    /// What an earlier run left, some of it at a time: it belongs to this one now.
    pub ADOPT = "UPDATE accounting_exports SET state = 'waiting', run_id = $4, attempts = 0, next_at = $5 WHERE merchant_id = $1 AND connection_id = $2 AND subject_id IN
        (SELECT subject_id FROM accounting_exports WHERE merchant_id = $1 AND connection_id = $2 AND state = $3 AND run_id <> $4 AND NOT (kind = 'invoice' AND remote IS NOT NULL) LIMIT 500)";
    /// Customers that changed since they were sent, some at a time.
    pub CHANGED = "UPDATE accounting_exports SET state = 'waiting', run_id = $3, attempts = 0, next_at = $4 WHERE merchant_id = $1 AND connection_id = $2 AND subject_id IN
        (SELECT e.subject_id FROM accounting_exports e JOIN customers k ON k.merchant_id = e.merchant_id AND k.id = e.subject_id
        WHERE e.merchant_id = $1 AND e.connection_id = $2 AND e.state = 'done' AND e.kind = 'customer' AND k.version > e.version AND k.anonymised_at IS NULL AND k.deleted_at IS NULL LIMIT 500)";
    /// Entries in the books whose invoice was withdrawn behind it, some at a time.
    pub WITHDRAWN = "SELECT e.subject_id FROM accounting_exports e JOIN invoices i ON i.merchant_id = e.merchant_id AND i.id = e.subject_id
        WHERE e.merchant_id = $1 AND e.connection_id = $2 AND e.state = 'done' AND e.kind = 'invoice' AND i.state = 'void' LIMIT 100";
    pub COUNT_OF_RUN = "SELECT COUNT(*) FROM accounting_exports WHERE merchant_id = $1 AND connection_id = $2 AND state = $3 AND run_id = $4";
    /// Every refused one of a run, for another try.
    pub AGAIN_OF_RUN = "UPDATE accounting_exports SET state = 'waiting', run_id = $4, attempts = 0, next_at = $5
        WHERE merchant_id = $1 AND connection_id = $2 AND state = 'refused' AND run_id = $3 AND NOT (kind = 'invoice' AND remote IS NOT NULL)";
    pub AGAIN = "UPDATE accounting_exports SET state = 'waiting', run_id = $4, attempts = 0, next_at = $5
        WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3 AND state = 'refused' AND NOT (kind = 'invoice' AND remote IS NOT NULL)";

    pub EXPORT = export!("AND subject_id = $3");
    pub EXPORTED = "SELECT remote, state FROM accounting_exports WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3";
    pub NUMBER = "SELECT number FROM customers WHERE merchant_id = $1 AND id = $2";
    /// Due in a run: customers before invoices.
    pub DUE = export!("AND state = 'waiting' AND run_id = $3 AND kind = $4 AND next_at <= $5 ORDER BY next_at, subject_id LIMIT $6");
    /// Invoices of which it is known that they are not there, and those that are to be looked for.
    pub DUE_INVOICES = export!("AND state = 'waiting' AND run_id = $3 AND kind = 'invoice' AND next_at <= $4 AND looked = $5 ORDER BY next_at, subject_id LIMIT $6");
    pub DUE_CHECKS = export!("AND check_at IS NOT NULL AND check_at <= $3 ORDER BY check_at LIMIT 1");
    /// From here on nobody knows whether it is there, until an answer comes.
    pub SENDING = "UPDATE accounting_exports SET looked = FALSE, next_at = $4 WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3 AND state = 'waiting'";
    pub HOLD = "UPDATE accounting_exports SET next_at = $4 WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3 AND state = 'waiting'";
    pub LOOKED = "UPDATE accounting_exports SET looked = TRUE, next_at = $4 WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3 AND state = 'waiting'";
    pub DONE = "UPDATE accounting_exports SET state = 'done', looked = FALSE, remote = $4, remote_number = $5, version = $6, words = '', attempts = 0, check_at = $7, done_at = $8
        WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3";
    /// A customer that was there already: it is changed next.
    pub FOUND = "UPDATE accounting_exports SET remote = $4, next_at = $5 WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3 AND state = 'waiting'";
    pub REFUSED = "UPDATE accounting_exports SET state = 'refused', looked = $4, words = $5, done_at = $6, check_at = NULL WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3";
    pub LATER = "UPDATE accounting_exports SET looked = $4, attempts = attempts + 1, next_at = $5, words = $6 WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3 AND state = 'waiting'";
    pub PAID = "UPDATE accounting_exports SET paid = $4, check_at = $5 WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3";
    /// An invoice waits until its customer is there.
    pub BEHIND = "UPDATE accounting_exports SET next_at = $4 WHERE merchant_id = $1 AND connection_id = $2 AND subject_id = $3";
    pub LOG = "INSERT INTO accounting_log (merchant_id, id, connection_id, run_id, kind, subject_id, customer_id, reference, action, result, remote_number, words, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    /// For `regulars verify`: each export with what the log says of it last, how often it was made, and how many others name the same entry.
    pub VERIFY = "SELECT e.connection_id, e.subject_id, e.state,
          COALESCE((SELECT l.result FROM accounting_log l WHERE l.merchant_id = e.merchant_id AND l.connection_id = e.connection_id AND l.subject_id = e.subject_id
            AND l.action <> 'paid' AND l.result IN ('done', 'refused') ORDER BY l.created_at DESC, l.id DESC LIMIT 1), '') AS last,
          (SELECT COUNT(*) FROM accounting_log l WHERE l.merchant_id = e.merchant_id AND l.connection_id = e.connection_id AND l.subject_id = e.subject_id
            AND l.action = 'create' AND l.result = 'done') AS made,
          (SELECT COUNT(*) FROM accounting_exports o WHERE o.merchant_id = e.merchant_id AND o.connection_id = e.connection_id AND o.kind = 'invoice'
            AND e.kind = 'invoice' AND o.remote = e.remote AND o.remote <> '' AND o.subject_id <> e.subject_id) AS shared
        FROM accounting_exports e WHERE e.merchant_id = $1 AND (e.connection_id, e.subject_id) > ($2, $3)
        ORDER BY e.connection_id, e.subject_id LIMIT $4";
    pub LOG_OF_CUSTOMER = entry!("AND l.customer_id = $2 AND (l.created_at, l.id) < ($3, $4) ORDER BY l.created_at DESC, l.id DESC LIMIT $5");
    pub LOG_OF_RUN = entry!("AND l.run_id = $2 AND (l.created_at, l.id) < ($3, $4) ORDER BY l.created_at DESC, l.id DESC LIMIT $5");
    pub EXTEND = "UPDATE accounting_connections SET lease_until = $4, worked_at = $5 WHERE merchant_id = $1 AND id = $2 AND lease_by = $3 AND state = 'on' AND quiet_until <= $5";
    pub RELEASE = "UPDATE accounting_connections SET lease_until = 0, lease_by = '' WHERE merchant_id = $1 AND id = $2 AND lease_by = $3";
    /// Directory: connections with something due that nobody holds, the one that waited longest first.
    pub READY = "SELECT c.merchant_id, c.id FROM accounting_connections c WHERE c.state = 'on' AND c.quiet_until <= $1 AND c.lease_until <= $1 AND (
        EXISTS (SELECT 1 FROM jobs j JOIN accounting_exports e ON e.merchant_id = j.merchant_id AND e.connection_id = c.id AND e.state = 'waiting' AND e.run_id = j.id AND e.next_at <= $1
          WHERE j.merchant_id = c.merchant_id AND j.id = c.run_id AND j.state IN ('queued', 'running') AND NOT j.cancel_asked)
        OR EXISTS (SELECT 1 FROM accounting_exports e WHERE e.merchant_id = c.merchant_id AND e.connection_id = c.id AND e.check_at IS NOT NULL AND e.check_at <= $1))
        ORDER BY c.worked_at, c.merchant_id, c.id LIMIT 16";
    pub TAKE = "UPDATE accounting_connections SET lease_until = $4, lease_by = $5 WHERE merchant_id = $1 AND id = $2 AND state = 'on' AND lease_until <= $3";
    /// Connections whose run begins by itself.
    pub DAILY = "SELECT c.id FROM accounting_connections c WHERE c.merchant_id = $1 AND c.state = 'on' AND c.daily
        AND NOT EXISTS (SELECT 1 FROM accounting_runs r WHERE r.merchant_id = c.merchant_id AND r.connection_id = c.id AND r.created_at > $2)";
}
