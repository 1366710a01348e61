//! Blocks as pages and the API show them.

use std::collections::HashMap;

use store::{Row, Tx};

use super::{Block, Kind, queries};
use crate::customers::display_name;
use crate::kit::{BlockId, Ctx, CustomerId, Error, Micros, PaymentId, Result, Right};

/// Standing ones first, then those that were lifted, newest first; at most `limit`.
pub fn list(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<Vec<Block>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::LIST, &[&ctx.merchant, &limit], row)?)
}

/// The block of a customer, while it stands.
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Option<Block>> {
    ctx.must(Right::Read)?;
    Ok(tx.opt(&queries::OF_CUSTOMER, &[&ctx.merchant, customer], row)?)
}

/// How the card of a payment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardState {
    /// It may pay; it can be blocked.
    Free,
    /// It is blocked.
    Blocked(BlockId),
}

/// The cards of a customer's payments between two moments, both in; without payments whose card nobody could know again.
pub fn cards_of(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, from: Micros, to: Micros) -> Result<HashMap<PaymentId, CardState>> {
    ctx.must(Right::Read)?;
    let found = tx.rows(&queries::CARDS_OF, &[&ctx.merchant, customer, &from, &to], |r| {
        Ok((r.get::<PaymentId>(0)?, r.get::<Option<BlockId>>(1)?.map_or(CardState::Free, CardState::Blocked)))
    })?;
    Ok(found.into_iter().collect())
}

/// How the card of one payment stands; nothing where nobody could know it again.
pub fn card_of(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Option<CardState>> {
    ctx.must(Right::Read)?;
    let found = tx.opt(&queries::CARD_OF, &[&ctx.merchant, payment], |r| r.get::<Option<BlockId>>(0))?;
    Ok(found.map(|block| block.map_or(CardState::Free, CardState::Blocked)))
}

/// One.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &BlockId) -> Result<Block> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

/// The same for verbs, which ask for their own right.
pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &BlockId) -> Result<Block> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("block"))
}

fn row(r: &Row<'_>) -> std::result::Result<Block, store::Error> {
    let kind: Kind = r.get(1)?;
    let name = |at| r.get::<Option<String>>(at).map(Option::unwrap_or_default);
    let shown = match kind {
        Kind::Customer => display_name(&name(9)?, &name(10)?, &name(11)?, &name(12)?, &name(13)?, &name(14)?),
        Kind::Card | Kind::Email => r.get(2)?,
    };
    Ok(Block {
        id: r.get(0)?,
        kind,
        shown,
        reason: r.get(3)?,
        customer: r.get(4)?,
        created_at: r.get(5)?,
        by: r.get(6)?,
        lifted_at: r.get(7)?,
        lifted_by: r.get(8)?,
    })
}
