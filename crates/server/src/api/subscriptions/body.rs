//! The clockwork, periods and the acts of a subscription, as bodies.

use domain::kit::{Currency, CustomerId, MethodId, Micros, PlanId, Problems, ShopId};
use domain::payments::{MethodKind, PaymentView};
use domain::providers::{CallKind, CallState};
use domain::subscriptions::{self as room, EndReason, PeriodState, StartInput, Unit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::customers::body::Cancel;
use crate::api::types::{Money, Time, money, time};
use crate::api::words;

/// A day where the merchant lives.
///
/// # Errors
/// A field error for `field`.
pub fn day(field: &'static str, text: &str) -> domain::Result<jiff::civil::Date> {
    text.parse().map_err(|_| Problems::one(field, "invalid", "Use a day like 2026-06-30."))
}

/// A subscription to begin, which Regulars runs itself.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionStart {
    /// The plan; then shop, name, currency, amount, cycle and free days are the plan's unless they are said.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub plan: Option<PlanId>,
    /// Needed without a plan.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub shop: Option<ShopId>,
    /// Needed without a plan.
    #[serde(default)]
    #[schema(example = "Roastery Club")]
    pub name: String,
    /// Minor units for each cycle of one piece; needed without a plan.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub amount: Option<i64>,
    /// ISO 4217; absent: the plan's, or the shop's.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Currency>,
    /// Pieces; the amount is taken so many times.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000000)]
    pub quantity: i64,
    /// Every so many … ; both of the cycle or neither.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub cycle_count: Option<i64>,
    /// … of these.
    #[serde(default)]
    #[schema(value_type = Option<words::CycleUnit>)]
    pub cycle_unit: Option<Unit>,
    /// The day it begins, where the merchant lives; absent: today.
    #[serde(default)]
    #[schema(format = Date, example = "2026-07-01")]
    pub start: Option<String>,
    /// Free days at the beginning; absent: the plan's.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 730)]
    pub trial_days: Option<i64>,
    /// The payment method that is charged; absent: somebody records the money by hand.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub method: Option<MethodId>,
}

fn one() -> i64 {
    1
}

impl SubscriptionStart {
    pub(super) fn input(&self, customer: &CustomerId) -> domain::Result<StartInput> {
        let s = self.clone();
        let cycle = match (s.cycle_count, s.cycle_unit) {
            (count, Some(unit)) => Some((count.unwrap_or(1), unit)),
            (Some(_), None) => return Err(Problems::one("cycle_unit", "required", "Say what the cycle is counted in.")),
            (None, None) => None,
        };
        Ok(StartInput {
            plan: s.plan,
            shop: s.shop,
            name: s.name,
            amount: s.amount,
            currency: s.currency,
            quantity: s.quantity,
            cycle,
            start: s.start.as_deref().map(|text| day("start", text)).transpose()?,
            trial_days: s.trial_days,
            method: s.method,
            ..StartInput::of(customer.clone())
        })
    }
}

/// When a subscription is to end.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionCancel {
    pub when: Cancel,
    /// With `now`: the unused days of the paid period are refunded in the same step. Needs the right to refund too.
    #[serde(default)]
    pub refund_unused: bool,
}

/// A day of the next payment.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionMove {
    /// Today or later, where the merchant lives.
    #[schema(format = Date, example = "2026-07-15")]
    pub day: String,
}

/// When it goes on.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SubscriptionResume {
    /// The day of the next payment; absent: the day it was due, or today when that day is over.
    #[schema(format = Date, example = "2026-07-15")]
    pub day: Option<String>,
}

/// What is charged from now on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionMethod {
    /// The customer's payment method; null, which has to be said: somebody records the money by hand.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>, required = true)]
    pub method: Option<MethodId>,
}

/// Absence is no value here.
fn said<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<T>, D::Error> {
    Option::<T>::deserialize(d)
}

/// Money that came by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionReceipt {
    /// Cash, cheque or transfer.
    #[schema(value_type = words::PaymentKind)]
    pub kind: MethodKind,
    /// Not in the future; absent: now.
    #[serde(default)]
    pub paid_at: Option<Time>,
}

/// A period whose payment was tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubscriptionPeriod {
    /// Its place, from zero.
    pub number: i64,
    /// The day it was due, where the merchant lives.
    #[schema(format = Date)]
    pub due: String,
    pub amount: Money,
    #[schema(value_type = words::SubscriptionPeriodState)]
    pub state: PeriodState,
    /// How often its payment was tried.
    pub attempts: i64,
    /// The day it is tried again, or given up.
    #[schema(format = Date)]
    pub next: Option<String>,
    /// The payment method was refused for good: it is not tried again with it.
    pub refused_for_good: bool,
    /// Why the last try failed, in words.
    pub failure: String,
    /// The payment of the last try.
    pub payment: Option<String>,
    pub paid_at: Option<Time>,
}

impl SubscriptionPeriod {
    pub(super) fn of(p: room::Period, payment: Option<&PaymentView>, currency: Currency) -> Self {
        let paid_at = payment.filter(|_| p.state == PeriodState::Paid).map(|v| Time(v.paid_at));
        Self {
            number: p.number,
            due: p.due().to_string(),
            amount: money(p.amount, currency),
            state: p.state,
            attempts: p.attempts,
            next: p.next().map(|d| d.to_string()),
            refused_for_good: p.hard,
            failure: p.failure,
            payment: p.payment.map(|id| id.to_string()),
            paid_at,
        }
    }
}

/// How a subscription runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubscriptionCourse {
    /// Regulars runs it; else the rest but `request` is absent.
    pub own: bool,
    /// The plan it began with.
    pub plan: Option<String>,
    pub quantity: Option<i64>,
    /// The day on which the next period is, or was, due.
    #[schema(format = Date)]
    pub due: Option<String>,
    /// When it is tried next, or given up.
    pub acts_at: Option<Time>,
    pub paused_at: Option<Time>,
    #[schema(value_type = Option<words::SubscriptionEndReason>)]
    pub end_reason: Option<EndReason>,
    /// Its last moment that is paid or free.
    pub paid_until: Option<Time>,
    /// Days behind the due day on which a failed payment is tried again.
    pub retry_days: Option<Vec<i64>>,
    /// What its provider was asked last, while that is not done.
    pub request: Option<SubscriptionRequest>,
}

/// Something that the provider of a subscription was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubscriptionRequest {
    #[schema(value_type = words::ProviderCallKind)]
    pub what: CallKind,
    #[schema(value_type = words::ProviderCallState)]
    pub state: CallState,
    /// Why it did not go through, in the provider's words.
    pub error: String,
    pub asked_at: Time,
    /// When it is sent next, while it waits.
    pub next_at: Option<Time>,
}

impl SubscriptionCourse {
    pub(super) fn of(c: room::Course) -> Self {
        let at = |at: Option<Micros>| time(at);
        let request = c.asked.map(|call| SubscriptionRequest {
            what: call.kind,
            state: call.state,
            error: call.error,
            asked_at: Time(call.created_at),
            next_at: Some(Time(call.next_at)).filter(|_| call.state == CallState::Waiting),
        });
        let runs = c.runs;
        Self {
            own: runs.is_some(),
            plan: runs.as_ref().and_then(|r| r.plan.as_ref()).map(ToString::to_string),
            quantity: runs.as_ref().map(|r| r.quantity),
            due: runs.as_ref().map(|r| r.due.to_string()),
            acts_at: at(runs.as_ref().and_then(|r| r.acts_at)),
            paused_at: at(runs.as_ref().and_then(|r| r.paused_at)),
            end_reason: runs.as_ref().and_then(|r| r.end_reason),
            paid_until: at(runs.as_ref().and_then(|r| r.paid_until)),
            retry_days: runs.map(|r| r.retries.days().to_vec()),
            request,
        }
    }
}

/// A page of periods.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeriodsAsked {
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
}
