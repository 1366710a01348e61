//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! row {
    ($rest:literal) => {
        concat!(
            "SELECT id, shop_id, order_id, customer_id, method_id, provider, status, live, currency, amount, refunded, refund_pending, lost, paid_at
            FROM payments WHERE merchant_id = $1 AND ",
            $rest
        )
    };
}
macro_rules! columns {
    () => {
        "p.id, p.shop_id, p.order_id, p.customer_id, p.method_id, p.provider, p.status, p.live, p.currency, p.amount, p.refunded,
        p.refund_pending, p.lost, p.paid_at, p.kind, p.brand, p.last4, p.name, p.email, p.phone, p.failure_code, p.failure_message, p.note,
        p.flag, p.subscription_id, p.provider_ref, s.name, o.number, v.id, v.number"
    };
}
macro_rules! tables {
    () => {
        " JOIN shops s ON s.merchant_id = p.merchant_id AND s.id = p.shop_id
        LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.id = p.order_id
        LEFT JOIN invoices v ON v.merchant_id = p.merchant_id AND v.id = COALESCE(
          (SELECT MIN(va.id) FROM invoices va WHERE va.merchant_id = p.merchant_id AND va.payment_id = p.id AND va.kind = 'invoice' AND va.state <> 'void'),
          (SELECT MIN(vb.invoice_id) FROM invoice_payments vb WHERE vb.merchant_id = p.merchant_id AND vb.payment_id = p.id),
          (SELECT MIN(vc.id) FROM invoices vc WHERE vc.merchant_id = p.merchant_id AND vc.order_id = p.order_id AND vc.kind = 'invoice' AND vc.state <> 'void')) "
    };
}
macro_rules! view {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM payments p", tables!(), "WHERE p.merchant_id = $1 AND ", $rest)
    };
}
/// Guest payments that share one key, newest first.
macro_rules! guests {
    ($column:literal) => {
        concat!(
            "SELECT id FROM payments WHERE merchant_id = $1 AND customer_id IS NULL AND ",
            $column,
            " <> '' AND ",
            $column,
            " = $2 ORDER BY id DESC LIMIT $3"
        )
    };
}
macro_rules! owners {
    ($inner:expr) => {
        concat!(
            "SELECT c.id, c.name, c.first_name, c.last_name, c.company, c.email, c.number FROM (",
            $inner,
            ") k CROSS JOIN customers c
            WHERE c.merchant_id = $1 AND c.id = k.customer_id AND c.deleted_at IS NULL AND c.merged_into IS NULL AND c.anonymised_at IS NULL ORDER BY c.id LIMIT 6"
        )
    };
}

store::statements! {
    pub FIND = row!("id = $2");
    pub FIND_REF = row!("provider = $2 AND provider_ref = $3");
    pub OF_ORDER = row!("order_id = $2 ORDER BY paid_at, id");
    pub INSERT = "INSERT INTO payments (merchant_id, id, shop_id, order_id, customer_id, method_id, subscription_id, provider, provider_ref,
        status, live, currency, amount, refunded, refund_pending, lost, kind, brand, last4, fingerprint, name, email, email_key, phone, phone_key,
        failure_code, failure_message, note, flag, paid_at, created_at, updated_at, import_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0, $14, $15, $16, $17, $18, $19, $20, $21, $22,
        $23, $24, $25, $26, $27, $28, $28, $29) ON CONFLICT (merchant_id, provider, provider_ref) DO NOTHING";
    pub SET_STATUS = "UPDATE payments SET status = $3, failure_code = $4, failure_message = $5, paid_at = $6, updated_at = $7
        WHERE merchant_id = $1 AND id = $2";
    /// What a provider told in two parts: whatever the row lacks is filled in, but for who was anonymised.
    pub FILL = "UPDATE payments SET kind = CASE WHEN kind = '' THEN $3 ELSE kind END, brand = CASE WHEN brand = '' THEN $4 ELSE brand END,
        last4 = CASE WHEN last4 = '' THEN $5 ELSE last4 END, fingerprint = CASE WHEN fingerprint = '' THEN $6 ELSE fingerprint END,
        name = CASE WHEN name = '' THEN $7 ELSE name END, email = CASE WHEN email = '' THEN $8 ELSE email END,
        email_key = CASE WHEN email_key = '' THEN $9 ELSE email_key END, phone = CASE WHEN phone = '' THEN $10 ELSE phone END,
        phone_key = CASE WHEN phone_key = '' THEN $11 ELSE phone_key END,
        paid_at = CASE WHEN status = $12 AND paid_at > $13 THEN $13 ELSE paid_at END WHERE merchant_id = $1 AND id = $2
        AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.merchant_id = $1 AND c.id = payments.customer_id AND c.anonymised_at IS NOT NULL)";
    pub SET_AMOUNT = "UPDATE payments SET amount = $3, currency = $4, updated_at = $5 WHERE merchant_id = $1 AND id = $2";
    /// Has money of it gone on in its currency: given back, disputed, or paid out to who brought the buyer?
    pub WENT_ON = "SELECT 1 FROM payments p WHERE p.merchant_id = $1 AND p.id = $2 AND (
        EXISTS (SELECT 1 FROM refunds r WHERE r.merchant_id = p.merchant_id AND r.payment_id = p.id)
        OR EXISTS (SELECT 1 FROM disputes d WHERE d.merchant_id = p.merchant_id AND d.payment_id = p.id)
        OR EXISTS (SELECT 1 FROM commissions c WHERE c.merchant_id = p.merchant_id AND c.payment_id = p.id AND c.paid <> 0))";
    /// The id of what was captured stands above that of the attempt by which a payment was known.
    pub SET_REF = "UPDATE payments SET provider_ref = $4 WHERE merchant_id = $1 AND id = $2 AND provider_ref <> $4
        AND NOT EXISTS (SELECT 1 FROM payments o WHERE o.merchant_id = $1 AND o.provider = $3 AND o.provider_ref = $4)";
    pub SET_ORDER = "UPDATE payments SET order_id = $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub SET_SUBSCRIPTION = "UPDATE payments SET subscription_id = $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub SUBSCRIPTION_OF = "SELECT subscription_id FROM payments WHERE merchant_id = $1 AND id = $2";
    /// The other id of a payment that was captured wins over that of an attempt.
    pub PUT_REF = "INSERT INTO payment_refs (merchant_id, provider, reference, payment_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, provider, reference) DO UPDATE SET payment_id = excluded.payment_id";
    /// The same for one by which the payment was known before.
    pub NAME_REF = "INSERT INTO payment_refs (merchant_id, provider, reference, payment_id, named) VALUES ($1, $2, $3, $4, TRUE)
        ON CONFLICT (merchant_id, provider, reference) DO UPDATE SET payment_id = excluded.payment_id, named = TRUE";
    pub TOLD_REF = "SELECT payment_id FROM payment_refs WHERE merchant_id = $1 AND provider = $2 AND reference = $3";
    pub ADD_REF = "INSERT INTO payment_refs (merchant_id, provider, reference, payment_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, provider, reference) DO NOTHING";
    pub BY_OTHER_REF = row!("id = (SELECT r.payment_id FROM payment_refs r WHERE r.merchant_id = $1 AND r.provider = $2 AND r.reference = $3)");
    pub BY_NAMED_REF = row!("id = (SELECT r.payment_id FROM payment_refs r WHERE r.merchant_id = $1 AND r.provider = $2 AND r.reference = $3 AND r.named)");
    pub SET_METHOD = "UPDATE payments SET method_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub SET_REFUNDED = "UPDATE payments SET refunded = $3, lost = $4, updated_at = $5 WHERE merchant_id = $1 AND id = $2";
    pub SET_CUSTOMER = "UPDATE payments SET customer_id = $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2";

    // Reading.
    pub VIEW = view!("p.id = $2");
    pub VIEW_OF_CUSTOMER = view!("p.customer_id = $2 AND (p.paid_at, p.id) < ($3, $4) ORDER BY p.paid_at DESC, p.id DESC LIMIT $5");
    pub VIEW_OF_ORDER = view!("p.order_id = $2 ORDER BY p.paid_at DESC, p.id DESC");

    // Refunds.
    pub INSERT_REFUND = "INSERT INTO refunds (merchant_id, id, payment_id, amount, currency, status, reason, provider_ref, external_id,
        refunded_at, created_at, created_by, import_id, person_id) VALUES ($1, $2, $3, $4, $5, 'done', $6, $7, $8, $9, $10, $11, $12, $13)";
    pub ADD_REFUND = "INSERT INTO refunds (merchant_id, id, payment_id, amount, currency, status, reason, provider_ref, refunded_at, created_at, created_by, person_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    pub ALL_REFUNDS = "SELECT r.id, r.amount, r.status, r.provider_ref,
        EXISTS (SELECT 1 FROM credit_lines c WHERE c.merchant_id = r.merchant_id AND c.refund_id = r.id)
        FROM refunds r WHERE r.merchant_id = $1 AND r.payment_id = $2 ORDER BY r.id";
    pub REFUND = "SELECT payment_id FROM refunds WHERE merchant_id = $1 AND id = $2";
    /// What one of the staff gave back since then, by currency.
    pub BY_PERSON = "SELECT currency, CAST(SUM(amount) AS BIGINT) FROM refunds
        WHERE merchant_id = $1 AND person_id = $2 AND created_at > $3 AND status <> 'failed' GROUP BY currency";
    pub REFUND_TOLD = "SELECT payment_id, status, tell FROM refunds WHERE merchant_id = $1 AND id = $2";
    pub ASK_TO_TELL = "UPDATE refunds SET tell = TRUE WHERE merchant_id = $1 AND id = $2";
    pub TO_BE_TOLD = "SELECT amount FROM refunds WHERE merchant_id = $1 AND id = $2 AND status = 'done' AND tell AND mail_id IS NULL";
    pub TELLS = "UPDATE refunds SET mail_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub SET_REFUND = "UPDATE refunds SET status = $3, provider_ref = COALESCE(provider_ref, $4), refunded_at = $5 WHERE merchant_id = $1 AND id = $2";
    pub SET_REFUND_AMOUNT = "UPDATE refunds SET amount = $3 WHERE merchant_id = $1 AND id = $2";
    pub DROP_REFUND = "DELETE FROM refunds WHERE merchant_id = $1 AND id = $2";
    pub REFUND_TOTAL = "SELECT total FROM refund_totals WHERE merchant_id = $1 AND payment_id = $2";
    pub PUT_REFUND_TOTAL = "INSERT INTO refund_totals (merchant_id, payment_id, total) VALUES ($1, $2, $3)
        ON CONFLICT (merchant_id, payment_id) DO UPDATE SET total = excluded.total";
    pub PUT_REFUND_FAILURE = "INSERT INTO refund_failures (merchant_id, refund_id, words, failed_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, refund_id) DO UPDATE SET words = excluded.words, failed_at = excluded.failed_at";
    pub SET_TAKEN = "UPDATE payments SET refunded = $3, refund_pending = $4, lost = $5, updated_at = $6 WHERE merchant_id = $1 AND id = $2";
    pub REFUNDS = "SELECT r.id, r.amount, r.currency, r.status, r.reason, r.refunded_at, r.created_by,
        EXISTS (SELECT 1 FROM credit_lines c WHERE c.merchant_id = r.merchant_id AND c.refund_id = r.id), COALESCE(f.words, ''), r.tell, r.mail_id FROM refunds r
        LEFT JOIN refund_failures f ON f.merchant_id = r.merchant_id AND f.refund_id = r.id AND r.status = 'failed'
        WHERE r.merchant_id = $1 AND r.payment_id = $2 ORDER BY r.refunded_at, r.id";
    pub HAS_REFUNDS = "SELECT 1 FROM refunds WHERE merchant_id = $1 AND payment_id = $2 LIMIT 1";
    pub REFUND_BY_REF = "SELECT id FROM refunds WHERE merchant_id = $1 AND payment_id = $2 AND provider_ref = $3";

    // Disputes.
    pub INSERT_DISPUTE = "INSERT INTO disputes (merchant_id, id, payment_id, amount, currency, status, reason, provider_ref, opened_at, due_at, closed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    pub DISPUTES = "SELECT id, payment_id, amount, currency, status, reason, provider_ref, opened_at, due_at, closed_at FROM disputes
        WHERE merchant_id = $1 AND payment_id = $2 ORDER BY opened_at, id";
    pub DISPUTE = "SELECT id, payment_id, amount, currency, status, reason, provider_ref, opened_at, due_at, closed_at FROM disputes
        WHERE merchant_id = $1 AND id = $2";
    pub SET_DISPUTE = "UPDATE disputes SET status = $3, closed_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub SET_TOLD_DISPUTE = "UPDATE disputes SET status = $3, closed_at = $4, amount = $5, due_at = $6 WHERE merchant_id = $1 AND id = $2";
    pub DISPUTED_LOST = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM disputes WHERE merchant_id = $1 AND payment_id = $2 AND status = 'lost'";

    // Methods.
    pub METHOD = "SELECT id, customer_id, kind, provider, provider_ref, brand, last4, expires_year, expires_month, fingerprint, billing, chosen,
        last_outcome, added_at, detached_at, live FROM payment_methods WHERE merchant_id = $1 AND id = $2";
    pub METHOD_BY_REF = "SELECT id, customer_id, detached_at IS NOT NULL FROM payment_methods WHERE merchant_id = $1 AND provider = $2 AND provider_ref = $3";
    pub METHODS = "SELECT id, customer_id, kind, provider, provider_ref, brand, last4, expires_year, expires_month, fingerprint, billing, chosen,
        last_outcome, added_at, detached_at, live FROM payment_methods WHERE merchant_id = $1 AND customer_id = $2 ORDER BY added_at, id";
    pub INSERT_METHOD = "INSERT INTO payment_methods (merchant_id, id, customer_id, kind, provider, provider_ref, brand, last4, expires_year,
        expires_month, fingerprint, billing, chosen, last_outcome, added_at, detached_at, import_id, live)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, FALSE, 'ok', $13, NULL, $14, $15)";
    pub UPDATE_METHOD = "UPDATE payment_methods SET brand = $3, last4 = $4, expires_year = $5, expires_month = $6, fingerprint = $7, billing = $8,
        provider_ref = COALESCE(provider_ref, $9) WHERE merchant_id = $1 AND id = $2";
    pub DETACH_METHOD = "UPDATE payment_methods SET detached_at = $3, chosen = FALSE WHERE merchant_id = $1 AND id = $2";
    pub REATTACH_METHOD = "UPDATE payment_methods SET detached_at = NULL, added_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub SET_ADDED = "UPDATE payment_methods SET added_at = $3 WHERE merchant_id = $1 AND id = $2 AND added_at > $3";
    pub CHOOSE_NONE = "UPDATE payment_methods SET chosen = FALSE WHERE merchant_id = $1 AND customer_id = $2 AND chosen";
    pub CHOOSE = "UPDATE payment_methods SET chosen = TRUE WHERE merchant_id = $1 AND id = $2";
    pub SET_OUTCOME = "UPDATE payment_methods SET last_outcome = $3 WHERE merchant_id = $1 AND id = $2 AND last_outcome <> $3";
    /// Is there a later attempt with this method? Then an older one says nothing about it any more.
    /// Of two attempts at one moment the one that went through says more than the one that failed.
    pub LATER_ATTEMPT = "SELECT id FROM payments WHERE merchant_id = $1 AND customer_id = $2 AND paid_at >= $3 AND method_id = $4
        AND ((paid_at > $3 AND status IN ('settled', 'failed')) OR (status = 'settled' AND CAST($5 AS BOOLEAN))) LIMIT 1";

    // What a customer's own payments brought, see `keys`.
    pub NOTE_CARD = "INSERT INTO payment_keys (merchant_id, kind, key, customer_id)
        SELECT CAST($1 AS TEXT), 'card', CAST($2 AS TEXT), CAST($3 AS TEXT)
        WHERE NOT EXISTS (SELECT 1 FROM payment_methods m WHERE m.merchant_id = $1 AND m.customer_id = $3 AND m.fingerprint = $2)
        ON CONFLICT (merchant_id, kind, key, customer_id) DO NOTHING";
    pub NOTE_EMAIL = "INSERT INTO payment_keys (merchant_id, kind, key, customer_id)
        SELECT CAST($1 AS TEXT), 'email', CAST($2 AS TEXT), CAST($3 AS TEXT)
        WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.merchant_id = $1 AND c.id = $3 AND c.email_key = $2)
        ON CONFLICT (merchant_id, kind, key, customer_id) DO NOTHING";
    pub NOTE_PHONE = "INSERT INTO payment_keys (merchant_id, kind, key, customer_id)
        SELECT CAST($1 AS TEXT), 'phone', CAST($2 AS TEXT), CAST($3 AS TEXT)
        WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.merchant_id = $1 AND c.id = $3 AND c.phone_key = $2)
        ON CONFLICT (merchant_id, kind, key, customer_id) DO NOTHING";
    pub ADD_CARDS = "INSERT INTO payment_keys (merchant_id, kind, key, customer_id)
        SELECT DISTINCT p.merchant_id, 'card', p.fingerprint, p.customer_id FROM payments p WHERE p.merchant_id = $1 AND p.customer_id = $2 AND p.fingerprint <> ''
        AND NOT EXISTS (SELECT 1 FROM payment_methods m WHERE m.merchant_id = p.merchant_id AND m.customer_id = p.customer_id AND m.fingerprint = p.fingerprint)
        ON CONFLICT (merchant_id, kind, key, customer_id) DO NOTHING";
    pub ADD_EMAILS = "INSERT INTO payment_keys (merchant_id, kind, key, customer_id)
        SELECT DISTINCT p.merchant_id, 'email', p.email_key, p.customer_id FROM payments p WHERE p.merchant_id = $1 AND p.customer_id = $2 AND p.email_key <> ''
        AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.merchant_id = p.merchant_id AND c.id = p.customer_id AND c.email_key = p.email_key)
        ON CONFLICT (merchant_id, kind, key, customer_id) DO NOTHING";
    pub ADD_PHONES = "INSERT INTO payment_keys (merchant_id, kind, key, customer_id)
        SELECT DISTINCT p.merchant_id, 'phone', p.phone_key, p.customer_id FROM payments p WHERE p.merchant_id = $1 AND p.customer_id = $2 AND p.phone_key <> ''
        AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.merchant_id = p.merchant_id AND c.id = p.customer_id AND c.phone_key = p.phone_key)
        ON CONFLICT (merchant_id, kind, key, customer_id) DO NOTHING";
    pub OWN_PAYMENT_KEYS = "SELECT DISTINCT fingerprint, email_key, phone_key FROM payments WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_KEYS = "DELETE FROM payment_keys WHERE merchant_id = $1 AND customer_id = $2";
    /// Kind and key of everything that is the customer's own. ALL: for a plain UNION, SQLite reads indexes in the order of the answer.
    pub OWN_KEYS = "SELECT 'email', email_key FROM customers WHERE merchant_id = $1 AND id = $2
        UNION ALL SELECT 'phone', phone_key FROM customers WHERE merchant_id = $1 AND id = $2
        UNION ALL SELECT kind, key FROM customer_contacts WHERE merchant_id = $1 AND customer_id = $2
        UNION ALL SELECT 'card', fingerprint FROM payment_methods WHERE merchant_id = $1 AND customer_id = $2
        UNION ALL SELECT kind, key FROM payment_keys WHERE merchant_id = $1 AND customer_id = $2";

    // Guests.
    pub GUESTS_BY_CARD = guests!("fingerprint");
    pub GUESTS_BY_EMAIL = guests!("email_key");
    pub GUESTS_BY_PHONE = guests!("phone_key");
    pub KEYS_OF_PAYMENT = "SELECT fingerprint, email_key, phone_key FROM payments WHERE merchant_id = $1 AND id = $2";
    pub OWNERS_OF_CARD = owners!("SELECT customer_id FROM payment_methods WHERE merchant_id = $1 AND fingerprint = $2 AND fingerprint <> ''
        UNION SELECT customer_id FROM payment_keys WHERE merchant_id = $1 AND kind = 'card' AND key = $2");
    pub OWNERS_OF_EMAIL = owners!("SELECT id AS customer_id FROM customers WHERE merchant_id = $1 AND email_key = $2 AND email_key <> ''
        UNION SELECT customer_id FROM customer_contacts WHERE merchant_id = $1 AND kind = 'email' AND key = $2
        UNION SELECT customer_id FROM payment_keys WHERE merchant_id = $1 AND kind = 'email' AND key = $2");
    pub OWNERS_OF_PHONE = owners!("SELECT id AS customer_id FROM customers WHERE merchant_id = $1 AND phone_key = $2 AND phone_key <> ''
        UNION SELECT customer_id FROM customer_contacts WHERE merchant_id = $1 AND kind = 'phone' AND key = $2
        UNION SELECT customer_id FROM payment_keys WHERE merchant_id = $1 AND kind = 'phone' AND key = $2");
    pub INSERT_ATTACHMENT = "INSERT INTO attachments (merchant_id, id, payment_id, order_id, customer_id, reasons, attached_at, attached_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub ATTACHMENT = "SELECT id, order_id, customer_id FROM attachments WHERE merchant_id = $1 AND payment_id = $2 AND undone_at IS NULL
        ORDER BY attached_at DESC, id DESC LIMIT 1";
    pub ATTACHED = "SELECT payment_id FROM attachments WHERE merchant_id = $1 AND customer_id = $2 AND undone_at IS NULL
        ORDER BY attached_at DESC, id DESC LIMIT 50";
    pub ATTACHED_WITH = "SELECT a.id, a.payment_id FROM payments p JOIN attachments a ON a.merchant_id = p.merchant_id AND a.payment_id = p.id
        WHERE p.merchant_id = $1 AND p.order_id = $2 AND a.customer_id = $3 AND a.undone_at IS NULL ORDER BY a.payment_id";
    pub UNDO_ATTACHMENT = "UPDATE attachments SET undone_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub CUSTOMER_STATE = "SELECT archived_at IS NOT NULL, deleted_at IS NOT NULL, anonymised_at IS NOT NULL OR merged_into IS NOT NULL
        FROM customers WHERE merchant_id = $1 AND id = $2";
}

/// Payments of a list, with who owns them.
pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| {
    let head = concat!(
        "SELECT ",
        columns!(),
        ", c.name, c.first_name, c.last_name, c.company, c.email, c.number FROM payments p",
        tables!(),
        "LEFT JOIN customers c ON c.merchant_id = p.merchant_id AND c.id = p.customer_id WHERE p.merchant_id = $1"
    );
    Some2::new(head, "p.id", "")
});
pub(super) static REFUNDS_OF: LazyLock<Some2> = LazyLock::new(|| {
    let head = "SELECT r.id, r.amount, r.currency, r.status, r.reason, r.refunded_at, r.created_by,
        EXISTS (SELECT 1 FROM credit_lines c WHERE c.merchant_id = r.merchant_id AND c.refund_id = r.id), COALESCE(f.words, ''), r.tell, r.mail_id,
        r.payment_id
        FROM refunds r LEFT JOIN refund_failures f ON f.merchant_id = r.merchant_id AND f.refund_id = r.id AND r.status = 'failed'
        WHERE r.merchant_id = $1";
    Some2::new(head, "r.payment_id", "ORDER BY r.refunded_at, r.id")
});
pub(super) static DISPUTES_OF: LazyLock<Some2> = LazyLock::new(|| {
    let head = "SELECT id, payment_id, amount, currency, status, reason, provider_ref, opened_at, due_at, closed_at FROM disputes
        WHERE merchant_id = $1";
    Some2::new(head, "payment_id", "ORDER BY opened_at, id")
});
/// Disputes of a list, with the payment and who owns it.
pub(super) static LISTED_DISPUTES: LazyLock<Some2> = LazyLock::new(|| {
    let head = "SELECT d.id, d.payment_id, d.amount, d.currency, d.status, d.reason, d.provider_ref, d.opened_at, d.due_at, d.closed_at,
        p.customer_id, c.name, c.first_name, c.last_name, c.company, c.email, c.number, p.name AS payer_name, p.email AS payer_email,
        p.provider, p.kind, p.brand, p.last4, p.amount AS paid, p.paid_at, p.live, p.order_id, o.number AS order_number, s.name AS shop_name
        FROM disputes d JOIN payments p ON p.merchant_id = d.merchant_id AND p.id = d.payment_id
        JOIN shops s ON s.merchant_id = p.merchant_id AND s.id = p.shop_id
        LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.id = p.order_id
        LEFT JOIN customers c ON c.merchant_id = p.merchant_id AND c.id = p.customer_id WHERE d.merchant_id = $1";
    Some2::new(head, "d.id", "")
});

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    [&*LISTED, &*REFUNDS_OF, &*DISPUTES_OF, &*LISTED_DISPUTES].into_iter().flat_map(Some2::all).collect()
}
