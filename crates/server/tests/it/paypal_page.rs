//! A payment link on PayPal's page, as its buyer goes: there, back, and to the link again; over a PayPal of our own.

use domain::customers::{self, NewCustomer, Rules};
use domain::kit::Rights;
use domain::providers::Provider;
use serde_json::{Value, json};

use crate::desk::key;
use crate::offers::ask;
use crate::providers::{Fake, house};

const PAGE: &str = "https://www.paypal.com/checkoutnow?token=O1";

store::db_test! {
    domain::migrations();

    fn a_buyer_pays_a_link_on_paypals_page_and_comes_back(db) {
        let fake = Fake::new(Box::new(|line, body| match line {
            l if l.contains("/v1/oauth2/token") => (200, json!({ "access_token": "T", "expires_in": 3600 }).to_string()),
            l if l.contains("/v2/checkout/orders/O1/capture") => {
                let capture = json!({ "id": "C1", "status": "COMPLETED", "amount": { "currency_code": "EUR", "value": "19.00" }, "create_time": "2026-06-15T11:59:00Z" });
                (201, json!({ "id": "O1", "status": "COMPLETED", "purchase_units": [{ "payments": { "captures": [capture] } }] }).to_string())
            }
            l if l.contains("/v2/checkout/orders") => {
                assert!(body.contains(r#""value":"19.00""#) && body.contains("/pay?cancelled=yes"), "{body}");
                (201, json!({ "id": "O1", "status": "PAYER_ACTION_REQUIRED", "links": [{ "rel": "payer-action", "href": PAGE }] }).to_string())
            }
            _ => (200, json!({ "events": [] }).to_string()),
        }));
        let house = house(db, Provider::Paypal, &fake.address);
        let ctx = house.f.ctx.clone();
        let new = NewCustomer { email: "ana@example.es".into(), name: "Ana".into(), ..NewCustomer::default() };
        let ana = house.f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id;
        let all = key(&house.f, Rights::all());
        let (status, made) = ask(&house.desk, &all, "POST", &format!("/customers/{ana}/payment-links"), &json!({ "shop": house.f.shop, "amount": 1900, "purpose": "A course" }));
        assert_eq!(status, 201, "{made}");
        let link = format!("/payment-links/{}", made["id"].as_str().unwrap());
        let (_, door) = ask(&house.desk, &all, "POST", &format!("{link}/link"), &Value::Null);
        let at = door["link"].as_str().unwrap_or_else(|| panic!("{door}"));
        let at = at[at.find("/pay/").unwrap()..].to_owned();
        let mut buyer = house.desk.visitor();
        assert!(buyer.get(&at).body.contains("You pay on a page of PayPal."));
        assert_eq!(buyer.post(&format!("{at}/checkout"), &[]).location, at);
        let waits = buyer.get(&at);
        assert!(waits.body.contains("the page of PayPal is being made") && waits.headers.contains_key("refresh"), "{}", waits.body);
        house.send();
        let page = buyer.get(&at).body;
        assert!(page.contains(&format!("href=\"{PAGE}\"")) && page.contains("Go on to PayPal"), "{page}");
        // Nobody is brought further by a number that is made up, or by changing one's mind.
        assert!(buyer.get("/pay?token=O9&PayerID=P").body.contains("If you paid, thank you"));
        assert!(buyer.get("/pay?cancelled=yes&token=O1").body.contains("Nothing was paid."));
        assert!(buyer.get(&at).body.contains("Go on to PayPal"));
        for _ in 0..2 {
            assert!(buyer.get("/pay?token=O1&PayerID=P").body.contains("If you paid, thank you"));
        }
        assert!(buyer.get(&at).body.contains("Your payment is on its way."));
        house.send();
        assert!(buyer.get(&at).body.contains("Paid. Thank you!"));
        let asked = fake.asked().iter().filter(|(head, _)| head.contains("/capture")).count();
        assert_eq!(asked, 1, "the money is taken once");
        let (_, shown) = ask(&house.desk, &all, "GET", &link, &Value::Null);
        assert_eq!(shown["state"], json!("paid"), "{shown}");
        let mut olivia = house.desk.owner(&house.f);
        let desk = olivia.get(&link).body;
        assert!(desk.contains("On a page of PayPal") && desk.contains("Paid"), "{desk}");
    }
}
