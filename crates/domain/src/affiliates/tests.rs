//! Who brings buyers earns in proportion to what stays, is paid once, and never loses what was paid.

use proptest::prelude::*;

use super::*;
use crate::credit;
use crate::kit::{CustomerId, DAY, PaymentId, PayoutId, Right};
use crate::orders::desk::{Desk, by_card, eur, refusal};
use crate::orders::{Checkout, CheckoutOutcome};
use crate::payments::disputes::{self, DisputeInput, DisputeStatus};
use crate::payments::refunds::{RefundInput, refund};
use crate::payments::{self, PaymentStatus};

fn terms(code: &str, terms: Terms, rate: i64) -> AffiliateInput {
    AffiliateInput { name: format!("Blog {code}"), code: code.into(), terms, rate, currency: (terms == Terms::Amount).then(eur) }
}

fn make(desk: &Desk, input: AffiliateInput) -> crate::Result<Affiliate> {
    desk.write(move |tx, ctx| create(tx, ctx, &input))
}

fn tenth(desk: &Desk) -> Affiliate {
    make(desk, terms("ANNA10", Terms::Percent, 1000)).unwrap()
}

fn brought(desk: &Desk, id: &str, code: &str, amounts: &[i64]) -> CheckoutOutcome {
    let payments = amounts.iter().enumerate().map(|(n, amount)| by_card(&format!("{id}_{n}"), *amount, "0001")).collect();
    desk.check_out(&Checkout { affiliate: code.into(), payments, ..desk.basket(id, "ana@example.es") }).unwrap()
}

fn on(desk: &Desk, payment: &PaymentId) -> Option<(i64, i64, i64)> {
    let payment = payment.clone();
    desk.read(move |tx, ctx| commission_of(tx, ctx, &payment)).unwrap().map(|c| (c.amount, c.earned, c.paid))
}

fn sums(desk: &Desk) -> Vec<(i64, i64, i64)> {
    desk.read(|tx, ctx| totals(tx, ctx, Period::ALL)).unwrap().into_iter().map(|t| (t.earned, t.paid, t.due())).collect()
}

fn pay(desk: &Desk, affiliate: &Affiliate, expected: Option<i64>) -> crate::Result<PayoutId> {
    let input = PayoutInput { affiliate: affiliate.id.clone(), currency: eur(), period: Period::ALL, expected, note: "SEPA 1".into() };
    desk.write(move |tx, ctx| pay_out(tx, ctx, &input))
}

fn back(desk: &Desk, payment: &PaymentId, amount: i64) {
    let input = RefundInput::of(payment.clone(), amount, "");
    desk.write(move |tx, ctx| refund(tx, ctx, &input)).unwrap();
}

fn say(desk: &Desk, payment: &PaymentId, affiliate: Option<&Affiliate>, amount: Option<i64>) -> crate::Result<()> {
    let (payment, change) = (payment.clone(), Change { affiliate: affiliate.map(|a| a.id.clone()), amount });
    desk.write(move |tx, ctx| set(tx, ctx, &payment, &change))
}

#[test]
fn shares_round_half_up_and_percentages_read_back() {
    assert_eq!((share(1005, 1000), share(1004, 1000), share(333, 750), share(i64::MAX / 2, WHOLE)), (101, 100, 25, i64::MAX / 2));
    assert_eq!((earned(101, 1005, 1005), earned(101, 1005, 0), earned(5, 10, 5), earned(3, 10, 5)), (0, 101, 3, 2));
    assert_eq!((earned(100, 1000, 2000), earned(100, 0, 0)), (0, 0));
    assert_eq!([750, 700, 725, 5, 10_000].map(percent), ["7.5", "7", "7.25", "0.05", "100"]);
    for (text, rate) in [
        ("7.5", Some(750)),
        (" 7,25 % ", Some(725)),
        ("100", Some(10_000)),
        ("100.01", None),
        ("-1", None),
        ("", None),
        ("1.234", None),
        ("x", None),
    ] {
        assert_eq!(parse_percent(text), rate, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_earned_falls_with_what_went_and_stays_between_nothing_and_all(amount in 0..=payments::MAX_MINOR, commission in 0..=payments::MAX_MINOR, a in 0..=payments::MAX_MINOR, b in 0..=payments::MAX_MINOR) {
        let amount = amount.max(1);
        let commission = commission.min(amount);
        let (less, more) = (a.min(b), a.max(b));
        prop_assert!(earned(commission, amount, more) <= earned(commission, amount, less));
        prop_assert!((0..=commission).contains(&earned(commission, amount, more)));
        prop_assert_eq!(earned(commission, amount, 0), commission);
    }
}

store::db_test! {
    crate::migrations();

    fn a_code_is_one_affiliates_whatever_the_case(db) {
        let desk = Desk::new(db);
        let anna = tenth(&desk);
        assert_eq!((anna.terms_words().as_str(), anna.currency), ("10 %", None));
        assert_eq!(refusal(make(&desk, terms("anna10", Terms::Percent, 1))), "code:taken");
        let bad = AffiliateInput { name: " ".into(), code: "a b".into(), terms: Terms::Amount, rate: -1, currency: None };
        assert_eq!(refusal(make(&desk, bad)), "name:required code:invalid rate:invalid currency:required");
        assert_eq!(refusal(make(&desk, terms("X", Terms::Percent, WHOLE + 1))), "rate:invalid");
        let id = anna.id.clone();
        let changed = desk.write(move |tx, ctx| edit(tx, ctx, &id, &terms("Anna-10", Terms::Amount, 500))).unwrap();
        assert_eq!((changed.code.as_str(), changed.terms_words().as_str()), ("Anna-10", "€5.00 an order"));
        let without = Desk { ctx: desk.f.without(Right::Settings), ..desk.clone() };
        assert_eq!(refusal(make(&without, terms("Y", Terms::Percent, 1))), "forbidden settings");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        let id = anna.id.clone();
        assert_eq!(refusal(other.write(move |tx, ctx| archive(tx, ctx, &id))), "no affiliate");
        assert!(make(&other, terms("ANNA-10", Terms::Percent, 1)).is_ok(), "another merchant's code is its own");
    }

    fn each_payment_of_an_order_that_was_brought_earns_once(db) {
        let desk = Desk::new(db);
        let anna = tenth(&desk);
        let done = brought(&desk, "A", " anna10 ", &[605, 400]);
        assert_eq!((done.affiliate, done.flag), (Some(anna.id.clone()), ""));
        assert_eq!((on(&desk, &done.payments[0]), on(&desk, &done.payments[1])), (Some((61, 61, 0)), Some((40, 40, 0))));
        brought(&desk, "A", "ANNA10", &[605, 400]);
        assert_eq!(sums(&desk), [(101, 0, 101)]);

        // Paid later by hand: the order has not forgotten who brought it.
        let open = brought(&desk, "B", "ANNA10", &[]);
        let order = open.order.clone();
        let id = desk.write(move |tx, ctx| crate::orders::mark_paid(tx, ctx, &order, payments::MethodKind::Cash, None, "")).unwrap().unwrap();
        assert_eq!(on(&desk, &id), Some((100, 100, 0)));
        desk.verified();
    }

    fn an_unknown_or_archived_code_never_refuses_an_order(db) {
        let desk = Desk::new(db);
        let anna = tenth(&desk);
        let done = brought(&desk, "A", "nobody", &[1000]);
        assert_eq!((done.affiliate, done.flag, on(&desk, &done.payments[0])), (None, "affiliate_unknown", None));
        desk.write(move |tx, ctx| archive(tx, ctx, &anna.id)).unwrap();
        assert_eq!(brought(&desk, "B", "ANNA10", &[1000]).flag, "affiliate_unknown");
    }

    fn a_fixed_amount_is_for_the_order_and_never_more_than_the_payment(db) {
        let desk = Desk::new(db);
        make(&desk, terms("FIX", Terms::Amount, 500)).unwrap();
        let two = brought(&desk, "A", "FIX", &[600, 400]);
        assert_eq!((on(&desk, &two.payments[0]), on(&desk, &two.payments[1])), (Some((500, 500, 0)), None));
        let small = brought(&desk, "B", "FIX", &[300]);
        assert_eq!(on(&desk, &small.payments[0]), Some((300, 300, 0)));
    }

    fn refunds_and_lost_disputes_lower_it_in_proportion(db) {
        let desk = Desk::new(db);
        tenth(&desk);
        let done = brought(&desk, "A", "ANNA10", &[1000, 1000, 1000]);
        back(&desk, &done.payments[0], 333);
        assert_eq!(on(&desk, &done.payments[0]), Some((100, 67, 0)), "66.7 rounds up");
        let lost = DisputeInput {
            payment: done.payments[1].clone(), amount: 1000, reason: String::new(), provider_ref: None, status: DisputeStatus::Lost,
            opened_at: desk.now(), due_at: None, closed_at: None,
        };
        desk.write(move |tx, ctx| disputes::put(tx, ctx, &lost)).unwrap();
        let bounced = done.payments[2].clone();
        desk.write(move |tx, ctx| payments::bounce(tx, ctx, &bounced, "")).unwrap();
        assert_eq!((on(&desk, &done.payments[1]), on(&desk, &done.payments[2])), (Some((100, 0, 0)), Some((100, 0, 0))));
        assert_eq!(sums(&desk), [(67, 0, 67)]);
        desk.verified();
    }

    fn a_payout_pays_what_is_due_once_and_later_refunds_come_off_the_next(db) {
        let desk = Desk::new(db);
        let anna = tenth(&desk);
        let done = brought(&desk, "A", "ANNA10", &[1000, 2000]);
        assert_eq!(refusal(pay(&desk, &anna, Some(299))), "due_changed");
        pay(&desk, &anna, Some(300)).unwrap();
        assert_eq!((refusal(pay(&desk, &anna, None)), sums(&desk)), ("nothing_due".to_owned(), vec![(300, 300, 0)]));
        back(&desk, &done.payments[0], 500);
        assert_eq!((sums(&desk), refusal(pay(&desk, &anna, None))), (vec![(250, 300, -50)], "nothing_due".to_owned()));
        brought(&desk, "B", "ANNA10", &[900]);
        pay(&desk, &anna, Some(40)).unwrap();
        assert_eq!(sums(&desk), [(340, 340, 0)]);
        let id = anna.id.clone();
        let all = desk.read(move |tx, ctx| payouts(tx, ctx, &id, 10)).unwrap();
        let mut amounts: Vec<i64> = all.iter().map(|p| p.amount).collect();
        amounts.sort_unstable();
        assert_eq!(amounts, [40, 300]);
        let without = Desk { ctx: desk.f.without(Right::Refund), ..desk.clone() };
        assert_eq!(refusal(pay(&without, &anna, None)), "forbidden refund");
        desk.verified();
    }

    fn a_time_takes_the_payments_of_its_days(db) {
        let desk = Desk::new(db);
        let anna = tenth(&desk);
        brought(&desk, "A", "ANNA10", &[1000]);
        brought(&desk.days(40), "B", "ANNA10", &[500]);
        let period = Period { from: desk.now() + DAY, until: desk.now() + 50 * DAY };
        let found = desk.read(move |tx, ctx| totals(tx, ctx, period)).unwrap();
        assert_eq!(found.iter().map(|t| (t.payments, t.earned)).collect::<Vec<_>>(), [(1, 50)]);
        let id = anna.id.clone();
        let mine = desk.read(move |tx, ctx| Ok((totals_of(tx, ctx, &id, Period::ALL)?, commissions(tx, ctx, Some(&id), Period::ALL, None, 10)?))).unwrap();
        assert_eq!((mine.0[0].earned, mine.1.len(), mine.1[0].amount), (150, 2, 50), "newest first");
        let mut file = Vec::new();
        let lines = export::export(&desk.f.db, &desk.ctx, None, Period::ALL, &mut file).unwrap();
        let text = String::from_utf8(file).unwrap();
        assert_eq!((lines, text.lines().count()), (2, 3));
        assert!(text.contains("Blog ANNA10,ANNA10,pay_") && text.contains(",EUR,5.00,0.00,0.50,0.50,0.00"), "{text}");
    }

    fn the_affiliate_of_a_payment_is_changed_by_hand_with_its_history(db) {
        let desk = Desk::new(db);
        let (anna, fix) = (tenth(&desk), make(&desk, terms("FIX", Terms::Amount, 500)).unwrap());
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 2000);
        say(&desk, &payment, Some(&anna), None).unwrap();
        say(&desk, &payment, Some(&anna), None).unwrap();
        assert_eq!(on(&desk, &payment), Some((200, 200, 0)));
        say(&desk, &payment, Some(&fix), Some(700)).unwrap();
        assert_eq!(on(&desk, &payment), Some((700, 700, 0)));
        assert_eq!(refusal(say(&desk, &payment, Some(&fix), Some(2001))), "amount:invalid");
        say(&desk, &payment, None, None).unwrap();
        assert_eq!(on(&desk, &payment), None);
        let history = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "commission", None, 10)).unwrap().entries;
        let said: Vec<_> = history.iter().rev().map(|e| {
            let v = e.values.iter().find(|v| v.field == "commission").unwrap();
            (v.old.clone().unwrap_or_default(), v.new.clone().unwrap_or_default())
        }).collect();
        let want = [("", "€2.00"), ("€2.00", "€7.00"), ("€7.00", "")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(said, want);

        say(&desk, &payment, Some(&anna), None).unwrap();
        pay(&desk, &anna, None).unwrap();
        assert_eq!((refusal(say(&desk, &payment, Some(&fix), None)), refusal(say(&desk, &payment, None, None))), ("commission_paid".to_owned(), "commission_paid".to_owned()));
        say(&desk, &payment, Some(&anna), Some(150)).unwrap();
        assert_eq!(sums(&desk), [(150, 200, -50)]);
        desk.write(move |tx, ctx| archive(tx, ctx, &fix.id)).unwrap();
        desk.verified();
    }

    fn nobody_earns_on_store_credit(db) {
        let desk = Desk::new(db);
        let anna = tenth(&desk);
        let ana: CustomerId = desk.customer("ana@example.es");
        let gift = credit::GrantInput { customer: ana.clone(), currency: eur(), amount: 1000, reason: "gift".into() };
        desk.write(move |tx, ctx| credit::grant(tx, ctx, &gift)).unwrap();
        let mut basket = Checkout { affiliate: "ANNA10".into(), payments: vec![by_card("", 1000, "")], ..desk.basket("A", "ana@example.es") };
        basket.payments[0].provider = credit::PROVIDER.into();
        basket.payments[0].method = None;
        let done = desk.check_out(&basket).unwrap();
        assert_eq!(on(&desk, &done.payments[0]), None);
        assert_eq!(refusal(say(&desk, &done.payments[0], Some(&anna), None)), "store_credit");
        let failed = payments::PaymentInput { status: PaymentStatus::Failed, ..desk.payment(Some(&ana), 100) };
        let failed = desk.put(failed).unwrap();
        say(&desk, &failed, Some(&anna), None).unwrap();
        assert_eq!(on(&desk, &failed), Some((10, 0, 0)), "agreed, and not earned");
        desk.verified();
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn eight_who_press_mark_as_paid_pay_once(db) {
        let desk = Desk::new(db);
        let anna = tenth(&desk);
        brought(&desk, "A", "ANNA10", &[1000, 2000]);
        let done = db.together(8, |_, _| pay(&desk, &anna, None).is_ok());
        assert_eq!((done.iter().filter(|ok| **ok).count(), sums(&desk)), (1, vec![(300, 300, 0)]));
        desk.verified();
    }

    fn a_payout_beside_refunds_and_changes_stays_the_sum_of_its_lines(db) {
        let desk = Desk::new(db);
        let anna = tenth(&desk);
        let done = brought(&desk, "A", "ANNA10", &[1000, 2000, 3000, 4000]);
        db.together(12, |n, _| match n % 3 {
            0 => drop(pay(&desk, &anna, None)),
            1 => back(&desk, &done.payments[n / 3], 100),
            _ => say(&desk, &done.payments[n / 3], Some(&anna), Some(50 + n as i64)).unwrap(),
        });
        desk.verified();
    }
}
