//! The first start: the page that makes owner, merchant and first shop, only while nobody is there (SPEC 15.1).

use askama::Template;
use axum::extract::State;
use domain::kit::Door;
use domain::merchants::NewMerchant;
use domain::staff::{self, Moment, NewOwner};

use super::choices::{self, Choices};
use super::door::{self, From};
use super::slow::slow;
use super::tones;
use super::typed::{Typed, refused};
use super::{PageResult, see_other, show, show_with};
use crate::app::App;
use crate::look::Form;

#[derive(Template)]
#[template(path = "dashboard/set_up.html")]
struct SetUpPage {
    form: Form,
    choices: Choices,
    /// Merchants that are here and have no owner: name and number of customers.
    waiting: Vec<(String, String)>,
}

async fn waiting(app: &App) -> domain::Result<Vec<(String, String)>> {
    let all = app.db.read::<_, domain::Error>(staff::set_up::waiting).await?;
    Ok(all.into_iter().map(|w| (w.name, tones::number(w.customers.unsigned_abs()))).collect())
}

/// The form, or the way to sign in when it has been done.
pub async fn page(State(app): State<App>) -> PageResult {
    if !app.db.read::<_, domain::Error>(staff::set_up::is_needed).await? {
        return Ok(see_other("/sign-in"));
    }
    let form = Form::of([("currency", "EUR"), ("time_zone", &choices::zone_here()), ("shop", "Online shop")]);
    Ok(show(&SetUpPage { form, choices: Choices::default(), waiting: waiting(&app).await? }))
}

/// What the form says about the merchant.
pub(super) fn merchant(typed: &Typed) -> NewMerchant {
    NewMerchant {
        name: typed.text("merchant"),
        currency: typed.text("currency"),
        time_zone: typed.text("time_zone"),
        country: typed.text("country"),
        shop: typed.text("shop"),
        demo: false,
    }
}

/// Makes them and signs the owner in.
pub async fn create(State(app): State<App>, From(device): From, typed: Typed) -> PageResult {
    // Asked before hashing, so that nobody keeps the processor busy through a form that leads nowhere.
    if !app.db.read::<_, domain::Error>(staff::set_up::is_needed).await? {
        return Ok(see_other("/sign-in"));
    }
    let waiting = waiting(&app).await?;
    let new = (waiting.is_empty() || !typed.get("merchant").is_empty()).then(|| merchant(&typed));
    let owner = NewOwner { name: typed.text("name"), email: typed.text("email"), password: typed.text("password"), merchant: new };
    let moment = Moment::new(app.now(), Door::Page);
    let made = match slow(move || owner.prepare()).await {
        Ok(prepared) => app.db.write::<_, domain::Error>(move |tx| staff::set_up(tx, &moment, &prepared)).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => door::come_in(&app, made.person, device, domain::staff::Means::SetUp, "/").await,
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            Ok(show_with(status, &SetUpPage { form, choices: Choices::default(), waiting }))
        }
    }
}
