//! The portal: a customer is invited, comes in, sees what is theirs and nothing of anybody else.

use axum::http::{Method, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::invoices;
use domain::kit::{Ctx, Currency, CustomerId, Rights, Role};
use domain::orders::{self, Buyer, Checkout, CheckoutPayment, Line, State};
use domain::payments::{MethodInput, MethodKind, PaymentStatus};
use domain::portal::{self, Colour, Invited, SettingsEdit, Way};
use domain::subscriptions::{self, StartInput, Unit};
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};
use server::http::Policy;
use store::Tx;

use crate::desk::{Answer, Desk, Visitor, key, of_role};
use crate::invoices::seller;
use crate::offers::ask;

fn write<T: Send + 'static>(f: &Fixture, work: impl Fn(&mut Tx, &Ctx) -> domain::Result<T> + Send + Sync + 'static) -> T {
    let ctx = f.ctx.clone();
    f.db.write_now(move |tx| work(tx, &ctx)).unwrap()
}

pub fn open(f: &Fixture, word: &str) {
    let word = word.to_owned();
    write(f, move |tx, ctx| {
        let all = SettingsEdit {
            enabled: true,
            word: word.clone(),
            colour: Colour::USUAL.into(),
            may_cancel: true,
            may_ask: true,
            may_return: true,
        };
        portal::edit(tx, ctx, &all)
    });
}

/// A customer with one of everything.
pub struct Person {
    pub id: CustomerId,
    pub order: String,
    pub invoice: String,
    pub subscription: String,
}

pub fn person(f: &Fixture, email: &str, canary: &str) -> Person {
    let new = NewCustomer { email: email.into(), name: format!("{canary} Ruiz"), ..NewCustomer::default() };
    let id = write(f, move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).id;
    let payment = CheckoutPayment {
        provider: "stripe".into(),
        provider_ref: Some(format!("pi_{canary}")),
        status: PaymentStatus::Settled,
        amount: 800,
        method: Some(MethodInput::of(MethodKind::Card)),
        paid_at: None,
        live: true,
        failure_code: String::new(),
        failure_message: String::new(),
    };
    let checkout = Checkout {
        shop: f.shop.clone(),
        external_id: canary.into(),
        buyer: Buyer { email: email.into(), name: format!("{canary} Ruiz"), ..Buyer::default() },
        guest: false,
        currency: Currency::of("EUR").unwrap(),
        state: State::Open,
        abandoned: false,
        lines: vec![Line { title: format!("{canary} tea"), quantity: "2".into(), unit_price: "4".into(), ..Line::default() }],
        discount: 0,
        shipping: 0,
        tax: 0,
        note: "a remark of the house".into(),
        ordered_at: Some(NOW - 1),
        payments: vec![payment],
        affiliate: String::new(),
    };
    let done = write(f, move |tx, ctx| orders::checkout(tx, ctx, &checkout));
    assert_eq!(done.customer.as_ref(), Some(&id));
    let of = done.order.clone();
    let invoice = write(f, move |tx, ctx| invoices::of_order_draft(tx, ctx, &of));
    let draft = invoice.clone();
    write(f, move |tx, ctx| invoices::issue(tx, ctx, &draft));
    let shop = f.shop.clone();
    let order = done.order;
    let customer = id.clone();
    let subscription = write(f, move |tx, ctx| {
        let input = StartInput {
            shop: Some(shop.clone()),
            name: "Club".into(),
            amount: Some(1200),
            cycle: Some((1, Unit::Month)),
            ..StartInput::of(customer.clone())
        };
        subscriptions::start(tx, ctx, &input)
    });
    Person { id, order: order.to_string(), invoice: invoice.to_string(), subscription: subscription.to_string() }
}

fn link(desk: &Desk, f: &Fixture, who: &CustomerId) -> String {
    let made = desk.owner(f).post(&format!("/customers/{who}/portal/link"), &[]);
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let start = "value=\"http://127.0.0.1:0";
    let at = made.body.find(start).unwrap_or_else(|| panic!("no link in {}", made.body)) + start.len();
    made.body[at..at + made.body[at..].find('"').unwrap()].to_owned()
}

/// Somebody who came in by a link.
pub fn inside<'a>(desk: &'a Desk, f: &Fixture, who: &CustomerId) -> Visitor<'a> {
    let who = who.clone();
    let Invited::Link(way, _) = write(f, move |tx, ctx| portal::invite(tx, ctx, &who, &Way::Link)) else { panic!("a mail") };
    let mut visitor = desk.visitor();
    let came = visitor.post(&way, &[("password", "three blue tea cups")]);
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", came.body);
    visitor
}

fn asked(visitor: &mut Visitor<'_>, method: &Method, path: &str) -> Answer {
    if *method == Method::GET { visitor.get(path) } else { visitor.post(path, &[]) }
}

store::db_test! {
    domain::migrations();

    fn a_customer_is_invited_comes_in_and_sees_what_is_theirs(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        open(&f, "kilde");
        let ana = person(&f, "ana@example.es", "ANACANARY");
        let mut owner = desk.owner(&f);
        assert!(owner.get(&format!("/customers/{}", ana.id)).body.contains("Invite to the portal"));
        let sent = owner.post(&format!("/customers/{}/portal/invite", ana.id), &[]);
        assert_eq!(sent.location, format!("/customers/{}/portal", ana.id));
        assert!(owner.get(&sent.location).body.contains("Invited"));
        let way = link(&desk, &f, &ana.id);
        let mut browser = desk.visitor();
        let door = browser.get("/portal/kilde/sign-in");
        assert!(door.body.contains("Roastery") && door.body.contains("/portal/kilde/look.css") && !door.body.contains("<script"), "{}", door.body);
        let sheet = browser.get("/portal/kilde/look.css");
        assert!(sheet.body.contains("--shop: #1f4e79; --shop-ink: #ffffff"), "{}", sheet.body);
        assert_eq!(browser.get("/portal/kilde").location, "/portal/kilde/sign-in");
        for _ in 0..2 {
            assert!(browser.get(&way).body.contains("Welcome"), "looking uses nothing up");
        }
        let short = browser.post(&way, &[("password", "short")]);
        assert!(short.status == StatusCode::UNPROCESSABLE_ENTITY && short.body.contains("f-password-error"), "{}", short.body);
        let came = browser.post(&way, &[("password", "three blue tea cups")]);
        assert_eq!(came.location, "/portal/kilde", "{}", came.body);
        assert!(came.cookies[0].starts_with("regulars-portal-kilde=") && came.cookies[0].contains("HttpOnly; SameSite=Lax"), "{:?}", came.cookies);
        let home = browser.get("/portal/kilde");
        assert!(home.body.contains("ANACANARY tea") && home.body.contains("Club"), "{}", home.body);
        let order = browser.get(&format!("/portal/kilde/orders/{}", ana.order));
        assert!(order.body.contains("ANACANARY tea") && order.body.contains("€8.00") && order.body.contains("Send something back"), "{}", order.body);
        assert!(!order.body.contains("a remark of the house"));
        assert!(browser.get("/portal/kilde/invoices").body.contains(&format!("/portal/kilde/invoices/{}/pdf", ana.invoice)));
        assert!(browser.get(&format!("/portal/kilde/invoices/{}/pdf", ana.invoice)).body.starts_with("%PDF-1.7"));
        assert!(browser.get("/portal/kilde/payments").body.contains("€8.00"));
        let out = browser.post("/portal/kilde/sign-out", &[]);
        assert_eq!(out.location, "/portal/kilde/sign-in");
        assert_eq!(browser.get("/portal/kilde/orders").status, StatusCode::SEE_OTHER);
        let wrong = browser.post("/portal/kilde/sign-in", &[("email", "ana@example.es"), ("password", "no")]);
        let unknown = browser.post("/portal/kilde/sign-in", &[("email", "eve@example.es"), ("password", "no")]);
        assert_eq!((wrong.status, wrong.body.replace("ana@", "eve@")), (unknown.status, unknown.body), "nothing tells who is known");
        let asked = browser.post("/portal/kilde/sign-in/link", &[("link_email", "ana@example.es")]);
        let nobody = browser.post("/portal/kilde/sign-in/link", &[("link_email", "eve@example.es")]);
        assert_eq!((asked.status, asked.body), (nobody.status, nobody.body));
        let came = browser.post("/portal/kilde/sign-in", &[("email", "ANA@example.es"), ("password", "three blue tea cups")]);
        assert_eq!(came.location, "/portal/kilde", "{}", came.body);
        let seen = owner.get(&format!("/customers/{}/timeline", ana.id));
        assert!(seen.body.contains("Came into the portal for the first time") && seen.body.contains("the customer"), "{}", seen.body);
        owner.post(&format!("/customers/{}/delete", ana.id), &[]);
        assert_eq!(browser.get("/portal/kilde").status, StatusCode::SEE_OTHER, "deleted: the portal is closed");
    }

    fn what_they_do_is_done_by_the_verbs_of_the_house(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        open(&f, "kilde");
        let ana = person(&f, "ana@example.es", "ANACANARY");
        let mut browser = inside(&desk, &f, &ana.id);
        let mut owner = desk.owner(&f);
        let form = browser.get("/portal/kilde/details").body;
        let at = form.find("name=\"version\" value=\"").unwrap() + 22;
        let version = form[at..at + form[at..].find('"').unwrap()].to_owned();
        let wrong = browser.post("/portal/kilde/details", &[("version", &version), ("phone", "x"), ("delivery_same", "on")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("f-phone-error"), "{}", wrong.body);
        let fields = [("version", version.as_str()), ("phone", "+34 600 111 222"), ("billing.line1", "Calle 7"), ("billing.city", "Vigo"), ("billing.country", "ES"), ("delivery_same", "on")];
        let saved = browser.post("/portal/kilde/details", &fields);
        assert_eq!(saved.location, "/portal/kilde/details?done=saved", "{}", saved.body);
        assert!(browser.get(&saved.location).body.contains("Saved."));
        let mut old = fields;
        old[1].1 = "+34 600 333 444";
        assert_eq!(browser.post("/portal/kilde/details", &old).status, StatusCode::CONFLICT);
        let seen = owner.get(&format!("/customers/{}", ana.id));
        assert!(seen.body.contains("Calle 7"), "{}", seen.body);

        let cancel = format!("/portal/kilde/subscriptions/{}/cancel", ana.subscription);
        assert!(browser.get(&cancel).body.contains("Cancel subscription"));
        assert_eq!(browser.post(&cancel, &[]).location, "/portal/kilde/subscriptions?done=cancelled");

        let order = format!("/portal/kilde/orders/{}", ana.order);
        let much = browser.post(&format!("{order}/return"), &[("quantity.1", "3"), ("reason", "damaged")]);
        assert!(much.status == StatusCode::UNPROCESSABLE_ENTITY && much.body.contains("f-quantity.1-error"), "{}", much.body);
        for _ in 0..2 {
            let back = browser.post(&format!("{order}/return"), &[("once", "one"), ("quantity.1", "1"), ("reason", "damaged"), ("note", "wet")]);
            assert_eq!(back.location, format!("{order}?done=return"), "{}", back.body);
        }
        assert_eq!(browser.get(&order).body.matches("Requested").count(), 1, "pressed twice, asked once");
        assert!(owner.get("/returns").body.contains("Requested"));

        assert_eq!(browser.post("/portal/kilde/data", &[("kind", "erasure"), ("note", "please")]).location, "/portal/kilde/data?done=asked");
        assert_eq!(browser.post("/portal/kilde/data", &[("kind", "erasure")]).status, StatusCode::CONFLICT, "it waits already");
        assert!(owner.get("/customers/requests").body.contains("Erase the data"));

        for _ in 0..2 {
            let said = browser.post("/portal/kilde/messages", &[("once", "two"), ("body", "Where is <my> tea?")]);
            assert_eq!(said.location, "/portal/kilde/messages?done=sent", "{}", said.body);
        }
        assert_eq!(browser.get("/portal/kilde/messages").body.matches("Where is &#60;my&#62; tea?").count(), 1);
        let heard = owner.get(&format!("/customers/{}/conversations", ana.id));
        assert!(heard.body.contains("Where is &#60;my&#62; tea?"), "{}", heard.body);
        assert_eq!(browser.post("/portal/kilde/messages", &[("body", " ")]).status, StatusCode::UNPROCESSABLE_ENTITY);

        let changed = browser.post("/portal/kilde/details/password", &[("password", "four green tea cups"), ("again", "other")]);
        assert!(changed.status == StatusCode::UNPROCESSABLE_ENTITY && changed.body.contains("f-again-error"));
        let changed = browser.post("/portal/kilde/details/password", &[("password", "four green tea cups"), ("again", "four green tea cups")]);
        assert_eq!(changed.location, "/portal/kilde/details?done=password", "{}", changed.body);
        assert_eq!(browser.post("/portal/kilde/details/email", &[("email", "ana@new.example")]).location, "/portal/kilde/details?done=email");
        assert_eq!(browser.post_from_elsewhere("/portal/kilde/messages").status, StatusCode::FORBIDDEN);

        write(&f, |tx, ctx| {
            let none = SettingsEdit { enabled: true, word: "kilde".into(), colour: "#ffffff".into(), may_cancel: false, may_ask: false, may_return: false };
            portal::edit(tx, ctx, &none)
        });
        for (path, fields) in [(format!("{order}/return"), [("quantity.1", "1"), ("reason", "late")]), (cancel.clone(), [("a", "b"), ("c", "d")]), ("/portal/kilde/data".to_owned(), [("kind", "access"), ("c", "d")])] {
            assert_eq!(browser.post(&path, &fields).status, StatusCode::NOT_FOUND, "{path}: not allowed, not there");
        }
        assert_eq!((browser.get(&cancel).status, browser.get("/portal/kilde/data").status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    }

    fn what_they_write_is_answered_from_the_page_and_read_in_the_portal(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        open(&f, "kilde");
        seller(&f);
        let ana = person(&f, "ana@example.es", "ANACANARY");
        let (mut browser, mut owner) = (inside(&desk, &f, &ana.id), desk.owner(&f));
        browser.post("/portal/kilde/messages", &[("body", "Is it <still> warm?")]);
        let waiting = owner.get("/inbox?view=waiting").body;
        let start = waiting.find("/conversations/cnv_").unwrap_or_else(|| panic!("nothing waits in {waiting}"));
        let chat = waiting[start..start + waiting[start..].find('"').unwrap()].to_owned();
        let stream = format!("/customers/{}/conversations", ana.id);
        let shown = owner.get(&stream).body;
        assert!(shown.contains(&format!("{chat}#answer")) && shown.contains(&format!("action=\"{chat}/messages\"")), "{shown}");

        let messages = format!("{chat}/messages");
        let empty = owner.post(&messages, &[("once", "one"), ("body", " ")]);
        assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.body.contains("Write something."), "{}", empty.body);
        for _ in 0..2 {
            assert_eq!(owner.post(&messages, &[("once", "two"), ("body", "It <is>.")]).location, chat);
        }
        assert_eq!(owner.post(&messages, &[("once", "three"), ("body", "Come by."), ("customer", ana.id.as_str())]).location, stream);
        assert!(!owner.get("/inbox?view=waiting").body.contains(&chat), "answered");
        let read = browser.get("/portal/kilde/messages").body;
        assert_eq!((read.matches("It &#60;is&#62;.").count(), read.matches("Come by.").count()), (1, 1), "{read}");
        browser.post("/portal/kilde/messages", &[("body", "Thank you")]);
        assert!(owner.get("/inbox?view=waiting").body.contains(&chat), "their next word waits again");
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        assert!(!reader.get(&chat).body.contains("<textarea"));
        assert_eq!(reader.post(&messages, &[("body", "x")]).status, StatusCode::FORBIDDEN);
        let other = desk.owner(&f.other()).post(&messages, &[("body", "x")]);
        assert_eq!(other.status, StatusCode::NOT_FOUND, "another merchant's");
    }

    fn they_add_a_payment_method_choose_it_and_take_it_off(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        open(&f, "kilde");
        let ana = person(&f, "ana@example.es", "ANACANARY");
        let eve = person(&f, "eve@example.es", "EVECANARY");
        let mut browser = inside(&desk, &f, &ana.id);
        let shop = f.shop.to_string();
        let closed = browser.get("/portal/kilde/payments").body;
        assert!(!closed.contains("Add a payment method"), "nobody keeps methods: {closed}");
        let refused = browser.post("/portal/kilde/adding", &[("shop", &shop)]);
        assert!(refused.status == StatusCode::CONFLICT && refused.body.contains("Please ask the shop."), "{}", refused.body);
        ask(&desk, &key(&f, Rights::all()), "POST", "/provider-accounts", &json!({ "shop": f.shop, "provider": "test" }));
        assert!(browser.get("/portal/kilde/payments").body.contains("Add a payment method"));
        let begun = browser.post("/portal/kilde/adding", &[("shop", &shop)]);
        assert!(begun.location.starts_with("/portal/kilde/adding/mst_"), "{}", begun.body);
        let page = browser.get(&begun.location);
        assert!(page.body.contains("never type the number of a real card") && page.body.contains("Test mode"), "{}", page.body);
        assert!(browser.get("/portal/kilde/payments").body.contains("Being added"));
        let card = format!("{}/card", begun.location);
        let wrong = browser.post(&card, &[("number", "4000 0000 0000 9995")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("insufficient funds"), "{}", wrong.body);
        assert!(!wrong.body.contains("value=\"4000 0000"), "what was typed is not shown again");
        let mut stranger = inside(&desk, &f, &eve.id);
        assert_eq!((stranger.get(&begun.location).status, stranger.post(&card, &[("number", "4242 4242 4242 4242")]).status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        let added = browser.post(&card, &[("number", "4242 4242 4242 4242")]);
        assert_eq!(added.location, "/portal/kilde/payments?done=method", "{}", added.body);
        let list = browser.get(&added.location).body;
        assert!(list.contains("The payment method is added.") && list.contains("4242") && !list.contains("Being added"), "{list}");
        let seen = desk.owner(&f).get(&format!("/customers/{}/timeline", ana.id)).body;
        assert!(seen.contains("Payment method added") && seen.contains("Adding a payment method begun"), "{seen}");

        let second = browser.post("/portal/kilde/adding", &[("shop", &shop)]).location;
        browser.post(&format!("{second}/card"), &[("number", "5555 5555 5555 4444")]);
        let (_, found) = ask(&desk, &key(&f, Rights::all()), "GET", &format!("/customers/{}/methods", ana.id), &Value::Null);
        let by_end = |end: &str| found["data"].as_array().unwrap().iter().find(|m| m["last4"] == *end).unwrap()["id"].as_str().unwrap().to_owned();
        let (visa, master) = (by_end("4242"), by_end("4444"));
        for end in ["default", "remove"] {
            assert_eq!(stranger.post(&format!("/portal/kilde/methods/{visa}/{end}"), &[]).status, StatusCode::NOT_FOUND, "{end}");
        }
        for last4 in ["0001", "0002"] {
            let real = json!({ "provider": "stripe", "method": { "kind": "card", "brand": "visa", "last4": last4, "fingerprint": format!("fp_{last4}") } });
            assert_eq!(ask(&desk, &key(&f, Rights::all()), "POST", &format!("/customers/{}/methods", ana.id), &real).0, StatusCode::OK);
        }
        let (_, found) = ask(&desk, &key(&f, Rights::all()), "GET", &format!("/customers/{}/methods", ana.id), &Value::Null);
        let real = found["data"].as_array().unwrap().iter().find(|m| m["last4"] == "0002").unwrap()["id"].as_str().unwrap().to_owned();
        let list = browser.get("/portal/kilde/payments").body;
        assert!(list.contains(&format!("{real}/default")) && !list.contains(&format!("{master}/default")) && list.contains("Test, not real money"), "{list}");
        assert_eq!(browser.post(&format!("/portal/kilde/methods/{master}/default"), &[]).status, StatusCode::CONFLICT, "a test is no default");
        let chosen = browser.post(&format!("/portal/kilde/methods/{real}/default"), &[]);
        assert_eq!(chosen.location, "/portal/kilde/payments?done=default", "{}", chosen.body);
        assert!(!browser.get("/portal/kilde/payments").body.contains(&format!("{real}/default")), "it is the default");
        let (method, who, at) = (visa.parse().unwrap(), ana.id.clone(), f.shop.clone());
        let club = write(&f, move |tx, ctx| {
            let input = StartInput { shop: Some(at.clone()), name: "Tea club".into(), amount: Some(500), cycle: Some((1, Unit::Month)), method: Some(domain::kit::MethodId::clone(&method)), ..StartInput::of(who.clone()) };
            subscriptions::start(tx, ctx, &input)
        });
        let remove = format!("/portal/kilde/methods/{visa}/remove");
        assert!(browser.get(&remove).body.contains("Keep it"));
        let held = browser.post(&remove, &[]);
        assert!(held.status == StatusCode::CONFLICT && held.body.contains("The subscription Tea club is paid by this payment method."), "{}", held.body);
        browser.post(&format!("/portal/kilde/subscriptions/{club}/cancel"), &[]);
        let gone = browser.post(&remove, &[]);
        assert_eq!(gone.location, "/portal/kilde/payments?done=removed", "{}", gone.body);
        assert_eq!(browser.post(&remove, &[]).status, StatusCode::NOT_FOUND);
        assert!(!browser.get("/portal/kilde/payments").body.contains(&visa));
    }

    fn an_archived_customer_reads_and_is_offered_nothing_that_is_refused(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        open(&f, "kilde");
        let ana = person(&f, "ana@example.es", "ANACANARY");
        let mut browser = inside(&desk, &f, &ana.id);
        let order = format!("/portal/kilde/orders/{}", ana.order);
        assert!(browser.get(&order).body.contains("Send something back"));
        assert!(browser.get("/portal/kilde").body.contains("<link rel=\"icon\""), "no page asks for an icon that is not there");
        let id = ana.id.clone();
        write(&f, move |tx, ctx| {
            let keep = domain::customers::CustomerEdit { active: Some(false), subscription: Some(domain::customers::HowToCancel::PeriodEnd), ..Default::default() };
            domain::customers::edit(tx, ctx, &id, keep).map(drop)
        });
        let (page, details, messages) = (browser.get(&order).body, browser.get("/portal/kilde/details").body, browser.get("/portal/kilde/messages").body);
        assert!(page.contains("ANACANARY tea") && !page.contains("Send something back"), "{page}");
        assert!(!details.contains("name=\"phone\"") && details.contains("can only be read") && details.contains("Change password"), "{details}");
        assert!(!messages.contains("<textarea"), "{messages}");
        for (path, fields) in [
            (format!("{order}/return"), vec![("quantity.1", "1"), ("reason", "late")]),
            ("/portal/kilde/messages".to_owned(), vec![("body", "Hello")]),
            ("/portal/kilde/details".to_owned(), vec![("version", "1"), ("phone", "+34 600 111 222"), ("delivery_same", "on")]),
            ("/portal/kilde/details/email".to_owned(), vec![("email", "ana@new.example")]),
        ] {
            let refused = browser.post(&path, &fields);
            assert!(refused.status.is_client_error(), "{path} {}", refused.status);
        }
        assert_eq!(browser.post("/portal/kilde/data", &[("kind", "access"), ("note", "")]).location, "/portal/kilde/data?done=asked", "what the law gives stays");
    }

    fn nothing_of_another_is_seen_by_any_id(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        open(&f, "kilde");
        let other = f.other();
        seller(&other);
        open(&other, "other");
        let ana = person(&f, "ana@example.es", "ANACANARY");
        let eve = person(&f, "eve@example.es", "EVECANARY");
        let far = person(&other, "ana@example.es", "FARCANARY");
        let mut browser = inside(&desk, &f, &ana.id);
        let lines: Vec<_> = desk.table.iter().filter(|l| l.policy == Policy::Portal && !l.path.ends_with("/sign-out")).cloned().collect();
        assert!(lines.len() >= 18, "{lines:?}");
        for line in &lines {
            let path = line.path.replace("{word}", "kilde");
            let ids: Vec<&str> = [&eve, &far].into_iter().flat_map(|p| [p.order.as_str(), &p.invoice, &p.subscription, p.id.as_str()]).chain(["nothing"]).collect();
            for id in if path.contains("{id}") { ids } else { vec![""] } {
                let answer = asked(&mut browser, &line.method, &path.replace("{id}", id));
                if path.contains("{id}") {
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path} {id}");
                }
                assert!(!answer.status.is_server_error(), "{path} {id}: {}", answer.body);
                assert!(!answer.body.contains("EVECANARY") && !answer.body.contains("FARCANARY"), "{path} {id}: {}", answer.body);
            }
            // The cookie of one portal opens no other, and that of the staff none at all.
            let there = line.path.replace("{word}", "other").replace("{id}", &far.order);
            assert_eq!(asked(&mut browser, &line.method, &there).location, "/portal/other/sign-in", "{there}");
            let mut owner = desk.owner(&f);
            let here = path.replace("{id}", &ana.order);
            assert_eq!(asked(&mut owner, &line.method, &here).location, "/portal/kilde/sign-in", "{here}");
            assert_eq!(asked(&mut browser, &line.method, &line.path.replace("{word}", "nobody").replace("{id}", &ana.order)).status, StatusCode::NOT_FOUND);
        }
        for staff in ["/customers", "/", &format!("/customers/{}", ana.id)] {
            assert!(browser.get(staff).location.starts_with("/sign-in"), "a customer is a stranger in the dashboard");
        }
    }

    fn the_api_invites_reads_and_closes(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let new = NewCustomer { email: "ana@example.es".into(), ..NewCustomer::default() };
        let ana = write(&f, move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).id;
        let at = format!("/customers/{ana}/portal");
        assert_eq!(ask(&desk, &all, "POST", &format!("{at}/invitation"), &Value::Null).1["code"], "portal_off");
        let (status, settings) = ask(&desk, &all, "PATCH", "/portal", &json!({ "enabled": true, "word": "kilde", "colour": "#FFCC00" }));
        assert_eq!((status, &settings["colour"], &settings["may_ask"]), (200, &json!("#ffcc00"), &json!(true)), "{settings}");
        assert_eq!(ask(&desk, &all, "PATCH", "/portal", &json!({ "colour": "red" })).1["errors"][0]["pointer"], "/colour");
        assert_eq!(ask(&desk, &all, "GET", &at, &Value::Null).1["state"], "none");
        let (status, invited) = ask(&desk, &all, "POST", &format!("{at}/invitation"), &Value::Null);
        assert_eq!((status, &invited["state"]), (201, &json!("invited")), "{invited}");
        let (status, link) = ask(&desk, &all, "POST", &format!("{at}/link"), &Value::Null);
        assert_eq!((status, link["link"].as_str().unwrap().starts_with("/portal/kilde/links/")), (201, true), "{link}");
        assert!(desk.visitor().get(link["link"].as_str().unwrap()).body.contains("ana@example.es"));
        for _ in 0..2 {
            assert_eq!(ask(&desk, &all, "DELETE", &at, &Value::Null).0, 204);
        }
        assert_eq!(desk.visitor().get(link["link"].as_str().unwrap()).status, StatusCode::NOT_FOUND);
        assert_eq!(ask(&desk, &all, "GET", &at, &Value::Null).1["state"], "closed");
    }
}
