//! Chats, as a program tells them (SPEC 7.2): opened, messages one by one, closed.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::put::{self, Line, Opening};
use super::{Direction, Kind, queries, read};
use crate::customers::{self, state, survivor};
use crate::events::Event;
use crate::kit::{ConversationId, Ctx, CustomerId, Email, EntryId, Error, Micros, Problems, Result, Right, clean, email_key};
use crate::tickets;

/// A chat that begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChatInput {
    /// Whose, when that is known.
    pub customer: Option<CustomerId>,
    /// The other side's e-mail address; by it the customer is found when none is named.
    pub email: String,
    /// The other side's name.
    pub name: String,
    /// What about.
    pub subject: String,
}

/// A message of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageInput {
    /// Who said it.
    pub direction: Direction,
    /// The name of who said it.
    #[serde(default)]
    pub author: String,
    /// What was said.
    pub body: String,
    /// When; absent is now. Microseconds UTC.
    #[serde(default)]
    pub at: Option<Micros>,
}

/// Opens a chat. Nobody's waits in the inbox. Needs [`Right::Write`].
///
/// # Errors
/// Field errors; [`Error::NotFound`] for a customer that is not there; `Conflict` (`customer_deleted`) for one that is gone.
pub fn open_chat(tx: &mut Tx, ctx: &Ctx, input: &ChatInput) -> Result<ConversationId> {
    ctx.must(Right::Write)?;
    let mut problems = Problems::default();
    let (name, subject) = (clean(&mut problems, "name", &input.name, 200), clean(&mut problems, "subject", &input.subject, 250));
    if !input.email.trim().is_empty() && Email::parse(&input.email).is_none() {
        problems.add("email", "invalid", "This is no e-mail address.");
    }
    problems.check()?;
    let customer = match &input.customer {
        Some(customer) => Some(survivor(tx, ctx, customer)?),
        None => customers::find_by_email(tx, ctx, &input.email)?,
    };
    if let Some(customer) = &customer {
        state::locked(tx, ctx, customer)?.ensure_here()?;
    }
    let (address, key) = (input.email.trim(), email_key(&input.email));
    let opening = Opening {
        kind: Kind::Chat,
        customer: customer.as_ref(),
        mailbox: None,
        name: &name,
        address,
        address_key: &key,
        subject: &subject,
    };
    let id = put::open(tx, ctx, &opening, ctx.now)?;
    Event::new("chat.opened").of_opt(customer.as_ref()).on("conversation", id.as_str()).record(tx, ctx)?;
    Ok(id)
}

/// Adds a message: what the other side said, or what the house answers, from a page as from a program. A closed chat is open again, and the ticket of the
/// chat gets the words too. Needs [`Right::Write`].
///
/// # Errors
/// Field errors for `body`, `author`, `at`; `Conflict` (`not_chat`), `customer_deleted`.
pub fn say(tx: &mut Tx, ctx: &Ctx, chat: &ConversationId, input: &MessageInput) -> Result<EntryId> {
    let entry = add(tx, ctx, chat, input)?;
    let written = read::find(tx, ctx, &entry)?;
    tickets::follow(tx, ctx, &written, false)?;
    Ok(entry)
}

/// The message itself, without what stands in a ticket. Needs [`Right::Write`].
pub(super) fn add(tx: &mut Tx, ctx: &Ctx, chat: &ConversationId, input: &MessageInput) -> Result<EntryId> {
    ctx.must(Right::Write)?;
    let found = read::locked(tx, ctx, chat)?;
    if found.kind != Kind::Chat {
        return Err(Error::conflict("not_chat", "Messages are added to chats. A mail is answered with a mail."));
    }
    let mut problems = Problems::default();
    let (body, author) = (clean(&mut problems, "body", &input.body, 20_000), clean(&mut problems, "author", &input.author, 200));
    if body.is_empty() {
        problems.add("body", "required", "Write something.");
    }
    if input.at.is_some_and(|at| at > ctx.now || at < 0) {
        problems.add("at", "invalid", "Use a moment that is over.");
    }
    problems.check()?;
    let author = match (author.is_empty(), input.direction) {
        (false, _) => author,
        (true, Direction::In) => found.name.clone(),
        (true, Direction::Out) => ctx.actor.name.clone(),
    };
    let line = Line {
        at: input.at.unwrap_or(ctx.now),
        author: &author,
        address: &found.address,
        subject: &found.subject,
        body: &body,
        ..Line::default()
    };
    let waits = input.direction == Direction::In;
    let entry = put::entry(tx, ctx, (chat, found.customer.as_ref()), (Kind::Chat, input.direction), &line, waits)?;
    Event::new("chat.message")
        .of_opt(found.customer.as_ref())
        .on("conversation", chat.as_str())
        .data(serde_json::json!({ "direction": input.direction, "entry": entry }))
        .record(tx, ctx)?;
    Ok(entry)
}

/// The subject of the one chat in which a customer writes from the portal.
const PORTAL: &str = "Portal";

/// Adds what a customer wrote in the portal (SPEC 12.2) to their chat there, which is opened with the first message. Needs [`Right::Write`].
///
/// # Errors
/// As [`say`].
pub(crate) fn from_portal(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, name: &str, body: &str) -> Result<EntryId> {
    ctx.must(Right::Write)?;
    let key = put::subject_key(PORTAL);
    let chat = match tx.opt(&queries::CHAT_BY_SUBJECT, &[&ctx.merchant, customer, &key], |r| r.get(0))? {
        Some(chat) => chat,
        None => {
            let name: String = name.chars().take(200).collect();
            let input = ChatInput { customer: Some(customer.clone()), name, subject: PORTAL.to_owned(), ..ChatInput::default() };
            open_chat(tx, ctx, &input)?
        }
    };
    say(tx, ctx, &chat, &MessageInput { direction: Direction::In, author: String::new(), body: body.to_owned(), at: None })
}
