//! Offers from their pages and from the API, and the page on which the buyer answers.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{Right, Rights, Role};
use domain::testing::Fixture;
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};

fn customer(f: &Fixture, email: &str) -> String {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: "Ana <Ruiz>".into(), ..NewCustomer::default() });
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id.to_string()
}

/// What follows a text up to a quote.
fn behind(body: &str, start: &str) -> String {
    let at = body.find(start).unwrap_or_else(|| panic!("no {start} in {body}")) + start.len();
    body[at..at + body[at..].find('"').unwrap()].to_owned()
}

pub(crate) fn ask(desk: &Desk, key: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json")
        .body(Body::from(if body.is_null() { String::new() } else { body.to_string() }))
        .unwrap();
    let answer = desk.send(request);
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

store::db_test! {
    domain::migrations();

    fn a_line_has_a_discount_on_pages_and_by_the_api(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let ana = customer(&f, "ana@example.es");
        let shop = f.shop.to_string();
        let at = format!("/customers/{ana}/offers/new");
        let fields = |off: &'static str| {
            vec![("once", off), ("shop", shop.as_str()), ("count", "3"), ("lines.1.title", "Beans"), ("lines.1.quantity", "2"), ("lines.1.unit_price", "12,50"), ("lines.1.discount", off)]
        };
        let wrong = mara.post(&at, &fields("half"));
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("id=\"f-lines.1.discount-error\""), "{}", wrong.body);
        let made = mara.post(&at, &fields("12,5 %")).location;
        let page = mara.get(&made).body;
        assert!(page.contains("12.5% off") && page.contains("€21.88"), "{page}");
        assert!(mara.get(&format!("{made}/edit")).body.contains("value=\"12.5%\""));
        let linked = mara.post(&format!("{made}/link"), &[]);
        let public = format!("/o/{}", behind(&linked.body, "value=\"http://127.0.0.1:0/o/"));
        assert!(desk.visitor().get(&public).body.contains("12.5% off"), "the buyer sees it too");

        let all = key(&f, Rights::all());
        let line = json!([{ "title": "Tea", "quantity": "3", "unit_price": "10", "discount": "5.00" }]);
        let (status, order) = ask(&desk, &all, "POST", "/orders", &json!({ "customer": ana, "shop": f.shop, "state": "open", "lines": line }));
        assert_eq!((status, &order["lines"][0]["discount"], &order["total"]["amount"]), (201, &json!("5"), &json!(2500)), "{order}");
        let wrong = json!([{ "title": "Tea", "quantity": "3", "unit_price": "10", "discount": "30.01" }]);
        let (status, refused) = ask(&desk, &all, "POST", "/orders", &json!({ "customer": ana, "shop": f.shop, "lines": wrong }));
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/lines/0/discount")), "{refused}");
        let bill = json!({ "customer": ana, "lines": [{ "title": "Tea", "quantity": "3", "unit_price": "10", "discount": "10%", "rate": "20" }] });
        let (status, invoice) = ask(&desk, &all, "POST", "/invoices", &bill);
        assert_eq!((status, &invoice["lines"][0]["discount"], &invoice["lines"][0]["net"]["amount"]), (201, &json!("10%"), &json!(2700)), "{invoice}");
        let page = mara.get(&format!("/invoices/{}", invoice["id"].as_str().unwrap())).body;
        assert!(page.contains("10% off") && page.contains("€27.00"), "{page}");
    }

    fn an_offer_is_made_sent_by_link_and_accepted_by_the_buyer(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let ana = customer(&f, "ana@example.es");
        let topic = mara.get(&format!("/customers/{ana}/offers"));
        assert!(topic.body.contains("No offers yet") && topic.body.contains(&format!("action=\"/customers/{ana}/offers/new\" target=\"_blank\"")), "{}", topic.body);
        let form = mara.get(&format!("/customers/{ana}/offers/new?shop={}", f.shop));
        assert!(form.body.contains("New offer") && form.body.contains("Valid until"));
        let once = behind(&form.body, "name=\"once\" value=\"");
        let shop = f.shop.to_string();
        let fields = [("once", once.as_str()), ("shop", &shop), ("count", "3"), ("lines.1.title", "Beans & more"), ("lines.1.quantity", "x"), ("lines.1.unit_price", "12,50")];
        let wrong = mara.post(&format!("/customers/{ana}/offers/new"), &fields);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("id=\"f-lines.1.quantity-error\""), "{}", wrong.body);
        let mut right = fields.to_vec();
        right[4].1 = "2";
        let made = mara.post(&format!("/customers/{ana}/offers/new"), &right);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let at = made.location;
        assert_eq!(mara.post(&format!("/customers/{ana}/offers/new"), &right).location, at, "pressed twice, made once");
        let page = mara.get(&at);
        assert!(page.body.contains("Offer 1001") && page.body.contains("Beans &#38; more") && page.body.contains("€25.00"), "{}", page.body);
        assert!(mara.get(&format!("{at}/pdf")).body.starts_with("%PDF-1.7"));
        assert!(mara.get("/offers?state=draft").body.contains(&at));

        let linked = mara.post(&format!("{at}/link"), &[]);
        let secret = behind(&linked.body, "value=\"http://127.0.0.1:0/o/");
        let mut buyer = desk.visitor();
        let shown = buyer.get(&format!("/o/{secret}"));
        assert!(shown.body.contains("Accept and order for €25.00") && shown.body.contains("Beans &#38; more"), "{}", shown.body);
        assert!(!shown.body.contains("/customers/"), "nothing of the house");
        assert!(buyer.get(&format!("/o/{secret}/pdf")).body.starts_with("%PDF-1.7"));
        assert_eq!(buyer.get("/o/nothing").status, StatusCode::NOT_FOUND);
        assert_eq!(buyer.post_from_elsewhere(&format!("/o/{secret}/accept")).status, StatusCode::FORBIDDEN);
        for _ in 0..2 {
            assert_eq!(buyer.post(&format!("/o/{secret}/accept"), &[]).location, format!("/o/{secret}"));
        }
        let shown = buyer.get(&format!("/o/{secret}"));
        assert!(shown.body.contains("You accepted this offer") && !shown.body.contains("Accept and order"));
        let refused = buyer.post(&format!("/o/{secret}/decline"), &[("reason", "no")]);
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let page = mara.get(&at);
        let order = behind(&page.body, "<dt>Order</dt><dd><a href=\"");
        let page = mara.get(&order);
        assert!(page.body.contains("<dt>From offer</dt>") && page.body.contains("€25.00 due"), "{}", page.body);
        assert!(mara.get(&format!("/customers/{ana}/orders")).body.contains(&order));
        let listed = mara.get("/offers?view=accepted").body;
        assert!(listed.contains(&at) && listed.contains("data-tab"), "a row opens in a tab of its own");
        assert!(mara.get(&format!("/customers/{ana}/timeline")).body.contains("Offer 1001 of €25.00 accepted"));
    }

    fn a_buyer_is_never_shown_a_button_that_is_then_refused(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let ana = customer(&f, "ana@example.es");
        let shop = f.shop.to_string();
        let fields = [("once", "one"), ("shop", shop.as_str()), ("count", "3"), ("lines.1.title", "Beans"), ("lines.1.quantity", "1"), ("lines.1.unit_price", "12,50")];
        let at = mara.post(&format!("/customers/{ana}/offers/new"), &fields).location;
        let linked = mara.post(&format!("{at}/link"), &[]);
        let public = format!("/o/{}", behind(&linked.body, "value=\"http://127.0.0.1:0/o/"));
        let mut buyer = desk.visitor();
        assert!(buyer.get(&public).body.contains("Accept and order"));
        assert_eq!(mara.post(&format!("/customers/{ana}/archive"), &[]).status, StatusCode::SEE_OTHER);
        let shown = buyer.get(&public).body;
        assert!(!shown.contains("Accept and order") && shown.contains("cannot be accepted any more") && !shown.contains("rchived"), "{shown}");
        assert_eq!(buyer.post(&format!("{public}/accept"), &[]).status, StatusCode::CONFLICT);
        assert!(shown.contains("Decline this offer") && !buyer.post(&format!("{public}/decline"), &[("reason", "")]).location.is_empty());
    }

    fn a_draft_is_changed_mailed_and_declined(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let ana = customer(&f, "ana@example.es");
        let shop = f.shop.to_string();
        let made = mara.post("/offers/new", &[("customer", "nobody@example.es"), ("shop", &shop), ("lines.0.title", "Tea"), ("lines.0.quantity", "1"), ("lines.0.unit_price", "4")]);
        assert_eq!(made.status, StatusCode::UNPROCESSABLE_ENTITY);
        let at = mara.post("/offers/new", &[("customer", "ana@example.es"), ("shop", &shop), ("lines.0.title", "Tea"), ("lines.0.quantity", "1"), ("lines.0.unit_price", "4")]).location;
        assert!(at.starts_with("/offers/ofr_"), "{at}");
        let edited = mara.post(&format!("{at}/edit"), &[("version", "1"), ("lines.0.title", "Tea"), ("lines.0.quantity", "3"), ("lines.0.unit_price", "4"), ("valid_until", "2026-07-01"), ("note", "Fresh")]);
        assert_eq!(edited.location, at, "{}", edited.body);
        assert_eq!(mara.post(&format!("{at}/edit"), &[("version", "1")]).status, StatusCode::CONFLICT);
        assert_eq!(mara.post(&format!("{at}/edit"), &[("version", "2"), ("valid_until", "2020-01-01")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        let dialog = mara.get(&format!("{at}/send"));
        assert!(dialog.body.contains("value=\"ana@example.es\""), "{}", dialog.body);
        assert_eq!(mara.post(&format!("{at}/send"), &[("to", "x")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        let once = behind(&dialog.body, "name=\"once\" value=\"");
        for _ in 0..2 {
            assert_eq!(mara.post(&format!("{at}/send"), &[("to", "ana@example.es"), ("once", &once)]).location, at);
        }
        let page = mara.get(&at);
        assert_eq!(page.body.matches("Queued").count(), 1, "one press, one mail");
        assert!(mara.get(&format!("{at}/decline")).body.contains("What the buyer said"));
        mara.post(&format!("{at}/decline"), &[("reason", "Too dear")]);
        let page = mara.get(&at);
        assert!(page.body.contains("Declined") && page.body.contains("Too dear") && !page.body.contains("Accept for the customer"));
        assert!(mara.get(&format!("/customers/{ana}/offers")).body.contains("€12.00"));
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        let seen = reader.get(&at);
        assert!(seen.status == StatusCode::OK && !seen.body.contains("/withdraw"));
    }

    fn an_article_that_was_sold_is_found_and_put_into_the_form(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let (ana, shop) = (customer(&f, "ana@example.es"), f.shop.to_string());
        let sold = [("shop", shop.as_str()), ("count", "1"), ("lines.0.title", "Beans & more"), ("lines.0.sku", "B-1"), ("lines.0.quantity", "1"), ("lines.0.unit_price", "12.5"), ("do", "open")];
        assert_eq!(mara.post(&format!("/customers/{ana}/orders/new"), &sold).status, StatusCode::SEE_OTHER);
        for at in ["orders", "offers"] {
            let at = format!("/customers/{ana}/{at}/new");
            let typed = [("shop", shop.as_str()), ("count", "1"), ("lines.0.title", "Tea"), ("lines.0.quantity", "3"), ("lines.0.unit_price", "4"), ("find", "bea"), ("do", "enter")];
            let found = mara.post(&at, &typed);
            assert_eq!(found.status, StatusCode::OK, "a look makes nothing");
            let take = behind(&found.body, "value=\"take:").replace("&#38;", "&");
            assert!(found.body.contains("€12.50") && found.body.contains("value=\"Tea\""), "{}", found.body);
            let (mut taken, button) = (typed.to_vec(), format!("take:{take}"));
            taken[6].1 = &button;
            let form = mara.post(&at, &taken);
            assert!(form.body.contains("name=\"lines.1.title\"") && form.body.contains("value=\"Beans &#38; more\"") && form.body.contains("value=\"12.5\""), "{}", form.body);
            assert!(mara.get(&format!("/customers/{ana}/offers")).body.contains("No offers yet"), "nothing was made");
        }
        let part = mara.get(&format!("/articles?shop={shop}&find=b-1"));
        assert!(part.body.contains("Beans &#38; more") && part.body.contains("id=\"articles\""), "{}", part.body);
        assert!(mara.get(&format!("/articles?shop={shop}&find=nothing")).body.contains("Nothing was sold that begins so"));
        assert_eq!(mara.get("/articles?shop=x&find=b").status, StatusCode::OK);
        let all = key(&f, Rights::all());
        assert_eq!(ask(&desk, &all, "GET", &format!("/articles?shop={shop}&q=bean"), &Value::Null).1["data"][0]["unit_price"], "12.5");
        assert_eq!(ask(&desk, &all, "GET", "/articles?q=bean", &Value::Null).0, 422);
    }

    fn the_api_does_what_the_pages_do(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (ana, all) = (customer(&f, "ana@example.es"), key(&f, Rights::all()));
        let new = json!({ "customer": ana, "shop": f.shop, "lines": [{ "title": "Tea", "quantity": "2", "unit_price": "4" }], "valid_until": "2026-07-01" });
        let (status, offer) = ask(&desk, &all, "POST", "/offers", &new);
        assert_eq!((status, &offer["state"], &offer["total"]["amount"], &offer["valid_until"]), (201, &json!("draft"), &json!(800), &json!("2026-07-01")), "{offer}");
        let at = format!("/offers/{}", offer["id"].as_str().unwrap());
        let (status, problem) = ask(&desk, &all, "POST", "/offers", &json!({ "customer": ana, "shop": f.shop, "valid_until": "soon" }));
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/valid_until")));
        assert_eq!(ask(&desk, &all, "PATCH", &at, &json!({ "shipping": 100, "expected_version": 1 })).1["total"]["amount"], 900);
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/acceptance"), &Value::Null).1["code"], "offer_state");
        let (status, link) = ask(&desk, &all, "POST", &format!("{at}/link"), &Value::Null);
        assert_eq!((status, link["link"].as_str().unwrap().starts_with("/o/")), (201, true));
        let (status, done) = ask(&desk, &all, "POST", &format!("{at}/acceptance"), &Value::Null);
        assert_eq!((status, &done["state"], done["order"].as_str().unwrap().starts_with("ord_")), (200, &json!("accepted"), true));
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/withdrawal"), &Value::Null).0, 409);
        assert_eq!(ask(&desk, &all, "GET", "/offers?state=accepted", &Value::Null).1["data"][0]["id"], offer["id"]);
        assert_eq!(ask(&desk, &all, "GET", "/offers/counts", &Value::Null).1["total"], 1);
        assert_eq!(ask(&desk, &all, "GET", &format!("/customers/{ana}/offers"), &Value::Null).1["data"].as_array().unwrap().len(), 1);
        assert_eq!(ask(&desk, &all, "DELETE", &format!("{at}/link"), &Value::Null).0, 204);
        assert_eq!(ask(&desk, &all, "GET", &at, &Value::Null).1["open_links"], 0);
        let reader = key(&f, Rights::of(&[Right::Read]));
        assert_eq!(ask(&desk, &reader, "POST", "/offers", &new).0, 403);
    }
}
