//! The one place that talks to accounting services (SPEC 13.3): a thread that sends what runs have collected, and what pages ask for while somebody waits.
//! Blocking; nothing is open in the database while the wire is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use domain::accounting::sheets::Sheets;
use domain::accounting::sign_in::Coming;
use domain::accounting::tokens::{self, Ready, Refreshing};
use domain::accounting::work::{self, Held};
use domain::accounting::{Service, note};
use domain::kit::{AccountingId, MerchantId, Micros};
use domain::{Error, Result};
use providers::accounting::{Answer, Session, Tokens, Trouble};
use providers::wire::{Reply, Request};

use crate::app::App;
use crate::outside;

/// How long the thread rests when nothing is due.
const REST: Duration = Duration::from_secs(1);
/// How long one connection is worked for before others get their turn.
const TURN: Duration = Duration::from_secs(30);
/// How often, and how long each time, a refresh that another process does is waited for.
const WAITS: (usize, Duration) = (200, Duration::from_millis(100));
/// Parts of one sheet that are fetched.
const PARTS: usize = 40;
/// Peace after a connection that cannot be asked, microseconds.
const PAUSE: Micros = 30_000_000;

/// Works until told to stop.
pub fn serve(app: &App, stop: &AtomicBool) {
    let by = format!("{}:{}", std::process::id(), domain::kit::secret());
    let stopped = || stop.load(Ordering::Relaxed);
    while !stopped() {
        if let Err(error) = work(app, &by, &stopped) {
            tracing::error!(error = error.logged(), "what an accounting service answered could not be noted; it is looked for");
        }
        std::thread::park_timeout(REST);
    }
}

/// Sends all that is due; gives how often a service was asked. `by` names the sender.
///
/// # Errors
/// Only when the database cannot note what came of it.
pub fn work(app: &App, by: &str, stop: &dyn Fn() -> bool) -> Result<usize> {
    let mut asked = 0;
    while !stop() {
        let (now, name) = (app.now(), by.to_owned());
        let Some(held) = app.db.write_now::<_, Error>(move |tx| work::claim(tx, &name, now))? else { break };
        let done = turn(app, &held, by, stop);
        app.db.write_now::<_, Error>(move |tx| work::release(tx, &held))?;
        asked += done?;
    }
    Ok(asked)
}

fn turn(app: &App, held: &Held, by: &str, stop: &dyn Fn() -> bool) -> Result<usize> {
    let (began, mut asked) = (Instant::now(), 0);
    while !stop() && began.elapsed() < TURN {
        let session = match session(app, &held.merchant, &held.connection, by)? {
            Ok(session) => session,
            Err(not) => {
                let (holding, until) = (held.clone(), not.until.unwrap_or(app.now() + PAUSE));
                app.db.write_now::<_, Error>(move |tx| work::rest(tx, &holding, until, &not.words))?;
                break;
            }
        };
        let (holding, now) = (held.clone(), app.now());
        let Some(work) = app.db.write_now::<_, Error>(move |tx| work::take(tx, &holding, now))? else { break };
        asked += 1;
        let (answers, limit) = match outside::send(&work.request(&session)) {
            Ok(reply) => (work.read(&reply), work.service.books().limit(&reply, app.now())),
            Err(refusal) => (work.lost(refusal.message()), None),
        };
        let (holding, mail, now) = (held.clone(), app.config.smtp.is_some(), app.now());
        app.db.write_now::<_, Error>(move |tx| note::note(tx, &holding, &work, &answers, limit, mail, now))?;
    }
    Ok(asked)
}

/// Why a connection cannot be asked now, and until when if that is known.
#[derive(Debug)]
struct NotNow {
    words: String,
    until: Option<Micros>,
}

/// A session with a token that is good; refreshes it when it is over, unless another process does.
fn session(app: &App, merchant: &MerchantId, id: &AccountingId, by: &str) -> Result<std::result::Result<Session, NotNow>> {
    for _ in 0..WAITS.0 {
        let (vault, at, now) = (app.config.vault.clone(), app.config.accounting.clone(), app.now());
        let (merchant, id, by) = (merchant.clone(), id.clone(), by.to_owned());
        match app.db.write_now::<_, Error>(move |tx| tokens::ready(tx, &vault, &at, &merchant, &id, &by, now))? {
            Ready::Good(session, _) => return Ok(Ok(session)),
            Ready::Wait => std::thread::sleep(WAITS.1),
            Ready::Later(until) => {
                return Ok(Err(NotNow { words: "The service gives no new token yet.".to_owned(), until: Some(until) }));
            }
            Ready::Lost(words) => return Ok(Err(NotNow { words, until: None })),
            Ready::Refresh(held) => {
                let answer = refresh(&held);
                let refused = answer.as_ref().err().map(|trouble| trouble.words().to_owned());
                let (vault, mail, now) = (app.config.vault.clone(), app.config.smtp.is_some(), app.now());
                app.db.write_now::<_, Error>(move |tx| tokens::refreshed(tx, &vault, &held, &answer, mail, now))?;
                if let Some(words) = refused {
                    return Ok(Err(NotNow { words, until: None }));
                }
            }
        }
    }
    Ok(Err(NotNow { words: "The sign-in is being renewed elsewhere.".to_owned(), until: None }))
}

fn refresh(held: &Refreshing) -> Answer<Tokens> {
    let books = held.service.books();
    books.read_tokens(&ask(&books.refresh(&held.login, &held.keys, &held.refresh))?)
}

fn ask(request: &Request) -> Answer<Reply> {
    outside::send(request).map_err(|refusal| Trouble::Later(refusal.message().to_owned(), None))
}

/// The tokens for a code, and where the books are.
///
/// # Errors
/// The service's words.
pub fn exchange(coming: &Coming, code: &str) -> Answer<(Tokens, String)> {
    let books = coming.connection.service.books();
    let tokens = books.read_tokens(&ask(&books.exchange(&coming.login, &coming.keys, code))?)?;
    let place = books.read_place(&ask(&books.place(&coming.login, &tokens.access))?)?;
    Ok((tokens, place))
}

/// Everything there is to choose from.
///
/// # Errors
/// Why not, in words; what the database says.
pub fn fetch(app: &App, merchant: &MerchantId, id: &AccountingId, service: Service) -> Result<std::result::Result<Sheets, String>> {
    let by = format!("page:{}", domain::kit::secret());
    Ok(match session(app, merchant, id, &by)? {
        Ok(session) => all_sheets(&session, service).map_err(|trouble| trouble.words().to_owned()),
        Err(not) => Err(not.words),
    })
}

fn all_sheets(session: &Session, service: Service) -> Answer<Sheets> {
    let (books, mut sheets) = (service.books(), Sheets::default());
    for sheet in books.sheets() {
        let (mut items, mut next) = (Vec::new(), Some(books.sheet(session, *sheet)));
        for _ in 0..PARTS {
            let Some(request) = next.take() else { break };
            let (part, more) = books.read_sheet(session, *sheet, &ask(&request)?)?;
            items.extend(part);
            next = more;
        }
        sheets.set(*sheet, items);
    }
    Ok(sheets)
}
