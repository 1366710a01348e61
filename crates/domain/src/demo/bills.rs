//! Invoices of the demo: those of companies, in the order of time so that numbers rise with it; some open, some overdue,
//! some credited in part, some withdrawn.

use store::Db;

use super::{House, Plan};
use crate::customers::list::Indexes;
use crate::invoices::{self, Bank, CreditLine, NewCredit, Party, SettingsEdit};
use crate::kit::{Address, Ctx, DAY, Error, IdSource, OrderId, Result};
use crate::lists::{self, Query};
use crate::orders::{OrderSummary, State, listed};

/// How many orders are billed.
const BILLS: usize = 60;
/// Pages of orders that are looked through for them.
const PAGES: usize = 6;

/// Writes who sells, and the invoices.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn bills(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(9)), ..house.ctx.clone() };
    let (now, edit) = (ctx.at(plan.now - 200 * DAY), seller());
    db.write_now::<_, Error>(move |tx| invoices::edit_settings(tx, &now, &edit).map(drop))?;
    let mut chosen = found(db, &ctx)?;
    chosen.sort_by(|a, b| (a.ordered_at, &a.id).cmp(&(b.ordered_at, &b.id)));
    for (n, order) in chosen.into_iter().enumerate() {
        let (ctx, plan) = (ctx.clone(), *plan);
        db.write_slice_now::<_, Error>(move |tx| {
            let at = ctx.at((order.ordered_at + 3_600_000_000).min(plan.now));
            let id = bill(tx, &at, &order.id)?;
            let issued = invoices::get(tx, &at, &id)?.summary.state.is_issued();
            let later = ctx.at((at.now + 5 * DAY).min(plan.now));
            match n % 20 {
                7 if issued => {
                    tx.next_verb();
                    let lines = Some(vec![CreditLine { line: 1, quantity: None }]);
                    invoices::credit(tx, &later, &id, &NewCredit { lines, reason: "Damaged on the way".into() }).map(drop)
                }
                13 if issued && invoices::get(tx, &at, &id)?.summary.state == invoices::State::Open => {
                    tx.next_verb();
                    invoices::void(tx, &later, &id)
                }
                _ if issued => by_credit(tx, &later, &id),
                _ => Ok(()),
            }
        })?;
    }
    Ok(())
}

/// Drafts and issues the invoice of an order.
fn bill(tx: &mut store::Tx, ctx: &Ctx, order: &OrderId) -> Result<crate::kit::InvoiceId> {
    tx.next_verb();
    let id = invoices::of_order_draft(tx, ctx, order)?;
    tx.next_verb();
    invoices::issue(tx, ctx, &id)?;
    Ok(id)
}

/// Who has store credit uses half of what could be used.
fn by_credit(tx: &mut store::Tx, ctx: &Ctx, id: &crate::kit::InvoiceId) -> Result<()> {
    let invoice = invoices::get(tx, ctx, id)?.summary;
    let half = invoices::credit_for(tx, ctx, &invoice)? / 2;
    if half == 0 {
        return Ok(());
    }
    tx.next_verb();
    invoices::use_credit(tx, ctx, id, half).map(drop)
}

/// The newest orders of companies, and those that nobody has paid yet.
fn found(db: &Db, ctx: &Ctx) -> Result<Vec<OrderSummary>> {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (ctx, from) = (ctx.clone(), after.take());
        let (orders, next) = db.read_now::<_, Error>(move |tx| {
            let found = lists::pick(tx, &ctx, &Indexes::default(), &Query::everything(&listed::LIST), from.clone(), 200)?;
            Ok((listed::rows(tx, &ctx, &found.ids)?, found.after))
        })?;
        let bought = |o: &OrderSummary| {
            let open = o.state == State::Open && o.abandoned_at.is_none();
            o.customer.is_some() && o.total > 0 && (open || !o.company.is_empty()) && !matches!(o.state, State::Draft | State::Cancelled)
        };
        all.extend(orders.into_iter().filter(bought));
        after = next;
        if after.is_none() || all.len() >= BILLS {
            break;
        }
    }
    all.truncate(BILLS);
    Ok(all)
}

fn seller() -> SettingsEdit {
    SettingsEdit {
        seller: Party {
            name: "Kilde Coffee ApS".into(),
            address: Address {
                line1: "Refshalevej 153".into(),
                zip: "1432".into(),
                city: "København K".into(),
                country: "DK".into(),
                ..Address::default()
            },
            vat_number: "DK12345674".into(),
            company_id: "12345674".into(),
            email: "billing@kilde.example".into(),
            phone: "+45 70 10 20 30".into(),
            ..Party::default()
        },
        bank: Bank { name: "Eksempelbank".into(), iban: "DK5000400440116243".into(), bic: "EKSPDKKK".into() },
        terms: "14 days net.".into(),
        terms_days: 14,
        footer: "Kilde Coffee ApS · CVR 12345674 · billing@kilde.example".into(),
        format: "{year}-{number}".into(),
        credit_format: "CN-{year}-{number}".into(),
        rounding: "document".into(),
        prices: "gross".into(),
        category: "standard".into(),
        rate: "25".into(),
        exemption: String::new(),
    }
}
