//! The pure part: facts in, what is kept about a customer out.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{Facts, MethodFact, OrderFact, PaymentFact, SubscriptionFact};
use crate::customers::status::{self, MethodStatus, Status, StatusFacts};
use crate::kit::{MethodId, Micros};
use crate::merchants::Settings;
use crate::orders::State;
use crate::payments::{Outcome, PaymentStatus};
use crate::subscriptions::SubscriptionStatus;

/// The kept columns of a customer's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub status: Status,
    pub until: Option<Micros>,
    pub method: MethodStatus,
    pub expires_day: Option<i32>,
    pub default_method: Option<MethodId>,
    pub oldest_method: Option<MethodId>,
    pub lifetime: i64,
    pub lifetime_missing: bool,
    pub order_count: i64,
    pub order_total: i64,
    pub payment_count: i64,
    pub dispute_count: i64,
    pub open_dispute_count: i64,
    pub balance_due: i64,
    pub first_order_at: Option<Micros>,
    pub last_order_at: Option<Micros>,
    pub first_paid_at: Option<Micros>,
    pub last_paid_at: Option<Micros>,
}

impl Kept {
    /// Each column by name, as text, for comparing.
    pub(crate) fn columns(&self) -> Vec<(&'static str, String)> {
        let time = |t: Option<Micros>| t.map_or_else(String::new, |t| t.to_string());
        let id = |m: &Option<MethodId>| m.as_ref().map_or_else(String::new, MethodId::to_string);
        vec![
            ("status_until", time(self.until)),
            ("method_status", self.method.name().to_owned()),
            ("method_expires_day", time(self.expires_day.map(Micros::from))),
            ("default_method_id", id(&self.default_method)),
            ("oldest_method_id", id(&self.oldest_method)),
            ("lifetime", self.lifetime.to_string()),
            ("lifetime_missing", self.lifetime_missing.to_string()),
            ("order_count", self.order_count.to_string()),
            ("order_total", self.order_total.to_string()),
            ("payment_count", self.payment_count.to_string()),
            ("dispute_count", self.dispute_count.to_string()),
            ("open_dispute_count", self.open_dispute_count.to_string()),
            ("balance_due", self.balance_due.to_string()),
            ("first_order_at", time(self.first_order_at)),
            ("last_order_at", time(self.last_order_at)),
            ("first_paid_at", time(self.first_paid_at)),
            ("last_paid_at", time(self.last_paid_at)),
        ]
    }
}

/// Paid, refunded, lost of each currency.
pub(crate) type Totals = BTreeMap<&'static str, [i64; 3]>;

/// All that is kept, at `now`.
pub(crate) fn work_out(facts: &Facts, settings: &Settings, now: Micros) -> Kept {
    let (status, until) = status::work_out(&status_facts(facts, now), now, settings.active_days, &settings.zone);
    let (method, expires_day) = method_status(facts);
    let counting = || facts.payments.iter().filter(|p| p.counts_for_status());
    let orders = || facts.orders.iter().filter(|o| o.is_real());
    Kept {
        status,
        until,
        method,
        expires_day,
        default_method: default_method(&facts.methods).map(|m| m.id.clone()),
        oldest_method: facts.methods.first().map(|m| m.id.clone()),
        lifetime: sum(facts.payments.iter().filter(|p| p.is_settled()).filter_map(|p| p.value)),
        lifetime_missing: facts.payments.iter().any(|p| p.is_settled() && p.value.is_none()),
        order_count: orders().count() as i64,
        order_total: sum(orders().filter_map(|o| o.value)),
        payment_count: facts.payments.len() as i64,
        dispute_count: facts.disputes,
        open_dispute_count: facts.open_disputes,
        balance_due: sum(orders().filter(|o| o.is_due()).filter_map(|o| o.due).chain(facts.invoices.iter().filter_map(|i| i.due))),
        first_order_at: orders().map(|o| o.ordered_at).min(),
        last_order_at: orders().map(|o| o.ordered_at).max(),
        first_paid_at: counting().map(|p| p.paid_at).min(),
        last_paid_at: counting().map(|p| p.paid_at).max(),
    }
}

/// Per currency, with a row of zeros for a currency that only orders have.
pub(crate) fn totals(facts: &Facts) -> Totals {
    let mut totals = Totals::new();
    for order in facts.orders.iter().filter(|o| o.is_real()) {
        totals.entry(order.currency.code()).or_default();
    }
    for invoice in &facts.invoices {
        totals.entry(invoice.currency.code()).or_default();
    }
    for payment in facts.payments.iter().filter(|p| p.is_settled()) {
        let [paid, refunded, lost] = totals.entry(payment.currency.code()).or_default();
        *paid = paid.saturating_add(payment.amount);
        *refunded = refunded.saturating_add(payment.refunded);
        *lost = lost.saturating_add(payment.lost);
    }
    totals
}

/// The shops where it has an order.
pub(crate) fn shops(facts: &Facts) -> BTreeSet<String> {
    facts.orders.iter().filter(|o| o.is_real()).map(|o| o.shop.clone()).collect()
}

impl PaymentFact {
    /// Live money that came and stayed: what totals are made of (SPEC 4.1). Store credit is no new money.
    pub(crate) fn is_settled(&self) -> bool {
        self.live && self.status == PaymentStatus::Settled && !self.credit
    }

    /// A lost dispute stops counting for the status, and a refund does not (SPEC 4.1). Who pays with store credit buys.
    fn counts_for_status(&self) -> bool {
        self.live && self.status == PaymentStatus::Settled && !self.dispute_lost
    }
}

impl OrderFact {
    /// Every order but drafts and abandoned ones.
    pub(crate) fn is_real(&self) -> bool {
        self.state != State::Draft && !self.abandoned
    }

    /// Something is still to be paid.
    pub(crate) fn is_due(&self) -> bool {
        !self.paid && matches!(self.state, State::Open | State::Fulfilled)
    }
}

fn status_facts(facts: &Facts, now: Micros) -> StatusFacts {
    let counting = || facts.payments.iter().filter(|p| p.counts_for_status());
    StatusFacts {
        anonymised: facts.anonymised,
        deleted: facts.deleted,
        archived: facts.archived,
        live_until: live_until(&facts.subscriptions, now),
        ended_at: facts.subscriptions.iter().filter_map(|s| s.ended_at(now)).max(),
        last_paid: counting().map(|p| p.paid_at).max(),
        last_one_off: counting().filter(|p| p.one_off).map(|p| p.paid_at).max(),
    }
}

/// No end in sight wins; else the latest end.
fn live_until(subscriptions: &[SubscriptionFact], now: Micros) -> Option<Option<Micros>> {
    let live = subscriptions.iter().filter(|s| s.is_live(now));
    live.fold(None, |best, s| match (best, s.ends_at) {
        (Some(None), _) | (_, None) => Some(None),
        (Some(Some(a)), Some(b)) => Some(Some(a.max(b))),
        (None, Some(b)) => Some(Some(b)),
    })
}

impl SubscriptionFact {
    /// Its last microsecond is inclusive.
    fn is_live(&self, now: Micros) -> bool {
        match self.status {
            SubscriptionStatus::Ended => false,
            SubscriptionStatus::Cancelled => self.ends_at.is_some_and(|end| now <= end),
            _ => self.ends_at.is_none_or(|end| now <= end),
        }
    }

    fn ended_at(&self, now: Micros) -> Option<Micros> {
        if self.is_live(now) { None } else { Some(self.ends_at.unwrap_or(self.updated_at)) }
    }
}

/// The chosen one, else the oldest attached. `methods` come oldest first.
fn default_method(methods: &[MethodFact]) -> Option<&MethodFact> {
    methods.iter().find(|m| m.chosen).or(methods.first())
}

/// The base that time changes by itself, and the last valid day. Manual only when nothing else is attached (SPEC 4).
fn method_status(facts: &Facts) -> (MethodStatus, Option<i32>) {
    let speaks = default_method(&facts.methods).filter(|m| !m.manual).or(facts.methods.iter().find(|m| !m.manual));
    let Some(method) = speaks else {
        let recorded = !facts.methods.is_empty() || facts.payments.iter().any(|p| p.manual && p.live);
        return (if recorded { MethodStatus::Manual } else { MethodStatus::None }, None);
    };
    let base = match method.last_outcome {
        Outcome::Ok => MethodStatus::Active,
        Outcome::Invalid => MethodStatus::Invalid,
        Outcome::Insufficient => MethodStatus::InsufficientFunds,
    };
    (base, method.expires.and_then(|(year, month)| status::last_day(year, month)))
}

fn sum(amounts: impl Iterator<Item = i64>) -> i64 {
    amounts.fold(0, i64::saturating_add)
}
