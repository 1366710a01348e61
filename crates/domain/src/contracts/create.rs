//! Drafts: what was agreed, put together for a customer by choosing a shop (SPEC 2.10).

use jiff::civil::Date;
use store::Tx;

use super::{Span, Term, queries};
use crate::events::Event;
use crate::kit::{ContractId, Ctx, Currency, CustomerId, PersonId, Problems, Result, ShopId, clean, day_number};
use crate::merchants;
use crate::orders::begin;
use crate::payments::MAX_MINOR;
use crate::staff::assignable;

/// A renewal goes on by at most so many months.
const LONGEST_RENEWAL: i64 = 120;
/// A period is of at most so many days, weeks, months or years.
const LONGEST_SPAN: i64 = 1_000;
/// A reminder comes at most so many days before.
const EARLIEST: i64 = 730;

/// What is agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it is about; needed.
    pub title: String,
    /// A remark for the staff.
    pub note: String,
    /// Minor units, for each cycle or for the whole.
    pub amount: i64,
    /// What the amount is for; `None` is the whole contract.
    pub cycle: Option<Span>,
    /// Its first day.
    pub starts_on: Date,
    /// Its last day; `None` is open-ended.
    pub ends_on: Option<Date>,
    /// It goes on by so many months when nobody gives notice; 0 is never.
    pub renew_months: i64,
    /// How long before the end notice has to be given.
    pub notice: Option<Span>,
    /// A task is made so many days before the last day for notice.
    pub remind_days: Option<i64>,
    /// Whose task that is.
    pub assignee: Option<PersonId>,
}

/// A new draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContract {
    /// With whom.
    pub customer: CustomerId,
    /// With which shop.
    pub shop: ShopId,
    /// Absent: the shop's.
    pub currency: Option<Currency>,
    /// What is agreed.
    pub input: Input,
}

/// What was agreed, looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checked {
    pub title: String,
    pub note: String,
}

/// Makes a draft and takes its number. Needs [`Right::Orders`](crate::kit::Right).
///
/// # Errors
/// `Conflict` (`customer_inactive`) for an archived or deleted customer (SPEC 10.2); field errors for what cannot be agreed.
pub fn create(tx: &mut Tx, ctx: &Ctx, new: &NewContract) -> Result<ContractId> {
    let mut problems = Problems::default();
    let begun = begin(tx, ctx, &new.customer, &new.shop, new.currency, &mut problems)?;
    let i = &new.input;
    let (said, term) = check(tx, ctx, i, &mut problems)?;
    problems.check()?;
    let (id, number) = (ctx.id::<ContractId>(), merchants::next_number(tx, ctx, "contract")?.to_string());
    let ((cycle_count, cycle_unit), (notice_count, notice_unit)) = (parts(i.cycle), parts(i.notice));
    let assignee = i.assignee.as_ref().map_or("", PersonId::as_str);
    let values: [&dyn store::Bind; 21] = [
        &ctx.merchant,
        &id,
        &number,
        &new.shop,
        &begun.customer,
        &said.title,
        &said.note,
        &begun.currency,
        &i.amount,
        &cycle_count,
        &cycle_unit,
        &term.starts_on,
        &term.ends_on,
        &term.renew_months,
        &notice_count,
        &notice_unit,
        &term.notice_on(),
        &i.remind_days,
        &assignee,
        &ctx.now,
        &ctx.actor.name,
    ];
    tx.exec(&queries::INSERT, &values)?;
    Event::new("contract.created")
        .of(&begun.customer)
        .on("contract", id.as_str())
        .data(serde_json::json!({ "number": number, "amount": i.amount, "currency": begun.currency, "shop": new.shop }))
        .record(tx, ctx)?;
    Ok(id)
}

/// The columns of a period; none is no times nothing.
pub(super) fn parts(span: Option<Span>) -> (i64, &'static str) {
    span.map_or((0, ""), |s| (s.count, s.unit.name()))
}

/// Looks through what is agreed, with a problem for each field that cannot be.
pub(super) fn check(tx: &mut Tx, ctx: &Ctx, i: &Input, problems: &mut Problems) -> Result<(Checked, Term)> {
    let title = clean(problems, "title", &i.title, 200);
    if title.is_empty() {
        problems.add("title", "required", "Say what the contract is about.");
    }
    let note = clean(problems, "note", &i.note, 5000);
    if !(0..=MAX_MINOR).contains(&i.amount) {
        problems.add("amount", "invalid", "Use an amount of zero or more.");
    }
    for (field, span) in [("cycle", i.cycle), ("notice", i.notice)] {
        if span.is_some_and(|s| !(1..=LONGEST_SPAN).contains(&s.count)) {
            problems.add(field, "invalid", format!("Use a number between 1 and {LONGEST_SPAN}."));
        }
    }
    for (field, day) in [("starts_on", Some(i.starts_on)), ("ends_on", i.ends_on)] {
        if day.is_some_and(|d| !(1980..2200).contains(&d.year())) {
            problems.add(field, "invalid", "Choose a day between 1980 and 2199.");
        }
    }
    if i.ends_on.is_some_and(|end| end < i.starts_on) {
        problems.add("ends_on", "invalid", "Choose the first day or a later one.");
    }
    if !(0..=LONGEST_RENEWAL).contains(&i.renew_months) {
        problems.add("renew_months", "invalid", format!("Use a number of months between 1 and {LONGEST_RENEWAL}, or nothing."));
    } else if i.renew_months > 0 && i.ends_on.is_none() {
        problems.add("renew_months", "invalid", "What is open-ended has nothing to renew. Choose a last day, or leave this out.");
    }
    if i.remind_days.is_some_and(|days| !(0..=EARLIEST).contains(&days)) {
        problems.add("remind_days", "invalid", format!("Use a number of days between 0 and {EARLIEST}."));
    } else if i.remind_days.is_some() && i.ends_on.is_none() {
        problems.add("remind_days", "invalid", "What is open-ended has no last day for notice to be reminded of.");
    }
    if let Some(person) = &i.assignee {
        assignable(tx, ctx, person, problems)?;
    }
    let day = |date: Date| i64::from(day_number(date));
    let notice = i.notice.filter(|s| (1..=LONGEST_SPAN).contains(&s.count));
    let term = Term::agreed(day(i.starts_on), i.ends_on.map(day), i.renew_months.clamp(0, LONGEST_RENEWAL), notice);
    Ok((Checked { title, note }, term))
}
