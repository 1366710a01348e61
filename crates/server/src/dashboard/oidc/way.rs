//! The way to the provider: to come in, to join, to prove who one is, and to connect one's account; and taking the connection away.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::kit::{Door, secret_hash};
use domain::staff::oidc::{self as room, Begun, HOLDS, Purpose};
use domain::staff::sessions::Device;
use domain::staff::{Moment, SignedIn, factor};
use domain::{Error, Result};
use providers::oidc::{Ask, Client, authorize};

use super::super::door::{From, Next};
use super::super::{PageResult, again, cookies, invitations, see_other, show_with, toasted};
use super::failed::Failed;
use super::{brought, client, redirect};
use crate::app::App;
use crate::oidc::Refusal;

/// The longest way back that is kept.
const LONGEST: usize = 1500;

#[derive(Template)]
#[template(path = "dashboard/oidc_go.html")]
struct GoPage {
    name: String,
    url: String,
}

#[derive(Template)]
#[template(path = "dashboard/oidc_wanted.html")]
struct WantedPage {
    merchant: String,
    name: String,
    connected: bool,
}

/// What is begun, and for whom.
struct Way<'a> {
    app: &'a App,
    headers: &'a HeaderMap,
    client: Client,
    next: Next,
}

impl Way<'_> {
    /// Where to go, with the cookie that the answer must carry; else why not, in words.
    async fn begin(
        &self,
        purpose: Purpose,
        device: Option<&Device>,
        hint: Option<&str>,
    ) -> Result<std::result::Result<(String, String), Failed>> {
        let (said, asked, now) = (self.app.oidc.clone(), self.client.clone(), self.app.now());
        let at = tokio::task::spawn_blocking(move || said.metadata(&asked, now)).await.map_err(|e| Error::Internal(e.to_string()))?;
        let at = match at {
            Ok(at) => at,
            Err(trouble) => return Ok(Err(Failed::of(&Refusal::Trouble(trouble), &self.client.name))),
        };
        let (moment, issuer, kept) =
            (Moment::new(now, Door::Page), self.client.issuer.clone(), brought(self.app, self.headers).map(|(s, _)| s));
        let again = matches!(purpose, Purpose::Again(_));
        let address = device.map(|d| d.address.clone());
        let begun = self
            .app
            .db
            .write::<_, Error>(move |tx| match &address {
                Some(address) => room::begin_for_anybody(tx, &moment, &issuer, &purpose, kept.as_deref(), address),
                None => room::begin(tx, &moment, &issuer, &purpose, kept.as_deref()).map(Ok),
            })
            .await?;
        let Begun { cookie, state, nonce, verifier } = match begun {
            Ok(begun) => begun,
            Err(until) => return Ok(Err(Failed::wait(factor::minutes(until, now)))),
        };
        let redirect = redirect(self.app, self.headers);
        let url =
            authorize(&self.client, &at, &Ask { state: &state, nonce: &nonce, verifier: &verifier, redirect: &redirect, again, hint });
        let next = Some(self.next.safe()).filter(|next| next.len() <= LONGEST).unwrap_or("/");
        Ok(Ok((url, format!("{cookie}.{}", URL_SAFE_NO_PAD.encode(next)))))
    }

    fn leave(&self, (url, cookie): &(String, String)) -> Response {
        let mut response = see_other(url);
        cookies::PROVIDER.set(self.app, &mut response, cookie, HOLDS / 1_000_000);
        response
    }
}

/// To the provider's sign-in.
pub async fn sign_in(State(app): State<App>, headers: HeaderMap, From(device): From, Query(next): Query<Next>) -> PageResult {
    let way = Way { app: &app, headers: &headers, client: client(&app)?, next };
    Ok(match way.begin(Purpose::SignIn, Some(&device), None).await? {
        Ok(gone) => way.leave(&gone),
        Err(failed) => failed.at_the_door(&app, &headers, &way.next),
    })
}

/// To the provider, with an invitation.
pub async fn join(State(app): State<App>, headers: HeaderMap, From(device): From, Path(secret): Path<String>) -> PageResult {
    let way = Way { app: &app, headers: &headers, client: client(&app)?, next: Next::of(&format!("/invitations/{secret}")) };
    match way.begin(Purpose::Join(secret_hash(&secret)), Some(&device), None).await? {
        Ok(gone) => Ok(way.leave(&gone)),
        Err(failed) => Ok(failed.timed(invitations::again(&app, &secret, failed.status, failed.form()).await?)),
    }
}

/// To the provider, to prove again who one is.
pub async fn prove(
    State(app): State<App>,
    headers: HeaderMap,
    Extension(who): Extension<SignedIn>,
    Query(next): Query<Next>,
) -> PageResult {
    let way = Way { app: &app, headers: &headers, client: client(&app)?, next };
    match way.begin(Purpose::Again(who.session.clone()), None, Some(&who.person.email)).await? {
        Ok(gone) => Ok(way.leave(&gone)),
        Err(failed) => Ok(again::not_proven(&app, &who, failed.status, failed.form(), &way.next)),
    }
}

/// The page with the link to the provider, to connect one's account.
pub async fn connect(State(app): State<App>, headers: HeaderMap, Extension(who): Extension<SignedIn>) -> PageResult {
    let way = Way { app: &app, headers: &headers, client: client(&app)?, next: Next::of("/account") };
    match way.begin(Purpose::Connect(who.session.clone()), None, Some(&who.person.email)).await? {
        Ok((url, cookie)) => {
            let mut response = show_with(StatusCode::OK, &GoPage { name: way.client.name.clone(), url });
            cookies::PROVIDER.set(&app, &mut response, &cookie, HOLDS / 1_000_000);
            Ok(response)
        }
        Err(failed) => Ok(toasted(see_other("/account"), &failed.words, None)),
    }
}

/// Takes the connection away.
pub async fn disconnect(State(app): State<App>, Extension(who): Extension<SignedIn>) -> PageResult {
    let (client, moment, site) = (client(&app)?, Moment::new(app.now(), Door::Page), app.config.site());
    let issuer = client.issuer.clone();
    let done = app.db.write::<_, Error>(move |tx| room::disconnect(tx, &who, &moment, &issuer, site.as_deref())).await;
    match done {
        Ok(()) => Ok(toasted(see_other("/account"), &format!("Disconnected. {} does not sign you in any more.", client.name), None)),
        Err(Error::Conflict { message, .. }) => Ok(toasted(see_other("/account"), &message, None)),
        Err(other) => Err(other.into()),
    }
}

/// What stands before everything else for who must come in through the provider and did not.
pub async fn wanted(State(app): State<App>, Extension(who): Extension<SignedIn>) -> PageResult {
    let name = client(&app)?.name;
    if !who.must_use_provider() {
        return Ok(see_other("/account"));
    }
    let merchant = who.current.as_ref().map(|m| m.name.clone()).unwrap_or_default();
    Ok(show_with(StatusCode::OK, &WantedPage { merchant, name, connected: who.connected }))
}
