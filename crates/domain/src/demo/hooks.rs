//! A program of the roastery that was told of merged and anonymised customers, and is switched off: the demo never sends anything.

use store::Db;

use super::{House, Plan};
use crate::kit::{Ctx, Error, IdSource, Result, WebhookId};
use crate::providers::Vault;
use crate::webhooks::send::{self, Answer};
use crate::webhooks::{EndpointInput, OffReason, endpoints, note};

fn context(house: &House, plan: &Plan) -> Ctx {
    Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(19)), ..house.ctx.clone() }.at(plan.now)
}

/// It is set up, before what it is told of happens.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn hooks(db: &Db, house: &House, plan: &Plan, vault: &Vault) -> Result<WebhookId> {
    let (ctx, vault) = (context(house, plan), vault.clone());
    let input = EndpointInput {
        url: "https://stock.example.com/hooks/kilde".to_owned(),
        description: "Stock and shipping".to_owned(),
        events: vec!["customer.merged".to_owned(), "customer.anonymised".to_owned()],
        local: false,
    };
    Ok(db.write_now::<_, Error>(move |tx| endpoints::make(tx, &ctx, &vault, &input))?.id)
}

/// It took what happened, all but the last, and was switched off.
///
/// # Errors
/// As [`hooks`].
pub fn told(db: &Db, house: &House, plan: &Plan, vault: &Vault, endpoint: &WebhookId) -> Result<()> {
    let (ctx, vault, endpoint) = (context(house, plan), vault.clone(), endpoint.clone());
    db.write_now::<_, Error>(move |tx| {
        while let Some(held) = send::claim(tx, "demo", true, true, ctx.now)? {
            let round = send::next(tx, &vault, &held, ctx.now)?;
            let last = round.messages.len().saturating_sub(1);
            let answer = |n: usize| match n == last && n > 0 {
                false => Answer { status: 200, body: "taken".to_owned(), duration: 84_000 + n as i64 * 3_100, ..Answer::default() },
                true => Answer { status: 503, body: "stock is counted, come back later".to_owned(), duration: 31_000, ..Answer::default() },
            };
            let answers: Vec<Answer> = (0..round.messages.len()).map(answer).collect();
            note::note(tx, &held, &round, &answers, false, ctx.now)?;
            send::release(tx, &held)?;
        }
        endpoints::switch_off(tx, &ctx, &endpoint, OffReason::Hand).map(|_| ())
    })
}
