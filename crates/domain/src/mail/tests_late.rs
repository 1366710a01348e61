//! Mail that waited, and mail that is tried once more: what was asked when it was written is asked again.

use super::*;
use crate::charges::tests::desk;
use crate::customers;
use crate::kit::{CustomerId, Micros, Result};
use crate::method_links;
use crate::offers::{self, NewOffer};
use crate::orders::desk::{Desk, line, refusal};
use crate::payment_links::{self, VALID_DAYS};

const ORIGIN: &str = "https://desk.example.com";
const HOUR: Micros = 3_600_000_000;

impl Desk {
    fn offered(&self, to: &CustomerId) -> (OfferId, MailId) {
        let new = NewOffer {
            customer: to.clone(),
            shop: self.f.shop.clone(),
            currency: None,
            lines: vec![line("TEE", "1", "10")],
            discount: 0,
            shipping: 0,
            tax: 0,
            note: String::new(),
            valid_until: None,
        };
        self.write(move |tx, ctx| {
            let id = offers::create(tx, ctx, &new)?;
            tx.next_verb();
            Ok((id.clone(), send_offer(tx, ctx, &id, "", "", ORIGIN)?))
        })
        .unwrap()
    }

    fn asked_to_pay(&self, who: &CustomerId) -> (PaymentLinkId, MailId) {
        let input = payment_links::LinkInput {
            customer: who.clone(),
            shop: Some(self.f.shop.clone()),
            currency: None,
            amount: Some(1900),
            purpose: "A course".into(),
            order: None,
            invoice: None,
            days: VALID_DAYS,
        };
        self.write(move |tx, ctx| {
            let id = payment_links::create(tx, ctx, &input)?;
            tx.next_verb();
            Ok((id.clone(), send_payment_link(tx, ctx, &id, "", "", ORIGIN)?))
        })
        .unwrap()
    }

    fn asked_for_a_method(&self, who: &CustomerId) -> (MethodLinkId, MailId) {
        let input = method_links::LinkInput { customer: who.clone(), shop: None, to: String::new(), message: String::new() };
        let id = self.write(move |tx, ctx| method_links::send(tx, ctx, &input, ORIGIN)).unwrap();
        let which = store::Stmt::built("SELECT id FROM mails WHERE merchant_id = $1 AND method_link_id = $2".into());
        let (asked, ctx) = (id.clone(), self.ctx.clone());
        let mail = self.read(move |tx, _| Ok(tx.one(&which, &[&ctx.merchant, &asked], |r| r.get::<MailId>(0))?)).unwrap();
        (id, mail)
    }

    fn written(&self, who: &CustomerId) -> MailId {
        let (who, draft) = (who.clone(), crate::conversations::Draft { subject: "Hello".into(), body: "b".into(), ..Default::default() });
        self.write(move |tx, ctx| {
            let entry = crate::conversations::compose(tx, ctx, &who, &draft)?;
            Ok(crate::conversations::said(tx, ctx, &entry)?.sending.map(|s| s.id))
        })
        .unwrap()
        .unwrap()
    }

    fn mail_now(&self, id: &MailId) -> Mail {
        let id = id.clone();
        self.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
    }

    fn once_more(&self, id: &MailId) -> Result<()> {
        let id = id.clone();
        self.write(move |tx, ctx| retry(tx, ctx, &id))
    }

    /// Hands over all that is due; gives to whom.
    fn hands_over(&self, outcome: &Outcome) -> Vec<String> {
        let (now, mut to) = (self.now(), Vec::new());
        while let Some(held) = self.write(move |tx, _| claim(tx, "w", now)).unwrap() {
            let (which, outcome) = (held.clone(), outcome.clone());
            to.push(self.read(move |tx, _| letter(tx, &which, now)).unwrap().to);
            self.write(move |tx, _| done(tx, &held, &outcome, now)).unwrap();
        }
        to
    }

    fn deleted(&self, who: &CustomerId) {
        let who = who.clone();
        self.write(move |tx, ctx| customers::delete(tx, ctx, &who)).unwrap();
    }
}

store::db_test! {
    crate::migrations();

    fn what_was_withdrawn_is_mailed_neither_by_the_queue_nor_by_a_press(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let ((offer, one), (link, two), (method, three)) = (desk.offered(&ana), desk.asked_to_pay(&ana), desk.asked_for_a_method(&ana));
        assert_eq!(desk.hands_over(&Outcome::Later("451 later".into())).len(), 3);
        let doors = desk.everything(None)["payment_link_keys"].len();
        desk.write(move |tx, ctx| offers::withdraw(tx, ctx, &offer)).unwrap();
        desk.write(move |tx, ctx| payment_links::withdraw(tx, ctx, &link)).unwrap();
        desk.write(move |tx, ctx| method_links::withdraw(tx, ctx, &method).map(drop)).unwrap();
        let later = desk.at(desk.now() + HOUR);
        assert_eq!(later.hands_over(&Outcome::Sent), Vec::<String>::new());
        for (mail, words, code) in [(&one, "An offer that is withdrawn", "offer_state"), (&two, "This payment link is withdrawn", "link_state"), (&three, "This link is withdrawn", "link_state")] {
            let m = desk.mail_now(mail);
            assert!(m.state == State::Failed && m.error.starts_with("It was not sent. ") && m.error.contains(words), "{m:?}");
            assert_eq!((m.next_at, refusal(later.once_more(mail))), (None, code.to_owned()));
        }
        assert_eq!(desk.everything(None)["payment_link_keys"].len(), doors, "no new way to it was opened");
    }

    fn who_was_archived_or_deleted_is_asked_for_nothing_by_a_mail_that_waited(db) {
        let desk = desk(db);
        let (ana, ben) = (desk.customer("ana@example.es"), desk.customer("ben@example.es"));
        let all = [desk.offered(&ana).1, desk.asked_to_pay(&ana).1, desk.offered(&ben).1, desk.asked_to_pay(&ben).1, desk.written(&ben)];
        let to_ana = desk.written(&ana);
        desk.archive(&ana, true);
        desk.deleted(&ben);
        assert_eq!(desk.hands_over(&Outcome::Refused("550 no".into())), ["ana@example.es"], "what somebody wrote before stays written");
        for mail in &all {
            assert_eq!(desk.mail_now(mail).state, State::Failed);
        }
        let again: Vec<_> = all.iter().chain([&to_ana]).map(|mail| refusal(desk.once_more(mail))).collect();
        assert_eq!(again, ["customer_inactive", "customer_inactive", "customer_inactive", "customer_inactive", "customer_deleted", "customer_inactive"]);
        desk.archive(&ana, false);
        desk.once_more(&all[0]).unwrap();
        assert_eq!(desk.hands_over(&Outcome::Sent), ["ana@example.es"]);
    }

    fn an_answer_that_failed_goes_to_an_archived_customer_again(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let raw = b"From: ana@example.es\r\nTo: desk@shop.example\r\nSubject: Hi\r\nMessage-ID: <a@x>\r\n\r\nHello\r\n";
        let mail = crate::conversations::parse(raw);
        let answered = desk.write(move |tx, ctx| {
            let filed = crate::conversations::receive(tx, ctx, &mail, crate::conversations::Arrival::default())?;
            tx.next_verb();
            let draft = crate::conversations::Draft { body: "b".into(), ..Default::default() };
            let entry = crate::conversations::reply(tx, ctx, &filed.entry, &draft)?;
            Ok(crate::conversations::said(tx, ctx, &entry)?.sending.map(|s| s.id))
        }).unwrap().unwrap();
        desk.hands_over(&Outcome::Refused("550 no".into()));
        desk.archive(&ana, true);
        desk.once_more(&answered).unwrap();
        assert_eq!(desk.hands_over(&Outcome::Sent), ["ana@example.es"]);
    }

    fn who_may_not_sell_sends_no_offer_again_and_the_log_says_who_did(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let mails = [desk.offered(&ana).1, desk.asked_to_pay(&ana).1, desk.asked_for_a_method(&ana).1];
        desk.hands_over(&Outcome::Unclear("the line was cut".into()));
        let writes = Desk { ctx: desk.f.without(Right::Orders), ..desk.clone() };
        for mail in &mails {
            assert_eq!(refusal(writes.once_more(mail)), "forbidden orders");
        }
        desk.once_more(&mails[0]).unwrap();
        let told = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "mail.retried", None, 10)).unwrap();
        assert_eq!((told.entries.len(), told.entries[0].data["before"].as_str()), (1, Some("unknown")));
        let blind = Desk { ctx: desk.f.without(Right::Read), ..desk.clone() };
        let which = mails[0].clone();
        assert_eq!(refusal(blind.read(move |tx, ctx| get(tx, ctx, &which))), "forbidden read");
    }

    fn what_no_person_wrote_says_so(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let raw = desk.written(&ana);
        let now = desk.now();
        let held = desk.write(move |tx, _| claim(tx, "w", now)).unwrap().unwrap();
        assert_eq!(held.mail, raw);
        assert!(!desk.read(move |tx, _| letter(tx, &held, now)).unwrap().automatic);
        desk.write(|tx, ctx| to_staff(tx, ctx, "olivia@example.com", "A new password", "b").map(drop)).unwrap();
        let held = desk.write(move |tx, _| claim(tx, "w", now)).unwrap().unwrap();
        assert!(desk.read(move |tx, _| letter(tx, &held, now)).unwrap().automatic);
    }

    fn a_letter_that_goes_by_itself_says_so_and_is_sent_again_to_the_archived(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let who = ana.clone();
        let mail = desk.write(move |tx, ctx| {
            let mail = put(tx, ctx, &Draft { customer: Some(&who), by_itself: true, ..Draft::new("ana@example.es", "Refund", "b") })?;
            crate::conversations::file_sent(tx, ctx, &who, &mail, ("ana@example.es", "Refund", "b"))?;
            Ok(mail)
        }).unwrap();
        let now = desk.now();
        let held = desk.write(move |tx, _| claim(tx, "w", now)).unwrap().unwrap();
        let which = held.clone();
        assert!(desk.read(move |tx, _| letter(tx, &which, now)).unwrap().automatic);
        desk.write(move |tx, _| done(tx, &held, &Outcome::Refused("550 no".into()), now)).unwrap();
        desk.archive(&ana, true);
        desk.once_more(&mail).unwrap();
        assert_eq!(desk.hands_over(&Outcome::Sent), ["ana@example.es"]);
    }

    fn a_demo_writes_to_its_staff_alone(db) {
        let desk = Desk::new(db);
        let set = store::Stmt::built("UPDATE merchants SET demo = TRUE WHERE id = $1".into());
        desk.write(move |tx, ctx| Ok(tx.exec(&set, &[&ctx.merchant])?)).unwrap();
        let ana = desk.customer("ana@example.de");
        let mail = desk.written(&ana);
        desk.write(|tx, ctx| to_staff(tx, ctx, "olivia@example.com", "A new password", "b").map(drop)).unwrap();
        assert_eq!(desk.hands_over(&Outcome::Sent), ["olivia@example.com"]);
        let m = desk.mail_now(&mail);
        assert_eq!((m.state, m.error.contains("This is a demo"), refusal(desk.once_more(&mail))), (State::Failed, true, "demo".to_owned()));
    }
}
