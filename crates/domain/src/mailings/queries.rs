//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! mailing {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.state, m.shop_id, s.name, m.template_id, m.template_version, m.name, v.subject, m.per_minute, m.consenting_only, m.total, m.job_id,
            m.created_at, m.created_by, m.ended_at FROM mailings m JOIN shops s ON s.merchant_id = m.merchant_id AND s.id = m.shop_id
            JOIN template_versions v ON v.merchant_id = m.merchant_id AND v.template_id = m.template_id AND v.version = m.template_version
            WHERE m.merchant_id = $1",
            $rest
        )
    };
}

macro_rules! line {
    ($rest:literal) => {
        concat!(
            "SELECT r.position, r.customer_id, r.mail_id, r.outcome, r.reason, r.detail, r.at, r.bounced_at, r.unsubscribed_at,
            c.name, c.first_name, c.last_name, c.company, c.email, c.number FROM mailing_rows r
            JOIN customers c ON c.merchant_id = r.merchant_id AND c.id = r.customer_id
            WHERE r.merchant_id = $1 AND r.mailing_id = $2 AND r.position > $3",
            $rest
        )
    };
}

/// Takes back what waits of some lines: out of the queue unless a worker holds it, the lines skipped for a reason, the mails gone.
macro_rules! take_back {
    ($queue:ident, $lines:ident, $mails:ident, $loose:ident, $whose:literal) => {
        store::statements! {
            pub $queue = concat!("DELETE FROM mail_queue WHERE merchant_id = $1 AND lease_by = '' AND mail_id IN
                (SELECT r.mail_id FROM mailing_rows r WHERE r.merchant_id = $1 AND r.outcome = 'queued' AND ", $whose, ")");
            pub $lines = concat!("UPDATE mailing_rows AS r SET outcome = 'skipped', reason = $3, email_key = '', at = $4
                WHERE r.merchant_id = $1 AND r.outcome = 'queued' AND ", $whose, "
                AND NOT EXISTS (SELECT 1 FROM mail_queue q WHERE q.mail_id = r.mail_id)
                AND EXISTS (SELECT 1 FROM mails m WHERE m.merchant_id = r.merchant_id AND m.id = r.mail_id AND m.state = 'queued')");
            pub $mails = concat!("DELETE FROM mails WHERE merchant_id = $1 AND state = 'queued' AND id IN
                (SELECT r.mail_id FROM mailing_rows r WHERE r.merchant_id = $1 AND r.outcome = 'skipped' AND r.mail_id IS NOT NULL AND ", $whose, ")");
            pub $loose = concat!("UPDATE mailing_rows AS r SET mail_id = NULL WHERE r.merchant_id = $1 AND r.outcome = 'skipped' AND r.mail_id IS NOT NULL AND ", $whose);
        }
    };
}

/// Of a whole mailing.
pub mod of_mailing {
    take_back! { QUEUE, LINES, MAILS, LOOSE, "r.mailing_id = $2" }
}

/// Of a customer in all mailings.
pub mod of_customer {
    take_back! { QUEUE, LINES, MAILS, LOOSE, "r.customer_id = $2" }
}

/// Of one mail.
pub mod of_mail {
    take_back! { QUEUE, LINES, MAILS, LOOSE, "r.mail_id = $2" }
}

store::statements! {
    pub GET = mailing!(" AND m.id = $2");
    pub INSERT = "INSERT INTO mailings (merchant_id, id, state, shop_id, template_id, template_version, name, per_minute, consenting_only, total, job_id, created_at, created_by)
        VALUES ($1, $2, 'sending', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    pub SET_STATE = "UPDATE mailings SET state = $3, ended_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub STATE = "SELECT state FROM mailings WHERE merchant_id = $1 AND id = $2";
    pub COUNTS = "SELECT outcome, reason, COUNT(*), COUNT(bounced_at), COUNT(unsubscribed_at) FROM mailing_rows WHERE merchant_id = $1 AND mailing_id = $2
        GROUP BY outcome, reason";
    pub LINES = line!(" ORDER BY r.position LIMIT $4");
    pub LINES_OF = line!(" AND r.outcome = $5 ORDER BY r.position LIMIT $4");
    pub LINED = "SELECT 1 FROM mailing_rows WHERE merchant_id = $1 AND mailing_id = $2 AND customer_id = $3";
    pub ADDRESSED = "SELECT 1 FROM mailing_rows WHERE merchant_id = $1 AND mailing_id = $2 AND email_key = $3 AND email_key <> ''";
    /// What waits in the outbox, up to a number that is enough.
    pub WAITING = "SELECT COUNT(*) FROM (SELECT 1 FROM mailing_rows WHERE merchant_id = $1 AND mailing_id = $2 AND outcome = 'queued' LIMIT $3) found";

    // What the outbox and others tell.
    pub OF_MAIL = "SELECT r.mailing_id, r.customer_id, r.email_key, m.state, m.consenting_only FROM mailing_rows r JOIN mailings m ON m.merchant_id = r.merchant_id AND m.id = r.mailing_id
        WHERE r.merchant_id = $1 AND r.mail_id = $2";
    pub TOLD = "UPDATE mailing_rows SET outcome = $3, detail = $4, at = $5 WHERE merchant_id = $1 AND mail_id = $2 AND outcome <> 'skipped'";
    pub BOUNCED = "UPDATE mailing_rows SET bounced_at = $3 WHERE merchant_id = $1 AND email_key = $2 AND email_key <> '' AND at > $4 AND bounced_at IS NULL
        AND outcome IN ('sent', 'unknown')";
    pub UNSUBSCRIBED = "UPDATE mailing_rows SET unsubscribed_at = $4 WHERE merchant_id = $1 AND mailing_id = $2 AND customer_id = $3 AND unsubscribed_at IS NULL";
    pub FORGOTTEN = "UPDATE mailing_rows AS r SET outcome = CASE WHEN EXISTS (SELECT 1 FROM mails m WHERE m.merchant_id = r.merchant_id AND m.id = r.mail_id
        AND m.state = 'sending') THEN 'unknown' ELSE 'skipped' END, reason = $3, at = $4 WHERE r.merchant_id = $1 AND r.customer_id = $2 AND r.outcome = 'queued'";

    // Pausing keeps the mails and takes them out of the queue; resuming puts them back.
    pub HOLD_MAIL = "DELETE FROM mail_queue WHERE mail_id = $1 AND lease_by = ''";
    pub RESUME = "INSERT INTO mail_queue (mail_id, merchant_id, run_at, lease_until, lease_by) SELECT m.id, m.merchant_id, CAST($3 AS BIGINT), 0, ''
        FROM mailing_rows r JOIN mails m ON m.merchant_id = r.merchant_id AND m.id = r.mail_id
        WHERE r.merchant_id = $1 AND r.mailing_id = $2 AND r.outcome = 'queued' AND m.state = 'queued' ON CONFLICT (mail_id) DO NOTHING";

    pub SHOP_OF = "SELECT s.name FROM templates t JOIN shops s ON s.merchant_id = t.merchant_id AND s.id = t.shop_id WHERE t.merchant_id = $1 AND t.id = $2";
    pub NO_MARKETING = "UPDATE customers SET marketing = FALSE, marketing_at = $3 WHERE merchant_id = $1 AND id = $2 AND (marketing OR marketing_at IS NULL)";
    pub VERIFY = "SELECT r.customer_id, r.outcome, COALESCE(m.state, 'none') FROM mailing_rows r
        LEFT JOIN mails m ON m.merchant_id = r.merchant_id AND m.id = r.mail_id
        WHERE r.merchant_id = $1 AND r.mailing_id = $2 AND r.mail_id IS NOT NULL AND NOT CASE r.outcome WHEN 'queued' THEN COALESCE(m.state, '') IN ('queued', 'sending')
            WHEN 'sent' THEN COALESCE(m.state, '') = 'sent' WHEN 'skipped' THEN FALSE
            WHEN 'unknown' THEN COALESCE(m.state, '') IN ('unknown', 'failed') ELSE COALESCE(m.state, '') = 'failed' END ORDER BY r.customer_id LIMIT 1000";
    pub NEXT = "SELECT id FROM mailings WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT 1";
}

macro_rules! some {
    ($($(#[$doc:meta])* $name:ident = $head:expr, $column:literal, $tail:literal;)*) => {
        $($(#[$doc])* pub(super) static $name: LazyLock<Some2> = LazyLock::new(|| Some2::new($head, $column, $tail));)*
        /// The built statements, for the test that prepares all of them on both engines.
        pub fn built() -> Vec<&'static Stmt> {
            [$(&*$name),*].into_iter().flat_map(Some2::all).collect()
        }
    };
}

some! {
    LISTED = mailing!(""), "m.id", "";
    /// Outcomes of several mailings, for a page of the list.
    OUTCOMES = "SELECT mailing_id, outcome, COUNT(*) FROM mailing_rows WHERE merchant_id = $1", "mailing_id", "GROUP BY mailing_id, outcome";
    RECIPIENTS = "SELECT id, name, first_name, last_name, company, email, number, email_key, phone, language, billing_city, billing_country,
        archived_at, deleted_at, anonymised_at, merged_into, marketing, marketing_at FROM customers WHERE merchant_id = $1", "id", "";
}

/// Every statement, for the test that prepares all of them on both engines.
pub fn all() -> Vec<&'static Stmt> {
    ALL.iter().chain(of_mailing::ALL).chain(of_customer::ALL).chain(of_mail::ALL).copied().chain(built()).collect()
}
