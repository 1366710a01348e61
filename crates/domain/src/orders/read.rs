//! Orders as pages and the API show them: one, and a customer's history with what was bought. The list of all: see `listed`.

use serde::Serialize;
use store::{Bind, Row, Tx};

use super::{Line, OrderRow, State, queries};
use crate::customers::display_name;
use crate::kit::{Address, Ctx, Currency, CustomerId, Error, Micros, OrderId, PageKey, Result, Right, ShopId, any_part, locks};
use crate::payments::Payer;

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderSummary {
    /// Its id.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// The shop.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// Whose; nobody: a guest's.
    pub customer: Option<CustomerId>,
    /// Ordered as a guest.
    pub guest: bool,
    /// How far it came.
    pub state: State,
    /// Left in the basket since.
    pub abandoned_at: Option<Micros>,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units.
    pub total: i64,
    /// When, microseconds UTC.
    pub ordered_at: Micros,
    /// Paid since.
    pub paid_at: Option<Micros>,
    /// Something to look at.
    pub flag: String,
    /// Contact of the buyer.
    pub name: String,
    /// Contact of the buyer.
    pub email: String,
    /// The buyer's company.
    pub company: String,
    /// The shop's own id.
    pub external_id: Option<String>,
    /// The first lines, when asked for.
    pub first_lines: Vec<OrderLine>,
    /// How many lines there are, when asked for.
    pub line_count: i64,
}

impl OrderSummary {
    /// Who bought: name, company or e-mail address, whichever there is.
    pub fn buyer(&self) -> &str {
        [&self.name, &self.company, &self.email].into_iter().find(|t| !t.is_empty()).map_or("", String::as_str)
    }
}

/// A line as it is kept.
pub type OrderLine = Line;

/// An order, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Order {
    /// What lists show too.
    #[serde(flatten)]
    pub summary: OrderSummary,
    /// Phone of the buyer.
    pub phone: String,
    /// Minor units.
    pub discount: i64,
    /// Minor units.
    pub shipping: i64,
    /// Minor units.
    pub tax: i64,
    /// Where the bill goes.
    pub billing: Address,
    /// Where the goods go.
    pub delivery: Address,
    /// A remark.
    pub note: String,
    /// Sent since.
    pub fulfilled_at: Option<Micros>,
    /// Closed since.
    pub closed_at: Option<Micros>,
    /// Cancelled since.
    pub cancelled_at: Option<Micros>,
    /// Raised with every change.
    pub version: i64,
    /// What is bought.
    pub lines: Vec<OrderLine>,
}

/// One order with its lines.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<Order> {
    ctx.must(Right::Read)?;
    load(tx, ctx, id)
}

/// The same for verbs that write and asked for their own right.
pub(crate) fn load(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<Order> {
    let order = tx.opt(&queries::ORDER, &[&ctx.merchant, id], whole)?;
    let mut order = order.ok_or(Error::NotFound("order"))?;
    order.lines = lines(tx, ctx, id)?;
    order.summary.line_count = order.lines.len() as i64;
    Ok(order)
}

/// Which part of a customer's history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Part of a number or of an article's number or title.
    pub q: String,
    /// Behind this one.
    pub after: Option<PageKey>,
    /// At most so many.
    pub limit: i64,
}

/// A page of orders, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<OrderSummary>,
    /// Where the next page begins, when there is one.
    #[serde(skip)]
    pub next: Option<PageKey>,
}

/// A customer's orders with what was bought, newest first (SPEC 2.4).
pub fn history(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, query: &HistoryQuery) -> Result<OrderPage> {
    ctx.must(Right::Read)?;
    let after = query.after.clone().unwrap_or_else(PageKey::newest);
    let limit = query.limit.clamp(1, 200);
    let one_more = limit + 1;
    let like = any_part(&query.q);
    let mut params: Vec<&dyn Bind> = vec![&ctx.merchant, customer, &after.at, &after.id, &one_more];
    let statement = if query.q.trim().is_empty() { &queries::HISTORY } else { &queries::HISTORY_OF };
    if !query.q.trim().is_empty() {
        params.push(&like);
    }
    let found = tx.rows(statement, &params, short)?;
    let mut page = paged(found, limit);
    for order in &mut page.orders {
        order.first_lines = tx.rows(&queries::FIRST_LINES, &[&ctx.merchant, &order.id], line)?;
        order.line_count = tx.scalar(&queries::COUNT_LINES, &[&ctx.merchant, &order.id])?;
    }
    Ok(page)
}

fn paged(mut found: Vec<OrderSummary>, limit: i64) -> OrderPage {
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|o| PageKey { at: o.ordered_at, id: o.id.to_string() });
    OrderPage { orders: found, next }
}

/// An order of this merchant.
pub(crate) fn find(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<OrderRow> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("order"))
}

/// An order under the locks of its customer and itself.
///
/// # Errors
/// `Conflict` (`moved`) when somebody gave it to another customer while we waited.
pub(crate) fn find_locked(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<OrderRow> {
    let seen = find(tx, ctx, id)?;
    if let Some(customer) = &seen.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    locks::order(tx, ctx, id)?;
    let order = find(tx, ctx, id)?;
    if order.customer != seen.customer {
        return Err(Error::conflict("moved", "This order was given to another customer a moment ago. Look again."));
    }
    Ok(order)
}

/// Refuses what would write down anew who was asked to be forgotten (SPEC 11): `Conflict` (`customer_anonymised`).
pub(crate) fn of_somebody_known(tx: &mut Tx, ctx: &Ctx, order: &OrderRow) -> Result<()> {
    let Some(owner) = &order.customer else { return Ok(()) };
    if crate::customers::state::load(tx, ctx, owner)?.anonymised_at.is_some() {
        return Err(Error::conflict("customer_anonymised", "The customer of this order was anonymised: nothing is added to it any more."));
    }
    Ok(())
}

/// The currency of one of the merchant's shops; `None` when there is no such shop.
pub(crate) fn shop_currency(tx: &mut Tx, ctx: &Ctx, shop: &ShopId) -> Result<Option<Currency>> {
    Ok(tx.opt(&queries::SHOP, &[&ctx.merchant, shop], |r| r.get(0))?)
}

pub(crate) fn lines(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<Vec<Line>> {
    Ok(tx.rows(&queries::LINES, &[&ctx.merchant, id], line)?)
}

/// Contact, company, billing and delivery address of a customer as they are now.
pub(super) fn buyer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<(Payer, String, Address, Address)> {
    let read = |r: &Row<'_>| {
        let name = display_name(r.str(0)?, r.str(1)?, r.str(2)?, r.str(3)?, r.str(4)?, r.str(6)?);
        let payer = Payer { name, email: r.get(4)?, phone: r.get(5)? };
        let billing = postal(r, 7)?;
        let delivery = if r.get(13)? { billing.clone() } else { postal(r, 14)? };
        Ok((payer, r.get(3)?, billing, delivery))
    };
    tx.opt(&queries::BUYER, &[&ctx.merchant, customer], read)?.ok_or(Error::NotFound("customer"))
}

fn postal(r: &Row<'_>, i: usize) -> std::result::Result<Address, store::Error> {
    Ok(Address {
        line1: r.get(i)?,
        line2: r.get(i + 1)?,
        city: r.get(i + 2)?,
        state: r.get(i + 3)?,
        zip: r.get(i + 4)?,
        country: r.get(i + 5)?,
    })
}

pub(super) fn row(r: &Row<'_>) -> std::result::Result<OrderRow, store::Error> {
    Ok(OrderRow {
        id: r.get(0)?,
        shop: r.get(1)?,
        customer: r.get(2)?,
        state: r.get(3)?,
        abandoned_at: r.get(4)?,
        currency: r.get(5)?,
        total: r.get(6)?,
        paid_at: r.get(7)?,
        version: r.get(8)?,
        payer: Payer { name: r.get(9)?, email: r.get(10)?, phone: r.get(11)? },
    })
}

fn line(r: &Row<'_>) -> std::result::Result<Line, store::Error> {
    Ok(Line { sku: r.get(0)?, title: r.get(1)?, quantity: r.get(2)?, unit_price: r.get(3)?, discount: r.get(4)? })
}

pub(super) fn short(r: &Row<'_>) -> std::result::Result<OrderSummary, store::Error> {
    Ok(OrderSummary {
        id: r.get(0)?,
        number: r.get(1)?,
        shop: r.get(2)?,
        shop_name: r.get(3)?,
        customer: r.get(4)?,
        guest: r.get(5)?,
        state: r.get(6)?,
        abandoned_at: r.get(7)?,
        currency: r.get(8)?,
        total: r.get(9)?,
        ordered_at: r.get(10)?,
        paid_at: r.get(11)?,
        flag: r.get(12)?,
        name: r.get(13)?,
        email: r.get(14)?,
        company: r.get(15)?,
        external_id: r.get(16)?,
        first_lines: Vec::new(),
        line_count: 0,
    })
}

fn whole(r: &Row<'_>) -> std::result::Result<Order, store::Error> {
    Ok(Order {
        summary: short(r)?,
        phone: r.get(17)?,
        discount: r.get(18)?,
        shipping: r.get(19)?,
        tax: r.get(20)?,
        billing: serde_json::from_str(r.str(21)?).unwrap_or_default(),
        delivery: serde_json::from_str(r.str(22)?).unwrap_or_default(),
        note: r.get(23)?,
        fulfilled_at: r.get(24)?,
        closed_at: r.get(25)?,
        cancelled_at: r.get(26)?,
        version: r.get(27)?,
        lines: Vec::new(),
    })
}
