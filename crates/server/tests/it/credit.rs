//! Store credit, affiliates, blocked buyers and rates, as people press them and programs send them.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{CustomerId, Right, Rights, Role};
use domain::testing::Fixture;
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};

fn customer(f: &Fixture, email: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: "Ana Ruiz".into(), ..NewCustomer::default() });
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

/// Sends to the API; gives status and body.
fn say(desk: &Desk, key: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = desk.send(request.body(Body::from(body)).unwrap());
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

fn get(desk: &Desk, key: &str, path: &str) -> Value {
    let (status, body) = say(desk, key, "GET", path, &Value::Null);
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// One order of 25.00 EUR with these payments.
fn basket(f: &Fixture, id: &str, email: &str, payments: Value) -> Value {
    json!({ "shop": f.shop, "external_id": id, "currency": "EUR", "buyer": { "email": email, "name": "Ana Ruiz" },
        "lines": [{ "sku": "COF", "title": "Coffee", "quantity": "2", "unit_price": "12.50" }], "payments": payments })
}

fn card(id: &str, amount: i64) -> Value {
    json!({ "provider": "stripe", "provider_ref": format!("pi_{id}"), "amount": amount,
        "method": { "kind": "card", "brand": "visa", "last4": "4242", "fingerprint": "fp_1" } })
}

fn hidden(body: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = body.find(&start).unwrap_or_else(|| panic!("no field {name} in {body}")) + start.len();
    body[at..at + body[at..].find('"').unwrap()].to_owned()
}

store::db_test! {
    domain::migrations();

    fn credit_is_granted_and_taken_back_from_the_page_with_a_ledger(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let at = format!("/customers/{}", customer(&f, "ana@example.es"));
        assert!(!olivia.get(&at).body.contains("<dt>Store credit</dt>"), "no figure before there is any");
        let dialog = olivia.get(&format!("{at}/credit/grant")).body;
        let once = hidden(&dialog, "once");
        let form = |amount: &'static str, reason: &'static str| [("amount", amount), ("currency", "EUR"), ("reason", reason)];
        let wrong = olivia.post(&format!("{at}/credit/grant"), &form("x", ""));
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Type an amount such as 12.50."));
        let good = [&form("15", "late delivery")[..], &[("once", once.as_str())]].concat();
        assert_eq!(olivia.post(&format!("{at}/credit/grant"), &good).status, StatusCode::SEE_OTHER);
        olivia.post(&format!("{at}/credit/grant"), &good);
        let ledger = olivia.get(&format!("{at}/credit")).body;
        assert!(ledger.contains("late delivery") && ledger.contains("There is <b>€15.00</b>"), "a double click is one grant: {ledger}");
        assert!(olivia.get(&at).body.contains("<dt>Store credit</dt>"));
        let much = olivia.post(&format!("{at}/credit/take-back"), &form("15.01", "slip"));
        assert!(much.status == StatusCode::UNPROCESSABLE_ENTITY && much.body.contains("At most €15.00 is there."));
        olivia.post(&format!("{at}/credit/take-back"), &form("5", "slip"));
        assert!(olivia.get(&format!("{at}/credit")).body.contains("There is <b>€10.00</b>"));
        assert!(olivia.get(&format!("{at}/timeline?kind=credit")).body.contains("Store credit of €5.00 taken back"));
        let gone = olivia.post(&format!("{at}/delete-permanently"), &[]);
        assert!(gone.status == StatusCode::CONFLICT && gone.body.contains("/credit\""), "the link leads to the ledger");

        // Who may not refund sees the ledger and no button.
        let mut support = desk.person(&f, &of_role(&f, Role::Support));
        let seen = support.get(&format!("{at}/credit")).body;
        assert!(seen.contains("late delivery") && !seen.contains("/credit/grant"));
        assert_eq!(support.get(&format!("{at}/credit/grant")).status, StatusCode::FORBIDDEN);
    }

    fn a_payment_is_refunded_as_credit_and_the_credit_spent_by_the_api(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (mut olivia, all) = (desk.owner(&f), key(&f, Rights::all()));
        let (status, done) = say(&desk, &all, "POST", "/checkouts", &basket(&f, "A", "ana@example.es", json!([card("A", 2500)])));
        assert_eq!(status, 201, "{done}");
        let (payment, ana) = (done["payments"][0].as_str().unwrap(), done["customer"].as_str().unwrap());
        let refund = olivia.get(&format!("/payments/{payment}/refund")).body;
        assert!(refund.contains(&format!("/payments/{payment}/refund/credit")));
        let dialog = olivia.get(&format!("/payments/{payment}/refund/credit")).body;
        assert!(dialog.contains("value=\"25.00\"") && dialog.contains("The money stays with you"));
        olivia.post(&format!("/payments/{payment}/refund/credit"), &[("amount", "20"), ("reason", "one bag damaged")]);
        let page = olivia.get(&format!("/customers/{ana}/payments")).body;
        assert!(page.contains("€20.00 to store credit on"), "{page}");
        let (status, more) = say(&desk, &all, "POST", &format!("/payments/{payment}/credit-refunds"), &json!({ "amount": 501 }));
        assert_eq!((status, more["errors"][0]["pointer"].as_str()), (422, Some("/amount")));
        let (status, rest) = say(&desk, &all, "POST", &format!("/payments/{payment}/credit-refunds"), &json!({ "amount": 500 }));
        assert_eq!((status, &rest["refundable"]["amount"], &rest["refunds"][0]["as_store_credit"]), (201, &json!(0), &json!(true)));

        let credit = |amount: i64| json!([{ "provider": "store_credit", "amount": amount }]);
        let (status, refused) = say(&desk, &all, "POST", "/checkouts", &basket(&f, "B", "ana@example.es", credit(2501)));
        assert_eq!((status, refused["code"].as_str()), (409, Some("credit_insufficient")));
        for expected in [201, 200] {
            let (status, spent) = say(&desk, &all, "POST", "/checkouts", &basket(&f, "B", "ana@example.es", credit(2500)));
            assert_eq!(status, expected, "{spent}");
        }
        let seen = get(&desk, &all, &format!("/customers/{ana}/credit?limit=2"));
        assert_eq!((&seen["balances"][0]["amount"], &seen["data"][0]["kind"], &seen["data"][0]["amount"]["amount"]), (&json!(0), &json!("spend"), &json!(-2500)));
        let older = get(&desk, &all, &format!("/customers/{ana}/credit?after={}", seen["next"].as_str().unwrap()));
        assert_eq!((older["data"].as_array().unwrap().len(), older.get("next")), (1, None));
        assert_eq!(get(&desk, &all, &format!("/customers/{ana}"))["lifetime"]["amount"], json!(0), "no money stayed, and none came twice");

        // By hand, with its own right.
        let body = json!({ "amount": 300, "currency": "EUR", "reason": "goodwill" });
        let (status, line) = say(&desk, &all, "POST", &format!("/customers/{ana}/credit"), &body);
        assert_eq!((status, &line["balance"]["amount"]), (201, &json!(300)));
        let (status, line) = say(&desk, &all, "POST", &format!("/customers/{ana}/credit/withdrawals"), &body);
        assert_eq!((status, &line["balance"]["amount"], &line["kind"]), (201, &json!(0), &json!("take_back")));
        let weak = key(&f, Rights::all().without(Right::Refund));
        assert_eq!(say(&desk, &weak, "POST", &format!("/customers/{ana}/credit"), &body).0, 403);
    }

    fn an_affiliate_brings_a_buyer_is_changed_on_a_payment_and_paid(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (mut olivia, all) = (desk.owner(&f), key(&f, Rights::all()));
        assert!(olivia.get("/affiliates").body.contains("No affiliates yet"));
        let form = |code: &'static str, percent: &'static str| [("name", "Anna’s blog"), ("code", code), ("terms", "percent"), ("percent", percent)];
        let wrong = olivia.post("/affiliates/new", &form("a b", "101"));
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("Type a share from 0 to 100"), "{}", wrong.body);
        let made = olivia.post("/affiliates/new", &form("ANNA10", "10"));
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let here = made.location;
        let mut order = basket(&f, "A", "ana@example.es", json!([card("A", 2500)]));
        order["affiliate"] = json!("anna10");
        let (_, done) = say(&desk, &all, "POST", "/checkouts", &order);
        let (payment, ana) = (done["payments"][0].as_str().unwrap(), done["customer"].as_str().unwrap());
        assert!(here.ends_with(done["affiliate"].as_str().unwrap()));
        order["external_id"] = json!("B");
        order["affiliate"] = json!("nobody");
        order["payments"] = json!([card("B", 2500)]);
        assert_eq!(say(&desk, &all, "POST", "/checkouts", &order).1["flag"], json!("affiliate_unknown"));

        let page = olivia.get(&format!("/customers/{ana}/payments")).body;
        assert!(page.contains("Affiliate Anna’s blog, €2.50") && page.contains(&format!("/payments/{payment}/affiliate")), "{page}");
        let id = here.trim_start_matches("/affiliates/").to_owned();
        let save = [("affiliate", id.as_str()), ("amount", "3.00")];
        assert_eq!(olivia.post(&format!("/payments/{payment}/affiliate"), &save).status, StatusCode::SEE_OTHER);
        let dialog = olivia.get(&format!("/payments/{payment}/affiliate")).body;
        assert!(dialog.contains("<del dir=\"auto\">€2.50</del> → <ins dir=\"auto\">€3.00</ins>"), "old and new: {dialog}");
        say(&desk, &all, "POST", &format!("/payments/{payment}/refunds"), &json!({ "amount": 1250 }));
        let sums = get(&desk, &all, "/affiliates/totals?from=2026-06-01T00:00:00Z");
        assert_eq!((&sums["data"][0]["earned"]["amount"], &sums["data"][0]["due"]["amount"]), (&json!(150), &json!(150)));
        assert!(get(&desk, &all, "/affiliates/totals?until=2026-06-01T00:00:00Z")["data"].as_array().unwrap().is_empty());

        let list = olivia.get("/affiliates?from=2026-06-01&until=2026-06-30").body;
        assert!(list.contains("<b>€1.50</b>"), "{list}");
        let dialog = olivia.get(&format!("{here}/payout?currency=EUR")).body;
        assert_eq!(hidden(&dialog, "expected"), "1.50");
        let pay = |expected: &'static str| [("currency", "EUR"), ("expected", expected), ("note", "SEPA 1")];
        assert_eq!(olivia.post(&format!("{here}/payout"), &pay("3.00")).status, StatusCode::CONFLICT);
        assert_eq!(olivia.post(&format!("{here}/payout"), &pay("1.50")).status, StatusCode::SEE_OTHER);
        let page = olivia.get(&here).body;
        assert!(page.contains("SEPA 1") && page.contains("all time") && !page.contains("Mark as paid"), "{page}");
        let file = olivia.post("/affiliates/export", &[("affiliate", &id)]);
        assert!(file.body.starts_with("Affiliate,Code,Payment,") && file.body.contains("EUR,25.00,12.50,3.00,1.50,1.50"), "{}", file.body);

        let (status, refused) = say(&desk, &all, "DELETE", &format!("/payments/{payment}/commission"), &Value::Null);
        assert_eq!((status, refused["code"].as_str()), (409, Some("commission_paid")));
        let paid = get(&desk, &all, &format!("/affiliates/{id}/payouts"));
        assert_eq!((&paid["data"][0]["amount"]["amount"], paid["data"][0]["from"].is_null()), (&json!(150), true));
        let (status, refused) = say(&desk, &all, "POST", &format!("/affiliates/{id}/payouts"), &json!({ "currency": "EUR" }));
        assert_eq!((status, refused["code"].as_str()), (409, Some("nothing_due")));
        let (status, taken) = say(&desk, &all, "POST", "/affiliates", &json!({ "name": "x", "code": "Anna10", "terms": "percent", "rate": 1 }));
        assert_eq!((status, taken["errors"][0]["pointer"].as_str()), (422, Some("/code")));
        olivia.post(&format!("{here}/archive"), &[]);
        assert!(olivia.get(&here).body.contains("Unarchive"));
    }

    fn a_card_an_address_and_a_customer_are_blocked_and_allowed_again(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (mut olivia, all) = (desk.owner(&f), key(&f, Rights::all()));
        let (_, done) = say(&desk, &all, "POST", "/checkouts", &basket(&f, "A", "ana@example.es", json!([card("A", 2500)])));
        let (payment, ana) = (done["payments"][0].as_str().unwrap(), done["customer"].as_str().unwrap());
        let payments = format!("/customers/{ana}/payments");
        assert!(olivia.get(&payments).body.contains(&format!("/payments/{payment}/block")));
        let bare = olivia.post(&format!("/payments/{payment}/block"), &[("reason", "")]);
        assert!(bare.status == StatusCode::UNPROCESSABLE_ENTITY && bare.body.contains("Say why"));
        olivia.post(&format!("/payments/{payment}/block"), &[("reason", "stolen")]);
        let page = olivia.get(&payments).body;
        assert!(page.contains("Card blocked") && !page.contains(&format!("/payments/{payment}/block")));

        let mut tried = card("B", 2500);
        tried["status"] = json!("failed");
        let (status, refused) = say(&desk, &all, "POST", "/checkouts", &basket(&f, "B", "new@example.es", json!([tried])));
        assert_eq!((status, refused["code"].as_str()), (409, Some("blocked")));
        assert!(!refused["detail"].as_str().unwrap().contains("stolen"));
        let (status, flagged) = say(&desk, &all, "POST", "/checkouts", &basket(&f, "B", "new@example.es", json!([card("B", 2500)])));
        assert_eq!((status, flagged["flag"].as_str()), (201, Some("blocked")));
        assert!(olivia.get(&format!("/orders/{}", flagged["order"].as_str().unwrap())).body.contains("Buyer is blocked"));

        let blocks = get(&desk, &all, "/blocks");
        let id = blocks["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(say(&desk, &all, "DELETE", &format!("/blocks/{id}"), &Value::Null).0, 204);
        let (status, made) = say(&desk, &all, "POST", "/blocks", &json!({ "customer": ana, "reason": "abuse" }));
        assert_eq!((status, &made["shown"]), (201, &json!("Ana Ruiz")));
        assert!(olivia.get(&format!("/customers/{ana}")).body.contains("Allow checkouts again"));
        let back = olivia.post(&format!("/blocks/{}/lift", made["id"].as_str().unwrap()), &[("back", &format!("/customers/{ana}"))]);
        assert_eq!(back.location, format!("/customers/{ana}"));
        let (status, both) = say(&desk, &all, "POST", "/blocks", &json!({ "customer": ana, "email": "x@y.example", "reason": "abuse" }));
        assert_eq!(status, 422, "{both}");

        let mut support = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(support.post("/settings/blocks", &[("email", "bad@example.com"), ("reason", "fraud")]).status, StatusCode::SEE_OTHER);
        let list = support.get("/settings/blocks").body;
        assert!(list.contains("bad@example.com") && list.contains("Lifted") && !list.contains("/settings/shops"));
    }

    fn rates_come_from_the_banks_file_as_it_is(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let send = |kind: &str, body: &[u8]| {
            let request = Request::builder().method("POST").uri("/api/v1/rates/import").header("authorization", format!("Bearer {all}"));
            desk.send(request.header("content-type", kind).body(Body::from(body.to_vec())).unwrap())
        };
        let done = send("text/csv", b"Date,USD,GBP,\n2026-06-15,1.085,0.85,\n2026-06-15,1.086,N/A,\n");
        let done: Value = serde_json::from_str(&done.body).unwrap();
        assert_eq!((&done["added"], &done["changed"]), (&json!(2), &json!(1)), "a day named twice means the later line");
        assert_eq!(get(&desk, &all, "/rates/USD")["data"][0]["per_euro"], json!("1.086"));
        assert_eq!(send("application/zip", b"PK\x03\x04 broken").status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
