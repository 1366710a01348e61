//! The test provider: a payment by a test card's number, which plays what the number says (SPEC 6.2). Test mode everywhere; never live money.

use ::providers::news::PaymentStatus::Settled;
use ::providers::test::{self, Play};
use serde_json::json;
use store::Tx;

use super::accounts::{self, Account, Opened, Secrets};
use super::{Provider, inbox};
use crate::kit::{Ctx, Currency, CustomerId, DAY, Error, MethodId, Money, PaymentId, Problems, Result, Right, ShopId};
use crate::payments::disputes::{self, DisputeInput, DisputeStatus};
use crate::payments::{self, MethodInput, MethodKind, PaymentInput, PaymentStatus, methods};
use crate::shops;

/// A payment with a test card.
#[derive(Clone, Debug)]
pub struct TestPayment {
    /// Who pays.
    pub customer: CustomerId,
    /// Where.
    pub shop: ShopId,
    /// Of the amount.
    pub currency: Currency,
    /// Minor units, above zero.
    pub amount: i64,
    /// The number on the card; only what it plays is kept of it.
    pub number: String,
}

/// Plays it. Gives what became of it so far.
///
/// # Errors
/// `Invalid` for the number or the amount; `Conflict` (`no_test_provider`) when the shop has no account with the test provider.
pub fn play(tx: &mut Tx, ctx: &Ctx, asked: &TestPayment) -> Result<PaymentStatus> {
    ctx.must(Right::Payments)?;
    let account = accounts::in_use(tx, ctx, &asked.shop, Provider::Test, false)?
        .ok_or_else(|| Error::conflict("no_test_provider", "This shop has no test provider. Set it up in Settings, Payments."))?;
    let play = test::play(&asked.number).ok_or_else(|| Problems::one("number", "invalid", "Type the number of a test card."))?;
    let reference = format!("ch_test_{}", ctx.id::<PaymentId>());
    let method = MethodInput {
        brand: play.brand.to_owned(),
        last4: play.last4.clone(),
        fingerprint: play.fingerprint.clone(),
        ..MethodInput::of(MethodKind::Card)
    };
    let payment = PaymentInput {
        customer: Some(asked.customer.clone()),
        provider_ref: Some(reference),
        method: Some(method),
        ..PaymentInput::settled(asked.shop.clone(), Provider::Test.name(), asked.currency, asked.amount, ctx.now)
    };
    Ok(carry_out(tx, ctx, &account, &play, payment)?.status)
}

/// What became of a payment that was played.
#[derive(Clone, Debug)]
pub(crate) struct Played {
    /// The payment.
    pub payment: PaymentId,
    /// How far it came; a slow one goes on by itself.
    pub status: PaymentStatus,
}

/// Plays a card. `payment` says whose, for what and by which reference; what the card says is put into it.
pub(super) fn carry_out(tx: &mut Tx, ctx: &Ctx, account: &Account, play: &Play, payment: PaymentInput) -> Result<Played> {
    let status = match play.status {
        _ if play.slow > 0 => PaymentStatus::Pending,
        Settled => PaymentStatus::Settled,
        _ => PaymentStatus::Failed,
    };
    let input =
        PaymentInput { status, live: false, failure_code: play.code.to_owned(), failure_message: play.message.to_owned(), ..payment };
    let payment = payments::put(tx, ctx, &input)?.id;
    let reference = input.provider_ref.unwrap_or_default();
    if play.slow > 0 {
        // The rest comes as an event, as it would from outside.
        let seconds = ctx.now / 1_000_000;
        let amount = to_told(Money::new(input.amount, input.currency))?;
        let charge =
            json!({ "id": reference, "amount": amount, "currency": input.currency.code(), "status": "succeeded", "created": seconds });
        let event = json!({ "id": format!("evt_{reference}"), "type": "charge.succeeded", "created": seconds, "livemode": false, "data": { "object": charge } });
        let opened = Opened { merchant: ctx.merchant.clone(), account: account.clone(), secrets: Secrets::default() };
        inbox::receive(tx, &opened, event.to_string().as_bytes(), ctx.now, ctx.now + play.slow * 1_000_000)?;
    }
    if play.disputed {
        tx.next_verb();
        let dispute = DisputeInput {
            payment: payment.clone(),
            amount: input.amount,
            reason: "fraudulent".to_owned(),
            provider_ref: Some(format!("dp_{reference}")),
            status: DisputeStatus::Open,
            opened_at: ctx.now,
            due_at: Some(ctx.now + 14 * DAY),
            closed_at: None,
        };
        disputes::put(tx, ctx, &dispute)?;
    }
    Ok(Played { payment, status })
}

/// Adds a test card to a customer, of which only what it plays is kept. Needs [`Right::Orders`].
///
/// # Errors
/// A field error for `number`: no test card, or one that is refused; `Conflict`: `no_test_provider`, `customer_inactive`.
pub fn keep_test_card(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, shop: &ShopId, number: &str) -> Result<MethodId> {
    ctx.must(Right::Orders)?;
    accounts::in_use(tx, ctx, shop, Provider::Test, false)?
        .ok_or_else(|| Error::conflict("no_test_provider", "This shop has no test provider. Set it up in Settings, Payments."))?;
    let play = test::play(number).ok_or_else(|| Problems::one("number", "invalid", "Type the number of a test card."))?;
    let card =
        MethodInput { brand: play.brand.to_owned(), last4: play.last4, fingerprint: play.fingerprint, ..MethodInput::of(MethodKind::Card) };
    methods::attach(tx, ctx, customer, Provider::Test.name(), &card)
}

/// Shops that have the test provider.
pub fn test_shops(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<shops::Shop>> {
    ctx.must(Right::Read)?;
    let mut found = Vec::new();
    for shop in shops::list(tx, ctx)? {
        if shop.archived_at.is_none() && accounts::in_use(tx, ctx, &shop.id, Provider::Test, false)?.is_some() {
            found.push(shop);
        }
    }
    Ok(found)
}

/// In the units of the events that the inbox reads.
fn to_told(amount: Money) -> Result<i64> {
    ::providers::money::to_stripe(amount.minor, amount.currency.code())
        .ok_or_else(|| Problems::one("amount", "invalid", "Use an amount in steps of ten of the smallest unit."))
}
