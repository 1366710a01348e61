//! Subscriptions: the list of all, the page of each with its periods, the dialog that starts one, and one dialog for each thing that can be done.

mod act;
mod dialog;
mod list;
mod page;
mod start;
mod words;

use domain::kit::Right;

pub use act::{Act, acts};
pub use start::{number, offered, units};
pub use words::says;

use super::lists;
use crate::http::{Policy, Routes};

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/subscriptions"));
    let (read, orders, pay) = (Policy::May(Right::Read), Policy::May(Right::Orders), Policy::May(Right::Payments));
    let routes = routes
        .get("/customers/{id}/subscriptions/new", orders, start::page)
        .post("/customers/{id}/subscriptions/new", orders, start::start)
        .get("/subscriptions/{id}", read, page::page);
    let both = |routes: Routes, path: &'static str, policy: Policy, act: Act| {
        let routes = routes.get(path, policy, move |app, who, uri, headers, at| dialog::page(act, app, who, uri, headers, at));
        let send = move |app, who, uri, headers, at, typed| dialog::send(act, app, who, uri, headers, at, typed);
        // What is not used may go back with a cancellation, and that may be a large refund.
        if act == Act::Cancel { routes.post_perhaps_fresh(path, policy, send) } else { routes.post(path, policy, send) }
    };
    let routes = both(routes, "/subscriptions/{id}/cancel", orders, Act::Cancel);
    let routes = both(routes, "/subscriptions/{id}/keep", orders, Act::Keep);
    let routes = both(routes, "/subscriptions/{id}/pause", orders, Act::Pause);
    let routes = both(routes, "/subscriptions/{id}/resume", orders, Act::Resume);
    let routes = both(routes, "/subscriptions/{id}/move", orders, Act::Move);
    let routes = both(routes, "/subscriptions/{id}/method", orders, Act::Method);
    let routes = both(routes, "/subscriptions/{id}/retry", orders, Act::Retry);
    both(routes, "/subscriptions/{id}/receive", pay, Act::Receive)
}
