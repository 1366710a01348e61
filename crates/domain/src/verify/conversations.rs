//! What a conversation keeps of its entries: how many, the newest, and that all of them are of the same customer.

use store::Tx;

use super::credit::difference;
use super::{Slice, queries};
use crate::kit::{Ctx, Result};

/// Conversations of one slice.
const MANY: i64 = 2_000;

/// Those behind `after`.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let rows = tx.rows(&queries::CONVERSATIONS, &[&ctx.merchant, &after, &MANY], |r| {
        Ok((r.get::<String>(0)?, [r.get::<i64>(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?]))
    })?;
    let mut differences = Vec::new();
    for (id, [entries, last_at, count, newest, strange]) in &rows {
        let mut note = |what: &str, kept: i64, should_be: i64| {
            differences.push(difference(ctx, "conversation", id, what.to_owned(), kept, should_be));
        };
        if entries != count {
            note("entries", *entries, *count);
        }
        // It may be later: a chat is opened before anything is said.
        if last_at < newest {
            note("last_at", *last_at, *newest);
        }
        if *strange > 0 {
            note("entries of another customer", *strange, 0);
        }
    }
    let next = rows.last().filter(|_| rows.len() as i64 == MANY).map(|(id, _)| id.clone());
    Ok(Slice { looked_at: 0, differences, next })
}
