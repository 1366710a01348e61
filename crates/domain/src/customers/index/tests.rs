//! The image against a plain list that is filtered, sorted and cut the slow way.

use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

use super::*;
use crate::customers::{MethodStatus, Status};
use crate::kit::encode;

/// The list the slow way.
#[derive(Default)]
struct Plain(BTreeMap<Key, Entry>);

fn status_of(entry: &Entry, now: i64) -> u8 {
    let kept = Status::of(entry.base.into()).unwrap();
    kept.at(Some(entry.until).filter(|until| *until != i64::MAX), now).code()
}

fn method_of(entry: &Entry, today: i32) -> u8 {
    let kept = MethodStatus::of(entry.method.into()).unwrap();
    kept.on(Some(entry.expires_day).filter(|day| *day != i32::MAX), today).code()
}

/// The id as people see it.
fn id_text(key: &Key) -> String {
    format!("cus_{}", encode(key))
}

fn finds(entry: &Entry, typed: &str) -> bool {
    typed.split(' ').all(|word| {
        let parts = [entry.name.as_str(), entry.email.as_str()].into_iter().chain(entry.text.split('\u{1}'));
        let digits: String = word.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_start_matches('0');
        let is_phone = !digits.is_empty() && word.chars().all(|c| c.is_ascii_digit() || "+-()".contains(c));
        let mut phones = entry.phones.split('\u{1}');
        parts.into_iter().any(|part| part.contains(word))
            || phones.any(|phone| phone.contains(word) || is_phone && phone.contains(digits))
            || word.len() >= 6 && word.contains(|c: char| c.is_ascii_digit()) && id_text(&entry.key).contains(word)
    })
}

struct Asked {
    query: Query,
    typed: String,
}

/// The filters that refuse a customer: status, activation, method, group, tag, shop, country. `None`: gone altogether.
fn refused(entry: &Entry, asked: &Asked, now: i64, today: i32) -> Option<[bool; 7]> {
    let query = &asked.query;
    let (code, pays) = (status_of(entry, now), method_of(entry, today));
    let within = query.lifetime.holds(entry.lifetime)
        && query.created.holds(entry.created)
        && (query.last_order.is_open() || entry.last_order.is_some_and(|at| query.last_order.holds(at)))
        && query.orders.holds(entry.orders)
        && query.no_order_since.is_none_or(|since| entry.last_order.is_none_or(|at| at < since))
        && query.restrict.as_ref().is_none_or(|keys| keys.contains(&entry.key))
        && (asked.typed.is_empty() || finds(entry, &asked.typed))
        && (query.top.is_none() || entry.lifetime > 0);
    let hidden_by_activation = match query.active {
        Some(true) => code <= Status::Archived.code(),
        Some(false) => code != Status::Archived.code(),
        None => query.status.is_empty() && code <= Status::Archived.code(),
    };
    within.then(|| {
        [
            !query.status.is_empty() && !query.status.contains(&code),
            hidden_by_activation,
            !query.method.is_empty() && !query.method.contains(&pays),
            !query.group.is_empty() && !query.group.contains(&entry.group),
            !query.tag.is_empty() && !entry.tags.iter().any(|tag| query.tag.contains(tag)),
            !query.shop.is_empty() && !entry.shops.iter().any(|shop| query.shop.contains(shop)),
            !query.country.is_empty() && !query.country.contains(&entry.country),
        ]
    })
}

impl Plain {
    fn matching(&self, asked: &Asked, now: i64, today: i32) -> Vec<&Entry> {
        let passes = |entry: &&Entry| refused(entry, asked, now, today).is_some_and(|by| !by.contains(&true));
        let mut rows: Vec<&Entry> = self.0.values().filter(passes).collect();
        let sort = match asked.query.top {
            Some(_) => Sort { by: SortBy::Lifetime, descending: true },
            None => asked.query.sort,
        };
        rows.sort_by(|a, b| {
            let (first, second) = if sort.descending { (b, a) } else { (a, b) };
            let by_value = match sort.by {
                SortBy::Name => first.name.as_bytes().cmp(second.name.as_bytes()),
                SortBy::Email => (a.email.is_empty().cmp(&b.email.is_empty())).then(first.email.as_bytes().cmp(second.email.as_bytes())),
                SortBy::Created => first.created.cmp(&second.created),
                SortBy::Lifetime => first.lifetime.cmp(&second.lifetime),
                SortBy::LastOrder => (a.last_order.is_none().cmp(&b.last_order.is_none())).then(first.last_order.cmp(&second.last_order)),
            };
            by_value.then(a.key.cmp(&b.key))
        });
        rows.truncate(asked.query.top.unwrap_or(usize::MAX));
        rows
    }

    /// Counts each option by asking for it alone: what a person would see who chose it.
    fn counts(&self, asked: &Asked, now: i64, today: i32) -> Counts {
        let total = |change: &dyn Fn(&mut Query)| {
            let mut query = asked.query.clone();
            change(&mut query);
            self.matching(&Asked { query, typed: asked.typed.clone() }, now, today).len() as u64
        };
        let mut counts = Counts::default();
        for code in 1..=8 {
            counts.status[code] = total(&|q| q.status = vec![code as u8]);
        }
        for code in 0..7 {
            counts.method[code] = total(&|q| q.method = vec![code as u8]);
        }
        for code in 0..4u16 {
            let option = code.checked_sub(1);
            counts.group.insert(option, total(&|q| q.group = vec![option]));
            counts.country.insert(option, total(&|q| q.country = vec![option]));
            counts.tag.insert(code, total(&|q| q.tag = vec![code]));
            counts.shop.insert(code, total(&|q| q.shop = vec![code]));
        }
        counts.active = total(&|q| q.active = Some(true));
        counts.archived = total(&|q| q.active = Some(false));
        counts.group.retain(|_, count| *count > 0);
        counts.country.retain(|_, count| *count > 0);
        counts.tag.retain(|_, count| *count > 0);
        counts.shop.retain(|_, count| *count > 0);
        counts
    }
}

fn key(number: u8) -> Key {
    let mut key = [0xa7; 16];
    (key[0], key[7], key[15]) = (1, number.wrapping_mul(37), number);
    key
}

fn kept_method() -> impl Strategy<Value = u8> {
    prop_oneof![Just(0u8), Just(1), Just(2), Just(4), Just(6)]
}

fn entry() -> impl Strategy<Value = Entry> {
    let words = (
        any::<u8>().prop_map(key),
        "(an|ana b|anabelle |bob|x){0,3}",
        "[ab1@.]{0,6}(\u{1}[ab06-]{0,4})?",
        "(3461[0-2]{3})?(\u{1}0612)?",
        "(ana@b|bob@a|anabelle@b|anabelle@a)?",
    );
    let facts = (1..=8u8, prop_oneof![Just(i64::MAX), 0..20i64], kept_method(), prop_oneof![Just(i32::MAX), 0..60i32]);
    let sets = (proptest::option::of(0..3u16), vec(0..4u16, 0..3), vec(0..4u16, 0..3), proptest::option::of(0..3u16));
    let values = (-3..6i64, 0..20i64, proptest::option::of(0..20i64), 0..4u32);
    (words, facts, sets, values).prop_map(|(words, facts, sets, values)| Entry {
        key: words.0,
        name: words.1,
        text: words.2,
        phones: words.3,
        email: words.4,
        base: facts.0,
        until: facts.1,
        method: facts.2,
        expires_day: facts.3,
        group: sets.0,
        tags: sets.1,
        shops: sets.2,
        country: sets.3,
        lifetime: values.0,
        created: values.1,
        last_order: values.2,
        orders: values.3,
    })
}

fn seldom<T: Clone + std::fmt::Debug>(some: impl Strategy<Value = T>, usual: T) -> impl Strategy<Value = T> {
    prop_oneof![3 => Just(usual), 1 => some]
}

fn span() -> impl Strategy<Value = Span<i64>> {
    let ends = (proptest::option::of(0..20i64), proptest::option::of(0..20i64));
    seldom(ends.prop_map(|(from, to)| Span { from, to }), Span::default())
}

fn asked() -> impl Strategy<Value = Asked> {
    let word = prop_oneof!["(an|ana|b|a1|@|x)", "(34-6|\\(0\\)61|061|10|0|612)", Just("7a7a7a".to_owned()), "[a-z0-9]{6}"];
    let typed = seldom(vec(word, 1..3).prop_map(|words| words.join(" ")), String::new());
    let chosen = (
        seldom(vec(1..=8u8, 1..4), vec![]),
        seldom(vec(0..7u8, 1..4), vec![]),
        seldom(vec(proptest::option::of(0..3u16), 1..3), vec![]),
        seldom(vec(0..4u16, 1..3), vec![]),
        seldom(vec(0..4u16, 1..3), vec![]),
        seldom(vec(proptest::option::of(0..3u16), 1..3), vec![]),
        seldom(any::<bool>().prop_map(Some), None),
    );
    let spans = (span(), span(), span(), seldom((0..3u32).prop_map(Some), None), seldom((0..20i64).prop_map(Some), None));
    let by = prop_oneof![Just(SortBy::Name), Just(SortBy::Email), Just(SortBy::Created), Just(SortBy::LastOrder), Just(SortBy::Lifetime)];
    let page = (
        (by, any::<bool>()).prop_map(|(by, descending)| Sort { by, descending }),
        1..9usize,
        seldom((1..12usize).prop_map(Some), None),
        seldom(vec(any::<u8>().prop_map(key), 0..200).prop_map(Some), None),
    );
    (typed, chosen, spans, page).prop_map(|(typed, chosen, spans, page)| Asked {
        query: Query {
            words: words(&typed),
            status: chosen.0,
            method: chosen.1,
            group: chosen.2,
            tag: chosen.3,
            shop: chosen.4,
            country: chosen.5,
            active: chosen.6,
            lifetime: spans.0,
            created: spans.1,
            last_order: spans.2,
            orders: Span { from: spans.3, to: None },
            no_order_since: spans.4,
            sort: page.0,
            limit: page.1,
            top: page.2,
            restrict: page.3,
            want_counts: true,
            ..Query::default()
        },
        typed,
    })
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.typed, self.query)
    }
}

fn fill(changes: &[(bool, Entry)]) -> (Image, Plain) {
    let (mut image, mut plain) = (Image::new(), Plain::default());
    for (stays, entry) in changes {
        image.put(entry.clone());
        plain.0.insert(entry.key, entry.clone());
        if !stays {
            image.remove(&entry.key);
            plain.0.remove(&entry.key);
        }
    }
    (image, plain)
}

fn changes(most: usize) -> impl Strategy<Value = Vec<(bool, Entry)>> {
    vec((proptest::bool::weighted(0.9), entry()), 0..most)
}

/// Every page from the first on, then back again: each must be the next piece of `expected`.
fn turn_pages(image: &Image, query: &Query, expected: &[Key], now: i64, today: i32) {
    let (mut query, mut seen) = (query.clone(), 0);
    let mut page = image.find(&query, now, today);
    loop {
        let piece = &expected[seen..(seen + query.limit).min(expected.len())];
        assert_eq!(page.keys, piece, "forward from {seen}");
        assert_eq!((page.position, page.more_before), (seen as u64 + 1, seen > 0));
        assert_eq!(page.total, expected.len() as u64);
        seen += piece.len();
        assert_eq!(page.more_after, seen < expected.len());
        if !page.more_after {
            break;
        }
        query.after = page.last;
        page = image.find(&query, now, today);
    }
    while page.more_before {
        seen -= page.keys.len();
        (query.after, query.before) = (None, page.first);
        page = image.find(&query, now, today);
        assert_eq!(page.keys, &expected[seen.saturating_sub(query.limit)..seen], "back from {seen}");
        assert_eq!(page.position as usize, seen - page.keys.len() + 1);
        assert!(page.more_after);
    }
    assert_eq!(seen, page.keys.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_image_answers_what_a_plain_list_would(
        changes in changes(400), asked in vec(asked(), 2), now in 0..20i64, today in 0..60i32,
    ) {
        let (image, plain) = fill(&changes);
        prop_assert_eq!(image.len(), plain.0.len());
        for asked in &asked {
            let expected: Vec<Key> = plain.matching(asked, now, today).iter().map(|e| e.key).collect();
            turn_pages(&image, &asked.query, &expected, now, today);
            let counts = image.find(&asked.query, now, today).counts;
            prop_assert_eq!(counts, Some(plain.counts(asked, now, today)), "{:?}", asked);
        }
    }

    #[test]
    fn a_place_stays_good_when_its_customer_changes_or_leaves(
        changes in changes(120), asked in asked(), at in any::<prop::sample::Index>(), leaves in any::<bool>(),
    ) {
        let (mut image, plain) = fill(&changes);
        let mut asked = asked;
        (asked.query.top, asked.query.status) = (None, (Status::Subscriber.code()..=Status::Prospect.code()).collect());
        let all: Vec<Key> = plain.matching(&asked, 9, 9).iter().map(|e| e.key).collect();
        prop_assume!(!all.is_empty());
        let at = at.index(all.len());
        let mut query = asked.query.clone();
        query.after = image.cursor(&all[at], query.sort);
        if leaves {
            image.remove(&all[at]);
        } else {
            let was = &plain.0[&all[at]];
            image.put(Entry { base: Status::Deleted.code(), name: format!("{}zz", was.name), ..was.clone() });
        }
        let expected: Vec<Key> = all[at + 1..].iter().take(query.limit).copied().collect();
        prop_assert_eq!(image.find(&query, 9, 9).keys, expected);
    }
}

fn customer(number: u8, name: &str, text: &str, phones: &str) -> Entry {
    let (name, text) = (fold(name), text.split(' ').map(fold).collect::<Vec<_>>().join("\u{1}"));
    Entry {
        key: key(number),
        name,
        text,
        phones: phones.to_owned(),
        base: Status::Prospect.code(),
        until: i64::MAX,
        expires_day: i32::MAX,
        ..Entry::default()
    }
}

fn searched(image: &Image, typed: &str) -> Vec<u8> {
    let found = image.find(&Query { words: words(typed), limit: 9, ..Query::default() }, 0, 0);
    let mut numbers: Vec<u8> = found.keys.iter().map(|key| key[15]).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn a_phone_is_found_in_any_format() {
    let mut image = Image::new();
    image.put(customer(1, "Ana", "ana@example.com", "34612345678"));
    image.put(customer(2, "Bob", "bob612@example.com A-0612", "31201112223\u{1}0687654321"));
    for typed in [
        "+34 612 345 678",
        "+34612345678",
        "0034 612-345-678",
        "(0)612 345678",
        "0612345678",
        "612 345 678",
        "+34 (0) 612 345 678",
        "+34 - 612345678",
        "ana 612",
        "34.612.34",
        "12 345",
    ] {
        assert_eq!(searched(&image, typed), [1], "{typed}");
    }
    assert_eq!(searched(&image, "06 87 65 43 21"), [2]);
    assert_eq!(searched(&image, "612"), [1, 2]);
    assert_eq!(searched(&image, "0612"), [1, 2], "the number A-0612, and a phone with 612");
    assert_eq!(searched(&image, "+612"), [1], "a plus speaks of phones alone");
    assert_eq!(searched(&image, "2223068"), [0u8; 0], "across two phones");
}

#[test]
fn words_match_in_any_part_and_never_across_two() {
    let mut image = Image::new();
    image.put(customer(1, "José Núñez", "jose@exämple.com Straßenbau C-17850", ""));
    image.put(customer(2, "Josefine", "fine@shop.test", ""));
    for typed in ["JOSE nunez", "núñez josé", "exampl", "strasse", "c-178", "17850", "é@e", "ez"] {
        assert_eq!(searched(&image, typed), [1], "{typed}");
    }
    assert_eq!(searched(&image, "jose"), [1, 2]);
    assert_eq!(searched(&image, "jose  "), [1, 2]);
    assert_eq!(searched(&image, "jose shop"), [2]);
    assert_eq!(searched(&image, "ñezjose"), [0u8; 0]);
    assert_eq!(searched(&image, "com\u{1}strasse"), [1], "a control character is a blank");
    assert_eq!(searched(&image, ""), [1, 2]);
}

#[test]
fn an_id_is_found_whole_by_its_beginning_or_by_a_part() {
    let mut image = Image::new();
    image.put(customer(1, "Ana", "", ""));
    image.put(customer(2, "Bob", "", ""));
    let id = id_text(&key(1));
    assert_eq!(id.len(), 30);
    assert_eq!(searched(&image, &id), [1]);
    assert_eq!(searched(&image, &id.to_uppercase()), [1]);
    assert_eq!(searched(&image, &id[4..]), [1]);
    assert_eq!(searched(&image, &id[..8]), [1, 2]);
    assert_eq!(searched(&image, &id[18..]), [1]);
    assert_eq!(searched(&image, &id[24..].replace('1', "l")), searched(&image, &id[24..]));
    assert_eq!(searched(&image, &id[..7]), [0u8; 0], "too short to be the beginning of an id");
    assert_eq!(searched(&image, &format!("{id}0")), [0u8; 0]);
}

#[test]
fn text_of_who_left_or_changed_is_overwritten() {
    let mut image = Image::new();
    image.put(customer(1, "Secretive", "secret@example.com", "3461111"));
    image.put(customer(2, "Other", "", ""));
    image.put(customer(1, "Anonymous", "", ""));
    image.put(customer(3, "Secret", "", ""));
    image.remove(&key(3));
    image.remove(&key(3));
    let kept = String::from_utf8_lossy(image.text.all()).into_owned();
    assert!(!kept.contains("secret") && !kept.contains("3461111"), "{kept:?}");
    assert_eq!((image.len(), searched(&image, "")), (2, vec![1, 2]));
}

#[test]
fn changes_without_end_do_not_grow_the_image() {
    let mut image = Image::new();
    for round in 0..20_000u32 {
        let number = (round % 200) as u8;
        let mut changed = customer(number, &format!("name {round}"), "", "");
        changed.tags = vec![(round % 5_000) as u16];
        image.put(changed);
    }
    assert_eq!(image.len(), 200);
    assert!(image.bytes() < 200_000, "{}", image.bytes());
    assert_eq!(searched(&image, "19987"), [187]);
}

#[test]
fn a_record_that_is_too_long_is_cut_and_its_neighbours_stay() {
    let mut image = Image::new();
    image.put(customer(1, &"é".repeat(9_000), &"x".repeat(90_000), &"7".repeat(9_000)));
    image.put(customer(2, "Bob", "", ""));
    assert_eq!(searched(&image, "bob"), [2]);
    assert_eq!(searched(&image, "eee"), [1]);
    assert_eq!(image.find(&Query { sort: Sort { by: SortBy::Name, descending: true }, limit: 2, ..Query::default() }, 0, 0).keys.len(), 2);
}

#[test]
fn no_limit_gives_all_in_order() {
    let mut image = Image::new();
    (0..200).for_each(|number| image.put(customer(number, &format!("{number:03}"), "", "")));
    let sort = Sort { by: SortBy::Name, descending: true };
    let found = image.find(&Query { sort, limit: usize::MAX, ..Query::default() }, 0, 0);
    let numbers: Vec<u8> = found.keys.iter().map(|key| key[15]).collect();
    assert_eq!(numbers, (0..200).rev().collect::<Vec<u8>>());
    let none = image.find(&Query { sort, limit: 0, ..Query::default() }, 0, 0);
    assert_eq!((none.total, none.keys.len(), none.more_after), (200, 0, true));
}

#[test]
fn countries_go_to_numbers_and_back() {
    for letters in ["AA", "NL", "ZZ"] {
        let code = country_code(letters).unwrap_or(u16::MAX);
        assert_eq!(country_letters(code), letters);
        assert_eq!(country_code(&letters.to_lowercase()), Some(code));
    }
    assert_eq!((country_code("N"), country_code("NLD"), country_code("É"), country_code("")), (None, None, None, None));
}
