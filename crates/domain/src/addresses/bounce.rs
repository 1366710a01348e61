//! An address to which mail does not arrive: marked, so that nothing more is sent to many there, until somebody takes the mark off.

use serde::Serialize;
use store::Tx;

use super::queries;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Email, Micros, Problems, Result, Right, locks};
use crate::{mailings, privacy::refusals};

/// That an address bounced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bounce {
    /// What the other server said as a code (`5.1.1`); empty when it gave none.
    pub code: String,
    /// When, microseconds UTC.
    pub at: Micros,
}

impl Bounce {
    /// What the code says, in words (RFC 3463); empty when it says nothing more than that mail came back.
    pub fn words(&self) -> &'static str {
        let mut parts = self.code.split('.').skip(1);
        match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
            ("1", "2") => "there is no such mail server",
            ("1", "8") => "its server refuses our sender",
            ("1", _) => "there is no such mailbox",
            ("2", "2") => "the mailbox is full",
            ("2", _) => "the mailbox takes no mail",
            ("3", "4") => "the mail was too large",
            ("4", _) => "its server could not be reached",
            ("7", _) => "its server refused the mail",
            _ => "",
        }
    }
}

/// Marks an address: mail to it does not arrive. Told again it is the same mark with the newest code. The customers whose address it is get it
/// on their timeline, the mailings that wrote to it in the last 30 days into their results. Needs [`Right::Write`].
///
/// # Errors
/// Field errors for `email` and `code` (digits and dots, at most 20 characters).
pub fn bounced(tx: &mut Tx, ctx: &Ctx, email: &str, code: &str) -> Result<Bounce> {
    ctx.must(Right::Write)?;
    let (mut problems, code) = (Problems::default(), code.trim());
    let address = known(email).map_err(|problem| problems.0.push(problem)).unwrap_or_default();
    if code.len() > 20 || !code.chars().all(|c| c.is_ascii_digit() || c == '.') {
        problems.add("code", "invalid", "Use a status code such as 5.1.1.");
    }
    problems.check()?;
    let whose = whose(tx, ctx, &address)?;
    let hash = refusals::hash(&refusals::key_of(tx, ctx)?, &address);
    let new = tx.opt(&queries::STANDING, &[&ctx.merchant, &hash], |_| Ok(()))?.is_none();
    tx.exec(&queries::MARK, &[&ctx.merchant, &hash, &code, &ctx.now])?;
    mailings::bounced(tx, ctx, &address)?;
    for customer in whose.iter().filter(|_| new) {
        Event::new("customer.address_bounced").of(customer).data(serde_json::json!({ "code": code })).record(tx, ctx)?;
    }
    Ok(Bounce { code: code.to_owned(), at: ctx.now })
}

/// Takes the mark off; without one nothing happens. Needs [`Right::Write`].
///
/// # Errors
/// A field error for `email`.
pub fn clear(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<()> {
    ctx.must(Right::Write)?;
    let address = known(email).map_err(|problem| crate::Error::Invalid(Problems(vec![problem])))?;
    let whose = whose(tx, ctx, &address)?;
    let Some(key) = refusals::key(tx, ctx)? else { return Ok(()) };
    if tx.exec(&queries::CLEAR, &[&ctx.merchant, &refusals::hash(&key, &address)])? > 0 {
        for customer in &whose {
            Event::new("customer.address_cleared").of(customer).record(tx, ctx)?;
        }
    }
    Ok(())
}

/// A mail came from this address, so it is there: the mark is off. The verb that says so has looked at rights.
pub(crate) fn arrived(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<()> {
    if found(tx, ctx, email)?.is_none() || known(email).is_err() {
        return Ok(());
    }
    tx.next_verb();
    clear(tx, ctx, email)
}

/// Did it bounce? Needs [`Right::Read`].
///
/// # Errors
/// [`crate::Error::Forbidden`].
pub fn standing(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<Option<Bounce>> {
    ctx.must(Right::Read)?;
    found(tx, ctx, email)
}

fn found(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<Option<Bounce>> {
    let Some(key) = refusals::key(tx, ctx)? else { return Ok(None) };
    let hash = refusals::hash(&key, &crate::kit::email_key(email));
    Ok(tx.opt(&queries::STANDING, &[&ctx.merchant, &hash], |r| Ok(Bounce { code: r.get(0)?, at: r.get(1)? }))?)
}

fn known(email: &str) -> std::result::Result<String, crate::kit::Problem> {
    let wrong = || crate::kit::Problem { field: "email".to_owned(), code: "invalid", message: "This is no e-mail address.".to_owned() };
    Email::parse(email).map(|e| e.key).ok_or_else(wrong)
}

/// The customers whose address it is, locked.
fn whose(tx: &mut Tx, ctx: &Ctx, address: &str) -> Result<Vec<CustomerId>> {
    let found: Vec<CustomerId> = tx.rows(&queries::WHOSE, &[&ctx.merchant, &address], |r| r.get(0))?;
    locks::customers(tx, ctx, &found.iter().collect::<Vec<_>>())?;
    Ok(found)
}

/// A customer and everybody else whose primary address is the same, by id. Nobody who is gone.
pub(crate) fn sharing(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<CustomerId>> {
    Ok(tx.rows(&queries::SHARING, &[&ctx.merchant, customer], |r| r.get(0))?)
}
