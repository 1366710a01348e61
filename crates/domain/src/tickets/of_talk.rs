//! Tickets out of what was said: made of an entry by a person, or of a mail by a mailbox that makes tickets. A conversation has one ticket; what is said in
//! it afterwards stands in the ticket's thread too, and opens it again.

use store::Tx;

use super::edit::{self, Edit};
use super::say::{self, BODY, Moves, NewEntry};
use super::{EntryKind, NewTicket, Priority, create, queries};
use crate::conversations::{self, Direction, Entry};
use crate::kit::{ConversationId, Ctx, CustomerId, EntryId, Error, Result, Right, TicketId, locks};

/// A subject has at most so many characters.
const SUBJECT: usize = 200;

/// Makes a ticket of an entry, or gives the one that its conversation has already, and whether it is new. Needs [`Right::Write`].
///
/// # Errors
/// `NotFound`; `Conflict`: `customer_inactive` for an archived or deleted customer (SPEC 10.2), `moved` when the conversation was given to another
/// customer just now.
pub fn of_entry(tx: &mut Tx, ctx: &Ctx, id: &EntryId) -> Result<(TicketId, bool)> {
    ctx.must(Right::Write)?;
    let seen = conversations::said(tx, ctx, id)?;
    if let Some(customer) = &seen.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    let entry = conversations::said(tx, ctx, id)?;
    if entry.customer != seen.customer {
        return Err(Error::conflict("moved", "This conversation was given to another customer just now. Look again."));
    }
    if let Some(known) = of_conversation(tx, ctx, &entry.conversation)? {
        return Ok((known, false));
    }
    make(tx, ctx, &entry).map(|made| (made, true))
}

/// An entry that was just written, of a conversation whose customer is locked: it goes to the thread of the conversation's ticket. Without one a ticket
/// is made when the mailbox makes tickets; not for an archived customer, whose mail stands in the inbox as ever.
///
/// # Errors
/// The database's alone: what may not become a ticket keeps no mail from being filed.
pub(crate) fn follow(tx: &mut Tx, ctx: &Ctx, entry: &Entry, opens: bool) -> Result<()> {
    match of_conversation(tx, ctx, &entry.conversation)? {
        Some(ticket) => join(tx, ctx, &ticket, entry, words(entry), Moves::AsSaid),
        None if opens => opened(tx, ctx, entry),
        None => Ok(()),
    }
}

/// The same of what a machine said: it stands in the thread of the conversation's ticket and moves it nowhere.
///
/// # Errors
/// As [`follow`].
pub(crate) fn heard(tx: &mut Tx, ctx: &Ctx, entry: &Entry) -> Result<()> {
    match of_conversation(tx, ctx, &entry.conversation)? {
        Some(ticket) => join(tx, ctx, &ticket, entry, words(entry), Moves::Nowhere),
        None => Ok(()),
    }
}

/// A report about a mail of ours: for the staff alone. Where the mail will never arrive the ticket is to be worked on again.
///
/// # Errors
/// As [`follow`].
pub(crate) fn came_back(tx: &mut Tx, ctx: &Ctx, entry: &Entry, never: bool) -> Result<()> {
    let Some(ticket) = of_conversation(tx, ctx, &entry.conversation)? else { return Ok(()) };
    let (what, moves) = match never {
        true => ("did not arrive", Moves::Opens("a mail came back")),
        false => ("may not have arrived yet", Moves::Nowhere),
    };
    let body = format!("The mail to {} {what}. The mail server says:\n\n{}", entry.address, words(entry).1);
    let body = body.chars().take(BODY).collect::<String>().trim().to_owned();
    join(tx, ctx, &ticket, entry, (EntryKind::Note, body), moves)
}

/// Makes a ticket of an entry whose conversation has none; its customer is locked.
///
/// # Errors
/// As [`follow`].
pub(crate) fn opened(tx: &mut Tx, ctx: &Ctx, entry: &Entry) -> Result<()> {
    if of_conversation(tx, ctx, &entry.conversation)?.is_some() {
        return Ok(());
    }
    tx.next_verb();
    unless_gone(make(tx, ctx, entry).map(drop))
}

fn join(tx: &mut Tx, ctx: &Ctx, ticket: &TicketId, entry: &Entry, (kind, body): (EntryKind, String), moves: Moves) -> Result<()> {
    tx.next_verb();
    let body = if body.is_empty() { "(without words)".to_owned() } else { body };
    unless_gone(say::told(tx, ctx, ticket, &NewEntry { kind, body, status: None }, Some(&entry.id), moves).map(drop))
}

fn unless_gone(done: Result<()>) -> Result<()> {
    match done {
        // Both are found out before anything is written.
        Err(Error::Conflict { code: "customer_inactive" | "customer_gone", .. }) => Ok(()),
        other => other,
    }
}

/// A conversation was given to a customer: its ticket too, unless the customer is archived.
pub(crate) fn linked(tx: &mut Tx, ctx: &Ctx, conversation: &ConversationId, customer: &CustomerId) -> Result<()> {
    let Some(ticket) = of_conversation(tx, ctx, conversation)? else { return Ok(()) };
    tx.next_verb();
    match edit::edit(tx, ctx, &ticket, &Edit { customer: Some(customer.clone()), ..Edit::default() }) {
        Err(Error::Conflict { code: "customer_inactive" | "customer_gone", .. }) => Ok(()),
        other => other,
    }
}

fn of_conversation(tx: &mut Tx, ctx: &Ctx, conversation: &ConversationId) -> Result<Option<TicketId>> {
    Ok(tx.opt(&queries::OF_CONVERSATION, &[&ctx.merchant, conversation], |r| r.get(0))?)
}

fn make(tx: &mut Tx, ctx: &Ctx, entry: &Entry) -> Result<TicketId> {
    let title = match entry.subject.trim() {
        "" => format!("{} with {}", entry.kind.label(), if entry.address.is_empty() { &entry.author } else { &entry.address }),
        subject => subject.to_owned(),
    };
    let new = NewTicket {
        customer: entry.customer.clone(),
        subject: title.chars().filter(|c| !c.is_control()).take(SUBJECT).collect(),
        priority: Priority::Normal,
        assignee: None,
        tags: Vec::new(),
        first: words(entry),
    };
    let made = create::create(tx, ctx, &new)?;
    tx.exec(&queries::SET_CONVERSATION, &[&ctx.merchant, &made, &entry.conversation])?;
    tx.exec(&queries::FIRST_IS, &[&ctx.merchant, &made, &entry.id])?;
    Ok(made)
}

/// Who speaks to whom in the thread, and the words as far as an entry of it takes them.
fn words(entry: &Entry) -> (EntryKind, String) {
    let kind = if entry.direction == Direction::In { EntryKind::Message } else { EntryKind::Answer };
    (kind, entry.body.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(BODY).collect::<String>().trim().to_owned())
}
