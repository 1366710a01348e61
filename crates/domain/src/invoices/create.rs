//! Drafts: made by hand, changed, thrown away. A draft has no number and counts nowhere.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::party::party;
use super::settings::{choice, text};
use super::{Invoice, Kind, Line, LineInput, Party, Prices, Rounding, State, Summary, Sums, lines, queries, read, settings, sums};
use crate::customers::display_name;
use crate::events::Event;
use crate::kit::{
    Address, Ctx, Currency, CustomerId, Error, InvoiceId, OrderId, PaymentId, Problems, Result, Right, ShopId, clean, discount, locks,
};
use crate::{customers, merchants, payments};

/// An invoice by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewInvoice {
    /// For whom.
    pub customer: CustomerId,
    /// Absent: the merchant's.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// What is billed; a draft may have none yet.
    #[serde(default)]
    pub lines: Vec<LineInput>,
    /// `net` or `gross`; empty: without tax.
    #[serde(default)]
    pub prices: String,
    /// A remark.
    #[serde(default)]
    pub note: String,
    /// Days until it is due; absent: the merchant's.
    #[serde(default)]
    pub terms_days: Option<i64>,
}

/// What changes in a draft; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DraftEdit {
    /// The version that was looked at.
    pub expected_version: Option<i64>,
    /// All lines.
    pub lines: Option<Vec<LineInput>>,
    /// Who buys.
    pub buyer: Option<Party>,
    /// `net` or `gross`.
    pub prices: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Days until it is due.
    pub terms_days: Option<i64>,
}

/// Makes a draft. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`customer_inactive`) for an archived or deleted customer (SPEC 10.2); field errors of the lines.
pub fn create(tx: &mut Tx, ctx: &Ctx, new: &NewInvoice) -> Result<InvoiceId> {
    ctx.must(Right::Orders)?;
    let customer = customers::survivor(tx, ctx, &new.customer)?;
    locks::customers(tx, ctx, &[&customer])?;
    payments::must_exist(tx, ctx, &customer)?.must_be_active()?;
    let (merchant, own) = (merchants::settings(tx, ctx)?, settings(tx, ctx)?);
    let mut problems = Problems::default();
    let prices = if new.prices.is_empty() { Prices::Net } else { choice(&new.prices, "prices", &mut problems).unwrap_or(Prices::Net) };
    let terms_days = days(new.terms_days.unwrap_or(own.terms_days), &mut problems);
    let note = clean(&mut problems, "note", &new.note, 2000);
    let lines = lines::read(&new.lines, own.category, own.rate, &mut problems);
    let buyer = buyer(tx, ctx, &customer, &merchant.country)?;
    let mut draft = Draft {
        customer: Some(customer),
        shop: None,
        order: None,
        payment: None,
        currency: new.currency.unwrap_or(merchant.currency),
        prices,
        rounding: own.rounding,
        lines,
        buyer,
        note,
        terms_days,
    };
    let sums = draft.sums(&mut problems);
    problems.check()?;
    draft.insert(tx, ctx, &sums)
}

/// A draft about to be written.
pub(super) struct Draft {
    pub customer: Option<CustomerId>,
    pub shop: Option<ShopId>,
    pub order: Option<OrderId>,
    pub payment: Option<PaymentId>,
    pub currency: Currency,
    pub prices: Prices,
    pub rounding: Rounding,
    pub lines: Vec<Line>,
    pub buyer: Party,
    pub note: String,
    pub terms_days: i64,
}

impl Draft {
    pub(super) fn sums(&mut self, problems: &mut Problems) -> Sums {
        sums(&mut self.lines, self.prices, self.rounding, self.currency, problems)
    }

    pub(super) fn insert(&self, tx: &mut Tx, ctx: &Ctx, sums: &Sums) -> Result<InvoiceId> {
        let id: InvoiceId = ctx.id();
        insert(tx, ctx, &id, Kind::Invoice, None, self, sums)?;
        Event::new("invoice.created")
            .of_opt(self.customer.as_ref())
            .on("invoice", id.as_str())
            .data(serde_json::json!({ "total": sums.total, "currency": self.currency, "order": self.order }))
            .record(tx, ctx)?;
        Ok(id)
    }
}

pub(super) fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    id: &InvoiceId,
    kind: Kind,
    corrects: Option<&InvoiceId>,
    d: &Draft,
    sums: &Sums,
) -> Result<()> {
    tx.exec(
        &queries::INSERT,
        &[
            &ctx.merchant,
            id,
            &kind,
            &d.customer,
            &d.shop,
            &d.order,
            &d.payment,
            &corrects,
            &d.currency,
            &d.prices,
            &d.rounding,
            &sums.net,
            &sums.tax,
            &sums.total,
            &text(&d.buyer),
            &d.note,
            &d.terms_days,
            &ctx.now,
            &d.buyer.address.country,
        ],
    )?;
    write_lines(tx, ctx, id, &d.lines, sums)
}

fn write_lines(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, lines: &[Line], sums: &Sums) -> Result<()> {
    for l in lines {
        let (quantity, price, rate) = (plain(l.quantity), plain(l.unit_price), plain(l.rate));
        let off = discount::written(l.discount);
        tx.exec(
            &queries::INSERT_LINE,
            &[&ctx.merchant, id, &l.position, &l.title, &l.sku, &quantity, &price, &l.category, &rate, &l.net, &l.shown, &l.source, &off],
        )?;
    }
    for t in &sums.taxes {
        tx.exec(&queries::INSERT_TAX, &[&ctx.merchant, id, &t.category, &plain(t.rate), &t.net, &t.tax])?;
    }
    Ok(())
}

pub(super) fn plain(number: rust_decimal::Decimal) -> String {
    number.normalize().to_string()
}

/// Who buys: the customer as it is now. Without a country, the merchant's own, for the draft to be looked at.
pub(crate) fn buyer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, country: &str) -> Result<Party> {
    let found = tx.opt(&queries::BUYER, &[&ctx.merchant, customer], |r| {
        let person = display_name(r.str(0)?, r.str(1)?, r.str(2)?, r.str(3)?, r.str(4)?, r.str(5)?);
        let company: String = r.get(3)?;
        Ok(Party {
            name: if company.is_empty() { person } else { company },
            email: r.get(4)?,
            phone: r.get(6)?,
            vat_number: r.get(7)?,
            company_id: r.get(8)?,
            language: r.get(9)?,
            address: Address {
                line1: r.get(10)?,
                line2: r.get(11)?,
                city: r.get(12)?,
                state: r.get(13)?,
                zip: r.get(14)?,
                country: r.get(15)?,
            },
        })
    })?;
    let mut buyer = found.ok_or(Error::NotFound("customer"))?;
    buyer.vat_number = buyer.vat_number.replace(' ', "").to_ascii_uppercase();
    if buyer.address.country.is_empty() {
        country.clone_into(&mut buyer.address.country);
    }
    Ok(buyer)
}

fn days(days: i64, problems: &mut Problems) -> i64 {
    if !(0..=365).contains(&days) {
        problems.add("terms_days", "invalid", "Choose 0 to 365 days.");
    }
    days
}

/// Changes a draft.
///
/// # Errors
/// `Conflict` (`issued`) once it has a number; `Conflict` (`changed`) when somebody else changed it meanwhile.
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, edit: &DraftEdit) -> Result<()> {
    ctx.must(Right::Orders)?;
    let old = draft(tx, ctx, id)?;
    if edit.expected_version.is_some_and(|v| v != old.summary.version) {
        return Err(Error::conflict("changed", "Somebody else changed this draft meanwhile. Look at it again."));
    }
    let own = settings(tx, ctx)?;
    let s = &old.summary;
    let mut problems = Problems::default();
    let mut draft = Draft {
        customer: s.customer.clone(),
        shop: s.shop.clone(),
        order: s.order.clone(),
        payment: s.payment.clone(),
        currency: s.currency,
        prices: edit.prices.as_deref().and_then(|p| choice(p, "prices", &mut problems)).unwrap_or(s.prices),
        rounding: s.rounding,
        lines: match &edit.lines {
            Some(lines) => lines::read(lines, own.category, own.rate, &mut problems),
            None => old.lines.clone(),
        },
        buyer: edit.buyer.as_ref().map_or_else(|| s.buyer.clone(), |b| party(b, "buyer.", &mut problems)),
        note: edit.note.as_ref().map_or_else(|| s.note.clone(), |n| clean(&mut problems, "note", n, 2000)),
        terms_days: days(edit.terms_days.unwrap_or(s.terms_days), &mut problems),
    };
    let sums = draft.sums(&mut problems);
    problems.check()?;
    tx.exec(
        &queries::SET_DRAFT,
        &[
            &ctx.merchant,
            id,
            &draft.prices,
            &draft.rounding,
            &sums.net,
            &sums.tax,
            &sums.total,
            &text(&draft.buyer),
            &draft.note,
            &draft.terms_days,
            &ctx.now,
            &draft.buyer.address.country,
        ],
    )?;
    tx.exec(&queries::DROP_LINES, &[&ctx.merchant, id])?;
    tx.exec(&queries::DROP_TAXES, &[&ctx.merchant, id])?;
    write_lines(tx, ctx, id, &draft.lines, &sums)?;
    event(tx, ctx, s, "invoice.edited", sums.total)
}

/// Throws a draft away.
///
/// # Errors
/// `Conflict` (`issued`) once it has a number.
pub fn discard(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let old = draft(tx, ctx, id)?;
    tx.exec(&queries::DROP_LINES, &[&ctx.merchant, id])?;
    tx.exec(&queries::DROP_TAXES, &[&ctx.merchant, id])?;
    tx.exec(&queries::DISCARD, &[&ctx.merchant, id])?;
    crate::tasks::let_go(tx, ctx, id)?;
    event(tx, ctx, &old.summary, "invoice.discarded", old.summary.total)
}

fn event(tx: &mut Tx, ctx: &Ctx, s: &Summary, kind: &'static str, total: i64) -> Result<()> {
    Event::new(kind)
        .of_opt(s.customer.as_ref())
        .on("invoice", s.id.as_str())
        .data(serde_json::json!({ "total": total, "currency": s.currency }))
        .record(tx, ctx)?;
    Ok(())
}

/// A draft, locked.
pub(super) fn draft(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<Invoice> {
    let found = read::find_locked(tx, ctx, id)?;
    if found.state != State::Draft {
        let number = found.number.unwrap_or_default();
        return Err(Error::conflict("issued", format!("{number} is issued and does not change any more. Credit it instead.")));
    }
    read::load(tx, ctx, id)
}
