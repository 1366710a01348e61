//! SQL of the room that is written out. What follows from the register of columns is built from it in `clear` and `sweep`.

/// Orders of nobody; the fourth column says whether one is open.
macro_rules! guest_orders {
    ($rest:literal) => {
        concat!(
            "SELECT id, email_key, phone_key, state IN ('draft', 'open', 'paid'), number FROM orders WHERE merchant_id = $1 AND customer_id IS NULL AND ",
            $rest
        )
    };
}
/// Payments of nobody; the fourth column says whether one is on its way.
macro_rules! guest_payments {
    ($rest:literal) => {
        concat!(
            "SELECT id, email_key, phone_key, (status = 'pending' OR refund_pending > 0), amount, currency FROM payments
            WHERE merchant_id = $1 AND customer_id IS NULL AND ",
            $rest
        )
    };
}
/// Whose an address is: people who are here, or were deleted and may come back.
macro_rules! owners {
    ($inner:expr) => {
        concat!(
            "SELECT c.id FROM (",
            $inner,
            ") k CROSS JOIN customers c WHERE c.merchant_id = $1 AND c.id = k.customer_id AND c.merged_into IS NULL AND c.anonymised_at IS NULL"
        )
    };
}

/// Blocks of a customer's addresses and cards that name nobody.
macro_rules! keyed_blocks {
    () => {
        "SELECT id FROM blocks WHERE merchant_id = $1 AND customer_id IS NULL AND key <> '' AND key IN (
        SELECT email_key FROM customers WHERE merchant_id = $1 AND id = $2
        UNION SELECT key FROM customer_contacts WHERE merchant_id = $1 AND customer_id = $2
        UNION SELECT fingerprint FROM payment_methods WHERE merchant_id = $1 AND customer_id = $2
        UNION SELECT key FROM payment_keys WHERE merchant_id = $1 AND customer_id = $2)"
    };
}

store::statements! {
    pub HEAD = "SELECT id, name, first_name, last_name, company, email, number, merged_into FROM customers WHERE merchant_id = $1 AND id = $2";
    pub(super) OPT_OUT = "SELECT email_key FROM customers WHERE merchant_id = $1 AND id = $2 AND NOT marketing AND marketing_at IS NOT NULL
        UNION SELECT k.key FROM customer_contacts k JOIN customers c ON c.merchant_id = k.merchant_id AND c.id = k.customer_id
        WHERE k.merchant_id = $1 AND k.customer_id = $2 AND k.kind = 'email' AND NOT c.marketing AND c.marketing_at IS NOT NULL";

    // What stands in the way.
    pub(super) OPEN_ORDERS = "SELECT id, number FROM orders WHERE merchant_id = $1 AND customer_id = $2 AND state IN ('draft', 'open', 'paid')
        ORDER BY ordered_at, id LIMIT 201";
    pub(super) OPEN_INVOICES = "SELECT id, COALESCE(number, '') FROM invoices WHERE merchant_id = $1 AND customer_id = $2 AND state IN ('draft', 'open', 'partly_paid')
        ORDER BY created_at, id LIMIT 201";
    /// Drafts, and sent ones with their last day; whether that is over the caller sees.
    pub(super) OPEN_OFFERS = "SELECT id, number, valid_until, state FROM offers WHERE merchant_id = $1 AND customer_id = $2 AND state IN ('draft', 'sent')
        ORDER BY created_at, id";
    /// Drafts, and those that bind; whether their last day is over the caller sees.
    pub(super) OPEN_CONTRACTS = "SELECT id, number, state, ends_on, renew_months > 0 FROM contracts WHERE merchant_id = $1 AND customer_id = $2
        AND state IN ('draft', 'running', 'notice') ORDER BY created_at, id";
    pub(super) OPEN_RETURNS = "SELECT t.id, t.number FROM orders o JOIN returns t ON t.merchant_id = o.merchant_id AND t.order_id = o.id
        WHERE o.merchant_id = $1 AND o.customer_id = $2 AND t.state IN ('requested', 'approved', 'received') ORDER BY t.created_at, t.id LIMIT 201";
    pub(super) OPEN_PAYMENTS = "SELECT id, amount, currency FROM payments WHERE merchant_id = $1 AND customer_id = $2 AND (status = 'pending' OR refund_pending > 0)
        ORDER BY paid_at, id LIMIT 201";
    pub(super) OPEN_CHARGES = "SELECT id, amount, currency FROM charges WHERE merchant_id = $1 AND customer_id = $2 AND state IN ('asked', 'unclear')
        ORDER BY created_at, id LIMIT 201";
    pub(super) OPEN_PAYMENT_LINKS = "SELECT id, amount, currency, expires_at FROM payment_links WHERE merchant_id = $1 AND customer_id = $2 AND state = 'open'
        ORDER BY created_at, id";
    pub(super) OPEN_DISPUTES = "SELECT d.id, d.amount, d.currency FROM payments p JOIN disputes d ON d.merchant_id = p.merchant_id AND d.payment_id = p.id
        WHERE p.merchant_id = $1 AND p.customer_id = $2 AND d.status = 'open' ORDER BY d.opened_at, d.id LIMIT 201";
    pub(super) LIVE_SUBSCRIPTIONS = "SELECT id, name, ends_at FROM subscriptions WHERE merchant_id = $1 AND customer_id = $2
        AND status IN ('trialing', 'active', 'past_due', 'paused', 'cancelled') ORDER BY started_at, id LIMIT 201";
    pub(super) BALANCES = "SELECT currency, balance, currency FROM credit_balances WHERE merchant_id = $1 AND customer_id = $2 AND balance > 0 ORDER BY currency";
    /// Calls that were not answered, about the customer or a thing of it.
    pub(super) OPEN_TICKETS = "SELECT id, number FROM tickets WHERE merchant_id = $1 AND customer_id = $2 AND status <> 'closed' ORDER BY created_at, id LIMIT 201";
    pub(super) OPEN_CALLS = "SELECT id, kind FROM provider_calls WHERE merchant_id = $1 AND state = 'waiting' AND subject_id IN (
        SELECT CAST($2 AS TEXT) UNION SELECT id FROM subscriptions WHERE merchant_id = $1 AND customer_id = $2
        UNION SELECT id FROM charges WHERE merchant_id = $1 AND customer_id = $2 UNION SELECT id FROM payment_links WHERE merchant_id = $1 AND customer_id = $2
        UNION SELECT id FROM method_setups WHERE merchant_id = $1 AND customer_id = $2
        UNION SELECT id FROM payment_methods WHERE merchant_id = $1 AND customer_id = $2
        UNION SELECT r.id FROM payments p JOIN refunds r ON r.merchant_id = p.merchant_id AND r.payment_id = p.id WHERE p.merchant_id = $1 AND p.customer_id = $2
        UNION SELECT d.id FROM payments p JOIN disputes d ON d.merchant_id = p.merchant_id AND d.payment_id = p.id WHERE p.merchant_id = $1 AND p.customer_id = $2)
        ORDER BY id LIMIT 20";

    // What a key leads to but no column of the register.
    pub(super) APART_VALUES = concat!("DELETE FROM event_values WHERE merchant_id = $1 AND event_id IN (
        SELECT e.id FROM events e WHERE e.merchant_id = $1 AND e.customer_id IS NULL AND e.subject_id <> '' AND e.subject_id IN (
            SELECT id FROM orders WHERE merchant_id = $1 AND customer_id = $2 UNION SELECT id FROM payments WHERE merchant_id = $1 AND customer_id = $2
            UNION SELECT id FROM invoices WHERE merchant_id = $1 AND customer_id = $2
            UNION SELECT id FROM conversations WHERE merchant_id = $1 AND customer_id = $2
            UNION SELECT id FROM tickets WHERE merchant_id = $1 AND customer_id = $2
            UNION SELECT id FROM privacy_requests WHERE merchant_id = $1 AND customer_id = $2
            UNION SELECT r.id FROM payments p JOIN refunds r ON r.merchant_id = p.merchant_id AND r.payment_id = p.id WHERE p.merchant_id = $1 AND p.customer_id = $2
            UNION SELECT t.id FROM orders o JOIN returns t ON t.merchant_id = o.merchant_id AND t.order_id = o.id WHERE o.merchant_id = $1 AND o.customer_id = $2
            UNION ", keyed_blocks!(), "))");
    /// Blocks of the customer's addresses and cards that name nobody.
    pub(super) KEYED_BLOCKS = concat!("DELETE FROM blocks WHERE merchant_id = $1 AND id IN (", keyed_blocks!(), ")");
    /// Conversations with nobody in particular, at one of the customer's addresses.
    pub(super) KEYED_CONVERSATIONS = "SELECT id FROM conversations WHERE merchant_id = $1 AND customer_id IS NULL AND address_key <> '' AND address_key IN (
        SELECT email_key FROM customers WHERE merchant_id = $1 AND id = $2
        UNION SELECT phone_key FROM customers WHERE merchant_id = $1 AND id = $2
        UNION SELECT key FROM customer_contacts WHERE merchant_id = $1 AND customer_id = $2) ORDER BY id";
    pub(super) TAKE_CONVERSATION = "UPDATE conversations SET customer_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) TAKE_ENTRIES = "UPDATE entries SET customer_id = $3 WHERE merchant_id = $1 AND conversation_id = $2";
    /// Mail about an invoice of the customer that does not name it.
    pub(super) INVOICE_MAIL = "SELECT id FROM mails WHERE merchant_id = $1 AND invoice_id IN (SELECT id FROM invoices WHERE merchant_id = $1 AND customer_id = $2)";
    pub(super) DROP_MAIL = "DELETE FROM mails WHERE merchant_id = $1 AND id = $2";
    pub(super) DROP_WAITING_MAIL = "DELETE FROM mail_queue WHERE merchant_id = $1 AND mail_id = $2";
    /// Ids by which rows that speak of the customer find it, beside those of its own rows: the provider's numbers of its payments, blocks that name nobody.
    pub(super) IDS = concat!("SELECT provider_ref FROM payments WHERE merchant_id = $1 AND customer_id = $2 AND provider_ref IS NOT NULL
        UNION SELECT r.reference FROM payments p JOIN payment_refs r ON r.merchant_id = p.merchant_id AND r.payment_id = p.id WHERE p.merchant_id = $1 AND p.customer_id = $2
        UNION SELECT provider_ref FROM subscriptions WHERE merchant_id = $1 AND customer_id = $2 AND provider_ref IS NOT NULL
        UNION ", keyed_blocks!());

    // What stands under their addresses and is nobody's.
    pub(super) GUEST_ORDERS_BY_EMAIL = guest_orders!("email_key <> '' AND email_key = $2 ORDER BY id");
    pub(super) GUEST_ORDERS_BY_PHONE = guest_orders!("phone_key <> '' AND phone_key = $2 ORDER BY id");
    pub(super) GUEST_PAYMENTS_BY_EMAIL = guest_payments!("email_key <> '' AND email_key = $2 ORDER BY id");
    pub(super) GUEST_PAYMENTS_BY_PHONE = guest_payments!("phone_key <> '' AND phone_key = $2 ORDER BY id");
    pub(super) GUEST_PAYMENTS_OF = guest_payments!("order_id = $2 ORDER BY id");
    pub(super) GUEST_INVOICES_OF_ORDER = "SELECT id FROM invoices WHERE merchant_id = $1 AND customer_id IS NULL AND order_id = $2 ORDER BY id";
    pub(super) GUEST_INVOICES_OF_PAYMENT = "SELECT id FROM invoices WHERE merchant_id = $1 AND customer_id IS NULL AND order_id IS NULL AND payment_id = $2 ORDER BY id";
    pub(super) OWNERS_OF_EMAIL = owners!("SELECT id AS customer_id FROM customers WHERE merchant_id = $1 AND email_key = $2 AND email_key <> ''
        UNION SELECT customer_id FROM customer_contacts WHERE merchant_id = $1 AND kind = 'email' AND key = $2
        UNION SELECT customer_id FROM payment_keys WHERE merchant_id = $1 AND kind = 'email' AND key = $2");
    pub(super) OWNERS_OF_PHONE = owners!("SELECT id AS customer_id FROM customers WHERE merchant_id = $1 AND phone_key = $2 AND phone_key <> ''
        UNION SELECT customer_id FROM customer_contacts WHERE merchant_id = $1 AND kind = 'phone' AND key = $2
        UNION SELECT customer_id FROM payment_keys WHERE merchant_id = $1 AND kind = 'phone' AND key = $2");
    /// Addresses and numbers they had before, as far as the timeline still knows them.
    pub(super) FORMER = "SELECT v.field, v.old FROM events e JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
        WHERE e.merchant_id = $1 AND e.customer_id = $2 AND e.kind LIKE 'customer.%' AND v.field IN ('email', 'phone') AND v.old IS NOT NULL AND v.old <> ''";
    pub(super) OPEN_RETURNS_OF = "SELECT id, number FROM returns WHERE merchant_id = $1 AND order_id = $2 AND state IN ('requested', 'approved', 'received') ORDER BY id";
    pub(super) OPEN_INVOICES_OF = "SELECT id, COALESCE(number, '') FROM invoices WHERE merchant_id = $1 AND order_id = $2 AND customer_id IS NULL
        AND state IN ('draft', 'open', 'partly_paid') ORDER BY id";
    /// As the verb takes them: those of a payment alone.
    pub(super) OPEN_INVOICES_OF_PAYMENT = "SELECT id, COALESCE(number, '') FROM invoices WHERE merchant_id = $1 AND customer_id IS NULL AND order_id IS NULL
        AND payment_id = $2 AND state IN ('draft', 'open', 'partly_paid') ORDER BY id";
    pub(super) OPEN_DISPUTES_OF = "SELECT id, amount, currency FROM disputes WHERE merchant_id = $1 AND payment_id = $2 AND status = 'open' ORDER BY id";
    /// Tickets made of a conversation with nobody in particular, at one of the customer's addresses.
    pub(super) OPEN_KEYED_TICKETS = "SELECT t.id, t.number FROM conversations c JOIN tickets t ON t.merchant_id = c.merchant_id AND t.conversation_id = c.id
        WHERE c.merchant_id = $1 AND c.customer_id IS NULL AND t.customer_id IS NULL AND t.status <> 'closed' AND c.address_key <> '' AND c.address_key IN (
        SELECT email_key FROM customers WHERE merchant_id = $1 AND id = $2
        UNION SELECT phone_key FROM customers WHERE merchant_id = $1 AND id = $2
        UNION SELECT key FROM customer_contacts WHERE merchant_id = $1 AND customer_id = $2) ORDER BY t.created_at, t.id LIMIT 201";
    pub(super) TAKE_TICKETS = "UPDATE tickets SET customer_id = $3 WHERE merchant_id = $1 AND conversation_id = $2 AND customer_id IS NULL";
    pub(super) GIVE_ORDER = "UPDATE orders SET customer_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) GIVE_PAYMENT = "UPDATE payments SET customer_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) GIVE_INVOICE = "UPDATE invoices SET customer_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) UNLINKED_REQUESTS = "SELECT id, who, note FROM privacy_requests WHERE merchant_id = $1 AND customer_id IS NULL AND (who <> '' OR note <> '')";
    pub(super) TAKE_REQUEST = "UPDATE privacy_requests SET customer_id = $3 WHERE merchant_id = $1 AND id = $2";

    // Legal copies.
    pub(super) ISSUED = "SELECT id, buyer, note, COALESCE(issued_at, created_at) FROM invoices WHERE merchant_id = $1 AND customer_id = $2 AND number IS NOT NULL ORDER BY id";
    pub(super) KEEP_COPY = "INSERT INTO legal_copies (merchant_id, invoice_id, customer_id, country, years, keep_until, sealed, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (merchant_id, invoice_id) DO NOTHING";
    pub(super) COPY = "SELECT sealed, country, years, keep_until FROM legal_copies WHERE merchant_id = $1 AND invoice_id = $2";
    pub(super) COPIES = "SELECT c.invoice_id, i.number, c.country, c.years, c.keep_until FROM legal_copies c JOIN invoices i ON i.merchant_id = c.merchant_id AND i.id = c.invoice_id
        WHERE c.merchant_id = $1 AND c.customer_id = $2 ORDER BY c.invoice_id LIMIT 200";
    pub(super) EXPIRE = "DELETE FROM legal_copies WHERE merchant_id = $1 AND keep_until <= $2";

    // Receipts.
    pub(super) RECORD = "INSERT INTO erasures (merchant_id, id, customer_id, cause, actor_name, cleared, kept, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub(super) RECEIPT = "SELECT id, customer_id, cause, actor_name, cleared, kept, created_at, noted_at, swept_at, scrubbed_at FROM erasures WHERE merchant_id = $1 AND id = $2";
    pub(super) RECEIPT_OF = "SELECT id, customer_id, cause, actor_name, cleared, kept, created_at, noted_at, swept_at, scrubbed_at FROM erasures
        WHERE merchant_id = $1 AND customer_id = $2";
    pub(super) RECEIPTS = "SELECT id, customer_id, cause, actor_name, cleared, kept, created_at, noted_at, swept_at, scrubbed_at FROM erasures
        WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";

    // The pass.
    pub(super) WORD = "INSERT INTO erasure_words (merchant_id, erasure_id, position, kind, word) VALUES ($1, $2, $3, $4, $5)";
    pub(super) WAITING_PASS = "SELECT 1 FROM jobs WHERE merchant_id = $1 AND kind = $2 AND state = 'queued' LIMIT 1";
    pub(super) UNSWEPT = "SELECT id FROM erasures WHERE merchant_id = $1 AND swept_at IS NULL AND (job_id IS NULL OR job_id = $2) AND id > $4 ORDER BY id LIMIT $3";
    pub(super) TAKE = "UPDATE erasures SET job_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) WORDS = "SELECT w.kind, w.word FROM erasures e JOIN erasure_words w ON w.merchant_id = e.merchant_id AND w.erasure_id = e.id
        WHERE e.merchant_id = $1 AND e.swept_at IS NULL AND e.job_id = $2 ORDER BY w.erasure_id, w.position";
    pub(super) NEWEST = "SELECT MAX(created_at) FROM erasures WHERE merchant_id = $1 AND swept_at IS NULL AND job_id = $2";
    pub(super) FORGET_WORDS = "DELETE FROM erasure_words WHERE merchant_id = $1 AND erasure_id IN
        (SELECT id FROM erasures WHERE merchant_id = $1 AND swept_at IS NULL AND job_id = $2)";
    pub(super) SWEPT = "UPDATE erasures SET swept_at = $3 WHERE merchant_id = $1 AND swept_at IS NULL AND job_id = $2";
    pub(super) LET_GO = "UPDATE erasures SET job_id = NULL WHERE merchant_id = $1 AND swept_at IS NULL AND job_id = $2";
    /// Those whose pass ended without them: it failed, or something was still being worked on.
    pub(super) STRANDED = "UPDATE erasures SET job_id = NULL WHERE merchant_id = $1 AND swept_at IS NULL AND job_id IS NOT NULL
        AND job_id NOT IN (SELECT id FROM jobs WHERE merchant_id = $1 AND state IN ('queued', 'running'))";

    pub(super) NUMBER = "SELECT number, COALESCE((SELECT next FROM series WHERE merchant_id = $1 AND id = 'customer'), 0) FROM customers
        WHERE merchant_id = $1 AND id = $2";
    pub(super) KEEP_NUMBER = "INSERT INTO erased_numbers (merchant_id, number_hash, customer_id, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, number_hash) DO UPDATE SET customer_id = excluded.customer_id, created_at = excluded.created_at";
    /// The key of hashes, where any number is kept as one.
    pub(super) NUMBERS_KEY = "SELECT hash_key FROM privacy_settings WHERE merchant_id = $1 AND hash_key <> ''
        AND EXISTS (SELECT 1 FROM erased_numbers WHERE merchant_id = $1)";
    pub(super) BY_NUMBER = "SELECT c.id FROM erased_numbers e JOIN customers c ON c.merchant_id = e.merchant_id AND c.id = e.customer_id
        WHERE e.merchant_id = $1 AND e.number_hash = $2";
    pub(super) SET_NUMBER = "UPDATE customers SET number = $3 WHERE merchant_id = $1 AND id = $2
        AND NOT EXISTS (SELECT 1 FROM customers WHERE merchant_id = $1 AND number = $3)";

    // The ledger and the bytes.
    pub(super) UNNOTED = "SELECT merchant_id, id, customer_id, created_at FROM erasures WHERE noted_at IS NULL ORDER BY merchant_id, id LIMIT 1000";
    pub(super) NOTED = "UPDATE erasures SET noted_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) UNSCRUBBED = "SELECT merchant_id, id FROM erasures WHERE scrubbed_at IS NULL AND swept_at IS NOT NULL LIMIT 1000";
    pub(super) SCRUBBED = "UPDATE erasures SET scrubbed_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) IS_ANONYMISED = "SELECT anonymised_at IS NOT NULL FROM customers WHERE merchant_id = $1 AND id = $2";

    // Settings and refusals.
    pub(super) SETTINGS = "SELECT keep_years FROM privacy_settings WHERE merchant_id = $1";
    pub(super) SAVE_YEARS = "INSERT INTO privacy_settings (merchant_id, keep_years, hash_key, updated_at) VALUES ($1, $2, '', $3)
        ON CONFLICT (merchant_id) DO UPDATE SET keep_years = excluded.keep_years, updated_at = excluded.updated_at";
    pub(super) HASH_KEY = "SELECT hash_key FROM privacy_settings WHERE merchant_id = $1 AND hash_key <> ''";
    pub(super) SAVE_KEY = "INSERT INTO privacy_settings (merchant_id, keep_years, hash_key, updated_at) VALUES ($1, NULL, $2, $3)
        ON CONFLICT (merchant_id) DO UPDATE SET hash_key = CASE WHEN privacy_settings.hash_key = '' THEN excluded.hash_key ELSE privacy_settings.hash_key END";
    pub(super) REFUSE = "INSERT INTO marketing_refusals (merchant_id, address_hash, created_at) VALUES ($1, $2, $3) ON CONFLICT (merchant_id, address_hash) DO NOTHING";
    pub(super) REFUSED = "SELECT 1 FROM marketing_refusals WHERE merchant_id = $1 AND address_hash = $2";
    pub(super) NO_MARKETING = "UPDATE customers SET marketing = FALSE, marketing_at = $3 WHERE merchant_id = $1 AND id = $2";

    // Retention.
    pub(super) RULES = "SELECT s.id, s.name, r.months, r.warn_days FROM shops s LEFT JOIN retention_rules r ON r.merchant_id = s.merchant_id AND r.shop_id = s.id
        WHERE s.merchant_id = $1 ORDER BY s.name_key";
    pub(super) SET_RULE = "INSERT INTO retention_rules (merchant_id, shop_id, months, updated_at, warn_days) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (merchant_id, shop_id) DO UPDATE SET months = excluded.months, warn_days = excluded.warn_days, updated_at = excluded.updated_at";
    pub(super) DROP_RULE = "DELETE FROM retention_rules WHERE merchant_id = $1 AND shop_id = $2";
    /// The next customers by id, with their last sign of life; without what is gone already.
    pub(super) CANDIDATES = "SELECT c.id, c.shop_id, c.created_at, c.last_order_at, c.last_paid_at, a.signed_in_at, x.customer_id IS NOT NULL,
        w.last_at, w.warned_at, c.email_key, c.deleted_at IS NOT NULL
        FROM customers c LEFT JOIN retention_exempt x ON x.merchant_id = c.merchant_id AND x.customer_id = c.id
        LEFT JOIN retention_warnings w ON w.merchant_id = c.merchant_id AND w.customer_id = c.id
        LEFT JOIN portal_access a ON a.merchant_id = c.merchant_id AND a.customer_id = c.id
        WHERE c.merchant_id = $1 AND c.id > $2 AND c.anonymised_at IS NULL AND c.merged_into IS NULL ORDER BY c.id LIMIT $3";
    pub(super) SHOPS_OF = "SELECT shop_id FROM customer_shops WHERE merchant_id = $1 AND customer_id = $2";
    pub(super) EXEMPT = "INSERT INTO retention_exempt (merchant_id, customer_id, created_at) VALUES ($1, $2, $3) ON CONFLICT (merchant_id, customer_id) DO NOTHING";
    pub(super) NOT_EXEMPT = "DELETE FROM retention_exempt WHERE merchant_id = $1 AND customer_id = $2";
    pub(super) IS_EXEMPT = "SELECT 1 FROM retention_exempt WHERE merchant_id = $1 AND customer_id = $2";
    pub(super) HEARD = "SELECT MAX(at) FROM entries WHERE merchant_id = $1 AND customer_id = $2 AND direction = 'in'";
    pub(super) WARNED = "INSERT INTO retention_warnings (merchant_id, customer_id, last_at, warned_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, customer_id) DO UPDATE SET last_at = excluded.last_at, warned_at = excluded.warned_at";
    pub(super) LAST_RUN = "SELECT created_at FROM jobs WHERE merchant_id = $1 AND kind = $2 AND created_at > $3 LIMIT 1";
}
