//! Accounting as people and programs meet it: signing in at a service of our own that listens on this machine, mapping, an export, and its log.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::accounting::{Service, connections};
use domain::customers::{self, NewCustomer, Rules};
use domain::invoices::{self, LineInput, NewInvoice, Party, SettingsEdit};
use domain::jobs::{self, Tools};
use domain::kit::{Address, CustomerId, FixedClock, Rights, Role};
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};
use server::{accounting, workers};
use store::testing::TestDb;

use crate::desk::{Desk, Visitor, key, of_role};
use crate::providers::Fake;

/// Exact Online with one journal, one account and one VAT code, that takes everything.
fn exact() -> Fake {
    let mut turn = 0;
    Fake::new(Box::new(move |line, _| {
        let rows = |rows: Value| (200, json!({ "d": { "results": rows } }).to_string());
        let is = |part: &str| line.contains(part);
        if is("/api/oauth2/token") {
            turn += 1;
            return (
                200,
                json!({ "access_token": format!("a{turn}"), "refresh_token": format!("r{turn}"), "expires_in": "600" }).to_string(),
            );
        }
        match () {
            () if is("/current/Me") => rows(json!([{ "CurrentDivision": 123 }])),
            () if is("/Journals") => rows(json!([{ "Code": "70", "Description": "Sales" }])),
            () if is("/GLAccounts") => rows(json!([{ "ID": "guid-8000", "Code": "8000", "Description": "Revenue <main>" }])),
            () if is("/VATCodes") => rows(json!([{ "Code": "4 ", "Description": "VAT 20%" }])),
            () if is("POST") && is("/crm/Accounts") => (201, json!({ "d": { "ID": "guid-ana" } }).to_string()),
            () if is("POST") && is("/SalesEntries") => (201, json!({ "d": { "EntryID": "e1", "EntryNumber": 26_700_001 } }).to_string()),
            () => rows(json!([])),
        }
    }))
}

/// An issued invoice of 100 and its tax.
fn invoice(f: &Fixture) -> CustomerId {
    let address = Address { country: "FR".into(), ..Address::default() };
    let seller = Party { name: "Roastery".into(), vat_number: "FR 40303265045".into(), address: address.clone(), ..Party::default() };
    let settings = SettingsEdit {
        seller,
        terms_days: 30,
        format: "INV-{number}".into(),
        credit_format: "CN-{number}".into(),
        rounding: "document".into(),
        prices: "net".into(),
        category: "standard".into(),
        rate: "20".into(),
        ..SettingsEdit::default()
    };
    let ctx = f.ctx.clone();
    f.db.write_now::<_, domain::Error>(move |tx| {
        invoices::edit_settings(tx, &ctx, &settings)?;
        let new = NewCustomer { name: "Ana".into(), email: "ana@example.com".into(), billing: address.clone(), ..NewCustomer::default() };
        let customer = customers::create(tx, &ctx, new, Rules::Normal)?.id;
        let line = LineInput { title: "Coffee".into(), quantity: "1".into(), unit_price: "100".into(), ..LineInput::default() };
        let (prices, note) = (String::new(), String::new());
        let new = NewInvoice { customer: customer.clone(), currency: None, lines: vec![line], prices, note, terms_days: None };
        let draft = invoices::create(tx, &ctx, &new)?;
        invoices::issue(tx, &ctx, &draft)?;
        Ok(customer)
    })
    .unwrap()
}

/// Connects and signs in as a person does; gives the page of the connection.
fn connect(olivia: &mut Visitor<'_>) -> String {
    let fields = [("service", "exact"), ("site", "nl"), ("client", "app"), ("secret", "app-secret-1"), ("office", "")];
    let made = olivia.post("/settings/accounting/connect", &fields);
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let state = begin(olivia, &made.location);
    let back = olivia.get(&format!("/settings/accounting/callback?code=c1&state={state}"));
    assert_eq!(back.location, format!("{}/mapping", made.location), "{back:?}");
    made.location
}

/// Presses Sign in; gives the state that the link to the service carries.
fn begin(olivia: &mut Visitor<'_>, here: &str) -> String {
    let go = olivia.post(&format!("{here}/sign-in"), &[]);
    assert_eq!(go.status, StatusCode::OK, "{}", go.body);
    let state = go.body.split("/api/oauth2/auth?").nth(1).unwrap().split("state=").nth(1).unwrap();
    state.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect()
}

fn map(olivia: &mut Visitor<'_>, here: &str) {
    let fields = [("journal", "70"), ("since", "2026-01-01"), ("vat.standard.20", "4"), ("ledger.standard.20", "guid-8000")];
    let saved = olivia.post(&format!("{here}/mapping"), &fields);
    assert_eq!((saved.status, saved.location.as_str()), (StatusCode::SEE_OTHER, here), "{}", saved.body);
}

fn run_jobs(db: &TestDb, at: i64) {
    jobs::run_all(db, &workers::kinds(), &Tools::default(), &FixedClock(at), "test", &|| false).unwrap();
}

store::db_test! {
    domain::migrations();

    fn people_sign_in_map_export_and_read_what_became_of_it(db) {
        let (f, fake) = (Fixture::new(db), exact());
        let desk = Desk::booking(db, &fake.address);
        let mut olivia = desk.owner(&f);
        let customer = invoice(&f);
        let wrong = olivia.post("/settings/accounting/connect", &[("service", "twinfield"), ("client", "app <1>"), ("secret", ""), ("office", "")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Type the code of the office.") && wrong.body.contains("value=\"app &#60;1&#62;\"") && wrong.body.contains("Copy the client secret"));
        let here = connect(&mut olivia);
        let mapping = olivia.get(&format!("{here}/mapping")).body;
        assert!(mapping.contains("70 Sales") && mapping.contains("8000 Revenue &#60;main&#62;") && mapping.contains("Standard rate 20%"), "{mapping}");
        let refused = olivia.post(&format!("{here}/mapping"), &[("since", "2026-01-01"), ("ledger.standard.20", "guid-8000")]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Choose the journal for sales.") && refused.body.contains("f-vat.standard.20-error"));
        assert!(!olivia.get(&here).body.contains("Export now"), "not before it is mapped");
        map(&mut olivia, &here);
        assert!(olivia.get(&here).body.contains("Export now"));
        let run = olivia.post(&format!("{here}/runs"), &[]).location;
        assert!(run.starts_with("/settings/accounting/runs/job_"), "{run}");
        run_jobs(db, NOW);
        assert_eq!(accounting::work(&desk.app, "test", &|| false).unwrap(), 3, "looked for, made, booked");
        run_jobs(db, NOW + 2_000_000);
        let page = olivia.get(&run).body;
        assert!(page.contains("INV-00001") && page.contains("26700001") && page.contains("Customer RG1001") && page.contains("Export to Exact Online"), "{page}");
        let topic = olivia.get(&format!("/customers/{customer}/accounting")).body;
        assert!(topic.contains("INV-00001") && topic.contains("aria-current=\"page\">Accounting<small>2</small>"), "{topic}");
        let booked = fake.asked().into_iter().find(|(head, _)| head.starts_with("POST /api/v1/123/salesentry")).unwrap();
        assert!(booked.0.contains("Bearer a1") && booked.1.contains("\"AmountFC\":100.00") && booked.1.contains("\"YourRef\":\"INV-00001\""), "{booked:?}");
        // No secret on any page.
        for path in [here.as_str(), "/settings/accounting", "/settings/accounting/connect?service=exact", &format!("{here}/mapping")] {
            let body = olivia.get(path).body;
            assert!(!body.contains("app-secret-1") && !body.contains("\"a1\""), "{path}");
        }
        olivia.post(&format!("{here}/disconnect"), &[]);
        let off = olivia.get(&here).body;
        assert!(off.contains("Disconnected") && !off.contains("Export now") && !off.contains("/disconnect"));
    }

    fn a_way_back_that_nobody_began_leads_nowhere(db) {
        let (f, fake) = (Fixture::new(db), exact());
        let desk = Desk::booking(db, &fake.address);
        let mut olivia = desk.owner(&f);
        let here = connect(&mut olivia);
        let asked = fake.asked().len();
        let state = begin(&mut olivia, &here);
        let mut elsewhere = desk.owner(&f);
        for path in [format!("?code=c2&state={state}"), "?code=c2&state=guess".to_owned(), String::new()] {
            assert_eq!(elsewhere.get(&format!("/settings/accounting/callback{path}")).location, "/settings/accounting", "{path}");
        }
        assert_eq!(fake.asked().len(), asked, "the service was not asked");
        let denied = olivia.get(&format!("/settings/accounting/callback?error=access_denied&state={state}"));
        assert_eq!(denied.location, here);
        assert_eq!(olivia.get(&format!("/settings/accounting/callback?code=c2&state={state}")).location, "/settings/accounting", "used up");
    }

    fn of_two_processes_one_renews_the_sign_in(db) {
        let (f, fake) = (Fixture::new(db), exact());
        let desk = Desk::booking(db, &fake.address);
        connect(&mut desk.owner(&f));
        let (ctx, merchant) = (f.ctx.clone(), f.ctx.merchant.clone());
        let id = f.db.read_now::<_, domain::Error>(move |tx| connections::list(tx, &ctx)).unwrap().remove(0).id;
        f.db.write_now::<_, domain::Error>(|tx| {
            let over = store::Stmt::built("UPDATE accounting_connections SET expires_at = 0, refreshed_at = 0".to_owned());
            Ok(tx.exec(&over, &[])?)
        })
        .unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| accounting::fetch(&desk.app, &merchant, &id, Service::Exact).unwrap().unwrap());
            }
        });
        let renewed = fake.asked().into_iter().filter(|(_, body)| body.contains("grant_type=refresh_token")).collect::<Vec<_>>();
        assert!(renewed.len() == 1 && renewed[0].1.contains("refresh_token=r1"), "{renewed:?}");
    }

    fn programs_export_and_read_the_log_with_the_scope_for_it(db) {
        let (f, fake) = (Fixture::new(db), exact());
        let desk = Desk::booking(db, &fake.address);
        let mut olivia = desk.owner(&f);
        let customer = invoice(&f);
        let here = connect(&mut olivia);
        let id = here.rsplit('/').next().unwrap().to_owned();
        let secret = key(&f, Rights::all());
        let api = |method: &str, path: &str, body: &Value| {
            let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
            let request = request.header("authorization", format!("Bearer {secret}")).header("content-type", "application/json");
            let body = if body.is_null() { String::new() } else { body.to_string() };
            let answer = desk.send(request.body(Body::from(body)).unwrap());
            (answer.status.as_u16(), serde_json::from_str::<Value>(&answer.body).unwrap_or_default())
        };
        let (status, early) = api("POST", &format!("/accounting-connections/{id}/runs"), &Value::Null);
        assert_eq!((status, early["code"].as_str()), (409, Some("not_mapped")), "{early}");
        let sheets = format!("/accounting-connections/{id}/sheets");
        for method in ["GET", "POST"] {
            let (status, there) = api(method, &sheets, &Value::Null);
            let values = (&there["journals"][0]["value"], &there["ledgers"][0]["value"], &there["vat_codes"][0]["value"]);
            assert_eq!((status, values), (200, (&json!("70"), &json!("guid-8000"), &json!("4"))), "{method} {there}");
            assert!(there["fetched_at"].is_string(), "{there}");
        }
        let tax = json!({ "category": "standard", "rate": "20", "vat_code": "4", "ledger": "guid-8000" });
        let (status, wrong) = api("PUT", &format!("/accounting-connections/{id}/mapping"), &json!({ "journal": "", "taxes": [tax] }));
        assert_eq!((status, wrong["errors"][0]["pointer"].as_str()), (422, Some("/journal")), "{wrong}");
        let (status, kept) = api("PUT", &format!("/accounting-connections/{id}/mapping"), &json!({ "journal": "70", "since": "2026-01-01", "taxes": [tax] }));
        assert_eq!((status, kept["since"].as_str()), (200, Some("2026-01-01")), "{kept}");
        let (status, begun) = api("POST", &format!("/accounting-connections/{id}/runs"), &Value::Null);
        assert_eq!(status, 202, "{begun}");
        let run = begun["run"].as_str().unwrap().to_owned();
        assert_eq!(api("POST", &format!("/accounting-connections/{id}/runs"), &Value::Null).0, 409, "one at a time");
        run_jobs(db, NOW);
        accounting::work(&desk.app, "test", &|| false).unwrap();
        run_jobs(db, NOW + 2_000_000);
        let (_, ended) = api("GET", &format!("/accounting-runs/{run}"), &Value::Null);
        assert_eq!((ended["state"].as_str(), ended["exported"].as_i64()), (Some("done"), Some(2)), "{ended}");
        let (_, log) = api("GET", &format!("/customers/{customer}/accounting-log?limit=1"), &Value::Null);
        assert_eq!((log["data"][0]["reference"].as_str(), log["data"][0]["outcome"].as_str()), (Some("INV-00001"), Some("done")), "{log}");
        assert!(log["next"].is_string());
        assert_eq!(api("GET", &format!("/accounting-runs/{run}/log"), &Value::Null).1["data"].as_array().unwrap().len(), 2);
        assert_eq!(api("POST", &format!("/accounting-runs/{run}/retry"), &Value::Null).0, 409, "nothing was refused");
        let (_, all) = api("GET", "/accounting-connections", &Value::Null);
        assert!(all["data"][0]["mapped"] == true && !all.to_string().contains("secret") && !all.to_string().contains("a1\""), "{all}");
        // Who keeps the books runs exports and changes no mapping.
        let mut fay = desk.person(&f, &of_role(&f, Role::Finance));
        assert_eq!(fay.get(&here).status, StatusCode::OK);
        assert!(!fay.get(&here).body.contains("/mapping"));
        assert_eq!(fay.get(&format!("{here}/mapping")).status, StatusCode::FORBIDDEN);
        let other = key(&f.other(), Rights::all());
        let foreign = Request::builder().uri(format!("/api/v1/accounting-runs/{run}")).header("authorization", format!("Bearer {other}"));
        assert_eq!(desk.send(foreign.body(Body::empty()).unwrap()).status, StatusCode::NOT_FOUND);
        let (status, off) = api("DELETE", &format!("/accounting-connections/{id}/sign-in"), &Value::Null);
        assert_eq!((status, off["state"].as_str()), (200, Some("off")), "{off}");
        let (status, gone) = api("POST", &sheets, &Value::Null);
        assert_eq!((status, gone["code"].as_str()), (409, Some("not_fetched")), "{gone}");
    }
}
