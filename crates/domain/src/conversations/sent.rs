//! What leaves the house: every mail of the outbox that goes to a customer stands in the stream, and what the outbox must write above it.

use store::Tx;

use super::put::{self, Line, Opening};
use super::{Direction, Kind, NewFile, queries};
use crate::kit::{Ctx, CustomerId, EntryId, MailId, Result, email_key};
use crate::merchants;

/// A mail that went into the outbox for a customer, as a conversation of its own. The customer is locked.
pub(crate) fn file_sent(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: &CustomerId,
    mail: &MailId,
    (to, subject, body): (&str, &str, &str),
) -> Result<()> {
    let key = email_key(to);
    let opening = Opening { kind: Kind::Mail, customer: Some(customer), mailbox: None, name: "", address: to, address_key: &key, subject };
    let conversation = put::open(tx, ctx, &opening, ctx.now)?;
    let line = Line { at: ctx.now, author: &ctx.actor.name, address: to, subject, body, mail: Some(mail), ..Line::default() };
    put::entry(tx, ctx, (&conversation, Some(customer)), (Kind::Mail, Direction::Out), &line, false)?;
    Ok(())
}

/// What stands above a mail that was written by hand, and what is attached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heading {
    /// Who writes, in words.
    pub from_name: String,
    /// Where answers go: the mailbox of the conversation, else the first of the house; may be empty.
    pub reply_to: String,
    /// What it answers, the nearest last. An id of ours stands without a domain.
    pub answers: Vec<String>,
    /// What is attached.
    pub files: Vec<NewFile>,
}

/// Of a mail of the outbox; `None` for one that nobody wrote by hand.
pub(crate) fn heading(tx: &mut Tx, ctx: &Ctx, mail: &MailId) -> Result<Option<Heading>> {
    let found = tx
        .opt(&queries::HEADING, &[&ctx.merchant, mail], |r| Ok((r.get::<EntryId>(0)?, r.get::<String>(1)?, r.get::<Option<String>>(2)?)))?;
    let Some((entry, answers, mailbox)) = found else { return Ok(None) };
    let files = tx.rows(&queries::FILES_OF, &[&ctx.merchant, &entry], |r| {
        Ok(NewFile { name: r.get(0)?, content_type: r.get(1)?, bytes: r.get(2)? })
    })?;
    let reply_to = match mailbox {
        Some(address) => address,
        None => tx.opt(&queries::FIRST_MAILBOX, &[&ctx.merchant], |r| r.get(0))?.unwrap_or_default(),
    };
    let answers = answers.split_whitespace().map(str::to_owned).collect();
    Ok(Some(Heading { from_name: merchants::settings(tx, ctx)?.name, reply_to, answers, files }))
}
