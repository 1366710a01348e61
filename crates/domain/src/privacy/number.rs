//! The customer's number: one of our own series says nothing of anybody and stays. A number that was typed or brought by an import may be a login or an
//! address of another shop, and leads to the person there: it is replaced by the next of our own, and kept as a keyed hash, so that a file which names it
//! again brings nobody back.

use store::Tx;

use super::{queries as q, refusals};
use crate::customers::FIRST_NUMBER;
use crate::kit::{Ctx, CustomerId, Result};
use crate::merchants;

/// Gives a customer who is anonymised a number of our own series, unless they have one. Last but for what follows without locks: the series' row is
/// locked behind all others.
pub(super) fn own(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    let (number, next) = tx.one(&q::NUMBER, &[&ctx.merchant, id], |r| Ok((r.get::<String>(0)?, r.get::<i64>(1)?)))?;
    if is_ours(&number, next) {
        return Ok(());
    }
    let hash = refusals::hash(&refusals::key_of(tx, ctx)?, &named(&number));
    tx.exec(&q::KEEP_NUMBER, &[&ctx.merchant, &hash, id, &ctx.now])?;
    loop {
        let number = merchants::next_number(tx, ctx, "customer")?.to_string();
        // An import may have brought this number: go on to the next.
        if tx.exec(&q::SET_NUMBER, &[&ctx.merchant, id, &number])? > 0 {
            return Ok(());
        }
    }
}

/// What is hashed: a number that is an address is not to be told from the hash of that address.
fn named(number: &str) -> String {
    format!("number {number}")
}

/// Numbers of who was erased, to look rows of a file up among.
#[derive(Debug, Default)]
pub(crate) struct ErasedNumbers {
    /// Nothing where there are none: then nobody is looked for.
    key: Option<String>,
}

impl ErasedNumbers {
    /// Of the merchant.
    pub(crate) fn of(tx: &mut Tx, ctx: &Ctx) -> Result<Self> {
        Ok(Self { key: tx.opt(&q::NUMBERS_KEY, &[&ctx.merchant], |r| r.get(0))? })
    }

    /// Who had this number and was erased.
    pub(crate) fn find(&self, tx: &mut Tx, ctx: &Ctx, number: &str) -> Result<Option<CustomerId>> {
        let Some(key) = &self.key else { return Ok(None) };
        Ok(tx.opt(&q::BY_NUMBER, &[&ctx.merchant, &refusals::hash(key, &named(number))], |r| r.get(0))?)
    }
}

/// Did our series give it out? `next` is the one it gives next.
fn is_ours(number: &str, next: i64) -> bool {
    number.parse().is_ok_and(|n: i64| (FIRST_NUMBER..next).contains(&n) && n.to_string() == number)
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_number_is_ours_when_our_series_gave_it_out() {
        assert!(is_ours("1001", 1002) && is_ours("1500", 2000));
        for other in ["ana@example.com", "1002", "01001", "+1001", "34612345678", "K-1001", "7", ""] {
            assert!(!is_ours(other, 1002), "{other}");
        }
    }
}
