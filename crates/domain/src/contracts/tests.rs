//! The life of a contract, on both engines: by the day, never twice, and nothing for the archived.

use jiff::civil::{Date, date};

use super::*;
use crate::customers;
use crate::kit::{ContractId, Ctx, CustomerId, Result, Right, day_number};
use crate::orders::desk::{Desk, refusal};
use crate::privacy;
use crate::subscriptions::Unit;
use crate::tasks::{self, Task};

/// The desk's own day.
const TODAY: Date = date(2026, 6, 15);

fn months(count: i64) -> Option<Span> {
    Some(Span { count, unit: Unit::Month })
}

/// A year from the beginning of 2026 that renews, with three months' notice and a reminder two weeks before.
fn year() -> Input {
    Input {
        title: "Machine on loan".into(),
        note: "By the window".into(),
        amount: 9_900,
        cycle: months(1),
        starts_on: date(2026, 1, 1),
        ends_on: Some(date(2026, 12, 31)),
        renew_months: 12,
        notice: months(3),
        remind_days: Some(14),
        assignee: None,
    }
}

/// What every test here needs of a desk.
impl Desk {
    fn draft(&self, with: &CustomerId, input: Input) -> Result<ContractId> {
        let new = NewContract { customer: with.clone(), shop: self.f.shop.clone(), currency: None, input };
        self.write(move |tx, ctx| create(tx, ctx, &new))
    }

    fn running(&self, with: &CustomerId, input: Input) -> ContractId {
        let id = self.draft(with, input).unwrap();
        self.on(&id, start).unwrap();
        id
    }

    fn on<T: Send + 'static>(
        &self,
        id: &ContractId,
        verb: impl Fn(&mut store::Tx, &Ctx, &ContractId) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let id = id.clone();
        self.write(move |tx, ctx| verb(tx, ctx, &id))
    }

    fn contract(&self, id: &ContractId) -> Contract {
        let id = id.clone();
        self.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
    }

    /// The state and the last day.
    fn contract_stands(&self, id: &ContractId) -> (State, Option<Date>) {
        let s = self.contract(id).summary;
        (s.state, s.term.ends_on.map(crate::kit::day_date))
    }

    fn notice(&self, id: &ContractId, ends_on: Option<Date>) -> Result<()> {
        let notice = GivenNotice { ends_on: ends_on.map(|d| i64::from(day_number(d))), reason: "Moving house".into() };
        self.on(id, move |tx, ctx, id| give_notice(tx, ctx, id, &notice))
    }

    /// The same desk on a day at noon.
    fn day(&self, day: Date) -> Self {
        self.days(i64::from(day_number(day)) - i64::from(day_number(TODAY)))
    }

    fn clock(&self) -> usize {
        daily(&self.f.db, &self.ctx, &|| false).unwrap()
    }

    fn to_do(&self, of: &CustomerId) -> Vec<Task> {
        let of = of.clone();
        self.read(move |tx, ctx| tasks::of_customer(tx, ctx, &of, 50)).unwrap().tasks
    }

    fn kinds(&self, of: &CustomerId) -> Vec<String> {
        let of = of.clone();
        let seen = self.read(move |tx, ctx| crate::events::timeline(tx, ctx, &of, "contract", None, 99)).unwrap();
        seen.entries.into_iter().rev().map(|e| e.kind).collect()
    }
}

fn found(desk: &Desk, text: &str) -> Vec<String> {
    let (query, problems) = crate::lists::Query::parse(&listed::LIST, text);
    assert!(problems.0.is_empty(), "{text}: {problems:?}");
    let indexes = crate::customers::list::Indexes::new();
    desk.read(move |tx, ctx| {
        let ids = crate::lists::find(tx, ctx, &indexes, &query)?.ids;
        assert_eq!(crate::lists::count(tx, ctx, &indexes, &query)?.total, ids.len() as u64, "the counter is the number of rows");
        Ok(listed::rows(tx, ctx, &ids)?.into_iter().map(|s| format!("{} {}", s.number, s.state.name())).collect())
    })
    .unwrap()
}

store::db_test! {
    crate::migrations();

    fn a_draft_is_agreed_started_and_changed(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.draft(&ana, year()).unwrap();
        let c = desk.contract(&id);
        assert_eq!((c.summary.number.as_str(), c.summary.state, c.summary.amount, c.summary.cycle), ("1001", State::Draft, 9_900, months(1)));
        assert_eq!(c.summary.notice_on(), Some(i64::from(day_number(date(2026, 9, 30)))));
        let wrong = Input { title: " ".into(), amount: -1, ends_on: Some(date(2025, 1, 1)), remind_days: Some(9_999), cycle: months(0), ..year() };
        assert_eq!(refusal(desk.draft(&ana, wrong)), "title:required amount:invalid cycle:invalid ends_on:invalid remind_days:invalid");
        assert_eq!(refusal(desk.draft(&ana, Input { ends_on: None, ..year() })), "renew_months:invalid remind_days:invalid");
        desk.on(&id, start).unwrap();
        desk.on(&id, start).unwrap();
        assert_eq!(desk.contract_stands(&id), (State::Running, Some(date(2026, 12, 31))));
        let version = desk.contract(&id).summary.version;
        let change = move |expected, input: Input| move |tx: &mut store::Tx, ctx: &Ctx, id: &ContractId| edit(tx, ctx, id, &Edit { expected_version: Some(expected), input: input.clone() });
        assert_eq!(refusal(desk.on(&id, change(version - 1, year()))), "stale");
        assert_eq!(refusal(desk.on(&id, change(version, Input { ends_on: Some(date(2026, 6, 14)), renew_months: 0, ..year() }))), "ends_on:invalid");
        desk.on(&id, change(version, Input { ends_on: Some(date(2027, 6, 30)), amount: 10_900, ..year() })).unwrap();
        let s = desk.contract(&id).summary;
        assert_eq!((desk.contract_stands(&id), s.amount, s.notice_on()), ((State::Running, Some(date(2027, 6, 30))), 10_900, Some(i64::from(day_number(date(2027, 3, 31))))));
        assert_eq!(desk.kinds(&ana), ["contract.created", "contract.started", "contract.changed"], "started twice is once");
        desk.verified();
    }

    fn no_read_shows_the_state_or_the_term_of_yesterday(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (renews, ends) = (desk.running(&ana, year()), desk.running(&ana, Input { renew_months: 0, ..year() }));
        let (last, after, late) = (desk.day(date(2026, 12, 31)), desk.day(date(2027, 1, 1)), desk.day(date(2029, 3, 1)));
        assert_eq!((last.contract_stands(&renews), last.contract_stands(&ends)), ((State::Running, Some(date(2026, 12, 31))), (State::Running, Some(date(2026, 12, 31)))));
        assert_eq!((after.contract_stands(&renews), after.contract_stands(&ends)), ((State::Running, Some(date(2027, 12, 31))), (State::Ended, Some(date(2026, 12, 31)))));
        assert_eq!(late.contract_stands(&renews), (State::Running, Some(date(2029, 12, 31))), "years switched off");
        assert_eq!((found(&last, "state=ended"), found(&after, "state=ended"), found(&after, "state=running")), (Vec::new(), vec!["1002 ended".to_owned()], vec!["1001 running".to_owned()]));
        let blocking = |desk: &Desk| { let ana = ana.clone(); desk.read(move |tx, ctx| privacy::active(tx, ctx, &ana)).unwrap().iter().map(|l| l.label.clone()).collect::<Vec<_>>() };
        assert_eq!((blocking(&last), blocking(&after)), (vec!["Contract 1001".to_owned(), "Contract 1002".to_owned()], vec!["Contract 1001".to_owned()]));
        late.verified();
        // The clock writes down what reads have said all along, once.
        assert!(late.clock() >= 2);
        assert_eq!((late.clock(), late.contract_stands(&renews), late.contract_stands(&ends)), (0, (State::Running, Some(date(2029, 12, 31))), (State::Ended, Some(date(2026, 12, 31)))));
        let kinds = late.kinds(&ana);
        assert_eq!((kinds.iter().filter(|k| *k == "contract.renewed").count(), kinds.iter().filter(|k| *k == "contract.ended").count()), (1, 1), "{kinds:?}");
        late.verified();
    }

    fn a_reminder_is_one_task_for_each_term(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.running(&ana, Input { assignee: Some(desk.f.owner.clone()), ..year() });
        desk.running(&ana, Input { remind_days: None, ..year() });
        desk.day(date(2026, 9, 15)).clock();
        assert_eq!(desk.to_do(&ana), [], "not a day too early");
        let due = desk.day(date(2026, 9, 16));
        for _ in 0..3 {
            due.clock();
        }
        let tasks = due.to_do(&ana);
        assert_eq!((tasks.len(), tasks[0].title.as_str(), tasks[0].on_label.as_str()), (1, "Contract 1001: give notice or let it renew by 2026-09-30", "Contract 1001"));
        assert_eq!((tasks[0].due_on, tasks[0].assignee.as_ref()), (Some(i64::from(day_number(date(2026, 9, 30)))), Some(&desk.f.owner)));
        let next = desk.day(date(2027, 9, 20));
        next.clock();
        next.clock();
        assert_eq!(next.to_do(&ana).len(), 2, "the next term has its own");
        next.on(&id, |tx, ctx, id| give_notice(tx, ctx, id, &GivenNotice::default())).unwrap();
        desk.day(date(2028, 9, 20)).clock();
        assert_eq!(desk.to_do(&ana).len(), 2, "who gave notice is not reminded");
        next.verified();
    }

    fn nobody_is_reminded_of_the_archived(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.running(&ana, year());
        desk.archive(&ana, true);
        let due = desk.day(date(2026, 9, 20));
        due.clock();
        assert_eq!((due.clock(), due.to_do(&ana).len()), (0, 0), "passed over, and not asked again and again");
        due.verified();
    }

    fn notice_ends_it_with_its_term_or_the_next(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (timely, late, open) = (desk.running(&ana, year()), desk.running(&ana, year()), desk.running(&ana, Input { ends_on: None, renew_months: 0, remind_days: None, notice: months(1), ..year() }));
        desk.notice(&timely, None).unwrap();
        desk.notice(&open, None).unwrap();
        let october = desk.day(date(2026, 10, 1));
        october.notice(&late, None).unwrap();
        assert_eq!((desk.contract_stands(&timely), october.contract_stands(&late), desk.contract_stands(&open)),
            ((State::Notice, Some(date(2026, 12, 31))), (State::Notice, Some(date(2027, 12, 31))), (State::Notice, Some(date(2026, 7, 15)))));
        assert_eq!(refusal(desk.notice(&timely, None)), "contract_state", "once");
        assert_eq!(desk.day(date(2027, 1, 1)).contract_stands(&timely).0, State::Ended);
        october.on(&late, take_back_notice).unwrap();
        assert_eq!(october.contract_stands(&late), (State::Running, Some(date(2026, 12, 31))), "as it was agreed");
        assert_eq!(refusal(october.notice(&late, Some(date(2026, 9, 30)))), "ends_on:invalid");
        october.notice(&late, Some(date(2026, 11, 15))).unwrap();
        assert_eq!((october.contract_stands(&late).1, october.contract(&late).reason.as_str()), (Some(date(2026, 11, 15)), "Moving house"));
        assert_eq!(refusal(october.on(&open, take_back_notice)), "contract_state", "it is over");
        let later = desk.day(date(2027, 2, 1));
        later.clock();
        assert_eq!((found(&later, "state=ended").len(), later.clock()), (3, 0));
        later.verified();
    }

    fn it_is_ended_and_called_off_once(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (draft, a, b) = (desk.draft(&ana, year()).unwrap(), desk.running(&ana, year()), desk.running(&ana, year()));
        assert_eq!(refusal(desk.on(&draft, |tx, ctx, id| end(tx, ctx, id, ""))), "contract_state");
        desk.on(&draft, |tx, ctx, id| cancel(tx, ctx, id, "")).unwrap();
        desk.on(&a, |tx, ctx, id| end(tx, ctx, id, "Agreed")).unwrap();
        desk.on(&b, |tx, ctx, id| cancel(tx, ctx, id, "A slip")).unwrap();
        assert_eq!((desk.contract_stands(&draft).0, desk.contract_stands(&a), desk.contract_stands(&b).0), (State::Cancelled, (State::Ended, Some(TODAY)), State::Cancelled));
        for id in [&draft, &a, &b] {
            assert_eq!(refusal(desk.on(id, |tx, ctx, id| cancel(tx, ctx, id, ""))), "contract_state");
            assert_eq!(refusal(desk.on(id, start)), "contract_state");
        }
        assert_eq!(refusal(desk.on(&a, |tx, ctx, id| cancel(tx, ctx, id, &"x".repeat(1_001)))), "reason:too_long");
        assert_eq!((found(&desk, "state=cancelled").len(), found(&desk, "q=machine").len(), found(&desk, "q=ana").len()), (2, 3, 3));
        desk.verified();
    }

    fn nothing_new_for_the_archived(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (draft, running, under) = (desk.draft(&ana, year()).unwrap(), desk.running(&ana, year()), desk.running(&ana, year()));
        desk.notice(&under, None).unwrap();
        desk.archive(&ana, true);
        assert_eq!(refusal(desk.draft(&ana, year())), "customer_inactive");
        assert_eq!(refusal(desk.on(&draft, start)), "customer_inactive");
        assert_eq!(refusal(desk.on(&under, take_back_notice)), "customer_inactive");
        desk.notice(&running, None).unwrap();
        desk.on(&draft, |tx, ctx, id| cancel(tx, ctx, id, "")).unwrap();
        desk.verified();
    }

    fn the_signed_paper_is_told_by_its_content(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.running(&ana, year());
        let put = |name: &'static str, bytes: Vec<u8>| desk.on(&id, move |tx, ctx, id| attach(tx, ctx, id, name, &bytes));
        assert_eq!((refusal(put("a.pdf", b"MZ\x90".to_vec())), refusal(put("a.pdf", Vec::new()))), ("file:invalid".to_owned(), "file:invalid".to_owned()));
        assert_eq!(refusal(put("a.pdf", [b"%PDF-".as_slice(), &vec![0; LARGEST]].concat())), "file:too_large");
        put("first.pdf", b"%PDF-1".to_vec()).unwrap();
        put("..\\signed <1>.pdf", b"%PDF-2".to_vec()).unwrap();
        let file = desk.contract(&id).file.unwrap();
        assert_eq!((file.name.as_str(), file.size, file.content_type.as_str()), ("signed <1>.pdf", 6, "application/pdf"));
        assert_eq!(desk.on(&id, download).unwrap(), ("signed <1>.pdf".to_owned(), b"%PDF-2".to_vec()));
        desk.on(&id, detach).unwrap();
        desk.on(&id, detach).unwrap();
        assert_eq!(refusal(desk.on(&id, download)), "no file");
        desk.verified();
    }

    fn contracts_move_keep_their_customer_and_are_forgotten_with_it(db) {
        let desk = Desk::new(db);
        let (ana, anna) = (desk.customer("ana@example.es"), desk.customer("anna@example.es"));
        let id = desk.running(&anna, Input { title: "Mercedes’ machine".into(), ..year() });
        desk.on(&id, |tx, ctx, id| attach(tx, ctx, id, "mercedes.pdf", b"%PDF-1 Mercedes")).unwrap();
        desk.day(date(2026, 9, 20)).clock();
        let merge = desk.merge(&[&anna], &ana).unwrap().remove(0);
        assert_eq!((desk.contract(&id).summary.customer, desk.to_do(&ana).len()), (ana.clone(), 1));
        let since = tasks::NewTask { on: tasks::On::Contract(id.clone()), title: "Call".into(), ..tasks::NewTask::default() };
        desk.write(move |tx, ctx| tasks::create(tx, ctx, &since)).unwrap();
        desk.undo_merge(&merge.id).unwrap();
        assert_eq!((desk.contract(&id).summary.customer, desk.to_do(&anna).len()), (anna.clone(), 2), "what was made since follows its contract");
        desk.verified();
        let gone = { let anna = anna.clone(); move |tx: &mut store::Tx, ctx: &Ctx| customers::delete_permanently(tx, ctx, &anna) };
        assert_eq!(refusal(desk.write(gone)), "linked");
        let erase = { let anna = anna.clone(); move |tx: &mut store::Tx, ctx: &Ctx| privacy::anonymise(tx, ctx, &crate::privacy::tests::vault(), &anna, privacy::Cause::Hand) };
        assert_eq!(refusal(desk.write(erase.clone())), "still_active");
        desk.on(&id, |tx, ctx, id| cancel(tx, ctx, id, "Mercedes said so")).unwrap();
        desk.write(erase).unwrap();
        let c = desk.contract(&id);
        assert_eq!((c.summary.title.as_str(), c.note.as_str(), c.reason.as_str(), c.file), ("", "", "", None));
        let kept = desk.everything(None);
        assert!(!kept.values().flatten().any(|row| row.contains("Mercedes")), "nowhere a word of it");
        desk.verified();
    }

    fn nobody_without_the_right_and_no_other_merchant(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.running(&ana, year());
        let poor = Desk { ctx: desk.f.without(Right::Orders), ..desk.clone() };
        let attached = |desk: &Desk| refusal(desk.on(&id, |tx, ctx, id| attach(tx, ctx, id, "a.pdf", b"%PDF-1")));
        let cancelled = |desk: &Desk| refusal(desk.on(&id, |tx, ctx, id| cancel(tx, ctx, id, "")));
        for said in [refusal(poor.draft(&ana, year())), refusal(poor.on(&id, start)), refusal(poor.notice(&id, None)), attached(&poor), cancelled(&poor)] {
            assert_eq!(said, "forbidden orders");
        }
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        for said in [refusal(other.on(&id, start)), refusal(other.notice(&id, None)), attached(&other), cancelled(&other), refusal(other.on(&id, get).map(drop))] {
            assert_eq!(said, "no contract");
        }
        assert_eq!((refusal(other.on(&id, download)), refusal(other.draft(&ana, year()))), ("no file".to_owned(), "no customer".to_owned()));
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn many_clocks_and_people_at_once_are_one(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (renews, noticed) = (desk.running(&ana, year()), desk.running(&ana, year()));
        let later = desk.day(date(2027, 9, 20));
        let given = db.together(9, |n, _| {
            if n % 3 == 0 {
                usize::from(later.notice(&noticed, None).is_ok())
            } else {
                later.clock();
                0
            }
        });
        assert_eq!(given.into_iter().sum::<usize>(), 1);
        later.clock();
        let (tasks, kinds) = (later.to_do(&ana), later.kinds(&ana));
        assert!((1..=2).contains(&tasks.len()), "one for each that was not under notice before: {tasks:?}");
        assert_eq!(tasks.iter().filter(|t| t.on == tasks::On::Contract(renews.clone())).count(), 1);
        assert!(kinds.iter().filter(|k| *k == "contract.renewed").count() <= 2, "{kinds:?}");
        assert_eq!((later.contract_stands(&renews).0, later.contract_stands(&noticed).0), (State::Running, State::Notice));
        later.verified();
    }
}
