//! The pages of one customer: the pane that stays on top, and a topic below it, each a link of its own (SPEC 2).
//!
//! The same pages show in the panel over the list, which takes their `main`. Nothing here writes.

mod accounting;
mod contracts;
mod conversations;
mod credit;
mod guests;
mod happened;
mod invoices;
mod lines;
mod methods;
mod offers;
mod orders;
pub mod overview;
mod pane;
mod payments;
mod privacy;
mod returns;
mod subscriptions;
mod tasks;
mod tickets;
mod timeline;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::customers::{self, Customer};
use domain::kit::{AvatarId, Ctx, CustomerId, Right};
use domain::merchants;
use store::Tx;

pub use happened::{Happened, field_name};
pub use lines::{PaymentLine, address, bought, capital, dispute_tone, method, order_tone, provider};
pub use pane::{Pane, postal, suffix};
pub use subscriptions::tone as subscription_tone;

use crate::app::App;
use crate::dashboard::{PageError, PageResult, frame, see_other};
use crate::http::guard::id;
use crate::http::{Policy, Routes, Who};
use crate::look::Frame;

/// The topics of SPEC 2.2 that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Who it is.
    Overview,
    /// What was bought.
    Orders,
    /// What was paid.
    Payments,
    /// With what.
    Methods,
    /// What runs.
    Subscriptions,
    /// What was billed.
    Invoices,
    /// What was offered.
    Offers,
    /// What was agreed.
    Contracts,
    /// What came back.
    Returns,
    /// What was said.
    Conversations,
    /// What they want.
    Tickets,
    /// What is to be done for them.
    Tasks,
    /// What may be theirs.
    Guests,
    /// What was exported to the books.
    Accounting,
    /// What the law asks.
    Privacy,
    /// What happened.
    Timeline,
}

impl Topic {
    /// All, in the order of the menu, with the end of their address and their name.
    pub const ALL: [(Self, &'static str, &'static str); 16] = [
        (Self::Overview, "", "Overview"),
        (Self::Orders, "/orders", "Orders"),
        (Self::Payments, "/payments", "Payments"),
        (Self::Methods, "/methods", "Payment methods"),
        (Self::Subscriptions, "/subscriptions", "Subscriptions"),
        (Self::Invoices, "/invoices", "Invoices"),
        (Self::Offers, "/offers", "Offers"),
        (Self::Contracts, "/contracts", "Contracts"),
        (Self::Returns, "/returns", "Returns"),
        (Self::Conversations, "/conversations", "Conversations"),
        (Self::Tickets, "/tickets", "Tickets"),
        (Self::Tasks, "/tasks", "Tasks"),
        (Self::Guests, "/guest-payments", "Related guest payments"),
        (Self::Accounting, "/accounting", "Accounting"),
        (Self::Privacy, "/privacy", "Privacy"),
        (Self::Timeline, "/timeline", "Timeline"),
    ];
}

/// The pages that are read.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes
        .get("/customers/{id}", read, overview::page)
        .post("/customers/{id}/billing/retry", Policy::May(Right::Write), overview::retry)
        .get("/customers/{id}/orders", read, orders::page)
        .get("/customers/{id}/payments", read, payments::page)
        .get("/customers/{id}/credit", read, credit::page)
        .get("/customers/{id}/methods", read, methods::page)
        .get("/customers/{id}/subscriptions", read, subscriptions::page)
        .get("/customers/{id}/invoices", read, invoices::page)
        .get("/customers/{id}/offers", read, offers::page)
        .get("/customers/{id}/contracts", read, contracts::page)
        .get("/customers/{id}/returns", read, returns::page)
        .get("/customers/{id}/tickets", read, tickets::page)
        .get("/customers/{id}/tasks", read, tasks::page)
        .get("/customers/{id}/conversations", read, conversations::page)
        .get("/customers/{id}/guest-payments", read, guests::page)
        .post("/customers/{id}/guest-payments", Policy::May(Right::Payments), guests::attach_many)
        .post("/payments/{id}/attach", Policy::May(Right::Payments), guests::attach)
        .post("/payments/{id}/detach", Policy::May(Right::Payments), guests::detach)
        .get("/customers/{id}/accounting", read, accounting::page)
        .get("/customers/{id}/privacy", read, privacy::page)
        .get("/customers/{id}/timeline", read, timeline::page)
        .get("/customers/{id}/avatar/{avatar}", read, avatar)
}

/// Why a page of a customer is not shown: it went wrong, or it is at another address.
#[derive(Debug)]
pub struct Away(pub Box<Response>);

impl From<PageError> for Away {
    fn from(error: PageError) -> Self {
        Self(Box::new(error.into_response()))
    }
}

impl From<domain::Error> for Away {
    fn from(error: domain::Error) -> Self {
        PageError::from(error).into()
    }
}

impl IntoResponse for Away {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What handlers of these pages return.
pub type Shown = Result<Response, Away>;

/// The request, as every page of a customer needs it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub app: &'a App,
    pub who: &'a Who,
    pub uri: &'a Uri,
    pub headers: &'a HeaderMap,
}

/// Reads the customer, its pane and the topic in one snapshot. The id of a merged customer leads to the survivor.
///
/// # Errors
/// [`Away`]: no such customer, or look elsewhere.
pub async fn open<T: Send + 'static>(
    asked: Asked<'_>,
    customer: &str,
    topic: Topic,
    read: impl Fn(&mut Tx, &Ctx, &Customer) -> domain::Result<T> + Send + Sync + 'static,
) -> Result<(Frame, Pane, T), Away> {
    let wanted: CustomerId = id(customer, "customer")?;
    let (indexes, from) = (asked.app.indexes.clone(), pane::from(asked.uri));
    let asked_for = wanted.clone();
    let (pane, read) = asked
        .app
        .read(&asked.who.ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &asked_for)?;
            let settings = merchants::settings(tx, ctx)?;
            let read = read(tx, ctx, &customer)?;
            Ok((Pane::read(tx, ctx, &indexes, from.as_deref(), settings.zone, customer, topic)?, read))
        })
        .await?;
    if pane.c.id != wanted {
        let end = Topic::ALL.iter().find(|(t, ..)| *t == topic).map_or("", |(_, end, _)| end);
        return Err(Away(Box::new(see_other(&format!("/customers/{}{end}{}", pane.c.id, pane.suffix)))));
    }
    let frame = frame(asked.app, asked.who, "customers", asked.uri, asked.headers).await?;
    Ok((frame, pane, read))
}

/// A value of the query string; empty when it is not there.
pub fn param(uri: &Uri, name: &str) -> String {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs.into_iter().find(|(key, _)| key == name).map_or_else(String::new, |(_, value)| value.into_owned())
}

/// The picture. An id names one picture for ever, so the browser may keep it.
async fn avatar(State(app): State<App>, who: Who, Path((customer, avatar)): Path<(String, String)>) -> PageResult {
    let (customer, avatar): (CustomerId, AvatarId) = (id(&customer, "picture")?, id(&avatar, "picture")?);
    let (kind, bytes) = app.read(&who.ctx, move |tx, ctx| customers::avatar(tx, ctx, &customer, &avatar)).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&kind).unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    Ok(response)
}
