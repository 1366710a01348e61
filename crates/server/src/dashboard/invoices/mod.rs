//! Invoices: one with its paper, money, mail and link; the form of a draft; the dialogs that send, credit and pay; and the page that a buyer
//! opens by a link (SPEC 2.5, 2.9).

mod credit;
mod form;
mod list;
mod page;
mod pay;
mod public;
mod send;
mod shown;
mod use_credit;
mod whose;

pub use page::{Sent, file, sent};

use domain::kit::Right;

pub use shown::{Line, line};

use super::lists;
use crate::http::{Policy, Routes};

/// All pages of invoices.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    let (pay, give_back) = (Policy::May(Right::Payments), Policy::May(Right::Refund));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/invoices"));
    let routes = routes
        .get("/invoices/new", write, whose::page)
        .get("/customers/{id}/invoices/new", write, form::new)
        .post("/customers/{id}/invoices/new", write, form::create)
        .post("/orders/{id}/invoice", write, page::of_order)
        .get("/payments/{id}/invoice", read, send::of_payment)
        .post("/payments/{id}/invoice", write, page::of_payment)
        .get("/invoices/{id}", read, page::page)
        .get("/invoices/{id}/edit", write, form::edit_page)
        .post("/invoices/{id}/edit", write, form::edit)
        .get("/invoices/{id}/pdf", read, page::pdf)
        .get("/invoices/{id}/xml", read, page::xml)
        .post("/invoices/{id}/issue", write, page::issue)
        .post("/invoices/{id}/discard", write, page::discard)
        .post("/invoices/{id}/link", write, page::open_link)
        .post("/invoices/{id}/unlink", write, page::close_link);
    routes
        .get("/invoices/{id}/send", write, send::page)
        .post("/invoices/{id}/send", write, send::send)
        .post("/mails/{id}/retry", write, send::retry)
        .get("/invoices/{id}/pay", pay, pay::page)
        .post("/invoices/{id}/pay", pay, pay::record)
        .get("/invoices/{id}/store-credit", pay, use_credit::page)
        .post("/invoices/{id}/store-credit", pay, use_credit::spend)
        .post("/invoices/{id}/store-credit/{payment}/undo", pay, use_credit::undo)
        .get("/invoices/{id}/credit", give_back, credit::page)
        .post("/invoices/{id}/credit", give_back, credit::credit)
        .get("/invoices/{id}/void", give_back, page::ask_void)
        .post("/invoices/{id}/void", give_back, page::void)
        .get("/i/{secret}", Policy::Public, public::page)
        .get("/i/{secret}/pdf", Policy::Public, public::pdf)
}
