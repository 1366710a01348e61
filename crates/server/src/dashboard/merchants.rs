//! Which merchant one works in: switching, and making another one. Also where somebody lands who has no merchant left.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use domain::kit::{Ctx, Door, MerchantId, Role, ShopId};
use domain::merchants;
use domain::staff::{self, Moment, SignedIn, sessions};

use super::choices::{self, Choices};
use super::set_up::merchant;
use super::typed::{Typed, refused};
use super::{PageResult, see_other, show_with, toasted};
use crate::app::App;
use crate::http::guard::id;
use crate::look::Form;

#[derive(Template)]
#[template(path = "dashboard/merchants.html")]
struct MerchantsPage {
    who: SignedIn,
    may_create: bool,
    form: Form,
    choices: Choices,
}

impl MerchantsPage {
    fn of(who: SignedIn, form: Form) -> Self {
        let may_create = who.memberships.iter().any(|m| m.role == Role::Owner);
        Self { may_create, who, form, choices: Choices::default() }
    }

    fn is_current(&self, merchant: &MerchantId) -> bool {
        self.who.current.as_ref().is_some_and(|m| m.merchant == *merchant)
    }
}

/// All merchants of the person, and the form for another one, which is likely where this one is.
pub async fn page(State(app): State<App>, ctx: Option<Extension<Ctx>>, Extension(who): Extension<SignedIn>) -> PageResult {
    let (currency, zone, country) = match ctx {
        Some(Extension(ctx)) => {
            let s = app.read(&ctx, merchants::settings).await?;
            (s.currency.code().to_owned(), s.zone_name, s.country)
        }
        None => ("EUR".to_owned(), choices::zone_here(), String::new()),
    };
    let form = Form::of([("currency", currency), ("time_zone", zone), ("country", country), ("shop", "Online shop".to_owned())]);
    Ok(show_with(StatusCode::OK, &MerchantsPage::of(who, form)))
}

/// Makes another merchant and works in it.
pub async fn create(State(app): State<App>, Extension(who): Extension<SignedIn>, typed: Typed) -> PageResult {
    let (moment, new, by) = (Moment::new(app.now(), Door::Page), merchant(&typed), who.clone());
    match app.db.write::<_, domain::Error>(move |tx| staff::create_merchant(tx, &by, &moment, &new)).await {
        Ok(_) => Ok(see_other("/")),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            Ok(show_with(status, &MerchantsPage::of(who, form)))
        }
    }
}

/// Works in another merchant from now on.
pub async fn switch(State(app): State<App>, Extension(who): Extension<SignedIn>, typed: Typed) -> PageResult {
    let to: MerchantId = id(typed.get("merchant"), "merchant")?;
    let name = who.memberships.iter().find(|m| m.merchant == to).map(|m| m.name.clone()).unwrap_or_default();
    app.db.write::<_, domain::Error>(move |tx| sessions::switch(tx, &who, &to)).await?;
    Ok(toasted(see_other("/"), &format!("You are in {name} now."), None))
}

/// Looks at one shop: the list one is on, else the customers, filtered by it.
pub async fn switch_shop(Extension(_): Extension<SignedIn>, typed: Typed) -> PageResult {
    let room = if typed.get("to").starts_with("/orders") { "/orders" } else { "/customers" };
    if typed.get("shop").is_empty() {
        return Ok(see_other(&format!("{room}?reset=1")));
    }
    let shop: ShopId = id(typed.get("shop"), "shop")?;
    Ok(see_other(&format!("{room}?shop={shop}")))
}
