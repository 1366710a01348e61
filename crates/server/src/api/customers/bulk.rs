//! Group actions: what would happen, and doing it (SPEC 8).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers::bulk::{self as room, Action, Preview, Selection, Started};
use domain::kit::{CustomerId, GroupId, Problems, Right};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::Cancel;
use crate::api::types::given;
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Read), routes!(preview)).api(Policy::May(Right::Read), routes!(run))
}

/// What is to be done with each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BulkAction {
    Archive,
    Unarchive,
    Delete,
    Restore,
    DeletePermanently,
    /// Final; always a job.
    Anonymise,
    /// Needs `group`; `null` takes everybody out of theirs.
    SetGroup,
    /// Needs `tags`.
    AddTags,
    /// Needs `tags`.
    RemoveTags,
}

/// A group action on customers: those with these ids, or all that match.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Bulk {
    action: BulkAction,
    /// At most 10,000; either this or `query`.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<CustomerId>>,
    /// A query string of `GET /customers`; empty means all.
    #[serde(default)]
    #[schema(example = "status=idle")]
    query: Option<String>,
    /// Of those that match, not these.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    except: Vec<CustomerId>,
    /// Id of a group, or null for none, for `set_group`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    group: Option<Option<GroupId>>,
    /// Names of tags, for `add_tags` and `remove_tags`.
    #[serde(default)]
    tags: Vec<String>,
    /// For `archive`; absent: customers with a live subscription are refused.
    #[serde(default)]
    cancel_subscriptions: Option<Cancel>,
}

impl Bulk {
    fn action(&self) -> domain::Result<Action> {
        Ok(match self.action {
            BulkAction::Archive => Action::Archive { subscription: self.cancel_subscriptions.map(Into::into) },
            BulkAction::Unarchive => Action::Unarchive,
            BulkAction::Delete => Action::Delete,
            BulkAction::Restore => Action::Restore,
            BulkAction::DeletePermanently => Action::DeletePermanently,
            BulkAction::Anonymise => Action::Anonymise,
            BulkAction::SetGroup => Action::SetGroup {
                group: self.group.clone().ok_or_else(|| Problems::one("group", "required", "Name the group, or null for none."))?,
            },
            BulkAction::AddTags => Action::AddTags { tags: self.tags.clone() },
            BulkAction::RemoveTags => Action::RemoveTags { tags: self.tags.clone() },
        })
    }

    fn selection(&self) -> domain::Result<Selection> {
        selection(self.ids.as_ref(), self.query.as_ref(), &self.except)
    }
}

/// Whom a body chooses: these ids, or all that match but some.
///
/// # Errors
/// A field error for `ids` when it is neither or both.
pub fn selection(ids: Option<&Vec<CustomerId>>, query: Option<&String>, except: &[CustomerId]) -> domain::Result<Selection> {
    match (ids, query) {
        (Some(ids), None) if except.is_empty() => Ok(Selection::Ids(ids.clone())),
        (None, Some(query)) => Ok(Selection::All { query: query.clone(), except: except.to_vec() }),
        _ => Err(Problems::one("ids", "invalid", "Send ids, or query with except.")),
    }
}

/// So many are refused for this reason.
#[derive(Debug, Serialize, ToSchema)]
struct Refused {
    reason: String,
    count: u64,
}

fn refused(all: Vec<(String, u64)>) -> Vec<Refused> {
    all.into_iter().map(|(reason, count)| Refused { reason, count }).collect()
}

/// Exactly what would happen.
#[derive(Debug, Serialize, ToSchema)]
struct BulkPreview {
    /// So many would be changed.
    will: u64,
    refused: Vec<Refused>,
    /// Of those that would be anonymised, so many were named by id though *Obfuscate enabled* is unticked; with `query` they are refused.
    unticked: u64,
}

impl From<Preview> for BulkPreview {
    fn from(p: Preview) -> Self {
        Self { will: p.will, refused: refused(p.refused), unticked: p.unticked }
    }
}

/// What was begun or done.
#[derive(Debug, Serialize, ToSchema)]
struct BulkStarted {
    /// Id of the job with the result for every customer.
    job: String,
    /// It is done already: at most 100 customers.
    at_once: bool,
    /// Changed, when done at once.
    done: u64,
    /// Not changed, when done at once.
    refused: Vec<Refused>,
}

impl From<Started> for BulkStarted {
    fn from(s: Started) -> Self {
        Self { job: s.job.to_string(), at_once: s.at_once, done: s.done, refused: refused(s.refused) }
    }
}

/// Preview a group action.
///
/// Exactly how many would be changed, and why others would not. Changes nothing.
#[utoipa::path(post, path = "/api/v1/customers/bulk/preview", operation_id = "previewBulk", tag = "Customers", request_body = Bulk,
    responses((status = 200, body = BulkPreview)))]
async fn preview(State(app): State<App>, caller: Caller, write: Write<Bulk>) -> Result<axum::Json<BulkPreview>, Problem> {
    let (selection, action, indexes) = (write.input.selection()?, write.input.action()?, app.indexes.clone());
    Ok(axum::Json(app.read(&caller.0, move |tx, ctx| room::preview(tx, ctx, &indexes, &selection, &action)).await?.into()))
}

/// Run a group action.
///
/// At most 100 customers are done at once (200); more become a job (202). Needs the scope of the action: `write`, `delete` or `purge`.
#[utoipa::path(post, path = "/api/v1/customers/bulk", operation_id = "runBulk", tag = "Customers", request_body = Bulk,
    responses((status = 200, body = BulkStarted), (status = 202, body = BulkStarted)))]
async fn run(State(app): State<App>, caller: Caller, write: Write<Bulk>) -> Result<Response, Problem> {
    let (selection, indexes) = (write.input.selection()?, app.indexes.clone());
    let who = selection.clone();
    let picked = app.read(&caller.0, move |tx, ctx| room::pick(tx, ctx, &indexes, &who)).await?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let started: BulkStarted = room::start(tx, ctx, &selection, &picked, &body.action()?)?.into();
            let status = if started.at_once { StatusCode::OK } else { StatusCode::ACCEPTED };
            reply(status, &format!("/api/v1/jobs/{}", started.job), &started)
        })
        .await
}
