//! The image of a million customers (SPEC 1.3, 1.4, 16): each question with the counts of all options, and without.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::customers::index::{Entry, Image, Query, Sort, SortBy, Span, words};
use domain::kit::encode;
use measure::made_up;

const CUSTOMERS: u64 = 1_000_000;

fn search(typed: &str) -> Query {
    Query { words: words(typed), ..Query::default() }
}

fn sort(by: SortBy, descending: bool) -> Query {
    Query { sort: Sort { by, descending }, ..Query::default() }
}

fn questions(image: &Image) -> Vec<(&'static str, Query)> {
    let middle = image.find(&Query { limit: 500_000, ..sort(SortBy::Name, false) }, 1_000, 1_000).last;
    let id = format!("cus_{}", encode(&made_up(777_779).key));
    let amounts = Span { from: Some(500_000), to: None };
    vec![
        ("all, newest first", sort(SortBy::Created, true)),
        ("all, oldest first", sort(SortBy::Created, false)),
        ("by name", sort(SortBy::Name, false)),
        ("by name, from the middle", Query { after: middle.clone(), ..sort(SortBy::Name, false) }),
        ("by name, before the middle", Query { before: middle, ..sort(SortBy::Name, false) }),
        ("by last order", sort(SortBy::LastOrder, true)),
        ("by lifetime value", sort(SortBy::Lifetime, true)),
        ("top 100", Query { top: Some(100), ..Query::default() }),
        ("three filters", Query { status: vec![6, 7], tag: vec![1, 2, 3], country: vec![Some(7)], ..Query::default() }),
        ("wide filters", Query { status: vec![6, 7], shop: vec![1, 2], method: vec![3, 6], ..Query::default() }),
        ("ranges", Query { lifetime: amounts, orders: Span { from: Some(3), to: Some(9) }, ..Query::default() }),
        ("search, nobody", search("zzyzx")),
        ("search, rare", search("a.garcia12")),
        ("search, one in 12", search("garcia")),
        ("search, one in 3", search("il1")),
        ("search, nearly all", search("mail")),
        ("search, one letter", search("a")),
        ("search, two common words", search("ana garcia")),
        ("search, two words nearly all have", search("mail test")),
        ("search, phone", search("+34 612 345")),
        ("search, short phone", search("06")),
        ("search, id", search(&id)),
        ("search, part of an id", search(&id[14..22])),
        ("search with filters", Query { status: vec![6], tag: vec![1, 2], ..search("garcia") }),
    ]
}

fn index(c: &mut Criterion) {
    let mut image = Image::with_capacity(CUSTOMERS as usize);
    (0..CUSTOMERS).for_each(|number| image.put(made_up(number)));
    println!("{} bytes a customer", image.bytes() as u64 / CUSTOMERS);
    ask(c, &image, questions(&image));
    drop(image);
    // Customers of an import of customers alone: nobody bought anything.
    let mut image = Image::with_capacity(CUSTOMERS as usize);
    (0..CUSTOMERS).for_each(|number| image.put(Entry { lifetime: 0, created: 0, last_order: None, orders: 0, ..made_up(number) }));
    let alike = [SortBy::Lifetime, SortBy::Created, SortBy::LastOrder];
    ask(c, &image, alike.into_iter().map(|by| (alike_by(by), sort(by, by == SortBy::Created))).collect());
}

fn alike_by(by: SortBy) -> &'static str {
    match by {
        SortBy::Lifetime => "all alike, by lifetime value",
        SortBy::LastOrder => "all alike, by last order",
        _ => "all alike, by created",
    }
}

fn ask(c: &mut Criterion, image: &Image, questions: Vec<(&'static str, Query)>) {
    for (name, query) in questions {
        for (whole, want_counts) in [("rows and total", false), ("with all counts", true)] {
            let query = Query { limit: 50, want_counts, ..query.clone() };
            c.bench_function(&format!("{name}: {whole}"), |b| b.iter(|| image.find(black_box(&query), 1_000, 1_000)));
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = index
}
criterion_main!(benches);
