//! Two customers who had come in twice and were merged: their profiles show what came with the other, and undo.

use store::Db;

use super::House;
use crate::customers::{self, NewCustomer, Rules, merge};
use crate::kit::{Ctx, DAY, Error, IdSource, Result};
use crate::payments::{self, ManualPayment, MethodKind};

/// Numbers of the customers who stay, what the other one wrote itself with, and what it had paid in minor units.
const TWICE: [(&str, &str, i64); 2] = [("1004", "work", 2_450), ("1009", "old", 3_900)];

/// Makes each of them a second time, with a payment by hand, and merges the two.
///
/// # Errors
/// As [`super::fill`].
pub fn merges(db: &Db, house: &House) -> Result<()> {
    let house = house.clone();
    db.write_slice_now::<_, Error>(move |tx| {
        let ctx = &Ctx { ids: IdSource::seeded(10_011), ..house.ctx.clone() };
        for (number, mark, amount) in TWICE {
            let Some(id) = customers::find_by_number(tx, ctx, number)? else { continue };
            let known = customers::get(tx, ctx, &id)?;
            let Some(shop) = known.shop.as_ref().filter(|_| known.is_active()).map(|s| s.id.clone()) else { continue };
            let new = NewCustomer {
                name: known.display_name.clone(),
                email: format!("{mark}.{}", known.email),
                billing: known.billing.clone(),
                tags: vec!["Came in twice".to_owned()],
                note: Some("Ordered by phone, gave another address.".to_owned()),
                shop: Some(shop.clone()),
                ..NewCustomer::default()
            };
            tx.next_verb();
            let then = ctx.at(ctx.now - 9 * DAY);
            let twin = customers::create(tx, &then, new, Rules::Normal)?.id;
            tx.next_verb();
            let paid = ManualPayment {
                order: None,
                customer: Some(twin.clone()),
                shop: Some(shop),
                currency: None,
                amount,
                kind: MethodKind::Transfer,
                paid_at: None,
                note: "Phone order".to_owned(),
            };
            payments::record(tx, &then, &paid)?;
            tx.next_verb();
            merge::merge(tx, ctx, &[twin], &id, &merge::Choices::new())?;
        }
        Ok(())
    })
}
