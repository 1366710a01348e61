//! What is kept on contracts is what follows from what was agreed (`regulars verify`).

use store::Tx;

use super::read::whole;
use super::{Contract, State, queries};
use crate::kit::{Ctx, Result};

/// What is kept differently: the contract, what it is about, what is kept and what it should be.
pub(crate) type Differs = (String, &'static str, String, String);

/// The contracts behind `after`: how many were looked at, the last of them, and what is kept differently.
pub(crate) fn differences(tx: &mut Tx, ctx: &Ctx, after: &str, limit: i64) -> Result<(usize, Option<String>, Vec<Differs>)> {
    let all = tx.rows(&queries::ALL_BEHIND, &[&ctx.merchant, &after, &limit], |r| whole(r, 0))?;
    let found = all.iter().flat_map(check).collect();
    Ok((all.len(), all.last().map(|c| c.summary.id.to_string()), found))
}

fn check(c: &Contract) -> Vec<Differs> {
    let kept = &c.kept;
    let agreed = matches!(kept.state, State::Draft | State::Running);
    let end = if agreed { kept.term.end_after(kept.term.renewals) } else { kept.term.ends_on };
    let notice = if agreed { kept.term.notice_on() } else { None };
    let word = |day: Option<i64>| day.map_or_else(|| "none".to_owned(), |d| d.to_string());
    let is = |yes: bool| yes.to_string();
    let facts = [
        ("last day", word(kept.term.ends_on), word(end)),
        ("last day for notice", word(kept.notice_on), word(notice)),
        ("next day of the clock", word(kept.act_on), word(c.act_on(kept.state, &kept.term, kept.reminded_for, c.remind_days))),
        ("is over", is(c.summary.closed_at.is_some()), is(!kept.state.is_open())),
        ("has begun", is(c.summary.started_at.is_some()), is(kept.state != State::Draft && (agreed || c.summary.started_at.is_some()))),
    ];
    let differ = facts.into_iter().filter(|(_, kept, should)| kept != should);
    differ.map(|(what, kept, should)| (c.summary.id.to_string(), what, kept, should)).collect()
}
