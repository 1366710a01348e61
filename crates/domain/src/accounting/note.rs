//! What a sender notes behind an answer: what became of each row, a line of the log, and how the connection stands.

use ::providers::accounting::{Answer, Trouble};
use store::Tx;

use super::work::{Export, Held, Told, Work};
use super::{Action, Connection, Kind, Outcome, connections, context, log, lost, queries};
use crate::kit::{Ctx, DAY, Micros, Result};

/// The pauses between tries, seconds; behind the last it is given up.
const PAUSES: [i64; 12] = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];
/// A token that was refused so often, also behind a refresh, is refused for good.
const EXPIRED: i64 = 4;

/// Notes what came of a piece of work. `limit`: seconds of peace that the answer asks for.
pub fn note(tx: &mut Tx, held: &Held, work: &Work, answers: &[Answer<Told>], limit: Option<i64>, mail: bool, now: Micros) -> Result<()> {
    let ctx = context(&held.merchant, now);
    let c = connections::find(tx, &ctx, &held.connection)?;
    for (row, answer) in work.rows.iter().zip(answers) {
        match answer {
            Ok(told) => done(tx, &ctx, &c, work, row, told)?,
            Err(trouble) => failed(tx, &ctx, &c, work, row, trouble, mail)?,
        }
    }
    if let Some(seconds) = limit {
        tx.exec(&queries::QUIET, &[&ctx.merchant, &c.id, &(now + seconds * 1_000_000), &"The service asks for a pause."])?;
    }
    Ok(())
}

fn done(tx: &mut Tx, ctx: &Ctx, c: &Connection, work: &Work, row: &Export, told: &Told) -> Result<()> {
    match told {
        // An account that was there already is changed to what the customer is; only then it is done.
        Told::There(id, _, 0) if row.kind == Kind::Customer && work.action(row) == Action::Find => {
            tx.exec(&queries::FOUND, &[&ctx.merchant, &c.id, &row.subject, id, &ctx.now])?;
            log::write(tx, ctx, c, row, Action::Find, Outcome::Done, "", "It was there already.")
        }
        Told::There(id, number, version) => {
            let check = (row.kind == Kind::Invoice).then_some(ctx.now + DAY);
            let version = (*version).max(row.version);
            tx.exec(&queries::DONE, &[&ctx.merchant, &c.id, &row.subject, id, number, &version, &check, &ctx.now])?;
            let found = if work.action(row) == Action::Find { "It was there: the answer had been lost." } else { "" };
            log::write(tx, ctx, c, row, work.action(row), Outcome::Done, number, found)
        }
        Told::NotThere => {
            tx.exec(&queries::LOOKED, &[&ctx.merchant, &c.id, &row.subject, &ctx.now])?;
            Ok(())
        }
        Told::Paid(paid) => {
            let check = (*paid != Some(true)).then_some(ctx.now + DAY);
            tx.exec(&queries::PAID, &[&ctx.merchant, &c.id, &row.subject, paid, &check])?;
            if *paid == Some(true) {
                log::write(tx, ctx, c, row, Action::Paid, Outcome::Done, "", "It is paid in the books.")?;
            }
            Ok(())
        }
    }
}

fn failed(tx: &mut Tx, ctx: &Ctx, c: &Connection, work: &Work, row: &Export, trouble: &Trouble, mail: bool) -> Result<()> {
    let lost = |tx: &mut Tx, words: &str| {
        let now = tx.exec(&queries::LOST, &[&ctx.merchant, &c.id, &words, &ctx.now])? > 0;
        if now { lost::tell(tx, ctx, c, words, mail) } else { Ok(()) }
    };
    let words = trouble.words();
    match trouble {
        Trouble::SignIn(_) => lost(tx, words)?,
        Trouble::Expired(_) if row.attempts >= EXPIRED => lost(tx, words)?,
        Trouble::Expired(_) => drop(tx.exec(&queries::EXPIRED, &[&ctx.merchant, &c.id])?),
        Trouble::Later(_, Some(seconds)) => {
            tx.exec(&queries::QUIET, &[&ctx.merchant, &c.id, &(ctx.now + seconds * 1_000_000), &words])?;
        }
        _ => {}
    }
    if work.action(row) == Action::Paid {
        tx.exec(&queries::PAID, &[&ctx.merchant, &c.id, &row.subject, &None::<bool>, &(ctx.now + DAY)])?;
        return Ok(());
    }
    // Nothing was done but where nobody knows; and what was not known before is not known now.
    let unknown = matches!(trouble, Trouble::Unknown(_)) || !(row.looked || work.writes());
    let looked = !unknown && row.remote.is_none();
    match (trouble, usize::try_from(row.attempts).ok().and_then(|n| PAUSES.get(n))) {
        (Trouble::Refused(_), _) => log::refuse_as(tx, ctx, c, row, work.action(row), looked, words),
        (_, None) => log::refuse_as(tx, ctx, c, row, work.action(row), looked, &format!("It was tried often enough. {words}")),
        (_, Some(pause)) => {
            let (result, pause) = match trouble {
                Trouble::Unknown(_) => (Outcome::Unknown, *pause),
                Trouble::Expired(_) if row.attempts == 0 => (Outcome::Later, 0),
                Trouble::Later(_, Some(asked)) => (Outcome::Later, (*pause).max(*asked)),
                _ => (Outcome::Later, *pause),
            };
            let next = ctx.now + pause * 1_000_000;
            tx.exec(&queries::LATER, &[&ctx.merchant, &c.id, &row.subject, &looked, &next, &words])?;
            if row.attempts == 0 || result == Outcome::Unknown {
                log::write(tx, ctx, c, row, work.action(row), result, "", words)?;
            }
            Ok(())
        }
    }
}
