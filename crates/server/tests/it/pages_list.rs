//! The list, its views, group actions, jobs, search and Home, as people meet them without JavaScript.

use axum::http::StatusCode;
use domain::customers::{self, NewCustomer, Rules};
use domain::jobs::{self, Tools};
use domain::kit::{Currency, CustomerId, FixedClock, Rights, Role};
use domain::payments::{self, PaymentInput};
use domain::testing::{Fixture, NOW};

use crate::desk::{Answer, Desk, key, of_role};

fn customer(f: &Fixture, name: &str, email: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { name: name.into(), email: email.into(), ..NewCustomer::default() });
    f.db.write_now::<_, domain::Error>(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn many(f: &Fixture, n: usize) -> Vec<CustomerId> {
    (0..n).map(|i| customer(f, &format!("Person {i:03}"), &format!("p{i}@example.com"))).collect()
}

fn pay(f: &Fixture, id: &CustomerId, minor: i64) {
    let eur = Currency::of("EUR").unwrap();
    let input = PaymentInput { customer: Some(id.clone()), ..PaymentInput::settled(f.shop.clone(), "stripe", eur, minor, NOW) };
    let ctx = f.ctx.clone();
    f.db.write_now::<_, domain::Error>(move |tx| payments::put(tx, &ctx, &input)).unwrap();
}

/// The number in the counter.
fn counter(answer: &Answer) -> u64 {
    let (_, rest) = answer.body.split_once("id=\"count\" role=\"status\">").expect("a counter");
    rest.chars().take_while(|c| !c.is_whitespace()).filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// The address of the one form whose address begins so.
fn action<'a>(answer: &'a Answer, begins: &str) -> &'a str {
    let (_, rest) = answer.body.split_once(&format!("action=\"{begins}")).unwrap_or_else(|| panic!("no form to {begins}"));
    &rest[..rest.find('"').unwrap()]
}

fn work(f: &Fixture) {
    let tools = Tools::default();
    jobs::run_all(&f.db, &server::workers::kinds(), &tools, &FixedClock(NOW), "test", &|| false).unwrap();
}

store::db_test! {
    domain::migrations();

    fn the_address_holds_the_list_and_the_bare_one_brings_it_back(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/customers").body.contains("No customers yet"));
        let ana = customer(&f, "Ana <Ruiz>", "ana@example.es");
        customer(&f, "Ben Dahl", "ben@example.no");
        pay(&f, &ana, 481_240);

        let all = olivia.get("/customers?view=all");
        assert_eq!((all.status, counter(&all)), (StatusCode::OK, 2));
        assert!(all.body.contains("Ana &#60;Ruiz&#62;") && all.body.contains("€4,812.40"));
        let paying = olivia.get("/customers?view=paying&q=RUIZ");
        assert_eq!(counter(&paying), 1);
        assert!(paying.body.contains("Remove Search: RUIZ") && !paying.body.contains("Ben Dahl"));
        assert_eq!(olivia.get("/customers").location, "/customers?view=paying&q=RUIZ", "on the next visit, on any device");
        let nobody = olivia.get("/customers?status=churned&q=ana");
        assert_eq!(counter(&nobody), 0);
        assert!(nobody.body.contains("Nobody matches") && nobody.body.contains("Status: Churned<span class=\"count\">1</span>"), "says what to drop");
        assert_eq!(counter(&olivia.get("/customers?view=all")), 2);
        assert_eq!(olivia.get("/customers").status, StatusCode::OK, "Reset forgets it");
        let strange = olivia.get("/customers?status=happy&per=7");
        assert!(strange.status == StatusCode::OK && strange.body.contains("“happy” is not known here"));
    }

    fn pages_go_forward_and_back_and_heads_sort(db) {
        let f = Fixture::new(db);
        many(&f, 60);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let first = olivia.get("/customers?view=all&sort=name&per=25");
        assert!(first.body.contains("1–25 of 60") && first.body.contains("aria-sort=\"ascending\""));
        let next = first.body.split("href=\"").find(|part| part.contains("after=")).unwrap();
        let second = olivia.get(&next[..next.find('"').unwrap()].replace("&#38;", "&"));
        assert!(second.body.contains("26–50 of 60") && second.body.contains("Person 025") && !second.body.contains("Person 024"));
        assert!(second.body.contains("rel=\"prev\""));
    }

    fn a_view_is_kept_shared_changed_and_deleted(db) {
        let f = Fixture::new(db);
        customer(&f, "Ana", "ana@example.es");
        let desk = Desk::new(db);
        let (mut olivia, mut sam) = (desk.owner(&f), desk.person(&f, &of_role(&f, Role::ReadOnly)));
        let wrong = olivia.post("/customers/views", &[("name", " "), ("query", "status=idle")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Give the view a name."));
        let saved = olivia.post("/customers/views", &[("name", "Sleepers"), ("query", "status=idle")]).location;
        assert!(saved.ends_with("&status=idle"), "{saved}");
        let page = olivia.get(&saved);
        assert!(page.body.contains("Sleepers") && page.body.contains("View “Sleepers” saved."));
        assert!(!sam.get("/customers?view=all").body.contains("Sleepers"), "it is Olivia's own");
        let change = format!("/customers/views/{}", action(&page, "/customers/views/"));
        olivia.post(&change, &[("name", "Idle ones"), ("shared", "1"), ("query", "status=idle&sort=name")]);
        assert!(sam.get("/customers?view=all").body.contains("Idle ones"));
        assert_eq!(sam.post(&change, &[("name", "Mine"), ("query", "")]).status, StatusCode::CONFLICT);
        olivia.post(&format!("{change}/delete"), &[]);
        assert!(!olivia.get("/customers?view=all").body.contains("Idle ones"));
    }

    fn a_view_of_a_built_in_one_is_that_in_list_counts_export_and_group_actions(db) {
        let f = Fixture::new(db);
        let ana = customer(&f, "Ana", "ana@example.es");
        customer(&f, "Ben", "ben@example.no");
        pay(&f, &ana, 900);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let saved = olivia.post("/customers/views", &[("name", "Payers"), ("shared", "1"), ("query", "view=paying")]).location;
        let page = olivia.get(&saved);
        assert_eq!(counter(&page), 1);
        assert!(page.body.contains("Within Paying"));
        let change = format!("/customers/views/{}", action(&page, "/customers/views/"));
        let id = change.rsplit('/').next().unwrap().to_owned();
        let by_id = olivia.get(&format!("/customers?view={id}"));
        assert_eq!(counter(&by_id), 1);
        let tab = by_id.body.split("<a ").find(|a| a.contains(">Payers")).expect("a tab");
        assert!(tab.contains("aria-current"), "{tab}");
        assert!(by_id.body.contains("name=\"base\" value=\"paying\""), "a changed filter stays within");
        assert_eq!(counter(&olivia.get(&format!("/customers?view={id}&base=paying&q=ben"))), 0);
        let form = olivia.get(&format!("/customers/export?view={id}"));
        assert!(form.body.contains("The 1 customer of the list"), "{}", form.body);
        let file = olivia.post("/customers/export", &[("query", &*format!("view={id}")), ("who", "these"), ("format", "csv")]).body;
        assert!(file.contains("ana@example.es") && !file.contains("ben@example.no"));
        let preview = olivia.post(&format!("/customers/bulk?view={id}"), &[("all", "1"), ("action", "archive")]);
        assert!(preview.body.contains("1 customer will be archived."), "{}", preview.body);
        let key = key(&f, Rights::all());
        for path in ["customers", "customers/counts"] {
            let (_, body, _) = crate::lists::api(&desk, &key, "GET", &format!("/{path}?view={id}"), None);
            assert_eq!(body["total"], 1, "{path}: {body}");
        }
        olivia.post(&change, &[("name", "Buyers"), ("shared", "1"), ("query", &*format!("view={id}&base=paying"))]);
        assert_eq!(counter(&olivia.get(&format!("/customers?view={id}"))), 1);
        olivia.post(&format!("{change}/delete"), &[]);
        assert!(!olivia.get("/customers?view=all").body.contains("Buyers"));
    }

    fn columns_are_kept_with_the_person(db) {
        let f = Fixture::new(db);
        customer(&f, "Ana", "ana@example.es");
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/customers?view=all").body.contains("<th scope=\"col\">Payment method status</th>"));
        let back = olivia.post("/customers/columns", &[("query", "sort=name"), ("column", "country"), ("column", "status")]);
        assert_eq!(back.location, "/customers?sort=name");
        let page = olivia.get(&back.location).body;
        assert!(page.contains("<th scope=\"col\">Country</th>") && !page.contains("<th scope=\"col\">Payment method status</th>"));
        assert!(!page.contains("<small dir=\"auto\">ana@example.es"), "the e-mail is chosen apart from the name");
    }

    fn a_few_are_archived_as_previewed_and_undo_brings_them_back(db) {
        let f = Fixture::new(db);
        let ids = many(&f, 4);
        let (ctx, first) = (f.ctx.clone(), ids[0].clone());
        f.db.write_now::<_, domain::Error>(move |tx| customers::archive(tx, &ctx, &first, None)).unwrap();
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let mut fields: Vec<(&str, &str)> = ids.iter().take(3).map(|id| ("id", id.as_str())).collect();
        fields.push(("action", "archive"));
        let preview = olivia.post("/customers/bulk?view=all", &fields);
        assert!(preview.body.contains("2 customers will be archived.") && preview.body.contains("already archived"));
        assert_eq!(counter(&olivia.get("/customers?view=all")), 3, "a look changes nothing");
        fields.push(("once", "pressed"));
        for press in 1..=2 {
            let done = olivia.post("/customers/bulk/run?view=all", &fields);
            assert_eq!(done.location, "/customers?view=all");
            let page = olivia.get(&done.location);
            assert!(page.body.contains("2 customers archived. 1 not: already archived."), "press {press}");
            assert_eq!(counter(&page), 1);
            if press == 2 {
                let undo = format!("/jobs/{}", action(&page, "/jobs/")).replace("&#38;", "&");
                let back = olivia.post(&undo, &[]);
                assert_eq!(back.location, "/customers?view=all");
                assert_eq!(counter(&olivia.get(&back.location)), 3, "the one that was archived before stays so");
            }
        }
    }

    fn all_that_match_but_one_are_tagged_by_a_job_that_can_be_followed(db) {
        let f = Fixture::new(db);
        let ids = many(&f, 130);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let all = [("all", "1"), ("except", ids[7].as_str()), ("action", "add_tags")];
        let ask = olivia.post("/customers/bulk?q=person", &all);
        assert!(ask.body.contains("Tag 130 customers") || ask.body.contains("Tag 129 customers"), "asks which tags");
        let chosen = [&all[..], &[("new_tags", "fair, spring")]].concat();
        assert!(olivia.post("/customers/bulk?q=person", &chosen).body.contains("129 customers will be tagged."));
        let begun = olivia.post("/customers/bulk/run?q=person", &chosen).location;
        assert!(begun.starts_with("/jobs/job_"), "{begun}");
        let waiting = olivia.get(&begun).body;
        assert!(waiting.contains("Waiting") && waiting.contains("hx-trigger=\"every 1s\"") && waiting.contains("http-equiv=\"refresh\""));
        work(&f);
        let done = olivia.get(&begun).body;
        assert!(done.contains("129") && !done.contains("every 1s") && done.contains("Person 1"));
        assert!(olivia.get("/jobs").body.contains("Tag 129 customers: fair, spring"));
        let undo = olivia.post(&format!("{begun}/undo"), &[]).location;
        work(&f);
        assert!(olivia.get(&undo).body.contains("Undo for 129 customers"));
        assert!(olivia.get(&format!("{begun}?outcome=undone")).body.contains("Person 1"));
    }

    fn deleting_for_good_asks_in_words(db) {
        let f = Fixture::new(db);
        let id = customer(&f, "Ana", "ana@example.es");
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let fields = [("id", id.as_str()), ("action", "delete_permanently")];
        assert!(olivia.post("/customers/bulk?view=all", &fields).body.contains("Nobody can bring it back"));
        assert_eq!(olivia.post("/customers/bulk/run?view=all", &fields).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(counter(&olivia.get("/customers?view=all")), 1);
        olivia.post("/customers/bulk/run?view=all", &[&fields[..], &[("sure", "1")]].concat());
        let page = olivia.get("/customers?view=all&status=deleted");
        assert_eq!(counter(&page), 0);
        assert!(!page.body.contains("/undo"));
    }

    fn who_only_reads_has_no_button_and_no_way_around(db) {
        let f = Fixture::new(db);
        let id = customer(&f, "Ana", "ana@example.es");
        let desk = Desk::new(db);
        let mut sam = desk.person(&f, &of_role(&f, Role::ReadOnly));
        let page = sam.get("/customers?view=all").body;
        assert!(page.contains("Ana") && !page.contains("data-bulk") && !page.contains("New customer") && !page.contains("Select Ana"));
        let fields = [("id", id.as_str()), ("action", "archive")];
        assert_eq!(sam.post("/customers/bulk?view=all", &fields).status, StatusCode::FORBIDDEN);
        assert_eq!(sam.post("/customers/bulk/run?view=all", &fields).status, StatusCode::FORBIDDEN);
        assert_eq!(counter(&sam.get("/customers?view=all")), 1);
    }

    fn another_merchants_customer_is_nobody(db) {
        let f = Fixture::new(db);
        // Signed in before the owner has another merchant, so the session works in the first one.
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let theirs = customer(&f.other(), "Theirs", "t@example.com");
        customer(&f, "Ours", "o@example.com");
        let mut page = olivia.get("/customers?view=all&q=e");
        for address in ["/customers?view=all", "/search?q=theirs", "/"] {
            page = olivia.get(address);
            assert!(!page.body.contains("Theirs"), "{address}");
        }
        assert_eq!(page.status, StatusCode::OK);
        let preview = olivia.post("/customers/bulk?view=all", &[("id", theirs.as_str()), ("action", "archive")]);
        assert!(preview.body.contains("0 customers will be archived."));
    }

    fn the_top_bar_finds_customers_and_home_counts_as_its_lists_do(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/").body.contains("regulars demo"), "an empty desk says how to begin");
        let ana = customer(&f, "Ana Ruiz", "ana@example.es");
        customer(&f, "Ben Dahl", "ben@example.no");
        pay(&f, &ana, 2_500);
        let found = olivia.get("/search?q=ruiz").body;
        assert!(found.contains("data-found") && found.contains(&format!("/customers/{ana}")) && !found.contains("Ben Dahl"));
        let home = olivia.get("/").body;
        assert!(home.contains("June 2026") && home.contains("€25.00") && home.contains("Nothing waits for you."));
        let new = home.split("href=\"").find(|part| part.contains("created_from")).unwrap();
        assert!(new.contains("<b>2</b>"));
        assert_eq!(counter(&olivia.get(&new[..new.find('"').unwrap()].replace("&#38;", "&"))), 2);
        let revenue = home.split("href=\"").find(|part| part.starts_with("/payments?")).unwrap();
        let payments = olivia.get(&revenue[..revenue.find('"').unwrap()].replace("&#38;", "&")).body;
        assert!(payments.contains("Ana Ruiz") && payments.contains("1 matches · €25.00 received"));
        assert_eq!(olivia.get("/home/secrets").status, StatusCode::NOT_FOUND);
    }

    fn the_file_has_the_fourteen_columns_and_those_who_match(db) {
        let f = Fixture::new(db);
        let ids = many(&f, 3);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/customers?view=all").body.contains("/customers/export?"));
        assert!(olivia.get("/customers/export?q=person").body.contains("The 3 customers of the list"));
        let file = olivia.post("/customers/export", &[("query", "q=person"), ("format", "csv"), ("who", "these"), ("columns", "Status")]).body;
        let mut lines = file.trim_start_matches('\u{feff}').lines();
        assert!(lines.next().unwrap().starts_with("Name,Email,Company,Company ID,Company Email,Tax ID,Phone,Address,City,State,Zip/Postal Code,Country,VAT Number,Lifetime Value,Status"));
        assert_eq!(lines.count(), 3);
        let two = [("id", ids[0].as_str()), ("id", ids[1].as_str()), ("action", "export")];
        let address = olivia.post("/customers/bulk?view=all", &two).location;
        assert!(olivia.get(&address).body.contains("The 2 selected customers"));
        let mut sam = desk.person(&f, &of_role(&f, Role::Support));
        assert!(!sam.get("/customers?view=all").body.contains("/customers/export"));
        assert_eq!(sam.post("/customers/export", &[("format", "csv")]).status, StatusCode::FORBIDDEN);
    }
}
