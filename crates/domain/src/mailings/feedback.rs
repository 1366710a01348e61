//! What comes back about the mails of mailings: from the outbox, from bounces, from erasing.

use store::Tx;

use super::steer::{of_mailing, take_back};
use super::{Outcome, Skip, State, queries};
use crate::kit::{Ctx, CustomerId, DAY, MailId, MailingId, Result, Right};
use crate::mail;

/// A bounce counts for mailings of so many days.
const BOUNCES: i64 = 30 * DAY;

/// The outbox tells how a try ended. A mail that waits for another one waits no longer when its mailing was ended, and not in the queue while it is
/// paused. Nothing for mail of no mailing.
pub(crate) fn told(tx: &mut Tx, ctx: &Ctx, mail: &MailId, outcome: &mail::Outcome, again: bool) -> Result<()> {
    let found = tx.opt(&queries::OF_MAIL, &[&ctx.merchant, mail], |r| Ok((r.get::<MailingId>(0)?, r.get::<State>(3)?)))?;
    let Some((mailing, state)) = found else { return Ok(()) };
    let (became, words) = match outcome {
        mail::Outcome::Sent => (Outcome::Sent, ""),
        mail::Outcome::Later(words) if again => (Outcome::Queued, words.as_str()),
        mail::Outcome::Later(words) | mail::Outcome::Refused(words) | mail::Outcome::NoRecipient { words, .. } => {
            (Outcome::Failed, words.as_str())
        }
        mail::Outcome::Unclear(words) => (Outcome::Unknown, words.as_str()),
    };
    tx.exec(&queries::TOLD, &[&ctx.merchant, mail, &became, &mail::short(words), &ctx.now])?;
    match (became, state) {
        (Outcome::Queued, State::Paused) => drop(tx.exec(&queries::HOLD_MAIL, &[mail])?),
        (Outcome::Queued, State::Cancelled) => take_back(tx, ctx, of_mailing(), mailing.as_str(), Skip::Cancelled)?,
        _ => {}
    }
    Ok(())
}

/// A worker died with the mail in its hands.
pub(crate) fn interrupted(tx: &mut Tx, ctx: &Ctx, mail: &MailId, words: &str) -> Result<()> {
    told(tx, ctx, mail, &mail::Outcome::Unclear(words.to_owned()), false)
}

/// A person sends a mail that failed once more: for one of a mailing that needs [`Right::BulkMail`].
pub(crate) fn again(tx: &mut Tx, ctx: &Ctx, mail: &MailId) -> Result<()> {
    if tx.opt(&queries::OF_MAIL, &[&ctx.merchant, mail], |_| Ok(()))?.is_some() {
        ctx.must(Right::BulkMail)?;
        tx.exec(&queries::TOLD, &[&ctx.merchant, mail, &Outcome::Queued, &"", &ctx.now])?;
    }
    Ok(())
}

/// Mail to an address came back: the lines of the last 30 days that were sent there say so.
pub(crate) fn bounced(tx: &mut Tx, ctx: &Ctx, address: &str) -> Result<()> {
    tx.exec(&queries::BOUNCED, &[&ctx.merchant, &address, &ctx.now, &(ctx.now - BOUNCES)])?;
    Ok(())
}

/// Before a customer's mail is erased: what waits will never go, and of what a worker holds nobody will know.
pub(crate) fn forget(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    tx.exec(&queries::FORGOTTEN, &[&ctx.merchant, customer, &Skip::Anonymised, &ctx.now])?;
    Ok(())
}
