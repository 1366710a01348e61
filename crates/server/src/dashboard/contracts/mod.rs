//! Contracts: the list of all, the form, one with its term, file and tasks, and what may be done with it (SPEC 2.10).

mod act;
mod file;
mod form;
mod list;
mod notice;
mod page;
mod shown;

use domain::kit::Right;

pub use shown::{Line, line};

use super::lists;
use crate::http::{Policy, Routes};

/// All pages of contracts.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/contracts"));
    let routes = routes
        .get("/contracts/new", write, form::new)
        .post("/contracts/new", write, form::create)
        .get("/customers/{id}/contracts/new", write, form::new_of)
        .post("/customers/{id}/contracts/new", write, form::create_of)
        .get("/contracts/{id}", read, page::page)
        .get("/contracts/{id}/edit", write, form::edit_page)
        .post("/contracts/{id}/edit", write, form::edit);
    routes
        .post("/contracts/{id}/start", write, act::start)
        .get("/contracts/{id}/notice", write, notice::page)
        .post("/contracts/{id}/notice", write, notice::give)
        .post("/contracts/{id}/notice/take-back", write, act::take_back)
        .get("/contracts/{id}/end", write, act::ask_end)
        .post("/contracts/{id}/end", write, act::end)
        .get("/contracts/{id}/cancel", write, act::ask_cancel)
        .post("/contracts/{id}/cancel", write, act::cancel)
        .get("/contracts/{id}/file", read, file::download)
        .post("/contracts/{id}/file", write, file::attach)
        .post("/contracts/{id}/file/remove", write, file::detach)
}
