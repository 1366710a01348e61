//! A link that is paid on PayPal's page: the money is taken once and noted once, whatever comes first, twice or never.

use serde_json::{Value, json};

use super::*;
use crate::kit::{DAY, Error};
use crate::orders::desk::refusal;
use crate::payments::{self, PaymentView};
use crate::providers::tests::desk::Shop;
use crate::providers::{CallKind, Provider};

fn event(id: &str, kind: &str, resource: Value) -> Value {
    json!({ "id": id, "event_type": kind, "create_time": "2026-06-15T12:00:00Z", "resource": resource })
}

fn page(order: &str) -> Value {
    json!({ "id": order, "status": "PAYER_ACTION_REQUIRED", "links": [{ "rel": "payer-action", "href": format!("https://www.paypal.com/checkoutnow?token={order}") }] })
}

fn agreed(order: &str, link: &PaymentLinkId, value: &str) -> Value {
    json!({ "id": order, "intent": "CAPTURE", "status": "APPROVED",
        "purchase_units": [{ "custom_id": link, "amount": { "currency_code": "EUR", "value": value } }] })
}

fn capture(order: &str, link: &PaymentLinkId, status: &str) -> Value {
    json!({ "id": format!("C-{order}"), "status": status, "amount": { "currency_code": "EUR", "value": "19.00" }, "custom_id": link,
        "supplementary_data": { "related_ids": { "order_id": order } }, "create_time": "2026-06-15T12:00:00Z" })
}

fn captured(order: &str, link: &PaymentLinkId, status: &str) -> Value {
    json!({ "id": order, "status": "COMPLETED", "payer": { "email_address": "pays@example.es" },
        "purchase_units": [{ "payments": { "captures": [capture(order, link, status)] } }] })
}

fn problem(issue: &str) -> Value {
    json!({ "name": "UNPROCESSABLE_ENTITY", "details": [{ "issue": issue, "description": "It cannot be done." }] })
}

impl Shop {
    /// A link of 19.00 with its page at PayPal.
    fn at_paypal(&self, customer: &CustomerId, order: &str) -> (PaymentLinkId, String) {
        let (id, secret) = self.desk.pay_link(&self.desk.wanted(customer)).unwrap();
        self.goes(&secret).unwrap();
        self.calls_once(CallKind::Checkout, &page(order));
        (id, secret)
    }

    fn goes(&self, secret: &str) -> crate::Result<()> {
        let (secret, now) = (secret.to_owned(), self.desk.now());
        self.desk.f.db.write_now::<_, Error>(move |tx| begin(tx, &secret, "https://desk.example.com/pay", now))
    }

    fn comes_back(&self, order: &str) {
        let (order, now) = (order.to_owned(), self.desk.now());
        self.desk.f.db.write_now::<_, Error>(move |tx| returned(tx, &order, now)).unwrap();
    }

    fn paid_by(&self, customer: &CustomerId) -> Vec<PaymentView> {
        let who = customer.clone();
        self.desk.read(move |tx, ctx| payments::of_customer(tx, ctx, &who, None, 50)).unwrap()
    }
}

store::db_test! {
    crate::migrations();

    fn a_buyer_pays_on_paypals_page_once_in_whatever_order_it_is_told(db) {
        let shop = Shop::with(db, Provider::Paypal);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let (id, secret) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        assert!(matches!(desk.stands(&secret), Standing::Payable(Way::Paypal(_))));
        shop.goes(&secret).unwrap();
        shop.goes(&secret).unwrap();
        let said = shop.calls_once(CallKind::Checkout, &page("O-0"));
        assert!(said.starts_with("https://api-m.paypal.com/v2/checkout/orders ") && said.contains(r#""value":"19.00""#) && said.contains(id.as_str()), "{said}");
        assert!(said.contains("https://desk.example.com/pay?cancelled=yes") && !said.contains(&secret), "{said}");
        shop.goes(&secret).unwrap();
        assert!(shop.is_quiet(), "one page");
        assert_eq!(desk.pay_link_now(&id).checkout_url, "https://www.paypal.com/checkoutnow?token=O-0");
        assert_eq!(shop.paid_by(&ana), [], "nobody has paid");
        // Coming back and the webhook say the same; after that the answer and two webhooks do.
        let orders: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for (round, order) in orders.iter().enumerate() {
            let number = format!("O-{}", round + 1);
            let (id, secret) = shop.at_paypal(&ana, &number);
            let approved = event(&format!("A{round}"), "CHECKOUT.ORDER.APPROVED", agreed(&number, &id, "19.00"));
            if round % 2 == 0 {
                shop.comes_back(&number);
                shop.tell(&approved);
            } else {
                shop.tell(&approved);
                shop.comes_back(&number);
            }
            assert_eq!((desk.stands(&secret), refusal(shop.goes(&secret))), (Standing::UnderWay, "payment_under_way".into()));
            let (held, said) = shop.sends(CallKind::Capture, 0);
            assert!(said.contains(&format!("/v2/checkout/orders/{number}/capture")), "{said}");
            let mut held = Some(held);
            for step in order {
                match step {
                    0 => shop.hears(held.take().unwrap(), 0, 201, &captured(&number, &id, "COMPLETED")),
                    1 => shop.tell(&event(&format!("B{round}"), "PAYMENT.CAPTURE.COMPLETED", capture(&number, &id, "COMPLETED"))),
                    _ => shop.tell(&event(&format!("C{round}"), "CHECKOUT.ORDER.COMPLETED", captured(&number, &id, "COMPLETED"))),
                }
            }
            assert!(shop.is_quiet());
            let link = desk.pay_link_now(&id);
            assert_eq!((link.state, link.checkout, desk.stands(&secret)), (State::Paid, Checkout::None, Standing::Paid));
            let all = shop.paid_by(&ana);
            assert_eq!((all.len(), all[0].amount, all[0].note.as_str(), all[0].provider_ref.clone()), (round + 1, 1900, "A course", Some(format!("C-{number}"))));
        }
        assert_eq!(desk.get(&ana).lifetime, 6 * 1900);
        desk.verified();
    }

    fn a_kill_between_the_call_and_its_note_takes_the_money_once(db) {
        let shop = Shop::with(db, Provider::Paypal);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let (id, _) = shop.at_paypal(&ana, "O-1");
        shop.comes_back("O-1");
        let (_, first) = shop.sends(CallKind::Capture, 0);
        // Nobody noted the answer. The same call goes out again; PayPal knows it by its key, or by the order.
        let later = 121_000_000;
        let said = shop.calls(CallKind::Capture, later, 422, &problem("ORDER_ALREADY_CAPTURED"));
        assert_eq!(said, first, "the same key");
        assert_eq!((desk.pay_link_now(&id).checkout, shop.paid_by(&ana).len()), (Checkout::Capturing, 0));
        let said = shop.calls(CallKind::Look, later, 200, &captured("O-1", &id, "COMPLETED"));
        assert!(said.starts_with("https://api-m.paypal.com/v2/checkout/orders/O-1 "), "{said}");
        assert_eq!((desk.pay_link_now(&id).state, shop.paid_by(&ana).len(), desk.get(&ana).lifetime), (State::Paid, 1, 1900));
        desk.verified();
    }

    fn money_that_waits_or_is_refused_leaves_the_link_to_be_paid_again(db) {
        let shop = Shop::with(db, Provider::Paypal);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let (id, secret) = shop.at_paypal(&ana, "O-1");
        shop.comes_back("O-1");
        shop.calls(CallKind::Capture, 0, 422, &problem("INSTRUMENT_DECLINED"));
        assert_eq!((desk.pay_link_now(&id).checkout_words.as_str(), shop.paid_by(&ana).len()), ("It cannot be done.", 0));
        shop.goes(&secret).unwrap();
        shop.calls_once(CallKind::Checkout, &page("O-2"));
        shop.comes_back("O-1");
        assert!(shop.is_quiet(), "the old page is nobody’s");
        shop.comes_back("O-2");
        shop.calls(CallKind::Capture, 0, 201, &captured("O-2", &id, "PENDING"));
        assert_eq!((desk.stands(&secret), desk.pay_link_now(&id).payment_status), (Standing::UnderWay, Some(PaymentStatus::Pending)));
        assert_eq!((refusal(shop.goes(&secret)), desk.get(&ana).lifetime), ("payment_under_way".into(), 0));
        shop.tell(&event("D1", "PAYMENT.CAPTURE.DENIED", capture("O-2", &id, "DECLINED")));
        assert!(matches!(desk.stands(&secret), Standing::Payable(_)));
        shop.goes(&secret).unwrap();
        shop.calls_once(CallKind::Checkout, &page("O-3"));
        shop.comes_back("O-3");
        shop.calls(CallKind::Capture, 0, 201, &captured("O-3", &id, "PENDING"));
        shop.tell(&event("D2", "PAYMENT.CAPTURE.COMPLETED", capture("O-3", &id, "COMPLETED")));
        assert_eq!((desk.pay_link_now(&id).state, desk.get(&ana).lifetime, shop.paid_by(&ana).len()), (State::Paid, 1900, 2));
        desk.verified();
    }

    fn what_is_not_to_be_paid_any_more_is_not_taken(db) {
        let shop = Shop::with(db, Provider::Paypal);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let (id, _) = shop.at_paypal(&ana, "O-1");
        shop.tell(&event("A0", "CHECKOUT.ORDER.APPROVED", agreed("O-1", &id, "1.00")));
        assert!(shop.is_quiet(), "another amount is not what was asked for");
        let which = id.clone();
        desk.write(move |tx, ctx| withdraw(tx, ctx, &which)).unwrap();
        shop.comes_back("O-1");
        shop.tell(&event("A1", "CHECKOUT.ORDER.APPROVED", agreed("O-1", &id, "19.00")));
        assert!(shop.is_quiet(), "withdrawn");
        // Two links of one order: while the money of one is on its way, the other is not taken.
        let order = desk.open_order(&ana, "19");
        let of_order = LinkInput { order: Some(order), amount: None, shop: None, purpose: String::new(), ..desk.wanted(&ana) };
        let mut both = Vec::new();
        for number in ["O-2", "O-3"] {
            let (id, secret) = desk.pay_link(&of_order).unwrap();
            shop.goes(&secret).unwrap();
            shop.calls_once(CallKind::Checkout, &page(number));
            both.push(id);
        }
        shop.comes_back("O-2");
        shop.comes_back("O-3");
        shop.calls(CallKind::Capture, 0, 201, &captured("O-2", &both[0], "COMPLETED"));
        shop.tell(&event("A3", "CHECKOUT.ORDER.APPROVED", agreed("O-3", &both[1], "19.00")));
        assert!(shop.is_quiet(), "the order is paid");
        assert_eq!((desk.pay_link_now(&both[0]).state, desk.pay_link_now(&both[1]).state, desk.get(&ana).lifetime), (State::Paid, State::Open, 1900));
        // Agreed to in time, told late: it is taken.
        let (late, _) = shop.at_paypal(&ana, "O-4");
        let mut told = event("A4", "CHECKOUT.ORDER.APPROVED", agreed("O-4", &late, "19.00"));
        told["create_time"] = crate::kit::rfc3339(desk.now()).into();
        let after = Shop { desk: desk.at(desk.now() + 20 * DAY), ..shop.clone() };
        after.tell(&told);
        assert_eq!(after.desk.pay_link_now(&late).checkout, Checkout::Capturing);
        let (never, _) = shop.at_paypal(&ana, "O-5");
        told["id"] = "A5".into();
        told["create_time"] = crate::kit::rfc3339(desk.now() + 19 * DAY).into();
        told["resource"] = agreed("O-5", &never, "19.00");
        after.tell(&told);
        assert_eq!((after.desk.pay_link_now(&never).checkout, after.desk.pay_link_now(&never).state), (Checkout::Ready, State::Expired));
        desk.verified();
    }

    fn a_page_that_is_made_late_does_not_hide_that_money_is_on_its_way(db) {
        let shop = Shop::with(db, Provider::Paypal);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let (id, secret) = shop.at_paypal(&ana, "O-1");
        // Its page was open for too long, so the buyer asks for another; and then agrees on the old one all the same.
        let later = Shop { desk: desk.at(desk.now() + 3 * 3_600_000_000), ..shop.clone() };
        later.goes(&secret).unwrap();
        assert_eq!(later.desk.pay_link_now(&id).checkout, Checkout::Asked);
        later.tell(&event("A1", "CHECKOUT.ORDER.APPROVED", agreed("O-1", &id, "19.00")));
        later.calls_once(CallKind::Checkout, &page("O-2"));
        assert_eq!((later.desk.pay_link_now(&id).checkout, later.desk.stands(&secret)), (Checkout::Capturing, Standing::UnderWay));
        later.calls(CallKind::Capture, 0, 201, &captured("O-1", &id, "COMPLETED"));
        assert_eq!((later.desk.pay_link_now(&id).state, later.desk.get(&ana).lifetime), (State::Paid, 1900));
        later.desk.verified();
    }

    fn what_paypal_takes_no_money_in_is_paid_by_transfer(db) {
        let shop = Shop::with(db, Provider::Paypal);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let dinar = LinkInput { currency: crate::kit::Currency::of("KWD"), ..desk.wanted(&ana) };
        assert_eq!(refusal(desk.pay_link(&dinar)), "no_way_to_pay");
        let bank = crate::invoices::Bank { name: "Bank".into(), iban: "DE89370400440532013000".into(), bic: String::new() };
        crate::invoices::tests::set(desk, |s| s.bank = bank.clone());
        let (_, secret) = desk.pay_link(&dinar).unwrap();
        assert_eq!(desk.stands(&secret), Standing::Payable(Way::Transfer(bank)));
    }
}
