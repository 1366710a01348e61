//! Reads the facts of one customer, or of a range of customers in the order of their ids (verify, recompute).

use std::collections::BTreeMap;

use store::{Row, Stmt, Tx};

use super::queries;
use crate::invoices;
use crate::kit::{Ctx, Currency, CustomerId, MethodId, Micros, Money, Result};
use crate::merchants::Settings;
use crate::orders::State;
use crate::payments::{MethodKind, Outcome, PaymentStatus};
use crate::rates::Converter;
use crate::subscriptions::SubscriptionStatus;

/// Everything a customer's kept columns are worked out from.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub anonymised: bool,
    pub deleted: bool,
    pub archived: bool,
    pub payments: Vec<PaymentFact>,
    pub orders: Vec<OrderFact>,
    /// Attached ones of live mode, oldest first.
    pub methods: Vec<MethodFact>,
    /// Live-mode ones.
    pub subscriptions: Vec<SubscriptionFact>,
    /// Those that are due.
    pub invoices: Vec<InvoiceFact>,
    pub disputes: i64,
    pub open_disputes: i64,
}

#[derive(Debug)]
pub(crate) struct PaymentFact {
    pub status: PaymentStatus,
    pub live: bool,
    pub manual: bool,
    pub one_off: bool,
    pub dispute_lost: bool,
    /// Paid with store credit: no new money.
    pub credit: bool,
    pub currency: Currency,
    pub amount: i64,
    pub refunded: i64,
    pub lost: i64,
    pub paid_at: Micros,
    /// What it brought, in the merchant's currency; `None` where a rate is missing.
    pub value: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct OrderFact {
    pub state: State,
    pub abandoned: bool,
    pub paid: bool,
    pub currency: Currency,
    pub total: i64,
    pub open: i64,
    pub ordered_at: Micros,
    pub shop: String,
    pub value: Option<i64>,
    pub due: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct InvoiceFact {
    pub currency: Currency,
    pub rest: i64,
    pub issued_at: Micros,
    /// The rest in the merchant's currency.
    pub due: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct MethodFact {
    pub id: MethodId,
    pub manual: bool,
    pub chosen: bool,
    pub last_outcome: Outcome,
    pub expires: Option<(i64, i64)>,
}

#[derive(Debug)]
pub(crate) struct SubscriptionFact {
    pub status: SubscriptionStatus,
    pub ends_at: Option<Micros>,
    pub updated_at: Micros,
}

/// Whose facts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose<'a> {
    One(&'a CustomerId),
    /// Behind the first id, up to and with the second.
    Range(&'a str, &'a str),
}

/// One customer's, without the row's own (archived, deleted, anonymised), which the caller has read under its lock.
pub(crate) fn one(tx: &mut Tx, ctx: &Ctx, settings: &Settings, rates: &mut Converter, id: &CustomerId) -> Result<Facts> {
    let mut all = BTreeMap::from([(id.to_string(), Facts::default())]);
    fill(tx, ctx, Whose::One(id), &mut all)?;
    let mut facts = all.into_values().next().unwrap_or_default();
    price(tx, ctx, settings, rates, &mut facts)?;
    Ok(facts)
}

/// Fills the facts of those who are in `all`; others of the range are passed over.
pub(crate) fn fill(tx: &mut Tx, ctx: &Ctx, whose: Whose, all: &mut BTreeMap<String, Facts>) -> Result<()> {
    each(tx, ctx, whose, [&queries::PAYMENTS_ONE, &queries::PAYMENTS_RANGE], all, |f, r| Ok(f.payments.push(payment(r)?)))?;
    each(tx, ctx, whose, [&queries::ORDERS_ONE, &queries::ORDERS_RANGE], all, |f, r| Ok(f.orders.push(order(r)?)))?;
    each(tx, ctx, whose, [&queries::METHODS_ONE, &queries::METHODS_RANGE], all, |f, r| Ok(f.methods.push(method(r)?)))?;
    each(tx, ctx, whose, [&queries::SUBSCRIPTIONS_ONE, &queries::SUBSCRIPTIONS_RANGE], all, |f, r| {
        f.subscriptions.push(SubscriptionFact { status: r.get(1)?, ends_at: r.get(2)?, updated_at: r.get(3)? });
        Ok(())
    })?;
    each(tx, ctx, whose, [&queries::INVOICES_ONE, &queries::INVOICES_RANGE], all, |f, r| {
        let rest = invoices::rest_of(r.get(2)?, r.get(3)?, r.get(4)?);
        f.invoices.push(InvoiceFact { currency: r.get(1)?, rest, issued_at: r.get::<Option<Micros>>(5)?.unwrap_or_default(), due: None });
        Ok(())
    })?;
    each(tx, ctx, whose, [&queries::DISPUTES_ONE, &queries::DISPUTES_RANGE], all, |f, r| {
        f.disputes = r.get(1)?;
        f.open_disputes = r.get(2)?;
        Ok(())
    })
}

/// Turns every amount into the merchant's currency at the rate of its day.
pub(crate) fn price(tx: &mut Tx, ctx: &Ctx, settings: &Settings, rates: &mut Converter, facts: &mut Facts) -> Result<()> {
    for p in &mut facts.payments {
        let net = Money::new(p.amount - p.refunded - p.lost, p.currency);
        p.value = if p.is_settled() { rates.convert(tx, ctx, net, settings.zone.day(p.paid_at))? } else { None };
    }
    for o in &mut facts.orders {
        if o.is_real() {
            let day = settings.zone.day(o.ordered_at);
            o.value = rates.convert(tx, ctx, Money::new(o.total, o.currency), day)?;
            o.due = rates.convert(tx, ctx, Money::new(o.open.max(0), o.currency), day)?;
        }
    }
    for i in &mut facts.invoices {
        i.due = rates.convert(tx, ctx, Money::new(i.rest, i.currency), settings.zone.day(i.issued_at))?;
    }
    Ok(())
}

fn each(
    tx: &mut Tx,
    ctx: &Ctx,
    whose: Whose,
    [one, range]: [&Stmt; 2],
    all: &mut BTreeMap<String, Facts>,
    mut take: impl FnMut(&mut Facts, &Row<'_>) -> std::result::Result<(), store::Error>,
) -> Result<()> {
    let mut row = |r: &Row<'_>| match all.get_mut(r.str(0)?) {
        Some(facts) => take(facts, r),
        None => Ok(()),
    };
    match whose {
        Whose::One(id) => tx.each(one, &[&ctx.merchant, id], &mut row)?,
        Whose::Range(after, to) => tx.each(range, &[&ctx.merchant, &after, &to], &mut row)?,
    }
    Ok(())
}

fn payment(r: &Row<'_>) -> std::result::Result<PaymentFact, store::Error> {
    Ok(PaymentFact {
        status: r.get(1)?,
        live: r.get(2)?,
        manual: r.str(3)?.parse::<MethodKind>().is_ok_and(MethodKind::is_manual),
        one_off: r.get::<bool>(4)?,
        dispute_lost: r.get(5)?,
        currency: r.get(6)?,
        amount: r.get(7)?,
        refunded: r.get(8)?,
        lost: r.get(9)?,
        paid_at: r.get(10)?,
        credit: r.get(11)?,
        value: None,
    })
}

fn order(r: &Row<'_>) -> std::result::Result<OrderFact, store::Error> {
    Ok(OrderFact {
        state: r.get(1)?,
        abandoned: r.get(2)?,
        paid: r.get(3)?,
        currency: r.get(4)?,
        total: r.get(5)?,
        open: r.get::<i64>(5)?.saturating_sub(r.get(6)?),
        ordered_at: r.get(7)?,
        shop: r.get(8)?,
        value: None,
        due: None,
    })
}

fn method(r: &Row<'_>) -> std::result::Result<MethodFact, store::Error> {
    let (year, month): (Option<i64>, Option<i64>) = (r.get(5)?, r.get(6)?);
    Ok(MethodFact {
        id: r.get(1)?,
        manual: r.str(2)?.parse::<MethodKind>().is_ok_and(MethodKind::is_manual),
        chosen: r.get(3)?,
        last_outcome: r.get(4)?,
        expires: year.zip(month),
    })
}
