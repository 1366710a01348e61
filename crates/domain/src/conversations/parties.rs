//! Who wrote to whom: the house or somebody else, by which addresses the other side is known, and where an answer goes. Reads what is the house's; decides
//! nothing about customers.

use store::Tx;

use super::{Direction, Parsed, queries};
use crate::kit::{Ctx, Result, email_key};
use crate::staff;

/// So many recipients are looked at: a mail to more is no letter to one of our customers.
const RECIPIENTS: usize = 20;

/// Both sides of a mail.
pub(super) struct Parties<'a> {
    pub direction: Direction,
    /// What the other side calls itself; empty where the house wrote.
    pub name: &'a str,
    /// Who wrote, as the entry says it.
    pub author: &'a str,
    /// Addresses of the other side, the one that counts most first.
    pub others: Vec<&'a str>,
    /// Where the mail asks to be answered, when that is not whence it came.
    pub answered: Option<&'a str>,
}

impl<'a> Parties<'a> {
    /// `sender` is the address the house sends from; may be empty.
    ///
    /// A form on the shop's site writes in the house's own name, or in that of the site, and names the buyer in Reply-To: then the buyer is the other side.
    pub fn of(tx: &mut Tx, ctx: &Ctx, mail: &'a Parsed, sender: &str) -> Result<Self> {
        let mut beside = Vec::new();
        for address in mail.to.iter().take(RECIPIENTS) {
            if !is_own(tx, ctx, address, sender)? {
                beside.push(address.as_str());
            }
        }
        let to_house = mail.to.first().is_none_or(|first| !beside.contains(&first.as_str()));
        let elsewhere = !mail.reply_to.is_empty() && email_key(&mail.reply_to) != email_key(&mail.from);
        let answered = if elsewhere && !is_own(tx, ctx, &mail.reply_to, sender)? { Some(mail.reply_to.as_str()) } else { None };
        let of_house = !mail.from.is_empty() && is_own(tx, ctx, &mail.from, sender)?;
        // Somebody of the staff who writes to the desk alone writes as anybody does.
        let told = of_house && (is_mailbox(tx, ctx, &mail.from)? || !beside.is_empty());
        if told && !(to_house && answered.is_some()) {
            let others = if beside.is_empty() { mail.to.iter().map(String::as_str).collect() } else { beside };
            return Ok(Self { direction: Direction::Out, name: "", author: &mail.from, others, answered: None });
        }
        let from = Some(mail.from.as_str()).filter(|from| !(from.is_empty() || of_house && answered.is_some()));
        let name = match answered {
            Some(_) if !mail.reply_name.is_empty() => mail.reply_name.as_str(),
            Some(_) if of_house => "",
            _ => mail.name.as_str(),
        };
        Ok(Self { direction: Direction::In, name, author: name, others: answered.into_iter().chain(from).collect(), answered })
    }
}

/// Is it an address that is looked into here?
fn is_mailbox(tx: &mut Tx, ctx: &Ctx, address: &str) -> Result<bool> {
    Ok(tx.opt(&queries::OWN_ADDRESS, &[&ctx.merchant, &email_key(address)], |_| Ok(()))?.is_some())
}

/// Is it an address of the house: of a mailbox, of the outbox, or of somebody of the staff?
fn is_own(tx: &mut Tx, ctx: &Ctx, address: &str, sender: &str) -> Result<bool> {
    let key = email_key(address);
    let sends = !sender.is_empty() && email_key(sender) == key;
    Ok(sends || is_mailbox(tx, ctx, address)? || staff::is_colleague(tx, ctx, address)?)
}
