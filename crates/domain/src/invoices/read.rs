//! Invoices as pages and the API show them.

use serde::Serialize;
use store::{Row, Tx};

use super::queries;
use super::settings::json;
use super::{Category, Kind, Line, Party, Prices, Rounding, Snapshot, State, TaxGroup};
use crate::kit::{
    Ctx, Currency, CustomerId, Discount, Error, InvoiceId, Micros, OrderId, PageKey, PaymentId, Result, Right, ShopId, locks,
};

/// An invoice in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: InvoiceId,
    /// Invoice or credit note.
    pub kind: Kind,
    /// How far it came.
    pub state: State,
    /// Its number; a draft has none.
    pub number: Option<String>,
    /// Whose; nobody: a guest's.
    pub customer: Option<CustomerId>,
    /// The shop.
    pub shop: Option<ShopId>,
    /// The order it bills.
    pub order: Option<OrderId>,
    /// That order's number.
    pub order_number: Option<String>,
    /// The payment it was made from.
    pub payment: Option<PaymentId>,
    /// What a credit note corrects.
    pub corrects: Option<InvoiceId>,
    /// That invoice's number.
    pub corrects_number: Option<String>,
    #[serde(skip)]
    pub(crate) corrects_on: Option<i64>,
    /// ISO 4217.
    pub currency: Currency,
    /// Whether prices hold the tax.
    pub prices: Prices,
    /// Where amounts are rounded.
    pub rounding: Rounding,
    /// Without tax, minor units.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// Both.
    pub total: i64,
    /// Paid of it.
    pub paid: i64,
    /// Taken back by credit notes.
    pub credited: i64,
    /// Paid before it was issued.
    pub prepaid: i64,
    /// Who buys, as it stands on the paper.
    pub buyer: Party,
    #[serde(skip)]
    pub(crate) snapshot: Snapshot,
    /// A remark.
    pub note: String,
    /// Days until it is due.
    pub terms_days: i64,
    /// Day of issue, days since 1970 where the merchant lives.
    pub issued_on: Option<i64>,
    /// Day it is due.
    pub due_on: Option<i64>,
    /// When it was issued.
    pub issued_at: Option<Micros>,
    /// When it was withdrawn.
    pub voided_at: Option<Micros>,
    /// Since when the buyer's link is open.
    pub link_at: Option<Micros>,
    /// When the draft was made.
    pub created_at: Micros,
    /// When it last changed.
    pub updated_at: Micros,
    /// Raised with every change.
    pub version: i64,
}

impl Summary {
    /// What is still to be paid, minor units.
    pub fn rest(&self) -> i64 {
        if self.kind == Kind::Invoice && self.state.is_due() { rest_of(self.total, self.paid, self.credited) } else { 0 }
    }

    /// What may still be credited.
    pub fn creditable(&self) -> i64 {
        let stands = self.kind == Kind::Invoice && matches!(self.state, State::Open | State::Partly | State::Paid);
        if stands { self.total - self.credited } else { 0 }
    }

    /// Who sells, as it stands on the paper.
    pub fn seller_name(&self) -> &str {
        &self.snapshot.seller.name
    }

    /// Where answers to it go; may be empty.
    pub fn seller_email(&self) -> &str {
        &self.snapshot.seller.email
    }

    /// Is it due and was its day before this one?
    pub fn is_overdue(&self, today: i64) -> bool {
        self.rest() > 0 && self.due_on.is_some_and(|day| day < today)
    }
}

/// What is left to pay of an invoice.
pub(crate) fn rest_of(total: i64, paid: i64, credited: i64) -> i64 {
    (total - paid - credited).max(0)
}

/// A day number as a calendar day.
pub fn due_days(day: i64) -> jiff::civil::Date {
    use jiff::ToSpan as _;
    jiff::civil::date(1970, 1, 1).checked_add(day.clamp(-500_000, 2_000_000).days()).unwrap_or(jiff::civil::date(1970, 1, 1))
}

/// A payment that pays an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paid {
    /// The payment.
    pub payment: PaymentId,
    /// Of it, minor units.
    pub amount: i64,
    /// When it came.
    pub paid_at: Micros,
    /// Who moved it.
    pub provider: String,
    /// What it came by.
    pub kind: String,
}

/// An invoice, whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Invoice {
    /// What lists show too.
    #[serde(flatten)]
    pub summary: Summary,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Its taxes.
    pub taxes: Vec<TaxGroup>,
    /// What pays it.
    pub paid_by: Vec<Paid>,
    /// Credit notes on it.
    pub credits: Vec<Summary>,
}

/// One invoice with its lines.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<Invoice> {
    ctx.must(Right::Read)?;
    load(tx, ctx, id)
}

pub(crate) fn load(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<Invoice> {
    let summary = find(tx, ctx, id)?;
    let lines = tx.rows(&queries::LINES, &[&ctx.merchant, id], line)?;
    let mut taxes = tx.rows(&queries::TAXES, &[&ctx.merchant, id], group)?;
    let place = |t: &TaxGroup| lines.iter().position(|l| (l.category, l.rate) == (t.category, t.rate));
    taxes.sort_by_key(place);
    let paid_by = tx.rows(&queries::PAID_BY, &[&ctx.merchant, id], |r| {
        Ok(Paid { payment: r.get(0)?, amount: r.get(1)?, paid_at: r.get(2)?, provider: r.get(3)?, kind: r.get(4)? })
    })?;
    let credits = tx.rows(&queries::CREDITS_OF, &[&ctx.merchant, id], row)?;
    Ok(Invoice { summary, lines, taxes, paid_by, credits })
}

pub(crate) fn find(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<Summary> {
    tx.opt(&queries::GET, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("invoice"))
}

/// An invoice under the locks of its customer, its order, its payment and itself.
///
/// # Errors
/// `Conflict` (`moved`) when it was given to another customer while we waited.
pub(crate) fn find_locked(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<Summary> {
    let seen = find(tx, ctx, id)?;
    if let Some(customer) = &seen.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    if let Some(order) = &seen.order {
        locks::order(tx, ctx, order)?;
    }
    if let Some(payment) = &seen.payment {
        locks::payment(tx, ctx, payment)?;
    }
    locks::invoice(tx, ctx, id)?;
    let now = find(tx, ctx, id)?;
    if now.customer != seen.customer {
        return Err(Error::conflict("moved", "This invoice was given to another customer a moment ago. Look again."));
    }
    Ok(now)
}

/// A page of invoices, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Page {
    /// The invoices.
    pub invoices: Vec<Summary>,
    /// Where the next page begins, when there is one.
    #[serde(skip)]
    pub next: Option<PageKey>,
}

/// A customer's invoices and credit notes, newest first (SPEC 2.9).
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, after: Option<&PageKey>, limit: i64) -> Result<Page> {
    ctx.must(Right::Read)?;
    let after = after.cloned().unwrap_or_else(PageKey::newest);
    let limit = limit.clamp(1, 200);
    let found = tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &after.at, &after.id, &(limit + 1)], row)?;
    Ok(paged(found, limit))
}

/// How many a customer has.
pub fn count_of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<i64> {
    ctx.must(Right::Read)?;
    Ok(tx.scalar(&queries::COUNT_OF_CUSTOMER, &[&ctx.merchant, customer])?)
}

/// Those of an order, oldest first.
pub fn of_order(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<Vec<Summary>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_ORDER, &[&ctx.merchant, order], row)?)
}

/// Those made from a payment, paid by it, or of its order; oldest first.
pub fn of_payment(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Vec<Summary>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_PAYMENT, &[&ctx.merchant, payment], row)?)
}

/// The first invoice of each of these payments.
pub fn of_payments(tx: &mut Tx, ctx: &Ctx, payments: &[PaymentId]) -> Result<Vec<Option<Summary>>> {
    payments.iter().map(|p| Ok(of_payment(tx, ctx, p)?.into_iter().find(|i| i.kind == Kind::Invoice && i.state != State::Void))).collect()
}

pub(super) fn paged(mut found: Vec<Summary>, limit: i64) -> Page {
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(0));
    let next = found.last().filter(|_| more).map(|i| PageKey { at: i.created_at, id: i.id.to_string() });
    Page { invoices: found, next }
}

pub(super) fn row(r: &Row<'_>) -> std::result::Result<Summary, store::Error> {
    Ok(Summary {
        id: r.get(0)?,
        kind: r.get(1)?,
        state: r.get(2)?,
        number: r.get(3)?,
        customer: r.get(4)?,
        shop: r.get(5)?,
        order: r.get(6)?,
        payment: r.get(7)?,
        corrects: r.get(8)?,
        currency: r.get(9)?,
        prices: r.get(10)?,
        rounding: r.get(11)?,
        net: r.get(12)?,
        tax: r.get(13)?,
        total: r.get(14)?,
        paid: r.get(15)?,
        credited: r.get(16)?,
        prepaid: r.get(17)?,
        buyer: json(r.str(18)?),
        snapshot: json(r.str(19)?),
        note: r.get(20)?,
        terms_days: r.get(21)?,
        issued_on: r.get(22)?,
        due_on: r.get(23)?,
        issued_at: r.get(24)?,
        voided_at: r.get(25)?,
        link_at: r.get(26)?,
        created_at: r.get(27)?,
        updated_at: r.get(28)?,
        version: r.get(29)?,
        order_number: r.get(30)?,
        corrects_number: r.get(31)?,
        corrects_on: r.get(32)?,
    })
}

fn line(r: &Row<'_>) -> std::result::Result<Line, store::Error> {
    Ok(Line {
        position: r.get(0)?,
        title: r.get(1)?,
        sku: r.get(2)?,
        quantity: number(r.str(3)?)?,
        unit_price: number(r.str(4)?)?,
        category: r.get::<Category>(5)?,
        rate: number(r.str(6)?)?,
        net: r.get(7)?,
        shown: r.get(8)?,
        source: r.get(9)?,
        discount: Discount::kept(r.str(10)?),
    })
}

pub(super) fn group(r: &Row<'_>) -> std::result::Result<TaxGroup, store::Error> {
    Ok(TaxGroup { category: r.get(0)?, rate: number(r.str(1)?)?, net: r.get(2)?, tax: r.get(3)? })
}

pub(super) fn number(text: &str) -> std::result::Result<rust_decimal::Decimal, store::Error> {
    text.parse().map_err(|_| store::Error::Other(format!("{text} is no number")))
}
