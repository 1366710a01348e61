//! Is a mail here already? A Message-ID is a claim of whoever wrote it: forms of shops give the same to every mail, and a stranger may copy one. So the same
//! mail is one with the same id, of the same sender, and with the same date; the same words where the date tells nothing.

use store::{Row, Tx};

use super::receive::{Filed, OLDEST};
use super::{Direction, Kind, Parsed, put, queries};
use crate::kit::{Ctx, MailId, Micros, Result, email_key, email_twin};

/// What is known of a mail that comes.
pub(super) enum Known<'a> {
    /// It is filed.
    Here(Filed),
    /// It is new, and filed by this id.
    New(&'a str),
}

/// What decides whether two are the same.
struct Before {
    filed: Filed,
    direction: Direction,
    at: Micros,
    author: String,
    address: String,
    body: String,
}

fn before(r: &Row<'_>) -> std::result::Result<Before, store::Error> {
    Ok(Before {
        filed: Filed { entry: r.get(0)?, conversation: r.get(1)?, customer: r.get(2)?, new: false },
        direction: r.get(4)?,
        at: r.get(5)?,
        author: r.get(6)?,
        address: r.get(7)?,
        body: r.get(10)?,
    })
}

/// The same mailbox, in either spelling of its domain.
fn same(a: &str, b: &str) -> bool {
    let (a, b) = (email_key(a), email_key(b));
    a == b || email_twin(&a).is_some_and(|twin| email_key(&twin) == b)
}

impl Before {
    fn is(&self, mail: &Parsed, now: Micros) -> bool {
        let sender = match self.direction {
            Direction::Out => same(&self.author, &mail.from),
            // A report stands with the address that our mail went to.
            Direction::In if mail.report.is_some() => self.author == mail.name,
            Direction::In => same(&self.address, &mail.from) || (!mail.reply_to.is_empty() && same(&self.address, &mail.reply_to)),
        };
        sender && self.is_dated(mail, now).unwrap_or_else(|| self.body == put::kept(&mail.text))
    }
}

/// How far clocks may be apart: a mail from the future was filed under the moment it came.
const APART: Micros = 2 * 60 * 1_000_000;

impl Before {
    /// Has it the same date? Nothing when the date tells nothing: there is none, or one of another age, or of a clock that is ahead.
    fn is_dated(&self, mail: &Parsed, now: Micros) -> Option<bool> {
        let said = mail.at.filter(|at| *at > self.at - OLDEST && *at <= now)?;
        (said <= self.at || said - self.at > APART).then_some(said == self.at)
    }
}

/// Looks by the Message-ID; where another mail has it, by the mail's bytes.
pub(super) fn look<'a>(tx: &mut Tx, ctx: &Ctx, mail: &'a Parsed) -> Result<Known<'a>> {
    let of = |tx: &mut Tx, id: &str| tx.opt(&queries::OF_OUTSIDE, &[&ctx.merchant, &Kind::Mail, &id], before);
    Ok(match of(tx, &mail.message_id)? {
        None => Known::New(&mail.message_id),
        Some(found) if found.is(mail, ctx.now) => Known::Here(found.filed),
        Some(_) => match of(tx, &mail.named)? {
            Some(found) => Known::Here(found.filed),
            None => Known::New(&mail.named),
        },
    })
}

/// One of our own mails that a mailbox gives back, as servers do that file what they send: it stands where it was written. The house wrote it, says the
/// caller.
pub(super) fn own(tx: &mut Tx, ctx: &Ctx, mail: &Parsed) -> Result<Option<Filed>> {
    let Some(id) = mail.message_id.split('@').next().and_then(|local| local.parse::<MailId>().ok()) else { return Ok(None) };
    let found = tx.opt(&queries::OF_MAIL, &[&ctx.merchant, &id], before)?;
    Ok(found.filter(|b| mail.to.iter().any(|to| same(to, &b.address))).map(|b| b.filed))
}
