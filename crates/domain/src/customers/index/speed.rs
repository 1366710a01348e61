//! How long a million takes. Prints figures, so it runs only when asked for:
//! `cargo test --release -p regulars-domain -- --ignored index_speed --nocapture`.

use std::time::{Duration, Instant};

use super::*;
use crate::kit::encode;

const CUSTOMERS: u64 = 1_000_000;
const FIRST: [&str; 12] = ["ana", "bob", "carla", "dirk", "elena", "farid", "greta", "hugo", "ines", "jonas", "katrin", "lucas"];
const LAST: [&str; 12] =
    ["garcia", "de vries", "muller", "rossi", "novak", "jansen", "silva", "dubois", "kowalski", "andersen", "smith", "papadopoulos"];

/// The same spread of bits on every run.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (number ^ (number >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 8
}

fn made_up(number: u64) -> Entry {
    let chance = |salt: u64, below: u64| mix(number * 31 + salt) % below;
    let (first, last) = (FIRST[chance(1, 12) as usize], LAST[chance(2, 12) as usize]);
    let short = last.replace(' ', "");
    let mut key = [0; 16];
    key[..8].copy_from_slice(&((1_700_000_000_000 + number) << 16 | 0x7000).to_be_bytes());
    key[8..].copy_from_slice(&mix(number).to_be_bytes());
    Entry {
        key,
        name: format!("{first} {last}"),
        email: format!("{first}.{short}{}@mail{}.test", chance(3, 900), chance(4, 40)),
        text: String::new(),
        phones: format!("346{:08}", chance(5, 100_000_000)),
        base: [3, 4, 5, 6, 6, 6, 7, 8][chance(6, 8) as usize],
        until: chance(7, 2_000) as i64,
        method: [0, 1, 2, 4, 6, 6, 6, 6][chance(8, 8) as usize],
        expires_day: if chance(9, 3) == 0 { i32::MAX } else { chance(10, 2_000) as i32 },
        group: Some(chance(11, 6) as u16).filter(|group| *group < 5),
        tags: (0..chance(12, 3)).map(|n| chance(13 + n, 30) as u16).collect(),
        shops: (0..=chance(17, 2)).map(|n| chance(18 + n, 4) as u16).collect(),
        country: Some(chance(20, 200) as u16),
        lifetime: if chance(21, 4) == 0 { 0 } else { chance(22, 1_000_000) as i64 },
        created: number as i64 * 1_000,
        last_order: (chance(23, 3) > 0).then(|| chance(24, 1_000_000_000) as i64),
        orders: chance(25, 20) as u32,
    }
}

/// The quickest of nine runs: what the work costs when nothing else wants the processor.
fn timed(image: &Image, query: &Query) -> (Duration, Found) {
    let mut runs: Vec<(Duration, Found)> = (0..9)
        .map(|_| {
            let start = Instant::now();
            let found = image.find(query, 1_000, 1_000);
            (start.elapsed(), found)
        })
        .collect();
    runs.sort_by_key(|(took, _)| *took);
    runs.swap_remove(0)
}

#[test]
#[ignore = "prints figures; a million customers in a release build"]
fn index_speed() {
    let start = Instant::now();
    let mut image = Image::with_capacity(CUSTOMERS as usize);
    let mut text = 0;
    for number in 0..CUSTOMERS {
        let entry = made_up(number);
        text += entry.name.len() + entry.text.len() + entry.phones.len();
        image.put(entry);
    }
    let each = image.bytes() as u64 / CUSTOMERS;
    println!("load {:?}, {each} bytes a customer with {} of text", start.elapsed(), text as u64 / CUSTOMERS);

    let search = |typed: &str| Query { words: words(typed), ..Query::default() };
    let sort = |by, descending| Query { sort: Sort { by, descending }, ..Query::default() };
    let middle = image.find(&Query { limit: 500_000, ..sort(SortBy::Name, false) }, 1_000, 1_000).last;
    let id = format!("cus_{}", encode(&made_up(777_779).key));
    let questions = [
        ("all, created down", sort(SortBy::Created, true)),
        ("all, created up", sort(SortBy::Created, false)),
        ("by name", sort(SortBy::Name, false)),
        ("by name, from the middle", Query { after: middle.clone(), ..sort(SortBy::Name, false) }),
        ("by name, before the middle", Query { before: middle, ..sort(SortBy::Name, false) }),
        ("by last order, down", sort(SortBy::LastOrder, true)),
        ("by lifetime value, down", sort(SortBy::Lifetime, true)),
        ("by lifetime value, up", sort(SortBy::Lifetime, false)),
        ("top 100", Query { top: Some(100), ..Query::default() }),
        ("three filters", Query { status: vec![6, 7], tag: vec![1, 2, 3], country: vec![Some(7)], ..Query::default() }),
        ("wide filters", Query { status: vec![6, 7], shop: vec![1, 2], method: vec![3, 6], ..Query::default() }),
        (
            "ranges",
            Query { lifetime: Span { from: Some(500_000), to: None }, orders: Span { from: Some(3), to: Some(9) }, ..Query::default() },
        ),
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
    ];
    for (name, query) in questions {
        let (took, found) = timed(&image, &Query { limit: 50, want_counts: true, ..query.clone() });
        let (bare, _) = timed(&image, &Query { limit: 50, ..query });
        println!("{name:34} {took:>12.1?}  without counts {bare:>12.1?}  of {:>9}", found.total);
        assert!(found.total <= CUSTOMERS && found.keys.len() <= 50);
    }
    let start = Instant::now();
    let all = image.find(&Query { limit: usize::MAX, ..sort(SortBy::Name, false) }, 1_000, 1_000);
    println!("all keys by name {:?}, {}", start.elapsed(), all.keys.len());
    let start = Instant::now();
    (0..250_002).for_each(|number| image.remove(&made_up(number * 3).key));
    println!("a quarter removed, with compaction {:?}, {} left", start.elapsed(), image.len());
}
