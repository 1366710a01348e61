//! Offers: the list of all, the form of a draft, one with its paper, mail and links, and the page on which the buyer answers (SPEC 2.10).

mod form;
mod list;
mod page;
mod public;
mod send;
mod shown;

use domain::kit::Right;

pub use shown::{Line, line};

use super::lists;
use crate::http::{Policy, Routes};

/// All pages of offers.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/offers"));
    let routes = routes
        .get("/offers/new", write, form::new)
        .post("/offers/new", write, form::create)
        .get("/customers/{id}/offers/new", write, form::new_of)
        .post("/customers/{id}/offers/new", write, form::create_of)
        .get("/offers/{id}", read, page::page)
        .get("/offers/{id}/edit", write, form::edit_page)
        .post("/offers/{id}/edit", write, form::edit)
        .get("/offers/{id}/pdf", read, page::pdf)
        .post("/offers/{id}/accept", write, page::accept)
        .get("/offers/{id}/decline", write, page::ask_decline)
        .post("/offers/{id}/decline", write, page::decline)
        .get("/offers/{id}/withdraw", write, page::ask_withdraw)
        .post("/offers/{id}/withdraw", write, page::withdraw)
        .post("/offers/{id}/link", write, page::open_link)
        .post("/offers/{id}/unlink", write, page::close_links);
    routes
        .get("/offers/{id}/send", write, send::page)
        .post("/offers/{id}/send", write, send::send)
        .get("/o/{secret}", Policy::Public, public::page)
        .get("/o/{secret}/pdf", Policy::Public, public::pdf)
        .post("/o/{secret}/accept", Policy::Public, public::accept)
        .post("/o/{secret}/decline", Policy::Public, public::decline)
}
