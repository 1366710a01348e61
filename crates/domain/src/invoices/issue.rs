//! A draft becomes an invoice: it gets its seller, its dates, what was paid before, and last of all the next number (SPEC 5.3).

use store::Tx;

use super::settings::text;
use super::{Category, Invoice, Kind, Settings, Snapshot, State, Summary, create, pay, queries, settings};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, Error, InvoiceId, Problems, Result, Right, Zone};
use crate::merchants;

/// Issues a draft; gives its number. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`issued`) when it was; `seller_incomplete` before the settings say who sells; field errors of what an invoice must have.
pub fn issue(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<String> {
    ctx.must(Right::Orders)?;
    let draft = create::draft(tx, ctx, id)?;
    let (own, zone) = (settings(tx, ctx)?, merchants::settings(tx, ctx)?.zone);
    ready(&draft, &own)?;
    let paid = pay::before(tx, ctx, &draft.summary)?;
    let number = put(tx, ctx, &draft.summary, &own, &zone, State::of(draft.summary.total, paid, 0), paid)?;
    record(tx, ctx, &draft.summary, "invoice.issued", &number)?;
    facts::refresh(tx, ctx, draft.summary.customer.as_slice(), "invoice issued")?;
    Ok(number)
}

/// What the law and EN 16931 want of an invoice.
fn ready(draft: &Invoice, own: &Settings) -> Result<()> {
    seller(own, draft.lines.iter().any(|l| l.category != Category::Outside))?;
    missing(draft).check()
}

/// What a draft lacks to be issued, beside its fields.
pub fn missing(draft: &Invoice) -> Problems {
    let s = &draft.summary;
    let has = |category: Category| draft.lines.iter().any(|l| l.category == category);
    let mut problems = Problems::default();
    if draft.lines.is_empty() {
        problems.add("lines", "required", "Add at least one line.");
    }
    if s.total < 0 {
        problems.add("lines", "invalid", "The total must not be below zero. Give money back with a credit note.");
    }
    if s.buyer.name.trim().is_empty() {
        problems.add("buyer.name", "required", "Say who buys.");
    }
    if s.buyer.address.country.is_empty() {
        problems.add("buyer.address.country", "required", "Choose the buyer’s country.");
    }
    if (has(Category::ReverseCharge) || has(Category::IntraCommunity)) && s.buyer.vat_number.trim().is_empty() {
        problems.add("buyer.vat_number", "required", "The buyer owes the tax, so its VAT number must stand on the invoice.");
    }
    problems
}

fn seller(own: &Settings, taxed: bool) -> Result<()> {
    let incomplete =
        |what: &str| Err(Error::conflict("seller_incomplete", format!("Fill in {what} in Settings, Invoices, before issuing.")));
    let p = &own.seller;
    if p.name.is_empty() || p.address.country.is_empty() {
        return incomplete("your name and country");
    }
    if taxed && p.vat_number.is_empty() {
        return incomplete("your VAT or tax number");
    }
    if p.vat_number.is_empty() && p.company_id.is_empty() {
        return incomplete("your company number");
    }
    Ok(())
}

/// Writes what an issued document has; the number comes last, and its row stays locked from then on.
pub(super) fn put(tx: &mut Tx, ctx: &Ctx, s: &Summary, own: &Settings, zone: &Zone, state: State, paid: i64) -> Result<String> {
    let mut snapshot = Snapshot::of(own);
    // The words of the settings speak of the days of the settings; an invoice with days of its own says them by its due day alone.
    if s.kind == Kind::Invoice && s.terms_days != own.terms_days {
        snapshot.terms.clear();
    }
    let today = i64::from(zone.day(ctx.now));
    let due = (s.kind == Kind::Invoice).then_some(today + s.terms_days);
    let format = if s.kind == Kind::Invoice { &own.format } else { &own.credit_format };
    let year = zone.date(ctx.now).year();
    let series = if format.contains("{year}") { format!("{}:{year}", s.kind.name()) } else { s.kind.name().to_owned() };
    let next: i64 = tx.one(&queries::NEXT_NUMBER, &[&ctx.merchant, &series], |r| r.get(0))?;
    let number = format.replacen("{year}", &year.to_string(), 1).replacen("{number}", &format!("{next:05}"), 1);
    tx.exec(&queries::ISSUE, &[&ctx.merchant, &s.id, &state, &number, &series, &next, &text(&snapshot), &today, &due, &ctx.now, &paid])
        .map_err(|e| taken(e, &number))?;
    Ok(number)
}

fn taken(error: store::Error, number: &str) -> Error {
    match error {
        store::Error::Unique { ref table, .. } if table == "invoices" => {
            Error::conflict("number_taken", format!("{number} is taken. Change the form of numbers in Settings, Invoices."))
        }
        other => other.into(),
    }
}

pub(super) fn record(tx: &mut Tx, ctx: &Ctx, s: &Summary, kind: &'static str, number: &str) -> Result<()> {
    Event::new(kind)
        .of_opt(s.customer.as_ref())
        .on("invoice", s.id.as_str())
        .data(serde_json::json!({ "number": number, "total": s.total, "currency": s.currency }))
        .record(tx, ctx)?;
    Ok(())
}
