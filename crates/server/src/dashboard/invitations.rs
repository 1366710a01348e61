//! The page behind an invitation's link: a newcomer chooses name and password, somebody known signs in and accepts.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Door, PersonId};
use domain::staff::invitations::{self, Comer, Invitation, NewPerson};
use domain::staff::{Means, Moment, SignedIn, sessions};

use super::door::{self, From};
use super::slow::slow;
use super::typed::{Typed, refused};
use super::{PageResult, oidc, see_other, show_with};
use crate::app::App;
use crate::look::Form;

#[derive(Template)]
#[template(path = "dashboard/invitation.html")]
struct InvitationPage {
    invitation: Invitation,
    /// The address has an account already.
    known: bool,
    /// Whoever is signed in: it is the right person, or not.
    signed_in: Option<(String, bool)>,
    here: String,
    form: Form,
    /// The identity provider, where there is one.
    provider: Option<String>,
}

async fn found(app: &App, secret: &str) -> domain::Result<(Invitation, Option<PersonId>)> {
    let (secret, now) = (secret.to_owned(), app.now());
    app.db.read::<_, domain::Error>(move |tx| invitations::look(tx, &secret, now)).await
}

async fn render(app: &App, secret: &str, who: Option<&SignedIn>, status: StatusCode, form: Form) -> Result<Response, super::PageError> {
    let (invitation, known) = found(app, secret).await?;
    let signed_in = who.map(|w| (w.person.email.clone(), Some(&w.person.id) == known.as_ref()));
    let (here, provider) = (format!("/invitations/{secret}"), oidc::name(app));
    Ok(show_with(status, &InvitationPage { invitation, known: known.is_some(), signed_in, here, form, provider }))
}

/// The page once more, for whoever came back from the identity provider and did not come in.
pub async fn again(app: &App, secret: &str, status: StatusCode, form: Form) -> Result<Response, super::PageError> {
    render(app, secret, None, status, form).await
}

/// What the link gives, and how to take it.
pub async fn page(State(app): State<App>, Path(secret): Path<String>, who: Option<Extension<SignedIn>>) -> PageResult {
    render(&app, &secret, who.as_deref(), StatusCode::OK, Form::default()).await
}

/// Takes it: as whoever is signed in, else as somebody new, who is signed in then.
pub async fn accept(
    State(app): State<App>,
    Path(secret): Path<String>,
    who: Option<Extension<SignedIn>>,
    From(device): From,
    typed: Typed,
) -> PageResult {
    let (invitation, _) = found(&app, &secret).await?;
    let comer = match &who {
        Some(who) => Ok(Comer::Known(who.person.id.clone())),
        None => {
            let (email, name, password) = (invitation.email.clone(), typed.text("name"), typed.text("password"));
            slow(move || NewPerson::prepare(&email, &name, &password)).await.map(Comer::New)
        }
    };
    let moment = Moment::new(app.now(), Door::Page);
    let done = match comer {
        Ok(comer) => {
            let secret = secret.clone();
            app.db.write::<_, domain::Error>(move |tx| invitations::accept(tx, &moment, &secret, &comer)).await
        }
        Err(error) => Err(error),
    };
    match (done, who) {
        (Ok((merchant, _)), Some(Extension(who))) => {
            app.db.write::<_, domain::Error>(move |tx| sessions::switch(tx, &who, &merchant)).await?;
            Ok(see_other("/"))
        }
        (Ok((_, person)), None) => door::come_in(&app, person, device, Means::Invitation, "/").await,
        (Err(error), who) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &secret, who.as_deref(), status, form).await
        }
    }
}
