//! Moments and days as people of a merchant read them: in its time zone, as the reader writes them, absolute;
//! how long ago comes on hover.

use domain::kit::{Locale, Micros, Zone, rfc3339};
use jiff::civil::Date;

use crate::look::When;

/// `3 Jun 2026, 14:05`.
pub fn moment(zone: &Zone, at: Micros) -> When {
    When { machine: rfc3339(at), shown: zone.civil(at).strftime(&format!("{}, {}", Locale::day(), Locale::time())).to_string() }
}

/// `3 Jun 2026`.
pub fn day(zone: &Zone, at: Micros) -> When {
    When { machine: rfc3339(at), shown: date(zone.date(at)) }
}

/// `3 Jun 2026`; `03.06.2026` for a German reader.
pub fn date(date: Date) -> String {
    date.strftime(Locale::day()).to_string()
}
