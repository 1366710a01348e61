//! Every statement that a list can build is understood by both engines; and on SQLite, whose plan is known beforehand, rows walk an index in
//! the order that is asked for.

use store::{Bind, Db, Engine};

use super::*;
use crate::kit::Ctx;
use crate::merchants::{self, Settings};
use crate::testing::Fixture;

fn settings(f: &Fixture) -> Settings {
    let ctx = f.ctx.clone();
    f.db.read_now::<_, crate::Error>(move |tx| merchants::settings(tx, &ctx)).unwrap()
}

fn plan(db: &Db, text: &str) -> Vec<String> {
    let parameters = (1..700).filter(|n| text.contains(&format!("${n}"))).count();
    let explain = store::Stmt::built(format!("EXPLAIN QUERY PLAN {text}"));
    db.read_now::<_, crate::Error>(move |tx| {
        let nothing: Vec<&dyn Bind> = vec![&None::<String>; parameters];
        Ok(tx.rows(&explain, &nothing, |r| r.get::<String>(3))?)
    })
    .unwrap()
}

fn rows_of(list: &'static List, ctx: &Ctx, settings: &Settings, text: &str) -> String {
    let (query, problems) = Query::parse(list, text);
    assert!(problems.0.is_empty(), "{text}: {problems:?}");
    build::Ask::of(ctx, &query, settings, &[]).rows(ctx, 26).expect("something can match").text
}

fn cube_of(list: &'static List, ctx: &Ctx, settings: &Settings, text: &str) -> String {
    build::Ask::of(ctx, &Query::parse(list, text).0, settings, &[]).cube(ctx, None).text
}

store::db_test! {
    crate::migrations();

    fn every_statement_of_every_list_is_understood(db) {
        let f = Fixture::new(db);
        let settings = settings(&f);
        for list in ALL {
            let built = statements(list, &f.ctx, &settings);
            assert!(built.len() > 200, "{}: {}", list.name, built.len());
            let mut seen = std::collections::HashSet::new();
            for (question, statement) in built.iter().filter(|(_, s)| seen.insert(s.text().to_owned())) {
                db.prepare(statement).unwrap_or_else(|e| panic!("{} {question}: {e}\n{}", list.name, statement.text()));
            }
        }
    }

    fn no_statement_goes_over_the_rows_of_all_merchants(db) {
        if db.engine() != Engine::Sqlite {
            return;
        }
        let f = Fixture::new(db);
        let settings = settings(&f);
        let small = ["SCAN k", "SCAN e", "SCAN n", "SCAN v", "SCAN CONSTANT ROW", "SCAN 2 CONSTANT ROWS", "SCAN (subquery"];
        for list in ALL {
            let mut seen = std::collections::HashSet::new();
            for (question, statement) in statements(list, &f.ctx, &settings).iter().filter(|(_, s)| seen.insert(s.text().to_owned())) {
                for step in plan(db, statement.text()) {
                    let whole = step.starts_with("SCAN ") && !small.iter().any(|s| step.starts_with(s));
                    assert!(!whole && !step.starts_with("BLOOM FILTER ON"), "{} {question}: {step}\n{}", list.name, statement.text());
                }
            }
        }
    }

    fn the_usual_order_and_what_is_rare_walk_an_index(db) {
        if db.engine() != Engine::Sqlite {
            return;
        }
        let f = Fixture::new(db);
        let settings = settings(&f);
        let shop = &f.shop;
        let walks: [(&'static List, &str, &str); 66] = [
            (&crate::payments::listed::LIST, "", "payments_listed"),
            (&crate::payments::listed::LIST, "dir=asc&sort=paid", "payments_listed"),
            (&crate::payments::listed::LIST, "after=5.x", "payments_listed"),
            (&crate::payments::listed::LIST, "paid_from=2026-06-01&paid_to=2026-06-30", "payments_listed"),
            (&crate::payments::listed::LIST, "status=paid", "payments_listed"),
            (&crate::payments::listed::LIST, "status=failed", "payments_unsettled"),
            (&crate::payments::listed::LIST, "view=failed", "payments_unsettled"),
            (&crate::payments::listed::LIST, "status=refunded", "payments_back"),
            (&crate::payments::listed::LIST, "view=guest", "payments_customer"),
            (&crate::payments::listed::LIST, "mode=test", "payments_test"),
            (&crate::payments::listed::LIST, "flagged=true", "payments_flagged"),
            (&crate::payments::listed::LIST, "provider=stripe", "payments_listed"),
            (&crate::payments::listed::LIST, "currency=EUR&method=card", "payments_listed"),
            (&crate::payments::listed::LIST, "sort=amount", "payments_amount"),
            (&crate::payments::listed::LIST, "sort=amount&dir=asc&after=5.x", "payments_amount"),
            (&crate::orders::listed::LIST, "", "orders_listed"),
            (&crate::orders::listed::LIST, "state=fulfilled&state=paid", "orders_listed"),
            (&crate::orders::listed::LIST, "state=draft", "orders_rare"),
            (&crate::orders::listed::LIST, "state=open", "orders_open"),
            (&crate::orders::listed::LIST, "view=abandoned", "orders_abandoned"),
            (&crate::orders::listed::LIST, "guest=true", "orders_customer"),
            (&crate::orders::listed::LIST, "sort=total", "orders_total"),
            (&crate::payments::listed_disputes::LIST, "view=all", "disputes_listed"),
            (&crate::payments::listed_disputes::LIST, "view=open&after=5.x", "disputes_status"),
            (&crate::invoices::listed::LIST, "", "invoices_listed"),
            (&crate::invoices::listed::LIST, "after=5.x", "invoices_listed"),
            (&crate::invoices::listed::LIST, "country=FR&currency=EUR", "invoices_listed"),
            (&crate::invoices::listed::LIST, "state=paid", "invoices_listed"),
            (&crate::invoices::listed::LIST, "state=draft", "invoices_drafts"),
            (&crate::invoices::listed::LIST, "state=open&state=partly_paid&sort=created", "invoices_unpaid"),
            (&crate::invoices::listed::LIST, "overdue=true", "invoices_unpaid"),
            (&crate::invoices::listed::LIST, "kind=credit_note", "invoices_credits"),
            (&crate::invoices::listed::LIST, "sort=issued&after=5.x", "invoices_issued"),
            (&crate::invoices::listed::LIST, "sort=due", "invoices_due"),
            (&crate::invoices::listed::LIST, "sort=total", "invoices_total"),
            (&crate::invoices::listed::LIST, "sort=total&dir=asc&after=5.x", "invoices_total"),
            (&crate::tickets::listed::LIST, "view=all", "tickets_listed"),
            (&crate::tickets::listed::LIST, "", "tickets_unsettled"),
            (&crate::tickets::listed::LIST, "view=unassigned&after=5.x", "tickets_unsettled"),
            (&crate::tickets::listed::LIST, "view=all&sort=created", "tickets_created"),
            (&crate::tickets::listed::LIST, "view=all&sort=priority&after=2.x", "tickets_priority"),
            (&crate::tasks::listed::LIST, "view=all", "tasks_listed"),
            (&crate::tasks::listed::LIST, "view=mine", "tasks_open"),
            (&crate::offers::listed::LIST, "", "offers_listed"),
            (&crate::offers::listed::LIST, "state=draft&after=5.x", "offers_open"),
            (&crate::offers::listed::LIST, "view=expired", "offers_open"),
            (&crate::offers::listed::LIST, "sort=valid", "offers_valid"),
            (&crate::offers::listed::LIST, "sort=total", "offers_total"),
            (&crate::returns::listed::LIST, "", "returns_listed"),
            (&crate::returns::listed::LIST, "state=requested", "returns_open"),
            (&crate::returns::listed::LIST, "sort=value", "returns_value"),
            (&crate::contracts::listed::LIST, "", "contracts_listed"),
            (&crate::contracts::listed::LIST, "state=running&after=5.x", "contracts_open"),
            (&crate::contracts::listed::LIST, "view=notice", "contracts_due"),
            (&crate::contracts::listed::LIST, "sort=end", "contracts_end"),
            (&crate::contracts::listed::LIST, "sort=notice&after=5.x", "contracts_notice"),
            (&crate::contracts::listed::LIST, "sort=value", "contracts_amount"),
            (&crate::payment_links::listed::LIST, "", "payment_links_listed"),
            (&crate::payment_links::listed::LIST, "state=open&after=5.x", "payment_links_open"),
            (&crate::payment_links::listed::LIST, "sort=expires", "payment_links_expires"),
            (&crate::payment_links::listed::LIST, "sort=amount&after=5.x", "payment_links_amount"),
            (&crate::mail::listed::LIST, "", "mails_listed"),
            (&crate::mail::listed::LIST, "view=failed&after=5.x", "mails_open"),
            (&crate::subscriptions::listed::LIST, "", "subscriptions_listed"),
            (&crate::subscriptions::listed::LIST, "sort=next", "subscriptions_next"),
            (&crate::subscriptions::listed::LIST, "status=active&status=trialing", "subscriptions_listed"),
        ];
        for (list, text, index) in walks {
            let sql = rows_of(list, &f.ctx, &settings, text);
            let steps = plan(db, &sql);
            // What has the same moment is sorted by id, a few rows at a time: that is no sort.
            let sorts = steps.iter().filter(|s| s.contains("TEMP B-TREE") && !s.contains("LAST TERM")).count();
            assert!(steps.iter().any(|s| s.contains(&format!(" {index} "))), "{text}: {steps:#?}\n{sql}");
            // Laying short walks together sorts a page of rows of each; open disputes are few and are sorted.
            let most = if index == "disputes_status" { 1 } else { steps.iter().filter(|s| s.starts_with("SCAN e")).count() };
            assert!(sorts <= most, "{text}: {steps:#?}\n{sql}");
        }
        let both = plan(db, &rows_of(&crate::payments::listed::LIST, &f.ctx, &settings, &format!("view=failed&shop={shop}")));
        assert!(both.iter().filter(|s| s.contains(" payments_unsettled ")).count() == 2, "each by itself: {both:#?}");
        for (list, tally, listed, range) in [
            (&crate::payments::listed::LIST, "payments_tally", "payments_listed", "paid_from=2026-06-01"),
            (&crate::orders::listed::LIST, "orders_tally", "orders_listed", "ordered_from=2026-06-01"),
        ] {
            let all = plan(db, &cube_of(list, &f.ctx, &settings, ""));
            assert!(all.len() == 1 && all[0].contains(&format!("COVERING INDEX {tally} ")), "counts of all need no rows and no sorting: {all:#?}");
            let some = plan(db, &cube_of(list, &f.ctx, &settings, range));
            assert!(some[0].contains(&format!("COVERING INDEX {listed} ")), "counts of a time need no rows: {some:#?}");
        }
        for text in ["", "created_from=2026-06-01"] {
            let mails = plan(db, &cube_of(&crate::mail::listed::LIST, &f.ctx, &settings, text));
            assert!(mails[0].contains("COVERING INDEX mails_listed "), "counts read no mail: {mails:#?}");
        }
    }
}
