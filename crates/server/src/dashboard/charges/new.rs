//! The dialog that charges: a method, how much, and what for. One press is one charge.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::charges::{self, ChargeInput};
use domain::kit::{CustomerId, Problems};
use domain::merchants;
use domain::payments::methods;
use domain::replies::Reply;

use super::wanted::{Wanted, WantedPage, named};
use crate::app::App;
use crate::dashboard::subscriptions::offered;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/charges/new.html")]
struct New {
    frame: Frame,
    form: Form,
    w: WantedPage,
    methods: Vec<(String, String)>,
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
    let (w, methods, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let w = WantedPage::read(tx, ctx, &customer, &order, &invoice)?;
            Ok((w, methods::of_customer(tx, ctx, &customer)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let form = form.unwrap_or_else(|| Form::of(w.begin()));
    let page = New {
        frame: frame(app, who, "customers", uri, headers).await?,
        methods: offered(&methods, &zone, who.ctx.now),
        once: once(&form, who),
        form,
        w,
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&customer, "customer")?, StatusCode::OK, None).await
}

/// Charges, once, and shows what became of it.
pub async fn charge(
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
            sent.once(tx, ctx, &format!("/customers/{whose}/charges/new"), |tx| {
                let w = Wanted::read(tx, ctx, &sent)?;
                let method = sent.get("method").parse();
                let method = method.map_err(|()| Problems::one("method", "unknown", "Choose one of the customer’s payment methods."))?;
                let (customer, currency) = (whose.clone(), None);
                let input = ChargeInput {
                    customer,
                    method,
                    shop: w.shop,
                    currency,
                    amount: w.amount,
                    purpose: w.purpose,
                    order: w.order,
                    invoice: w.invoice,
                };
                let id = charges::charge(tx, ctx, &input)?;
                Ok(Reply::new(303, format!("/charges/{id}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(see_other(&reply.location)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, customer, status, Some(form)).await
        }
    }
}
