//! The dialog that sends a link. One press is one link.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers;
use domain::kit::{CustomerId, MethodLinkId};
use domain::method_links::{self, DAYS, LinkInput};
use domain::method_setups;
use domain::replies::Reply;

use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/method_links/new.html")]
struct New {
    frame: Frame,
    form: Form,
    at: String,
    name: String,
    /// Shops that keep methods.
    shops: Vec<(String, String)>,
    /// A mail server is set up.
    ready: bool,
    days: i64,
    once: String,
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    customer: CustomerId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let (c, places) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = customers::get(tx, ctx, &customer)?;
            let places = method_setups::places(tx, ctx, &c.id)?;
            Ok((c, places))
        })
        .await?;
    let shop = places.first().map(|at| at.shop.to_string()).unwrap_or_default();
    let form = form.unwrap_or_else(|| Form::of([("to", c.email.clone()), ("shop", shop)]));
    let page = New {
        frame: frame(app, who, "customers", uri, headers).await?,
        at: format!("/customers/{}", c.id),
        name: c.display_name,
        shops: places.into_iter().map(|at| (at.shop.to_string(), at.name)).collect(),
        ready: app.config.smtp.is_some(),
        days: DAYS,
        once: once(&form, who),
        form,
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&customer, "customer")?, StatusCode::OK, None).await
}

/// Sends it, once.
pub async fn send(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let (whose, sent, origin) = (customer.clone(), typed.clone(), app.config.origin());
    let config = app.config.clone();
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            config.must_send_mail()?;
            sent.once(tx, ctx, &format!("/customers/{whose}/method-links/new"), |tx| {
                let input = LinkInput {
                    customer: whose.clone(),
                    shop: sent.get("shop").parse().ok(),
                    to: sent.text("to"),
                    message: sent.text("message"),
                };
                method_links::send(tx, ctx, &input, &origin)?;
                Ok(Reply::new(303, format!("/customers/{whose}/methods"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "The link was put into the outbox.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, customer, status, Some(form)).await
        }
    }
}

/// Takes it back.
pub async fn withdraw(State(app): State<App>, who: Who, Path(link): Path<String>) -> PageResult {
    let link: MethodLinkId = id(&link, "link")?;
    let customer = app.write(&who.ctx, move |tx, ctx| method_links::withdraw(tx, ctx, &link)).await?;
    Ok(toasted(see_other(&format!("/customers/{customer}/methods")), "The link was taken back.", None))
}
