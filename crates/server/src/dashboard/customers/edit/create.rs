//! A new customer. Only an e-mail address is required; a form pressed twice makes one.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers::{self, Rules};
use domain::kit::EventId;
use domain::replies::{self, Reply};
use domain::{Error, Result};

use super::like::{self, Alike};
use super::sent::Sent;
use super::{Offers, fields};
use crate::app::App;
use crate::dashboard::{PageError, PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/customers/edit/new.html")]
struct New {
    frame: Frame,
    form: Form,
    offers: Offers,
    alike: Vec<Alike>,
    /// Must "Create anyway" be ticked?
    ask: bool,
    once: String,
    is_new: bool,
    ask_subscription: bool,
}

/// The empty form; what stands in the address is filled in, and who that may be already is shown.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let mut typed = Typed(url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect());
    typed.0.push(("active".to_owned(), "on".to_owned()));
    render(&app, &who, &uri, &headers, StatusCode::OK, typed.clone(), typed.form(), false).await
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    status: StatusCode,
    typed: Typed,
    form: Form,
    ask: bool,
) -> PageResult {
    let (indexes, look) = (app.indexes.clone(), typed.clone());
    let (offers, alike) = app.read(&who.ctx, move |tx, ctx| Ok((Offers::read(tx, ctx)?, like::find(tx, ctx, &indexes, &look)?))).await?;
    let once = Some(typed.text("once")).filter(|o| !o.is_empty()).unwrap_or_else(|| who.ctx.id::<EventId>().to_string());
    let frame = frame(app, who, "customers", uri, headers).await?;
    let offers = offers.with(&form);
    Ok(show_with(status, &New { frame, form, offers, ask: ask && !alike.is_empty(), alike, once, is_new: true, ask_subscription: false }))
}

/// Makes it, unless it looks like somebody who is there already and nobody has said "anyway".
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, sent: Sent) -> PageResult {
    let typed = sent.typed.clone();
    match make(&app, &who, &sent).await {
        Ok(Some(reply)) => {
            let address = if typed.get("then") == "stay" { format!("{}/edit", reply.location) } else { reply.location };
            Ok(toasted(see_other(&address), "Customer created.", None))
        }
        Ok(None) => {
            let form = typed.form();
            render(&app, &who, &uri, &headers, StatusCode::CONFLICT, typed, form, true).await
        }
        Err(error) => {
            let mut form = typed.form();
            let status = shown(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, typed, form, false).await
        }
    }
}

/// `None`: somebody like this is there already.
async fn make(app: &App, who: &Who, sent: &Sent) -> Result<Option<Reply>> {
    let picture = sent.picture().await?;
    let typed = &sent.typed;
    if !typed.ticked("anyway") {
        let (indexes, look, key) = (app.indexes.clone(), typed.clone(), typed.text("once"));
        // A second press finds the customer that the first has made: that one is no duplicate, and `once` answers.
        let alike = app
            .read(
                &who.ctx,
                move |tx, ctx| {
                    if replies::is_taken(tx, ctx, &key)? { Ok(Vec::new()) } else { like::find(tx, ctx, &indexes, &look) }
                },
            )
            .await?;
        if !alike.is_empty() {
            return Ok(None);
        }
    }
    let (new, key) = (fields::new_customer(typed), Some(typed.text("once")).filter(|o| !o.is_empty()));
    let content: Vec<_> = typed.0.iter().filter(|(name, _)| name != "then" && name != "anyway").collect();
    let request = replies::fingerprint("POST", "/customers/new", format!("{content:?}").as_bytes());
    let reply = app
        .write(&who.ctx, move |tx, ctx| {
            replies::once(tx, ctx, key.as_deref(), &request, |tx| {
                let id = customers::create(tx, ctx, new.clone(), Rules::Normal)?.id;
                if let Some(picture) = &picture {
                    customers::set_avatar(tx, ctx, &id, picture)?;
                }
                Ok(Reply::new(303, format!("/customers/{id}"), ""))
            })
        })
        .await?;
    Ok(Some(reply))
}

/// Puts a refusal into the form.
///
/// # Errors
/// What a form cannot mend.
pub fn shown(form: &mut Form, error: Error) -> std::result::Result<StatusCode, PageError> {
    match error {
        Error::Invalid(problems) => {
            let placed = problems.0.into_iter().map(fields::placed).collect();
            refused(form, Error::Invalid(domain::kit::Problems(placed)))
        }
        Error::Conflict { code: "key_reused", .. } => {
            form.fail("", "This form was sent before and has made a customer. Open that customer to change it, or begin a new form.");
            Ok(StatusCode::CONFLICT)
        }
        other => refused(form, other),
    }
}
