//! `Master.csv` of Asterisk: eighteen columns and no heading (accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer,
//! end, duration, billsec, disposition, amaflags, uniqueid, userfield; the last two may be left out).

use csv::StringRecord;

use super::{Records, call, moment, named, sides};
use crate::conversations::{CallInput, Outcome};
use crate::kit::Zone;

const SRC: usize = 1;
const DST: usize = 2;
const CONTEXT: usize = 3;
const APPLICATION: usize = 7;
const START: usize = 9;
const SPOKEN: usize = 13;
const DISPOSITION: usize = 14;

pub(super) fn is_row(row: &StringRecord) -> bool {
    (16..=20).contains(&row.len()) && moment(&row[START], &Zone::utc()).is_some() && outcome(row).is_some()
}

pub(super) fn read(rows: &[StringRecord], zone: &Zone) -> Records {
    let mut records = Records::default();
    for (line, row) in rows.iter().enumerate() {
        records.row(line + 1, one(row, zone));
    }
    records
}

fn one(row: &StringRecord, zone: &Zone) -> Result<Option<CallInput>, &'static str> {
    if row.len() < 16 {
        return Err("has too few columns");
    }
    let at = moment(&row[START], zone).ok_or("says no time at which the call began")?;
    let outcome = outcome(row).ok_or("does not say how the call went")?;
    let seconds = row[SPOKEN].trim().parse().map_err(|_| "does not say how long they spoke")?;
    let context = row[CONTEXT].to_lowercase();
    let came_in = ["internal", "outbound", "outgoing"].iter().all(|word| !context.contains(word));
    Ok(sides(&row[SRC], &row[DST], Some(came_in)).map(|sides| call(sides, outcome, (at, seconds), named("asterisk", row))))
}

fn outcome(row: &StringRecord) -> Option<Outcome> {
    Some(match row[DISPOSITION].trim() {
        "ANSWERED" if row[APPLICATION].eq_ignore_ascii_case("VoiceMail") => Outcome::Voicemail,
        "ANSWERED" => Outcome::Answered,
        "NO ANSWER" | "NOANSWER" => Outcome::Missed,
        "BUSY" => Outcome::Busy,
        "FAILED" | "CONGESTION" => Outcome::Failed,
        _ => return None,
    })
}
