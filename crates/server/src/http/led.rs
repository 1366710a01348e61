//! The one place where the id of a customer in an address is led to the survivor of a merge (SPEC 10.1): a page that is read redirects, an
//! operation of the API speaks of the survivor and names it in `Content-Location`.
//!
//! What ends a customer, and the merge itself, is never led: it was meant for the one who is named. Neither is a form, which shows the
//! words of the other one: its verb refuses.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use domain::customers;
use domain::kit::{Ctx, CustomerId};

use super::problem::Problem;
use super::routes::Side;
use crate::app::App;
use crate::dashboard;

/// Ends of addresses of the API that are never led.
const MEANT: [&str; 4] = ["/purge", "/restoration", "/archive", "/merge"];

/// An id in the path that stands for another.
#[derive(Clone, Debug)]
pub struct Led {
    /// As it was asked for.
    pub from: String,
    /// The survivor.
    pub to: String,
    /// The same address with it.
    at: String,
}

/// Looks whether the path names a customer who was merged. `Err` is where to go instead.
pub async fn lead(app: &App, side: Side, request: &mut Request) -> Result<Option<Led>, Box<Response>> {
    let (path, method) = (request.uri().path(), request.method());
    let (before, rest) = match side {
        Side::Page if *method == Method::GET => ("/customers/", path.strip_prefix("/customers/")),
        Side::Page => return Ok(None),
        Side::Api => ("/api/v1/customers/", path.strip_prefix("/api/v1/customers/")),
    };
    let Some((from, end)) = rest.map(|rest| rest.split_at(rest.find('/').unwrap_or(rest.len()))) else { return Ok(None) };
    let (Ok(id), Some(ctx)) = (from.parse::<CustomerId>(), request.extensions().get::<Ctx>().cloned()) else { return Ok(None) };
    if MEANT.contains(&end) && side == Side::Api || *method == Method::DELETE && end.is_empty() {
        return Ok(None);
    }
    let wanted = id.clone();
    let found = app.read(&ctx, move |tx, ctx| customers::survivor(tx, ctx, &wanted)).await;
    let to = match (found, side) {
        (Ok(to), _) if to == id => return Ok(None),
        (Ok(to), _) => to,
        (Err(error), Side::Page) => return Err(Box::new(dashboard::error_page(None, &error.into()))),
        (Err(error), Side::Api) => return Err(Box::new(Problem::from(error).into_response())),
    };
    let led = Led { from: from.to_owned(), at: format!("{before}{to}{end}"), to: to.to_string() };
    if side == Side::Page {
        let query = request.uri().query().map_or_else(String::new, |q| format!("?{q}"));
        return Err(Box::new(dashboard::see_other(&format!("{}{query}", led.at))));
    }
    request.extensions_mut().insert(led.clone());
    Ok(Some(led))
}

/// The answer, with the address of what it speaks of.
pub fn told(led: Option<Led>, mut response: Response) -> Response {
    if let Some(at) = led.and_then(|led| HeaderValue::from_str(&led.at).ok()) {
        response.headers_mut().insert(header::CONTENT_LOCATION, at);
    }
    response
}

/// Parts of a path in which an id may be led.
pub trait Parts {
    /// The same with the survivor's id.
    #[must_use]
    fn led(self, led: &Led) -> Self;
}

impl Parts for String {
    fn led(self, led: &Led) -> Self {
        if self == led.from { led.to.clone() } else { self }
    }
}

impl Parts for (String, String) {
    fn led(self, led: &Led) -> Self {
        (self.0.led(led), self.1)
    }
}
