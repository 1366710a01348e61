//! Plans, days of retries, and who may begin what.

use super::*;
use crate::kit::{Currency, Right};
use crate::orders::desk::refusal;
use crate::subscriptions::{PlanInput, RetryDays, archive_plan, create_plan, edit_plan, edit_settings, plans, settings, unarchive_plan};

fn input(club: &Club, name: &str) -> PlanInput {
    PlanInput {
        shop: club.desk.f.shop.clone(),
        name: name.into(),
        currency: None,
        amount: 1500,
        cycle_count: 2,
        cycle_unit: Unit::Week,
        trial_days: 14,
        retry_days: Some(RetryDays::of(&[2]).unwrap()),
    }
}

store::db_test! {
    crate::migrations();

    fn a_plan_is_made_changed_archived_and_what_began_with_it_stays_as_it_began(db) {
        let club = Club::new(db);
        let make = |i: PlanInput| club.desk.write(move |tx, ctx| create_plan(tx, ctx, &i));
        let plan = make(input(&club, " Beans ")).unwrap();
        assert_eq!((plan.name.as_str(), plan.cycle_words(), plan.price().to_string()), ("Beans", "every 2 weeks".into(), "€15.00".into()));
        assert_eq!(refusal(make(input(&club, "beans"))), "name:taken");
        assert_eq!(refusal(make(PlanInput { amount: -1, cycle_count: 0, trial_days: 731, ..input(&club, "") })), "name:required amount:invalid cycle_count:invalid trial_days:invalid");
        let id = club.start(StartInput { quantity: 3, method: Some(club.card(PAID)), ..StartInput::of_plan(club.ana.clone(), plan.id.clone()) });
        let c = club.course(&id);
        assert_eq!((c.subscription.amount, c.subscription.status, club.next(&id).as_str()), (4500, SubscriptionStatus::Trialing, "2027-02-14"));
        assert_eq!(c.runs.as_ref().map(|r| (r.quantity, r.retries.text())), Some((3, "2".into())));
        let which = plan.id.clone();
        let edit = PlanInput { amount: 1600, currency: Currency::of("GBP"), ..input(&club, "Beans and more") };
        let edited = club.desk.write(move |tx, ctx| edit_plan(tx, ctx, &which, &edit)).unwrap();
        assert_eq!((edited.amount, club.course(&id).subscription.amount), (1600, 4500));
        let which = plan.id.clone();
        club.desk.write(move |tx, ctx| archive_plan(tx, ctx, &which)).unwrap();
        let again = StartInput::of_plan(club.ana.clone(), plan.id.clone());
        assert_eq!(refusal(club.desk.write({ let again = again.clone(); move |tx, ctx| start(tx, ctx, &again) })), "plan:unknown");
        let which = plan.id.clone();
        club.desk.write(move |tx, ctx| unarchive_plan(tx, ctx, &which)).unwrap();
        club.start(again);
        assert_eq!(club.desk.read(plans).unwrap().len(), 1);
        let without = Desk { ctx: club.desk.f.without(Right::Settings), ..club.desk.clone() };
        let wish = input(&club, "Other");
        assert_eq!(refusal(without.write(move |tx, ctx| create_plan(tx, ctx, &wish))), "forbidden settings");
        let other = Desk { ctx: club.desk.f.other().ctx, ..club.desk.clone() };
        assert_eq!(refusal(other.read(move |tx, ctx| crate::subscriptions::plan(tx, ctx, &plan.id))), "no plan");
        club.desk.verified();
    }

    fn the_days_of_retries_are_the_merchants_until_a_plan_says_its_own(db) {
        let club = Club::new(db);
        assert_eq!(club.desk.read(settings).unwrap().days(), [1, 3, 5, 7]);
        let id = club.start(club.input(Some(club.card(POOR))));
        club.desk.write(|tx, ctx| edit_settings(tx, ctx, &RetryDays::of(&[10])?)).unwrap();
        club.pass();
        assert_eq!((club.status(&id), club.next(&id).as_str()), (SubscriptionStatus::PastDue, "2027-02-10"));
        club.desk.write(|tx, ctx| edit_settings(tx, ctx, &RetryDays::parse("none")?)).unwrap();
        let other = club.start(club.input(Some(club.card(POOR))));
        club.pass();
        assert_eq!(club.status(&other), SubscriptionStatus::Ended, "without retries it ends with the first failure");
        club.desk.verified();
    }

    fn nothing_begins_with_who_is_archived_or_with_what_cannot_be_charged(db) {
        let club = Club::new(db);
        let begin = |input: StartInput| { let input = input.clone(); refusal(club.desk.write(move |tx, ctx| start(tx, ctx, &input))) };
        let paypal = { let ana = club.ana.clone(); club.desk.write(move |tx, ctx| methods::attach(tx, ctx, &ana, "paypal", &MethodInput::of(MethodKind::Wallet))).unwrap() };
        assert_eq!(begin(club.input(Some(paypal))), "method:unusable");
        let cash = { let ana = club.ana.clone(); club.desk.write(move |tx, ctx| methods::attach(tx, ctx, &ana, "manual", &MethodInput::of(MethodKind::Cash))).unwrap() };
        assert_eq!(begin(club.input(Some(cash))), "method:unusable");
        let gone = club.card(PAID);
        club.desk.write({ let gone = gone.clone(); move |tx, ctx| methods::detach(tx, ctx, &gone) }).unwrap();
        assert_eq!(begin(club.input(Some(gone))), "method:unusable");
        let bea = club.desk.customer("bea@example.es");
        let hers = Club { ana: bea, ..club.clone() }.card(PAID);
        assert_eq!(begin(club.input(Some(hers))), "method:unknown");
        let wrong = StartInput { name: " ".into(), amount: None, quantity: 0, start: Some(date(2027, 1, 30)), cycle: Some((0, Unit::Day)), ..club.input(None) };
        assert_eq!(begin(wrong), "name:required amount:required cycle_count:invalid quantity:invalid start:invalid");
        assert_eq!(begin(StartInput { shop: None, ..club.input(None) }), "shop:unknown");
        club.desk.archive(&club.ana, true);
        assert_eq!(begin(club.input(None)), "customer_inactive");
        let without = Desk { ctx: club.desk.f.without(Right::Orders), ..club.desk.clone() };
        let wish = club.input(None);
        assert_eq!(refusal(without.write(move |tx, ctx| start(tx, ctx, &wish))), "forbidden orders");
    }
}
