//! Taking calls in, some at a time: a slice that died is taken again, and every call stands once.

use std::collections::BTreeMap;

use store::Tx;

use crate::conversations::{CallInput, record_call};
use crate::customers;
use crate::kit::{Ctx, Error, Result, Right};
use crate::merchants;

/// What became of the calls of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Kept now.
    pub new: usize,
    /// Kept before.
    pub known: usize,
    /// Kept now, of numbers that nobody knows; they wait in the inbox. Counted in `new` as well.
    pub waiting: usize,
    /// Left out: numbers that nobody knows, with how many calls each.
    pub unknown: BTreeMap<String, usize>,
    /// Refused: no number that can be one, a time that is not over.
    pub refused: usize,
}

impl Taken {
    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.new += other.new;
        self.known += other.known;
        self.waiting += other.waiting;
        self.refused += other.refused;
        for (number, calls) in other.unknown {
            *self.unknown.entry(number).or_default() += calls;
        }
        self
    }

    /// What happened, in a sentence.
    pub fn words(&self) -> String {
        let of = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
        let mut all = vec![of(self.new, "call was taken in", "calls were taken in")];
        if self.waiting > 0 {
            all.push(format!("of them {} of numbers nobody knows", self.waiting));
        }
        if self.known > 0 {
            all.push(format!("{} there before", of(self.known, "was", "were")));
        }
        let left: usize = self.unknown.values().sum();
        if left > 0 {
            all.push(format!("{} left out, of numbers nobody knows", of(left, "was", "were")));
        }
        if self.refused > 0 {
            all.push(format!("{} refused", of(self.refused, "was", "were")));
        }
        format!("{}.", all.join(", "))
    }
}

/// Keeps some calls of a file. Those of numbers that nobody knows are listed, or kept in the inbox when `all` says so. Needs [`Right::Write`].
///
/// # Errors
/// The database's; a call that is refused is counted.
pub fn take(tx: &mut Tx, ctx: &Ctx, calls: &[CallInput], all: bool) -> Result<Taken> {
    ctx.must(Right::Write)?;
    let country = merchants::settings(tx, ctx)?.country;
    let mut taken = Taken::default();
    for call in calls {
        tx.next_verb();
        let known = customers::find_by_phone(tx, ctx, &call.phone, &country)?.is_some();
        if !known && !all {
            *taken.unknown.entry(call.phone.clone()).or_default() += 1;
            continue;
        }
        match record_call(tx, ctx, call) {
            Ok((_, true)) => {
                taken.new += 1;
                taken.waiting += usize::from(!known);
            }
            Ok((_, false)) => taken.known += 1,
            // Both are found out before anything is written.
            Err(Error::Invalid(_) | Error::Conflict { .. }) => taken.refused += 1,
            Err(other) => return Err(other),
        }
    }
    Ok(taken)
}
