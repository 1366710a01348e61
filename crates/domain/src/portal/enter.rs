//! Coming in: with a password, in three steps because hashing must not hold a transaction ([`attempt`], [`Credentials::verify`], [`succeed`]), or by a
//! link ([`ask_link`], [`by_link`]). A try is counted before it is looked at, and nothing here tells whether an address is known.

use store::Tx;

use super::visitor::ctx_of;
use super::{LinkKind, Opened, Portal, Visitor, letters, link, queries, sessions};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, Micros, Result, Rights, email_key, locks, secret_hash};
use crate::staff::Moment;
use crate::staff::password::{Hashed, fits};
use crate::staff::sessions::Device;
use crate::staff::sign_in::{forgiven, slowed};

/// Tries with a password on one address from one network address; on one address; from one network address.
const TRIES: [i64; 3] = [10, 50, 100];
/// Links that are asked for in the same three ways.
const LINKS: [i64; 3] = [5, 10, 60];

/// What a try gives.
#[derive(Debug)]
pub enum Attempt {
    /// Check the password now.
    Check(Credentials),
    /// Too many tries: refused until this moment, whatever the password is.
    Wait(Micros),
}

/// Whose password to check; unknown people have one that never fits.
#[derive(Debug)]
pub struct Credentials {
    who: Option<(CustomerId, Hashed)>,
}

impl Credentials {
    /// The customer, when the password fits. Slow; takes the same time when there is nobody, or nobody with a password.
    pub fn verify(&self, password: &str) -> Option<CustomerId> {
        let fits = fits(password, self.who.as_ref().map(|(_, hashed)| hashed));
        self.who.as_ref().filter(|_| fits).map(|(id, _)| id.clone())
    }
}

/// What opens a link, beside its secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The last part of the link.
    pub link: String,
    /// A password to be set with it.
    pub password: Option<Hashed>,
}

/// What a try is counted under, each with its limit. A browser that this customer came in with before has a count of its own: strangers who guess do not
/// lock them out.
fn keys(portal: &Portal, door: &str, mail: &str, device: &Device, limits: [i64; 3]) -> Vec<(String, i64)> {
    let of = |what: String, n: usize| (secret_hash(&format!("portal {door} {} {what}", portal.merchant)), limits[n]);
    match (&device.known, &device.address) {
        (Some(mark), _) => vec![of(format!("known {mail} {mark}"), 0)],
        (None, address) => vec![of(format!("pair {mail} {address}"), 0), of(format!("from {address}"), 2), of(format!("mail {mail}"), 1)],
    }
}

fn who(tx: &mut Tx, portal: &Portal, mail: &str) -> Result<Option<(CustomerId, String, String)>> {
    Ok(tx.opt(&queries::BY_EMAIL, &[&portal.merchant, &mail], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?)
}

/// Counts a try of this address from this browser and network address and fetches what to check it against. `device.known`: what [`super::marked`] gave.
pub fn attempt(tx: &mut Tx, portal: &Portal, moment: &Moment, email: &str, device: &Device) -> Result<Attempt> {
    let mail = email_key(email);
    if let Some(until) = slowed(tx, moment.now, &keys(portal, "try", &mail, device, TRIES))? {
        return Ok(Attempt::Wait(until));
    }
    let found = who(tx, portal, &mail)?.filter(|(_, hash, _)| !hash.is_empty());
    Ok(Attempt::Check(Credentials { who: found.map(|(id, hash, _)| (id, Hashed::from_db(hash))) }))
}

/// Opens the session of a customer whose password was verified.
///
/// # Errors
/// `NotFound` when their portal was closed meanwhile.
pub fn succeed(tx: &mut Tx, portal: &Portal, moment: &Moment, customer: &CustomerId, email: &str, device: &Device) -> Result<Opened> {
    if let Some((own, _)) = keys(portal, "try", &email_key(email), device, TRIES).first() {
        forgiven(tx, moment.now, own)?;
    }
    let ctx = ctx_of(portal, customer, moment, Rights::NONE);
    locks::customers(tx, &ctx, &[customer])?;
    come_in(tx, &ctx, customer, device)
}

/// Puts a mail with a link into the outbox when the address is that of a customer with a portal, and nothing otherwise. Gives until when it is refused
/// after too many from one browser or network address. Too many on one address are no refusal: the mail that went last holds, and no other takes its
/// place, so that strangers who ask shut nobody out. `origin`: see [`super::Way::Mail`].
pub fn ask_link(tx: &mut Tx, portal: &Portal, moment: &Moment, email: &str, device: &Device, origin: &str) -> Result<Option<Micros>> {
    let mail = email_key(email);
    let keys = keys(portal, "link", &mail, device, LINKS);
    let (own, shared) = keys.split_at(keys.len().min(2));
    if let Some(until) = slowed(tx, moment.now, own)? {
        return Ok(Some(until));
    }
    if slowed(tx, moment.now, shared)?.is_some() {
        return Ok(None);
    }
    if let Some((customer, _, to)) = who(tx, portal, &mail)? {
        let ctx = ctx_of(portal, &customer, moment, Rights::NONE);
        locks::customers(tx, &ctx, &[&customer])?;
        let id = link::waiting(tx, &ctx, &customer, LinkKind::SignIn, "")?;
        letters::sign_in(tx, &ctx, portal, (&customer, &to), origin, &id)?;
    }
    Ok(None)
}

/// Comes in by a link, once; with an invitation a password may be chosen.
///
/// # Errors
/// `NotFound` for a link that does not hold (any more), or that opens nothing.
pub fn by_link(tx: &mut Tx, portal: &Portal, moment: &Moment, secret: &Secret, device: &Device) -> Result<Opened> {
    let looked = link::look(tx, portal, &secret.link, moment)?;
    if looked.kind == LinkKind::Email {
        return Err(Error::NotFound("link"));
    }
    let ctx = ctx_of(portal, &looked.customer, moment, Rights::NONE);
    locks::customers(tx, &ctx, &[&looked.customer])?;
    link::take(tx, &ctx, &looked)?;
    let opened = come_in(tx, &ctx, &looked.customer, device)?;
    if let Some(password) = &secret.password {
        keep_password(tx, &ctx, &looked.customer, password)?;
    }
    Ok(opened)
}

/// The customer is locked.
fn come_in(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, device: &Device) -> Result<Opened> {
    let first = tx.opt(&queries::ACCESS, &[&ctx.merchant, customer], |r| Ok(r.get::<Option<Micros>>(2)?.is_none()))?;
    if tx.exec(&queries::ACTIVATE, &[&ctx.merchant, customer, &ctx.now])? == 0 {
        return Err(Error::NotFound("page"));
    }
    if first == Some(true) {
        Event::new("portal.activated").of(customer).record(tx, ctx)?;
    }
    sessions::open(tx, ctx, customer, device)
}

/// Sets the visitor's password; their other sessions end.
pub fn set_password(tx: &mut Tx, v: &Visitor, password: &Hashed) -> Result<()> {
    v.locked(tx)?;
    keep_password(tx, &v.ctx, &v.customer, password)?;
    tx.exec(&queries::DROP_SESSIONS, &[&v.ctx.merchant, &v.customer, &v.session])?;
    Ok(())
}

fn keep_password(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, password: &Hashed) -> Result<()> {
    if tx.exec(&queries::PASSWORD, &[&ctx.merchant, customer, &password.as_str()])? == 0 {
        return Err(Error::NotFound("page"));
    }
    Event::new("portal.password_set").of(customer).record(tx, ctx)?;
    Ok(())
}
