//! What a worker does with uploaded imports: takes one that waits, checks, runs or takes it back, and writes down what came of it. While it
//! works it gives a sign of life every second; who dies is found out by the next, who goes on behind the last slice.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use store::Db;

use super::changes::{self, Check};
use super::run::{self, Flow, Progress};
use super::shelf::{Shelf, gone};
use super::state::{self, Counts, Going, Import, Kept, State, Task};
use super::{ImportError, KEPT, dry, look, plan, queries, report, resembling, trial, undo};
use crate::kit::{Actor, ActorKind, Clock, Ctx, Door, Error, ImportId, MerchantId, Micros, Result, Rights};

/// How long a worker holds an import without a sign of life: fifteen seconds.
const LEASE: Micros = 15_000_000;
/// How long what needs a file is left to the process that has it: a quarter of an hour.
const ALONE: Micros = 15 * 60_000_000;
/// Between two signs of life.
const BEAT: Duration = Duration::from_secs(1);
/// How often one that fails on our side is tried, and how long it rests before.
const TRIES: i64 = 5;
const REST: Micros = 10_000_000;

/// Works until nothing waits or it is told to stop; gives how many were worked on. Blocks. `clock` is the time of the trade, `wall` measures
/// leases.
///
/// # Errors
/// Only when the database cannot even note a failure.
pub fn work(db: &Db, shelf: &Shelf, clock: &dyn Clock, wall: &dyn Clock, stop: &(dyn Fn() -> bool + Sync)) -> Result<usize> {
    let mut worked = 0;
    while !stop() {
        let Some((ctx, import)) = claim(db, shelf, clock, wall)? else { break };
        worked += 1;
        let hand = Hand { db, shelf, clock, wall, ctx, import, going: Mutex::default(), lost: AtomicBool::new(false), stop };
        hand.hold()?;
    }
    Ok(worked)
}

/// Takes one that waits, or whose worker has been silent for too long. What needs a file that lies in the folder of another process is left to that one,
/// for [`ALONE`]; then it is taken all the same, and says that its file is not here.
fn claim(db: &Db, shelf: &Shelf, clock: &dyn Clock, wall: &dyn Clock) -> Result<Option<(Ctx, Import)>> {
    let (now, at, shelf) = (clock.now(), wall.now(), shelf.clone());
    db.write_slice_now::<_, Error>(move |tx| {
        let due = tx.rows(&queries::DUE, &[&at], |r| {
            Ok((r.get::<MerchantId>(0)?, r.get::<ImportId>(1)?, r.get::<State>(2)?, r.get::<Micros>(3)?))
        })?;
        for (merchant, id, state, since) in due {
            let elsewhere = matches!(state, State::Checking | State::Running) && !shelf.file(&id).exists();
            if elsewhere && (since == 0 || at < since + ALONE) {
                let going = Going { phase: "Waits for the process that has the file".to_owned(), ..Going::default() };
                tx.exec(&queries::WAITS, &[&merchant, &id, &at, &serde_json::to_string(&going).unwrap_or_default()])?;
                continue;
            }
            if tx.exec(&queries::CLAIM, &[&merchant, &id, &at, &(at + LEASE)])? == 1 {
                let import = tx.one(&queries::LOAD, &[&merchant, &id], state::row)?;
                return Ok(Some((Ctx::new(merchant, actor(&import.asked_by), Door::Import, now), import)));
            }
        }
        Ok(None)
    })
}

/// Who asked, with the rights of then.
fn actor(text: &str) -> Actor {
    let asked: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let word = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    let kind = word("kind");
    Actor {
        kind: [ActorKind::Staff, ActorKind::ApiKey].into_iter().find(|k| k.name() == kind).unwrap_or(ActorKind::System),
        id: word("id"),
        name: word("name"),
        rights: Rights::parse(&word("rights")),
    }
}

/// One import in the hands of a worker.
struct Hand<'a> {
    db: &'a Db,
    shelf: &'a Shelf,
    clock: &'a dyn Clock,
    wall: &'a dyn Clock,
    ctx: Ctx,
    import: Import,
    going: Mutex<Going>,
    /// Somebody asked for something else, or another worker has it.
    lost: AtomicBool,
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl Hand<'_> {
    /// Works with a sign of life every second, and notes a failure.
    fn hold(&self) -> Result<()> {
        let (end, ended) = channel::<()>();
        let done = std::thread::scope(|scope| {
            scope.spawn(move || {
                while ended.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                    self.beat();
                }
            });
            let done = self.act();
            drop(end);
            done
        });
        match done {
            Ok(()) => Ok(()),
            Err(ImportError::Domain(Error::Conflict { code: "import_running", .. })) => Ok(()),
            Err(error) => self.failed(&error),
        }
    }

    fn beat(&self) {
        let (merchant, id, task, until) = (self.ctx.merchant.clone(), self.import.id.clone(), self.import.task, self.wall.now() + LEASE);
        let going = self.going.lock().map(|g| serde_json::to_string(&*g).unwrap_or_default()).unwrap_or_default();
        let held = self.db.write_slice_now::<_, Error>(move |tx| Ok(tx.exec(&queries::BEAT, &[&merchant, &id, &task, &until, &going])?));
        match held {
            Ok(0) => self.lost.store(true, Ordering::Relaxed),
            Ok(_) => {}
            Err(error) => tracing::warn!(error = error.logged(), "an import could not give a sign of life"),
        }
    }

    fn told(&self, progress: &Progress) -> Flow {
        if let Ok(mut going) = self.going.lock() {
            *going = Going { phase: progress.phase.to_owned(), done: progress.done, total: progress.total };
        }
        if (self.stop)() || self.lost.load(Ordering::Relaxed) { Flow::Leave } else { Flow::Go }
    }

    fn act(&self) -> std::result::Result<(), ImportError> {
        let id = &self.import.id;
        match (self.import.task, self.import.state) {
            (Task::Check, State::Checking) => return self.check(),
            (Task::Run, State::Running) => {
                let is_over = self.run()?;
                if !is_over {
                    return self.let_go(0);
                }
            }
            (Task::Cancel, State::Cancelling) => drop(undo::back(self.db, &self.ctx, self.clock, id, State::Cancelled, "")?),
            (Task::Undo, State::Cancelling) => drop(undo::back(self.db, &self.ctx, self.clock, id, State::Undone, "")?),
            // Done, and killed before it was put away.
            _ => {}
        }
        self.put_away()
    }

    /// The dry run: a short file in a transaction that is never committed, a longer one in a copy that is thrown away.
    fn check(&self) -> std::result::Result<(), ImportError> {
        let (state, found) = match self.dry_run() {
            Ok(Some(found)) => (State::Checked, found),
            Ok(None) => return self.let_go(0),
            Err(ImportError::File(problem)) => (State::Uploaded, Check { problem, ..Check::default() }),
            Err(ImportError::Domain(error @ (Error::Invalid(_) | Error::Conflict { .. } | Error::Forbidden(_)))) => {
                (State::Uploaded, Check { problem: super::said(&error), ..Check::default() })
            }
            Err(error) => return Err(error),
        };
        let text = serde_json::to_string(&found).unwrap_or_default();
        let (merchant, id) = (self.ctx.merchant.clone(), self.import.id.clone());
        self.db.write_now::<_, Error>(move |tx| Ok(tx.exec(&queries::CHECKED, &[&merchant, &id, &state, &text])?))?;
        Ok(())
    }

    fn dry_run(&self) -> std::result::Result<Option<Check>, ImportError> {
        let (request, source) = (look::asked(&self.import)?, look::source(self.shelf, &self.import)?);
        let plan = plan::plan(&source, &request)?;
        if let Some(found) = trial::short(self.db, &self.ctx.at(self.clock.now()), (&source, &plan, &request))? {
            return Ok(Some(found));
        }
        self.told(&Progress { phase: "Making a copy", done: 0, total: 0, counts: Counts::default() });
        let copy = dry::scratch_in(self.db, &self.shelf.copy(&self.import.id))?;
        let told = &mut |p: &Progress| self.told(p);
        let done = run::run(&copy.db, &self.ctx, self.clock, self.wall, (&source, &plan, &request), told)?;
        match done.state {
            State::Done => Ok(Some(Check {
                counts: done.counts,
                problem: String::new(),
                failures: report::first_failures(&copy.db, &self.ctx, &done.import, report::FAILURES)?,
                changes: changes::first(&copy.db, &self.ctx, &done.import)?,
            })),
            State::Failed => Err(ImportError::File(done.message)),
            _ => Ok(None),
        }
    }

    /// The import itself; false when it was told to stop half way.
    fn run(&self) -> std::result::Result<bool, ImportError> {
        let back = |reason: String| undo::back(self.db, &self.ctx, self.clock, &self.import.id, State::Failed, &reason).map(|_| true);
        let read = || -> std::result::Result<_, ImportError> {
            let (request, source) = (look::asked(&self.import)?, look::source(self.shelf, &self.import)?);
            let plan = plan::plan(&source, &request)?;
            Ok((request, source, plan))
        };
        let (request, source, plan) = match read() {
            Ok(read) => read,
            Err(ImportError::File(reason)) => return back(reason),
            Err(ImportError::Domain(error @ Error::Conflict { .. })) => return back(super::said(&error)),
            Err(error) => return Err(error),
        };
        let told = &mut |p: &Progress| self.told(p);
        let done = run::resume(self.db, &self.ctx, self.clock, self.wall, &self.import, (&source, &plan, &request), told);
        match done {
            Err(ImportError::Domain(error @ Error::Forbidden(_))) => back(super::said(&error)),
            done => Ok(done?.state != State::Running),
        }
    }

    /// It is over: the rows that were not taken stay for a while, the file goes.
    fn put_away(&self) -> std::result::Result<(), ImportError> {
        let (c, id) = (self.ctx.clone(), self.import.id.clone());
        let (now, erased) = self.db.read_now::<_, Error>(move |tx| {
            let now = tx.one(&queries::LOAD, &[&c.merchant, &id], state::row)?;
            let erased = tx.opt(&queries::ERASED_SINCE, &[&c.merchant, &now.started_at], |_| Ok(()))?.is_some();
            Ok((now, erased))
        })?;
        if now.state == State::Done && now.counts.created > 0 && self.import.task == Task::Run {
            self.resembling(&now)?;
        }
        let mut until = None;
        if now.state == State::Done && now.counts.failed > 0 && self.import.task == Task::Run && !erased {
            self.failed_rows()?;
            until = Some(self.clock.now() + KEPT);
        } else if now.state == State::Undone {
            gone(std::fs::remove_file(self.shelf.failed(&now.id)));
        }
        gone(std::fs::remove_file(self.shelf.file(&now.id)));
        let (merchant, id, task) = (self.ctx.merchant.clone(), now.id, self.import.task);
        self.db.write_now::<_, Error>(move |tx| Ok(tx.exec(&queries::REST, &[&merchant, &id, &task, &until])?))?;
        Ok(())
    }

    /// Who of the new customers resembles one that was there (SPEC 3.5).
    fn resembling(&self, now: &Import) -> std::result::Result<(), ImportError> {
        let found = resembling::resembling(self.db, &self.ctx, &now.id)?;
        if found.alike > 0 {
            let message = format!("{} of the new customers resemble one that was there: see Customers, Duplicates.", found.alike);
            let (merchant, id, kept) = (self.ctx.merchant.clone(), now.id.clone(), Kept { counts: now.counts, message }.text());
            self.db.write_now::<_, Error>(move |tx| Ok(tx.exec(&queries::TELL, &[&merchant, &id, &kept])?))?;
        }
        Ok(())
    }

    fn failed_rows(&self) -> std::result::Result<(), ImportError> {
        let part = self.shelf.part()?;
        let (Ok(source), Ok(request)) = (look::source(self.shelf, &self.import), look::asked(&self.import)) else { return Ok(()) };
        let plan = plan::plan(&source, &request)?;
        let mut out: BufWriter<&File> = BufWriter::new(part.as_file());
        report::failed_rows(self.db, &self.ctx, &self.import.id, &source, &plan, &mut out)?;
        out.flush()?;
        drop(out);
        part.persist(self.shelf.failed(&self.import.id)).map_err(|e| e.error)?;
        Ok(())
    }

    /// For whoever comes next.
    fn let_go(&self, tries: i64) -> std::result::Result<(), ImportError> {
        let (merchant, id, task) = (self.ctx.merchant.clone(), self.import.id.clone(), self.import.task);
        let until = if tries > 0 { self.wall.now() + REST } else { 0 };
        self.db.write_now::<_, Error>(move |tx| Ok(tx.exec(&queries::LET_GO, &[&merchant, &id, &task, &until, &tries])?))?;
        Ok(())
    }

    /// Tried again after a rest, and given up in the end.
    fn failed(&self, error: &ImportError) -> Result<()> {
        tracing::error!(import = %self.import.id, error = error.logged(), "an import failed");
        let tries = self.import.tries + 1;
        let given_up = match (tries >= TRIES, self.import.task) {
            (true, Task::Run) => {
                let words = "Something went wrong on our side.";
                undo::back(self.db, &self.ctx, self.clock, &self.import.id, State::Failed, words).and_then(|_| self.put_away())
            }
            (true, Task::Check) => {
                let check = Check { problem: "Something went wrong on our side.".to_owned(), ..Check::default() };
                let text = serde_json::to_string(&check).unwrap_or_default();
                let (merchant, id) = (self.ctx.merchant.clone(), self.import.id.clone());
                let done =
                    self.db.write_now::<_, Error>(move |tx| Ok(tx.exec(&queries::CHECKED, &[&merchant, &id, &State::Uploaded, &text])?));
                done.map(drop).map_err(ImportError::from)
            }
            _ => self.let_go(tries),
        };
        given_up.map_err(|e| match e {
            ImportError::Domain(error) => error,
            other => Error::Internal(other.to_string()),
        })
    }
}
