//! The one way an order's content is written: new, or a known one of a shop brought up to date.

use store::Tx;

use super::totals::{Extras, total};
use super::{Line, OrderRow, State, queries, read};
use crate::customers::state;
use crate::events::Event;
use crate::kit::{
    Address, Ctx, Currency, CustomerId, Error, ImportId, Micros, Money, OrderId, Problems, Result, ShopId, clean, email_key, locks,
    name_key, phone_key,
};
use crate::payments::Payer;
use crate::{invoices, merchants};

/// An order's content as a checkout, a person or an import tells it.
#[derive(Clone, Debug)]
pub struct OrderInput {
    /// Where.
    pub shop: ShopId,
    /// The shop's own id: the same id again is the same order.
    pub external_id: Option<String>,
    /// Its number; absent: the next of the series.
    pub number: Option<String>,
    /// Whose; nobody: a guest's.
    pub customer: Option<CustomerId>,
    /// The buyer asked to stay a guest.
    pub guest: bool,
    /// How far it came.
    pub state: State,
    /// Left in the basket.
    pub abandoned: bool,
    /// ISO 4217.
    pub currency: Currency,
    /// What is bought.
    pub lines: Vec<Line>,
    /// Discount, shipping, tax.
    pub extras: Extras,
    /// Contact of the buyer.
    pub payer: Payer,
    /// The buyer's company.
    pub company: String,
    /// Where the bill goes.
    pub billing: Address,
    /// Where the goods go.
    pub delivery: Address,
    /// A remark.
    pub note: String,
    /// Something to look at: `customer_inactive`, or nothing.
    pub flag: &'static str,
    /// When, microseconds UTC.
    pub ordered_at: Micros,
    /// When it was paid, where the source says so and no payment of ours does.
    pub paid_at: Option<Micros>,
    /// The import that brought it.
    pub import_id: Option<ImportId>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPut {
    /// The order.
    pub id: OrderId,
    /// Whose it is (a known order keeps its owner).
    pub customer: Option<CustomerId>,
    /// It was not there before.
    pub created: bool,
    /// It was there and differs now.
    pub changed: bool,
}

/// What a check made of an input.
#[derive(Debug)]
pub(crate) struct Checked {
    lines: Vec<Line>,
    pub(crate) total: i64,
}

/// Writes an order without right, customer lock, payments and facts: those are the caller's (checkout, import). Takes the order's number.
///
/// # Errors
/// `Invalid` with everything that is wrong.
pub fn put_later(tx: &mut Tx, ctx: &Ctx, input: &OrderInput, country: &str) -> Result<OrderPut> {
    let mut problems = Problems::default();
    let checked = check(ctx, input, &mut problems);
    problems.check()?;
    let known = known(tx, ctx, input)?;
    let put = write(tx, ctx, input, &checked, country, known)?;
    if put.created && input.number.is_none() {
        number(tx, ctx, &put.id)?;
    }
    Ok(put)
}

/// Everything that is wrong with the content, without looking at the database.
pub(crate) fn check(ctx: &Ctx, input: &OrderInput, problems: &mut Problems) -> Checked {
    let (lines, total) = total(&input.lines, input.extras, input.currency, problems);
    if !(0..=ctx.now + 300_000_000).contains(&input.ordered_at) {
        problems.add("ordered_at", "invalid", "Use a moment after 1970 that is not in the future.");
    }
    let texts = [
        ("external_id", input.external_id.as_deref().unwrap_or_default(), 200),
        ("number", input.number.as_deref().unwrap_or_default(), 60),
        ("buyer.name", &input.payer.name, 300),
        ("buyer.email", &input.payer.email, 254),
        ("buyer.phone", &input.payer.phone, 60),
        ("buyer.company", &input.company, 300),
        ("note", &input.note, 5000),
    ];
    for (field, text, max) in texts {
        clean(problems, field, text, max);
    }
    for (at, a) in [("buyer.billing", &input.billing), ("buyer.delivery", &input.delivery)] {
        for (field, text) in
            [("line1", &a.line1), ("line2", &a.line2), ("city", &a.city), ("state", &a.state), ("zip", &a.zip), ("country", &a.country)]
        {
            clean(problems, &format!("{at}.{field}"), text, 300);
        }
    }
    Checked { lines, total }
}

/// Writes a checked order. A new one without a number gets its id as one, until [`number`].
pub(crate) fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    input: &OrderInput,
    checked: &Checked,
    country: &str,
    known: Option<OrderRow>,
) -> Result<OrderPut> {
    if let Some(known) = known {
        return update(tx, ctx, known, input, checked, country);
    }
    if let Some(number) = &input.number
        && tx.opt(&queries::BY_NUMBER, &[&ctx.merchant, number], |r| r.get::<String>(0))?.is_some()
    {
        return Err(Problems::one("number", "taken", "Another order has this number."));
    }
    let id: OrderId = ctx.id();
    if insert(tx, ctx, &id, input, checked, country)? == 0 {
        // Somebody else inserted the same order meanwhile; it is visible now.
        let known =
            self::known(tx, ctx, input)?.ok_or_else(|| Error::Internal("an order's external id is taken and not there".to_owned()))?;
        return update(tx, ctx, known, input, checked, country);
    }
    write_lines(tx, ctx, &id, &checked.lines)?;
    Event::new("order.created")
        .of_opt(input.customer.as_ref())
        .on("order", id.as_str())
        .data(serde_json::json!({
            "state": input.state, "total": checked.total, "currency": input.currency, "shop": input.shop, "flag": input.flag, "guest": input.guest,
        }))
        .record(tx, ctx)?;
    Ok(OrderPut { id, customer: input.customer.clone(), created: true, changed: false })
}

/// Gives a new order the next number of the series. Last, because every other writer of orders waits for the series.
pub(crate) fn number(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<()> {
    loop {
        let number = merchants::next_number(tx, ctx, "order")?.to_string();
        // An import may have brought this number: go on to the next.
        if tx.exec(&queries::SET_NUMBER, &[&ctx.merchant, id, &number])? > 0 {
            return Ok(());
        }
    }
}

fn known(tx: &mut Tx, ctx: &Ctx, input: &OrderInput) -> Result<Option<OrderRow>> {
    match &input.external_id {
        Some(external) => by_external(tx, ctx, &input.shop, external),
        None => Ok(None),
    }
}

/// The order that a shop knows by this id.
pub(crate) fn by_external(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, external: &str) -> Result<Option<OrderRow>> {
    Ok(tx.opt(&queries::BY_EXTERNAL, &[&ctx.merchant, shop, &external], read::row)?)
}

fn insert(tx: &mut Tx, ctx: &Ctx, id: &OrderId, input: &OrderInput, checked: &Checked, country: &str) -> Result<u64> {
    let at = input.ordered_at.min(ctx.now);
    let since = |reached: bool| if reached { Some(at) } else { None };
    Ok(tx.exec(
        &queries::INSERT,
        &[
            &ctx.merchant,
            id,
            &input.number.as_deref().unwrap_or(id.as_str()),
            &input.shop,
            &input.external_id,
            &input.customer,
            &input.guest,
            &input.state,
            &since(input.abandoned),
            &input.currency,
            &input.extras.discount,
            &input.extras.shipping,
            &input.extras.tax,
            &checked.total,
            &input.payer.email.trim(),
            &email_key(&input.payer.email),
            &input.payer.name.trim(),
            &input.payer.phone.trim(),
            &phone_key(&input.payer.phone, country),
            &input.company.trim(),
            &address(&input.billing),
            &address(&input.delivery),
            &input.note.trim(),
            &input.flag,
            &at,
            &ctx.now,
            &input.paid_at.map(|p| p.min(ctx.now)),
            &since(input.state == State::Fulfilled),
            &since(input.state == State::Closed),
            &since(input.state == State::Cancelled),
            &input.import_id,
        ],
    )?)
}

fn write_lines(tx: &mut Tx, ctx: &Ctx, id: &OrderId, lines: &[Line]) -> Result<()> {
    for (position, l) in lines.iter().enumerate() {
        let position = position as i64;
        let key = name_key(&l.sku);
        tx.exec(&queries::INSERT_LINE, &[&ctx.merchant, id, &position, &l.sku, &key, &l.title, &l.quantity, &l.unit_price, &l.discount])?;
    }
    Ok(())
}

pub(super) fn replace_lines(tx: &mut Tx, ctx: &Ctx, id: &OrderId, lines: &[Line]) -> Result<()> {
    tx.exec(&queries::DROP_LINES, &[&ctx.merchant, id])?;
    write_lines(tx, ctx, id, lines)
}

/// Brings a known order up to date with what its shop tells; the state only moves forward, the owner stays.
fn update(tx: &mut Tx, ctx: &Ctx, known: OrderRow, input: &OrderInput, checked: &Checked, country: &str) -> Result<OrderPut> {
    if let Some(owner) = &known.customer {
        locks::customers(tx, ctx, &[owner])?;
    }
    locks::order(tx, ctx, &known.id)?;
    let known = read::find(tx, ctx, &known.id)?;
    // Whoever was anonymised does not come back with an order that is told again (SPEC 11).
    if let Some(owner) = &known.customer
        && state::load(tx, ctx, owner)?.anonymised_at.is_some()
    {
        return Ok(OrderPut { id: known.id, customer: known.customer, created: false, changed: false });
    }
    if known.currency != input.currency {
        return Err(Problems::one("currency", "invalid", format!("This order is known in {}.", known.currency)));
    }
    let state = if known.state.goes_to(input.state) { input.state } else { known.state };
    let lines = read::lines(tx, ctx, &known.id)?;
    let old = tx.one(&queries::CONTENT, &[&ctx.merchant, &known.id], |r| {
        Ok((
            [r.get::<i64>(0)?, r.get(1)?, r.get(2)?, r.get(3)?],
            [r.get::<String>(4)?, r.get(5)?, r.get(6)?, r.get(7)?, r.get(8)?, r.get(9)?, r.get(10)?],
        ))
    })?;
    let new = (
        [input.extras.discount, input.extras.shipping, input.extras.tax, checked.total],
        [
            input.payer.email.trim().to_owned(),
            input.payer.name.trim().to_owned(),
            input.payer.phone.trim().to_owned(),
            input.company.trim().to_owned(),
            address(&input.billing),
            address(&input.delivery),
            input.note.trim().to_owned(),
        ],
    );
    let basket = known.abandoned_at.is_some() != input.abandoned;
    if state == known.state && lines == checked.lines && old == new && !basket {
        return Ok(OrderPut { id: known.id, customer: known.customer, created: false, changed: false });
    }
    let [discount, shipping, tax, total] = new.0;
    let [email, name, phone, company, billing, delivery, note] = &new.1;
    let abandoned = if input.abandoned { known.abandoned_at.or(Some(ctx.now)) } else { None };
    tx.exec(
        &queries::SET_CONTENT,
        &[
            &ctx.merchant,
            &known.id,
            &discount,
            &shipping,
            &tax,
            &total,
            &email,
            &email_key(email),
            &name,
            &phone,
            &phone_key(phone, country),
            &company,
            &billing,
            &delivery,
            &note,
            &abandoned,
            &ctx.now,
        ],
    )?;
    if lines != checked.lines {
        replace_lines(tx, ctx, &known.id, &checked.lines)?;
    }
    if state == known.state {
        Event::new("order.changed")
            .of_opt(known.customer.as_ref())
            .on("order", known.id.as_str())
            .data(serde_json::json!({ "total": checked.total, "before": known.total }))
            .record(tx, ctx)?;
    } else {
        let paid_at = known.paid_at.or(input.paid_at);
        super::change::enter(tx, ctx, &known, state, paid_at)?;
    }
    Ok(OrderPut { id: known.id, customer: known.customer, created: false, changed: true })
}

/// After its payments changed: an order that is paid in full becomes paid, one whose money went back to the bank is unpaid again. The caller
/// holds the order's lock.
pub(crate) fn follow_payments(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<()> {
    follow(tx, ctx, id, |_| 0)
}

/// The same where a payment that its shop named brought another amount: the order is flagged, and unpaid again when only what did not come had paid it.
/// `said` is what of that payment paid it before.
pub(crate) fn follow_other_amount(tx: &mut Tx, ctx: &Ctx, id: &OrderId, said: Money, came: Money) -> Result<()> {
    tx.exec(&queries::SET_FLAG, &[&ctx.merchant, id, &super::AMOUNT_DIFFERS, &ctx.now])?;
    let of = |money: Money, currency| if money.currency == currency { money.minor } else { 0 };
    follow(tx, ctx, id, |currency| of(said, currency) - of(came, currency))
}

/// `fell`: by how much less its payments come to, in its currency.
fn follow(tx: &mut Tx, ctx: &Ctx, id: &OrderId, fell: impl FnOnce(Currency) -> i64) -> Result<()> {
    let order = read::find(tx, ctx, id)?;
    let fell = fell(order.currency);
    let (settled, last, bounced) = tx.one(&queries::MONEY, &[&ctx.merchant, id, &order.currency], |r| {
        Ok((r.get::<i64>(0)?, r.get::<Option<Micros>>(1)?, r.get::<i64>(2)?))
    })?;
    let covered = settled > 0 && settled >= order.total;
    let was_covered = fell > 0 && settled + fell >= order.total;
    follow_state(tx, ctx, &order, covered, last, bounced > 0 || was_covered)?;
    invoices::follow_order(tx, ctx, id)
}

fn follow_state(tx: &mut Tx, ctx: &Ctx, order: &OrderRow, covered: bool, last: Option<Micros>, went: bool) -> Result<()> {
    match (order.state, order.paid_at) {
        (State::Open, None) if covered => super::change::enter(tx, ctx, order, State::Paid, last),
        (State::Fulfilled, None) if covered => set_paid(tx, ctx, order, State::Fulfilled, last, "order.paid"),
        (State::Paid, Some(_)) if !covered && went => set_paid(tx, ctx, order, State::Open, None, "order.unpaid"),
        (State::Fulfilled, Some(_)) if !covered && went => set_paid(tx, ctx, order, State::Fulfilled, None, "order.unpaid"),
        _ => Ok(()),
    }
}

fn set_paid(tx: &mut Tx, ctx: &Ctx, order: &OrderRow, state: State, paid_at: Option<Micros>, kind: &'static str) -> Result<()> {
    tx.exec(&queries::SET_PAID, &[&ctx.merchant, &order.id, &state, &paid_at, &ctx.now])?;
    Event::new(kind).of_opt(order.customer.as_ref()).on("order", order.id.as_str()).record(tx, ctx)?;
    Ok(())
}

/// Gives a guest's order to a customer, or takes it back (SPEC 2.8). The caller holds the order's lock.
pub(crate) fn give(tx: &mut Tx, ctx: &Ctx, id: &OrderId, customer: Option<&CustomerId>) -> Result<()> {
    tx.exec(&queries::SET_CUSTOMER, &[&ctx.merchant, id, &customer, &ctx.now])?;
    crate::tasks::follow_order(tx, ctx, id, customer)
}

/// An address as it is kept in an order: JSON, or nothing.
pub(crate) fn address(address: &Address) -> String {
    if address.is_empty() { String::new() } else { serde_json::to_string(address).unwrap_or_default() }
}
