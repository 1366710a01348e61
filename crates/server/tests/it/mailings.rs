//! Mailings as staff and readers meet them: pages, API, a real line, and workers that die anywhere.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::bulk::Selection;
use domain::customers::list::Indexes;
use domain::customers::{self, NewCustomer, Rules};
use domain::jobs::{self, Tools};
use domain::kit::{Clock, CustomerId, FixedClock, MailingId, Micros, Rights, TemplateId};
use domain::mailings::{self, FASTEST, NewMailing, Outcome, State};
use domain::templates::{self, TemplateInput};
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};
use server::mailer;

use crate::desk::{Answer, Desk, key};
use crate::outbox::{Mood, Server};

fn template(f: &Fixture) -> TemplateId {
    let (ctx, shop) = (f.ctx.clone(), f.shop.clone());
    let input = TemplateInput {
        name: "Spring".into(),
        subject: "Hello {{ customer.name }}".into(),
        body: "Dear {{ customer.first_name|default(\"friend\") }},\n\nlook at https://shop.example/new.".into(),
    };
    f.db.write_now::<_, domain::Error>(move |tx| templates::create(tx, &ctx, &shop, &input)).unwrap().id
}

fn customer(f: &Fixture, email: &str, name: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: name.into(), ..NewCustomer::default() });
    f.db.write_now::<_, domain::Error>(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn begin(f: &Fixture, template: &TemplateId, per_minute: i64, total: u64) -> MailingId {
    let selection = Selection::All { query: String::new(), except: Vec::new() };
    let (ctx, new) = (f.ctx.clone(), NewMailing { template: template.clone(), selection, per_minute, consenting_only: false });
    f.db.write_now::<_, domain::Error>(move |tx| mailings::start(tx, &ctx, &new, total)).unwrap()
}

fn work(f: &Fixture, clock: &dyn Clock) {
    let tools = Tools { indexes: Indexes::new(), ..Tools::default() };
    jobs::run_all(&f.db, &server::workers::kinds(), &tools, clock, "worker", &|| false).unwrap();
}

fn counted(f: &Fixture, id: &MailingId) -> mailings::Counts {
    let (ctx, id) = (f.ctx.clone(), id.clone());
    f.db.read_now::<_, domain::Error>(move |tx| mailings::counts(tx, &ctx, &id)).unwrap()
}

/// The recipient of a mail as the server has it.
fn recipient(mail: &str) -> String {
    mail.lines().find_map(|line| line.strip_prefix("To: ")).expect("a recipient").trim().to_owned()
}

/// The end of the link by which its reader wants no more.
fn token(mail: &str) -> String {
    let unfolded = mail.replace("\r\n ", " ");
    let line = unfolded.lines().find(|line| line.starts_with("List-Unsubscribe:")).expect("a way out").to_owned();
    line.rsplit_once("/u/").unwrap().1.trim_end_matches(['>', '\r']).to_owned()
}

/// A clock that kills who asks it once too often: a worker dies between any two of its steps.
#[derive(Debug)]
struct Mortal {
    now: Micros,
    left: AtomicI64,
}

impl Clock for Mortal {
    fn now(&self) -> Micros {
        assert!(self.left.fetch_sub(1, Ordering::Relaxed) > 0, "the process is killed");
        self.now
    }
}

struct Program<'a> {
    desk: &'a Desk,
    secret: String,
}

impl Program<'_> {
    fn send(&self, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {}", self.secret))
            .header("content-type", "application/json");
        let body = if method == "GET" { Body::empty() } else { Body::from(body.to_string()) };
        let answer: Answer = self.desk.send(request.body(body).unwrap());
        (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
    }
}

store::db_test! {
    domain::migrations();

    fn a_mailing_goes_over_the_line_with_text_html_and_a_way_out(db) {
        let f = Fixture::new(db);
        let (server, template) = (Server::start(), template(&f));
        customer(&f, "ana@example.es", "Ana <b>Ruiz</b> Bcc: x@y.example");
        let id = begin(&f, &template, FASTEST, 1);
        work(&f, &FixedClock(NOW));
        let smtp = server.smtp().at_site("https://desk.example.com");
        assert_eq!(mailer::run_all(&f.db, &smtp, &FixedClock(NOW), "post", &|| false).unwrap(), 1);
        let [mail] = &server.taken()[..] else { panic!("one mail") };
        for part in ["To: ana@example.es", "From: Online <desk@example.com>", "multipart/alternative", "text/plain", "text/html", "List-Unsubscribe: <https://desk.example.com/u/", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Auto-Submitted: auto-generated"] {
            assert!(mail.contains(part), "{part} in {mail}");
        }
        assert!(mail.is_ascii() && !mail.contains("\r\nBcc:"), "{mail}");
        assert_eq!(counted(&f, &id).of(Outcome::Sent), 1);

        // The reader's own program presses, twice; a page asks before.
        let desk = Desk::new(db);
        let path = format!("/u/{}", token(mail));
        let page = desk.visitor().get(&path);
        assert_eq!((page.status, page.body.contains("No more mail from"), page.body.contains("Ana")), (StatusCode::OK, true, false));
        for _ in 0..2 {
            let press = Request::builder().method("POST").uri(&path).header("content-type", "application/x-www-form-urlencoded");
            assert_eq!(desk.send(press.body(Body::from("List-Unsubscribe=One-Click")).unwrap()).status, StatusCode::OK);
        }
        assert_eq!(counted(&f, &id).unsubscribed, 1);
        assert_eq!(desk.visitor().get("/u/nothing").status, StatusCode::NOT_FOUND);
        assert_eq!(desk.visitor().post(&format!("{path}A"), &[]).status, StatusCode::NOT_FOUND);
    }

    fn staff_write_a_template_look_who_gets_it_try_it_and_send(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut owner = desk.owner(&f);
        let shop = f.shop.to_string();
        let bad = owner.post("/settings/templates", &[("shop", &shop), ("name", "Spring"), ("subject", "Hi"), ("body", "{{ customer.nmae }}")]);
        assert_eq!((bad.status, bad.body.contains("There is no field"), bad.body.contains("f-body-error")), (StatusCode::UNPROCESSABLE_ENTITY, true, true), "{}", bad.body);
        let made = owner.post("/settings/templates", &[("shop", &shop), ("name", "Spring"), ("subject", "Hi {{ customer.name }}"), ("body", "Dear <i>you</i>")]);
        assert_eq!(made.status, StatusCode::SEE_OTHER);
        assert!(owner.get("/settings/templates").body.contains("Spring"));
        let ctx = f.ctx.clone();
        let id = f.db.read_now::<_, domain::Error>(move |tx| templates::list(tx, &ctx)).unwrap()[0].id.to_string();
        let page = owner.get(&format!("/settings/templates/{id}"));
        assert_eq!((page.status, page.body.contains("1, counts")), (StatusCode::OK, true), "{}", page.body);

        let (ana, ben) = (customer(&f, "ana@example.es", "Ana"), customer(&f, "ANA@example.es", "Ben"));
        let (ana, ben) = (ana.to_string(), ben.to_string());
        let chosen = [("action", "auto_mail"), ("id", &ana), ("id", &ben)];
        let first = owner.post("/customers/bulk", &chosen);
        assert!(first.body.contains("At most so many a minute") && first.body.contains(&id), "{}", first.body);
        let with = |more: &[(&'static str, &'static str)]| -> Vec<(String, String)> {
            let own = [("template", id.as_str()), ("per_minute", "300")];
            chosen.iter().chain(&own).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).chain(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))).collect()
        };
        let mut post = |path: &str, pairs: &[(String, String)]| {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            owner.post(path, &pairs)
        };
        let second = post("/mailings/new", &with(&[]));
        assert_eq!(second.status, StatusCode::OK);
        for words in ["1 customer will get it", "the same address as somebody before", "Hi Ana", "Dear &#60;i&#62;you", "Send to 1 customer"] {
            assert!(second.body.contains(words), "{words} in {}", second.body);
        }
        let wrong = post("/mailings/new", &chosen.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>());
        assert_eq!((wrong.status, wrong.body.contains("Choose a template.")), (StatusCode::UNPROCESSABLE_ENTITY, true));
        let mut trial = with(&[]);
        trial.push(("customer".into(), ana.clone()));
        let tried = post("/mailings/trial", &trial);
        assert!(tried.body.contains("A trial for olivia@example.com is in the outbox."), "{}", tried.body);

        let sent = post("/mailings/send", &with(&[("once", "a")]));
        assert_eq!((sent.status, sent.location.starts_with("/mailings/mlg_")), (StatusCode::SEE_OTHER, true));
        assert_eq!(post("/mailings/send", &with(&[("once", "a")])).location, sent.location, "pressed twice is once");
        for (verb, word) in [("pause", "Paused"), ("resume", "Sending"), ("cancel", "Cancelled")] {
            assert_eq!(post(&format!("{}/{verb}", sent.location), &[]).status, StatusCode::SEE_OTHER, "{verb}");
            let page = owner_page(&desk, &f, &sent.location);
            assert!(page.contains(word), "{word} in {page}");
        }
        assert!(owner_page(&desk, &f, "/mailings").contains("Spring"));
    }

    fn a_program_does_all_of_it(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let program = Program { desk: &desk, secret: key(&f, Rights::all()) };
        let (status, made) = program.send("POST", "/templates", &json!({ "shop": f.shop, "name": "Spring", "subject": "Hi {{ customer.name }}", "body": "Dear you" }));
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let template = made["id"].as_str().unwrap().to_owned();
        let (status, bad) = program.send("PATCH", &format!("/templates/{template}"), &json!({ "body": "{% for a in b %}" }));
        assert_eq!((status, &bad["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/body")), "{bad}");
        assert_eq!(program.send("PATCH", &format!("/templates/{template}"), &json!({ "body": "Dear all" })).1["version"], json!(2));
        assert_eq!(program.send("GET", &format!("/templates/{template}/versions"), &Value::Null).1["data"].as_array().unwrap().len(), 2);

        let (ana, ben) = (customer(&f, "ana@example.es", "Ana"), customer(&f, "ben@example.es", "Ben"));
        assert_eq!(program.send("POST", "/bounces", &json!({ "email": "ben@example.es", "code": "5.1.1" })).0, StatusCode::OK);
        assert_eq!(program.send("GET", "/bounces/ben%40example.es", &Value::Null).1["code"], json!("5.1.1"));
        let ask = json!({ "template": template, "ids": [ana, ben] });
        let (status, seen) = program.send("POST", "/mailings/preview", &ask);
        assert_eq!((status, &seen["will"], &seen["skipped"]), (StatusCode::OK, &json!(1), &json!([{ "reason": "bounced", "count": 1 }])), "{seen}");
        assert_eq!((&seen["sample"]["subject"], &seen["sample"]["body"]), (&json!("Hi Ana"), &json!("Dear all")));
        let (status, begun) = program.send("POST", "/mailings", &ask);
        assert_eq!((status, &begun["state"], &begun["template_version"]), (StatusCode::ACCEPTED, &json!("sending"), &json!(2)), "{begun}");
        work(&f, &FixedClock(NOW));
        let id = begun["id"].as_str().unwrap();
        let (_, now) = program.send("GET", &format!("/mailings/{id}"), &Value::Null);
        assert_eq!((&now["state"], &now["counts"]), (&json!("done"), &json!({ "queued": 1, "sent": 0, "failed": 0, "unknown": 0, "skipped": 1 })), "{now}");
        let (_, lines) = program.send("GET", &format!("/mailings/{id}/lines?outcome=skipped"), &Value::Null);
        assert_eq!((&lines["data"][0]["reason"], lines["data"].as_array().unwrap().len()), (&json!("bounced"), 1), "{lines}");
        assert_eq!(program.send("GET", "/mailings?state=done", &Value::Null).1["data"][0]["id"], json!(id));
        let (status, late) = program.send("POST", &format!("/mailings/{id}/pause"), &json!({}));
        assert_eq!((status, &late["code"]), (StatusCode::CONFLICT, &json!("mailing_state")));
        assert_eq!(program.send("POST", "/mailings/trials", &json!({ "template": template, "customer": ana, "to": "desk@example.com" })).0, StatusCode::ACCEPTED);
        assert_eq!(program.send("DELETE", "/bounces/ben%40example.es", &Value::Null).0, StatusCode::NO_CONTENT);
        assert_eq!(program.send("GET", "/bounces/ben%40example.es", &Value::Null).0, StatusCode::NOT_FOUND);
        // Another merchant's program finds none of it.
        let other = Program { desk: &desk, secret: key(&f.other(), Rights::all()) };
        assert_eq!(other.send("GET", &format!("/mailings/{id}"), &Value::Null).0, StatusCode::NOT_FOUND);
        assert_eq!(other.send("GET", &format!("/templates/{template}"), &Value::Null).0, StatusCode::NOT_FOUND);
        assert_eq!(other.send("POST", "/mailings", &json!({ "template": template, "query": "" })).0, StatusCode::UNPROCESSABLE_ENTITY);
    }

    fn killed_in_the_middle_again_and_again_no_server_is_given_a_mail_twice(db) {
        let f = Fixture::new(db);
        let (server, template) = (Server::start(), template(&f));
        for n in 0..80 {
            customer(&f, &format!("c{n:02}@example.com"), "");
        }
        let id = begin(&f, &template, 600, 80);
        let smtp = server.smtp();
        let mut now = NOW;
        std::panic::set_hook(Box::new(|_| {}));
        for round in 0..400_i64 {
            let alive = |n| Mortal { now, left: AtomicI64::new(n) };
            server.feel([Mood::Take, Mood::Take, Mood::Swallow, Mood::Greylist, Mood::HangUp][usize::try_from(round % 5).unwrap()]);
            let tools = Tools { indexes: Indexes::new(), ..Tools::default() };
            let _ = catch_unwind(AssertUnwindSafe(|| jobs::run_all(&f.db, &server::workers::kinds(), &tools, &alive(1 + round % 4), &format!("jobs {round}"), &|| false)));
            let _ = catch_unwind(AssertUnwindSafe(|| mailer::run_all(&f.db, &smtp, &alive(1 + round % 7), &format!("post {round}"), &|| false)));
            now += [5_000_000, 70_000_000, 700_000_000][usize::try_from(round % 3).unwrap()];
        }
        let _ = std::panic::take_hook();
        server.feel(Mood::Take);
        for _ in 0..40 {
            now += 50_000_000_000;
            work(&f, &FixedClock(now));
            mailer::run_all(&f.db, &smtp, &FixedClock(now), "last", &|| false).unwrap();
        }
        let mut given = BTreeMap::new();
        for mail in server.taken() {
            *given.entry(recipient(&mail)).or_insert(0) += 1;
        }
        assert!(given.values().all(|n| *n == 1), "{given:?}");
        let counts = counted(&f, &id);
        let (ctx, which) = (f.ctx.clone(), id.clone());
        let (m, lines) = f.db.read_now::<_, domain::Error>(move |tx| Ok((mailings::get(tx, &ctx, &which)?, mailings::rows(tx, &ctx, &which, None, 0, 1000)?))).unwrap();
        assert_eq!((m.state, counts.lines(), counts.of(Outcome::Sent) + counts.of(Outcome::Unknown)), (State::Done, 80, 80), "{counts:?}");
        assert!(counts.of(Outcome::Sent) > 0 && counts.of(Outcome::Unknown) > 0, "{counts:?}");
        for line in lines.iter().filter(|l| l.outcome == Outcome::Sent) {
            assert!(given.contains_key(&line.customer_name), "{line:?} is said to be sent");
        }
    }
}

fn owner_page(desk: &Desk, f: &Fixture, path: &str) -> String {
    let page = desk.owner(f).get(path);
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page.body
}
