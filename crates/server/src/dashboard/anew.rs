//! Words about statuses that are not all worked out under the rules in force: a new N, currency or time zone.

use domain::merchants::Anew;

use super::tones::number;

/// What pages say while it lasts.
pub fn words(anew: &Anew) -> String {
    let far = format!("{} of {} customers", number(anew.done.unsigned_abs()), number(anew.total.unsigned_abs()));
    match anew.stopped {
        false => format!(
            "Statuses and totals are being worked out anew under the changed settings: {far}. The others still show what held before."
        ),
        true => format!("Statuses and totals were worked out anew for {far}, and the job stopped. Go on with it in Jobs."),
    }
}
