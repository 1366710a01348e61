//! What stands behind a number and has no list of its own: unmatched cancellations; and the disputes that Home names.

use std::str::FromStr;

use store::{Row, Tx};

use super::queries;
use crate::customers::display_name;
use crate::kit::{Ctx, CustomerId, Micros, Money, PageKey, Result, Right};

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Disputes that wait for an answer, the most urgent first.
    Disputes,
    /// Cancellations of imported history that fit no payment, newest first.
    Unmatched,
}

impl Which {
    /// The word in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Disputes => "disputes",
            Self::Unmatched => "unmatched",
        }
    }
}

impl FromStr for Which {
    type Err = ();
    fn from_str(word: &str) -> std::result::Result<Self, ()> {
        // Disputes have a list of their own.
        if word == Self::Unmatched.name() { Ok(Self::Unmatched) } else { Err(()) }
    }
}

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// When it happened; of a dispute when it is due, [`Micros::MAX`] when that is not known.
    pub at: Micros,
    /// The dispute's answer is due.
    pub due_at: Option<Micros>,
    /// Minor units with their currency.
    pub money: Money,
    /// Why: the reason.
    pub what: String,
    /// The buyer's e-mail, or the shop's own number of what is unmatched.
    pub contact: String,
    /// Whose; nobody: a guest's.
    pub customer: Option<(CustomerId, String)>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries {
    /// The lines.
    pub entries: Vec<Entry>,
    /// Exactly how many there are.
    pub total: u64,
    /// Where the next page begins.
    pub next: Option<PageKey>,
}

/// A page of one of the lists.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub fn entries(tx: &mut Tx, ctx: &Ctx, which: Which, after: Option<PageKey>, limit: usize) -> Result<Entries> {
    ctx.must(Right::Read)?;
    let more = limit as i64 + 1;
    let first = if which == Which::Disputes { PageKey { at: Micros::MIN, id: String::new() } } else { PageKey::newest() };
    let key = after.unwrap_or(first);
    let merchant = &ctx.merchant;
    let mut found = match which {
        Which::Disputes => tx.rows(&queries::DISPUTES, &[merchant, &key.at, &key.id, &Micros::MAX, &more], |r| {
            Ok(Entry { due_at: r.get(13)?, ..read(r)? })
        })?,
        Which::Unmatched => tx.rows(&queries::UNMATCHED, &[merchant, &key.at, &key.id, &more], read)?,
    };
    let there_is_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| there_is_more).map(|last| PageKey { at: last.at, id: last.id.clone() });
    Ok(Entries { entries: found, total: total(tx, ctx, which)?, next })
}

fn total(tx: &mut Tx, ctx: &Ctx, which: Which) -> Result<u64> {
    let count: i64 = match which {
        Which::Disputes => tx.scalar(&queries::COUNT_DISPUTES, &[&ctx.merchant])?,
        Which::Unmatched => tx.scalar(&queries::COUNT_UNMATCHED, &[&ctx.merchant])?,
    };
    Ok(count.unsigned_abs())
}

fn read(r: &Row) -> std::result::Result<Entry, store::Error> {
    let customer: Option<CustomerId> = r.get(6)?;
    let customer = match customer {
        Some(id) => Some((id, display_name(r.str(7)?, r.str(8)?, r.str(9)?, r.str(10)?, r.str(11)?, r.str(12)?))),
        None => None,
    };
    Ok(Entry {
        id: r.get(0)?,
        at: r.get(1)?,
        due_at: None,
        money: Money::new(r.get(2)?, r.get(3)?),
        what: r.get(4)?,
        contact: r.get(5)?,
        customer,
    })
}
