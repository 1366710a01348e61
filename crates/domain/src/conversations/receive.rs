//! A mail that came: whose it is, which conversation it belongs to, and that it is kept once however often it comes.

use store::Tx;

use super::bounce;
use super::known::{self, Known};
use super::parties::Parties;
use super::put::{self, Line, Opening, subject_key};
use super::{Direction, Kind, Parsed, queries, read};
use crate::addresses;
use crate::customers::{self, state};
use crate::events::Event;
use crate::kit::{ConversationId, Ctx, CustomerId, DAY, EntryId, Error, MailId, MailboxId, Micros, Result, Right, email_key, email_twin};
use crate::tickets;

/// So long two mails with the same subject are of one conversation.
const TOGETHER: Micros = 90 * DAY;
/// A mail that says it is older is taken to be of now: its clock is wrong.
pub(super) const OLDEST: Micros = 5 * 365 * DAY;

/// Where a mail went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Its entry.
    pub entry: EntryId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Whose; nobody: it waits in the inbox.
    pub customer: Option<CustomerId>,
    /// It had not come before.
    pub new: bool,
}

/// How a mail came in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrival<'a> {
    /// The mailbox it lay in.
    pub mailbox: Option<&'a MailboxId>,
    /// A new conversation opens a ticket, whatever the mailbox says.
    pub ticket: bool,
    /// The address the house sends its mail from; may be empty.
    pub sender: &'a str,
}

/// Files a mail. The same mail again is the same entry; another one with its Message-ID is filed beside it. Needs [`Right::Write`].
///
/// # Errors
/// `Conflict` (`moved`) when its customer was merged while we waited: try again.
pub fn receive(tx: &mut Tx, ctx: &Ctx, mail: &Parsed, came: Arrival<'_>) -> Result<Filed> {
    ctx.must(Right::Write)?;
    match known::look(tx, ctx, mail)? {
        Known::Here(filed) => {
            late(tx, ctx, mail, came, &filed)?;
            return Ok(filed);
        }
        Known::New(id) => {
            if let Some(filed) = came_back(tx, ctx, mail, id)? {
                return Ok(filed);
            }
        }
    }
    let parties = Parties::of(tx, ctx, mail, came.sender)?;
    let direction = parties.direction;
    if direction == Direction::Out
        && let Some(filed) = known::own(tx, ctx, mail)?
    {
        return Ok(filed);
    }
    let (customer, mut address) = whose(tx, ctx, &parties.others)?;
    if let Some(answered) = parties.answered {
        answered.clone_into(&mut address);
    }
    // Who waited for the lock may find it filed.
    let outside_id = match known::look(tx, ctx, mail)? {
        Known::Here(filed) => return Ok(filed),
        Known::New(id) => id,
    };
    let key = email_key(&address);
    let at = moment(mail.at, ctx.now);
    let known = place(tx, ctx, mail, customer.as_ref(), &key, at)?;
    let quiet = mail.automatic && direction == Direction::In;
    let waits = direction == Direction::In && !quiet;
    let opens = known.is_none() && waits && (came.ticket || makes_tickets(tx, ctx, came.mailbox)?);
    let conversation = match known {
        Some(found) => found,
        None => {
            let opening = Opening {
                kind: Kind::Mail,
                customer: customer.as_ref(),
                mailbox: came.mailbox,
                name: parties.name,
                address: &address,
                address_key: &key,
                subject: &mail.subject,
            };
            put::open(tx, ctx, &opening, at)?
        }
    };
    let (more, answers) = (mail.to.join(", "), mail.answers.join(" "));
    let line = Line {
        at,
        author: parties.author,
        address: &address,
        more: &more,
        subject: &mail.subject,
        body: &mail.text,
        html: &mail.html,
        outside_id,
        answers: &answers,
        files: &mail.files,
        quiet,
        ..Line::default()
    };
    let entry = put::entry(tx, ctx, (&conversation, customer.as_ref()), (Kind::Mail, direction), &line, waits)?;
    let told =
        Event::new(if direction == Direction::In { "mail.received" } else { "mail.written" }).on("conversation", conversation.as_str());
    match &customer {
        Some(customer) => told.of(customer).value("subject", None, Some(&mail.subject)).record(tx, ctx)?,
        // Of somebody unknown nothing personal is kept beside the mail itself.
        None => told.record(tx, ctx)?,
    };
    let written = read::find(tx, ctx, &entry)?;
    match quiet {
        true => tickets::heard(tx, ctx, &written)?,
        false => tickets::follow(tx, ctx, &written, opens)?,
    }
    if direction == Direction::In {
        // Only whence it came is heard from: where it asks to be answered is but said.
        addresses::arrived(tx, ctx, parties.answered.map_or(address.as_str(), |_| mail.from.as_str()))?;
    }
    Ok(Filed { entry, conversation, customer, new: true })
}

/// A mail to two mailboxes is kept once, and opens its ticket whichever of them is read first.
fn late(tx: &mut Tx, ctx: &Ctx, mail: &Parsed, came: Arrival<'_>, filed: &Filed) -> Result<()> {
    let Some(mailbox) = came.mailbox.filter(|_| !mail.automatic && mail.report.is_none()) else { return Ok(()) };
    let elsewhere = tx.opt(&queries::BEGUN_ELSEWHERE, &[&ctx.merchant, &filed.conversation, mailbox], |_| Ok(()))?.is_some();
    if !elsewhere || !makes_tickets(tx, ctx, came.mailbox)? {
        return Ok(());
    }
    if let Some(customer) = &filed.customer {
        state::locked(tx, ctx, customer)?;
    }
    let entry = read::find(tx, ctx, &filed.entry)?;
    if entry.direction == Direction::In && entry.customer == filed.customer { tickets::opened(tx, ctx, &entry) } else { Ok(()) }
}

/// Does new mail to this mailbox open a ticket?
fn makes_tickets(tx: &mut Tx, ctx: &Ctx, mailbox: Option<&MailboxId>) -> Result<bool> {
    let Some(mailbox) = mailbox else { return Ok(false) };
    Ok(tx.opt(&queries::MAKES_TICKETS, &[&ctx.merchant, mailbox], |r| r.get(0))?.unwrap_or_default())
}

/// A report about one of our own mails stands where that mail stands.
fn came_back(tx: &mut Tx, ctx: &Ctx, mail: &Parsed, outside_id: &str) -> Result<Option<Filed>> {
    let Some(report) = &mail.report else { return Ok(None) };
    let sent = tx.opt(&queries::MAIL, &[&ctx.merchant, &report.mail], |r| Ok((r.get::<String>(0)?, r.get::<Option<CustomerId>>(1)?)))?;
    let Some((sent_to, Some(customer))) = sent else { return Ok(None) };
    state::locked(tx, ctx, &customer)?;
    let place = tx.opt(&queries::ANSWERED_MAIL, &[&ctx.merchant, &report.mail], |r| {
        Ok((r.get::<ConversationId>(0)?, r.get::<Option<CustomerId>>(1)?))
    })?;
    let Some((conversation, Some(now))) = place else { return Ok(None) };
    if now != customer {
        return Err(moved());
    }
    let line = Line {
        at: moment(mail.at, ctx.now),
        author: &mail.name,
        address: &sent_to,
        subject: &mail.subject,
        body: &mail.text,
        outside_id,
        quiet: true,
        ..Line::default()
    };
    let entry = put::entry(tx, ctx, (&conversation, Some(&customer)), (Kind::Mail, Direction::In), &line, false)?;
    bounce::mark(tx, ctx, &customer, &sent_to, report)?;
    let written = read::find(tx, ctx, &entry)?;
    tickets::came_back(tx, ctx, &written, report.is_final())?;
    Ok(Some(Filed { entry, conversation, customer: Some(customer), new: true }))
}

/// The oldest live customer that has one of these addresses, locked, and that address; else nobody and the first.
fn whose(tx: &mut Tx, ctx: &Ctx, addresses: &[&str]) -> Result<(Option<CustomerId>, String)> {
    for address in addresses {
        if let Some(customer) = of_address(tx, ctx, address)? {
            state::locked(tx, ctx, &customer)?;
            return match of_address(tx, ctx, address)? {
                Some(still) if still == customer => Ok((Some(customer), (*address).to_owned())),
                _ => Err(moved()),
            };
        }
    }
    Ok((None, addresses.first().map(|a| (*a).to_owned()).unwrap_or_default()))
}

/// Who has it; mail servers write the domain in the other way than people do.
fn of_address(tx: &mut Tx, ctx: &Ctx, address: &str) -> Result<Option<CustomerId>> {
    match (customers::find_by_email(tx, ctx, address)?, email_twin(address)) {
        (None, Some(twin)) => customers::find_by_email(tx, ctx, &twin),
        (found, _) => Ok(found),
    }
}

fn moved() -> Error {
    Error::conflict("moved", "The customer of this mail was changed just now. Try again.")
}

/// When it was written, as far as that can be; never later than now, so that nothing stands below what comes next.
fn moment(said: Option<Micros>, now: Micros) -> Micros {
    said.filter(|at| *at > now - OLDEST && *at <= now).unwrap_or(now)
}

/// The conversation it goes on: by what it answers, then by subject and address. Never one of somebody else.
fn place(tx: &mut Tx, ctx: &Ctx, mail: &Parsed, customer: Option<&CustomerId>, key: &str, at: Micros) -> Result<Option<ConversationId>> {
    for id in mail.answers.iter().rev() {
        let own = id.split('@').next().and_then(|local| local.parse::<MailId>().ok());
        let read = |r: &store::Row<'_>| Ok((r.get::<ConversationId>(0)?, r.get::<Option<CustomerId>>(1)?, r.get::<String>(2)?));
        let found = match &own {
            Some(mail) => tx.opt(&queries::ANSWERED_MAIL, &[&ctx.merchant, mail], read)?,
            None => tx.opt(&queries::ANSWERED, &[&ctx.merchant, id], read)?,
        };
        match (found, customer) {
            (Some((conversation, Some(theirs), _)), Some(ours)) if theirs == *ours => return Ok(Some(conversation)),
            (Some((conversation, None, theirs)), None) if theirs == key && !key.is_empty() => return Ok(Some(conversation)),
            _ => {}
        }
    }
    let subject = subject_key(&mail.subject);
    if subject.is_empty() || (customer.is_none() && key.is_empty()) {
        return Ok(None);
    }
    let since = at - TOGETHER;
    Ok(match customer {
        Some(customer) => tx.opt(&queries::BY_SUBJECT, &[&ctx.merchant, customer, &subject, &since], |r| r.get(0))?,
        None => tx.opt(&queries::UNKNOWN_BY_SUBJECT, &[&ctx.merchant, &key, &subject, &since], |r| r.get(0))?,
    })
}
