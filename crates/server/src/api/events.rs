//! The audit log of the merchant, and how the API writes an event.

use axum::extract::State;
use domain::events::{self as room, Entry, LogFilter};
use domain::kit::{EventId, Right};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::{Asked, after, limit, maybe};
use super::types::{Page, Time};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Audit), routes!(list))
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    pub id: String,
    pub at: Time,
    /// Noun and verb.
    #[schema(example = "customer.edited")]
    pub kind: String,
    /// `staff`, `api_key`, `system` or `customer` (in the portal).
    pub actor_kind: String,
    /// Id of the person or key, or a word for the system.
    pub actor_id: String,
    /// Their name at the time.
    pub actor: String,
    /// `page`, `api`, `import`, `job`, `cli`, `clock`, `portal`.
    pub door: String,
    /// Id of the customer it shows under.
    pub customer: Option<String>,
    /// What it happened to: `order`.
    pub subject_kind: String,
    pub subject_id: String,
    /// Why, in words.
    pub cause: String,
    /// Ids, codes, amounts, by kind.
    #[schema(value_type = serde_json::Value)]
    pub data: serde_json::Value,
    /// Fields that changed.
    pub changes: Vec<Change>,
}

/// A field that changed. An absent value was erased, or there was none.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

impl From<Entry> for Event {
    fn from(e: Entry) -> Self {
        Self {
            id: e.id.to_string(),
            at: Time(e.at),
            kind: e.kind,
            actor_kind: e.actor_kind,
            actor_id: e.actor_id,
            actor: e.actor_name,
            door: e.door,
            customer: e.customer.map(|c| c.to_string()),
            subject_kind: e.subject_kind,
            subject_id: e.subject_id,
            cause: e.cause,
            data: e.data,
            changes: e.values.into_iter().map(|c| Change { field: c.field, old: c.old, new: c.new }).collect(),
        }
    }
}

/// Which events.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsAsked {
    /// Id of a person or key, or the word of the system.
    actor: Option<String>,
    /// A kind (`customer.edited`) or a noun (`customer`) for all of its kinds.
    kind: Option<String>,
    /// Not before.
    #[param(value_type = Option<Time>)]
    from: Option<Time>,
    /// Before.
    #[param(value_type = Option<Time>)]
    until: Option<Time>,
    /// Id of a customer.
    customer: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List events.
///
/// The audit log of the merchant, newest first.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "listEvents", tag = "Events", params(EventsAsked),
    responses((status = 200, body = Page<Event>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, Asked(asked): Asked<EventsAsked>) -> Result<axum::Json<Page<Event>>, Problem> {
    let filter = LogFilter {
        actor: asked.actor.unwrap_or_default(),
        kind: asked.kind.unwrap_or_default(),
        from: asked.from.map(|t| t.0),
        until: asked.until.map(|t| t.0),
        customer: maybe("customer", asked.customer.as_deref())?,
    };
    let limit = limit(asked.limit)? as usize;
    let behind = match after(asked.after.as_deref())? {
        Some(key) => maybe::<EventId>("after", Some(&key.id))?.map(|id| (key.at, id)),
        None => None,
    };
    let page = app.read(&ctx, move |tx, ctx| room::log(tx, ctx, &filter, behind.as_ref(), limit)).await?;
    let next = page.next.map(|(at, id)| format!("{at}.{id}"));
    Ok(axum::Json(Page { next, ..Page::whole(page.entries.into_iter().map(Into::into).collect()) }))
}
