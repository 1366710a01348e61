//! What a customer opens by a link: adds a payment method on the provider's own page, without an account here, and not for search engines. Looking changes
//! nothing, so that a program that opens links in mails uses none up.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use domain::kit::Micros;
use domain::method_links::{self, Standing, State as Step};
use domain::method_setups::{MethodSetup, State as Setup};
use domain::providers::Provider;
use domain::{Error, Result, merchants};
use store::Tx;

use crate::app::App;
use crate::dashboard::buyer::House;
use crate::dashboard::{Typed, hidden, moments, refused, see_other};
use crate::look::Form;
use crate::portal::{Shown, show, show_with};

#[derive(Template)]
#[template(path = "dashboard/method_links/public.html")]
struct Page {
    house: House,
    form: Form,
    at: String,
    shop: String,
    merchant: String,
    until: String,
    /// How it stands, where there is nothing to press.
    words: String,
    /// It can be begun.
    ready: bool,
    /// The provider's page: its name and its address.
    hosted: Option<(&'static str, String)>,
    /// Test cards are typed here.
    cards: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "dashboard/method_links/back.html")]
struct Back {
    house: House,
    done: bool,
}

/// What the way back from the provider's page says.
#[derive(Debug, serde::Deserialize)]
pub struct Brought {
    #[serde(default)]
    back: String,
}

/// Where the provider's page leads back to. It holds no secret and changes nothing: the provider tells of the method.
pub async fn back(Query(brought): Query<Brought>) -> Shown {
    Ok(show(&Back { house: House::default(), done: brought.back == "done" }))
}

impl Page {
    fn adding(&mut self, setup: MethodSetup) {
        let name = setup.provider.label();
        match setup.state {
            Setup::Asked => self.words = format!("One moment: the page of {name} is being made."),
            Setup::Open if setup.provider == Provider::Test => self.cards = ::providers::test::CARDS.to_vec(),
            Setup::Open => self.hosted = Some((name, setup.url)),
            Setup::Refused => {
                self.ready = true;
                self.form.fail("", format!("{name} could not make its page. Try again, or ask the shop."));
            }
            _ => self.words = "Your payment method is being added. Open this page again in a minute.".to_owned(),
        }
    }
}

async fn render(app: &App, secret: &str, status: StatusCode, form: Form) -> Shown {
    let (key, now) = (secret.to_owned(), app.now());
    let (link, standing, settings, house) = app
        .db
        .read::<_, Error>(move |tx| {
            let (ctx, link) = method_links::by_link(tx, &key, now)?;
            let standing = method_links::standing(tx, &ctx, &link)?;
            let house = House::of(tx, &ctx, &link.shop_name)?;
            Ok((link, standing, merchants::settings(tx, &ctx)?, house))
        })
        .await?;
    let waits = matches!(&standing, Standing::Adding(s) if matches!(s.state, Setup::Asked | Setup::Pending));
    let mut page = Page {
        house,
        form,
        at: format!("/m/{secret}"),
        shop: link.shop_name,
        merchant: settings.name,
        until: moments::day(&settings.zone, link.expires_at).shown,
        words: String::new(),
        ready: false,
        hosted: None,
        cards: Vec::new(),
    };
    match standing {
        Standing::Ready => page.ready = true,
        Standing::Adding(setup) => page.adding(setup),
        Standing::Done => page.words = "Your payment method is added. Thank you.".to_owned(),
        Standing::Over(Step::Expired) => page.words = "This link has expired. Ask the shop for a new one.".to_owned(),
        Standing::Over(_) => page.words = "This link was taken back. Please ask the shop.".to_owned(),
    }
    let mut answer = show_with(status, &page);
    if waits {
        answer.headers_mut().insert("refresh", HeaderValue::from_static("3"));
    }
    Ok(answer)
}

/// The page.
pub async fn page(State(app): State<App>, Path(secret): Path<String>) -> Shown {
    render(&app, &secret, StatusCode::OK, Form::default()).await
}

/// Asks for the provider's page.
pub async fn begin(State(app): State<App>, Path(secret): Path<String>) -> Shown {
    let origin = app.config.origin();
    let verb = move |tx: &mut Tx, secret: &str, _: &Typed, now: Micros| method_links::begin(tx, secret, &origin, now);
    answer(&app, secret, Typed::default(), verb).await
}

/// Types the number of a test card.
pub async fn card(State(app): State<App>, Path(secret): Path<String>, typed: Typed) -> Shown {
    let verb = |tx: &mut Tx, secret: &str, typed: &Typed, now: Micros| method_links::add(tx, secret, typed.get("number"), now).map(drop);
    answer(&app, secret, typed, verb).await
}

async fn answer(
    app: &App,
    secret: String,
    typed: Typed,
    verb: impl Fn(&mut Tx, &str, &Typed, Micros) -> Result<()> + Send + Sync + 'static,
) -> Shown {
    let (key, now) = (secret.clone(), app.now());
    match app.db.write::<_, Error>(move |tx| verb(tx, &key, &typed, now)).await {
        Ok(()) => Ok(hidden(see_other(&format!("/m/{secret}")))),
        // How a customer stands is nothing that whoever has a link is told.
        Err(Error::Conflict { code: "customer_inactive" | "link_state", .. }) => {
            render(app, &secret, StatusCode::CONFLICT, Form::default()).await
        }
        Err(error) => {
            // What was typed is not shown again: somebody may have typed a real number.
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            render(app, &secret, status, form).await
        }
    }
}
