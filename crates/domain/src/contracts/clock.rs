//! What the day alone does to contracts: renewals and ends are written down, and reminders become tasks. It keeps no list of its own, so that it can be
//! killed anywhere and begun anew: what was committed is no longer due, and the rest still is.

use store::{Db, Tx};

use super::decide::{To, go};
use super::read::{find_locked, load, today};
use super::{Contract, State, queries};
use crate::customers;
use crate::kit::{ContractId, Ctx, Error, Result, day_date};
use crate::tasks::{self, NewTask, On};

/// Contracts that are looked for at once.
const BATCH: i64 = 50;

/// Works on all that is due of one merchant; gives how many there were. What is not well with one does not hold up the others: it is looked at again next
/// time. Harmless when several processes do it.
///
/// # Errors
/// What the database says.
pub fn daily(db: &Db, ctx: &Ctx, stop: &dyn Fn() -> bool) -> Result<usize> {
    let (mut done, mut passed) = (0, Vec::new());
    while !stop() {
        let (asked, most) = (ctx.clone(), BATCH + passed.len() as i64);
        let due: Vec<ContractId> = db.read_now::<_, Error>(move |tx| {
            let today = today(tx, &asked)?;
            Ok(tx.rows(&queries::DUE, &[&asked.merchant, &today, &most], |r| r.get(0))?)
        })?;
        let due: Vec<ContractId> = due.into_iter().filter(|id| !passed.contains(id)).collect();
        if due.is_empty() {
            break;
        }
        for id in due {
            let (ctx, which) = (ctx.clone(), id.clone());
            match db.write_slice_now::<_, Error>(move |tx| step(tx, &ctx, &which)) {
                Ok(()) => done += 1,
                Err(error) => {
                    tracing::warn!(contract = %id, error = error.logged(), "a contract could not be worked on; it is looked at again next time");
                    passed.push(id);
                }
            }
        }
    }
    Ok(done)
}

/// Does with one contract what is due on this day; looks again under its lock, so that nothing is done twice.
pub(super) fn step(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> Result<()> {
    let mut contract = find_locked(tx, ctx, id)?;
    let (kept, s) = (contract.kept, contract.summary.clone());
    if s.state == State::Ended && kept.state != State::Ended {
        let to = To { state: State::Ended, closed_at: Some(ctx.now), ..To::same(&contract) };
        return go(tx, ctx, &contract, &to, "contract.ended");
    }
    if kept.state == State::Running && kept.term != s.term {
        go(tx, ctx, &contract, &To::same(&contract), "contract.renewed")?;
        contract = load(tx, ctx, id)?;
    }
    let today = today(tx, ctx)?;
    let due = contract.remind_on().is_some_and(|day| today >= day) && contract.kept.reminded_for != contract.summary.term.ends_on;
    if contract.kept.state == State::Running && due { remind(tx, ctx, &contract) } else { Ok(()) }
}

/// Makes the task, and notes for which term, in one transaction. An archived customer gets no task (SPEC 10.2): the term is passed over.
fn remind(tx: &mut Tx, ctx: &Ctx, contract: &Contract) -> Result<()> {
    let s = &contract.summary;
    let Some(last) = s.term.notice_on() else { return Ok(()) };
    let to = To { reminded_for: s.term.ends_on, ..To::same(contract) };
    if !customers::get(tx, ctx, &s.customer)?.is_active() {
        return go(tx, ctx, contract, &to, "contract.reminder_passed");
    }
    let words = if s.term.renews() { "give notice or let it renew" } else { "it ends" };
    let title = format!("Contract {}: {words} by {}", s.number, day_date(last));
    let new = NewTask { on: On::Contract(s.id.clone()), title, due_on: Some(day_date(last)), ..NewTask::default() };
    let assigned = NewTask { assignee: contract.assignee.clone(), ..new.clone() };
    match tasks::create(tx, ctx, &assigned) {
        // Who should have it works here no more: it is everybody's.
        Err(Error::Invalid(problems)) if problems.0.iter().all(|p| p.field == "assignee") => tasks::create(tx, ctx, &new)?,
        made => made?,
    };
    go(tx, ctx, contract, &to, "contract.reminded")
}
