//! Cash, a cheque or a transfer, recorded on a customer without an order.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{CustomerId, Money, Problems, ShopId};
use domain::payments::{self, ManualPayment};
use domain::replies::Reply;
use domain::{customers, merchants, shops};

use super::{kinds, manual, moment_of};
use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/payments/record.html")]
struct Record {
    frame: Frame,
    form: Form,
    at: String,
    name: String,
    shops: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
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
    let (c, shops, zone) = app
        .read(&who.ctx, move |tx, ctx| Ok((customers::get(tx, ctx, &customer)?, shops::list(tx, ctx)?, merchants::settings(tx, ctx)?.zone)))
        .await?;
    let shops: Vec<_> = shops.into_iter().filter(|s| s.archived_at.is_none()).collect();
    let own = c.shop.as_ref().filter(|own| shops.iter().any(|s| s.id == own.id)).map(|s| s.id.to_string());
    let shop = own.or_else(|| shops.first().map(|s| s.id.to_string())).unwrap_or_default();
    let form =
        form.unwrap_or_else(|| Form::of([("kind", "transfer".to_owned()), ("day", zone.date(who.ctx.now).to_string()), ("shop", shop)]));
    let once = once(&form, who);
    let page = Record {
        frame: frame(app, who, "customers", uri, headers).await?,
        form,
        at: format!("/customers/{}", c.id),
        name: c.display_name,
        shops: shops.iter().map(|s| (s.id.to_string(), format!("{} ({})", s.name, s.currency))).collect(),
        kinds: kinds(),
        once,
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&customer, "customer")?, StatusCode::OK, None).await
}

/// Records it, once.
pub async fn record(
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
            sent.once(tx, ctx, &format!("/customers/{whose}/payments/new"), |tx| {
                let payment = read(tx, ctx, &whose, &sent)?;
                payments::record(tx, ctx, &payment)?;
                Ok(Reply::new(303, format!("/customers/{whose}/payments"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Payment recorded.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, customer, status, Some(form)).await
        }
    }
}

/// What the form says, in the currency of its shop.
fn read(tx: &mut store::Tx, ctx: &domain::Ctx, customer: &CustomerId, t: &Typed) -> domain::Result<ManualPayment> {
    let unknown = || Problems::one("shop", "unknown", "Choose one of your shops.");
    let shop: ShopId = t.get("shop").parse().map_err(|()| unknown())?;
    let shop = shops::get(tx, ctx, &shop).map_err(|_| unknown())?;
    let amount = t.amount(Money::new(1250, shop.currency))?;
    Ok(ManualPayment {
        order: None,
        customer: Some(customer.clone()),
        shop: Some(shop.id),
        currency: Some(shop.currency),
        amount: amount.minor,
        kind: manual(t.get("kind"))?,
        paid_at: moment_of(tx, ctx, t.get("day"))?,
        note: t.text("note"),
    })
}
