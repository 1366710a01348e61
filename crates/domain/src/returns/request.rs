//! A return is asked for: lines of an order with how many and why, never more than was bought and is not on its way back (SPEC 2.10).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::Tx;

use super::worth::Goods;
use super::{Reason, queries};
use crate::events::Event;
use crate::kit::{Ctx, Discount, Error, OrderId, Problems, Result, ReturnId, Right, clean, discount};
use crate::merchants;
use crate::orders::{self, Extras, Line, Order, total};

/// A line that is to come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineBack {
    /// The line of the order, from 1.
    pub line: i64,
    /// Exact decimal text, above zero.
    pub quantity: String,
    /// Why.
    pub reason: Reason,
}

/// A return as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReturn {
    /// At least one.
    pub lines: Vec<LineBack>,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

/// A line of an order, and how many of it may still come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// From 1.
    pub line: i64,
    /// As it was bought.
    pub bought: Line,
    /// Exact, zero or more.
    pub left: Decimal,
}

/// What of an order may still come back; nothing of one that is a draft, not paid or sent yet, or cancelled.
pub fn left(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<Vec<Left>> {
    ctx.must(Right::Read)?;
    let order = orders::load(tx, ctx, order)?;
    if !may_return(&order) {
        return Ok(Vec::new());
    }
    all_left(tx, ctx, &order)
}

fn may_return(order: &Order) -> bool {
    use orders::State::{Closed, Fulfilled, Paid};
    matches!(order.summary.state, Paid | Fulfilled | Closed)
}

fn all_left(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<Vec<Left>> {
    let mut back: BTreeMap<i64, Decimal> = BTreeMap::new();
    tx.each(&queries::BACK, &[&ctx.merchant, &order.summary.id], |r| {
        *back.entry(r.get(0)?).or_default() += number(r.str(1)?);
        Ok(())
    })?;
    let left = |(i, bought): (usize, &Line)| {
        let line = i as i64 + 1;
        let left = number(&bought.quantity) - back.get(&line).copied().unwrap_or_default();
        Left { line, bought: bought.clone(), left: left.max(Decimal::ZERO) }
    };
    Ok(order.lines.iter().enumerate().map(left).collect())
}

/// Quantities in the database were checked when they were written.
fn number(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}

/// Writes it down and takes its number. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`order_state`) for an order of which nothing can come back; field errors of the lines: `too_much` with how many are left.
pub fn request(tx: &mut Tx, ctx: &Ctx, order: &OrderId, new: &NewReturn) -> Result<ReturnId> {
    ctx.must(Right::Orders)?;
    orders::find_locked(tx, ctx, order)?;
    let order = orders::load(tx, ctx, order)?;
    if !may_return(&order) {
        return Err(Error::conflict("order_state", format!("Nothing of an order that is {} comes back.", order.summary.state.name())));
    }
    let left = all_left(tx, ctx, &order)?;
    let mut problems = Problems::default();
    let note = clean(&mut problems, "note", &new.note, 2000);
    let lines = read(&new.lines, &left, &order, &mut problems);
    problems.check()?;
    let value = value(tx, ctx, &order, &lines)?;
    let (id, number) = (ctx.id::<ReturnId>(), merchants::next_number(tx, ctx, "return")?.to_string());
    let (s, by) = (&order.summary, &ctx.actor.name);
    tx.exec(&queries::INSERT, &[&ctx.merchant, &id, &number, &s.id, &value, &note, &ctx.now, by])?;
    for (l, asked) in lines.iter().zip(&new.lines) {
        tx.exec(
            &queries::INSERT_LINE,
            &[&ctx.merchant, &id, &asked.line, &l.sku, &l.title, &l.quantity, &l.unit_price, &asked.reason, &l.discount],
        )?;
    }
    Event::new("return.requested")
        .of_opt(s.customer.as_ref())
        .on("return", id.as_str())
        .data(serde_json::json!({ "number": number, "order": s.id, "total": value, "currency": s.currency }))
        .record(tx, ctx)?;
    Ok(id)
}

/// An amount that was taken off a line goes with its quantity.
fn share(bought: &Line, back: &str) -> String {
    let part = back.trim().parse().ok().filter(|back: &Decimal| *back > Decimal::ZERO && *back <= number(&bought.quantity));
    let off = Discount::kept(&bought.discount).map(|d| d.share(part.unwrap_or_default(), number(&bought.quantity)));
    discount::written(off)
}

/// What they are worth: all that comes back of the order together has its share of what the goods cost, to the cent; this return has what the others do not.
fn value(tx: &mut Tx, ctx: &Ctx, order: &Order, lines: &[Line]) -> Result<i64> {
    let goods = Goods::of(order);
    let read = |r: &store::Row<'_>| Ok(Line { quantity: r.get(1)?, unit_price: r.get(2)?, discount: r.get(3)?, ..Line::default() });
    let before = tx.rows(&queries::BACK, &[&ctx.merchant, &order.summary.id], read)?;
    let counted: i64 = tx.scalar(&queries::BACK_WORTH, &[&ctx.merchant, &order.summary.id])?;
    Ok((goods.share(before.iter().chain(lines)) - counted).max(0))
}

/// The lines as they were bought, with how many come back.
fn read(asked: &[LineBack], left: &[Left], order: &Order, problems: &mut Problems) -> Vec<Line> {
    if asked.is_empty() {
        problems.add("lines", "required", "Say what comes back.");
    }
    let mut lines = Vec::with_capacity(asked.len());
    let mut seen = std::collections::BTreeSet::new();
    for (i, back) in asked.iter().enumerate() {
        let Some(of) = left.iter().find(|l| l.line == back.line && seen.insert(back.line)) else {
            problems.add(format!("lines.{i}.line"), "unknown", "Name each line of the order once, by its place from 1.");
            continue;
        };
        lines.push(Line { quantity: back.quantity.clone(), discount: share(&of.bought, &back.quantity), ..of.bought.clone() });
    }
    if !problems.0.is_empty() {
        return Vec::new();
    }
    orders::positive(&lines, problems);
    let (lines, _) = total(&lines, Extras::default(), order.summary.currency, problems);
    for (i, (line, back)) in lines.iter().zip(asked).enumerate() {
        let most = left.iter().find(|l| l.line == back.line).map(|l| l.left).unwrap_or_default();
        if number(&line.quantity) > most {
            problems.add(format!("lines.{i}.quantity"), "too_much", format!("At most {} can come back.", most.normalize()));
        }
    }
    lines
}
