//! Contracts as pages and the API show them, each in the state and the term of the day.

use serde::Serialize;
use store::{Row, Tx};

use super::{File, Span, State, Term, file, queries};
use crate::kit::{ContractId, Ctx, Currency, CustomerId, Error, Micros, PageKey, PersonId, Result, Right, ShopId, locks};
use crate::merchants;
use crate::payments::listed::named;

/// A contract in a list. Days are numbers since 1970, where the merchant lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: ContractId,
    /// Its number.
    pub number: String,
    /// The shop it is with.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// With whom.
    pub customer: CustomerId,
    /// What the customer is called today.
    pub customer_name: String,
    /// What it is on the day of asking.
    pub state: State,
    /// What it is about.
    pub title: String,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units, for each cycle or for the whole.
    pub amount: i64,
    /// What the amount is for; `None` is the whole contract.
    pub cycle: Option<Span>,
    /// The term it is in on the day of asking.
    #[serde(skip)]
    pub term: Term,
    /// When notice was given.
    pub notice_given_on: Option<i64>,
    /// When it was begun, microseconds UTC.
    pub created_at: Micros,
    /// Who began it.
    pub created_by: String,
    /// Since when it binds.
    pub started_at: Option<Micros>,
    /// When it was ended or cancelled, or the clock noted its end.
    pub closed_at: Option<Micros>,
    /// Raised with every change.
    pub version: i64,
}

impl Summary {
    /// The last day for giving notice; `None` when that is over or when it is open-ended.
    pub fn notice_on(&self) -> Option<i64> {
        self.term.notice_on().filter(|_| matches!(self.state, State::Draft | State::Running))
    }
}

/// A contract, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contract {
    /// What lists show too.
    #[serde(flatten)]
    pub summary: Summary,
    /// A remark for the staff.
    pub note: String,
    /// Why notice was given, or it was ended or cancelled.
    pub reason: String,
    /// A task is made so many days before the last day for notice.
    pub remind_days: Option<i64>,
    /// Whose task that is.
    pub assignee: Option<PersonId>,
    /// Their name; empty for nobody.
    pub assignee_name: String,
    /// The signed paper.
    pub file: Option<File>,
    /// As it is kept, whatever day it is.
    #[serde(skip)]
    pub(super) kept: Kept,
}

/// What the database holds where reads say what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub state: State,
    pub term: Term,
    /// The last day for which a reminder was made.
    pub reminded_for: Option<i64>,
    /// The last day for giving notice.
    pub notice_on: Option<i64>,
    /// The next day on which the clock has something to do.
    pub act_on: Option<i64>,
}

impl Contract {
    /// The day from which a reminder is due.
    pub fn remind_on(&self) -> Option<i64> {
        Some(self.summary.term.notice_on()? - self.remind_days?)
    }
}

/// One contract.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> Result<Contract> {
    ctx.must(Right::Read)?;
    load(tx, ctx, id)
}

pub(super) fn load(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> Result<Contract> {
    let today = today(tx, ctx)?;
    let mut contract = tx.opt(&queries::GET, &[&ctx.merchant, id], |r| whole(r, today))?.ok_or(Error::NotFound("contract"))?;
    contract.file = file::of(tx, ctx, id)?;
    Ok(contract)
}

/// The day where the merchant lives.
pub(super) fn today(tx: &mut Tx, ctx: &Ctx) -> Result<i64> {
    Ok(i64::from(merchants::settings(tx, ctx)?.zone.day(ctx.now)))
}

/// A contract under its customer's lock.
///
/// # Errors
/// `Conflict` (`moved`) when its customer was merged while we waited.
pub(crate) fn find_locked(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> Result<Contract> {
    locks::with_customer(tx, ctx, "contract", |tx| load(tx, ctx, id), |contract| &contract.summary.customer)
}

/// A page of contracts, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The contracts.
    pub contracts: Vec<Summary>,
    /// Where the next page begins, when there is one.
    #[serde(skip)]
    pub next: Option<PageKey>,
}

/// A customer's contracts, newest first (SPEC 2.10).
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, after: Option<&PageKey>, limit: i64) -> Result<Page> {
    ctx.must(Right::Read)?;
    let (today, after) = (today(tx, ctx)?, after.cloned().unwrap_or_else(PageKey::newest));
    let limit = limit.clamp(1, 200);
    let mut found = tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &after.at, &after.id, &(limit + 1)], |r| row(r, today))?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(0));
    let next = found.last().filter(|_| more).map(|g| PageKey { at: g.created_at, id: g.id.to_string() });
    Ok(Page { contracts: found, next })
}

fn span(r: &Row<'_>, count: usize) -> std::result::Result<Option<Span>, store::Error> {
    let many: i64 = r.get(count)?;
    Ok(if many == 0 { None } else { Some(Span { count: many, unit: r.get(count + 1)? }) })
}

fn kept(r: &Row<'_>) -> std::result::Result<Kept, store::Error> {
    let term = Term {
        starts_on: r.get(11)?,
        first_end: r.get(12)?,
        ends_on: r.get(13)?,
        renew_months: r.get(14)?,
        renewals: r.get(15)?,
        notice: span(r, 16)?,
    };
    Ok(Kept { state: r.get(5)?, term, reminded_for: r.get(33)?, notice_on: r.get(36)?, act_on: r.get(37)? })
}

pub(super) fn row(r: &Row<'_>, today: i64) -> std::result::Result<Summary, store::Error> {
    let Kept { state, term, .. } = kept(r)?;
    Ok(Summary {
        id: r.get(0)?,
        number: r.get(1)?,
        shop: r.get(2)?,
        shop_name: r.get(3)?,
        customer: r.get(4)?,
        customer_name: named(r, 24)?,
        state: state.on(today, term.ends_on, term.renews()),
        title: r.get(6)?,
        currency: r.get(7)?,
        amount: r.get(8)?,
        cycle: span(r, 9)?,
        term: if state == State::Running { term.on(today) } else { term },
        notice_given_on: r.get(18)?,
        created_at: r.get(19)?,
        created_by: r.get(20)?,
        started_at: r.get(21)?,
        closed_at: r.get(22)?,
        version: r.get(23)?,
    })
}

pub(super) fn whole(r: &Row<'_>, today: i64) -> std::result::Result<Contract, store::Error> {
    Ok(Contract {
        summary: row(r, today)?,
        note: r.get(30)?,
        reason: r.get(31)?,
        remind_days: r.get(32)?,
        assignee: Some(r.get::<String>(34)?).filter(|id| !id.is_empty()).map(PersonId::from_db),
        assignee_name: r.get::<Option<String>>(35)?.unwrap_or_default(),
        file: None,
        kept: kept(r)?,
    })
}
