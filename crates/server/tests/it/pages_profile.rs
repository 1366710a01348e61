//! One customer from its pages: made, edited by two people, annotated, archived, deleted and brought back; its orders and money.

use axum::http::StatusCode;
use domain::customers::{self, NewCustomer, Rules, Status};
use domain::kit::{Currency, CustomerId, DAY, Right, Role};
use domain::orders::{Buyer, Checkout, CheckoutPayment, Line, State};
use domain::payments::{MethodInput, MethodKind, PaymentStatus};
use domain::subscriptions::{self, SubscriptionInput, SubscriptionStatus, Unit};
use domain::testing::{Fixture, NOW};
use serde_json::json;

use crate::desk::{Answer, Desk, Visitor, key, of_role};

/// The value of a hidden field of a form.
fn hidden(body: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = body.find(&start).unwrap_or_else(|| panic!("no field {name} in {body}")) + start.len();
    let value = &body[at..at + body[at..].find('"').unwrap()];
    value.replace("&#38;", "&").replace("&amp;", "&")
}

fn customer(f: &Fixture, new: NewCustomer) -> CustomerId {
    let ctx = f.ctx.clone();
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn named(f: &Fixture, email: &str, name: &str) -> CustomerId {
    customer(f, NewCustomer { email: email.into(), name: name.into(), ..NewCustomer::default() })
}

fn load(f: &Fixture, id: &CustomerId) -> customers::Customer {
    let (ctx, id) = (f.ctx.clone(), id.clone());
    f.db.read_now(move |tx| customers::get(tx, &ctx, &id)).unwrap()
}

fn subscribe(f: &Fixture, id: &CustomerId) {
    let ctx = f.ctx.clone();
    let input = SubscriptionInput {
        customer: id.clone(),
        shop: f.shop.clone(),
        name: "Roastery Club".into(),
        status: SubscriptionStatus::Active,
        live: true,
        currency: Currency::of("EUR").unwrap(),
        amount: 1900,
        cycle_count: 1,
        cycle_unit: Unit::Month,
        provider: "stripe".into(),
        provider_ref: None,
        method: None,
        started_at: NOW - 10 * DAY,
        trial_until: None,
        next_payment_at: Some(NOW + 20 * DAY),
        ends_at: None,
        import_id: None,
    };
    f.db.write_now(move |tx| subscriptions::put(tx, &ctx, &input).map(drop)).unwrap();
}

/// A guest pays 20.00 by this card, e-mail and phone.
fn guest(f: &Fixture, shop_order: &str, email: &str, card: &str) {
    let ctx = f.ctx.clone();
    let method = MethodInput { fingerprint: card.into(), last4: "0002".into(), ..MethodInput::of(MethodKind::Card) };
    let checkout = Checkout {
        shop: f.shop.clone(),
        external_id: shop_order.into(),
        buyer: Buyer { email: email.into(), name: "A guest".into(), ..Buyer::default() },
        guest: true,
        currency: Currency::of("EUR").unwrap(),
        state: State::Paid,
        abandoned: false,
        lines: vec![Line { title: "Beans".into(), quantity: "1".into(), unit_price: "20".into(), ..Line::default() }],
        discount: 0,
        shipping: 0,
        tax: 0,
        note: String::new(),
        ordered_at: Some(NOW - DAY),
        affiliate: String::new(),
        payments: vec![CheckoutPayment {
            provider: "stripe".into(),
            provider_ref: None,
            status: PaymentStatus::Settled,
            amount: 2000,
            method: Some(method),
            paid_at: None,
            live: true,
            failure_code: String::new(),
            failure_message: String::new(),
        }],
    };
    f.db.write_now(move |tx| domain::orders::checkout(tx, &ctx, &checkout).map(drop)).unwrap();
}

/// Sends the form of a page with its hidden fields and these.
fn submit(who: &mut Visitor<'_>, page: &Answer, path: &str, names: &[&str], fields: &[(&str, &str)]) -> Answer {
    let own: Vec<(String, String)> = names.iter().map(|n| ((*n).to_owned(), hidden(&page.body, n))).collect();
    let all: Vec<(&str, &str)> = own.iter().map(|(k, v)| (k.as_str(), v.as_str())).chain(fields.iter().copied()).collect();
    who.post(path, &all)
}

store::db_test! {
    domain::migrations();

    fn an_e_mail_address_makes_a_customer_and_a_second_press_makes_no_other(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let page = mara.get("/customers/new");
        assert_eq!(page.status, StatusCode::OK);
        let fields = [("email", "ana@example.es"), ("company", "Taller <Ruiz>"), ("active", "on"), ("then", "close")];
        let first = submit(&mut mara, &page, "/customers/new", &["once"], &fields);
        let second = submit(&mut mara, &page, "/customers/new", &["once"], &fields);
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
        assert!(first.location.starts_with("/customers/cus_"));
        assert_eq!(first.location, second.location);
        let profile = mara.get(&first.location);
        assert!(profile.body.contains("Taller &#60;Ruiz&#62;") && !profile.body.contains("<Ruiz>"));
        assert!(profile.body.contains("Customer created."), "the toast");
    }

    fn a_refused_form_keeps_what_was_typed_and_says_what_to_do(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let answer = mara.post("/customers/new", &[("email", "not an address"), ("name", "Ana"), ("billing.country", "XX"), ("active", "on")]);
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["not an address", "value=\"Ana\"", "Enter an e-mail address like ana@example.com.", "href=\"#f-billing.country\""] {
            assert!(answer.body.contains(words), "{words}");
        }
    }

    fn a_likely_duplicate_is_pointed_out_and_may_be_made_all_the_same(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let there = named(&f, "ana@example.es", "Ana Ruiz");
        assert!(mara.get("/customers/new?email=ANA%40example.es").body.contains(there.as_str()), "while typing");
        let answer = mara.post("/customers/new", &[("email", "Ana@example.es"), ("active", "on")]);
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.body.contains("same e-mail") && answer.body.contains("Create anyway"));
        let answer = mara.post("/customers/new", &[("email", "Ana@example.es"), ("active", "on"), ("anyway", "on")]);
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }

    fn the_second_of_two_editors_sees_the_others_words_and_chooses(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let id = customer(&f, NewCustomer { email: "ana@example.es".into(), phone: "+33612345678".into(), ..NewCustomer::default() });
        let (mut mara, mut jonas) = (desk.owner(&f), desk.person(&f, &of_role(&f, Role::Manager)));
        let path = format!("/customers/{id}/edit");
        let (seen, same) = (mara.get(&path), jonas.get(&path));
        let hiddens = ["version", "was"];
        let base = [("email", "ana@example.es"), ("number", "1001"), ("active", "on")];
        let theirs: Vec<_> = [("company", "Theirs Ltd"), ("phone", "+33699999999")].into_iter().chain(base).collect();
        assert_eq!(submit(&mut jonas, &same, &path, &hiddens, &theirs).status, StatusCode::SEE_OTHER);

        let mine: Vec<_> = [("company", "Mine Ltd"), ("phone", "+33612345678"), ("first_name", "Ana")].into_iter().chain(base).collect();
        let answer = submit(&mut mara, &seen, &path, &hiddens, &mine);
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.body.contains("Theirs Ltd") && answer.body.contains("Mine Ltd"), "side by side");
        assert!(!answer.body.contains("theirs.phone"), "what only the other changed is no question");
        assert_eq!(load(&f, &id).company, "Theirs Ltd", "nothing was saved");

        let chosen: Vec<_> = mine.into_iter().chain([("choose.company", "theirs"), ("theirs.company", "Theirs Ltd")]).collect();
        assert_eq!(submit(&mut mara, &answer, &path, &hiddens, &chosen).status, StatusCode::SEE_OTHER);
        let after = load(&f, &id);
        assert_eq!((after.company.as_str(), after.phone.as_str(), after.first_name.as_str()), ("Theirs Ltd", "+33699999999", "Ana"));
    }

    fn archiving_asks_what_becomes_of_a_live_subscription(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let id = named(&f, "ana@example.es", "Ana Ruiz");
        subscribe(&f, &id);
        let asked = mara.post(&format!("/customers/{id}/archive"), &[]);
        assert_eq!(asked.status, StatusCode::CONFLICT);
        assert!(asked.body.contains("Roastery Club") && asked.body.contains("At the end of the period"));
        assert_eq!(load(&f, &id).status, Status::Subscriber);
        let done = mara.post(&format!("/customers/{id}/archive"), &[("subscription", "period_end")]);
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let page = mara.get(&done.location);
        assert!(page.body.contains("Archived") && page.body.contains("Unarchive") && !page.body.contains("New order"), "{}", page.body);
    }

    fn the_active_box_is_the_same_switch(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let id = named(&f, "ana@example.es", "Ana Ruiz");
        let path = format!("/customers/{id}/edit");
        let page = mara.get(&path);
        let fields = [("email", "ana@example.es"), ("name", "Ana Ruiz"), ("number", "1001")];
        assert_eq!(submit(&mut mara, &page, &path, &["version", "was"], &fields).status, StatusCode::SEE_OTHER);
        assert_eq!(load(&f, &id).status, Status::Archived);
    }

    fn a_deleted_customer_comes_back_or_goes_for_good(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let id = named(&f, "ana@example.es", "Ana Ruiz");
        let at = format!("/customers/{id}");
        let deleted = mara.post(&format!("{at}/delete?from=q%3Dana"), &[]);
        assert_eq!((deleted.status, deleted.location.as_str()), (StatusCode::SEE_OTHER, "/customers?q=ana"));
        let page = mara.get(&at);
        assert!(page.body.contains("Ana Ruiz is deleted.") && page.body.contains("Restorable until 15 Jul 2026"));
        assert!(!page.body.contains("/notes\""), "nothing can be written on it");
        assert_eq!(mara.post(&format!("{at}/restore"), &[]).status, StatusCode::SEE_OTHER);
        assert_eq!(load(&f, &id).status, Status::Prospect);

        guest(&f, "1", "bob@example.com", "card-b");
        let linked = named(&f, "linked@example.es", "Linked");
        subscribe(&f, &linked);
        let refused = mara.post(&format!("/customers/{linked}/delete-permanently"), &[]);
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.body.contains("Roastery Club") && refused.body.contains(&format!("/customers/{linked}/subscriptions")));

        assert_eq!(mara.post(&format!("{at}/delete-permanently"), &[]).location, "/customers");
        assert_eq!(mara.get(&at).status, StatusCode::NOT_FOUND);
    }

    fn notes_group_and_tags_change_in_place(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let at = format!("/customers/{}", named(&f, "ana@example.es", "Ana Ruiz"));
        assert_eq!(mara.post(&format!("{at}/notes"), &[("body", " ")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        mara.post(&format!("{at}/notes"), &[("body", "Wants <b>invoices</b>")]);
        let page = mara.get(&at);
        assert!(page.body.contains("Wants &#60;b&#62;invoices"));
        let note = page.body.split("/notes/").find(|part| part.starts_with("not_")).unwrap().split('/').next().unwrap().to_owned();
        mara.post(&format!("{at}/notes/{note}/pin"), &[]);
        assert!(mara.get(&format!("{at}/timeline")).body.contains("Pinned"));
        mara.post(&format!("{at}/notes/{note}"), &[("note", "Wants invoices")]);
        assert!(mara.get(&at).body.contains("Wants invoices"));
        mara.post(&format!("{at}/notes/{note}/delete"), &[]);
        let gone = mara.get(&at).body;
        assert!(!gone.contains(&note));

        mara.post(&format!("{at}/labels"), &[("group", ""), ("tags", "roastery, Priority")]);
        let page = mara.get(&format!("{at}/timeline?kind=customer"));
        assert!(page.body.contains("roastery") && page.body.contains("Tags"));
    }

    fn of_two_who_change_notes_group_and_tags_neither_loses_the_others_words(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (mut mara, mut sam) = (desk.owner(&f), desk.person(&f, &of_role(&f, Role::Manager)));
        let id = named(&f, "ana@example.es", "Ana Ruiz");
        let at = format!("/customers/{id}");
        let group = |name: &'static str| {
            let ctx = f.ctx.clone();
            f.db.write_now::<_, domain::Error>(move |tx| domain::labels::create::<domain::kit::GroupId>(tx, &ctx, name)).unwrap().id.to_string()
        };
        let (retail, wholesale) = (group("Retail"), group("Wholesale"));
        mara.post(&format!("{at}/labels"), &[("group", ""), ("tags", "old, kept")]);
        assert!(mara.get(&at).body.contains("name=\"had_tags\" value=\"kept, old\""));
        // Both opened the form; Sam saves first.
        sam.post(&format!("{at}/labels"), &[("had_group", ""), ("group", &retail), ("had_tags", "kept, old"), ("tags", "kept, old, sams")]);
        mara.post(&format!("{at}/labels"), &[("had_group", ""), ("group", ""), ("had_tags", "kept, old"), ("tags", "kept, maras")]);
        let page = mara.get(&at).body;
        assert!(page.contains("name=\"had_tags\" value=\"kept, maras, sams\""), "each one’s difference stands");
        assert!(page.contains(&format!("name=\"had_group\" value=\"{retail}\"")), "what Mara did not touch stays");
        let both = mara.post(&format!("{at}/labels"), &[("had_group", ""), ("group", &wholesale), ("had_tags", "kept"), ("tags", "kept, zzgone")]);
        assert_eq!(both.status, StatusCode::CONFLICT);
        assert!(both.body.contains("it is “Retail” now, and you chose “Wholesale”"), "{}", both.body);
        assert!(!mara.get(&at).body.contains("zzgone"), "all of a form or nothing");

        for _press in 1..=2 {
            assert_eq!(mara.post(&format!("{at}/notes"), &[("once", "n1"), ("body", "Calls at noon")]).location, at);
        }
        let page = mara.get(&at).body;
        assert_eq!(page.matches("Calls at noon</textarea>").count(), 1, "pressed twice, added once");
        assert!(page.contains("name=\"once\" value=\""));
        let note = page.split("/notes/").find(|part| part.starts_with("not_")).unwrap().split('/').next().unwrap().to_owned();
        sam.post(&format!("{at}/notes/{note}"), &[("was", "Calls at noon"), ("note", "Calls at one")]);
        let late = mara.post(&format!("{at}/notes/{note}"), &[("was", "Calls at noon"), ("note", "Calls at two")]);
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains("changed this note meanwhile") && late.body.contains("Calls at one</span>") && late.body.contains("Calls at two</textarea>"));
        assert_eq!(mara.post(&format!("{at}/notes/{note}"), &[("was", "Calls at one"), ("note", "Calls at two")]).location, at);

        let key = key(&f, domain::kit::Rights::all());
        let (_, tags, _) = crate::lists::api(&desk, &key, "PUT", &format!("{at}/tags"), Some(&json!({ "seen": ["kept"], "tags": ["kept", "program"] })));
        assert_eq!(tags["tags"].as_array().map(Vec::len), Some(4), "{tags}");
        let stale = json!({ "seen": "Calls at noon", "body": "Never calls" });
        let (status, said, _) = crate::lists::api(&desk, &key, "PATCH", &format!("{at}/notes/{note}"), Some(&stale));
        assert_eq!((status, &said["code"]), (409, &json!("stale")), "{said}");
        assert!(said.to_string().contains("Calls at two") && said.to_string().contains("Never calls"));
    }

    fn an_order_is_made_paid_and_refunded_by_hand(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let id = named(&f, "ana@example.es", "Ana Ruiz");
        let path = format!("/customers/{id}/orders/new");
        let page = mara.get(&path);
        let hiddens = ["once", "count"];
        let more = submit(&mut mara, &page, &path, &hiddens, &[("do", "add"), ("shop", f.shop.as_str()), ("lines.0.title", "Kettle")]);
        assert_eq!((more.status, hidden(&more.body, "count")), (StatusCode::OK, "4".to_owned()));
        assert!(more.body.contains("value=\"Kettle\""));

        let wrong = [("shop", f.shop.as_str()), ("lines.2.title", "Kettle"), ("lines.2.quantity", "two"), ("lines.2.unit_price", "12.50")];
        let wrong = submit(&mut mara, &page, &path, &hiddens, &wrong);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("f-lines.2.quantity-error"), "beside its own line");

        let right = [("shop", f.shop.as_str()), ("lines.0.title", "Kettle"), ("lines.0.quantity", "2"), ("lines.0.unit_price", "12,50"), ("do", "open")];
        let made = submit(&mut mara, &page, &path, &hiddens, &right);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        assert_eq!(submit(&mut mara, &page, &path, &hiddens, &right).location, made.location, "pressed twice");
        let order = mara.get(&made.location);
        assert!(order.body.contains("€25.00") && order.body.contains("Mark as paid"));

        let pay = mara.get(&format!("{}/pay", made.location));
        let paid = submit(&mut mara, &pay, &format!("{}/pay", made.location), &["once"], &[("kind", "cash"), ("day", "2026-06-15")]);
        assert_eq!(paid.status, StatusCode::SEE_OTHER, "{}", paid.body);
        assert_eq!((load(&f, &id).status, load(&f, &id).lifetime), (Status::Active, 2500));
        assert!(!mara.get(&made.location).body.contains("Cancel order"), "money of it is with us");

        let payments = mara.get(&format!("/customers/{id}/payments")).body;
        let at = payments.split('"').find(|part| part.starts_with("/payments/") && part.ends_with("/refund")).unwrap().to_owned();
        let ask = mara.get(&at);
        assert!(ask.body.contains("value=\"25.00\""), "all that is left");
        assert!(ask.body.contains("Tell the customer"));
        let part = [("amount", "10.00"), ("reason", "one bag damaged"), ("tell_customer", "on")];
        assert_eq!(submit(&mut mara, &ask, &at, &["once"], &part).status, StatusCode::SEE_OTHER);
        assert_eq!(submit(&mut mara, &ask, &at, &["once"], &part).status, StatusCode::SEE_OTHER);
        assert_eq!(load(&f, &id).lifetime, 1500, "once");
        assert!(mara.get(&format!("/customers/{id}/payments")).body.contains("customer told"));
        let stream = mara.get(&format!("/customers/{id}/conversations")).body;
        assert_eq!(stream.matches("we have given back €10.00 of what you paid for order 1001").count(), 1, "{stream}");
        assert!(mara.get(&format!("/customers/{id}/timeline")).body.contains("Customer told of a refund"));
        let more = mara.post(&at, &[("amount", "15.01")]);
        assert_eq!(more.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(more.body.contains("At most €15.00 is left to refund."));
    }

    fn an_order_finds_its_customer_by_e_mail_or_number_or_stays_a_guests(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let id = named(&f, "ana@example.es", "Ana Ruiz");
        let line = [("lines.0.title", "Beans"), ("lines.0.quantity", "1"), ("lines.0.unit_price", "9"), ("do", "open"), ("shop", f.shop.as_str())];
        for (who, found) in [("Ana@example.es", true), ("1001", true), ("nobody@example.es", false), ("", false)] {
            let fields: Vec<_> = line.into_iter().chain([("whose", "customer"), ("customer", who)]).collect();
            let status = mara.post("/orders/new", &fields).status;
            assert_eq!(status, if found { StatusCode::SEE_OTHER } else { StatusCode::UNPROCESSABLE_ENTITY }, "{who}");
        }
        assert_eq!(load(&f, &id).order_count, 2);
        let fields: Vec<_> = line.into_iter().chain([("whose", "guest"), ("guest_name", "Bob"), ("guest_email", "bob@example.com")]).collect();
        let made = mara.post("/orders/new", &fields);
        assert!(mara.get(&made.location).body.contains("Guest"));
        assert!(mara.get("/orders?q=bob%40example.com").body.contains("Bob"));
        let order = mara.get(&made.location).body;
        assert!(order.contains("Add a note") && order.contains("created <small>"), "who did what, also of a guest's order: {order}");
        let form = mara.get(&format!("{}/note", made.location));
        let note = [("version", hidden(&form.body, "version")), ("note", "Ring twice <b>".to_owned())];
        let note = note.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(mara.post(&format!("{}/note", made.location), &note).status, StatusCode::SEE_OTHER);
        let order = mara.get(&made.location).body;
        assert!(order.contains("Ring twice &#60;b&#62;") && order.contains("Note on the order changed") && order.contains("Edit note"), "{order}");
        let again = mara.post(&format!("{}/note", made.location), &[note[0], ("note", "Ring once")]);
        assert_eq!(again.status, StatusCode::CONFLICT, "somebody else changed it meanwhile");
    }

    fn an_archived_customer_gets_no_new_order(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let id = named(&f, "ana@example.es", "Ana Ruiz");
        mara.post(&format!("/customers/{id}/archive"), &[]);
        assert_eq!(mara.get(&format!("/customers/{id}/orders/new")).status, StatusCode::CONFLICT);
        let line = [("lines.0.title", "Beans"), ("lines.0.unit_price", "9"), ("lines.0.quantity", "1"), ("shop", f.shop.as_str())];
        assert_eq!(mara.post(&format!("/customers/{id}/orders/new"), &line).status, StatusCode::CONFLICT);
    }

    fn a_guests_payment_is_attached_and_taken_back(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let id = named(&f, "alice@example.com", "Alice");
        guest(&f, "1", "alice@example.com", "card-1117");
        let at = format!("/customers/{id}/guest-payments");
        assert!(mara.get(&format!("/customers/{id}")).body.contains("1 guest payment looks"));
        let page = mara.get(&at);
        assert!(page.body.contains("Same e-mail"));
        let attach = page.body.split('"').find(|part| part.ends_with("/attach")).unwrap().to_owned();
        assert_eq!(load(&f, &id).lifetime, 0, "counts nowhere yet");
        let done = mara.post(&attach, &[("customer", id.as_str())]);
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, at.as_str()));
        assert_eq!(load(&f, &id).lifetime, 2000);
        let page = mara.get(&at);
        assert!(page.body.contains("Attached by hand") && page.body.contains("/detach"));
        mara.post(&attach.replace("/attach", "/detach"), &[]);
        assert_eq!(load(&f, &id).lifetime, 0);
    }

    fn who_may_only_read_sees_every_topic_and_no_button_that_would_be_refused(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let id = named(&f, "ana@example.es", "Ana Ruiz");
        subscribe(&f, &id);
        guest(&f, "1", "ana@example.es", "card-1");
        let (mut mara, mut tom) = (desk.owner(&f), desk.person(&f, &of_role(&f, Role::ReadOnly)));
        for end in ["", "/orders", "/payments", "/methods", "/subscriptions", "/guest-payments", "/timeline"] {
            let path = format!("/customers/{id}{end}");
            assert_eq!(mara.get(&path).status, StatusCode::OK, "{end}");
            let seen = tom.get(&path);
            assert_eq!(seen.status, StatusCode::OK, "{end}");
            let own: Vec<&str> = seen.body.split("method=\"post\" action=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
            assert!(own.iter().all(|action| !action.starts_with("/customers/") && !action.starts_with("/payments/")), "{end}: {own:?}");
            assert!(!seen.body.contains("/edit\"") && !seen.body.contains("/refund"), "{end}");
        }
        assert!(!Role::ReadOnly.rights().has(Right::Write));
    }

    fn the_place_in_the_list_is_kept_from_customer_to_customer(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut mara = desk.owner(&f);
        let ids: Vec<_> = ["Ada", "Bea", "Cleo"].map(|name| named(&f, &format!("{name}@example.es"), name)).into_iter().collect();
        let from = "?from=sort%3Dname";
        let page = mara.get(&format!("/customers/{}{from}", ids[1])).body;
        assert!(page.contains("2 of 3"), "{page}");
        assert!(page.contains(&format!("href=\"/customers/{}{from}\" data-in-panel data-key=\"[\"", ids[0])));
        assert!(page.contains(&format!("href=\"/customers/{}{from}\" data-in-panel data-key=\"]\"", ids[2])));
        assert!(!mara.get(&format!("/customers/{}", ids[1])).body.contains("2 of 3"));
    }

    fn another_merchants_customer_is_not_there(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        // Signed in before the owner has another merchant, so the session works in the first one.
        let mut mara = desk.owner(&f);
        let id = named(&f.other(), "ana@example.es", "Ana Ruiz");
        for path in [format!("/customers/{id}"), format!("/customers/{id}/edit"), format!("/customers/{id}/orders/new")] {
            assert_eq!(mara.get(&path).status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(mara.post(&format!("/customers/{id}/delete"), &[]).status, StatusCode::NOT_FOUND);
    }
}
