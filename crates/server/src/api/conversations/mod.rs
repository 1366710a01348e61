//! What was said: a customer's stream, the inbox, writing and answering, mail handed in, chats, calls, mailboxes, drafts and signatures (SPEC 2.11, 7.1, 7.2).

mod body;
mod drafts;
mod hand_in;
mod mailboxes;
mod phones;
mod read;
mod records;
mod signing;
mod talk;
mod write;

pub(super) use body::EntrySending;

use crate::http::Routes;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let routes = drafts::routes(signing::routes(records::routes(phones::routes(routes))));
    mailboxes::routes(talk::routes(hand_in::routes(write::routes(read::routes(routes)))))
}
