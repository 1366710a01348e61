//! The mail before a retention rule anonymises: once for each approach, by the shop's template, else in plain words. Whoever orders, pays or comes
//! to the portal meanwhile is heard of again, and stays.

use store::Tx;

use super::judge::{Candidate, Judge};
use crate::conversations;
use crate::events::Event;
use crate::kit::{Ctx, Result, ShopId, locks};
use crate::mail::{self, Draft};
use crate::mailings;
use crate::privacy::queries as q;
use crate::shops;
use crate::templates::Written;
use crate::templates::letters::{self, Letter};

/// Warns one customer; false when it is gone meanwhile.
pub(super) fn warn(tx: &mut Tx, ctx: &Ctx, judge: &Judge, one: &Candidate, shop: &ShopId, days: i64) -> Result<bool> {
    locks::customers(tx, ctx, &[&one.id])?;
    let shop = shops::get(tx, ctx, shop)?;
    let reader = mailings::reader(tx, ctx, &one.id, &shop, &judge.merchant)?;
    let Some(reader) = reader.filter(|reader| !reader.gone && !reader.email.is_empty()) else { return Ok(false) };
    let day = judge.day(ctx, days);
    let plain = Written {
        subject: format!("Your data at {}", shop.name).chars().filter(|c| !c.is_control()).collect(),
        body: format!(
            "Hello {},\n\nwe have not heard of you for a long time. From {day} on we erase what we keep about you.\n\nIf you want to stay our customer, order something or answer this mail before that day.\n\n{}\n",
            reader.name, shop.name
        ),
    };
    let Written { subject, body } = letters::write(tx, ctx, &shop.id, Letter::Retention, &reader.values.with("retention.day", day), plain)?;
    let mail = mail::put(tx, ctx, &Draft { customer: Some(&one.id), by_itself: true, ..Draft::new(&reader.email, &subject, &body) })?;
    conversations::file_sent(tx, ctx, &one.id, &mail, (&reader.email, &subject, &body))?;
    tx.exec(&q::WARNED, &[&ctx.merchant, &one.id, &one.last, &ctx.now])?;
    Event::new("retention.warned")
        .of(&one.id)
        .data(serde_json::json!({ "days": days, "mail": mail }))
        .value("to", None, Some(&reader.email))
        .record(tx, ctx)?;
    Ok(true)
}
