//! Orders and payments in the words and tones of a row.

use domain::blocks::CardState;
use domain::customers::MethodLine;
use domain::kit::{Money, Zone};
use domain::orders::{OrderSummary, State};
use domain::payments::disputes::DisputeStatus;
use domain::payments::{PaymentStatus, PaymentView};

use crate::dashboard::moments;
use crate::look::When;

/// The tone of an order's state.
pub fn order_tone(state: State) -> &'static str {
    match state {
        State::Paid | State::Fulfilled => "good",
        State::Open => "attention",
        State::Draft | State::Closed | State::Cancelled => "quiet",
    }
}

/// The tone of a dispute.
pub fn dispute_tone(status: DisputeStatus) -> &'static str {
    match status {
        DisputeStatus::Open | DisputeStatus::Lost => "problem",
        DisputeStatus::Won => "good",
    }
}

/// `2 ×`, and nothing for one.
pub fn quantity(quantity: &str) -> String {
    if quantity == "1" { String::new() } else { format!("{quantity} × ") }
}

/// What was bought, in one line: "2 × Filter paper, Kettle and 3 more".
pub fn bought(order: &OrderSummary) -> String {
    let name = |l: &domain::orders::OrderLine| format!("{}{}", quantity(&l.quantity), if l.title.is_empty() { &l.sku } else { &l.title });
    let words = order.first_lines.iter().map(name).collect::<Vec<_>>().join(", ");
    match order.line_count - order.first_lines.len() as i64 {
        more if more > 0 => format!("{words} and {more} more"),
        _ => words,
    }
}

/// A payment as a row shows it.
#[derive(Clone, Debug)]
pub struct PaymentLine {
    pub p: PaymentView,
    pub at: When,
    pub amount: String,
    pub tone: &'static str,
    /// "Paid", "Refunded €29.00", "Failed: insufficient funds".
    pub words: String,
    /// "Stripe".
    pub provider: String,
    /// "Visa •••• 4242".
    pub method: String,
    /// Each refund in words: "€5.00 back on 3 Jun 2026, Olivia: broken", "€5.00 on its way back", "Refund of €5.00 failed: …".
    pub refunds: Vec<String>,
    /// Each dispute: tone, words, and where an open one is answered at its provider, or decided by hand.
    pub disputes: Vec<(&'static str, String, String, &'static str)>,
    /// "Blog ANNA10, €2.50" where a page looks for it.
    pub affiliate: String,
    /// Whether its card can be blocked or is, where a page looks for it.
    pub card: Option<CardState>,
}

impl PaymentLine {
    pub fn of(p: PaymentView, zone: &Zone) -> Self {
        let (tone, words) = standing(&p);
        let refunds = p.refunds.iter().map(|r| {
            let why = [r.by.as_str(), r.reason.as_str()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(": ");
            let (amount, why) = (Money::new(r.amount, r.currency), if why.is_empty() { why } else { format!(", {why}") });
            match r.status.as_str() {
                "pending" => format!("{amount} on its way back{why}"),
                "failed" if r.failure.is_empty() => format!("Refund of {amount} failed"),
                "failed" => format!("Refund of {amount} failed: {}", r.failure),
                _ if r.as_credit => format!("{amount} to store credit on {}{why}", moments::day(zone, r.refunded_at).shown),
                _ => {
                    let told = if r.told.mail.is_some() { ", customer told" } else { "" };
                    format!("{amount} back on {}{told}{why}", moments::day(zone, r.refunded_at).shown)
                }
            }
        });
        let disputes = p.disputes.iter().map(|d| {
            let due =
                d.due_at.filter(|_| d.status == DisputeStatus::Open).map(|at| format!(", answer until {}", moments::day(zone, at).shown));
            let amount = Money::new(d.amount, d.currency);
            let answer = d.status == DisputeStatus::Open && d.provider_ref.is_some() && matches!(p.provider.as_str(), "stripe" | "paypal");
            let (href, verb) = match d.status {
                DisputeStatus::Open if answer => (format!("/disputes/{}/evidence", d.id), "Answer"),
                DisputeStatus::Open => (format!("/disputes/{}/decide", d.id), "Decide"),
                _ => (String::new(), ""),
            };
            let words = format!("Dispute of {amount}: {}{}", d.status.label().to_lowercase(), due.unwrap_or_default());
            (dispute_tone(d.status), words, href, verb)
        });
        Self {
            at: moments::day(zone, p.paid_at),
            amount: Money::new(p.amount, p.currency).to_string(),
            tone,
            words,
            provider: provider(&p.provider),
            method: method(&p.kind, &p.brand, &p.last4),
            refunds: refunds.collect(),
            disputes: disputes.collect(),
            affiliate: String::new(),
            card: None,
            p,
        }
    }

    /// Its card is blocked from further checkouts.
    pub fn is_blocked(&self) -> bool {
        matches!(self.card, Some(CardState::Blocked(_)))
    }

    /// Nobody but the staff can say that the bank took it back: no provider watches it.
    pub fn may_bounce(&self) -> bool {
        let by_hand = self.p.provider == "manual" || ["cheque", "transfer"].contains(&self.p.kind.as_str());
        by_hand && self.p.status.goes_to(PaymentStatus::Bounced)
    }

    /// May something of it still be given back?
    pub fn is_refundable(&self) -> bool {
        self.p.refundable > 0
    }
}

fn standing(p: &PaymentView) -> (&'static str, String) {
    let failure = || p.failure_code.replace('_', " ");
    match p.status {
        PaymentStatus::Failed if p.failure_code.is_empty() => ("problem", "Failed".to_owned()),
        PaymentStatus::Failed => ("problem", format!("Failed: {}", failure())),
        PaymentStatus::Bounced if p.failure_code == "undone" => ("quiet", "Undone".to_owned()),
        PaymentStatus::Bounced => ("problem", "Bounced".to_owned()),
        PaymentStatus::Pending => ("attention", "Pending".to_owned()),
        PaymentStatus::Settled if p.disputes.iter().any(|d| d.status == DisputeStatus::Open) => ("problem", "Disputed".to_owned()),
        PaymentStatus::Settled if p.lost > 0 => ("problem", "Dispute lost".to_owned()),
        PaymentStatus::Settled if p.refunded >= p.amount => ("quiet", "Refunded".to_owned()),
        PaymentStatus::Settled if p.refunded > 0 => ("attention", format!("Refunded {}", Money::new(p.refunded, p.currency))),
        PaymentStatus::Settled if p.refund_pending > 0 => ("attention", "Refund pending".to_owned()),
        PaymentStatus::Settled => ("good", "Paid".to_owned()),
    }
}

/// "Stripe", "PayPal", "Manual".
pub fn provider(name: &str) -> String {
    match name {
        "paypal" => "PayPal".to_owned(),
        domain::credit::PROVIDER => "Store credit".to_owned(),
        "" => String::new(),
        other => capital(other),
    }
}

/// "Visa •••• 4242", "Cash".
pub fn method(kind: &str, brand: &str, last4: &str) -> String {
    if kind.is_empty() && brand.is_empty() {
        return String::new();
    }
    let line = MethodLine {
        id: domain::kit::MethodId::from_db(String::new()),
        kind: kind.to_owned(),
        brand: brand.to_owned(),
        last4: last4.to_owned(),
        expires_year: None,
        expires_month: None,
    };
    line.words()
}

/// The first letter large, underlines as blanks.
pub fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect::<String>().replace('_', " "))
}

/// A path with the values that are there as its query string.
pub fn address(path: &str, values: &[(&str, Option<String>)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in values {
        if let Some(value) = value.as_ref().filter(|v| !v.is_empty()) {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_read_as_people_say_them() {
        assert_eq!(method("card", "visa", "4242"), "Visa •••• 4242");
        assert_eq!(method("bank_debit", "", ""), "Bank debit");
        assert_eq!((method("", "", ""), provider("paypal"), capital("past_due")), (String::new(), "PayPal".into(), "Past due".into()));
    }
}
