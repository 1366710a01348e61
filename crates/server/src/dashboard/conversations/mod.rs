//! What was said and what waits: the inbox, a conversation, what came as HTML or as a file, and writing (SPEC 2.11, 7). The stream of a customer is a
//! topic of its page.

mod bounces;
mod chat;
mod drafts;
mod entry;
mod inbox;
mod page;
mod shown;
mod write;

use domain::kit::Right;

pub use drafts::DraftLine;
pub use entry::download;
pub use shown::{MayDo, Said, again, became, said, size};

use crate::http::{Policy, Routes};

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Write));
    routes
        .get("/inbox", read, inbox::page)
        .get("/conversations/{id}", read, page::page)
        .post("/conversations/{id}/close", write, page::close)
        .post("/conversations/{id}/open", write, page::open)
        .post("/conversations/{id}/messages", write, chat::say)
        .post("/conversations/{id}/customer", write, page::link)
        .post("/conversations/{id}/customer/new", write, page::make)
        .get("/customers/{id}/mails/new", write, write::compose_page)
        .post("/customers/{id}/mails/new", write, write::compose)
        .get("/entries/{id}/reply", write, write::reply_page)
        .post("/entries/{id}/reply", write, write::reply)
        .post("/entries/{id}/retry", write, write::retry)
        .post("/entries/{id}/ticket", write, write::ticket)
        .get("/drafts", write, drafts::page)
        .post("/drafts/{id}/delete", write, drafts::delete)
        .post("/bounces/clear", write, bounces::clear)
        .get("/entries/{id}/text", read, entry::text)
        .get("/entries/{id}/html", read, entry::html)
        .get("/entries/{id}/files/{file}", read, entry::file)
}
