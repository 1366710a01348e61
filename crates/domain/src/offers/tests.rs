//! The life of an offer, on both engines: sent, seen by its link, answered once.

use super::*;
use crate::invoices;
use crate::kit::{Ctx, CustomerId, OfferId, OrderId, Result, Right, secret_hash};
use crate::mail;
use crate::orders::desk::{Desk, line, refusal};
use crate::orders::{self, Line};
use crate::privacy;

/// What every test here needs of a desk.
impl Desk {
    fn offer(&self, to: &CustomerId, lines: Vec<Line>) -> Result<OfferId> {
        let new = NewOffer {
            customer: to.clone(),
            shop: self.f.shop.clone(),
            currency: None,
            lines,
            discount: 100,
            shipping: 250,
            tax: 0,
            note: "By the sack".into(),
            valid_until: None,
        };
        self.write(move |tx, ctx| create(tx, ctx, &new))
    }

    fn seen(&self, id: &OfferId) -> Offer {
        let id = id.clone();
        self.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
    }

    fn link(&self, id: &OfferId) -> Result<String> {
        let id = id.clone();
        self.write(move |tx, ctx| open_link(tx, ctx, &id))
    }

    fn accepted(&self, id: &OfferId) -> Result<OrderId> {
        let id = id.clone();
        self.write(move |tx, ctx| accept(tx, ctx, &id))
    }
}

fn two() -> Vec<Line> {
    vec![line("KAFFEE-1", "2", "10"), line("TEE", "1", "4.995")]
}

fn listed_ids(desk: &Desk, text: &str) -> Vec<String> {
    let (query, problems) = crate::lists::Query::parse(&listed::LIST, text);
    assert!(problems.0.is_empty(), "{text}: {problems:?}");
    let indexes = crate::customers::list::Indexes::new();
    desk.read(move |tx, ctx| {
        let found = crate::lists::find(tx, ctx, &indexes, &query)?;
        Ok(listed::rows(tx, ctx, &found.ids)?.into_iter().map(|f| format!("{} {}", f.number, f.state.name())).collect())
    })
    .unwrap()
}

store::db_test! {
    crate::migrations();

    fn what_is_taken_off_a_line_goes_with_it_to_the_order_and_its_invoice(db) {
        let desk = Desk::new(db);
        invoices::tests::set(&desk, |_| {});
        let ana = desk.customer("ana@example.es");
        let off = |text: &str, l: Line| Line { discount: text.into(), ..l };
        let lines = vec![off("10%", line("KAFFEE-1", "2", "10")), off("1.00", line("TEE", "1", "4.995")), line("CUP", "1", "3")];
        let refused = vec![off("21", line("KAFFEE-1", "2", "10")), off("ten", line("TEE", "1", "4.995"))];
        assert_eq!(refusal(desk.offer(&ana, refused)), "lines.0.discount:too_much lines.1.discount:invalid");
        let id = desk.offer(&ana, lines).unwrap();
        let offer = desk.seen(&id);
        let said = |lines: &[Line]| lines.iter().map(|l| l.discount.clone()).collect::<Vec<_>>();
        assert_eq!((offer.summary.total, said(&offer.lines)), (2650, vec!["10%".to_owned(), "1".to_owned(), String::new()]), "26.495, rounded once");
        desk.link(&id).unwrap();
        let order = desk.accepted(&id).unwrap();
        let sold = desk.read({ let order = order.clone(); move |tx, ctx| orders::get(tx, ctx, &order) }).unwrap();
        assert_eq!((sold.summary.total, &sold.lines), (2650, &offer.lines));
        let bill = desk.write(move |tx, ctx| invoices::of_order_draft(tx, ctx, &order)).unwrap();
        let invoice = desk.read({ let bill = bill.clone(); move |tx, ctx| invoices::get(tx, ctx, &bill) }).unwrap();
        assert_eq!((invoice.summary.total, invoice.lines[0].shown, invoice.lines[0].discount.unwrap().to_string()), (2650, 1800, "10%".into()));
        desk.write({ let bill = bill.clone(); move |tx, ctx| invoices::issue(tx, ctx, &bill) }).unwrap();
        let xml = desk.read({ let bill = bill.clone(); move |tx, ctx| invoices::paper(tx, ctx, &bill) }).unwrap().xml().unwrap();
        assert_eq!(xml.matches("<ram:ReasonCode>95</ram:ReasonCode>").count(), 2, "{xml}");
        let half = invoices::NewCredit { lines: Some(vec![invoices::CreditLine { line: 1, quantity: Some("1".into()) }]), reason: String::new() };
        let credit = desk.write({ let bill = bill.clone(); move |tx, ctx| invoices::credit(tx, ctx, &bill, &half) }).unwrap();
        let credit = desk.read(move |tx, ctx| invoices::get(tx, ctx, &credit)).unwrap();
        assert_eq!((credit.summary.total, credit.lines[0].discount.unwrap().to_string()), (900, "10%".into()), "what was paid for it, and not its price");
        desk.verified();
    }

    fn a_draft_is_sent_and_accepted_and_becomes_one_order(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.offer(&ana, two()).unwrap();
        let offer = desk.seen(&id);
        assert_eq!((offer.summary.number.as_str(), offer.summary.state, offer.summary.total), ("1001", State::Draft, 2650));
        assert_eq!(refusal(desk.accepted(&id)), "offer_state", "nobody saw it yet");
        let edit = |edit: DraftEdit| { let id = id.clone(); desk.write(move |tx, ctx| super::edit(tx, ctx, &id, &edit)) };
        edit(DraftEdit { shipping: Some(0), expected_version: Some(1), ..DraftEdit::default() }).unwrap();
        assert_eq!(refusal(edit(DraftEdit { expected_version: Some(1), ..DraftEdit::default() })), "stale");
        assert_eq!(refusal(edit(DraftEdit { valid_until: Some(1), lines: Some(vec![line("A", "0", "1"), line("B", "1", "9")]), ..DraftEdit::default() })),
            "lines.0.quantity:invalid valid_until:invalid");
        desk.link(&id).unwrap();
        assert_eq!(desk.seen(&id).summary.state, State::Sent);
        assert_eq!(refusal(edit(DraftEdit::default())), "offer_state");
        let first = desk.accepted(&id).unwrap();
        assert_eq!(desk.accepted(&id).unwrap(), first, "accepted twice, ordered once");
        let order = desk.read({ let id = first.clone(); move |tx, ctx| orders::get(tx, ctx, &id) }).unwrap();
        assert_eq!((order.summary.state, order.summary.total, order.lines.len(), order.discount), (orders::State::Open, 2400, 2, 100));
        assert_eq!((order.summary.customer.as_ref(), order.note.as_str()), (Some(&ana), "By the sack"));
        assert_eq!(desk.get(&ana).balance_due, 2400);
        let offer = desk.seen(&id);
        assert_eq!((offer.summary.state, offer.summary.order.as_ref(), offer.summary.order_number.as_deref()), (State::Accepted, Some(&first), Some("1001")));
        let from = desk.read(move |tx, ctx| of_order(tx, ctx, &first)).unwrap().unwrap();
        assert_eq!(from.id, id);
        desk.verified();
    }

    fn the_buyer_answers_by_a_link_that_nobody_can_guess(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (yes, no) = (desk.offer(&ana, two()).unwrap(), desk.offer(&ana, two()).unwrap());
        let (open, other) = (desk.link(&yes).unwrap(), desk.link(&yes).unwrap());
        let now = desk.now();
        let behind = |secret: &str| { let secret = secret.to_owned(); desk.read(move |tx, _| by_link(tx, &secret, now).map(|(_, f)| f.summary.id)) };
        assert_eq!((behind(&open).unwrap(), behind(&other).unwrap()), (yes.clone(), yes.clone()), "each link opens");
        assert_eq!((refusal(behind(&secret_hash(&open))), refusal(behind(""))), ("no offer".into(), "no offer".into()));
        for _ in 0..2 {
            let open = open.clone();
            desk.write(move |tx, ctx| accept_by_link(tx, &open, ctx.now)).unwrap();
        }
        assert_eq!((desk.seen(&yes).summary.state, desk.get(&ana).order_count), (State::Accepted, 1));
        let says = |secret: &str, why: &'static str| { let secret = secret.to_owned(); desk.write(move |tx, ctx| decline_by_link(tx, &secret, why, ctx.now)) };
        assert_eq!(refusal(says(&open, "")), "offer_state", "what was accepted is an order");
        let secret = desk.link(&no).unwrap();
        says(&secret, "Too dear").unwrap();
        says(&secret, "Too dear").unwrap();
        assert_eq!((desk.seen(&no).summary.state, desk.seen(&no).reason.as_str()), (State::Declined, "Too dear"));
        let shut = yes.clone();
        desk.write(move |tx, ctx| close_links(tx, ctx, &shut)).unwrap();
        assert_eq!(refusal(behind(&open)), "no offer");
        desk.verified();
    }

    fn an_offer_expires_by_itself_and_is_not_accepted_any_more(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.offer(&ana, two()).unwrap();
        desk.link(&id).unwrap();
        assert_eq!(listed_ids(&desk, "state=sent"), ["1001 sent"]);
        let (last, late) = (desk.days(VALID_DAYS), desk.days(VALID_DAYS + 1));
        assert_eq!(last.seen(&id).summary.state, State::Sent);
        assert_eq!(late.seen(&id).summary.state, State::Expired);
        assert_eq!((listed_ids(&late, "state=sent"), listed_ids(&late, "view=expired")), (Vec::<String>::new(), vec!["1001 expired".to_owned()]));
        assert_eq!(refusal(late.accepted(&id)), "offer_state");
        assert_eq!(late.get(&ana).order_count, 0);
        let blocking = |desk: &Desk| { let ana = ana.clone(); desk.read(move |tx, ctx| privacy::active(tx, ctx, &ana)).unwrap() };
        assert_eq!(blocking(&last).iter().map(|l| l.label.as_str()).collect::<Vec<_>>(), ["Offer 1001"]);
        assert_eq!(blocking(&late), []);
        late.verified();
    }

    fn nothing_is_offered_to_the_archived_nor_accepted_for_them(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (draft, sent) = (desk.offer(&ana, two()).unwrap(), desk.offer(&ana, two()).unwrap());
        let secret = desk.link(&sent).unwrap();
        desk.archive(&ana, true);
        assert_eq!(refusal(desk.offer(&ana, two())), "customer_inactive");
        assert_eq!(refusal(desk.link(&draft)), "customer_inactive");
        assert_eq!(refusal(desk.accepted(&sent)), "customer_inactive");
        assert_eq!(refusal(desk.write(move |tx, ctx| accept_by_link(tx, &secret, ctx.now))), "customer_inactive");
        assert_eq!((desk.seen(&sent).summary.state, desk.get(&ana).order_count), (State::Sent, 0));
        desk.write(move |tx, ctx| withdraw(tx, ctx, &sent)).unwrap();
    }

    fn an_offer_without_lines_or_with_a_tax_that_is_no_rate_is_not_sent(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let empty = desk.offer(&ana, vec![line("A", "1", "1")]).unwrap();
        let edit = DraftEdit { lines: Some(Vec::new()), discount: Some(0), shipping: Some(0), ..DraftEdit::default() };
        desk.write({ let (id, edit) = (empty.clone(), edit.clone()); move |tx, ctx| super::edit(tx, ctx, &id, &edit) }).unwrap();
        assert_eq!(refusal(desk.link(&empty)), "offer_state");
        let edit = DraftEdit { lines: Some(vec![line("A", "1", "0")]), tax: Some(100), ..edit };
        desk.write({ let id = empty.clone(); move |tx, ctx| super::edit(tx, ctx, &id, &edit) }).unwrap();
        assert_eq!(refusal(desk.link(&empty)), "tax_unclear");
        assert_eq!(desk.seen(&empty).summary.state, State::Draft);
    }

    fn the_mail_holds_a_link_that_the_database_does_not(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.offer(&ana, two()).unwrap();
        let send = |to: &'static str| { let id = id.clone(); desk.write(move |tx, ctx| mail::send_offer(tx, ctx, &id, to, "As we said.", "https://desk.example.com")) };
        assert_eq!(refusal(send("nobody")), "to:invalid");
        assert_eq!(desk.seen(&id).summary.state, State::Draft, "a refused mail sends nothing");
        send("").unwrap();
        assert_eq!((desk.seen(&id).summary.state, desk.seen(&id).links), (State::Sent, 0));
        let held = desk.write(|tx, ctx| mail::claim(tx, "a", ctx.now)).unwrap().unwrap();
        let letter = { let held = held.clone(); desk.read(move |tx, ctx| mail::letter(tx, &held, ctx.now)) }.unwrap();
        assert_eq!((letter.to.as_str(), desk.seen(&id).links), ("ana@example.es", 1));
        assert!(letter.body.contains("As we said.") && letter.body.contains("https://desk.example.com/o/") && !letter.body.contains('{'), "{}", letter.body);
        let paper = letter.paper.unwrap();
        assert_eq!(paper.file_name, "offer-1001.pdf");
        assert!(paper.pdf().unwrap().starts_with(b"%PDF"));
        let secret = held.link.unwrap();
        let kept = desk.everything(None);
        assert!(!kept.values().flatten().any(|row| row.contains(&secret)), "only its hash is kept");
        desk.write(move |tx, ctx| accept_by_link(tx, &secret, ctx.now)).unwrap();
        let mails = desk.read(move |tx, ctx| mail::of_offer(tx, ctx, &id)).unwrap();
        assert_eq!((mails.len(), mails[0].subject.starts_with("Offer 1001 – ")), (1, true));
    }

    fn what_was_sent_stays_what_was_offered(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.offer(&ana, two()).unwrap();
        desk.link(&id).unwrap();
        let before = desk.seen(&id);
        let text = |id: &OfferId| { let id = id.clone(); desk.read(move |tx, ctx| paper(tx, ctx, &id)).unwrap().pdf().unwrap() };
        let paper = text(&id);
        invoices::tests::set(&desk, |s| s.seller.name = "Somebody Else".into());
        assert_eq!(desk.seen(&id), before);
        assert!(text(&id) == paper, "the same paper for ever");
    }

    fn offers_move_with_their_customer_and_are_forgotten_with_it(db) {
        let desk = Desk::new(db);
        let (ana, anna) = (desk.customer("ana@example.es"), desk.customer("anna@example.es"));
        let id = desk.offer(&anna, two()).unwrap();
        let secret = desk.link(&id).unwrap();
        let merge = desk.merge(&[&anna], &ana).unwrap().remove(0);
        assert_eq!(desk.seen(&id).summary.customer, ana);
        let page = { let ana = ana.clone(); desk.read(move |tx, ctx| of_customer(tx, ctx, &ana, None, 10)) }.unwrap();
        assert_eq!(page.offers.len(), 1);
        desk.undo_merge(&merge.id).unwrap();
        assert_eq!(desk.seen(&id).summary.customer, anna);
        let say = { let id = id.clone(); move |tx: &mut store::Tx, ctx: &Ctx| decline(tx, ctx, &id, "Ask my sister Mercedes") };
        desk.write(say).unwrap();
        let erase = { let anna = anna.clone(); move |tx: &mut store::Tx, ctx: &Ctx| privacy::anonymise(tx, ctx, &crate::privacy::tests::vault(), &anna, privacy::Cause::Hand) };
        desk.write(erase).unwrap();
        let offer = desk.seen(&id);
        assert!(offer.buyer.name.starts_with("Anonymised customer") && offer.reason.is_empty() && offer.note.is_empty(), "{offer:?}");
        assert_eq!(refusal(desk.read(move |tx, ctx| by_link(tx, &secret, ctx.now).map(drop))), "no offer", "the door is shut");
        desk.verified();
    }

    fn the_order_of_an_accepted_offer_goes_back_with_it_when_a_merge_is_undone(db) {
        let desk = Desk::new(db);
        let (ana, anna) = (desk.customer("ana@example.es"), desk.customer("anna@example.es"));
        let id = desk.offer(&anna, two()).unwrap();
        desk.link(&id).unwrap();
        let merge = desk.merge(&[&anna], &ana).unwrap().remove(0);
        let order = desk.accepted(&id).unwrap();
        desk.undo_merge(&merge.id).unwrap();
        let bought = desk.read(move |tx, ctx| orders::get(tx, ctx, &order)).unwrap();
        assert_eq!((desk.seen(&id).summary.customer, bought.summary.customer), (anna.clone(), Some(anna)));
        desk.verified();
    }

    fn nobody_without_the_right_and_no_other_merchant(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.offer(&ana, two()).unwrap();
        let poor = Desk { ctx: desk.f.without(Right::Orders), ..desk.clone() };
        for said in [refusal(poor.offer(&ana, two())), refusal(poor.link(&id)), refusal(poor.accepted(&id))] {
            assert_eq!(said, "forbidden orders");
        }
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!((refusal(other.accepted(&id)), refusal(other.link(&id))), ("no offer".into(), "no offer".into()));
        assert_eq!(refusal(other.offer(&ana, two())), "no customer");
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn accepted_by_many_at_once_it_is_one_order(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = desk.offer(&ana, two()).unwrap();
        let secret = desk.link(&id).unwrap();
        let outcomes = db.together(12, |n, _| {
            if n % 3 == 0 {
                let id = id.clone();
                desk.write(move |tx, ctx| withdraw(tx, ctx, &id)).map_or(0, |()| 1)
            } else {
                let secret = secret.clone();
                desk.write(move |tx, ctx| accept_by_link(tx, &secret, ctx.now)).map_or(0, |()| 2)
            }
        });
        let offer = desk.seen(&id).summary;
        match offer.state {
            State::Accepted => assert!(!outcomes.contains(&1)),
            State::Withdrawn => assert!(!outcomes.contains(&2)),
            other => panic!("{other}"),
        }
        assert_eq!(desk.get(&ana).order_count, i64::from(offer.order.is_some()));
        desk.verified();
    }
}
