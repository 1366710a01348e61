//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

store::statements! {
    pub MARK = "INSERT INTO bounced_addresses (merchant_id, address_hash, code, bounced_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merchant_id, address_hash) DO UPDATE SET code = excluded.code, bounced_at = excluded.bounced_at";
    pub CLEAR = "DELETE FROM bounced_addresses WHERE merchant_id = $1 AND address_hash = $2";
    pub STANDING = "SELECT code, bounced_at FROM bounced_addresses WHERE merchant_id = $1 AND address_hash = $2";
    /// Whose primary address it is, by id: those who lock them lock in this order.
    pub WHOSE = "SELECT id FROM customers WHERE merchant_id = $1 AND email_key = $2 AND email_key <> '' AND deleted_at IS NULL
        AND anonymised_at IS NULL AND merged_into IS NULL ORDER BY id LIMIT 50";
    pub SHARING = "SELECT id FROM customers WHERE merchant_id = $1 AND id = $2
        UNION SELECT o.id FROM customers c JOIN customers o ON o.merchant_id = c.merchant_id AND o.email_key = c.email_key AND o.email_key <> ''
        WHERE c.merchant_id = $1 AND c.id = $2 AND o.anonymised_at IS NULL AND o.merged_into IS NULL ORDER BY 1";
}

pub(super) static BOUNCED: LazyLock<Some2> =
    LazyLock::new(|| Some2::new("SELECT address_hash, code, bounced_at FROM bounced_addresses WHERE merchant_id = $1", "address_hash", ""));
pub(super) static REFUSED: LazyLock<Some2> =
    LazyLock::new(|| Some2::new("SELECT address_hash FROM marketing_refusals WHERE merchant_id = $1", "address_hash", ""));

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    BOUNCED.all().into_iter().chain(REFUSED.all()).collect()
}
