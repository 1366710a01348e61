//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

/// What is compared of a customer; read by [`super::resemble::record`].
macro_rules! compared {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.name, c.first_name, c.last_name, c.email, c.phone_key, c.company, c.tax_id, c.vat_number, c.billing_line1, c.billing_line2,
            c.billing_city, c.billing_state, c.billing_zip, c.metadata FROM customers c WHERE c.merchant_id = $1
            AND c.deleted_at IS NULL AND c.anonymised_at IS NULL AND c.merged_into IS NULL ",
            $rest
        )
    };
}

/// A pair with both customers as far as they still are.
macro_rules! pair {
    ($rest:literal) => {
        concat!(
            "SELECT p.a_id, p.b_id, p.state, p.score, p.why, p.found_at, p.decided_at, p.decided_by,
            a.name, a.first_name, a.last_name, a.company, a.email, a.number, a.phone, a.billing_line1, a.billing_line2, a.billing_zip, a.billing_city,
            a.billing_country, a.created_at, a.order_count, a.lifetime,
            b.name, b.first_name, b.last_name, b.company, b.email, b.number, b.phone, b.billing_line1, b.billing_line2, b.billing_zip, b.billing_city,
            b.billing_country, b.created_at, b.order_count, b.lifetime
            FROM duplicate_pairs p
            JOIN customers a ON a.merchant_id = p.merchant_id AND a.id = p.a_id AND a.deleted_at IS NULL AND a.anonymised_at IS NULL AND a.merged_into IS NULL
            JOIN customers b ON b.merchant_id = p.merchant_id AND b.id = p.b_id AND b.deleted_at IS NULL AND b.anonymised_at IS NULL AND b.merged_into IS NULL
            WHERE p.merchant_id = $1 ",
            $rest
        )
    };
}

store::statements! {
    pub SLICE = compared!("AND c.id > $2 ORDER BY c.id LIMIT $3");
    pub IN_ZIP = compared!("AND c.billing_zip = $2 AND c.billing_zip <> '' ORDER BY c.sort_name, c.id LIMIT $3");
    pub IN_ZIP_NAMED = compared!("AND c.billing_zip = $2 AND c.billing_zip <> '' AND c.sort_name >= $4 AND c.sort_name < $5 ORDER BY c.sort_name, c.id LIMIT $3");
    pub SAME_PHONE = compared!("AND c.phone_key = $2 AND c.phone_key <> '' ORDER BY c.id LIMIT $3");
    pub SAME_EMAIL = compared!("AND c.email_key = $2 AND c.email_key <> '' ORDER BY c.id LIMIT $3");
    /// However tax ids are spaced and written.
    pub SAME_TAX = compared!("AND LOWER(REPLACE(REPLACE(REPLACE(c.tax_id, ' ', ''), '.', ''), '-', '')) = LOWER(REPLACE(REPLACE(REPLACE(CAST($2 AS TEXT), ' ', ''), '.', ''), '-', ''))
        AND c.tax_id <> '' ORDER BY c.id LIMIT $3");
    pub SAME_VAT = compared!("AND LOWER(REPLACE(REPLACE(REPLACE(c.vat_number, ' ', ''), '.', ''), '-', '')) = LOWER(REPLACE(REPLACE(REPLACE(CAST($2 AS TEXT), ' ', ''), '.', ''), '-', ''))
        AND c.vat_number <> '' ORDER BY c.id LIMIT $3");
    pub IN_COMPANY = compared!("AND LOWER(c.company) = LOWER(CAST($2 AS TEXT)) AND c.company <> '' ORDER BY c.sort_name, c.id LIMIT $3");
    pub IN_COMPANY_NAMED = compared!("AND LOWER(c.company) = LOWER(CAST($2 AS TEXT)) AND c.company <> '' AND c.sort_name >= $4 AND c.sort_name < $5
        ORDER BY c.sort_name, c.id LIMIT $3");
    pub IMPORT_OF = "SELECT import_id FROM customers WHERE merchant_id = $1 AND id = $2";

    pub MODEL = "SELECT weights FROM duplicate_models WHERE merchant_id = $1";
    pub KEEP_MODEL = "INSERT INTO duplicate_models (merchant_id, weights, customers, learnt_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id) DO UPDATE SET weights = excluded.weights, customers = excluded.customers, learnt_at = excluded.learnt_at";

    /// A new pair, or one that was seen before: what somebody said about it stays. Who is gone meanwhile is left out.
    pub FOUND = "INSERT INTO duplicate_pairs (merchant_id, a_id, b_id, state, score, why, run_id, found_at, decided_at, decided_by)
        SELECT a.merchant_id, a.id, b.id, 'open', CAST($4 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS BIGINT), NULL, ''
        FROM customers a JOIN customers b ON b.merchant_id = a.merchant_id AND b.id = $3
        WHERE a.merchant_id = $1 AND a.id = $2
        ON CONFLICT (merchant_id, a_id, b_id) DO UPDATE SET score = excluded.score, why = excluded.why, run_id = excluded.run_id";
    /// Open ones that the last run did not see any more.
    pub STALE = "DELETE FROM duplicate_pairs WHERE merchant_id = $1 AND state = 'open' AND (a_id, b_id) IN (
        SELECT a_id, b_id FROM duplicate_pairs WHERE merchant_id = $1 AND state = 'open' AND run_id <> $2 LIMIT $3)";
    pub OF_RUN = "SELECT COUNT(*) FROM duplicate_pairs WHERE merchant_id = $1 AND state = 'open' AND run_id = $2";

    pub FIND = "SELECT state FROM duplicate_pairs WHERE merchant_id = $1 AND a_id = $2 AND b_id = $3";
    pub DECIDE = "UPDATE duplicate_pairs SET state = $4, decided_at = $5, decided_by = $6 WHERE merchant_id = $1 AND a_id = $2 AND b_id = $3 AND state <> $4";
    pub FORGET = "DELETE FROM duplicate_pairs WHERE merchant_id = $1 AND a_id = $2";
    pub FORGET_OTHER = "DELETE FROM duplicate_pairs WHERE merchant_id = $1 AND b_id = $2";

    /// Surest first.
    pub LIST = pair!("AND p.state = $2 AND p.score >= $3 ORDER BY p.score DESC, p.a_id DESC, p.b_id DESC LIMIT $4");
    pub LIST_AFTER = pair!("AND p.state = $2 AND p.score >= $3 AND (p.score, p.a_id, p.b_id) < ($5, $6, $7)
        ORDER BY p.score DESC, p.a_id DESC, p.b_id DESC LIMIT $4");
    pub ONE = pair!("AND p.a_id = $2 AND p.b_id = $3");
    pub COUNT = "SELECT COUNT(*) FROM (SELECT p.score FROM duplicate_pairs p
        JOIN customers a ON a.merchant_id = p.merchant_id AND a.id = p.a_id AND a.deleted_at IS NULL AND a.anonymised_at IS NULL AND a.merged_into IS NULL
        JOIN customers b ON b.merchant_id = p.merchant_id AND b.id = p.b_id AND b.deleted_at IS NULL AND b.anonymised_at IS NULL AND b.merged_into IS NULL
        WHERE p.merchant_id = $1 AND p.state = $2 AND p.score >= $3 LIMIT $4) AS found";
}

/// What is compared of some customers.
pub(super) static COMPARED: LazyLock<Some2> = LazyLock::new(|| Some2::new(compared!(""), "c.id", ""));

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    COMPARED.all().into_iter().collect()
}
