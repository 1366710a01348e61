//! Erasing on both engines: what a merchant sees of it, and what must never be found afterwards.

mod again;
mod canary;
mod guests;
mod plant;
mod purged;
mod restored;
mod retention;
mod typed;
mod verb;

use std::path::Path;

use store::testing::TestDb;

use super::{Cause, Ledger, Receipt, anonymise, retention as rule, settle, sweep};
use crate::jobs::{self, Kinds, Tools};
use crate::kit::{Ctx, CustomerId, FixedClock, Micros, Result};
use crate::orders::desk::Desk;
use crate::providers::Vault;

pub(crate) fn vault() -> Vault {
    Vault::new(&[7; 32]).unwrap()
}

pub(crate) fn erase(desk: &Desk, id: &CustomerId) -> Result<Receipt> {
    let id = id.clone();
    desk.write(move |tx, ctx| anonymise(tx, ctx, &vault(), &id, Cause::Hand))
}

fn kinds() -> Kinds {
    use crate::customers::bulk;
    Kinds::default().with(sweep::KIND, sweep::slice).with(rule::KIND, rule::slice).with_look(bulk::KIND, bulk::look, bulk::slice)
}

/// Works all jobs that wait.
fn work(db: &TestDb, now: Micros) {
    let tools = Tools { vault: Some(vault()), ..Tools::default() };
    jobs::run_all(db, &kinds(), &tools, &FixedClock(now), "worker", &|| false).unwrap();
}

fn settled(db: &store::Db, folder: &Path, now: Micros) {
    settle(db, &Ledger::of(folder), &FixedClock(now)).unwrap();
}

fn receipt(desk: &Desk, id: &CustomerId) -> Receipt {
    let id = id.clone();
    desk.read(move |tx, ctx| super::of_customer(tx, ctx, &id)).unwrap().expect("a receipt")
}

/// A statement of a test.
fn change(desk: &Desk, sql: &str) {
    let sql = sql.to_owned();
    desk.write(move |tx, _| Ok(tx.exec(&store::Stmt::built(sql.clone()), &[])?)).unwrap();
}

fn count(desk: &Desk, sql: &str) -> i64 {
    let sql = sql.to_owned();
    desk.read(move |tx, _: &Ctx| Ok(tx.scalar::<i64>(&store::Stmt::built(sql.clone()), &[])?)).unwrap()
}
