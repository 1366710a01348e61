//! All SQL of the room.

macro_rules! account {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.shop_id, s.name, a.provider, a.live, a.address, a.hint, a.secrets, a.created_at, a.disabled_at, a.tested_at, a.tested_words,
            a.tested_ok, a.told_at, a.merchant_id FROM provider_accounts a
            JOIN shops s ON s.merchant_id = a.merchant_id AND s.id = a.shop_id WHERE ",
            $rest
        )
    };
}
macro_rules! call {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, kind, subject_id, payload, state, attempts, next_at, error, created_at, created_by, updated_at
            FROM provider_calls WHERE merchant_id = $1 AND ",
            $rest
        )
    };
}

store::statements! {
    // Accounts.
    pub ACCOUNTS = account!("a.merchant_id = $1 ORDER BY s.name, a.provider, a.live DESC, a.id");
    pub ACCOUNT = account!("a.merchant_id = $1 AND a.id = $2");
    /// The directory: which account a webhook's address belongs to, before there is a merchant.
    pub BY_ADDRESS = account!("a.address = $1 AND a.disabled_at IS NULL");
    pub OF_SHOP = account!("a.merchant_id = $1 AND a.shop_id = $2 AND a.provider = $3 AND a.live = $4");
    pub INSERT_ACCOUNT = "INSERT INTO provider_accounts (merchant_id, id, shop_id, provider, live, address, secrets, hint, created_at, updated_at,
        tested_words, tested_ok, caught_up_at, catch_up_next_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, '', FALSE, $9, $10)";
    pub SET_SECRETS = "UPDATE provider_accounts SET secrets = $3, hint = $4, updated_at = $5, disabled_at = NULL, tested_at = NULL, tested_words = '',
        tested_ok = FALSE, catch_up_next_at = $5 WHERE merchant_id = $1 AND id = $2";
    pub DISABLE = "UPDATE provider_accounts SET disabled_at = $3, secrets = '', hint = '', updated_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub SET_TESTED = "UPDATE provider_accounts SET tested_at = $3, tested_words = $4, tested_ok = $5 WHERE merchant_id = $1 AND id = $2";
    pub SET_TOLD = "UPDATE provider_accounts SET told_at = $3 WHERE merchant_id = $1 AND id = $2 AND (told_at IS NULL OR told_at < $3)";
    /// The directory: whose past events are to be looked through.
    pub CATCH_UP_DUE = "SELECT merchant_id, id, caught_up_at FROM provider_accounts
        WHERE disabled_at IS NULL AND catch_up_next_at <= $1 AND provider <> 'test' ORDER BY catch_up_next_at LIMIT 1";
    pub CATCH_UP_TAKE = "UPDATE provider_accounts SET catch_up_next_at = $4 WHERE merchant_id = $1 AND id = $2 AND catch_up_next_at <= $3";
    pub CAUGHT_UP = "UPDATE provider_accounts SET caught_up_at = $3, catch_up_next_at = $4 WHERE merchant_id = $1 AND id = $2";

    // The inbox.
    pub RECEIVE = "INSERT INTO provider_events (merchant_id, account_id, event_id, kind, happened_at, received_at, state, attempts, next_at, error, body)
        VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, '', $8) ON CONFLICT (merchant_id, account_id, event_id) DO NOTHING";
    /// The directory: what waits, over all merchants, oldest first.
    pub EVENTS_DUE = "SELECT merchant_id, account_id, event_id FROM provider_events WHERE state = 'waiting' AND next_at <= $1
        ORDER BY next_at, event_id LIMIT $2";
    pub TAKE_EVENT = "UPDATE provider_events SET state = 'done', error = '' WHERE merchant_id = $1 AND account_id = $2 AND event_id = $3 AND state = 'waiting'";
    pub EVENT_BODY = "SELECT body FROM provider_events WHERE merchant_id = $1 AND account_id = $2 AND event_id = $3";
    pub EVENT_LATER = "UPDATE provider_events SET attempts = attempts + 1, next_at = $4, error = $5,
        state = CASE WHEN attempts + 1 >= $6 THEN 'failed' ELSE 'waiting' END
        WHERE merchant_id = $1 AND account_id = $2 AND event_id = $3 AND state = 'waiting'";
    pub EVENT_ATTEMPTS = "SELECT attempts FROM provider_events WHERE merchant_id = $1 AND account_id = $2 AND event_id = $3";
    pub FAILED_EVENTS = "SELECT event_id, kind, received_at, error FROM provider_events WHERE merchant_id = $1 AND account_id = $2 AND state = 'failed'
        ORDER BY received_at DESC, event_id LIMIT $3";
    pub RETRY_EVENTS = "UPDATE provider_events SET state = 'waiting', attempts = 0, next_at = $3 WHERE merchant_id = $1 AND account_id = $2 AND state = 'failed'";
    pub WAITING_EVENTS = "SELECT COUNT(*) FROM provider_events WHERE merchant_id = $1 AND account_id = $2 AND state = 'waiting'";
    pub FORGET_BODIES = "DELETE FROM provider_events WHERE merchant_id = $1 AND state = 'done' AND received_at < $2";

    // News that waits, and what is known of the provider's own things.
    pub PARK = "INSERT INTO provider_waiting (merchant_id, account_id, waits_for, position, news) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (merchant_id, account_id, waits_for, position) DO NOTHING";
    pub PARKED = "SELECT position, news FROM provider_waiting WHERE merchant_id = $1 AND account_id = $2 AND waits_for = $3 ORDER BY position";
    pub UNPARK = "DELETE FROM provider_waiting WHERE merchant_id = $1 AND account_id = $2 AND waits_for = $3";
    pub ACCOUNTS_OF_SHOP = "SELECT id FROM provider_accounts WHERE merchant_id = $1 AND shop_id = $2 ORDER BY id";
    /// An event that was applied is applied once more, as long as its body is kept.
    pub APPLY_AGAIN = "UPDATE provider_events SET state = 'waiting', attempts = 0, next_at = $4
        WHERE merchant_id = $1 AND account_id = $2 AND event_id = $3 AND state = 'done'";
    /// Orders that never came: their events are forgotten by now.
    pub FORGET_WAITING = "DELETE FROM provider_waiting WHERE merchant_id = $1 AND waits_for LIKE 'order:%' AND position < $2";
    pub FACT = "SELECT value FROM provider_facts WHERE merchant_id = $1 AND account_id = $2 AND kind = $3 AND reference = $4";
    pub PUT_FACT = "INSERT INTO provider_facts (merchant_id, account_id, kind, reference, value) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (merchant_id, account_id, kind, reference) DO UPDATE SET value = excluded.value";
    pub ORDER_BY_EXTERNAL = "SELECT id, customer_id FROM orders WHERE merchant_id = $1 AND shop_id = $2 AND external_id = $3";
    pub ORDER_BY_ID = "SELECT id, customer_id FROM orders WHERE merchant_id = $1 AND shop_id = $2 AND id = $3";
    pub ORDER_BY_NUMBER = "SELECT id, customer_id FROM orders WHERE merchant_id = $1 AND shop_id = $2 AND number = $3";
    pub ERASED = "SELECT anonymised_at IS NOT NULL FROM customers WHERE merchant_id = $1 AND id = $2";

    // What providers are asked.
    pub INSERT_CALL = "INSERT INTO provider_calls (merchant_id, id, account_id, kind, subject_id, payload, state, attempts, next_at, lease_until,
        error, created_at, created_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, 0, '', $7, $8, $7)";
    /// One that was not tried yet says the newest word.
    pub UNSENT_CALLS = "SELECT id, payload FROM provider_calls WHERE merchant_id = $1 AND account_id = $2
        AND subject_id = $3 AND kind = $4 AND state = 'waiting' AND attempts = 0 AND lease_until = 0 ORDER BY id";
    pub REPLACE_CALL = "UPDATE provider_calls SET payload = $3, created_at = $4, created_by = $5, updated_at = $4 WHERE merchant_id = $1 AND id = $2
        AND state = 'waiting' AND attempts = 0 AND lease_until = 0";
    pub CALL = call!("id = $2");
    pub CALLS_OF = call!("subject_id = $2 ORDER BY id DESC LIMIT $3");
    pub CALLS_OF_ACCOUNT = "SELECT id, account_id, kind, subject_id, payload, state, attempts, next_at, error, created_at, created_by, updated_at
        FROM provider_calls WHERE merchant_id = $1 AND account_id = $2 AND (state = 'waiting' AND attempts > 0 OR state = 'refused' AND updated_at > $3)
        ORDER BY updated_at DESC, id DESC LIMIT 20";
    /// The directory: what is due, over all merchants; of one subject one after the other.
    pub CALLS_DUE = "SELECT c.merchant_id, c.id FROM provider_calls c WHERE c.state = 'waiting' AND c.next_at <= $1 AND c.lease_until <= $1
        AND NOT EXISTS (SELECT 1 FROM provider_calls o WHERE o.merchant_id = c.merchant_id AND o.subject_id = c.subject_id AND o.account_id = c.account_id
          AND o.state = 'waiting' AND o.id < c.id)
        ORDER BY c.next_at, c.id LIMIT 8";
    pub TAKE_CALL = "UPDATE provider_calls SET lease_until = $4, attempts = attempts + 1, updated_at = $3
        WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND lease_until <= $3";
    pub END_CALL = "UPDATE provider_calls SET state = $3, error = $4, lease_until = 0, payload = $5, updated_at = $6
        WHERE merchant_id = $1 AND id = $2 AND state = 'waiting'";
    pub CALL_LATER = "UPDATE provider_calls SET error = $3, next_at = $4, lease_until = 0, updated_at = $5
        WHERE merchant_id = $1 AND id = $2 AND state = 'waiting'";
    pub RETRY_CALL = "UPDATE provider_calls SET next_at = $3, lease_until = 0, updated_at = $3 WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND lease_until <= $3";
    /// Ends a call that nobody has begun to send.
    pub WITHDRAW = "UPDATE provider_calls SET state = $4, error = $5, payload = '', updated_at = $6 WHERE merchant_id = $1 AND subject_id = $2 AND kind = $3
        AND state = 'waiting' AND attempts = 0 AND lease_until = 0";
    // Evidence in disputes.
    pub EVIDENCE = "SELECT words, submitted_at FROM dispute_evidence WHERE merchant_id = $1 AND dispute_id = $2";
    pub SAVE_EVIDENCE = "INSERT INTO dispute_evidence (merchant_id, dispute_id, words, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (merchant_id, dispute_id) DO UPDATE SET words = excluded.words, saved_at = excluded.saved_at, saved_by = excluded.saved_by";
    pub SUBMIT_EVIDENCE = "INSERT INTO dispute_evidence (merchant_id, dispute_id, words, saved_at, saved_by, submitted_at) VALUES ($1, $2, '', $3, $4, $3)
        ON CONFLICT (merchant_id, dispute_id) DO UPDATE SET submitted_at = excluded.submitted_at";
    pub EVIDENCE_FILES = "SELECT id, kind, name, size FROM dispute_files WHERE merchant_id = $1 AND dispute_id = $2 ORDER BY added_at, id";
    pub EVIDENCE_BYTES = "SELECT id, kind, name, content_type, bytes, provider_ref FROM dispute_files WHERE merchant_id = $1 AND dispute_id = $2 ORDER BY added_at, id";
    pub ADD_EVIDENCE_FILE = "INSERT INTO dispute_files (merchant_id, id, dispute_id, kind, name, content_type, size, bytes, provider_ref, added_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9)";
    pub DROP_EVIDENCE_FILE = "DELETE FROM dispute_files WHERE merchant_id = $1 AND dispute_id = $2 AND kind = $3";
    pub SET_EVIDENCE_REF = "UPDATE dispute_files SET provider_ref = $3 WHERE merchant_id = $1 AND id = $2";
    /// Which numbers of providers are a customer's, also those that came from elsewhere than the provider.
    pub RECORDS = "SELECT f.account_id, f.reference, a.provider, a.disabled_at IS NOT NULL FROM provider_facts f
        JOIN provider_accounts a ON a.merchant_id = f.merchant_id AND a.id = f.account_id
        WHERE f.merchant_id = $1 AND f.kind = 'customer' AND f.value = $2
        UNION SELECT a.id, x.external_id, a.provider, a.disabled_at IS NOT NULL FROM external_ids x
        JOIN provider_accounts a ON a.merchant_id = x.merchant_id AND a.provider = x.system WHERE x.merchant_id = $1 AND x.customer_id = $2
        ORDER BY 1, 2";
    /// Facts about somebody's own references, whatever they say of it.
    pub DROP_FACTS = "DELETE FROM provider_facts WHERE merchant_id = $1 AND account_id = $2 AND reference = $3";
    pub ACCOUNTS_OF_CUSTOMER = "SELECT a.id, f.reference, a.provider FROM provider_facts f JOIN provider_accounts a ON a.merchant_id = f.merchant_id AND a.id = f.account_id
        WHERE f.merchant_id = $1 AND f.kind = 'customer' AND f.value = $2 AND a.disabled_at IS NULL ORDER BY a.id, f.reference";
}
