//! Tickets: made, changed one by one or several together, and their threads.

mod body;
mod thread;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, EntryId, Right, TicketChangeId, TicketId};
use domain::tickets as room;
use store::Tx;
use utoipa_axum::routes;

use self::body::{Ticket, TicketNew, TicketPatch, TicketsBack, TicketsChange, TicketsChanged};
use crate::api::asked::At;
use crate::api::lists;
use crate::api::types::Page;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Write));
    let routes = routes.api(read, routes!(list)).api(write, routes!(create)).api(read, routes!(get)).api(write, routes!(edit));
    thread::routes(routes.api(write, routes!(bulk)).api(write, routes!(undo)).api(write, routes!(of_entry)))
}

fn whole(tx: &mut Tx, ctx: &Ctx, id: &TicketId) -> domain::Result<Ticket> {
    room::get(tx, &seeing(ctx), id).map(Into::into)
}

/// List tickets.
///
/// What was touched last comes first.
#[utoipa::path(get, path = "/api/v1/tickets", operation_id = "listTickets", tag = "Tickets", params(lists::TicketsAsked),
    responses((status = 200, body = Page<Ticket>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<Page<Ticket>>, Problem> {
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), room::listed::rows).await
}

/// Make a ticket.
///
/// It is open and has the next number. Answers 409 `customer_inactive` for an archived or deleted customer.
#[utoipa::path(post, path = "/api/v1/tickets", operation_id = "createTicket", tag = "Tickets",
    request_body = TicketNew, responses((status = 201, body = Ticket)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<TicketNew>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let made = room::create(tx, ctx, &body.input()?)?;
            reply(StatusCode::CREATED, &format!("/api/v1/tickets/{made}"), &whole(tx, ctx, &made)?)
        })
        .await
}

/// Make a ticket of an entry.
///
/// Of a mail, a chat or a call; its conversation has one ticket, which is given again with 200. Answers 409 `customer_inactive` for an archived or deleted
/// customer.
#[utoipa::path(post, path = "/api/v1/entries/{id}/ticket", operation_id = "makeTicketOfEntry", tag = "Tickets",
    params(("id" = String, Path)), responses((status = 201, body = Ticket), (status = 200, body = Ticket)))]
async fn of_entry(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: EntryId = id(&text, "entry")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let (made, new) = room::of_entry(tx, ctx, &id)?;
            let status = if new { StatusCode::CREATED } else { StatusCode::OK };
            reply(status, &format!("/api/v1/tickets/{made}"), &whole(tx, ctx, &made)?)
        })
        .await
}

/// Read a ticket.
#[utoipa::path(get, path = "/api/v1/tickets/{id}", operation_id = "getTicket", tag = "Tickets",
    params(("id" = String, Path)), responses((status = 200, body = Ticket)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Ticket>, Problem> {
    let id: TicketId = id(&text, "ticket")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a ticket.
///
/// What is absent stays. Answers 409 `changed` when `expected_version` is not the one there is, `customer_inactive` for a link to an archived or deleted
/// customer.
#[utoipa::path(patch, path = "/api/v1/tickets/{id}", operation_id = "editTicket", tag = "Tickets",
    params(("id" = String, Path)), request_body = TicketPatch, responses((status = 200, body = Ticket)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<TicketPatch>) -> Result<Response, Problem> {
    let id: TicketId = id(&text, "ticket")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            room::edit(tx, ctx, &id, &body.input()?)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}

/// Change several tickets.
///
/// All of them or none: gives them to somebody, moves them to a status, or both. At most 200.
#[utoipa::path(post, path = "/api/v1/tickets/bulk", operation_id = "changeTickets", tag = "Tickets",
    request_body = TicketsChange, responses((status = 200, body = TicketsChanged)))]
async fn bulk(State(app): State<App>, caller: Caller, write: Write<TicketsChange>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let (ids, assignee) = body.input()?;
            let done = room::bulk(tx, ctx, &ids, body.status, assignee)?;
            reply(StatusCode::OK, "", &TicketsChanged { changed: done.count as u64, change: done.undo.map(|id| id.to_string()) })
        })
        .await
}

/// Take back a change of several tickets.
///
/// Within a day: each ticket that nobody touched since stands as before.
#[utoipa::path(post, path = "/api/v1/tickets/bulk/{id}/undo", operation_id = "undoTicketsChange", tag = "Tickets",
    params(("id" = String, Path)), responses((status = 200, body = TicketsBack)))]
async fn undo(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let change: TicketChangeId = id(&text, "change of tickets")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let (back, passed_over) = room::undo_bulk(tx, ctx, &change)?;
            reply(StatusCode::OK, "", &TicketsBack { back: back as u64, passed_over: passed_over as u64 })
        })
        .await
}
