//! The outbox: all mail that waits, went, or did not go, and another try (SPEC 5.3).

mod list;
mod page;

use domain::kit::Right;

pub use page::thing;

use super::lists;
use crate::http::{Policy, Routes};

/// The pages of the room.
pub fn routes(routes: Routes) -> Routes {
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/outbox"));
    routes
        .get("/outbox/{id}", Policy::May(Right::Read), page::page)
        // What it carries decides which right is needed: the verb asks.
        .post("/outbox/{id}/retry", Policy::May(Right::Read), page::retry)
}
