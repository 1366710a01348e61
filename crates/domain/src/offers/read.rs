//! Offers as pages and the API show them, each in the state of the day.

use serde::Serialize;
use store::{Row, Tx};

use super::{State, queries};
use crate::invoices::{Party, json};
use crate::kit::{Ctx, Currency, CustomerId, Error, Micros, OfferId, OrderId, PageKey, Result, Right, ShopId, locks};
use crate::merchants;
use crate::orders::{Extras, Line};
use crate::payments::listed::named;

/// An offer in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: OfferId,
    /// Its number.
    pub number: String,
    /// The shop it is from.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// For whom.
    pub customer: CustomerId,
    /// What the customer is called today.
    pub customer_name: String,
    /// What it is on the day of asking.
    pub state: State,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units.
    pub total: i64,
    /// Its last day, since 1970, where the merchant lives.
    pub valid_until: i64,
    /// When it was begun, microseconds UTC.
    pub created_at: Micros,
    /// Who began it.
    pub created_by: String,
    /// When the buyer could first see it.
    pub sent_at: Option<Micros>,
    /// When it was accepted, declined or withdrawn.
    pub closed_at: Option<Micros>,
    /// What became of it.
    pub order: Option<OrderId>,
    /// That order's number.
    pub order_number: Option<String>,
    /// Raised with every change.
    pub version: i64,
}

/// An offer, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// What lists show too.
    #[serde(flatten)]
    pub summary: Summary,
    /// Who would buy, as it stands on the paper.
    pub buyer: Party,
    /// Who sells and how prices are taxed, JSON; empty before it was sent.
    #[serde(skip)]
    pub(super) seller: String,
    /// Minor units.
    pub discount: i64,
    /// Minor units.
    pub shipping: i64,
    /// Minor units.
    pub tax: i64,
    /// A remark that stands on it.
    pub note: String,
    /// Why it was declined.
    pub reason: String,
    /// What is offered.
    pub lines: Vec<Line>,
    /// How many links of the buyer are open.
    pub links: i64,
    /// When the last of them was opened.
    pub link_at: Option<Micros>,
}

impl Offer {
    /// Discount, shipping, tax.
    pub fn extras(&self) -> Extras {
        Extras { discount: self.discount, shipping: self.shipping, tax: self.tax }
    }

    /// Who offers, as it stands on the paper: name and e-mail address; both empty before it was sent.
    pub fn seller(&self) -> (String, String) {
        let seller = self.terms().snapshot.seller;
        (seller.name, seller.email)
    }

    pub(super) fn terms(&self) -> super::document::Terms {
        json(&self.seller)
    }
}

/// One offer with its lines.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<Offer> {
    ctx.must(Right::Read)?;
    load(tx, ctx, id)
}

pub(crate) fn load(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<Offer> {
    let today = today(tx, ctx)?;
    let mut offer = tx.opt(&queries::GET, &[&ctx.merchant, id], |r| whole(r, today))?.ok_or(Error::NotFound("offer"))?;
    offer.lines = tx.rows(&queries::LINES, &[&ctx.merchant, id], |r| {
        Ok(Line { sku: r.get(0)?, title: r.get(1)?, quantity: r.get(2)?, unit_price: r.get(3)?, discount: r.get(4)? })
    })?;
    (offer.links, offer.link_at) = tx.one(&queries::LINKS, &[&ctx.merchant, id], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(offer)
}

/// The day where the merchant lives.
pub(super) fn today(tx: &mut Tx, ctx: &Ctx) -> Result<i64> {
    Ok(i64::from(merchants::settings(tx, ctx)?.zone.day(ctx.now)))
}

/// An offer under its customer's lock.
///
/// # Errors
/// `Conflict` (`moved`) when its customer was merged while we waited.
pub(crate) fn find_locked(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<Offer> {
    locks::with_customer(tx, ctx, "offer", |tx| load(tx, ctx, id), |offer| &offer.summary.customer)
}

/// A page of offers, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The offers.
    pub offers: Vec<Summary>,
    /// Where the next page begins, when there is one.
    #[serde(skip)]
    pub next: Option<PageKey>,
}

/// A customer's offers, newest first (SPEC 2.10).
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, after: Option<&PageKey>, limit: i64) -> Result<Page> {
    ctx.must(Right::Read)?;
    let (today, after) = (today(tx, ctx)?, after.cloned().unwrap_or_else(PageKey::newest));
    let limit = limit.clamp(1, 200);
    let mut found = tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &after.at, &after.id, &(limit + 1)], |r| row(r, today))?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(0));
    let next = found.last().filter(|_| more).map(|f| PageKey { at: f.created_at, id: f.id.to_string() });
    Ok(Page { offers: found, next })
}

/// The offer that an order came from.
pub fn of_order(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<Option<Summary>> {
    ctx.must(Right::Read)?;
    let today = today(tx, ctx)?;
    Ok(tx.opt(&queries::OF_ORDER, &[&ctx.merchant, order], |r| row(r, today))?)
}

pub(super) fn row(r: &Row<'_>, today: i64) -> std::result::Result<Summary, store::Error> {
    let valid_until: i64 = r.get(15)?;
    Ok(Summary {
        id: r.get(0)?,
        number: r.get(1)?,
        shop: r.get(2)?,
        shop_name: r.get(3)?,
        customer: r.get(4)?,
        customer_name: named(r, 23)?,
        state: r.get::<State>(5)?.on(today, valid_until),
        currency: r.get(6)?,
        total: r.get(10)?,
        valid_until,
        created_at: r.get(17)?,
        created_by: r.get(18)?,
        sent_at: r.get(19)?,
        closed_at: r.get(20)?,
        order: r.get(16)?,
        order_number: r.get(22)?,
        version: r.get(21)?,
    })
}

fn whole(r: &Row<'_>, today: i64) -> std::result::Result<Offer, store::Error> {
    Ok(Offer {
        summary: row(r, today)?,
        buyer: json(r.str(11)?),
        seller: r.get(12)?,
        discount: r.get(7)?,
        shipping: r.get(8)?,
        tax: r.get(9)?,
        note: r.get(13)?,
        reason: r.get(14)?,
        lines: Vec::new(),
        links: 0,
        link_at: None,
    })
}
