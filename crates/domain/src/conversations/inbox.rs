//! What waits: mail, chats and calls of people nobody knows yet, and customers whose last word nobody answered.

use store::Tx;

use super::{Conversation, State, queries, read};
use crate::customers::{self, CustomerEdit, NewCustomer, Rules, state, survivor};
use crate::events::Event;
use crate::kit::{ConversationId, Ctx, CustomerId, Email, Error, PageKey, Result, Right, words};
use crate::tickets;

words! {
    /// Which part of the inbox.
    pub enum Inbox {
        /// From somebody unknown.
        Unknown = "unknown", "Unknown senders";
        /// From customers, unanswered.
        Waiting = "waiting", "To answer";
        /// From somebody unknown, put aside.
        Aside = "aside", "Put aside";
    }
}

/// A part of the inbox, the newest word first: at most `limit` behind `after`.
pub fn inbox(tx: &mut Tx, ctx: &Ctx, which: Inbox, after: &PageKey, limit: i64) -> Result<Vec<Conversation>> {
    ctx.must(Right::Read)?;
    let state = if which == Inbox::Aside { State::Closed } else { State::Open };
    Ok(match which {
        Inbox::Waiting => tx.rows(&queries::TO_ANSWER, &[&ctx.merchant, &after.at, &after.id, &limit], read::conversation)?,
        Inbox::Unknown | Inbox::Aside => {
            tx.rows(&queries::UNKNOWN, &[&ctx.merchant, &state, &after.at, &after.id, &limit], read::conversation)?
        }
    })
}

/// How many wait: of unknown people, and of customers.
pub fn waiting(tx: &mut Tx, ctx: &Ctx) -> Result<(i64, i64)> {
    ctx.must(Right::Read)?;
    let unknown = tx.one(&queries::COUNT_UNKNOWN, &[&ctx.merchant], |r| r.get(0))?;
    Ok((unknown, tx.one(&queries::COUNT_TO_ANSWER, &[&ctx.merchant], |r| r.get(0))?))
}

/// Says whose a conversation is. All that nobody was said for from the same address goes with it, and a mail address that the customer does not have
/// yet becomes a further one, so that the next mail finds it. Needs [`Right::Write`].
///
/// # Errors
/// `Conflict` (`linked`) when it is somebody's already, `customer_deleted` for a customer that is gone; [`Error::NotFound`].
pub fn link(tx: &mut Tx, ctx: &Ctx, conversation: &ConversationId, customer: &CustomerId) -> Result<CustomerId> {
    ctx.must(Right::Write)?;
    let customer = survivor(tx, ctx, customer)?;
    state::locked(tx, ctx, &customer)?.ensure_here()?;
    let found = nobodys(tx, ctx, conversation)?;
    let address = Email::parse(&found.address);
    let mut all = vec![conversation.clone()];
    if let Some(address) = &address {
        all.extend(tx.rows(&queries::SAME_SENDER, &[&ctx.merchant, &address.key], |r| r.get::<ConversationId>(0))?);
        let has = customers::get(tx, ctx, &customer)?;
        let known = std::iter::once(&has.email).chain(has.emails.iter().map(|e| &e.value)).any(|e| crate::kit::email_key(e) == address.key);
        if !known {
            let further = has.emails.iter().map(|e| e.value.clone()).chain([address.typed.clone()]).collect();
            customers::edit(tx, ctx, &customer, CustomerEdit { emails: Some(further), ..CustomerEdit::default() })?;
        }
    }
    all.sort();
    all.dedup();
    for one in &all {
        if tx.exec(&queries::GIVE, &[&ctx.merchant, one, &customer])? > 0 {
            tx.exec(&queries::GIVE_ENTRIES, &[&ctx.merchant, one, &customer])?;
            tickets::linked(tx, ctx, one, &customer)?;
        } else if one == conversation {
            return Err(taken());
        }
    }
    Event::new("conversation.linked").of(&customer).on("conversation", conversation.as_str()).record(tx, ctx)?;
    Ok(customer)
}

/// Who is made of an unknown sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newcomer {
    /// Name; empty takes the one the mail came with.
    pub name: String,
    /// E-mail address; empty takes the one the mail came from.
    pub email: String,
}

/// Makes a customer of who wrote and gives it the conversation. Needs [`Right::Write`].
///
/// # Errors
/// As `customers::create`, and as [`link`].
pub fn make(tx: &mut Tx, ctx: &Ctx, conversation: &ConversationId, newcomer: &Newcomer) -> Result<CustomerId> {
    ctx.must(Right::Write)?;
    let found = nobodys(tx, ctx, conversation)?;
    let or = |given: &str, had: &str| if given.trim().is_empty() { had.to_owned() } else { given.to_owned() };
    let had = Email::parse(&found.address).map(|e| e.typed);
    let phone = if had.is_none() && !found.address.contains('@') { found.address.clone() } else { String::new() };
    let new = NewCustomer {
        name: or(&newcomer.name, &found.name),
        email: or(&newcomer.email, &had.unwrap_or_default()),
        phone,
        ..NewCustomer::default()
    };
    let made = customers::create(tx, ctx, new, Rules::Normal)?.id;
    tx.next_verb();
    link(tx, ctx, conversation, &made)
}

fn nobodys(tx: &mut Tx, ctx: &Ctx, id: &ConversationId) -> Result<Conversation> {
    let found = read::conversation_of(tx, ctx, id)?;
    if found.customer.is_some() { Err(taken()) } else { Ok(found) }
}

fn taken() -> Error {
    Error::conflict("linked", "This conversation belongs to a customer already.")
}

/// Nobody needs to answer any more; of an unknown sender it is put aside. The next word opens it again. Needs [`Right::Write`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn close(tx: &mut Tx, ctx: &Ctx, id: &ConversationId) -> Result<()> {
    turn(tx, ctx, id, State::Closed, "conversation.closed")
}

/// It is talked about again. Needs [`Right::Write`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn reopen(tx: &mut Tx, ctx: &Ctx, id: &ConversationId) -> Result<()> {
    turn(tx, ctx, id, State::Open, "conversation.reopened")
}

fn turn(tx: &mut Tx, ctx: &Ctx, id: &ConversationId, to: State, kind: &'static str) -> Result<()> {
    ctx.must(Right::Write)?;
    let found = read::locked(tx, ctx, id)?;
    if tx.exec(&queries::SET_STATE, &[&ctx.merchant, id, &to])? > 0 {
        Event::new(kind).of_opt(found.customer.as_ref()).on("conversation", id.as_str()).record(tx, ctx)?;
    }
    Ok(())
}
