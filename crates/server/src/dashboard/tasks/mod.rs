//! Tasks: the list that begins with one's own, one task, the form by which staff make one, and the box that marks one as done wherever it is shown.

mod done;
mod form;
mod line;
mod list;

use domain::kit::Right;

pub use line::Section;

use super::lists;
use crate::http::{Policy, Routes};

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Write));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/tasks"));
    routes
        .get("/tasks/new", write, form::new)
        .post("/tasks/new", write, form::create)
        .post("/tasks/done", write, done::several)
        .get("/tasks/{id}", read, form::page)
        .post("/tasks/{id}", write, form::edit)
        .post("/tasks/{id}/done", write, done::done)
        .post("/tasks/{id}/reopen", write, done::reopen)
}
