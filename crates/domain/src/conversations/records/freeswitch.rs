//! Records of FreeSWITCH: `mod_cdr_csv` in its usual columns (caller_id_name, caller_id_number, destination_number, context, start_stamp, answer_stamp,
//! end_stamp, duration, billsec, hangup_cause, uuid, bleg_uuid, …), `mod_json_cdr` and `mod_xml_cdr`.

use std::collections::{HashMap, HashSet};

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
    let text = |row: &StringRecord, at: usize| row.get(at).unwrap_or_default().trim().to_owned();
    let legs: Vec<Leg> = rows
        .iter()
        .map(|row| Leg {
            uuid: text(row, UUID),
            other: text(row, OTHER_LEG),
            began: moment(row.get(START).unwrap_or_default(), zone).unwrap_or_default(),
            called: false,
        })
        .collect();
    let second = seconds(&legs);
    let mut records = Records::default();
    for (line, row) in rows.iter().enumerate() {
        records.row(line + 1, if second[line] { Ok(None) } else { of_row(row, zone) });
    }
    records
}

/// One leg of a call: a bridged call has two, and is one call.
struct Leg {
    uuid: String,
    /// The leg it was bridged to; empty when it does not say.
    other: String,
    began: Micros,
    /// It says itself that another leg called it.
    called: bool,
}

/// Which legs are the same call once more: who says so, who is named and names nobody, and of two that name each other the later one.
fn seconds(legs: &[Leg]) -> Vec<bool> {
    let places: HashMap<&str, usize> = legs.iter().enumerate().rev().map(|(at, leg)| (leg.uuid.as_str(), at)).collect();
    let named: HashSet<&str> = legs.iter().map(|leg| leg.other.as_str()).filter(|id| !id.is_empty()).collect();
    let later = |at: usize, leg: &Leg| {
        let first =
            places.get(leg.other.as_str()).filter(|first| **first != at && legs[**first].other == leg.uuid && !legs[**first].called);
        first.is_some_and(|first| (legs[*first].began, *first) < (leg.began, at))
    };
    let is = |(at, leg): (usize, &Leg)| {
        leg.called || (!leg.uuid.is_empty() && ((leg.other.is_empty() && named.contains(leg.uuid.as_str())) || later(at, leg)))
    };
    legs.iter().enumerate().map(is).collect()
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

/// The name of a call here.
pub(super) fn named(uuid: &str) -> String {
    format!("freeswitch:{uuid}")
}

/// How it went, by the cause of its end and how long they spoke.
pub(super) fn outcome(cause: &str, seconds: i64) -> Outcome {
    match cause {
        _ if seconds > 0 => Outcome::Answered,
        "USER_BUSY" => Outcome::Busy,
        "NORMAL_CLEARING" | "NO_ANSWER" | "NO_USER_RESPONSE" | "ORIGINATOR_CANCEL" | "LOSE_RACE" | "ATTENDED_TRANSFER" => Outcome::Missed,
        _ => Outcome::Failed,
    }
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
        let outcome = outcome(self.cause.trim(), seconds);
        let sides = sides(self.from, self.to, self.came_in);
        Ok(sides.map(|sides| call(sides, outcome, (at, seconds), named(self.uuid))))
    }
}

/// A record of variables, each percent-encoded: JSON or XML.
struct Variables {
    leg: Leg,
    call: Result<Option<CallInput>, &'static str>,
}

fn of_variables(get: impl Fn(&str) -> Option<String>) -> Variables {
    let text = |name: &str| get(name).map(|v| decoded(&v)).unwrap_or_default();
    let (uuid, began) = (text("uuid"), text("start_epoch").parse::<i64>().ok());
    let leg = Leg {
        uuid: uuid.clone(),
        other: text("bridge_uuid"),
        began: began.unwrap_or_default(),
        called: !text("originating_leg_uuid").is_empty() || !text("originator").is_empty(),
    };
    let (from, to) = (text("caller_id_number"), text("destination_number"));
    let (direction, cause, spoken) = (text("direction"), text("hangup_cause"), text("billsec"));
    let told = Told { from: &from, to: &to, came_in: Some(direction == "inbound"), cause: &cause, spoken: &spoken, uuid: &uuid };
    let call = began.ok_or("says no time at which the call began").and_then(|began| told.call(began.saturating_mul(1_000_000)));
    Variables { leg, call }
}

fn joined(all: Vec<Result<Variables, &'static str>>) -> Records {
    let nothing = || Leg { uuid: String::new(), other: String::new(), began: 0, called: false };
    let (legs, calls): (Vec<Leg>, Vec<_>) =
        all.into_iter().map(|one| one.map_or_else(|e| (nothing(), Err(e)), |v| (v.leg, v.call))).unzip();
    let second = seconds(&legs);
    let mut records = Records::default();
    for (at, call) in calls.into_iter().enumerate() {
        records.row(at + 1, if second[at] { Ok(None) } else { call });
    }
    records
}

/// One record, an array of them, or one behind the other. `None` when there is none.
pub(super) fn json(text: &str) -> Option<Records> {
    let mut found = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let Ok(value) = value else {
            found.push(Err("is no JSON"));
            break;
        };
        let all = if let Value::Array(all) = value { all } else { vec![value] };
        for one in &all {
            let words = |v: &Value| v.as_str().map(str::to_owned).or_else(|| v.as_number().map(ToString::to_string));
            let profile = one.pointer("/callflow/0/caller_profile");
            let get = |name: &str| {
                let of_profile = profile.and_then(|p| p.get(name));
                one.get("variables").and_then(|v| v.get(name)).or(of_profile).and_then(words)
            };
            found.push(Ok(of_variables(get)));
        }
    }
    Some(joined(found))
}

/// One `<cdr>` behind the other. `None` when there is none.
pub(super) fn xml(text: &str) -> Option<Records> {
    let mut found = Vec::new();
    for one in text.split("<cdr").skip(1) {
        let get = |name: &str| {
            let (_, rest) = one.split_once(&format!("<{name}>"))?;
            Some(rest.split_once("</")?.0.to_owned())
        };
        found.push(Ok(of_variables(get)));
    }
    let records = joined(found);
    (records.calls.len() + records.inside + records.wrong_count > 0).then_some(records)
}

fn decoded(text: &str) -> String {
    // A plus is a plus here, not a blank.
    let pairs = format!("x={}", text.trim().replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pairs.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
}
