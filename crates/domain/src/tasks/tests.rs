//! What is to be done, on what, by whom and until when; whose it is stays right whatever moves.

use jiff::civil::{Date, date};

use super::*;
use crate::customers::{self, list::Indexes, merge};
use crate::invoices;
use crate::kit::{Error, OrderId, PaymentId, Right};
use crate::lists::{self, Query};
use crate::orders::Checkout;
use crate::orders::desk::{Desk, by_card, refusal};
use crate::payments::guests;
use crate::tickets::{self, EntryKind, NewTicket, Priority};

const TODAY: Date = date(2026, 6, 15);

fn make(desk: &Desk, on: On, title: &str, due: Option<Date>) -> crate::Result<TaskId> {
    let new = NewTask { on, title: title.to_owned(), due_on: due, assignee: Some(desk.f.owner.clone()), ..NewTask::default() };
    desk.write(move |tx, ctx| create(tx, ctx, &new))
}

fn look(desk: &Desk, id: &TaskId) -> Task {
    let id = id.clone();
    desk.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
}

fn tick(desk: &Desk, id: &TaskId) -> crate::Result<Task> {
    let id = id.clone();
    desk.write(move |tx, ctx| finish(tx, ctx, &id))
}

fn titles(desk: &Desk, customer: &CustomerId) -> Vec<String> {
    let customer = customer.clone();
    desk.read(move |tx, ctx| of_customer(tx, ctx, &customer, 50)).unwrap().tasks.into_iter().map(|t| t.title).collect()
}

fn found(desk: &Desk, text: &str) -> Vec<String> {
    let (query, problems) = Query::parse(&listed::LIST, text);
    assert!(problems.0.is_empty(), "{text}: {problems:?}");
    let indexes = Indexes::new();
    let rows = desk.read(move |tx, ctx| {
        let ids = lists::find(tx, ctx, &indexes, &query)?.ids;
        assert_eq!(lists::count(tx, ctx, &indexes, &query)?.total, ids.len() as u64, "the counter is the number of rows");
        listed::rows(tx, ctx, &ids)
    });
    rows.unwrap().into_iter().map(|t| t.title).collect()
}

/// A guest's order with a payment.
fn guest_order(desk: &Desk) -> (OrderId, PaymentId) {
    let basket = Checkout { guest: true, payments: vec![by_card("pi_1", 1000, "fp_0001")], ..desk.basket("G-1", "guest@example.com") };
    let done = desk.check_out(&basket).unwrap();
    (done.order, done.payments[0].clone())
}

store::db_test! {
    crate::migrations();

    fn a_customer_shows_its_own_tasks_and_those_of_its_things(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let order = desk.check_out(&desk.basket("A-1", "ana@example.es")).unwrap().order;
        let invoice = { let order = order.clone(); desk.write(move |tx, ctx| invoices::of_order_draft(tx, ctx, &order)).unwrap() };
        let new = NewTicket { customer: Some(ana.clone()), subject: "Grinder".into(), priority: Priority::Normal, assignee: None, tags: Vec::new(), first: (EntryKind::Note, String::new()) };
        let ticket = desk.write(move |tx, ctx| tickets::create(tx, ctx, &new)).unwrap();
        for (on, title, due) in [
            (On::Customer(ana.clone()), "Call", Some(date(2026, 6, 20))),
            (On::Order(order), "Pack", Some(date(2026, 6, 16))),
            (On::Invoice(invoice), "Remind", None),
            (On::Ticket(ticket), "Repair", Some(date(2026, 6, 18))),
            (On::Nothing, "Order bags", Some(TODAY)),
        ] {
            make(&desk, on, title, due).unwrap();
        }
        assert_eq!(refusal(make(&desk, On::Customer(ana.clone()), "Call\nher", None)), "title:invalid", "a title has one line");
        assert_eq!(titles(&desk, &ana), ["Pack", "Repair", "Call", "Remind"], "the most urgent first, without a day last");
        assert_eq!(found(&desk, &format!("view=all&customer={ana}")).len(), 4);
        assert_eq!((found(&desk, "view=all&on=ticket"), found(&desk, "q=pac"), found(&desk, "q=ana").len()), (vec!["Repair".to_owned()], vec!["Pack".to_owned()], 4));
        let labels: Vec<String> = desk.read({ let ana = ana.clone(); move |tx, ctx| of_customer(tx, ctx, &ana, 9) }).unwrap().tasks.into_iter().map(|t| t.on_label).collect();
        assert_eq!(labels, ["Order 1001", "Ticket 1001", "", "A draft of an invoice"]);
        desk.verified();
    }

    fn my_tasks_are_due_by_their_day_or_their_reminder(db) {
        let desk = Desk::new(db);
        let late = make(&desk, On::Nothing, "Late", Some(date(2026, 6, 14))).unwrap();
        make(&desk, On::Nothing, "Today", Some(TODAY)).unwrap();
        make(&desk, On::Nothing, "Tomorrow", Some(date(2026, 6, 16))).unwrap();
        let new = NewTask { title: "Reminded".into(), due_on: Some(date(2026, 7, 1)), remind_on: Some(TODAY), assignee: Some(desk.f.owner.clone()), ..NewTask::default() };
        desk.write(move |tx, ctx| create(tx, ctx, &new)).unwrap();
        let new = NewTask { title: "Nobody’s".into(), due_on: Some(TODAY), ..NewTask::default() };
        desk.write(move |tx, ctx| create(tx, ctx, &new)).unwrap();
        assert_eq!(desk.read(due).unwrap(), Due { overdue: 1, all: 3 });
        assert_eq!(found(&desk, ""), ["Late", "Today", "Tomorrow", "Reminded"]);
        assert_eq!((found(&desk, "view=overdue"), found(&desk, "view=today")), (vec!["Late".to_owned()], vec!["Late".to_owned(), "Today".to_owned(), "Reminded".to_owned()]));
        assert_eq!((found(&desk, "view=open").len(), found(&desk, "view=open&assignee=none"), found(&desk, "due=later")), (5, vec!["Nobody’s".to_owned()], vec!["Tomorrow".to_owned()]));
        tick(&desk, &late).unwrap();
        assert_eq!((found(&desk, "view=done"), found(&desk, "view=overdue").len(), desk.read(due).unwrap().overdue), (vec!["Late".to_owned()], 0, 0));
        let home = { let indexes = Indexes::new(); desk.read(move |tx, ctx| crate::home::home(tx, ctx, &indexes)).unwrap().today.tasks };
        let counted = { let (indexes, query) = (Indexes::new(), crate::home::tasks_due()); desk.read(move |tx, ctx| lists::count(tx, ctx, &indexes, &query)).unwrap() };
        assert_eq!(home.all, counted.total, "the number of Home is that of the list it leads to");
    }

    fn ticked_is_done_once_and_taken_back(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = make(&desk, On::Customer(ana.clone()), "Call", None).unwrap();
        let done = tick(&desk, &id).unwrap();
        assert_eq!((done.done_at, done.done_by.as_str()), (Some(desk.now()), "Olivia"));
        assert_eq!(tick(&desk.days(1), &id).unwrap(), done, "twice is once");
        let back = { let id = id.clone(); desk.write(move |tx, ctx| reopen(tx, ctx, &id)).unwrap() };
        assert_eq!((back.done_at, back.done_by.as_str()), (None, ""));
        let seen = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "task", None, 9)).unwrap();
        assert_eq!(seen.entries.iter().rev().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["task.created", "task.done", "task.reopened"]);
    }

    fn what_a_task_is_on_decides_whose_it_is(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (order, payment) = guest_order(&desk);
        let id = make(&desk, On::Order(order), "Pack", None).unwrap();
        assert_eq!(look(&desk, &id).customer, None);
        { let (payment, ana) = (payment.clone(), ana.clone()); desk.write(move |tx, ctx| guests::attach(tx, ctx, &payment, &ana)).unwrap(); }
        assert_eq!((look(&desk, &id).customer, titles(&desk, &ana)), (Some(ana.clone()), vec!["Pack".to_owned()]));
        desk.verified();
        desk.write(move |tx, ctx| guests::undo_attach(tx, ctx, &payment)).unwrap();
        assert_eq!(look(&desk, &id).customer, None);
        desk.verified();
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(make(&other, On::Customer(ana), "Spy", None)), "on:unknown");
        assert_eq!(refusal(tick(&other, &id)), "no task");
    }

    fn verify_finds_a_task_of_somebody_else(db) {
        let desk = Desk::new(db);
        let (ana, bob) = (desk.customer("ana@example.es"), desk.customer("bob@example.com"));
        let order = desk.check_out(&desk.basket("A-1", "ana@example.es")).unwrap().order;
        let id = make(&desk, On::Order(order), "Pack", None).unwrap();
        static SLIP: store::Stmt = store::Stmt::new("slip", "UPDATE tasks SET customer_id = $2 WHERE merchant_id = $1");
        let to = bob.clone();
        desk.write(move |tx, ctx| Ok(tx.exec(&SLIP, &[&ctx.merchant, &to])?)).unwrap();
        let found = desk.differences();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].kind, &found[0].id, &found[0].kept, &found[0].should_be), ("task", &id.to_string(), &bob.to_string(), &ana.to_string()));
    }

    fn an_archived_customer_gets_no_task_and_a_merge_takes_tasks_along(db) {
        let desk = Desk::new(db);
        let (ana, twin) = (desk.customer("ana@example.es"), desk.customer("twin@example.es"));
        let order = desk.check_out(&desk.basket("T-1", "twin@example.es")).unwrap().order;
        let own = make(&desk, On::Customer(twin.clone()), "Call", None).unwrap();
        desk.archive(&ana, true);
        assert_eq!(refusal(make(&desk, On::Customer(ana.clone()), "New", None)), "customer_inactive");
        desk.archive(&ana, false);
        let done = { let (ana, twin) = (ana.clone(), twin.clone()); desk.write(move |tx, ctx| merge::merge(tx, ctx, std::slice::from_ref(&twin), &ana, &merge::Choices::new())).unwrap() };
        let since = make(&desk, On::Order(order), "Pack", None).unwrap();
        assert_eq!(titles(&desk, &ana).len(), 2);
        desk.verified();
        let id = done[0].id.clone();
        desk.write(move |tx, ctx| merge::undo(tx, ctx, &id)).unwrap();
        assert_eq!((look(&desk, &own).customer, look(&desk, &since).customer), (Some(twin.clone()), Some(twin.clone())), "on an order that goes back, it goes back");
        assert_eq!(look(&desk, &own).on, On::Customer(twin));
        desk.verified();
    }

    fn a_discarded_draft_leaves_its_tasks_with_the_customer(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let order = desk.check_out(&desk.basket("A-1", "ana@example.es")).unwrap().order;
        let invoice = desk.write(move |tx, ctx| invoices::of_order_draft(tx, ctx, &order)).unwrap();
        let id = make(&desk, On::Invoice(invoice.clone()), "Check", None).unwrap();
        desk.write(move |tx, ctx| invoices::discard(tx, ctx, &invoice)).unwrap();
        assert_eq!(look(&desk, &id).on, On::Customer(ana));
        desk.verified();
    }

    fn a_task_says_what_and_its_days_make_sense(db) {
        let desk = Desk::new(db);
        let bad = NewTask { title: " ".into(), due_on: Some(date(1999, 1, 1)), ..NewTask::default() };
        assert_eq!(refusal(desk.write(move |tx, ctx| create(tx, ctx, &bad))), "title:required due_on:invalid");
        let bad = NewTask { title: "x".into(), due_on: Some(TODAY), remind_on: Some(date(2026, 6, 16)), ..NewTask::default() };
        assert_eq!(refusal(desk.write(move |tx, ctx| create(tx, ctx, &bad))), "remind_on:invalid");
        assert_eq!(refusal(make(&desk, On::Order(OrderId::of(&[3; 16])), "x", None)), "on:unknown");
        let poor = Desk { ctx: desk.f.without(Right::Write), ..desk.clone() };
        assert_eq!(refusal(make(&poor, On::Nothing, "x", None)), "forbidden write");
        let id = make(&desk, On::Nothing, "x", Some(TODAY)).unwrap();
        assert_eq!(refusal(tick(&poor, &id)), "forbidden write");
        let change = |e: Edit| { let id = id.clone(); desk.write(move |tx, ctx| edit(tx, ctx, &id, &e)) };
        change(Edit { expected_version: Some(1), due_on: Some(None), assignee: Some(None), title: Some("y".into()), ..Edit::default() }).unwrap();
        assert_eq!(refusal(change(Edit { expected_version: Some(1), ..Edit::default() })), "changed");
        let now = look(&desk, &id);
        assert_eq!((now.title.as_str(), now.due_on, now.assignee), ("y", None, None));
        for (text, kind) in [("", ""), ("cus_", "-"), ("ord_00000000000000000000000000", "order"), ("tic_00000000000000000000000000", "ticket"), ("pay_00000000000000000000000000", "-")] {
            assert_eq!(text.parse::<On>().map_or("-", |on| on.kind()), kind, "{text}");
        }
    }

    fn deleting_a_customer_for_good_takes_its_tasks_along(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = make(&desk, On::Customer(ana.clone()), "Call Ana", None).unwrap();
        desk.write(move |tx, ctx| customers::delete_permanently(tx, ctx, &ana)).unwrap();
        assert!(matches!(desk.read(move |tx, ctx| get(tx, ctx, &id)), Err(Error::NotFound("task"))));
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn ticked_from_eight_doors_at_once_is_done_once(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = make(&desk, On::Customer(ana.clone()), "Call", None).unwrap();
        db.together(8, |_, _| tick(&desk, &id).unwrap());
        let seen = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "task.done", None, 9)).unwrap();
        assert_eq!(seen.entries.len(), 1);
    }

    fn attached_while_tasks_are_made_every_task_is_of_its_owner(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (order, payment) = guest_order(&desk);
        db.together(8, |n, _| if n % 2 == 0 {
            drop(make(&desk, On::Order(order.clone()), "Pack", None));
        } else {
            let (payment, ana) = (payment.clone(), ana.clone());
            drop(if n % 4 == 1 { desk.write(move |tx, ctx| guests::attach(tx, ctx, &payment, &ana)) } else { desk.write(move |tx, ctx| guests::undo_attach(tx, ctx, &payment)) });
        });
        desk.verified();
    }
}
