//! A customer's payment method: made the default, taken off, and a test card added (SPEC 2.6). Each dialog says what happens.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{Ctx, CustomerId, MethodId, Problems, ShopId};
use domain::payments::methods::{self, Method};
use domain::providers;
use domain::subscriptions::{self, SubscriptionStatus};
use domain::{Error, customers};
use store::Tx;

use super::ask::{Question, show};
use crate::app::App;
use crate::dashboard::customers::profile::{method, provider};
use crate::dashboard::{PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, band};

/// A method with what stands and falls with it.
struct Found {
    m: Method,
    is_default: bool,
    /// Subscriptions that are charged from it.
    clubs: Vec<String>,
}

async fn find(app: &App, who: &Who, which: MethodId) -> domain::Result<Found> {
    app.read(&who.ctx, move |tx, ctx| {
        let m = methods::read_one(tx, ctx, &which)?;
        if m.detached_at.is_some() {
            return Err(Error::NotFound("payment method"));
        }
        let is_default = customers::get(tx, ctx, &m.customer)?.default_method.is_some_and(|d| d.id == m.id);
        let over = |s| matches!(s, SubscriptionStatus::Cancelled | SubscriptionStatus::Ended);
        let all = subscriptions::of_customer(tx, ctx, &m.customer)?;
        let clubs = all.into_iter().filter(|s| s.method.as_ref() == Some(&m.id) && !over(s.status_at(ctx.now))).map(|s| s.name).collect();
        Ok(Found { m, is_default, clubs })
    })
    .await
}

fn home(m: &Method) -> String {
    format!("/customers/{}/methods", m.customer)
}

fn name(m: &Method) -> String {
    method(m.kind.name(), &m.brand, &m.last4)
}

fn choosing(f: &Found) -> Question {
    let says = vec![
        "The status of the customer’s payment method speaks of the default, and a new charge or subscription proposes it.".to_owned(),
        "Subscriptions that run keep the payment method they have.".to_owned(),
    ];
    let title = format!("Make {} the default?", name(&f.m));
    Question { title, says, button: "Make default", at: format!("/methods/{}/default", f.m.id), back: home(&f.m), ..Question::default() }
}

fn removing(f: &Found) -> Question {
    let mut says = vec!["It can be charged no more. Payments that were made with it keep it.".to_owned()];
    if f.m.provider == "stripe" && f.m.provider_ref.is_some() {
        says.push(format!("{} is told to forget it too.", provider(&f.m.provider)));
    }
    if f.is_default {
        says.push("It is the default: the oldest of the others becomes it.".to_owned());
    }
    says.extend(
        f.clubs
            .iter()
            .map(|club| format!("The subscription {club} is charged from it: its next payment fails unless you choose another one there.")),
    );
    let title = format!("Remove {}?", name(&f.m));
    let at = format!("/methods/{}/remove", f.m.id);
    Question { title, says, button: "Remove", danger: true, at, back: home(&f.m), ..Question::default() }
}

/// What is asked of a method, and what is done with it.
struct Step {
    question: fn(&Found) -> Question,
    verb: fn(&mut Tx, &Ctx, &MethodId) -> domain::Result<()>,
    /// Behind the name of the method, when it is done.
    said: &'static str,
}

const CHOOSE: Step = Step { question: choosing, verb: methods::choose, said: "is the default." };
const REMOVE: Step = Step { question: removing, verb: methods::detach, said: "is removed." };

impl Step {
    async fn ask(&self, app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, which: &str) -> PageResult {
        let found = find(app, who, id(which, "payment method")?).await?;
        show(app, who, uri, headers, (self.question)(&found), StatusCode::OK, Form::default()).await
    }

    async fn press(&self, app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, which: &str) -> PageResult {
        let which: MethodId = id(which, "payment method")?;
        let (found, verb) = (find(app, who, which.clone()).await?, self.verb);
        match app.write(&who.ctx, move |tx, ctx| verb(tx, ctx, &which)).await {
            Ok(()) => Ok(toasted(see_other(&home(&found.m)), &format!("{} {}", name(&found.m), self.said), None)),
            Err(error) => {
                let mut form = Form::default();
                let status = refused(&mut form, error)?;
                show(app, who, uri, headers, (self.question)(&found), status, form).await
            }
        }
    }
}

/// Asks whether it shall be the default.
pub async fn choose_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    CHOOSE.ask(&app, &who, &uri, &headers, &which).await
}

/// Makes it the default.
pub async fn choose(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    CHOOSE.press(&app, &who, &uri, &headers, &which).await
}

/// Asks whether it shall go.
pub async fn remove_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    REMOVE.ask(&app, &who, &uri, &headers, &which).await
}

/// Takes it off.
pub async fn remove(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    REMOVE.press(&app, &who, &uri, &headers, &which).await
}

#[derive(Template)]
#[template(path = "dashboard/payments/method_test.html")]
struct TestCard {
    frame: Frame,
    form: Form,
    at: String,
    name: String,
    shops: Vec<(String, String)>,
    cards: [(&'static str, &'static str); 6],
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, customer: CustomerId, status: StatusCode, form: Form) -> PageResult {
    let (c, shops) = app.read(&who.ctx, move |tx, ctx| Ok((customers::get(tx, ctx, &customer)?, providers::test_shops(tx, ctx)?))).await?;
    let page = TestCard {
        frame: frame(app, who, "customers", uri, headers).await?.under(band(1, 1)),
        form,
        at: format!("/customers/{}", c.id),
        name: c.display_name,
        shops: shops.into_iter().map(|s| (s.id.to_string(), s.name)).collect(),
        cards: ::providers::test::CARDS,
    };
    Ok(show_with(status, &page))
}

/// The form of a test card.
pub async fn test_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let form = Form::of([("number", ::providers::test::CARDS[0].0)]);
    render(&app, &who, &uri, &headers, id(&customer, "customer")?, StatusCode::OK, form).await
}

/// Adds a test card.
pub async fn test(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let (whose, shop, number) = (customer.clone(), typed.text("shop"), typed.text("number"));
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let shop: ShopId = shop.parse().map_err(|()| Problems::one("shop", "unknown", "Choose one of your shops."))?;
            providers::keep_test_card(tx, ctx, &whose, &shop, &number)
        })
        .await;
    match done {
        Ok(_) => Ok(toasted(see_other(&format!("/customers/{customer}/methods")), "Test card added.", None)),
        Err(error) => {
            // What was typed is not shown again: somebody may have typed a real number.
            let mut form = Form::of([("shop", typed.text("shop"))]);
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, customer, status, form).await
        }
    }
}
