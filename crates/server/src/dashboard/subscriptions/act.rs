//! What can be done with a subscription as it stands: no button is shown that would be refused.

use domain::kit::{Ctx, Right};
use domain::subscriptions::{Course, PeriodState, SubscriptionStatus};

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Now, or with the period that is paid.
    Cancel,
    /// Take a cancellation back.
    Keep,
    Pause,
    Resume,
    /// The next payment, to another day.
    Move,
    /// Another payment method.
    Method,
    /// A payment that failed, once more.
    Retry,
    /// Money that came by hand.
    Receive,
}

impl Act {
    /// The end of its address.
    pub fn end(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Keep => "keep",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Move => "move",
            Self::Method => "method",
            Self::Retry => "retry",
            Self::Receive => "receive",
        }
    }

    /// On the button that opens it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cancel => "Cancel",
            Self::Keep => "Take back",
            Self::Pause => "Pause",
            Self::Resume => "Resume",
            Self::Move => "Move payment",
            Self::Method => "Change method",
            Self::Retry => "Try again",
            Self::Receive => "Money came",
        }
    }

    /// On the button that does it.
    pub fn does(self) -> &'static str {
        match self {
            Self::Cancel => "Cancel subscription",
            Self::Keep => "Take the cancellation back",
            Self::Pause => "Pause subscription",
            Self::Resume => "Resume subscription",
            Self::Move => "Move the next payment",
            Self::Method => "Change payment method",
            Self::Retry => "Try the payment now",
            Self::Receive => "Record payment",
        }
    }
}

/// What this person may do with this one, the likeliest first.
pub fn acts(c: &Course, ctx: &Ctx) -> Vec<Act> {
    let (s, orders) = (&c.subscription, ctx.may(Right::Orders));
    let status = s.status_at(ctx.now);
    let mut all = Vec::new();
    let Some(runs) = &c.runs else {
        let elsewhere = s.provider_ref.is_some() && matches!(s.provider.as_str(), "stripe" | "paypal");
        match status {
            SubscriptionStatus::Ended => {}
            SubscriptionStatus::Cancelled if s.provider == "stripe" && elsewhere => all.extend([Act::Keep, Act::Cancel]),
            SubscriptionStatus::Paused if elsewhere => all.extend([Act::Resume, Act::Cancel]),
            _ if elsewhere => all.extend([Act::Cancel, Act::Pause]),
            _ => all.push(Act::Cancel),
        }
        all.retain(|_| orders);
        return all;
    };
    let state = runs.current.as_ref().map(|p| p.state);
    if state == Some(PeriodState::Asked) && s.method.is_none() && status != SubscriptionStatus::Ended && ctx.may(Right::Payments) {
        all.push(Act::Receive);
    }
    let more: &[Act] = match status {
        SubscriptionStatus::Ended => &[],
        SubscriptionStatus::Cancelled => &[Act::Keep, Act::Cancel],
        SubscriptionStatus::Paused => &[Act::Resume, Act::Method, Act::Cancel],
        _ if state == Some(PeriodState::Open) => &[Act::Retry, Act::Method, Act::Move, Act::Pause, Act::Cancel],
        _ => &[Act::Cancel, Act::Pause, Act::Move, Act::Method],
    };
    all.extend(more.iter().filter(|_| orders));
    all
}
