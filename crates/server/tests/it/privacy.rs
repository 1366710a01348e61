//! One person's data as a file, the register of requests, and the purge of prospects: as people press them and programs send them.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{CustomerId, Right, Rights, Role};
use domain::testing::Fixture;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, key, of_role};

pub fn customer(f: &Fixture, name: &str, email: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: name.into(), ..NewCustomer::default() });
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

pub fn ask(desk: &Desk, key: &str, method: &str, path: &str, body: &Value) -> (u16, Value, Answer) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json")
        .body(Body::from(if body.is_null() { String::new() } else { body.to_string() }))
        .unwrap();
    let answer = desk.send(request);
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null), answer)
}

store::db_test! {
    domain::migrations();

    fn the_data_of_one_person_is_taken_from_the_profile_and_by_the_api(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (mut olivia, all) = (desk.owner(&f), key(&f, Rights::all()));
        let (ana, bob) = (customer(&f, "Ana <Ruiz>", "ana@example.es"), customer(&f, "Bob", "bob@example.com"));
        let at = format!("/customers/{ana}");
        assert!(olivia.get(&at).body.contains(&format!("{at}/privacy")), "the menu leads there");
        assert!(olivia.get(&format!("{at}/privacy")).body.contains("All data as a file"));
        let html = olivia.post(&format!("{at}/data"), &[("format", "html")]);
        assert!(html.body.starts_with("<!doctype html>") && html.body.contains("Ana &lt;Ruiz&gt;") && html.body.contains("ana@example.es"), "{}", html.body);
        assert!(!html.body.contains("bob@example.com"));
        assert!(olivia.get(&format!("{at}/timeline")).body.contains("All data taken as a file (html)"));

        let (status, data, _) = ask(&desk, &all, "GET", &format!("{at}/data"), &Value::Null);
        assert_eq!((status, &data["name"], &data["customers"]), (200, &json!("Ana <Ruiz>"), &json!([ana])), "{data}");
        assert!(ask(&desk, &all, "GET", &format!("{at}/data?format=html"), &Value::Null).2.body.starts_with("<!doctype html>"));
        assert_eq!(ask(&desk, &all, "GET", &format!("{at}/data?format=pdf"), &Value::Null).0, 422);
        let weak = key(&f, Rights::all().without(Right::PersonalData));
        assert_eq!(ask(&desk, &weak, "GET", &format!("/customers/{bob}/data"), &Value::Null).0, 403);
        let mut support = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(support.post(&format!("{at}/data"), &[("format", "html")]).status, StatusCode::FORBIDDEN);
        assert!(!support.get(&format!("{at}/privacy")).body.contains(&format!("{at}/data")), "no button that would be refused");
        let theirs = key(&f.other(), Rights::all());
        assert_eq!(ask(&desk, &theirs, "GET", &format!("{at}/data"), &Value::Null).0, 404);
    }

    fn a_request_is_written_down_worked_on_and_closed_from_its_pages(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        assert!(olivia.get("/customers/requests").body.contains("No open requests"));
        let nobody = olivia.post("/customers/requests/new", &[("kind", "access"), ("received_on", "2026-06-10")]);
        assert!(nobody.status == StatusCode::UNPROCESSABLE_ENTITY && nobody.body.contains("id=\"f-who-error\""), "{}", nobody.body);
        let wrong = olivia.post("/customers/requests/new", &[("kind", "access"), ("customer", "x@example.com")]);
        assert!(wrong.body.contains("id=\"f-customer-error\""), "{}", wrong.body);
        let form = [("kind", "access"), ("received_on", "2026-06-10"), ("customer", "ana@example.es"), ("who", "Ana, by phone"), ("once", "press-1")];
        let made = olivia.post("/customers/requests/new", &form);
        assert!(made.location.starts_with("/customers/requests/prq_"), "{} {}", made.status, made.body);
        assert_eq!(olivia.post("/customers/requests/new", &form).location, made.location, "pressed twice is one");
        let at = made.location;
        let page = olivia.get(&at).body;
        assert!(page.contains("Ana Ruiz: See the data") && page.contains("Answer it until 10 Jul 2026"), "{page}");
        assert!(olivia.get("/customers/requests?view=open").body.contains("1 matches"));
        assert!(olivia.get("/").body.contains("1 open request about personal data"));
        assert!(olivia.get(&format!("/customers/{ana}/privacy")).body.contains(&at));
        assert!(olivia.get(&format!("/customers/{ana}")).body.contains("Asked to see the data, due 10 Jul 2026"));
        let refused = olivia.post(&format!("{at}/close"), &[("as", "refused"), ("note", "")]);
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("Say why it is refused"), "{}", refused.body);
        let purge = olivia.post(&format!("/customers/{ana}/delete-permanently"), &[]);
        assert!(purge.status == StatusCode::CONFLICT && purge.body.contains(&at), "{}", purge.body);
        assert_eq!(olivia.post(&format!("{at}/close"), &[("as", "done"), ("note", "Sent")]).location, at);
        assert!(olivia.get(&at).body.contains("Open again") && !olivia.get("/").body.contains("about personal data"));
        assert_eq!(olivia.post(&format!("{at}/reopen"), &[]).location, at);
        let mut support = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(support.post(&format!("{at}/close"), &[("as", "done")]).status, StatusCode::FORBIDDEN);
        assert!(!support.get(&at).body.contains("Close as done"));
    }

    fn programs_keep_the_register_by_the_same_rules(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        let say = |method: &str, path: &str, body: Value| { let (status, body, _) = ask(&desk, &all, method, path, &body); (status, body) };
        let (status, made) = say("POST", "/privacy-requests", json!({ "kind": "erasure", "customer": ana, "received_on": "2026-05-31" }));
        assert_eq!((status, made["due_on"].as_str(), made["state"].as_str()), (201, Some("2026-06-30"), Some("open")), "{made}");
        let (status, wrong) = say("POST", "/privacy-requests", json!({ "kind": "erasure", "received_on": "2027-01-01", "who": "x" }));
        assert_eq!((status, wrong["errors"][0]["pointer"].as_str()), (422, Some("/received_on")), "{wrong}");
        let at = format!("/privacy-requests/{}", made["id"].as_str().unwrap());
        let (status, edited) = say("PATCH", &at, json!({ "note": "Asked who she is", "expected_version": 1 }));
        assert_eq!((status, edited["note"].as_str(), edited["version"].as_i64()), (200, Some("Asked who she is"), Some(2)), "{edited}");
        assert_eq!(say("PATCH", &at, json!({ "note": "x", "expected_version": 1 })).1["code"], "changed");
        assert_eq!(say("GET", &format!("/privacy-requests?state=open&customer={ana}"), Value::Null).1["data"][0]["id"], made["id"]);
        assert_eq!(say("GET", "/privacy-requests/counts", Value::Null).1["total"], json!(1));
        let (status, closed) = say("POST", &format!("{at}/closure"), json!({ "state": "done" }));
        assert_eq!((status, closed["state"].as_str()), (200, Some("done")), "{closed}");
        assert_eq!(say("POST", &format!("{at}/closure"), json!({ "state": "done" })).1["code"], "request_state");
        assert_eq!(say("DELETE", &format!("{at}/closure"), Value::Null).1["state"], "open");
        let weak = key(&f, Rights::all().without(Right::PersonalData));
        assert_eq!(ask(&desk, &weak, "DELETE", &format!("{at}/closure"), &Value::Null).0, 403);
    }

    fn prospects_who_never_ordered_are_counted_exactly_and_deleted_for_good(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (mut olivia, all) = (desk.owner(&f), key(&f, Rights::all()));
        let (old, asked) = (customer(&f, "Old", "old@example.com"), customer(&f, "Asked", "asked@example.com"));
        let (status, _, _) = ask(&desk, &all, "POST", "/privacy-requests", &json!({ "kind": "access", "customer": asked }));
        assert_eq!(status, 201);
        let buyer = customer(&f, "Buyer", "buyer@example.com");
        let paid = json!({ "customer": buyer, "shop": f.shop, "amount": 500, "kind": "cash", "currency": "EUR" });
        assert_eq!(ask(&desk, &all, "POST", "/payments", &paid).0, 201);
        assert!(olivia.get("/customers/purge").body.contains("0 prospects will be deleted"), "a year ago there was nobody");
        let page = olivia.get("/customers/purge?before=2026-06-15").body;
        assert!(page.contains("1 prospect will be deleted permanently.") && page.contains("not: linked to something that stays"), "{page}");
        assert_eq!(olivia.get("/customers/purge?before=soon").status, StatusCode::UNPROCESSABLE_ENTITY);
        let query = page[page.find("/customers/bulk?").unwrap()..].split('"').next().unwrap().replace("&#38;", "&");
        let preview = olivia.post(&query, &[("action", "delete_permanently"), ("all", "1")]);
        assert!(preview.body.contains("1 customer will be deleted permanently."), "{}", preview.body);
        let run = query.replace("/customers/bulk?", "/customers/bulk/run?");
        assert_eq!(olivia.post(&run, &[("action", "delete_permanently"), ("all", "1")]).status, StatusCode::UNPROCESSABLE_ENTITY, "only when one is sure");
        olivia.post(&run, &[("action", "delete_permanently"), ("all", "1"), ("sure", "1")]);
        assert_eq!(olivia.get(&format!("/customers/{old}")).status, StatusCode::NOT_FOUND);
        assert_eq!(olivia.get(&format!("/customers/{asked}")).status, StatusCode::OK);
        let mut support = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(support.get("/customers/purge").status, StatusCode::FORBIDDEN);
    }
}
