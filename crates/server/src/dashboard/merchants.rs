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

/// Looks at one shop, or at all of them: the list one is on with its search and filters, else the customers.
pub async fn switch_shop(Extension(_): Extension<SignedIn>, typed: Typed) -> PageResult {
    let shop = match typed.get("shop") {
        "" => None,
        shop => Some(id::<ShopId>(shop, "shop")?),
    };
    Ok(see_other(&in_shop(typed.get("to"), shop.as_ref())))
}

/// The lists that one shop can be looked at in.
const BY_SHOP: [&str; 4] = ["/customers", "/orders", "/payments", "/invoices"];

/// The address of a list with this shop in the place of another, from its first page.
fn in_shop(to: &str, shop: Option<&ShopId>) -> String {
    let (path, query) = to.split_once('?').unwrap_or((to, ""));
    let (path, query) = if BY_SHOP.contains(&path) { (path, query) } else { (BY_SHOP[0], "") };
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    let moved = ["shop", "after", "before", "page", "reset"];
    pairs.extend_pairs(url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| !moved.contains(&key.as_ref())));
    if let Some(shop) = shop {
        pairs.append_pair("shop", shop.as_str());
    }
    match pairs.finish() {
        // An address without filters would bring back those of last time.
        empty if empty.is_empty() => format!("{path}?reset=1"),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_is_looked_at_in_the_list_one_is_on() {
        let shop = ShopId::from_db("shp_1".to_owned());
        assert_eq!(in_shop("/payments?view=all&shop=shp_0&after=x", Some(&shop)), "/payments?view=all&shop=shp_1");
        assert_eq!(in_shop("/customers?q=ana+r&status=idle", Some(&shop)), "/customers?q=ana+r&status=idle&shop=shp_1");
        assert_eq!(in_shop("/orders?view=all&shop=shp_0", None), "/orders?view=all");
        assert_eq!(in_shop("/customers?shop=shp_0", None), "/customers?reset=1");
        assert_eq!(in_shop("/settings", Some(&shop)), "/customers?shop=shp_1");
        assert_eq!(in_shop("//evil.example/orders", Some(&shop)), "/customers?shop=shp_1");
    }
}
