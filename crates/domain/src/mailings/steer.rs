//! Pausing, resuming and ending a mailing. What waits in the outbox obeys too; what a server already has, nobody takes back.

use store::{Stmt, Tx};

use super::{KIND, Mailing, Skip, State, queries as q, read};
use crate::events::Event;
use crate::jobs::{self, Job};
use crate::kit::{Ctx, Error, MailingId, Result, Right, locks};

/// Stops it for a while. Needs [`Right::BulkMail`].
///
/// # Errors
/// `Conflict` (`mailing_state`) unless it is being sent.
pub fn pause(tx: &mut Tx, ctx: &Ctx, id: &MailingId) -> Result<()> {
    turn(tx, ctx, id, State::Sending, State::Paused, "mailing.paused")?;
    tx.exec(&q::of_mailing::QUEUE, &[&ctx.merchant, id])?;
    Ok(())
}

/// Goes on behind the last customer. Needs [`Right::BulkMail`].
///
/// # Errors
/// `Conflict` (`mailing_state`) unless it is paused.
pub fn resume(tx: &mut Tx, ctx: &Ctx, id: &MailingId) -> Result<()> {
    let mailing = turn(tx, ctx, id, State::Paused, State::Sending, "mailing.resumed")?;
    tx.exec(&q::RESUME, &[&ctx.merchant, id, &ctx.now])?;
    jobs::wake(tx, ctx, &mailing.job)
}

/// Ends it: what waits in the outbox is taken back, who has no line yet gets none. Needs [`Right::BulkMail`].
///
/// # Errors
/// `Conflict` (`mailing_state`) when it has ended.
pub fn cancel(tx: &mut Tx, ctx: &Ctx, id: &MailingId) -> Result<()> {
    let mailing = locked(tx, ctx, id)?;
    if !matches!(mailing.state, State::Sending | State::Paused) {
        return Err(refused(&mailing));
    }
    tx.exec(&q::SET_STATE, &[&ctx.merchant, id, &State::Cancelled, &Some(ctx.now)])?;
    take_back(tx, ctx, of_mailing(), id.as_str(), Skip::Cancelled)?;
    // A job that failed on our side has ended already.
    match jobs::ask_cancel(tx, ctx, &mailing.job) {
        Ok(()) | Err(Error::Conflict { .. }) => {}
        Err(error) => return Err(error),
    }
    Event::new("mailing.cancelled").on("mailing", id.as_str()).record(tx, ctx)?;
    Ok(())
}

/// The mailing of a job, when it is one.
pub fn of_job(job: &Job) -> Option<MailingId> {
    (job.kind == KIND).then(|| job.input.get("mailing")?.as_str()?.parse().ok()).flatten()
}

/// Takes back what waits of some lines; `whose` is a mailing or a customer, as the statements say.
pub(super) fn take_back(tx: &mut Tx, ctx: &Ctx, statements: [&Stmt; 4], whose: &str, why: Skip) -> Result<()> {
    let [queue, lines, mails, loose] = statements;
    tx.exec(queue, &[&ctx.merchant, &whose])?;
    tx.exec(lines, &[&ctx.merchant, &whose, &why, &ctx.now])?;
    tx.exec(mails, &[&ctx.merchant, &whose])?;
    tx.exec(loose, &[&ctx.merchant, &whose])?;
    Ok(())
}

/// The statements of what waits of a whole mailing.
pub(super) fn of_mailing() -> [&'static Stmt; 4] {
    [&q::of_mailing::QUEUE, &q::of_mailing::LINES, &q::of_mailing::MAILS, &q::of_mailing::LOOSE]
}

/// The statements of what waits for one customer, of any mailing.
pub(super) fn of_customer() -> [&'static Stmt; 4] {
    [&q::of_customer::QUEUE, &q::of_customer::LINES, &q::of_customer::MAILS, &q::of_customer::LOOSE]
}

/// The statements of one mail that waits.
pub(super) fn of_one() -> [&'static Stmt; 4] {
    [&q::of_mail::QUEUE, &q::of_mail::LINES, &q::of_mail::MAILS, &q::of_mail::LOOSE]
}

fn turn(tx: &mut Tx, ctx: &Ctx, id: &MailingId, from: State, to: State, event: &'static str) -> Result<Mailing> {
    let mailing = locked(tx, ctx, id)?;
    if mailing.state != from {
        return Err(refused(&mailing));
    }
    tx.exec(&q::SET_STATE, &[&ctx.merchant, id, &to, &None::<i64>])?;
    Event::new(event).on("mailing", id.as_str()).record(tx, ctx)?;
    Ok(mailing)
}

fn locked(tx: &mut Tx, ctx: &Ctx, id: &MailingId) -> Result<Mailing> {
    ctx.must(Right::BulkMail)?;
    locks::mailing(tx, ctx, id)?;
    read::load(tx, ctx, id)
}

fn refused(mailing: &Mailing) -> Error {
    Error::conflict("mailing_state", format!("This mailing is {}.", mailing.state.label().to_lowercase()))
}
