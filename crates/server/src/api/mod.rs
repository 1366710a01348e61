//! REST API v1 (SPEC 13.1): the same verbs as the pages, with keys, scopes, problem+json and cursor pages.

mod accounting;
mod addresses;
mod affiliates;
mod articles;
mod asked;
mod blocks;
mod charges;
mod checkouts;
mod contracts;
mod conversations;
mod credit;
mod customers;
mod describe;
mod duplicates;
mod events;
mod exports;
mod imports;
mod invoices;
mod jobs;
mod lists;
mod mailings;
mod mails;
mod method_links;
mod offers;
mod orders;
mod payment_links;
mod payments;
mod plans;
mod pointer;
mod portal;
mod privacy;
mod returns;
mod settings;
mod shape;
mod staff;
mod subscriptions;
mod tasks;
mod templates;
mod tickets;
pub mod types;
mod unmatched;
mod views;
mod webhooks;
mod words;
pub mod write;

pub use asked::only;
pub use describe::{describe, name_scope};

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::http::{Problem, Routes};

/// All operations of the API.
pub fn routes(routes: Routes) -> Routes {
    let routes = duplicates::routes(customers::routes(routes));
    let routes = invoices::routes(checkouts::routes(orders::routes(routes)));
    let routes = lists::routes(plans::routes(subscriptions::routes(payments::routes(routes))));
    let routes = privacy::routes(blocks::routes(affiliates::routes(credit::routes(routes))));
    let routes = returns::routes(offers::routes(routes));
    let routes = contracts::routes(articles::routes(routes));
    let routes = payment_links::routes(charges::routes(method_links::routes(routes)));
    let routes = exports::routes(jobs::routes(views::routes(routes)));
    let routes = webhooks::routes(routes);
    let routes = accounting::routes(routes);
    let routes = tasks::routes(tickets::routes(routes));
    let routes = addresses::routes(templates::routes(mails::routes(mailings::routes(routes))));
    let routes = conversations::routes(routes);
    let routes = unmatched::routes(imports::routes(routes));
    let routes = portal::routes(routes);
    events::routes(staff::routes(settings::routes(routes)))
}

/// A known address with a method it does not take.
pub async fn wrong_method(uri: Uri) -> Response {
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address does not take this method.");
    if uri.path().starts_with("/api/") { problem.into_response() } else { crate::dashboard::error_page(None, &problem) }
}
