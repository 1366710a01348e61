//! Setting a mailbox up, changing it, switching it off.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::{Mailbox, Security, queries};
use crate::events::Event;
use crate::kit::{Ctx, Email, MailboxId, Problems, Result, Right, clean};
use crate::merchants;
use crate::providers::{Vault, seal_name};

/// A mailbox as it is typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailboxInput {
    /// The address people write to.
    pub address: String,
    /// The server: `imap.example.com`.
    pub host: String,
    /// Its port; 993 with TLS.
    pub port: i64,
    /// How private the line is.
    pub security: Security,
    /// Who signs in.
    pub username: String,
    /// With which password; blank keeps the one that is there.
    #[serde(default)]
    pub password: String,
    /// The folder; blank is `INBOX`.
    #[serde(default)]
    pub folder: String,
    /// New mail that belongs to no conversation opens a ticket.
    #[serde(default)]
    pub makes_tickets: bool,
}

/// A password is not printed.
impl std::fmt::Debug for MailboxInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailboxInput").field("address", &self.address).field("host", &self.host).finish_non_exhaustive()
    }
}

/// Under this name a password is sealed: a row copied to another merchant opens nothing.
pub(super) fn owner(ctx: &Ctx, id: &MailboxId) -> String {
    seal_name(&ctx.merchant, id)
}

/// Sets one up: mail that comes from this day on is taken in. Needs [`Right::Settings`].
///
/// # Errors
/// Field errors; also for a merchant of the demo, which never calls a network.
pub fn create(tx: &mut Tx, ctx: &Ctx, vault: &Vault, input: &MailboxInput) -> Result<MailboxId> {
    ctx.must(Right::Settings)?;
    let id: MailboxId = ctx.id();
    let (input, key) = checked(tx, ctx, &id, input, true)?;
    let sealed = vault.seal(&owner(ctx, &id), &input.password)?;
    tx.exec(
        &queries::INSERT,
        &[
            &ctx.merchant,
            &id,
            &input.address,
            &key,
            &input.host,
            &input.port,
            &input.security,
            &input.username,
            &sealed,
            &input.folder,
            &ctx.now,
            &input.makes_tickets,
        ],
    )?;
    Event::new("mailbox.set_up").on("mailbox", id.as_str()).record(tx, ctx)?;
    Ok(id)
}

/// Changes one; one that was switched off is looked into again, and needs its password anew. Needs [`Right::Settings`].
///
/// # Errors
/// As [`create`]; [`crate::Error::NotFound`].
pub fn edit(tx: &mut Tx, ctx: &Ctx, vault: &Vault, id: &MailboxId, input: &MailboxInput) -> Result<()> {
    let old: Mailbox = super::get(tx, ctx, id)?;
    let had: String = tx.one(&queries::FIND, &[&ctx.merchant, id], |r| r.get(11))?;
    let (input, key) = checked(tx, ctx, id, input, had.is_empty())?;
    let sealed = if input.password.is_empty() { had } else { vault.seal(&owner(ctx, id), &input.password)? };
    tx.exec(
        &queries::UPDATE,
        &[
            &ctx.merchant,
            id,
            &input.address,
            &key,
            &input.host,
            &input.port,
            &input.security,
            &input.username,
            &sealed,
            &input.folder,
            &ctx.now,
            &input.makes_tickets,
        ],
    )?;
    if (&old.host, &old.username, &old.folder) != (&input.host, &input.username, &input.folder) {
        tx.exec(&queries::BEGIN_ANEW, &[&ctx.merchant, id, &ctx.now])?;
    }
    Event::new("mailbox.edited").on("mailbox", id.as_str()).record(tx, ctx)?;
    Ok(())
}

/// Switches one off and forgets its password. What it brought stays. Needs [`Right::Settings`].
///
/// # Errors
/// [`crate::Error::NotFound`].
pub fn disable(tx: &mut Tx, ctx: &Ctx, id: &MailboxId) -> Result<()> {
    super::get(tx, ctx, id)?;
    if tx.exec(&queries::DISABLE, &[&ctx.merchant, id, &ctx.now])? > 0 {
        Event::new("mailbox.switched_off").on("mailbox", id.as_str()).record(tx, ctx)?;
    }
    Ok(())
}

/// Looks into it as soon as a worker is free. Needs [`Right::Settings`].
///
/// # Errors
/// [`crate::Error::NotFound`].
pub fn look_now(tx: &mut Tx, ctx: &Ctx, id: &MailboxId) -> Result<()> {
    super::get(tx, ctx, id)?;
    tx.exec(&queries::LOOK_NOW, &[&ctx.merchant, id, &ctx.now])?;
    Ok(())
}

fn checked(tx: &mut Tx, ctx: &Ctx, id: &MailboxId, input: &MailboxInput, needs_password: bool) -> Result<(MailboxInput, String)> {
    if merchants::settings(tx, ctx)?.demo {
        return Err(Problems::one("host", "invalid", "This is a demo: it never calls a network, and so reads no mailbox."));
    }
    let mut p = Problems::default();
    let address = Email::parse(&input.address);
    if address.is_none() {
        p.add("address", "invalid", "Give the address people write to.");
    }
    let host = clean(&mut p, "host", &input.host, 200).to_lowercase();
    if host.is_empty() || !host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b)) {
        p.add("host", "invalid", "Give the name of the server, such as imap.example.com.");
    }
    if !(1..=65_535).contains(&input.port) {
        p.add("port", "invalid", "Use a port from 1 to 65535.");
    }
    if input.security == Security::Plain && !["localhost", "127.0.0.1", "::1"].contains(&host.as_str()) {
        p.add("security", "invalid", "Without TLS the password could be read on the way. Only a server on this machine may do without.");
    }
    let username = line(&mut p, "username", &input.username, "Give the name to sign in with.");
    let folder = if input.folder.trim().is_empty() { "INBOX".to_owned() } else { line(&mut p, "folder", &input.folder, "Give a folder.") };
    if input.password.is_empty() && needs_password {
        p.add("password", "required", "Give the password.");
    }
    if input.password.chars().any(char::is_control) || input.password.len() > 500 {
        p.add("password", "invalid", "Use a password of one line.");
    }
    let address = address.unwrap_or(Email { typed: String::new(), key: String::new() });
    if !address.key.is_empty() && tx.opt(&queries::TAKEN, &[&ctx.merchant, &address.key, id], |_| Ok(()))?.is_some() {
        p.add("address", "taken", "Another mailbox has this address.");
    }
    p.check()?;
    Ok((MailboxInput { address: address.typed, host, username, folder, ..input.clone() }, address.key))
}

fn line(p: &mut Problems, field: &str, text: &str, empty: &str) -> String {
    let text = clean(p, field, text, 200);
    if text.is_empty() {
        p.add(field, "required", empty);
    } else if text.chars().any(char::is_control) {
        p.add(field, "invalid", "Use one line.");
    }
    text
}
