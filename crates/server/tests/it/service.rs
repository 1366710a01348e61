//! Tickets and tasks as people press them and programs send them.

use axum::http::StatusCode;
use domain::customers;
use domain::kit::{CustomerId, Right, Rights, Role};
use domain::testing::Fixture;
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};
use crate::privacy::{ask, customer};

fn archive(f: &Fixture, id: &CustomerId) {
    let (ctx, id) = (f.ctx.clone(), id.clone());
    f.db.write_now::<_, domain::Error>(move |tx| customers::archive(tx, &ctx, &id, None)).unwrap();
}

store::db_test! {
    domain::migrations();

    fn a_ticket_is_made_answered_and_closed_from_its_pages(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let ana = customer(&f, "Ana <Ruiz>", "ana@example.es");
        assert!(olivia.get("/").body.contains("href=\"/tickets/new\""), "the New menu has it");
        assert!(olivia.get("/tickets").body.contains("No open tickets"));
        assert!(olivia.get(&format!("/customers/{ana}/tickets")).body.contains(&format!("/tickets/new?customer={ana}")));
        let wrong = olivia.post("/tickets/new", &[("kind", "message"), ("priority", "normal"), ("customer", "x@example.com"), ("subject", "")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("id=\"f-customer-error\""), "{}", wrong.body);
        let form = [
            ("kind", "message"), ("priority", "urgent"), ("customer", "ana@example.es"), ("subject", "Grinder <loud>"), ("tags", "grinder, Warranty"),
            ("body", "It rattles."), ("assignee", f.owner.as_str()), ("once", "press-1"),
        ];
        let made = olivia.post("/tickets/new", &form);
        assert!(made.location.starts_with("/tickets/tic_"), "{} {}", made.status, made.body);
        assert_eq!(olivia.post("/tickets/new", &form).location, made.location, "pressed twice is one");
        let at = made.location;
        let page = olivia.get(&at).body;
        assert!(page.contains("Grinder &#60;loud&#62;") && page.contains("It rattles.") && page.contains("Urgent") && page.contains(&format!("href=\"/customers/{ana}\"")), "{page}");
        for (query, n) in [("view=open", 1), ("view=mine", 1), ("view=unassigned", 0), ("q=warr", 1), ("tag=Warranty", 1), ("tag=other", 0), ("q=ana", 1), ("priority=low", 0)] {
            let list = olivia.get(&format!("/tickets?{query}")).body;
            assert_eq!(list.matches("<tr id=\"tic_").count(), n, "{query}");
        }
        assert!(olivia.get("/").body.contains("1 open ticket"));
        assert!(olivia.get("/search?q=1001").body.contains(&at) && olivia.get("/search?q=warranty").body.contains("Ticket 1001"));
        let empty = olivia.post(&format!("{at}/entries"), &[("kind", "answer"), ("body", " ")]);
        assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.body.contains("Write something first.") && empty.body.contains("Grinder"), "{}", empty.body);
        let answer = [("kind", "answer"), ("body", "Send it in."), ("once", "press-2")];
        assert_eq!(olivia.post(&format!("{at}/entries"), &answer).location, at);
        assert_eq!(olivia.post(&format!("{at}/entries"), &answer).location, at);
        let page = olivia.get(&at).body;
        assert!(page.matches("Send it in.").count() == 1 && page.contains(">Waiting<"), "pressed twice is said once: {page}");
        let facts = |status: &'static str, version: &'static str| [("subject", "Grinder"), ("status", status), ("priority", "high"), ("assignee", ""), ("tags", ""), ("version", version)];
        let stale = olivia.post(&at, &facts("closed", "1"));
        assert!(stale.status == StatusCode::CONFLICT && stale.body.contains("Somebody else changed this ticket"), "{}", stale.body);
        assert_eq!(olivia.post(&at, &facts("closed", "2")).location, at);
        assert!(!olivia.get("/").body.contains("open ticket") && olivia.get(&at).body.contains(">Closed<"));
        assert!(olivia.get(&format!("/customers/{ana}/tickets")).body.contains(&at));
        assert!(olivia.get(&format!("/customers/{ana}/timeline?kind=ticket")).body.contains("Ticket 1001: Waiting → Closed"));
        let mut tom = desk.person(&f, &of_role(&f, Role::ReadOnly));
        let seen = tom.get(&at).body;
        assert!(seen.contains("Send it in.") && !seen.contains(&format!("action=\"{at}")), "no button that would be refused");
        assert_eq!(tom.post(&format!("{at}/entries"), &answer).status, StatusCode::FORBIDDEN);
    }

    fn an_answer_is_sent_from_the_page_and_by_a_program(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (mut olivia, ana) = (desk.owner(&f), customer(&f, "Ana", "ana@example.es"));
        let made = olivia.post("/tickets/new", &[("kind", "message"), ("priority", "normal"), ("customer", "ana@example.es"), ("subject", "Grinder")]).location;
        let page = olivia.get(&made).body;
        assert!(page.contains("By a new mail to ana@example.es.") && page.contains("value=\"send\""), "{page}");
        for _ in 0..2 {
            let sent = olivia.post(&format!("{made}/entries"), &[("kind", "send"), ("body", "It <is> on its way."), ("then", ""), ("once", "press-1")]);
            assert_eq!(sent.location, made, "{}", sent.body);
        }
        let page = olivia.get(&made).body;
        assert_eq!(page.matches("It &#60;is&#62; on its way.").count(), 1, "pressed twice, once in the thread: {page}");
        assert!(page.contains("Waits to be sent") && page.contains("In the conversation") && page.contains("Answers the last mail, to ana@example.es."), "{page}");
        let stream = olivia.get(&format!("/customers/{ana}/conversations")).body;
        assert!(stream.contains("Grinder [1001]") && stream.matches("It &#60;is&#62; on its way.").count() == 1, "{stream}");

        let loose = olivia.post("/tickets/new", &[("kind", "message"), ("priority", "normal"), ("subject", "Whose?")]).location;
        let page = olivia.get(&loose).body;
        assert!(page.contains("Nobody is linked to this ticket") && !page.contains("value=\"send\""), "{page}");
        let refused = olivia.post(&format!("{loose}/entries"), &[("kind", "send"), ("body", "Hello"), ("then", "")]);
        assert!(refused.status == StatusCode::CONFLICT && refused.body.contains("Hello</textarea>"), "{}", refused.body);

        let all = key(&f, Rights::all());
        let at = format!("{made}/entries");
        let (status, entry, _) = ask(&desk, &all, "POST", &at, &json!({ "kind": "answer", "body": "And here.", "send": true, "status": "solved" }));
        assert_eq!((status, entry["sending"]["state"].as_str()), (201, Some("queued")), "{entry}");
        assert!(entry["entry"].as_str().is_some_and(|id| id.starts_with("ent_")), "{entry}");
        let (_, plain, _) = ask(&desk, &all, "POST", &at, &json!({ "kind": "note", "body": "Ours" }));
        assert_eq!((&plain["entry"], &plain["sending"]), (&Value::Null, &Value::Null), "{plain}");
        let (status, wrong, _) = ask(&desk, &all, "POST", &at, &json!({ "kind": "note", "body": "Ours", "send": true }));
        assert_eq!((status, wrong["errors"][0]["pointer"].as_str()), (422, Some("/send")), "a note never leaves: {wrong}");
        let (status, wrong, _) = ask(&desk, &all, "POST", &format!("{loose}/entries"), &json!({ "kind": "answer", "body": "x", "send": true }));
        assert_eq!((status, wrong["code"].as_str()), (409, Some("no_customer")), "{wrong}");
    }

    fn several_tickets_are_given_to_somebody_at_once(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let make = |olivia: &mut crate::desk::Visitor<'_>, subject: &str| {
            let made = olivia.post("/tickets/new", &[("kind", "note"), ("priority", "normal"), ("subject", subject)]).location;
            made.rsplit('/').next().unwrap().to_owned()
        };
        let ids: Vec<String> = (0..3).map(|n| make(&mut olivia, &format!("T{n}"))).collect();
        let list = olivia.get("/tickets?view=unassigned").body;
        assert!(list.contains("formaction=\"/tickets/change?view=unassigned\""), "{list}");
        let asked = olivia.post("/tickets/change?view=unassigned", &[("all", "1"), ("except", &ids[2])]).location;
        assert!(asked.contains(&ids[0]) && asked.contains(&ids[1]) && !asked.contains(&ids[2]), "{asked}");
        assert!(olivia.get(&asked).body.contains("Change 2 tickets"));
        let nothing = olivia.post("/tickets/change/all", &[("id", &ids[0]), ("status", ""), ("assignee", "")]);
        assert!(nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.body.contains(&ids[0]), "{}", nothing.body);
        olivia.post("/tickets/change/all", &[("id", &ids[0]), ("id", &ids[1]), ("status", "waiting"), ("assignee", f.owner.as_str())]);
        let mine = olivia.get("/tickets?view=mine&status=waiting").body;
        assert!(mine.contains("2 tickets changed.") && mine.matches("<tr id=\"tic_").count() == 2, "{mine}");
        let undo = mine.split('"').find(|part| part.starts_with("/tickets/change/tkc_") && part.ends_with("/undo")).unwrap().to_owned();
        olivia.post(&undo, &[]);
        assert!(olivia.get("/tickets?view=open").body.contains("2 tickets as before."));
        assert_eq!(olivia.post(&undo, &[]).status, StatusCode::NOT_FOUND);
        olivia.post("/tickets/change/all", &[("id", &ids[0]), ("id", &ids[1]), ("status", "waiting"), ("assignee", f.owner.as_str())]);
        assert_eq!(olivia.post("/tickets/change?view=open", &[("id", "nothing")]).location, "/tickets?view=open");
        let mut tom = desk.person(&f, &of_role(&f, Role::ReadOnly));
        assert!(!tom.get("/tickets?view=open").body.contains("formaction"), "no button that would be refused");
        let mut support = desk.person(&f, &of_role(&f, Role::Support));
        assert!(support.get("/tickets?view=open").body.contains("formaction=\"/tickets/change"), "who may not export may still assign");
    }

    fn a_task_is_ticked_where_it_is_shown_and_taken_back(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        let topic = format!("/customers/{ana}/tasks");
        assert!(olivia.get(&topic).body.contains("Nothing to do"));
        let new = olivia.get(&format!("/tasks/new?on={ana}")).body;
        assert!(new.contains("New task on Ana Ruiz"), "{new}");
        let wrong = olivia.post(&format!("/tasks/new?on={ana}"), &[("title", " "), ("due_on", "soon")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("id=\"f-due_on-error\""), "{}", wrong.body);
        let form = [("title", "Call <Ana>"), ("due_on", "2026-06-14"), ("assignee", f.owner.as_str()), ("once", "press-1")];
        let made = olivia.post(&format!("/tasks/new?on={ana}"), &form).location;
        assert!(made.starts_with("/tasks/tsk_"), "{made}");
        assert_eq!(olivia.post(&format!("/tasks/new?on={ana}"), &form).location, made, "pressed twice is one");
        let page = olivia.get(&topic).body;
        assert!(page.contains("Call &#60;Ana&#62;") && page.contains("Overdue") && page.contains(&format!("href=\"{made}\" target=\"_blank\"")), "{page}");
        let home = olivia.get("/").body;
        assert!(home.contains("1 task due") && home.contains("1 is overdue"), "{home}");
        let list = olivia.get("/tasks?view=mine").body;
        assert!(list.contains(&format!("formaction=\"{made}/done?back=%2Ftasks%3Fview%3Dmine\"")) || list.contains(&format!("formaction=\"{made}/done?back=")), "{list}");
        let ticked = olivia.post(&format!("{made}/done?back={}", "%2Fcustomers%2Fx"), &[]);
        assert_eq!(ticked.location, "/customers/x", "one stays where the task was shown");
        let after = olivia.get(&topic).body;
        assert!(after.contains("Task done.") && after.contains(&format!("action=\"{made}/reopen?back=%2Fcustomers%2Fx\"")) && after.contains("aria-checked=\"true\""), "{after}");
        assert!(!olivia.get("/").body.contains("task due"));
        olivia.post(&format!("{made}/reopen?back=%2Ftasks"), &[]);
        assert!(olivia.get("/").body.contains("1 task due"));
        assert_eq!(olivia.post(&format!("{made}/done?back=//evil.example"), &[]).location, "/tasks?view=mine");
        assert!(olivia.get(&format!("/customers/{ana}/timeline?kind=task")).body.contains("Task taken up again"));
        let many: Vec<String> = ["A", "B"].iter().map(|t| olivia.post("/tasks/new", &[("title", t), ("assignee", f.owner.as_str())]).location.rsplit('/').next().unwrap().to_owned()).collect();
        olivia.post("/tasks/done?view=mine", &[("id", &many[0]), ("id", &many[1])]);
        assert!(olivia.get("/tasks?view=done").body.contains("2 tasks done."));
        let mut tom = desk.person(&f, &of_role(&f, Role::ReadOnly));
        assert_eq!(tom.post(&format!("{made}/reopen"), &[]).status, StatusCode::FORBIDDEN);
        assert!(!tom.get(&topic).body.contains("role=\"checkbox\"") && !tom.get("/tasks?view=all").body.contains("role=\"checkbox\""));
        assert_eq!(olivia.post(&made, &[("title", "Write"), ("due_on", ""), ("remind_on", ""), ("assignee", ""), ("version", "99")]).status, StatusCode::CONFLICT);
        assert_eq!(olivia.get("/tasks/new?on=ord_00000000000000000000000000").status, StatusCode::NOT_FOUND);
    }

    fn programs_keep_tickets_by_the_same_rules(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        let say = |method: &str, path: &str, body: Value| { let (status, body, _) = ask(&desk, &all, method, path, &body); (status, body) };
        let (status, made) = say("POST", "/tickets", json!({ "subject": "Grinder", "customer": ana, "priority": "high", "tags": ["a", "A"], "body": "It rattles.", "assignee": f.owner }));
        assert_eq!((status, &made["number"], &made["customer"]["name"], &made["assignee"]["name"], &made["tags"]), (201, &json!("1001"), &json!("Ana Ruiz"), &json!("Olivia"), &json!(["a"])), "{made}");
        let at = format!("/tickets/{}", made["id"].as_str().unwrap());
        for (body, pointer) in [
            (json!({ "subject": " " }), "/subject"), (json!({ "subject": "x", "assignee": "me" }), "/assignee"), (json!({ "subject": "x", "colour": "red" }), "/colour"),
            (json!({ "subject": "x", "customer": "cus_00000000000000000000000000" }), "/customer"), (json!({ "subject": "x", "priority": "soon" }), "/priority"),
        ] {
            let (status, wrong) = say("POST", "/tickets", body.clone());
            assert_eq!((status, wrong["errors"][0]["pointer"].as_str()), (422, Some(pointer)), "{body}: {wrong}");
        }
        let (status, entry) = say("POST", &format!("{at}/entries"), json!({ "kind": "answer", "body": "Send it in." }));
        assert_eq!((status, &entry["body"]), (201, &json!("Send it in.")), "{entry}");
        assert_eq!(say("GET", &at, Value::Null).1["status"], "waiting");
        let (_, first) = say("GET", &format!("{at}/entries?limit=1"), Value::Null);
        let next = first["next"].as_str().unwrap();
        assert_eq!(say("GET", &format!("{at}/entries?limit=1&after={next}"), Value::Null).1["data"][0]["body"], "It rattles.");
        let (status, edited) = say("PATCH", &at, json!({ "assignee": null, "status": "solved", "expected_version": 2 }));
        assert_eq!((status, &edited["assignee"], &edited["status"], edited["settled_at"].is_string()), (200, &Value::Null, &json!("solved"), true), "{edited}");
        assert_eq!(say("PATCH", &at, json!({ "subject": "x", "expected_version": 2 })).1["code"], "changed");
        assert_eq!(say("POST", &format!("{at}/entries"), json!({ "kind": "message", "body": "Again." })).0, 201);
        assert_eq!(say("GET", "/tickets?status=open&q=grin", Value::Null).1["data"][0]["id"], made["id"]);
        assert_eq!(say("GET", "/tickets?assignee=none&priority=high&mine=false", Value::Null).1["data"].as_array().unwrap().len(), 1);
        assert_eq!(say("GET", "/tickets/counts", Value::Null).1["total"], json!(1));
        assert_eq!(say("GET", "/tickets?assignee=olivia", Value::Null).1["errors"][0]["pointer"], "/assignee");
        let (status, changed) = say("POST", "/tickets/bulk", json!({ "ids": [made["id"]], "status": "closed", "assignee": f.owner }));
        assert_eq!((status, &changed["changed"]), (200, &json!(1)), "{changed}");
        assert_eq!(say("POST", "/tickets/bulk", json!({ "ids": ["nobody"] })).1["errors"][0]["pointer"], "/ids/0");
        assert_eq!(say("POST", "/tickets/bulk", json!({ "ids": [] })).1["errors"][0]["pointer"], "/ids");
        archive(&f, &ana);
        assert_eq!(say("POST", "/tickets", json!({ "subject": "x", "customer": ana })).1["code"], "customer_inactive");
        let weak = key(&f, Rights::all().without(Right::Write));
        assert_eq!(ask(&desk, &weak, "PATCH", &at, &json!({ "subject": "x" })).0, 403);
        let theirs = key(&f.other(), Rights::all());
        assert_eq!((ask(&desk, &theirs, "GET", &at, &Value::Null).0, ask(&desk, &theirs, "GET", &format!("{at}/entries"), &Value::Null).0), (404, 404));
    }

    fn programs_keep_tasks_by_the_same_rules(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        let say = |method: &str, path: &str, body: Value| { let (status, body, _) = ask(&desk, &all, method, path, &body); (status, body) };
        let order = say("POST", "/orders", json!({ "customer": ana, "shop": f.shop })).1["id"].clone();
        let (status, made) = say("POST", "/tasks", json!({ "title": "Pack", "on": order, "due_on": "2026-06-14", "assignee": f.owner }));
        assert_eq!((status, &made["on"], &made["customer"]["id"], &made["due_on"]), (201, &order, &json!(ana), &json!("2026-06-14")), "{made}");
        let at = format!("/tasks/{}", made["id"].as_str().unwrap());
        for (body, pointer) in [
            (json!({ "title": "" }), "/title"), (json!({ "title": "x", "on": "pay_1" }), "/on"), (json!({ "title": "x", "due_on": "soon" }), "/due_on"),
            (json!({ "title": "x", "on": "ord_00000000000000000000000000" }), "/on"), (json!({ "title": "x", "due_on": "2026-06-01", "remind_on": "2026-06-02" }), "/remind_on"),
        ] {
            let (status, wrong) = say("POST", "/tasks", body.clone());
            assert_eq!((status, wrong["errors"][0]["pointer"].as_str()), (422, Some(pointer)), "{body}: {wrong}");
        }
        assert_eq!(say("GET", &format!("/tasks?due=overdue&customer={ana}"), Value::Null).1["data"][0]["id"], made["id"]);
        assert_eq!(say("GET", "/tasks?on=invoice", Value::Null).1["data"], json!([]));
        let done = say("POST", &format!("{at}/completion"), Value::Null).1;
        assert!(done["done_at"].is_string() && done["done_by"] == "test", "{done}");
        assert_eq!(say("POST", &format!("{at}/completion"), Value::Null).1, done, "twice is once");
        assert_eq!(say("GET", "/tasks/counts?state=done", Value::Null).1["total"], json!(1));
        let back = say("DELETE", &format!("{at}/completion"), Value::Null).1;
        assert_eq!((&back["done_at"], back["version"].as_i64()), (&Value::Null, Some(3)));
        let (status, edited) = say("PATCH", &at, json!({ "due_on": null, "title": "Pack it", "expected_version": 3 }));
        assert_eq!((status, &edited["due_on"], &edited["title"], &edited["assignee"]["name"]), (200, &Value::Null, &json!("Pack it"), &json!("Olivia")), "{edited}");
        let mut olivia = desk.owner(&f);
        let shown = format!("/orders/{}", order.as_str().unwrap());
        assert!(olivia.get(&shown).body.contains("Pack it") && olivia.get(&shown).body.contains(&format!("/tasks/new?on={}", order.as_str().unwrap())));
        archive(&f, &ana);
        assert!(!olivia.get(&shown).body.contains("/tasks/new?on="), "no link that would be refused");
        assert_eq!(say("POST", "/tasks", json!({ "title": "x", "on": ana })).1["code"], "customer_inactive");
        let theirs = key(&f.other(), Rights::all());
        assert_eq!(ask(&desk, &theirs, "POST", &format!("{at}/completion"), &Value::Null).0, 404);
    }
}
