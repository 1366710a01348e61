//! Passkeys where a password or a code is asked for: at the sign-in page, behind the password, and before what is grave.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::Error;
use domain::kit::Door;
use domain::staff::passkeys::{self, AskedAnybody, HOLDS, Taken, Unfit, Visit};
use domain::staff::sessions::{Device, Opened};
use domain::staff::{Moment, SignedIn, factor, halves};

use super::super::door::{From, Next, later, sign_in_form, too_many, with_session};
use super::super::typed::Typed;
use super::super::{PageResult, cookies, see_other};
use super::{must, said, said_of, to_use};
use crate::app::App;
use crate::look::Form;

/// A question for whoever stands at the sign-in page.
pub async fn ask(State(app): State<App>, headers: HeaderMap, From(device): From) -> PageResult {
    let party = match must(&app, &headers) {
        Ok(party) => party,
        Err(error) => return said_of(error),
    };
    let (moment, brought) = (Moment::new(app.now(), Door::Page), cookies::PASSKEY.of(&app, &headers));
    let at = moment.clone();
    let asked = app.db.write::<_, Error>(move |tx| passkeys::ask_anybody(tx, &at, brought.as_deref(), &device.address)).await?;
    Ok(match asked {
        AskedAnybody::Asked(asked, cookie) => {
            let mut response = to_use(&party, &asked);
            cookies::PASSKEY.set(&app, &mut response, &cookie, HOLDS / 1_000_000);
            response
        }
        AskedAnybody::Wait(until) => {
            let minutes = factor::minutes(until, moment.now);
            later(said(StatusCode::TOO_MANY_REQUESTS, &too_many(minutes)), minutes)
        }
    })
}

/// Signs in with a passkey alone.
pub async fn sign_in(State(app): State<App>, headers: HeaderMap, From(device): From, typed: Typed) -> PageResult {
    let (next, party) = (Next::of(typed.get("next")), must(&app, &headers)?);
    let (moment, site, answer) = (Moment::new(app.now(), Door::Page), app.config.site(), typed.text("passkey"));
    let entered = match cookies::PASSKEY.of(&app, &headers) {
        None => Err(Unfit::Challenge),
        Some(cookie) => {
            let enter = move |tx: &mut store::Tx| passkeys::sign_in(tx, &moment, &party, &cookie, &answer, &device, site.as_deref());
            app.db.write::<_, Error>(enter).await?
        }
    };
    match entered {
        Ok(opened) => {
            let mut response = with_session(&app, see_other(next.safe()), &opened);
            cookies::PASSKEY.forget(&app, &mut response);
            Ok(response)
        }
        Err(unfit) => {
            let mut form = Form::default();
            form.fail("", unfit.words());
            Ok(sign_in_form(&app, &headers, StatusCode::UNPROCESSABLE_ENTITY, form, &next))
        }
    }
}

/// A question for whoever has given the right password.
pub async fn ask_behind_password(State(app): State<App>, headers: HeaderMap) -> PageResult {
    let Some(secret) = cookies::HALF.of(&app, &headers) else { return Ok(see_other("/sign-in")) };
    let party = match must(&app, &headers) {
        Ok(party) => party,
        Err(error) => return said_of(error),
    };
    let moment = Moment::new(app.now(), Door::Page);
    let asked = app
        .db
        .write::<_, Error>(move |tx| {
            let person = halves::look(tx, &secret, moment.now)?;
            passkeys::ask(tx, &moment, &Visit::Half(secret.clone()), &person.id)
        })
        .await;
    match asked {
        Ok(asked) => Ok(to_use(&party, &asked)),
        Err(Error::NotFound(_)) => Ok(see_other("/sign-in")),
        Err(error) => said_of(error),
    }
}

/// A passkey in the place of the code behind the password.
pub async fn behind_password(
    app: &App,
    headers: &HeaderMap,
    moment: &Moment,
    secret: String,
    answer: String,
    device: Device,
) -> domain::Result<Taken<Opened>> {
    let (party, site, moment) = (must(app, headers)?, app.config.site(), moment.clone());
    let finish = move |tx: &mut store::Tx| passkeys::second_step(tx, &moment, &party, &secret, &answer, &device, site.as_deref());
    app.db.write::<_, Error>(finish).await
}

/// A question for whoever proves again who they are.
pub async fn ask_again(State(app): State<App>, Extension(who): Extension<SignedIn>, headers: HeaderMap) -> PageResult {
    let party = match must(&app, &headers) {
        Ok(party) => party,
        Err(error) => return said_of(error),
    };
    let (moment, visit) = (Moment::new(app.now(), Door::Page), Visit::Again(who.session));
    let asked = app.db.write::<_, Error>(move |tx| passkeys::ask(tx, &moment, &visit, &who.person.id)).await?;
    Ok(to_use(&party, &asked))
}

/// The proof of a fresh sign-in.
pub async fn again(app: &App, headers: &HeaderMap, moment: &Moment, who: &SignedIn, answer: String) -> domain::Result<Taken<()>> {
    let (party, site, moment, who) = (must(app, headers)?, app.config.site(), moment.clone(), who.clone());
    app.db.write::<_, Error>(move |tx| passkeys::again(tx, &moment, &party, &who, &answer, site.as_deref())).await
}
