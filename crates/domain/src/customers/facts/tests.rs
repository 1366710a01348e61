//! Every row of SPEC 4's tables, and what time does by itself.

use super::{recompute, sweep};
use crate::customers::{self, MethodStatus, Status};
use crate::kit::{DAY, Micros, Zone};
use crate::orders::Checkout;
use crate::orders::desk::{Desk, card};
use crate::payments::disputes::{self, DisputeInput, DisputeStatus};
use crate::payments::{MethodInput, MethodKind, Outcome, PaymentInput, PaymentStatus, bounce, methods};
use crate::subscriptions::{self, SubscriptionInput, SubscriptionStatus};

fn sweep_all(desk: &Desk) -> usize {
    let mut all = 0;
    loop {
        match desk.write(|tx, ctx| sweep(tx, ctx, 2)).unwrap() {
            0 => return all,
            n => all += n,
        }
    }
}

store::db_test! {
    crate::migrations();

    fn somebody_who_has_paid_nothing_is_a_prospect(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        assert_eq!((desk.status(&ana), desk.method_status(&ana)), (Status::Prospect, MethodStatus::None));
        desk.check_out(&desk.basket("A-1", "ana@example.es")).unwrap();
        desk.check_out(&Checkout { abandoned: true, ..desk.basket("A-2", "ana@example.es") }).unwrap();
        assert_eq!(desk.status(&ana), Status::Prospect, "unpaid and abandoned orders included");
        desk.verified();
    }

    fn a_prospect_is_told_what_kept_the_money_from_counting(db) {
        let desk = Desk::new(db);
        let why = |id: &crate::kit::CustomerId| desk.get(id).status_reason;
        let with = |email: &str, change: &dyn Fn(&mut PaymentInput)| {
            let id = desk.customer(email);
            let mut input = desk.payment(Some(&id), 1000);
            change(&mut input);
            desk.put(input).map(|payment| (id, payment)).unwrap()
        };
        assert_eq!(why(&desk.customer("new@example.es")), "Prospect: has not paid for anything yet");
        let (pending, _) = with("pending@example.es", &|p| p.status = PaymentStatus::Pending);
        let (failed, _) = with("failed@example.es", &|p| p.status = PaymentStatus::Failed);
        let (test, _) = with("test@example.es", &|p| p.live = false);
        for id in [&pending, &failed, &test] {
            assert_eq!((desk.status(id), why(id).as_str()), (Status::Prospect, "Prospect: no payment has settled"));
        }
        desk.check_out(&desk.basket("A-1", "failed@example.es")).unwrap();
        assert_eq!(why(&failed), "Prospect: has ordered, but no payment has settled");
        let (bounced, payment) = with("bounced@example.es", &|_| ());
        desk.write(move |tx, ctx| bounce(tx, ctx, &payment, "insufficient funds")).unwrap();
        assert_eq!(why(&bounced), "Prospect: what was paid bounced");
        let lose = |payment: crate::kit::PaymentId, amount: i64| {
            let input = DisputeInput { payment, amount, reason: "fraudulent".into(), status: DisputeStatus::Lost, provider_ref: None, opened_at: desk.now(), due_at: None, closed_at: Some(desk.now()) };
            desk.write(move |tx, ctx| disputes::put(tx, ctx, &input).map(drop)).unwrap();
        };
        let (lost, payment) = with("lost@example.es", &|_| ());
        lose(payment, 1000);
        assert_eq!(why(&lost), "Prospect: what was paid was lost in a dispute");
        let second = desk.pay(&bounced, 500);
        assert!(why(&bounced).starts_with("Active: "));
        lose(second, 500);
        assert_eq!(why(&bounced), "Prospect: what was paid bounced or was lost in a dispute");
        let (refunded, payment) = with("refunded@example.es", &|_| ());
        desk.write(move |tx, ctx| crate::payments::refunds::refund(tx, ctx, &crate::payments::refunds::RefundInput::of(payment.clone(), 1000, "Returned")).map(drop)).unwrap();
        assert!(why(&refunded).starts_with("Active: "), "a refund lowers the value and not the status");
        desk.verified();
    }

    fn active_for_n_days_and_then_idle_without_anybody_doing_anything(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.pay(&ana, 1000);
        let paris = Zone::named("Europe/Paris").unwrap();
        let last = paris.add_days(desk.now(), 60);
        assert_eq!(desk.at(last).status(&ana), Status::Active, "exactly N days old");
        assert_eq!(desk.at(last + 1).status(&ana), Status::Idle);
        let later = desk.days(300);
        later.verified();
        assert_eq!(sweep_all(&later), 1);
        assert_eq!(later.status(&ana), Status::Idle);
        assert_eq!(desk.changes(&ana), [
            (desk.now(), "payment settled".to_owned(), "prospect active".to_owned()),
            (last + 1, "60 days without a payment".to_owned(), "active idle".to_owned()),
        ]);
        later.pay(&ana, 1000);
        assert_eq!(later.status(&ana), Status::Active);
        later.verified();
    }

    fn a_payment_after_the_switch_was_off_tells_both_changes(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.pay(&ana, 1000);
        desk.days(200).pay(&ana, 1000);
        let told: Vec<String> = desk.changes(&ana).into_iter().map(|(_, _, change)| change).collect();
        assert_eq!(told, ["prospect active", "active idle", "idle active"]);
    }

    fn an_older_payment_does_not_take_the_latest_back(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.pay(&ana, 1000);
        desk.put(PaymentInput { paid_at: desk.now() - 400 * DAY, ..desk.payment(Some(&ana), 500) }).unwrap();
        let customer = desk.get(&ana);
        assert_eq!((customer.status, customer.first_paid_at, customer.last_paid_at), (Status::Active, Some(desk.now() - 400 * DAY), Some(desk.now())));
        desk.verified();
    }

    fn a_payment_that_bounced_stops_counting(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.put(PaymentInput { paid_at: desk.now() - 400 * DAY, ..desk.payment(Some(&ana), 500) }).unwrap();
        let latest = desk.pay(&ana, 1000);
        assert_eq!(desk.status(&ana), Status::Active);
        desk.write(move |tx, ctx| bounce(tx, ctx, &latest, "")).unwrap();
        assert_eq!((desk.status(&ana), desk.get(&ana).lifetime), (Status::Idle, 500));
        desk.verified();
    }

    fn every_live_subscription_makes_a_subscriber(db) {
        let desk = Desk::new(db);
        for status in [SubscriptionStatus::Trialing, SubscriptionStatus::Active, SubscriptionStatus::PastDue, SubscriptionStatus::Paused] {
            let c = desk.customer(&format!("{}@example.es", status.name()));
            desk.subscribe(desk.subscription(&c, status, None));
            assert_eq!(desk.status(&c), Status::Subscriber, "{status}");
            assert_eq!(desk.days(5000).status(&c), Status::Subscriber);
        }
        let c = desk.customer("time_left@example.es");
        desk.subscribe(desk.subscription(&c, SubscriptionStatus::Cancelled, Some(desk.now() + DAY)));
        assert_eq!(desk.status(&c), Status::Subscriber, "cancelled with time left");
        assert_eq!(desk.at(desk.now() + DAY).status(&c), Status::Subscriber, "the last microsecond is inclusive");
        assert_eq!(desk.at(desk.now() + DAY + 1).status(&c), Status::Churned);
        let c = desk.customer("test@example.es");
        desk.subscribe(SubscriptionInput { live: false, ..desk.subscription(&c, SubscriptionStatus::Active, None) });
        assert_eq!(desk.status(&c), Status::Prospect, "test mode");
        desk.verified();
        desk.days(2).verified();
    }

    fn churned_until_something_is_bought_one_off(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let ended = desk.now() - 10 * DAY;
        let sub = desk.subscribe(desk.subscription(&ana, SubscriptionStatus::Ended, Some(ended)));
        assert_eq!(desk.status(&ana), Status::Churned);
        desk.put(PaymentInput { subscription: Some(sub), ..desk.payment(Some(&ana), 1900) }).unwrap();
        assert_eq!(desk.status(&ana), Status::Churned, "a late renewal is not bought one-off");
        desk.put(PaymentInput { paid_at: ended, ..desk.payment(Some(&ana), 100) }).unwrap();
        assert_eq!(desk.status(&ana), Status::Churned, "not after it ended");
        desk.pay(&ana, 1000);
        assert_eq!(desk.status(&ana), Status::Active);
        assert_eq!(desk.days(61).status(&ana), Status::Idle);
        desk.verified();
    }

    fn subscriptions_end_by_time_and_the_timeline_says_when(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let next: Micros = desk.now() + 20 * DAY;
        let sub = desk.subscribe(SubscriptionInput { next_payment_at: Some(next), ..desk.subscription(&ana, SubscriptionStatus::Active, None) });
        let end = desk.write({ let sub = sub.clone(); move |tx, ctx| subscriptions::cancel_at_period_end(tx, ctx, &sub) }).unwrap();
        assert_eq!((end, desk.status(&ana)), (next - 1, Status::Subscriber));
        let later = desk.days(100);
        assert_eq!(later.status(&ana), Status::Churned);
        later.verified();
        sweep_all(&later);
        let row = later.read({ let sub = sub.clone(); move |tx, ctx| subscriptions::get(tx, ctx, &sub) }).unwrap();
        assert_eq!(row.status, SubscriptionStatus::Ended);
        assert_eq!(later.changes(&ana).last().map(|(at, _, change)| (*at, change.as_str())), Some((next, "subscriber churned")));
        later.verified();
    }

    fn a_subscription_cancelled_now_is_over(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let sub = desk.subscribe(desk.subscription(&ana, SubscriptionStatus::Active, None));
        desk.write(move |tx, ctx| subscriptions::cancel_now(tx, ctx, &sub)).unwrap();
        assert_eq!(desk.status(&ana), Status::Churned);
        desk.verified();
    }

    fn archived_and_deleted_go_before_everything_else(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.pay(&ana, 1000);
        desk.subscribe(desk.subscription(&ana, SubscriptionStatus::Ended, Some(desk.now() - DAY)));
        desk.archive(&ana, true);
        assert_eq!(desk.status(&ana), Status::Archived);
        let id = ana.clone();
        desk.write(move |tx, ctx| customers::delete(tx, ctx, &id)).unwrap();
        assert_eq!(desk.status(&ana), Status::Deleted);
        let id = ana.clone();
        desk.write(move |tx, ctx| customers::restore(tx, ctx, &id)).unwrap();
        desk.archive(&ana, false);
        assert_eq!(desk.status(&ana), Status::Active);
        desk.verified();
    }

    fn the_seven_payment_method_statuses(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        assert_eq!(desk.method_status(&ana), MethodStatus::None);
        let attach = |m: MethodInput| { let ana = ana.clone(); desk.write(move |tx, ctx| methods::attach(tx, ctx, &ana, "manual", &m)).unwrap() };
        let cash = attach(MethodInput::of(MethodKind::Cash));
        assert_eq!(desk.method_status(&ana), MethodStatus::Manual);
        desk.write(move |tx, ctx| methods::detach(tx, ctx, &cash)).unwrap();

        // It is 15 June 2026; the card ends with July.
        let july = MethodInput { expires_year: Some(2026), expires_month: Some(7), ..card("0001") };
        desk.charge(&ana, july.clone(), None);
        assert_eq!(desk.method_status(&ana), MethodStatus::Active, "46 days left");
        assert_eq!(desk.days(16).method_status(&ana), MethodStatus::Active, "30 days left");
        assert_eq!(desk.days(17).method_status(&ana), MethodStatus::ExpiringSoon, "29 days left");
        assert_eq!(desk.days(46).method_status(&ana), MethodStatus::ExpiringSoon, "the last day");
        assert_eq!(desk.days(47).method_status(&ana), MethodStatus::Expired);

        let later = desk.days(1);
        later.charge(&ana, july.clone(), Some("insufficient_funds"));
        assert_eq!(later.method_status(&ana), MethodStatus::InsufficientFunds);
        assert_eq!(later.days(46).method_status(&ana), MethodStatus::Expired, "expired goes before lacking funds");
        let later = desk.days(2);
        later.charge(&ana, july.clone(), Some("stolen_card"));
        assert_eq!(later.method_status(&ana), MethodStatus::Invalid);
        assert_eq!(later.days(46).method_status(&ana), MethodStatus::Invalid, "invalid goes before expired");
        desk.charge(&ana, july.clone(), None);
        assert_eq!(later.method_status(&ana), MethodStatus::Invalid, "an older success says nothing about it any more");
        let later = desk.days(3);
        later.charge(&ana, july.clone(), Some("processing_error"));
        assert_eq!(later.method_status(&ana), MethodStatus::Invalid, "a failure that is not the card's says nothing");
        later.charge(&ana, july, None);
        assert_eq!(later.method_status(&ana), MethodStatus::Active, "a success clears it");
        later.verified();
    }

    fn the_status_speaks_of_the_default_method(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let attach = |desk: &Desk, m: MethodInput| { let ana = ana.clone(); desk.write(move |tx, ctx| methods::attach(tx, ctx, &ana, "stripe", &m)).unwrap() };
        let old = attach(&desk, card("0001"));
        let new = attach(&desk.days(1), card("0002"));
        desk.write({ let old = old.clone(); move |tx, ctx| methods::set_outcome(tx, ctx, &old, Outcome::Invalid) }).unwrap();
        assert_eq!(desk.method_status(&ana), MethodStatus::Invalid);
        desk.write(move |tx, ctx| methods::choose(tx, ctx, &new)).unwrap();
        assert_eq!(desk.method_status(&ana), MethodStatus::Active);
        desk.verified();
    }

    fn another_n_is_a_difference_until_everything_is_worked_out_anew(db) {
        let desk = Desk::new(db);
        static N: store::Stmt = store::Stmt::new("n", "UPDATE merchants SET active_days = 10 WHERE id = $1");
        let customers: Vec<_> = (0..5).map(|n| desk.customer(&format!("c{n}@example.es"))).collect();
        for c in &customers {
            desk.put(PaymentInput { paid_at: desk.now() - 20 * DAY, ..desk.payment(Some(c), 100) }).unwrap();
        }
        desk.write(|tx, ctx| Ok(tx.exec(&N, &[&ctx.merchant])?)).unwrap();
        assert!(!desk.differences().is_empty(), "verify sees what is out of date");
        let mut after = None;
        loop {
            let from = after.clone();
            after = desk.write(move |tx, ctx| recompute(tx, ctx, from.as_ref(), 2)).unwrap();
            if after.is_none() { break }
        }
        assert!(customers.iter().all(|c| desk.status(c) == Status::Idle));
        desk.verified();
    }
}
