//! What was agreed, agreed anew: a draft, or a contract that runs.

use store::Tx;

use super::create::{check, parts};
use super::read::{find_locked, today};
use super::{Contract, Input, State, queries};
use crate::events::Event;
use crate::kit::{ContractId, Ctx, Error, PersonId, Problems, Result, Right, day_date};

/// All that is agreed, as it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The version that was looked at.
    pub expected_version: Option<i64>,
    /// What is agreed.
    pub input: Input,
}

impl Contract {
    /// What is agreed as it stands, to be changed.
    pub fn input(&self) -> Input {
        let s = &self.summary;
        Input {
            title: s.title.clone(),
            note: self.note.clone(),
            amount: s.amount,
            cycle: s.cycle,
            starts_on: day_date(s.term.starts_on),
            ends_on: s.term.ends_on.map(day_date),
            renew_months: s.term.renew_months,
            notice: s.term.notice,
            remind_days: self.remind_days,
            assignee: self.assignee.clone(),
        }
    }

    /// The next day on which the clock has something to do; `reminded_for` is the last day for which a reminder was made. Only what binds has one.
    pub(super) fn act_on(&self, state: State, term: &super::Term, reminded_for: Option<i64>, remind_days: Option<i64>) -> Option<i64> {
        let over = term.ends_on.map(|end| end + 1);
        let remind = term.notice_on().zip(remind_days).map(|(last, days)| last - days);
        match state {
            State::Running => over.into_iter().chain(remind.filter(|_| reminded_for != term.ends_on)).min(),
            State::Notice => over,
            _ => None,
        }
    }
}

/// Changes a draft or a contract that runs. A last day that differs is agreed anew: renewals count from it. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`contract_state`) once notice was given or it is over; `Conflict` (`stale`) when somebody else changed it since `expected_version`; field
/// errors as those of a new one, and for a last day behind which a contract that runs would already be.
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &ContractId, edit: &Edit) -> Result<()> {
    ctx.must(Right::Orders)?;
    let old = find_locked(tx, ctx, id)?;
    let s = &old.summary;
    if !matches!(s.state, State::Draft | State::Running) {
        return Err(Error::conflict("contract_state", "Only a draft or a contract that runs can be changed."));
    }
    if edit.expected_version.is_some_and(|v| v != s.version) {
        return Err(Error::conflict("stale", "Somebody else changed this contract meanwhile. Look at it again."));
    }
    let mut problems = Problems::default();
    let i = &edit.input;
    let (said, mut term) = check(tx, ctx, i, &mut problems)?;
    let today = today(tx, ctx)?;
    if s.state == State::Running && term.ends_on != s.term.ends_on && term.ends_on.is_some_and(|end| end < today) {
        problems.add("ends_on", "invalid", "Choose today or a later day, or end the contract.");
    }
    problems.check()?;
    if term.ends_on == s.term.ends_on && term.renew_months == s.term.renew_months {
        (term.first_end, term.renewals) = (s.term.first_end, s.term.renewals);
    }
    let act_on = old.act_on(old.kept.state, &term, old.kept.reminded_for, i.remind_days);
    let ((cycle_count, cycle_unit), (notice_count, notice_unit)) = (parts(i.cycle), parts(i.notice));
    let assignee = i.assignee.as_ref().map_or("", PersonId::as_str);
    let values: [&dyn store::Bind; 19] = [
        &ctx.merchant,
        id,
        &said.title,
        &said.note,
        &i.amount,
        &cycle_count,
        &cycle_unit,
        &term.starts_on,
        &term.first_end,
        &term.ends_on,
        &term.renew_months,
        &term.renewals,
        &notice_count,
        &notice_unit,
        &term.notice_on(),
        &i.remind_days,
        &act_on,
        &assignee,
        &ctx.now,
    ];
    tx.exec(&queries::SET, &values)?;
    Event::new("contract.changed")
        .of(&s.customer)
        .on("contract", id.as_str())
        .data(serde_json::json!({ "number": s.number, "amount": i.amount, "currency": s.currency, "before": s.amount, "ends_on": i.ends_on.map(|d| d.to_string()) }))
        .value("title", Some(&s.title), Some(&said.title))
        .record(tx, ctx)?;
    Ok(())
}
