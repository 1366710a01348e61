//! What a reader does: wants no more; is erased; comes again.

use super::*;
use crate::customers;
use crate::orders::desk::refusal;
use crate::privacy::{self, Cause};
use crate::providers::Vault;

/// One mailing to these, sent; gives the ends of the links by address.
fn links(desk: &Desk, new: &NewMailing) -> (MailingId, Vec<(String, String)>) {
    let id = begin(desk, new).unwrap();
    work(desk, desk.now());
    let now = desk.now();
    let mut found = Vec::new();
    while let Some(claimed) = desk.write(move |tx, _| mail::claim(tx, "post", now)).unwrap() {
        let held = claimed.clone();
        let letter = desk.read(move |tx, _| mail::letter(tx, &held, now)).unwrap();
        found.push((letter.to, letter.unsubscribe.expect("a way out")));
        desk.write(move |tx, _| mail::done(tx, &claimed, &mail::Outcome::Sent, now)).unwrap();
    }
    found.sort();
    (id, found)
}

fn press(desk: &Desk, token: &str) -> Result<()> {
    let token = token.to_owned();
    desk.write(move |tx, ctx| {
        let asked = asked(tx, &token, ctx.now)?;
        unsubscribe(tx, &asked)
    })
}

store::db_test! {
    crate::migrations();

    fn one_press_ends_it_for_everybody_with_the_address(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let (ana, twin, ben) = (desk.customer("ana@example.es"), desk.customer("Ana@example.es"), desk.customer("ben@example.es"));
        let (first, found) = links(&desk, &to(&template, Selection::Ids(vec![ana.clone(), ben.clone()])));
        assert_eq!(found.len(), 2);
        // What waits for the reader is taken back, too.
        let second = begin(&desk, &to(&template, Selection::Ids(vec![ana.clone()]))).unwrap();
        work(&desk, desk.now());
        press(&desk, &found[0].1).unwrap();
        press(&desk, &found[0].1).unwrap();
        assert_eq!((counted(&desk, &first).unsubscribed, counted(&desk, &second).skipped[&Skip::Unsubscribed]), (1, 1));
        assert_eq!(post(&desk, desk.now(), &mail::Outcome::Sent), Vec::<String>::new());
        let said = look_at(&desk, &to(&template, Selection::Ids(vec![ana.clone(), twin, ben])));
        assert_eq!((said.will, said.skipped), (1, [(Skip::Unsubscribed, 2)].into()));
        let told = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "customer.unsubscribed", None, 10)).unwrap();
        assert_eq!(told.entries.len(), 1, "twice is once");
        desk.verified();
    }

    fn a_link_that_is_not_genuine_does_nothing(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let ana = desk.customer("ana@example.es");
        let (_, found) = links(&desk, &to(&template, Selection::Ids(vec![ana])));
        let good = &found[0].1;
        for at in [0, 30, 60, 90, good.len() - 1] {
            let mut bad = good.clone().into_bytes();
            bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(refusal(press(&desk, &String::from_utf8(bad).unwrap())), "no mailing", "{at}");
        }
        for bad in ["", "x", "…", &good[1..], &format!("{good}A")] {
            assert_eq!(refusal(press(&desk, bad)), "no mailing");
        }
        press(&desk, good).unwrap();
    }

    fn a_refusal_outlasts_the_readers_data(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let ana = desk.customer("ana@example.es");
        let (id, found) = links(&desk, &to(&template, Selection::Ids(vec![ana.clone()])));
        let vault = || Vault::new(&[7; 32]).unwrap();
        desk.write(move |tx, ctx| privacy::anonymise(tx, ctx, &vault(), &ana, Cause::Hand).map(drop)).unwrap();
        let line = lines(&desk, &id).remove(0);
        assert_eq!((line.outcome, line.mail), (Outcome::Sent, None));
        press(&desk, &found[0].1).unwrap();
        let again = desk.customer("ana@example.es");
        let said = look_at(&desk, &to(&template, Selection::Ids(vec![again])));
        assert_eq!(said.skipped, [(Skip::Unsubscribed, 1)].into());
        desk.verified();
    }

    fn who_is_erased_while_mail_waits_gets_none_and_is_counted(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let (ana, ben) = (desk.customer("ana@example.es"), desk.customer("ben@example.es"));
        let id = begin(&desk, &to(&template, Selection::Ids(vec![ana.clone(), ben]))).unwrap();
        work(&desk, desk.now());
        let vault = || Vault::new(&[7; 32]).unwrap();
        let which = ana.clone();
        desk.write(move |tx, ctx| privacy::anonymise(tx, ctx, &vault(), &which, Cause::Hand).map(drop)).unwrap();
        assert_eq!(post(&desk, desk.now(), &mail::Outcome::Sent), ["ben@example.es"]);
        let counts = counted(&desk, &id);
        assert_eq!((counts.of(Outcome::Sent), counts.skipped), (1, [(Skip::Anonymised, 1)].into()));
        desk.verified();
    }

    fn a_bounce_shows_in_the_mailing_and_keeps_the_address_out_of_the_next(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let ana = desk.customer("ana@example.es");
        let (id, _) = links(&desk, &to(&template, Selection::Ids(vec![ana.clone()])));
        desk.write(|tx, ctx| crate::addresses::bounced(tx, ctx, "ANA@example.es", "5.1.1")).unwrap();
        assert_eq!(counted(&desk, &id).bounced, 1);
        let new = to(&template, Selection::Ids(vec![ana]));
        assert_eq!(look_at(&desk, &new).skipped, [(Skip::Bounced, 1)].into());
        desk.write(|tx, ctx| crate::addresses::clear(tx, ctx, "ana@example.es")).unwrap();
        assert_eq!(look_at(&desk, &new).will, 1);
    }

    fn a_link_leads_to_the_survivor_of_a_merge(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let (ana, twin) = (desk.customer("ana@example.es"), desk.customer("ana@example.com"));
        let (id, found) = links(&desk, &to(&template, Selection::Ids(vec![ana.clone()])));
        let (gone, stays) = (ana.clone(), twin.clone());
        desk.write(move |tx, ctx| customers::merge::merge(tx, ctx, std::slice::from_ref(&gone), &stays, &Default::default()).map(drop)).unwrap();
        press(&desk, &found[0].1).unwrap();
        let said = look_at(&desk, &to(&template, Selection::Ids(vec![ana, twin])));
        assert_eq!(said.skipped, [(Skip::Merged, 1), (Skip::Unsubscribed, 1)].into());
        assert_eq!((lines(&desk, &id).len(), counted(&desk, &id).unsubscribed), (1, 1));
        desk.verified();
    }
}
