//! The affiliate and the commission of one payment, changed by hand (SPEC 2.5). Old and new stand on the timeline.

use store::Tx;

use super::{earn, get, queries, read};
use crate::credit;
use crate::events::Event;
use crate::kit::{AffiliateId, Ctx, Error, Money, PaymentId, Problems, Result, Right, locks};
use crate::payments::{PaymentRow, find_locked};

/// What a payment shall say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Whose; nobody takes the commission off.
    pub affiliate: Option<AffiliateId>,
    /// Minor units of the payment's currency; absent: by the affiliate's terms.
    pub amount: Option<i64>,
}

/// Says it.
///
/// # Errors
/// `Invalid` for an unknown or archived affiliate and an amount that is not between zero and the payment's; `Conflict` (`commission_paid`)
/// when the commission was paid out to somebody else, `store_credit` for a payment that brought no new money.
pub fn set(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, change: &Change) -> Result<()> {
    ctx.must(Right::Payments)?;
    let row = find_locked(tx, ctx, payment)?;
    let seen = tx.opt(&queries::OF_PAYMENT, &[&ctx.merchant, payment], |r| r.get::<AffiliateId>(1))?;
    let both: Vec<&AffiliateId> = seen.iter().chain(&change.affiliate).collect();
    locks::affiliates(tx, ctx, &both)?;
    let old = read::find(tx, ctx, payment)?;
    let new = match &change.affiliate {
        Some(affiliate) => Some(agree(tx, ctx, &row, affiliate, change.amount, old.as_ref())?),
        None => None,
    };
    let was = old.as_ref().map(|c| (c.affiliate.clone(), c.amount));
    if was == new.as_ref().map(|(id, _, amount)| (id.clone(), *amount)) {
        return Ok(());
    }
    if let Some(old) = old.as_ref().filter(|old| old.paid != 0 && new.as_ref().map(|(id, ..)| id) != Some(&old.affiliate)) {
        let words = format!(
            "{} of this commission was paid out to {}, so it stays theirs. Its amount can be changed.",
            old.money(old.paid),
            old.name
        );
        return Err(Error::conflict("commission_paid", words));
    }
    match &new {
        None => tx.exec(&queries::DROP, &[&ctx.merchant, payment])?,
        Some((affiliate, _, amount)) if old.is_some() => tx.exec(&queries::SET, &[&ctx.merchant, payment, affiliate, amount, &ctx.now])?,
        Some((affiliate, _, amount)) => tx.exec(&queries::EARN, &[&ctx.merchant, payment, affiliate, amount, &row.currency, &ctx.now])?,
    };
    let money = |minor: i64| Money::new(minor, row.currency).to_string();
    let (old_name, old_amount) = old.as_ref().map_or((None, None), |c| (Some(c.name.as_str()), Some(money(c.amount))));
    let (new_name, new_amount) = new.as_ref().map_or((None, None), |(_, name, amount)| (Some(name.as_str()), Some(money(*amount))));
    Event::new("commission.set")
        .of_opt(row.customer.as_ref())
        .on("payment", payment.as_str())
        .data(serde_json::json!({
            "affiliate": new.as_ref().map(|(id, ..)| id), "amount": new.as_ref().map_or(0, |(.., amount)| *amount), "currency": row.currency,
            "before": was.as_ref().map(|(id, _)| id), "amount_before": was.as_ref().map_or(0, |(_, amount)| *amount),
        }))
        .value("affiliate", old_name, new_name)
        .value("commission", old_amount.as_deref(), new_amount.as_deref())
        .record(tx, ctx)?;
    Ok(())
}

/// Id, name and amount that are to stand there.
fn agree(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &PaymentRow,
    id: &AffiliateId,
    amount: Option<i64>,
    old: Option<&read::Commission>,
) -> Result<(AffiliateId, String, i64)> {
    if row.provider == credit::PROVIDER {
        return Err(Error::conflict("store_credit", "Store credit is no new money, so nobody earns on it."));
    }
    let affiliate = match get(tx, ctx, id) {
        Err(Error::NotFound(_)) => return Err(Problems::one("affiliate", "unknown", "There is no such affiliate.")),
        found => found?,
    };
    if affiliate.archived_at.is_some() && old.map(|o| &o.affiliate) != Some(id) {
        return Err(Problems::one("affiliate", "archived", "This affiliate is archived. Unarchive it first, or choose another."));
    }
    let amount = match amount {
        Some(amount) => amount,
        None => earn::default(tx, ctx, &affiliate, Money::new(row.amount, row.currency), row.paid_at)?,
    };
    if !(0..=row.amount).contains(&amount) {
        let most = Money::new(row.amount, row.currency);
        return Err(Problems::one("amount", "invalid", format!("Use an amount from zero to {most}, which is the payment.")));
    }
    Ok((affiliate.id, affiliate.name, amount))
}
