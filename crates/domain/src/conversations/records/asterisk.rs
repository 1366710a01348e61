//! Records of Asterisk, and of FreeSWITCH by its template `asterisk`: no heading, and eighteen columns in one of two orders. `Master.csv`: accountcode, src,
//! dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer, end, duration, billsec, disposition, amaflags, uniqueid, userfield (the last
//! two may be left out); the sample of `cdr_custom` begins with clid and has accountcode before uniqueid. Which one it is says the column that holds the time.

use std::collections::HashMap;

use csv::StringRecord;

use super::{Records, call, freeswitch, moment, named, sides};
use crate::conversations::{CallInput, Outcome};
use crate::kit::Zone;

const SRC: usize = 1;
const DST: usize = 2;
const CONTEXT: usize = 3;
const UNIQUE: usize = 16;

/// Where the columns of a row stand, by the one in which the call began.
#[derive(Clone, Copy)]
struct Layout(usize);

impl Layout {
    fn of(row: &StringRecord) -> Option<Self> {
        let is_time = |at: usize| row.get(at).is_some_and(|text| moment(text, &Zone::utc()).is_some());
        [8, 9].into_iter().find(|at| row.len() >= at + 7 && is_time(*at)).map(Self)
    }

    fn application(self, row: &StringRecord) -> &str {
        &row[self.0 - 2]
    }

    fn spoken(self, row: &StringRecord) -> &str {
        row[self.0 + 4].trim()
    }

    fn end(self, row: &StringRecord) -> &str {
        row[self.0 + 5].trim()
    }
}

pub(super) fn is_row(row: &StringRecord) -> bool {
    (15..=20).contains(&row.len()) && Layout::of(row).is_some_and(|at| outcome(row, at).is_some())
}

/// A call that rang at several desks has a row for each of them: it is one call, and went as well as the best of them.
pub(super) fn read(rows: &[StringRecord], zone: &Zone) -> Records {
    let mut all: Vec<_> = rows.iter().map(|row| one(row, zone)).collect();
    let mut best: HashMap<(&str, &str), usize> = HashMap::new();
    for (line, row) in rows.iter().enumerate() {
        let Some(id) = row.get(UNIQUE).map(str::trim).filter(|id| !id.is_empty()) else { continue };
        let Ok(Some(call)) = &all[line] else { continue };
        let worth = worth(call);
        let before = best.get(&(id, &row[SRC])).copied();
        let beaten = match before.map(|at| (at, &all[at])) {
            Some((at, Ok(Some(kept)))) if self::worth(kept) < worth => Some(at),
            Some(_) => Some(line),
            None => None,
        };
        if beaten != Some(line) {
            best.insert((id, &row[SRC]), line);
        }
        if let Some(at) = beaten {
            all[at] = Ok(None);
        }
    }
    let mut records = Records::default();
    for (line, call) in all.into_iter().enumerate() {
        records.row(line + 1, call);
    }
    records
}

/// Of two rows of one call the one that is worth more tells how it went.
fn worth(call: &CallInput) -> (u8, i64) {
    let rank = match call.outcome {
        Outcome::Answered => 4,
        Outcome::Voicemail => 3,
        Outcome::Busy => 2,
        Outcome::Missed => 1,
        Outcome::Failed => 0,
    };
    (rank, call.seconds)
}

fn one(row: &StringRecord, zone: &Zone) -> Result<Option<CallInput>, &'static str> {
    if row.len() < 15 {
        return Err("has too few columns");
    }
    let layout = Layout::of(row).ok_or("says no time at which the call began")?;
    let at = moment(&row[layout.0], zone).ok_or("says no time at which the call began")?;
    let outcome = outcome(row, layout).ok_or("does not say how the call went")?;
    let seconds = layout.spoken(row).parse().map_err(|_| "does not say how long they spoke")?;
    let context = row[CONTEXT].to_lowercase();
    let came_in = ["internal", "outbound", "outgoing"].iter().all(|word| !context.contains(word));
    let id = match row.get(UNIQUE) {
        Some(uuid) if of_asterisk(layout.end(row)).is_none() && uuid.len() >= 32 => freeswitch::named(uuid),
        _ => named("asterisk", row),
    };
    Ok(sides(&row[SRC], &row[DST], Some(came_in)).map(|sides| call(sides, outcome, (at, seconds), id)))
}

fn outcome(row: &StringRecord, layout: Layout) -> Option<Outcome> {
    let end = layout.end(row);
    let cause = || {
        let is_cause = end.len() > 3 && end.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        is_cause.then(|| layout.spoken(row).parse().ok().map(|seconds| freeswitch::outcome(end, seconds))).flatten()
    };
    match of_asterisk(end).or_else(cause)? {
        Outcome::Answered if layout.application(row).eq_ignore_ascii_case("VoiceMail") => Some(Outcome::Voicemail),
        other => Some(other),
    }
}

fn of_asterisk(disposition: &str) -> Option<Outcome> {
    Some(match disposition {
        "ANSWERED" => Outcome::Answered,
        "NO ANSWER" | "NOANSWER" => Outcome::Missed,
        "BUSY" => Outcome::Busy,
        "FAILED" | "CONGESTION" => Outcome::Failed,
        _ => return None,
    })
}
