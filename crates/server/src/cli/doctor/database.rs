//! The database: does it answer, is it new enough, does it fit this program, and does the key open what is sealed in it.

use domain::checkup;
use domain::kit::Micros;
use domain::providers::Vault;
use store::{Inspection, Schema, Target};

use super::{Report, Seen};
use crate::config;

/// The oldest PostgreSQL that is served, as its server counts versions.
const OLDEST: i64 = 150_000;
/// How far the clocks of database and process may be apart, microseconds: below what anything here waits for.
const APART: Micros = 5_000_000;
/// How far ahead of the clock the newest event may be, microseconds.
const AHEAD: Micros = 300_000_000;

/// Opens the database to read; `None` when nothing can be read in it.
pub fn open(seen: &Seen<'_>, report: &mut Report) -> Option<Inspection> {
    let target = match super::target(seen) {
        Ok(target) => target,
        Err(words) => {
            report.todo("database", words, "Give DATABASE_URL or --database another value.");
            return None;
        }
    };
    if let Target::Sqlite(path) = &target
        && !path.exists()
    {
        report.note("database", format!("{} is not there yet; the first start makes it.", path.display()));
        return None;
    }
    let opened = Inspection::open(&target, &config::options(&seen.file)).and_then(|mut open| open.version().map(|version| (open, version)));
    let (mut open, (number, version)) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let advice = match &target {
                Target::Sqlite(_) => "Look whether this user may read and write the file and its folder.",
                Target::Postgres(_) => "Look whether the server runs, and whether name and password in the URL are right.",
            };
            report.todo("database", format!("{target} cannot be opened: {error}."), advice);
            return None;
        }
    };
    if matches!(target, Target::Postgres(_)) && number < OLDEST {
        report.todo("database", format!("{target} is version {version}."), "Move to PostgreSQL 15 or newer.");
    } else {
        report.fine("database", format!("{target} answers, version {version}."));
    }
    if let Ok(Some(journal)) = open.journal().map(|j| j.filter(|j| !j.eq_ignore_ascii_case("wal"))) {
        report.todo(
            "journal",
            format!("The file keeps its journal as “{journal}” and not as a write-ahead log: readers wait for writers."),
            "Keep the file on a local disk, not on a network share; the next start sets WAL.",
        );
    }
    schema(&mut open, report).then_some(open)
}

/// Can the tables be read?
fn schema(open: &mut Inspection, report: &mut Report) -> bool {
    match open.schema(domain::migrations()) {
        Ok(Schema::Current) => {
            report.fine("schema", "It is what this version needs.");
            true
        }
        Ok(Schema::Empty) => {
            report.note("schema", "Nothing is made in it yet; the first start does that.");
            false
        }
        Ok(Schema::Behind(n)) => {
            report.todo(
                "schema",
                format!("It is older than this version: {n} steps are to come. Its rows were not looked at."),
                "Take a backup with the older version, then regulars migrate; serve does it too.",
            );
            false
        }
        Err(error) => {
            report.todo("schema", format!("It does not fit: {error}."), "Start the version that served it last.");
            false
        }
    }
}

/// Does the key open what is sealed?
pub fn sealed(open: &mut Inspection, vault: Option<&Vault>, report: &mut Report) {
    let found = match open.read(|tx| checkup::sealed(tx, vault)) {
        Ok(found) => found,
        Err(error) => return unread("sealed values", &error, report),
    };
    let shut: Vec<String> = found.iter().filter(|s| s.shut > 0).map(|s| format!("{} of {} {}", s.shut, s.open + s.shut, s.what)).collect();
    let opened: usize = found.iter().map(|s| s.open).sum();
    match (shut.is_empty(), opened) {
        (true, 0) => report.fine("sealed values", "Nothing is sealed yet."),
        (true, n) => report.fine("sealed values", format!("The key opens all that were tried ({n}).")),
        (false, _) => report.todo(
            "sealed values",
            format!("The key does not open {}.", shut.join(", ")),
            "Put back the key they were sealed with (secrets_key, or secrets.key in the data folder), or enter them again in the settings.",
        ),
    }
}

/// Do the clocks agree, and does time go forward?
pub fn clock(seen: &Seen<'_>, open: &mut Inspection, report: &mut Report) {
    let apart = match open.clock() {
        Ok(there) => there.map_or(0, |there| (there - domain::kit::Clock::now(&domain::kit::SystemClock)).abs()),
        Err(error) => return unread("clock", &error.into(), report),
    };
    let newest = match open.read(checkup::newest) {
        Ok(newest) => newest.unwrap_or(seen.now),
        Err(error) => return unread("clock", &error, report),
    };
    let advice = "Let both machines follow one clock (NTP): signatures and signing in depend on it.";
    if apart > APART {
        report.todo("clock", format!("The database’s clock and this machine’s are {} seconds apart.", apart / 1_000_000), advice);
    } else if newest - seen.now > AHEAD {
        let minutes = (newest - seen.now) / 60_000_000;
        report.todo("clock", format!("What happened last is {minutes} minutes ahead of this machine’s clock."), advice);
    } else {
        report.fine("clock", "It agrees with the database.");
    }
}

/// What could not be read is something to do.
pub fn unread(check: &'static str, error: &domain::Error, report: &mut Report) {
    report.todo(
        check,
        format!("The database could not say: {error}."),
        "Run regulars doctor again; if it stays, look at the log of the database.",
    );
}
