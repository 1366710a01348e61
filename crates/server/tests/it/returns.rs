//! Returns from their pages and from the API.

use axum::http::StatusCode;
use domain::kit::{Currency, Rights, Role};
use domain::orders::{Buyer, Checkout, CheckoutPayment, Line, State};
use domain::payments::{MethodInput, MethodKind, PaymentStatus};
use domain::testing::Fixture;
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};
use crate::offers::ask;

/// Two of an article, paid with 20.00; gives customer, order and payment.
fn bought(f: &Fixture) -> (String, String, String) {
    let ctx = f.ctx.clone();
    let payment = CheckoutPayment {
        provider: "bank".into(),
        provider_ref: Some("b-1".into()),
        status: PaymentStatus::Settled,
        amount: 2000,
        method: Some(MethodInput::of(MethodKind::Transfer)),
        paid_at: None,
        live: true,
        failure_code: String::new(),
        failure_message: String::new(),
    };
    let checkout = Checkout {
        shop: f.shop.clone(),
        external_id: "1".into(),
        buyer: Buyer { email: "ana@example.es".into(), name: "Ana <Ruiz>".into(), ..Buyer::default() },
        guest: false,
        currency: Currency::of("EUR").unwrap(),
        state: State::Open,
        abandoned: false,
        lines: vec![Line { title: "Beans & more".into(), quantity: "2".into(), unit_price: "10".into(), ..Line::default() }],
        discount: 0,
        shipping: 0,
        tax: 0,
        note: String::new(),
        ordered_at: None,
        payments: vec![payment],
        affiliate: String::new(),
    };
    let done = f.db.write_now(move |tx| domain::orders::checkout(tx, &ctx, &checkout)).unwrap();
    (done.customer.unwrap().to_string(), done.order.to_string(), done.payments[0].to_string())
}

store::db_test! {
    domain::migrations();

    fn goods_come_back_on_the_pages(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let (ana, order, payment) = bought(&f);
        assert!(mara.get(&format!("/orders/{order}")).body.contains("New return"));
        let form = mara.get(&format!("/orders/{order}/returns/new"));
        assert!(form.body.contains("Beans &#38; more") && form.body.contains("At most 2; 2 bought."), "{}", form.body);
        let wrong = mara.post(&format!("/orders/{order}/returns/new"), &[("quantity.1", "3"), ("reason.1", "damaged")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("id=\"f-quantity.1-error\"") && wrong.body.contains("At most 2 can come back."), "{}", wrong.body);
        assert_eq!(mara.post(&format!("/orders/{order}/returns/new"), &[("quantity.1", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        let at = mara.post(&format!("/orders/{order}/returns/new"), &[("quantity.1", "1"), ("reason.1", "damaged"), ("note", "Wet")]).location;
        assert!(at.starts_with("/returns/ret_"), "{at}");
        let page = mara.get(&at);
        assert!(page.body.contains("Return 1001") && page.body.contains(&format!("/tasks/new?on={}", at.trim_start_matches("/returns/"))) && page.body.contains("Damaged") && !page.body.contains(&format!("{at}/refund")), "{}", page.body);
        assert_eq!(mara.post(&format!("{at}/approve"), &[]).location, at);
        let dialog = mara.get(&format!("{at}/refund"));
        assert!(dialog.body.contains("value=\"10.00\""), "what the goods were worth: {}", dialog.body);
        let refused = mara.post(&format!("{at}/refund"), &[("payment", &payment), ("amount", "20.01")]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(mara.post(&format!("{at}/refund"), &[("payment", &payment), ("amount", "4,00")]).location, at);
        mara.post(&format!("{at}/receive"), &[]);
        let replacement = mara.post(&format!("{at}/replace"), &[]).location;
        assert!(mara.get(&replacement).body.contains("Replaces what came back with return 1001"));
        let again = mara.get(&format!("{at}/refund")).body;
        assert!(again.contains("The goods were sent once more.") && again.contains("name=\"amount\" type=\"text\" inputmode=\"decimal\" autocomplete=\"off\" value=\"\""), "nothing is offered: {again}");
        mara.post(&format!("{at}/close"), &[]);
        let page = mara.get(&at);
        assert!(page.body.contains("Closed") && page.body.contains("€10.00") && page.body.contains("Replacement"), "{}", page.body);
        assert!(!page.body.contains(&format!("{at}/close")), "no button that would be refused");
        assert!(mara.get(&format!("/customers/{ana}/returns")).body.contains(&at));
        assert!(mara.get("/returns?view=closed").body.contains(&at));
        assert!(mara.get(&format!("/orders/{order}")).body.contains(&at));
        assert!(mara.get(&format!("/customers/{ana}/timeline")).body.contains("Refund of €4.00 for return 1001"));
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        assert_eq!(reader.get(&at).status, StatusCode::OK);
        assert_eq!(reader.post(&format!("{at}/approve"), &[]).status, StatusCode::FORBIDDEN);
    }

    fn a_return_is_rejected_with_an_answer(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let (_, order, _) = bought(&f);
        let at = mara.post(&format!("/orders/{order}/returns/new"), &[("quantity.1", "2"), ("reason.1", "late")]).location;
        assert!(mara.get(&format!("{at}/reject")).body.contains("Reject return 1001?"));
        let long = "x".repeat(1001);
        let refused = mara.post(&format!("{at}/reject"), &[("answer", &long)]);
        assert_eq!((refused.status, refused.body.contains("id=\"f-answer-error\"")), (StatusCode::UNPROCESSABLE_ENTITY, true));
        mara.post(&format!("{at}/reject"), &[("answer", "After a year")]);
        assert!(mara.get(&at).body.contains("After a year"));
        assert_eq!(mara.post(&format!("{at}/approve"), &[]).status, StatusCode::CONFLICT);
        assert!(mara.get(&format!("/orders/{order}/returns/new")).body.contains("At most 2; 2 bought."));
    }

    fn the_api_does_what_the_pages_do(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (ana, order, payment) = bought(&f);
        let all = key(&f, Rights::all());
        let new = |quantity: &str| json!({ "lines": [{ "line": 1, "quantity": quantity, "reason": "unwanted" }], "note": "" });
        let (status, problem) = ask(&desk, &all, "POST", &format!("/orders/{order}/returns"), &new("2.5"));
        assert_eq!((status, &problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (422, &json!("/lines/0/quantity"), &json!("too_much")));
        let (status, back) = ask(&desk, &all, "POST", &format!("/orders/{order}/returns"), &new("1"));
        assert_eq!((status, &back["state"], &back["value"]["amount"]), (201, &json!("requested"), &json!(1000)), "{back}");
        let at = format!("/returns/{}", back["id"].as_str().unwrap());
        let money = |amount: i64| json!({ "payment": payment, "amount": amount });
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/refunds"), &money(1000)).1["code"], "return_state");
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/approval"), &Value::Null).1["state"], "approved");
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/refunds"), &money(2001)).1["errors"][0]["pointer"], "/amount");
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/refunds"), &money(600)).1["refunds"][0]["amount"]["amount"], 600);
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/receipt"), &Value::Null).1["state"], "received");
        let sent = ask(&desk, &all, "POST", &format!("{at}/replacement"), &Value::Null).1["replacement"].clone();
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/replacement"), &Value::Null).1["replacement"], sent);
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/closing"), &Value::Null).1["state"], "closed");
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/rejection"), &json!({ "answer": "no" })).0, 409);
        assert_eq!(ask(&desk, &all, "GET", "/returns?state=closed", &Value::Null).1["data"][0]["id"], back["id"]);
        assert_eq!(ask(&desk, &all, "GET", "/returns/counts", &Value::Null).1["sums"][0]["amount"], 1000);
        for path in [format!("/customers/{ana}/returns"), format!("/orders/{order}/returns")] {
            assert_eq!(ask(&desk, &all, "GET", &path, &Value::Null).1["data"].as_array().unwrap().len(), 1, "{path}");
        }
    }
}
