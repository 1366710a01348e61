//! What a merge would do, before it is done: the fields side by side, what moves, and the totals afterwards. Changes nothing.

use std::collections::BTreeMap;

use store::Tx;

use super::{Choices, Field, Moved, choose, moves, portal, text, verb};
use crate::credit;
use crate::customers::get;
use crate::customers::model::Customer;
use crate::kit::{Ctx, Currency, CustomerId, Error, Money, Result, Right};

/// One field of all who are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Which.
    pub field: Field,
    /// What it says of each, in the order of [`Look::all`]; may be empty.
    pub values: Vec<String>,
    /// Whose value survives unless somebody chooses.
    pub suggested: CustomerId,
}

impl Side {
    /// Is there anything to choose?
    pub fn differs(&self) -> bool {
        self.values.iter().any(|v| *v != self.values[0])
    }
}

/// Money of one currency after the merge, minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Settled payments.
    pub paid: Money,
    /// Refunds of them.
    pub refunded: Money,
    /// Lost in disputes.
    pub lost: Money,
    /// Store credit.
    pub credit: Money,
}

/// What a merge would do.
#[derive(Clone, Debug)]
pub struct Look {
    /// The survivor, then those who go.
    pub all: Vec<Customer>,
    /// Each field.
    pub sides: Vec<Side>,
    /// How many rows move, by noun.
    pub moved: Moved,
    /// What those are called whose portal is closed and not handed over, because the survivor has one then.
    pub closes: Vec<String>,
    /// Totals afterwards, per currency.
    pub sums: Vec<Sum>,
    /// Why it cannot be done, in words; `None` when it can.
    pub refused: Option<String>,
}

/// Looks. Needs [`Right::Read`].
///
/// # Errors
/// [`Error::NotFound`] for who is not here.
pub fn look(tx: &mut Tx, ctx: &Ctx, gone: &[CustomerId], stays: &CustomerId) -> Result<Look> {
    ctx.must(Right::Read)?;
    let ids: Vec<&CustomerId> = std::iter::once(stays).chain(gone.iter().filter(|id| *id != stays)).collect();
    let all = ids.iter().map(|id| get::load(tx, ctx, id)).collect::<Result<Vec<_>>>()?;
    let mut refused = (ids.len() < 2).then(|| "A customer cannot be merged with itself. Choose another one.".to_owned());
    for id in &ids {
        match verb::may_take_part(tx, ctx, id, *id == stays) {
            Err(Error::Conflict { message, .. }) => drop(refused.get_or_insert(message)),
            other => other?,
        }
    }
    let mut moved = Moved::new();
    for one in ids.iter().skip(1) {
        for s in moves::POINTS.iter() {
            if let Some(count) = &s.count {
                *moved.entry(s.what.noun.to_owned()).or_default() += tx.scalar::<i64>(count, &[&ctx.merchant, one])?;
            }
        }
    }
    let (mut taken, mut closes) = (portal::is_open(tx, ctx, &all[0].id)?, Vec::new());
    for one in all.iter().skip(1) {
        if portal::is_open(tx, ctx, &one.id)? {
            if taken {
                closes.push(one.display_name.clone());
            } else {
                moved.insert("accesses to the portal".to_owned(), 1);
            }
            taken = true;
        }
    }
    moved.retain(|_, n| *n > 0);
    let side = |field: &Field| {
        let suggested = choose::suggested(&all, *field)?.id.clone();
        Some(Side { field: *field, values: all.iter().map(|c| text(c, *field)).collect(), suggested })
    };
    let sides = Field::ALL.iter().filter_map(side).collect();
    let sums = sums(tx, ctx, &all)?;
    Ok(Look { sides, moved, closes, sums, refused, all })
}

/// The same for programs: what is asked for has to be one that the merge itself would take, its choices too. Needs [`Right::Read`].
///
/// # Errors
/// `Invalid` as [`super::merge`] says it; [`Error::NotFound`] for who is not here.
pub fn preview(tx: &mut Tx, ctx: &Ctx, gone: &[CustomerId], stays: &CustomerId, choices: &Choices) -> Result<Look> {
    ctx.must(Right::Read)?;
    verb::once_each(gone, stays)?;
    let look = look(tx, ctx, gone, stays)?;
    choose::winners(&look.all, choices)?;
    Ok(look)
}

fn sums(tx: &mut Tx, ctx: &Ctx, all: &[Customer]) -> Result<Vec<Sum>> {
    let mut sums: BTreeMap<&'static str, [i64; 4]> = BTreeMap::new();
    for c in all {
        for t in &c.totals {
            let s = sums.entry(t.currency.code()).or_default();
            for (sum, part) in s.iter_mut().zip([t.paid, t.refunded, t.lost]) {
                *sum = sum.saturating_add(part);
            }
        }
        for b in credit::balances(tx, ctx, &c.id)? {
            let s = sums.entry(b.currency.code()).or_default();
            s[3] = s[3].saturating_add(b.minor);
        }
    }
    let sum = |(code, [paid, refunded, lost, credit]): (&str, [i64; 4])| {
        let money = |minor| Currency::of(code).map(|c| Money::new(minor, c));
        Some(Sum { paid: money(paid)?, refunded: money(refunded)?, lost: money(lost)?, credit: money(credit)? })
    };
    Ok(sums.into_iter().filter_map(sum).collect())
}
