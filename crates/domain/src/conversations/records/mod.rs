//! Call records of a telephone system, by file (SPEC 7.2): what Asterisk writes to `Master.csv`, and FreeSWITCH as CSV, JSON or XML. Reading is pure and
//! any bytes give something; taking goes by the rule of every call (`record_call`), so the same file again changes nothing.

mod asterisk;
mod freeswitch;
mod take;

pub use take::{Taken, take};

use super::{CallInput, Direction, Outcome};
use crate::kit::{Micros, Problems, Result, Zone, hex};

/// The largest file that is read, bytes, and the most calls of one.
pub const LARGEST: usize = 16 * 1024 * 1024;
const CALLS: usize = 200_000;
/// A number of the house has at most so many digits.
const INSIDE: usize = 6;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Calls with somebody outside.
    pub calls: Vec<CallInput>,
    /// Calls within the house, and second legs of calls that are there already; they are left out.
    pub inside: usize,
    /// Rows that cannot be read: the line and why; at most 20.
    pub wrong: Vec<(usize, &'static str)>,
    /// How many those are in all.
    pub wrong_count: usize,
}

impl Records {
    fn row(&mut self, line: usize, read: std::result::Result<Option<CallInput>, &'static str>) {
        match read {
            Ok(Some(call)) => self.calls.push(call),
            Ok(None) => self.inside += 1,
            Err(why) => {
                self.wrong_count += 1;
                if self.wrong.len() < 20 {
                    self.wrong.push((line, why));
                }
            }
        }
    }
}

/// Reads a file; which program wrote it is seen by its first row. Times without a zone are those of `zone`.
///
/// # Errors
/// A field error for `file` when it is none of them, or too large.
pub fn read(bytes: &[u8], zone: &Zone) -> Result<Records> {
    if bytes.len() > LARGEST {
        return Err(Problems::one("file", "too_large", "A file has at most 16 MB. Split it."));
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let unknown = || Problems::one("file", "invalid", "This is no call record of Asterisk (Master.csv) or FreeSWITCH (CSV, JSON or XML).");
    let records = match text.as_bytes().first() {
        Some(b'{' | b'[') => freeswitch::json(text),
        Some(b'<') => freeswitch::xml(text),
        Some(_) => rows(text, zone),
        None => None,
    };
    let records = records.filter(|r| r.calls.len() + r.inside > 0).ok_or_else(unknown)?;
    if records.calls.len() > CALLS {
        return Err(Problems::one("file", "too_large", "A file has at most 200,000 calls. Split it."));
    }
    Ok(records)
}

fn rows(text: &str, zone: &Zone) -> Option<Records> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let all: Vec<csv::StringRecord> = reader.records().take(CALLS + 1).map(std::result::Result::unwrap_or_default).collect();
    let first = all.iter().take(20);
    match (first.clone().any(asterisk::is_row), first.clone().any(freeswitch::is_row)) {
        (true, _) => Some(asterisk::read(&all, zone)),
        (false, true) => Some(freeswitch::csv(&all, zone)),
        (false, false) => None,
    }
}

/// `2026-01-05 10:11:12`, a wall clock's time.
fn moment(text: &str, zone: &Zone) -> Option<Micros> {
    let when: jiff::civil::DateTime = text.trim().replacen(' ', "T", 1).parse().ok()?;
    Some(zone.at(when))
}

/// Which side is outside, and its number; `None` for a call within the house. Where both look like outside, the call came in unless `came_in` says no.
fn sides<'a>(from: &'a str, to: &'a str, came_in: Option<bool>) -> Option<(Direction, &'a str, &'a str)> {
    let inside = |number: &str| number.chars().filter(char::is_ascii_digit).count() <= INSIDE;
    match (inside(from), inside(to)) {
        (true, true) => None,
        (true, false) => Some((Direction::Out, to, from)),
        (false, true) => Some((Direction::In, from, to)),
        (false, false) if came_in == Some(false) => Some((Direction::Out, to, from)),
        (false, false) => Some((Direction::In, from, to)),
    }
}

/// A call of a record: `house` is the extension that took or made it.
fn call((direction, phone, house): (Direction, &str, &str), outcome: Outcome, (at, seconds): (Micros, i64), id: String) -> CallInput {
    let house: String = house.chars().filter(|c| !c.is_control()).take(100).collect();
    CallInput {
        customer: None,
        phone: phone.trim().chars().filter(|c| !c.is_control()).take(50).collect(),
        direction,
        outcome,
        started_at: at,
        seconds: seconds.clamp(0, 86_400),
        author: if house.is_empty() { String::new() } else { format!("Extension {house}") },
        note: String::new(),
        external_id: id,
    }
}

/// A name for a row that has none of its own.
fn named(system: &str, row: &csv::StringRecord) -> String {
    use sha2::{Digest, Sha256};
    let joined = row.iter().collect::<Vec<_>>().join("\u{1f}");
    format!("{system}:{}", &hex(&Sha256::digest(joined.as_bytes()))[..40])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_number_is_of_the_house() {
        assert_eq!(sides("1001", "1002", None), None);
        assert_eq!(sides("1001", "+34612345678", Some(true)), Some((Direction::Out, "+34612345678", "1001")));
        assert_eq!(sides("0034612345678", "s", None), Some((Direction::In, "0034612345678", "s")));
        assert_eq!(sides("+34612345678", "+34911234567", Some(false)), Some((Direction::Out, "+34911234567", "+34612345678")));
    }

    #[test]
    fn no_bytes_make_it_fall() {
        let zone = Zone::utc();
        for bytes in
            [&b""[..], b"{", b"[[[[", b"<cdr>", b"\xff\xfe\x00", b"\"", b"a,b\nc", b"{\"variables\":3}", b"<cdr><uuid>%zz</uuid></cdr>"]
        {
            assert!(read(bytes, &zone).is_err(), "{bytes:?}");
        }
        assert!(read(&vec![b','; LARGEST + 1], &zone).is_err());
    }
}
