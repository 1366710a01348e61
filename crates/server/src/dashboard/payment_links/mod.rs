//! Payment links: the list of all, the dialog that makes one, its page with copy, mail and withdrawal, and the page on which the buyer pays (SPEC 2.7).

mod list;
mod new;
mod page;
mod public;

use domain::kit::Right;

pub use page::{Line, line};

use super::lists;
use crate::http::{Policy, Routes};

/// All pages of payment links.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/payment-links"));
    let routes = routes
        .get("/customers/{id}/payment-links/new", write, new::page)
        .post("/customers/{id}/payment-links/new", write, new::create)
        .get("/payment-links/{id}", read, page::page)
        .post("/payment-links/{id}/link", write, page::open_link)
        .post("/payment-links/{id}/send", write, page::send)
        .get("/payment-links/{id}/withdraw", write, page::ask_withdraw)
        .post("/payment-links/{id}/withdraw", write, page::withdraw)
        .post("/payment-links/{id}/receive", Policy::May(Right::Payments), page::receive);
    routes
        .get("/pay", Policy::Public, public::back)
        .get("/pay/{secret}", Policy::Public, public::page)
        .post("/pay/{secret}/card", Policy::Public, public::card)
        .post("/pay/{secret}/checkout", Policy::Public, public::checkout)
}
