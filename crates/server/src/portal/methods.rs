//! Payment methods: those that are kept, and adding one on its provider's page. In test mode that page is here and takes the numbers of test cards alone.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{MethodId, MethodSetupId, ShopId};
use domain::method_setups::{At, MethodSetup, State as Step};
use domain::payments::methods::Method;
use domain::portal::{self as room, Visitor};
use domain::providers::Provider;
use store::Tx;

use super::{Shell, Shown, money, read, show_with, write};
use crate::app::App;
use crate::dashboard::customers::profile::method;
use crate::dashboard::{Typed, refused, see_other};
use crate::http::guard::id;
use crate::look::Form;

/// A method that is kept.
pub struct Kept {
    pub id: MethodId,
    pub words: String,
    pub expires: String,
    /// The one that is charged unless another is named.
    pub default: bool,
    /// A test: it pays no real money and is no default.
    pub test: bool,
    /// Its last day is over.
    pub expired: bool,
}

/// What the page says of methods.
pub struct Methods {
    pub kept: Vec<Kept>,
    /// Being added.
    pub adding: Vec<MethodSetup>,
    /// Where one can be added.
    pub places: Vec<At>,
    /// Something can be changed.
    pub changes: bool,
}

fn words(m: &Method) -> String {
    method(m.kind.name(), &m.brand, &m.last4)
}

/// Reads it.
pub fn kept(tx: &mut Tx, v: &Visitor) -> domain::Result<Methods> {
    let default = room::customer(tx, v)?.default_method.map(|m| m.id);
    let expires = |month_and_year: Option<(i64, i64)>| {
        month_and_year.map_or_else(String::new, |(month, year)| format!("valid to {month:02}/{:02}", year.rem_euclid(100)))
    };
    let (zone, now) = (&v.portal.zone, v.ctx().now);
    let kept = room::methods(tx, v)?.into_iter().map(|m| Kept {
        words: words(&m),
        expires: expires(m.expires_month.zip(m.expires_year)),
        default: default.as_ref() == Some(&m.id),
        test: !m.live,
        expired: m.is_expired(zone, now),
        id: m.id,
    });
    Ok(Methods { kept: kept.collect(), adding: room::adding(tx, v)?, places: room::method_places(tx, v)?, changes: !v.archived })
}

/// Shows the list again, with why not.
async fn again(app: &App, v: &Visitor, uri: &Uri, error: domain::Error) -> Shown {
    let mut form = Form::default();
    let status = refused(&mut form, error)?;
    money::render(app, v, uri, None, status, form).await
}

/// Begins to add one.
pub async fn add(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, typed: Typed) -> Shown {
    let (shop, origin): (ShopId, _) = (ShopId::from_db(typed.text("shop")), app.config.origin());
    match write(&app, &v, move |tx, v| room::add_method(tx, v, &shop, &origin)).await {
        Ok(id) => Ok(see_other(&format!("{}/adding/{id}", v.portal.at()))),
        Err(error) => again(&app, &v, &uri, error).await,
    }
}

#[derive(Template)]
#[template(path = "portal/adding.html")]
struct Adding {
    shell: Shell,
    form: Form,
    setup: MethodSetup,
    /// Test cards are typed here.
    cards: Vec<(&'static str, &'static str)>,
    /// Its provider has it, or says so by the way back from its page, and the word of it is on its way.
    pending: bool,
}

/// How often the page looks again while the provider is waited for.
fn waits(page: &Adding) -> Option<&'static str> {
    match page.setup.state {
        Step::Asked => Some("2"),
        Step::Pending | Step::Open if page.pending => Some("5"),
        _ => None,
    }
}

async fn render(app: &App, v: &Visitor, uri: &Uri, which: &MethodSetupId, status: StatusCode, form: Form) -> domain::Result<Response> {
    let which = which.clone();
    let setup = read(app, v, move |tx, v| room::method_setup(tx, v, &which)).await?;
    let back = uri.query() == Some("back=done");
    let types = setup.provider == Provider::Test && setup.state == Step::Open;
    let page = Adding {
        shell: Shell::on(v, uri, "/payments"),
        form,
        cards: if types { ::providers::test::CARDS.to_vec() } else { Vec::new() },
        pending: setup.state == Step::Pending || (back && setup.state == Step::Open && !types),
        setup,
    };
    let mut answer = show_with(status, &page);
    if let Some(seconds) = waits(&page) {
        answer.headers_mut().insert("refresh", HeaderValue::from_static(seconds));
    }
    Ok(answer)
}

/// How far one came, and what is to be done.
pub async fn adding(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, Path((_, which)): Path<(String, String)>) -> Shown {
    Ok(render(&app, &v, &uri, &id(&which, "page")?, StatusCode::OK, Form::default()).await?)
}

/// Types a test card.
pub async fn card(
    State(app): State<App>,
    Extension(v): Extension<Visitor>,
    uri: Uri,
    Path((_, which)): Path<(String, String)>,
    typed: Typed,
) -> Shown {
    let which: MethodSetupId = id(&which, "page")?;
    let (setup, number) = (which.clone(), typed.text("number"));
    match write(&app, &v, move |tx, v| room::type_test_card(tx, v, &setup, &number)).await {
        Ok(Step::Done) => Ok(see_other(&format!("{}/payments?done=method", v.portal.at()))),
        Ok(_) => Ok(see_other(&format!("{}/adding/{which}", v.portal.at()))),
        Err(error) => {
            // What was typed is not shown again: somebody may have typed a real number.
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            Ok(render(&app, &v, &uri, &which, status, form).await?)
        }
    }
}

/// Makes one the default.
pub async fn choose(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, Path((_, which)): Path<(String, String)>) -> Shown {
    let which: MethodId = id(&which, "payment method")?;
    match write(&app, &v, move |tx, v| room::choose_method(tx, v, &which)).await {
        Ok(()) => Ok(see_other(&format!("{}/payments?done=default", v.portal.at()))),
        Err(error) => again(&app, &v, &uri, error).await,
    }
}

#[derive(Template)]
#[template(path = "portal/remove_method.html")]
struct Remove {
    shell: Shell,
    form: Form,
    id: MethodId,
    words: String,
}

async fn removing(app: &App, v: &Visitor, uri: &Uri, which: &MethodId, status: StatusCode, form: Form) -> domain::Result<Response> {
    let one = which.clone();
    let found = read(app, v, move |tx, v| room::method(tx, v, &one)).await?;
    Ok(show_with(status, &Remove { shell: Shell::on(v, uri, "/payments"), form, words: words(&found), id: found.id }))
}

/// Asks whether it is meant.
pub async fn ask(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, Path((_, which)): Path<(String, String)>) -> Shown {
    Ok(removing(&app, &v, &uri, &id(&which, "payment method")?, StatusCode::OK, Form::default()).await?)
}

/// Takes one off.
pub async fn remove(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, Path((_, which)): Path<(String, String)>) -> Shown {
    let which: MethodId = id(&which, "payment method")?;
    let one = which.clone();
    match write(&app, &v, move |tx, v| room::remove_method(tx, v, &one)).await {
        Ok(()) => Ok(see_other(&format!("{}/payments?done=removed", v.portal.at()))),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            Ok(removing(&app, &v, &uri, &which, status, form).await?)
        }
    }
}
