//! The load driver of `bin/bench` for the money rooms: signed webhooks, their backlog, guest payments that may be somebody's, and paper.
//! It prints lines `name<TAB>p50 ms<TAB>p95 ms<TAB>per second`.
#![allow(clippy::float_arithmetic, clippy::disallowed_methods, clippy::unwrap_used, reason = "figures and a clock are what a bench is for")]

#[path = "bench/client.rs"]
mod client;

use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use client::{Client, print};
use ring::hmac;
use serde_json::{Value, json};
use store::{Db, Options, Target};

store::statements! {
    /// Webhooks that nobody has looked at yet.
    pub WAITING = "SELECT COUNT(*) FROM provider_events WHERE state = 'waiting'";
}

/// The signing secret of the account that the driver makes for itself.
const SECRET: &str = "whsec_bench_0123456789abcdef0123456789abcdef";
/// How many customers at the provider the webhooks speak of.
const PEOPLE: usize = 1000;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["hooks", database, address, key, shop, clients, count] => {
            hooks(database, address, key, shop, clients.parse().unwrap(), count.parse().unwrap());
        }
        ["guests", address, key, times] => guests(address, key, times.parse().unwrap()),
        ["paper", address, key, times] => paper(address, key, times.parse().unwrap()),
        _ => {
            eprintln!("bench_money hooks DATABASE ADDRESS KEY SHOP CLIENTS COUNT | guests ADDRESS KEY TIMES | paper ADDRESS KEY TIMES");
            std::process::exit(2);
        }
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

fn bearer(key: &str) -> String {
    format!("Authorization: Bearer {key}\r\n")
}

fn read(client: &mut Client, path: &str, key: &str) -> Value {
    let (status, body) = client.ask("GET", path, &bearer(key), "");
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap()
}

/// Sends signed webhooks with many clients, then waits until all of them are applied.
fn hooks(database: &str, address: &str, key: &str, shop: &str, clients: usize, count: usize) {
    let put = json!({ "shop": shop, "provider": "stripe", "live": false, "secret": "sk_test_bench", "webhook": SECRET }).to_string();
    let (status, body) = Client::new(address).ask("POST", "/api/v1/provider-accounts", &bearer(key), &put);
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    let path = serde_json::from_slice::<Value>(&body).unwrap()["webhook_path"].as_str().unwrap().to_owned();

    let mark = now().as_micros();
    let mut first = Client::new(address);
    for n in 0..PEOPLE {
        post(&mut first, &path, &person(mark, n));
    }
    let run = Instant::now();
    let threads: Vec<_> = (0..clients)
        .map(|c| {
            let (address, path) = (address.to_owned(), path.clone());
            std::thread::spawn(move || {
                let mut client = Client::new(&address);
                (c..count).step_by(clients).map(|n| post(&mut client, &path, &charge(mark, n))).collect::<Vec<f64>>()
            })
        })
        .collect();
    let mut took: Vec<f64> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
    let acknowledged = run.elapsed().as_secs_f64();
    let db = Db::open(&Target::parse(database).unwrap(), Options::default()).unwrap();
    let waiting = || db.read_now::<_, domain::Error>(|tx| Ok(tx.one(&WAITING, &[], |r| r.get::<i64>(0))?)).unwrap();
    let left = waiting();
    while waiting() > 0 {
        std::thread::sleep(Duration::from_millis(100));
    }
    let applied = run.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    let at = |p: f64| took[((took.len() - 1) as f64 * p) as usize];
    println!("webhooks acknowledged, {clients} clients\t{:.2}\t{:.2}\t{:.0}", at(0.5), at(0.95), count as f64 / acknowledged);
    println!("webhooks acknowledged, p99 ms\t{:.2}\t\t", at(0.99));
    println!("webhooks received and applied\t\t\t{:.0}", count as f64 / applied);
    if applied > acknowledged {
        println!("backlog of {left} webhooks drained\t\t\t{:.0}", left as f64 / (applied - acknowledged));
    }
}

fn post(client: &mut Client, path: &str, body: &str) -> f64 {
    let at = now().as_secs();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), format!("{at}.{body}").as_bytes());
    let mut hex = String::with_capacity(64);
    tag.as_ref().iter().for_each(|b| write!(hex, "{b:02x}").unwrap());
    let start = Instant::now();
    let (status, _) = client.send("POST", path, &format!("Stripe-Signature: t={at},v1={hex}\r\n"), body);
    assert_eq!(status, 200);
    start.elapsed().as_secs_f64() * 1000.0
}

fn event(id: &str, kind: &str, object: &Value) -> String {
    json!({ "id": id, "object": "event", "api_version": "2025-03-31.basil", "created": now().as_secs(), "livemode": false, "type": kind,
        "data": { "object": object } })
    .to_string()
}

fn person(mark: u128, n: usize) -> String {
    let object = json!({ "id": format!("cus_{mark}{n}"), "object": "customer", "email": format!("hook{mark}-{n}@example.com"),
        "name": "Bench Buyer", "created": now().as_secs(), "livemode": false, "metadata": {} });
    event(&format!("evt_c{mark}{n}"), "customer.created", &object)
}

fn charge(mark: u128, n: usize) -> String {
    let object = json!({ "id": format!("ch_{mark}{n}"), "object": "charge", "amount": 2300, "amount_captured": 2300, "amount_refunded": 0,
        "captured": true, "paid": true, "status": "succeeded", "currency": "eur", "created": now().as_secs(), "livemode": false,
        "customer": format!("cus_{mark}{}", n % PEOPLE), "payment_intent": format!("pi_{mark}{n}"), "metadata": {},
        "billing_details": { "email": format!("hook{mark}-{}@example.com", n % PEOPLE), "name": "Bench Buyer", "phone": null, "address": null },
        "payment_method": format!("pm_{mark}{}", n % PEOPLE),
        "payment_method_details": { "type": "card", "card": { "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2031,
            "fingerprint": format!("fp{mark}{}", n % PEOPLE) } } });
    event(&format!("evt_p{mark}{n}"), "charge.succeeded", &object)
}

/// Guest payments that may belong to a customer, for many customers in turn.
fn guests(address: &str, key: &str, times: usize) {
    let mut client = Client::new(address);
    let page = read(&mut client, "/api/v1/customers?per=100&sort=lifetime", key);
    let ids: Vec<String> = page["data"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect();
    let mut took: Vec<f64> = (0..times)
        .map(|n| {
            let start = Instant::now();
            let (status, _) = client.send("GET", &format!("/api/v1/customers/{}/guest-payments", ids[n % ids.len()]), &bearer(key), "");
            assert_eq!(status, 200);
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    print("related guest payments of a customer", &mut took);
}

/// Invoices as PDF/A-3 with their data inside, one after the other.
fn paper(address: &str, key: &str, times: usize) {
    let mut client = Client::new(address);
    let page = read(&mut client, "/api/v1/invoices?limit=50", key);
    let ids: Vec<String> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|i| i["number"].as_str().is_some_and(|n| !n.is_empty()))
        .map(|i| i["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(!ids.is_empty(), "this merchant has issued no invoice");
    let mut took: Vec<f64> = (0..times)
        .map(|n| {
            let start = Instant::now();
            let (status, _) = client.send("GET", &format!("/api/v1/invoices/{}/pdf", ids[n % ids.len()]), &bearer(key), "");
            assert_eq!(status, 200);
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    print("an invoice on paper (PDF/A-3)", &mut took);
}
