//! One's own second factor: setting it up with an authenticator app, recovery codes, turning it off. All of it behind a fresh sign-in, on pages alone.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::Error;
use domain::kit::Door;
use domain::staff::factor::{self, State as Factor};
use domain::staff::{Moment, SignedIn};

use super::qr::{self, Drawn};
use super::settings::reveal;
use super::typed::{Typed, refused};
use super::{PageError, PageResult, see_other, show_with, toasted};
use crate::app::App;
use crate::look::Form;

/// Where it stands.
pub const HERE: &str = "/account/second-factor";

#[derive(Template)]
#[template(path = "dashboard/second_factor.html")]
struct FactorPage {
    form: Form,
    /// Whose merchant wants it, while there is none: the page comes before all others.
    wanted_by: Option<String>,
    /// The secret in groups of four, and its QR code.
    begun: Option<(String, Option<Drawn>)>,
    /// How many recovery codes are left, when it is on.
    left: Option<i64>,
    /// The same when passkeys are the second factor.
    spare: Option<i64>,
    /// Just made: shown once.
    codes: Vec<String>,
}

async fn render(app: &App, who: SignedIn, headers: &HeaderMap, status: StatusCode, form: Form) -> Result<Response, PageError> {
    let (vault, now) = (app.config.vault.clone(), app.now());
    let wanted_by = who.must_set_up().then(|| who.current.as_ref().map(|m| m.name.clone())).flatten();
    let passkeys = who.passkeys;
    let (state, spare) =
        app.db.read::<_, Error>(move |tx| Ok((factor::state(tx, &vault, &who, now)?, factor::codes_left(tx, &who)?))).await?;
    let codes = reveal::take(headers).filter(|_| passkeys || matches!(state, Factor::On(..)));
    let page = FactorPage {
        form,
        wanted_by,
        spare: passkeys.then_some(spare),
        left: if let Factor::On(_, left) = &state { Some(*left) } else { None },
        begun: if let Factor::Begun { secret, address } = &state { Some((in_fours(secret), qr::draw(address))) } else { None },
        codes: codes.map(|all| all.split('_').map(str::to_owned).collect()).unwrap_or_default(),
    };
    Ok(reveal::forget(app, HERE, headers, show_with(status, &page)))
}

fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// How far one is, and the next step.
pub async fn page(State(app): State<App>, Extension(who): Extension<SignedIn>, headers: HeaderMap) -> PageResult {
    render(&app, who, &headers, StatusCode::OK, Form::default()).await
}

/// Makes a secret to be scanned.
pub async fn begin(State(app): State<App>, Extension(who): Extension<SignedIn>) -> PageResult {
    let (vault, moment) = (app.config.vault.clone(), Moment::new(app.now(), Door::Page));
    app.db.write::<_, Error>(move |tx| factor::begin(tx, &vault, &who, &moment)).await?;
    Ok(see_other(HERE))
}

/// The first code: from now on it is asked for.
pub async fn confirm(State(app): State<App>, Extension(who): Extension<SignedIn>, headers: HeaderMap, typed: Typed) -> PageResult {
    let (vault, moment, by, code) = (app.config.vault.clone(), Moment::new(app.now(), Door::Page), who.clone(), typed.text("code"));
    match app.db.write::<_, Error>(move |tx| factor::confirm(tx, &vault, &by, &moment, &code)).await {
        Ok(codes) => Ok(reveal::hand_on(&app, HERE, &codes.join("_"))),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            render(&app, who, &headers, status, form).await
        }
    }
}

/// New recovery codes.
pub async fn renew_codes(State(app): State<App>, Extension(who): Extension<SignedIn>) -> PageResult {
    let moment = Moment::new(app.now(), Door::Page);
    let codes = app.db.write::<_, Error>(move |tx| factor::renew_codes(tx, &who, &moment)).await?;
    Ok(reveal::hand_on(&app, HERE, &codes.join("_")))
}

/// Off.
pub async fn turn_off(State(app): State<App>, Extension(who): Extension<SignedIn>, headers: HeaderMap) -> PageResult {
    let (moment, by, site) = (Moment::new(app.now(), Door::Page), who.clone(), app.config.site());
    match app.db.write::<_, Error>(move |tx| factor::turn_off(tx, &by, &moment, site.as_deref())).await {
        Ok(()) => Ok(toasted(see_other("/account"), "The app is asked for no more.", None)),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            render(&app, who, &headers, status, form).await
        }
    }
}
