//! A merge of a customer with very many rows: a number of statements that does not grow with them, each along an index.

use store::{Bind, Engine, Stmt, Value};

use crate::customers::merge::queries;
use crate::kit::{Ctx, CustomerId, OrderId, PaymentId};
use crate::orders::desk::Desk;

const ORDERS: &[&str] = &[
    "merchant_id",
    "id",
    "number",
    "shop_id",
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
    "version",
];
const PAYMENTS: &[&str] = &[
    "merchant_id",
    "id",
    "shop_id",
    "order_id",
    "customer_id",
    "provider",
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
    "created_at",
    "updated_at",
];

/// So many orders of 1.00, each paid.
fn many(desk: &Desk, customer: &CustomerId, count: i64) {
    let (ctx, shop, customer): (Ctx, _, _) = (desk.ctx.clone(), desk.f.shop.clone(), customer.clone());
    let now = Value::Int(ctx.now);
    let text = |t: &str| Value::from(t.to_owned());
    let (mut orders, mut payments) = (Vec::new(), Vec::new());
    for n in 0..count {
        let (order, payment): (OrderId, PaymentId) = (ctx.id(), ctx.id());
        let mut row = vec![
            ctx.merchant.value(),
            order.value(),
            text(&format!("L{n}")),
            shop.value(),
            customer.value(),
            Value::Bool(false),
            text("paid"),
            text("EUR"),
        ];
        row.extend([0, 0, 0, 100].map(Value::Int));
        row.extend((0..10).map(|_| text("")));
        row.extend([now.clone(), now.clone(), now.clone(), now.clone(), Value::Int(1)]);
        orders.push(row);
        let mut row = vec![
            ctx.merchant.value(),
            payment.value(),
            shop.value(),
            order.value(),
            customer.value(),
            text("manual"),
            text("settled"),
            Value::Bool(true),
            text("EUR"),
        ];
        row.extend([100, 0, 0, 0].map(Value::Int));
        row.extend([text("cash")]);
        row.extend((0..12).map(|_| text("")));
        row.extend([now.clone(), now.clone(), now.clone()]);
        payments.push(row);
    }
    desk.write(move |tx, ctx| {
        tx.insert_many("orders", ORDERS, &orders)?;
        tx.insert_many("payments", PAYMENTS, &payments)?;
        crate::customers::facts::refresh(tx, ctx, std::slice::from_ref(&customer), "filled")
    })
    .unwrap();
}

fn there_and_back(desk: &Desk, count: i64) -> [std::time::Duration; 2] {
    let (stays, gone) = (desk.customer("a@example.com"), desk.customer("b@example.com"));
    many(desk, &gone, count);
    let begun = std::time::Instant::now();
    let merge = desk.merge(&[&gone], &stays).unwrap().remove(0);
    let merged = begun.elapsed();
    assert_eq!((merge.moved["orders"], merge.moved["payments"], desk.get(&stays).lifetime), (count, count, 100 * count));
    let begun = std::time::Instant::now();
    desk.undo_merge(&merge.id).unwrap();
    let undone = begun.elapsed();
    assert_eq!((desk.get(&stays).order_count, desk.get(&gone).order_count), (0, count));
    desk.verified();
    [merged, undone]
}

store::db_test! {
    crate::migrations();

    fn five_thousand_orders_move_and_come_back(db) {
        there_and_back(&Desk::new(db), 5_000);
    }

    #[ignore = "a measurement: cargo nextest run --run-ignored only hundred_thousand --no-capture"]
    fn a_hundred_thousand_orders(db) {
        let [merged, undone] = there_and_back(&Desk::new(db), 100_000);
        println!("{:?}: merged in {merged:?}, undone in {undone:?}", db.engine());
    }

    fn no_statement_reads_a_table_from_end_to_end(db) {
        if db.engine() != Engine::Sqlite {
            return;
        }
        let all: Vec<String> = queries::built().into_iter().chain(queries::ALL.iter().copied()).map(|s| s.text().to_owned()).collect();
        for text in all {
            let parameters = (1..700).filter(|n| text.contains(&format!("${n}"))).count();
            let explain = Stmt::built(format!("EXPLAIN QUERY PLAN {text}"));
            let plan = db.read_now::<_, crate::Error>(move |tx| {
                let nothing: Vec<&dyn Bind> = vec![&None::<String>; parameters];
                Ok(tx.rows(&explain, &nothing, |r| r.get::<String>(3))?)
            }).unwrap();
            let scans: Vec<&String> = plan.iter().filter(|step| step.starts_with("SCAN ") && !step.contains("USING") && !step.starts_with("SCAN g") && !step.starts_with("SCAN (")).collect();
            assert!(scans.is_empty(), "{text}\n{plan:?}");
        }
    }
}
