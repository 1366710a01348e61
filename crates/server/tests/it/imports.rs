//! Imports as people press them and programs ask for them: a file comes in, columns are chosen, a dry run, the run, what failed, taking back.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::imports::{self, Shelf};
use domain::kit::{FixedClock, Right, Rights, Role, SystemClock};
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Visitor, key, of_role};

const PEOPLE: &str = "Full,Mail,Born\nAna Ruiz,ana@example.es,1990\nBob,bob@example.com,1991\nCy,cy at example,1992\n";

fn work(desk: &Desk) {
    imports::work(&desk.app.db, &Shelf::of(&desk.app.config.data), &FixedClock(NOW), &SystemClock, &|| false).unwrap();
}

/// What a browser sends for a form with a file.
fn form(once: &str, name: &str, bytes: &str) -> String {
    let field = |head: &str, body: &str| format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let file = format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv");
    format!("{}{}--x--\r\n", field("name=\"once\"", once), field(&file, bytes))
}

fn send_form(visitor: &mut Visitor<'_>, body: String) -> Answer {
    visitor.send_as("/imports/new", "multipart/form-data; boundary=x", body)
}

fn lying(desk: &Desk) -> usize {
    std::fs::read_dir(desk.folder.path().join("imports")).map_or(0, Iterator::count)
}

fn say(desk: &Desk, key: &str, method: &str, path: &str, kind: &str, body: &str, once: &str) -> (u16, Value) {
    let mut request = Request::builder().method(method).uri(format!("/api/v1{path}")).header("authorization", format!("Bearer {key}"));
    if !once.is_empty() {
        request = request.header("idempotency-key", once);
    }
    let answer = desk.send(request.header("content-type", kind).body(Body::from(body.to_owned())).unwrap());
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body)))
}

store::db_test! {
    domain::migrations();

    fn an_import_is_followed_among_the_jobs(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let at = send_form(&mut olivia, form("press-1", "people.csv", "Name,Email,Active\nAna Ruiz,ana@example.es,yes\nBob,bob@example.com,perhaps\n")).location;
        assert!(olivia.get("/jobs").body.contains("No jobs yet"), "a file that only lies here is no work");
        assert_eq!(olivia.post(&format!("{at}/run"), &[]).status, StatusCode::SEE_OTHER);
        let waits = olivia.get("/jobs").body;
        assert!(waits.contains("Import of people.csv") && waits.contains(&format!("href=\"{at}\"")) && waits.contains("every 2s") && waits.contains("1<span class=\"word\"> running"), "{waits}");
        work(&desk);
        let done = olivia.get("/jobs").body;
        assert!(done.contains("2 rows, 1 failed") && !done.contains("every 2s") && !done.contains(" running</span>"), "{done}");
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        assert!(!reader.get("/jobs").body.contains("people.csv"), "who may not import sees no file");
    }

    fn a_person_brings_customers_in_and_takes_them_back(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/customers").body.contains("href=\"/imports\""), "the list leads there");
        assert!(olivia.get("/imports").body.contains("No imports yet"));
        assert!(olivia.get("/imports/new").body.contains("up to 32 MB"));
        let at = send_form(&mut olivia, form("press-1", "people.csv", PEOPLE));
        assert_eq!(at.status, StatusCode::SEE_OTHER, "{}", at.body);
        let again = send_form(&mut olivia, form("press-1", "people.csv", PEOPLE));
        assert_eq!((again.location.as_str(), lying(&desk)), (at.location.as_str(), 1), "pressed twice is one file");
        let at = at.location;
        let page = olivia.get(&at).body;
        for wanted in ["people.csv", "Not started", "ana@example.es", "1990", "The header is not a known one", "name=\"columns.2\"", "Metadata “Born”", "Customer number"] {
            assert!(page.contains(wanted), "{wanted} is not in {page}");
        }
        let shop = page.split("id=\"f-shop\"").nth(1).unwrap().split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let columns = |first: &'static str, second: &'static str| [("kind", "customers"), ("columns.0", first), ("columns.1", second), ("columns.2", ""), ("by", "email"), ("dates", "day")];
        let mut fields = columns("Name", "Name").to_vec();
        fields.push(("shop", &shop));
        let refused = olivia.post(&format!("{at}/columns"), &fields);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("href=\"#f-columns.1\"") && refused.body.contains("is chosen for two columns"), "{}", refused.body);
        assert!(refused.body.contains("<option value=\"Name\" selected>"), "what was chosen is still there");
        let mut fields = columns("Name", "Email").to_vec();
        fields.push(("shop", &shop));
        assert_eq!(olivia.post(&format!("{at}/columns"), &fields).location, at);
        let waiting = olivia.get(&at).body;
        assert!(waiting.contains("Being checked") && waiting.contains("hx-trigger=\"every 1s\""), "{waiting}");
        work(&desk);
        let page = olivia.get(&at).body;
        for wanted in ["Would be created", "Nothing is written yet", "Import 2 customers", "Rows that would fail", "Find customers by"] {
            assert_eq!(page.contains(wanted), wanted != "Find customers by", "{wanted}: {page}");
        }
        assert!(olivia.get(&format!("{at}?columns=again")).body.contains("Find customers by"));
        assert!(!olivia.get("/customers?q=ana@example.es").body.contains("Ana Ruiz"), "nothing was written");
        assert_eq!(olivia.post(&format!("{at}/run"), &[]).location, at);
        assert_eq!(olivia.post(&format!("{at}/run"), &[]).status, StatusCode::CONFLICT, "once");
        work(&desk);
        let page = olivia.get(&at).body;
        assert!(page.contains("Done") && page.contains("Rows that were not taken") && page.contains(&format!("{at}/failed")), "{page}");
        assert!(olivia.get("/customers?q=ana@example.es").body.contains("Ana Ruiz"));
        let failed = olivia.get(&format!("{at}/failed"));
        let log = olivia.get("/settings/audit?kind=import.failed_rows_taken").body;
        assert!(log.contains("failed rows taken") && !log.contains("No entry fits these filters."), "{log}");
        assert!(failed.body.starts_with("Full,Mail,Born,Import Row,Import Problem\nCy,"), "{}", failed.body);
        assert!(failed.headers["content-disposition"].to_str().unwrap().contains("-failed.csv"));
        let asked = olivia.get(&format!("{at}/undo")).body;
        assert!(asked.contains("customers that it made are deleted"), "{asked}");
        olivia.post(&format!("{at}/undo"), &[]);
        work(&desk);
        assert!(olivia.get(&at).body.contains("Undone"));
        assert!(!olivia.get("/customers?q=ana@example.es").body.contains("Ana Ruiz"));
        assert_eq!(olivia.get(&format!("{at}/failed")).status, StatusCode::NOT_FOUND);
        assert_eq!(lying(&desk), 0, "no file is left");
        let list = olivia.get("/imports").body;
        assert!(list.contains("people.csv") && list.contains("Undone") && list.contains("Olivia"), "{list}");
    }

    fn what_cannot_be_taken_in_is_told_beside_the_file(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let large = "a,b\n".repeat(9 << 20);
        let whole = form("", "c.csv", PEOPLE);
        for (body, words) in [
            (form("", "c.csv", ""), "Choose a file."),
            (form("", "c.csv", "Name,Email\n"), "There is no row below the header."),
            (form("", "c.pdf", "%PDF-1.7\n"), "PDF"),
            (form("", "c.csv", &large), "larger than 32 MB"),
            (whole[..whole.len() - 30].to_owned(), "broke off"),
            ("--x--\r\n".to_owned(), "Choose a file."),
        ] {
            let answer = send_form(&mut olivia, body);
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(answer.body.contains("href=\"#f-file\"") && answer.body.contains(words), "{words}: {}", answer.body);
            assert_eq!(lying(&desk), 0, "{words}: nothing stays");
        }
        let at = send_form(&mut olivia, form("", "=c.csv", PEOPLE)).location;
        assert_eq!(olivia.post(&format!("{at}/run"), &[]).status, StatusCode::CONFLICT, "nobody said which column is which");
        assert_eq!(olivia.post(&format!("{at}/discard"), &[]).location, "/imports");
        assert_eq!((olivia.get(&at).status, lying(&desk)), (StatusCode::NOT_FOUND, 0));
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        assert!(!reader.get("/customers").body.contains("href=\"/imports\""), "no link that would be refused");
        assert_eq!(send_form(&mut reader, form("", "c.csv", PEOPLE)).status, StatusCode::FORBIDDEN);
    }

    fn a_program_does_the_same(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let import = key(&f, Rights::of(&[Right::Import, Right::Read, Right::Write]));
        let ask = |method: &str, path: &str, body: &str| say(&desk, &import, method, path, "application/json", body, "");
        let up = |once: &str| say(&desk, &import, "POST", "/imports?name=people.csv", "text/csv", PEOPLE, once);
        let (status, made) = up("one");
        assert_eq!((status, made["state"].as_str(), made["file_name"].as_str()), (201, Some("uploaded"), Some("people.csv")), "{made}");
        assert_eq!((up("one").1["id"].clone(), lying(&desk)), (made["id"].clone(), 1));
        let at = format!("/imports/{}", made["id"].as_str().unwrap());
        let (_, seen) = ask("GET", &at, "");
        assert_eq!(seen["columns"][2], json!({ "name": "Born", "field": "", "samples": ["1990", "1991", "1992"] }));
        assert_eq!(ask("POST", &format!("{at}/run"), "").1["code"], "import_columns");
        for (wrong, pointer) in [
            (json!({ "columns": ["Name", "Email"] }), "/columns"),
            (json!({ "columns": ["Name", "Nonsense", ""] }), "/columns/1"),
            (json!({ "columns": ["", "", "Phone"] }), "/columns"),
            (json!({ "columns": ["Name", "Email", ""], "kind": "cats" }), "/kind"),
            (json!({ "columns": ["Name", "Email", ""], "shop": "x" }), "/shop"),
            (json!({ "colums": [] }), "/colums"),
        ] {
            let (status, problem) = ask("PUT", &format!("{at}/columns"), &wrong.to_string());
            assert_eq!((status, problem["errors"][0]["pointer"].as_str()), (422, Some(pointer)), "{wrong}: {problem}");
        }
        let chosen = json!({ "columns": ["Name", "Email", "Metadata:born"], "match_by": "email" }).to_string();
        let (status, answer) = ask("PUT", &format!("{at}/columns"), &chosen);
        assert_eq!((status, answer["layout"].as_str()), (200, Some("map")), "{answer}");
        assert_eq!(ask("POST", &format!("{at}/check"), "").0, 202);
        work(&desk);
        let found = ask("GET", &at, "").1;
        assert_eq!((found["state"].as_str(), found["checked"]["counts"]["created"].as_i64(), found["checked"]["failures"][0]["row"].as_i64()), (Some("checked"), Some(2), Some(3)), "{found}");
        let bare = key(&f, Rights::of(&[Right::Import]));
        assert_eq!(say(&desk, &bare, "POST", &format!("{at}/run"), "application/json", "", "").0, 403, "a file writes what its rows say");
        assert_eq!(ask("POST", &format!("{at}/run"), "").0, 202);
        work(&desk);
        let done = ask("GET", &at, "").1;
        assert_eq!((done["state"].as_str(), done["counts"]["created"].as_i64(), done["failures"][0]["row"].as_i64()), (Some("done"), Some(2), Some(3)), "{done}");
        assert!(ask("GET", &format!("{at}/failed-rows"), "").1.as_str().unwrap().contains("Import Problem"));
        assert_eq!(ask("GET", &format!("{at}/undo"), "").1["deleted"], 2);
        assert_eq!(ask("POST", &format!("{at}/undo"), "").0, 202);
        work(&desk);
        assert_eq!(ask("GET", &at, "").1["state"], "undone");
        assert_eq!(ask("POST", &format!("{at}/cancel"), "").0, 409);
        up("two");
        let page = ask("GET", "/imports?limit=1", "").1;
        assert_eq!(page["data"].as_array().unwrap().len(), 1);
        let next = page["next"].as_str().unwrap();
        let rest = ask("GET", &format!("/imports?limit=1&after={next}"), "").1;
        assert_ne!(rest["data"][0]["id"], page["data"][0]["id"]);
        assert_eq!(rest["next"], Value::Null);
        assert_eq!(say(&desk, &import, "POST", "/imports", "image/png", "x", "").0, 415);
        let (status, problem) = say(&desk, &import, "POST", "/imports", "text/csv", "Name,Email\n", "");
        assert_eq!((status, problem["errors"][0]["pointer"].as_str()), (422, Some("/file")));
        assert_eq!(say(&desk, &import, "POST", "/imports", "text/csv", &"a,b\n".repeat(9 << 20), "").0, 413);
        let other = key(&f.other(), Rights::all());
        for (method, path) in [("GET", ""), ("DELETE", ""), ("POST", "/check"), ("POST", "/run"), ("POST", "/cancel"), ("GET", "/undo"), ("POST", "/undo"), ("GET", "/failed-rows")] {
            assert_eq!(say(&desk, &other, method, &format!("{at}{path}"), "application/json", "", "").0, 404, "{method} {path}");
        }
        assert_eq!(say(&desk, &other, "PUT", &format!("{at}/columns"), "application/json", &chosen, "").0, 404);
    }
}
