//! A sign-in that is lost: nothing goes into the books until somebody signs in there again, so it stands in the audit log, on Home, and in a mail to the
//! owners.

use store::Tx;

use super::{Connection, connections, queries};
use crate::kit::{Ctx, Result, Right, Role};
use crate::mail;
use crate::staff::members;

/// Tells of a sign-in that has just been lost. `mail`: somebody is there who sends mail.
pub(super) fn tell(tx: &mut Tx, ctx: &Ctx, c: &Connection, words: &str, mail: bool) -> Result<()> {
    connections::record(tx, ctx, "accounting.sign_in_lost", &c.id, serde_json::Value::Null)?;
    if !mail {
        return Ok(());
    }
    let subject = format!("The sign-in at {} is lost", c.service.label());
    for owner in members::list(tx, ctx)?.into_iter().filter(|m| m.access.role == Role::Owner && m.disabled_at.is_none()) {
        let office = if c.office.is_empty() { String::new() } else { format!(" ({})", c.office) };
        let body = format!(
            "Hello {},\n\nnothing goes to {}{office} any more:\n\n{words}\n\nSign in there again under Settings, Accounting. What is not in the books yet goes with the next run.\n",
            owner.name,
            c.service.label()
        );
        mail::to_staff(tx, ctx, &owner.email, &subject, &body)?;
    }
    Ok(())
}

/// How many connections have lost their sign-in: what Home tells those who keep the books.
pub fn count(tx: &mut Tx, ctx: &Ctx) -> Result<u64> {
    if !ctx.may(Right::Payments) {
        return Ok(0);
    }
    Ok(tx.scalar::<i64>(&queries::COUNT_LOST, &[&ctx.merchant])?.unsigned_abs())
}
