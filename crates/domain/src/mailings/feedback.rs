//! What comes back about the mails of mailings: from the outbox, from bounces, from erasing.

use store::Tx;

use super::steer::{of_mailing, of_one, take_back};
use super::who::recipients;
use super::{Outcome, Skip, State, queries};
use crate::addresses;
use crate::customers::survivor;
use crate::kit::{Ctx, CustomerId, DAY, Error, MailId, MailingId, Result, Right};
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

/// A person sends a mail that failed once more: for one of a mailing that needs [`Right::BulkMail`], and a reader who would be written to today.
///
/// # Errors
/// `Conflict`: `unsubscribed`, `customer_inactive`, `bounced`, `no_consent`, `no_address`.
pub(crate) fn again(tx: &mut Tx, ctx: &Ctx, mail: &MailId) -> Result<()> {
    if tx.opt(&queries::OF_MAIL, &[&ctx.merchant, mail], |_| Ok(()))?.is_some() {
        ctx.must(Right::BulkMail)?;
        if let Some(why) = judged(tx, ctx, mail)? {
            return Err(refused(why));
        }
        tx.exec(&queries::TOLD, &[&ctx.merchant, mail, &Outcome::Queued, &"", &ctx.now])?;
    }
    Ok(())
}

/// Why the reader of a mail of a mailing may not get it now, by the rule by which the mailing chose its readers; nothing for mail of no mailing.
pub(crate) fn judged(tx: &mut Tx, ctx: &Ctx, mail: &MailId) -> Result<Option<Skip>> {
    let found =
        tx.opt(&queries::OF_MAIL, &[&ctx.merchant, mail], |r| Ok((r.get::<CustomerId>(1)?, r.get::<String>(2)?, r.get::<bool>(4)?)))?;
    let Some((customer, key, consenting_only)) = found else { return Ok(None) };
    let reader = survivor(tx, ctx, &customer)?;
    let skip = recipients(tx, ctx, &[reader], consenting_only)?.pop().and_then(|one| one.skip);
    // The reader may have another address by now; the mail goes to the one of then.
    Ok(match skip {
        None if addresses::marks(tx, ctx, &[&key])?.get(&key).is_some_and(|mark| mark.bounced) => Some(Skip::Bounced),
        skip => skip,
    })
}

/// A mail that waits is not sent, and its line says why.
pub(crate) fn leave_out(tx: &mut Tx, ctx: &Ctx, mail: &MailId, why: Skip) -> Result<()> {
    take_back(tx, ctx, of_one(), mail.as_str(), why)
}

fn refused(why: Skip) -> Error {
    let (code, words) = match why {
        Skip::Unsubscribed => ("unsubscribed", "This customer wants no more mail of this kind."),
        Skip::Bounced => ("bounced", "Mail to this address came back. Take the mark off the address first."),
        Skip::NoConsent => ("no_consent", "This customer does not agree to marketing, and the mailing is only for those who do."),
        Skip::NoAddress => ("no_address", "This customer has no e-mail address any more."),
        Skip::Archived => ("customer_inactive", "This customer is archived. Unarchive it first."),
        Skip::Deleted => ("customer_inactive", "This customer is deleted. Restore it first."),
        _ => ("customer_inactive", "This customer is no longer there."),
    };
    Error::conflict(code, words)
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
