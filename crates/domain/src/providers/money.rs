//! Payments, refunds and disputes as providers tell of them.

use ::providers::news::{self, Amount, News, Renewal};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::apply::{Source, fact, json, note, park, unjson, wake};
use super::named::order_of;
use super::{people, running};
use crate::kit::{Ctx, Currency, CustomerId, Error, Micros, OrderId, Problems, Result};
use crate::payments::disputes::{self, DisputeInput, DisputeStatus};
use crate::payments::refunds::{self, RefundStatus, RefundTold};
use crate::payments::{self, Payer, PaymentInput, PaymentRow, PaymentStatus, methods};
use crate::{charges, orders, subscriptions};

/// By which of PayPal's APIs a payment came: its refund goes by the same.
pub(super) const SHAPE: &str = "shape";
pub(super) const SALE: &str = "sale";

/// A payment: to the customer the provider names, if we know it; else a guest's, until we do (SPEC 3.4).
pub(super) fn payment(tx: &mut Tx, ctx: &Ctx, s: &Source, p: &news::Payment, news: &News) -> Result<()> {
    if p.amount.minor <= 0 {
        return Ok(()); // A free trial's invoice, a card that was only checked: no money moved.
    }
    let (mut owner, mut gone) = (None, false);
    if let Some(reference) = &p.customer {
        match people::whose(tx, ctx, s, reference)? {
            people::Whose::Known(id) => owner = Some(id),
            people::Whose::Gone => gone = true,
            people::Whose::Unknown => park(tx, ctx, s, &format!("customer:{reference}"), news)?,
        }
    }
    let order = match &p.order {
        Some(words) => order_of(tx, ctx, &s.account.shop, words)?,
        None => None,
    };
    let owner = owner.or_else(|| order.as_ref().and_then(|(_, customer)| customer.clone()));
    // What we asked for ourselves is known by its mark, also where the provider names neither customer nor order.
    let asked = p.ours.as_ref().map(|mark| charges::behind(tx, ctx, mark)).transpose()?.flatten();
    let owner = owner.or_else(|| asked.as_ref().map(|a| a.customer.clone()));
    let order = order.map(|(id, _)| id).or_else(|| asked.as_ref().and_then(|a| a.order.clone()));
    let note = asked.map(|a| a.purpose).unwrap_or_default();
    let input = PaymentInput { note, ..input(tx, ctx, s, p, (owner, gone), order)? };
    let id = payments::tell(tx, ctx, &input, p.other.as_deref())?;
    if let Some(sale) = p.sale {
        super::apply::note(tx, ctx, s, SHAPE, &p.reference, if sale { SALE } else { "capture" })?;
    }
    if let (Some(method), Some(told)) = (payments::method_of(tx, ctx, &id)?, &p.method) {
        people::bound(tx, ctx, s, &method, told)?;
    }
    if matches!(p.status, news::PaymentStatus::Settled | news::PaymentStatus::Bounced) {
        wake(tx, ctx, s, &format!("payment:{}", p.reference))?;
        if let Some(other) = &p.other {
            wake(tx, ctx, s, &format!("payment:{other}"))?;
        }
    }
    if let Some(mark) = &p.ours {
        subscriptions::told(tx, ctx, mark, &id)?;
        charges::told(tx, ctx, mark, &id)?;
    }
    let Some(subscription) = &p.subscription else { return Ok(()) };
    tie(tx, ctx, s, &p.reference, subscription)?;
    match p.status {
        news::PaymentStatus::Settled => running::renewed(tx, ctx, s, subscription),
        _ => Ok(()),
    }
}

/// The payment as its room takes it in. `gone`: the provider names a customer who was erased here, which counts where nobody else is known.
fn input(
    tx: &mut Tx,
    ctx: &Ctx,
    s: &Source,
    p: &news::Payment,
    (owner, gone): (Option<CustomerId>, bool),
    order: Option<OrderId>,
) -> Result<PaymentInput> {
    let (owner, flag) = match owner {
        Some(id) => match payments::must_exist(tx, ctx, &id) {
            Ok(standing) => (Some(id), if standing.is_active() { "" } else { "customer_inactive" }),
            // Whose order it is was anonymised: the money is recorded, and not who sent it.
            Err(Error::Conflict { code: orders::GONE, .. }) => (None, orders::GONE),
            Err(other) => return Err(other),
        },
        None => (None, if gone { orders::GONE } else { "" }),
    };
    // A method that is known is what its own events say of it; a payment may be old news about it.
    let reference = p.method.as_ref().and_then(|m| m.reference.as_deref());
    let known = reference.map(|r| methods::by_ref(tx, ctx, s.provider, r)).transpose()?.flatten();
    let method_id = known.filter(|(_, whose)| Some(whose) == owner.as_ref()).map(|(id, _)| id);
    let short = |text: &str, max: usize| text.chars().filter(|c| *c != '\0').take(max).collect::<String>();
    let input = PaymentInput {
        order,
        customer: owner,
        provider_ref: Some(p.reference.clone()),
        status: match p.status {
            news::PaymentStatus::Pending => PaymentStatus::Pending,
            news::PaymentStatus::Settled => PaymentStatus::Settled,
            news::PaymentStatus::Failed => PaymentStatus::Failed,
            news::PaymentStatus::Bounced => PaymentStatus::Bounced,
        },
        live: s.live,
        method_id,
        method: p.method.as_ref().map(people::method_input),
        payer: Payer { name: short(&p.payer.name, 300), email: short(&p.payer.email, 254), phone: short(&p.payer.phone, 60) },
        failure_code: short(&p.failure_code, 100),
        failure_message: short(&p.failure_message, 500),
        flag,
        ..PaymentInput::settled(s.account.shop.clone(), s.provider, currency(&p.amount)?, p.amount.minor, p.at.clamp(0, ctx.now))
    };
    Ok(if flag == orders::GONE { input.without_a_name() } else { input })
}

pub(super) fn currency(amount: &Amount) -> Result<Currency> {
    Currency::of(&amount.currency).ok_or_else(|| Problems::one("currency", "invalid", format!("“{}” is not a currency.", amount.currency)))
}

/// The payment, once money has moved; until then the news waits for it.
fn captured(tx: &mut Tx, ctx: &Ctx, s: &Source, reference: &str, news: &News) -> Result<Option<PaymentRow>> {
    let row = payments::by_ref(tx, ctx, s.provider, reference)?;
    match row.filter(|r| matches!(r.status, PaymentStatus::Settled | PaymentStatus::Bounced)) {
        Some(row) => Ok(Some(row)),
        None => park(tx, ctx, s, &format!("payment:{reference}"), news).map(|()| None),
    }
}

/// Money back.
pub(super) fn refund(tx: &mut Tx, ctx: &Ctx, s: &Source, r: &news::Refund, news: &News) -> Result<()> {
    let Some(row) = captured(tx, ctx, s, &r.payment, news)? else { return Ok(()) };
    refunds::tell(tx, ctx, &told(&row, r))
}

/// A refund of the provider as the room of payments takes it.
pub(super) fn told(row: &PaymentRow, r: &news::Refund) -> RefundTold {
    RefundTold {
        payment: row.id.clone(),
        provider_ref: r.reference.clone(),
        ours: r.ours.as_deref().and_then(|id| id.parse().ok()),
        amount: r.amount.minor,
        status: match r.status {
            news::RefundStatus::Pending => RefundStatus::Pending,
            news::RefundStatus::Done => RefundStatus::Done,
            news::RefundStatus::Failed => RefundStatus::Failed,
        },
        reason: r.reason.replace('_', " "),
        failure: r.failure.replace('_', " "),
        at: r.at,
    }
}

/// What was given back in all.
pub(super) fn refund_total(tx: &mut Tx, ctx: &Ctx, s: &Source, payment: &str, total: &Amount, news: &News) -> Result<()> {
    let Some(row) = captured(tx, ctx, s, payment, news)? else { return Ok(()) };
    refunds::tell_total(tx, ctx, &row.id, total.minor)
}

/// One word about a dispute: where it stands in the order of what happened, and what it said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Word {
    position: String,
    status: DisputeStatus,
    at: Micros,
    minor: i64,
    currency: String,
    due_at: Option<Micros>,
}

/// A dispute: how it stands is what all words about it say in the order in which they were meant, however they came. A bank decides, an appeal opens it
/// again, an inquiry becomes a dispute: the last word counts, and it was decided when that was said first.
pub(super) fn dispute(tx: &mut Tx, ctx: &Ctx, s: &Source, d: &news::Dispute, news: &News) -> Result<()> {
    let Some(row) = captured(tx, ctx, s, &d.payment, news)? else { return Ok(()) };
    let status = match d.status {
        news::DisputeStatus::Open => DisputeStatus::Open,
        news::DisputeStatus::Won => DisputeStatus::Won,
        news::DisputeStatus::Lost => DisputeStatus::Lost,
    };
    let word = Word {
        position: s.position.clone(),
        status,
        at: d.at.clamp(0, ctx.now),
        minor: d.amount.minor,
        currency: d.amount.currency.clone(),
        due_at: d.due_at,
    };
    let mut words: Vec<Word> = fact(tx, ctx, s, "dispute", &d.reference)?.map_or(Ok(Vec::new()), |t| unjson(&t))?;
    words.push(word);
    words.sort();
    words.dedup();
    note(tx, ctx, s, "dispute", &d.reference, &json(&words)?)?;
    let Some(last) = words.last() else { return Ok(()) };
    let run = words.iter().rev().take_while(|w| w.status == last.status);
    let since = run.last().map_or(last.at, |w| w.at);
    let again = words.iter().any(|w| w.status != DisputeStatus::Open);
    let same_currency = last.currency == row.currency.code();
    let input = DisputeInput {
        payment: row.id.clone(),
        amount: if same_currency { last.minor } else { row.amount },
        reason: d.reason.chars().take(200).collect(),
        provider_ref: Some(d.reference.clone()),
        status: last.status,
        opened_at: d.opened_at,
        due_at: last.due_at,
        closed_at: (last.status != DisputeStatus::Open).then_some(since),
    };
    disputes::tell(tx, ctx, &input, again).map(|_| ())
}

/// An order the shop named apart from the payment.
pub(super) fn order(tx: &mut Tx, ctx: &Ctx, s: &Source, payment: &str, words: &str, news: &News) -> Result<()> {
    let Some((order, _)) = order_of(tx, ctx, &s.account.shop, words)? else { return Ok(()) };
    let Some(row) = captured(tx, ctx, s, payment, news)? else { return Ok(()) };
    payments::set_order(tx, ctx, &row.id, &order)
}

/// What is known of an invoice of the provider.
#[derive(Default, Serialize, Deserialize)]
struct Invoice {
    payments: Vec<String>,
    subscription: Option<String>,
}

/// Payments and subscription of an invoice come apart and in any order; when both are there they are tied.
pub(super) fn renewal(tx: &mut Tx, ctx: &Ctx, s: &Source, r: &Renewal) -> Result<()> {
    let mut known = Invoice { payments: r.payment.iter().cloned().collect(), subscription: r.subscription.clone() };
    if let Some(invoice) = &r.invoice {
        let before: Invoice = fact(tx, ctx, s, "invoice", invoice)?.map_or(Ok(Invoice::default()), |t| unjson(&t))?;
        known.payments.extend(before.payments);
        known.payments.sort();
        known.payments.dedup();
        known.subscription = known.subscription.or(before.subscription);
        note(tx, ctx, s, "invoice", invoice, &json(&known)?)?;
    }
    let Some(subscription) = known.subscription else { return Ok(()) };
    known.payments.iter().try_for_each(|payment| tie(tx, ctx, s, payment, &subscription))
}

fn tie(tx: &mut Tx, ctx: &Ctx, s: &Source, payment: &str, subscription: &str) -> Result<()> {
    let news = News::Renewal(Renewal { payment: Some(payment.to_owned()), invoice: None, subscription: Some(subscription.to_owned()) });
    let waiting = Source { position: format!("{}:{payment}", s.position), ..s.clone() };
    let Some(row) = captured(tx, ctx, &waiting, payment, &news)? else { return Ok(()) };
    tx.next_verb();
    match subscriptions::by_ref(tx, ctx, s.provider, subscription)? {
        Some(known) => payments::set_subscription(tx, ctx, &row.id, &known.id, &known.customer),
        None => park(tx, ctx, &waiting, &format!("subscription:{subscription}"), &news),
    }
}
