//! A link adds one method, for whom it was sent, until it is used, taken back or over; its secret stands in the mail alone.

use serde_json::{Value, json};

use super::*;
use crate::charges::tests::{PAID, POOR, desk};
use crate::kit::{DAY, Error, Result};
use crate::method_setups;
use crate::orders::desk::{Desk, refusal};
use crate::payments::methods;
use crate::providers::CallKind;
use crate::providers::tests::desk::{Shop, event};
use crate::{mail, privacy};

const ORIGIN: &str = "https://desk.example.com";

impl Desk {
    fn sends(&self, customer: &CustomerId) -> Result<MethodLinkId> {
        let input = LinkInput { customer: customer.clone(), shop: None, to: String::new(), message: "Thank you".into() };
        self.write(move |tx, ctx| send(tx, ctx, &input, ORIGIN))
    }

    /// Hands the next mail to a server; gives the secret in it.
    fn delivered(&self) -> String {
        let now = self.now();
        let held = self.f.db.write_now::<_, Error>(move |tx| mail::claim(tx, "w", now)).unwrap().unwrap();
        let letter = self.f.db.read_now::<_, Error>(move |tx| mail::letter(tx, &held, now)).unwrap();
        assert!(letter.to == "ana@example.es" && letter.body.contains("Thank you") && !letter.body.contains('{'), "{letter:?}");
        letter.body.split("https://desk.example.com/m/").nth(1).unwrap().lines().next().unwrap().to_owned()
    }

    fn begins(&self, secret: &str) -> Result<()> {
        let (secret, now) = (secret.to_owned(), self.now());
        self.f.db.write_now::<_, Error>(move |tx| begin(tx, &secret, ORIGIN, now))
    }

    fn types_by_link(&self, secret: &str, number: &str) -> Result<method_setups::State> {
        let (secret, number, now) = (secret.to_owned(), number.to_owned(), self.now());
        self.f.db.write_now::<_, Error>(move |tx| add(tx, &secret, &number, now))
    }

    fn stands_by_link(&self, secret: &str) -> Standing {
        let (secret, now) = (secret.to_owned(), self.now());
        self.f
            .db
            .read_now::<_, Error>(move |tx| {
                let (ctx, link) = by_link(tx, &secret, now)?;
                standing(tx, &ctx, &link)
            })
            .unwrap()
    }

    fn link_now(&self, id: &MethodLinkId) -> MethodLink {
        let id = id.clone();
        self.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
    }

    fn methods_of(&self, customer: &CustomerId) -> usize {
        let who = customer.clone();
        self.read(move |tx, ctx| methods::of_customer(tx, ctx, &who)).unwrap().len()
    }
}

store::db_test! {
    crate::migrations();

    fn a_link_adds_one_method_and_is_used_up(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.sends(&ana).unwrap();
        assert_eq!((desk.link_now(&id).state, desk.link_now(&id).recipient.as_str()), (State::Open, "ana@example.es"));
        let secret = desk.delivered();
        assert!(!desk.everything(None).values().flatten().any(|row| row.contains(&secret)), "only its hash is kept");
        assert_eq!(desk.stands_by_link(&secret), Standing::Ready);
        assert_eq!(refusal(desk.types_by_link(&secret, PAID)), "setup_state", "nothing was begun");
        desk.begins(&secret).unwrap();
        desk.begins(&secret).unwrap();
        assert!(matches!(desk.stands_by_link(&secret), Standing::Adding(_)));
        assert_eq!(refusal(desk.types_by_link(&secret, POOR)), "number:refused");
        assert_eq!(desk.types_by_link(&secret, PAID).unwrap(), method_setups::State::Done);
        assert_eq!((desk.link_now(&id).state, desk.stands_by_link(&secret), desk.methods_of(&ana)), (State::Used, Standing::Done, 1));
        assert_eq!((refusal(desk.begins(&secret)), refusal(desk.types_by_link(&secret, PAID))), ("link_state".into(), "link_state".into()));
        let which = id.clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| withdraw(tx, ctx, &which))), "link_state");
        desk.verified();
    }

    fn a_link_that_is_over_or_taken_back_adds_nothing(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.sends(&ana).unwrap();
        let secret = desk.delivered();
        let later = desk.at(desk.now() + DAYS * DAY + 1);
        assert_eq!((later.link_now(&id).state, refusal(later.begins(&secret)), later.stands_by_link(&secret)), (State::Expired, "link_state".into(), Standing::Over(State::Expired)));
        desk.write({ let id = id.clone(); move |tx, ctx| withdraw(tx, ctx, &id) }).unwrap();
        assert_eq!((refusal(desk.begins(&secret)), desk.stands_by_link(&secret)), ("link_state".into(), Standing::Over(State::Withdrawn)));
        assert!(matches!(desk.begins("nothing"), Err(Error::NotFound(_))));
        let second = desk.sends(&ana).unwrap();
        let secret = desk.delivered();
        desk.archive(&ana, true);
        assert_eq!((refusal(desk.begins(&secret)), refusal(desk.sends(&ana))), ("customer_inactive".into(), "customer_inactive".into()));
        assert_eq!(desk.stands_by_link(&secret), Standing::Over(State::Withdrawn));
        desk.archive(&ana, false);
        privacy::tests::erase(&desk, &ana).unwrap();
        let gone = second.clone();
        assert!(matches!(desk.read(move |tx, ctx| get(tx, ctx, &gone)), Err(Error::NotFound(_))));
        assert!(matches!(desk.begins(&secret), Err(Error::NotFound(_))), "nobody comes back by it");
        assert_eq!(refusal(desk.sends(&ana)), "customer_gone");
        desk.verified();
    }

    fn a_link_that_is_taken_back_closes_the_page_it_led_to(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let (id, secret) = (desk.sends(&ana).unwrap(), desk.delivered());
        desk.begins(&secret).unwrap();
        shop.calls_once(CallKind::SetUp, &json!({ "id": "cus_1", "object": "customer" }));
        shop.calls_once(CallKind::SetUp, &json!({ "id": "cs_1", "object": "checkout.session", "url": "https://checkout.stripe.com/c/pay/cs_1" }));
        desk.write({ let id = id.clone(); move |tx, ctx| withdraw(tx, ctx, &id) }).unwrap();
        assert_eq!(desk.stands_by_link(&secret), Standing::Over(State::Withdrawn));
        let said = shop.calls_once(CallKind::CloseCheckout, &json!({ "id": "cs_1", "object": "checkout.session", "status": "expired" }));
        assert!(said.contains("/v1/checkout/sessions/cs_1/expire"), "{said}");
        let next = desk.sends(&ana).unwrap();
        let secret = desk.delivered();
        desk.begins(&secret).unwrap();
        desk.write({ let next = next.clone(); move |tx, ctx| withdraw(tx, ctx, &next) }).unwrap();
        shop.calls_once(CallKind::SetUp, &json!({ "id": "cs_2", "object": "checkout.session", "url": "https://checkout.stripe.com/c/pay/cs_2" }));
        assert_eq!(desk.stands_by_link(&secret), Standing::Over(State::Withdrawn), "a page that comes late is shown to nobody");
        desk.verified();
    }

    fn where_nobody_keeps_methods_no_link_is_sent(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        assert_eq!(refusal(desk.sends(&ana)), "no_keeper");
    }

    fn stripe_hears_nothing_of_the_link_and_its_events_use_it_up(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let id = desk.sends(&ana).unwrap();
        let secret = desk.delivered();
        desk.begins(&secret).unwrap();
        shop.calls_once(CallKind::SetUp, &json!({ "id": "cus_1", "object": "customer" }));
        let said = shop.calls_once(CallKind::SetUp, &json!({ "id": "cs_1", "object": "checkout.session", "url": "https://checkout.stripe.com/c/pay/cs_1" }));
        assert!(!said.contains(&secret) && said.contains("desk.example.com%2Fm%3Fback%3Ddone"), "{said}");
        let Standing::Adding(setup) = desk.stands_by_link(&secret) else { panic!() };
        let card: Value = json!({ "id": "pm_1", "object": "payment_method", "type": "card", "customer": "cus_1", "billing_details": { "address": null },
            "card": { "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030, "fingerprint": "F1" } });
        let intent = json!({ "id": "seti_1", "object": "setup_intent", "customer": "cus_1", "payment_method": "pm_1", "metadata": { "regulars_setup": setup.id } });
        shop.tell(&event("evt_1", "setup_intent.succeeded", 10, intent));
        assert_eq!(desk.link_now(&id).state, State::Open, "the method is not told yet");
        shop.tell(&event("evt_2", "payment_method.attached", 11, card));
        assert_eq!((desk.link_now(&id).state, desk.stands_by_link(&secret), desk.methods_of(&ana)), (State::Used, Standing::Done, 1));
        desk.verified();
    }
}
