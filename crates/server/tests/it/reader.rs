//! Dates and numbers as their reader writes them: by the browser, by one's own setting, in the portal; and never for machines or in mails.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{Currency, CustomerId, Rights};
use domain::payments::{self, PaymentInput};
use domain::testing::{Fixture, NOW};

use crate::desk::{Desk, key};

/// Ana, who paid 1,234.50 on 15 June 2026, and the payment.
fn ana(f: &Fixture) -> (CustomerId, String) {
    let (ctx, shop) = (f.ctx.clone(), f.shop.clone());
    f.db.write_now(move |tx| {
        let new = NewCustomer { email: "ana@example.es".into(), name: "Ana Ruiz".into(), ..NewCustomer::default() };
        let id = customers::create(tx, &ctx, new, Rules::Normal)?.id;
        let eur = Currency::of("EUR").unwrap();
        let paid = PaymentInput { customer: Some(id.clone()), ..PaymentInput::settled(shop.clone(), "manual", eur, 123_450, NOW) };
        Ok::<_, domain::Error>((id, payments::put(tx, &ctx, &paid)?.id.to_string()))
    })
    .unwrap()
}

store::db_test! {
    domain::migrations();

    fn a_german_reads_german_dates_and_amounts_around_english_words(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (id, payment) = ana(&f);
        let mut olivia = desk.owner(&f).reading("de-DE,de;q=0.9,en;q=0.8");
        let list = olivia.get("/customers?view=all").body;
        assert!(list.contains("1.234,50\u{a0}€") && list.contains("Lifetime value") && list.contains("15.06.2026") && list.contains("data-locale=\"de-DE\""), "{list}");
        assert!(list.contains("datetime=\"2026-06-15"), "machines read the same as ever");
        let profile = olivia.get(&format!("/customers/{id}")).body;
        assert!(profile.contains("1.234,50\u{a0}€") && !profile.contains("€1,234.50") && !profile.contains("15 Jun 2026"), "{profile}");
        let dialog = olivia.get(&format!("/payments/{payment}/refund")).body;
        assert!(dialog.contains("value=\"1234.50\"") && dialog.contains("1.234,50"), "a field holds a plain number: {dialog}");

        let mut mara = desk.owner(&f);
        let plain = mara.get("/customers?view=all").body;
        assert!(plain.contains("€1,234.50") && plain.contains("15 Jun 2026") && !plain.contains("data-locale"), "who asks for nothing reads as always");
    }

    fn one_s_own_setting_counts_more_than_the_browser(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (id, _) = ana(&f);
        let mut olivia = desk.owner(&f).reading("de-DE");
        let saved = olivia.post("/account/look", &[("theme", "system"), ("density", "comfortable"), ("shortcuts", "on"), ("locale", "en-US")]);
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        let page = olivia.get(&format!("/customers/{id}")).body;
        assert!(page.contains("€1,234.50") && page.contains("Jun 15, 2026"), "{page}");
        assert!(olivia.get("/account").body.contains("<option value=\"en-US\" selected>"));
        olivia.post("/account/look", &[("theme", "system"), ("density", "comfortable"), ("locale", "tlh")]);
        assert!(olivia.get(&format!("/customers/{id}")).body.contains("15.06.2026"), "what is no locale is no setting");
    }

    fn programs_and_mails_know_no_reader(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (id, payment) = ana(&f);
        let bearer = format!("Bearer {}", key(&f, Rights::all()));
        let ask = |language: &str| {
            let request = Request::builder().uri(format!("/api/v1/customers/{id}")).header("authorization", &bearer).header("accept-language", language);
            desk.send(request.body(Body::empty()).unwrap()).body
        };
        assert_eq!(ask("de-DE"), ask("en"));
        let mut olivia = desk.owner(&f).reading("de-DE");
        let done = olivia.post(&format!("/payments/{payment}/refund"), &[("amount", "1.000,50"), ("tell_customer", "on")]);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let texts = f.db.read_now::<_, domain::Error>(|tx| Ok(tx.rows(&store::Stmt::built("SELECT body FROM mails".into()), &[], |r| r.get::<String>(0))?)).unwrap();
        assert!(texts.iter().any(|t| t.contains("€1,000.50")) && !texts.iter().any(|t| t.contains("1.000,50")), "{texts:?}");
    }
}
