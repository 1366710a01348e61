//! The portal (SPEC 12): pages of one merchant's customers, in that merchant's look, at `/portal/{word}`. Without JavaScript, and without a way to the
//! dashboard: who is signed in there is a stranger here.
//!
//! A handler reads the request, calls one verb with the [`Visitor`] and shows the outcome. What is not the visitor's is not there (404).

mod data;
mod details;
mod door;
mod home;
mod link;
mod look;
mod messages;
mod methods;
mod money;
mod orders;
mod shell;
mod subscriptions;

use axum::http::HeaderMap;
use axum_extra::extract::cookie::CookieJar;
use domain::kit::{Door, EventId, Locale, PageKey, within};
use domain::portal::{Portal, Visitor};
use domain::staff::Moment;
use store::Tx;

pub use shell::{Oops, Shell, Shown, show, show_with};

use crate::app::App;
use crate::http::{Policy, Routes};
use crate::look::Form;

/// All pages of customers.
pub fn routes(routes: Routes) -> Routes {
    let (anybody, customer) = (Policy::Public, Policy::Portal);
    let routes = routes
        .get("/portal/{word}/look.css", anybody, look::sheet)
        .get("/portal/{word}/logo", anybody, look::logo)
        .get("/portal/{word}/sign-in", anybody, door::page)
        .post("/portal/{word}/sign-in", anybody, door::sign_in)
        .post("/portal/{word}/sign-in/link", anybody, door::ask_link)
        .get("/portal/{word}/links/{secret}", anybody, link::page)
        .post("/portal/{word}/links/{secret}", anybody, link::open)
        .post("/portal/{word}/sign-out", customer, door::sign_out);
    routes
        .get("/portal/{word}", customer, home::page)
        .get("/portal/{word}/orders", customer, orders::list)
        .get("/portal/{word}/orders/{id}", customer, orders::page)
        .post("/portal/{word}/orders/{id}/return", customer, orders::give_back)
        .get("/portal/{word}/invoices", customer, money::invoices)
        .get("/portal/{word}/invoices/{id}/pdf", customer, money::pdf)
        .get("/portal/{word}/payments", customer, money::payments)
        .post("/portal/{word}/adding", customer, methods::add)
        .get("/portal/{word}/adding/{id}", customer, methods::adding)
        .post("/portal/{word}/adding/{id}/card", customer, methods::card)
        .post("/portal/{word}/methods/{id}/default", customer, methods::choose)
        .get("/portal/{word}/methods/{id}/remove", customer, methods::ask)
        .post("/portal/{word}/methods/{id}/remove", customer, methods::remove)
        .get("/portal/{word}/subscriptions", customer, subscriptions::list)
        .get("/portal/{word}/subscriptions/{id}/cancel", customer, subscriptions::ask)
        .post("/portal/{word}/subscriptions/{id}/cancel", customer, subscriptions::cancel)
        .get("/portal/{word}/details", customer, details::page)
        .post("/portal/{word}/details", customer, details::save)
        .post("/portal/{word}/details/email", customer, details::email)
        .post("/portal/{word}/details/password", customer, details::password)
        .get("/portal/{word}/messages", customer, messages::page)
        .post("/portal/{word}/messages", customer, messages::send)
        .get("/portal/{word}/data", customer, data::page)
        .post("/portal/{word}/data", customer, data::ask)
}

/// Now, at this door.
fn moment(app: &App) -> Moment {
    Moment::new(app.now(), Door::Portal)
}

/// The cookie of one merchant's portal: a customer of two merchants is signed in to both.
fn cookie_name(secure: bool, word: &str) -> String {
    format!("{}regulars-portal-{word}", if secure { "__Host-" } else { "" })
}

/// The open portal at this word.
async fn portal(app: &App, word: &str) -> Result<Portal, Oops> {
    let (word, moment) = (word.to_owned(), moment(app));
    Ok(app.db.read::<_, domain::Error>(move |tx| domain::portal::find(tx, &word, &moment)).await?)
}

/// The portal that a path names, and who is signed in to it. That a session is in use is written down at most once a minute.
///
/// # Errors
/// `NotFound` where no portal is open.
pub async fn visitor(app: &App, path: &str, headers: &HeaderMap) -> domain::Result<(Portal, Option<Visitor>)> {
    let word = path.split('/').nth(2).unwrap_or_default().to_owned();
    let jar = CookieJar::from_headers(headers);
    let secret = jar.get(&cookie_name(app.config.secure, &word)).map_or_else(String::new, |c| c.value().to_owned());
    let moment = moment(app);
    let (portal, found) = app.db.read::<_, domain::Error>(move |tx| domain::portal::visitor(tx, &word, &secret, &moment)).await?;
    if let Some(v) = found.clone().filter(|v| v.touch) {
        app.db.write::<_, domain::Error>(move |tx| domain::portal::touch(tx, &v)).await?;
    }
    Ok((portal, found))
}

/// Reads as the visitor, in one snapshot.
async fn read<T: Send + 'static>(
    app: &App,
    v: &Visitor,
    f: impl Fn(&mut Tx, &Visitor) -> domain::Result<T> + Send + Sync + 'static,
) -> domain::Result<T> {
    let (v, reader) = (v.clone(), Locale::current());
    app.db.read::<T, domain::Error>(move |tx| within(reader, || f(tx, &v))).await
}

/// Writes as the visitor, in one transaction.
async fn write<T: Send + 'static>(
    app: &App,
    v: &Visitor,
    f: impl Fn(&mut Tx, &Visitor) -> domain::Result<T> + Send + Sync + 'static,
) -> domain::Result<T> {
    let v = v.clone();
    app.db.write::<T, domain::Error>(move |tx| f(tx, &v)).await
}

/// What a form hides so that pressing it twice is once.
fn once(form: &Form, v: &Visitor) -> String {
    let had = form.value("once");
    if had.is_empty() { v.ctx().id::<EventId>().to_string() } else { had.to_owned() }
}

/// Where a page begins; what is no place begins at the newest.
fn after(query: Option<&str>) -> Option<PageKey> {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.into_iter().find(|(key, _)| key == "after").and_then(|(_, value)| value.parse().ok())
}
