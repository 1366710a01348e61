//! The worker threads of a serving process: jobs, mail, renewals, and the housekeeping that time alone asks for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use domain::customers::bulk;
use domain::duplicates;
use domain::jobs::{self, Kinds, Tools};
use domain::{accounting, mailings, merchants, privacy, webhooks};

use crate::app::App;
use crate::outside;

/// How long a worker rests when nothing waits.
const REST: Duration = Duration::from_millis(200);
/// How long the outbox and the renewals rest when nothing waits.
const POST: Duration = Duration::from_secs(1);
/// How often statuses that time has moved are written down, and old answers forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(600);

/// An image of customers that nobody asked so long goes out of the memory; a working day has breaks.
const IDLE: Duration = Duration::from_secs(12 * 3600);

/// How often uploaded files are cleared away.
const SWEEP: Duration = Duration::from_secs(15);

/// A running worker; dropping it lets the current slice end and joins.
#[derive(Debug)]
pub struct Worker {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.iter().for_each(|t| t.thread().unpark());
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Every kind of job this version knows.
pub fn kinds() -> Kinds {
    Kinds::default()
        .with(merchants::RECOMPUTE, merchants::recompute::recompute)
        .with(merchants::REVALUE, merchants::recompute::revalue)
        .with_look(bulk::KIND, bulk::look, bulk::slice)
        .with(bulk::UNDO, bulk::undo_slice)
        .with(privacy::sweep::KIND, privacy::sweep::slice)
        .with(privacy::retention::KIND, privacy::retention::slice)
        .with_look(mailings::KIND, mailings::look, mailings::slice)
        .with_look(duplicates::KIND, duplicates::look, duplicates::slice)
        .with(webhooks::replay::KIND, webhooks::replay::slice)
        .with(accounting::run::KIND, accounting::run::slice)
}

/// Starts the worker of this process.
///
/// # Errors
/// When the system gives no thread.
pub fn start(app: &App) -> std::io::Result<Worker> {
    let stop = Arc::new(AtomicBool::new(false));
    // What waits for the wire has a thread of its own, and what came over it another: a slow provider delays nobody else.
    // Renewals have one too: a day on which very many are due holds up no job.
    let threads: [(&str, fn(&App, &AtomicBool)); 8] = [
        ("jobs", run),
        ("inbox", inbox),
        ("calls", calls),
        ("renewals", renewals),
        ("mailboxes", mailboxes),
        ("webhooks", crate::webhooks::serve),
        ("imports", imports),
        ("accounting", crate::accounting::serve),
    ];
    let started = threads.into_iter().map(|(name, work)| {
        let (app, flag) = (app.clone(), stop.clone());
        std::thread::Builder::new().name(name.to_owned()).spawn(move || work(&app, &flag))
    });
    let mut threads = started.collect::<std::io::Result<Vec<_>>>()?;
    let (shelf, flag) = (app.clone(), stop.clone());
    threads.push(std::thread::Builder::new().name("images".to_owned()).spawn(move || images(&shelf, &flag))?);
    if app.config.smtp.is_some() {
        let (mail, flag) = (app.clone(), stop.clone());
        threads.push(std::thread::Builder::new().name("mail".to_owned()).spawn(move || post(&mail, &flag))?);
    }
    Ok(Worker { stop, threads })
}

/// Sends what waits in the outbox.
fn post(app: &App, stop: &AtomicBool) {
    let Some(smtp) = &app.config.smtp else { return };
    let name = format!("{}:{}", std::process::id(), domain::kit::secret());
    while !stop.load(Ordering::Relaxed) {
        if let Err(error) = crate::mailer::run_all(&app.db, smtp, &*app.clock, &name, &|| stop.load(Ordering::Relaxed)) {
            tracing::error!(error = error.logged(), "the outbox could not be worked on; it goes on");
        }
        std::thread::park_timeout(POST);
    }
}

/// Looks into the mailboxes that are due.
fn mailboxes(app: &App, stop: &AtomicBool) {
    let name = format!("{}:{}", std::process::id(), domain::kit::secret());
    let stopped = || stop.load(Ordering::Relaxed);
    while !stopped() {
        if let Err(error) = crate::mailboxes::run_all(&app.db, (&app.config.vault, &app.config.sender()), &*app.clock, &name, &stopped) {
            tracing::error!(error = error.logged(), "a mailbox could not be worked on; it is looked into again");
        }
        std::thread::park_timeout(POST);
    }
}

fn inbox(app: &App, stop: &AtomicBool) {
    let stopped = || stop.load(Ordering::Relaxed);
    while !stopped() {
        if let Err(error) = domain::providers::inbox::work(&app.db, &*app.clock, &stopped) {
            tracing::error!(error = error.logged(), "the inbox could not note a failure");
        }
        std::thread::park_timeout(REST);
    }
}

fn renewals(app: &App, stop: &AtomicBool) {
    let stopped = || stop.load(Ordering::Relaxed);
    while !stopped() {
        if let Err(error) = domain::subscriptions::renew::work(&app.db, &*app.clock, &domain::kit::IdSource::System, &stopped) {
            tracing::error!(error = error.logged(), "a renewal that failed could not be noted");
        }
        std::thread::park_timeout(POST);
    }
}

fn calls(app: &App, stop: &AtomicBool) {
    let stopped = || stop.load(Ordering::Relaxed);
    let mut tokens = outside::Tokens::default();
    while !stopped() {
        if let Err(error) = outside::work(app, &mut tokens, &stopped) {
            tracing::error!(error = error.logged(), "what a provider answered could not be noted");
        }
        std::thread::park_timeout(REST);
    }
}

/// Keeps the images of customers: here before the first list is opened, and gone when nobody comes any more.
fn images(app: &App, stop: &Arc<AtomicBool>) {
    if let Err(error) = domain::customers::list::warm(&app.db, &app.indexes, &*app.clock, stop) {
        tracing::warn!(error = error.logged(), "the customers were not read ahead; the first list waits for them");
    }
    while !stop.load(Ordering::Relaxed) {
        app.indexes.leave_idle(IDLE);
        std::thread::park_timeout(HOUSEKEEPING);
    }
}

/// Imports have a thread of their own: a large file holds up no job.
fn imports(app: &App, stop: &AtomicBool) {
    let shelf = domain::imports::Shelf::of(&app.config.data);
    let stopped = || stop.load(Ordering::Relaxed);
    let mut last: Option<Instant> = None;
    while !stopped() {
        if let Err(error) = domain::imports::work(&app.db, &shelf, &*app.clock, &domain::kit::SystemClock, &stopped) {
            tracing::error!(error = error.logged(), "an import could not be worked on; it is tried again");
        }
        if last.is_none_or(|at| at.elapsed() > SWEEP) {
            last = Some(Instant::now());
            if let Err(error) = domain::imports::sweep(&app.db, &shelf, &*app.clock) {
                tracing::error!(error = error.logged(), "files of imports could not be cleared away; it goes on next time");
            }
        }
        std::thread::park_timeout(REST);
    }
}

fn run(app: &App, stop: &AtomicBool) {
    let kinds = kinds();
    let tools = Tools { indexes: app.indexes.clone(), vault: Some(app.config.vault.clone()), ..Tools::default() };
    let name = format!("{}:{}", std::process::id(), domain::kit::secret());
    let stopped = || stop.load(Ordering::Relaxed);
    let mut last: Option<Instant> = None;
    while !stopped() {
        if let Err(error) = jobs::run_all(&app.db, &kinds, &tools, &*app.clock, &name, &stopped) {
            tracing::error!(error = error.logged(), "the worker could not note a failure");
        }
        // What was erased by jobs goes into the ledger, and its bytes out of the write-ahead log.
        if let Err(error) = privacy::settle(&app.db, &app.ledger, &*app.clock) {
            tracing::error!(error = error.logged(), "the erasure ledger could not be written; it is tried again");
        }
        if last.is_none_or(|at| at.elapsed() > HOUSEKEEPING) {
            last = Some(Instant::now());
            if let Err(error) = domain::housekeeping::run(&app.db, &*app.clock, &stopped) {
                tracing::error!(error = error.logged(), "housekeeping stopped early; it goes on next time");
            }
        }
        std::thread::park_timeout(REST);
    }
}
