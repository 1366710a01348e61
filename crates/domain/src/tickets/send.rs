//! An answer that goes to the customer: in the conversation the ticket is about, else by a new mail, to which the ticket belongs from then on, so that a
//! reply opens it again. It stands in the thread once, with what became of it.

use store::Tx;

use super::say::{self, BODY, Moves, NewEntry};
use super::{EntryKind, Status, Ticket, queries, read};
use crate::conversations::{self, Draft, OfTicket};
use crate::customers;
use crate::kit::{ConversationId, Ctx, EntryId, Error, Problems, Result, Right, TicketEntryId, TicketId, clean};
use crate::payments::must_exist;

/// An answer about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The words; needed.
    pub body: String,
    /// Where the ticket stands afterwards; absent: an open one waits for the customer.
    pub status: Option<Status>,
}

/// How the customer of a ticket hears an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a mail that answers this one, to this address.
    Reply(EntryId, String),
    /// By a message in the chat.
    Chat(ConversationId),
    /// By a new mail to this address.
    Mail(String),
    /// Not at all: a code, and what to do about it.
    Not(&'static str, &'static str),
}

/// How the customer of this ticket would be answered. Needs [`Right::Read`].
///
/// # Errors
/// `Forbidden`; `NotFound` when its customer is no longer there.
pub fn way(tx: &mut Tx, ctx: &Ctx, ticket: &Ticket) -> Result<Way> {
    ctx.must(Right::Read)?;
    find_way(tx, ctx, ticket)
}

fn find_way(tx: &mut Tx, ctx: &Ctx, ticket: &Ticket) -> Result<Way> {
    let Some(customer) = &ticket.customer else {
        return Ok(Way::Not("no_customer", "Nobody is linked to this ticket, so nothing can be sent. Link it to a customer first."));
    };
    if let Some(conversation) = &ticket.conversation {
        match conversations::of_ticket(tx, ctx, conversation, customer)? {
            OfTicket::Answer(entry, address) => return Ok(Way::Reply(entry, address)),
            OfTicket::Message => return Ok(Way::Chat(conversation.clone())),
            OfTicket::Nothing => {}
        }
    }
    let found = customers::get(tx, ctx, customer)?;
    if !found.is_active() {
        return Ok(Way::Not("customer_inactive", "This customer is archived or gone, and is not written to."));
    }
    Ok(match conversations::recipients(&found).into_iter().next() {
        Some(address) => Way::Mail(address),
        None => Way::Not("no_address", "This customer has no e-mail address, so nothing can be sent. Add one first."),
    })
}

/// Sends it and writes it down, in one transaction. Needs [`Right::Write`].
///
/// # Errors
/// `Invalid` on `body`; `Conflict` where it cannot be sent: `no_customer`, `customer_inactive`, `no_address`, `customer_gone`.
pub fn send(tx: &mut Tx, ctx: &Ctx, id: &TicketId, letter: &Letter) -> Result<TicketEntryId> {
    ctx.must(Right::Write)?;
    let mut ticket = read::find_locked(tx, ctx, id, None)?;
    if let Some(customer) = &ticket.customer {
        must_exist(tx, ctx, customer)?;
    }
    let mut problems = Problems::default();
    let body = clean(&mut problems, "body", &letter.body, BODY);
    if body.is_empty() {
        problems.add("body", "required", "Write something first.");
    }
    problems.check()?;
    let way = find_way(tx, ctx, &ticket)?;
    // The customer is locked already: what speaks to them locks nothing new.
    tx.next_verb();
    let said = match (&way, ticket.customer.clone()) {
        (Way::Reply(entry, _), _) => conversations::answer(tx, ctx, entry, &Draft { body: body.clone(), ..Draft::default() })?,
        (Way::Chat(chat), _) => conversations::message(tx, ctx, chat, &body)?,
        (Way::Mail(to), Some(customer)) => {
            let subject = format!("{} [{}]", ticket.subject, ticket.number);
            let draft = Draft { to: to.clone(), subject, body: body.clone(), ..Draft::default() };
            let (entry, conversation) = conversations::begin(tx, ctx, &customer, &draft)?;
            tx.exec(&queries::SET_CONVERSATION, &[&ctx.merchant, id, &conversation])?;
            ticket.conversation = Some(conversation);
            entry
        }
        (Way::Not(code, words), _) => return Err(Error::conflict(code, *words)),
        (Way::Mail(_), None) => return Err(Error::NotFound("customer")),
    };
    let new = NewEntry { kind: EntryKind::Answer, body, status: letter.status };
    say::add(tx, ctx, ticket, &new, Some(&said), Moves::AsSaid)
}
