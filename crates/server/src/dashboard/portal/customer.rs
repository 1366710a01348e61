//! A customer's portal: invite them, by mail or with a link that is shown once, and close it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers;
use domain::kit::{CustomerId, Right};
use domain::merchants;
use domain::portal::{self as room, Access, Invited, State as Step, Way};

use crate::app::App;
use crate::dashboard::{PageResult, frame, hidden, moments, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

#[derive(Template)]
#[template(path = "dashboard/portal/customer.html")]
struct Page {
    frame: Frame,
    form: Form,
    at: String,
    name: String,
    email: String,
    access: Access,
    tone: &'static str,
    invited: Option<When>,
    activated: Option<When>,
    closed: Option<When>,
    /// The portal is open.
    on: bool,
    /// Mail can be sent.
    mail: bool,
    /// May invite.
    write: bool,
    settings: bool,
    /// A link that was made a moment ago: shown once.
    fresh: String,
    until: Option<When>,
}

struct Fresh(String, i64);

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    customer: CustomerId,
    (status, form): (StatusCode, Form),
    fresh: Option<Fresh>,
) -> PageResult {
    let (c, access, settings, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = customers::get(tx, ctx, &customer)?;
            let access = room::access(tx, ctx, &c.id)?;
            Ok((c, access, room::settings(tx, ctx)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let when = |at: Option<i64>| at.map(|at| moments::moment(&zone, at));
    let page = Page {
        frame: frame(app, who, "customers", uri, headers).await?,
        form,
        at: format!("/customers/{}", c.id),
        tone: match access.state {
            Step::Active => "good",
            Step::Invited => "attention",
            Step::None | Step::Closed => "quiet",
        },
        invited: when(access.invited_at),
        activated: when(access.activated_at),
        closed: when(access.closed_at),
        on: settings.enabled,
        mail: app.config.smtp.is_some(),
        write: who.ctx.may(Right::Write) && c.is_active(),
        settings: who.ctx.may(Right::Settings),
        until: when(fresh.as_ref().map(|f| f.1)),
        fresh: fresh.map_or_else(String::new, |f| format!("{}{}", app.config.origin(), f.0)),
        name: c.display_name,
        email: c.email,
        access,
    };
    Ok(hidden(show_with(status, &page)))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&customer, "customer")?, (StatusCode::OK, Form::default()), None).await
}

async fn invited(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, customer: CustomerId, way: Way) -> PageResult {
    let which = customer.clone();
    match app.write(&who.ctx, move |tx, ctx| room::invite(tx, ctx, &which, &way)).await {
        Ok(Invited::Mailed(_)) => Ok(toasted(see_other(&format!("/customers/{customer}/portal")), "Invitation put into the outbox.", None)),
        Ok(Invited::Link(way, until)) => {
            render(app, who, uri, headers, customer, (StatusCode::OK, Form::default()), Some(Fresh(way, until))).await
        }
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            render(app, who, uri, headers, customer, (status, form), None).await
        }
    }
}

/// Invites by mail; where none can be sent, by a link to hand over.
pub async fn invite(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let way = if app.config.smtp.is_some() { Way::Mail(app.config.origin()) } else { Way::Link };
    invited(&app, &who, &uri, &headers, id(&customer, "customer")?, way).await
}

/// Invites by a link to hand over.
pub async fn link(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    invited(&app, &who, &uri, &headers, id(&customer, "customer")?, Way::Link).await
}

/// Closes it.
pub async fn close(State(app): State<App>, who: Who, Path(customer): Path<String>) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let which = customer.clone();
    app.write(&who.ctx, move |tx, ctx| room::close(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/customers/{customer}/portal")), "Portal closed.", None))
}
