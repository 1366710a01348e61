//! When a message is tried again, and how long an endpoint that fails is left in peace. Pure.

use crate::kit::Micros;

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;
const HOUR: Micros = 60 * MINUTE;
/// The pauses between tries: three days from the first to the last (SPEC 13.2).
const PAUSES: [Micros; 9] =
    [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 20 * HOUR + 25 * MINUTE];
/// No pause that a receiver asks for is longer than a day.
const LONGEST_ASKED: i64 = 86_400;
/// An endpoint that fails is tried at least this often while something waits for it.
const PEACE: Micros = 10 * MINUTE;

/// When a message is sent again after its `tries`th try failed at `now`; `None` when that was the last. `asked` are the seconds of `Retry-After`.
pub(super) fn again(tries: i64, now: Micros, asked: Option<i64>) -> Option<Micros> {
    let pause = PAUSES.get(usize::try_from(tries - 1).ok()?)?;
    Some(now + (*pause).max(asked.unwrap_or(0).clamp(0, LONGEST_ASKED) * SECOND))
}

/// Until when an endpoint is left in peace after `failures` rounds in a row in which nothing arrived.
pub(super) fn quiet(failures: i64, now: Micros, asked: Option<i64>) -> Micros {
    let pause = ((5 * SECOND) << (failures - 1).clamp(0, 10)).min(PEACE);
    now + pause.max(asked.unwrap_or(0).clamp(0, LONGEST_ASKED) * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_fill_three_days() {
        let (mut at, mut tries) = (0, 1);
        while let Some(next) = again(tries, at, None) {
            assert!(next > at);
            (at, tries) = (next, tries + 1);
        }
        assert_eq!(tries, 10);
        assert_eq!(at / HOUR, 72);
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_pause_but_not_for_ever() {
        assert_eq!(again(1, 0, Some(60)), Some(MINUTE));
        assert_eq!(again(1, 0, Some(-5)), Some(5 * SECOND));
        assert_eq!(again(1, 0, Some(i64::MAX)), Some(24 * HOUR));
        assert_eq!([quiet(1, 0, None), quiet(2, 0, None), quiet(40, 0, None)], [5 * SECOND, 10 * SECOND, PEACE]);
    }
}
