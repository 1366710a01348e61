//! What is asked, who answers for it, how what is said moves it; and who may not.

use super::*;
use crate::customers::{self, list::Indexes, merge};
use crate::kit::{Ctx, Error, PageKey, Right, Role};
use crate::lists::{self, Query};
use crate::orders::desk::{Desk, refusal};
use crate::staff::colleagues;

fn about(subject: &str, customer: Option<&CustomerId>) -> NewTicket {
    NewTicket {
        customer: customer.cloned(),
        subject: subject.to_owned(),
        priority: Priority::Normal,
        assignee: None,
        tags: Vec::new(),
        first: (EntryKind::Message, String::new()),
    }
}

fn make(desk: &Desk, new: NewTicket) -> crate::Result<TicketId> {
    desk.write(move |tx, ctx| create(tx, ctx, &new))
}

fn look(desk: &Desk, id: &TicketId) -> Ticket {
    let id = id.clone();
    desk.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
}

fn change(desk: &Desk, id: &TicketId, change: Edit) -> crate::Result<()> {
    let id = id.clone();
    desk.write(move |tx, ctx| edit(tx, ctx, &id, &change))
}

fn speak(desk: &Desk, id: &TicketId, kind: EntryKind, body: &str, status: Option<Status>) -> crate::Result<TicketEntryId> {
    let (id, new) = (id.clone(), NewEntry { kind, body: body.to_owned(), status });
    desk.write(move |tx, ctx| say(tx, ctx, &id, &new))
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
    rows.unwrap().into_iter().map(|t| t.number).collect()
}

fn events(desk: &Desk, customer: &CustomerId) -> Vec<String> {
    let customer = customer.clone();
    let page = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &customer, "ticket", None, 50)).unwrap();
    page.entries.into_iter().rev().map(|e| e.kind).collect()
}

store::db_test! {
    crate::migrations();

    fn what_is_said_moves_a_ticket_and_a_reply_opens_it_again(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let first = (EntryKind::Message, "The grinder is loud.".to_owned());
        let id = make(&desk, NewTicket { first, tags: vec!["Grinder".into(), " grinder ".into(), "warranty".into()], ..about("Grinder", Some(&ana)) }).unwrap();
        let made = look(&desk, &id);
        assert_eq!((made.number.as_str(), made.status, made.customer_name.as_str()), ("1001", Status::Open, "ana@example.es"));
        assert_eq!(made.tags, ["Grinder", "warranty"], "each tag once whatever its case");
        let status = |desk: &Desk| look(desk, &id).status;
        speak(&desk, &id, EntryKind::Note, "Ask Jonas.", None).unwrap();
        assert_eq!(status(&desk), Status::Open, "a note moves nothing");
        let later = desk.days(1);
        speak(&later, &id, EntryKind::Answer, "Please send it in.", None).unwrap();
        assert_eq!((status(&desk), look(&desk, &id).updated_at), (Status::Waiting, later.now()));
        speak(&later, &id, EntryKind::Answer, "Replaced.", Some(Status::Solved)).unwrap();
        assert_eq!((status(&desk), look(&desk, &id).settled_at), (Status::Solved, Some(later.now())));
        change(&later, &id, Edit { status: Some(Status::Closed), ..Edit::default() }).unwrap();
        speak(&desk.days(2), &id, EntryKind::Message, "It is loud again.", None).unwrap();
        assert_eq!((status(&desk), look(&desk, &id).settled_at), (Status::Open, None));
        assert_eq!(refusal(speak(&desk, &id, EntryKind::Answer, "  ", None)), "body:required");
        let (all, rest) = { let id = id.clone(); desk.read(move |tx, ctx| thread(tx, ctx, &id, None, 3)).unwrap() };
        assert_eq!(all.iter().map(|e| e.body.as_str()).collect::<Vec<_>>(), ["It is loud again.", "Replaced.", "Please send it in."]);
        let place: PageKey = rest.unwrap();
        let (older, end) = { let id = id.clone(); desk.read(move |tx, ctx| thread(tx, ctx, &id, Some(&place), 3)).unwrap() };
        assert_eq!((older.len(), older[1].kind, end), (2, EntryKind::Message, None));
        assert_eq!(events(&desk, &ana), [
            "ticket.created", "ticket.noted", "ticket.answered", "ticket.status_changed", "ticket.answered", "ticket.status_changed",
            "ticket.status_changed", "ticket.message", "ticket.status_changed",
        ]);
    }

    fn an_archived_customer_gets_no_ticket_from_any_door(db) {
        let desk = Desk::new(db);
        let (ana, bob) = (desk.customer("ana@example.es"), desk.customer("bob@example.com"));
        let (open, loose) = (make(&desk, about("Open", Some(&ana))).unwrap(), make(&desk, about("Loose", None)).unwrap());
        desk.archive(&ana, true);
        assert_eq!(refusal(make(&desk, about("New", Some(&ana)))), "customer_inactive");
        let link = |to: &CustomerId| change(&desk, &loose, Edit { customer: Some(to.clone()), ..Edit::default() });
        assert_eq!(refusal(link(&ana)), "customer_inactive");
        speak(&desk, &open, EntryKind::Answer, "Still here.", None).unwrap();
        assert_eq!(look(&desk, &open).status, Status::Waiting, "what was begun goes on");
        link(&bob).unwrap();
        assert_eq!((look(&desk, &loose).customer, events(&desk, &bob)), (Some(bob.clone()), vec!["ticket.linked".to_owned()]));
        let gone = bob.clone();
        desk.write(move |tx, ctx| customers::delete(tx, ctx, &gone)).unwrap();
        assert_eq!(refusal(make(&desk, about("New", Some(&bob)))), "customer_inactive");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(make(&other, about("Theirs", Some(&bob)))), "customer:unknown");
    }

    fn tickets_are_found_by_their_tags_and_each_tag_says_how_many(db) {
        let desk = Desk::new(db);
        let tagged = |subject: &str, tags: &[&str], priority| {
            let tags = tags.iter().map(|t| (*t).to_owned()).collect();
            make(&desk, NewTicket { tags, priority, ..about(subject, None) }).unwrap()
        };
        tagged("One", &["Grinder", "Warranty"], Priority::Normal);
        tagged("Two", &["grinder"], Priority::Urgent);
        let three = tagged("Three", &["Roast & ship"], Priority::Normal);
        tagged("Four", &[], Priority::Low);
        assert_eq!((found(&desk, "tag=GRINDER").len(), found(&desk, "tag=grinder&tag=roast+%26+ship").len(), found(&desk, "tag=grinder&priority=urgent")), (2, 3, vec!["1002".to_owned()]));
        assert!(found(&desk, "tag=nothing").is_empty());
        change(&desk, &three, Edit { status: Some(Status::Closed), ..Edit::default() }).unwrap();
        let options = |text: &str| {
            let (query, indexes) = (Query::parse(&listed::LIST, text).0, Indexes::new());
            let counts = desk.read(move |tx, ctx| lists::count(tx, ctx, &indexes, &query)).unwrap();
            let (at, _) = listed::LIST.filter("tag").unwrap();
            counts.options[at].iter().map(|(word, n)| format!("{word} {n}")).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(options("view=open"), "grinder 2, warranty 1");
        assert_eq!(options("view=all&tag=warranty"), "grinder 2, roast & ship 1, warranty 1", "what is chosen in it is no reason to hide the others");
        assert_eq!(options("view=open&priority=normal&tag=x"), "grinder 1, warranty 1, x 0");
        assert_eq!(Query::parse(&listed::LIST, "tag=Grinder").0.print(), "tag=grinder", "kept in views as it is found");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert!(found(&other, "tag=grinder").is_empty());
    }

    fn the_list_has_views_of_what_waits_and_of_ones_own(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let me = desk.f.owner.clone();
        let sam = desk.f.staff(Role::Support);
        let sam_id = crate::kit::PersonId::from_db(sam.actor.id.clone());
        make(&desk, NewTicket { assignee: Some(me.clone()), ..about("Mine", Some(&ana)) }).unwrap();
        make(&desk.days(1), NewTicket { tags: vec!["Roast".into()], ..about("Nobody’s", None) }).unwrap();
        let theirs = make(&desk.days(2), NewTicket { assignee: Some(sam_id.clone()), priority: Priority::Urgent, ..about("Sam’s", None) }).unwrap();
        change(&desk.days(3), &theirs, Edit { status: Some(Status::Waiting), ..Edit::default() }).unwrap();
        let done = make(&desk, about("Over", None)).unwrap();
        change(&desk.days(4), &done, Edit { status: Some(Status::Closed), ..Edit::default() }).unwrap();
        assert_eq!(found(&desk, ""), ["1003", "1002", "1001"]);
        assert_eq!(found(&desk, "view=mine"), ["1001"]);
        let hers = Desk { ctx: sam.clone(), ..desk.clone() };
        assert_eq!((found(&hers, "view=mine"), found(&hers, "mine=false&status=open")), (vec!["1003".to_owned()], vec!["1002".to_owned(), "1001".to_owned()]));
        assert_eq!((found(&desk, "view=unassigned"), found(&desk, "view=all&status=closed")), (vec!["1002".to_owned()], vec!["1004".to_owned()]));
        assert_eq!((found(&desk, &format!("assignee={sam_id}")), found(&desk, "priority=urgent")), (vec!["1003".to_owned()], vec!["1003".to_owned()]));
        assert_eq!((found(&desk, "q=roas"), found(&desk, "q=ana"), found(&desk, "q=min"), found(&desk, "q=1003")), (vec!["1002".to_owned()], vec!["1001".to_owned()], vec!["1001".to_owned()], vec!["1003".to_owned()]));
        assert_eq!(desk.read(unsettled).unwrap(), (2, 1));
        assert_eq!((found(&desk, "view=all&sort=priority")[0].as_str(), found(&desk, "view=all&sort=priority&dir=asc")[3].as_str()), ("1003", "1003"), "the most urgent first");
    }

    fn only_staff_who_may_work_are_given_tickets(db) {
        let desk = Desk::new(db);
        let (reader, support) = (desk.f.staff(Role::ReadOnly), desk.f.staff(Role::Support));
        let of = |ctx: &Ctx| crate::kit::PersonId::from_db(ctx.actor.id.clone());
        assert_eq!(refusal(make(&desk, NewTicket { assignee: Some(of(&reader)), ..about("A", None) })), "assignee:unknown");
        assert_eq!(desk.read(colleagues).unwrap().iter().filter(|c| c.works).count(), 2);
        let id = make(&desk, NewTicket { assignee: Some(of(&support)), ..about("A", None) }).unwrap();
        assert_eq!(look(&desk, &id).assignee_name, "Sam");
        let poor = Desk { ctx: desk.f.without(Right::Write), ..desk.clone() };
        assert_eq!(refusal(make(&poor, about("B", None))), "forbidden write");
        assert_eq!(refusal(speak(&poor, &id, EntryKind::Note, "x", None)), "forbidden write");
        assert_eq!(refusal(change(&poor, &id, Edit::default())), "forbidden write");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(change(&other, &id, Edit::default())), "no ticket");
        assert_eq!(refusal(make(&other, NewTicket { assignee: Some(of(&support)), ..about("C", None) })), "assignee:unknown");
        assert_eq!((found(&other, "view=all").len(), found(&desk, "view=all").len()), (0, 1));
        let version = Edit { expected_version: Some(1), priority: Some(Priority::High), ..Edit::default() };
        change(&desk, &id, version.clone()).unwrap();
        assert_eq!(refusal(change(&desk, &id, version)), "changed");
        assert_eq!(refusal(make(&desk, about("Broken\ncup", None))), "subject:invalid", "a subject has one line");
        assert_eq!(refusal(make(&desk, NewTicket { tags: vec!["x".repeat(41)], ..about(" ", None) })), "subject:required tags:too_long");
    }

    fn several_are_changed_together_or_not_at_all(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let ids: Vec<TicketId> = (0..3).map(|n| make(&desk, about(&format!("T{n}"), (n > 0).then_some(&ana))).unwrap()).collect();
        let all = |desk: &Desk, ids: Vec<TicketId>, status, to: Option<Option<crate::kit::PersonId>>| desk.write(move |tx, ctx| bulk(tx, ctx, &ids, status, to.clone()).map(|c| c.count));
        assert_eq!(refusal(all(&desk, Vec::new(), Some(Status::Solved), None)), "ids:invalid");
        let mut with_foreign = ids.clone();
        with_foreign.push(TicketId::of(&[7; 16]));
        assert_eq!(refusal(all(&desk, with_foreign, Some(Status::Solved), None)), "no ticket");
        assert_eq!(found(&desk, "status=open").len(), 3, "none changed");
        let twice = ids.iter().chain(&ids).cloned().collect();
        assert_eq!(all(&desk, twice, Some(Status::Solved), Some(Some(desk.f.owner.clone()))).unwrap(), 3);
        assert_eq!((all(&desk, ids.clone(), Some(Status::Solved), None).unwrap(), found(&desk, "view=all&status=solved&mine=true").len()), (0, 3));
        assert_eq!(all(&desk, ids, None, Some(None)).unwrap(), 3);
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        let one = make(&desk, about("Ours", None)).unwrap();
        assert_eq!(refusal(all(&other, vec![one], Some(Status::Closed), None)), "no ticket");
    }

    fn a_change_of_several_is_taken_back_but_for_what_was_touched_since(db) {
        let desk = Desk::new(db);
        let ids: Vec<TicketId> = (0..3).map(|n| make(&desk, about(&format!("T{n}"), None)).unwrap()).collect();
        let owner = desk.f.owner.clone();
        let done = { let (ids, owner) = (ids.clone(), owner.clone()); desk.write(move |tx, ctx| bulk(tx, ctx, &ids, Some(Status::Solved), Some(Some(owner.clone())))).unwrap() };
        assert_eq!(done.count, 3);
        change(&desk, &ids[2], Edit { priority: Some(Priority::High), ..Edit::default() }).unwrap();
        let undo = done.undo.unwrap();
        let back = |desk: &Desk| { let undo = undo.clone(); desk.write(move |tx, ctx| undo_bulk(tx, ctx, &undo)) };
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(back(&other)), "no change of tickets");
        let poor = Desk { ctx: desk.f.without(Right::Write), ..desk.clone() };
        assert_eq!(refusal(back(&poor)), "forbidden write");
        assert_eq!(back(&desk).unwrap(), (2, 1));
        let stands = |id: &TicketId| { let t = look(&desk, id); (t.status, t.assignee) };
        assert_eq!((stands(&ids[0]), stands(&ids[2])), ((Status::Open, None), (Status::Solved, Some(owner))));
        assert_eq!(refusal(back(&desk)), "no change of tickets", "twice is once");
        let nothing = { let one = vec![ids[0].clone()]; desk.write(move |tx, ctx| bulk(tx, ctx, &one, Some(Status::Open), None)).unwrap() };
        assert_eq!((nothing.count, nothing.undo), (0, None));
    }

    fn tickets_go_with_a_merge_and_come_back_with_its_undo(db) {
        let desk = Desk::new(db);
        let (ana, twin) = (desk.customer("ana@example.es"), desk.customer("ana@work.example"));
        let theirs = make(&desk, about("Theirs", Some(&twin))).unwrap();
        let done = { let (ana, twin) = (ana.clone(), twin.clone()); desk.write(move |tx, ctx| merge::merge(tx, ctx, std::slice::from_ref(&twin), &ana, &merge::Choices::new())).unwrap() };
        assert_eq!(look(&desk, &theirs).customer, Some(ana.clone()));
        let by_old_id = make(&desk, about("By the old id", Some(&twin))).unwrap();
        assert_eq!(look(&desk, &by_old_id).customer, Some(ana.clone()));
        desk.verified();
        let id = done[0].id.clone();
        desk.write(move |tx, ctx| merge::undo(tx, ctx, &id)).unwrap();
        assert_eq!((look(&desk, &theirs).customer, look(&desk, &by_old_id).customer), (Some(twin), Some(ana)));
        desk.verified();
    }

    fn a_ticket_that_is_not_closed_keeps_its_customer_from_being_anonymised(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = make(&desk, NewTicket { tags: vec!["Ana’s".into()], first: (EntryKind::Message, "Call Ana.".into()), ..about("Ana’s grinder", Some(&ana)) }).unwrap();
        let active = |desk: &Desk| { let ana = ana.clone(); desk.read(move |tx, ctx| crate::privacy::active(tx, ctx, &ana)).unwrap() };
        assert_eq!(active(&desk).iter().map(|l| (l.kind, l.label.as_str())).collect::<Vec<_>>(), [("ticket", "Ticket 1001")]);
        change(&desk, &id, Edit { status: Some(Status::Solved), ..Edit::default() }).unwrap();
        assert_eq!(active(&desk).len(), 1, "solved is not closed");
        change(&desk, &id, Edit { status: Some(Status::Closed), ..Edit::default() }).unwrap();
        assert_eq!(active(&desk), []);
    }

    fn deleting_a_customer_for_good_takes_its_tickets_along(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = make(&desk, NewTicket { tags: vec!["x".into()], first: (EntryKind::Message, "Hello".into()), ..about("A", Some(&ana)) }).unwrap();
        desk.write(move |tx, ctx| customers::delete_permanently(tx, ctx, &ana)).unwrap();
        assert!(matches!(desk.read(move |tx, ctx| get(tx, ctx, &id)), Err(Error::NotFound("ticket"))));
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn tickets_made_at_once_have_a_number_each(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        db.together(8, |n, _| make(&desk, about(&format!("T{n}"), (n % 2 == 0).then_some(&ana))).unwrap());
        let mut numbers = found(&desk, "view=all");
        numbers.sort();
        assert_eq!(numbers, (1001..1009).map(|n| n.to_string()).collect::<Vec<_>>());
    }

    fn links_answers_and_merges_at_once_leave_each_ticket_with_somebody_who_is_here(db) {
        let desk = Desk::new(db);
        let (ana, bob) = (desk.customer("ana@example.es"), desk.customer("bob@example.com"));
        let id = make(&desk, about("Whose", Some(&bob))).unwrap();
        db.together(9, |n, _| match n % 3 {
            0 => drop(change(&desk, &id, Edit { customer: Some(if n == 0 { ana.clone() } else { bob.clone() }), ..Edit::default() })),
            1 => drop(speak(&desk, &id, EntryKind::Message, "Hello?", None)),
            _ => { let (ana, bob) = (ana.clone(), bob.clone()); drop(desk.write(move |tx, ctx| merge::merge(tx, ctx, std::slice::from_ref(&bob), &ana, &merge::Choices::new()))) }
        });
        assert_eq!(look(&desk, &id).customer, Some(ana));
        desk.verified();
    }
}
