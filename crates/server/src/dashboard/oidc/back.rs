//! Everybody comes back here from the provider, whatever it was for: believed or not, and then led on or back with the reason.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::kit::{Door, secret_hash};
use domain::staff::oidc::{self as room, Back, Known, Purpose, Unfit};
use domain::staff::sessions::Device;
use domain::staff::sign_in::Entered;
use domain::staff::{Moment, SignedIn};
use domain::{Error, Result};
use providers::oidc::Client;
use serde::Deserialize;

use super::super::door::{From, Next, with_session};
use super::super::{PageResult, again, cookies, invitations, second_step, see_other, toasted};
use super::failed::Failed;
use super::{brought, client, redirect};
use crate::app::App;
use crate::oidc::Refusal;

/// What the provider sends people back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Came {
    code: String,
    state: String,
    error: String,
    iss: String,
}

/// Everybody comes back here.
pub async fn callback(
    State(app): State<App>,
    headers: HeaderMap,
    who: Option<Extension<SignedIn>>,
    From(device): From,
    Query(came): Query<Came>,
) -> PageResult {
    let (client, who) = (client(&app)?, who.map(|Extension(who)| who));
    let moment = Moment::new(app.now(), Door::Page);
    let Some((cookie, next)) = brought(&app, &headers) else { return Ok(over(&app, &headers, who.as_ref(), &client)) };
    let (issuer, state, now) = (client.issuer.clone(), came.state.clone(), moment.now);
    let Some(back) = app.db.write::<_, Error>(move |tx| room::come_back(tx, now, &issuer, &cookie, &state)).await? else {
        return Ok(over(&app, &headers, who.as_ref(), &client));
    };
    let landing = Landing { app: &app, headers: &headers, client: &client, who, next };
    match known(&app, &headers, &client, &back, came, now).await? {
        Err(failed) => landing.failed(&back.purpose, &failed).await,
        Ok(known) => landing.land(back, known, &moment, device).await,
    }
}

/// Too late, twice, or in another browser: nothing is known of what it was for.
fn over(app: &App, headers: &HeaderMap, who: Option<&SignedIn>, client: &Client) -> Response {
    let words = Unfit::Over.words(&client.name);
    match who {
        Some(_) => toasted(see_other("/account"), &words, None),
        None => Failed::said(words).at_the_door(app, headers, &Next::default()),
    }
}

/// Who came back, believed; else why not.
async fn known(
    app: &App,
    headers: &HeaderMap,
    client: &Client,
    back: &Back,
    came: Came,
    now: i64,
) -> Result<std::result::Result<Known, Failed>> {
    let (said, asked, back, redirect) = (app.oidc.clone(), client.clone(), back.clone(), redirect(app, headers));
    let name = client.name.clone();
    let found = tokio::task::spawn_blocking(move || {
        let at = said.metadata(&asked, now).map_err(|trouble| Failed::of(&Refusal::Trouble(trouble), &name))?;
        if came.iss != at.issuer && (at.names_itself || !came.iss.is_empty()) {
            tracing::warn!("an answer came back that names another identity provider");
            return Err(Failed::said(Unfit::Over.words(&name)));
        }
        if !came.error.is_empty() || came.code.is_empty() {
            let code: String = came.error.chars().filter(char::is_ascii_graphic).take(60).collect();
            tracing::warn!(code, "the identity provider let nobody in");
            return Err(Failed::said(format!("You did not sign in at {name}. Try again, or sign in another way.")));
        }
        let claims = said.finish(&asked, &back, &came.code, &redirect, now).map_err(|refusal| Failed::of(&refusal, &name))?;
        Known::of(&asked, &claims).map_err(|unfit| Failed::said(unfit.words(&name)))
    });
    found.await.map_err(|e| Error::Internal(e.to_string()))
}

/// Where somebody lands who came back.
struct Landing<'a> {
    app: &'a App,
    headers: &'a HeaderMap,
    client: &'a Client,
    who: Option<SignedIn>,
    next: Next,
}

impl Landing<'_> {
    /// The session that began it; nobody else's.
    fn session(&self, purpose: &Purpose) -> Option<&SignedIn> {
        let (Purpose::Connect(session) | Purpose::Again(session)) = purpose else { return None };
        self.who.as_ref().filter(|who| who.session == *session)
    }

    fn unfit(&self, unfit: Unfit) -> Failed {
        Failed::said(unfit.words(&self.client.name))
    }

    async fn land(self, back: Back, known: Known, moment: &Moment, device: Device) -> PageResult {
        let (app, site, at) = (self.app, self.app.config.site(), moment.clone());
        let purpose = back.purpose.clone();
        let mut landed = match &purpose {
            Purpose::SignIn => match app.db.write::<_, Error>(move |tx| room::sign_in(tx, &at, &known, &device, site.as_deref())).await? {
                Ok(Entered::In(opened)) => with_session(app, see_other(self.next.safe()), &opened),
                Ok(Entered::Half(secret)) => second_step::begun(app, &self.next, &secret),
                Err(unfit) => return self.failed(&purpose, &self.unfit(unfit)).await,
            },
            Purpose::Join(hash) => {
                let hash = hash.clone();
                match app.db.write::<_, Error>(move |tx| room::join(tx, &at, &hash, &known, &device)).await {
                    Ok(Ok((_, opened))) => with_session(app, see_other("/"), &opened),
                    Ok(Err(unfit)) => return self.failed(&purpose, &self.unfit(unfit)).await,
                    Err(Error::Invalid(problems)) => {
                        let words: Vec<_> = problems.0.into_iter().map(|p| p.message).collect();
                        return self.failed(&purpose, &Failed::said(words.join(" "))).await;
                    }
                    Err(Error::Conflict { message, .. }) => return self.failed(&purpose, &Failed::said(message)).await,
                    Err(other) => return Err(other.into()),
                }
            }
            Purpose::Connect(_) => {
                let Some(who) = self.session(&purpose).cloned() else { return Ok(over(app, self.headers, self.who.as_ref(), self.client)) };
                match app.db.write::<_, Error>(move |tx| room::connect(tx, &at, &who, &known, site.as_deref())).await? {
                    Ok(()) => {
                        toasted(see_other(self.next.safe()), &format!("Connected. {} signs you in from now on.", self.client.name), None)
                    }
                    Err(unfit) => return self.failed(&purpose, &self.unfit(unfit)).await,
                }
            }
            Purpose::Again(_) => {
                let Some(who) = self.session(&purpose).cloned() else { return Ok(over(app, self.headers, self.who.as_ref(), self.client)) };
                match app.db.write::<_, Error>(move |tx| room::again(tx, &at, &who, &known, back.begun_at)).await? {
                    Ok(()) => see_other(self.next.safe()),
                    Err(unfit) => return self.failed(&purpose, &self.unfit(unfit)).await,
                }
            }
        };
        cookies::PROVIDER.forget(app, &mut landed);
        Ok(landed)
    }

    /// Back where it was begun, with the reason.
    async fn failed(&self, purpose: &Purpose, failed: &Failed) -> PageResult {
        let mut response = match (purpose, self.session(purpose)) {
            (Purpose::Again(_), Some(who)) => again::not_proven(self.app, who, failed.status, failed.form(), &self.next),
            (Purpose::Connect(_), _) => toasted(see_other("/account"), &failed.words, None),
            (Purpose::Join(hash), _) => {
                match self.next.safe().strip_prefix("/invitations/").filter(|secret| secret_hash(secret) == *hash) {
                    Some(secret) => invitations::again(self.app, secret, failed.status, failed.form()).await?,
                    None => failed.at_the_door(self.app, self.headers, &Next::default()),
                }
            }
            _ => failed.at_the_door(self.app, self.headers, &self.next),
        };
        cookies::PROVIDER.forget(self.app, &mut response);
        Ok(response)
    }
}
