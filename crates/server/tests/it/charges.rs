//! Money that is asked for, from the pages and from the API: charges, payment links and the page on which a buyer pays.

use axum::http::StatusCode;
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{CustomerId, Right, Rights};
use domain::providers::{TestPayment, play};
use domain::testing::Fixture;
use serde_json::{Value, json};

use crate::desk::{Desk, key};
use crate::offers::ask;

fn customer(f: &Fixture, email: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: "Ana <Ruiz>".into(), ..NewCustomer::default() });
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

/// A shop with the test provider, and a customer with a test card; gives the card's id.
fn shop(f: &Fixture, desk: &Desk, customer: &CustomerId, number: &str) -> String {
    let all = key(f, Rights::all());
    ask(desk, &all, "POST", "/provider-accounts", &json!({ "shop": f.shop, "provider": "test" }));
    let (ctx, shop, whose, number) = (f.ctx.clone(), f.shop.clone(), customer.clone(), number.to_owned());
    let asked = TestPayment { customer: whose, shop, currency: domain::kit::Currency::of("EUR").unwrap(), amount: 100, number };
    f.db.write_now(move |tx| play(tx, &ctx, &asked)).unwrap();
    let (_, found) = ask(desk, &all, "GET", &format!("/customers/{customer}/methods"), &Value::Null);
    found["data"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

fn behind(body: &str, start: &str) -> String {
    let at = body.find(start).unwrap_or_else(|| panic!("no {start} in {body}")) + start.len();
    body[at..at + body[at..].find('"').unwrap()].to_owned()
}

store::db_test! {
    domain::migrations();

    fn a_program_pays_with_a_test_card_and_tries_the_keys_of_an_account(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (ana, all) = (customer(&f, "ana@example.es"), key(&f, Rights::all()));
        let at = format!("/customers/{ana}/payments/test");
        let body = |number: &str, amount: i64| json!({ "shop": f.shop, "amount": amount, "number": number });
        assert_eq!(ask(&desk, &all, "POST", &at, &body("4242 4242 4242 4242", 2500)).1["code"], json!("no_test_provider"));
        let (_, account) = ask(&desk, &all, "POST", "/provider-accounts", &json!({ "shop": f.shop, "provider": "test" }));
        for (number, status) in [("4242 4242 4242 4242", "settled"), ("4000 0000 0000 9995", "failed"), ("4000 0000 0000 0077", "pending")] {
            assert_eq!(ask(&desk, &all, "POST", &at, &body(number, 2500)), (201, json!({ "status": status })), "{number}");
        }
        let (_, found) = ask(&desk, &all, "GET", &format!("/customers/{ana}/payments"), &Value::Null);
        assert_eq!(found["data"].as_array().unwrap().len(), 3);
        assert_eq!(ask(&desk, &all, "POST", &at, &body("1", 2500)).0, 422);
        assert_eq!(ask(&desk, &all, "POST", &at, &body("4242 4242 4242 4242", 0)).0, 422);
        assert_eq!(ask(&desk, &key(&f, Rights::of(&[Right::Read])), "POST", &at, &body("4242 4242 4242 4242", 2500)).0, 403);
        let test = format!("/provider-accounts/{}/test", account["id"].as_str().unwrap());
        assert_eq!(ask(&desk, &all, "POST", &test, &json!({})), (200, json!({ "works": true, "message": "" })));
        let (_, stripe) = ask(&desk, &all, "POST", "/provider-accounts", &json!({ "shop": f.shop, "provider": "stripe", "secret": "sk_test_x", "webhook": "whsec_x" }));
        ask(&desk, &all, "POST", &format!("/provider-accounts/{}/disable", stripe["id"].as_str().unwrap()), &json!({}));
        let (status, off) = ask(&desk, &all, "POST", &format!("/provider-accounts/{}/test", stripe["id"].as_str().unwrap()), &json!({}));
        assert_eq!((status, &off["code"]), (409, &json!("switched_off")), "{off}");
    }

    fn a_card_is_charged_from_the_profile_once_and_the_page_says_what_became_of_it(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let ana = customer(&f, "ana@example.es");
        let card = shop(&f, &desk, &ana, "4242 4242 4242 4242");
        let asking = shop(&f, &desk, &ana, "4000 0000 0000 3220");
        let mut mara = desk.owner(&f);
        let topic = mara.get(&format!("/customers/{ana}/subscriptions"));
        assert!(topic.body.contains(&format!("/customers/{ana}/charges/new")) && topic.body.contains(&format!("/customers/{ana}/payment-links/new")), "{}", topic.body);
        let at = format!("/customers/{ana}/charges/new");
        let dialog = mara.get(&at);
        assert!(dialog.body.contains("What for") && dialog.body.contains(&card), "{}", dialog.body);
        let once = behind(&dialog.body, "name=\"once\" value=\"");
        let fields = [("once", once.as_str()), ("method", &card), ("shop", f.shop.as_str()), ("amount", "x"), ("purpose", "A course")];
        let wrong = mara.post(&at, &fields);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("id=\"f-amount-error\""), "{}", wrong.body);
        let mut right = fields;
        right[3].1 = "19,00";
        let done = mara.post(&at, &right);
        assert!(done.location.starts_with("/charges/chg_"), "{}", done.body);
        assert_eq!(mara.post(&at, &right).location, done.location, "pressed twice, charged once");
        let page = mara.get(&done.location);
        assert!(page.body.contains("Charge of €19.00") && page.body.contains("Paid with test money") && page.body.contains("A course"), "{}", page.body);
        let payments = mara.get(&format!("/customers/{ana}/payments"));
        assert_eq!(payments.body.matches("/charges/chg_").count(), 1, "{}", payments.body);
        // A bank that wants to ask the buyer: the page offers a link.
        let failed = mara.post(&at, &[("method", asking.as_str()), ("shop", f.shop.as_str()), ("amount", "7"), ("purpose", "Tea & <milk>")]);
        let page = mara.get(&failed.location);
        assert!(page.body.contains("The bank wants to ask the buyer") && page.body.contains("Send a payment link") && page.body.contains("Tea &#38; &#60;milk&#62;"), "{}", page.body);
        assert!(mara.get(&format!("/customers/{ana}/timeline")).body.contains("Charge of €7.00 asked for"));
    }

    fn an_order_is_paid_by_its_link_by_the_first_of_two(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let ana = customer(&f, "ana@example.es");
        shop(&f, &desk, &ana, "4242 4242 4242 4242");
        let all = key(&f, Rights::all());
        let line = json!([{ "title": "Tea", "quantity": "1", "unit_price": "30" }]);
        let (status, order) = ask(&desk, &all, "POST", "/orders", &json!({ "customer": ana, "shop": f.shop, "state": "open", "lines": line }));
        assert_eq!(status, 201, "{order}");
        let order = order["id"].as_str().unwrap().to_owned();
        let mut mara = desk.owner(&f);
        let page = mara.get(&format!("/orders/{order}"));
        let at = format!("/customers/{ana}/payment-links/new");
        assert!(page.body.contains(&format!("{at}?order={order}")), "{}", page.body);
        let dialog = mara.get(&format!("{at}?order={order}"));
        assert!(dialog.body.contains("€30.00 due") && dialog.body.contains("value=\"30.00\""), "{}", dialog.body);
        let too_much = mara.post(&at, &[("order", &order), ("amount", "31"), ("days", "14")]);
        assert!(too_much.status == StatusCode::UNPROCESSABLE_ENTITY && too_much.body.contains("At most €30.00 is left to pay."), "{}", too_much.body);
        let made = mara.post(&at, &[("order", &order), ("amount", "30"), ("days", "14")]).location;
        assert!(made.starts_with("/payment-links/plk_"), "{made}");
        let list = mara.get("/payment-links").body;
        assert!(list.contains(&made) && list.contains("€30.00") && list.contains("Order 1001"), "{list}");
        assert!(!mara.get("/payment-links?view=paid").body.contains(&made) && mara.get("/payment-links?q=order").body.contains(&made));
        let (_, listed) = ask(&desk, &all, "GET", "/payment-links?state=open", &Value::Null);
        assert_eq!((listed["data"].as_array().map(Vec::len), &listed["data"][0]["amount"]["amount"]), (Some(1), &json!(3000)), "{listed}");
        let (_, counts) = ask(&desk, &all, "GET", "/payment-links/counts", &Value::Null);
        assert_eq!(counts["total"], json!(1), "{counts}");
        let shown = mara.post(&format!("{made}/link"), &[]);
        let secret = behind(&shown.body, "value=\"http://127.0.0.1:0/pay/");
        let queued = mara.post(&format!("{made}/send"), &[("to", "ana@example.es"), ("message", "Thank you")]);
        assert_eq!(queued.location, made, "{}", queued.body);
        assert!(mara.get(&made).body.contains("Queued"));
        assert!(mara.get(&format!("/customers/{ana}/conversations")).body.contains("please pay €30.00"), "the mail stands in the stream");

        let mut buyer = desk.visitor();
        let public = format!("/pay/{secret}");
        let page = buyer.get(&public);
        assert!(page.body.contains("Pay €30.00") && page.body.contains("Order 1001") && page.body.contains("never type the number of a real card"), "{}", page.body);
        assert!(!page.body.contains("/customers/") && page.headers["x-robots-tag"] == "noindex, nofollow");
        assert_eq!(buyer.get("/pay/nothing").status, StatusCode::NOT_FOUND);
        assert_eq!(buyer.get("/pay").status, StatusCode::OK);
        assert_eq!(buyer.post_from_elsewhere(&format!("{public}/card")).status, StatusCode::FORBIDDEN);
        let refused = buyer.post(&format!("{public}/card"), &[("number", "4000 0000 0000 9995")]);
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("The payment was refused."), "{}", refused.body);
        assert_eq!(buyer.post(&format!("{public}/card"), &[("number", "4242")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(buyer.post(&format!("{public}/card"), &[("number", "4242 4242 4242 4242")]).location, public);
        let again = buyer.post(&format!("{public}/card"), &[("number", "4242 4242 4242 4242")]);
        assert!(again.status == StatusCode::CONFLICT && again.body.contains("Paid. Thank you!"), "{}", again.body);
        let page = mara.get(&format!("/orders/{order}"));
        assert!(page.body.contains("Test, not real money") && page.body.contains("Send payment link"), "a test pays no order: {}", page.body);
        assert!(mara.get(&made).body.contains("Paid"));
        let (status, late) = ask(&desk, &all, "POST", &format!("/customers/{ana}/payment-links"), &json!({ "order": order }));
        assert_eq!((status, late["amount"]["decimal"].as_str()), (201, Some("30.00")), "{late}");
    }

    fn programs_charge_and_link_with_the_right_scopes(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let ana = customer(&f, "ana@example.es");
        let card = shop(&f, &desk, &ana, "4242 4242 4242 4242");
        let payments = key(&f, Rights::NONE.with(Right::Payments));
        let path = format!("/customers/{ana}/charges");
        let (status, charge) = ask(&desk, &payments, "POST", &path, &json!({ "method": card, "shop": f.shop, "amount": 1900, "purpose": "A course" }));
        assert_eq!((status, charge["state"].as_str(), charge["amount"]["decimal"].as_str()), (201, Some("paid"), Some("19.00")), "{charge}");
        let (status, wrong) = ask(&desk, &payments, "POST", &path, &json!({ "method": card, "shop": f.shop, "purpose": "A course" }));
        assert_eq!((status, wrong["errors"][0]["pointer"].as_str()), (422, Some("/amount")), "{wrong}");
        let orders = key(&f, Rights::NONE.with(Right::Orders));
        let links = format!("/customers/{ana}/payment-links");
        let (status, link) = ask(&desk, &orders, "POST", &links, &json!({ "shop": f.shop, "amount": 700, "purpose": "Tea", "days": 3 }));
        assert_eq!((status, link["state"].as_str()), (201, Some("open")), "{link}");
        let at = format!("/payment-links/{}", link["id"].as_str().unwrap());
        let (status, door) = ask(&desk, &orders, "POST", &format!("{at}/link"), &Value::Null);
        assert!(status == 201 && door["link"].as_str().unwrap().starts_with("/pay/"), "{door}");
        let (status, gone) = ask(&desk, &orders, "POST", &format!("{at}/withdrawal"), &Value::Null);
        assert_eq!((status, gone["state"].as_str()), (200, Some("withdrawn")), "{gone}");
        let (status, closed) = ask(&desk, &orders, "POST", &format!("{at}/link"), &Value::Null);
        assert_eq!((status, closed["code"].as_str()), (409, Some("link_state")), "{closed}");
        let (_, link) = ask(&desk, &orders, "POST", &links, &json!({ "shop": f.shop, "amount": 700, "purpose": "Tea" }));
        let (status, paid) = ask(&desk, &payments, "POST", &format!("/payment-links/{}/receipt", link["id"].as_str().unwrap()), &json!({ "kind": "transfer" }));
        assert_eq!((status, paid["state"].as_str()), (200, Some("paid")), "{paid}");
        let read = key(&f, Rights::NONE.with(Right::Read));
        assert_eq!(ask(&desk, &read, "GET", &links, &Value::Null).1["data"].as_array().unwrap().len(), 2);
        assert_eq!(ask(&desk, &read, "GET", &path, &Value::Null).1["data"].as_array().unwrap().len(), 1);
        let other = Desk::new(db);
        let stranger = key(&f.other(), Rights::all());
        assert_eq!(ask(&other, &stranger, "GET", &format!("/charges/{}", charge["id"].as_str().unwrap()), &Value::Null).0, 404);
    }

    fn a_subscription_ends_now_with_its_rest_refunded_and_a_request_is_extended(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let ana = customer(&f, "ana@example.es");
        let card = shop(&f, &desk, &ana, "4242 4242 4242 4242");
        let all = key(&f, Rights::all());
        let new = json!({ "shop": f.shop, "name": "Club", "amount": 3000, "cycle_unit": "month", "method": card });
        let (status, s) = ask(&desk, &all, "POST", &format!("/customers/{ana}/subscriptions"), &new);
        assert_eq!(status, 201, "{s}");
        let id = s["id"].as_str().unwrap().to_owned();
        domain::subscriptions::renew::work(&f.db, &domain::kit::FixedClock(domain::testing::NOW), &f.ctx.ids, &|| false).unwrap();
        let mut mara = desk.owner(&f);
        let dialog = mara.get(&format!("/subscriptions/{id}/cancel"));
        assert!(dialog.body.contains("Now, and refund the rest") && dialog.body.contains("€29.00 go back: 29 of 30 days are not used."), "{}", dialog.body);
        let changed = mara.post(&format!("/subscriptions/{id}/cancel"), &[("when", "refund"), ("unused", "3000")]);
        assert!(changed.status == StatusCode::CONFLICT && changed.body.contains("The unused part is €29.00 by now."), "{}", changed.body);
        let orders = key(&f, Rights::NONE.with(Right::Orders));
        let path = format!("/subscriptions/{id}/cancellation");
        assert_eq!(ask(&desk, &orders, "POST", &path, &json!({ "when": "now", "refund_unused": true })).0, 403, "the right to refund is needed too");
        assert_eq!(ask(&desk, &all, "POST", &path, &json!({ "when": "period_end", "refund_unused": true })).0, 422);
        let done = mara.post(&format!("/subscriptions/{id}/cancel"), &[("when", "refund"), ("unused", "2900")]);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert!(mara.get(&format!("/customers/{ana}/payments")).body.contains("€29.00"));

        let (_, asked) = ask(&desk, &all, "POST", "/privacy-requests", &json!({ "kind": "access", "customer": ana }));
        let at = format!("/customers/requests/{}", asked["id"].as_str().unwrap());
        assert!(mara.get(&at).body.contains("Extend by two months"));
        assert_eq!(mara.post(&format!("{at}/extend"), &[("reason", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(mara.post(&format!("{at}/extend"), &[("reason", "Many mails")]).location, at);
        let page = mara.get(&at);
        assert!(page.body.contains("It was extended") && !page.body.contains("Extend by two months"), "{}", page.body);
        let (status, again) = ask(&desk, &all, "POST", &format!("/privacy-requests/{}/extension", asked["id"].as_str().unwrap()), &json!({ "reason": "Again" }));
        assert_eq!((status, again["code"].as_str()), (409, Some("already_extended")), "{again}");
    }
}
