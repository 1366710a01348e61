//! Cancel, take back, pause, resume, move: what each does, twice, and to one that is in another state.

use super::*;
use crate::customers::Status;
use crate::kit::Right;
use crate::orders::desk::refusal;
use crate::subscriptions::{
    cancel_at_period_end, cancel_now, cancel_with_refund, change_method, move_to, pause, resume, take_back, unused,
};

store::db_test! {
    crate::migrations();

    fn a_cancellation_leaves_the_paid_time_and_can_be_taken_back(db) {
        let club = Club::new(db);
        let id = club.start(club.input(None));
        let early = club.start(StartInput { start: Some(date(2027, 2, 10)), trial_days: Some(10), ..club.input(None) });
        club.pass();
        club.act(&id, |tx, ctx, id| crate::subscriptions::receive(tx, ctx, id, MethodKind::Cash, None)).unwrap();
        let zone = Zone::named("Europe/Paris").unwrap();
        let end = club.act(&id, cancel_at_period_end).unwrap();
        assert_eq!(end, zone.end_of(date(2027, 2, 27)));
        assert_eq!(club.act(&id, cancel_at_period_end).unwrap(), end, "twice is once");
        assert_eq!(refusal(club.act(&id, pause)), "subscription_leaving");
        assert_eq!((club.status(&id), club.next(&id).as_str()), (SubscriptionStatus::Cancelled, "never"));
        club.desk.verified();
        club.act(&id, take_back).unwrap();
        assert_eq!(refusal(club.act(&id, take_back)), "not_cancelled");
        assert_eq!((club.status(&id), club.next(&id).as_str()), (SubscriptionStatus::Active, "2027-02-28"));
        club.act(&id, cancel_at_period_end).unwrap();
        assert_eq!(club.act(&early, cancel_at_period_end).unwrap(), zone.end_of(date(2027, 2, 19)), "the free time stays");
        let later = club.days_to(date(2027, 3, 2));
        assert_eq!(later.payments(&id).len(), 1, "no charge behind the end");
        assert_eq!((later.status(&id), later.desk.status(&club.ana)), (SubscriptionStatus::Ended, Status::Churned));
        later.desk.verified();
        later.desk.write(|tx, ctx| crate::customers::facts::sweep(tx, ctx, 10)).unwrap();
        later.desk.verified();
        assert_eq!(refusal(later.act(&id, take_back)), "subscription_ended");
    }

    fn cancelled_now_gives_the_unused_days_back_once(db) {
        let club = Club::new(db).on(date(2027, 3, 1));
        let card = club.card(PAID);
        let id = club.start(StartInput { amount: Some(3100), ..club.input(Some(card)) });
        club.pass();
        // Ten of 31 days are used on the tenth.
        let later = club.on(date(2027, 3, 10));
        let rest = later.act(&id, unused).unwrap().unwrap();
        assert_eq!((rest.amount.minor, rest.days_left, rest.days), (2100, 21, 31));
        assert_eq!(refusal(later.act(&id, |tx, ctx, id| cancel_with_refund(tx, ctx, id, Some(2200)))), "amount_changed");
        let (which, mine) = (id.clone(), Ctx { actor: crate::kit::Actor { rights: crate::kit::Rights::all().without(Right::Refund), ..(*later.desk.ctx.actor).clone() }.into(), ..later.desk.ctx.clone() });
        let refused = later.desk.f.db.write_now::<_, crate::Error>(move |tx| cancel_with_refund(tx, &mine, &which, None));
        assert!(matches!(refused, Err(crate::Error::Forbidden(_))));
        assert_eq!(later.status(&id), SubscriptionStatus::Active, "both or neither");
        later.act(&id, |tx, ctx, id| cancel_with_refund(tx, ctx, id, Some(2100))).unwrap();
        assert_eq!(refusal(later.act(&id, |tx, ctx, id| cancel_with_refund(tx, ctx, id, None))), "subscription_ended");
        let payment = rest.payment.clone();
        let p = later.desk.read(move |tx, ctx| crate::payments::get(tx, ctx, &payment)).unwrap();
        assert_eq!((p.refunded, later.status(&id)), (2100, SubscriptionStatus::Ended));
        later.desk.verified();
        // What was refunded by hand is not given back again.
        let card = later.card(PAID);
        let id = later.start(StartInput { amount: Some(3100), ..later.input(Some(card)) });
        later.pass();
        let rest = later.act(&id, unused).unwrap().unwrap();
        let payment = rest.payment.clone();
        later.desk.write(move |tx, ctx| crate::providers::refund(tx, ctx, &payment, 3000, "")).unwrap();
        assert_eq!(later.act(&id, unused).unwrap().unwrap().amount.minor, 100);
        later.desk.verified();
    }

    fn cancelled_now_is_over_and_what_was_not_paid_is_not_taken(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(POOR))));
        club.pass();
        let end = club.act(&id, cancel_at_period_end).unwrap();
        assert_eq!((end, club.status(&id)), (club.desk.now() - 1, SubscriptionStatus::Ended), "nothing of it is paid");
        assert_eq!(club.periods(&id), [("2027-01-31".into(), PeriodState::Waived, 1)]);
        for again in [refusal(club.act(&id, cancel_now)), refusal(club.act(&id, pause)), refusal(club.act(&id, |tx, ctx, id| resume(tx, ctx, id, None)))] {
            assert_eq!(again, "subscription_ended");
        }
        assert_eq!(club.days_to(date(2027, 3, 5)).payments(&id).len(), 1);
        club.desk.verified();
        let without = Club { desk: Desk { ctx: club.desk.f.without(Right::Orders), ..club.desk.clone() }, ..club.clone() };
        assert_eq!(refusal(without.act(&id, cancel_now)), "forbidden orders");
        let other = Club { desk: Desk { ctx: club.desk.f.other().ctx, ..club.desk.clone() }, ..club.clone() };
        assert_eq!(refusal(other.act(&id, cancel_now)), "no subscription");
    }

    fn a_pause_charges_nothing_and_time_that_is_paid_is_kept(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(PAID))));
        club.pass();
        club.act(&id, pause).unwrap();
        club.act(&id, pause).unwrap();
        assert_eq!((club.status(&id), club.next(&id).as_str()), (SubscriptionStatus::Paused, "never"));
        let soon = club.days_to(date(2027, 2, 10));
        assert_eq!(soon.course(&id).runs.unwrap().resumes_on, Some(date(2027, 2, 28)));
        soon.act(&id, |tx, ctx, id| resume(tx, ctx, id, None)).unwrap();
        soon.act(&id, |tx, ctx, id| resume(tx, ctx, id, None)).unwrap();
        assert_eq!(soon.next(&id), "2027-02-28", "what was paid is not paid again");
        soon.act(&id, pause).unwrap();
        let long = soon.days_to(date(2027, 5, 6));
        assert_eq!(long.payments(&id).len(), 1);
        assert_eq!(refusal(long.act(&id, |tx, ctx, id| resume(tx, ctx, id, Some(date(2027, 5, 5))))), "day:invalid");
        long.act(&id, |tx, ctx, id| resume(tx, ctx, id, None)).unwrap();
        long.pass();
        assert_eq!((long.payments(&id).len(), long.next(&id).as_str()), (2, "2027-06-06"), "a period begins with the day it is resumed");
        long.desk.verified();
    }

    fn a_failed_payment_rests_with_the_pause_and_is_tried_when_it_is_resumed(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(POOR))));
        club.pass();
        club.act(&id, pause).unwrap();
        let later = club.days_to(date(2027, 3, 3));
        assert_eq!((later.payments(&id).len(), later.status(&id)), (1, SubscriptionStatus::Paused));
        let good = later.card(PAID);
        later.act(&id, move |tx, ctx, id| change_method(tx, ctx, id, Some(&good))).unwrap();
        assert_eq!(later.pass(), 0, "paused stays paused");
        later.act(&id, |tx, ctx, id| resume(tx, ctx, id, Some(date(2027, 3, 5)))).unwrap();
        assert_eq!((later.pass(), later.next(&id).as_str()), (0, "2027-03-05"));
        let fifth = later.days_to(date(2027, 3, 5));
        assert_eq!(fifth.periods(&id), [("2027-01-31".into(), PeriodState::Paid, 2), ("2027-02-28".into(), PeriodState::Paid, 1)]);
        fifth.desk.verified();
    }

    fn the_next_payment_moves_and_the_later_ones_follow(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(PAID))));
        club.pass();
        let to = |day: Date| move |tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId| move_to(tx, ctx, id, day);
        for wrong in [date(2027, 1, 30), date(2028, 2, 2), date(2099, 1, 1)] {
            assert_eq!(refusal(club.act(&id, to(wrong))), "day:invalid", "{wrong} is behind, or more than a year ahead");
        }
        club.act(&id, to(date(2027, 2, 15))).unwrap();
        let april = club.days_to(date(2027, 4, 1));
        let days: Vec<String> = april.payments(&id).into_iter().map(|(day, _)| day).collect();
        assert_eq!((days, april.next(&id).as_str()), (vec!["2027-01-31".into(), "2027-02-15".into(), "2027-03-15".into()], "2027-04-15"));
        april.act(&id, pause).unwrap();
        assert_eq!(refusal(april.act(&id, to(date(2027, 5, 1)))), "subscription_paused");
        april.desk.verified();
        let free = april.start(StartInput { trial_days: Some(5), ..april.input(Some(april.card(PAID))) });
        april.act(&free, to(date(2027, 4, 20))).unwrap();
        let c = april.course(&free).subscription;
        assert_eq!((c.status, c.trial_until), (SubscriptionStatus::Trialing, c.next_payment_at), "free time grows with it");
        april.desk.verified();
    }

    fn an_archived_customer_ends_them_as_asked(db) {
        let club = Club::new(db);
        let id = club.start(club.input(None));
        assert_eq!(refusal(club.desk.write({ let ana = club.ana.clone(); move |tx, ctx| crate::customers::archive(tx, ctx, &ana, None) })), "live_subscription");
        club.pass();
        club.desk.archive(&club.ana, true);
        assert_eq!(club.status(&id), SubscriptionStatus::Ended);
        assert_eq!(refusal(club.act(&id, take_back)), "subscription_ended");
        club.desk.verified();
    }
}
