//! Hours may lie between the choice of a reader and the mail: who may not get it by then gets none.

use super::*;
use crate::customers::{self, CustomerEdit};
use crate::kit::CustomerId;
use crate::orders::desk::refusal;

const HOUR: Micros = 3_600_000_000;

fn marketing(desk: &Desk, who: &CustomerId, wants: bool) {
    let who = who.clone();
    desk.write(move |tx, ctx| customers::edit(tx, ctx, &who, CustomerEdit { marketing: Some(wants), ..CustomerEdit::default() })).unwrap();
}

/// Five readers: the first wants no more, the second is archived, the third deleted, the fourth bounced, and the fifth stays as they were.
fn five(desk: &Desk) -> Vec<CustomerId> {
    let all = crowd(desk, 5);
    for one in &all {
        marketing(desk, one, true);
    }
    all
}

fn change(desk: &Desk, all: &[CustomerId]) {
    marketing(desk, &all[0], false);
    desk.archive(&all[1], true);
    let gone = all[2].clone();
    desk.write(move |tx, ctx| customers::delete(tx, ctx, &gone)).unwrap();
    desk.write(|tx, ctx| crate::addresses::bounced(tx, ctx, "c003@example.com", "5.1.1")).unwrap();
}

store::db_test! {
    crate::migrations();

    fn who_may_not_get_it_by_the_time_it_goes_gets_none_and_the_line_says_why(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let all = five(&desk);
        let id = begin(&desk, &NewMailing { consenting_only: true, ..to(&template, Selection::Ids(all.clone())) }).unwrap();
        work(&desk, desk.now());
        // The server is down for a while.
        assert_eq!(post(&desk, desk.now(), &mail::Outcome::Later("451 later".into())).len(), 5);
        change(&desk, &all);
        let later = desk.at(desk.now() + HOUR);
        assert_eq!(post(&later, later.now(), &mail::Outcome::Sent), ["c004@example.com"]);
        let counts = counted(&desk, &id);
        let why = [(Skip::Unsubscribed, 1), (Skip::Archived, 1), (Skip::Deleted, 1), (Skip::Bounced, 1)];
        assert_eq!((counts.of(Outcome::Sent), counts.skipped), (1, why.into()));
        desk.verified();
    }

    fn who_may_not_get_it_any_more_gets_it_by_no_second_press(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let all = five(&desk);
        let id = begin(&desk, &to(&template, Selection::Ids(all.clone()))).unwrap();
        work(&desk, desk.now());
        post(&desk, desk.now(), &mail::Outcome::Unclear("the line was cut".into()));
        change(&desk, &all);
        let again: Vec<_> = lines(&desk, &id).into_iter().map(|line| {
            let which = line.mail.unwrap();
            let done = desk.write(move |tx, ctx| mail::retry(tx, ctx, &which));
            if done.is_ok() { "goes".to_owned() } else { refusal(done) }
        }).collect();
        assert_eq!(again, ["unsubscribed", "customer_inactive", "customer_inactive", "bounced", "goes"]);
        assert_eq!(post(&desk, desk.now(), &mail::Outcome::Sent), ["c004@example.com"]);
        assert_eq!((counted(&desk, &id).of(Outcome::Unknown), counted(&desk, &id).of(Outcome::Sent)), (4, 1));
        desk.verified();
    }

    fn a_merged_reader_is_judged_as_who_they_are_now(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let (ana, ben) = (desk.customer("ana@example.es"), desk.customer("ben@example.es"));
        let (one, two) = (desk.customer("one@example.es"), desk.customer("two@example.es"));
        begin(&desk, &to(&template, Selection::Ids(vec![ana.clone(), ben.clone()]))).unwrap();
        work(&desk, desk.now());
        for (gone, stays) in [(ana, one), (ben, two.clone())] {
            desk.write(move |tx, ctx| customers::merge::merge(tx, ctx, std::slice::from_ref(&gone), &stays, &Default::default()).map(drop)).unwrap();
        }
        desk.archive(&two, true);
        assert_eq!(post(&desk, desk.now(), &mail::Outcome::Sent), ["ana@example.es"]);
        desk.verified();
    }
}
