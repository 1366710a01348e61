//! All SQL of group actions.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

store::statements! {
    /// What undo puts back, in the order in which it was done.
    pub(super) UNDOABLE = "SELECT position, subject_id, before FROM job_rows WHERE merchant_id = $1 AND job_id = $2 AND position > $3 AND outcome = 'done'
        ORDER BY position LIMIT $4";
    pub(super) COUNT_UNDOABLE = "SELECT COUNT(*) FROM job_rows WHERE merchant_id = $1 AND job_id = $2 AND outcome = 'done'";
    pub(super) EVENTS_OF = "SELECT event_version FROM customers WHERE merchant_id = $1 AND id = $2";
    /// Somebody archived, deleted or took back since.
    pub(super) DECIDED_SINCE = "SELECT 1 FROM events WHERE merchant_id = $1 AND customer_id = $2 AND version > $3
        AND kind IN ('customer.archived', 'customer.unarchived', 'customer.deleted', 'customer.restored') LIMIT 1";
    pub(super) UNDONE = "UPDATE job_rows SET outcome = $4, reason = $5 WHERE merchant_id = $1 AND job_id = $2 AND position = $3";
}

macro_rules! some {
    ($($(#[$doc:meta])* $name:ident = $head:literal, $column:literal, $tail:literal;)*) => {
        $($(#[$doc])* pub(super) static $name: LazyLock<Some2> = LazyLock::new(|| Some2::new($head, $column, $tail));)*
        /// The built statements, for the test that prepares all of them on both engines.
        pub fn built() -> Vec<&'static Stmt> {
            [$(&*$name),*].into_iter().flat_map(Some2::all).collect()
        }
    };
}

some! {
    STATES = "SELECT id, archived_at, deleted_at, anonymised_at, merged_into, group_id FROM customers WHERE merchant_id = $1", "id", "";
    /// Live subscriptions with their last microsecond.
    LIVE = "SELECT customer_id, ends_at FROM subscriptions WHERE merchant_id = $1 AND live
        AND status IN ('trialing', 'active', 'past_due', 'paused', 'cancelled')", "customer_id", "";
    /// Those whose *Obfuscate enabled* is unticked.
    EXEMPT = "SELECT customer_id FROM retention_exempt WHERE merchant_id = $1", "customer_id", "";
    TAGGED = "SELECT ct.customer_id, t.name FROM customer_tags ct JOIN tags t ON t.merchant_id = ct.merchant_id AND t.id = ct.tag_id
        WHERE ct.merchant_id = $1", "ct.customer_id", "ORDER BY t.name_key";
}
