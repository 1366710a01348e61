//! Tasks: made, changed, done, and taken up again.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, Problems, Right, TaskId, day_date};
use domain::tasks::{self as room, On};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::lists;
use crate::api::types::{Named, Page, Time, given, person};
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Write));
    let routes = routes.api(read, routes!(list)).api(write, routes!(create)).api(read, routes!(get)).api(write, routes!(edit));
    routes.api(write, routes!(finish)).api(write, routes!(reopen))
}

/// A task.
#[derive(Debug, Serialize, ToSchema)]
struct Task {
    id: String,
    /// The id of the customer, order, invoice, offer, contract, return or ticket it is on; absent when it stands by itself.
    #[schema(example = "ord_01k0")]
    on: Option<String>,
    /// Whose that is.
    customer: Option<Named>,
    title: String,
    note: String,
    #[schema(example = "2026-06-20")]
    due_on: Option<String>,
    /// From this day on it stands among what is due.
    #[schema(example = "2026-06-18")]
    remind_on: Option<String>,
    assignee: Option<Named>,
    created_at: Time,
    created_by: String,
    done_at: Option<Time>,
    /// Empty while it is not done.
    done_by: String,
    /// Send it back as `expected_version`.
    version: i64,
}

impl From<room::Task> for Task {
    fn from(k: room::Task) -> Self {
        let day = |day: i64| day_date(day).to_string();
        Self {
            id: k.id.to_string(),
            on: Some(k.on.id().to_owned()).filter(|id| !id.is_empty()),
            customer: k.customer.map(|id| Named { id: id.to_string(), name: k.customer_name }),
            title: k.title,
            note: k.note,
            due_on: k.due_on.map(day),
            remind_on: k.remind_on.map(day),
            assignee: k.assignee.map(|id| Named { id: id.to_string(), name: k.assignee_name }),
            created_at: Time(k.created_at),
            created_by: k.created_by,
            done_at: k.done_at.map(Time),
            done_by: k.done_by,
            version: k.version,
        }
    }
}

/// A task to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskNew {
    title: String,
    /// The id of a customer, an order, an invoice, an offer, a contract, a return or a ticket.
    #[serde(default)]
    on: Option<String>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    #[schema(example = "2026-06-20")]
    due_on: Option<String>,
    #[serde(default)]
    #[schema(example = "2026-06-18")]
    remind_on: Option<String>,
    /// The id of a person of the staff who may edit customers.
    #[serde(default)]
    assignee: Option<String>,
}

impl TaskNew {
    fn input(&self) -> domain::Result<room::NewTask> {
        let unknown = |()| {
            Problems::one("on", "unknown", "Use the id of a customer, an order, an invoice, an offer, a contract, a return or a ticket.")
        };
        Ok(room::NewTask {
            on: self.on.as_deref().unwrap_or_default().parse::<On>().map_err(unknown)?,
            title: self.title.clone(),
            note: self.note.clone(),
            due_on: self.due_on.as_deref().map(|d| day("due_on", d)).transpose()?,
            remind_on: self.remind_on.as_deref().map(|d| day("remind_on", d)).transpose()?,
            assignee: self.assignee.as_deref().map(person).transpose()?,
        })
    }
}

/// A change; what is absent stays, `null` is none.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct TaskPatch {
    expected_version: Option<i64>,
    title: Option<String>,
    note: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "2026-06-20")]
    due_on: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "2026-06-18")]
    remind_on: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Option<String>>,
}

impl TaskPatch {
    fn input(&self) -> domain::Result<room::Edit> {
        let days = |field: &'static str, given: &Option<Option<String>>| {
            given.as_ref().map(|text| text.as_deref().map(|t| day(field, t)).transpose()).transpose()
        };
        Ok(room::Edit {
            expected_version: self.expected_version,
            title: self.title.clone(),
            note: self.note.clone(),
            due_on: days("due_on", &self.due_on)?,
            remind_on: days("remind_on", &self.remind_on)?,
            assignee: self.assignee.as_ref().map(|id| id.as_deref().map(person).transpose()).transpose()?,
        })
    }
}

fn day(field: &'static str, text: &str) -> domain::Result<Date> {
    text.parse().map_err(|_| Problems::one(field, "invalid", "Use a day such as 2026-06-20."))
}

fn whole(tx: &mut Tx, ctx: &Ctx, id: &TaskId) -> domain::Result<Task> {
    room::get(tx, &seeing(ctx), id).map(Into::into)
}

/// List tasks.
///
/// What is due first comes first.
#[utoipa::path(get, path = "/api/v1/tasks", operation_id = "listTasks", tag = "Tasks", params(lists::TasksAsked),
    responses((status = 200, body = Page<Task>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<Page<Task>>, Problem> {
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), room::listed::rows).await
}

/// Make a task.
///
/// Answers 409 `customer_inactive` when the customer of what it is on is archived or deleted.
#[utoipa::path(post, path = "/api/v1/tasks", operation_id = "createTask", tag = "Tasks",
    request_body = TaskNew, responses((status = 201, body = Task)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<TaskNew>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let made = room::create(tx, ctx, &body.input()?)?;
            reply(StatusCode::CREATED, &format!("/api/v1/tasks/{made}"), &whole(tx, ctx, &made)?)
        })
        .await
}

/// Read a task.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", operation_id = "getTask", tag = "Tasks",
    params(("id" = String, Path)), responses((status = 200, body = Task)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Task>, Problem> {
    let id: TaskId = id(&text, "task")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a task.
///
/// Answers 409 `changed` when `expected_version` is not the one there is.
#[utoipa::path(patch, path = "/api/v1/tasks/{id}", operation_id = "editTask", tag = "Tasks",
    params(("id" = String, Path)), request_body = TaskPatch, responses((status = 200, body = Task)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<TaskPatch>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::edit(tx, ctx, id, &body.input()?)).await
}

/// Mark a task as done.
///
/// Twice is once.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/completion", operation_id = "finishTask", tag = "Tasks",
    params(("id" = String, Path)), responses((status = 200, body = Task)))]
async fn finish(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::finish(tx, ctx, id).map(drop)).await
}

/// Take a task up again.
#[utoipa::path(delete, path = "/api/v1/tasks/{id}/completion", operation_id = "reopenTask", tag = "Tasks",
    params(("id" = String, Path)), responses((status = 200, body = Task)))]
async fn reopen(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::reopen(tx, ctx, id).map(drop)).await
}

/// One verb on one task, answered with the task as it is then.
async fn step<T: Clone + Send + Sync + 'static>(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<T>,
    verb: impl Fn(&mut Tx, &Ctx, &TaskId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: TaskId = id(text, "task")?;
    write
        .run(app, caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}
