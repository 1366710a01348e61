//! A link to add a payment method: sent from the profile, opened without an account, used once, taken back.

use axum::http::StatusCode;
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{Right, Rights};
use domain::mail;
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};

use crate::desk::{Desk, key};
use crate::offers::ask;

/// Hands the next mail to a server; gives the way in it.
fn delivered(f: &Fixture) -> String {
    let held = f.db.write_now::<_, domain::Error>(|tx| mail::claim(tx, "w", NOW)).unwrap().unwrap();
    let letter = f.db.read_now::<_, domain::Error>(move |tx| mail::letter(tx, &held, NOW)).unwrap();
    let at = letter.body.find("/m/").unwrap_or_else(|| panic!("{}", letter.body));
    letter.body[at..].lines().next().unwrap().to_owned()
}

store::db_test! {
    domain::migrations();

    fn a_customer_adds_a_method_by_a_mailed_link_without_an_account(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let (ctx, new) = (f.ctx.clone(), NewCustomer { email: "ana@example.es".into(), name: "Ana <Ruiz>".into(), ..NewCustomer::default() });
        let ana = f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id;
        let mut mara = desk.owner(&f);
        let (topic, dialog) = (format!("/customers/{ana}/methods"), format!("/customers/{ana}/method-links/new"));
        assert!(mara.get(&topic).body.contains(&format!("href=\"{dialog}\"")));
        assert!(mara.get(&dialog).body.contains("No shop keeps payment methods."));
        ask(&desk, &all, "POST", "/provider-accounts", &json!({ "shop": f.shop, "provider": "test" }));
        assert!(mara.get(&dialog).body.contains("value=\"ana@example.es\""));
        let fields = |to: &'static str| vec![("once", "one"), ("to", to), ("message", "Please")];
        let shop = f.shop.to_string();
        let with = |to| { let mut all = fields(to); all.push(("shop", shop.as_str())); all };
        let wrong = mara.post(&dialog, &with("nobody"));
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("This is no e-mail address."), "{}", wrong.body);
        for _ in 0..2 {
            assert_eq!(mara.post(&dialog, &with("ana@example.es")).location, topic, "pressed twice, sent once");
        }
        let page = mara.get(&topic).body;
        assert!(page.contains("Waiting") && page.matches("/withdraw\"").count() == 1, "{page}");
        let at = delivered(&f);
        let mut visitor = desk.visitor();
        let shown = visitor.get(&at);
        assert!(shown.body.contains("Add a payment method") && !shown.body.contains("Ana") && shown.headers["x-robots-tag"] == "noindex, nofollow", "{}", shown.body);
        assert_eq!(visitor.post_from_elsewhere(&format!("{at}/begin")).status, StatusCode::FORBIDDEN);
        assert_eq!(visitor.post(&format!("{at}/begin"), &[]).location, at);
        assert!(visitor.get(&at).body.contains("never type the number of a real card"));
        assert_eq!(visitor.post(&format!("{at}/card"), &[("number", "1")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(visitor.post(&format!("{at}/card"), &[("number", "4242 4242 4242 4242")]).location, at);
        assert!(visitor.get(&at).body.contains("Your payment method is added."));
        assert_eq!(visitor.post(&format!("{at}/begin"), &[]).status, StatusCode::CONFLICT, "it works once");
        assert_eq!((visitor.get("/m").status, visitor.get("/m/nothing").status), (StatusCode::OK, StatusCode::NOT_FOUND));
        let page = mara.get(&topic).body;
        assert!(page.contains("Used") && page.contains("4242") && !page.contains("/withdraw\""), "{page}");
    }

    fn programs_send_and_take_back_with_the_right_scope(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (all, reader) = (key(&f, Rights::all()), key(&f, Rights::of(&[Right::Read])));
        let (ctx, new) = (f.ctx.clone(), NewCustomer { email: "ana@example.es".into(), ..NewCustomer::default() });
        let ana = f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id;
        let at = format!("/customers/{ana}/method-links");
        assert_eq!(ask(&desk, &all, "POST", &at, &json!({})).1["code"], json!("no_keeper"));
        ask(&desk, &all, "POST", "/provider-accounts", &json!({ "shop": f.shop, "provider": "test" }));
        assert_eq!(ask(&desk, &reader, "POST", &at, &json!({})).0, 403);
        let (status, made) = ask(&desk, &all, "POST", &at, &json!({}));
        assert_eq!((status, &made["state"], &made["to"]), (201, &json!("open"), &json!("ana@example.es")), "{made}");
        let way = delivered(&f);
        let (_, listed) = ask(&desk, &reader, "GET", &at, &Value::Null);
        assert_eq!(listed["data"][0]["id"], made["id"]);
        assert!(!listed.to_string().contains(&way[3..]), "the way is told to nobody but by the mail");
        let back = format!("/method-links/{}/withdrawal", made["id"].as_str().unwrap());
        assert_eq!(ask(&desk, &all, "POST", &back, &Value::Null).1["state"], json!("withdrawn"));
        assert_eq!(ask(&desk, &all, "POST", &back, &Value::Null).1["code"], json!("link_state"));
        assert!(desk.visitor().get(&way).body.contains("This link was taken back."));
    }
}
