//! Dates as files write them. Year first is read as it is; with the day or month first the day comes first
//! unless the person said otherwise, because a guess per row would mix both. Nothing here knows the
//! merchant's time zone: the caller hands it in.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// How `03/04/2011` is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    #[default]
    DayFirst,
    MonthFirst,
}

/// A date with or without a time, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A time on the wall clock of whoever wrote the file.
    Local(DateTime),
    /// A time with its offset.
    Exact(Timestamp),
}

impl Moment {
    /// Reads `YYYY-MM-DD`, with a time behind a blank or `T`, with an offset or `Z`; `YYYYMMDD`;
    /// `DD/MM/YYYY`, `DD.MM.YYYY` or `DD-MM-YYYY` with or without a time. Refuses days that do not exist.
    pub fn parse(text: &str, order: DateOrder) -> Result<Moment, String> {
        let text = text.trim();
        read(text, order).ok_or_else(|| refusal(text, order))
    }

    /// Microseconds UTC; a local time is read in `zone`. None beyond the years the clock knows.
    pub fn micros(self, zone: &TimeZone) -> Option<i64> {
        match self {
            Moment::Exact(at) => Some(at.as_microsecond()),
            Moment::Local(at) => zone.to_ambiguous_zoned(at).compatible().ok().map(|z| z.timestamp().as_microsecond()),
        }
    }
}

fn refusal(text: &str, order: DateOrder) -> String {
    let swapped = match order {
        DateOrder::DayFirst => DateOrder::MonthFirst,
        DateOrder::MonthFirst => DateOrder::DayFirst,
    };
    match (read(text, swapped), order) {
        (Some(_), DateOrder::DayFirst) => {
            format!("\"{text}\" has no such day. Say that the month comes first.")
        }
        (Some(_), DateOrder::MonthFirst) => {
            format!("\"{text}\" has no such month. Say that the day comes first.")
        }
        (None, _) => format!("\"{text}\" is no date. Write it as 2011-08-31 or 2011-08-31 14:30."),
    }
}

fn read(text: &str, order: DateOrder) -> Option<Moment> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, time.trim()),
        None => (text, ""),
    };
    let (year, month, day) = read_date(date, order)?;
    let (time, offset) = split_offset(time);
    let (hour, minute, second, nanos) = read_time(time)?;
    let local = DateTime::new(year, month, day, hour, minute, second, nanos).ok()?;
    match offset {
        None => Some(Moment::Local(local)),
        Some(offset) => {
            let zone = TimeZone::fixed(jiff::tz::Offset::from_seconds(read_offset(offset)?).ok()?);
            Some(Moment::Exact(local.to_zoned(zone).ok()?.timestamp()))
        }
    }
}

fn read_date(date: &str, order: DateOrder) -> Option<(i16, i8, i8)> {
    if date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()) {
        return Some((number(&date[..4], 4)?, number(&date[4..6], 2)?, number(&date[6..], 2)?));
    }
    let separator = date.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let parts: Vec<&str> = date.split(separator).collect();
    let [a, b, c] = parts[..] else { return None };
    if a.len() == 4 {
        return Some((number(a, 4)?, number(b, 2)?, number(c, 2)?));
    }
    let (day, month) = match order {
        DateOrder::DayFirst => (a, b),
        DateOrder::MonthFirst => (b, a),
    };
    // two digits of a year say no century
    (c.len() == 4).then_some(())?;
    Some((number(c, 4)?, number(month, 2)?, number(day, 2)?))
}

fn split_offset(time: &str) -> (&str, Option<&str>) {
    let bare = time.strip_suffix("UTC").unwrap_or(time).trim_end();
    if bare.len() != time.len() {
        return (bare, Some("Z"));
    }
    match time.find(['Z', 'z', '+', '-']) {
        Some(at) => (time[..at].trim_end(), Some(&time[at..])),
        None => (time, None),
    }
}

fn read_time(time: &str) -> Option<(i8, i8, i8, i32)> {
    if time.is_empty() {
        return Some((0, 0, 0, 0));
    }
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let parts: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match parts[..] {
        [hour, minute] if fraction.is_empty() => (hour, minute, "0"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let nanos = if fraction.is_empty() { 0 } else { number::<i32>(&format!("{fraction:0<9}"), 9)? };
    Some((number(hour, 2)?, number(minute, 2)?, number(second, 2)?, nanos))
}

/// Seconds east of UTC of `Z`, `+02`, `+0200` or `+02:00`.
fn read_offset(offset: &str) -> Option<i32> {
    if offset.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) = match offset.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replacen(':', "", 1);
    let (hours, minutes) = match digits.len() {
        2 => (number::<i32>(&digits, 2)?, 0),
        4 => (number::<i32>(digits.get(..2)?, 2)?, number::<i32>(digits.get(2..)?, 2)?),
        _ => return None,
    };
    (minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn number<N: std::str::FromStr>(text: &str, most: usize) -> Option<N> {
    let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> String {
        let moment = Moment::parse(text, DateOrder::DayFirst).unwrap();
        Timestamp::from_microsecond(moment.micros(&TimeZone::UTC).unwrap()).unwrap().to_string()
    }

    #[test]
    fn the_usual_ways_to_write_a_date_are_read() {
        for (text, at) in [
            ("2010-12-01 08:26:00", "2010-12-01T08:26:00Z"),
            ("2010-12-01 08:26", "2010-12-01T08:26:00Z"),
            ("2010-12-01", "2010-12-01T00:00:00Z"),
            ("2010-12-01T08:26:00.5+02:00", "2010-12-01T06:26:00.5Z"),
            ("2024-01-10T17:09:30-05:00", "2024-01-10T22:09:30Z"),
            ("2024-01-10 17:09 UTC", "2024-01-10T17:09:00Z"),
            ("01/12/2010 08:26", "2010-12-01T08:26:00Z"),
            ("1/2/2010 8:26", "2010-02-01T08:26:00Z"),
            ("31.08.2011", "2011-08-31T00:00:00Z"),
            ("19870402", "1987-04-02T00:00:00Z"),
        ] {
            assert_eq!(utc(text), at, "{text}");
        }
    }

    #[test]
    fn the_month_comes_first_only_when_told() {
        let told = Moment::parse("12/25/2010 08:26", DateOrder::MonthFirst).unwrap();
        assert_eq!(told, Moment::parse("2010-12-25 08:26", DateOrder::DayFirst).unwrap());
        let refused = Moment::parse("12/25/2010", DateOrder::DayFirst).unwrap_err();
        assert!(refused.contains("month comes first"), "{refused}");
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2011-02-29", "19991302", "31/04/2011", "", "soon", "2011-01-01 25:00", "1/2/11", "2011-1-1-1", "é1/2/2011"] {
            assert!(Moment::parse(text, DateOrder::DayFirst).is_err(), "{text}");
        }
    }

    #[test]
    fn a_local_time_is_read_in_the_zone_that_is_handed_in() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let micros = Moment::parse("2011-07-01 12:00", DateOrder::DayFirst).unwrap().micros(&zone).unwrap();
        assert_eq!(Timestamp::from_microsecond(micros).unwrap().to_string(), "2011-07-01T10:00:00Z");
    }
}
