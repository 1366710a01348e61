//! What keeps a customer from being anonymised (SPEC 11.3): as long as anything is active the whole is refused, so that nobody is half forgotten.

use store::{Row, Stmt, Tx};

use super::{guests, queries as q};
use crate::customers::merge;
use crate::kit::{Ctx, Currency, CustomerId, Error, Link, Micros, Money, Result, Right};
use crate::{contracts, merchants, offers};

/// An answer lists so many of each kind.
const LINKS: usize = 200;

/// Everything that is still active, as links; empty when nothing stands in the way. At most 200 of a kind. What they did as a guest counts too.
pub fn active(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Vec<Link>> {
    ctx.must(Right::Read)?;
    let kinds: [(&'static str, &'static Stmt); 13] = [
        ("order", &q::OPEN_ORDERS),
        ("invoice", &q::OPEN_INVOICES),
        ("offer", &q::OPEN_OFFERS),
        ("contract", &q::OPEN_CONTRACTS),
        ("return", &q::OPEN_RETURNS),
        ("payment", &q::OPEN_PAYMENTS),
        ("dispute", &q::OPEN_DISPUTES),
        ("subscription", &q::LIVE_SUBSCRIPTIONS),
        ("credit", &q::BALANCES),
        ("call", &q::OPEN_CALLS),
        ("ticket", &q::OPEN_TICKETS),
        ("charge", &q::OPEN_CHARGES),
        ("payment_link", &q::OPEN_PAYMENT_LINKS),
    ];
    let today = i64::from(merchants::settings(tx, ctx)?.zone.day(ctx.now));
    let mut all = Vec::new();
    for (kind, statement) in kinds {
        let found = tx.rows(statement, &[&ctx.merchant, id], |r| {
            let over = match kind {
                "subscription" => r.get::<Option<Micros>>(2)?.is_some_and(|ends| ctx.now > ends),
                "contract" => !r.get::<contracts::State>(2)?.on(today, r.get(3)?, r.get(4)?).is_open(),
                "payment_link" => ctx.now > r.get::<Micros>(3)?,
                "offer" => !r.get::<offers::State>(3)?.on(today, r.get(2)?).is_open(),
                _ => false,
            };
            Ok((!over).then_some(Link { kind, id: r.get(0)?, label: label(kind, r)? }))
        })?;
        all.extend(found.into_iter().flatten().take(LINKS));
    }
    let mut one = vec![id.clone()];
    one.extend(merge::sources(tx, ctx, id)?);
    all.extend(guests::active(tx, ctx, &one)?.into_iter().take(LINKS));
    Ok(all)
}

fn label(kind: &str, r: &Row) -> std::result::Result<String, store::Error> {
    let money = |r: &Row| Ok::<_, store::Error>(Money::new(r.get(1)?, r.get::<Currency>(2)?));
    Ok(match kind {
        "order" => format!("Order {}", r.str(1)?),
        "invoice" if r.str(1)?.is_empty() => "A draft of an invoice".to_owned(),
        "invoice" => format!("Invoice {}", r.str(1)?),
        "offer" => format!("Offer {}", r.str(1)?),
        "contract" => format!("Contract {}", r.str(1)?),
        "return" => format!("Return {}", r.str(1)?),
        "payment" => format!("Payment of {} on its way", money(r)?),
        "charge" => format!("Charge of {} asked for", money(r)?),
        "payment_link" => format!("Payment link of {}", money(r)?),
        "dispute" => format!("Dispute of {}", money(r)?),
        "credit" => format!("Store credit of {}", money(r)?),
        "ticket" => format!("Ticket {}", r.str(1)?),
        "call" => "A request to the payment provider".to_owned(),
        _ => format!("Subscription {}", r.str(1)?),
    })
}

/// The refusal in words, with what stands in the way.
pub(super) fn refused(name: &str, links: Vec<Link>) -> Error {
    let count = if links.len() == 1 { "something is".to_owned() } else { format!("{} things are", links.len()) };
    let first: Vec<&str> = links.iter().take(3).map(|l| l.label.as_str()).collect();
    let more = if links.len() > first.len() { " and more" } else { "" };
    let message = format!("Can’t anonymise {name}: {count} still active ({}{more}). Close that first.", first.join(", "));
    Error::Conflict { code: "still_active", message, links }
}
