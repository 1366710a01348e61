//! The portal from the side of the house (SPEC 12): its settings, and whether a customer has one.

mod customer;
mod settings;

use domain::kit::Right;

use crate::http::{Policy, Routes};

/// All pages.
pub fn routes(routes: Routes) -> Routes {
    let (read, write, settings) = (Policy::May(Right::Read), Policy::May(Right::Write), Policy::May(Right::Settings));
    routes
        .get("/settings/portal", settings, settings::page)
        .post("/settings/portal", settings, settings::save)
        .get("/customers/{id}/portal", read, customer::page)
        .post("/customers/{id}/portal/invite", write, customer::invite)
        .post("/customers/{id}/portal/link", write, customer::link)
        .post("/customers/{id}/portal/close", write, customer::close)
}
