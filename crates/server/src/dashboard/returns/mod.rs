//! Returns: the list of all, the form on an order, and one with its lines, its steps and what was given for it (SPEC 2.10).

mod form;
mod list;
mod page;
mod refund;
mod shown;

use domain::kit::Right;

pub use shown::{Line, line};

use super::lists;
use crate::http::{Policy, Routes};

/// All pages of returns.
pub fn routes(routes: Routes) -> Routes {
    let (read, write, give) = (Policy::May(Right::Read), Policy::May(Right::Orders), Policy::May(Right::Refund));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/returns"));
    routes
        .get("/orders/{id}/returns/new", write, form::new)
        .post("/orders/{id}/returns/new", write, form::create)
        .get("/returns/{id}", read, page::page)
        .post("/returns/{id}/approve", write, page::approve)
        .post("/returns/{id}/receive", write, page::receive)
        .post("/returns/{id}/close", write, page::close)
        .post("/returns/{id}/replace", write, page::replace)
        .get("/returns/{id}/reject", write, page::ask_reject)
        .post("/returns/{id}/reject", write, page::reject)
        .get("/returns/{id}/refund", give, refund::page)
        .post_perhaps_fresh("/returns/{id}/refund", give, refund::refund)
}
