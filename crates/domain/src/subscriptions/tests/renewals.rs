//! The clockwork: due days, retries, the end, days that were missed, and a machine that is switched off in the middle.

use super::*;
use crate::customers::Status;
use crate::kit::DAY;
use crate::orders::desk::refusal;
use crate::providers::inbox;
use crate::subscriptions::{RetryDays, change_method, edit_settings, receive, retry};
use PaymentStatus::{Failed, Settled};
use PeriodState::{Asked, Free, Open, Paid, Unpaid, Waived};

store::db_test! {
    crate::migrations();

    fn each_period_is_charged_once_on_its_day_also_at_the_end_of_months(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(PAID))));
        assert_eq!((club.pass(), club.pass()), (1, 0), "a second pass finds nothing");
        let may = club.days_to(date(2027, 5, 31));
        let days: Vec<String> = may.payments(&id).into_iter().map(|(day, _)| day).collect();
        assert_eq!(days, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]);
        assert!(may.periods(&id).iter().all(|(_, state, tries)| (*state, *tries) == (Paid, 1)));
        assert_eq!((may.status(&id), may.next(&id).as_str()), (SubscriptionStatus::Active, "2027-06-30"));
        assert_eq!(may.desk.status(&club.ana), Status::Prospect, "the test provider counts nowhere");
        may.desk.verified();
    }

    fn a_trial_is_free_and_the_first_payment_follows_it(db) {
        let club = Club::new(db);
        let id = club.start(StartInput { trial_days: Some(14), start: Some(date(2027, 2, 3)), ..club.input(Some(club.card(PAID))) });
        let last = club.days_to(date(2027, 2, 16));
        assert_eq!((last.status(&id), last.payments(&id).len()), (SubscriptionStatus::Trialing, 0));
        let first = last.days_to(date(2027, 2, 17));
        assert_eq!((first.status(&id), first.payments(&id), first.next(&id).as_str()), (SubscriptionStatus::Active, vec![("2027-02-17".into(), Settled)], "2027-03-17"));
        first.desk.verified();
    }

    fn a_free_plan_moves_no_money(db) {
        let club = Club::new(db);
        let id = club.start(StartInput { amount: Some(0), ..club.input(None) });
        let later = club.days_to(date(2027, 3, 1));
        assert_eq!(later.periods(&id), [("2027-01-31".into(), Free, 1), ("2027-02-28".into(), Free, 1)]);
        assert!(later.payments(&id).is_empty());
        later.desk.verified();
    }

    fn lack_of_funds_is_tried_on_days_1_3_5_and_7_and_then_it_ends(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(POOR))));
        club.pass();
        assert_eq!((club.status(&id), club.next(&id).as_str()), (SubscriptionStatus::PastDue, "2027-02-01"));
        let sixth = club.days_to(date(2027, 2, 6));
        assert_eq!(sixth.status(&id), SubscriptionStatus::PastDue);
        let last = sixth.days_to(date(2027, 2, 7));
        let days: Vec<String> = last.payments(&id).into_iter().filter(|(_, s)| *s == Failed).map(|(day, _)| day).collect();
        assert_eq!(days, ["2027-01-31", "2027-02-01", "2027-02-03", "2027-02-05", "2027-02-07"]);
        assert_eq!((last.status(&id), last.periods(&id)), (SubscriptionStatus::Ended, vec![("2027-01-31".into(), Unpaid, 5)]));
        assert_eq!(last.course(&id).runs.unwrap().end_reason, Some(crate::subscriptions::EndReason::Unpaid));
        let much_later = last.days_to(date(2027, 4, 1));
        assert_eq!(much_later.payments(&id).len(), 5, "no charge after the end");
        much_later.desk.verified();
    }

    fn days_on_which_nothing_ran_are_no_tries(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(POOR))));
        club.pass();
        let back = club.on(date(2027, 2, 10));
        back.pass();
        assert_eq!((back.status(&id), back.next(&id).as_str()), (SubscriptionStatus::PastDue, "2027-02-12"), "an outage of ours ends nobody's subscription");
        let last = back.days_to(date(2027, 2, 20));
        let days: Vec<String> = last.payments(&id).into_iter().filter(|(_, s)| *s == Failed).map(|(day, _)| day).collect();
        assert_eq!(days, ["2027-01-31", "2027-02-10", "2027-02-12", "2027-02-14", "2027-02-16"]);
        assert_eq!((last.status(&id), last.periods(&id)), (SubscriptionStatus::Ended, vec![("2027-01-31".into(), Unpaid, 5)]));
        last.desk.verified();
    }

    fn a_hard_decline_is_not_tried_again_until_there_is_another_method(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(STOLEN))));
        club.pass();
        let third = club.days_to(date(2027, 2, 3));
        assert_eq!((third.status(&id), third.payments(&id).len(), third.next(&id).as_str()), (SubscriptionStatus::PastDue, 1, "never"));
        let good = third.card(PAID);
        third.act(&id, move |tx, ctx, id| change_method(tx, ctx, id, Some(&good))).unwrap();
        third.pass();
        assert_eq!((third.status(&id), third.payments(&id).len(), third.next(&id).as_str()), (SubscriptionStatus::Active, 2, "2027-02-28"));
        third.desk.verified();
        let third = Club { ana: third.desk.customer("bea@example.es"), ..third };
        let other = third.start(third.input(Some(third.card(STOLEN))));
        third.pass();
        let end = third.days_to(date(2027, 2, 10));
        assert_eq!((end.status(&other), end.payments(&other).len()), (SubscriptionStatus::Ended, 1), "and else it ends with the last day");
        end.desk.verified();
    }

    fn a_bank_that_wants_to_ask_the_buyer_is_a_failure_that_is_tried_again(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(ASKING))));
        club.pass();
        let p = club.course(&id).runs.unwrap().current.unwrap();
        assert_eq!((p.state, p.hard, p.failure.is_empty()), (Open, false, false));
        assert_eq!(refusal(club.act(&id, |tx, ctx, id| retry(tx, ctx, id).and_then(|()| retry(tx, ctx, id)))), "Ok(())");
        club.pass();
        assert_eq!(club.payments(&id).len(), 2, "pressed twice, tried once");
        club.desk.verified();
    }

    fn a_slow_answer_is_waited_for_and_then_counts(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(SLOW))));
        club.pass();
        assert_eq!((club.periods(&id), club.pass()), (vec![("2027-01-31".into(), Asked, 1)], 0));
        assert_eq!(refusal(club.act(&id, |tx, ctx, id| crate::subscriptions::cancel_now(tx, ctx, id))), "payment_under_way");
        club.desk.verified();
        let later = Club { desk: club.desk.at(club.desk.now() + 31_000_000), ..club.clone() };
        inbox::work(&later.desk.f.db, &FixedClock(later.desk.now()), &|| false).unwrap();
        assert_eq!((later.periods(&id), later.next(&id).as_str()), (vec![("2027-01-31".into(), Paid, 1)], "2027-02-28"));
        later.desk.verified();
    }

    fn money_by_hand_is_expected_on_the_day_late_behind_it_and_never_ends_by_itself(db) {
        let club = Club::new(db);
        let id = club.start(club.input(None));
        club.pass();
        assert_eq!((club.status(&id), club.payments(&id)), (SubscriptionStatus::Active, vec![("2027-01-31".into(), PaymentStatus::Pending)]));
        let late = club.days_to(date(2027, 3, 2));
        assert_eq!((late.status(&id), late.payments(&id).len()), (SubscriptionStatus::PastDue, 1), "the second waits for the first");
        assert_eq!(late.desk.status(&club.ana), Status::Subscriber);
        let take = |tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId| receive(tx, ctx, id, MethodKind::Cheque, Some(ctx.now - DAY));
        late.act(&id, take).unwrap();
        assert_eq!(refusal(late.act(&id, take)), "nothing_expected", "once");
        late.pass();
        assert_eq!(late.periods(&id), [("2027-01-31".into(), Paid, 1), ("2027-02-28".into(), Asked, 1)]);
        assert_eq!((late.desk.get(&club.ana).lifetime, late.status(&id)), (1900, SubscriptionStatus::Active));
        late.desk.verified();
        late.act(&id, |tx, ctx, id| crate::subscriptions::cancel_now(tx, ctx, id)).unwrap();
        assert_eq!(late.periods(&id).last().unwrap().1, Waived);
        assert_eq!(late.payments(&id).last().unwrap().1, Failed, "no longer expected");
        late.desk.verified();
    }

    fn days_switched_off_are_caught_up_with_oldest_first_each_period_once(db) {
        let club = Club::new(db);
        let (good, poor) = (club.start(club.input(Some(club.card(PAID)))), club.start(club.input(Some(club.card(POOR)))));
        let off = club.on(date(2027, 4, 10));
        off.pass();
        let due: Vec<_> = off.periods(&good).into_iter().map(|(day, state, _)| (day, state)).collect();
        assert_eq!(due, [("2027-01-31".into(), Paid), ("2027-02-28".into(), Paid), ("2027-03-31".into(), Paid)]);
        assert_eq!(off.next(&good), "2027-04-30");
        assert_eq!((off.periods(&poor).len(), off.next(&poor).as_str()), (1, "2027-04-11"), "the first is tried on all its days before the second");
        off.desk.verified();
    }

    fn a_pass_that_is_killed_half_way_goes_on_and_charges_nobody_twice(db) {
        let club = Club::new(db);
        let card = club.card(PAID);
        let all: Vec<_> = (0..23).map(|_| club.start(club.input(Some(card.clone())))).collect();
        let clock = FixedClock(club.desk.now());
        assert_eq!(renew::slice(db, &clock, &club.desk.ctx.ids, 5).unwrap(), 5);
        // The slice behind it dies before its commit.
        let fails = db.write_now::<(), _>(move |tx| {
            renew::steps_of_test(tx, clock.0, 7)?;
            Err(crate::Error::Internal("killed".into()))
        });
        assert!(fails.is_err());
        let (one, other) = (club.clone(), club.clone());
        let passes = [std::thread::spawn(move || one.pass()), std::thread::spawn(move || other.pass())];
        assert!(passes.into_iter().map(|p| p.join().unwrap()).sum::<usize>() >= 18);
        assert!(all.iter().all(|id| club.payments(id) == [("2027-01-31".into(), Settled)]), "two workers at once, each charged once");
        club.desk.verified();
    }

    fn who_was_archived_or_deleted_is_not_charged(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(PAID))));
        let ana = club.ana.clone();
        club.desk.write(move |tx, ctx| crate::customers::delete(tx, ctx, &ana)).unwrap();
        club.pass();
        assert_eq!((club.status(&id), club.payments(&id).len()), (SubscriptionStatus::Ended, 0));
        club.desk.verified();
    }

    fn a_shop_without_its_provider_fails_in_words_and_takes_no_money(db) {
        let club = Club::new(db);
        let id = club.start(club.input(Some(club.card(PAID))));
        static OFF: Stmt = Stmt::new("off", "UPDATE provider_accounts SET disabled_at = $2 WHERE merchant_id = $1");
        club.desk.write(|tx, ctx| Ok(tx.exec(&OFF, &[&ctx.merchant, &ctx.now])?)).unwrap();
        club.pass();
        let c = club.course(&id);
        assert_eq!((c.subscription.status, club.payments(&id).len()), (SubscriptionStatus::PastDue, 0));
        assert!(c.runs.unwrap().current.unwrap().failure.contains("no test provider"));
        club.desk.verified();
    }

    fn another_time_zone_moves_the_moment_and_not_the_day(db) {
        let club = Club::new(db);
        let id = club.start(StartInput { start: Some(date(2027, 3, 1)), ..club.input(Some(club.card(PAID))) });
        static ZONE: Stmt = Stmt::new("zone", "UPDATE merchants SET time_zone = 'Pacific/Auckland' WHERE id = $1");
        club.desk.write(|tx, ctx| Ok(tx.exec(&ZONE, &[&ctx.merchant])?)).unwrap();
        club.desk.write(|tx, ctx| crate::customers::facts::recompute(tx, ctx, None, 10)).unwrap();
        let auckland = Zone::named("Pacific/Auckland").unwrap();
        assert_eq!(club.course(&id).subscription.next_payment_at, Some(auckland.start_of(date(2027, 3, 1))));
        club.desk.verified();
        club.desk.write(|tx, ctx| edit_settings(tx, ctx, &RetryDays::of(&[60])?)).unwrap();
        let first = Club { desk: club.desk.at(auckland.start_of(date(2027, 3, 1))), ..club.clone() };
        assert_eq!(first.pass(), 1);
    }
}
