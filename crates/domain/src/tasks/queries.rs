//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! task {
    ($rest:literal) => {
        concat!(
            "SELECT k.id, k.subject_kind, k.subject_id, k.customer_id, k.title, k.note, k.due_on, k.remind_on, k.assignee_id, p.name, k.created_at,
            k.created_by, k.done_at, k.done_by, k.version, c.name, c.first_name, c.last_name, c.company, c.email, c.number,
            o.number, i.number, t.number, g.number, f.number, b.number FROM tasks k
            LEFT JOIN people p ON p.id = k.assignee_id
            LEFT JOIN customers c ON c.merchant_id = k.merchant_id AND c.id = k.customer_id
            LEFT JOIN orders o ON k.subject_kind = 'order' AND o.merchant_id = k.merchant_id AND o.id = k.subject_id
            LEFT JOIN invoices i ON k.subject_kind = 'invoice' AND i.merchant_id = k.merchant_id AND i.id = k.subject_id
            LEFT JOIN tickets t ON k.subject_kind = 'ticket' AND t.merchant_id = k.merchant_id AND t.id = k.subject_id
            LEFT JOIN contracts g ON k.subject_kind = 'contract' AND g.merchant_id = k.merchant_id AND g.id = k.subject_id
            LEFT JOIN offers f ON k.subject_kind = 'offer' AND f.merchant_id = k.merchant_id AND f.id = k.subject_id
            LEFT JOIN returns b ON k.subject_kind = 'return' AND b.merchant_id = k.merchant_id AND b.id = k.subject_id
            WHERE k.merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub GET = task!(" AND k.id = $2");
    /// Those to be done first, the most urgent before the others; then those that are done.
    pub OF_CUSTOMER = task!(" AND k.customer_id = $2 ORDER BY CASE WHEN k.done_at IS NULL THEN 0 ELSE 1 END, COALESCE(k.due_on, 9223372036854775807), k.id LIMIT $3");
    pub ON = task!(" AND k.subject_kind = $2 AND k.subject_id = $3
        ORDER BY CASE WHEN k.done_at IS NULL THEN 0 ELSE 1 END, COALESCE(k.due_on, 9223372036854775807), k.id LIMIT $4");
    pub INSERT = "INSERT INTO tasks (merchant_id, id, customer_id, subject_kind, subject_id, title, note, due_on, remind_on, assignee_id, created_at,
        created_by, done_at, done_by, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, '', 1)";
    pub UPDATE = "UPDATE tasks SET title = $3, note = $4, due_on = $5, remind_on = $6, assignee_id = $7, version = version + 1
        WHERE merchant_id = $1 AND id = $2";
    pub SET_DONE = "UPDATE tasks SET done_at = $3, done_by = $4, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    /// Of one person: whose day is over, and whose day or reminder has come.
    pub DUE = "SELECT COUNT(CASE WHEN due_on < $3 THEN 1 END), COUNT(*) FROM tasks
        WHERE merchant_id = $1 AND assignee_id = $2 AND done_at IS NULL AND (due_on <= $3 OR remind_on <= $3)";

    // What it is on was given to another customer, or is no more.
    pub FOLLOW = "UPDATE tasks SET customer_id = $4 WHERE merchant_id = $1 AND subject_kind = $2 AND subject_id = $3";
    pub FOLLOW_INVOICES_OF_ORDER = "UPDATE tasks SET customer_id = $3 WHERE merchant_id = $1 AND subject_kind = 'invoice'
        AND subject_id IN (SELECT i.id FROM invoices i WHERE i.merchant_id = $1 AND i.order_id = $2)";
    pub FOLLOW_RETURNS_OF_ORDER = "UPDATE tasks SET customer_id = $3 WHERE merchant_id = $1 AND subject_kind = 'return'
        AND subject_id IN (SELECT b.id FROM returns b WHERE b.merchant_id = $1 AND b.order_id = $2)";
    pub FOLLOW_INVOICES_OF_PAYMENT = "UPDATE tasks SET customer_id = $3 WHERE merchant_id = $1 AND subject_kind = 'invoice'
        AND subject_id IN (SELECT i.id FROM invoices i WHERE i.merchant_id = $1 AND i.payment_id = $2)";
    pub LET_GO = "UPDATE tasks SET subject_kind = CASE WHEN customer_id IS NULL THEN '' ELSE 'customer' END, subject_id = ''
        WHERE merchant_id = $1 AND subject_kind = $2 AND subject_id = $3";
    /// Whose a task is said to be, and whose that is which it is on; where the two differ.
    pub DIFFERENCES = "SELECT d.id, d.kept, d.should_be FROM (
        SELECT k.id, k.customer_id AS kept, o.customer_id AS should_be FROM tasks k JOIN orders o ON o.merchant_id = k.merchant_id AND o.id = k.subject_id
          WHERE k.merchant_id = $1 AND k.subject_kind = 'order'
        UNION ALL SELECT k.id, k.customer_id, i.customer_id FROM tasks k JOIN invoices i ON i.merchant_id = k.merchant_id AND i.id = k.subject_id
          WHERE k.merchant_id = $1 AND k.subject_kind = 'invoice'
        UNION ALL SELECT k.id, k.customer_id, t.customer_id FROM tasks k JOIN tickets t ON t.merchant_id = k.merchant_id AND t.id = k.subject_id
          WHERE k.merchant_id = $1 AND k.subject_kind = 'ticket'
        UNION ALL SELECT k.id, k.customer_id, g.customer_id FROM tasks k JOIN contracts g ON g.merchant_id = k.merchant_id AND g.id = k.subject_id
          WHERE k.merchant_id = $1 AND k.subject_kind = 'contract'
        UNION ALL SELECT k.id, k.customer_id, f.customer_id FROM tasks k JOIN offers f ON f.merchant_id = k.merchant_id AND f.id = k.subject_id
          WHERE k.merchant_id = $1 AND k.subject_kind = 'offer'
        UNION ALL SELECT k.id, k.customer_id, o.customer_id FROM tasks k JOIN returns b ON b.merchant_id = k.merchant_id AND b.id = k.subject_id
          JOIN orders o ON o.merchant_id = b.merchant_id AND o.id = b.order_id WHERE k.merchant_id = $1 AND k.subject_kind = 'return') d
        WHERE COALESCE(d.kept, '') <> COALESCE(d.should_be, '') ORDER BY d.id LIMIT 1000";
}

pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| Some2::new(task!(""), "k.id", ""));

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}
