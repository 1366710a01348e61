//! What conversations must do and must never do, on both engines.

mod answers;
mod arrive;
mod bounces;
mod corpus;
mod drafts;
mod hostile;
mod house;
mod machines;
mod mailbox;
mod parties;
mod service;
mod speed;
mod telephony;

use super::*;
use crate::kit::{CustomerId, MailId, PageKey, Result};
use crate::orders::desk::Desk;

/// A plain mail.
pub(super) fn plain(from: &str, subject: &str, id: &str, more: &str) -> Vec<u8> {
    format!("From: {from}\r\nTo: desk@shop.example\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n{more}\r\nHello there,\r\nwhere is my order?\r\n").into_bytes()
}

impl Desk {
    pub(super) fn file(&self, raw: &[u8]) -> Result<Filed> {
        let mail = parse(raw);
        self.write(move |tx, ctx| receive(tx, ctx, &mail, Arrival::default()))
    }

    /// The stream, oldest first.
    pub(super) fn stream(&self, customer: &CustomerId, asked: Asked) -> Vec<Entry> {
        let id = customer.clone();
        let mut all = self.read(move |tx, ctx| stream(tx, ctx, &id, &asked, &PageKey::newest(), 100)).unwrap();
        all.reverse();
        all
    }

    pub(super) fn part(&self, which: Inbox) -> Vec<Conversation> {
        self.read(move |tx, ctx| inbox(tx, ctx, which, &PageKey::newest(), 100)).unwrap()
    }

    pub(super) fn answer(&self, entry: &EntryId, body: &str) -> Result<EntryId> {
        let (entry, draft) = (entry.clone(), Draft { body: body.to_owned(), ..Draft::default() });
        self.write(move |tx, ctx| reply(tx, ctx, &entry, &draft))
    }

    pub(super) fn write_to(&self, customer: &CustomerId, draft: Draft) -> Result<EntryId> {
        let customer = customer.clone();
        self.write(move |tx, ctx| compose(tx, ctx, &customer, &draft))
    }

    /// The outbox's mail behind an entry.
    pub(super) fn mail_of(&self, id: &EntryId) -> MailId {
        let id = id.clone();
        self.read(move |tx, ctx| entry(tx, ctx, &id)).unwrap().sending.unwrap().id
    }
}

store::db_test! {
    crate::migrations();

    fn every_statement_is_understood(db) {
        for statement in queries::ALL.iter().chain(mailboxes::queries::ALL).chain(phones::queries::ALL) {
            db.prepare(statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
        }
    }
}
