//! Tickets: the list, the form by which staff make one, one ticket with its thread, and one change to several.

mod bulk;
mod list;
mod new;
mod page;

use domain::kit::{PersonId, Problems, Right};
use domain::staff::Colleague;
use domain::tickets::{Status, Ticket};

use super::{Typed, lists};
use crate::http::{Policy, Routes};

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Write));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/tickets"));
    routes
        .get("/tickets/new", write, new::page)
        .post("/tickets/new", write, new::create)
        .get("/tickets/change", write, bulk::page)
        .post("/tickets/change", write, bulk::ask)
        .post("/tickets/change/all", write, bulk::change)
        .post("/tickets/change/{id}/undo", write, bulk::undo)
        .get("/tickets/{id}", read, page::page)
        .post("/tickets/{id}", write, page::edit)
        .post("/tickets/{id}/entries", write, page::say)
}

/// The tone of where a ticket stands.
pub fn tone(status: Status) -> &'static str {
    match status {
        Status::Open => "attention",
        Status::Waiting => "quiet",
        Status::Solved | Status::Closed => "good",
    }
}

/// To whom work can be given, for a select; with the one who has it now.
pub fn people(all: &[Colleague], now: Option<&PersonId>) -> Vec<(String, String)> {
    all.iter().filter(|c| c.works || Some(&c.id) == now).map(|c| (c.id.to_string(), c.name.clone())).collect()
}

/// The field `assignee`; nobody for an empty one.
///
/// # Errors
/// A field error for what is no person.
pub fn assignee(typed: &Typed) -> domain::Result<Option<PersonId>> {
    match typed.get("assignee").trim() {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|()| Problems::one("assignee", "unknown", "Choose somebody of your staff.")),
    }
}

/// The field `tags`, with commas between them.
fn tags(typed: &Typed) -> Vec<String> {
    typed.get("tags").split(',').map(str::to_owned).collect()
}

/// `1042 · The grinder is loud`
pub fn heading(t: &Ticket) -> String {
    format!("{} · {}", t.number, t.title())
}
