//! Home: what needs a person today, and how the month goes (LOOK.md). It only reads, and every number has a list that counts the same.
//!
//! Numbers of customers come from the customer index, so they equal the counter of the list they lead to.

mod lists;
pub mod queries;
#[cfg(test)]
mod tests;

pub use lists::{Entries, Entry, Which, entries};

use jiff::ToSpan;
use jiff::civil::Date;
use store::Tx;

use crate::customers::MethodStatus;
use crate::customers::list::{self, Indexes, ListQuery, ListRow, View};
use crate::customers::status::Status;
use crate::duplicates;
use crate::kit::{Ctx, Currency, Micros, Money, Result, Right, Zone};
use crate::lists::Query;
use crate::payments::{listed, listed_disputes};
use crate::privacy::requests::{self, Waiting};
use crate::rates::Converter;
use crate::tasks::{self, Due};
use crate::{accounting, merchants, orders, tickets, webhooks};

/// How many of the best customers Home names.
const BEST: usize = 5;

/// What needs a person today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Today {
    /// Disputes that wait for an answer.
    pub disputes: u64,
    /// Those that must be answered first.
    pub first_disputes: Vec<Entry>,
    /// Customers whose last payment failed: see [`failed`].
    pub failed: u64,
    /// Customers whose card ends soon: the view of that name.
    pub expiring: u64,
    /// Orders that wait for money.
    pub unpaid: u64,
    /// Cancellations of imported history that fit no payment.
    pub unmatched: u64,
    /// Pairs of customers that are likely one person.
    pub duplicates: u64,
    /// Requests about data that wait, and those that are late.
    pub requests: Waiting,
    /// Webhook endpoints that were given up, for those who may change that.
    pub webhooks: u64,
    /// Accounting services whose sign-in is lost, for those who keep the books.
    pub books: u64,
    /// Tickets that wait for the staff.
    pub tickets: u64,
    /// Tasks of whoever looks whose day has come.
    pub tasks: Due,
}

/// How the month goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// Customers created in it: see [`new_since`].
    pub new: u64,
    /// Customers created in the month before.
    pub new_before: u64,
    /// What settled payments brought after refunds and lost disputes, per currency.
    pub revenue: Vec<Money>,
    /// All of it in the merchant's currency.
    pub total: Money,
    /// A part of it has no exchange rate and is left out of `total`.
    pub missing: bool,
    /// Customers who churned in it and came not back: see [`churned_since`].
    pub churned: u64,
    /// All who are Churned now.
    pub churned_ever: u64,
    /// Who spent most, of all time: the first of the view Top 100.
    pub best: Vec<ListRow>,
}

/// What Home shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// Customers that the list shows by default.
    pub customers: u64,
    /// Waiting.
    pub today: Today,
    /// Going.
    pub month: Month,
    /// The merchant's time zone.
    pub zone: Zone,
}

/// The list of customers whose last payment failed.
pub fn failed() -> ListQuery {
    ListQuery { method: vec![MethodStatus::Invalid, MethodStatus::InsufficientFunds], ..ListQuery::default() }
}

/// The list of customers created on a day or later.
pub fn new_since(day: Date) -> ListQuery {
    ListQuery { created_from: Some(day), ..ListQuery::default() }
}

/// The list of disputes that wait for an answer.
pub fn disputes_due() -> Query {
    Query::bare(&listed_disputes::LIST).with("mode", "live")
}

/// The list of orders that wait for money.
pub fn unpaid() -> Query {
    Query::bare(&orders::listed::LIST).with("state", "open").with("abandoned", "false")
}

/// The list of tickets that wait for the staff.
pub fn tickets_open() -> Query {
    Query::everything(&tickets::listed::LIST).with("status", "open")
}

/// The list of one's own tasks whose day has come.
pub fn tasks_due() -> Query {
    let query = Query::everything(&tasks::listed::LIST).with("mine", "true");
    query.with("due", "overdue").with("due", "today")
}

/// The list of payments that brought money since a day.
pub fn received(day: Date) -> Query {
    let settled = ["paid", "partly_refunded", "refunded", "dispute_lost"];
    let query = settled.into_iter().fold(Query::bare(&listed::LIST), |query, word| query.with("status", word));
    query.with("mode", "live").from("paid_from", &day.to_string())
}

/// The list of customers who are Churned, and whose last subscription ended on a day or later. Who is Churned has none that runs, so a
/// subscription that ended since is their last one.
pub fn churned_since(day: Date) -> ListQuery {
    ListQuery { ended_from: Some(day), ..churned() }
}

/// The list of churned customers.
pub fn churned() -> ListQuery {
    ListQuery { status: vec![Status::Churned], ..ListQuery::default() }
}

/// Reads Home. In a read transaction.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub fn home(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes) -> Result<Home> {
    ctx.must(Right::Read)?;
    let settings = merchants::settings(tx, ctx)?;
    Ok(Home {
        customers: list::count(tx, ctx, indexes, &ListQuery::default())?,
        today: today(tx, ctx, indexes)?,
        month: month(tx, ctx, indexes, settings.currency, &settings.zone)?,
        zone: settings.zone,
    })
}

fn today(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes) -> Result<Today> {
    let mut count = |statement| tx.scalar::<i64>(statement, &[&ctx.merchant]).map(i64::unsigned_abs);
    let (disputes, unpaid, unmatched) =
        (count(&queries::COUNT_DISPUTES)?, count(&queries::COUNT_UNPAID)?, count(&queries::COUNT_UNMATCHED)?);
    Ok(Today {
        disputes,
        first_disputes: if disputes > 0 { entries(tx, ctx, Which::Disputes, None, 3)?.entries } else { Vec::new() },
        failed: list::count(tx, ctx, indexes, &failed())?,
        expiring: list::count(tx, ctx, indexes, &ListQuery { view: View::CardExpiring, ..ListQuery::default() })?,
        unpaid,
        unmatched,
        duplicates: duplicates::count_open(tx, ctx)?.unsigned_abs(),
        requests: requests::waiting(tx, ctx)?,
        webhooks: if ctx.may(Right::Settings) { webhooks::endpoints::given_up(tx, ctx)?.unsigned_abs() } else { 0 },
        books: accounting::lost::count(tx, ctx)?,
        tickets: tickets::unsettled(tx, ctx)?.0,
        tasks: tasks::due(tx, ctx)?,
    })
}

fn month(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, currency: Currency, zone: &Zone) -> Result<Month> {
    let (from, to) = span(ctx, zone);
    let first = zone.date(from);
    let before = first.checked_sub(1.month()).unwrap_or(first);
    let last_of_before = first.yesterday().unwrap_or(first);
    let revenue = tx.rows(&queries::REVENUE, &[&ctx.merchant, &from, &to], |r| Ok(Money::new(r.get(1)?, r.get(0)?)))?;
    let own = revenue.iter().find(|m| m.currency == currency).map_or(0, |m| m.minor);
    let (total, missing) = exchanged(tx, ctx, currency, zone, (from, to), own, revenue.iter().any(|m| m.currency != currency))?;
    let best = ListQuery { view: View::Top100, per: 25, ..ListQuery::default() };
    Ok(Month {
        first,
        new: list::count(tx, ctx, indexes, &new_since(first))?,
        new_before: list::count(tx, ctx, indexes, &ListQuery { created_to: Some(last_of_before), ..new_since(before) })?,
        revenue,
        total: Money::new(total, currency),
        missing,
        churned: list::count(tx, ctx, indexes, &churned_since(first))?,
        churned_ever: list::count(tx, ctx, indexes, &churned())?,
        best: list::page_only(tx, ctx, indexes, &best)?.rows.into_iter().take(BEST).collect(),
    })
}

/// From the first microsecond of this month to now.
fn span(ctx: &Ctx, zone: &Zone) -> (Micros, Micros) {
    (zone.start_of(zone.date(ctx.now).first_of_month()), ctx.now)
}

/// The merchant's currency, with other currencies at the rate of the day of each payment (SPEC 5.2).
fn exchanged(
    tx: &mut Tx,
    ctx: &Ctx,
    currency: Currency,
    zone: &Zone,
    (from, to): (Micros, Micros),
    own: i64,
    foreign: bool,
) -> Result<(i64, bool)> {
    let (mut total, mut missing) = (own, false);
    if !foreign {
        return Ok((total, missing));
    }
    let payments = tx.rows(&queries::FOREIGN, &[&ctx.merchant, &from, &to, &currency], |r| {
        Ok((Money::new(r.get(0)?, r.get(1)?), r.get::<Micros>(2)?))
    })?;
    let mut rates = Converter::to(currency);
    for (money, at) in payments {
        match rates.convert(tx, ctx, money, zone.day(at))? {
            Some(value) => total = total.saturating_add(value),
            None => missing = true,
        }
    }
    Ok((total, missing))
}
