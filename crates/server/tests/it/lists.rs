//! Payments, disputes, subscriptions and orders as lists: pages as people meet them without JavaScript, the API, exports; and the walls between merchants.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{Currency, CustomerId, DAY, PaymentId, Right, Rights, Role};
use domain::lists::ALL;
use domain::payments::disputes::{self, DisputeInput, DisputeStatus};
use domain::payments::{self, MethodInput, MethodKind, Payer, PaymentInput, PaymentStatus};
use domain::subscriptions::{self, SubscriptionInput, SubscriptionStatus, Unit};
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, key, of_role};

fn customer(f: &Fixture, name: &str, email: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { name: name.into(), email: email.into(), ..NewCustomer::default() });
    f.db.write_now::<_, domain::Error>(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn eur() -> Currency {
    Currency::of("EUR").unwrap()
}

fn put(f: &Fixture, input: PaymentInput) -> PaymentId {
    let ctx = f.ctx.clone();
    f.db.write_now::<_, domain::Error>(move |tx| payments::put(tx, &ctx, &input)).unwrap().id
}

fn paid(f: &Fixture, who: Option<&CustomerId>, minor: i64) -> PaymentInput {
    PaymentInput { customer: who.cloned(), ..PaymentInput::settled(f.shop.clone(), "stripe", eur(), minor, NOW) }
}

fn guest(f: &Fixture, email: &str, minor: i64) -> PaymentId {
    let payer = Payer { name: "Gus Guest".into(), email: email.into(), phone: String::new() };
    let method = MethodInput { brand: "visa".into(), last4: "4242".into(), fingerprint: "fp".into(), ..MethodInput::of(MethodKind::Card) };
    put(f, PaymentInput { payer, method: Some(method), ..paid(f, None, minor) })
}

fn dispute(f: &Fixture, payment: &PaymentId, minor: i64, due: i64) {
    let input = DisputeInput {
        payment: payment.clone(),
        amount: minor,
        reason: "product_not_received".into(),
        provider_ref: None,
        status: DisputeStatus::Open,
        opened_at: NOW,
        due_at: Some(NOW + due * DAY),
        closed_at: None,
    };
    let ctx = f.ctx.clone();
    f.db.write_now::<_, domain::Error>(move |tx| disputes::put(tx, &ctx, &input)).unwrap();
}

fn subscribe(f: &Fixture, who: &CustomerId, name: &str, status: SubscriptionStatus) {
    let input = SubscriptionInput {
        customer: who.clone(),
        shop: f.shop.clone(),
        name: name.into(),
        status,
        live: true,
        currency: eur(),
        amount: 1_900,
        cycle_count: 3,
        cycle_unit: Unit::Month,
        provider: "stripe".into(),
        provider_ref: None,
        method: None,
        started_at: NOW - 40 * DAY,
        trial_until: None,
        next_payment_at: Some(NOW + 5 * DAY),
        ends_at: None,
        import_id: None,
    };
    let ctx = f.ctx.clone();
    f.db.write_now::<_, domain::Error>(move |tx| subscriptions::put(tx, &ctx, &input)).unwrap();
}

/// What stands in the counter.
fn counter(answer: &Answer) -> &str {
    let (_, rest) = answer.body.split_once("id=\"count\" role=\"status\">").unwrap_or_else(|| panic!("no counter: {}", answer.body));
    &rest[..rest.find('<').unwrap()]
}

fn rows(answer: &Answer) -> usize {
    answer.body.matches("<td class=\"first").count()
}

/// The first address that holds this.
fn link(answer: &Answer, part: &str) -> String {
    let found = answer.body.split("href=\"").map(|rest| &rest[..rest.find('"').unwrap_or(0)]).find(|href| href.contains(part));
    found.unwrap_or_else(|| panic!("no link with {part}")).replace("&#38;", "&")
}

pub fn api(desk: &Desk, key: &str, method: &str, path: &str, body: Option<&Value>) -> (u16, Value, String) {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}")).header("authorization", format!("Bearer {key}"));
    let request = request.header("content-type", "application/json");
    let answer = desk.send(request.body(Body::from(body.map(Value::to_string).unwrap_or_default())).unwrap());
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null), answer.body)
}

store::db_test! {
    domain::migrations();

    fn a_transfer_is_found_by_its_reference_in_the_list_and_by_the_one_search(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        let form = [("shop", f.shop.as_str()), ("currency", "EUR"), ("amount", "1.012,50"), ("kind", "transfer"), ("day", "2026-06-14"), ("note", "RF18 Invoice 2026-17")];
        let made = olivia.post(&format!("/customers/{ana}/payments/new"), &form);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        put(&f, paid(&f, Some(&ana), 700));
        for q in ["RF18", "rf18+invoice+2026", "rf18%20invoice%202026-17"] {
            let page = olivia.get(&format!("/payments?view=all&q={q}"));
            assert_eq!(counter(&page), "1 matches · €1,012.50 received", "{q}");
            let found = olivia.get(&format!("/search?q={q}")).body;
            assert!(found.contains("Payment €1,012.50") && found.contains("RF18 Invoice 2026-17"), "{q}: {found}");
        }
        assert_eq!(counter(&olivia.get("/payments?view=all&q=invoice")), "0 match", "by its beginning");
        assert!(!olivia.get("/search?q=ruiz").body.contains("Payment €"), "a customer stands there already");
        let two = olivia.post(&format!("/customers/{ana}/payments/new"), &[&form[..2], &[("amount", "1,234")], &form[3..]].concat());
        assert_eq!(two.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(two.body.contains("can be read in two ways") && two.body.contains("f-amount-error"), "{}", two.body);
    }

    fn payments_are_searched_filtered_counted_and_summed(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/payments").body.contains("No payments yet"));
        let ana = customer(&f, "Ana <Ruiz>", "ana@example.es");
        let first = put(&f, paid(&f, Some(&ana), 250_000));
        put(&f, PaymentInput { currency: Currency::of("GBP").unwrap(), ..paid(&f, Some(&ana), 1_000) });
        put(&f, PaymentInput { status: PaymentStatus::Failed, failure_code: "insufficient_funds".into(), ..paid(&f, Some(&ana), 700) });
        put(&f, PaymentInput { provider: "test".into(), live: false, ..paid(&f, None, 900) });
        guest(&f, "gus@example.org", 4_200);

        let all = olivia.get("/payments?view=all");
        assert_eq!((all.status, counter(&all), rows(&all)), (StatusCode::OK, "5 match · €2,542.00 + £10.00 received", 5));
        assert!(all.body.contains("Ana &#60;Ruiz&#62;") && all.body.contains("Test, not real money") && all.body.contains("Failed: insufficient funds"));
        assert!(all.body.contains(&format!("/payments/{first}/refund")) && all.body.contains("Visa •••• 4242"));
        assert!(all.body.contains("value=\"failed\"") && all.body.contains("<span dir=\"auto\">Failed</span><span class=\"count\">1</span>"));
        for (query, said) in [
            ("view=failed", "1 matches"), ("view=guest", "2 match · €42.00 received"), ("q=ruiz", "3 match · €2,500.00 + £10.00 received"),
            ("q=4242", "1 matches · €42.00 received"), ("mode=test", "1 matches · €9.00 received"), ("currency=GBP&status=paid", "1 matches · £10.00 received"),
            ("amount_min=25", "2 match · €2,542.00 received"), ("paid_to=2026-06-14", "0 match"), ("status=failed&view=guest", "0 match"),
        ] {
            assert_eq!(counter(&olivia.get(&format!("/payments?{query}"))), said, "{query}");
        }
        let of_ana = olivia.get(&format!("/payments?customer={ana}"));
        assert!(of_ana.body.contains("Remove Customer: Ana &#60;Ruiz&#62;") && rows(&of_ana) == 3);
        let nobody = olivia.get("/payments?status=failed&q=gus");
        assert!(nobody.body.contains("Nothing matches") && nobody.body.contains("Status: Failed<span class=\"count\">1</span>"), "says what to drop");
        assert!(olivia.get("/payments?status=odd").body.contains("“odd” is not known here"));
        assert_eq!(olivia.get("/payments").status, StatusCode::OK, "what makes no sense is not remembered");
    }

    fn the_bare_address_brings_back_what_was_used_and_heads_sort(db) {
        let f = Fixture::new(db);
        let ana = customer(&f, "Ana", "ana@example.es");
        (0..30).for_each(|n| drop(put(&f, PaymentInput { paid_at: NOW - n * DAY, ..paid(&f, Some(&ana), 100 + n) })));
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let first = olivia.get("/payments?view=all&sort=amount");
        assert!(first.body.contains("1–25 of 30") && first.body.contains("aria-sort=\"descending\"") && first.body.contains("€1.29"));
        let second = olivia.get(&link(&first, "after="));
        assert!(second.body.contains("5 of 30") && rows(&second) == 5 && second.body.contains("€1.00"));
        assert_eq!(rows(&olivia.get(&link(&second, "before="))), 25);
        assert!(olivia.get(&link(&first, "dir=asc")).body.contains("aria-sort=\"ascending\""));
        assert_eq!(olivia.get("/payments").location, "/payments?sort=amount&dir=asc", "on the next visit, on any device");
        assert_eq!(counter(&olivia.get(&link(&first, "view=all"))), "30 match · €34.35 received");
        assert_eq!(olivia.get("/payments").status, StatusCode::OK, "Reset forgets it");
    }

    fn disputes_stand_in_the_order_they_must_be_answered(db) {
        let f = Fixture::new(db);
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        let (one, two) = (put(&f, paid(&f, Some(&ana), 2_500)), guest(&f, "gus@example.org", 900));
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/disputes").body.contains("No open disputes"));
        dispute(&f, &one, 2_500, 9);
        dispute(&f, &two, 900, 2);
        let open = olivia.get("/disputes?view=open");
        assert_eq!((counter(&open), rows(&open)), ("2 match · €34.00 disputed", 2));
        assert!(open.body.find("Gus Guest").unwrap() < open.body.find("Ana Ruiz").unwrap() && open.body.contains("Product not received"));
        assert_eq!(counter(&olivia.get("/disputes?due_to=2026-06-20")), "1 matches · €9.00 disputed");
        assert_eq!(counter(&olivia.get("/disputes?view=won")), "0 match");
        let home = olivia.get("/");
        assert_eq!(counter(&olivia.get(&link(&home, "/disputes?"))), "2 match · €34.00 disputed", "Home leads to the list that it counts");
        assert_eq!(counter(&olivia.get("/payments?view=disputed")), "2 match · €34.00 received");
    }

    fn subscriptions_stand_in_the_columns_of_the_profile(db) {
        let f = Fixture::new(db);
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        subscribe(&f, &ana, "Roastery Club", SubscriptionStatus::Active);
        subscribe(&f, &ana, "Tea Club", SubscriptionStatus::PastDue);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let all = olivia.get("/subscriptions?view=all");
        let table = &all.body[all.body.find("<thead>").unwrap()..];
        let heads: Vec<usize> = ["Name", "Status", "Total", "Cycle", "Start date", "Next payment date", "Customer"]
            .iter().map(|h| table.find(&format!(">{h}<")).unwrap_or_else(|| panic!("no head {h}"))).collect();
        assert!(heads.is_sorted(), "{heads:?}");
        assert!(all.body.contains("every 3 months") && all.body.contains("20 Jun 2026") && all.body.contains("href=\"/subscriptions/sub_"));
        for (query, said) in [("view=past_due", "1 matches"), ("q=tea", "1 matches"), ("q=ruiz", "2 match"), ("cycle=year", "0 match"), ("next_from=2026-06-21", "0 match")] {
            assert_eq!(counter(&olivia.get(&format!("/subscriptions?{query}"))), said, "{query}");
        }
    }

    fn orders_keep_their_address(db) {
        let f = Fixture::new(db);
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        let secret = key(&f, Rights::all());
        let desk = Desk::new(db);
        let made = api(&desk, &secret, "POST", "/orders", Some(&json!({ "customer": ana, "shop": f.shop })));
        assert_eq!(made.0, 201, "{made:?}");
        let number = made.1["number"].as_str().unwrap();
        let mut olivia = desk.owner(&f);
        for query in [format!("q={number}&state=draft&shop={}", f.shop), "q=ana%40example.es".to_owned(), "view=drafts".to_owned(), "q=ruiz".to_owned()] {
            let page = olivia.get(&format!("/orders?{query}"));
            assert!(page.body.contains(number) && rows(&page) == 1, "{query}");
        }
        assert_eq!(rows(&olivia.get("/orders?q=1002&state=open")), 0);
        assert!(olivia.get("/orders?view=all").body.contains("href=\"/orders/new\""));
    }

    fn views_and_columns_are_kept_for_each_list(db) {
        let f = Fixture::new(db);
        put(&f, paid(&f, Some(&customer(&f, "Ana", "ana@example.es")), 500));
        let desk = Desk::new(db);
        let (mut olivia, mut sam) = (desk.owner(&f), desk.person(&f, &of_role(&f, Role::ReadOnly)));
        assert_eq!(olivia.post("/payments/views", &[("name", " "), ("query", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        let saved = olivia.post("/payments/views", &[("name", "Refused"), ("shared", "1"), ("query", "view=failed&sort=amount")]).location;
        assert!(saved.ends_with("&status=failed&status=bounced&sort=amount"), "{saved}");
        assert!(olivia.get(&saved).body.contains("View “Refused” saved.") && sam.get("/payments?view=all").body.contains("Refused"));
        assert!(!olivia.get("/disputes?view=all").body.contains("Refused") && !olivia.get("/customers?view=all").body.contains("Refused"));
        assert_eq!(olivia.get("/payments/views/new?status=paid").status, StatusCode::OK);
        let back = olivia.post("/payments/columns", &[("query", "sort=amount"), ("column", "shop"), ("column", "secrets")]);
        assert_eq!(back.location, "/payments?sort=amount");
        let page = olivia.get(&back.location).body;
        assert!(page.contains("<th scope=\"col\">Shop</th>") && !page.contains("<th scope=\"col\">Provider</th>") && page.contains(">Date<"));
    }

    fn ticked_and_matching_ones_are_exported(db) {
        let f = Fixture::new(db);
        let ana = customer(&f, "Ana", "ana@example.es");
        let ids: Vec<PaymentId> = (0..3).map(|n| put(&f, paid(&f, Some(&ana), 1_000 + n))).collect();
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let two = [("id", ids[0].as_str()), ("id", ids[1].as_str()), ("action", "export")];
        let address = olivia.post("/payments/bulk?view=all", &two).location;
        assert!(olivia.get(&address).body.contains("The 2 selected payments"));
        let fields = [("id", ids[0].as_str()), ("id", ids[1].as_str()), ("format", "csv"), ("who", "these"), ("query", "")];
        assert_eq!(olivia.post("/payments/export", &fields).body.lines().count(), 3);
        let all_but_one = olivia.post("/payments/bulk?status=paid", &[("all", "1"), ("except", ids[2].as_str()), ("action", "export")]).location;
        assert!(all_but_one.contains("status=paid") && olivia.get(&all_but_one).body.contains("The 2 payments of the list"), "{all_but_one}");
        let file = olivia.post("/payments/export", &[("except", ids[2].as_str()), ("query", "status=paid"), ("format", "jsonl"), ("who", "these")]).body;
        assert!(file.lines().count() == 2 && file.contains("\"Amount\":10.01"), "{file}");
        assert_eq!(olivia.post("/payments/export", &[("query", "status=failed"), ("format", "csv"), ("who", "all")]).body.lines().count(), 4);
        assert_eq!(olivia.post("/payments/bulk?view=all", &[("action", "export")]).location, "/payments?view=all");
        assert!(olivia.get("/payments?view=all").body.contains("Tick the payments first."));
        let mut sam = desk.person(&f, &of_role(&f, Role::Support));
        let page = sam.get("/payments?view=all").body;
        assert!(!page.contains("/payments/export") && !page.contains("data-bulk") && !page.contains(">Refund<"), "no button that would be refused");
        assert_eq!(sam.post("/payments/export", &[("format", "csv")]).status, StatusCode::FORBIDDEN);
    }

    fn another_merchants_rows_are_not_there(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let other = f.other();
        let theirs = customer(&other, "Theirs", "t@example.com");
        let payment = put(&other, paid(&other, Some(&theirs), 777));
        dispute(&other, &payment, 777, 3);
        subscribe(&other, &theirs, "Their club", SubscriptionStatus::Active);
        let secret = key(&f, Rights::all());
        for list in ALL {
            let (at, api_at) = match list.name {
                "privacy_requests" => ("customers/requests", "privacy-requests"),
                "payment_links" => ("payment-links", "payment-links"),
                "mails" => ("outbox", "mails"),
                name => (name, name),
            };
            for query in ["view=all", "q=theirs", &format!("customer={theirs}")] {
                let page = olivia.get(&format!("/{at}?{query}"));
                assert!(page.status == StatusCode::OK && rows(&page) == 0 && !page.body.contains("€7.77"), "{} {query}", list.name);
            }
            assert_eq!(api(&desk, &secret, "GET", &format!("/{api_at}"), None).1["data"], json!([]), "{}", list.name);
            let export = json!({ "list": list.name, "format": "jsonl", "ids": [payment] });
            assert_eq!(api(&desk, &secret, "POST", "/exports", Some(&export)).2, "", "{}", list.name);
        }
    }

    fn programs_list_page_and_export_by_the_same_names(db) {
        let f = Fixture::new(db);
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        let ids: Vec<PaymentId> = (0..3).map(|n| put(&f, PaymentInput { paid_at: NOW - n * DAY, ..paid(&f, Some(&ana), 1_000 + n) })).collect();
        dispute(&f, &ids[0], 500, 4);
        subscribe(&f, &ana, "Club", SubscriptionStatus::Active);
        let desk = Desk::new(db);
        let secret = key(&f, Rights::all());
        let get = |path: &str| api(&desk, &secret, "GET", path, None);
        let (status, page, _) = get("/payments?limit=2&q=ruiz");
        assert_eq!((status, page["data"].as_array().unwrap().len(), &page["data"][0]["id"]), (200, 2, &json!(ids[0])), "{page}");
        assert_eq!(page["data"][0]["disputes"][0]["status"], json!("open"));
        let next = page["next"].as_str().unwrap();
        let (_, rest, _) = get(&format!("/payments?limit=2&q=ruiz&after={next}"));
        assert_eq!((rest["data"].as_array().unwrap().len(), rest.get("next"), &rest["data"][0]["id"]), (1, None, &json!(ids[2])));
        let (_, disputes, _) = get("/disputes");
        assert_eq!((&disputes["data"][0]["payment"], &disputes["data"][0]["name"]), (&json!(ids[0]), &json!("Ana Ruiz")), "{disputes}");
        assert_eq!(get("/disputes?status=won").1["data"], json!([]));
        assert_eq!(get("/subscriptions?status=active&sort=next").1["data"][0]["name"], json!("Club"));
        for (path, pointer) in [
            ("/payments?stauts=paid", "/stauts"), ("/payments?status=payed", "/status"), ("/payments?limit=0", "/limit"), ("/payments?per=25", "/per"),
            ("/disputes?due_from=soon", "/due_from"), ("/subscriptions?customer=x", "/customer"), ("/payments?after=x", "/after"), ("/orders?state=odd", "/state"),
        ] {
            let (status, said, _) = get(path);
            assert_eq!((status, said["errors"][0]["pointer"].as_str()), (422, Some(pointer)), "{path}: {said}");
        }
        let export = |body: Value| api(&desk, &secret, "POST", "/exports", Some(&body));
        let (_, _, file) = export(json!({ "list": "payments", "format": "csv", "query": "q=ruiz", "except": [ids[0]] }));
        assert_eq!((file.lines().count(), file.starts_with("Date,Amount,")), (3, true), "{file}");
        assert_eq!(export(json!({ "list": "disputes", "format": "jsonl" })).2.lines().count(), 1);
        for (body, pointer) in [
            (json!({ "list": "secrets", "format": "csv" }), "/list"), (json!({ "list": "payments", "format": "csv", "columns": ["x"] }), "/columns"),
            (json!({ "list": "payments", "format": "csv", "query": "stauts=paid" }), "/query"), (json!({ "format": "csv", "ids": ["nobody"] }), "/ids/0"),
            (json!({ "list": "payments", "format": "csv", "ids": [], "query": "" }), "/ids"),
        ] {
            let (status, said, _) = export(body.clone());
            assert_eq!((status, said["errors"][0]["pointer"].as_str()), (422, Some(pointer)), "{body}: {said}");
        }
        let reader = key(&f, Rights::of(&[Right::Read]));
        assert_eq!(api(&desk, &reader, "POST", "/exports", Some(&json!({ "list": "payments", "format": "csv" }))).0, 403);
    }

    fn several_guest_payments_are_attached_at_once(db) {
        let f = Fixture::new(db);
        let ana = customer(&f, "Ana", "ana@example.es");
        let ids: Vec<PaymentId> = (0..3).map(|n| guest(&f, "ANA@example.es", 1_000 + n)).collect();
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let at = format!("/customers/{ana}/guest-payments");
        assert!(olivia.get(&at).body.contains("Attach the ticked ones"));
        assert_eq!(olivia.post(&at, &[]).location, at);
        assert!(olivia.get(&at).body.contains("Nothing was attached."));
        olivia.post(&at, &[("payment", ids[0].as_str()), ("payment", ids[1].as_str()), ("payment", ids[0].as_str())]);
        let page = olivia.get(&at).body;
        assert!(page.contains("2 payments attached. They count now.") && page.matches("/detach").count() == 2, "{page}");
        assert_eq!(rows(&olivia.get(&format!("/payments?customer={ana}"))), 2);
        let mut sam = desk.person(&f, &of_role(&f, Role::ReadOnly));
        assert_eq!(sam.post(&at, &[("payment", ids[2].as_str())]).status, StatusCode::FORBIDDEN);
    }
}
