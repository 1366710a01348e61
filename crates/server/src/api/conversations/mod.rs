//! What was said: a customer's stream, the inbox, writing and answering, mail handed in, chats, calls, mailboxes (SPEC 2.11, 7.1, 7.2).

mod body;
mod dkim;
mod hand_in;
mod mailboxes;
mod phones;
mod read;
mod talk;
mod write;

use crate::http::Routes;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    dkim::routes(phones::routes(mailboxes::routes(talk::routes(hand_in::routes(write::routes(read::routes(routes)))))))
}
