//! The identity provider on pages: the way there, and everybody who comes back from it. The way there is a link, because a form may not lead to another
//! site; only connecting an account, which another site must not begin, is a form with a link behind it.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::kit::{Door, secret_hash};
use domain::staff::oidc::{self as room, Back, Begun, HOLDS, Known, Purpose, Unfit};
use domain::staff::sessions::Device;
use domain::staff::sign_in::Entered;
use domain::staff::{Moment, SignedIn, factor};
use domain::{Error, Result};
use providers::oidc::{Ask, Client, authorize};
use serde::Deserialize;

use super::door::{From, Next, later, sign_in_form, too_many, with_session};
use super::{PageResult, again, cookies, invitations, second_step, see_other, show_with, toasted};
use crate::app::App;
use crate::look::Form;
use crate::oidc::Refusal;

/// Where people come back to.
const BACK: &str = "/sign-in/oidc/callback";
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

/// What the provider sends people back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Came {
    code: String,
    state: String,
    error: String,
    iss: String,
}

/// The provider's name, where there is one.
pub fn name(app: &App) -> Option<String> {
    app.config.oidc.as_ref().map(|client| client.name.clone())
}

fn client(app: &App) -> Result<Client> {
    app.config.oidc.clone().ok_or(Error::NotFound("page"))
}

fn redirect(app: &App, headers: &HeaderMap) -> String {
    format!("{}{BACK}", app.config.reached_at(headers))
}

/// The secret of the cookie, and where to go behind it. The way back is kept by the browser that asked for it, and not in the database.
fn brought(app: &App, headers: &HeaderMap) -> Option<(String, Next)> {
    let value = cookies::PROVIDER.of(app, headers)?;
    let (secret, next) = value.split_once('.').unwrap_or((&value, ""));
    let next = URL_SAFE_NO_PAD.decode(next).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    Some((secret.to_owned(), Next::of(&next)))
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

/// Why somebody did not come in, and how it is answered.
struct Failed {
    status: StatusCode,
    words: String,
    /// When to try again, in minutes.
    wait: Option<i64>,
}

impl Failed {
    fn of(refusal: &Refusal, name: &str) -> Self {
        tracing::warn!(reason = refusal.reason(), "the identity provider let nobody in");
        let status = match refusal {
            Refusal::Trouble(providers::oidc::Trouble::Code) | Refusal::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Trouble(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { status, words: refusal.words(name), wait: None }
    }

    fn wait(minutes: i64) -> Self {
        Self { status: StatusCode::TOO_MANY_REQUESTS, words: too_many(minutes), wait: Some(minutes) }
    }

    fn said(words: String) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, words, wait: None }
    }

    fn form(&self) -> Form {
        let mut form = Form::default();
        form.fail("", &self.words);
        form
    }

    /// On the page of the sign-in, where the password is the other way.
    fn at_the_door(&self, app: &App, headers: &HeaderMap, next: &Next) -> Response {
        self.timed(sign_in_form(app, headers, self.status, self.form(), next))
    }

    fn timed(&self, response: Response) -> Response {
        match self.wait {
            Some(minutes) => later(response, minutes),
            None => response,
        }
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
