//! Subscriptions that Regulars runs, as people press them and programs send them: plans, starting, what fails, and each dialog.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{CustomerId, FixedClock, Right, Rights};
use domain::providers::{TestPayment, play};
use domain::staff::fresh;
use domain::subscriptions::renew;
use domain::testing::{Fixture, NOW, PASSWORD};
use serde_json::{Value, json};

use crate::desk::{Desk, Visitor, key};

/// 15 June 2026, in a shop with the test provider.
fn shop(f: &Fixture, desk: &Desk) {
    let (status, body) = say(desk, &key(f, Rights::all()), "POST", "/provider-accounts", &json!({ "shop": f.shop, "provider": "test" }));
    assert!(status < 300, "{body}");
}

fn customer(f: &Fixture, email: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: "Ana Ruiz".into(), ..NewCustomer::default() });
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

/// Pays once with a test card, which is kept; gives its id.
fn card(f: &Fixture, desk: &Desk, customer: &CustomerId, number: &str) -> String {
    let (ctx, shop, whose, number) = (f.ctx.clone(), f.shop.clone(), customer.clone(), number.to_owned());
    let asked = TestPayment { customer: whose, shop, currency: domain::kit::Currency::of("EUR").unwrap(), amount: 100, number };
    f.db.write_now(move |tx| play(tx, &ctx, &asked)).unwrap();
    let all = get(desk, &key(f, Rights::all()), &format!("/customers/{customer}/methods"));
    all["data"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

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

fn pass(f: &Fixture, days: i64) -> usize {
    renew::work(&f.db, &FixedClock(NOW + days * 86_400_000_000), &f.ctx.ids, &|| false).unwrap()
}

fn hidden(body: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = body.find(&start).unwrap_or_else(|| panic!("no field {name} in {body}")) + start.len();
    body[at..at + body[at..].find('"').unwrap()].to_owned()
}

/// Opens a dialog, sees these words in it, presses it twice; gives where it leads.
fn press(who: &mut Visitor<'_>, path: &str, words: &[&str], fields: &[(&str, &str)]) -> String {
    let page = who.get(path);
    assert_eq!(page.status, StatusCode::OK, "{path}");
    for word in words {
        assert!(page.body.contains(word), "{path}: no “{word}” in {}", page.body);
    }
    let once = hidden(&page.body, "once");
    let all: Vec<(&str, &str)> = [("once", once.as_str())].into_iter().chain(fields.iter().copied()).collect();
    let first = who.post(path, &all);
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{path}: {}", first.body);
    assert_eq!(who.post(path, &all).location, first.location, "the second press gets the first answer");
    first.location
}

store::db_test! {
    domain::migrations();

    fn a_plan_is_added_and_a_customer_begins_it_from_the_page(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        shop(&f, &desk);
        let mut olivia = desk.owner(&f);
        let plan = [("name", "Roastery Club"), ("shop", f.shop.as_str()), ("amount", "19"), ("cycle_count", "1"), ("cycle_unit", "month"), ("trial_days", "")];
        assert_eq!(olivia.post("/settings/plans", &plan).status, StatusCode::SEE_OTHER);
        let again = olivia.post("/settings/plans", &plan);
        assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.contains("has this name"));
        let wrong = olivia.post("/settings/plans", &[("name", "Other"), ("shop", f.shop.as_str()), ("amount", "1"), ("cycle_unit", "month"), ("own_retry_days", "7, 1")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("rising days"));
        assert_eq!(olivia.post("/settings/plans/retries", &[("retry_days", "x")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(olivia.post("/settings/plans/retries", &[("retry_days", "2, 4")]).status, StatusCode::SEE_OTHER);
        let page = olivia.get("/settings/plans").body;
        assert!(page.contains("€19.00 every month") && page.contains("value=\"2, 4\""));
        let one = format!("/settings/plans/{}", &page[page.find("/settings/plans/pln_").unwrap() + 16..][..30]);
        assert_eq!(olivia.get(&one).status, StatusCode::OK);
        let ana = customer(&f, "ana@example.es");
        let visa = card(&f, &desk, &ana, "4242 4242 4242 4242");
        let at = format!("/customers/{ana}/subscriptions");
        let refused = olivia.post(&format!("{at}/new"), &[("plan", ""), ("shop", f.shop.as_str()), ("amount", "x"), ("cycle_unit", "month")]);
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("Type an amount"));
        let id = one.rsplit('/').next().unwrap();
        let to = press(&mut olivia, &format!("{at}/new"), &["Roastery Club · €19.00 every month", "Visa •••• 4242 (test, no real money)"],
            &[("plan", id), ("start", "2026-06-15"), ("quantity", "2"), ("method", &visa)]);
        assert_eq!(to, at);
        assert_eq!((pass(&f, 0), pass(&f, 0)), (1, 0), "pressed twice, begun and charged once");
        let profile = olivia.get(&at).body;
        for words in ["Roastery Club", "€38.00", "15 Jul 2026", ">Pause", ">Cancel"] {
            assert!(profile.contains(words), "{words} in {profile}");
        }
        assert!(olivia.get("/subscriptions").body.contains("/subscriptions/sub_"));
        assert_eq!(olivia.post(&format!("{one}/archive"), &[]).status, StatusCode::SEE_OTHER);
        assert!(!olivia.get(&format!("{at}/new")).body.contains("Roastery Club · "));
        assert!(olivia.get(&format!("/customers/{ana}/timeline")).body.contains("Subscription renewed of €38.00"));
    }

    fn each_dialog_says_what_will_happen_and_does_it(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        shop(&f, &desk);
        let ana = customer(&f, "ana@example.es");
        let (poor, good) = (card(&f, &desk, &ana, "4000 0000 0000 9995"), card(&f, &desk, &ana, "4242 4242 4242 4242"));
        let k = key(&f, Rights::all());
        let club = json!({ "shop": f.shop, "name": "Club", "amount": 1900, "cycle_unit": "month", "method": poor });
        let (status, made) = say(&desk, &k, "POST", &format!("/customers/{ana}/subscriptions"), &club);
        assert_eq!((status, &made["status"], &made["own"], &made["live"]), (201, &json!("active"), &json!(true), &json!(false)), "{made}");
        pass(&f, 0);
        let at = format!("/subscriptions/{}", made["id"].as_str().unwrap());
        let mut olivia = desk.owner(&f);
        let page = olivia.get(&at).body;
        for words in ["€19.00 due on 15 Jun 2026 failed: The card has insufficient funds. It is tried again on 16 Jun 2026.", "Past due (test)", ">Try again", "tried again on days 1, 3, 5 and 7"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        press(&mut olivia, &format!("{at}/retry"), &["€19.00 due on 15 Jun 2026 is charged once more, now."], &[]);
        assert_eq!(pass(&f, 0), 1);
        press(&mut olivia, &format!("{at}/move"), &["tried again on the day you choose"], &[("day", "2026-06-20")]);
        assert_eq!(olivia.post(&format!("{at}/move"), &[("day", "2026-06-01")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        press(&mut olivia, &format!("{at}/method"), &["The payment due on 15 Jun 2026 is tried with it at once."], &[("method", &good)]);
        assert_eq!(pass(&f, 0), 1);
        let page = olivia.get(&at).body;
        assert!(page.contains("€19.00 is charged to Visa •••• 4242 on 15 Jul 2026.") && page.contains("3 tries"), "{page}");
        press(&mut olivia, &format!("{at}/pause"), &["Nothing is charged until it is resumed. The payment of €19.00 on 15 Jul 2026 is not taken."], &[]);
        press(&mut olivia, &format!("{at}/resume"), &["value=\"2026-07-15\""], &[("day", "2026-07-20")]);
        let to = press(&mut olivia, &format!("{at}/cancel"), &["It runs until 19 Jul 2026.", "No further payment of €19.00 is taken."], &[("when", "period_end")]);
        assert!(olivia.get(&to).body.contains("Runs until 19 Jul 2026, then it ends."));
        press(&mut olivia, &format!("{at}/keep"), &["It goes on: €19.00 every month, next on 20 Jul 2026."], &[]);
        press(&mut olivia, &format!("{at}/cancel"), &["It is over at once."], &[("when", "now")]);
        let after = olivia.get(&at).body;
        assert!(after.contains("Ended on 15 Jun 2026.") && !after.contains(&format!("{at}/cancel")), "{after}");
        let late = olivia.post(&format!("{at}/pause"), &[]);
        assert!(late.status == StatusCode::CONFLICT && late.body.contains("This subscription has ended."));
        assert_eq!(pass(&f, 60), 0, "no charge behind the end");
    }

    fn an_end_that_gives_much_back_asks_who_it_is(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        shop(&f, &desk);
        let ana = customer(&f, "ana@example.es");
        let (visa, k) = (card(&f, &desk, &ana, "4242 4242 4242 4242"), key(&f, Rights::all()));
        let begin = |name: &str| {
            let club = json!({ "shop": f.shop, "name": name, "amount": 1900, "cycle_unit": "month", "method": visa });
            let (status, made) = say(&desk, &k, "POST", &format!("/customers/{ana}/subscriptions"), &club);
            assert_eq!(status, 201, "{made}");
            format!("/subscriptions/{}", made["id"].as_str().unwrap())
        };
        let (large, small, by_key) = (begin("Club"), begin("Corner"), begin("Cellar"));
        pass(&f, 0);
        let limit = |amount: &str| assert_eq!(desk.owner(&f).post("/settings/sign-in", &[("refund_limit", amount)]).status, StatusCode::SEE_OTHER);
        let stale = || desk.person_since(&f, &f.owner, NOW - fresh::HOLDS);
        limit("50.00");
        let below = stale().post(&format!("{small}/cancel"), &[("when", "refund"), ("once", "a")]);
        assert_eq!(below.status, StatusCode::SEE_OTHER, "{}", below.body);
        limit("5.00");
        let (mut olivia, at, form) = (stale(), format!("{large}/cancel"), [("when", "refund"), ("once", "b")]);
        let asked = olivia.post(&at, &form);
        assert!(asked.status == StatusCode::FORBIDDEN && asked.body.contains("name=\"when\" value=\"refund\""), "{}", asked.body);
        assert_eq!(get(&desk, &k, &large)["status"], json!("active"), "nothing ended");
        assert_eq!(olivia.post(&at, &[&form[..], &[("again_password", "wrong")]].concat()).status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = olivia.post(&at, &[&form[..], &[("again_password", PASSWORD)]].concat());
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let (status, body) = say(&desk, &k, "POST", &format!("{by_key}/cancellation"), &json!({ "when": "now", "refund_unused": true }));
        assert_eq!(status, 200, "a key is asked for no sign-in, its scopes say what it may: {body}");
        let weak = key(&f, Rights::of(&[Right::Orders, Right::Read]));
        let (status, _) = say(&desk, &weak, "POST", &format!("{}/cancellation", begin("Cup")), &json!({ "when": "now", "refund_unused": true }));
        assert_eq!(status, 403);
    }

    fn money_by_hand_is_expected_and_noted(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let ana = customer(&f, "ana@example.es");
        let mut olivia = desk.owner(&f);
        let at = format!("/customers/{ana}/subscriptions");
        press(&mut olivia, &format!("{at}/new"), &["Recorded by hand"], &[("plan", ""), ("shop", f.shop.as_str()), ("name", "Office beans"), ("amount", "89"), ("cycle_count", "2"), ("cycle_unit", "week"), ("start", "2026-06-15")]);
        pass(&f, 0);
        let profile = olivia.get(&at).body;
        let from = profile.find("/subscriptions/sub_").unwrap();
        let sub = &profile[from..from + 45];
        assert!(olivia.get(sub).body.contains("€89.00 was due on 15 Jun 2026 and is expected by 16 Jun 2026."), "{}", olivia.get(sub).body);
        press(&mut olivia, &format!("{sub}/receive"), &["Writes down that €89.00, due on 15 Jun 2026, came."], &[("kind", "cash"), ("day", "2026-06-15")]);
        assert!(olivia.get(sub).body.contains("€89.00 is expected on 29 Jun 2026."));
        assert!(olivia.get(&format!("/customers/{ana}")).body.contains("€89.00"));
    }

    fn the_api_runs_them_and_says_what_is_wrong(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        shop(&f, &desk);
        let (k, ana) = (key(&f, Rights::all()), customer(&f, "ana@example.es"));
        let (status, plan) = say(&desk, &k, "POST", "/plans", &json!({ "shop": f.shop, "name": "Club", "amount": 1900, "cycle_unit": "month", "trial_days": 7, "retry_days": [] }));
        assert_eq!((status, &plan["retry_days"], &plan["price"]["decimal"]), (201, &json!([]), &json!("19.00")));
        let of_plan = format!("/plans/{}", plan["id"].as_str().unwrap());
        let patched = say(&desk, &k, "PATCH", &of_plan, &json!({ "retry_days": null, "amount": 2000 })).1;
        assert_eq!((&patched["retry_days"], &patched["price"]["amount"], &patched["trial_days"]), (&Value::Null, &json!(2000), &json!(7)));
        assert_eq!(say(&desk, &k, "PUT", "/subscription-settings", &json!({ "retry_days": [3, 1] })).1["errors"][0]["pointer"], json!("/retry_days"));
        assert_eq!(say(&desk, &k, "PUT", "/subscription-settings", &json!({ "retry_days": [2] })).0, 200);
        assert_eq!(get(&desk, &k, "/subscription-settings")["retry_days"], json!([2]));
        let to = format!("/customers/{ana}/subscriptions");
        let wrong = say(&desk, &k, "POST", &to, &json!({ "plan": plan["id"], "start": "soon" }));
        assert_eq!((wrong.0, &wrong.1["errors"][0]["pointer"]), (422, &json!("/start")));
        let stolen = card(&f, &desk, &ana, "4000 0000 0000 9979");
        let refused = say(&desk, &k, "POST", &to, &json!({ "plan": plan["id"], "method": stolen }));
        assert_eq!((refused.0, &refused.1["errors"][0]["code"]), (422, &json!("unusable")));
        let visa = card(&f, &desk, &ana, "4242 4242 4242 4242");
        let (status, s) = say(&desk, &k, "POST", &to, &json!({ "plan": plan["id"], "method": visa }));
        assert_eq!((status, &s["status"], &s["next_payment_at"]), (201, &json!("trialing"), &json!("2026-06-21T22:00:00Z")));
        let at = format!("/subscriptions/{}", s["id"].as_str().unwrap());
        assert_eq!(say(&desk, &k, "POST", &format!("{at}/next-payment"), &json!({ "day": "2026-06-15" })).0, 200);
        assert_eq!(pass(&f, 0), 1);
        let periods = get(&desk, &k, &format!("{at}/periods"));
        assert_eq!((&periods["data"][0]["state"], &periods["data"][0]["due"], &periods["data"][0]["attempts"]), (&json!("paid"), &json!("2026-06-15"), &json!(1)), "{periods}");
        let course = get(&desk, &k, &format!("{at}/course"));
        assert_eq!((&course["own"], &course["due"], &course["retry_days"], &course["request"]), (&json!(true), &json!("2026-07-15"), &json!([2]), &Value::Null));
        assert_eq!(say(&desk, &k, "POST", &format!("{at}/pause"), &Value::Null).1["status"], json!("paused"));
        assert_eq!(say(&desk, &k, "POST", &format!("{at}/resumption"), &json!({})).1["status"], json!("active"));
        assert_eq!(say(&desk, &k, "PUT", &format!("{at}/method"), &json!({})).0, 422, "what is charged has to be said");
        assert_eq!(say(&desk, &k, "PUT", &format!("{at}/method"), &json!({ "method": null })).1["provider"], json!("manual"));
        assert_eq!(say(&desk, &k, "POST", &format!("{at}/retry"), &Value::Null).1["code"], json!("nothing_to_retry"));
        assert_eq!(say(&desk, &k, "POST", &format!("{at}/receipt"), &json!({ "kind": "cash" })).1["code"], json!("nothing_expected"));
        assert_eq!(say(&desk, &k, "POST", &format!("{at}/cancellation"), &json!({ "when": "period_end" })).1["status"], json!("cancelled"));
        assert_eq!(say(&desk, &k, "DELETE", &format!("{at}/cancellation"), &Value::Null).1["status"], json!("active"));
        assert_eq!(say(&desk, &k, "POST", &format!("{at}/cancellation"), &json!({ "when": "now" })).1["status"], json!("ended"));
        let archive = say(&desk, &k, "POST", &format!("/customers/{ana}/archive"), &json!({}));
        assert_eq!(archive.0, 204, "{archive:?}");
        assert_eq!(say(&desk, &k, "POST", &to, &json!({ "plan": plan["id"] })).1["code"], json!("customer_inactive"));
        let other = key(&f.other(), Rights::all());
        assert_eq!((say(&desk, &other, "GET", &at, &Value::Null).0, say(&desk, &other, "POST", &format!("{at}/pause"), &Value::Null).0, say(&desk, &other, "GET", &of_plan, &Value::Null).0), (404, 404, 404));
        let looks = key(&f, Rights::of(&[Right::Read]));
        assert_eq!(say(&desk, &looks, "POST", &format!("{at}/pause"), &Value::Null).0, 403);
    }
}
