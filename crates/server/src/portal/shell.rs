//! What stands around every page of the portal: the merchant's name and logo, the pages there are, a word about what was just done.

use askama::Template;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::portal::{Portal, Visitor};

use crate::dashboard::buyer::House;
use crate::dashboard::{self, hidden};
use crate::http::Problem;
use crate::look::{Tab, initials};

/// Around a page.
#[derive(Clone, Debug)]
pub struct Shell {
    /// `/portal/{word}`.
    pub at: String,
    /// What the merchant is called.
    pub shop: String,
    pub letters: String,
    pub logo: bool,
    /// Names the sheet, so that a browser may keep it.
    pub colour: String,
    pub tabs: Vec<Tab>,
    /// Who is signed in; empty: nobody.
    pub name: String,
    /// What was just done.
    pub done: &'static str,
}

impl Shell {
    /// For somebody who is not signed in.
    pub fn of(portal: &Portal) -> Self {
        Self {
            at: portal.at(),
            letters: initials(&portal.name),
            shop: portal.name.clone(),
            logo: portal.logo.is_some(),
            colour: portal.settings.colour.as_str().trim_start_matches('#').to_owned(),
            tabs: Vec::new(),
            name: String::new(),
            done: "",
        }
    }

    /// For the visitor, on the page with this end of its address.
    pub fn on(v: &Visitor, uri: &Uri, end: &str) -> Self {
        let at = v.portal.at();
        let all = [
            ("", "Overview"),
            ("/orders", "Orders"),
            ("/invoices", "Invoices"),
            ("/payments", "Payments"),
            ("/subscriptions", "Subscriptions"),
            ("/messages", "Messages"),
            ("/details", "Your details"),
            ("/data", "Your data"),
        ];
        let open = all.into_iter().filter(|(end, _)| *end != "/data" || v.portal.settings.may_ask);
        let tabs = open.map(|(to, name)| Tab { name: name.to_owned(), href: format!("{at}{to}"), on: to == end, count: None });
        Self { tabs: tabs.collect(), name: v.name.clone(), done: done(uri), ..Self::of(&v.portal) }
    }
}

/// Only words that stand here are shown.
fn done(uri: &Uri) -> &'static str {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let code = pairs.into_iter().find(|(key, _)| key == "done").map_or_else(String::new, |(_, value)| value.into_owned());
    match code.as_str() {
        "saved" => "Saved.",
        "password" => "Your password was changed. Everywhere else you are signed out.",
        "email" => "We sent a link to the new address. It is yours once you opened it.",
        "cancelled" => "The subscription is cancelled.",
        "method" => "The payment method is added.",
        "default" => "The default payment method is changed.",
        "removed" => "The payment method is removed.",
        "return" => "You asked for a return. You will hear from us.",
        "asked" => "You asked. You will hear from us.",
        "sent" => "Your message was sent.",
        _ => "",
    }
}

/// What handlers of the portal return.
pub type Shown = Result<Response, Oops>;

/// An error on its way to becoming a page of the portal: it leads nowhere into the dashboard.
#[derive(Debug)]
pub struct Oops(Box<Problem>);

impl From<domain::Error> for Oops {
    fn from(error: domain::Error) -> Self {
        Self(Box::new(error.into()))
    }
}

impl From<dashboard::PageError> for Oops {
    fn from(error: dashboard::PageError) -> Self {
        Self(error.0)
    }
}

#[derive(Template)]
#[template(path = "portal/error.html")]
struct Page<'a> {
    house: House,
    title: &'a str,
    detail: &'a str,
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        let status = self.0.status_code();
        let (title, detail) = match status {
            StatusCode::NOT_FOUND => {
                ("Not found", "There is nothing at this address, or it does not hold any more. Ask the shop if you need it.")
            }
            StatusCode::FORBIDDEN => ("Not allowed", "This is not possible here."),
            StatusCode::CONFLICT => ("That does not fit", self.0.detail.as_str()),
            _ => ("Something went wrong", self.0.detail.as_str()),
        };
        show_with(status, &Page { house: House::default(), title, detail })
    }
}

/// A page with status 200.
pub fn show(page: &impl Template) -> Response {
    show_with(StatusCode::OK, page)
}

/// A page with another status. None of them is for search engines or caches.
pub fn show_with(status: StatusCode, page: &impl Template) -> Response {
    hidden(dashboard::show_with(status, page))
}
