//! Invoices from their pages and from the API: made of a payment, issued, sent, paid, credited, and opened by the buyer.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::invoices::{self, Party, SettingsEdit};
use domain::kit::{Currency, Right, Rights, Role};
use domain::orders::{Buyer, Checkout, CheckoutPayment, Line, State};
use domain::payments::{MethodInput, MethodKind, PaymentStatus};
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, key, of_role};

/// Says who sells.
pub(crate) fn seller(f: &Fixture) {
    let mut edit = SettingsEdit {
        seller: Party { name: "Roastery SARL".into(), vat_number: "FR40303265045".into(), ..Party::default() },
        terms_days: 14,
        format: "INV-{year}-{number}".into(),
        credit_format: "CN-{year}-{number}".into(),
        rounding: "document".into(),
        prices: "gross".into(),
        category: "standard".into(),
        rate: "20".into(),
        ..SettingsEdit::default()
    };
    edit.seller.address.country = "FR".into();
    let ctx = f.ctx.clone();
    f.db.write_now(move |tx| invoices::edit_settings(tx, &ctx, &edit).map(drop)).unwrap();
}

/// An order of 20.00; gives customer, order and payment.
fn bought(f: &Fixture, id: &str, paid: bool) -> (String, String, String) {
    let ctx = f.ctx.clone();
    let payment = CheckoutPayment {
        provider: "stripe".into(),
        provider_ref: Some(format!("pi_{id}")),
        status: PaymentStatus::Settled,
        amount: 2000,
        method: Some(MethodInput::of(MethodKind::Card)),
        paid_at: None,
        live: true,
        failure_code: String::new(),
        failure_message: String::new(),
    };
    let checkout = Checkout {
        shop: f.shop.clone(),
        external_id: id.into(),
        buyer: Buyer { email: "ana@example.es".into(), name: "Ana <Ruiz>".into(), ..Buyer::default() },
        guest: false,
        currency: Currency::of("EUR").unwrap(),
        state: State::Open,
        abandoned: false,
        lines: vec![Line { title: "Beans & more".into(), quantity: "1".into(), unit_price: "20".into(), ..Line::default() }],
        discount: 0,
        shipping: 0,
        tax: 0,
        note: String::new(),
        ordered_at: Some(NOW - 1),
        payments: if paid { vec![payment] } else { Vec::new() },
        affiliate: String::new(),
    };
    let done = f.db.write_now(move |tx| domain::orders::checkout(tx, &ctx, &checkout)).unwrap();
    (done.customer.unwrap().to_string(), done.order.to_string(), done.payments.first().map(ToString::to_string).unwrap_or_default())
}

/// The value of a hidden field of a form.
fn hidden(body: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = body.find(&start).unwrap_or_else(|| panic!("no field {name} in {body}")) + start.len();
    body[at..at + body[at..].find('"').unwrap()].to_owned()
}

fn ask(desk: &Desk, key: &str, method: &str, path: &str, body: &Value) -> (u16, Value, Answer) {
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

    fn the_invoice_of_a_payment_is_made_issued_sent_and_opened_by_the_buyer(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let (customer, _, payment) = bought(&f, "1", true);
        let list = mara.get(&format!("/customers/{customer}/payments"));
        assert!(list.body.contains(&format!("/payments/{payment}/invoice")));
        let dialog = format!("/payments/{payment}/invoice");
        assert!(mara.get(&dialog).body.contains("Make invoice"));
        let made = mara.post(&dialog, &[]);
        assert!(made.location.starts_with("/invoices/ivc_"), "{} {}", made.status, made.body);
        assert_eq!(mara.post(&dialog, &[]).location, made.location, "one press or two, one draft");
        let at = made.location;

        // Who sells is not said yet: the page says what to do.
        let refused = mara.post(&format!("{at}/issue"), &[]);
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.body.contains("Settings, Invoices"));
        seller(&f);
        assert_eq!(mara.post(&format!("{at}/issue"), &[]).status, StatusCode::SEE_OTHER);
        let page = mara.get(&at);
        assert!(page.body.contains("INV-2026-00001") && page.body.contains("Beans &#38; more") && page.body.contains("Ana &#60;Ruiz&#62;"), "{}", page.body);
        assert!(mara.get(&dialog).body.contains("Download PDF"));
        assert_eq!(mara.post(&dialog, &[]).location, at, "and it leads to the invoice that stands");
        let pdf = mara.get(&format!("{at}/pdf"));
        assert!(pdf.body.starts_with("%PDF-1.7"));
        assert!(mara.get(&format!("{at}/xml")).body.contains("<ram:GrandTotalAmount>20.00</ram:GrandTotalAmount>"));
        assert!(mara.get(&format!("/customers/{customer}/invoices")).body.contains("INV-2026-00001"));
        assert!(mara.get("/invoices?q=INV-2026-00001").body.contains("INV-2026-00001"));
        assert!(mara.get("/invoices?overdue=true").body.contains("Nothing matches"));

        let dialog = mara.get(&format!("{at}/send"));
        let once = hidden(&dialog.body, "once");
        let wrong = mara.post(&format!("{at}/send"), &[("once", once.as_str()), ("to", "nobody")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("id=\"f-to-error\""));
        for _ in 0..2 {
            let sent = mara.post(&format!("{at}/send"), &[("once", once.as_str()), ("to", "ana@example.es")]);
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        }
        assert_eq!(mara.get(&at).body.matches("to ana@example.es").count(), 1, "pressed twice is one mail");

        let opened = mara.post(&format!("{at}/link"), &[]);
        let start = opened.body.find("/i/").unwrap();
        let link = opened.body[start..start + opened.body[start..].find('"').unwrap()].to_owned();
        let mut buyer = desk.visitor();
        let seen = buyer.get(&link);
        assert!(seen.status == StatusCode::OK && seen.body.contains("INV-2026-00001") && seen.body.contains("Roastery SARL"));
        assert!(buyer.get(&format!("{link}/pdf")).body.starts_with("%PDF"));
        assert_eq!(buyer.get("/i/guess").status, StatusCode::NOT_FOUND);
        mara.post(&format!("{at}/unlink"), &[]);
        assert_eq!(buyer.get(&link).status, StatusCode::NOT_FOUND);
    }

    fn an_invoice_by_hand_is_written_paid_and_credited_in_part(db) {
        let f = Fixture::new(db);
        seller(&f);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let (customer, ..) = bought(&f, "1", true);
        let new = format!("/customers/{customer}/invoices/new");
        let once = hidden(&mara.get(&new).body, "once");
        let wrong = [("once", once.as_str()), ("count", "3"), ("prices", "net"), ("terms_days", "30"), ("lines.1.title", "Coffee"), ("lines.1.quantity", "4"), ("lines.1.unit_price", "x")];
        let refused = mara.post(&new, &wrong);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("id=\"f-lines.1.unit_price-error\""), "at the line where it was typed");
        let more = mara.post(&new, &[("do", "add"), ("count", "3"), ("lines.0.title", "Kept")]);
        assert!(more.body.contains("lines.3.title") && more.body.contains("value=\"Kept\""));
        let mut right = wrong;
        right[6].1 = "25";
        let made = mara.post(&new, &right);
        let at = made.location;
        assert!(at.starts_with("/invoices/ivc_"), "{}", made.body);
        assert_eq!(mara.get(&format!("{at}/edit")).status, StatusCode::OK);
        assert_eq!(mara.get(&format!("{at}/pdf")).status, StatusCode::CONFLICT, "a draft has no paper");
        mara.post(&format!("{at}/issue"), &[]);

        let once = hidden(&mara.get(&format!("{at}/pay")).body, "once");
        let too_much = mara.post(&format!("{at}/pay"), &[("once", once.as_str()), ("amount", "120.01"), ("kind", "cash")]);
        assert!(too_much.status == StatusCode::UNPROCESSABLE_ENTITY && too_much.body.contains("€120.00 is left to pay"));
        for _ in 0..2 {
            let paid = mara.post(&format!("{at}/pay"), &[("once", once.as_str()), ("amount", "20.00"), ("kind", "cash")]);
            assert_eq!(paid.status, StatusCode::SEE_OTHER, "{}", paid.body);
        }
        assert!(mara.get(&at).body.contains("€100.00 due"));
        assert!(mara.get(&format!("/customers/{customer}")).body.contains("€100.00"), "the balance due on the pane");

        let form = mara.get(&format!("{at}/credit"));
        let once = hidden(&form.body, "once");
        let wrong = mara.post(&format!("{at}/credit"), &[("once", once.as_str()), ("quantity.1", "5")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("id=\"f-quantity.1-error\""));
        let credited = mara.post(&format!("{at}/credit"), &[("once", once.as_str()), ("quantity.1", "1"), ("reason", "Returned")]);
        assert!(mara.get(&credited.location).body.contains("Credit note CN-2026-00001"));
        assert!(mara.get(&at).body.contains("€70.00 due"));
        let timeline = mara.get(&format!("/customers/{customer}/timeline")).body;
        assert!(timeline.contains("Credit note CN-2026-00001 of €30.00 on invoice INV-2026-00001"), "{timeline}");
    }

    fn the_settings_say_who_sells(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        assert!(mara.get("/settings/invoices").body.contains("INV-{year}-{number}"));
        let refused = mara.post("/settings/invoices", &[("seller.name", ""), ("bank.iban", "DE00")]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("id=\"f-seller.name-error\"") && refused.body.contains("id=\"f-bank.iban-error\""));
        let right = [
            ("seller.name", "Roastery"), ("seller.address.country", "FR"), ("seller.vat_number", "FR40303265045"), ("terms_days", "14"),
            ("format", "INV-{number}"), ("credit_format", "CN-{number}"), ("rounding", "line"), ("prices", "net"), ("category", "standard"), ("rate", "5.5"),
        ];
        assert_eq!(mara.post("/settings/invoices", &right).status, StatusCode::SEE_OTHER);
        assert!(mara.get("/settings/invoices").body.contains("value=\"5.5\""));
        let mut tom = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(tom.get("/settings/invoices").status, StatusCode::FORBIDDEN);
    }

    fn a_program_bills_an_order(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (all, (customer, order, _)) = (key(&f, Rights::all()), bought(&f, "1", false));
        let say = |method: &str, path: &str, body: Value| { let (status, json, _) = ask(&desk, &all, method, path, &body); (status, json) };
        let settings = json!({
            "seller": { "name": "Roastery", "address": { "country": "FR" }, "vat_number": "FR40303265045" }, "terms_days": 14, "format": "INV-{number}",
            "credit_format": "CN-{number}", "rounding": "document", "prices": "gross", "category": "standard", "rate": "20",
        });
        assert_eq!(say("PUT", "/invoice-settings", settings).0, 200);
        let (status, made) = say("POST", &format!("/orders/{order}/invoice"), Value::Null);
        assert_eq!((status, made["state"].as_str(), made["total"]["amount"].as_i64()), (201, Some("draft"), Some(2000)), "{made}");
        let at = format!("/invoices/{}", made["id"].as_str().unwrap());
        let orders_only = key(&f, Rights::of(&[Right::Orders]));
        assert_eq!(ask(&desk, &orders_only, "PATCH", &at, &json!({ "note": "Thanks" })).0, 200, "who may write is told what became of it");
        assert_eq!(ask(&desk, &orders_only, "GET", &at, &Value::Null).0, 403);
        let (status, wrong) = say("PATCH", &at, json!({ "lines": [{ "title": "x", "quantity": "0", "unit_price": "1" }] }));
        assert_eq!((status, wrong["errors"][0]["pointer"].as_str()), (422, Some("/lines/0/quantity")));
        let (status, issued) = say("POST", &format!("{at}/issue"), Value::Null);
        assert_eq!((status, issued["number"].as_str(), issued["due"]["amount"].as_i64(), issued["due_on"].as_str()), (200, Some("INV-00001"), Some(2000), Some("2026-06-29")));
        assert_eq!(say("DELETE", &at, Value::Null).1["code"], "issued");
        let (status, paid) = say("POST", &format!("{at}/payments"), json!({ "amount": 500, "kind": "transfer" }));
        assert_eq!((status, paid["state"].as_str(), paid["due"]["amount"].as_i64()), (200, Some("partly_paid"), Some(1500)), "{paid}");
        assert_eq!(say("POST", &format!("{at}/withdrawal"), Value::Null).1["code"], "invoice_state");
        let (status, note) = say("POST", &format!("{at}/credit-notes"), json!({ "reason": "Returned" }));
        assert_eq!((status, note["kind"].as_str(), note["number"].as_str(), note["total"]["amount"].as_i64()), (201, Some("credit_note"), Some("CN-00001"), Some(2000)));
        let (_, page) = say("GET", &format!("/customers/{customer}/invoices"), Value::Null);
        assert_eq!(page["data"].as_array().unwrap().len(), 2);
        assert_eq!(say("GET", "/invoices?state=credited&kind=invoice", Value::Null).1["data"][0]["id"], made["id"]);
        assert_eq!(ask(&desk, &all, "GET", "/invoices?stat=credited", &Value::Null).0, 422);
        assert!(ask(&desk, &all, "GET", &format!("{at}/pdf"), &Value::Null).2.body.starts_with("%PDF"));
        let (status, link) = say("POST", &format!("{at}/link"), Value::Null);
        assert_eq!(status, 201);
        assert_eq!(desk.visitor().get(link["link"].as_str().unwrap()).status, StatusCode::OK);
        assert_eq!(say("DELETE", &format!("{at}/link"), Value::Null).0, 204);
        let (status, mail) = say("POST", &format!("{at}/mails"), json!({}));
        assert_eq!((status, mail["state"].as_str(), mail["to"].as_str()), (201, Some("queued"), Some("ana@example.es")), "{mail}");
        let mail = mail["id"].as_str().unwrap();
        assert_eq!(say("POST", &format!("/mails/{mail}/retry"), Value::Null).1["code"], "mail_state");
        assert_eq!(say("GET", &format!("{at}/mails"), Value::Null).1["data"].as_array().unwrap().len(), 1);
    }

    fn store_credit_pays_an_invoice_from_the_dialog_and_by_the_api_and_comes_off_again(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        let (mut mara, all) = (desk.owner(&f), key(&f, Rights::all()));
        let (customer, order, _) = bought(&f, "1", false);
        let made = mara.post(&format!("/orders/{order}/invoice"), &[]).location;
        mara.post(&format!("{made}/issue"), &[]);
        assert!(!mara.get(&made).body.contains("Use store credit"), "there is none");
        let grant = json!({ "amount": 1500, "currency": "EUR", "reason": "goodwill" });
        assert_eq!(ask(&desk, &all, "POST", &format!("/customers/{customer}/credit"), &grant).0, 201);
        assert!(mara.get(&made).body.contains("Use store credit"));
        let dialog = mara.get(&format!("{made}/store-credit"));
        assert!(dialog.body.contains("value=\"15.00\"") && dialog.body.contains("<b>€20.00</b> is left to pay"), "{}", dialog.body);
        let once = hidden(&dialog.body, "once");
        let much = mara.post(&format!("{made}/store-credit"), &[("amount", "15.01")]);
        assert!(much.status == StatusCode::UNPROCESSABLE_ENTITY && much.body.contains("At most €15.00 of store credit is there."), "{}", much.body);
        for _ in 0..2 {
            let done = mara.post(&format!("{made}/store-credit"), &[("amount", "5"), ("once", once.as_str())]);
            assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, made.as_str()), "{}", done.body);
        }
        let page = mara.get(&made).body;
        assert!(page.contains("€15.00 due") && page.contains("Take off"), "pressed twice is once: {page}");
        let undo = page[page.find(&format!("{made}/store-credit/")).unwrap()..].split('"').next().unwrap().to_owned();
        assert_eq!(mara.post(&undo, &[]).location, made);
        assert!(mara.get(&made).body.contains("€20.00 due"));
        assert_eq!(mara.post(&undo, &[]).status, StatusCode::CONFLICT, "taken off once");

        let at = made.as_str();
        let (status, paid, _) = ask(&desk, &all, "POST", &format!("{at}/store-credit"), &json!({ "amount": 1500 }));
        assert_eq!((status, paid["due"]["amount"].as_i64(), paid["payments"][0]["provider"].as_str()), (200, Some(500), Some("store_credit")), "{paid}");
        let (status, more, _) = ask(&desk, &all, "POST", &format!("{at}/store-credit"), &json!({ "amount": 1 }));
        assert_eq!((status, more["errors"][0]["pointer"].as_str()), (422, Some("/amount")), "{more}");
        let payment = paid["payments"][0]["payment"].as_str().unwrap();
        let (status, off, _) = ask(&desk, &all, "DELETE", &format!("{at}/store-credit/{payment}"), &Value::Null);
        assert_eq!((status, off["due"]["amount"].as_i64()), (200, Some(2000)), "{off}");
        let weak = key(&f, Rights::all().without(Right::Payments));
        assert_eq!(ask(&desk, &weak, "POST", &format!("{at}/store-credit"), &json!({ "amount": 1 })).0, 403);
    }

    fn invoices_are_listed_counted_kept_as_views_and_exported(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        let (mut mara, all) = (desk.owner(&f), key(&f, Rights::all()));
        assert!(mara.get("/invoices").body.contains("No invoices yet"));
        let (_, order, _) = bought(&f, "1", false);
        let made = mara.post(&format!("/orders/{order}/invoice"), &[]).location;
        let list = mara.get("/invoices?view=all").body;
        assert!(list.contains("1 matches") && list.contains(&made) && !list.contains("Record payment"), "{list}");
        mara.post(&format!("{made}/issue"), &[]);
        let list = mara.get("/invoices?view=unpaid").body;
        assert!(list.contains("1 matches · €20.00 invoiced") && list.contains(&format!("{made}/pay")), "{list}");
        assert_eq!(mara.get("/invoices").location, "/invoices?view=unpaid", "the bare page comes back to what was used");
        assert!(mara.get("/invoices?view=overdue").body.contains("Nothing matches"));
        let (_, counts, _) = ask(&desk, &all, "GET", "/invoices/counts?kind=invoice", &Value::Null);
        let state = counts["filters"].as_array().unwrap().iter().find(|c| c["filter"] == "state").unwrap();
        let open = state["options"].as_array().unwrap().iter().find(|o| o["option"] == "open").unwrap();
        assert_eq!((&counts["total"], &open["count"], &counts["sums"][0]["amount"]), (&json!(1), &json!(1), &json!(2000)), "{counts}");
        assert_eq!(ask(&desk, &all, "GET", "/invoices/counts?stat=open", &Value::Null).0, 422);
        let view = json!({ "list": "invoices", "name": "Open ones", "query": "state=open&sort=total" });
        let (status, view, _) = ask(&desk, &all, "POST", "/views", &view);
        assert_eq!((status, view["list"].as_str(), view["query"].as_str()), (201, Some("invoices"), Some("state=open&sort=total")), "{view}");
        let id = view["id"].as_str().unwrap();
        assert_eq!(ask(&desk, &all, "GET", "/views?list=invoices", &Value::Null).1["data"][0]["id"], view["id"]);
        assert_eq!(ask(&desk, &all, "GET", "/views", &Value::Null).1["data"], json!([]), "not one of customers");
        assert_eq!(ask(&desk, &all, "GET", &format!("/invoices?view={id}"), &Value::Null).1["data"].as_array().unwrap().len(), 1);
        let wrong = json!({ "list": "invoices", "name": "x", "query": "stat=open" });
        assert_eq!(ask(&desk, &all, "POST", "/views", &wrong).0, 422);
        assert_eq!(ask(&desk, &all, "DELETE", &format!("/views/{id}"), &Value::Null).0, 404, "of customers there is none");
        assert_eq!(ask(&desk, &all, "DELETE", &format!("/views/{id}?list=invoices"), &Value::Null).0, 204);
        let (_, _, file) = ask(&desk, &all, "POST", "/exports", &json!({ "list": "invoices", "format": "csv", "query": "state=open" }));
        assert!(file.body.contains("INV-2026-00001,invoice,open,2026-06-15,2026-06-29,"), "{}", file.body);
    }
}
