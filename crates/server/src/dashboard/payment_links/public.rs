//! What a buyer opens by a payment link: what is to be paid, to whom, and the way to pay it; nothing else, and not for search engines. Looking changes nothing,
//! so that a program that opens links in mails pays nothing.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use domain::invoices::Bank;
use domain::kit::{Micros, Money};
use domain::payment_links::{self, Checkout, Standing, State as Step, Way};
use domain::payments::PaymentStatus;
use domain::{Error, Result, merchants};
use store::Tx;

use crate::app::App;
use crate::dashboard::buyer::House;
use crate::dashboard::{Typed, hidden, moments, refused, see_other};
use crate::look::Form;
use crate::portal::{Shown, show, show_with};

#[derive(Template)]
#[template(path = "dashboard/payment_links/public.html")]
struct Page {
    house: House,
    form: Form,
    at: String,
    amount: String,
    purpose: String,
    seller: String,
    merchant: String,
    until: String,
    /// How it stands, when it cannot be paid now.
    words: String,
    /// Paid by a test card.
    cards: Vec<(&'static str, &'static str)>,
    bank: Option<Bank>,
    /// What the buyer writes on a transfer.
    reference: String,
    /// Paid on a page of this provider: its address, empty until it is there.
    hosted: Option<(&'static str, String)>,
    test: bool,
}

#[derive(Template)]
#[template(path = "dashboard/payment_links/back.html")]
struct Back {
    house: House,
    cancelled: bool,
}

/// What PayPal adds to the address of the way back.
#[derive(Debug, serde::Deserialize)]
pub struct Brought {
    /// Its number of the order, which its page and we know.
    #[serde(default)]
    token: String,
    /// The buyer did not agree.
    #[serde(default)]
    cancelled: String,
}

/// Where the provider's page leads back to. It holds no secret, so it says no more than that. Who comes back from PayPal has agreed: the money is asked for
/// at once instead of when the webhook comes.
pub async fn back(State(app): State<App>, Query(brought): Query<Brought>) -> Shown {
    let cancelled = !brought.cancelled.is_empty();
    let (order, now) = (brought.token, app.now());
    if !cancelled && (1..=64).contains(&order.len()) {
        let seen = order.clone();
        if app.db.read::<_, Error>(move |tx| payment_links::is_awaited(tx, &seen)).await? {
            match app.db.write::<_, Error>(move |tx| payment_links::returned(tx, &order, now)).await {
                Ok(()) | Err(Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(show(&Back { house: House::default(), cancelled }))
}

fn provider(way: &Way) -> Option<&'static str> {
    match way {
        Way::Stripe(account) | Way::Paypal(account) => Some(account.provider.label()),
        Way::Transfer(_) | Way::Test(_) => None,
    }
}

fn words(standing: &Standing) -> String {
    match standing {
        Standing::Payable(_) => "",
        Standing::UnderWay => "Your payment is on its way. Open this page again in a minute.",
        Standing::Paid => "Paid. Thank you!",
        Standing::NothingDue => "This was paid in another way. Nothing is to be paid.",
        Standing::Over(Step::Expired) => "This link has expired. Ask the shop for a new one.",
        Standing::Over(_) => "This link was withdrawn. Please ask the shop.",
    }
    .to_owned()
}

async fn render(app: &App, secret: &str, status: StatusCode, form: Form) -> Shown {
    let (key, now) = (secret.to_owned(), app.now());
    let (link, standing, settings, house) = app
        .db
        .read::<_, Error>(move |tx| {
            let (ctx, link) = payment_links::by_link(tx, &key, now)?;
            let standing = payment_links::standing(tx, &ctx, &link)?;
            let house = House::of(tx, &ctx, &link.shop_name)?;
            Ok((link, standing, merchants::settings(tx, &ctx)?, house))
        })
        .await?;
    let payable = matches!(standing, Standing::Payable(_));
    let taking = link.checkout == Checkout::Capturing && standing == Standing::UnderWay;
    let waits = link.checkout == Checkout::Asked && payable;
    let fresh = link.has_page(now);
    let at = if let Standing::Payable(way) = &standing { provider(way) } else { None };
    let mut page = Page {
        house,
        form,
        at: format!("/pay/{secret}"),
        amount: Money::new(link.amount, link.currency).to_string(),
        words: words(&standing),
        reference: link.reference(),
        purpose: link.purpose,
        seller: link.shop_name,
        merchant: settings.name,
        until: moments::day(&settings.zone, link.expires_at).shown,
        cards: Vec::new(),
        bank: None,
        hosted: None,
        test: matches!(&standing, Standing::Payable(way) if !way.is_live()),
    };
    match standing {
        Standing::Payable(Way::Test(_)) => page.cards = ::providers::test::CARDS.to_vec(),
        Standing::Payable(Way::Transfer(bank)) => page.bank = Some(bank),
        _ => page.hosted = at.map(|name| (name, if fresh { link.checkout_url } else { String::new() })),
    }
    if let (true, Some((name, _))) = (waits, &page.hosted) {
        page.words = format!("One moment: the page of {name} is being made.");
        page.hosted = None;
    } else if let Some((name, _)) = page.hosted.as_ref().filter(|_| !link.checkout_words.is_empty() && !fresh) {
        page.form.fail("", format!("It could not be paid through {name}. Try again, or ask the shop."));
    }
    let mut answer = show_with(status, &page);
    if waits || taking {
        answer.headers_mut().insert("refresh", HeaderValue::from_static("2"));
    }
    Ok(answer)
}

/// The page.
pub async fn page(State(app): State<App>, Path(secret): Path<String>) -> Shown {
    render(&app, &secret, StatusCode::OK, Form::default()).await
}

/// Pays with a test card. What the card says is said on the page.
pub async fn card(State(app): State<App>, Path(secret): Path<String>, typed: Typed) -> Shown {
    let verb = |tx: &mut Tx, secret: &str, typed: &Typed, now: Micros| payment_links::pay(tx, secret, typed.get("number"), now).map(Some);
    answer(&app, secret, typed, verb).await
}

/// Asks for the page of the provider.
pub async fn checkout(State(app): State<App>, Path(secret): Path<String>) -> Shown {
    let back = format!("{}/pay", app.config.origin());
    let verb = move |tx: &mut Tx, secret: &str, _: &Typed, now: Micros| payment_links::begin(tx, secret, &back, now).map(|()| None);
    answer(&app, secret, Typed::default(), verb).await
}

async fn answer(
    app: &App,
    secret: String,
    typed: Typed,
    verb: impl Fn(&mut Tx, &str, &Typed, Micros) -> Result<Option<PaymentStatus>> + Send + Sync + 'static,
) -> Shown {
    let (key, sent, now) = (secret.clone(), typed.clone(), app.now());
    let mut form = typed.form();
    match app.db.write::<_, Error>(move |tx| verb(tx, &key, &sent, now)).await {
        Ok(Some(PaymentStatus::Failed)) => {
            form.fail("number", "The payment was refused. Try another card.");
            render(app, &secret, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        Ok(_) => Ok(hidden(see_other(&format!("/pay/{secret}")))),
        // How a customer stands is nothing a buyer is told.
        Err(Error::Conflict { code: "customer_inactive", .. }) => render(app, &secret, StatusCode::CONFLICT, Form::default()).await,
        Err(error) => {
            let status = refused(&mut form, error)?;
            render(app, &secret, status, form).await
        }
    }
}
