//! Affiliates: the list with what is due and paid, each one's page, payouts, and the dialog of a payment (SPEC 6.3, 2.5).

mod export;
mod form;
mod list;
mod page;
mod payment;
mod payout;
mod span;

use domain::kit::Right;

use crate::http::{Policy, Routes};

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let (read, settings) = (Policy::May(Right::Read), Policy::May(Right::Settings));
    let (payments, refund) = (Policy::May(Right::Payments), Policy::May(Right::Refund));
    routes
        .get("/affiliates", read, list::page)
        .get("/affiliates/new", settings, form::new)
        .post("/affiliates/new", settings, form::create)
        .post_fresh("/affiliates/export", Policy::May(Right::Export), export::file)
        .get("/affiliates/{id}", read, page::page)
        .get("/affiliates/{id}/edit", settings, form::edit_page)
        .post("/affiliates/{id}/edit", settings, form::edit)
        .post("/affiliates/{id}/archive", settings, page::archive)
        .post("/affiliates/{id}/unarchive", settings, page::unarchive)
        .get("/affiliates/{id}/payout", refund, payout::page)
        .post("/affiliates/{id}/payout", refund, payout::pay)
        .get("/payments/{id}/affiliate", payments, payment::page)
        .post("/payments/{id}/affiliate", payments, payment::set)
}
