//! What a profile shows beside the customer itself: how many of each topic there are, what was spent month by month, and what an import
//! could not match (SPEC 2.2, 2.3).
//!
//! Only reads. Sums are of the merchant's own currency at the rate of each payment's day; what has no rate is left out and said (SPEC 5.2).

pub mod queries;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use store::Tx;

use self::queries as q;
use super::merge;
use super::model::Named;
use crate::kit::{Ctx, Currency, CustomerId, Error, GroupId, Micros, Money, Result, Right};
use crate::payments::guests;
use crate::rates::Converter;
use crate::{kit, merchants};

/// How many there are of each topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Topics {
    /// Orders, drafts too.
    pub orders: i64,
    /// Payments, failed ones too.
    pub payments: i64,
    /// Payment methods that are attached.
    pub methods: i64,
    /// Subscriptions, ended ones too.
    pub subscriptions: i64,
    /// Invoices and credit notes, drafts too.
    pub invoices: i64,
    /// Offers, drafts and old ones too.
    pub offers: i64,
    /// Contracts, drafts and old ones too.
    pub contracts: i64,
    /// Returns of its orders.
    pub returns: i64,
    /// Tickets, closed ones too.
    pub tickets: i64,
    /// Tasks on the customer and on its things, done ones too.
    pub tasks: i64,
    /// Mails, messages and calls.
    pub conversations: i64,
    /// Guest payments that may be this customer's (SPEC 2.8).
    pub guest_payments: i64,
    /// Lines of the log of exports to the books (SPEC 2.13).
    pub exports: i64,
    /// Entries of the timeline.
    pub events: i64,
}

/// Counts them.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] without [`Right::Read`].
pub fn topics(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Topics> {
    ctx.must(Right::Read)?;
    let found = tx.opt(&q::TOPICS, &[&ctx.merchant, id], |r| {
        Ok(Topics {
            events: r.get(0)?,
            orders: r.get(1)?,
            payments: r.get(2)?,
            methods: r.get(3)?,
            subscriptions: r.get(4)?,
            invoices: r.get(5)?,
            offers: r.get(9)?,
            contracts: r.get(11)?,
            returns: r.get(10)?,
            tickets: r.get(6)?,
            tasks: r.get(7)?,
            conversations: r.get(8)?,
            exports: r.get(12)?,
            guest_payments: 0,
        })
    })?;
    let mut topics = found.ok_or(Error::NotFound("customer"))?;
    for source in merge::sources(tx, ctx, id)? {
        topics.events += tx.opt(&q::EVENTS, &[&ctx.merchant, &source], |r| r.get::<i64>(0))?.unwrap_or(0);
    }
    Ok(Topics { guest_payments: guests::count(tx, ctx, id)? as i64, ..topics })
}

/// What was spent in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// Minor units of the merchant's currency.
    pub spent: i64,
}

/// Spending month by month, oldest first, this month last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spend {
    /// The merchant's.
    pub currency: Currency,
    /// Each month once, also those without a payment.
    pub months: Vec<Month>,
    /// A rate is missing, so a part is left out.
    pub missing: bool,
}

/// The last so many months in the merchant's zone.
pub fn spend(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, months: i32) -> Result<Spend> {
    ctx.must(Right::Read)?;
    let settings = merchants::settings(tx, ctx)?;
    let this = settings.zone.date(ctx.now).first_of_month();
    let back = |n: i32| this.checked_sub(jiff::Span::new().months(n)).unwrap_or(this);
    let mut out: Vec<Month> = (0..months).rev().map(|n| Month { first: back(n), spent: 0 }).collect();
    let since = settings.zone.start_of(back(months - 1));
    let paid =
        tx.rows(&q::SPENT, &[&ctx.merchant, id, &since], |r| Ok((r.get::<Micros>(0)?, Money::new(r.get(2)?, r.get::<Currency>(1)?))))?;
    let (mut rates, mut missing) = (Converter::to(settings.currency), false);
    for (at, money) in paid {
        let date = settings.zone.date(at);
        let Some(value) = rates.convert(tx, ctx, money, kit::day_number(date))? else {
            missing = true;
            continue;
        };
        if let Some(month) = out.iter_mut().find(|m| m.first == date.first_of_month()) {
            month.spent = month.spent.saturating_add(value);
        }
    }
    Ok(Spend { currency: settings.currency, months: out, missing })
}

/// A cancellation or adjustment of imported history that fits no payment: shown, counted nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmatched {
    /// `cancellation`, `adjustment`.
    pub kind: String,
    /// Its number in the file.
    pub external_id: String,
    /// What it took away.
    pub amount: Money,
    /// Why it fits nothing.
    pub reason: String,
    /// When, microseconds UTC.
    pub happened_at: Micros,
    /// The shop's name.
    pub shop: String,
}

/// A customer's, newest first; at most 200.
pub fn unmatched(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Vec<Unmatched>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&q::UNMATCHED, &[&ctx.merchant, id], |r| {
        Ok(Unmatched {
            kind: r.get(0)?,
            external_id: r.get(1)?,
            amount: Money::new(r.get(3)?, r.get::<Currency>(2)?),
            reason: r.get(4)?,
            happened_at: r.get(5)?,
            shop: r.get(6)?,
        })
    })?)
}

/// The groups one may choose from, by name; without counting who is in them, which takes time.
pub fn groups(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Named<GroupId>>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&q::GROUPS, &[&ctx.merchant], |r| Ok(Named { id: r.get(0)?, name: r.get(1)? }))?)
}
