//! Personal data: the register of what people ask, one person's data as a file, and the purge of prospects who never ordered (SPEC 10.3, 11.4).

mod data;
mod list;
mod purge;
mod request;

use domain::kit::Right;

use super::lists;
use crate::http::{Policy, Routes};

/// All pages of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, answer, purge) = (Policy::May(Right::Read), Policy::May(Right::PersonalData), Policy::May(Right::Purge));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/customers/requests"));
    routes
        .get("/customers/requests/new", answer, request::new)
        .post("/customers/requests/new", answer, request::create)
        .get("/customers/requests/{id}", read, request::page)
        .post("/customers/requests/{id}", answer, request::edit)
        .post("/customers/requests/{id}/close", answer, request::close)
        .post("/customers/requests/{id}/reopen", answer, request::reopen)
        .get("/customers/{id}/data", answer, data::page)
        .post("/customers/{id}/data", answer, data::file)
        .get("/customers/purge", purge, purge::page)
}
