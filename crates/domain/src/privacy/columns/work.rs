//! What happened and long work: events with their values, jobs, imports, stored answers.

use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("events")
            .of("customer_id")
            .kept("ids, codes and amounts only; who of the staff did what must stay provable")
            .shown("What happened")
            .house("actor_name")
            .neither("merchant_id id at kind actor_kind actor_id door customer_id version subject_kind subject_id cause data"),
        table("event_values")
            .under("event_id", "events", "id")
            .deleted()
            .shown("Values that changed")
            .personal("old new")
            .neither("merchant_id event_id field"),
        table("jobs")
            .mentions()
            .hidden("work of the staff")
            .personal("input result error")
            .house("actor_name")
            .neither("merchant_id id kind state cursor done total attempts cancel_asked actor_kind actor_id actor_rights created_at")
            .neither("started_at finished_at"),
        table("job_rows")
            .mentions()
            .hidden("work of the staff; `before` is what undo would put back")
            .personal("reason before")
            .neither("merchant_id job_id position subject_id outcome"),
        table("imports")
            .mentions()
            .hidden("work of the staff")
            .personal("file_name input result")
            .house("actor_name")
            .neither("merchant_id id kind layout file_hash shop_id state cursor done total created changed unchanged failed lease_until")
            .neither("started_at finished_at"),
        table("import_rows")
            .mentions()
            .hidden("the copies an import keeps to be undone by, and why rows failed")
            .personal("before")
            .neither("merchant_id import_id position kind row_id"),
        table("replies")
            .mentions()
            .hidden("answers that were given before, for a day")
            .personal("location body")
            .secret("key request_hash")
            .neither("merchant_id actor_id status created_at"),
    ]
}
