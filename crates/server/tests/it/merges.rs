//! Merging as people press it and programs send it: what moves, where the old id leads, undo, and what is refused.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{CustomerId, Right, Rights, Role};
use domain::testing::Fixture;
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};

fn customer(f: &Fixture, email: &str, name: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: name.into(), ..NewCustomer::default() });
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

fn pay(desk: &Desk, key: &str, f: &Fixture, customer: &CustomerId, amount: i64) {
    let body = json!({ "customer": customer, "shop": f.shop, "currency": "EUR", "amount": amount, "kind": "cash" });
    assert_eq!(say(desk, key, "POST", "/payments", &body).0, 201);
}

fn hidden(body: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = body.find(&start).unwrap_or_else(|| panic!("no field {name} in {body}")) + start.len();
    body[at..at + body[at..].find('"').unwrap()].to_owned()
}

store::db_test! {
    domain::migrations();

    fn the_page_finds_shows_merges_once_and_undoes(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let programme = key(&f, Rights::all());
        let (stays, gone) = (customer(&f, "ana@example.es", "Ana Ruiz"), customer(&f, "ana.ruiz@example.com", "Ana R."));
        pay(&desk, &programme, &f, &stays, 1000);
        pay(&desk, &programme, &f, &gone, 2500);
        let at = format!("/customers/{gone}");
        assert!(olivia.get(&at).body.contains(&format!("{at}/merge")), "the menu leads there");
        let found = olivia.get(&format!("{at}/merge?q=ruiz")).body;
        assert!(found.contains(&format!("{at}/merge?into={stays}")), "{found}");
        assert!(!found.contains(&format!("into={gone}")), "never itself");
        assert!(olivia.get(&format!("{at}/merge?q=zzz")).body.contains("Nobody else matches"));
        let page = olivia.get(&format!("{at}/merge?into={stays}")).body;
        for words in ["Merge Ana R. into Ana Ruiz?", "1 payment<", "€35.00", "It can be undone for 30 days.", "ana.ruiz@example.com"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(page.contains(&format!("/customers/{stays}/merge?into={gone}")), "the swap");
        let (once, into) = (hidden(&page, "once"), stays.to_string());
        let form = [("once", once.as_str()), ("into", into.as_str()), ("choice.name", gone.as_str()), ("choice.email", into.as_str())];
        let done = olivia.post(&format!("{at}/merge"), &form);
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, format!("/customers/{stays}").as_str()));
        assert_eq!(olivia.post(&format!("{at}/merge"), &form).status, StatusCode::SEE_OTHER, "a double click is one merge");
        let profile = olivia.get(&format!("/customers/{stays}")).body;
        assert!(profile.contains("was merged into this customer") && profile.contains("Undo the merge"), "{profile}");
        assert!(profile.contains("<h1 dir=\"auto\">Ana R.</h1>") && profile.contains("€35.00"), "the chosen name, the sum of both");
        let list = olivia.get("/customers?status=deleted").body;
        assert!(list.contains(&format!("merged into <a class=\"link\" href=\"/customers/{stays}\" dir=\"auto\">Ana R.</a>")), "the list names it");
        // Every page of the old id leads to the survivor, with what was asked for.
        for end in ["", "/payments", "/timeline?kind=payment", "/edit", "/merge"] {
            let led = olivia.get(&format!("{at}{end}"));
            assert_eq!((led.status, led.location), (StatusCode::SEE_OTHER, format!("/customers/{stays}{end}")));
        }
        // A form of the old one writes nothing on the other; it only leads there.
        let late = olivia.post(&format!("{at}/notes"), &[("body", "typed on an old page")]);
        assert_eq!((late.status, late.location), (StatusCode::SEE_OTHER, format!("/customers/{stays}")));
        assert!(!olivia.get(&format!("/customers/{stays}")).body.contains("typed on an old page"));
        assert!(olivia.get(&format!("/customers/{stays}/timeline")).body.contains("merged into this one"));
        let merge = profile.split("/merges/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let undone = olivia.post(&format!("/customers/{stays}/merges/{merge}/undo"), &[]);
        assert_eq!((undone.status, undone.location), (StatusCode::SEE_OTHER, at.clone()));
        assert!(olivia.get(&at).body.contains("€25.00"));
        let again = olivia.post(&format!("/customers/{stays}/merges/{merge}/undo"), &[]);
        assert!(again.status == StatusCode::CONFLICT && again.body.contains("undone already"));
    }

    fn the_page_says_why_it_cannot(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let (a, b) = (customer(&f, "a@example.es", "A"), customer(&f, "b@example.es", "B"));
        let itself = olivia.get(&format!("/customers/{a}/merge?into={a}"));
        assert!(itself.status == StatusCode::CONFLICT && itself.body.contains("cannot be merged with itself"));
        assert!(!itself.body.contains(">Merge</button>"), "no button that would be refused");
        let (ctx, id) = (f.ctx.clone(), b.clone());
        f.db.write_now(move |tx| customers::archive(tx, &ctx, &id, None)).unwrap();
        let archived = olivia.get(&format!("/customers/{a}/merge?into={b}"));
        assert!(archived.status == StatusCode::CONFLICT && archived.body.contains("is archived"));
        let pressed = olivia.post(&format!("/customers/{a}/merge"), &[("into", b.as_str())]);
        assert!(pressed.status == StatusCode::CONFLICT && pressed.body.contains("is archived"));
        let other = f.other();
        let stranger = customer(&other, "x@example.es", "X");
        assert_eq!(olivia.get(&format!("/customers/{a}/merge?into={stranger}")).status, StatusCode::NOT_FOUND);
        let mut reader = desk.person(&f, &of_role(&f, Role::Finance));
        assert!(!reader.get(&format!("/customers/{a}")).body.contains("/merge\""));
        assert_eq!(reader.get(&format!("/customers/{a}/merge")).status, StatusCode::FORBIDDEN);
    }

    fn from_the_list_several_become_one(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let ids: Vec<CustomerId> = (0..3).map(|n| customer(&f, &format!("c{n}@example.es"), &format!("C{n}"))).collect();
        let ticked: Vec<(&str, &str)> = std::iter::once(("action", "merge")).chain(ids.iter().map(|id| ("id", id.as_str()))).collect();
        let led = olivia.post("/customers/bulk", &ticked);
        assert_eq!(led.location, format!("/customers/{}/merge?into={}&with={}", ids[1], ids[0], ids[2]));
        let page = olivia.get(&led.location).body;
        let once = hidden(&page, "once");
        let form = [("once", once.as_str()), ("into", ids[0].as_str()), ("with", ids[2].as_str())];
        assert_eq!(olivia.post(&format!("/customers/{}/merge", ids[1]), &form).status, StatusCode::SEE_OTHER);
        assert_eq!(olivia.get(&format!("/customers/{}", ids[2])).location, format!("/customers/{}", ids[0]));
        assert_eq!(olivia.post("/customers/bulk", &ticked[..2]).location, "/customers?view=all", "one alone is nothing to merge");
    }

    fn of_several_anybody_may_be_the_one_who_stays(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let ids: Vec<CustomerId> = (0..3).map(|n| customer(&f, &format!("c{n}@example.es"), &format!("C{n}"))).collect();
        let first = format!("/customers/{}/merge?into={}&with={}", ids[1], ids[0], ids[2]);
        let last = format!("/customers/{}/merge?into={}&with={}", ids[0], ids[2], ids[1]);
        let page = olivia.get(&first).body;
        assert!(page.contains("Merge C1, C2 into C0?") && page.matches("This one stays").count() == 2, "{page}");
        assert!(page.contains(&last.replace('&', "&#38;")), "{page}");
        assert!(olivia.get(&last).body.contains("Merge C0, C1 into C2?"));
        let dave = customer(&f, "dave@example.es", "Dave");
        let search = format!("/customers/{}/merge?with={}&with={}", ids[1], ids[0], ids[2]);
        assert!(page.contains(&search.replace('&', "&#38;")), "{page}");
        let found = olivia.get(&format!("{search}&q=dave")).body;
        assert!(found.contains("Everything of C1 and 2 more goes there"), "{found}");
        let all = format!("/customers/{}/merge?into={dave}&with={}&with={}", ids[1], ids[0], ids[2]);
        assert!(found.contains(&all.replace('&', "&#38;")), "{found}");
        assert!(olivia.get(&all).body.contains("Merge C1, C0, C2 into Dave?"));
        assert!(!olivia.get(&format!("{search}&q=c2")).body.contains(&format!("into={}", ids[2])), "who goes cannot stay");
    }

    fn programs_see_what_a_merge_would_do_and_nothing_happens(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let (stays, gone) = (customer(&f, "ana@example.es", "Ana Ruiz"), customer(&f, "ana@example.com", "Ana R."));
        pay(&desk, &all, &f, &gone, 700);
        pay(&desk, &all, &f, &stays, 300);
        let (at, other) = (format!("/customers/{gone}/merge/preview"), f.other());
        let (status, seen) = say(&desk, &all, "POST", &at, &json!({ "into": stays, "choices": { "email": gone } }));
        assert_eq!(status, 200, "{seen}");
        assert_eq!((&seen["stays"]["id"], &seen["goes"][0]["display_name"], &seen["refused"]), (&json!(stays), &json!("Ana R."), &Value::Null));
        let email = seen["fields"].as_array().unwrap().iter().find(|f| f["field"] == "email").unwrap();
        assert_eq!((&email["values"][1]["value"], &email["differs"], &email["survives"]), (&json!("ana@example.com"), &json!(true), &json!(gone)));
        assert_eq!((&seen["moved"]["payments"], &seen["totals"][0]["paid"]["amount"], &seen["undo_days"]), (&json!(1), &json!(1000), &json!(30)));
        assert_eq!(say(&desk, &all, "GET", &format!("/customers/{gone}"), &Value::Null).1["id"], json!(gone), "nothing was merged");
        assert_eq!(say(&desk, &all, "POST", &at, &json!({ "into": gone })).0, 422);
        assert_eq!(say(&desk, &all, "POST", &at, &json!({ "into": stays, "choices": { "email": other.shop } })).0, 422);
        assert_eq!(say(&desk, &key(&other, Rights::all()), "POST", &at, &json!({ "into": stays })).0, 404);
        assert_eq!(say(&desk, &key(&f, Rights::all().without(Right::Delete)), "POST", &at, &json!({ "into": stays })).0, 403);
        say(&desk, &all, "DELETE", &format!("/customers/{gone}"), &Value::Null);
        assert_eq!(say(&desk, &all, "POST", &at, &json!({ "into": stays })).1["refused"], "Ana R. is deleted. Restore it first.");
    }

    fn programs_merge_follow_the_old_id_and_undo(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let (stays, gone) = (customer(&f, "ana@example.es", "Ana Ruiz"), customer(&f, "ana@example.com", ""));
        pay(&desk, &all, &f, &gone, 700);
        let wrong = say(&desk, &all, "POST", &format!("/customers/{gone}/merge"), &json!({ "into": stays, "choices": { "shoe": stays } }));
        assert_eq!((wrong.0, wrong.1["errors"][0]["pointer"].as_str()), (422, Some("/choices/shoe")));
        assert_eq!(say(&desk, &all, "POST", &format!("/customers/{gone}/merge"), &json!({})).0, 422);
        assert_eq!(say(&desk, &all, "POST", &format!("/customers/{gone}/merge"), &json!({ "into": gone })).0, 422);
        let less = key(&f, Rights::all().without(Right::Write));
        assert_eq!(say(&desk, &less, "POST", &format!("/customers/{gone}/merge"), &json!({ "into": stays })).0, 403);
        let (status, done) = say(&desk, &all, "POST", &format!("/customers/{gone}/merge"), &json!({ "into": stays, "choices": { "email": gone } }));
        assert_eq!(status, 200, "{done}");
        assert_eq!((done["customer"]["email"].as_str(), done["merges"][0]["moved"]["payments"].as_i64()), (Some("ana@example.com"), Some(1)));
        let again = say(&desk, &all, "POST", &format!("/customers/{gone}/merge"), &json!({ "into": stays }));
        assert_eq!((again.0, again.1["code"].as_str(), again.1["links"][0]["id"].as_str()), (409, Some("customer_merged"), Some(stays.as_str())));
        // The old id answers with the survivor, below it too, and for changes.
        let old = say(&desk, &all, "GET", &format!("/customers/{gone}"), &Value::Null).1;
        assert_eq!(old["id"].as_str(), Some(stays.as_str()));
        let said = say(&desk, &all, "POST", &format!("/customers/{gone}/notes"), &json!({ "body": "late" }));
        assert_eq!(said.0, 201, "{}", said.1);
        assert_eq!(say(&desk, &all, "PATCH", &format!("/customers/{gone}"), &json!({ "company": "Ruiz" })).1["id"].as_str(), Some(stays.as_str()));
        pay(&desk, &all, &f, &gone, 300);
        let now = say(&desk, &all, "GET", &format!("/customers/{stays}"), &Value::Null).1;
        assert_eq!((now["company"].as_str(), now["lifetime"]["amount"].as_i64()), (Some("Ruiz"), Some(1000)), "{now}");
        // What ends a customer is meant for the one who is named.
        for (method, end) in [("DELETE", ""), ("POST", "/purge"), ("POST", "/restoration"), ("POST", "/archive")] {
            let body = if end == "/archive" { json!({}) } else { Value::Null };
            assert_eq!(say(&desk, &all, method, &format!("/customers/{gone}{end}"), &body).0, 409, "{method} {end}");
        }
        assert_eq!(say(&desk, &all, "GET", &format!("/customers/{stays}"), &Value::Null).1["status"], now["status"]);
        let list = say(&desk, &all, "GET", &format!("/customers/{gone}/merges"), &Value::Null).1;
        let merge = list["data"][0]["id"].as_str().unwrap().to_owned();
        let other = customer(&f, "z@example.es", "Z");
        assert_eq!(say(&desk, &all, "POST", &format!("/customers/{other}/merges/{merge}/undo"), &Value::Null).0, 404);
        let (status, undone) = say(&desk, &all, "POST", &format!("/customers/{stays}/merges/{merge}/undo"), &Value::Null);
        assert_eq!(status, 200, "{undone}");
        assert_eq!((undone["restored"]["id"].as_str(), undone["restored"]["lifetime"]["amount"].as_i64()), (Some(gone.as_str()), Some(700)));
        assert_eq!((undone["customer"]["email"].as_str(), undone["customer"]["lifetime"]["amount"].as_i64()), (Some("ana@example.es"), Some(300)));
        assert_eq!(say(&desk, &all, "POST", &format!("/customers/{stays}/merges/{merge}/undo"), &Value::Null).1["code"], "merge_undone");
    }

    fn the_term_is_a_setting(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        assert_eq!(say(&desk, &all, "GET", "/merchant", &Value::Null).1["merge_undo_days"], 30);
        assert_eq!(say(&desk, &all, "PATCH", "/merchant", &json!({ "merge_undo_days": 400 })).1["errors"][0]["pointer"], "/merge_undo_days");
        let mut olivia = desk.owner(&f);
        let form = [("name", "Roastery"), ("currency", "EUR"), ("time_zone", "Europe/Paris"), ("country", "FR"), ("active_days", "60"), ("merge_undo_days", "0")];
        assert_eq!(olivia.post("/settings/merchant", &form).status, StatusCode::SEE_OTHER);
        let (stays, gone) = (customer(&f, "a@example.es", "A"), customer(&f, "b@example.es", "B"));
        assert!(olivia.get(&format!("/customers/{gone}/merge?into={stays}")).body.contains("It is final at once."));
        let done = say(&desk, &all, "POST", &format!("/customers/{stays}/merge"), &json!({ "sources": [gone] })).1;
        assert_eq!(done["merges"][0]["undo_until"], Value::Null);
        assert!(!olivia.get(&format!("/customers/{stays}")).body.contains("Undo the merge"));
    }
}
