//! Sends what waits for the endpoints of webhooks (SPEC 13.2): a thread that looks who has something due, and one more for each endpoint that is being
//! sent to. Nothing is open in the database while the wire is; a slow receiver takes a place of the slow ones and holds up nobody else.

mod wire;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use domain::webhooks::send::{self, Answer, Held};
use domain::webhooks::{note, tidy};
use domain::{Error, Result};

use crate::app::App;
use crate::http::meters;

/// Endpoints that are sent to at once, of those that answer well, and of the slow and failing ones.
const PLACES: [usize; 2] = [6, 6];
/// How long one endpoint is sent to before others get its place.
const TURN: Duration = Duration::from_secs(20);
/// How long the thread rests when nothing is due.
const REST: Duration = Duration::from_millis(500);
/// How often it is counted what waits.
const COUNTED: Duration = Duration::from_secs(30);

/// Works until told to stop, then waits for what is on the wire.
pub fn serve(app: &App, stop: &AtomicBool) {
    let by = format!("{}:{}", std::process::id(), domain::kit::secret());
    let mut busy: Vec<(bool, JoinHandle<()>)> = Vec::new();
    let mut counted: Option<Instant> = None;
    while !stop.load(Ordering::Relaxed) {
        busy.retain(|(_, thread)| !thread.is_finished());
        let places = [false, true].map(|slow| busy.iter().filter(|(s, _)| *s == slow).count() < PLACES[usize::from(slow)]);
        match look(app, &by, places) {
            Ok(Some(held)) => busy.extend(begin(app, held)),
            Ok(None) => std::thread::park_timeout(REST),
            Err(error) => {
                tracing::error!(error = error.logged(), "webhooks that are due could not be looked for; it goes on");
                std::thread::park_timeout(REST);
            }
        }
        if counted.is_none_or(|at| at.elapsed() > COUNTED) {
            counted = Some(Instant::now());
            if let Err(error) = meters::count(app) {
                tracing::error!(error = error.logged(), "what waits could not be counted");
            }
        }
    }
    busy.into_iter().for_each(|(_, thread)| drop(thread.join()));
}

/// Sends all that is due, one endpoint after the other; gives how many messages arrived.
///
/// # Errors
/// What the database says.
pub fn work(app: &App) -> Result<u64> {
    let by = format!("once:{}", domain::kit::secret());
    let mut arrived = 0;
    while let Some(held) = look(app, &by, [true, true])? {
        arrived += turn(app, &held)?;
    }
    Ok(arrived)
}

/// An endpoint with something due, held. Tidies a little first.
fn look(app: &App, by: &str, places: [bool; 2]) -> Result<Option<Held>> {
    let now = app.now();
    while app.db.write_slice_now::<_, Error>(move |tx| tidy::slice(tx, now))? {}
    let by = by.to_owned();
    app.db.write_now::<_, Error>(move |tx| send::claim(tx, &by, places[0], places[1], now))
}

fn begin(app: &App, held: Held) -> Option<(bool, JoinHandle<()>)> {
    let (app, slow) = (app.clone(), held.slow);
    let work = move || {
        if let Err(error) = turn(&app, &held) {
            tracing::error!(error = error.logged(), endpoint = %held.endpoint, "what became of webhooks could not be noted; they go out again");
        }
    };
    let begun = std::thread::Builder::new().name("webhook".to_owned()).spawn(work);
    begun.inspect_err(|error| tracing::error!(%error, "the system gives no thread for a webhook")).ok().map(|thread| (slow, thread))
}

/// Sends rounds to one endpoint while it answers well and its turn lasts; gives how many messages arrived.
fn turn(app: &App, held: &Held) -> Result<u64> {
    let (began, agent, mut arrived) = (Instant::now(), wire::agent(app.config.webhooks_local), 0);
    loop {
        let (holding, vault, now) = (held.clone(), app.config.vault.clone(), app.now());
        let round = app.db.read_now::<_, Error>(move |tx| send::next(tx, &vault, &holding, now))?;
        if round.is_empty() {
            break;
        }
        let answers: Vec<Answer> = match &round.unsendable {
            Some(why) => vec![Answer { error: why.clone(), ..Answer::default() }; round.messages.len()],
            None => std::thread::scope(|scope| {
                let (agent, url) = (&agent, &round.url);
                let sent: Vec<_> = round.messages.iter().map(|m| scope.spawn(move || wire::send(agent, url, m))).collect();
                sent.into_iter().map(|thread| thread.join().unwrap_or_default()).collect()
            }),
        };
        let (holding, mail, now) = (held.clone(), app.config.smtp.is_some(), app.now());
        let noted = app.db.write_now::<_, Error>(move |tx| note::note(tx, &holding, &round, &answers, mail, now))?;
        for (outcome, n) in [("arrived", noted.arrived), ("failed", noted.failed), ("given_up", noted.given_up)] {
            meters::messages(outcome, n);
        }
        arrived += noted.arrived;
        if !noted.go_on || began.elapsed() > TURN {
            break;
        }
    }
    let holding = held.clone();
    app.db.write_now::<_, Error>(move |tx| send::release(tx, &holding))?;
    Ok(arrived)
}
