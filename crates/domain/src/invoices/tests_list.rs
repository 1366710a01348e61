//! The list of invoices: which rows, how many, and what they come to, by the day of asking.

use std::collections::BTreeMap;

use super::tests::{desk, draft, issued, numbers, pay, priced, take_back};
use super::*;
use crate::customers::list::Indexes;
use crate::kit::{Currency, CustomerId, DAY, Money};
use crate::lists::{self, Counts, Query};
use crate::orders::desk::Desk;

fn counts(desk: &Desk, text: &str) -> Counts {
    let (query, indexes) = (Query::parse(&listed::LIST, text).0, Indexes::new());
    desk.read(move |tx, ctx| lists::count(tx, ctx, &indexes, &query)).unwrap()
}

/// The counts of a filter that are not zero.
fn options(desk: &Desk, text: &str, filter: &str) -> BTreeMap<String, u64> {
    let at = listed::LIST.filter(filter).unwrap().0;
    counts(desk, text).options[at].iter().filter(|(_, n)| *n > 0).cloned().collect()
}

fn of(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs.iter().map(|(word, n)| ((*word).to_owned(), *n)).collect()
}

/// Four invoices of 120.00, one of them paid, one half, one credited; a credit note and a draft.
fn many(desk: &Desk, ana: &CustomerId) {
    let all: Vec<_> = (0..4).map(|n| issued(&desk.days(n), ana)).collect();
    let later = desk.days(4);
    pay(&later, &all[1], 12_000).unwrap();
    pay(&later, &all[2], 5_000).unwrap();
    take_back(&later, &all[3], &[(1, None)]).unwrap();
    draft(&later.days(1), ana, vec![priced("Coffee", "1", "10", "")]).unwrap();
}

store::db_test! {
    crate::migrations();

    fn rows_counts_and_sums_are_what_stands_on_the_papers(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        many(&desk, &ana);
        let today = desk.days(5);
        let inv = |n: u8| format!("INV-2026-{n:05}");
        assert_eq!(numbers(&today, ""), ["draft".to_owned(), "CN-00001".to_owned(), inv(4), inv(3), inv(2), inv(1)]);
        assert_eq!(numbers(&today, "view=unpaid"), [inv(1), inv(3)], "the most urgent first");
        assert_eq!(numbers(&today, "view=credit_notes"), ["CN-00001"]);
        assert_eq!(numbers(&today, "state=paid"), [inv(2)], "a credit note is not a paid invoice");
        assert_eq!(numbers(&today, "q=INV-2026-00003"), [inv(3)]);
        assert_eq!(numbers(&today, "q=ana").len(), 6);
        assert_eq!(numbers(&today, "total_min=100&sort=total&dir=asc").len(), 5);
        assert_eq!(numbers(&today, "issued_from=2026-06-16&issued_to=2026-06-17"), [inv(3), inv(2)]);
        let all = counts(&today, "");
        assert_eq!((all.total, all.sums), (6, vec![Money::new(3 * 12_000, Currency::of("EUR").unwrap())]), "a credit note takes back, a draft is nothing");
        assert_eq!(options(&today, "", "state"), of(&[("draft", 1), ("open", 1), ("partly_paid", 1), ("paid", 1), ("credited", 1)]));
        assert_eq!(options(&today, "state=paid", "kind"), of(&[("invoice", 1)]));
        assert_eq!(options(&today, "", "country"), of(&[("FR", 6)]));
    }

    fn what_is_overdue_follows_from_the_day_where_the_merchant_lives(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        many(&desk, &ana);
        assert_eq!(counts(&desk.days(30), "view=overdue").total, 0, "on its day it is not overdue");
        let after = desk.days(31);
        assert_eq!(numbers(&after, "view=overdue"), ["INV-2026-00001"]);
        assert_eq!(options(&after, "", "overdue"), of(&[("true", 1), ("false", 5)]));
        assert_eq!(numbers(&after, "overdue=false&kind=invoice&state=partly_paid"), ["INV-2026-00003"]);
        assert_eq!(numbers(&desk.at(desk.now() + 40 * DAY), "view=overdue").len(), 2);
        pay(&after, &after.read({ let ana = ana.clone(); move |tx, ctx| of_customer(tx, ctx, &ana, None, 10) }).unwrap().invoices.pop().unwrap().id, 12_000).unwrap();
        assert_eq!(counts(&after, "view=overdue").total, 0, "what is paid is not");
    }

    fn a_guests_invoice_is_found_by_the_order_and_the_country_of_the_paper_follows_the_draft(db) {
        let desk = desk(db);
        let mut basket = desk.basket("A-1", "cleo@example.com");
        (basket.buyer.name, basket.guest) = ("Cleo Doe".into(), true);
        basket.payments = vec![crate::orders::desk::by_card("ch_77", 1000, "fp_0005")];
        let order = desk.check_out(&basket).unwrap().order;
        let id = desk.write(move |tx, ctx| of_order_draft(tx, ctx, &order)).unwrap();
        for (text, found) in [("q=cleo", 1), ("q=CLEO%40exa", 1), ("q=1001", 1), ("q=leo", 0), ("country=BE", 0), ("customer=cus_00000000000000000000000000", 0)] {
            assert_eq!(numbers(&desk, text).len(), found, "{text}");
        }
        let mut buyer = desk.read({ let id = id.clone(); move |tx, ctx| get(tx, ctx, &id) }).unwrap().summary.buyer;
        buyer.address.country = "BE".into();
        let change = DraftEdit { buyer: Some(buyer), ..DraftEdit::default() };
        desk.write(move |tx, ctx| edit(tx, ctx, &id, &change)).unwrap();
        assert_eq!(numbers(&desk, "country=BE").len(), 1);
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!((numbers(&other, "").len(), counts(&other, "").total), (0, 0));
    }

    fn a_file_of_invoices_has_a_line_for_each(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        many(&desk, &ana);
        let (query, indexes, mut out) = (Query::everything(&listed::LIST), Indexes::new(), Vec::new());
        let selection = lists::Selection::Matching { query: &query, indexes: &indexes, except: &[] };
        let done = lists::export(&desk.f.db, &desk.ctx, &listed::LIST, selection, crate::files::Format::Csv, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(done.rows, 6);
        assert!(text.starts_with("Number,Kind,Status,Date,Due,Net,Tax,Total,"), "{text}");
        assert!(text.contains("CN-00001,credit_note,paid,2026-06-19,") && text.contains(",-120.00,"), "{text}");
    }
}
