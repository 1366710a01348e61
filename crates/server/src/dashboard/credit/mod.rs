//! Store credit by hand: granted, taken back, or given in the place of a refund. Each is a page that also shows in a dialog; the ledger is a
//! page of the customer.

mod hand;
mod refund;

use domain::kit::Right;

use crate::http::{Policy, Routes};

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let refund = Policy::May(Right::Refund);
    routes
        .get("/customers/{id}/credit/grant", refund, hand::grant_page)
        .post("/customers/{id}/credit/grant", refund, hand::grant)
        .get("/customers/{id}/credit/take-back", refund, hand::take_back_page)
        .post("/customers/{id}/credit/take-back", refund, hand::take_back)
        .get("/payments/{id}/refund/credit", refund, refund::page)
        .post_perhaps_fresh("/payments/{id}/refund/credit", refund, refund::refund)
}
