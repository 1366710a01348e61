//! A typed part of a customer's id (SPEC 1.4): its beginning with the prefix, or from six characters with a digit on any part.
//! Compared with the sixteen bytes themselves; no id is written out for it.

use super::image::Key;

const PREFIX: &str = "cus_";
/// Crockford's base32, lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const CHARS: usize = 26;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum IdPart {
    /// These bits of a key, under a mask.
    Start { bits: u128, mask: u128 },
    /// The same at the beginning, or characters that stand next to each other behind the first one.
    Within { bits: u128, mask: u128, lanes: Vec<u128> },
}

impl IdPart {
    /// `None` when the folded word cannot be one.
    pub fn of(word: &str) -> Option<IdPart> {
        let (body, least) = match word.strip_prefix(PREFIX) {
            Some(body) => (body, 4),
            None => (word, 6),
        };
        let values: Vec<u8> = body.bytes().map(value).collect::<Option<_>>()?;
        if !(least..=CHARS).contains(&values.len()) {
            return None;
        }
        let free = 5 * (CHARS - values.len());
        let (bits, mask) = (values.iter().fold(0, |bits: u128, value| bits << 5 | u128::from(*value)), u128::MAX << free);
        // 26 characters hold two bits more than a key has: no id starts with more than a 7.
        let start = (values[0] <= 7).then_some((bits << free, mask));
        if body.len() < word.len() {
            return start.map(|(bits, mask)| IdPart::Start { bits, mask });
        }
        let lanes = values.iter().map(|value| ONES * u128::from(*value)).collect();
        // Nothing under an empty mask is one: never at the beginning.
        let (bits, mask) = start.unwrap_or((1, 0));
        word.bytes().any(|b| b.is_ascii_digit()).then_some(IdPart::Within { bits, mask, lanes })
    }

    #[inline(always)]
    pub fn matches(&self, key: &Key) -> bool {
        let whole = u128::from_be_bytes(*key);
        match self {
            IdPart::Start { bits, mask } => whole & mask == *bits,
            IdPart::Within { bits, mask, lanes } => whole & mask == *bits || has_lanes(whole, lanes),
        }
    }
}

/// As Crockford reads: `i` and `l` are 1, `o` is 0.
fn value(letter: u8) -> Option<u8> {
    let letter = match letter {
        b'i' | b'l' => b'1',
        b'o' => b'0',
        other => other,
    };
    ALPHABET.iter().position(|known| *known == letter).map(|at| at as u8)
}

/// The last 25 characters of an id as lanes of five bits: all at once are compared with one character.
const ONES: u128 = {
    let (mut ones, mut lane) = (0, 0);
    while lane < CHARS - 1 {
        ones |= 1 << (5 * lane);
        lane += 1;
    }
    ones
};
const HIGH: u128 = ONES << 4;
const LOW: u128 = HIGH - ONES;

/// The high bit of each lane that holds the character of `lane`.
#[inline(always)]
fn equal(whole: u128, lane: u128) -> u128 {
    let apart = (whole & (HIGH | LOW)) ^ lane;
    !(((apart & LOW) + LOW) | apart) & HIGH
}

/// Do the characters stand in neighbouring lanes? Mostly the first two say no.
#[inline(always)]
fn has_lanes(whole: u128, lanes: &[u128]) -> bool {
    let mut starts = equal(whole, lanes[0]) & (equal(whole, lanes[1]) << 5);
    for (at, lane) in lanes.iter().enumerate().skip(2) {
        if starts == 0 {
            return false;
        }
        starts &= equal(whole, *lane) << (5 * at);
    }
    starts != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::encode;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_part_of_an_id_is_found_and_nothing_else(key: [u8; 16], other: [u8; 16], from in 0..21usize, len in 6..=26usize) {
            let id = encode(&key);
            let part = &id[from..(from + len).min(26)];
            prop_assume!(part.bytes().any(|b| b.is_ascii_digit()));
            let read = IdPart::of(part).unwrap();
            prop_assert!(read.matches(&key), "{} in {}", part, id);
            prop_assert_eq!(read.matches(&other), encode(&other).contains(part));
            let beginning = IdPart::of(&format!("cus_{}", &id[..len])).unwrap();
            prop_assert!(beginning.matches(&key));
            prop_assert_eq!(beginning.matches(&other), encode(&other).starts_with(&id[..len]));
        }
    }

    #[test]
    fn what_cannot_be_an_id_is_none() {
        for word in ["", "cus_", "cus_01j", "abcdef", "a1b2c", "a1b2cu", "01jk2m-", "cus_81jk", "0000000000000000000000000000"] {
            assert_eq!(IdPart::of(word), None, "{word}");
        }
    }
}
