//! Mailboxes that are looked into by IMAP (SPEC 7.1): whose, where, with a sealed password, and how far they were read.
//!
//! How far a mailbox was read (UIDVALIDITY and the last UID) is written in the transaction that files the mail, so that each is filed once wherever
//! the process dies. Nothing here talks to the network; the server does, with [`Opened`].

mod edit;
pub mod queries;
mod run;

pub use edit::{MailboxInput, create, disable, edit, look_now};
pub use run::{Claimed, Opened, claim, done, fresh, opened, took};

use store::{Row, Tx};

use crate::kit::{Ctx, Error, MailboxId, Micros, Result, Right, words};

words! {
    /// How private the line is.
    pub enum Security {
        /// TLS from the first byte, port 993.
        Tls = "tls", "TLS";
        /// None; only to this machine.
        Plain = "plain", "None (this machine only)";
    }
}

/// A mailbox as pages show it; its password is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Its id.
    pub id: MailboxId,
    /// The address people write to.
    pub address: String,
    /// The server.
    pub host: String,
    /// Its port.
    pub port: i64,
    /// How private the line is.
    pub security: Security,
    /// Who signs in.
    pub username: String,
    /// The folder that is looked into.
    pub folder: String,
    /// New mail opens a ticket.
    pub makes_tickets: bool,
    /// When it was set up.
    pub created_at: Micros,
    /// When it was switched off.
    pub disabled_at: Option<Micros>,
    /// When it was last looked into.
    pub checked_at: Option<Micros>,
    /// What went wrong then; empty when nothing.
    pub error: String,
}

/// All of them, by address; those that are switched off too.
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Mailbox>> {
    ctx.must(Right::Settings)?;
    Ok(tx.rows(&queries::LIST, &[&ctx.merchant], read)?)
}

/// One.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &MailboxId) -> Result<Mailbox> {
    ctx.must(Right::Settings)?;
    tx.opt(&queries::FIND, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("mailbox"))
}

fn read(r: &Row<'_>) -> std::result::Result<Mailbox, store::Error> {
    Ok(Mailbox {
        id: r.get(0)?,
        address: r.get(1)?,
        host: r.get(2)?,
        port: r.get(3)?,
        security: r.get(4)?,
        username: r.get(5)?,
        folder: r.get(6)?,
        created_at: r.get(7)?,
        disabled_at: r.get(8)?,
        checked_at: r.get(9)?,
        error: r.get(10)?,
        makes_tickets: r.get(15)?,
    })
}
