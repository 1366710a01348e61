//! What is asked, until when it is to be answered, and who may say that it was.

use jiff::civil::date;

use super::*;
use crate::customers::{self, list::Indexes};
use crate::kit::{Error, Result, Right};
use crate::lists::{self, Query};
use crate::orders::desk::{Desk, refusal};

fn ask(desk: &Desk, new: NewRequest) -> Result<RequestId> {
    desk.write(move |tx, ctx| create(tx, ctx, &new))
}

fn of(customer: Option<&CustomerId>, kind: Kind) -> NewRequest {
    NewRequest { kind, customer: customer.cloned(), who: "Ana, by phone".into(), note: String::new(), received_on: None }
}

fn look(desk: &Desk, id: &RequestId) -> Request {
    let id = id.clone();
    desk.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
}

fn shut(desk: &Desk, id: &RequestId, state: State, note: &'static str) -> Result<()> {
    let id = id.clone();
    desk.write(move |tx, ctx| close(tx, ctx, &id, state, note))
}

fn found(desk: &Desk, text: &str) -> Vec<RequestId> {
    let (query, problems) = Query::parse(&listed::LIST, text);
    assert!(problems.0.is_empty(), "{text}: {problems:?}");
    let indexes = Indexes::new();
    let rows = desk.read(move |tx, ctx| {
        let ids = lists::find(tx, ctx, &indexes, &query)?.ids;
        listed::rows(tx, ctx, &ids)
    });
    rows.unwrap().into_iter().map(|q| q.id).collect()
}

#[test]
fn a_month_is_a_month_of_the_calendar() {
    for (received, until) in [
        (date(2026, 1, 15), date(2026, 2, 15)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ] {
        assert_eq!(due(received), until, "{received}");
    }
}

store::db_test! {
    crate::migrations();

    fn a_request_is_extended_once_in_time_and_with_a_reason(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = ask(&desk, of(Some(&ana), Kind::Access)).unwrap();
        let longer = |desk: &Desk, id: &RequestId, why: &'static str| {
            let id = id.clone();
            desk.write(move |tx, ctx| extend(tx, ctx, &id, why))
        };
        assert_eq!(refusal(longer(&desk, &id, " ")), "reason:required");
        let before = look(&desk, &id);
        longer(&desk, &id, "Many mails").unwrap();
        let after = look(&desk, &id);
        assert_eq!((after.extended_from, after.extension.as_str(), after.version), (Some(before.due_on), "Many mails", before.version + 1));
        assert_eq!(crate::kit::day_date(after.due_on), date(2026, 9, 15));
        assert_eq!(refusal(longer(&desk, &id, "Again")), "already_extended");
        let other = ask(&desk, of(Some(&ana), Kind::Erasure)).unwrap();
        assert_eq!(refusal(longer(&desk.days(31), &other, "Late")), "too_late");
        shut(&desk, &other, State::Done, "").unwrap();
        assert_eq!(refusal(longer(&desk, &other, "Closed")), "request_state");
    }

    fn a_request_is_due_in_a_month_late_after_it_and_closed_once(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = ask(&desk, of(Some(&ana), Kind::Access)).unwrap();
        let asked = look(&desk, &id);
        assert_eq!((asked.state, asked.due_on - asked.received_on, asked.about()), (State::Open, 30, "ana@example.es"));
        let wait = |desk: &Desk| desk.read(waiting).unwrap();
        assert_eq!(wait(&desk.days(30)), Waiting { open: 1, overdue: 0 }, "its last day is not late");
        assert_eq!(wait(&desk.days(31)), Waiting { open: 1, overdue: 1 });
        assert_eq!((found(&desk.days(31), "view=overdue").len(), found(&desk.days(30), "view=overdue").len()), (1, 0));
        assert_eq!(refusal(shut(&desk, &id, State::Open, "")), "state:invalid");
        assert_eq!(refusal(shut(&desk, &id, State::Refused, "")), "note:required");
        shut(&desk, &id, State::Done, "Sent by mail").unwrap();
        assert_eq!(refusal(shut(&desk, &id, State::Done, "")), "request_state");
        assert_eq!((look(&desk, &id).note.as_str(), wait(&desk.days(31))), ("Sent by mail", Waiting::default()));
        desk.write({ let id = id.clone(); move |tx, ctx| reopen(tx, ctx, &id) }).unwrap();
        assert_eq!((look(&desk, &id).closed_at, look(&desk, &id).due_on), (None, asked.due_on));
        let seen = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "request", None, 9)).unwrap();
        assert_eq!(seen.entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["request.reopened", "request.done", "request.received"]);
    }

    fn who_asks_may_be_nobody_we_know_and_is_named_later(db) {
        let desk = Desk::new(db);
        assert_eq!(refusal(ask(&desk, NewRequest { who: " ".into(), ..of(None, Kind::Erasure) })), "who:required");
        assert_eq!(refusal(ask(&desk, NewRequest { received_on: Some(date(2026, 6, 16)), ..of(None, Kind::Erasure) })), "received_on:invalid");
        let id = ask(&desk, NewRequest { received_on: Some(date(2026, 5, 31)), ..of(None, Kind::Erasure) }).unwrap();
        assert_eq!(crate::invoices::due_days(look(&desk, &id).due_on), date(2026, 6, 30));
        let ana = desk.customer("ana@example.es");
        let change = Edit { expected_version: Some(1), customer: Some(ana.clone()), note: Some("It is her".into()), ..Edit::default() };
        let named = || { let (id, change) = (id.clone(), change.clone()); desk.write(move |tx, ctx| edit(tx, ctx, &id, &change)) };
        named().unwrap();
        assert_eq!(refusal(named()), "changed");
        assert_eq!((look(&desk, &id).customer, look(&desk, &id).who.as_str()), (Some(ana.clone()), "Ana, by phone"));
        assert_eq!((found(&desk, "q=ana%2C+by").len(), found(&desk, &format!("view=all&customer={ana}")).len(), found(&desk, "kind=access").len()), (1, 1, 0));
        assert_eq!(desk.read(move |tx, ctx| of_customer(tx, ctx, &ana)).unwrap().len(), 1);
    }

    fn an_open_request_keeps_the_customer_and_a_closed_one_goes_along(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = ask(&desk, of(Some(&ana), Kind::Access)).unwrap();
        let purge = || { let ana = ana.clone(); desk.write(move |tx, ctx| customers::delete_permanently(tx, ctx, &ana)) };
        match purge() {
            Err(Error::Conflict { code: "linked", message, links }) => {
                assert_eq!((links.len(), links[0].label.as_str()), (1, "Request: see the data"));
                assert!(message.contains("1 open request about data is linked"), "{message}");
            }
            other => panic!("{other:?}"),
        }
        shut(&desk, &id, State::Done, "").unwrap();
        purge().unwrap();
        assert_eq!(found(&desk, "view=all").len(), 0);
    }

    fn the_register_needs_a_right_and_is_the_merchants_own(db) {
        let desk = Desk::new(db);
        let poor = Desk { ctx: desk.f.without(Right::PersonalData), ..desk.clone() };
        assert!(matches!(ask(&poor, of(None, Kind::Access)), Err(Error::Forbidden(Right::PersonalData))));
        let id = ask(&desk, of(None, Kind::Access)).unwrap();
        assert!(matches!(shut(&poor, &id, State::Done, ""), Err(Error::Forbidden(Right::PersonalData))));
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(shut(&other, &id, State::Done, "")), "no request");
        assert_eq!((found(&other, "view=all").len(), found(&desk, "view=all").len()), (0, 1));
        let theirs = desk.customer("ana@example.es");
        assert_eq!(refusal(ask(&other, of(Some(&theirs), Kind::Access))), "customer:unknown");
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn closed_from_eight_doors_at_once_is_closed_once(db) {
        let desk = Desk::new(db);
        let id = ask(&desk, of(None, Kind::Access)).unwrap();
        let done = db.together(8, |_, _| shut(&desk, &id, State::Done, "").is_ok());
        assert_eq!(done.iter().filter(|ok| **ok).count(), 1);
    }
}
