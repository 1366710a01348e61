//! Contracts from their pages and from the API.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{Right, Rights, Role};
use domain::testing::Fixture;
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};
use crate::offers::ask;

fn customer(f: &Fixture, email: &str) -> String {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: "Ana <Ruiz>".into(), ..NewCustomer::default() });
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id.to_string()
}

/// What follows a text up to a quote.
fn behind(body: &str, start: &str) -> String {
    let at = body.find(start).unwrap_or_else(|| panic!("no {start} in {body}")) + start.len();
    body[at..at + body[at..].find('"').unwrap()].to_owned()
}

store::db_test! {
    domain::migrations();

    fn a_contract_is_made_changed_and_given_notice_of(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let ana = customer(&f, "ana@example.es");
        let topic = mara.get(&format!("/customers/{ana}/contracts"));
        assert!(topic.body.contains("No contracts yet") && topic.body.contains(&format!("action=\"/customers/{ana}/contracts/new\" target=\"_blank\"")), "{}", topic.body);
        let form = mara.get(&format!("/customers/{ana}/contracts/new?shop={}", f.shop));
        assert!(form.body.contains("New contract") && form.body.contains("Each 3 months") && form.body.contains("By 12 months"), "{}", form.body);
        let once = behind(&form.body, "name=\"once\" value=\"");
        let shop = f.shop.to_string();
        let fields = [("once", once.as_str()), ("shop", &shop), ("title", ""), ("amount", "99,00"), ("cycle", "1 month"), ("starts_on", "2026-01-01"), ("ends_on", "2026-12-31"),
            ("renew_months", "12"), ("notice", "3 month"), ("remind_days", "14"), ("note", "By the <window>"), ("do", "draft")];
        let wrong = mara.post(&format!("/customers/{ana}/contracts/new"), &fields);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("id=\"f-title-error\"") && wrong.body.contains("value=\"3 month\" selected"), "{}", wrong.body);
        let mut right = fields.to_vec();
        right[2].1 = "Machine & service";
        let made = mara.post(&format!("/customers/{ana}/contracts/new"), &right);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let at = made.location;
        assert_eq!(mara.post(&format!("/customers/{ana}/contracts/new"), &right).location, at, "pressed twice, made once");
        let page = mara.get(&at);
        for words in ["Contract 1001", "Draft", "Machine &#38; service", "€99.00 each month", "by 12 months", "3 months", "14 days before", "By the &#60;window&#62;", "Start contract"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        assert_eq!(mara.post(&format!("{at}/start"), &[]).location, at);
        let edit = mara.get(&format!("{at}/edit"));
        let version = behind(&edit.body, "name=\"version\" value=\"");
        let mut changed = right.clone();
        changed[0].1 = "";
        changed[3].1 = "109";
        changed.push(("version", &version));
        assert_eq!(mara.post(&format!("{at}/edit"), &changed).location, at);
        assert_eq!(mara.post(&format!("{at}/edit"), &changed).status, StatusCode::CONFLICT, "somebody else was faster");
        let dialog = mara.get(&format!("{at}/notice"));
        assert!(dialog.body.contains("value=\"2026-12-31\""), "{}", dialog.body);
        assert_eq!(mara.post(&format!("{at}/notice"), &[("ends_on", "2020-01-01")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(mara.post(&format!("{at}/notice"), &[("ends_on", "2026-12-31"), ("reason", "Moving")]).location, at);
        let page = mara.get(&at);
        assert!(page.body.contains("Notice given") && page.body.contains("Moving") && page.body.contains("Take notice back") && !page.body.contains("Note a notice"), "{}", page.body);
        assert_eq!(mara.post(&format!("{at}/notice/take-back"), &[]).location, at);
        assert!(mara.get(&format!("{at}/end")).body.contains("End contract 1001 today?"));
        assert_eq!(mara.post(&format!("{at}/end"), &[("reason", "x".repeat(1_001).as_str())]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(mara.post(&format!("{at}/end"), &[("reason", "Agreed")]).location, at);
        assert_eq!(mara.post(&format!("{at}/cancel"), &[]).status, StatusCode::CONFLICT);
        let listed = mara.get("/contracts?state=ended").body;
        assert!(listed.contains(&at) && listed.contains("data-tab"), "a row opens in a tab of its own");
        let topic = mara.get(&format!("/customers/{ana}/contracts")).body;
        assert!(topic.contains("€109.00 each month") && topic.contains("data-tab"), "{topic}");
        assert!(mara.get(&format!("/customers/{ana}/timeline")).body.contains("Contract 1001 ended"));
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        let seen = reader.get(&at);
        assert!(seen.status == StatusCode::OK && !seen.body.contains("/edit") && !seen.body.contains("Add file"));
    }

    fn the_signed_paper_comes_back_as_a_download_and_nothing_else(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (ana, all) = (customer(&f, "ana@example.es"), key(&f, Rights::all()));
        let new = json!({ "customer": ana, "shop": f.shop, "title": "Lease", "starts_on": "2026-06-01", "start": true });
        let (status, made) = ask(&desk, &all, "POST", "/contracts", &new);
        assert_eq!((status, &made["state"], &made["ends_on"]), (201, &json!("running"), &Value::Null), "{made}");
        let at = format!("/contracts/{}", made["id"].as_str().unwrap());
        let put = |kind: &str, bytes: &'static [u8]| {
            let request = Request::builder().method("PUT").uri(format!("/api/v1{at}/file?name=lease%20%3C1%3E.pdf")).header("authorization", format!("Bearer {all}"));
            desk.send(request.header("content-type", kind).body(Body::from(bytes)).unwrap())
        };
        assert_eq!(put("text/html", b"<script>").status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(put("application/pdf", b"<script>alert(1)</script>").status, StatusCode::UNPROCESSABLE_ENTITY, "by its content");
        assert_eq!(put("application/pdf", b"%PDF-1.7 signed").status, StatusCode::OK);
        assert_eq!(ask(&desk, &all, "GET", &at, &Value::Null).1["file"]["name"], "lease <1>.pdf");
        let mut mara = desk.owner(&f);
        let page = mara.get(&at);
        assert!(page.body.contains("lease &#60;1&#62;.pdf") && page.body.contains(&format!("href=\"{at}/file\"")), "{}", page.body);
        let got = mara.get(&format!("{at}/file"));
        assert_eq!((got.body.as_str(), got.headers["content-type"].to_str().unwrap()), ("%PDF-1.7 signed", "application/octet-stream"));
        assert!(got.headers["content-disposition"].to_str().unwrap().starts_with("attachment;"));
        assert_eq!(got.headers["x-content-type-options"], "nosniff");
        assert_eq!(mara.post(&format!("{at}/file/remove"), &[]).location, at);
        assert_eq!(mara.get(&format!("{at}/file")).status, StatusCode::NOT_FOUND);
        assert_eq!(mara.post(&format!("{at}/file"), &[]).status, StatusCode::UNPROCESSABLE_ENTITY, "no file was chosen");
    }

    fn the_api_does_what_the_pages_do(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (ana, all) = (customer(&f, "ana@example.es"), key(&f, Rights::all()));
        let new = json!({ "customer": ana, "shop": f.shop, "title": "Machine", "amount": 9900, "cycle": { "count": 1, "unit": "month" }, "starts_on": "2026-01-01",
            "ends_on": "2026-12-31", "renew_months": 12, "notice": { "count": 3, "unit": "month" }, "remind_days": 14 });
        let (status, made) = ask(&desk, &all, "POST", "/contracts", &new);
        assert_eq!((status, &made["state"], &made["value"]["amount"], &made["notice_on"]), (201, &json!("draft"), &json!(9900), &json!("2026-09-30")), "{made}");
        let at = format!("/contracts/{}", made["id"].as_str().unwrap());
        let (status, problem) = ask(&desk, &all, "POST", "/contracts", &json!({ "customer": ana, "shop": f.shop, "title": "x", "starts_on": "soon" }));
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/starts_on")));
        let (status, patched) = ask(&desk, &all, "PATCH", &at, &json!({ "ends_on": null, "renew_months": 0, "remind_days": null, "expected_version": 1 }));
        assert_eq!((status, &patched["ends_on"], &patched["title"], &patched["notice"]["count"]), (200, &Value::Null, &json!("Machine"), &json!(3)), "{patched}");
        assert_eq!(ask(&desk, &all, "PATCH", &at, &json!({ "title": "y", "expected_version": 1 })).1["code"], "stale");
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/notice"), &json!({})).1["code"], "contract_state");
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/start"), &Value::Null).1["state"], "running");
        let (status, given) = ask(&desk, &all, "POST", &format!("{at}/notice"), &json!({ "reason": "Moving" }));
        assert_eq!((status, &given["state"], &given["ends_on"]), (200, &json!("notice"), &json!("2026-09-15")), "three months from today");
        assert_eq!(ask(&desk, &all, "DELETE", &format!("{at}/notice"), &Value::Null).1["state"], "running");
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/ending"), &json!({ "reason": "Agreed" })).1["ends_on"], "2026-06-15");
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/cancellation"), &json!({})).0, 409);
        assert_eq!(ask(&desk, &all, "GET", "/contracts?state=ended", &Value::Null).1["data"][0]["id"], made["id"]);
        assert_eq!(ask(&desk, &all, "GET", "/contracts/counts", &Value::Null).1["total"], 1);
        assert_eq!(ask(&desk, &all, "GET", &format!("/customers/{ana}/contracts"), &Value::Null).1["data"].as_array().unwrap().len(), 1);
        let reader = key(&f, Rights::of(&[Right::Read]));
        assert_eq!((ask(&desk, &reader, "POST", "/contracts", &new).0, ask(&desk, &reader, "GET", &at, &Value::Null).0), (403, 200));
    }
}
