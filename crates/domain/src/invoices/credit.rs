//! Credit notes: take back all or some of an issued invoice, never more than what is left of each line and each tax (SPEC 2.9).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::Tx;

use super::create::{Draft, insert};
use super::sums::{groups, on_top, whole};
use super::{Invoice, Kind, Line, State, Sums, TaxGroup, issue, lines, pay, queries, read, settings};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, Error, InvoiceId, Problems, Result, Right, clean};
use crate::merchants;

/// How much of which line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditLine {
    /// The line of the invoice, from 1.
    pub line: i64,
    /// Exact decimal text; absent: all that is left of it.
    #[serde(default)]
    pub quantity: Option<String>,
}

/// What to take back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewCredit {
    /// Absent or empty: all that is left.
    pub lines: Option<Vec<CreditLine>>,
    /// Why; stands on the credit note.
    pub reason: String,
}

/// What is left of a line.
#[derive(Clone, Copy, Debug)]
struct Left {
    quantity: Decimal,
    net: i64,
    shown: i64,
}

/// Issues a credit note; gives it. Needs [`Right::Refund`].
///
/// # Errors
/// `Conflict` (`invoice_state`) unless it is an issued invoice with something left; field errors `lines.N.line`, `lines.N.quantity`.
pub fn credit(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, new: &NewCredit) -> Result<InvoiceId> {
    ctx.must(Right::Refund)?;
    let summary = read::find_locked(tx, ctx, id)?;
    if summary.creditable() <= 0 {
        return Err(Error::conflict("invoice_state", "Nothing is left to credit."));
    }
    let invoice = read::load(tx, ctx, id)?;
    let left = left(tx, ctx, &invoice)?;
    let mut problems = Problems::default();
    let note = clean(&mut problems, "reason", &new.reason, 500);
    let chosen = chosen(new, &left, &mut problems);
    problems.check()?;
    let lines = taken(&invoice, &left, &chosen)?;
    let sums = taxes(tx, ctx, &invoice, &left, &chosen, &lines)?;
    let own = settings(tx, ctx)?;
    let s = &invoice.summary;
    let draft = Draft {
        customer: s.customer.clone(),
        shop: s.shop.clone(),
        order: s.order.clone(),
        payment: None,
        currency: s.currency,
        prices: s.prices,
        rounding: s.rounding,
        lines,
        buyer: s.buyer.clone(),
        note,
        terms_days: 0,
    };
    let made: InvoiceId = ctx.id();
    insert(tx, ctx, &made, Kind::CreditNote, Some(id), &draft, &sums)?;
    pay::keep(tx, ctx, s, s.credited + sums.total)?;
    let credit = read::find(tx, ctx, &made)?;
    let zone = merchants::settings(tx, ctx)?.zone;
    let number = issue::put(tx, ctx, &credit, &own, &zone, State::Paid, 0)?;
    Event::new("invoice.credited")
        .of_opt(s.customer.as_ref())
        .on("invoice", id.as_str())
        .data(serde_json::json!({ "number": s.number, "credit_note": number, "total": sums.total, "currency": s.currency }))
        .record(tx, ctx)?;
    facts::refresh(tx, ctx, s.customer.as_slice(), "invoice credited")?;
    Ok(made)
}

/// Each line of an invoice with the quantity that is left of it, as plain text.
pub fn left_of(tx: &mut Tx, ctx: &Ctx, invoice: &Invoice) -> Result<Vec<(i64, String)>> {
    ctx.must(Right::Read)?;
    Ok(left(tx, ctx, invoice)?.into_iter().map(|(line, l)| (line, l.quantity.normalize().to_string())).collect())
}

/// What earlier credit notes left of each line.
fn left(tx: &mut Tx, ctx: &Ctx, invoice: &Invoice) -> Result<BTreeMap<i64, Left>> {
    let mut left: BTreeMap<i64, Left> =
        invoice.lines.iter().map(|l| (l.position, Left { quantity: l.quantity, net: l.net, shown: l.shown })).collect();
    tx.each(&queries::CREDITED_LINES, &[&ctx.merchant, &invoice.summary.id], |r| {
        if let Some(line) = left.get_mut(&r.get::<i64>(0)?) {
            line.quantity -= read::number(r.str(1)?)?;
            line.net -= r.get::<i64>(2)?;
            line.shown -= r.get::<i64>(3)?;
        }
        Ok(())
    })?;
    Ok(left)
}

/// Which lines with what quantity; all that is left where nothing is said.
fn chosen(new: &NewCredit, left: &BTreeMap<i64, Left>, problems: &mut Problems) -> BTreeMap<i64, Decimal> {
    let asked = new.lines.as_deref().unwrap_or_default();
    if asked.is_empty() {
        return left.iter().filter(|(_, l)| !l.quantity.is_zero()).map(|(p, l)| (*p, l.quantity)).collect();
    }
    let mut chosen = BTreeMap::new();
    for (i, line) in asked.iter().enumerate() {
        let Some(rest) = left.get(&line.line).filter(|l| !l.quantity.is_zero()) else {
            problems.add(format!("lines.{i}.line"), "invalid", "Nothing is left of this line.");
            continue;
        };
        let quantity = match line.quantity.as_deref().map(str::trim) {
            None | Some("") => Some(rest.quantity),
            Some(text) => lines::decimal(text, 1_000_000_000, 6),
        };
        // What takes back has a quantity below zero, and so has its credit.
        let fits = |q: &Decimal| !q.is_zero() && q.is_sign_negative() == rest.quantity.is_sign_negative() && q.abs() <= rest.quantity.abs();
        match quantity.filter(fits) {
            Some(quantity) if chosen.insert(line.line, quantity).is_none() => {}
            Some(_) => problems.add(format!("lines.{i}.line"), "taken", "Name each line once."),
            None => {
                let message = format!("Use a number up to {}: that is left of this line.", rest.quantity.normalize());
                problems.add(format!("lines.{i}.quantity"), "too_much", message);
            }
        }
    }
    chosen
}

/// The lines of the credit note: the last of a line takes exactly what is left of it.
fn taken(invoice: &Invoice, left: &BTreeMap<i64, Left>, chosen: &BTreeMap<i64, Decimal>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for line in &invoice.lines {
        let (Some(rest), Some(quantity)) = (left.get(&line.position), chosen.get(&line.position)) else { continue };
        let share = |of: i64, rest: i64| -> Result<i64> {
            if *quantity == left[&line.position].quantity {
                return Ok(rest);
            }
            let exact = Decimal::from(of).checked_mul(*quantity).and_then(|x| x.checked_div(line.quantity));
            let part = exact.and_then(whole).ok_or_else(|| Error::Internal("a share of a line is beyond measure".to_owned()))?;
            Ok(if rest < 0 { part.max(rest) } else { part.min(rest) })
        };
        lines.push(Line {
            position: lines.len() as i64 + 1,
            quantity: *quantity,
            discount: line.discount.map(|d| d.share(*quantity, line.quantity)),
            net: share(line.net, rest.net)?,
            shown: share(line.shown, rest.shown)?,
            source: Some(line.position),
            ..line.clone()
        });
    }
    Ok(lines)
}

/// The tax of each rate: what is left of it when the last of its lines goes, else by its rate, and never more than what is left.
fn taxes(
    tx: &mut Tx,
    ctx: &Ctx,
    invoice: &Invoice,
    left: &BTreeMap<i64, Left>,
    chosen: &BTreeMap<i64, Decimal>,
    lines: &[Line],
) -> Result<Sums> {
    let before = tx.rows(&queries::CREDITED_TAXES, &[&ctx.merchant, &invoice.summary.id], read::group)?;
    let mut sums = Sums::default();
    for (category, rate) in groups(lines) {
        let same = |t: &&TaxGroup| (t.category, t.rate) == (category, rate);
        let tax_left =
            invoice.taxes.iter().filter(same).map(|t| t.tax).sum::<i64>() - before.iter().filter(same).map(|t| t.tax).sum::<i64>();
        let of_group = |l: &&Line| (l.category, l.rate) == (category, rate);
        let finished = invoice
            .lines
            .iter()
            .filter(of_group)
            .all(|l| left[&l.position].quantity == chosen.get(&l.position).copied().unwrap_or_default());
        let net = lines.iter().filter(of_group).map(|l| l.net).sum::<i64>();
        // With tax in the price, the tax is what the lines show beyond their net.
        let shown = lines.iter().filter(of_group).map(|l| l.shown).sum::<i64>();
        let by_rate = if invoice.summary.prices == super::Prices::Gross { Some(shown - net) } else { on_top(net, rate) };
        let by_rate = by_rate.ok_or_else(|| Error::Internal("a tax is beyond measure".to_owned()))?;
        let tax = if finished {
            tax_left
        } else if tax_left < 0 {
            by_rate.max(tax_left)
        } else {
            by_rate.min(tax_left)
        };
        sums.net += net;
        sums.tax += tax;
        sums.taxes.push(TaxGroup { category, rate, net, tax });
    }
    sums.total = sums.net + sums.tax;
    let most = invoice.summary.creditable();
    if sums.total <= 0 || sums.total > most {
        return Err(Problems::one("lines", "too_much", "These lines together take back nothing, or more than is left of the invoice."));
    }
    Ok(sums)
}
