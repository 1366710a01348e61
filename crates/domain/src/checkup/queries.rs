//! All SQL of the room. It reads over all merchants, for whoever runs the installation, and gives counts and ids.

store::statements! {
    pub MERCHANTS = "SELECT id FROM merchants ORDER BY id";

    // What is sealed: whose, which, and the sealed text.
    pub PROVIDERS = "SELECT merchant_id, id, secrets FROM provider_accounts WHERE disabled_at IS NULL AND secrets <> '' ORDER BY merchant_id, id LIMIT $1";
    pub MAILBOXES = "SELECT merchant_id, id, password FROM mailboxes WHERE disabled_at IS NULL AND password <> '' ORDER BY merchant_id, id LIMIT $1";
    pub PHONES = "SELECT merchant_id, id, token FROM phone_accounts WHERE disabled_at IS NULL AND token <> '' ORDER BY merchant_id, id LIMIT $1";
    pub DKIM = "SELECT merchant_id, domain, private_key FROM dkim_keys ORDER BY merchant_id LIMIT $1";
    pub ENDPOINTS = "SELECT merchant_id, id, secrets FROM webhook_endpoints WHERE state <> 'removed' ORDER BY merchant_id, id LIMIT $1";
    pub BOOKS = "SELECT merchant_id, id, client_secret FROM accounting_connections WHERE client_secret <> '' ORDER BY merchant_id, id LIMIT $1";
    pub FACTORS = "SELECT person_id, person_id, sealed FROM second_factors WHERE confirmed_at IS NOT NULL ORDER BY person_id LIMIT $1";
    pub COPIES = "SELECT merchant_id, invoice_id, sealed FROM legal_copies ORDER BY merchant_id, invoice_id LIMIT $1";

    // What should have been done before a moment, counted no further than anybody reads.
    pub JOBS_LATE = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM job_queue WHERE run_at < $1 AND lease_until < $1 LIMIT 10001) j";
    pub MAILS_LATE = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM mail_queue WHERE run_at < $1 AND lease_until < $1 LIMIT 10001) m";
    pub EVENTS_LATE = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM provider_events WHERE state = 'waiting' AND next_at < $1 LIMIT 10001) e";
    pub CALLS_LATE = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM provider_calls WHERE state = 'waiting' AND next_at < $1 AND lease_until < $1 LIMIT 10001) c";
    pub IMPORTS_LATE = "SELECT COUNT(*) FROM imports WHERE task <> '' AND lease_until > 0 AND lease_until < $1";
    pub DELIVERIES_LATE = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM webhook_endpoints e JOIN webhook_deliveries d
        ON d.merchant_id = e.merchant_id AND d.endpoint_id = e.id AND d.state = 'waiting' AND d.next_at < $1
        WHERE e.state = 'on' AND e.quiet_until < $1 AND e.lease_until < $1 LIMIT 10001) w";

    // What a person has to look at.
    pub JOBS_FAILED = "SELECT COUNT(*) FROM jobs WHERE merchant_id = $1 AND created_at > $2 AND state = 'failed'";
    pub EVENTS_FAILED = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM provider_events WHERE state = 'failed' LIMIT 10001) e";
    pub ENDPOINTS_OFF = "SELECT COUNT(*) FROM webhook_endpoints WHERE state = 'off' AND off_reason <> 'hand'";
    pub BOOKS_LOST = "SELECT COUNT(*) FROM accounting_connections WHERE state = 'lost'";

    pub NEWEST_EVENT = "SELECT MAX(at) FROM events WHERE merchant_id = $1";
    pub MAILBOXES_READ = "SELECT merchant_id, id FROM mailboxes WHERE disabled_at IS NULL ORDER BY merchant_id, id LIMIT $1";
    pub ERASED = "SELECT merchant_id, customer_id FROM erasures WHERE noted_at IS NOT NULL ORDER BY merchant_id, id";
    pub IN_CLEAR = "SELECT 1 FROM customers WHERE merchant_id = $1 AND id = $2 AND anonymised_at IS NULL";
    pub UNSCRUBBED_SINCE = "SELECT MIN(created_at) FROM erasures WHERE scrubbed_at IS NULL AND swept_at IS NOT NULL";
}
