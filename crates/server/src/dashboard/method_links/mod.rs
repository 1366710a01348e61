//! Links to add a payment method: the dialog that sends one, taking it back, and the page that the customer opens by it.

mod new;
mod public;

use domain::kit::Right;

use crate::http::{Policy, Routes};

/// All pages of them.
pub fn routes(routes: Routes) -> Routes {
    let write = Policy::May(Right::Orders);
    routes
        .get("/customers/{id}/method-links/new", write, new::page)
        .post("/customers/{id}/method-links/new", write, new::send)
        .post("/method-links/{id}/withdraw", write, new::withdraw)
        .get("/m", Policy::Public, public::back)
        .get("/m/{secret}", Policy::Public, public::page)
        .post("/m/{secret}/begin", Policy::Public, public::begin)
        .post("/m/{secret}/card", Policy::Public, public::card)
}
