//! Lists say what plain reading says: for any filters, which rows, in what order, how many, and how many each option would give.

use std::collections::BTreeMap;

use store::Stmt;

use super::*;
use crate::customers::list::Indexes;
use crate::kit::{Currency, CustomerId, DAY, Error, Money, PaymentId, Role};
use crate::orders::desk::{Desk, card, eur};
use crate::payments::disputes::{self, DisputeInput, DisputeStatus};
use crate::payments::listed::{self, LIST, Listed, status_word};
use crate::payments::{MethodInput, MethodKind, Payer, PaymentInput, PaymentStatus};
use crate::subscriptions::SubscriptionStatus;

/// A row of chance that repeats.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % sides as u64) as usize
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())].clone()
    }
}

fn query(text: &str) -> Query {
    of(&LIST, text)
}

fn of(list: &'static List, text: &str) -> Query {
    let (query, problems) = Query::parse(list, text);
    assert!(problems.0.is_empty(), "{text}: {problems:?}");
    query
}

fn ids(desk: &Desk, query: &Query) -> Vec<String> {
    let (query, indexes) = (query.clone(), Indexes::new());
    desk.read(move |tx, ctx| find(tx, ctx, &indexes, &query)).unwrap().ids
}

fn counts(desk: &Desk, query: &Query) -> Counts {
    let (query, indexes) = (query.clone(), Indexes::new());
    desk.read(move |tx, ctx| count(tx, ctx, &indexes, &query)).unwrap()
}

fn dispute(desk: &Desk, payment: &PaymentId, minor: i64, status: DisputeStatus, due: Option<i64>) {
    let input = DisputeInput {
        payment: payment.clone(),
        amount: minor,
        reason: "fraudulent".into(),
        provider_ref: None,
        status,
        opened_at: desk.now(),
        due_at: due.map(|days| desk.now() + days * DAY),
        closed_at: None,
    };
    desk.write(move |tx, ctx| disputes::put(tx, ctx, &input)).unwrap();
}

/// Payments of every kind, some at the same moment.
fn many(desk: &Desk, dice: &mut Dice, n: usize) -> Vec<Listed> {
    let owners: Vec<CustomerId> = (0..3).map(|i| desk.customer(&format!("p{i}@example.com"))).collect();
    let mut all = Vec::new();
    for i in 0..n {
        let jpy = dice.roll(4) == 0;
        let minor = if jpy { 1 + dice.roll(60) as i64 } else { 1 + dice.roll(6000) as i64 };
        let at = desk.days(-(dice.roll(9) as i64));
        let input = PaymentInput {
            customer: (dice.roll(3) > 0).then(|| dice.one(&owners)),
            currency: if jpy { Currency::of("JPY").unwrap() } else { eur() },
            provider: dice.one(&["stripe", "paypal", "test", "store_credit"]).into(),
            provider_ref: Some(format!("ref_{i}")),
            status: dice.one(PaymentStatus::ALL),
            live: dice.roll(5) > 0,
            flag: if dice.roll(6) == 0 { "customer_inactive" } else { "" },
            method: (dice.roll(3) > 0).then(|| {
                if dice.roll(2) == 0 {
                    card(&format!("fp_{i}"))
                } else {
                    MethodInput { attach: false, ..MethodInput::of(MethodKind::Wallet) }
                }
            }),
            paid_at: at.now(),
            ..at.payment(None, minor)
        };
        let settled = input.status == PaymentStatus::Settled;
        let input = PaymentInput { live: input.live && input.provider != "test", ..input };
        let id = at.put(input).unwrap();
        if settled && dice.roll(3) == 0 {
            let back = if dice.roll(2) == 0 { minor } else { 1 + minor / 2 };
            let refund = payments_refund(&id, back);
            at.write(move |tx, ctx| crate::payments::refunds::refund(tx, ctx, &refund).map(drop)).unwrap();
        }
        if settled && dice.roll(3) == 0 {
            dispute(&at, &id, minor, dice.one(DisputeStatus::ALL), None);
        }
        all.push(id.to_string());
    }
    desk.read(move |tx, ctx| listed::rows(tx, ctx, &all)).unwrap()
}

fn payments_refund(id: &PaymentId, minor: i64) -> crate::payments::refunds::RefundInput {
    crate::payments::refunds::RefundInput::of(id.clone(), minor, "")
}

/// The words a payment has in a filter, worked out by itself.
fn words_of(row: &Listed, filter: &str) -> Vec<String> {
    let p = &row.payment;
    let none = |t: &str| if t.is_empty() { "none".to_owned() } else { t.to_owned() };
    match filter {
        "status" => vec![status_word(p).to_owned()],
        "dispute" => p.disputes.iter().map(|d| d.status.name().to_owned()).collect(),
        "provider" => vec![p.provider.clone()],
        "method" => vec![none(&p.kind)],
        "shop" => vec![p.shop.to_string()],
        "currency" => vec![p.currency.to_string()],
        "guest" => vec![p.customer.is_none().to_string()],
        "mode" => vec![if p.live { "live" } else { "test" }.to_owned()],
        "flagged" => vec![(!p.flag.is_empty()).to_string()],
        "customer" => p.customer.iter().map(ToString::to_string).collect(),
        other => panic!("{other}"),
    }
}

fn in_range(row: &Listed, query: &Query) -> bool {
    let p = &row.payment;
    let major = Money::new(p.amount, p.currency).decimal();
    let amount = |key: &str| parse::amount(query.end(key));
    let day = crate::kit::Zone::named("Europe/Paris").unwrap().date(p.paid_at);
    let date = |key: &str| parse::date(query.end(key));
    amount("amount_min").is_none_or(|a| major >= a)
        && amount("amount_max").is_none_or(|a| major <= a)
        && date("paid_from").is_none_or(|d| day >= d)
        && date("paid_to").is_none_or(|d| day <= d)
}

fn matches(row: &Listed, query: &Query, ignored: Option<usize>) -> bool {
    let fits = |at: usize, filter: &Filter| {
        let own = words_of(row, filter.name);
        let held = if ignored == Some(at) { query.preset(filter).map(<[_]>::to_vec) } else { query.holds(at) };
        held.is_none_or(|words| words.iter().any(|w| own.iter().any(|o| o == w)))
    };
    in_range(row, query) && LIST.filters.iter().enumerate().all(|(at, filter)| fits(at, filter))
}

store::db_test! {
    crate::migrations();

    fn rows_totals_and_options_are_what_plain_reading_gives(db) {
        let desk = Desk::new(db);
        let mut dice = Dice(7);
        let rows = many(&desk, &mut dice, 120);
        for round in 0..60 {
            let mut asked = query(&format!("view={}&per=25", dice.one(&["all", "all", "all", "failed", "refunded", "guest", "disputed"])));
            for filter in LIST.filters {
                for _ in 0..[0, 0, 0, 0, 1, 2][dice.roll(6)] {
                    if let Some(word) = words_of(&dice.one(&rows), filter.name).first() {
                        asked = query(&format!("{}&{}={word}", asked.print(), filter.name));
                    }
                }
            }
            for (key, value) in [("amount_min", "12.5"), ("amount_max", "40"), ("paid_from", "2026-06-09"), ("paid_to", "2026-06-13")] {
                if dice.roll(6) == 0 {
                    asked = asked.from(key, value);
                }
            }
            let asked = asked.sorted(dice.roll(2), dice.roll(2) == 0);
            let mut wanted: Vec<&Listed> = rows.iter().filter(|r| matches(r, &asked, None)).collect();
            let place = |r: &Listed| (if asked.sort == 0 { r.payment.paid_at } else { r.payment.amount }, r.payment.id.clone());
            wanted.sort_by_key(|r| place(r));
            if asked.descending {
                wanted.reverse();
            }
            // Forward to the end, then back to the beginning.
            let (mut page, mut seen, mut before) = (asked.clone(), Vec::new(), None);
            loop {
                let found = { let (page, indexes) = (page.clone(), Indexes::new()); desk.read(move |tx, ctx| find(tx, ctx, &indexes, &page)).unwrap() };
                seen.extend(found.ids.clone());
                before = found.before.clone().or(before);
                match found.after { Some(after) => page = Query { after: Some(after), ..asked.clone() }, None => break }
            }
            let wanted_ids: Vec<String> = wanted.iter().map(|r| r.payment.id.to_string()).collect();
            assert_eq!(seen, wanted_ids, "round {round}: {}", asked.print());
            if let Some(before) = before {
                let back = ids(&desk, &Query { before: Some(before), ..asked.clone() });
                let at = wanted_ids.iter().position(|id| *id == back[0]).unwrap();
                assert_eq!(back, wanted_ids[at..at + back.len()], "round {round}, back: {}", asked.print());
            }
            let counted = counts(&desk, &asked);
            assert_eq!(counted.total, wanted.len() as u64, "round {round}: {}", asked.print());
            for (at, filter) in LIST.filters.iter().enumerate().filter(|(_, f)| !matches!(f.options, Options::Of(_))) {
                for (word, n) in &counted.options[at] {
                    let fits = |r: &&Listed| matches(r, &asked, Some(at)) && words_of(r, filter.name).contains(word);
                    let linked_within = matches!(filter.options, Options::Linked(_)) && asked.preset(filter).is_some_and(|p| !p.contains(&word.as_str()));
                    let expected = if linked_within { 0 } else { rows.iter().filter(fits).count() as u64 };
                    assert_eq!(*n, expected, "round {round}: {} {word} of {}", filter.name, asked.print());
                }
            }
            let only_test = asked.holds(7).is_some_and(|w| w == ["test"]);
            let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
            for p in wanted.iter().map(|r| &r.payment).filter(|p| p.status == PaymentStatus::Settled && (p.live || only_test)) {
                if p.provider == crate::credit::PROVIDER {
                    continue; // no new money
                }
                *sums.entry(p.currency.code()).or_default() += p.amount - p.refunded - p.lost;
            }
            let sums: Vec<(&str, i64)> = sums.into_iter().filter(|(_, n)| *n != 0).collect();
            assert_eq!(counted.sums.iter().map(|m| (m.currency.code(), m.minor)).collect::<Vec<_>>(), sums, "round {round}: {}", asked.print());
        }
    }

    fn a_payment_is_found_by_its_customer_guest_order_reference_and_card(db) {
        let desk = Desk::new(db);
        let ana = {
            let new = crate::customers::NewCustomer { name: "Ana María Ruíz".into(), email: "ana@example.es".into(), ..Default::default() };
            desk.write(move |tx, ctx| crate::customers::create(tx, ctx, new.clone(), crate::customers::Rules::Normal)).unwrap().id
        };
        let own = desk.put(PaymentInput { provider_ref: Some("pi_own".into()), ..desk.payment(Some(&ana), 500) }).unwrap();
        let payer = Payer { name: "Bob Guest".into(), email: "Bob@Example.org".into(), phone: "+33 6 12 34 56 78".into() };
        let guest = desk.put(PaymentInput { payer, method: Some(card("fp_4242")), provider_ref: Some("pi_guest".into()), ..desk.payment(None, 700) }).unwrap();
        let mut basket = desk.basket("A-1", "cleo@example.com");
        basket.buyer.name = "Cleo Doe".into();
        basket.payments = vec![crate::orders::desk::by_card("ch_77", 1000, "fp_0005")];
        let order = desk.check_out(&basket).unwrap();
        let paid = order.payments[0].to_string();
        let (own, guest) = (own.to_string(), guest.to_string());
        for (text, wanted) in [
            ("ruiz", &own), ("ANA+mar", &own), ("ana%40example", &own), ("bob", &guest), ("BOB%40exa", &guest), ("0612345678", &guest), ("4242", &guest),
            ("pi_gue", &guest), ("pi_own", &own), ("1001", &paid), ("ch_77", &paid), ("0005", &paid), ("cleo", &paid),
        ] {
            assert_eq!(ids(&desk, &query(&format!("q={text}"))), std::slice::from_ref(wanted), "{text}");
            assert_eq!(counts(&desk, &query(&format!("q={text}"))).total, 1, "{text}");
        }
        assert_eq!(ids(&desk, &query("q=uest")), Vec::<String>::new(), "a guest's name is searched from its beginning");
        assert_eq!(ids(&desk, &query("q=pi_guest&guest=false")), Vec::<String>::new());
        assert_eq!(ids(&desk, &query(&format!("customer={ana}"))), [own]);
    }

    fn a_word_that_nothing_can_be_found_by_finds_nothing_in_any_list(db) {
        let desk = Desk::new(db);
        for list in ALL {
            for text in ["q=zz", "q=%29", "q=%C2%9A%29", "q=%27", "q=x%40", "q=%2B4", "q=%25_"] {
                let query = of(list, text);
                assert_eq!((ids(&desk, &query).len(), counts(&desk, &query).total), (0, 0), "{} {text}", list.name);
            }
        }
    }

    fn open_disputes_come_by_their_day_and_those_without_one_last(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let pays: Vec<PaymentId> = (0..4).map(|n| desk.pay(&ana, 1000 + n)).collect();
        for (payment, due) in pays.iter().zip([Some(9), None, Some(2), Some(5)]) {
            dispute(&desk, payment, 500, DisputeStatus::Open, due);
        }
        dispute(&desk, &pays[0], 100, DisputeStatus::Won, Some(1));
        let list = &crate::payments::listed_disputes::LIST;
        let rows = |text: &str| {
            let ids = ids(&desk, &of(list, text));
            desk.read(move |tx, ctx| crate::payments::listed_disputes::rows(tx, ctx, &ids)).unwrap()
        };
        let due: Vec<Option<i64>> = rows("").iter().map(|d| d.dispute.due_at.map(|at| (at - desk.now()) / DAY)).collect();
        assert_eq!(due, [Some(2), Some(5), Some(9), None]);
        assert_eq!((rows("view=won").len(), rows("view=all").len(), rows("view=lost").len()), (1, 5, 0));
        assert_eq!(rows("due_to=2026-06-18").len(), 1);
        assert_eq!(rows("q=ana").len(), 4);
        assert_eq!(rows("")[0].name, "ana@example.es");
        assert_eq!(counts(&desk, &of(list, "")).sums, [Money::new(2_000, eur())]);
    }

    fn a_subscription_that_ran_out_is_ended_at_once(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.subscribe(desk.subscription(&ana, SubscriptionStatus::Active, None));
        desk.subscribe(desk.subscription(&ana, SubscriptionStatus::Cancelled, Some(desk.now() + DAY)));
        let list = &crate::subscriptions::listed::LIST;
        let total = |desk: &Desk, text: &str| counts(desk, &of(list, text)).total;
        assert_eq!((total(&desk, "view=running"), total(&desk, "view=leaving"), total(&desk, "view=ended")), (1, 1, 0));
        let later = desk.days(2);
        assert_eq!((total(&later, "view=leaving"), total(&later, "status=ended")), (0, 1));
        assert_eq!(ids(&later, &of(list, "status=ended&status=active")).len(), 2);
        assert_eq!((total(&desk, "q=roastery"), total(&desk, "q=ana"), total(&desk, "q=nobody")), (2, 2, 0));
        let names = |ids: Vec<String>| desk.read(move |tx, ctx| crate::subscriptions::listed::rows(tx, ctx, &ids)).unwrap();
        assert_eq!(names(ids(&desk, &of(list, "view=running")))[0].customer_name, "ana@example.es");
    }

    fn views_of_one_list_are_not_those_of_another(db) {
        let desk = Desk::new(db);
        let text = query("view=failed&provider=stripe&sort=amount").unbound().print();
        let view = desk.write(move |tx, ctx| kept::save_view(tx, ctx, LIST.name, "Refused", false, &text)).unwrap();
        assert_eq!(view.query, "status=failed&status=bounced&provider=stripe&sort=amount", "what the view chooses is kept with it");
        let names = |list: &'static str| desk.read(move |tx, ctx| kept::views(tx, ctx, list)).unwrap().len();
        assert_eq!((names("payments"), names("orders"), names("customers")), (1, 0, 0));
        let opened = query(&format!("view={}", view.id));
        let expanded = desk.read(move |tx, ctx| kept::expand(tx, ctx, opened.clone())).unwrap();
        assert_eq!(expanded.print(), format!("view={}&{}", view.id, view.query));
        desk.write(|tx, ctx| kept::keep_used(tx, ctx, LIST.name, "status=failed")).unwrap();
        let used = |list: &'static str| desk.read(move |tx, ctx| kept::last_used(tx, ctx, list)).unwrap();
        assert_eq!((used("payments").as_deref(), used("orders")), (Some("status=failed"), None));
    }

    fn nobody_sees_anothers_rows_and_a_right_is_needed(db) {
        let desk = Desk::new(db);
        desk.pay(&desk.customer("ana@example.es"), 500);
        let other = desk.f.other();
        let indexes = Indexes::new();
        for text in ["", "q=ana", "view=guest", "status=paid", "sort=amount"] {
            let (ctx, asked, indexes) = (other.ctx.clone(), query(text), indexes.clone());
            let seen = other.db.read_now::<_, Error>(move |tx| Ok((find(tx, &ctx, &indexes, &asked)?.ids, count(tx, &ctx, &indexes, &asked)?.total))).unwrap();
            assert_eq!(seen, (Vec::new(), 0), "{text}");
        }
        let (ctx, indexes) = (desk.f.without(crate::kit::Right::Read), Indexes::new());
        let refused = desk.f.db.read_now::<_, Error>(move |tx| find(tx, &ctx, &indexes, &query("")));
        assert!(matches!(refused, Err(Error::Forbidden(_))));
    }

    fn a_file_has_what_matches_and_the_audit_log_says_so(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let first = desk.pay(&ana, 1_050).to_string();
        desk.put(PaymentInput { note: "=1+1".into(), payer: Payer { name: "Bob".into(), ..Payer::default() }, ..desk.payment(None, 700) }).unwrap();
        let file = |selection: Selection<'_>, format| {
            let mut out = Vec::new();
            let done = export(&desk.f.db, &desk.ctx, &LIST, selection, format, &mut out).unwrap();
            (done.rows, String::from_utf8(out).unwrap())
        };
        let (indexes, all, guests) = (Indexes::new(), query(""), query("view=guest"));
        let (n, text) = file(Selection::Matching { query: &all, indexes: &indexes, except: &[] }, crate::files::Format::Csv);
        assert_eq!((n, text.lines().count()), (2, 3));
        assert!(text.starts_with("Date,Amount,Currency,Status,") && text.contains(",10.50,EUR,paid,0.00,0.00,ana@example.es,") && text.contains("'=1+1"), "{text}");
        let (n, _) = file(Selection::Matching { query: &all, indexes: &indexes, except: std::slice::from_ref(&first) }, crate::files::Format::Csv);
        assert_eq!(n, 1);
        let (n, text) = file(Selection::Matching { query: &guests, indexes: &indexes, except: &[] }, crate::files::Format::Jsonl);
        assert!(n == 1 && text.contains("\"Amount\":7.00") && text.contains("\"Payer Name\":\"Bob\""), "{text}");
        assert_eq!(file(Selection::Ids(&[first, "pay_nobody".into()]), crate::files::Format::Csv).0, 1);
        let noted: i64 = desk.read(|tx, ctx| Ok(tx.scalar(&Stmt::built("SELECT COUNT(*) FROM events WHERE merchant_id = $1 AND kind = 'payments.exported'".into()), &[&ctx.merchant])?)).unwrap();
        assert_eq!(noted, 4);
        let support = desk.f.staff(Role::Support);
        let refused = export(&desk.f.db, &support, &LIST, Selection::Ids(&[]), crate::files::Format::Csv, Vec::new());
        assert!(matches!(refused, Err(Error::Forbidden(crate::kit::Right::Export))));
    }
}

#[test]
fn the_address_reads_back_and_nonsense_is_refused() {
    let text =
        "view=failed&q=a+b&provider=stripe&currency=EUR&paid_from=2026-06-01&amount_min=12.5&sort=amount&dir=asc&per=50&after=5.pay_x";
    assert_eq!(query(text).print(), text);
    assert_eq!(query("status=paid&status=paid&status=failed").print(), "status=paid&status=failed");
    assert_eq!(of(&crate::payments::listed_disputes::LIST, "view=open&sort=due").print(), "", "the view's own order");
    assert_eq!(of(&crate::payments::listed_disputes::LIST, "view=open&sort=opened").print(), "sort=opened");
    assert_eq!(of(&crate::payments::listed_disputes::LIST, "sort=due&dir=desc").print(), "sort=due&dir=desc");
    for bad in [
        "status=odd",
        "customer=pay_1",
        "currency=euro",
        "paid_from=june",
        "amount_min=x",
        "per=7",
        "sort=name",
        "dir=up",
        "view=nope",
        "shop=1",
        "after=x",
    ] {
        assert_eq!(Query::parse(&LIST, bad).1.0.len(), 1, "{bad}");
        assert!(Query::strict(&LIST, bad).is_err(), "{bad}");
    }
    for slip in ["stattus=paid", "status=", "status=%20", "amount_min="] {
        assert!(Query::strict(&LIST, slip).is_err(), "{slip}");
    }
    assert!(Query::strict(&LIST, "status=paid&after=&sort=").is_ok());
    let chips = query("q=ana&status=paid&mode=live&sort=amount").chips();
    assert_eq!(
        chips.iter().map(|c| c.without.as_str()).collect::<Vec<_>>(),
        ["status=paid&mode=live&sort=amount", "q=ana&mode=live&sort=amount", "q=ana&status=paid&sort=amount"]
    );
}
