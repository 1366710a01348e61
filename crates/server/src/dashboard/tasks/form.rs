//! One task: made, looked at and changed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{Ctx, Problems, Right, TaskId, day_date};
use domain::replies::Reply;
use domain::staff::colleagues;
use domain::tasks::{self, Edit, NewTask, On, Task};
use domain::{contracts, customers, invoices, merchants, offers, orders, returns, tickets};
use jiff::civil::Date;
use store::Tx;

use super::line::{day, on, standing, switch};
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::tickets::{assignee, people};
use crate::dashboard::{PageResult, Typed, frame, moments, once, refused, see_other, show_with, toasted, whom};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

#[derive(Template)]
#[template(path = "dashboard/tasks/new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    /// What it is on, when that is settled: its id, and what people call it.
    on: Option<(String, String)>,
    people: Vec<(String, String)>,
    once: String,
}

#[derive(Template)]
#[template(path = "dashboard/tasks/page.html")]
struct TaskPage {
    frame: Frame,
    form: Form,
    k: Task,
    at: String,
    /// Where its box is sent.
    switch: String,
    tone: &'static str,
    word: &'static str,
    due: String,
    remind: String,
    created: When,
    done: Option<When>,
    /// What it is on: where that is, and what people call it.
    on: Option<(String, String)>,
    people: Vec<(String, String)>,
    may: bool,
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

/// What people call a thing that a task may be on.
fn called(tx: &mut Tx, ctx: &Ctx, on: &On) -> domain::Result<Option<(String, String)>> {
    let name = match on {
        On::Nothing => return Ok(None),
        On::Customer(id) => customers::get(tx, ctx, id)?.display_name,
        On::Order(id) => format!("order {}", orders::get(tx, ctx, id)?.summary.number),
        On::Invoice(id) => match invoices::get(tx, ctx, id)?.summary.number {
            Some(number) => format!("invoice {number}"),
            None => "a draft of an invoice".to_owned(),
        },
        On::Ticket(id) => format!("ticket {}", tickets::get(tx, ctx, id)?.number),
        On::Contract(id) => format!("contract {}", contracts::get(tx, ctx, id)?.summary.number),
        On::Offer(id) => format!("offer {}", offers::get(tx, ctx, id)?.summary.number),
        On::Return(id) => format!("return {}", returns::get(tx, ctx, id)?.summary.number),
    };
    Ok(Some((on.id().to_owned(), name)))
}

async fn render_new(asked: &Asked<'_>, status: StatusCode, form: Option<Form>) -> PageResult {
    let on: On = param(asked.uri, "on").parse().unwrap_or_default();
    let (on, all) = asked.app.read(&asked.who.ctx, move |tx, ctx| Ok((called(tx, ctx, &on)?, colleagues(tx, ctx)?))).await?;
    let form = form.unwrap_or_else(|| Form::of([("assignee", asked.who.ctx.actor.id.clone())]));
    let page = NewPage {
        frame: frame(asked.app, asked.who, "tasks", asked.uri, asked.headers).await?,
        once: once(&form, asked.who),
        form,
        on,
        people: people(&all, None),
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn new(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render_new(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, StatusCode::OK, None).await
}

/// Makes it, once, and leads to it.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (sent, named) = (typed.clone(), param(&uri, "on"));
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, "/tasks/new", |tx| {
                let new = read(tx, ctx, &sent, &named)?;
                let made = tasks::create(tx, ctx, &new)?;
                Ok(Reply::new(303, format!("/tasks/{made}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Task made.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render_new(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, status, Some(form)).await
        }
    }
}

fn read(tx: &mut Tx, ctx: &Ctx, t: &Typed, named: &str) -> domain::Result<NewTask> {
    let on = match named.parse::<On>() {
        Ok(On::Nothing) => whom(tx, ctx, t.get("customer"))?.map_or(On::Nothing, On::Customer),
        Ok(on) => on,
        Err(()) => return Err(Problems::one("", "unknown", "What this task is to be on is not there.")),
    };
    Ok(NewTask {
        on,
        title: t.text("title"),
        note: t.text("note"),
        due_on: date(t, "due_on")?,
        remind_on: date(t, "remind_on")?,
        assignee: assignee(t)?,
    })
}

fn date(t: &Typed, field: &'static str) -> domain::Result<Option<Date>> {
    match t.get(field).trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Problems::one(field, "invalid", "Choose a day.")),
    }
}

async fn render(asked: &Asked<'_>, task: TaskId, status: StatusCode, form: Option<Form>) -> PageResult {
    let (k, all, zone) = asked
        .app
        .read(&asked.who.ctx, move |tx, ctx| Ok((tasks::get(tx, ctx, &task)?, colleagues(tx, ctx)?, merchants::settings(tx, ctx)?.zone)))
        .await?;
    let (tone, word) = standing(&k, i64::from(zone.day(asked.who.ctx.now)));
    let field = |day: Option<i64>| day.map(|d| day_date(d).to_string()).unwrap_or_default();
    let shown = [
        ("title", k.title.clone()),
        ("note", k.note.clone()),
        ("due_on", field(k.due_on)),
        ("remind_on", field(k.remind_on)),
        ("assignee", k.assignee.as_ref().map_or_else(String::new, ToString::to_string)),
        ("version", k.version.to_string()),
    ];
    let page = TaskPage {
        frame: frame(asked.app, asked.who, "tasks", asked.uri, asked.headers).await?,
        form: form.unwrap_or_else(|| Form::of(shown)),
        at: format!("/tasks/{}", k.id),
        switch: format!("{}?back=/tasks/{}", switch(&k), k.id),
        due: day(k.due_on),
        remind: day(k.remind_on),
        created: moments::moment(&zone, k.created_at),
        done: k.done_at.map(|at| moments::moment(&zone, at)),
        on: on(&k),
        people: people(&all, k.assignee.as_ref()),
        may: asked.who.ctx.may(Right::Write),
        tone,
        word,
        k,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(task): Path<String>) -> PageResult {
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, id(&task, "task")?, StatusCode::OK, None).await
}

/// Changes it.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(task): Path<String>, typed: Typed) -> PageResult {
    let task: TaskId = id(&task, "task")?;
    let (which, sent) = (task.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let change = Edit {
                expected_version: sent.get("version").parse().ok(),
                title: Some(sent.text("title")),
                note: Some(sent.text("note")),
                due_on: Some(date(&sent, "due_on")?),
                remind_on: Some(date(&sent, "remind_on")?),
                assignee: Some(assignee(&sent)?),
            };
            tasks::edit(tx, ctx, &which, &change)
        })
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(&format!("/tasks/{task}")), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, task, status, Some(form)).await
        }
    }
}
