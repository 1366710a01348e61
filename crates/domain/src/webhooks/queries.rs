//! All SQL of the room. What workers ask before they know a merchant stands under *directory*.

macro_rules! endpoint {
    ($rest:literal) => {
        concat!(
            "SELECT id, url, description, wants, state, off_reason, off_at, previous_until, failing_since, failures, slow, sent_at, created_at, secrets
            FROM webhook_endpoints WHERE merchant_id = $1 AND state <> 'removed' ",
            $rest
        )
    };
}

macro_rules! delivery {
    ($rest:literal) => {
        concat!(
            "SELECT d.endpoint_id, d.event_id, COALESCE(e.kind, ''), COALESCE(e.at, 0), d.state, d.attempts, d.next_at, d.done_at, d.status, d.words
            FROM webhook_deliveries d LEFT JOIN events e ON e.merchant_id = d.merchant_id AND e.id = d.event_id
            WHERE d.merchant_id = $1 AND d.endpoint_id = $2 ",
            $rest
        )
    };
}

/// The columns of a new delivery, for many at once.
pub const COLUMNS: [&str; 8] = ["merchant_id", "endpoint_id", "event_id", "state", "attempts", "next_at", "status", "words"];

store::statements! {
    pub ENDPOINTS = endpoint!("ORDER BY created_at, id");
    pub ENDPOINT = endpoint!("AND id = $2");
    pub COUNT_ENDPOINTS = "SELECT COUNT(*) FROM webhook_endpoints WHERE merchant_id = $1 AND state <> 'removed'";
    /// Those that Regulars switched off.
    pub COUNT_GIVEN_UP = "SELECT COUNT(*) FROM webhook_endpoints WHERE merchant_id = $1 AND state = 'off' AND off_reason <> 'hand'";
    pub INSERT_ENDPOINT = "INSERT INTO webhook_endpoints (merchant_id, id, url, description, wants, state, off_reason, secrets, failures, slow, quiet_until, lease_until,
        lease_by, sent_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'on', '', $6, 0, FALSE, 0, 0, '', 0, $7, $7)";
    pub EDIT_ENDPOINT = "UPDATE webhook_endpoints SET url = $3, description = $4, wants = $5, updated_at = $6 WHERE merchant_id = $1 AND id = $2";
    /// Two who turn a secret at once do it one behind the other.
    pub HOLD_ENDPOINT = "UPDATE webhook_endpoints SET updated_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub SET_SECRETS = "UPDATE webhook_endpoints SET secrets = $3, previous_until = $4, updated_at = $5 WHERE merchant_id = $1 AND id = $2";
    pub SWITCH_OFF = "UPDATE webhook_endpoints SET state = 'off', off_reason = $3, off_at = $4, updated_at = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'on'";
    pub SWITCH_ON = "UPDATE webhook_endpoints SET state = 'on', off_reason = '', off_at = NULL, failing_since = NULL, failures = 0, slow = FALSE, quiet_until = 0, updated_at = $3
        WHERE merchant_id = $1 AND id = $2 AND state = 'off'";
    pub REMOVE = "UPDATE webhook_endpoints SET state = 'removed', updated_at = $3 WHERE merchant_id = $1 AND id = $2 AND state <> 'removed'";
    pub HURRY = "UPDATE webhook_endpoints SET quiet_until = 0 WHERE merchant_id = $1 AND id = $2";
    pub DROP_WANTS = "DELETE FROM webhook_wants WHERE merchant_id = $1 AND endpoint_id = $2";
    pub INSERT_WANT = "INSERT INTO webhook_wants (merchant_id, kind, endpoint_id) VALUES ($1, $2, $3) ON CONFLICT (merchant_id, kind, endpoint_id) DO NOTHING";
    pub WANTS = "SELECT endpoint_id, kind FROM webhook_wants WHERE merchant_id = $1";
    /// A delivery of an event for each endpoint that wants its kind, or its noun, or everything.
    pub FAN_OUT = "INSERT INTO webhook_deliveries (merchant_id, endpoint_id, event_id, state, attempts, next_at, status, words)
        SELECT DISTINCT w.merchant_id, w.endpoint_id, CAST($2 AS TEXT), 'waiting', 0, CAST($5 AS BIGINT), 0, '' FROM webhook_wants w
        WHERE w.merchant_id = $1 AND w.kind IN ('*', $3, $4)";
    /// One delivery, or the same again: it begins anew.
    pub ASK = "INSERT INTO webhook_deliveries (merchant_id, endpoint_id, event_id, state, attempts, next_at, status, words) VALUES ($1, $2, $3, 'waiting', 0, $4, 0, '')
        ON CONFLICT (merchant_id, endpoint_id, event_id) DO UPDATE SET state = 'waiting', attempts = 0, first_at = NULL, next_at = excluded.next_at, done_at = NULL, words = ''";
    /// The same, unless it arrived.
    pub ASK_UNDELIVERED = "INSERT INTO webhook_deliveries (merchant_id, endpoint_id, event_id, state, attempts, next_at, status, words) VALUES ($1, $2, $3, 'waiting', 0, $4, 0, '')
        ON CONFLICT (merchant_id, endpoint_id, event_id) DO UPDATE SET state = 'waiting', attempts = 0, first_at = NULL, next_at = excluded.next_at, done_at = NULL, words = ''
        WHERE webhook_deliveries.state = 'failed'";
    /// Events of a span from behind a place on, oldest first: what a replay walks over.
    pub SPAN = "SELECT id, kind, at FROM events WHERE merchant_id = $1 AND (at, id) > ($2, $3) AND at < $4 ORDER BY at, id LIMIT $5";
    pub DELIVERY = delivery!("AND d.event_id = $3");
    pub DELIVERIES = delivery!("AND d.event_id < $3 ORDER BY d.event_id DESC LIMIT $4");
    pub DELIVERED = delivery!("AND d.state = 'delivered' AND d.event_id < $3 ORDER BY d.event_id DESC LIMIT $4");
    pub FAILED = delivery!("AND d.state = 'failed' AND d.event_id < $3 ORDER BY d.event_id DESC LIMIT $4");
    pub WAITING = delivery!("AND d.state = 'waiting' AND (d.next_at, d.event_id) > ($3, $4) ORDER BY d.next_at, d.event_id LIMIT $5");
    /// How many wait and failed, counted no further than a page can say.
    pub COUNT_WAITING = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM webhook_deliveries WHERE merchant_id = $1 AND endpoint_id = $2 AND state = 'waiting' LIMIT 10001) w";
    pub COUNT_FAILED = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM webhook_deliveries WHERE merchant_id = $1 AND endpoint_id = $2 AND state = 'failed' LIMIT 10001) f";
    pub ATTEMPTS = "SELECT url, created_at, duration, status, error, answer, timestamp, signature FROM webhook_attempts WHERE merchant_id = $1 AND endpoint_id = $2 AND event_id = $3
        ORDER BY id DESC LIMIT 100";
    pub INSERT_ATTEMPT = "INSERT INTO webhook_attempts (merchant_id, id, endpoint_id, event_id, url, created_at, duration, status, error, answer, timestamp, signature)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// May what a receiver answers to this event be kept? Not once its customer was erased.
    pub MAY_KEEP = "SELECT e.customer_id IS NULL OR (c.id IS NOT NULL AND c.anonymised_at IS NULL) FROM events e
        LEFT JOIN customers c ON c.merchant_id = e.merchant_id AND c.id = e.customer_id WHERE e.merchant_id = $1 AND e.id = $2";
    /// A try of a delivery that still waits: what it is now.
    pub TRIED = "UPDATE webhook_deliveries SET state = $4, attempts = attempts + 1, first_at = COALESCE(first_at, $5), next_at = $6, done_at = $7, status = $8, words = $9
        WHERE merchant_id = $1 AND endpoint_id = $2 AND event_id = $3 AND state = 'waiting'";
    /// How an endpoint stands after a round.
    pub AFTER_ROUND = "UPDATE webhook_endpoints SET failing_since = $3, failures = $4, slow = $5, quiet_until = $6, sent_at = $7 WHERE merchant_id = $1 AND id = $2";
    pub EXTEND = "UPDATE webhook_endpoints SET lease_until = $4 WHERE merchant_id = $1 AND id = $2 AND lease_by = $3 AND state = 'on'";
    pub RELEASE = "UPDATE webhook_endpoints SET lease_until = 0, lease_by = '' WHERE merchant_id = $1 AND id = $2 AND lease_by = $3";
    pub DUE = "SELECT event_id, attempts, first_at FROM webhook_deliveries WHERE merchant_id = $1 AND endpoint_id = $2 AND state = 'waiting' AND next_at <= $3
        ORDER BY next_at, event_id LIMIT $4";
    pub FAIL_SLICE = "UPDATE webhook_deliveries SET state = 'failed', done_at = $3, words = $4 WHERE merchant_id = $1 AND endpoint_id = $2 AND state = 'waiting' AND event_id IN
        (SELECT event_id FROM webhook_deliveries WHERE merchant_id = $1 AND endpoint_id = $2 AND state = 'waiting' ORDER BY next_at, event_id LIMIT 500)";
    pub DROP_ATTEMPTS = "DELETE FROM webhook_attempts WHERE merchant_id = $1 AND id IN
        (SELECT id FROM webhook_attempts WHERE merchant_id = $1 AND endpoint_id = $2 LIMIT 500)";
    pub DROP_DELIVERIES = "DELETE FROM webhook_deliveries WHERE merchant_id = $1 AND endpoint_id = $2 AND event_id IN
        (SELECT event_id FROM webhook_deliveries WHERE merchant_id = $1 AND endpoint_id = $2 LIMIT 500)";
    pub DROP_DELIVERY = "DELETE FROM webhook_deliveries WHERE merchant_id = $1 AND endpoint_id = $2 AND event_id = $3";
    pub DROP_ENDPOINT = "DELETE FROM webhook_endpoints WHERE merchant_id = $1 AND id = $2 AND state = 'removed'";
    pub FORGET_ATTEMPTS = "DELETE FROM webhook_attempts WHERE merchant_id = $1 AND id IN
        (SELECT id FROM webhook_attempts WHERE merchant_id = $1 AND created_at < $2 ORDER BY created_at LIMIT 500)";
    pub FORGET_DELIVERIES = "DELETE FROM webhook_deliveries WHERE merchant_id = $1 AND (endpoint_id, event_id) IN
        (SELECT endpoint_id, event_id FROM webhook_deliveries WHERE merchant_id = $1 AND done_at IS NOT NULL AND done_at < $2 ORDER BY done_at LIMIT 500)";
    /// Directory: endpoints with something due that nobody holds, the one that waited longest first.
    pub READY = "SELECT e.merchant_id, e.id, e.slow, e.failures FROM webhook_endpoints e WHERE e.state = 'on' AND e.quiet_until <= $1 AND e.lease_until <= $1
        AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.merchant_id = e.merchant_id AND d.endpoint_id = e.id AND d.state = 'waiting' AND d.next_at <= $1)
        ORDER BY e.sent_at, e.merchant_id, e.id LIMIT 64";
    pub TAKE = "UPDATE webhook_endpoints SET lease_until = $4, lease_by = $5 WHERE merchant_id = $1 AND id = $2 AND state = 'on' AND lease_until <= $3";
    /// Directory: an endpoint that is off and has messages waiting all the same.
    pub STRANDED = "SELECT e.merchant_id, e.id FROM webhook_endpoints e WHERE e.state <> 'on'
        AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.merchant_id = e.merchant_id AND d.endpoint_id = e.id AND d.state = 'waiting') LIMIT 1";
    /// Directory: an endpoint to forget.
    pub REMOVED = "SELECT merchant_id, id FROM webhook_endpoints WHERE state = 'removed' LIMIT 1";
    /// Directory, for the metrics: how many wait, counted to a hundred thousand.
    pub ALL_WAITING = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM webhook_deliveries WHERE state = 'waiting' LIMIT 100000) w";
}
