//! Drafts made from an order or a payment: they come to exactly what was ordered or paid.

use std::sync::Arc;

use rust_decimal::Decimal;
use store::Tx;

use super::create::{Draft, buyer};
use super::sums::on_top;
use super::{Category, Line, Party, Prices, Rounding, State, Sums, queries, settings, sums};
use crate::kit::{Actor, Address, Ctx, Currency, Discount, Error, InvoiceId, Link, OrderId, PaymentId, Problems, Result, Right, locks};
use crate::merchants;
use crate::orders;
use crate::payments::PaymentStatus;

/// A draft of an order; the one there is, when somebody made it before. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`invoiced`) with the invoice that stands; `order_state` for a draft or a cancelled order; `tax_unclear` when the order's
/// tax is no rate of its amount.
pub fn of_order_draft(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<InvoiceId> {
    ctx.must(Right::Orders)?;
    of_order(tx, ctx, order, None)
}

fn of_order(tx: &mut Tx, ctx: &Ctx, order: &OrderId, payment: Option<&PaymentId>) -> Result<InvoiceId> {
    let row = orders::find_locked(tx, ctx, order)?;
    if matches!(row.state, orders::State::Draft | orders::State::Cancelled) {
        return Err(Error::conflict("order_state", format!("An order that is {} is not billed.", row.state.name())));
    }
    if let Some(draft) = standing(tx, ctx, Some(order), payment)? {
        return Ok(draft);
    }
    let (whole, own, merchant) = (orders::get(tx, &seeing(ctx), order)?, settings(tx, ctx)?, merchants::settings(tx, ctx)?);
    let sold = Sold::of_order(&whole);
    let (prices, category, rate) = sold.taxed(&own)?;
    let mut draft = Draft {
        customer: row.customer.clone(),
        shop: Some(row.shop.clone()),
        order: Some(order.clone()),
        payment: payment.cloned(),
        currency: row.currency,
        prices,
        // An order is rounded once, and the invoice comes to the same.
        rounding: Rounding::Document,
        lines: sold.lines(category, rate),
        buyer: match &row.customer {
            Some(customer) => of_customer(tx, ctx, customer, &whole, &merchant.country)?,
            None => {
                guest(&whole.summary.name, &whole.summary.company, &whole.summary.email, &whole.phone, &whole.billing, &merchant.country)
            }
        },
        note: String::new(),
        terms_days: own.terms_days,
    };
    let mut problems = Problems::default();
    let sums = draft.sums(&mut problems);
    problems.check()?;
    if sums.total != row.total {
        return Err(sold.unclear());
    }
    draft.insert(tx, ctx, &sums)
}

/// The same actor with the right to read: who may bill an order is shown what it bills.
fn seeing(ctx: &Ctx) -> Ctx {
    let actor = Actor { rights: ctx.actor.rights.with(Right::Read), ..(*ctx.actor).clone() };
    Ctx { actor: Arc::new(actor), ..ctx.clone() }
}

/// The customer as it is now, with the address of the order where the order has one.
fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &crate::kit::CustomerId, order: &orders::Order, country: &str) -> Result<Party> {
    let mut party = buyer(tx, ctx, customer, country)?;
    if !order.billing.line1.is_empty() {
        party.address = order.billing.clone();
        if party.address.country.is_empty() {
            country.clone_into(&mut party.address.country);
        }
    }
    Ok(party)
}

fn guest(name: &str, company: &str, email: &str, phone: &str, billing: &Address, country: &str) -> Party {
    let name = [company, name, email].into_iter().find(|t| !t.trim().is_empty()).unwrap_or_default();
    let mut address = billing.clone();
    if address.country.is_empty() {
        country.clone_into(&mut address.country);
    }
    Party { name: name.to_owned(), address, email: email.to_owned(), phone: phone.to_owned(), ..Party::default() }
}

/// What an order or an offer comes to, for a paper that says the same with its tax.
pub(crate) struct Sold<'a> {
    /// "order 1001", for words.
    pub name: String,
    pub lines: &'a [orders::Line],
    pub extras: orders::Extras,
    pub total: i64,
    pub currency: Currency,
}

impl<'a> Sold<'a> {
    fn of_order(order: &'a orders::Order) -> Self {
        let s = &order.summary;
        let extras = orders::Extras { discount: order.discount, shipping: order.shipping, tax: order.tax };
        Self { name: format!("order {}", s.number), lines: &order.lines, extras, total: s.total, currency: s.currency }
    }

    fn lines(&self, category: Category, rate: Decimal) -> Vec<Line> {
        let minor = |amount: i64| Decimal::new(amount, self.currency.decimals());
        let made = |title: &str, sku: &str, quantity: Decimal, unit_price: Decimal| Line {
            position: 0,
            title: title.to_owned(),
            sku: sku.to_owned(),
            quantity,
            unit_price,
            discount: None,
            category,
            rate,
            net: 0,
            shown: 0,
            source: None,
        };
        let exact = |text: &str| text.parse::<Decimal>().unwrap_or_default();
        let sold = |l: &orders::Line| Line {
            discount: Discount::kept(&l.discount),
            ..made(&l.title, &l.sku, exact(&l.quantity), exact(&l.unit_price))
        };
        let mut lines: Vec<Line> = self.lines.iter().map(sold).collect();
        if self.extras.shipping != 0 {
            lines.push(made("Shipping", "", Decimal::ONE, minor(self.extras.shipping)));
        }
        if self.extras.discount != 0 {
            lines.push(made("Discount", "", Decimal::ONE, -minor(self.extras.discount)));
        }
        for (i, line) in lines.iter_mut().enumerate() {
            line.position = i as i64 + 1;
        }
        lines
    }

    /// What has a tax of its own has prices without it, and the rate that gives this tax; what has none has the merchant's usual way.
    ///
    /// # Errors
    /// `Conflict` (`tax_unclear`) when the tax is no rate of the amount.
    pub(crate) fn taxed(&self, own: &super::Settings) -> Result<(Prices, Category, Decimal)> {
        let tax = self.extras.tax;
        let net = self.total - tax;
        if tax == 0 {
            return Ok(match own.prices {
                Prices::Gross => (Prices::Gross, own.category, own.rate),
                Prices::Net if own.category == Category::Standard => (Prices::Net, Category::Zero, Decimal::ZERO),
                Prices::Net => (Prices::Net, own.category, Decimal::ZERO),
            });
        }
        let exact = Decimal::from(tax).checked_mul(Decimal::ONE_HUNDRED).and_then(|t| t.checked_div(Decimal::from(net)));
        let exact = exact.filter(|e| e.is_sign_positive()).ok_or_else(|| self.unclear())?;
        let rates = std::iter::once(own.rate).chain((0..=6).map(|decimals| exact.round_dp(decimals)));
        let rate = rates.into_iter().find(|r| !r.is_zero() && on_top(net, *r) == Some(tax));
        Ok((Prices::Net, Category::Standard, rate.ok_or_else(|| self.unclear())?))
    }

    /// The lines of a paper, and what they come to: exactly the total.
    ///
    /// # Errors
    /// As [`Self::taxed`].
    pub(crate) fn on_paper(&self, (prices, category, rate): (Prices, Category, Decimal)) -> Result<(Vec<Line>, Sums)> {
        let mut lines = self.lines(category, rate);
        let mut problems = Problems::default();
        let sums = sums(&mut lines, prices, Rounding::Document, self.currency, &mut problems);
        problems.check()?;
        if sums.total == self.total { Ok((lines, sums)) } else { Err(self.unclear()) }
    }

    fn unclear(&self) -> Error {
        Error::conflict("tax_unclear", format!("The tax of {} is no rate of its amount, so no paper can say it.", self.name))
    }
}

/// The draft there is, or nothing.
///
/// # Errors
/// `Conflict` (`invoiced`) when an issued one stands.
fn standing(tx: &mut Tx, ctx: &Ctx, order: Option<&OrderId>, payment: Option<&PaymentId>) -> Result<Option<InvoiceId>> {
    let found = tx.opt(&queries::STANDING, &[&ctx.merchant, &order, &payment], |r| {
        Ok((r.get::<InvoiceId>(0)?, r.get::<State>(1)?, r.get::<Option<String>>(2)?))
    })?;
    match found {
        Some((id, state, number)) if state.is_issued() => {
            let label = format!("Invoice {}", number.unwrap_or_default());
            Err(Error::Conflict {
                code: "invoiced",
                message: format!("{label} bills this already."),
                links: vec![Link { kind: "invoice", id: id.to_string(), label }],
            })
        }
        found => Ok(found.map(|(id, ..)| id)),
    }
}

/// A draft of a payment: of its order, or of the one amount that was paid.
///
/// # Errors
/// As [`of_order_draft`]; `payment_state` unless it is paid; `test_payment` for money that is none.
pub fn of_payment_draft(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<InvoiceId> {
    ctx.must(Right::Orders)?;
    let paid = tx.opt(&queries::PAYER, &[&ctx.merchant, payment], |r| {
        let order: Option<OrderId> = r.get(1)?;
        let customer: Option<crate::kit::CustomerId> = r.get(2)?;
        Ok((order, customer, r.get::<PaymentStatus>(3)?, r.get::<bool>(10)?))
    })?;
    let (order, customer, status, live) = paid.ok_or(Error::NotFound("payment"))?;
    if status != PaymentStatus::Settled {
        return Err(Error::conflict("payment_state", format!("A payment that is {} is not billed.", status.label().to_lowercase())));
    }
    if !live {
        return Err(Error::conflict("test_payment", "A payment in test mode is not billed."));
    }
    if let Some(order) = order {
        return of_order(tx, ctx, &order, Some(payment));
    }
    if let Some(customer) = &customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    locks::payment(tx, ctx, payment)?;
    if let Some(draft) = standing(tx, ctx, None, Some(payment))? {
        return Ok(draft);
    }
    alone(tx, ctx, payment)
}

fn alone(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<InvoiceId> {
    let (own, merchant) = (settings(tx, ctx)?, merchants::settings(tx, ctx)?);
    let (mut draft, amount, title, contact) = tx.one(&queries::PAYER, &[&ctx.merchant, payment], |r| {
        let draft = Draft {
            customer: r.get(2)?,
            shop: r.get(0)?,
            order: None,
            payment: Some(payment.clone()),
            currency: r.get(4)?,
            prices: Prices::Gross,
            rounding: Rounding::Document,
            lines: Vec::new(),
            buyer: Party::default(),
            note: String::new(),
            terms_days: own.terms_days,
        };
        Ok((draft, r.get::<i64>(5)?, r.get::<String>(9)?, [r.get::<String>(6)?, r.get(7)?, r.get(8)?]))
    })?;
    let [name, email, phone] = contact;
    draft.buyer = match &draft.customer {
        Some(customer) => buyer(tx, ctx, customer, &merchant.country)?,
        None => guest(&name, "", &email, &phone, &Address::default(), &merchant.country),
    };
    let title = if title.trim().is_empty() { "Payment".to_owned() } else { title.trim().chars().take(500).collect() };
    draft.lines.push(Line {
        position: 1,
        title,
        sku: String::new(),
        quantity: Decimal::ONE,
        unit_price: Decimal::new(amount, draft.currency.decimals()),
        discount: None,
        category: own.category,
        rate: own.rate,
        net: 0,
        shown: 0,
        source: None,
    });
    let mut problems = Problems::default();
    let sums = draft.sums(&mut problems);
    problems.check()?;
    draft.insert(tx, ctx, &sums)
}
