//! Pairs as pages and the API show them.

use store::{Row, Tx};

use super::{Score, State, queries as q};
use crate::customers::display_name;
use crate::kit::{Ctx, CustomerId, Error, Micros, Money, Result, Right};
use crate::merchants;

/// Counting ends here: nobody works through more.
const MOST: i64 = 10_000;

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its id.
    pub id: CustomerId,
    /// What pages call it.
    pub display_name: String,
    /// Customer number.
    pub number: String,
    /// Primary e-mail address.
    pub email: String,
    /// Primary phone.
    pub phone: String,
    /// Organisation.
    pub company: String,
    /// Billing address in one line.
    pub address: String,
    /// When it was created.
    pub created_at: Micros,
    /// Orders but drafts and abandoned ones.
    pub orders: i64,
    /// Lifetime value in the merchant's currency.
    pub lifetime: Money,
}

/// Two customers that are likely one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The one that was there first.
    pub a: Side,
    /// The other.
    pub b: Side,
    /// What people said.
    pub state: State,
    /// How likely.
    pub score: Score,
    /// `Same last name and zip; first name nearly the same`.
    pub why: String,
    /// When it was found first, microseconds UTC.
    pub found_at: Micros,
    /// When somebody called them two people.
    pub decided_at: Option<Micros>,
    /// Who did.
    pub decided_by: String,
}

/// The place behind which a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Its score.
    pub score: i64,
    /// The lower id.
    pub a: CustomerId,
    /// The other.
    pub b: CustomerId,
}

impl After {
    /// As text for an address: `9876.cus_….cus_…`.
    pub fn print(&self) -> String {
        format!("{}.{}.{}", self.score, self.a, self.b)
    }

    /// From that text.
    pub fn parse(text: &str) -> Option<After> {
        let mut parts = text.splitn(3, '.');
        Some(After { score: parts.next()?.parse().ok()?, a: parts.next()?.parse().ok()?, b: parts.next()?.parse().ok()? })
    }
}

/// Which pairs.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Open ones, or those that were dismissed.
    pub state: State,
    /// At least as likely, in ten-thousandths.
    pub from: i64,
    /// Behind this one.
    pub after: Option<After>,
    /// At most so many.
    pub limit: i64,
}

/// A page of pairs, surest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The pairs.
    pub pairs: Vec<Pair>,
    /// Where the next page begins, if there is one.
    pub next: Option<After>,
    /// How many match, counted up to ten thousand.
    pub total: i64,
}

/// A page. Pairs of which one is deleted, merged or anonymised are left out.
pub fn list(tx: &mut Tx, ctx: &Ctx, asked: &Asked) -> Result<Page> {
    ctx.must(Right::Read)?;
    let currency = merchants::settings(tx, ctx)?.currency;
    let read = |r: &Row| pair(r, currency);
    let (state, many) = (asked.state, asked.limit + 1);
    let mut pairs = match &asked.after {
        None => tx.rows(&q::LIST, &[&ctx.merchant, &state, &asked.from, &many], read)?,
        Some(after) => tx.rows(&q::LIST_AFTER, &[&ctx.merchant, &state, &asked.from, &many, &after.score, &after.a, &after.b], read)?,
    };
    let more = pairs.len() as i64 > asked.limit;
    pairs.truncate(usize::try_from(asked.limit).unwrap_or(0));
    let next = pairs.last().filter(|_| more).map(|p| After { score: p.score.0, a: p.a.id.clone(), b: p.b.id.clone() });
    let total = count(tx, ctx, state, asked.from)?;
    Ok(Page { pairs, next, total })
}

/// One pair.
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(tx: &mut Tx, ctx: &Ctx, one: &CustomerId, other: &CustomerId) -> Result<Pair> {
    ctx.must(Right::Read)?;
    let currency = merchants::settings(tx, ctx)?.currency;
    let (a, b) = (one.min(other), one.max(other));
    tx.opt(&q::ONE, &[&ctx.merchant, a, b], |r| pair(r, currency))?.ok_or(Error::NotFound("pair of customers"))
}

/// How many pairs wait for somebody, counted up to ten thousand.
pub fn count_open(tx: &mut Tx, ctx: &Ctx) -> Result<i64> {
    ctx.must(Right::Read)?;
    count(tx, ctx, State::Open, 0)
}

fn count(tx: &mut Tx, ctx: &Ctx, state: State, from: i64) -> Result<i64> {
    Ok(tx.scalar(&q::COUNT, &[&ctx.merchant, &state, &from, &MOST])?)
}

fn pair(r: &Row, currency: crate::kit::Currency) -> std::result::Result<Pair, store::Error> {
    Ok(Pair {
        a: side(r, 0, 8, currency)?,
        b: side(r, 1, 23, currency)?,
        state: r.get(2)?,
        score: Score(r.get(3)?),
        why: r.get(4)?,
        found_at: r.get(5)?,
        decided_at: r.get(6)?,
        decided_by: r.get(7)?,
    })
}

fn side(r: &Row, id: usize, at: usize, currency: crate::kit::Currency) -> std::result::Result<Side, store::Error> {
    let city = format!("{} {}", r.str(at + 9)?, r.str(at + 10)?);
    let parts = [r.str(at + 7)?, r.str(at + 8)?, city.trim(), r.str(at + 11)?];
    Ok(Side {
        id: r.get(id)?,
        display_name: display_name(r.str(at)?, r.str(at + 1)?, r.str(at + 2)?, r.str(at + 3)?, r.str(at + 4)?, r.str(at + 5)?),
        company: r.get(at + 3)?,
        email: r.get(at + 4)?,
        number: r.get(at + 5)?,
        phone: r.get(at + 6)?,
        address: parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        created_at: r.get(at + 12)?,
        orders: r.get(at + 13)?,
        lifetime: Money::new(r.get(at + 14)?, currency),
    })
}
