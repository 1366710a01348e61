//! Anonymising as a person presses it, as a program asks for it, and after a backup is put back.

use std::path::Path;
use std::process::Command;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::jobs::{self, Tools};
use domain::kit::{CustomerId, FixedClock, IdSource, Rights, Role};
use domain::privacy::{self, Cause, Ledger};
use domain::providers::Vault;
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};
use store::{Db, Options, Target};

use crate::desk::{Desk, key, of_role};

fn customer(f: &Fixture, email: &str) -> CustomerId {
    let (ctx, new) = (
        f.ctx.clone(),
        NewCustomer { email: email.into(), name: "Ana Ruiz".into(), note: Some("likes it dark".into()), ..NewCustomer::default() },
    );
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn say(desk: &Desk, key: &str, method: &str, path: &str, once: &str, body: &Value) -> (u16, Value) {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json");
    if !once.is_empty() {
        request = request.header("idempotency-key", once);
    }
    let answer = desk.send(request.body(Body::from(if body.is_null() { String::new() } else { body.to_string() })).unwrap());
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

fn work(desk: &Desk) {
    let tools = Tools { indexes: desk.app.indexes.clone(), vault: Some(desk.app.config.vault.clone()), ..Tools::default() };
    jobs::run_all(&desk.app.db, &server::workers::kinds(), &tools, &FixedClock(NOW), "worker", &|| false).unwrap();
    privacy::settle(&desk.app.db, &desk.app.ledger, &FixedClock(NOW)).unwrap();
}

fn order(f: &Fixture, email: &str) -> Value {
    json!({ "shop": f.shop, "external_id": "o-1", "currency": "EUR", "buyer": { "email": email, "name": "Ana Ruiz" },
        "lines": [{ "sku": "COF", "title": "Coffee", "quantity": "2", "unit_price": "12.50" }], "payments": [] })
}

store::db_test! {
    domain::migrations();

    fn the_dialog_wants_a_word_and_leads_to_a_receipt(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let ana = customer(&f, "ana@example.es");
        let mut olivia = desk.owner(&f);
        let at = format!("/customers/{ana}");
        assert!(olivia.get(&at).body.contains("Anonymise customer"));
        assert!(olivia.get(&format!("{at}/anonymise")).body.contains("Nobody can bring it back."));
        let wrong = olivia.post(&format!("{at}/anonymise"), &[("word", "yes")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("f-word-error"), "{}", wrong.body);
        let done = olivia.post(&format!("{at}/anonymise"), &[("word", "anonymise")]);
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, format!("{at}/erasure").as_str()));
        assert_eq!(std::fs::read_to_string(desk.folder.path().join("erasures.ledger")).unwrap().lines().count(), 1, "before the answer");
        work(&desk);
        let receipt = olivia.get(&format!("{at}/erasure")).body;
        assert!(receipt.contains("Receipt of an erasure") && receipt.contains("Notes") && !receipt.contains("Ruiz"), "{receipt}");
        let again = olivia.post(&format!("{at}/anonymise"), &[("word", "ANONYMISE")]);
        assert_eq!(again.location, format!("{at}/erasure"), "twice is once");
        let profile = olivia.get(&at).body;
        assert!(profile.contains("erased for good") && !profile.contains("ana@example.es") && !profile.contains(&format!("{at}/edit")), "{profile}");
        assert!(!olivia.get("/customers?q=Ruiz").body.contains("ana@example.es"), "nor is it found");
        let mut sam = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(sam.get(&format!("{at}/anonymise")).status, StatusCode::FORBIDDEN);
    }

    fn what_is_active_is_listed_with_links(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let ana = customer(&f, "ana@example.es");
        let (status, made) = say(&desk, &all, "POST", "/checkouts", "", &order(&f, "ana@example.es"));
        assert_eq!(status, 201, "{made}");
        let (status, refused) = say(&desk, &all, "POST", &format!("/customers/{ana}/anonymise"), "", &Value::Null);
        assert_eq!((status, refused["code"].as_str(), refused["links"][0]["kind"].as_str()), (409, Some("still_active"), Some("order")), "{refused}");
        let mut olivia = desk.owner(&f);
        let page = olivia.get(&format!("/customers/{ana}/anonymise")).body;
        assert!(page.contains("/orders/ord_") && !page.contains("f-word"), "{page}");
        assert_eq!(olivia.post(&format!("/customers/{ana}/anonymise"), &[("word", "anonymise")]).status, StatusCode::CONFLICT);
        assert!(olivia.get(&format!("/customers/{ana}")).body.contains("ana@example.es"));
    }

    fn no_answer_that_is_kept_for_a_repeat_outlives_the_person_it_speaks_of(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let mut keys = 0;
        // Each text says who it is; each write comes with a key.
        let mut write = |method: &str, path: &str, body: Value| {
            keys += 1;
            let (status, answer) = say(&desk, &all, method, path, &format!("k{keys}"), &body);
            assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
            answer
        };
        let id = |answer: &Value| answer["id"].as_str().unwrap_or_default().to_owned();
        let ana = write("POST", "/customers", json!({ "name": "Ana Zqcanary", "email": "ana@example.es", "note": "zqcanary" }));
        let ana = format!("/customers/{}", ana["customer"]["id"].as_str().unwrap());
        let who = ana.trim_start_matches("/customers/").to_owned();
        write("PATCH", &ana, json!({ "company": "Zqcanary Ltd" }));
        let note = id(&write("POST", &format!("{ana}/notes"), json!({ "body": "zqcanary one" })));
        write("PATCH", &format!("{ana}/notes/{note}"), json!({ "body": "zqcanary two" }));
        let gone = id(&write("POST", &format!("{ana}/notes"), json!({ "body": "zqcanary three" })));
        write("DELETE", &format!("{ana}/notes/{gone}"), Value::Null);
        write("POST", &format!("{ana}/credit"), json!({ "amount": 500, "currency": "EUR", "reason": "zqcanary" }));
        write("POST", &format!("{ana}/credit/withdrawals"), json!({ "amount": 500, "currency": "EUR", "reason": "zqcanary" }));
        let task = id(&write("POST", "/tasks", json!({ "title": "zqcanary", "on": who, "note": "zqcanary" })));
        write("PATCH", &format!("/tasks/{task}"), json!({ "note": "zqcanary again" }));
        let alone = id(&write("POST", "/tasks", json!({ "title": "zqcanary alone", "on": who })));
        write("POST", &format!("/tasks/{alone}/completion"), Value::Null);
        write("DELETE", &format!("/tasks/{alone}/completion"), Value::Null);
        let ticket = id(&write("POST", "/tickets", json!({ "subject": "zqcanary", "customer": who })));
        write("POST", &format!("/tickets/{ticket}/entries"), json!({ "kind": "note", "body": "zqcanary" }));
        write("PATCH", &format!("/tickets/{ticket}"), json!({ "status": "closed", "subject": "zqcanary closed" }));
        let block = id(&write("POST", "/blocks", json!({ "email": "ana@example.es", "reason": "zqcanary" })));
        write("DELETE", &format!("/blocks/{block}"), Value::Null);
        let request = id(&write("POST", "/privacy-requests", json!({ "kind": "access", "customer": who, "who": "zqcanary", "note": "zqcanary" })));
        write("PATCH", &format!("/privacy-requests/{request}"), json!({ "note": "zqcanary said" }));
        write("POST", &format!("/privacy-requests/{request}/closure"), json!({ "state": "done", "note": "zqcanary" }));
        let chat = id(&write("POST", "/chats", json!({ "customer": who, "subject": "zqcanary" })));
        write("POST", &format!("/chats/{chat}/messages"), json!({ "direction": "in", "author": "zqcanary", "body": "zqcanary" }));
        write("POST", "/calls", json!({ "phone": "+34600111222", "customer": who, "direction": "in", "outcome": "answered", "started_at": "2026-06-01T00:00:00Z", "note": "zqcanary" }));
        let bought = json!({ "shop": f.shop, "external_id": "o-1", "currency": "EUR", "buyer": { "email": "ana@example.es", "name": "Ana Zqcanary" },
            "lines": [{ "sku": "COF", "title": "Coffee", "quantity": "1", "unit_price": "12.50" }], "note": "zqcanary", "state": "closed",
            "payments": [{ "provider": "manual", "amount": 1250, "provider_ref": "m-1" }] });
        let bought = write("POST", "/checkouts", bought);
        let (order, payment) = (bought["order"].as_str().unwrap().to_owned(), bought["payments"][0].as_str().unwrap().to_owned());
        write("PUT", &format!("/orders/{order}/note"), json!({ "note": "zqcanary noted" }));
        write("POST", &format!("/payments/{payment}/refunds"), json!({ "amount": 100, "reason": "zqcanary", "refunded_at": "2026-06-01T00:00:00Z", "provider_ref": "r-1" }));
        let kept = || {
            let stmt = store::Stmt::new("kept", "SELECT COUNT(*) FROM replies WHERE LOWER(body) LIKE '%zqcanary%'");
            f.db.read_now::<_, domain::Error>(move |tx| Ok(tx.scalar::<i64>(&stmt, &[])?)).unwrap()
        };
        assert!(kept() > 15, "{}", kept());
        let later = FixedClock(NOW + 1_000_000);
        let (ctx, vault, whom) = (domain::Ctx { now: NOW + 1_000_000, ..f.ctx.clone() }, desk.app.config.vault.clone(), CustomerId::from_db(who.clone()));
        f.db.write_now(move |tx| privacy::anonymise(tx, &ctx, &vault, &whom, Cause::Hand)).unwrap();
        let tools = Tools { indexes: desk.app.indexes.clone(), vault: Some(desk.app.config.vault.clone()), ..Tools::default() };
        jobs::run_all(&desk.app.db, &server::workers::kinds(), &tools, &later, "worker", &|| false).unwrap();
        assert_eq!(kept(), 0);
        let (status, again) = say(&desk, &all, "POST", &format!("{ana}/notes"), "k3", &json!({ "body": "zqcanary one" }));
        assert_eq!((status, again), (201, Value::Null), "the answer that was given, without its body");
    }

    fn a_program_gets_the_same_receipt_however_often_it_asks(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let ana = customer(&f, "ana@example.es");
        let path = format!("/customers/{ana}/anonymise");
        let (status, first) = say(&desk, &all, "POST", &path, "once", &Value::Null);
        assert_eq!((status, first["cause"].as_str(), first["cleared"]["notes"].as_i64()), (200, Some("hand"), Some(1)), "{first}");
        work(&desk);
        assert_eq!(say(&desk, &all, "POST", &path, "once", &Value::Null).1, first, "its own answer is kept");
        let (_, read) = say(&desk, &all, "GET", &format!("/customers/{ana}/erasure"), "", &Value::Null);
        assert!(read["noted_at"].is_string() && read["swept_at"].is_string() && read["id"] == first["id"], "{read}");
        let (_, list) = say(&desk, &all, "GET", "/erasures?limit=1", "", &Value::Null);
        assert_eq!(list["data"][0]["id"], first["id"]);
        let (_, timeline) = say(&desk, &all, "GET", &format!("/customers/{ana}"), "", &Value::Null);
        assert!(timeline["email"].as_str().unwrap().ends_with("@anonymised.invalid"));
        let other = f.other();
        let stranger = key(&other, Rights::all());
        for path in [format!("/customers/{ana}/erasure"), format!("/erasures/{}", first["id"].as_str().unwrap())] {
            assert_eq!(say(&desk, &stranger, "GET", &path, "", &Value::Null).0, 404, "{path}");
        }
    }

    fn who_is_deleted_for_good_stands_in_the_ledger_before_anybody_is_answered(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let (ana, bo) = (customer(&f, "ana@example.es"), customer(&f, "bo@example.es"));
        let ledger = || std::fs::read_to_string(desk.folder.path().join("erasures.ledger")).unwrap_or_default();
        let mut olivia = desk.owner(&f);
        assert_eq!(olivia.post(&format!("/customers/{ana}/delete-permanently"), &[]).status, StatusCode::SEE_OTHER);
        assert!(ledger().contains(ana.as_str()) && !ledger().contains(bo.as_str()));
        assert_eq!(say(&desk, &all, "POST", &format!("/customers/{bo}/purge"), "once", &Value::Null).0, 204);
        assert!(ledger().contains(bo.as_str()));
        work(&desk);
        let (_, list) = say(&desk, &all, "GET", "/erasures", "", &Value::Null);
        assert_eq!((list["data"][0]["cause"].as_str(), list["data"][0]["customer"].as_str()), (Some("purge"), Some(bo.as_str())), "{list}");
        assert!(list["data"][0]["swept_at"].is_string());
    }

    fn many_go_as_a_job_with_exact_numbers_before(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let (ana, bo) = (customer(&f, "ana@example.es"), customer(&f, "bo@example.es"));
        say(&desk, &all, "POST", "/checkouts", "", &order(&f, "bo@example.es"));
        let asked = json!({ "action": "anonymise", "ids": [ana, bo] });
        let (_, preview) = say(&desk, &all, "POST", "/customers/bulk/preview", "", &asked);
        assert_eq!((preview["will"].as_i64(), preview["refused"][0]["reason"].as_str()), (Some(1), Some("something is still active")), "{preview}");
        let mut olivia = desk.owner(&f);
        let ids = [("action", "anonymise"), ("id", ana.as_str()), ("id", bo.as_str())];
        let page = olivia.post("/customers/bulk", &ids).body;
        assert!(page.contains("1 customer will be anonymised.") && page.contains("f-word"), "{page}");
        assert_eq!(olivia.post("/customers/bulk/run", &ids).status, StatusCode::UNPROCESSABLE_ENTITY, "the word is missing");
        let begun = olivia.post("/customers/bulk/run", &[&ids[..], &[("word", "ANONYMISE")]].concat());
        assert!(begun.location.starts_with("/jobs/"), "{begun:?}");
        work(&desk);
        assert!(olivia.get(&begun.location).status == StatusCode::OK);
        assert!(olivia.get(&format!("/customers/{ana}")).body.contains("Anonymised customer "));
        assert!(olivia.get(&format!("/customers/{bo}")).body.contains("bo@example.es"));
    }

    fn obfuscate_enabled_is_set_by_programs_and_kept_by_all_that_match(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let (all, ana) = (key(&f, Rights::all()), customer(&f, "ana@example.es"));
        let at = format!("/customers/{ana}/obfuscate");
        assert_eq!(say(&desk, &all, "GET", &at, "", &Value::Null), (200, json!({ "enabled": true })));
        assert_eq!(say(&desk, &all, "PUT", &at, "", &json!({ "enabled": false })), (200, json!({ "enabled": false })));
        assert_eq!(say(&desk, &all, "GET", &at, "", &Value::Null).1["enabled"], false);
        assert_eq!(say(&desk, &all, "PUT", &at, "", &json!({})).0, 422);
        let weak = key(&f, Rights::all().without(domain::kit::Right::Anonymise));
        assert_eq!(say(&desk, &weak, "PUT", &at, "", &json!({ "enabled": true })).0, 403);
        assert_eq!(say(&desk, &key(&f.other(), Rights::all()), "PUT", &at, "", &json!({ "enabled": true })).0, 404);
        assert!(olivia.get(&format!("/customers/{ana}/privacy")).body.contains("“Obfuscate enabled” is unticked"));
        let (_, shop) = say(&desk, &all, "POST", "/customers/bulk/preview", "", &json!({ "action": "anonymise", "query": "q=ana" }));
        assert_eq!((shop["will"].as_i64(), shop["refused"][0]["reason"].as_str()), (Some(0), Some("Obfuscate enabled is unticked")), "{shop}");
        let (_, named) = say(&desk, &all, "POST", "/customers/bulk/preview", "", &json!({ "action": "anonymise", "ids": [ana] }));
        assert_eq!((named["will"].as_i64(), named["unticked"].as_i64()), (Some(1), Some(1)), "{named}");
        let page = olivia.post("/customers/bulk", &[("action", "anonymise"), ("id", ana.as_str())]).body;
        assert!(page.contains("“Obfuscate enabled” is unticked for 1 customer of them"), "{page}");
    }

    fn retention_is_set_looked_at_and_run_from_the_settings(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let shop = f.shop.to_string();
        let wrong = olivia.post("/settings/privacy/rules", &[(shop.as_str(), "0")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("Use 1 to 240 months"), "{}", wrong.body);
        let days = format!("{shop}-days");
        let wrong = olivia.post("/settings/privacy/rules", &[(shop.as_str(), "12"), (days.as_str(), "91")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains(&format!("id=\"f-{days}-error\"")), "{}", wrong.body);
        assert_eq!(olivia.post("/settings/privacy/rules", &[(shop.as_str(), "12"), (days.as_str(), "30")]).status, StatusCode::SEE_OTHER);
        customer(&f, "ana@example.es");
        let page = olivia.get("/settings/privacy").body;
        assert!(page.contains("hx-get=\"/settings/privacy?numbers=now\"") && !page.contains("will be anonymised"), "the page does not wait for the numbers: {page}");
        let page = olivia.get("/settings/privacy?numbers=now").body;
        assert!(page.contains("0 customers will be anonymised.") && page.contains("value=\"12\"") && page.contains("value=\"30\"") && page.contains("France usually wants 10 years"), "{page}");
        assert_eq!(olivia.post("/settings/privacy/years", &[("years", "99")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(olivia.post("/settings/privacy/years", &[("years", "6")]).status, StatusCode::SEE_OTHER);
        let all = key(&f, Rights::all());
        let (_, preview) = say(&desk, &all, "GET", "/retention/preview", "", &Value::Null);
        assert_eq!((preview["looked"].as_i64(), preview["will"].as_i64(), preview["warn"].as_i64()), (Some(1), Some(0), Some(0)));
        let (_, rules) = say(&desk, &all, "GET", "/retention", "", &Value::Null);
        assert_eq!((rules[0]["months"].as_i64(), rules[0]["warn_days"].as_i64()), (Some(12), Some(30)));
        let (status, run) = say(&desk, &all, "POST", "/retention/run", "", &Value::Null);
        assert!(status == 202 && run["job"].is_string(), "{run}");
    }
}

fn open(path: &Path) -> Db {
    let db = Db::open(&Target::Sqlite(path.to_owned()), Options::default()).unwrap();
    db.migrate(domain::migrations()).unwrap();
    db
}

fn regulars(folder: &Path, words: &[&str]) -> String {
    let out =
        Command::new(env!("CARGO_BIN_EXE_regulars")).args(words).env("REGULARS_DATA", folder).env_remove("DATABASE_URL").output().unwrap();
    assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

#[test]
fn the_restore_command_brings_nobody_back() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("regulars.db");
    let (ana, bo, ctx) = {
        let f = Fixture::new(&open(&old));
        (customer(&f, "ana@example.es"), customer(&f, "bo@example.es"), f.ctx)
    };
    let file = folder.path().join("b.backup");
    regulars(folder.path(), &["backup", file.to_str().unwrap()]);
    {
        let (db, who, ctx) = (open(&old), ana.clone(), domain::Ctx { ids: IdSource::System, ..ctx.clone() });
        db.write_now(move |tx| privacy::anonymise(tx, &ctx, &Vault::new(&[7; 32]).unwrap(), &who, Cause::Hand)).unwrap();
        privacy::settle(&db, &Ledger::of(folder.path()), &FixedClock(NOW)).unwrap();
    }
    let new = folder.path().join("new.db");
    let said = regulars(folder.path(), &["restore", file.to_str().unwrap(), "--database", new.to_str().unwrap()]);
    assert!(said.contains("1 customers were anonymised since this backup was taken"), "{said}");
    let db = open(&new);
    let read = |id: &CustomerId| {
        let (id, ctx) = (id.clone(), ctx.clone());
        db.read_now(move |tx| customers::get(tx, &ctx, &id)).unwrap().email
    };
    assert!(read(&ana).ends_with("@anonymised.invalid"));
    assert_eq!(read(&bo), "bo@example.es");
    assert!(regulars(folder.path(), &["maintain", "--database", new.to_str().unwrap()]).contains("Erased data is gone"));
}
