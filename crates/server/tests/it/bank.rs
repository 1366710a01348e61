//! What staff do by themselves with methods, payments and disputes: the default, removed, test cards, bounced, decided; and a guest's payment has a page.

use axum::http::StatusCode;
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{Currency, CustomerId, PaymentId, Rights, Role};
use domain::payments::disputes::{self, DisputeInput, DisputeStatus};
use domain::payments::{self, MethodInput, MethodKind, PaymentInput};
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};
use crate::offers::ask;

fn customer(f: &Fixture) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: "ana@example.es".into(), ..NewCustomer::default() });
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn paid(f: &Fixture, customer: Option<&CustomerId>, kind: MethodKind, provider: &str) -> PaymentId {
    let mut method = MethodInput::of(kind);
    if kind == MethodKind::Card {
        (method.brand, method.last4, method.fingerprint) = ("visa".into(), "0009".into(), "fp_9".into());
    }
    let input = PaymentInput {
        customer: customer.cloned(),
        method: Some(method),
        ..PaymentInput::settled(f.shop.clone(), provider, Currency::of("EUR").unwrap(), 2500, NOW)
    };
    let ctx = f.ctx.clone();
    f.db.write_now(move |tx| payments::put(tx, &ctx, &input)).unwrap().id
}

store::db_test! {
    domain::migrations();

    fn staff_choose_the_default_remove_a_method_and_add_a_test_card(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (ana, all) = (customer(&f), key(&f, Rights::all()));
        let at = format!("/customers/{ana}/methods");
        ask(&desk, &all, "POST", "/provider-accounts", &json!({ "shop": f.shop, "provider": "test" }));
        let attach = |last4: &str, year: i64| {
            let card = json!({ "kind": "card", "brand": "visa", "last4": last4, "fingerprint": format!("fp_{last4}"), "expires_year": year, "expires_month": 1 });
            ask(&desk, &all, "POST", &at, &json!({ "provider": "stripe", "method": card })).1["id"].as_str().unwrap().to_owned()
        };
        let (old, new) = (attach("0001", 2020), attach("0002", 2099));
        let mut mara = desk.owner(&f);
        let page = mara.get(&at).body;
        assert!(page.contains("Expired") && page.contains("Active"), "each row by the calendar: {page}");
        let added = mara.post(&format!("{at}/test"), &[("shop", f.shop.as_str()), ("number", "4000 0000 0000 9995")]);
        assert_eq!((added.status, added.location.as_str()), (StatusCode::SEE_OTHER, at.as_str()), "{}", added.body);
        let wrong = mara.post(&format!("{at}/test"), &[("shop", f.shop.as_str()), ("number", "4111")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && !wrong.body.contains("4111"), "{}", wrong.body);
        let (_, found) = ask(&desk, &all, "GET", &at, &Value::Null);
        let said: Vec<_> = found["data"].as_array().unwrap().iter().map(|m| (m["status"].clone(), m["live"].clone(), m["fingerprint"] != "")).collect();
        assert_eq!(said, [(json!("expired"), json!(true), true), (json!("active"), json!(true), true), (json!("active"), json!(false), true)]);
        let test = found["data"][2]["id"].as_str().unwrap();
        let page = mara.get(&at).body;
        assert!(page.contains("Test</span>") && page.contains(&format!("/methods/{new}/default")) && !page.contains(&format!("/methods/{test}/default")), "{page}");
        assert_eq!(mara.post(&format!("/methods/{test}/default"), &[]).status, StatusCode::CONFLICT);
        assert!(mara.get(&format!("/methods/{new}/default")).body.contains("Make Visa •••• 0002 the default?"));
        assert_eq!(mara.post(&format!("/methods/{new}/default"), &[]).location, at);
        let dialog = mara.get(&format!("/methods/{new}/remove")).body;
        assert!(dialog.contains("the oldest of the others becomes it"), "{dialog}");
        assert_eq!(mara.post(&format!("/methods/{new}/remove"), &[]).location, at);
        assert_eq!(mara.get(&format!("/methods/{new}/remove")).status, StatusCode::NOT_FOUND);
        let (_, now) = ask(&desk, &all, "GET", &format!("/customers/{ana}"), &Value::Null);
        assert_eq!((&now["default_method"]["id"], &now["method_status"]), (&json!(old), &json!("expired")), "{now}");
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        assert!(!reader.get(&at).body.contains("/remove") && reader.post(&format!("/methods/{old}/remove"), &[]).status == StatusCode::FORBIDDEN);
    }

    fn a_returned_cheque_bounces_and_a_dispute_that_nobody_watches_is_decided(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let ana = customer(&f);
        let cheque = paid(&f, Some(&ana), MethodKind::Cheque, "manual");
        let at = format!("/customers/{ana}/payments");
        let mut mara = desk.owner(&f);
        assert!(mara.get(&at).body.contains(&format!("/payments/{cheque}/bounce")));
        assert!(mara.get(&format!("/payments/{cheque}/bounce")).body.contains("This cannot be undone"));
        assert_eq!(mara.post(&format!("/payments/{cheque}/bounce"), &[("reason", "returned")]).location, at);
        let page = mara.get(&at).body;
        assert!(page.contains("Bounced") && !page.contains(&format!("/payments/{cheque}/bounce")), "{page}");
        assert_eq!(mara.post(&format!("/payments/{cheque}/bounce"), &[]).status, StatusCode::CONFLICT, "once");

        let card = paid(&f, Some(&ana), MethodKind::Card, "adyen");
        let (ctx, input) = (f.ctx.clone(), DisputeInput { payment: card, amount: 2500, reason: "fraudulent".into(), provider_ref: None, status: DisputeStatus::Open, opened_at: NOW, due_at: None, closed_at: None });
        let dispute = f.db.write_now(move |tx| disputes::put(tx, &ctx, &input)).unwrap();
        let decide = format!("/disputes/{dispute}/decide");
        assert!(mara.get(&at).body.contains(&decide));
        assert!(mara.get(&decide).body.contains("How was the dispute of €25.00 decided?"));
        assert_eq!(mara.post(&decide, &[]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(mara.post(&decide, &[("won", "no")]).location, at);
        assert!(mara.get(&at).body.contains("Dispute lost"));
        assert_eq!(mara.get(&decide).status, StatusCode::CONFLICT, "it is decided");
    }

    fn a_guests_payment_leads_to_a_page_with_its_dialogs_and_an_invoiced_one_to_its_invoice(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let payment = paid(&f, None, MethodKind::Card, "stripe");
        let mut mara = desk.owner(&f);
        let here = format!("/payments/{payment}");
        assert!(mara.get("/payments").body.contains(&format!("href=\"{here}\"")));
        let page = mara.get(&here).body;
        for end in ["invoice", "refund", "affiliate", "block"] {
            assert!(page.contains(&format!("{here}/{end}")), "{end}: {page}");
        }
        assert_eq!(mara.post(&format!("{here}/block"), &[("reason", "three chargebacks")]).location, here);
        assert!(mara.get(&here).body.contains("Card blocked"));
        crate::invoices::seller(&f);
        let made = mara.post(&format!("{here}/invoice"), &[]).location;
        let (_, found) = ask(&desk, &key(&f, Rights::all()), "GET", &here, &Value::Null);
        assert!(found["invoice"].as_str().is_some_and(|id| made.contains(id)), "{made} {found}");
        assert!(mara.get(&here).body.contains("Draft of an invoice"));
    }
}
