//! A method is added once, to whoever pressed, in whatever order its provider tells; and a number of a card is nowhere.

use serde_json::{Value, json};

use super::*;
use crate::charges::tests::{PAID, POOR, SLOW, desk};
use crate::customers::{self, NewCustomer, Rules};
use crate::kit::{DAY, FixedClock, Result};
use crate::orders::desk::{Desk, refusal};
use crate::payments::methods::{self, Method};
use crate::providers::tests::desk::{Shop, customer as told_customer, event};
use crate::providers::{CallKind, calls, inbox};

const AT: &str = "https://desk.example.com/portal/kilde";

impl Desk {
    fn adds(&self, customer: &CustomerId) -> Result<MethodSetupId> {
        let (who, shop) = (customer.clone(), self.f.shop.clone());
        self.write(move |tx, ctx| begin(tx, ctx, &who, &shop, Back::Portal(AT)))
    }

    fn setup_now(&self, id: &MethodSetupId) -> MethodSetup {
        let id = id.clone();
        self.read(move |tx, ctx| seen(tx, ctx, &id)).unwrap().unwrap()
    }

    fn types(&self, id: &MethodSetupId, number: &str) -> Result<State> {
        let (at, number) = (self.setup_now(id), number.to_owned());
        self.write(move |tx, ctx| add(tx, ctx, &at, &number))
    }

    fn kept_of(&self, customer: &CustomerId) -> Vec<Method> {
        let who = customer.clone();
        let all = self.read(move |tx, ctx| methods::of_customer(tx, ctx, &who)).unwrap();
        all.into_iter().filter(|m| m.detached_at.is_none()).collect()
    }
}

fn page(id: &str) -> Value {
    json!({ "id": id, "object": "checkout.session", "url": format!("https://checkout.stripe.com/c/pay/{id}") })
}

fn session(id: &MethodSetupId, customer: &str) -> Value {
    json!({ "id": "cs_1", "object": "checkout.session", "mode": "setup", "customer": customer, "setup_intent": "seti_1", "metadata": { "regulars_setup": id } })
}

fn intent(id: &MethodSetupId, customer: &str, method: &str) -> Value {
    json!({ "id": "seti_1", "object": "setup_intent", "customer": customer, "payment_method": method, "metadata": { "regulars_setup": id } })
}

fn card(id: &str, customer: &str) -> Value {
    json!({ "id": id, "object": "payment_method", "type": "card", "customer": customer, "billing_details": { "address": null },
        "card": { "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030, "fingerprint": format!("F-{id}") } })
}

store::db_test! {
    crate::migrations();

    fn a_test_card_is_added_and_its_number_is_nowhere(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.adds(&ana).unwrap();
        assert_eq!(desk.adds(&ana).unwrap(), id, "one page at a time");
        assert_eq!((refusal(desk.types(&id, "4242")), refusal(desk.types(&id, POOR))), ("number:invalid".into(), "number:refused".into()));
        assert_eq!(desk.kept_of(&ana), []);
        assert_eq!(desk.types(&id, PAID).unwrap(), State::Done);
        assert_eq!(refusal(desk.types(&id, PAID)), "setup_state");
        let kept = desk.kept_of(&ana);
        assert_eq!((kept.len(), kept[0].brand.as_str(), kept[0].last4.as_str(), desk.setup_now(&id).method.as_ref()), (1, "visa", "4242", Some(&kept[0].id)));
        let second = desk.adds(&ana).unwrap();
        assert_eq!((desk.types(&second, SLOW).unwrap(), desk.setup_now(&second).state), (State::Pending, State::Pending));
        let later = desk.at(desk.now() + 31_000_000);
        inbox::work(&later.f.db, &FixedClock(later.now()), &|| false).unwrap();
        assert_eq!((later.setup_now(&second).state, later.kept_of(&ana).len()), (State::Done, 2));
        let again = later.adds(&ana).unwrap();
        assert_eq!(later.types(&again, PAID).unwrap(), State::Done);
        assert_eq!(later.kept_of(&ana).len(), 2, "the same card is the same method");
        let over = later.adds(&ana).unwrap();
        assert_eq!(later.at(later.now() + DAY).setup_now(&over).state, State::Over);
        later.verified();
    }

    fn where_nobody_keeps_methods_none_is_added(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        assert_eq!(refusal(desk.adds(&ana)), "no_keeper");
        let who = ana.clone();
        assert_eq!(desk.read(move |tx, ctx| places(tx, ctx, &who)).unwrap(), []);
    }

    fn stripe_is_told_who_it_is_and_makes_one_page(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        let new = NewCustomer { name: "Ana Ruiz".into(), email: "ana@example.es".into(), ..NewCustomer::default() };
        let ana = desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id;
        let id = desk.adds(&ana).unwrap();
        assert_eq!(desk.setup_now(&id).state, State::Asked);
        // Its webhook is faster than its answer, and has another address.
        let mut told = told_customer("cus_9", "A. Ruiz", "private@example.es");
        told["metadata"] = json!({ "regulars_customer": ana });
        shop.tell(&event("evt_c", "customer.created", 10, told.clone()));
        assert_eq!(shop.by_email("private@example.es"), None, "nobody is made of it");
        let said = shop.calls_once(CallKind::SetUp, &page("cs_1"));
        assert!(said.contains("/v1/checkout/sessions mode=setup") && said.contains("customer=cus_9") && said.contains(id.as_str()), "{said}");
        assert!(said.contains("regulars_setup") && said.contains("currency=eur"), "{said}");
        assert_eq!((desk.setup_now(&id).state, desk.setup_now(&id).url.as_str()), (State::Open, "https://checkout.stripe.com/c/pay/cs_1"));
        assert_eq!(desk.adds(&ana).unwrap(), id);
        shop.tell(&event("evt_x", "checkout.session.expired", 20, session(&id, "cus_9")));
        assert_eq!(desk.setup_now(&id).state, State::Over);
        let now = desk.now();
        assert!(desk.write(move |tx, _| calls::claim(tx, now)).unwrap().is_none(), "nothing more is asked");

        let eve = desk.customer("eve@example.es");
        let id = desk.adds(&eve).unwrap();
        let said = shop.calls_once(CallKind::SetUp, &json!({ "id": "cus_8", "object": "customer" }));
        assert!(said.contains("/v1/customers ") && said.contains(eve.as_str()) && said.ends_with("-customer"), "{said}");
        let said = shop.calls_once(CallKind::SetUp, &page("cs_2"));
        assert!(said.contains("customer=cus_8") && !said.ends_with("-customer"), "{said}");
        assert_eq!(desk.setup_now(&id).state, State::Open);
        desk.verified();
    }

    fn any_order_and_any_number_of_events_add_one_method(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for (n, order) in orders.into_iter().enumerate() {
            let who = desk.customer(&format!("c{n}@example.es"));
            let id = desk.adds(&who).unwrap();
            let (customer, method) = (format!("cus_{n}"), format!("pm_{n}"));
            let events = [
                ("checkout.session.completed", session(&id, &customer)),
                ("setup_intent.succeeded", intent(&id, &customer, &method)),
                ("payment_method.attached", card(&method, &customer)),
            ];
            for (place, which) in order.into_iter().enumerate() {
                let (kind, object) = &events[which];
                for twice in 0..2 {
                    shop.tell(&event(&format!("evt_{n}_{which}_{twice}"), kind, 20, object.clone()));
                }
                let came = order[..=place].contains(&1) && order[..=place].contains(&2);
                assert_eq!(desk.setup_now(&id).state == State::Done, came, "{order:?} {place}");
            }
            let kept = desk.kept_of(&who);
            assert_eq!((kept.len(), kept[0].provider_ref.as_deref(), desk.setup_now(&id).method.as_ref()), (1, Some(method.as_str()), Some(&kept[0].id)), "{order:?}");
            shop.tell(&event(&format!("evt_{n}_over"), "checkout.session.expired", 30, session(&id, &customer)));
            assert_eq!(desk.setup_now(&id).state, State::Done, "what is there stays");
        }
        desk.verified();
    }

    fn a_mark_leads_to_nobody_else(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        let (ana, eve) = (desk.customer("ana@example.es"), desk.customer("eve@example.es"));
        let mut known = told_customer("cus_eve", "", "eve@example.es");
        known["metadata"] = json!({});
        shop.tell(&event("evt_1", "customer.created", 5, known));
        let id = desk.adds(&ana).unwrap();
        // Stripe's customer is Eve's: her card does not become Ana's.
        shop.tell(&event("evt_2", "setup_intent.succeeded", 10, intent(&id, "cus_eve", "pm_eve")));
        shop.tell(&event("evt_3", "payment_method.attached", 11, card("pm_eve", "cus_eve")));
        assert_eq!((desk.kept_of(&ana).len(), desk.kept_of(&eve).len()), (0, 1));
        assert_ne!(desk.setup_now(&id).state, State::Done);
        let nobody: MethodSetupId = "mst_01k0000000000000000000000a".parse().unwrap_or_else(|()| id.clone());
        shop.tell(&event("evt_4", "setup_intent.succeeded", 12, intent(&nobody, "cus_x", "pm_x")));
        desk.verified();
    }

    fn a_method_that_is_taken_off_is_taken_off_at_its_provider(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let id = desk.adds(&ana).unwrap();
        shop.calls_once(CallKind::SetUp, &json!({ "id": "cus_1", "object": "customer" }));
        shop.calls_once(CallKind::SetUp, &page("cs_1"));
        shop.tell(&event("evt_1", "payment_method.attached", 10, card("pm_1", "cus_1")));
        shop.tell(&event("evt_2", "setup_intent.succeeded", 10, intent(&id, "cus_1", "pm_1")));
        let kept = desk.kept_of(&ana).remove(0);
        desk.write(move |tx, ctx| methods::detach(tx, ctx, &kept.id)).unwrap();
        let said = shop.calls_once(CallKind::Detach, &json!({ "id": "pm_1", "object": "payment_method" }));
        assert!(said.contains("/v1/payment_methods/pm_1/detach"), "{said}");
        shop.tell(&event("evt_3", "payment_method.detached", 40, card("pm_1", "cus_1")));
        assert_eq!(desk.kept_of(&ana), []);
        desk.verified();
    }

    fn what_a_provider_is_still_asked_about_a_method_holds_back_forgetting_its_customer(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let waiting = || {
            let who = ana.clone();
            desk.read(move |tx, ctx| crate::privacy::active(tx, ctx, &who)).unwrap().into_iter().map(|l| l.kind).collect::<Vec<_>>()
        };
        let id = desk.adds(&ana).unwrap();
        assert_eq!(waiting(), ["call"], "it says her name and address to Stripe");
        shop.calls_once(CallKind::SetUp, &json!({ "id": "cus_1", "object": "customer" }));
        assert_eq!(waiting(), ["call"], "the page is asked for next");
        shop.calls_once(CallKind::SetUp, &page("cs_1"));
        assert_eq!(waiting(), [""; 0]);
        shop.tell(&event("evt_1", "payment_method.attached", 10, card("pm_1", "cus_1")));
        shop.tell(&event("evt_2", "setup_intent.succeeded", 10, intent(&id, "cus_1", "pm_1")));
        let kept = desk.kept_of(&ana).remove(0);
        desk.write(move |tx, ctx| methods::detach(tx, ctx, &kept.id)).unwrap();
        assert_eq!(waiting(), ["call"], "Stripe still keeps the card");
        shop.calls_once(CallKind::Detach, &json!({ "id": "pm_1", "object": "payment_method" }));
        assert_eq!(waiting(), [""; 0]);
        desk.verified();
    }
}
