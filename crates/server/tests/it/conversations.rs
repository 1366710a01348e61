//! Conversations as people press them and programs send them.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{CustomerId, Right, Rights, Role};
use domain::templates::{self, TemplateInput};
use domain::testing::Fixture;
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};

pub fn customer(f: &Fixture, email: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: "Ana Ruiz".into(), ..NewCustomer::default() });
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
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

fn hand_in(desk: &Desk, key: &str, raw: impl Into<Body>) -> (u16, Value) {
    let request = Request::post("/api/v1/mails").header("authorization", format!("Bearer {key}")).header("content-type", "message/rfc822");
    let answer = desk.send(request.body(raw.into()).unwrap());
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

pub const HOSTILE: &str = "From: Ana <ana@example.es>\r\nSubject: <script>alert(1)</script>\r\nMessage-ID: <h@x>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
    <h1 onclick=alert(2)>Hi</h1><script>alert(3)</script><img src=\"https://evil.example/pixel\"><a href=\"javascript:alert(4)\">x</a>\r\n\
    --b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"../run.html\"\r\n\r\n<script>alert(5)</script>\r\n--b--\r\n";

fn hidden(body: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = body.find(&start).unwrap_or_else(|| panic!("no field {name} in {body}")) + start.len();
    body[at..at + body[at..].find('"').unwrap()].to_owned()
}

store::db_test! {
    domain::migrations();

    fn a_hostile_mail_runs_nothing_and_fetches_nothing(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let all = key(&f, Rights::all());
        let (status, filed) = hand_in(&desk, &all, HOSTILE);
        assert_eq!((status, filed["customer"].as_str(), filed["new"].as_bool()), (201, Some(ana.as_str()), Some(true)));
        assert_eq!(hand_in(&desk, &all, HOSTILE), (200, json!({ "entry": filed["entry"], "conversation": filed["conversation"], "customer": ana, "new": false })));
        let mut olivia = desk.owner(&f);
        let page = olivia.get(&format!("/customers/{ana}/conversations"));
        assert!(page.body.contains("&#60;script&#62;alert(1)") && !page.body.contains("<script>alert"), "{}", page.body);
        assert!(page.body.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"") && page.body.contains("run.html"));
        let entry = filed["entry"].as_str().unwrap();
        let shown = olivia.get(&format!("/entries/{entry}/html"));
        assert!(shown.body.contains("<h1>Hi</h1>"), "{}", shown.body);
        for bad in ["alert", "evil.example", "javascript:", "onclick"] {
            assert!(!shown.body.contains(bad), "{bad} in {}", shown.body);
        }
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("sandbox ") && policy.contains("default-src 'none'") && !policy.contains("allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
        let read = say(&desk, &all, "GET", &format!("/entries/{entry}"), &Value::Null).1;
        let file = olivia.get(&format!("/entries/{entry}/files/{}", read["files"][0]["id"].as_str().unwrap()));
        assert_eq!(file.headers["content-type"], "application/octet-stream");
        assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"run.html\""));
    }

    fn mail_is_written_and_answered_from_the_page_once(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let mut olivia = desk.owner(&f);
        let at = format!("/customers/{ana}/mails/new");
        let form = olivia.get(&at);
        let once = hidden(&form.body, "once");
        let refused = olivia.post(&at, &[("once", &once), ("to", "ana@example.es"), ("subject", ""), ("body", "")]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Say what it is about.") && refused.body.contains("Write something."));
        let mail = [("once", once.as_str()), ("to", "ana@example.es"), ("subject", "Your order"), ("body", "It left.")];
        for _ in 0..2 {
            let sent = olivia.post(&at, &mail);
            assert_eq!((sent.status, sent.location.as_str()), (StatusCode::SEE_OTHER, format!("/customers/{ana}/conversations").as_str()), "{}", sent.body);
        }
        let page = olivia.get(&format!("/customers/{ana}/conversations"));
        assert_eq!(page.body.matches("It left.").count(), 1, "pressed twice, sent once");
        assert!(page.body.contains("Waits to be sent") && page.body.contains("Conversations<small>1</small>"));
        let (_, filed) = hand_in(&desk, &key(&f, Rights::all()), "From: ana@example.es\r\nSubject: Re: Your order\r\nMessage-ID: <r@x>\r\n\r\nThanks");
        let reply = format!("/entries/{}/reply", filed["entry"].as_str().unwrap());
        let form = olivia.get(&reply);
        assert!(form.body.contains("value=\"Re: Your order\"") && form.body.contains("<b dir=\"auto\">ana@example.es</b>"), "{}", form.body);
        let sent = olivia.post(&reply, &[("once", &hidden(&form.body, "once")), ("subject", "Re: Your order"), ("body", "Welcome.")]);
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let calls = olivia.get(&format!("/customers/{ana}/conversations?kind=call"));
        assert!(calls.body.contains("Nothing of this kind was said.") && !calls.body.contains("It left."));
        let found = olivia.get(&format!("/customers/{ana}/conversations?q=WELC%C3%B3me"));
        assert!(found.body.contains("Welcome.") && !found.body.contains("It left."));
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        let page = reader.get(&format!("/customers/{ana}/conversations"));
        assert!(page.body.contains("Welcome.") && !page.body.contains("Write a mail") && !page.body.contains("/reply"));
    }

    fn a_mail_and_an_answer_begin_with_a_template(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let mut olivia = desk.owner(&f);
        let at = format!("/customers/{ana}/mails/new");
        assert!(!olivia.get(&at).body.contains("Use template"), "there is none");
        let (ctx, shop) = (f.ctx.clone(), f.shop.clone());
        let input = TemplateInput { name: "Thanks".into(), subject: "For {{ customer.name }}".into(), body: "Dear {{ customer.name }},".into() };
        let template = f.db.write_now(move |tx| templates::create(tx, &ctx, &shop, &input)).unwrap().id.to_string();
        let form = olivia.get(&at);
        assert!(form.body.contains(&format!("value=\"{template}\"")) && form.body.contains("Use template"), "{}", form.body);
        let none = olivia.post(&at, &[("use", "1"), ("to", "ana@example.es"), ("subject", ""), ("body", "")]);
        assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.body.contains("f-template-error"), "{}", none.body);
        let used = olivia.post(&at, &[("use", "1"), ("template", &template), ("to", "ana@example.es"), ("subject", ""), ("body", "-- \nOlivia")]);
        assert_eq!(used.status, StatusCode::OK);
        assert!(used.body.contains("value=\"For Ana Ruiz\"") && used.body.contains("Dear Ana Ruiz,\n\n-- \nOlivia</textarea>"), "{}", used.body);
        assert!(!olivia.get(&format!("/customers/{ana}/conversations")).body.contains("Dear Ana"), "nothing is sent by it");
        let all = key(&f, Rights::all());
        let (status, mail) = say(&desk, &all, "POST", &format!("/customers/{ana}/mails"), &json!({ "template": template }));
        assert_eq!((status, mail["subject"].as_str(), mail["body"].as_str()), (201, Some("For Ana Ruiz"), Some("Dear Ana Ruiz,")), "{mail}");
        let (_, filed) = hand_in(&desk, &all, "From: ana@example.es\r\nSubject: Tea\r\nMessage-ID: <t@x>\r\n\r\nHello");
        let entry = filed["entry"].as_str().unwrap();
        let (status, answer) = say(&desk, &all, "POST", &format!("/entries/{entry}/replies"), &json!({ "template": template }));
        assert_eq!((status, answer["subject"].as_str(), answer["body"].as_str()), (201, Some("Re: Tea"), Some("Dear Ana Ruiz,")), "{answer}");
        let (status, wrong) = say(&desk, &all, "POST", &format!("/customers/{ana}/mails"), &json!({ "template": "tpl_00000000000000000000000000" }));
        assert_eq!(status, 422, "{wrong}");
        let answered = olivia.post(&format!("/entries/{entry}/reply"), &[("use", "1"), ("template", &template), ("subject", "Re: Tea"), ("body", "")]);
        assert!(answered.body.contains("value=\"Re: Tea\"") && answered.body.contains("Dear Ana Ruiz,</textarea>"), "{}", answered.body);
    }

    fn an_empty_body_is_no_mail(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        for nothing in ["", "\r\n\r\n "] {
            let (status, said) = hand_in(&desk, &all, nothing);
            assert_eq!((status, said["code"].as_str()), (422, Some("invalid")), "{said}");
        }
        assert_eq!(say(&desk, &all, "GET", "/conversations", &Value::Null).1["data"].as_array().map(Vec::len), Some(0), "nothing waits");
    }

    fn a_program_hands_in_a_mail_that_opens_a_ticket(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let all = key(&f, Rights::all());
        let send = |query: &str, id: &str| {
            let request = Request::post(format!("/api/v1/mails{query}")).header("authorization", format!("Bearer {all}")).header("content-type", "message/rfc822");
            let raw = format!("From: ana@example.es\r\nTo: desk@x.example\r\nCc: ben@example.es\r\nSubject: Mail {id}\r\nMessage-ID: <{id}@x>\r\n\r\nHi");
            desk.send(request.body(Body::from(raw)).unwrap()).status.as_u16()
        };
        assert_eq!((send("?ticket=true", "a"), send("?ticket=false", "b"), send("", "c"), send("?ticket=maybe", "d")), (201, 201, 201, 422));
        let (_, tickets) = say(&desk, &all, "GET", "/tickets", &Value::Null);
        let subjects: Vec<_> = tickets["data"].as_array().unwrap().iter().map(|t| t["subject"].as_str().unwrap()).collect();
        assert_eq!(subjects, ["Mail a"], "{tickets}");
        assert!(desk.owner(&f).get(&format!("/customers/{ana}/conversations")).body.contains("desk@x.example, ben@example.es"), "copies are shown");
    }

    fn a_signature_stands_under_what_one_writes(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let mut olivia = desk.owner(&f);
        assert_eq!(olivia.post("/account/signature", &[("signature", &"x".repeat(1_001))]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(olivia.post("/account/signature", &[("signature", "Olivia\r\nKilde")]).status, StatusCode::SEE_OTHER);
        assert!(olivia.get("/account").body.contains("Olivia\nKilde</textarea>"));
        let form = olivia.get(&format!("/customers/{ana}/mails/new"));
        assert!(form.body.contains("-- \nOlivia\nKilde</textarea>"), "{}", form.body);
        let mut other = desk.person(&f, &of_role(&f, Role::Support));
        assert!(!other.get(&format!("/customers/{ana}/mails/new")).body.contains("Kilde</textarea>"), "it is hers alone");
    }

    fn a_draft_is_saved_gone_on_with_and_sent(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let mut olivia = desk.owner(&f);
        let at = format!("/customers/{ana}/mails/new");
        let once = hidden(&olivia.get(&at).body, "once");
        let empty = olivia.post(&at, &[("once", once.as_str()), ("keep", "1"), ("subject", ""), ("body", "")]);
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains("Write something first."), "{}", empty.body);
        let saved = olivia.post(&at, &[("once", once.as_str()), ("keep", "1"), ("to", "ana@example.es"), ("subject", "Half a <b>"), ("body", "Dear")]);
        assert_eq!((saved.status, saved.location.as_str()), (StatusCode::SEE_OTHER, format!("/customers/{ana}/conversations").as_str()), "{}", saved.body);
        for page in [olivia.get(&saved.location), olivia.get("/drafts")] {
            assert!(page.body.contains("Half a &#60;b&#62;") && page.body.contains(&at), "{}", page.body);
        }
        assert!(olivia.get("/inbox").body.contains("Drafts<small>1</small>"));
        let mut other = desk.person(&f, &of_role(&f, Role::Support));
        for page in [other.get(&saved.location), other.get("/drafts"), other.get(&at)] {
            assert!(!page.body.contains("Half a"), "it is hers alone");
        }
        let form = olivia.get(&at);
        assert!(form.body.contains("Half a &#60;b&#62;") && form.body.contains("\nDear</textarea>") && form.body.contains("Your draft, saved"), "{}", form.body);
        olivia.post(&at, &[("once", hidden(&form.body, "once").as_str()), ("to", "ana@example.es"), ("subject", "Whole"), ("body", "Dear Ana")]);
        assert!(!olivia.get("/drafts").body.contains("Half a"), "sent, so gone");
        olivia.post(&at, &[("keep", "1"), ("subject", "Never mind"), ("body", "")]);
        let form = olivia.get(&at).body;
        let start = form.find("/drafts/mdr_").unwrap();
        let delete = &form[start..start + form[start..].find('"').unwrap()];
        assert_eq!(other.post(delete, &[]).status, StatusCode::NOT_FOUND);
        assert_eq!(olivia.post(delete, &[]).status, StatusCode::SEE_OTHER);
        assert!(olivia.get("/drafts").body.contains("No drafts"));
    }

    fn a_file_stays_with_its_draft(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let (mut olivia, at) = (desk.owner(&f), format!("/customers/{ana}/mails/new"));
        let saved = olivia.upload(&at, &[("keep", "1"), ("to", "ana@example.es"), ("subject", "Manual"), ("body", "Here")], ("files", "manual <1>.txt"), "press it");
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
        let form = olivia.get(&at).body;
        assert!(form.contains("manual 1.txt (8 B)"), "{form}");
        let start = form.find("value=\"mdf_").unwrap() + 7;
        let file = form[start..start + form[start..].find('"').unwrap()].to_owned();
        assert!(form.contains(&format!("name=\"kept\" value=\"{file}\" checked")), "{form}");
        let once = hidden(&form, "once");
        olivia.post(&at, &[("once", once.as_str()), ("kept", &file), ("to", "ana@example.es"), ("subject", "Manual"), ("body", "Here")]);
        let page = olivia.get(&format!("/customers/{ana}/conversations")).body;
        assert!(page.contains("manual 1.txt"), "{page}");
    }

    fn a_program_prepares_a_mail_that_a_person_sends(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let (all, at) = (key(&f, Rights::all()), format!("/staff/{}/drafts", f.owner));
        let body = json!({ "customer": ana, "to": "ana@example.es", "subject": "Your parcel", "body": "Dear Ana",
            "files": [{ "name": "label.txt", "content_type": "text/plain", "content": "aGk=" }] });
        let (status, made) = say(&desk, &all, "POST", &at, &body);
        assert_eq!((status, &made["subject"], &made["entry"], &made["files"][0]["size"]), (200, &json!("Your parcel"), &Value::Null, &json!(2)), "{made}");
        let mut olivia = desk.owner(&f);
        assert!(olivia.get(&format!("/customers/{ana}/mails/new")).body.contains("label.txt (2 B)"));
        let kept = json!({ "customer": ana, "subject": "Your parcel", "kept": [made["files"][0]["id"]] });
        let (_, again) = say(&desk, &all, "POST", &at, &kept);
        assert_eq!((&again["id"], &again["body"], again["files"].as_array().unwrap().len()), (&made["id"], &json!(""), 1), "{again}");
        let (_, listed) = say(&desk, &all, "GET", &at, &Value::Null);
        assert_eq!((listed["data"].as_array().unwrap().len(), &listed["next"]), (1, &Value::Null), "{listed}");
        for (rights, status) in [(Rights::of(&[Right::Staff]), 403), (Rights::of(&[Right::Write]), 403)] {
            assert_eq!(say(&desk, &key(&f, rights), "POST", &at, &body).0, status);
        }
        assert_eq!(say(&desk, &all, "POST", &at, &json!({ "subject": "x" })).0, 422, "to nobody");
        assert_eq!(say(&desk, &all, "DELETE", &format!("{at}/{}", made["id"].as_str().unwrap()), &Value::Null).0, 204);
        assert!(olivia.get("/drafts").body.contains("No drafts"));
        let at = format!("/staff/{}/signature", f.owner);
        assert_eq!(say(&desk, &all, "PUT", &at, &json!({ "signature": "Olivia, Kilde" })), (200, json!({ "signature": "Olivia, Kilde" })));
        assert!(olivia.get("/account").body.contains("Olivia, Kilde"));
        let other = f.other();
        assert_eq!(say(&desk, &key(&other, Rights::all()), "GET", &format!("/staff/{}/drafts", of_role(&f, Role::Support)), &Value::Null).0, 404, "another merchant's");
    }

    fn an_address_that_bounced_is_marked_and_tried_again(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let all = key(&f, Rights::all());
        assert_eq!(say(&desk, &all, "POST", "/bounces", &json!({ "email": "ana@example.es", "code": "5.1.1" })).0, 200);
        let mut olivia = desk.owner(&f);
        let (profile, write) = (format!("/customers/{ana}"), format!("/customers/{ana}/mails/new"));
        assert!(olivia.get(&profile).body.contains("Mail came back</span>"));
        for page in [olivia.get(&profile), olivia.get(&write)] {
            assert!(page.body.contains("there is no such mailbox (5.1.1)") && page.body.contains("Try the address again"), "{}", page.body);
        }
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        let page = reader.get(&profile);
        assert!(page.body.contains("there is no such mailbox") && !page.body.contains("Try the address again"));
        assert_eq!(reader.post("/bounces/clear", &[("email", "ana@example.es")]).status, StatusCode::FORBIDDEN);
        let elsewhere = olivia.post("/bounces/clear", &[("email", "ben@example.es"), ("back", "//evil.example")]);
        assert_eq!(elsewhere.location, "/inbox");
        assert_eq!(olivia.post("/bounces/clear", &[("email", "ana@example.es"), ("back", &write)]).location, write);
        assert!(!olivia.get(&profile).body.contains("Mail came back</span>"));
    }

    fn an_unknown_sender_waits_and_becomes_a_customer(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let all = key(&f, Rights::all());
        let (_, one) = hand_in(&desk, &all, "From: Bea B <bea@example.es>\r\nSubject: Hello\r\nMessage-ID: <1@x>\r\n\r\nHi");
        let (_, two) = hand_in(&desk, &all, "From: ana.private@example.es\r\nSubject: It is me\r\nMessage-ID: <2@x>\r\n\r\nHi");
        let mut olivia = desk.owner(&f);
        let inbox = olivia.get("/inbox");
        assert!(inbox.body.contains("Bea B") && inbox.body.contains("It is me") && inbox.body.contains("aria-current=\"page\""));
        let at = format!("/conversations/{}", one["conversation"].as_str().unwrap());
        assert!(olivia.get(&at).body.contains("who is no customer yet"));
        let wrong = olivia.post(&format!("{at}/customer/new"), &[("name", "Bea"), ("email", "nobody")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let made = olivia.post(&format!("{at}/customer/new"), &[("name", "Bea"), ("email", "bea@example.es")]);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        assert!(olivia.get(&made.location).body.contains("Hello"));
        let at = format!("/conversations/{}", two["conversation"].as_str().unwrap());
        let search = olivia.get(&format!("{at}?q=ruiz"));
        assert!(search.body.contains("It is them"), "{}", search.body);
        let linked = olivia.post(&format!("{at}/customer"), &[("customer", ana.as_str())]);
        assert_eq!(linked.location, format!("/customers/{ana}/conversations"));
        assert_eq!(olivia.post(&format!("{at}/customer"), &[("customer", ana.as_str())]).status, StatusCode::CONFLICT);
        let inbox = olivia.get("/inbox?view=waiting");
        assert!(inbox.body.contains("It is me"));
        olivia.post(&format!("{at}/close"), &[]);
        assert!(!olivia.get("/inbox?view=waiting").body.contains("It is me"));
    }

    fn programs_tell_of_chats_and_calls_and_write_mail(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let all = key(&f, Rights::all());
        let (status, chat) = say(&desk, &all, "POST", "/chats", &json!({ "email": "ANA@example.es", "subject": "Hours" }));
        assert_eq!((status, chat["customer"].as_str()), (201, Some(ana.as_str())), "{chat}");
        let path = format!("/chats/{}/messages", chat["id"].as_str().unwrap());
        assert_eq!(say(&desk, &all, "POST", &path, &json!({ "direction": "in", "body": "Open today?" })).0, 201);
        let (status, wrong) = say(&desk, &all, "POST", &path, &json!({ "direction": "in", "body": "" }));
        assert_eq!((status, wrong["errors"][0]["pointer"].as_str()), (422, Some("/body")), "{wrong}");
        let call = json!({ "customer": ana, "phone": "+34 612 345 678", "direction": "in", "outcome": "answered", "seconds": 65, "started_at": "2026-01-01T10:00:00Z", "external_id": "CA1" });
        assert_eq!(say(&desk, &all, "POST", "/calls", &call).0, 201);
        assert_eq!(say(&desk, &all, "POST", "/calls", &call).0, 200);
        let (status, mail) = say(&desk, &all, "POST", &format!("/customers/{ana}/mails"), &json!({ "subject": "Hi", "body": "b", "files": [{ "name": "a.txt", "content": "aGVsbG8=" }] }));
        assert_eq!((status, mail["sending"]["state"].as_str(), mail["files"][0]["size"].as_i64()), (201, Some("queued"), Some(5)), "{mail}");
        let (_, stream) = say(&desk, &all, "GET", &format!("/customers/{ana}/entries?limit=2"), &Value::Null);
        assert_eq!(stream["data"].as_array().unwrap().len(), 2);
        let (_, rest) = say(&desk, &all, "GET", &format!("/customers/{ana}/entries?limit=2&after={}", stream["next"].as_str().unwrap()), &Value::Null);
        assert_eq!((rest["data"].as_array().unwrap().len(), rest["data"][0]["outcome"].as_str(), rest.get("next")), (1, Some("answered"), None));
        assert_eq!(say(&desk, &all, "GET", "/conversations?view=waiting", &Value::Null).1["data"].as_array().unwrap().len(), 1);
        let looks = key(&f, Rights::of(&[Right::Read]));
        assert_eq!(hand_in(&desk, &looks, "x").0, 403);
        let large = vec![b'x'; 25 * 1024 * 1024 + 1];
        assert_eq!(hand_in(&desk, &all, large).0, 413);
        assert_eq!(hand_in(&desk, &all, [b"From: ana@example.es\r\n\r\n".to_vec(), vec![b'x'; 17 * 1024 * 1024]].concat()).0, 201, "more than another body may have");
        let other = Fixture { ..f.other() };
        let theirs = key(&other, Rights::all());
        assert_eq!(say(&desk, &theirs, "GET", &format!("/entries/{}", mail["id"].as_str().unwrap()), &Value::Null).0, 404);
    }

    fn a_mailbox_is_set_up_from_the_page_and_its_password_is_never_shown(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let typed = [("address", "desk@shop.example"), ("host", "imap.shop.example"), ("port", "993"), ("security", "tls"), ("username", "desk"), ("password", "s3cret-word"), ("folder", "")];
        let made = olivia.post("/settings/mail/new", &typed);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        for page in [olivia.get("/settings/mail"), olivia.get(&made.location)] {
            assert!(page.body.contains("desk@shop.example") && page.body.contains("Not looked into yet") && !page.body.contains("s3cret"));
        }
        let wrong = olivia.post("/settings/mail/new", &[("address", "x"), ("host", ""), ("port", "99999"), ("security", "plain"), ("username", ""), ("password", "")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Only a server on this machine"));
        assert_eq!(olivia.post(&format!("{}/disable", made.location), &[]).status, StatusCode::SEE_OTHER);
        assert!(olivia.get("/settings/mail").body.contains("Switched off"));
    }
}
