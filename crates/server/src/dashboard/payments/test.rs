//! A payment with a test card: the number says what happens (SPEC 6.2). Test mode; it counts nowhere.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{CustomerId, Money, Problems, ShopId};
use domain::payments::PaymentStatus;
use domain::providers::{self, TestPayment};
use domain::replies::Reply;
use domain::{customers, shops};

use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, band};

#[derive(Template)]
#[template(path = "dashboard/payments/test.html")]
struct TestPage {
    frame: Frame,
    form: Form,
    at: String,
    name: String,
    shops: Vec<(String, String)>,
    cards: [(&'static str, &'static str); 6],
    once: String,
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, customer: CustomerId, status: StatusCode, form: Form) -> PageResult {
    let (c, shops) = app.read(&who.ctx, move |tx, ctx| Ok((customers::get(tx, ctx, &customer)?, providers::test_shops(tx, ctx)?))).await?;
    let once = once(&form, who);
    let page = TestPage {
        frame: frame(app, who, "customers", uri, headers).await?.under(band(1, 1)),
        form,
        at: format!("/customers/{}", c.id),
        name: c.display_name,
        shops: shops.iter().map(|s| (s.id.to_string(), format!("{} ({})", s.name, s.currency))).collect(),
        cards: ::providers::test::CARDS,
        once,
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let form = Form::of([("number", ::providers::test::CARDS[0].0)]);
    render(&app, &who, &uri, &headers, id(&customer, "customer")?, StatusCode::OK, form).await
}

/// Plays it, once.
pub async fn play(
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
            sent.once(tx, ctx, &format!("/customers/{whose}/payments/test"), |tx| {
                let unknown = || Problems::one("shop", "unknown", "Choose one of your shops.");
                let shop: ShopId = sent.get("shop").parse().map_err(|()| unknown())?;
                let currency = shops::get(tx, ctx, &shop).map_err(|_| unknown())?.currency;
                let amount = Money::parse(sent.get("amount"), currency).map_or(0, |m| m.minor);
                let asked = TestPayment { customer: whose.clone(), shop, currency, amount, number: sent.text("number") };
                let words = match providers::play(tx, ctx, &asked)? {
                    PaymentStatus::Settled => "Test payment made.",
                    PaymentStatus::Pending => "Test payment begun: the answer takes half a minute.",
                    _ => "Test payment refused, as the card says.",
                };
                Ok(Reply::new(303, format!("/customers/{whose}/payments"), words))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), &reply.body, None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, customer, status, form).await
        }
    }
}
