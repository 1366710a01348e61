//! The image in memory and plain SQL give the same answer: totals, order, pages, option counts; on random customers, random questions, and after
//! random changes (DESIGN, Data). Statuses are worked out by a CASE on the kept columns and the moment of asking.

use store::{Row, Stmt};

use super::*;
use crate::customers::list::{self, Indexes, ListQuery, SortBy, View};
use crate::customers::status::{ALL_METHOD_STATUSES, ALL_STATUSES};
use crate::customers::{self, ExternalId};
use crate::kit::{Address, DAY, GroupId, ShopId, TagId};

/// A row of chance that repeats.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len() as u64) as usize]
    }

    /// Some of them, most often none.
    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        if self.roll(4) > 0 { Vec::new() } else { of.iter().filter(|_| self.roll(3) == 0).cloned().collect() }
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.roll(6) == 0).then(|| make(self))
    }
}

struct World {
    groups: Vec<GroupId>,
    tags: Vec<TagId>,
    shops: Vec<ShopId>,
    customers: Vec<CustomerId>,
}

const PARTS: [&str; 8] = ["an", "bo", "ce", "di", "el", "fo", "gu", "hi"];
const COUNTRIES: [&str; 4] = ["ES", "GB", "FR", ""];

fn world(f: &Fixture, dice: &mut Dice, many: usize) -> World {
    let groups =
        write(f, &f.ctx, |tx, ctx| ["Retail", "Wholesale"].iter().map(|n| Ok(crate::labels::create::<GroupId>(tx, ctx, n)?.id)).collect())
            .unwrap();
    let tags =
        write(f, &f.ctx, |tx, ctx| ["A", "B", "C"].iter().map(|n| Ok(crate::labels::create::<TagId>(tx, ctx, n)?.id)).collect()).unwrap();
    let settings = read(f, &f.ctx, crate::merchants::settings).unwrap();
    let mut w = World { groups, tags, shops: vec![f.shop.clone()], customers: Vec::new() };
    let ready: Vec<_> = (0..many)
        .map(|i| {
            let name = (0..=dice.roll(3)).map(|_| *dice.one(&PARTS)).collect::<Vec<_>>().join(if dice.roll(2) == 0 { "" } else { " " });
            let second = format!("{}@work{i}.example", dice.one(&PARTS));
            let new = NewCustomer {
                name: if dice.roll(5) == 0 { String::new() } else { name },
                email: format!("{}{i}@example.com", dice.one(&PARTS)),
                emails: dice.some(&[second]),
                phone: if dice.roll(2) == 0 { String::new() } else { format!("+34 6{:02} {:03} {i:03}", dice.roll(100), dice.roll(1000)) },
                company: if dice.roll(3) == 0 { format!("{} ltd", dice.one(&PARTS)) } else { String::new() },
                billing: Address { country: (*dice.one(&COUNTRIES)).into(), ..Address::default() },
                shop: dice.maybe(|_| f.shop.clone()),
                group: dice.maybe(|d| d.one(&w.groups).clone()),
                tags: dice.some(&["A".to_owned(), "B".into(), "C".into()]),
                external_ids: vec![ExternalId { system: "test".into(), id: i.to_string() }],
                created_at: Some(f.ctx.now - dice.roll(20) as i64 * DAY - dice.roll(3) as i64),
                ..NewCustomer::default()
            };
            customers::ready(new, Rules::Import, &settings, f.ctx.now).unwrap()
        })
        .collect();
    w.customers = write(f, &f.ctx, move |tx, ctx| customers::create_many(tx, ctx, &ready)).unwrap().into_iter().map(|c| c.id).collect();
    for id in w.customers.clone() {
        change_facts(f, dice, &id);
    }
    w
}

/// Kept facts of any kind, written as `facts` writes them: with a stamp.
fn change_facts(f: &Fixture, dice: &mut Dice, id: &CustomerId) {
    let status = *dice.one(&ALL_STATUSES);
    let until = if dice.roll(2) == 0 { None } else { Some(f.ctx.now + (dice.roll(5) as i64 - 2) * DAY) };
    let base = [0i64, 1, 2, 4, 6][dice.roll(5) as usize];
    let day = dice.maybe(|d| 20_600 + d.roll(120) as i64);
    let lifetime = dice.roll(4) as i64 * 1000 - 500;
    let last = dice.maybe(|d| f.ctx.now - d.roll(10) as i64 * DAY);
    let orders = dice.roll(4) as i64;
    let (id, statement) = (
        id.clone(),
        "UPDATE customers SET status = $3, status_until = $4, method_status = $5, method_expires_day = $6, lifetime = $7,
        last_order_at = $8, order_count = $9, change_stamp = $10 WHERE merchant_id = $1 AND id = $2",
    );
    write(f, &f.ctx, move |tx, ctx| {
        let stamp = tx.stamp()?;
        tx.exec(
            &Stmt::built(statement.into()),
            &[&ctx.merchant, &id, &i64::from(status.code()), &until, &base, &day, &lifetime, &last, &orders, &stamp],
        )?;
        Ok(())
    })
    .unwrap();
}

fn question(dice: &mut Dice, w: &World) -> ListQuery {
    let zone = crate::kit::Zone::utc();
    let day = |d: &mut Dice| zone.date(crate::testing::NOW - d.roll(20) as i64 * DAY);
    ListQuery {
        q: if dice.roll(3) == 0 { [*dice.one(&PARTS), *dice.one(&["", "3", "61"])].join(" ") } else { String::new() },
        status: dice.some(&ALL_STATUSES),
        method: dice.some(&ALL_METHOD_STATUSES),
        group: dice.some(&[None, Some(w.groups[0].clone()), Some(w.groups[1].clone())]),
        tag: dice.some(&w.tags),
        shop: dice.some(&w.shops),
        country: dice.some(&[None, Some("ES".into()), Some("GB".into())]),
        active: dice.maybe(|d| d.roll(2) == 0),
        ltv_min: dice.maybe(|d| rust_decimal::Decimal::new(d.roll(40) as i64 * 100 - 600, 2)),
        ltv_max: dice.maybe(|d| rust_decimal::Decimal::new(d.roll(40) as i64 * 100 - 600, 2)),
        created_from: dice.maybe(day),
        created_to: dice.maybe(day),
        last_order_from: dice.maybe(day),
        last_order_to: dice.maybe(day),
        orders_min: dice.maybe(|d| d.roll(4) as u32),
        orders_max: dice.maybe(|d| d.roll(4) as u32),
        no_order_since: dice.maybe(day),
        view: if dice.roll(2) == 0 {
            View::All
        } else {
            dice.one(&[View::Paying, View::Top100, View::NeverOrdered, View::CardExpiring]).clone()
        },
        sort: *dice.one(&[SortBy::Name, SortBy::Email, SortBy::Created, SortBy::LastOrder, SortBy::Lifetime]),
        descending: dice.roll(2) == 0,
        ..ListQuery::default()
    }
}

/// The same question as plain SQL: ids in order.
fn plain(f: &Fixture, q: &ListQuery) -> Vec<CustomerId> {
    let text = sql(f, q);
    read(f, &f.ctx, move |tx, ctx| Ok(tx.rows(&Stmt::built(text.clone()), &[&ctx.merchant], |r: &Row| r.get(0))?)).unwrap()
}

fn sql(f: &Fixture, q: &ListQuery) -> String {
    let (now, settings) = (f.ctx.now, read(f, &f.ctx, crate::merchants::settings).unwrap());
    let (zone, today) = (&settings.zone, settings.zone.day(now));
    let status = format!("(CASE WHEN c.status IN (4, 6) AND c.status_until < {now} THEN c.status + 1 ELSE c.status END)");
    let method = format!(
        "(CASE WHEN c.method_status IN (0, 1, 2) THEN c.method_status WHEN c.method_expires_day < {today} THEN 3 WHEN c.method_status = 4 THEN 4
        WHEN c.method_expires_day - {today} <= 29 THEN 5 ELSE 6 END)"
    );
    let list = |all: Vec<String>| all.join(", ");
    let quoted = |all: &mut dyn Iterator<Item = String>| all.map(|t| format!("'{t}'")).collect::<Vec<_>>().join(", ");
    let mut all = vec!["c.merchant_id = $1".to_owned()];
    let mut and = |text: String| all.push(text);
    for word in q.q.split_whitespace() {
        let contact = format!(
            "EXISTS (SELECT 1 FROM customer_contacts k WHERE k.merchant_id = c.merchant_id AND k.customer_id = c.id AND k.key LIKE '%{word}%')"
        );
        and(format!(
            "(c.sort_name LIKE '%{word}%' OR c.email_key LIKE '%{word}%' OR LOWER(c.company) LIKE '%{word}%' OR c.number LIKE '%{word}%' OR c.phone_key LIKE '%{word}%' OR {contact})"
        ));
    }
    if !q.status.is_empty() {
        and(format!("{status} IN ({})", list(q.status.iter().map(|s| s.code().to_string()).collect())));
    }
    match q.active {
        Some(true) => and(format!("{status} > 3")),
        Some(false) => and(format!("{status} = 3")),
        None if q.status.is_empty() => and(format!("{status} > 3")),
        None => {}
    }
    if !q.method.is_empty() {
        and(format!("{method} IN ({})", list(q.method.iter().map(|m| m.code().to_string()).collect())));
    }
    if !q.group.is_empty() {
        let ids = quoted(&mut q.group.iter().flatten().map(ToString::to_string).chain(["-".into()]));
        and(format!("(c.group_id IN ({ids}){})", if q.group.contains(&None) { " OR c.group_id IS NULL" } else { "" }));
    }
    if !q.country.is_empty() {
        and(format!("c.billing_country IN ({})", quoted(&mut q.country.iter().map(|c| c.clone().unwrap_or_default()))));
    }
    if !q.tag.is_empty() {
        let ids = quoted(&mut q.tag.iter().map(ToString::to_string));
        and(format!(
            "EXISTS (SELECT 1 FROM customer_tags t WHERE t.merchant_id = c.merchant_id AND t.customer_id = c.id AND t.tag_id IN ({ids}))"
        ));
    }
    if !q.shop.is_empty() {
        and(format!("c.shop_id IN ({})", quoted(&mut q.shop.iter().map(ToString::to_string))));
    }
    let cents = |d: rust_decimal::Decimal| d * rust_decimal::Decimal::ONE_HUNDRED;
    let spans = [
        q.ltv_min.map(|d| format!("c.lifetime >= {}", cents(d).ceil())),
        q.ltv_max.map(|d| format!("c.lifetime <= {}", cents(d).floor())),
        q.created_from.map(|d| format!("c.created_at >= {}", zone.start_of(d))),
        q.created_to.map(|d| format!("c.created_at <= {}", zone.end_of(d))),
        q.last_order_from.map(|d| format!("c.last_order_at >= {}", zone.start_of(d))),
        q.last_order_to.map(|d| format!("c.last_order_at <= {}", zone.end_of(d))),
        q.orders_min.map(|n| format!("c.order_count >= {n}")),
        q.orders_max.map(|n| format!("c.order_count <= {n}")),
        q.no_order_since.map(|d| format!("(c.last_order_at IS NULL OR c.last_order_at < {})", zone.start_of(d))),
    ];
    spans.into_iter().flatten().for_each(&mut and);
    match q.view {
        View::Paying | View::Top100 => and("c.lifetime > 0".into()),
        View::NeverOrdered => and("c.order_count = 0".into()),
        View::CardExpiring => and(format!("{method} = 5")),
        View::All | View::Saved(_) => {}
    }
    let dir = if q.descending { "DESC" } else { "ASC" };
    let order = match (&q.view, q.sort) {
        (View::Top100, _) => "c.lifetime DESC, c.id LIMIT 100".to_owned(),
        (_, SortBy::Name) => format!("c.sort_name {dir}, c.id"),
        (_, SortBy::Email) => format!("CASE WHEN c.email_key = '' THEN 1 ELSE 0 END, c.email_key {dir}, c.id"),
        (_, SortBy::Created) => format!("c.created_at {dir}, c.id"),
        (_, SortBy::LastOrder) => format!("c.last_order_at {dir} NULLS LAST, c.id"),
        (_, SortBy::Lifetime) => format!("c.lifetime {dir}, c.id"),
    };
    format!("SELECT c.id FROM customers c WHERE {} ORDER BY {order}", all.join(" AND "))
}

fn compare(f: &Fixture, indexes: &Indexes, q: &ListQuery) {
    let (indexes, asked) = (indexes.clone(), q.clone());
    let (page, ids) = read(f, &f.ctx, move |tx, ctx| {
        Ok((list::page(tx, ctx, &indexes, &asked)?, list::ids(tx, ctx, &indexes, &asked, None, usize::MAX)?.0))
    })
    .unwrap();
    let truth = plain(f, q);
    assert_eq!(ids, truth, "{}\n{}", q.print(), sql(f, q));
    assert_eq!(page.total, truth.len() as u64);
    assert_eq!(page.rows.iter().map(|r| &r.id).collect::<Vec<_>>(), truth.iter().take(25).collect::<Vec<_>>());
    // What choosing an option alone would give.
    let counts = page.counts.unwrap();
    if q.active.is_none() && q.view == View::All {
        for (status, count) in counts.status {
            assert_eq!(count, plain(f, &ListQuery { status: vec![status], ..q.clone() }).len() as u64, "{status} of {}", q.print());
        }
    }
    if q.view != View::CardExpiring && q.view != View::Top100 {
        for (method, count) in counts.method {
            assert_eq!(count, plain(f, &ListQuery { method: vec![method], ..q.clone() }).len() as u64, "{method} of {}", q.print());
        }
        for (tag, count) in counts.tag {
            assert_eq!(count, plain(f, &ListQuery { tag: vec![tag.id], ..q.clone() }).len() as u64, "tag of {}", q.print());
        }
        for (group, count) in counts.group {
            assert_eq!(
                count,
                plain(f, &ListQuery { group: vec![group.map(|g| g.id)], ..q.clone() }).len() as u64,
                "group of {}",
                q.print()
            );
        }
    }
}

store::db_test! {
    crate::migrations();

    fn the_image_and_plain_sql_agree(db) {
        let f = Fixture::new(db);
        for (seed, f) in [(1, &f), (2, &f.other())] {
            run(f, seed);
        }

        fn run(f: &Fixture, seed: u64) {
            let (mut dice, indexes) = (Dice(seed), Indexes::new());
            let mut w = world(f, &mut dice, 80);
            for round in 0..40 {
                compare(f, &indexes, &question(&mut dice, &w));
                let id = dice.one(&w.customers).clone();
                match dice.roll(5) {
                    0 => change_facts(f, &mut dice, &id),
                    1 => {
                        let name = format!("{}{round}", dice.one(&PARTS));
                        let tags = dice.some(&["A".to_owned(), "B".into()]);
                        let _ = edit(f, &f.ctx, &id, CustomerEdit { name: Some(name), tags: Some(tags), ..CustomerEdit::default() }).unwrap();
                    }
                    2 => {
                        let gone = id.clone();
                        write(f, &f.ctx, move |tx, ctx| customers::delete_permanently(tx, ctx, &gone)).unwrap();
                        w.customers.retain(|c| *c != id);
                    }
                    _ => {}
                }
            }
        }
    }
}
