//! Archive, delete, and what brings a customer back (SPEC 10.2, 10.3). Each can be undone but the last, which says so.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::customers::{self, HowToCancel};
use domain::kit::{CustomerId, Link, Right};
use domain::subscriptions::{self, Subscription};
use domain::{Ctx, Error};
use store::Tx;

use super::profile::{Away, Shown, suffix};
use crate::app::App;
use crate::dashboard::Typed;
use crate::dashboard::{PageError, frame, see_other, show_with, toasted};
use crate::http::guard::id;
use crate::http::{Policy, Routes, Who};
use crate::look::{Form, Frame};

/// The switches.
pub fn routes(routes: Routes) -> Routes {
    let (write, delete, purge) = (Policy::May(Right::Write), Policy::May(Right::Delete), Policy::May(Right::Purge));
    routes
        .post("/customers/{id}/archive", write, archive)
        .post("/customers/{id}/unarchive", write, unarchive)
        .post("/customers/{id}/delete", delete, remove)
        .post("/customers/{id}/restore", delete, restore)
        .get_fresh("/customers/{id}/delete-permanently", purge, ask_for_good)
        .post_fresh("/customers/{id}/delete-permanently", purge, for_good)
}

/// Links of a refusal as a page shows them.
pub struct Linked {
    pub href: String,
    pub label: String,
}

/// Where a link of a refusal leads.
pub fn linked(customer: &CustomerId, links: &[Link]) -> Vec<Linked> {
    let href = |link: &Link| match link.kind {
        "order" => format!("/orders/{}", link.id),
        "invoice" => format!("/invoices/{}", link.id),
        "offer" => format!("/offers/{}", link.id),
        "contract" => format!("/contracts/{}", link.id),
        "charge" => format!("/charges/{}", link.id),
        "payment_link" => format!("/payment-links/{}", link.id),
        "return" => format!("/returns/{}", link.id),
        "ticket" => format!("/tickets/{}", link.id),
        "call" => format!("/customers/{customer}"),
        "customer" => format!("/customers/{}", link.id),
        "subscription" => format!("/customers/{customer}/subscriptions"),
        "credit" => format!("/customers/{customer}/credit"),
        "request" => format!("/customers/requests/{}", link.id),
        _ => format!("/customers/{customer}/payments"),
    };
    links.iter().map(|link| Linked { href: href(link), label: link.label.clone() }).collect()
}

#[derive(Template)]
#[template(path = "dashboard/customers/life/archive.html")]
struct AskHow {
    frame: Frame,
    name: String,
    at: String,
    suffix: String,
    live: Vec<Subscription>,
    form: Form,
}

#[derive(Template)]
#[template(path = "dashboard/customers/life/permanently.html")]
struct AskForGood {
    frame: Frame,
    name: String,
    at: String,
    suffix: String,
    message: String,
    links: Vec<Linked>,
}

/// What to end a live subscription with, as the form says.
pub fn how(typed: &Typed) -> Option<HowToCancel> {
    match typed.get("subscription") {
        "now" => Some(HowToCancel::Now),
        "period_end" => Some(HowToCancel::PeriodEnd),
        _ => None,
    }
}

async fn name_of(app: &App, who: &Who, customer: &CustomerId) -> domain::Result<String> {
    let id = customer.clone();
    app.read(&who.ctx, move |tx, ctx| Ok(customers::get(tx, ctx, &id)?.display_name)).await
}

/// Archives; one with a live subscription is asked for first (SPEC 10.2).
async fn archive(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>, typed: Typed) -> Shown {
    let (id, how) = (id::<CustomerId>(&customer, "customer")?, how(&typed));
    let which = id.clone();
    match app.write(&who.ctx, move |tx, ctx| customers::archive(tx, ctx, &which, how)).await {
        Ok(()) => {
            let back = format!("/customers/{id}{}", suffix(&uri));
            let undo = format!("/customers/{id}/unarchive");
            let name = name_of(&app, &who, &id).await?;
            // What was cancelled does not come back by unarchiving, so that no Undo is promised then.
            let undo = Some(undo.as_str()).filter(|_| how.is_none());
            Ok(toasted(see_other(&back), &format!("{name} is archived."), undo))
        }
        Err(Error::Conflict { code: "live_subscription", .. }) => ask_how(&app, &who, &uri, &headers, &id, typed.form()).await,
        Err(other) => Err(other.into()),
    }
}

async fn ask_how(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, id: &CustomerId, form: Form) -> Shown {
    let which = id.clone();
    let (name, all) = app
        .read(&who.ctx, move |tx, ctx| Ok((customers::get(tx, ctx, &which)?.display_name, subscriptions::of_customer(tx, ctx, &which)?)))
        .await?;
    let live = all.into_iter().filter(|s| s.is_live(who.ctx.now)).collect();
    let frame = frame(app, who, "customers", uri, headers).await?;
    Ok(show_with(StatusCode::CONFLICT, &AskHow { frame, name, at: format!("/customers/{id}"), suffix: suffix(uri), live, form }))
}

/// Does one of the switches and goes back to the profile.
async fn switch(
    app: &App,
    who: &Who,
    uri: &Uri,
    customer: &str,
    said: &str,
    undo: &str,
    verb: impl Fn(&mut Tx, &Ctx, &CustomerId) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Away> {
    let customer = id::<CustomerId>(customer, "customer")?;
    let which = customer.clone();
    app.write(&who.ctx, move |tx, ctx| verb(tx, ctx, &which)).await?;
    let name = name_of(app, who, &customer).await?;
    let back = format!("/customers/{customer}{}", suffix(uri));
    let undo = (!undo.is_empty()).then(|| format!("/customers/{customer}/{undo}"));
    Ok(toasted(see_other(&back), &format!("{name} {said}"), undo.as_deref()))
}

async fn unarchive(State(app): State<App>, who: Who, uri: Uri, Path(customer): Path<String>) -> Shown {
    switch(&app, &who, &uri, &customer, "is active again.", "archive", |tx, ctx, id| customers::unarchive(tx, ctx, id)).await
}

async fn restore(State(app): State<App>, who: Who, uri: Uri, Path(customer): Path<String>) -> Shown {
    switch(&app, &who, &uri, &customer, "is restored.", "delete", |tx, ctx, id| customers::restore(tx, ctx, id)).await
}

/// Deletes, with Undo, and goes back to the list one came from.
async fn remove(State(app): State<App>, who: Who, uri: Uri, Path(customer): Path<String>) -> Shown {
    let customer = id::<CustomerId>(&customer, "customer")?;
    let which = customer.clone();
    app.write(&who.ctx, move |tx, ctx| customers::delete(tx, ctx, &which)).await?;
    let name = name_of(&app, &who, &customer).await?;
    let from = super::profile::param(&uri, "from");
    let back = if from.is_empty() { "/customers".to_owned() } else { format!("/customers?{from}") };
    Ok(toasted(
        see_other(&back),
        &format!("{name} deleted. It can be restored for 30 days."),
        Some(&format!("/customers/{customer}/restore")),
    ))
}

async fn ask_for_good(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let id = id::<CustomerId>(&customer, "customer")?;
    let which = id.clone();
    let (name, links) =
        app.read(&who.ctx, move |tx, ctx| Ok((customers::get(tx, ctx, &which)?.display_name, customers::links(tx, ctx, &which)?))).await?;
    let status = StatusCode::OK;
    refused_for_good(&app, &who, &uri, &headers, &id, status, name, String::new(), &links).await
}

#[allow(clippy::too_many_arguments, reason = "one page from two handlers")]
async fn refused_for_good(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    id: &CustomerId,
    status: StatusCode,
    name: String,
    message: String,
    links: &[Link],
) -> Shown {
    let message = match links.len() {
        0 => String::new(),
        _ if !message.is_empty() => message,
        1 => "1 thing is linked. Delete (restorable for 30 days) or archive instead.".to_owned(),
        n => format!("{n} things are linked. Delete (restorable for 30 days) or archive instead."),
    };
    let frame = frame(app, who, "customers", uri, headers).await.map_err(PageError::from)?;
    let at = format!("/customers/{id}");
    Ok(show_with(status, &AskForGood { frame, name, at, suffix: suffix(uri), message, links: linked(id, links) }))
}

/// The end. Refused with the links while anything is linked.
async fn for_good(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let id = id::<CustomerId>(&customer, "customer")?;
    let name = name_of(&app, &who, &id).await?;
    let which = id.clone();
    match app.write(&who.ctx, move |tx, ctx| customers::delete_permanently(tx, ctx, &which)).await {
        Ok(()) => {
            app.erased().await.map_err(PageError::from)?;
            Ok(toasted(see_other("/customers"), &format!("{name} deleted permanently."), None))
        }
        Err(Error::Conflict { code: "linked", message, links }) => {
            refused_for_good(&app, &who, &uri, &headers, &id, StatusCode::CONFLICT, name, message, &links).await
        }
        Err(other) => Err(other.into()),
    }
}
