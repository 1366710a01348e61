//! A link is paid once, by whoever is first; what it is for is looked at again when it is paid.

use serde_json::json;

use super::*;
use crate::charges::tests::{PAID, POOR, SLOW, desk};
use crate::kit::{Ctx, DAY, Error, Result};
use crate::orders::desk::{Desk, refusal};
use crate::payments;
use crate::providers::tests::desk::{Shop, charge as told_charge, event};
use crate::providers::{Addresses, Asked, CallKind, calls};
use crate::{mail, orders};
use ::providers::wire::Reply;

impl Desk {
    pub(super) fn wanted(&self, customer: &CustomerId) -> LinkInput {
        LinkInput {
            customer: customer.clone(),
            shop: Some(self.f.shop.clone()),
            currency: None,
            amount: Some(1900),
            purpose: "A course".into(),
            order: None,
            invoice: None,
            days: VALID_DAYS,
        }
    }

    pub(super) fn pay_link(&self, input: &LinkInput) -> Result<(PaymentLinkId, String)> {
        let input = input.clone();
        self.write(move |tx, ctx| {
            let id = create(tx, ctx, &input)?;
            tx.next_verb();
            Ok((id.clone(), open_link(tx, ctx, &id)?))
        })
    }

    fn pays(&self, secret: &str, number: &str) -> Result<PaymentStatus> {
        let (secret, number, now) = (secret.to_owned(), number.to_owned(), self.now());
        self.f.db.write_now::<_, Error>(move |tx| pay(tx, &secret, &number, now))
    }

    pub(super) fn pay_link_now(&self, id: &PaymentLinkId) -> PaymentLink {
        let id = id.clone();
        self.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
    }

    pub(super) fn stands(&self, secret: &str) -> Standing {
        let (secret, now) = (secret.to_owned(), self.now());
        self.f
            .db
            .read_now::<_, Error>(move |tx| {
                let (ctx, link) = by_link(tx, &secret, now)?;
                standing(tx, &ctx, &link)
            })
            .unwrap()
    }
}

store::db_test! {
    crate::migrations();

    fn a_link_is_paid_once_and_says_so(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let (id, secret) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        assert!(matches!(desk.stands(&secret), Standing::Payable(Way::Test(_))));
        assert_eq!(refusal(desk.pays(&secret, "4242")), "number:invalid");
        assert_eq!(desk.pays(&secret, POOR).unwrap(), PaymentStatus::Failed);
        assert_eq!((desk.pay_link_now(&id).state, desk.pay_link_now(&id).payment_status), (State::Open, Some(PaymentStatus::Failed)));
        assert_eq!(desk.pays(&secret, PAID).unwrap(), PaymentStatus::Settled);
        assert_eq!(refusal(desk.pays(&secret, PAID)), "link_state");
        let link = desk.pay_link_now(&id);
        assert_eq!((link.state, link.attempts, desk.stands(&secret)), (State::Paid, 2, Standing::Paid));
        let payment = link.payment.unwrap();
        let p = desk.read(move |tx, ctx| payments::get(tx, ctx, &payment)).unwrap();
        assert_eq!((p.amount, p.note.as_str(), p.customer.as_ref(), p.method.is_none()), (1900, "A course", Some(&ana), true));
        let which = id.clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| withdraw(tx, ctx, &which))), "link_state");
        assert!(matches!(desk.f.db.write_now::<_, Error>(|tx| pay(tx, "nothing", PAID, 1)), Err(Error::NotFound(_))));
        desk.verified();
    }

    fn two_pages_at_once_pay_once(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let (id, secret) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        let done: Vec<_> = std::thread::scope(|s| {
            let all: Vec<_> = (0..6).map(|_| s.spawn(|| desk.pays(&secret, PAID))).collect();
            all.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(done.iter().filter(|d| d.is_ok()).count(), 1, "{done:?}");
        static COUNT: store::Stmt = store::Stmt::new("count", "SELECT COUNT(*) FROM payments WHERE merchant_id = $1");
        assert_eq!(desk.read(|tx, ctx| Ok(tx.scalar::<i64>(&COUNT, &[&ctx.merchant])?)).unwrap(), 1);
        assert_eq!(desk.pay_link_now(&id).state, State::Paid);
        desk.verified();
    }

    fn a_slow_answer_holds_the_link_and_then_pays_it(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let (id, secret) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        assert_eq!(desk.pays(&secret, SLOW).unwrap(), PaymentStatus::Pending);
        assert_eq!((refusal(desk.pays(&secret, PAID)), desk.stands(&secret)), ("payment_under_way".into(), Standing::UnderWay));
        let later = desk.at(desk.now() + 31_000_000);
        crate::providers::inbox::work(&later.f.db, &crate::kit::FixedClock(later.now()), &|| false).unwrap();
        assert_eq!(later.pay_link_now(&id).state, State::Paid);
        later.verified();
    }

    fn what_is_paid_in_another_way_expired_or_withdrawn_is_not_paid_by_link(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let order = desk.open_order(&ana, "30");
        let of_order = LinkInput { order: Some(order.clone()), amount: None, shop: None, purpose: String::new(), ..desk.wanted(&ana) };
        let (id, secret) = desk.pay_link(&of_order).unwrap();
        assert_eq!((desk.pay_link_now(&id).amount, desk.pay_link_now(&id).purpose.as_str()), (3000, "Order 1001"));
        let (_, other) = desk.pay_link(&of_order).unwrap();
        assert_eq!(desk.pays(&secret, PAID).unwrap(), PaymentStatus::Settled);
        let state = || { let which = order.clone(); desk.read(move |tx, ctx| orders::get(tx, ctx, &which)).unwrap().summary.state };
        assert!(matches!((state(), desk.stands(&other)), (orders::State::Open, Standing::Payable(_))), "a test pays no order");
        desk.put(payments::PaymentInput { order: Some(order.clone()), ..desk.payment(Some(&ana), 3000) }).unwrap();
        assert_eq!(state(), orders::State::Paid);
        assert_eq!((refusal(desk.pays(&other, PAID)), desk.stands(&other)), ("nothing_due".into(), Standing::NothingDue));
        assert_eq!(refusal(desk.pay_link(&of_order)), "order_state");

        let (gone, secret) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        let which = gone.clone();
        desk.write(move |tx, ctx| withdraw(tx, ctx, &which)).unwrap();
        assert_eq!(refusal(desk.pays(&secret, PAID)), "link_state");
        let (old, secret) = desk.pay_link(&LinkInput { days: 1, ..desk.wanted(&ana) }).unwrap();
        let later = desk.at(desk.now() + 2 * DAY);
        assert_eq!((refusal(later.pays(&secret, PAID)), later.pay_link_now(&old).state), ("link_state".into(), State::Expired));
        let (_, secret) = later.pay_link(&later.wanted(&ana)).unwrap();
        later.archive(&ana, true);
        assert_eq!((refusal(later.pays(&secret, PAID)), later.stands(&secret)), ("customer_inactive".into(), Standing::Over(State::Withdrawn)));
        assert_eq!(refusal(later.pay_link(&later.wanted(&ana))), "customer_inactive");
        later.verified();
    }

    fn who_is_blocked_is_asked_for_nothing_and_not_told_why(db) {
        use crate::blocks::{self, BlockInput, Target};
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let (_, secret) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        let block = |target: Target| { let input = BlockInput { target, reason: "three chargebacks".into() }; desk.write(move |tx, ctx| blocks::block(tx, ctx, &input)).unwrap() };
        let lift = |id: crate::kit::BlockId| { desk.write(move |tx, ctx| blocks::lift(tx, ctx, &id)).unwrap(); };
        for target in [Target::Customer(ana.clone()), Target::Email("ANA@example.es".into())] {
            let id = block(target);
            assert_eq!((desk.stands(&secret), refusal(desk.pays(&secret, PAID))), (Standing::Over(State::Withdrawn), "no_way_to_pay".into()));
            match desk.pays(&secret, PAID) {
                Err(Error::Conflict { message, .. }) => assert!(!message.contains("block"), "nobody who pays is told: {message}"),
                other => panic!("{other:?}"),
            }
            assert_eq!(refusal(desk.pay_link(&desk.wanted(&ana))), "blocked");
            lift(id);
        }
        let card = ::providers::test::play(PAID).unwrap().fingerprint;
        let by_it = desk.put(payments::PaymentInput { method: Some(payments::MethodInput { fingerprint: card, attach: false, ..crate::orders::desk::card("x") }), ..desk.payment(Some(&ana), 100) }).unwrap();
        let id = block(Target::CardOf(by_it));
        assert_eq!(refusal(desk.pays(&secret, PAID)), "no_way_to_pay", "by a card that is blocked");
        lift(id);
        assert_eq!(desk.pays(&secret, PAID).unwrap(), PaymentStatus::Settled);
        desk.verified();
    }

    fn a_link_goes_by_mail_and_its_secret_waits_nowhere(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let (id, _) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        let which = id.clone();
        desk.write(move |tx, ctx| mail::send_payment_link(tx, ctx, &which, "", "Thank you", "https://desk.example.com")).unwrap();
        let now = desk.now();
        let held = desk.f.db.write_now::<_, Error>(move |tx| mail::claim(tx, "w", now)).unwrap().unwrap();
        let letter = desk.f.db.read_now::<_, Error>(move |tx| mail::letter(tx, &held, now)).unwrap();
        assert!(letter.to == "ana@example.es" && letter.body.contains("please pay €19.00 for: A course.") && letter.body.contains("Thank you"), "{letter:?}");
        let secret = letter.body.split("https://desk.example.com/pay/").nth(1).unwrap().lines().next().unwrap().to_owned();
        assert_eq!(desk.pays(&secret, PAID).unwrap(), PaymentStatus::Settled);
        assert_eq!(desk.pay_link_now(&id).doors, 2);
        desk.verified();
    }

    fn an_amount_too_large_is_called_so_and_a_purpose_has_one_line(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let asked = |amount: i64, purpose: &str| match desk.pay_link(&LinkInput { amount: Some(amount), purpose: purpose.into(), ..desk.wanted(&ana) }) {
            Err(Error::Invalid(wrong)) => (wrong.0[0].field.clone(), wrong.0[0].code, wrong.0[0].message.starts_with("Use at most ")),
            other => panic!("{other:?}"),
        };
        assert_eq!(asked(1_000_000_000_000_000, "A course"), ("amount".into(), "too_much", true));
        assert_eq!(asked(0, "A course"), ("amount".into(), "invalid", false));
        assert_eq!(asked(1900, "A course\nfor two"), ("purpose".into(), "invalid", false));
    }

    fn without_a_way_to_pay_there_is_no_link_and_a_bank_account_is_one(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        assert_eq!(refusal(desk.pay_link(&desk.wanted(&ana))), "no_way_to_pay");
        let bank = crate::invoices::Bank { name: "Bank".into(), iban: "DE89370400440532013000".into(), bic: String::new() };
        crate::invoices::tests::set(&desk, |s| s.bank = bank.clone());
        let (id, secret) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        assert_eq!(desk.stands(&secret), Standing::Payable(Way::Transfer(bank)));
        let (mine, other) = (desk.pay_link_now(&id), desk.pay_link(&desk.wanted(&ana)).unwrap().0);
        let said = mine.reference();
        assert!(said.len() == 14 && said.starts_with("PL-") && said.bytes().all(|b| b == b'-' || b.is_ascii_digit() || b.is_ascii_uppercase()), "{said}");
        assert_ne!(said, desk.pay_link_now(&other).reference(), "by it the transfer is known");
        let (which, now) = (id.clone(), desk.now());
        desk.write(move |tx, ctx| mail::send_payment_link(tx, ctx, &which, "", "", "https://desk.example.com")).unwrap();
        let held = desk.f.db.write_now::<_, Error>(move |tx| mail::claim(tx, "w", now)).unwrap().unwrap();
        let letter = desk.f.db.read_now::<_, Error>(move |tx| mail::letter(tx, &held, now)).unwrap();
        assert!(letter.body.contains(&format!("give the reference {said}.")), "{letter:?}");
        let which = id.clone();
        desk.write(move |tx, ctx| receive(tx, ctx, &which, payments::MethodKind::Transfer, None)).unwrap();
        assert_eq!((desk.pay_link_now(&id).state, desk.get(&ana).lifetime), (State::Paid, 1900));
        let which = id.clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| receive(tx, ctx, &which, payments::MethodKind::Cash, None))), "link_state");
        desk.verified();
    }

    fn stripe_makes_its_page_once_and_its_webhook_pays_the_link(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        let ana = desk.customer("ana@example.es");
        let (id, secret) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        assert_eq!(refusal(desk.pays(&secret, PAID)), "no_way_to_pay", "no test card where real money is taken");
        let press = || {
            let (secret, now) = (secret.clone(), desk.now());
            desk.f.db.write_now::<_, Error>(move |tx| begin(tx, &secret, "https://desk.example.com/pay", now)).unwrap();
        };
        press();
        press();
        let (now, shop_) = (desk.now(), shop.clone());
        let open = |wanted: CallKind| {
            let held = desk.write(move |tx, _| calls::claim(tx, now)).unwrap().unwrap();
            let (vault, claimed) = (shop_.vault.clone(), held.clone());
            let (call, account) = desk.read(move |tx, _| calls::open(tx, &vault, &claimed, now)).unwrap();
            assert_eq!(call.kind, wanted);
            let asked = Asked::of(&account, &Addresses::default()).unwrap();
            let request = asked.request(&call, "").unwrap();
            (held, call, asked, format!("{} {}", request.url, String::from_utf8(request.body).unwrap()))
        };
        let answer = |held: calls::Claimed, outcome| desk.write(move |tx, _: &Ctx| calls::answered(tx, &held, &outcome, now)).unwrap();
        let (held, call, asked, said) = open(CallKind::Checkout);
        assert!(said.contains("/v1/checkout/sessions mode=payment") && said.contains(id.as_str()) && !said.contains(&secret), "{said}");
        let page = json!({ "id": "cs_1", "object": "checkout.session", "url": "https://checkout.stripe.com/c/pay/cs_1" });
        answer(held, asked.answer(&call, &Reply { status: 200, headers: Vec::new(), body: page.to_string().into_bytes() }));
        assert_eq!((desk.pay_link_now(&id).checkout, desk.pay_link_now(&id).checkout_url.as_str()), (Checkout::Ready, "https://checkout.stripe.com/c/pay/cs_1"));
        press();
        assert!(desk.write(move |tx, _| calls::claim(tx, now)).unwrap().is_none(), "one page");
        let mut told = told_charge("ch_5", None, 1900, 20);
        told["metadata"] = json!({ "regulars_period": id });
        shop.tell(&event("evt_5", "charge.succeeded", 20, told.clone()));
        shop.tell(&event("evt_6", "charge.succeeded", 21, told));
        assert_eq!((desk.pay_link_now(&id).state, desk.get(&ana).lifetime), (State::Paid, 1900));
        // A page that is there is closed with its link.
        let (id, secret) = desk.pay_link(&desk.wanted(&ana)).unwrap();
        desk.f.db.write_now::<_, Error>(move |tx| begin(tx, &secret, "https://desk.example.com/pay", now)).unwrap();
        let (held, _, asked, _) = open(CallKind::Checkout);
        let which = id.clone();
        desk.write(move |tx, ctx| withdraw(tx, ctx, &which)).unwrap();
        let (_, call) = (&asked, calls_of(desk, &id));
        answer(held, asked.answer(&call, &Reply { status: 200, headers: Vec::new(), body: page.to_string().into_bytes() }));
        let (_, _, _, said) = open(CallKind::CloseCheckout);
        assert!(said.contains("/v1/checkout/sessions/cs_1/expire"), "{said}");
        desk.verified();
    }
}

fn calls_of(desk: &Desk, id: &PaymentLinkId) -> calls::Call {
    let id = id.clone();
    desk.read(move |tx, ctx| calls::of_subject(tx, ctx, id.as_str(), 1)).unwrap().remove(0)
}
