//! Moments and days as people of a merchant read them: in its time zone, absolute; how long ago comes on hover.

use domain::kit::{Micros, Zone, rfc3339};
use jiff::civil::Date;

use crate::look::When;

/// `3 Jun 2026, 14:05`.
pub fn moment(zone: &Zone, at: Micros) -> When {
    When { machine: rfc3339(at), shown: zone.civil(at).strftime("%-d %b %Y, %H:%M").to_string() }
}

/// `3 Jun 2026`.
pub fn day(zone: &Zone, at: Micros) -> When {
    When { machine: rfc3339(at), shown: date(zone.date(at)) }
}

/// `3 Jun 2026`.
pub fn date(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}
