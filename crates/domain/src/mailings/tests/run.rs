//! From the preview to the last line: who gets it, pace, pause, cancel, what the outbox says.

use super::*;
use crate::addresses;
use crate::customers::{self, CustomerEdit};
use crate::kit::{Ctx, Right};
use crate::orders::desk::refusal;
use crate::privacy::{self, Cause};
use crate::providers::Vault;

const MINUTE: Micros = 60_000_000;

fn edit(desk: &Desk, id: &CustomerId, patch: CustomerEdit) {
    let id = id.clone();
    desk.write(move |tx, ctx| customers::edit(tx, ctx, &id, patch.clone())).unwrap();
}

store::db_test! {
    crate::migrations();

    fn who_gets_it_is_who_the_preview_said_and_the_rest_has_a_reason(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let mut ids = crowd(&desk, 8);
        desk.archive(&ids[0], true);
        let (gone, erased, copy) = (ids[1].clone(), ids[2].clone(), desk.customer("C003@example.com"));
        desk.write(move |tx, ctx| customers::delete(tx, ctx, &gone)).unwrap();
        let vault = || Vault::new(&[7; 32]).unwrap();
        desk.write(move |tx, ctx| privacy::anonymise(tx, ctx, &vault(), &erased, Cause::Hand).map(drop)).unwrap();
        edit(&desk, &ids[4], CustomerEdit { marketing: Some(true), ..CustomerEdit::default() });
        edit(&desk, &ids[5], CustomerEdit { marketing: Some(true), ..CustomerEdit::default() });
        edit(&desk, &ids[5], CustomerEdit { marketing: Some(false), ..CustomerEdit::default() });
        desk.write(|tx, ctx| addresses::bounced(tx, ctx, "c006@example.com", "5.1.1")).unwrap();
        ids.push(copy.clone());
        let mut new = to(&template, Selection::Ids(ids.clone()));
        let said = look_at(&desk, &new);
        let expected = [Skip::Archived, Skip::Deleted, Skip::Anonymised, Skip::Unsubscribed, Skip::Bounced, Skip::SameAddress];
        assert_eq!((said.will, said.skipped.clone()), (3, expected.map(|skip| (skip, 1)).into()));
        assert_eq!((said.named.len(), said.mail.unwrap().subject.starts_with("Hello c00")), (6, true));

        let id = begin(&desk, &new).unwrap();
        work(&desk, desk.now());
        assert_eq!(state(&desk, &id), State::Done);
        let got = counted(&desk, &id);
        assert_eq!((got.of(Outcome::Queued), got.skipped), (3, expected.map(|skip| (skip, 1)).into()));
        assert_eq!(post(&desk, desk.now(), &mail::Outcome::Sent), ["c003@example.com", "c004@example.com", "c007@example.com"]);
        assert_eq!(counted(&desk, &id).of(Outcome::Sent), 3);
        desk.verified();

        new.consenting_only = true;
        let said = look_at(&desk, &new);
        assert_eq!((said.will, said.skipped[&Skip::NoConsent]), (1, 3), "c004 agreed; c003 and c007 never did, nor did the other c003");
    }

    fn all_that_match_go_through_slices_and_nobody_has_two_lines(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        crowd(&desk, 230);
        let id = begin(&desk, &to(&template, all())).unwrap();
        desk.at(desk.now() + MINUTE).customer("late@example.com");
        work(&desk, desk.now());
        let found = lines(&desk, &id);
        assert_eq!(found.len(), 230, "who came later is not meant");
        assert_eq!(found.iter().map(|l| l.position).collect::<Vec<_>>(), (1..=230).collect::<Vec<_>>());
        let sent = post(&desk, desk.now(), &mail::Outcome::Sent);
        assert_eq!((sent.len(), sent[0].as_str()), (230, "c000@example.com"));
    }

    fn the_pace_is_kept_and_mail_does_not_pile_up(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        crowd(&desk, 60);
        let id = begin(&desk, &NewMailing { per_minute: 24, ..to(&template, all()) }).unwrap();
        work(&desk, desk.now());
        assert_eq!(counted(&desk, &id).lines(), 2, "two in five seconds are 24 a minute");
        let mut now = desk.now();
        for _ in 0..30 {
            now += MINUTE / 12;
            work(&desk, now);
        }
        assert_eq!(counted(&desk, &id).lines(), 24, "the server is down: no more than a minute's waits");
        for _ in 0..30 {
            now += MINUTE / 12;
            post(&desk, now, &mail::Outcome::Sent);
            work(&desk, now);
        }
        assert_eq!((counted(&desk, &id).lines(), state(&desk, &id)), (60, State::Done));
    }

    fn a_paused_mailing_stands_still_and_goes_on_where_it_was(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        crowd(&desk, 20);
        let id = begin(&desk, &NewMailing { per_minute: 60, ..to(&template, all()) }).unwrap();
        work(&desk, desk.now());
        let which = id.clone();
        desk.write(move |tx, ctx| pause(tx, ctx, &which)).unwrap();
        let later = desk.now() + MINUTE;
        work(&desk, later);
        assert_eq!(post(&desk, later, &mail::Outcome::Sent), Vec::<String>::new(), "also what waited in the outbox stands still");
        assert_eq!(counted(&desk, &id).lines(), 5);
        let which = id.clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| pause(tx, ctx, &which))), "mailing_state");
        let (which, at) = (id.clone(), desk.at(later));
        at.write(move |tx, ctx| resume(tx, ctx, &which)).unwrap();
        let mut sent = Vec::new();
        for step in 0..6 {
            let now = later + step * MINUTE / 12;
            work(&desk, now);
            sent.extend(post(&desk, now, &mail::Outcome::Sent));
        }
        sent.sort();
        let unique: std::collections::BTreeSet<_> = sent.iter().collect();
        assert_eq!((sent.len(), unique.len(), state(&desk, &id)), (20, 20, State::Done));
        desk.verified();
    }

    fn a_cancelled_mailing_takes_back_what_waits(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        crowd(&desk, 30);
        let id = begin(&desk, &NewMailing { per_minute: 120, ..to(&template, all()) }).unwrap();
        work(&desk, desk.now());
        // One is in the hands of a worker, one waits for another try.
        let now = desk.now();
        let held = desk.write(move |tx, _| mail::claim(tx, "post", now)).unwrap().unwrap();
        let which = id.clone();
        desk.write(move |tx, ctx| cancel(tx, ctx, &which)).unwrap();
        let counts = counted(&desk, &id);
        assert_eq!((state(&desk, &id), counts.of(Outcome::Queued), counts.skipped[&Skip::Cancelled]), (State::Cancelled, 1, 9));
        assert_eq!(post(&desk, now, &mail::Outcome::Sent), Vec::<String>::new());
        // The server says "later": there is no later any more.
        desk.write(move |tx, _| mail::done(tx, &held, &mail::Outcome::Later("busy".into()), now)).unwrap();
        assert_eq!(counted(&desk, &id).skipped[&Skip::Cancelled], 10);
        work(&desk, now + MINUTE);
        assert_eq!(post(&desk, now + 1_000 * MINUTE, &mail::Outcome::Sent), Vec::<String>::new());
        assert_eq!(counted(&desk, &id).lines(), 10, "who had no line gets none");
        let which = id.clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| cancel(tx, ctx, &which))), "mailing_state");
        desk.verified();
    }

    fn what_the_server_says_stands_in_the_line_and_unknown_is_never_sent_again(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let ids = crowd(&desk, 3);
        let began = |n: usize| begin(&desk, &to(&template, Selection::Ids(vec![ids[n].clone()]))).unwrap();
        let (refused, unclear, later) = (began(0), began(1), began(2));
        work(&desk, desk.now());
        let now = desk.now();
        let say = |outcome: mail::Outcome| {
            let held = desk.write(move |tx, _| mail::claim(tx, "post", now)).unwrap().unwrap();
            desk.write(move |tx, _| mail::done(tx, &held, &outcome, now)).unwrap();
        };
        say(mail::Outcome::Refused("550 nobody".into()));
        say(mail::Outcome::Unclear("cut".into()));
        say(mail::Outcome::Later("451 busy".into()));
        let line = |id| lines(&desk, id).remove(0);
        assert_eq!((line(&refused).outcome, line(&refused).detail.as_str()), (Outcome::Failed, "550 nobody"));
        assert_eq!((line(&unclear).outcome, line(&later).outcome), (Outcome::Unknown, Outcome::Queued));
        assert_eq!(post(&desk, now + 10 * MINUTE, &mail::Outcome::Sent), ["c002@example.com"]);
        assert_eq!(post(&desk, now + 10_000 * MINUTE, &mail::Outcome::Sent), Vec::<String>::new());
        desk.verified();
    }

    fn wrong_rights_other_merchants_and_nonsense_begin_nothing(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        crowd(&desk, 2);
        let without = Desk { ctx: desk.f.without(Right::BulkMail), ..desk.clone() };
        assert!(begin(&without, &to(&template, all())).is_err());
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(begin(&other, &to(&template, all()))), "template:unknown");
        assert_eq!(refusal(begin(&desk, &NewMailing { per_minute: 0, ..to(&template, all()) })), "per_minute:invalid");
        assert_eq!(refusal(begin(&desk, &to(&template, Selection::Ids(Vec::new())))), "ids:required");
        let id = begin(&desk, &to(&template, all())).unwrap();
        for verb in [pause, resume, cancel] {
            let which = id.clone();
            assert_eq!(refusal(other.write(move |tx, ctx| verb(tx, ctx, &which))), "no mailing");
            let which = id.clone();
            assert!(without.write(move |tx, ctx| verb(tx, ctx, &which)).is_err());
        }
        let which = template.clone();
        desk.write(move |tx, ctx| templates::archive(tx, ctx, &which)).unwrap();
        assert_eq!(refusal(begin(&desk, &to(&template, all()))), "template:unknown");
    }

    fn verify_sees_a_line_that_says_what_the_outbox_does_not(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        crowd(&desk, 2);
        begin(&desk, &to(&template, all())).unwrap();
        work(&desk, desk.now());
        desk.verified();
        desk.write(|tx, _| Ok(tx.exec(&store::Stmt::built("UPDATE mailing_rows SET outcome = 'sent' WHERE position = 1".into()), &[])?)).unwrap();
        assert_eq!(desk.differences().len(), 1);
    }

    fn a_mail_to_one_customer_begins_with_a_template(db) {
        let desk = Desk::new(db);
        let (ana, which) = (desk.customer("ana@example.es"), template(&desk));
        let fill = |ctx: &Ctx, which: &TemplateId, whom: &CustomerId| {
            let (ctx, which, whom) = (ctx.clone(), which.clone(), whom.clone());
            desk.f.db.read_now(move |tx| filled(tx, &ctx, &which, &whom))
        };
        let written = fill(&desk.ctx, &which, &ana).unwrap();
        assert_eq!((written.subject.as_str(), written.body.trim()), ("Hello ana@example.es", "From Online."));
        assert_eq!(refusal(fill(&desk.f.without(Right::Write), &which, &ana)), "forbidden write");
        assert_eq!(refusal(fill(&desk.f.other().ctx, &which, &ana)), "template:unknown");
        desk.write({ let which = which.clone(); move |tx, ctx| templates::archive(tx, ctx, &which) }).unwrap();
        assert_eq!(refusal(fill(&desk.ctx, &which, &ana)), "template:unknown", "nobody chooses it any more");
    }

    fn a_trial_is_marked_and_counts_nowhere(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let ana = desk.customer("ana@example.es");
        let which = template.clone();
        desk.write(move |tx, ctx| send_trial(tx, ctx, &which, &ana, "olivia@example.com")).unwrap();
        let now = desk.now();
        let held = desk.write(move |tx, _| mail::claim(tx, "post", now)).unwrap().unwrap();
        let letter = desk.read(move |tx, _| mail::letter(tx, &held, now)).unwrap();
        assert_eq!((letter.to.as_str(), letter.subject.as_str(), letter.from_name.as_str()), ("olivia@example.com", "[Trial] Hello ana@example.es", "Online"));
        assert!(letter.bulk && letter.unsubscribe.is_none());
    }
}
