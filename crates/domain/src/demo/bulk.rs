//! Very many customers and payments, for measurements: written in bulk, kept facts worked out by the same rules afterwards.
//!
//! Compiled with the feature `testing` only.

use store::{Bind as _, Db, Value};

use super::dice::Dice;
use super::people;
use crate::customers::{self, NewCustomer, Rules};
use crate::kit::{Ctx, CustomerId, DAY, Error, OrderId, PaymentId, Result, ShopId};
use crate::{customers::facts, merchants};

/// How many customers one slice writes.
const SLICE: usize = 500;

const ORDER: [&str; 29] = [
    "merchant_id",
    "id",
    "number",
    "shop_id",
    "external_id",
    "customer_id",
    "guest",
    "state",
    "currency",
    "discount",
    "shipping",
    "tax",
    "total",
    "email",
    "email_key",
    "name",
    "phone",
    "phone_key",
    "company",
    "billing",
    "delivery",
    "note",
    "flag",
    "ordered_at",
    "created_at",
    "updated_at",
    "paid_at",
    "closed_at",
    "version",
];
const LINE: [&str; 8] = ["merchant_id", "order_id", "position", "sku", "sku_key", "title", "quantity", "unit_price"];
const PAYMENT: [&str; 28] = [
    "merchant_id",
    "id",
    "shop_id",
    "order_id",
    "customer_id",
    "provider",
    "provider_ref",
    "status",
    "live",
    "currency",
    "amount",
    "refunded",
    "refund_pending",
    "lost",
    "kind",
    "brand",
    "last4",
    "fingerprint",
    "name",
    "email",
    "email_key",
    "phone",
    "phone_key",
    "failure_code",
    "failure_message",
    "note",
    "flag",
    "paid_at",
];

/// Writes `count` customers with `each` orders and payments apiece (on average) into an empty merchant.
///
/// # Errors
/// What the database says.
pub fn fill(db: &Db, ctx: &Ctx, shop: &ShopId, count: usize, each: usize, mut progress: impl FnMut(usize)) -> Result<()> {
    let mut done = 0;
    while done < count {
        let end = (done + SLICE).min(count);
        let (ctx, shop, range) = (ctx.clone(), shop.clone(), done..end);
        db.write_slice_now::<_, Error>(move |tx| slice(tx, &ctx, &shop, range.clone(), each))?;
        done = end;
        progress(done);
    }
    let mut after: Option<CustomerId> = None;
    loop {
        let (ctx, from) = (ctx.clone(), after.clone());
        after = db.write_slice_now::<_, Error>(move |tx| facts::recompute(tx, &ctx, from.as_ref(), 500))?;
        if after.is_none() {
            return Ok(());
        }
    }
}

fn slice(tx: &mut store::Tx, ctx: &Ctx, shop: &ShopId, range: std::ops::Range<usize>, each: usize) -> Result<()> {
    let settings = merchants::settings(tx, ctx)?;
    let mut dices: Vec<Dice> = range.clone().map(|n| Dice::new(99, n as u64)).collect();
    let mut ready = Vec::with_capacity(range.len());
    for (n, dice) in range.clone().zip(&mut dices) {
        let person = people::person(dice, n);
        let new = NewCustomer {
            first_name: person.first,
            last_name: person.last,
            email: person.email,
            phone: person.phone,
            billing: person.address,
            shop: Some(shop.clone()),
            company: if dice.chance(10) { (*dice.pick(&people::COMPANIES)).to_owned() } else { String::new() },
            created_at: Some(ctx.now - dice.from(1, 1000) * DAY),
            ..NewCustomer::default()
        };
        ready.push(customers::ready(new, Rules::Import, &settings, ctx.now)?);
    }
    let made = customers::create_many(tx, ctx, &ready)?;
    let (mut orders, mut lines, mut payments) = (Vec::new(), Vec::new(), Vec::new());
    for ((n, dice), customer) in range.zip(&mut dices).zip(&made) {
        for k in 0..dice.from(0, 2 * each as i64) {
            let (order, payment): (OrderId, PaymentId) = (ctx.id(), ctx.id());
            let at = ctx.now - dice.from(1, 900) * DAY;
            let cents = dice.from(500, 20_000);
            let text = |t: &str| Value::Text(t.to_owned());
            let (m, o, c, s) = (ctx.merchant.value(), order.value(), customer.id.value(), shop.value());
            let mark = format!("b{n}-{k}");
            let empty = || Value::Text(String::new());
            orders.push(vec![
                m.clone(),
                o.clone(),
                text(&mark),
                s.clone(),
                text(&mark),
                c.clone(),
                Value::Bool(false),
                text("closed"),
                text("EUR"),
                Value::Int(0),
                Value::Int(0),
                Value::Int(0),
                Value::Int(cents),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                text("{}"),
                text("{}"),
                empty(),
                empty(),
                Value::Int(at),
                Value::Int(at),
                Value::Int(at),
                Value::Int(at),
                Value::Int(at),
                Value::Int(1),
            ]);
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            lines.push(vec![
                m.clone(),
                o.clone(),
                Value::Int(1),
                text("ESP-250"),
                text("esp-250"),
                text("Espresso Havn, 250 g"),
                text("1"),
                Value::Text(price),
            ]);
            payments.push(vec![
                m,
                payment.value(),
                s,
                o,
                c,
                text("stripe"),
                Value::Text(format!("py_{mark}")),
                text("settled"),
                Value::Bool(true),
                text("EUR"),
                Value::Int(cents),
                Value::Int(0),
                Value::Int(0),
                Value::Int(0),
                text("card"),
                text("visa"),
                text("4242"),
                Value::Text(format!("fp_{n}")),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                empty(),
                Value::Int(at),
            ]);
        }
    }
    let stamped = |mut rows: Vec<Vec<Value>>| {
        for row in &mut rows {
            let at = row[PAYMENT.len() - 1].clone();
            row.extend([at.clone(), at]);
        }
        rows
    };
    tx.insert_many("orders", &ORDER, &orders)?;
    tx.insert_many("order_lines", &LINE, &lines)?;
    let columns: Vec<&'static str> = PAYMENT.iter().copied().chain(["created_at", "updated_at"]).collect();
    tx.insert_many("payments", &columns, &stamped(payments))?;
    Ok(())
}
