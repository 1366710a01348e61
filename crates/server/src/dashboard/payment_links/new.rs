//! The dialog that makes a payment link. One press is one link.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{CustomerId, Problems};
use domain::payment_links::{self, LinkInput, VALID_DAYS};
use domain::replies::Reply;

use crate::app::App;
use crate::dashboard::charges::{Wanted, WantedPage, named};
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/payment_links/new.html")]
struct New {
    frame: Frame,
    form: Form,
    w: WantedPage,
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
    let (order, invoice) = named(uri, form.as_ref());
    let w = app.read(&who.ctx, move |tx, ctx| WantedPage::read(tx, ctx, &customer, &order, &invoice)).await?;
    let form = form.unwrap_or_else(|| {
        let mut fields = w.begin();
        fields.push(("days", VALID_DAYS.to_string()));
        Form::of(fields)
    });
    let page = New { frame: frame(app, who, "customers", uri, headers).await?, once: once(&form, who), form, w };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&customer, "customer")?, StatusCode::OK, None).await
}

/// Makes it, once.
pub async fn create(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let (whose, sent) = (customer.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/customers/{whose}/payment-links/new"), |tx| {
                let w = Wanted::read(tx, ctx, &sent)?;
                let days = sent.get("days").trim().parse();
                let days = days.map_err(|_| Problems::one("days", "invalid", "Use 1 to 90 days."))?;
                let (customer, currency) = (whose.clone(), None);
                let input = LinkInput {
                    customer,
                    shop: w.shop,
                    currency,
                    amount: w.amount,
                    purpose: w.purpose,
                    order: w.order,
                    invoice: w.invoice,
                    days,
                };
                let id = payment_links::create(tx, ctx, &input)?;
                Ok(Reply::new(303, format!("/payment-links/{id}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Payment link made. Copy it or send it by mail.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, customer, status, Some(form)).await
        }
    }
}
