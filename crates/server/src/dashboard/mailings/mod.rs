//! Mailings (SPEC 7.3): the list, one with its results, preparing and sending one from a selection of customers, and the page on which a reader says
//! that no more is wanted.

mod compose;
mod list;
mod page;
mod reader;

pub use compose::choose;
use domain::kit::Right;

use super::lists;
use crate::http::{Policy, Routes};

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let (read, send) = (Policy::May(Right::Read), Policy::May(Right::BulkMail));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/mailings"));
    routes
        .post("/mailings/new", send, compose::preview)
        .post("/mailings/trial", send, compose::trial)
        .post("/mailings/send", send, compose::start)
        .get("/mailings/{id}", read, page::page)
        .post("/mailings/{id}/pause", send, page::pause)
        .post("/mailings/{id}/resume", send, page::resume)
        .post("/mailings/{id}/cancel", send, page::cancel)
        .get("/u/{token}", Policy::Public, reader::page)
        .post("/u/{token}", Policy::Public, reader::unsubscribe)
}
