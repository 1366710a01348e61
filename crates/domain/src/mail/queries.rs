//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! mail {
    ($rest:literal) => {
        concat!(
            "SELECT id, state, invoice_id, recipient, subject, attempts, error, queued_at, queued_by, next_at, sent_at, offer_id, payment_link_id,
            method_link_id, portal_link_id, customer_id, template_id FROM mails WHERE merchant_id = $1 AND ",
            $rest
        )
    };
}

/// Mails of the list.
pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| {
    let columns = "SELECT id, state, invoice_id, recipient, subject, attempts, error, queued_at, queued_by, next_at, sent_at, offer_id, payment_link_id, method_link_id,
        portal_link_id, customer_id, template_id FROM mails WHERE merchant_id = $1";
    Some2::new(columns, "id", "")
});

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}

store::statements! {
    pub INSERT = "INSERT INTO mails (merchant_id, id, state, customer_id, invoice_id, recipient, subject, body, attempts, error, queued_at, queued_by, next_at,
        template_id, offer_id, payment_link_id, portal_link_id, method_link_id, by_itself)
        VALUES ($1, $2, 'queued', $3, $4, $5, $6, $7, 0, '', $8, $9, $8, $10, $11, $12, $13, $14, $15)";
    pub QUEUE = "INSERT INTO mail_queue (mail_id, merchant_id, run_at, lease_until, lease_by) VALUES ($1, $2, $3, 0, '')
        ON CONFLICT (mail_id) DO UPDATE SET run_at = excluded.run_at, lease_until = 0, lease_by = ''";
    pub FIND = mail!("id = $2");
    pub OF_INVOICE = mail!("invoice_id = $2 ORDER BY queued_at DESC, id DESC LIMIT 50");
    pub OF_OFFER = mail!("offer_id = $2 ORDER BY queued_at DESC, id DESC LIMIT 50");
    pub OF_PAYMENT_LINK = mail!("payment_link_id = $2 ORDER BY queued_at DESC, id DESC LIMIT 50");
    pub RETRY = "UPDATE mails SET state = 'queued', attempts = 0, next_at = $3 WHERE merchant_id = $1 AND id = $2
        AND state IN ('failed', 'unknown')";
    /// Over all merchants: what is due, and what a worker has held for too long.
    pub DUE = "SELECT mail_id, merchant_id, lease_until FROM mail_queue WHERE run_at <= $1 AND lease_until < $1 ORDER BY run_at LIMIT 8";
    pub TAKE = "UPDATE mail_queue SET lease_until = $3, lease_by = $4 WHERE mail_id = $1 AND lease_until < $2";
    pub HELD = "SELECT 1 FROM mail_queue WHERE mail_id = $1 AND lease_by = $2";
    pub LEAVE = "DELETE FROM mail_queue WHERE mail_id = $1";
    pub SENDING = "UPDATE mails SET state = 'sending', attempts = attempts + 1 WHERE merchant_id = $1 AND id = $2 AND state = 'queued' RETURNING attempts";
    pub SENT = "UPDATE mails SET state = 'sent', error = '', next_at = NULL, sent_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub LATER = "UPDATE mails SET state = 'queued', error = $3, next_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub FAILED = "UPDATE mails SET state = 'failed', error = $3, next_at = NULL WHERE merchant_id = $1 AND id = $2";
    pub UNKNOWN = "UPDATE mails SET state = 'unknown', error = $3, next_at = NULL WHERE merchant_id = $1 AND id = $2";
    pub RECIPIENT = "SELECT recipient FROM mails WHERE merchant_id = $1 AND id = $2";
    pub DKIM = "SELECT domain, selector, record, created_at FROM dkim_keys WHERE merchant_id = $1";
    pub DKIM_KEY = "SELECT domain, selector, private_key FROM dkim_keys WHERE merchant_id = $1";
    pub SET_DKIM = "INSERT INTO dkim_keys (merchant_id, domain, selector, private_key, record, created_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (merchant_id) DO UPDATE SET domain = excluded.domain, selector = excluded.selector, private_key = excluded.private_key,
        record = excluded.record, created_at = excluded.created_at";
    pub DROP_DKIM = "DELETE FROM dkim_keys WHERE merchant_id = $1";
    pub LETTER = "SELECT recipient, subject, body, invoice_id, customer_id, queued_at, template_id, offer_id, payment_link_id, portal_link_id, method_link_id, by_itself
        FROM mails WHERE merchant_id = $1 AND id = $2";
    pub BY_ITSELF = "SELECT by_itself FROM mails WHERE merchant_id = $1 AND id = $2";
}
