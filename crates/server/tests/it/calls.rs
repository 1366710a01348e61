//! Calls as Twilio tells them, and call records by file.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use domain::kit::{Right, Rights, Role};
use domain::testing::Fixture;
use ring::hmac;
use serde_json::{Value, json};

use crate::conversations::customer;
use crate::desk::{Answer, Desk, key, of_role};
use crate::offers::ask;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn encoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// As Twilio signs: the address, then each field by name.
fn signature(token: &str, url: &str, pairs: &[(&str, &str)]) -> String {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    let text = sorted.iter().fold(url.to_owned(), |text, (name, value)| format!("{text}{name}{value}"));
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

fn tell(desk: &Desk, path: &str, signed: &str, pairs: &[(&str, &str)]) -> Answer {
    let request = Request::post(path)
        .header("host", "desk.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-twilio-signature", signed);
    desk.send(request.body(Body::from(encoded(pairs))).unwrap())
}

/// The path of the address that the page gives for Twilio.
fn hook(page: &str) -> String {
    let start = page.find("/hooks/calls/").unwrap_or_else(|| panic!("{page}"));
    page[start..start + page[start..].find('<').unwrap()].to_owned()
}

store::db_test! {
    domain::migrations();

    fn a_program_sets_up_who_tells_of_calls_and_the_key_that_signs(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let say = |scopes: Rights, method: &str, path: &str, body: &Value| ask(&desk, &key(&f, scopes), method, path, body);
        let account = json!({ "shop": f.shop, "token": TOKEN });
        assert_eq!(say(Rights::NONE.with(Right::Read), "POST", "/phone-accounts", &account).0, 403);
        assert_eq!(say(Rights::all(), "POST", "/phone-accounts", &json!({ "shop": f.shop, "token": "short" })).0, 422);
        let (status, made) = say(Rights::all(), "POST", "/phone-accounts", &account);
        assert!(status == 200 && made["webhook_path"].as_str().unwrap().starts_with("/hooks/calls/") && !made.to_string().contains(TOKEN), "{made}");
        let (_, again) = say(Rights::all(), "POST", "/phone-accounts", &account);
        assert_eq!(again["id"], made["id"], "one for each shop");
        assert_eq!(say(Rights::all(), "POST", &format!("/phone-accounts/{}/disable", made["id"].as_str().unwrap()), &json!({})).0, 204);
        let (_, all) = say(Rights::all(), "GET", "/phone-accounts", &Value::Null);
        assert!(all["data"].as_array().unwrap().len() == 1 && all["data"][0]["disabled_at"].is_string(), "{all}");

        assert_eq!(say(Rights::all(), "GET", "/signing-key", &Value::Null).0, 404);
        assert_eq!(say(Rights::all(), "PUT", "/signing-key", &json!({ "domain": "nowhere", "selector": "desk" })).0, 422);
        let (status, set) = say(Rights::all(), "PUT", "/signing-key", &json!({ "domain": "example.com", "selector": "desk" }));
        assert!(status == 200 && set["record_name"] == json!("desk._domainkey.example.com") && set["record"].as_str().unwrap().contains("k=ed25519"), "{set}");
        assert_eq!(say(Rights::all(), "GET", "/signing-key", &Value::Null).1["record"], set["record"]);
        assert_eq!(say(Rights::all(), "DELETE", "/signing-key", &Value::Null).0, 204);
        assert_eq!(say(Rights::all(), "GET", "/signing-key", &Value::Null).0, 404);
    }

    fn twilio_tells_in_any_order_and_twice(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let mut olivia = desk.owner(&f);
        let page = olivia.get("/settings/calls").body;
        let shop = &page[page.find("value=\"shp_").unwrap() + 7..][..30];
        assert_eq!(olivia.post("/settings/calls", &[("shop", shop), ("token", "short")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(olivia.post("/settings/calls", &[("shop", shop), ("token", TOKEN)]).status, StatusCode::SEE_OTHER);
        let page = olivia.get("/settings/calls").body;
        assert!(!page.contains(TOKEN) && page.contains("Nothing told yet"));
        let path = hook(&page);
        let url = format!("http://desk.test{path}");
        let (ctx, who) = (f.ctx.clone(), ana.clone());
        db.write_now(move |tx| domain::customers::edit(tx, &ctx, &who, domain::customers::CustomerEdit { phone: Some("+34 612 345 678".into()), ..Default::default() })).unwrap();
        let step = |sid: &'static str, from: &'static str, status: &'static str, seconds: &'static str| {
            vec![("CallSid", sid), ("From", from), ("To", "+34911234567"), ("CallStatus", status), ("Direction", "inbound"), ("CallDuration", seconds)]
        };
        let told = |pairs: &[(&str, &str)]| tell(&desk, &path, &signature(TOKEN, &url, pairs), pairs).status;
        for pairs in [
            step("CA1", "+34612345678", "completed", "65"),
            step("CA1", "+34612345678", "ringing", ""),
            step("CA1", "+34612345678", "completed", "65"),
            step("CA2", "+442079460000", "no-answer", "0"),
            step("CA3", "anonymous", "completed", "5"),
        ] {
            assert_eq!(told(&pairs), StatusCode::NO_CONTENT, "{pairs:?}");
        }
        let stream = olivia.get(&format!("/customers/{ana}/conversations")).body;
        assert_eq!(stream.matches("Answered call, 1:05").count(), 1, "{stream}");
        assert!(olivia.get("/inbox").body.contains("+442079460000"), "a number nobody knows waits");
        assert!(olivia.get("/settings/calls").body.contains("Active"));
        let pairs = step("CA4", "+34612345678", "completed", "1");
        assert_eq!(tell(&desk, &path, &signature("another token", &url, &pairs), &pairs).status, StatusCode::FORBIDDEN);
        assert_eq!(tell(&desk, &path, "", &pairs).status, StatusCode::FORBIDDEN);
        let other = "/hooks/calls/nobody";
        assert_eq!(tell(&desk, other, &signature(TOKEN, &format!("http://desk.test{other}"), &pairs), &pairs).status, StatusCode::NOT_FOUND);
        let account = &page[page.find("/settings/calls/pha_").unwrap()..][..46];
        let mut support = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(support.get("/settings/calls").status, StatusCode::FORBIDDEN);
        assert_eq!(olivia.post(&format!("{account}/disable"), &[]).status, StatusCode::SEE_OTHER, "{account}");
        assert_eq!(told(&pairs), StatusCode::NOT_FOUND);
        let stream = olivia.get(&format!("/customers/{ana}/conversations")).body;
        assert_eq!(stream.matches("Answered call").count(), 1, "what was refused left nothing");
    }

    fn call_records_come_by_file_and_the_same_file_changes_nothing(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let (ctx, who) = (f.ctx.clone(), ana.clone());
        db.write_now(move |tx| domain::customers::edit(tx, &ctx, &who, domain::customers::CustomerEdit { phone: Some("+34 612 345 678".into()), ..Default::default() })).unwrap();
        let row = |from: &str| format!("\"\",\"{from}\",\"1001\",\"from-trunk\",\"\",\"SIP/a\",\"SIP/b\",\"Dial\",\"x\",\"2026-01-05 10:11:12\",\"2026-01-05 10:11:20\",\"2026-01-05 10:12:25\",73,65,\"ANSWERED\",\"DOCUMENTATION\",\"1.1\",\"\"\n");
        let file = format!("{}{}broken\n", row("+34612345678"), row("+442079460000"));
        let mut olivia = desk.owner(&f);
        let at = "/settings/calls/file";
        let none = olivia.post(at, &[]);
        assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.body.contains("Choose a file."), "{}", none.body);
        assert_eq!(olivia.upload(at, &[], ("file", "a.csv"), "<script>,1").status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = olivia.upload(at, &[], ("file", "Master.csv"), &file);
        for words in ["1 call was taken in", "1 was left out", "+442079460000", "Line 3 has too few columns."] {
            assert!(done.body.contains(words), "{words}: {}", done.body);
        }
        assert!(olivia.upload(at, &[], ("file", "Master.csv"), &file).body.contains("0 calls were taken in, 1 was there before"));
        assert!(olivia.upload(at, &[("all", "on")], ("file", "Master.csv"), &file).body.contains("of them 1 of numbers nobody knows"));
        assert!(olivia.get("/inbox").body.contains("+442079460000"));
        assert_eq!(olivia.get(&format!("/customers/{ana}/conversations")).body.matches("Answered call, 1:05").count(), 1);
    }

    fn programs_hand_in_call_records_by_file_too(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let (ctx, who) = (f.ctx.clone(), ana.clone());
        db.write_now(move |tx| domain::customers::edit(tx, &ctx, &who, domain::customers::CustomerEdit { phone: Some("+34 612 345 678".into()), ..Default::default() })).unwrap();
        let row = |from: &str| format!("\"\",\"{from}\",\"1001\",\"from-trunk\",\"\",\"SIP/a\",\"SIP/b\",\"Dial\",\"x\",\"2026-01-05 10:11:12\",\"2026-01-05 10:11:20\",\"2026-01-05 10:12:25\",73,65,\"ANSWERED\",\"DOCUMENTATION\",\"1.1\",\"\"\n");
        let file = format!("{}{}broken\n", row("+34612345678"), row("+442079460000"));
        let send = |key: &str, query: &str, file: &str| {
            let request = Request::post(format!("/api/v1/calls/records{query}")).header("authorization", format!("Bearer {key}")).header("content-type", "text/csv");
            let answer = desk.send(request.body(Body::from(file.to_owned())).unwrap());
            (answer.status.as_u16(), serde_json::from_str::<Value>(&answer.body).unwrap_or(Value::Null))
        };
        let all = key(&f, Rights::all());
        let (status, told) = send(&all, "", &file);
        assert_eq!((status, &told["new"], &told["unknown"]), (200, &json!(1), &json!([{ "phone": "+442079460000", "calls": 1 }])), "{told}");
        assert_eq!((&told["wrong"][0]["line"], &told["wrong_count"]), (&json!(3), &json!(1)));
        assert_eq!(send(&all, "", &file).1["known"], 1, "the same file again changes nothing");
        assert_eq!(send(&all, "?all=true", &file).1["waiting"], 1);
        assert_eq!(send(&all, "", "no call record").0, 422);
        assert_eq!(send(&key(&f, Rights::all().without(Right::Write)), "", &file).0, 403);
        let mut olivia = desk.owner(&f);
        assert_eq!(olivia.get(&format!("/customers/{ana}/conversations")).body.matches("Answered call, 1:05").count(), 1);
    }

    fn a_ticket_is_made_of_what_was_said_from_the_page(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let all = crate::desk::key(&f, domain::kit::Rights::all());
        let request = Request::post("/api/v1/mails").header("authorization", format!("Bearer {all}")).header("content-type", "message/rfc822");
        let filed = desk.send(request.body(Body::from("From: ana@example.es\r\nSubject: Broken cup\r\nMessage-ID: <1@x>\r\n\r\nIt broke.")).unwrap());
        let entry = serde_json::from_str::<serde_json::Value>(&filed.body).unwrap()["entry"].as_str().unwrap().to_owned();
        let mut olivia = desk.owner(&f);
        let path = format!("/entries/{entry}/ticket");
        assert!(olivia.get(&format!("/customers/{ana}/conversations")).body.contains(&path));
        let made = olivia.post(&path, &[]);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        assert_eq!(olivia.post(&path, &[]).location, made.location, "pressed twice it is the same");
        let page = olivia.get(&made.location).body;
        assert!(page.contains("Broken cup") && page.contains("It broke.") && page.contains("The conversation it came from"), "{page}");
        let api = |path: &str| {
            let request = Request::post(path).header("authorization", format!("Bearer {all}"));
            desk.send(request.body(Body::empty()).unwrap())
        };
        let again = api(&format!("/api/v1{path}"));
        assert_eq!(again.status, StatusCode::OK, "{}", again.body);
        assert!(made.location.ends_with(serde_json::from_str::<serde_json::Value>(&again.body).unwrap()["id"].as_str().unwrap()));
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        assert!(!reader.get(&format!("/customers/{ana}/conversations")).body.contains(&path));
        assert_eq!(reader.post(&path, &[]).status, StatusCode::FORBIDDEN);
    }
}
