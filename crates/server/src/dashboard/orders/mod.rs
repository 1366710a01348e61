//! Orders: the list of all, one order with its states, and the form by which staff make one (SPEC 2.4, 6.1).

mod addresses;
mod desk;
pub mod form;
mod list;
mod look;
mod note;
pub mod page;
mod pay;

use domain::kit::Right;

use super::lists;
use crate::http::{Policy, Routes};

/// All pages of orders.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders, pay) = (Policy::May(Right::Read), Policy::May(Right::Orders), Policy::May(Right::Payments));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/orders"));
    routes
        .get("/articles", orders, look::articles)
        .get("/orders/new", orders, desk::new)
        .post("/orders/new", orders, desk::create)
        .get("/customers/{id}/orders/new", orders, desk::new_of)
        .post("/customers/{id}/orders/new", orders, desk::create_of)
        .get("/orders/{id}", read, page::page)
        .get("/orders/{id}/edit", orders, desk::edit_page)
        .post("/orders/{id}/edit", orders, desk::edit)
        .post("/orders/{id}/place", orders, page::place)
        .post("/orders/{id}/fulfil", orders, page::fulfil)
        .post("/orders/{id}/close", orders, page::close)
        .get("/orders/{id}/cancel", orders, page::ask_cancel)
        .post("/orders/{id}/cancel", orders, page::cancel)
        .get("/orders/{id}/note", orders, note::page)
        .post("/orders/{id}/note", orders, note::save)
        .get("/orders/{id}/addresses", orders, addresses::page)
        .post("/orders/{id}/addresses", orders, addresses::save)
        .get("/orders/{id}/pay", pay, pay::page)
        .post("/orders/{id}/pay", pay, pay::record)
}
