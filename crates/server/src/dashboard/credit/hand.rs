//! Credit granted and taken back by hand, with a reason.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::credit::{self, GrantInput};
use domain::kit::{Currency, CustomerId, Money, Problems};
use domain::replies::Reply;
use domain::{customers, merchants, shops};

use crate::app::App;
use crate::dashboard::{PageError, PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Grant,
    TakeBack,
}

impl Act {
    /// The end of the address.
    fn end(self) -> &'static str {
        if self == Self::Grant { "grant" } else { "take-back" }
    }

    /// What the button says in front of the amount.
    fn verb(self) -> &'static str {
        if self == Self::Grant { "Grant" } else { "Take back" }
    }

    fn says(self, amount: Money) -> String {
        if self == Self::Grant { format!("{amount} of store credit granted.") } else { format!("{amount} of store credit taken back.") }
    }
}

#[derive(Template)]
#[template(path = "dashboard/credit/hand.html")]
struct Hand {
    frame: Frame,
    form: Form,
    act: Act,
    is_grant: bool,
    at: String,
    name: String,
    balances: Vec<Money>,
    currencies: Vec<(&'static str, String)>,
    once: String,
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

async fn render(asked: &Asked<'_>, act: Act, customer: CustomerId, status: StatusCode, form: Option<Form>) -> Result<Response, PageError> {
    let (c, balances, offered) = asked
        .app
        .read(&asked.who.ctx, move |tx, ctx| {
            let balances = credit::balances(tx, ctx, &customer)?;
            let own = merchants::settings(tx, ctx)?.currency;
            let shops = shops::list(tx, ctx)?.into_iter().filter(|s| s.archived_at.is_none()).map(|s| s.currency);
            let offered: Vec<Currency> = match act {
                Act::Grant => [own].into_iter().chain(shops).chain(balances.iter().map(|b| b.currency)).collect(),
                Act::TakeBack => balances.iter().filter(|b| b.minor > 0).map(|b| b.currency).collect(),
            };
            Ok((customers::get(tx, ctx, &customer)?, balances, offered))
        })
        .await?;
    let mut currencies: Vec<(&'static str, String)> = Vec::new();
    for currency in offered {
        if currencies.iter().all(|(code, _)| *code != currency.code()) {
            currencies.push((currency.code(), format!("{} · {}", currency.code(), currency.name())));
        }
    }
    let form = form.unwrap_or_else(|| Form::of([("currency", currencies.first().map_or("", |c| c.0).to_owned())]));
    let page = Hand {
        frame: frame(asked.app, asked.who, "customers", asked.uri, asked.headers).await?,
        act,
        is_grant: act == Act::Grant,
        at: format!("/customers/{}/credit", c.id),
        name: c.display_name,
        balances: balances.into_iter().filter(|b| b.minor > 0).collect(),
        currencies,
        once: once(&form, asked.who),
        form,
    };
    Ok(show_with(status, &page))
}

/// Does it, once.
async fn act(asked: Asked<'_>, act: Act, customer: &str, typed: Typed) -> PageResult {
    let customer: CustomerId = id(customer, "customer")?;
    let (whose, sent) = (customer.clone(), typed.clone());
    let done = asked
        .app
        .write(&asked.who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/customers/{whose}/credit/{}", act.end()), |tx| {
                let input = read(&whose, &sent)?;
                match act {
                    Act::Grant => credit::grant(tx, ctx, &input)?,
                    Act::TakeBack => credit::take_back(tx, ctx, &input)?,
                };
                let said = act.says(Money::new(input.amount, input.currency));
                Ok(Reply::new(303, format!("/customers/{whose}/credit"), serde_json::json!(said).to_string()))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), &serde_json::from_str::<String>(&reply.body).unwrap_or_default(), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&asked, act, customer, status, Some(form)).await
        }
    }
}

fn read(customer: &CustomerId, t: &Typed) -> domain::Result<GrantInput> {
    let currency = Currency::of(t.get("currency")).ok_or_else(|| Problems::one("currency", "unknown", "Choose a currency."))?;
    let amount = t.amount(Money::new(1250, currency))?;
    Ok(GrantInput { customer: customer.clone(), currency, amount: amount.minor, reason: t.text("reason") })
}

/// The dialog of a grant.
pub async fn grant_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    render(&asked, Act::Grant, id(&customer, "customer")?, StatusCode::OK, None).await
}

/// Grants.
pub async fn grant(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    act(Asked { app: &app, who: &who, uri: &uri, headers: &headers }, Act::Grant, &customer, typed).await
}

/// The dialog of taking back.
pub async fn take_back_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    render(&asked, Act::TakeBack, id(&customer, "customer")?, StatusCode::OK, None).await
}

/// Takes back.
pub async fn take_back(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    act(Asked { app: &app, who: &who, uri: &uri, headers: &headers }, Act::TakeBack, &customer, typed).await
}
