//! Who of the staff work can be given to, for whoever works here: names alone, unlike [`super::members`].

use store::{Row, Tx};

use super::{access_row, queries};
use crate::kit::{Ctx, Micros, PersonId, Problems, Result, Right, email_key};

/// Somebody of the staff by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Tickets and tasks can be given to them: they come in, and may edit customers.
    pub works: bool,
}

/// All of them by name, those who are shut out too: what they did still names them.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub fn colleagues(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Colleague>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::COLLEAGUES, &[&ctx.merchant], colleague)?)
}

fn colleague(r: &Row) -> std::result::Result<Colleague, store::Error> {
    let shut_out: Option<i64> = r.get("disabled_at")?;
    Ok(Colleague { id: r.get(0)?, name: r.get(1)?, works: shut_out.is_none() && access_row(r)?.rights().has(Right::Write) })
}

/// Is it the address of somebody who works here now? For verbs, which ask for their own right.
pub(crate) fn is_colleague(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<bool> {
    let found = tx.opt(&queries::MEMBER_BY_EMAIL, &[&ctx.merchant, &email_key(email)], |r| r.get::<Option<Micros>>(0))?;
    Ok(found.is_some_and(|disabled| disabled.is_none()))
}

/// The name of the one to whom something is given; a field error for `assignee` when that cannot be.
pub(crate) fn assignable(tx: &mut Tx, ctx: &Ctx, person: &PersonId, problems: &mut Problems) -> Result<String> {
    let found = tx.opt(&queries::COLLEAGUE, &[&ctx.merchant, person], colleague)?;
    match found.filter(|c| c.works) {
        Some(c) => Ok(c.name),
        None => {
            problems.add("assignee", "unknown", "Choose somebody of your staff who may edit customers.");
            Ok(String::new())
        }
    }
}
