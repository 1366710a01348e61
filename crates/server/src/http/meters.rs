//! What `/metrics` counts, each with its words. Nothing of any merchant: no name, no id, no amount. A test holds the page of the operations, the dashboard
//! and the rules for alerts against this list.

use domain::checkup;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use crate::app::App;

/// A measurement.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// Its name.
    pub name: &'static str,
    /// How it is told.
    pub kind: Kind,
    /// What it says, as Prometheus shows it.
    pub words: &'static str,
}

/// How a measurement is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Goes up.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Quantiles, sum and count of times in seconds.
    Summary,
}

const REQUESTS: &str = "regulars_requests_total";
const SECONDS: &str = "regulars_request_seconds";
const MESSAGES: &str = "regulars_webhook_messages_total";
const WAITING: &str = "regulars_webhook_messages_waiting";
const QUEUE: &str = "regulars_database_queue";
const LATE: &str = "regulars_work_late";
const FAILED: &str = "regulars_work_failed";
const VERSION: &str = "regulars_build_info";

/// All of them.
pub const ALL: [Meter; 8] = [
    Meter { name: REQUESTS, kind: Kind::Counter, words: "Requests of this process, by method, route and status." },
    Meter { name: SECONDS, kind: Kind::Summary, words: "How long this process took to answer, by route." },
    Meter { name: MESSAGES, kind: Kind::Counter, words: "Messages of webhooks of this process, by outcome: arrived, failed, given_up." },
    Meter { name: WAITING, kind: Kind::Gauge, words: "Messages of webhooks that wait in the database, counted to 100,000." },
    Meter { name: QUEUE, kind: Kind::Gauge, words: "Reads and writes of this process that wait for their turn at the database, by way." },
    Meter {
        name: LATE,
        kind: Kind::Gauge,
        words: "Work in the database that nobody did for a quarter of an hour, by what it is; counted to 10,001.",
    },
    Meter { name: FAILED, kind: Kind::Gauge, words: "Work in the database that failed and waits for a person, by what it is." },
    Meter { name: VERSION, kind: Kind::Gauge, words: "1, with the version that serves." },
];

/// Gives each its words, and the version. After the recorder is set.
pub fn describe() {
    for meter in ALL {
        match meter.kind {
            Kind::Counter => describe_counter!(meter.name, meter.words),
            Kind::Gauge => describe_gauge!(meter.name, meter.words),
            Kind::Summary => describe_histogram!(meter.name, Unit::Seconds, meter.words),
        }
    }
    gauge!(VERSION, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// A request that was answered.
pub fn request(method: String, route: String, status: u16, took: std::time::Duration) {
    counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string()).increment(1);
    histogram!(SECONDS, "route" => route).record(took.as_secs_f64());
}

/// What became of so many messages of webhooks: `arrived`, `failed`, `given_up`.
pub fn messages(outcome: &'static str, n: u64) {
    counter!(MESSAGES, "outcome" => outcome).increment(n);
}

/// What waits at the database of this process now.
pub fn queue(app: &App) {
    let (reads, writes) = app.db.waiting();
    set(QUEUE, "way", "read", reads as u64);
    set(QUEUE, "way", "write", writes as u64);
}

/// Counts in the database what waits, what is late and what failed.
///
/// # Errors
/// What the database says.
pub fn count(app: &App) -> domain::Result<()> {
    let now = app.now();
    let (waiting, work) =
        app.db.read_now::<_, domain::Error>(move |tx| Ok((domain::webhooks::tidy::waiting(tx)?, checkup::waiting(tx, now)?)))?;
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and a hundred thousand fits")]
    gauge!(WAITING).set(waiting as f64);
    let late = [
        ("jobs", work.jobs),
        ("imports", work.imports),
        ("mails", work.mails),
        ("provider_events", work.events),
        ("provider_calls", work.calls),
        ("webhooks", work.messages),
    ];
    let failed = [
        ("jobs", work.jobs_failed),
        ("provider_events", work.events_failed),
        ("webhook_endpoints", work.endpoints_off),
        ("accounting_connections", work.books_lost),
    ];
    late.into_iter().for_each(|(what, n)| set(LATE, "work", what, n.unsigned_abs()));
    failed.into_iter().for_each(|(what, n)| set(FAILED, "work", what, n.unsigned_abs()));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and these are small")]
fn set(name: &'static str, label: &'static str, word: &'static str, n: u64) {
    gauge!(name, label => word).set(n as f64);
}
