//! Records of FreeSWITCH: `mod_cdr_csv` in its usual columns (caller_id_name, caller_id_number, destination_number, context, start_stamp, answer_stamp,
//! end_stamp, duration, billsec, hangup_cause, uuid, bleg_uuid, …), `mod_json_cdr` and `mod_xml_cdr`.

use std::collections::HashSet;

use csv::StringRecord;
use serde_json::Value;

use super::{Records, call, moment, sides};
use crate::conversations::{CallInput, Outcome};
use crate::kit::{Micros, Zone};

const FROM: usize = 1;
const TO: usize = 2;
const CONTEXT: usize = 3;
const START: usize = 4;
const SPOKEN: usize = 8;
const CAUSE: usize = 9;
const UUID: usize = 10;
const OTHER_LEG: usize = 11;

pub(super) fn is_row(row: &StringRecord) -> bool {
    row.len() >= 11 && moment(&row[START], &Zone::utc()).is_some() && row[UUID].len() >= 32
}

pub(super) fn csv(rows: &[StringRecord], zone: &Zone) -> Records {
    // The other leg of a call that is there is the same call once more.
    let legs: HashSet<&str> = rows.iter().filter_map(|r| r.get(OTHER_LEG)).filter(|id| !id.is_empty()).collect();
    let mut records = Records::default();
    for (line, row) in rows.iter().enumerate() {
        let second = row.get(UUID).is_some_and(|id| legs.contains(id) && row.get(OTHER_LEG).is_none_or(str::is_empty));
        records.row(line + 1, if second { Ok(None) } else { of_row(row, zone) });
    }
    records
}

fn of_row(row: &StringRecord, zone: &Zone) -> Result<Option<CallInput>, &'static str> {
    if row.len() < 11 {
        return Err("has too few columns");
    }
    let at = moment(&row[START], zone).ok_or("says no time at which the call began")?;
    let told = Told {
        from: &row[FROM],
        to: &row[TO],
        came_in: Some(&row[CONTEXT] == "public"),
        cause: &row[CAUSE],
        spoken: &row[SPOKEN],
        uuid: &row[UUID],
    };
    told.call(at)
}

/// What every form of record says.
struct Told<'a> {
    from: &'a str,
    to: &'a str,
    came_in: Option<bool>,
    cause: &'a str,
    spoken: &'a str,
    uuid: &'a str,
}

impl Told<'_> {
    fn call(&self, at: Micros) -> Result<Option<CallInput>, &'static str> {
        if self.uuid.is_empty() || self.uuid.len() > 100 {
            return Err("has no id");
        }
        let seconds: i64 = self.spoken.trim().parse().map_err(|_| "does not say how long they spoke")?;
        let outcome = match self.cause.trim() {
            _ if seconds > 0 => Outcome::Answered,
            "USER_BUSY" => Outcome::Busy,
            "NORMAL_CLEARING" | "NO_ANSWER" | "NO_USER_RESPONSE" | "ORIGINATOR_CANCEL" | "LOSE_RACE" | "ATTENDED_TRANSFER" => {
                Outcome::Missed
            }
            _ => Outcome::Failed,
        };
        let sides = sides(self.from, self.to, self.came_in);
        Ok(sides.map(|sides| call(sides, outcome, (at, seconds), format!("freeswitch:{}", self.uuid))))
    }
}

/// A record of variables, each percent-encoded: JSON or XML.
fn of_variables(get: impl Fn(&str) -> Option<String>) -> Result<Option<CallInput>, &'static str> {
    let text = |name: &str| get(name).map(|v| decoded(&v)).unwrap_or_default();
    let began: i64 = text("start_epoch").parse().map_err(|_| "says no time at which the call began")?;
    let (from, to) = (text("caller_id_number"), text("destination_number"));
    let (direction, cause, spoken, uuid) = (text("direction"), text("hangup_cause"), text("billsec"), text("uuid"));
    let told = Told { from: &from, to: &to, came_in: Some(direction == "inbound"), cause: &cause, spoken: &spoken, uuid: &uuid };
    told.call(began.saturating_mul(1_000_000))
}

/// One record, an array of them, or one behind the other. `None` when there is none.
pub(super) fn json(text: &str) -> Option<Records> {
    let mut records = Records::default();
    let mut line = 0;
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let Ok(value) = value else {
            records.row(line + 1, Err("is no JSON"));
            break;
        };
        let all = if let Value::Array(all) = value { all } else { vec![value] };
        for one in &all {
            line += 1;
            let words = |v: &Value| v.as_str().map(str::to_owned).or_else(|| v.as_number().map(ToString::to_string));
            let profile = one.pointer("/callflow/0/caller_profile");
            let get = |name: &str| {
                let of_profile = profile.and_then(|p| p.get(name));
                one.get("variables").and_then(|v| v.get(name)).or(of_profile).and_then(words)
            };
            records.row(line, of_variables(get));
        }
    }
    Some(records)
}

/// One `<cdr>` behind the other. `None` when there is none.
pub(super) fn xml(text: &str) -> Option<Records> {
    let mut records = Records::default();
    for (at, one) in text.split("<cdr").skip(1).enumerate() {
        let get = |name: &str| {
            let (_, rest) = one.split_once(&format!("<{name}>"))?;
            Some(rest.split_once("</")?.0.to_owned())
        };
        records.row(at + 1, of_variables(get));
    }
    (records.calls.len() + records.inside + records.wrong_count > 0).then_some(records)
}

fn decoded(text: &str) -> String {
    // A plus is a plus here, not a blank.
    let pairs = format!("x={}", text.trim().replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pairs.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
}
