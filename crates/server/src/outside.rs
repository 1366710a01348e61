//! The one place that talks to providers: sends what waits, notes what came of it, looks for events that were missed. Blocking, on a thread of its own;
//! nothing is open in the database while the wire is.

use std::collections::HashMap;
use std::io::Read as _;
use std::time::Duration;

use domain::kit::{AccountId, Micros};
use domain::providers::accounts::Opened;
use domain::providers::{Answer, Asked, CatchUp, Claimed, calls, catch_up, inbox};
use domain::{Error, Result};
use providers::wire::{Refusal, Reply, Request};
use providers::{paypal, stripe};

use crate::app::App;

/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The largest answer that is read.
const LARGEST: u64 = 8 * 1024 * 1024;
/// Pages of past events read in one look.
const PAGES: usize = 100;

/// Sends a request and waits for the answer. No redirect is followed: a key goes where it was meant to go.
///
/// # Errors
/// As something to try again: nobody there, too slow, cut off.
pub fn send(request: &Request) -> std::result::Result<Reply, Refusal> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent("regulars")
        .build()
        .into();
    let later = |message: String| Refusal::Later { message, after: None };
    let mut built = ureq::http::Request::builder().method(request.method).uri(&request.url);
    for (name, value) in &request.headers {
        built = built.header(*name, value);
    }
    let sent = if request.body.is_empty() {
        agent.run(built.body(()).map_err(|e| later(e.to_string()))?)
    } else {
        agent.run(built.body(request.body.clone()).map_err(|e| later(e.to_string()))?)
    };
    let response = sent.map_err(|e| later(in_words(&e)))?;
    let headers = response.headers().iter().filter_map(|(n, v)| Some((n.as_str().to_owned(), v.to_str().ok()?.to_owned()))).collect();
    let (parts, body) = response.into_parts();
    let mut bytes = Vec::new();
    body.into_reader().take(LARGEST).read_to_end(&mut bytes).map_err(|e| later(format!("The answer broke off: {e}.")))?;
    Ok(Reply { status: parts.status.as_u16(), headers, body: bytes })
}

/// What a person can do something with.
fn in_words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "No answer within 15 seconds.".to_owned(),
        ureq::Error::HostNotFound => "The provider’s address was not found.".to_owned(),
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => "The provider could not be reached.".to_owned(),
        other => format!("The provider could not be asked: {other}."),
    }
}

/// Tokens of PayPal that are still good, with the moment until which they are.
#[derive(Debug, Default)]
pub struct Tokens(HashMap<AccountId, (String, Micros)>);

impl Tokens {
    /// The token for an account; empty where none is needed.
    fn of(&mut self, account: &Opened, asked: &Asked, now: Micros) -> std::result::Result<String, Refusal> {
        let Some(request) = asked.token_request() else { return Ok(String::new()) };
        if let Some((token, until)) = self.0.get(&account.account.id)
            && *until > now
        {
            return Ok(token.clone());
        }
        let fresh = paypal::read_token(&send(&request)?)?;
        // A minute less, so that it does not run out on the way.
        self.0.insert(account.account.id.clone(), (fresh.token.clone(), now + (fresh.seconds - 60).max(0) * 1_000_000));
        Ok(fresh.token)
    }

    fn forget(&mut self, account: &AccountId) {
        self.0.remove(account);
    }
}

/// Sends all that is due, then looks for missed events where it is time. Gives how much was done.
///
/// # Errors
/// Only when the database cannot note what came of it.
pub fn work(app: &App, tokens: &mut Tokens, stop: &dyn Fn() -> bool) -> Result<usize> {
    let mut done = 0;
    while !stop() {
        let now = app.now();
        let Some(claimed) = app.db.write_now::<_, Error>(move |tx| calls::claim(tx, now))? else { break };
        call(app, tokens, &claimed)?;
        done += 1;
    }
    while !stop() {
        let now = app.now();
        let Some(look) = app.db.write_now::<_, Error>(move |tx| catch_up::due(tx, now))? else { break };
        let found = look_through(app, tokens, &look);
        app.db.write_now::<_, Error>(move |tx| match &found {
            Ok(()) => catch_up::caught_up(tx, &look),
            Err(refusal) => {
                tracing::warn!(account = %look.account, why = refusal.kind(), "missed events could not be looked for");
                catch_up::later(tx, &look)
            }
        })?;
        done += 1;
    }
    Ok(done)
}

fn call(app: &App, tokens: &mut Tokens, claimed: &Claimed) -> Result<()> {
    let (held, vault, now) = (claimed.clone(), app.config.vault.clone(), app.now());
    let opened = app.db.read_now::<_, Error>(move |tx| calls::open(tx, &vault, &held, now));
    let outcome = match opened {
        Ok((call, account)) => match Asked::of(&account, &app.config.providers) {
            Some(asked) => ask(app, tokens, &account, &asked, &call),
            None => Err(Refusal::Refused { code: String::new(), message: "This provider is asked nothing.".to_owned() }),
        },
        Err(Error::Conflict { code: "switched_off", message, .. }) => Err(Refusal::Refused { code: String::new(), message }),
        Err(Error::Conflict { message, .. }) => Err(Refusal::Unauthorised { message }),
        Err(other) => return Err(other),
    };
    let (held, now) = (claimed.clone(), app.now());
    app.db.write_now::<_, Error>(move |tx| calls::answered(tx, &held, &outcome, now))
}

fn ask(app: &App, tokens: &mut Tokens, account: &Opened, asked: &Asked, call: &calls::Call) -> std::result::Result<Answer, Refusal> {
    let token = tokens.of(account, asked, app.now())?;
    let answer = asked.answer(call, &send(&asked.request(call, &token)?)?);
    if matches!(answer, Err(Refusal::Unauthorised { .. })) {
        tokens.forget(&account.account.id);
    }
    answer
}

/// Tries the keys of an account: the smallest question there is.
///
/// # Errors
/// The provider's refusal.
pub fn test(app: &App, account: &Opened) -> std::result::Result<(), Refusal> {
    match Asked::of(account, &app.config.providers) {
        Some(asked) => asked.read_test(&send(&asked.test_request())?, account.account.live),
        None => Ok(()),
    }
}

/// Puts past events of an account into its inbox; those that are there are passed over.
fn look_through(app: &App, tokens: &mut Tokens, look: &CatchUp) -> std::result::Result<(), Refusal> {
    let (held, vault) = (look.clone(), app.config.vault.clone());
    let opened = app.db.read_now::<_, Error>(move |tx| catch_up::open(tx, &vault, &held)).map_err(ours)?;
    let Some(asked) = Asked::of(&opened, &app.config.providers) else { return Ok(()) };
    let token = tokens.of(&opened, &asked, app.now())?;
    let mut next: Option<String> = None;
    for _ in 0..PAGES {
        let (events, more) = match &asked {
            Asked::Stripe(keys) => {
                let page = stripe::read_events(&send(&stripe::events(keys, look.since, next.as_deref()))?)?;
                let last = page.events.last().map(|(id, _)| id.clone()).filter(|_| page.more);
                (page.events, last)
            }
            Asked::Paypal(keys) => {
                let page = paypal::read_events(&send(&paypal::events(keys, &token, look.since, look.until, next.as_deref()))?)?;
                (page.events, page.next)
            }
        };
        let (opened, now) = (opened.clone(), app.now());
        let receive = move |tx: &mut store::Tx| {
            for (_, body) in events.iter().filter(|(_, body)| inbox::is_event(&opened.account, body)) {
                inbox::receive(tx, &opened, body, now, now)?;
            }
            Ok::<_, Error>(())
        };
        app.db.write_slice_now::<_, Error>(receive).map_err(ours)?;
        match more {
            Some(more) => next = Some(more),
            None => break,
        }
    }
    Ok(())
}

fn ours(error: Error) -> Refusal {
    Refusal::Later { message: error.to_string(), after: None }
}
