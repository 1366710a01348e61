//! The body of a message: what happened, to what, and which fields changed, by their ids and names. Made of the event whenever it is sent.

use serde_json::json;

use crate::events::Entry;
use crate::kit::rfc3339;

/// The body, JSON.
pub(super) fn body(event: &Entry) -> String {
    let subject = (!event.subject_kind.is_empty()).then(|| json!({ "kind": event.subject_kind, "id": event.subject_id }));
    json!({
        "type": event.kind,
        "timestamp": rfc3339(event.at),
        "data": {
            "event": event.id,
            "customer": event.customer,
            "version": event.version,
            "subject": subject,
            "changed": event.values.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(),
            "details": event.data,
            "cause": event.cause,
            "door": event.door,
            "actor": { "kind": event.actor_kind, "id": event.actor_id },
        },
    })
    .to_string()
}
