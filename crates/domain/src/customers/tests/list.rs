//! The list as a person uses it: search, filters, pages, neighbours, views.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::customers;
use crate::customers::list::{self, Indexes, ListPage, ListQuery, SortBy, View};
use crate::customers::status::Status;
use crate::kit::{Address, Currency, Error, Role};
use crate::payments::{MethodInput, MethodKind, PaymentInput};

fn page(f: &Fixture, indexes: &Indexes, query: &ListQuery) -> ListPage {
    let (indexes, query) = (indexes.clone(), query.clone());
    read(f, &f.ctx, move |tx, ctx| list::page(tx, ctx, &indexes, &query)).expect("a page")
}

fn names(f: &Fixture, indexes: &Indexes, text: &str) -> Vec<String> {
    let (query, problems) = ListQuery::parse(text);
    assert!(problems.0.is_empty(), "{text}: {problems:?}");
    page(f, indexes, &query).rows.into_iter().map(|r| r.display_name).collect()
}

fn person(f: &Fixture, name: &str, email: &str, phone: &str, country: &str) -> CustomerId {
    let billing = Address { country: country.into(), ..Address::default() };
    create(f, NewCustomer { name: name.into(), email: email.into(), phone: phone.into(), billing, ..NewCustomer::default() }).id
}

store::db_test! {
    crate::migrations();

    fn any_part_of_anything_finds_a_customer(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let ana = person(&f, "Ana María Ruíz", "ana@example.com", "+34 612-345-678", "ES");
        person(&f, "Bob Brown", "bob@example.org", "", "GB");
        for (text, found) in [
            ("q=maria", "Ana María Ruíz"), ("q=ANA+ruiz", "Ana María Ruíz"), ("q=%280%29612+345+678", "Ana María Ruíz"), ("q=0034612345678", "Ana María Ruíz"),
            ("q=1002", "Bob Brown"), ("q=example.org", "Bob Brown"), ("q=bob&country=GB", "Bob Brown"), ("country=es", "Ana María Ruíz"),
        ] {
            assert_eq!(names(&f, &indexes, text), [found], "{text}");
        }
        assert_eq!(names(&f, &indexes, &format!("q={ana}")), ["Ana María Ruíz"]);
        assert_eq!(names(&f, &indexes, "q=ana+brown"), Vec::<String>::new());
        assert_eq!(names(&f, &indexes, "sort=name"), ["Ana María Ruíz", "Bob Brown"]);
        assert_eq!(names(&f, &indexes, "sort=name&dir=desc"), ["Bob Brown", "Ana María Ruíz"]);
    }

    fn metadata_finds_exactly_who_has_it(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        for (name, pairs) in [
            ("Ana", vec![("tier", "gold"), ("source", "fair \"north\" 100%")]), ("Bob", vec![("tier", "Gold")]), ("Cem", vec![("tier", "silver"), ("source", "fair_x")]),
            ("Dee", vec![("x", "\"tier\":\"gold\""), ("x\"tier", "gold")]), ("Eva", vec![]),
        ] {
            let metadata = pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
            create(&f, NewCustomer { name: name.into(), email: format!("{name}@example.com"), metadata, ..NewCustomer::default() });
        }
        for (text, found) in [
            ("metadata[tier]=gold", vec!["Ana"]), ("metadata[tier]=Gold", vec!["Bob"]), ("metadata[tier]=gold&metadata[tier]=silver", vec!["Ana", "Cem"]),
            ("metadata[tier]=gold&metadata[source]=fair_x", vec![]), ("metadata[source]=fair+%22north%22+100%25", vec!["Ana"]), ("metadata[source]=fair%25", vec![]),
            ("metadata[tier]=silver&q=cem", vec!["Cem"]), ("metadata[x%22tier]=gold", vec!["Dee"]), ("metadata[none]=1", vec![]),
        ] {
            assert_eq!(names(&f, &indexes, &format!("{text}&sort=name")), found, "{text}");
        }
        let page = page(&f, &indexes, &ListQuery::parse("metadata[tier]=gold&metadata[tier]=silver").0);
        assert_eq!((page.total, page.counts.unwrap().active), (2, 2));
    }

    fn what_was_committed_is_in_the_next_answer(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let id = person(&f, "Ana", "ana@example.com", "", "");
        assert_eq!(page(&f, &indexes, &ListQuery::default()).total, 1);
        edit(&f, &f.ctx, &id, CustomerEdit { name: Some("Zoe".into()), tags: Some(vec!["VIP".into()]), ..CustomerEdit::default() }).unwrap();
        assert_eq!(names(&f, &indexes, "q=zoe"), ["Zoe"]);
        assert_eq!(names(&f, &indexes, "q=ana"), ["Zoe"], "the address still says ana");
        let tag = page(&f, &indexes, &ListQuery::default()).counts.unwrap().tag;
        assert_eq!(tag.iter().map(|(t, n)| (t.name.as_str(), *n)).collect::<Vec<_>>(), [("VIP", 1)]);
        let failed = { let id = id.clone(); write(&f, &f.ctx, move |tx, ctx| { customers::delete(tx, ctx, &id)?; Err::<(), _>(Error::Internal("no".into())) }) };
        assert!(failed.is_err());
        assert_eq!(page(&f, &indexes, &ListQuery::default()).total, 1);
        let a = id.clone();
        write(&f, &f.ctx, move |tx, ctx| customers::delete(tx, ctx, &a)).unwrap();
        assert_eq!(page(&f, &indexes, &ListQuery::default()).total, 0);
        assert_eq!(names(&f, &indexes, "status=deleted"), ["Zoe"]);
        write(&f, &f.ctx, move |tx, ctx| customers::delete_permanently(tx, ctx, &id)).unwrap();
        assert_eq!(names(&f, &indexes, "status=deleted"), Vec::<String>::new());
    }

    fn the_default_hides_who_is_archived_and_not_active_shows_them(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let id = person(&f, "Ana", "ana@example.com", "", "");
        person(&f, "Bob", "bob@example.com", "", "");
        write(&f, &f.ctx, move |tx, ctx| customers::archive(tx, ctx, &id, None)).unwrap();
        assert_eq!(names(&f, &indexes, ""), ["Bob"]);
        assert_eq!(names(&f, &indexes, "active=false"), ["Ana"]);
        assert_eq!(names(&f, &indexes, "status=archived&status=prospect&sort=name"), ["Ana", "Bob"]);
        let counts = page(&f, &indexes, &ListQuery::default()).counts.unwrap();
        let count = |status| counts.status.iter().find(|(s, _)| *s == status).unwrap().1;
        assert_eq!((count(Status::Archived), count(Status::Prospect), count(Status::Idle), counts.active, counts.archived), (1, 1, 0, 1, 1));
    }

    fn paging_there_and_back_shows_each_once(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        for i in 0..60 {
            person(&f, &format!("C{i:02}"), &format!("c{i}@example.com"), "", "");
        }
        let query = ListQuery { sort: SortBy::Name, descending: false, per: 25, ..ListQuery::default() };
        let (mut at, mut seen, mut places) = (query.clone(), Vec::new(), Vec::new());
        loop {
            let page = page(&f, &indexes, &at);
            assert_eq!(page.total, 60);
            places.push((page.position, page.before.clone()));
            seen.extend(page.rows.into_iter().map(|r| r.display_name));
            let Some(after) = page.after else { break };
            at = ListQuery::parse(&format!("{}&after={after}", query.print())).0;
        }
        assert_eq!(seen, (0..60).map(|i| format!("C{i:02}")).collect::<Vec<_>>());
        assert_eq!(places.iter().map(|(p, _)| *p).collect::<Vec<_>>(), [1, 26, 51]);
        let back = ListQuery::parse(&format!("{}&before={}", query.print(), places[2].1.as_ref().unwrap())).0;
        assert_eq!(page(&f, &indexes, &back).rows[0].display_name, "C25");
    }

    fn neighbours_are_those_of_the_list_one_came_from(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let ids: Vec<_> = ["Ana", "Bob", "Cem", "Dia"].iter().map(|n| person(&f, n, &format!("{n}@example.com"), "", if *n == "Bob" { "GB" } else { "ES" })).collect();
        let near = |text: &str, id: &CustomerId| {
            let (indexes, query, id) = (indexes.clone(), ListQuery::parse(text).0, id.clone());
            read(&f, &f.ctx, move |tx, ctx| list::neighbours(tx, ctx, &indexes, &query, &id)).unwrap()
        };
        let cem = near("sort=name&country=ES", &ids[2]);
        assert_eq!((cem.previous, cem.next, cem.position, cem.total), (Some(ids[0].clone()), Some(ids[3].clone()), Some(2), 3));
        let bob = near("sort=name&country=ES", &ids[1]);
        assert_eq!((bob.previous, bob.next, bob.position), (Some(ids[0].clone()), Some(ids[2].clone()), None));
        let ana = near("sort=name", &ids[0]);
        assert_eq!((ana.previous, ana.next, ana.position, ana.total), (None, Some(ids[1].clone()), Some(1), 4));
    }

    fn views_are_ones_own_or_shared_and_the_last_list_is_remembered(db) {
        let f = Fixture::new(db);
        let support = f.staff(Role::Support);
        let query = ListQuery::parse("status=active&sort=name&after=garbage").0;
        let q = query.clone();
        let own = write(&f, &f.ctx, move |tx, ctx| list::save_view(tx, ctx, "Mine", false, &q)).unwrap();
        let q = query.clone();
        let shared = write(&f, &f.ctx, move |tx, ctx| list::save_view(tx, ctx, "Ours", true, &q)).unwrap();
        let q = query.clone();
        assert_eq!(fields(write(&f, &f.ctx, move |tx, ctx| list::save_view(tx, ctx, "mine", false, &q))), ["name"]);
        assert_eq!(own.query, "status=active&sort=name");
        assert_eq!(read(&f, &support, list::views).unwrap().iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["Ours"]);
        let id = shared.id.clone();
        assert_eq!(code(write(&f, &support, move |tx, ctx| list::delete_view(tx, ctx, &id))), "not_yours");
        let id = own.id.clone();
        assert!(matches!(write(&f, &support, move |tx, ctx| list::delete_view(tx, ctx, &id)), Err(Error::NotFound(_))));
        let bare = ListQuery { view: View::Saved(shared.id.clone()), ..ListQuery::default() };
        let full = read(&f, &support, move |tx, ctx| list::expand(tx, ctx, bare.clone())).unwrap();
        assert_eq!((full.status.as_slice(), full.sort, full.view), ([Status::Active].as_slice(), SortBy::Name, View::Saved(shared.id)));
        assert_eq!(read(&f, &f.ctx, list::last_used).unwrap(), None);
        write(&f, &f.ctx, move |tx, ctx| list::keep_used(tx, ctx, &query)).unwrap();
        assert_eq!(read(&f, &f.ctx, list::last_used).unwrap().as_deref(), Some("status=active&sort=name"));
        assert_eq!(read(&f, &support, list::last_used).unwrap(), None);
        write(&f, &f.ctx, list::reset_used).unwrap();
        assert_eq!(read(&f, &f.ctx, list::last_used).unwrap(), None);
    }

    fn a_view_saved_in_a_built_in_one_stays_within_it(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let rich = person(&f, "Ana", "ana@example.es", "", "ES");
        person(&f, "Bob", "bob@example.es", "", "ES");
        let card = person(&f, "Cem", "cem@example.es", "", "GB");
        let (paid, shop) = (rich.clone(), f.shop.clone());
        write(&f, &f.ctx, move |tx, ctx| {
            let eur = Currency::of("EUR").unwrap();
            let input = PaymentInput { customer: Some(paid.clone()), ..PaymentInput::settled(shop.clone(), "manual", eur, 900, ctx.now) };
            crate::payments::put(tx, ctx, &input)?;
            let soon = MethodInput { expires_year: Some(2026), expires_month: Some(6), last4: "4242".into(), ..MethodInput::of(MethodKind::Card) };
            crate::payments::methods::attach(tx, ctx, &card, "stripe", &soon).map(drop)
        }).unwrap();
        let expanded = |text: &str| {
            let query = ListQuery::parse(text).0;
            read(&f, &f.ctx, move |tx, ctx| list::expand(tx, ctx, query.clone())).unwrap()
        };
        let seen = |text: &str| page(&f, &indexes, &expanded(text)).rows.into_iter().map(|r| r.display_name).collect::<Vec<_>>();
        for (word, within) in [("paying", 1), ("top100", 1), ("never_ordered", 3), ("card_expiring", 1)] {
            let query = ListQuery::parse(&format!("view={word}&sort=name")).0;
            let view = write(&f, &f.ctx, move |tx, ctx| list::save_view(tx, ctx, word, false, &query)).unwrap();
            let all = seen(&format!("view={word}"));
            assert_eq!(all.len(), within, "{word}");
            let by_id = format!("view={}", view.id);
            assert_eq!(seen(&by_id).len(), within, "{word} by its id");
            let tab = ListQuery::parse(&view.address()).0;
            assert_eq!((&tab.view, expanded(&by_id).first_page()), (&View::Saved(view.id.clone()), tab.clone()), "the tab is the same list");
            assert_eq!(seen(&format!("{by_id}&sort=email")).len(), within, "in another order");
            assert_eq!(seen(&format!("{by_id}&country=ES")).len(), seen(&format!("view={word}&country=ES")).len(), "with a filter within it");
            assert_eq!(seen(&format!("{by_id}&country=FR")), Vec::<String>::new());
            let chip = tab.chips().into_iter().find(|chip| chip.key == "base").expect("a chip");
            assert_eq!(seen(&chip.without).len(), 3, "taken off it stays off");
            let renamed = write(&f, &f.ctx, { let (id, tab) = (view.id.clone(), tab.clone()); move |tx, ctx| list::change_view(tx, ctx, &id, "Renamed", true, Some(&tab)) }).unwrap();
            assert_eq!(renamed.query, view.query);
            assert_eq!(seen(&by_id).len(), within);
            write(&f, &f.ctx, move |tx, ctx| list::delete_view(tx, ctx, &view.id)).unwrap();
            assert_eq!(seen(&tab.unbound().print()).len(), within, "what is looked at outlives its name");
        }
        // Kept by an earlier version: by its own name.
        let query = "view=paying&sort=name";
        let old = write(&f, &f.ctx, move |tx, ctx| crate::lists::kept::save_view(tx, ctx, "customers", "Old", false, query)).unwrap();
        assert_eq!(seen(&format!("view={}", old.id)), ["Ana"]);
        assert_eq!((seen(&old.address()), ListQuery::parse(&old.address()).0.view), (vec!["Ana".to_owned()], View::Saved(old.id)));
        assert!(ListQuery::strict("view=paying&base=top100").is_err() && ListQuery::strict("base=vie_0").is_err());
        assert_eq!(ListQuery::strict("base=paying").unwrap().view, View::Paying);
    }

    fn another_merchants_customers_are_in_no_list(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let other = f.other();
        person(&f, "Ana", "ana@example.com", "", "");
        person(&other, "Bob", "bob@example.com", "", "");
        assert_eq!(names(&f, &indexes, ""), ["Ana"]);
        assert_eq!(names(&other, &indexes, ""), ["Bob"]);
    }

    fn who_was_here_lately_finds_the_list_read_in(db) {
        let f = Fixture::new(db);
        let gone = f.other();
        [&f, &gone].into_iter().for_each(|f| drop(person(f, "Ana", "ana@example.com", "", "")));
        visits(&gone, 4);
        visits(&f, 2);
        let warmed = |stop: bool| {
            let indexes = Indexes::new();
            list::warm(db, &indexes, &crate::kit::FixedClock(crate::testing::NOW), &Arc::new(AtomicBool::new(stop))).unwrap();
            indexes
        };
        let indexes = warmed(false);
        assert_eq!(indexes.size().0, 1, "one merchant's customer, and nobody of those whose staff stayed away");
        person(&f, "Zoe", "zoe@example.com", "", "");
        assert_eq!(names(&f, &indexes, "sort=name"), ["Ana", "Zoe"], "and it catches up");
        indexes.leave_idle(std::time::Duration::ZERO);
        assert_eq!(indexes.size().0, 0, "and nothing stays when nobody asks");
        assert_eq!(warmed(true).size().0, 0, "a server that is told to stop reads nothing ahead");
    }
}

/// The owner was last here so many days ago, and nobody else since.
fn visits(f: &Fixture, days: i64) {
    static LONG_AGO: store::Stmt = store::Stmt::new("long ago", "UPDATE sessions SET seen_at = $1 WHERE seen_at > $1");
    static OPEN: store::Stmt = store::Stmt::new(
        "visit",
        "INSERT INTO sessions (id, secret_hash, person_id, merchant_id, user_agent, address, created_at, seen_at, expires_at, revoked_at, fresh_at, new_device, means)
         VALUES ($1, $1, $2, $3, '', '', $4, $4, $4, NULL, $4, $5, 'password')",
    );
    let (ctx, owner, seen) = (f.ctx.clone(), f.owner.clone(), crate::testing::NOW - days * crate::kit::DAY);
    f.db.write_now(move |tx| {
        tx.exec(&LONG_AGO, &[&seen])?;
        tx.exec(&OPEN, &[&ctx.id::<crate::kit::SessionId>(), &owner, &ctx.merchant, &seen, &false])
    })
    .unwrap();
}

#[test]
fn a_query_prints_what_it_reads_and_says_what_it_cannot() {
    let text = "view=paying&q=ana+%26+bob&status=active&status=idle&method=none&group=none&country=ES&country=none&active=true&ltv_min=12.5&ltv_max=100\
                &created_from=2026-01-01&orders_min=2&article=A-1&no_order_since=2026-05-01&sort=lifetime&dir=asc&per=100";
    let (query, problems) = ListQuery::parse(text);
    assert!(problems.0.is_empty(), "{problems:?}");
    assert_eq!(query.print(), text);
    assert_eq!(ListQuery::default().print(), "");
    assert_eq!(ListQuery::parse("?sort=name").0.print(), "sort=name");
    let (query, problems) = ListQuery::parse("status=rich&created_to=yesterday&per=7&tag=vip&utm=x&q=");
    assert_eq!(problems.0.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["status", "created_to", "per", "tag"]);
    assert_eq!(query, ListQuery::default());
    assert!(ListQuery::strict(text).is_ok() && ListQuery::strict(&format!("{text}&q=a&active=true&view=paying&after=&before=")).is_ok());
    // What would mean everybody because a value is missing is a slip of the pen too.
    for slip in
        ["staus=idle", "status=idel", "status=idle&utm=x", "metadata[tier]=", "metadata[tier]=%20", "no_order_since=", "q=", "tag=+"]
    {
        assert!(matches!(ListQuery::strict(slip), Err(Error::Invalid(p)) if p.0[0].field == "query"), "{slip}");
    }
    let text = "status=idle&metadata%5Btier%5D=gold&metadata%5Btier%5D=blue+%26+red&metadata%5Ba%26b%5D=1";
    let (query, problems) = ListQuery::parse("metadata[tier]=gold&metadata[tier]=blue%20%26%20red&metadata[a%26b]=1&status=idle");
    assert!(problems.0.is_empty() && query.print() == text && ListQuery::strict(text).unwrap() == query, "{problems:?} {}", query.print());
    assert_eq!(query.chips()[2].without, "status=idle&metadata%5Btier%5D=gold&metadata%5Ba%26b%5D=1");
    for slip in ["metadata[]=1", "metadata=1", "metadata[tier=1", "meta[tier]=1"] {
        assert!(ListQuery::strict(slip).is_err(), "{slip}");
    }
    let chips = ListQuery::parse("q=ana&status=idle&sort=name").0.chips();
    assert_eq!(
        chips.iter().map(|c| (c.key.as_ref(), c.without.as_str())).collect::<Vec<_>>(),
        [("q", "status=idle&sort=name"), ("status", "q=ana&sort=name")]
    );
}
