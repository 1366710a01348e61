//! What is kept on offers and returns: sums of lines, the order an accepted offer became, and that no more came back than was bought (SPEC 2.10).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use store::Tx;

use super::{Difference, Slice, queries};
use crate::kit::{Ctx, Currency, Problems, Result};
use crate::offers::State;
use crate::orders::{Extras, Line, total};
use crate::returns::Goods;

/// Offers or returns of one slice.
const ROWS: i64 = 1_000;

fn line(r: &store::Row<'_>, at: usize) -> std::result::Result<Line, store::Error> {
    Ok(Line { quantity: r.get(at)?, unit_price: r.get(at + 1)?, discount: r.get(at + 2)?, ..Line::default() })
}

fn sum(lines: &[Line], extras: Extras, currency: Currency) -> String {
    let mut problems = Problems::default();
    let (_, sum) = total(lines, extras, currency, &mut problems);
    if problems.0.is_empty() { sum.to_string() } else { "lines that do not add up".to_owned() }
}

fn note(ctx: &Ctx, into: &mut Vec<Difference>, kind: &'static str, id: &str, what: &str, kept: String, should_be: String) {
    if kept != should_be {
        into.push(Difference { merchant: ctx.merchant.clone(), kind, id: id.to_owned(), what: what.to_owned(), kept, should_be });
    }
}

/// The offers behind `after`.
pub(super) fn offers(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let mut lines: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    let rows = tx.rows(&queries::OFFERS, &[&ctx.merchant, &after, &ROWS], |r| {
        let extras = Extras { discount: r.get(3)?, shipping: r.get(4)?, tax: r.get(5)? };
        Ok((r.get::<String>(0)?, r.get::<State>(1)?, r.get::<Currency>(2)?, extras, r.get::<i64>(6)?, r.get::<bool>(7)?))
    })?;
    let Some(last) = rows.last().map(|r| r.0.clone()) else {
        return Ok(Slice { looked_at: 0, differences: Vec::new(), next: None });
    };
    tx.each(&queries::OFFER_LINES, &[&ctx.merchant, &after, &last], |r| {
        lines.entry(r.get(0)?).or_default().push(line(r, 1)?);
        Ok(())
    })?;
    let mut differences = Vec::new();
    for (id, state, currency, extras, kept, ordered) in &rows {
        let of = lines.get(id).map_or(&[][..], Vec::as_slice);
        note(ctx, &mut differences, "offer", id, "total", kept.to_string(), sum(of, *extras, *currency));
        note(ctx, &mut differences, "offer", id, "has an order", ordered.to_string(), (*state == State::Accepted).to_string());
        if *state == State::Expired {
            note(ctx, &mut differences, "offer", id, "state", state.name().to_owned(), State::Sent.name().to_owned());
        }
    }
    let next = (rows.len() as i64 == ROWS).then_some(last);
    Ok(Slice { looked_at: rows.len() as u64, differences, next })
}

/// The returns behind `after`.
pub(super) fn returns(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let rows = tx.rows(&queries::RETURNS, &[&ctx.merchant, &after, &ROWS], |r| {
        Ok((r.get::<String>(0)?, r.get::<Currency>(1)?, r.get::<i64>(2)?, r.get::<i64>(3)?, r.get::<i64>(4)?))
    })?;
    let Some(last) = rows.last().map(|r| r.0.clone()) else {
        return Ok(Slice { looked_at: 0, differences: Vec::new(), next: None });
    };
    let mut lines: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    tx.each(&queries::RETURN_LINES, &[&ctx.merchant, &after, &last], |r| {
        lines.entry(r.get(0)?).or_default().push(line(r, 1)?);
        Ok(())
    })?;
    let mut bought: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    tx.each(&queries::BOUGHT_OF_RETURNS, &[&ctx.merchant, &after, &last], |r| {
        bought.entry(r.get(0)?).or_default().push(line(r, 1)?);
        Ok(())
    })?;
    let mut differences = Vec::new();
    for (id, currency, kept, strange, cost) in &rows {
        let (of, all) = (lines.get(id).map_or(&[][..], Vec::as_slice), bought.get(id).map_or(&[][..], Vec::as_slice));
        // What comes back in several parts is rounded together. Earlier versions took the lines alone.
        let (share, alone) = (Goods::new(*cost, all).share(of), sum(of, Extras::default(), *currency));
        if (kept - share).abs() > 1 && kept.to_string() != alone {
            note(ctx, &mut differences, "return", id, "value", kept.to_string(), share.to_string());
        }
        note(ctx, &mut differences, "return", id, "refunds of other orders", strange.to_string(), "0".to_owned());
    }
    let next = (rows.len() as i64 == ROWS).then_some(last);
    Ok(Slice { looked_at: rows.len() as u64, differences, next })
}

/// Lines of orders of which more comes back than was bought. The order's lines may have been told anew since; then nothing is said.
pub(super) fn too_many(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Difference>> {
    let mut back: BTreeMap<(String, i64), (Decimal, Decimal)> = BTreeMap::new();
    tx.each(&queries::BACK, &[&ctx.merchant], |r| {
        let number = |text: &str| text.parse::<Decimal>().unwrap_or_default();
        let entry = back.entry((r.get(0)?, r.get(1)?)).or_default();
        entry.0 += number(r.str(2)?);
        entry.1 = number(r.str(3)?);
        Ok(())
    })?;
    let mut found = Vec::new();
    for ((order, line), (back, bought)) in back.iter().filter(|(_, (back, bought))| back > bought) {
        note(ctx, &mut found, "return", order, &format!("line {line}"), back.to_string(), format!("at most {bought}"));
    }
    Ok(found)
}
