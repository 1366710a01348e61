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
            .busy(&["queued", "running"])
            .hidden("work of the staff")
            .personal("input result error")
            .house("actor_name")
            .neither("merchant_id id kind state cursor done total attempts cancel_asked actor_kind actor_id actor_rights created_at")
            .neither("started_at finished_at"),
        table("job_rows")
            .mentions_by_id()
            .hidden("work of the staff; `before` is what undo would put back")
            .personal("reason before")
            .neither("merchant_id job_id position subject_id outcome"),
        // What a check foretold names whom it would change by id, under the name they had.
        table("imports")
            .mentions_by_id()
            .busy(&["checking", "running", "cancelling"])
            .hidden("work of the staff")
            .personal("file_name input result checked")
            .house("actor_name asked_by")
            .neither("merchant_id id kind layout file_hash shop_id state cursor done total created changed unchanged failed lease_until")
            .neither("started_at finished_at task tries size progress kept_until"),
        // Without its line an import that is taken back leaves the anonymised row as it is. A line that names many loses one id (`imports::lose`).
        table("import_rows")
            .mentions_by_id()
            .deleted()
            .hidden("the copies an import keeps to be undone by, and why rows failed")
            .personal("before")
            .neither("merchant_id import_id position kind row_id"),
        table("replies")
            .mentions_by_id()
            .hidden("answers that were given before, for a day")
            .personal("body")
            .secret("key request_hash")
            .neither("merchant_id actor_id status location created_at"),
        table("webhook_endpoints")
            .secret("secrets")
            .house("url description")
            .neither(
                "merchant_id id wants state off_reason off_at previous_until failing_since failures slow quiet_until lease_until lease_by",
            )
            .neither("sent_at created_at updated_at"),
        table("webhook_wants").neither("merchant_id kind endpoint_id"),
        // Which event goes where. What is sent is made of the event, which holds nothing personal.
        table("webhook_deliveries").neither("merchant_id endpoint_id event_id state attempts first_at next_at done_at status words"),
        // What a receiver answers is not ours to choose.
        table("webhook_attempts")
            .mentions_by_id()
            .hidden("what other programs answered to messages about events")
            .personal("answer")
            .house("url")
            .neither("merchant_id id endpoint_id event_id created_at duration status error timestamp signature"),
    ]
}
