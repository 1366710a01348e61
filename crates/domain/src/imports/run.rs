//! Driving an import: begin or take up again, slice after slice, to its end; or back to the beginning. Blocks, and speaks to the database
//! in slices that let people pass.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use store::{Db, Tx};

use super::customers_run::{self, Item};
use super::journal::Journal;
use super::matching::{self, Keyless};
use super::orders_run::{self, Place};
use super::plan::{Plan, Source};
use super::spool::{self, Unit};
use super::state::{self, Counts, Cursor, Import, Kept, State};
use super::{ImportError, Request, customers, invoice, labels, queries, undo};
use crate::events::Event;
use crate::files::{Kind, Row};
use crate::kit::{Clock, Ctx, Error, ImportId, Micros, Result, Right, name_key};
use crate::merchants::{self, Settings};
use crate::shops;

/// How long a process holds an import without a sign of life.
const LEASE: Micros = 5_000_000;
/// Rows of customers in a slice.
pub(super) const ROWS: usize = 1_000;
/// Units of a file of orders in a slice, and lines of orders in it.
const UNITS: usize = 60;
const LINES: usize = 500;

/// How far it is, told after every slice.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is done now, in words.
    pub phase: &'static str,
    /// Done of `total`.
    pub done: u64,
    /// Bytes of the file, or units.
    pub total: u64,
    /// So far.
    pub counts: Counts,
}

/// What whoever is told answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// On.
    Go,
    /// Stop, and take everything back.
    Cancel,
    /// Stop here; the same file takes it up again.
    Leave,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which.
    pub import: ImportId,
    /// How it stands now.
    pub state: State,
    /// What became of the rows.
    pub counts: Counts,
    /// It was begun before, and went on behind the last slice.
    pub resumed: bool,
    /// Why it failed, or what could not be taken back.
    pub message: String,
}

/// Who asks, when, and who is told.
pub(super) struct Runner<'a> {
    pub db: &'a Db,
    pub ctx: &'a Ctx,
    /// The time of the trade; `wall` measures leases.
    pub clock: &'a dyn Clock,
    pub wall: &'a dyn Clock,
    pub told: &'a mut dyn FnMut(&Progress) -> Flow,
    pub import: ImportId,
    pub cursor: Cursor,
    pub counts: Counts,
}

/// Why it stopped before its end.
enum Stop {
    Asked(Flow),
    Error(ImportError),
}

impl<E: Into<ImportError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Imports a file, or goes on with it when it was begun. Needs [`Right::Import`].
///
/// # Errors
/// [`ImportError`] when nothing could be begun, or when the database fails half way: the same call goes on then. A file that cannot be
/// read to its end is no error but an outcome: taken back, state failed.
pub fn run(
    db: &Db,
    ctx: &Ctx,
    clock: &dyn Clock,
    wall: &dyn Clock,
    (source, plan, request): (&Source, &Plan, &Request),
    told: &mut dyn FnMut(&Progress) -> Flow,
) -> std::result::Result<Outcome, ImportError> {
    let (import, resumed) = begin(db, ctx, clock, wall, source, plan, request)?;
    drive(db, ctx, clock, wall, (&import, resumed), (source, plan, request), told)
}

/// Goes on with an import that this worker holds already.
///
/// # Errors
/// As [`run`].
pub(super) fn resume(
    db: &Db,
    ctx: &Ctx,
    clock: &dyn Clock,
    wall: &dyn Clock,
    import: &Import,
    what: (&Source, &Plan, &Request),
    told: &mut dyn FnMut(&Progress) -> Flow,
) -> std::result::Result<Outcome, ImportError> {
    drive(db, ctx, clock, wall, (import, !import.cursor.is_empty()), what, told)
}

fn drive(
    db: &Db,
    ctx: &Ctx,
    clock: &dyn Clock,
    wall: &dyn Clock,
    (import, resumed): (&Import, bool),
    (source, plan, request): (&Source, &Plan, &Request),
    told: &mut dyn FnMut(&Progress) -> Flow,
) -> std::result::Result<Outcome, ImportError> {
    let kept = import.counts;
    let mut runner = Runner { db, ctx, clock, wall, told, import: import.id.clone(), cursor: Cursor::read(&import.cursor), counts: kept };
    let done = match plan.layout.kind {
        Kind::Customers => runner.customers(source, plan, request),
        Kind::Orders => runner.orders(source, plan, request),
    };
    let outcome = |state, counts, message| Outcome { import: import.id.clone(), state, counts, resumed, message };
    match done {
        Ok(()) => {
            runner.finish()?;
            Ok(outcome(State::Done, runner.counts, String::new()))
        }
        Err(Stop::Asked(Flow::Cancel)) => {
            let message = undo::back(db, ctx, clock, &import.id, State::Cancelled, "")?;
            Ok(outcome(State::Cancelled, Counts::default(), message))
        }
        Err(Stop::Asked(_)) => Ok(outcome(State::Running, runner.counts, String::new())),
        Err(Stop::Error(ImportError::File(reason))) => {
            let message = undo::back(db, ctx, clock, &import.id, State::Failed, &reason)?;
            Ok(outcome(State::Failed, Counts::default(), message))
        }
        Err(Stop::Error(error)) => Err(error),
    }
}

/// The import of this file that is not finished, or a new one.
fn begin(
    db: &Db,
    ctx: &Ctx,
    clock: &dyn Clock,
    wall: &dyn Clock,
    source: &Source,
    plan: &Plan,
    request: &Request,
) -> std::result::Result<(Import, bool), ImportError> {
    let input = serde_json::json!({
        "shop": request.shop, "map": request.map, "layout": plan.layout.name, "columns": request.columns, "by": request.by, "currency": request.currency, "dates": format!("{:?}", request.dates),
    });
    let (input, caller) = (input.to_string(), ctx);
    for _ in 0..=(2 * LEASE / 100_000) {
        let (ctx, source, input, plan) = (ctx.at(clock.now()), source.clone(), input.clone(), plan.clone());
        let (shop, until) = (request.shop.clone(), wall.now());
        let begun = db.write_now::<_, Error>(move |tx| {
            ctx.must(Right::Import)?;
            let known = tx.opt(&queries::UNFINISHED, &[&ctx.merchant, &source.hash, &input], |r| r.get::<ImportId>(0))?;
            let (id, resumed) = match known {
                Some(id) => (id, true),
                None => {
                    let id: ImportId = ctx.id();
                    tx.exec(
                        &queries::BEGIN,
                        &[
                            &ctx.merchant,
                            &id,
                            &plan.kind_name(),
                            &plan.layout.name,
                            &source.name,
                            &source.hash,
                            &input,
                            &shop,
                            &0_i64,
                            &ctx.actor.name,
                            &0_i64,
                            &ctx.now,
                        ],
                    )?;
                    (id, false)
                }
            };
            if tx.exec(&queries::HOLD, &[&ctx.merchant, &id, &until, &(until + LEASE)])? == 0 {
                return Ok(None);
            }
            Ok(Some((state::load(tx, &ctx, &id)?, resumed)))
        })?;
        match begun {
            Some((import, _)) if import.state == State::Cancelling => {
                undo::back(db, caller, clock, &import.id, State::Cancelled, "")?;
            }
            Some((import, resumed)) => return Ok((import, resumed)),
            // Who was killed a moment ago still holds it.
            None => std::thread::sleep(Duration::from_millis(100)),
        }
    }
    Err(Error::conflict("import_running", "Another process is importing this file. Wait for it.").into())
}

impl Runner<'_> {
    /// One slice: `work` writes, and in the same transaction stands where it came to.
    fn slice<T: Send + 'static>(
        &mut self,
        units: u64,
        work: impl Fn(&mut Tx, &Ctx, &mut Journal<'_>) -> Result<(Counts, T)> + Send + Sync + 'static,
    ) -> std::result::Result<T, ImportError> {
        let (ctx, import, cursor, counts) = (self.ctx.at(self.clock.now()), self.import.clone(), self.cursor.clone(), self.counts);
        let lease = self.wall.now() + LEASE;
        let (cursor, counts, result) = self.db.write_slice_now::<_, Error>(move |tx| {
            let old = cursor.stored();
            if tx.exec(&queries::STILL_OURS, &[&ctx.merchant, &import, &old, &lease])? == 0 {
                return Err(taken_over());
            }
            let mut journal = Journal { import: &import, cursor: cursor.clone() };
            let (more, result) = work(tx, &ctx, &mut journal)?;
            let (mut new, counts) = (journal.cursor, counts.plus(more));
            new.done += units;
            let kept = Kept { counts, message: String::new() };
            let done = new.done as i64;
            let moved = tx.exec(
                &queries::MOVE_ON,
                &[
                    &ctx.merchant,
                    &import,
                    &old,
                    &new.stored(),
                    &done,
                    &counts.created,
                    &counts.changed,
                    &counts.unchanged,
                    &counts.failed,
                    &kept.text(),
                    &lease,
                ],
            )?;
            if moved == 0 {
                return Err(taken_over());
            }
            Ok((new, counts, result))
        })?;
        (self.cursor, self.counts) = (cursor, counts);
        Ok(result)
    }

    fn tell(&mut self, phase: &'static str, done: u64, total: u64) -> std::result::Result<(), Stop> {
        match (self.told)(&Progress { phase, done, total, counts: self.counts }) {
            Flow::Go => Ok(()),
            flow => Err(Stop::Asked(flow)),
        }
    }

    fn settings(&self) -> std::result::Result<(Settings, Vec<shops::Shop>), ImportError> {
        let ctx = self.ctx.clone();
        Ok(self.db.read_now::<_, Error>(move |tx| Ok((merchants::settings(tx, &ctx)?, shops::list(tx, &ctx)?)))?)
    }

    fn customers(&mut self, source: &Source, plan: &Plan, request: &Request) -> std::result::Result<(), Stop> {
        let (settings, shops) = self.settings()?;
        let names = labels::names(source, plan)?;
        let groups = self.slice(0, move |tx, ctx, journal| Ok((Counts::default(), labels::ensure(tx, ctx, journal, &names)?)))?;
        self.tell("Reading", 0, source.size)?;
        let (ctx, name, shop) = (self.ctx.clone(), plan.layout.name.clone(), request.shop.clone());
        let system = self.db.read_now::<_, Error>(move |tx| matching::system(tx, &ctx, &name, &shop)).map_err(ImportError::from)?;
        let reader = customers::Reader {
            layout: plan.layout.clone(),
            settings,
            now: self.clock.now(),
            dates: request.dates,
            shops: shops.into_iter().map(|s| (name_key(&s.name), s.id)).collect(),
            groups,
            shop: request.shop.clone(),
            import: self.import.clone(),
            by: request.by,
            system,
        };
        let skip = self.cursor.done;
        std::thread::scope(|scope| {
            let (send, chunks) = sync_channel::<Chunk>(2);
            scope.spawn(move || read(source, &reader, skip, &mut |chunk| send.send(chunk).is_ok()));
            self.write_customers(source, chunks)
        })
    }

    fn write_customers(&mut self, source: &Source, chunks: Receiver<Chunk>) -> std::result::Result<(), Stop> {
        let keyless: Arc<RwLock<Option<Keyless>>> = Arc::default();
        for chunk in chunks {
            let (items, taken) = chunk?;
            let known = keyless.read().is_ok_and(|k| k.is_some());
            if !known && items.iter().any(|(_, item)| item.as_ref().is_ok_and(|w| w.same_as.is_some())) {
                let ctx = self.ctx.clone();
                let all = self.db.read_now::<_, Error>(move |tx| matching::keyless(tx, &ctx))?;
                *keyless.write().unwrap_or_else(|e| e.into_inner()) = Some(all);
            }
            let (units, items, seen) = (items.len() as u64, Arc::new(items), Arc::clone(&keyless));
            let made = self.slice(units, move |tx, ctx, journal| {
                let seen = seen.read().unwrap_or_else(|e| e.into_inner());
                let none = Keyless::new();
                let sliced = customers_run::slice(tx, ctx, journal, &items, seen.as_ref().unwrap_or(&none))?;
                Ok((sliced.counts, sliced.keyless))
            })?;
            if let Some(known) = keyless.write().unwrap_or_else(|e| e.into_inner()).as_mut() {
                known.extend(made);
            }
            self.tell("Customers", taken, source.size)?;
        }
        Ok(())
    }

    fn orders(&mut self, source: &Source, plan: &Plan, request: &Request) -> std::result::Result<(), Stop> {
        let (settings, shops) = self.settings()?;
        let shop = shops.iter().find(|s| s.id == request.shop).ok_or(Error::NotFound("shop"))?;
        let reader = invoice::Reader {
            layout: plan.layout.clone(),
            settings: settings.clone(),
            now: self.clock.now(),
            dates: request.dates,
            currency: request.currency.unwrap_or(shop.currency),
        };
        let mut asked = Flow::Go;
        let (counts, told, size) = (self.counts, &mut self.told, source.size);
        let spool = spool::spool(source, &reader, &mut |taken| {
            let flow = told(&Progress { phase: "Reading", done: taken, total: size, counts });
            asked = if asked == Flow::Go { flow } else { asked };
        })?;
        if asked != Flow::Go {
            return Err(Stop::Asked(asked));
        }
        let (place, total, skip) = (Place { shop: request.shop.clone(), settings }, spool.total, self.cursor.done as usize);
        let mut chunk = Batch::default();
        for unit in spool.skip(skip) {
            let unit = unit?;
            if !chunk.fits(&unit) {
                self.write_orders(&place, std::mem::take(&mut chunk), total)?;
            }
            chunk.add(unit);
        }
        self.write_orders(&place, chunk, total)
    }

    fn write_orders(&mut self, place: &Place, batch: Batch, total: u64) -> std::result::Result<(), Stop> {
        if batch.units.is_empty() {
            return Ok(());
        }
        let phase = if matches!(batch.units[0], Unit::Invoice(_)) { "Orders" } else { "Customers" };
        let (units, count, place) = (Arc::new(batch.units), batch.count, place.clone());
        self.slice(count, move |tx, ctx, journal| Ok((orders_run::slice(tx, ctx, journal, &place, &units)?, ())))?;
        self.tell(phase, self.cursor.done, total)
    }

    fn finish(&mut self) -> std::result::Result<(), ImportError> {
        let (ctx, import, counts) = (self.ctx.at(self.clock.now()), self.import.clone(), self.counts);
        self.db.write_now::<_, Error>(move |tx| {
            if tx.exec(&queries::FINISH, &[&ctx.merchant, &import, &ctx.now])? == 0 {
                return Err(taken_over());
            }
            if counts.failed > 0 {
                labels::tidy(tx, &ctx, &import)?;
            }
            if counts.created + counts.changed == 0 {
                tx.exec(&queries::TIDY, &[&ctx.merchant, &import])?;
                return Ok(());
            }
            Event::new("import.done").on("import", import.as_str()).data(serde_json::json!(counts)).record(tx, &ctx).map(|_| ())
        })?;
        Ok(())
    }
}

fn taken_over() -> Error {
    Error::conflict("import_running", "Another process took this import over, or it was cancelled.")
}

/// Units of one slice: of one kind, so many and no more.
#[derive(Default)]
struct Batch {
    units: Vec<Unit>,
    count: u64,
    lines: usize,
}

impl Batch {
    fn fits(&self, next: &Unit) -> bool {
        let same = self.units.first().is_none_or(|u| std::mem::discriminant(u) == std::mem::discriminant(next));
        same && self.units.len() < UNITS && self.lines < LINES
    }

    fn add(&mut self, unit: Unit) {
        self.lines += match &unit {
            Unit::Invoice(invoice) => invoice.lines.len(),
            Unit::Failed(rows) => rows.len(),
            Unit::Customer(_) => 1,
        };
        self.count += 1;
        self.units.push(unit);
    }
}

/// Rows of a slice and how much of the file is taken, or why no more can be read.
type Chunk = std::result::Result<(Vec<Item>, u64), ImportError>;

/// Reads and checks rows on a thread of its own while others are written; ends when nobody takes them any more.
fn read(source: &Source, reader: &customers::Reader, skip: u64, send: &mut dyn FnMut(Chunk) -> bool) {
    let mut table = match source.table() {
        Ok(table) => table,
        Err(error) => {
            send(Err(error));
            return;
        }
    };
    let (mut row, mut items, mut seen) = (Row::default(), Vec::with_capacity(ROWS), 0u64);
    while let Some(read) = table.read(&mut row) {
        seen += 1;
        let item = match read {
            Err(fault) if fault.is_fatal() => {
                send(Err(fault.into()));
                return;
            }
            _ if seen <= skip => continue,
            Ok(()) => (row.number(), reader.read(&row).map(Box::new)),
            Err(fault) => (fault.number, Err(fault.reason())),
        };
        items.push(item);
        if items.len() == ROWS && !send(Ok((std::mem::replace(&mut items, Vec::with_capacity(ROWS)), table.taken()))) {
            return;
        }
    }
    if !items.is_empty() {
        send(Ok((items, table.taken())));
    }
}
