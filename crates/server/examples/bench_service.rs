//! The load driver of `bin/bench` for mail and long streams: a mailing on its way to a mail server, mails that come in, and a customer with ten
//! thousand of them. It prints lines `name<TAB>p50 ms<TAB>p95 ms<TAB>per second`.
#![allow(clippy::float_arithmetic, clippy::disallowed_methods, clippy::unwrap_used, reason = "figures and a clock are what a bench is for")]

#[path = "bench/client.rs"]
mod client;
#[path = "bench_service/letters.rs"]
mod letters;
#[path = "bench_service/people.rs"]
mod people;
#[path = "bench_service/sink.rs"]
mod sink;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use client::{Client, print};
use serde_json::{Value, json};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["out", address, key, shop, port] => out(address, key, shop, port.parse().unwrap()),
        ["in", address, key, clients, count] => inward(address, key, clients.parse().unwrap(), count.parse().unwrap()),
        ["stream", address, cookie, key, entries, times] => stream(address, cookie, key, entries.parse().unwrap(), times.parse().unwrap()),
        ["people", megabytes] => people::write(megabytes.parse().unwrap()),
        _ => {
            eprintln!(
                "bench_service out ADDRESS KEY SHOP SMTP_PORT | in ADDRESS KEY CLIENTS COUNT | stream ADDRESS COOKIE KEY ENTRIES TIMES | people MEGABYTES"
            );
            std::process::exit(2);
        }
    }
}

fn mark() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()
}

fn bearer(key: &str) -> String {
    format!("Authorization: Bearer {key}\r\n")
}

fn ask(client: &mut Client, method: &str, path: &str, key: &str, body: &Value) -> Value {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (status, answer) = client.ask(method, path, &bearer(key), &body);
    assert!(status < 300, "{method} {path}: {status} {}", String::from_utf8_lossy(&answer));
    serde_json::from_slice(&answer).unwrap_or(Value::Null)
}

/// The e-mail addresses of so many customers, in pages.
fn addresses(client: &mut Client, key: &str, most: usize) -> Vec<(String, String)> {
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page = ask(client, "GET", &format!("/api/v1/customers?per=100{next}"), key, &Value::Null);
        let rows = page["data"].as_array().unwrap();
        found.extend(
            rows.iter().filter_map(|c| Some((c["id"].as_str()?.to_owned(), c["email"].as_str().filter(|e| e.contains('@'))?.to_owned()))),
        );
        match page["next"].as_str() {
            Some(after) if found.len() < most => next = format!("&after={after}"),
            _ => return found,
        }
    }
}

/// A mailing to everybody, by the real server, to a mail server that only takes; then a bare loop to the same one as the floor.
fn out(address: &str, key: &str, shop: &str, port: u16) {
    let (taken, mut client) = (sink::listen(port), Client::new(address));
    let name = format!("Bench {}", mark());
    let body = "Dear {{ customer.first_name|default(\"friend\") }},\n\nthe first bags of the new harvest left the drum this morning.\n\nLook at them: https://kilde.example\n";
    let template = ask(
        &mut client,
        "POST",
        "/api/v1/templates",
        key,
        &json!({ "shop": shop, "name": name, "subject": "New, {{ customer.name }}", "body": body }),
    );
    let begun = Instant::now();
    let wish = json!({ "template": template["id"], "query": "", "per_minute": 60_000 });
    let mailing = ask(&mut client, "POST", "/api/v1/mailings", key, &wish);
    let (job, id) = (mailing["job"].as_str().unwrap(), mailing["id"].as_str().unwrap());
    loop {
        match ask(&mut client, "GET", &format!("/api/v1/jobs/{job}"), key, &Value::Null)["state"].as_str() {
            Some("queued" | "running") => std::thread::sleep(Duration::from_millis(50)),
            state => break assert_eq!(state, Some("done")),
        }
    }
    let queued = begun.elapsed().as_secs_f64();
    let counts = loop {
        let counts = ask(&mut client, "GET", &format!("/api/v1/mailings/{id}"), key, &Value::Null)["counts"].clone();
        match counts["queued"].as_u64() {
            Some(0) => break counts,
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    let (sent, handed) = (counts["sent"].as_u64().unwrap(), begun.elapsed().as_secs_f64());
    assert_eq!(taken.load(Ordering::Relaxed) as u64, sent, "{counts}");
    println!("mails of a mailing queued\t\t\t{:.0}", sent as f64 / queued);
    println!("mails queued and handed to SMTP\t\t\t{:.0}", sent as f64 / handed);
    bare(port, sent.min(5_000) as usize);
}

/// The same mail server fed by a bare loop without a database: over one line, and a line for each.
fn bare(port: u16, count: usize) {
    let mail =
        "From: desk@kilde.example\r\nTo: ana@example.com\r\nSubject: New\r\n\r\nDear friend,\r\nthe first bags left the drum.\r\n.\r\n";
    let begun = Instant::now();
    let mut line = sink::Line::open(port);
    (0..count).for_each(|_| line.hand_over(mail));
    println!("a bare loop over one line\t\t\t{:.0}", count as f64 / begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    (0..count).for_each(|_| sink::Line::open(port).hand_over(mail));
    println!("a bare loop, a line for each\t\t\t{:.0}", count as f64 / begun.elapsed().as_secs_f64());
}

/// Mails handed in by many clients, of known customers and of strangers; beside it how many are only parsed.
fn inward(address: &str, key: &str, clients: usize, count: usize) {
    let (mark, from) = (mark(), addresses(&mut Client::new(address), key, 2_000));
    let next = AtomicUsize::new(0);
    let run = Instant::now();
    let mut took: Vec<f64> = std::thread::scope(|scope| {
        let work = || {
            let (mut client, mut took) = (Client::new(address), Vec::new());
            loop {
                // Four mails of one conversation follow each other on one line, as they would.
                let four = next.fetch_add(4, Ordering::Relaxed);
                if four >= count {
                    break took;
                }
                for n in four..four + 4 {
                    let mail = letters::mail(mark, n, &sender(&from, n / 4));
                    let start = Instant::now();
                    let (status, answer) = client.hand_in("/api/v1/mails", &bearer(key), "message/rfc822", &mail);
                    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
                    took.push(start.elapsed().as_secs_f64() * 1000.0);
                }
            }
        };
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    let seconds = run.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    let at = |p: f64| took[((took.len() - 1) as f64 * p) as usize];
    println!("mails parsed and filed, {clients} clients\t{:.2}\t{:.2}\t{:.0}", at(0.5), at(0.95), took.len() as f64 / seconds);
    let mails: Vec<Vec<u8>> = (0..400).map(|n| letters::mail(mark, n, "ana@example.com")).collect();
    let run = Instant::now();
    (0..2_000).for_each(|n| assert!(!domain::conversations::parse(&mails[n % mails.len()]).message_id.is_empty()));
    println!("the same mails only parsed, one thread\t\t\t{:.0}", 2_000.0 / run.elapsed().as_secs_f64());
}

/// Nine of ten write from an address that is known.
fn sender(from: &[(String, String)], n: usize) -> String {
    if n % 10 == 9 || from.is_empty() { format!("stranger{n}@example.org") } else { from[n % from.len()].1.clone() }
}

/// Fills the stream of one customer (mails, a chat, calls) and opens it many times.
fn stream(address: &str, cookie: &str, key: &str, entries: usize, times: usize) {
    let (mut client, mark) = (Client::new(address), mark());
    let (id, email) = addresses(&mut client, key, 1).swap_remove(0);
    let chat = ask(&mut client, "POST", "/api/v1/chats", key, &json!({ "customer": id, "subject": "Bench" }));
    let chat = format!("/api/v1/chats/{}/messages", chat["id"].as_str().unwrap());
    for n in 0..entries {
        match n % 10 {
            0..6 => {
                let (status, answer) = client.hand_in("/api/v1/mails", &bearer(key), "message/rfc822", &letters::mail(mark, n, &email));
                assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
            }
            6..9 => drop(ask(&mut client, "POST", &chat, key, &json!({ "direction": "in", "body": format!("And how is number {n}?") }))),
            _ => {
                let call = json!({ "customer": id, "phone": "+4512345678", "direction": "in", "outcome": "answered", "seconds": 60,
                    "started_at": "2026-06-30T12:00:00Z", "external_id": format!("{mark}-{n}") });
                drop(ask(&mut client, "POST", "/api/v1/calls", key, &call));
            }
        }
    }
    let (key, cookie) = (bearer(key), format!("Cookie: {cookie}\r\n"));
    for (name, path, head) in [
        ("api, stream of a customer", format!("/api/v1/customers/{id}/entries"), &key),
        ("api, the mails of it", format!("/api/v1/customers/{id}/entries?kind=mail"), &key),
        ("api, searched", format!("/api/v1/customers/{id}/entries?q=number+4711"), &key),
        ("page of the stream", format!("/customers/{id}/conversations"), &cookie),
        ("page of the stream, searched", format!("/customers/{id}/conversations?q=Aeropress"), &cookie),
    ] {
        let mut took = Vec::with_capacity(times);
        client.send("GET", &path, head, "");
        for _ in 0..times {
            let start = Instant::now();
            let (status, _) = client.send("GET", &path, head, "");
            assert_eq!(status, 200, "{path}");
            took.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        print(&format!("{name}, {entries} entries"), &mut took);
    }
}
