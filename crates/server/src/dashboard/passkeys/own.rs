//! One's own passkeys: adding one and removing one, behind a fresh sign-in.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::Error;
use domain::kit::{Door, PasskeyId};
use domain::staff::{Moment, SignedIn, passkeys};

use super::super::account::device;
use super::super::settings::reveal;
use super::super::typed::Typed;
use super::super::{PageResult, see_other, show_with, toasted};
use super::{NOT_HERE, must, party, said_of, to_make};
use crate::app::App;
use crate::http::guard::id;
use crate::look::Form;

#[derive(Template)]
#[template(path = "dashboard/passkey.html")]
struct PasskeyPage {
    form: Form,
    /// Whose merchant wants a second factor, while there is none.
    wanted_by: Option<String>,
    /// Why there can be none here; empty when there can.
    not_here: &'static str,
    /// It will be the first second factor.
    first: bool,
}

fn render(app: &App, who: &SignedIn, headers: &HeaderMap, status: StatusCode, form: Form) -> Response {
    let page = PasskeyPage {
        form,
        wanted_by: who.must_set_up().then(|| who.current.as_ref().map(|m| m.name.clone())).flatten(),
        not_here: if party(app, headers).is_some() { "" } else { NOT_HERE },
        first: !who.second_factor,
    };
    show_with(status, &page)
}

/// The form of a new one.
pub async fn page(State(app): State<App>, Extension(who): Extension<SignedIn>, headers: HeaderMap) -> PageResult {
    let agent = headers.get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default();
    Ok(render(&app, &who, &headers, StatusCode::OK, Form::of([("name", device(agent))])))
}

/// A question to make one.
pub async fn ask(State(app): State<App>, Extension(who): Extension<SignedIn>, headers: HeaderMap) -> PageResult {
    let (moment, by) = (Moment::new(app.now(), Door::Page), who.clone());
    let party = match must(&app, &headers) {
        Ok(party) => party,
        Err(error) => return said_of(error),
    };
    match app.db.write::<_, Error>(move |tx| passkeys::invite(tx, &by, &moment)).await {
        Ok(invited) => Ok(to_make(&party, &invited, &who.person)),
        Err(error) => said_of(error),
    }
}

/// Keeps the one that was made; the first second factor shows its recovery codes.
pub async fn add(State(app): State<App>, Extension(who): Extension<SignedIn>, headers: HeaderMap, typed: Typed) -> PageResult {
    let (party, site, moment) = (must(&app, &headers)?, app.config.site(), Moment::new(app.now(), Door::Page));
    let (by, answer, name) = (who.clone(), typed.text("passkey"), typed.text("name"));
    let add = move |tx: &mut store::Tx| passkeys::add(tx, &moment, &party, &by, &answer, &name, site.as_deref());
    match app.db.write::<_, Error>(add).await? {
        Ok(added) if added.codes.is_empty() => Ok(toasted(see_other("/account"), "Passkey added.", None)),
        Ok(added) => Ok(reveal::hand_on(&app, super::super::second_factor::HERE, &added.codes.join("_"))),
        Err(unfit) => {
            let mut form = Form::of([("name", typed.get("name"))]);
            form.fail("", unfit.words());
            Ok(render(&app, &who, &headers, StatusCode::UNPROCESSABLE_ENTITY, form))
        }
    }
}

/// Takes one away.
pub async fn remove(State(app): State<App>, Extension(who): Extension<SignedIn>, Path(passkey): Path<String>) -> PageResult {
    let (passkey, site, moment) = (id::<PasskeyId>(&passkey, "passkey")?, app.config.site(), Moment::new(app.now(), Door::Page));
    app.db.write::<_, Error>(move |tx| passkeys::remove(tx, &who, &moment, &passkey, site.as_deref())).await?;
    Ok(toasted(see_other("/account"), "Passkey removed.", None))
}
