//! Charging a method that a customer keeps: the dialog, and what became of it (SPEC 2.7).

mod new;
mod page;
mod wanted;

use domain::kit::Right;

pub use page::{Line, line};
pub use wanted::{Wanted, WantedPage, named};

use crate::http::{Policy, Routes};

/// All pages of charges.
pub fn routes(routes: Routes) -> Routes {
    let (read, pay) = (Policy::May(Right::Read), Policy::May(Right::Payments));
    routes.get("/customers/{id}/charges/new", pay, new::page).post("/customers/{id}/charges/new", pay, new::charge).get(
        "/charges/{id}",
        read,
        page::page,
    )
}
