//! The test provider's page: the number of a test card says what happens. Of the number only what it plays is kept.

use ::providers::news::PaymentStatus;
use ::providers::test;
use serde_json::json;
use store::Tx;

use super::{MethodSetup, State, queries, told};
use crate::kit::{Ctx, Error, MethodId, Problems, Result, Right};
use crate::payments::{MethodInput, MethodKind, methods};
use crate::providers::accounts::{self, Opened, Secrets};
use crate::providers::{Provider, inbox};

/// Types a test card. The method is there at once, or a while later with a card that is slow. Needs [`Right::Orders`]; the customer is locked and active.
///
/// # Errors
/// A field error for `number`: no test card, or one that is refused; `Conflict` (`setup_state`) for what is over or no page of the test provider.
pub(crate) fn add(tx: &mut Tx, ctx: &Ctx, at: &MethodSetup, number: &str) -> Result<State> {
    ctx.must(Right::Orders)?;
    let over = || Error::conflict("setup_state", "This page is over. Begin again under Payments.");
    if at.provider != Provider::Test || at.state != State::Open {
        return Err(over());
    }
    let account = accounts::find(tx, ctx, &at.account)?;
    if account.disabled_at.is_some() {
        return Err(over());
    }
    let play = test::play(number).ok_or_else(|| Problems::one("number", "invalid", "Type the number of a test card."))?;
    if play.status == PaymentStatus::Failed {
        return Err(Problems::one("number", "refused", format!("{} Try another card.", play.message)));
    }
    let reference = format!("pm_test_{}", at.id);
    if play.slow > 0 {
        // The rest comes as an event, as it would from outside.
        let seconds = ctx.now / 1_000_000;
        let card = json!({ "brand": play.brand, "last4": play.last4, "fingerprint": play.fingerprint });
        let intent = json!({ "id": format!("seti_{}", at.id), "object": "setup_intent", "metadata": { "regulars_setup": at.id },
            "payment_method": { "id": reference, "type": "card", "card": card } });
        let event = json!({ "id": format!("evt_{}", at.id), "type": "setup_intent.succeeded", "created": seconds, "livemode": false,
            "data": { "object": intent } });
        let opened = Opened { merchant: ctx.merchant.clone(), account, secrets: Secrets::default() };
        inbox::receive(tx, &opened, event.to_string().as_bytes(), ctx.now, ctx.now + play.slow * 1_000_000)?;
        let none = None::<MethodId>;
        tx.exec(&queries::SET_STATE, &[&ctx.merchant, &at.id, &State::Pending, &Some(reference), &none, &ctx.now])?;
        return Ok(State::Pending);
    }
    let card =
        MethodInput { brand: play.brand.to_owned(), last4: play.last4, fingerprint: play.fingerprint, ..MethodInput::of(MethodKind::Card) };
    let method = methods::tell(tx, ctx, &at.customer, (Provider::Test.name(), false), &card, ctx.now, true)?;
    told::added(tx, ctx, at, &reference, &method)?;
    Ok(State::Done)
}
