//! What a ticket says to its customer, without what the ticket writes down itself: each is the act behind the verb of the same kind.

use store::Tx;

use super::{ConversationId, CustomerId, Direction, EntryId, Kind, MessageInput, chats, queries, read};
use crate::kit::{Ctx, Result};

/// How a conversation goes on with its customer.
pub(crate) enum OfTicket {
    /// By an answer to this mail, which goes to this address.
    Answer(EntryId, String),
    /// By a message.
    Message,
    /// Not: it is a call, nobody can be answered, or it is of somebody else.
    Nothing,
}

/// How this conversation goes on with this customer: the newest mail of theirs is answered, else the newest of ours.
pub(crate) fn of_ticket(tx: &mut Tx, ctx: &Ctx, id: &ConversationId, customer: &CustomerId) -> Result<OfTicket> {
    let found = read::conversation_of(tx, ctx, id)?;
    if found.customer.as_ref() != Some(customer) {
        return Ok(OfTicket::Nothing);
    }
    Ok(match found.kind {
        Kind::Chat => OfTicket::Message,
        Kind::Call => OfTicket::Nothing,
        Kind::Mail => match tx.opt(&queries::LAST_MAIL, &[&ctx.merchant, id], |r| r.get::<EntryId>(0))? {
            Some(entry) => {
                let entry = read::find(tx, ctx, &entry)?;
                if entry.is_answerable() { OfTicket::Answer(entry.id, entry.address) } else { OfTicket::Nothing }
            }
            None => OfTicket::Nothing,
        },
    })
}

/// A message of the house in a chat.
pub(crate) fn message(tx: &mut Tx, ctx: &Ctx, chat: &ConversationId, body: &str) -> Result<EntryId> {
    let input = MessageInput { direction: Direction::Out, author: String::new(), body: body.to_owned(), at: None };
    chats::add(tx, ctx, chat, &input)
}
