//! The load driver of `bin/bench`: makes a large merchant, asks a running server many times, writes with many clients, and serves a bare
//! handler as the floor. It prints lines `name<TAB>p50 ms<TAB>p95 ms<TAB>per second`; `bin/bench` makes the table.
#![allow(clippy::float_arithmetic, clippy::disallowed_methods, clippy::unwrap_used, reason = "figures and a clock are what a bench is for")]

#[path = "bench/client.rs"]
mod client;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use client::{Client, print};
use domain::demo::{self, Plan, bulk};
use domain::kit::{Clock, SystemClock};
use store::{Db, Options, Target};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["make", database, customers, each] => make(database, customers.parse().unwrap(), each.parse().unwrap()),
        ["read", address, cookie, key, times] => read(address, cookie, key, times.parse().unwrap()),
        ["checkouts", address, key, shop, clients, each] => checkouts(address, key, shop, clients.parse().unwrap(), each.parse().unwrap()),
        ["renewals", database, many] => renewals(database, many.parse().unwrap()),
        ["fsyncs", file, times] => fsyncs(file, times.parse().unwrap()),
        ["bare", port] => bare(port.parse().unwrap()),
        ["hammer", address, clients, seconds] => hammer(address, clients.parse().unwrap(), seconds.parse().unwrap()),
        _ => {
            eprintln!(
                "bench make DATABASE CUSTOMERS ORDERS_EACH | read ADDRESS COOKIE KEY TIMES | checkouts ADDRESS KEY SHOP CLIENTS EACH | renewals DATABASE MANY | fsyncs FILE TIMES | bare PORT | hammer ADDRESS CLIENTS SECONDS"
            );
            std::process::exit(2);
        }
    }
}

/// An owner, a key and very many customers; prints the key and the shop.
fn make(database: &str, customers: usize, each: usize) {
    let db = Db::open(&Target::parse(database).unwrap(), Options::default()).unwrap();
    db.migrate(domain::migrations()).unwrap();
    let plan = Plan { customers, seed: 1, now: SystemClock.now() };
    let house = demo::open(&db, &plan).unwrap();
    let start = Instant::now();
    bulk::fill(&db, &house.ctx, &house.shops[0], customers, each, |n| {
        if n % 50_000 == 0 {
            eprintln!("{n} customers, {:.0} s", start.elapsed().as_secs_f64());
        }
    })
    .unwrap();
    // A demo never speaks to a provider; webhooks of one are to be measured.
    static REAL: store::Stmt = store::Stmt::new("real", "UPDATE merchants SET demo = FALSE WHERE demo = $1");
    db.write_now(|tx| tx.exec(&REAL, &[&true])).unwrap();
    println!("{}\t{}", house.api_key, house.shops[0]);
}

/// Begins so many subscriptions on a card of the test provider, due now, in a database that [`make`] filled, and lets them all renew.
fn renewals(database: &str, many: usize) {
    use domain::kit::{Actor, Ctx, CustomerId, Door, Error, IdSource, MerchantId, ShopId};
    use domain::payments::{MethodInput, MethodKind, methods};
    use domain::subscriptions::{StartInput, Unit, renew, start};

    let db = Db::open(&Target::parse(database).unwrap(), Options::default()).unwrap();
    static MERCHANT: store::Stmt =
        store::Stmt::new("merchant", "SELECT merchant_id, shop_id FROM provider_accounts WHERE provider = 'test' LIMIT 1");
    static CUSTOMERS: store::Stmt = store::Stmt::new(
        "customers",
        "SELECT id FROM customers WHERE merchant_id = $1 AND archived_at IS NULL AND deleted_at IS NULL ORDER BY id LIMIT $2",
    );
    let (merchant, shop): (MerchantId, ShopId) =
        db.read_now::<_, Error>(|tx| Ok(tx.one(&MERCHANT, &[], |r| Ok((r.get(0)?, r.get(1)?)))?)).unwrap();
    let ctx = Ctx::new(merchant, Actor::system("bench"), Door::Cli, SystemClock.now());
    let of = ctx.clone();
    let all: Vec<CustomerId> =
        db.read_now::<_, Error>(move |tx| Ok(tx.rows(&CUSTOMERS, &[&of.merchant, &(many as i64)], |r| r.get(0))?)).unwrap();
    for some in all.chunks(100) {
        let (ctx, some, shop) = (ctx.clone(), some.to_vec(), shop.clone());
        db.write_slice_now::<_, Error>(move |tx| {
            for customer in &some {
                tx.next_verb();
                let card = MethodInput {
                    brand: "visa".into(),
                    last4: "0001".into(),
                    fingerprint: "bench".into(),
                    ..MethodInput::of(MethodKind::Card)
                };
                let method = Some(methods::attach(tx, &ctx, customer, "test", &card)?);
                tx.next_verb();
                let input = StartInput {
                    shop: Some(shop.clone()),
                    name: "Club".into(),
                    amount: Some(1900),
                    cycle: Some((1, Unit::Month)),
                    method,
                    ..StartInput::of(customer.clone())
                };
                start(tx, &ctx, &input)?;
            }
            Ok(())
        })
        .unwrap();
    }
    let begun = Instant::now();
    let done = renew::work(&db, &SystemClock, &IdSource::System, &|| false).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    println!("Renewals, {done} subscriptions\t\t\t{:.0}", done as f64 / seconds);
}

/// Asks each kind of question so many times, one after the other, and prints its median and 95th percentile.
fn read(address: &str, cookie: &str, key: &str, times: usize) {
    let (cookie, key) = (format!("Cookie: {cookie}\r\n"), format!("Authorization: Bearer {key}\r\n"));
    let mut client = Client::new(address);
    let first: serde_json::Value = {
        let (head, _) = (key.clone(), ());
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /api/v1/customers?per=25&sort=lifetime HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n{head}\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        serde_json::from_str(text.split("\r\n\r\n").nth(1).unwrap()).unwrap()
    };
    let id = first["data"][0]["id"].as_str().unwrap();
    let profile = format!("/api/v1/customers/{id}");
    let page = format!("/customers/{id}");
    for (name, path, head) in [
        ("api list, by created", "/api/v1/customers?per=50", &key),
        ("api list, by name", "/api/v1/customers?per=50&sort=name&dir=asc", &key),
        ("api list, by lifetime value", "/api/v1/customers?per=50&sort=lifetime", &key),
        ("api list, three filters", "/api/v1/customers?per=50&status=active&status=idle&country=DK&ltv_min=100", &key),
        ("api search, a rare word", "/api/v1/customers?per=50&q=lindqvist4711", &key),
        ("api search, a common word", "/api/v1/customers?per=50&q=example", &key),
        ("api search, two words", "/api/v1/customers?per=50&q=ana+ruiz", &key),
        ("api profile", profile.as_str(), &key),
        ("page of the list, with all counts", "/customers?status=active", &cookie),
        ("page of the list, searched", "/customers?q=ruiz", &cookie),
        ("page of a profile", page.as_str(), &cookie),
        ("bare answer (/healthz)", "/healthz", &key),
    ] {
        client.send("GET", path, head, "");
        let (mut took, mut statuses) = (Vec::with_capacity(times), Vec::new());
        for _ in 0..times {
            let start = Instant::now();
            statuses.push(client.send("GET", path, head, "").0);
            took.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        assert!(statuses.iter().all(|s| *s == 200), "{path}: {:?}", statuses.first());
        print(name, &mut took);
    }
    let (_, plain) = client.send("GET", "/customers?status=active", &format!("{cookie}Accept-Encoding: gzip\r\n"), "");
    let (_, brotli) = client.send("GET", "/customers?status=active", &format!("{cookie}Accept-Encoding: br\r\n"), "");
    println!("list page after the first visit, bytes\t{brotli} br\t{plain} gzip\t");
}

/// So many clients, each sends so many checkouts, each waits for its answer.
fn checkouts(address: &str, key: &str, shop: &str, clients: usize, each: usize) {
    let (key, failed) = (Arc::new(format!("Authorization: Bearer {key}\r\n")), Arc::new(AtomicUsize::new(0)));
    let run = Instant::now();
    let mark = SystemClock.now();
    let threads: Vec<_> = (0..clients)
        .map(|c| {
            let (address, key, shop, failed) = (address.to_owned(), key.clone(), shop.to_owned(), failed.clone());
            std::thread::spawn(move || {
                let mut client = Client::new(&address);
                (0..each)
                    .map(|n| {
                        let body = format!(
                            r#"{{"shop":"{shop}","external_id":"bench-{mark}-{c}-{n}","buyer":{{"email":"b{mark}-{c}-{n}@example.com","name":"Bench Buyer"}},"currency":"EUR","state":"paid","lines":[{{"sku":"ESP-250","title":"Espresso","quantity":"2","unit_price":"11.50"}}],"payments":[{{"provider":"stripe","provider_ref":"b{mark}-{c}-{n}","amount":2300}}]}}"#
                        );
                        let start = Instant::now();
                        let (status, _) = client.send("POST", "/api/v1/checkouts", &key, &body);
                        if status >= 300 {
                            failed.fetch_add(1, Ordering::Relaxed);
                        }
                        start.elapsed().as_secs_f64() * 1000.0
                    })
                    .collect::<Vec<f64>>()
            })
        })
        .collect();
    let mut took: Vec<f64> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
    let per_second = took.len() as f64 / run.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    let at = |p: f64| took[((took.len() - 1) as f64 * p) as usize];
    println!("checkouts at {clients} clients\t{:.2}\t{:.2}\t{per_second:.0}", at(0.5), at(0.95));
    let failed = failed.load(Ordering::Relaxed);
    if failed > 0 {
        eprintln!("{failed} checkouts were refused");
        std::process::exit(1);
    }
}

/// The floor of writes: one small row, one fsync, so many times.
fn fsyncs(file: &str, times: usize) {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let start = Instant::now();
        file.write_all(&[7u8; 256]).unwrap();
        file.sync_data().unwrap();
        took.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    print("one append and fdatasync", &mut took);
}

/// So many clients ask for `/` one time after the other, for so many seconds.
fn hammer(address: &str, clients: usize, seconds: u64) {
    let (begun, length) = (Instant::now(), std::time::Duration::from_secs(seconds));
    let threads: Vec<_> = (0..clients)
        .map(|_| {
            let address = address.to_owned();
            std::thread::spawn(move || {
                let (mut client, mut took) = (Client::new(&address), Vec::new());
                while begun.elapsed() < length {
                    let start = Instant::now();
                    assert_eq!(client.send("GET", "/", "", "").0, 200);
                    took.push(start.elapsed().as_secs_f64() * 1000.0);
                }
                took
            })
        })
        .collect();
    let mut took: Vec<f64> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
    let per_second = took.len() as f64 / begun.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    let at = |p: f64| took[((took.len() - 1) as f64 * p) as usize];
    println!("bare axum handler, {clients} connections\t{:.2}\t{:.2}\t{per_second:.0}", at(0.5), at(0.95));
}

/// The floor of requests: an axum handler that does nothing.
fn bare(port: u16) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let router = axum::Router::new().route("/", axum::routing::get(|| async { "ok" }));
        axum::serve(listener, router).await.unwrap();
    });
}
