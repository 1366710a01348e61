//! Every number of Home is the number of the list it leads to.

use super::*;
use crate::customers::list::Indexes;
use crate::orders::desk::Desk;
use crate::payments::disputes::{self, DisputeInput, DisputeStatus};

store::db_test! {
    crate::migrations();

    fn every_statement_is_understood(db) {
        for statement in queries::ALL {
            db.prepare(statement).unwrap_or_else(|error| panic!("{statement:?}: {error}"));
        }
    }

    fn churned_this_month_is_the_number_of_its_list(db) {
        let desk = Desk::new(db);
        let ends = |email: &str, days: i64| {
            let c = desk.customer(email);
            desk.subscribe(desk.subscription(&c, crate::subscriptions::SubscriptionStatus::Cancelled, Some(desk.now() + days * crate::kit::DAY)));
            c
        };
        let (now, _long, _soon, back) = (ends("now@example.com", -2), ends("long@example.com", -60), ends("soon@example.com", 3), ends("back@example.com", -3));
        desk.pay(&back, 1_000);
        let indexes = Indexes::new();
        let home = { let i = indexes.clone(); desk.read(move |tx, ctx| super::home(tx, ctx, &i)).unwrap() };
        assert_eq!((home.month.churned, home.month.churned_ever), (1, 2));
        let query = churned_since(home.month.first);
        assert_eq!(query.print(), "status=churned&ended_from=2026-06-01");
        let (i, asked) = (indexes.clone(), ListQuery::parse(&query.print()).0);
        let rows = desk.read(move |tx, ctx| list::page_only(tx, ctx, &i, &asked)).unwrap().rows;
        assert_eq!(rows.iter().map(|r| r.id.clone()).collect::<Vec<_>>(), [now]);
    }

    fn what_waits_and_how_the_month_goes(db) {
        let desk = Desk::new(db);
        let (ana, ben) = (desk.customer("ana@example.com"), desk.customer("ben@example.com"));
        desk.days(-40).pay(&ana, 5_000);
        let paid = desk.pay(&ana, 2_500);
        desk.pay(&ben, 1_000);
        let input = DisputeInput {
            payment: paid.clone(),
            amount: 2_500,
            reason: "fraudulent".into(),
            provider_ref: None,
            status: DisputeStatus::Open,
            opened_at: desk.now(),
            due_at: Some(desk.now() + crate::kit::DAY),
            closed_at: None,
        };
        desk.write(move |tx, ctx| disputes::put(tx, ctx, &input)).unwrap();

        let indexes = Indexes::new();
        let home = { let i = indexes.clone(); desk.read(move |tx, ctx| super::home(tx, ctx, &i)).unwrap() };
        assert_eq!(home.customers, 2);
        assert_eq!(home.today.disputes, 1);
        assert_eq!(home.today.first_disputes[0].customer.as_ref().map(|c| &c.0), Some(&ana));
        assert_eq!(home.today.first_disputes[0].due_at, Some(desk.now() + crate::kit::DAY));
        assert_eq!(home.month.first, jiff::civil::date(2026, 6, 1));
        assert_eq!(home.month.new, 2);
        assert_eq!(home.month.revenue, [Money::new(3_500, Currency::of("EUR").unwrap())], "forty days ago was another month");
        assert_eq!((home.month.total.minor, home.month.missing), (3_500, false));
        assert_eq!(home.month.best.iter().map(|r| r.id.clone()).collect::<Vec<_>>(), [ana, ben]);

        for (query, total) in [(disputes_due(), home.today.disputes), (unpaid(), home.today.unpaid), (received(home.month.first), 2)] {
            let (indexes, asked) = (indexes.clone(), query.clone());
            let counts = desk.read(move |tx, ctx| crate::lists::count(tx, ctx, &indexes, &asked)).unwrap();
            assert_eq!(counts.total, total, "{}", query.print());
            if query.list.name == "payments" {
                assert_eq!(counts.sums, home.month.revenue, "the sum beside the counter is the number of Home");
            }
        }
    }
}
