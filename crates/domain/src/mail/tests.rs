//! The outbox, on both engines.

use super::*;
use crate::invoices;
use crate::kit::{InvoiceId, Result};
use crate::orders::desk::{Desk, refusal};

const MINUTE: i64 = 60_000_000;

fn invoice(desk: &Desk, email: &str) -> InvoiceId {
    let mut edit = invoices::SettingsEdit {
        format: "INV-{number}".into(),
        credit_format: "CN-{number}".into(),
        rounding: "line".into(),
        prices: "net".into(),
        category: "standard".into(),
        rate: "20".into(),
        ..invoices::SettingsEdit::default()
    };
    edit.seller.name = "Roastery".into();
    edit.seller.vat_number = "FR40303265045".into();
    edit.seller.address.country = "FR".into();
    let line =
        invoices::LineInput { title: "Coffee".into(), quantity: "1".into(), unit_price: "10".into(), ..invoices::LineInput::default() };
    let customer = desk.customer(email);
    desk.write(move |tx, ctx| {
        invoices::edit_settings(tx, ctx, &edit)?;
        let new = invoices::NewInvoice {
            customer: customer.clone(),
            currency: None,
            lines: vec![line.clone()],
            prices: String::new(),
            note: String::new(),
            terms_days: None,
        };
        let id = invoices::create(tx, ctx, &new)?;
        tx.next_verb();
        invoices::issue(tx, ctx, &id)?;
        Ok(id)
    })
    .unwrap()
}

fn send(desk: &Desk, id: &InvoiceId, to: &str) -> Result<MailId> {
    let (id, to) = (id.clone(), to.to_owned());
    desk.write(move |tx, ctx| send_invoice(tx, ctx, &id, &to, ""))
}

fn claim_at(desk: &Desk, worker: &str, now: Micros) -> Option<Claimed> {
    let worker = worker.to_owned();
    desk.write(move |tx, _| claim(tx, &worker, now)).unwrap()
}

fn say(desk: &Desk, claimed: &Claimed, outcome: Outcome, now: Micros) {
    let claimed = claimed.clone();
    desk.write(move |tx, _| done(tx, &claimed, &outcome, now)).unwrap();
}

fn outbox(desk: &Desk, id: &InvoiceId) -> Vec<Mail> {
    let id = id.clone();
    desk.read(move |tx, ctx| of_invoice(tx, ctx, &id)).unwrap()
}

store::db_test! {
    crate::migrations();

    fn a_mail_is_claimed_once_and_sent(db) {
        let desk = Desk::new(db);
        let id = invoice(&desk, "ana@example.es");
        send(&desk, &id, "").unwrap();
        let held = claim_at(&desk, "a", desk.now()).unwrap();
        assert_eq!(claim_at(&desk, "b", desk.now()), None);
        let letter = { let held = held.clone(); desk.read(move |tx, ctx| letter(tx, &held, ctx.now)) }.unwrap();
        assert_eq!((letter.to.as_str(), letter.from_name.as_str(), letter.subject.as_str()), ("ana@example.es", "Roastery", "Invoice INV-00001 – Roastery"));
        assert!(letter.body.contains("€12.00") && letter.paper.unwrap().pdf().unwrap().starts_with(b"%PDF"));
        say(&desk, &held, Outcome::Sent, desk.now() + 5);
        let sent = outbox(&desk, &id).remove(0);
        assert_eq!((sent.state, sent.sent_at, sent.attempts), (State::Sent, Some(desk.now() + 5), 1));
        assert_eq!(claim_at(&desk, "b", desk.now() + 100 * MINUTE), None);
        let mail = sent.id;
        assert_eq!(refusal(desk.write(move |tx, ctx| retry(tx, ctx, &mail))), "mail_state");
    }

    fn what_did_not_arrive_is_tried_again_with_growing_pauses_and_then_fails(db) {
        let desk = Desk::new(db);
        let id = invoice(&desk, "ana@example.es");
        let mail = send(&desk, &id, "other@example.es").unwrap();
        let mut now = desk.now();
        for attempt in 1..=8 {
            let held = claim_at(&desk, "a", now).unwrap();
            assert_eq!(held.attempt, attempt);
            say(&desk, &held, Outcome::Later("451 greylisted".into()), now);
            let m = outbox(&desk, &id).remove(0);
            assert_eq!(m.error, "451 greylisted");
            match m.next_at {
                Some(next) => {
                    assert!(next - now >= MINUTE && claim_at(&desk, "a", next - 1).is_none());
                    now = next;
                }
                None => assert_eq!((attempt, m.state), (8, State::Failed)),
            }
        }
        desk.write(move |tx, ctx| retry(tx, ctx, &mail)).unwrap();
        assert_eq!(claim_at(&desk, "a", now).unwrap().attempt, 1);
    }

    fn nobody_sends_again_what_may_have_arrived(db) {
        let desk = Desk::new(db);
        let id = invoice(&desk, "ana@example.es");
        send(&desk, &id, "").unwrap();
        let held = claim_at(&desk, "a", desk.now()).unwrap();
        // The worker dies; its lease runs out.
        let later = desk.now() + 11 * MINUTE;
        assert_eq!(claim_at(&desk, "b", later), None);
        let m = outbox(&desk, &id).remove(0);
        assert_eq!(m.state, State::Unknown);
        assert!(m.error.contains("interrupted"));
        say(&desk, &held, Outcome::Sent, later);
        assert_eq!(outbox(&desk, &id)[0].state, State::Unknown, "who lost the mail says nothing about it any more");

        send(&desk, &id, "").unwrap();
        let held = claim_at(&desk, "a", later).unwrap();
        say(&desk, &held, Outcome::Unclear("the line was cut".into()), later);
        let m = outbox(&desk, &id).remove(0);
        assert_eq!(m.state, State::Unknown);
        assert!(m.error.starts_with("It may have arrived"));
        assert_eq!(claim_at(&desk, "b", later + 1_000 * MINUTE), None);
        // A person knows, and sends it again.
        desk.write(move |tx, ctx| retry(tx, ctx, &m.id)).unwrap();
        let held = claim_at(&desk, "a", later).unwrap();
        say(&desk, &held, Outcome::Sent, later);
        assert_eq!(outbox(&desk, &id)[0].state, State::Sent);
        send(&desk, &id, "").unwrap();
        let held = claim_at(&desk, "a", later).unwrap();
        say(&desk, &held, Outcome::Refused("550 no such user".into()), later);
        assert_eq!((outbox(&desk, &id)[0].state, claim_at(&desk, "b", later + MINUTE)), (State::Failed, None));
    }

    fn whom_a_server_does_not_know_is_marked_and_the_next_mail_from_there_takes_it_off(db) {
        let desk = Desk::new(db);
        let id = invoice(&desk, "ana@example.es");
        send(&desk, &id, "").unwrap();
        let held = claim_at(&desk, "a", desk.now()).unwrap();
        say(&desk, &held, Outcome::NoRecipient { code: "5.1.1".into(), words: "550 5.1.1 nobody of that name".into() }, desk.now());
        let m = outbox(&desk, &id).remove(0);
        assert_eq!((m.state, m.error.as_str()), (State::Failed, "550 5.1.1 nobody of that name"));
        let mark = desk.read(|tx, ctx| crate::addresses::standing(tx, ctx, "Ana@example.es")).unwrap().unwrap();
        assert_eq!((mark.code.as_str(), mark.words()), ("5.1.1", "there is no such mailbox"));
        let which = id.clone();
        let whose = desk.read(move |tx, ctx| invoices::get(tx, ctx, &which)).unwrap().summary.customer.unwrap();
        let told = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &whose, "", None, 10)).unwrap();
        assert_eq!(told.entries[0].kind, "customer.address_bounced");
        // Another worker that lost the mail says nothing about the address.
        send(&desk, &id, "other@example.es").unwrap();
        let lost = claim_at(&desk, "a", desk.now()).unwrap();
        assert_eq!(claim_at(&desk, "b", desk.now() + 11 * MINUTE), None);
        say(&desk, &lost, Outcome::NoRecipient { code: "5.1.1".into(), words: "no".into() }, desk.now() + 11 * MINUTE);
        assert_eq!(desk.read(|tx, ctx| crate::addresses::standing(tx, ctx, "other@example.es")).unwrap(), None);
    }

    fn an_address_is_asked_for(db) {
        let desk = Desk::new(db);
        let id = invoice(&desk, "ana@example.es");
        assert_eq!(refusal(send(&desk, &id, "nobody")), "to:invalid");
        assert_eq!(refusal(send(&desk, &id, "a@b\r\nBcc: c@d")), "to:invalid");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(send(&other, &id, "")), "no invoice");
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn many_workers_send_each_mail_once(db) {
        let desk = Desk::new(db);
        let id = invoice(&desk, "ana@example.es");
        for _ in 0..20 {
            send(&desk, &id, "").unwrap();
        }
        let counts = db.together(8, |n, _| {
            let mut sent = 0;
            while let Some(held) = claim_at(&desk, &format!("w{n}"), desk.now()) {
                say(&desk, &held, Outcome::Sent, desk.now());
                sent += 1;
            }
            sent
        });
        assert_eq!(counts.iter().sum::<usize>(), 20);
        assert!(outbox(&desk, &id).iter().all(|m| m.state == State::Sent && m.attempts == 1));
    }
}
