//! The API as programs meet it: keys in, problems out, each resource's story, and what is sent twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use domain::kit::{Right, Rights};
use domain::testing::Fixture;
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use server::http::Policy;

use crate::desk::{Desk, key};

/// A program with a key.
struct Program<'a> {
    desk: &'a Desk,
    key: String,
}

/// An answer, its body read as JSON.
#[derive(Debug)]
struct Said {
    status: u16,
    location: String,
    json: Value,
}

impl<'a> Program<'a> {
    fn new(desk: &'a Desk, f: &Fixture) -> Self {
        Self { desk, key: key(f, Rights::all()) }
    }

    fn with(desk: &'a Desk, f: &Fixture, scopes: &[Right]) -> Self {
        Self { desk, key: key(f, Rights::of(scopes)) }
    }

    fn say(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Said {
        let mut request =
            Request::builder().method(method).uri(format!("/api/v1{path}")).header("authorization", format!("Bearer {}", self.key));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.desk.send(request.body(Body::from(body.to_owned())).unwrap());
        let json = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        Said { status: answer.status.as_u16(), location: answer.location, json }
    }

    fn get(&self, path: &str) -> Said {
        self.say("GET", path, &[], "")
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Said {
        self.say(method, path, &[("content-type", "application/json")], &body.to_string())
    }

    fn post(&self, path: &str, body: &Value) -> Said {
        self.send("POST", path, body)
    }

    /// A customer; gives its id.
    fn customer(&self, email: &str) -> String {
        let made = self.post("/customers", &json!({ "email": email }));
        assert_eq!(made.status, 201, "{made:?}");
        text(&made.json["customer"]["id"])
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The pointers of a 422.
fn pointers(said: &Said) -> Vec<String> {
    assert_eq!(said.status, 422, "{said:?}");
    said.json["errors"].as_array().unwrap().iter().map(|e| text(&e["pointer"])).collect()
}

fn refused(said: &Said, status: u16, code: &str) {
    assert_eq!((said.status, said.json["code"].as_str()), (status, Some(code)), "{said:?}");
}

fn basket(f: &Fixture, id: &str, email: &str) -> Value {
    json!({ "shop": f.shop, "external_id": id, "currency": "EUR", "state": "paid", "buyer": { "email": email, "name": "Ana Ruiz" },
        "lines": [{ "sku": "COF", "title": "Coffee", "quantity": "2", "unit_price": "12.50" }],
        "payments": [{ "provider": "stripe", "provider_ref": format!("pi_{id}"), "amount": 2500,
            "method": { "kind": "card", "brand": "visa", "last4": "4242", "fingerprint": format!("fp_{id}") } }] })
}

store::db_test! {
    domain::migrations();

    fn customers_are_found_by_their_metadata_wherever_a_list_is_asked(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        for (email, tier) in [("ana@example.es", "gold"), ("bob@example.com", "silver"), ("cem@example.com", "gold")] {
            assert_eq!(p.post("/customers", &json!({ "email": email, "metadata": { "tier": tier } })).status, 201);
        }
        for (query, total) in [("metadata[tier]=gold", 2), ("metadata%5Btier%5D=gold&q=ana", 1), ("metadata[tier]=gold&metadata[tier]=silver", 3), ("metadata[tier]=Gold", 0)] {
            assert_eq!(p.get(&format!("/customers?{query}")).json["total"], json!(total), "{query}");
            assert_eq!(p.get(&format!("/customers/counts?{query}")).json["active"], json!(total), "{query}");
        }
        for slip in ["metadata[tier]=", "metadata[]=gold", "metadata=gold", "metdata[tier]=gold", "metadata[tier=gold"] {
            assert_eq!(p.get(&format!("/customers?{slip}")).status, 422, "{slip}");
        }
        let made = p.post("/views", &json!({ "name": "Gold", "query": "metadata[tier]=gold" }));
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(p.get(&format!("/customers?view={}", text(&made.json["id"]))).json["total"], json!(2));
        let seen = p.post("/customers/bulk/preview", &json!({ "action": "archive", "query": "metadata[tier]=gold" }));
        assert_eq!(seen.status, 200, "{seen:?}");
        let file = desk.send(
            Request::post("/api/v1/exports").header("authorization", format!("Bearer {}", p.key)).header("content-type", "application/json")
                .body(Body::from(json!({ "format": "csv", "query": "metadata[tier]=gold" }).to_string())).unwrap(),
        );
        assert!(file.body.contains("ana@example.es") && !file.body.contains("bob@example.com"), "{}", file.body);
        let page = desk.owner(&f).get("/customers?metadata[tier]=gold&sort=name").body;
        assert!(page.contains("tier: gold") && page.contains("name=\"metadata[tier]\" value=\"gold\"") && !page.contains("bob@example.com"), "{page}");
    }

    fn what_only_pages_told_is_told_to_programs(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        assert!(p.post("/checkouts", &basket(&f, "1", "ana@example.es")).status < 300);
        let ana = text(&p.get("/customers/lookup?email=ana@example.es").json["id"]);
        let spend = p.get(&format!("/customers/{ana}/spend?months=3")).json;
        assert_eq!((spend["months"].as_array().unwrap().len(), &spend["months"][2]["spent"], &spend["rates_missing"]), (3, &json!(2500), &json!(false)), "{spend}");
        for wrong in ["0", "61", "x"] {
            assert_eq!(p.get(&format!("/customers/{ana}/spend?months={wrong}")).status, 422, "{wrong}");
        }
        let none = p.get("/unmatched");
        assert_eq!((none.status, &none.json["total"]), (200, &json!(0)), "{none:?}");
        let post = |key: &str, body: &Value| {
            let request = Request::post("/api/v1/affiliates/exports").header("authorization", format!("Bearer {key}"));
            desk.send(request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap())
        };
        let file = post(&p.key, &json!({ "from": "2026-01-01T00:00:00Z" }));
        assert!(file.status == 200 && file.body.starts_with("Affiliate,Code,Payment"), "{}", file.body);
        assert_eq!(post(&p.key, &json!({ "affiliate": "aff_01k00000000000000000000000" })).status, 404);
        assert_eq!(post(&Program::with(&desk, &f, &[Right::Read]).key, &json!({})).status, 403);
    }

    fn a_customer_is_made_found_changed_annotated_archived_and_deleted(db) {
        let f = Fixture::new(db);
        let (desk, tags) = (Desk::new(db), json!({ "tags": ["Wholesale", "wholesale", "VIP"] }));
        let p = Program::new(&desk, &f);
        let made = p.post("/customers", &json!({ "email": "ana@example.es", "name": "Ana Ruiz", "billing": { "country": "ES" },
            "external_ids": [{ "system": "shopify", "id": "77" }] }));
        assert_eq!(made.status, 201, "{made:?}");
        let id = text(&made.json["customer"]["id"]);
        assert_eq!(made.location, format!("/api/v1/customers/{id}"));
        for by in ["email=ANA@example.es", "system=shopify&external_id=77", "number=1001"] {
            assert_eq!(p.get(&format!("/customers/lookup?{by}")).json["id"], json!(id), "{by}");
        }
        assert_eq!(p.get("/customers?q=ruiz&country=ES").json["total"], json!(1));
        let counts = p.get("/customers/counts");
        assert_eq!((&counts.json["total"], &counts.json["active"]), (&json!(1), &json!(1)), "{counts:?}");
        let note = p.post(&format!("/customers/{id}/notes"), &json!({ "body": "Calls in the morning." }));
        assert_eq!(note.status, 201, "{note:?}");
        let path = format!("/customers/{id}/notes/{}", text(&note.json["id"]));
        assert!(p.send("PATCH", &path, &json!({ "pinned": true })).json["pinned_at"].is_string());
        let tagged = p.send("PUT", &format!("/customers/{id}/tags"), &tags);
        assert_eq!(tagged.json["tags"].as_array().unwrap().len(), 2, "{tagged:?}");
        let seen = p.get(&format!("/customers/{id}"));
        let version = seen.json["version"].clone();
        let edit = |name: &str| p.send("PATCH", &format!("/customers/{id}"), &json!({ "name": name, "expected_version": version }));
        assert_eq!(edit("Ana R.").json["name"], json!("Ana R."));
        refused(&edit("Somebody"), 409, "stale");
        assert_eq!(p.post(&format!("/customers/{id}/archive"), &json!({})).status, 204);
        refused(&p.post("/orders", &json!({ "customer": id, "shop": f.shop })), 409, "customer_inactive");
        assert_eq!(p.say("DELETE", &format!("/customers/{id}"), &[], "").status, 204);
        assert_eq!(p.get(&format!("/customers/{id}")).json["status"], json!("deleted"));
        assert_eq!(p.post(&format!("/customers/{id}/restoration"), &json!({})).status, 204);
        let kinds: Vec<String> = p.get(&format!("/customers/{id}/events")).json["data"].as_array().unwrap().iter().map(|e| text(&e["kind"])).collect();
        assert!(kinds.iter().take(2).any(|k| k == "customer.restored"), "{kinds:?}");
        assert!(kinds.contains(&"customer.archived".to_owned()) && kinds.contains(&"note.added".to_owned()), "{kinds:?}");
        assert_eq!(p.post(&format!("/customers/{id}/purge"), &json!({})).status, 204);
        assert_eq!(p.get(&format!("/customers/{id}")).status, 404);
    }

    fn a_call_from_another_site_is_told_so_and_changes_nothing(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        let headers = [("content-type", "application/json"), ("sec-fetch-site", "cross-site"), ("host", "desk.test")];
        refused(&p.say("POST", "/customers", &headers, r#"{ "email": "ana@example.es" }"#), 403, "cross_site");
        assert_eq!(p.get("/customers").json["total"], json!(0));
    }

    fn the_body_of_a_refused_call_is_read_away_up_to_a_limit(db) {
        Fixture::new(db);
        let desk = Desk::new(db);
        let send = |chunks: usize| {
            let read = Arc::new(AtomicUsize::new(0));
            let seen = Arc::clone(&read);
            let body = futures_util::stream::iter(0..chunks).map(move |_| {
                seen.fetch_add(1, Ordering::SeqCst);
                Ok::<_, std::io::Error>(vec![b' '; 10_000])
            });
            let request = Request::post("/api/v1/customers").header("content-type", "application/json").body(Body::from_stream(body)).unwrap();
            assert_eq!(desk.send(request).status.as_u16(), 401, "nobody without a key");
            read.load(Ordering::SeqCst)
        };
        assert_eq!(send(20), 20, "the connection is clean for the next call");
        assert!(send(10_000) < 40, "and nobody makes the desk read for ever");
    }

    fn a_checkout_makes_one_order_and_one_customer_however_often_it_comes(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        let first = p.post("/checkouts", &basket(&f, "w1", "ana@example.es"));
        assert_eq!((first.status, &first.json["customer_created"]), (201, &json!(true)), "{first:?}");
        let again = p.post("/checkouts", &basket(&f, "w1", "ana@example.es"));
        assert_eq!((again.status, &again.json["changed"], &again.json["order"]), (200, &json!(false), &first.json["order"]), "{again:?}");
        let many = p.post("/checkouts/bulk", &json!({ "checkouts": [basket(&f, "w1", "ana@example.es"), basket(&f, "w2", "nonsense"),
            basket(&f, "w3", "ana@example.es")] }));
        let statuses: Vec<_> = many.json["results"].as_array().unwrap().iter().map(|r| r["status"].as_u64().unwrap()).collect();
        assert_eq!((many.status, statuses), (200, vec![200, 422, 201]), "{many:?}");
        assert_eq!(many.json["results"][1]["problem"]["errors"][0]["pointer"], json!("/buyer/email"));
        let odd = p.post("/checkouts/bulk", &json!({ "checkouts": [{ "external_id": "w9", "shop": f.shop, "currency": 7 }, ["w8"], basket(&f, "w3", "ana@example.es")] }));
        let statuses: Vec<_> = odd.json["results"].as_array().unwrap().iter().map(|r| r["status"].as_u64().unwrap()).collect();
        assert_eq!((odd.status, statuses, &odd.json["results"][0]["external_id"]), (200, vec![422, 422, 200], &json!("w9")), "{odd:?}");
        let customer = text(&first.json["customer"]);
        let seen = p.get(&format!("/customers/{customer}"));
        assert_eq!((&seen.json["order_count"], &seen.json["status"]), (&json!(2), &json!("active")), "{seen:?}");
        assert_eq!(seen.json["lifetime"], json!({ "amount": 5000, "currency": "EUR", "decimal": "50.00" }));
        let orders = p.get(&format!("/customers/{customer}/orders?limit=1"));
        let next = text(&orders.json["next"]);
        let rest = p.get(&format!("/customers/{customer}/orders?limit=1&after={next}"));
        assert_eq!((rest.json["data"].as_array().unwrap().len(), rest.json.get("next")), (1, None), "{rest:?}");
        assert_ne!(orders.json["data"][0]["id"], rest.json["data"][0]["id"]);
        assert_eq!(p.get(&format!("/customers/{customer}/methods")).json["data"].as_array().unwrap().len(), 2);
        let linked = p.say("DELETE", &format!("/customers/{customer}"), &[], "");
        assert_eq!(linked.status, 204);
        let purge = p.post(&format!("/customers/{customer}/purge"), &json!({}));
        refused(&purge, 409, "linked");
        assert!(purge.json["links"].as_array().unwrap().len() >= 2, "{purge:?}");
    }

    fn an_order_is_drafted_placed_paid_refunded_and_closed(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        let customer = p.customer("ana@example.es");
        let lines = json!([{ "title": "Coffee", "quantity": "3", "unit_price": "9.99" }]);
        let draft = p.post("/orders", &json!({ "customer": customer, "shop": f.shop }));
        assert_eq!((draft.status, &draft.json["state"]), (201, &json!("draft")), "{draft:?}");
        let path = format!("/orders/{}", text(&draft.json["id"]));
        refused(&p.post(&format!("{path}/placement"), &json!({})), 409, "order_state");
        assert_eq!(p.send("PATCH", &path, &json!({ "lines": lines, "shipping": 495 })).json["total"]["amount"], json!(3492));
        assert_eq!(p.post(&format!("{path}/placement"), &json!({})).json["state"], json!("open"));
        assert_eq!(p.post(&format!("{path}/payment"), &json!({ "kind": "transfer" })).json["state"], json!("paid"));
        let payments = p.get(&format!("{path}/payments"));
        let payment = text(&payments.json["data"][0]["id"]);
        refused(&p.post(&format!("{path}/cancellation"), &json!({})), 409, "paid");
        let refund = p.post(&format!("/payments/{payment}/refunds"), &json!({ "amount": 492, "reason": "Broken", "tell_customer": true }));
        assert_eq!((refund.status, &refund.json["refundable"]["amount"]), (201, &json!(3000)), "{refund:?}");
        assert!(refund.json["refunds"][0]["tell_customer"] == json!(true) && refund.json["refunds"][0]["mail"].is_string(), "{refund:?}");
        assert_eq!(pointers(&p.post(&format!("/payments/{payment}/refunds"), &json!({ "amount": 3001 }))), ["/amount"]);
        assert_eq!(p.post(&format!("{path}/fulfilment"), &json!({})).json["state"], json!("fulfilled"));
        assert_eq!(p.post(&format!("{path}/closing"), &json!({})).json["state"], json!("closed"));
        let dispute = json!({ "amount": 1000, "status": "open", "opened_at": "2026-06-10T08:00:00Z", "provider_ref": "dp_1" });
        let opened = p.post(&format!("/payments/{payment}/disputes"), &dispute);
        assert_eq!(opened.status, 200, "{opened:?}");
        assert_eq!(p.post(&format!("/disputes/{}/decision", text(&opened.json["id"])), &json!({ "won": false })).status, 204);
        assert_eq!(p.get(&format!("/payments/{payment}")).json["lost"]["amount"], json!(1000));
        assert_eq!(p.get(&format!("/customers/{customer}")).json["lifetime"]["amount"], json!(2000));
    }

    fn a_guest_payment_finds_its_customer_and_can_be_taken_back(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        let customer = p.customer("ana@example.es");
        let mut guest = basket(&f, "g1", "ana@example.es");
        guest["guest"] = json!(true);
        let payment = text(&p.post("/checkouts", &guest).json["payments"][0]);
        let path = format!("/customers/{customer}/guest-payments");
        assert_eq!(p.get(&path).json["data"][0]["reasons"], json!(["email"]));
        assert_eq!(p.post(&path, &json!({ "payment": payment })).status, 204);
        assert_eq!(p.get(&format!("/customers/{customer}")).json["lifetime"]["amount"], json!(2500));
        refused(&p.post(&path, &json!({ "payment": payment })), 409, "attached");
        assert_eq!(p.say("DELETE", &format!("/payments/{payment}/attachment"), &[], "").status, 204);
        assert_eq!(p.get(&format!("/customers/{customer}")).json["lifetime"]["amount"], json!(0));
    }

    fn a_live_subscription_refuses_the_archive_until_one_says_how_it_ends(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        let customer = p.customer("ana@example.es");
        let club = json!({ "customer": customer, "shop": f.shop, "name": "Club", "status": "active", "currency": "EUR", "amount": 1500,
            "cycle_unit": "month", "started_at": "2026-05-01T00:00:00+02:00", "next_payment_at": "2026-07-01T00:00:00+02:00" });
        let put = p.post("/subscriptions", &club);
        assert_eq!((put.status, &put.json["started_at"]), (200, &json!("2026-04-30T22:00:00Z")), "{put:?}");
        let path = format!("/customers/{customer}/archive");
        refused(&p.post(&path, &json!({})), 409, "live_subscription");
        assert_eq!(p.post(&path, &json!({ "cancel_subscriptions": "now" })).status, 204);
        assert_eq!(p.get(&format!("/customers/{customer}/subscriptions")).json["data"][0]["status"], json!("ended"));
    }

    fn a_group_action_is_previewed_run_and_undone(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        let ids: Vec<_> = (0..3).map(|i| p.customer(&format!("c{i}@example.es"))).collect();
        assert_eq!(p.post(&format!("/customers/{}/archive", ids[0]), &json!({})).status, 204);
        let all = json!({ "action": "archive", "query": "" });
        let preview = p.post("/customers/bulk/preview", &all);
        // The archived one is not in the list of its own accord (SPEC 1.9), so it is not selected.
        assert_eq!((&preview.json["will"], &preview.json["refused"]), (&json!(2), &json!([])), "{preview:?}");
        let run = p.post("/customers/bulk", &all);
        assert_eq!((run.status, &run.json["done"]), (200, &json!(2)), "{run:?}");
        let job = text(&run.json["job"]);
        assert_eq!(p.get(&format!("/jobs/{job}/rows?outcome=done")).json["data"].as_array().unwrap().len(), 2);
        assert_eq!(p.get("/customers?active=true").json["total"], json!(0));
        assert_eq!(p.post(&format!("/jobs/{job}/undo"), &json!({})).status, 202);
        assert_eq!(p.get("/customers?active=true").json["total"], json!(2));
        assert_eq!(pointers(&p.post("/customers/bulk", &json!({ "action": "add_tags", "ids": [ids[1]] }))), ["/tags"]);
        assert_eq!(p.post("/customers/bulk", &json!({ "action": "archive" })).status, 422);
        assert_eq!(pointers(&p.post("/customers/bulk/preview", &json!({ "action": "delete", "query": "staus=idle" }))), ["/query"]);
        assert_eq!(pointers(&p.post("/customers/bulk", &json!({ "action": "set_group", "query": "" }))), ["/group"]);
        assert_eq!(pointers(&p.post("/exports", &json!({ "format": "csv", "query": "staus=idle" }))), ["/query"]);
        assert_eq!(pointers(&p.post("/tags", &json!({ "name": "a\u{0}b" }))), ["/name"]);
        assert_eq!(pointers(&p.post("/tags", &json!(["by place"]))), [""]);
    }

    fn an_export_has_its_columns_its_rows_and_its_line_in_the_audit_log(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        (0..2).for_each(|i| drop(p.customer(&format!("c{i}@example.es"))));
        let file = |body: Value| {
            let request = Request::builder().method("POST").uri("/api/v1/exports").header("authorization", format!("Bearer {}", p.key));
            desk.send(request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap()).body
        };
        let csv = file(json!({ "format": "csv" }));
        assert_eq!((csv.lines().count(), csv.lines().next().unwrap().split(',').count()), (3, 14), "{csv}");
        let some = file(json!({ "format": "jsonl", "query": "q=c1", "columns": ["status"] }));
        assert_eq!((some.lines().count(), some.contains("c1@example.es")), (1, true), "{some}");
        assert_eq!(p.post("/exports", &json!({ "format": "csv", "query": "status=nonsense" })).status, 422);
        let noted = p.get("/events?kind=customers.exported");
        let mut counts: Vec<_> = noted.json["data"].as_array().unwrap().iter().map(|e| e["data"]["count"].as_i64()).collect();
        counts.sort_unstable();
        assert_eq!(counts, [Some(1), Some(2)], "{noted:?}");
        refused(&Program::with(&desk, &f, &[Right::Read]).post("/exports", &json!({ "format": "csv" })), 403, "forbidden");
        for (key, status) in [("", 422), (&*"k".repeat(201), 422), ("two words", 400), ("k", 200)] {
            let headers = [("content-type", "application/json"), ("idempotency-key", key)];
            assert_eq!(p.say("POST", "/exports", &headers, r#"{ "format": "csv" }"#).status, status, "the key {key:?}, also where nothing is kept");
        }
    }

    fn settings_are_read_and_changed(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        assert_eq!(p.get("/me").json["merchant"]["name"], json!("Roastery"));
        let edited = p.send("PATCH", "/merchant", &json!({ "active_days": 90 }));
        assert_eq!((&edited.json["active_days"], &edited.json["currency"]), (&json!(90), &json!("EUR")), "{edited:?}");
        assert_eq!(p.get("/jobs").json["data"][0]["kind"], json!("recompute"));
        refused(&p.post(&format!("/shops/{}/archive", f.shop), &json!({})), 409, "last_shop");
        let shop = p.post("/shops", &json!({ "name": "Market", "currency": "GBP" }));
        assert_eq!((shop.status, &shop.json["currency"]), (201, &json!("GBP")), "{shop:?}");
        let group = p.post("/groups", &json!({ "name": "Wholesale" }));
        let customer = p.customer("ana@example.es");
        assert_eq!(p.send("PUT", &format!("/customers/{customer}/group"), &json!({ "group": group.json["id"] })).status, 204);
        assert_eq!(p.get("/groups").json["data"][0]["customers"], json!(1));
        assert_eq!(p.say("DELETE", &format!("/groups/{}", text(&group.json["id"])), &[], "").json["customers"], json!(1));
        assert_eq!(p.send("PUT", "/rates/USD/2026-06-12", &json!({ "per_euro": "1.08" })).status, 204);
        assert_eq!(p.get("/rates/USD").json["data"][0]["day"], json!("2026-06-12"));
        assert_eq!(pointers(&p.send("PUT", "/rates/USD/2026-06-16", &json!({ "per_euro": "1.08" }))), ["/day"]);
        let view = p.post("/views", &json!({ "name": "Idle", "query": "status=idle" }));
        assert_eq!(p.get(&format!("/customers?view={}", text(&view.json["id"]))).json["total"], json!(0), "{view:?}");
        assert_eq!(p.get("/events?kind=shop.created").json["data"].as_array().unwrap().len(), 2);
    }

    fn a_secret_is_told_once_and_nobody_gives_what_they_lack(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::with(&desk, &f, &[Right::Staff, Right::Read]);
        assert_eq!(pointers(&p.post("/api-keys", &json!({ "name": "x", "scopes": ["purge"] }))), ["/scopes"]);
        let headers = [("content-type", "application/json"), ("idempotency-key", "k1")];
        let body = json!({ "name": "Reader", "scopes": ["read"] }).to_string();
        let made = p.say("POST", "/api-keys", &headers, &body);
        let secret = text(&made.json["secret"]);
        assert!(made.status == 201 && secret.starts_with("rk_live_"), "{made:?}");
        let again = p.say("POST", "/api-keys", &headers, &body);
        assert_eq!((&again.json["id"], &again.json["secret"]), (&made.json["id"], &Value::Null), "{again:?}");
        let reader = Program { desk: &desk, key: secret };
        assert_eq!(reader.get("/me").json["scopes"], json!(["read"]));
        assert_eq!(p.say("DELETE", &format!("/api-keys/{}", text(&made.json["id"])), &[], "").status, 200);
        assert_eq!(reader.get("/me").status, 401);
        let invited = p.post("/invitations", &json!({ "email": "sam@example.com", "role": "read_only" }));
        assert!(text(&invited.json["link"]).starts_with("/invitations/"), "{invited:?}");
        refused(&p.post("/invitations", &json!({ "email": "o@example.com", "role": "owner" })), 409, "owners_only");
        refused(&p.post(&format!("/staff/{}/disabling", f.owner), &json!({})), 409, "owners_only");
    }

    fn the_same_key_gives_the_first_answer_again(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        let headers = [("content-type", "application/json"), ("idempotency-key", "once")];
        let body = json!({ "email": "ana@example.es" }).to_string();
        let first = p.say("POST", "/customers", &headers, &body);
        let second = p.say("POST", "/customers", &headers, &body);
        assert_eq!((second.status, &second.json), (201, &first.json));
        assert_eq!(p.get("/customers").json["total"], json!(1));
        refused(&p.say("POST", "/customers", &headers, &json!({ "email": "b@example.es" }).to_string()), 409, "key_reused");
    }

    fn bad_input_is_told_field_by_field(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        assert_eq!(pointers(&p.post("/customers", &json!({ "email": "a@b.example", "nmae": "x" }))), ["/nmae"]);
        assert_eq!(pointers(&p.post("/customers", &json!({ "email": 5 }))), ["/email"]);
        assert_eq!(pointers(&p.post("/customers", &json!({ "name": "x" }))), ["/email"]);
        let mut bad = basket(&f, "w1", "ana@example.es");
        bad["lines"][0]["quantity"] = json!(2);
        assert_eq!(pointers(&p.post("/checkouts", &bad)), ["/lines/0/quantity"]);
        assert_eq!(pointers(&p.get("/customers?stauts=active")), ["/stauts"]);
        assert_eq!(pointers(&p.get("/customers?status=activ")), ["/status"]);
        assert_eq!(pointers(&p.get("/orders?limit=0")), ["/limit"]);
        assert_eq!(pointers(&p.get("/orders?limit=x")), ["/limit"]);
        assert_eq!(pointers(&p.get("/shops?x=1")), ["/x"]);
        refused(&p.say("POST", "/customers", &[("content-type", "application/json")], "{"), 400, "malformed");
        refused(&p.say("POST", "/customers", &[("content-type", "text/plain")], "{}"), 415, "unsupported_media_type");
        refused(&p.say("PUT", "/customers", &[], ""), 405, "method_not_allowed");
        refused(&p.get("/nowhere"), 404, "not_found");
        for path in ["/customers/nonsense", "/customers/%FF", "/orders/cus_zz", "/payments/'; --"] {
            refused(&p.get(&path.replace(' ', "%20")), 404, "not_found");
        }
    }

    fn another_merchants_things_are_not_there(db) {
        let f = Fixture::new(db);
        let other = f.other();
        let desk = Desk::new(db);
        let (own, them) = (Program::new(&desk, &f), Program::new(&desk, &other));
        let sold = own.post("/checkouts", &basket(&f, "w1", "ana@example.es"));
        let (customer, order, payment) = (text(&sold.json["customer"]), text(&sold.json["order"]), text(&sold.json["payments"][0]));
        for path in [
            format!("/customers/{customer}"),
            format!("/customers/{customer}/orders"),
            format!("/customers/{customer}/payments"),
            format!("/customers/{customer}/methods"),
            format!("/customers/{customer}/events"),
            format!("/customers/{customer}/notes"),
            format!("/customers/{customer}/guest-payments"),
            format!("/orders/{order}"),
            format!("/orders/{order}/payments"),
            format!("/payments/{payment}"),
            format!("/shops/{}", f.shop),
        ] {
            assert_eq!(own.get(&path).status, 200, "{path}");
            refused(&them.get(&path), 404, "not_found");
        }
        refused(&them.say("DELETE", &format!("/customers/{customer}"), &[], ""), 404, "not_found");
        refused(&them.post(&format!("/payments/{payment}/refunds"), &json!({ "amount": 1 })), 404, "not_found");
        assert_eq!(pointers(&them.post("/checkouts", &basket(&f, "w9", "b@example.es"))), ["/shop"]);
        assert_eq!(them.get("/customers").json["total"], json!(0));
    }

    fn who_may_write_but_not_read_is_told_what_became_of_it(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::with(&desk, &f, &[Right::Write]);
        let id = p.customer("ana@example.es");
        assert_eq!(p.send("PUT", &format!("/customers/{id}/tags"), &json!({ "tags": ["VIP"] })).status, 200);
        refused(&p.get(&format!("/customers/{id}")), 403, "forbidden");
        refused(&p.say("DELETE", &format!("/customers/{id}"), &[], ""), 403, "forbidden");
    }

    fn strange_text_comes_back_as_it_went_in(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        let strange = ["Ω≈ç√∫", "'; DROP TABLE customers; --", "<script>alert(1)</script>", "𝕿𝖍𝖊", "עברית", "%s%n", "null", "ﷺ", "🏳️‍🌈", "\u{202e}x"];
        for (i, text) in strange.into_iter().enumerate() {
            let body = json!({ "email": format!("s{i}@example.es"), "name": text, "company": text, "note": text, "metadata": { "k": text },
                "billing": { "line1": text, "city": text } });
            let made = p.post("/customers", &body);
            assert_eq!(made.status, 201, "{text}: {made:?}");
            let c = &made.json["customer"];
            let back = [&c["name"], &c["company"], &c["metadata"]["k"], &c["billing"]["line1"], &c["billing"]["city"]];
            assert_eq!(back, [&json!(text); 5], "{text}");
        }
        let nul = p.post("/customers", &json!({ "email": "n@example.es", "name": "a\u{0}b" }));
        assert_eq!(nul.status, 422, "{nul:?}");
    }

    fn a_picture_goes_in_and_comes_out_square(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let p = Program::new(&desk, &f);
        let path = format!("/customers/{}/avatar", p.customer("ana@example.es"));
        assert_eq!(p.get(&path).status, 404);
        assert_eq!(p.say("PUT", &path, &[("content-type", "image/png")], "no picture").status, 422);
        refused(&p.say("PUT", &path, &[("content-type", "image/gif")], "GIF89a"), 415, "unsupported_media_type");
    }

    fn the_description_names_every_operation_once_with_its_problems(db) {
        Fixture::new(db);
        let desk = Desk::new(db);
        let answer = desk.send(Request::builder().uri("/api/v1/openapi.json").body(Body::empty()).unwrap());
        let api: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(text(&api["openapi"]).starts_with("3.1"));
        let mut seen = std::collections::BTreeSet::new();
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = text(&operation["operationId"]);
                assert!(!id.is_empty() && seen.insert(id.clone()), "{method} {path}: {id}");
                assert!(!text(&operation["summary"]).is_empty() && operation["tags"][0].is_string(), "{id}");
                for status in ["401", "403", "422", "429", "503"] {
                    assert!(operation["responses"][status].is_object(), "{id} {status}");
                }
                assert!(operation["responses"].as_object().unwrap().keys().any(|s| s.starts_with('2')), "{id}");
                for (status, response) in operation["responses"].as_object().unwrap() {
                    assert!(!text(&response["description"]).is_empty(), "{id} {status}: a response without a description is not valid");
                }
            }
        }
        let lines = desk.table.iter().filter(|l| l.path.starts_with("/api/")).count();
        assert_eq!(seen.len(), lines, "the description is the table");
        for line in desk.table.iter().filter(|l| l.path.starts_with("/api/")) {
            let operation = &api["paths"][&line.path][line.method.as_str().to_ascii_lowercase()];
            let told = &operation["security"];
            match line.policy {
                Policy::May(right) => assert_eq!(told, &json!([{ "key": [right.name()] }]), "the scope of {} {}", line.method, line.path),
                _ => assert!(told.is_null(), "{} {} names a scope", line.method, line.path),
            }
        }
        for path in ["/api/v1/staff/{id}/drafts", "/api/v1/staff/{id}/signature"] {
            let shut_out = &api["paths"][path]["get"]["responses"]["409"];
            assert!(shut_out["content"]["application/problem+json"].is_object(), "a read that meets a state: {path} {shut_out}");
        }
        for name in answer.body.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(api["components"]["schemas"][name].is_object(), "{name} is used and not described");
        }
    }
}
