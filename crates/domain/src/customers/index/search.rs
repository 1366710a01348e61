//! Words of a search and where they match (SPEC 1.4): any part of the text; digits in a phone however either
//! was typed; an id, from its beginning or, from six characters with a digit on, anywhere. It must never match across two parts of a
//! customer's text.

use memchr::memmem::Finder;

use super::arena;
use super::bits::Bits;
use super::fold::fold;
use super::image::{Image, Key};

const ID_PREFIX: &str = "cus_";
/// Crockford's base32, lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ID_CHARS: usize = 26;

/// One word of a search; every word must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded; also met in phones, as these are digits.
    text: String,
    /// What to look for in phones where that differs from `text`.
    digits: Option<String>,
    id: Option<IdPart>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum IdPart {
    /// The id starts with these bits, the others of the mask are free.
    Start { bits: u128, mask: u128 },
    /// These base32 values stand next to each other: at the beginning, or anywhere behind the first.
    Within { bits: u128, rest: usize, lanes: Vec<u128> },
}

/// The words of what somebody typed.
///
/// A phone typed with blanks is several words: each of them is a part of the number, so all match
/// where the joined number does. A lone sign beside digits (`+34 - 612`, `+31 (0) 6`) is part of such a number and is left out.
pub fn words(typed: &str) -> Vec<Word> {
    let folded = fold(typed);
    let all: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let is_number = |at: usize| all.get(at).is_some_and(|word| is_phone_like(word) && has_digit(word));
    let is_sign = |word: &str| is_phone_like(word) && (!has_digit(word) || word == "(0)");
    let stays = |at: usize| !is_sign(all[at]) || !(is_number(at + 1) || at > 0 && is_number(at - 1));
    (0..all.len()).filter(|at| stays(*at)).map(|at| word(all[at])).collect()
}

fn word(text: &str) -> Word {
    let digits = Some(phone_digits(text)).filter(|d| is_phone_like(text) && !d.is_empty() && d != text);
    Word { digits, id: id_part(text), text: text.to_owned() }
}

fn is_phone_like(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit() || b"+-()./#".contains(&b))
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

/// Only digits, without the zeros that stand for "abroad" or "long distance", also the `(0)` in the middle.
fn phone_digits(word: &str) -> String {
    let digits: String = word.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

fn id_part(word: &str) -> Option<IdPart> {
    let (body, least) = match word.strip_prefix(ID_PREFIX) {
        Some(body) => (body, 4),
        None => (word, 6),
    };
    let values: Option<Vec<u8>> = body.bytes().map(base32_value).collect();
    let values = values.filter(|values| (least..=ID_CHARS).contains(&values.len()))?;
    let rest = 5 * (ID_CHARS - values.len());
    let bits = values.iter().fold(0, |bits: u128, value| bits << 5 | u128::from(*value));
    if least == 6 {
        let lanes = values.iter().map(|value| ONES * u128::from(*value)).collect();
        return has_digit(word).then_some(IdPart::Within { bits, rest, lanes });
    }
    // 26 characters hold two bits more than a key has.
    (values[0] <= 7).then_some(IdPart::Start { bits: bits << rest, mask: u128::MAX << rest })
}

/// As Crockford reads: `i` and `l` are 1, `o` is 0.
fn base32_value(letter: u8) -> Option<u8> {
    let letter = match letter {
        b'i' | b'l' => b'1',
        b'o' => b'0',
        other => other,
    };
    ALPHABET.iter().position(|known| *known == letter).map(|at| at as u8)
}

impl IdPart {
    fn matches(&self, key: &Key) -> bool {
        match self {
            IdPart::Start { bits, mask } => u128::from_be_bytes(*key) & mask == *bits,
            IdPart::Within { bits, rest, lanes } => {
                let whole = u128::from_be_bytes(*key);
                whole >> rest == *bits || has_lanes(whole, lanes)
            }
        }
    }
}

/// The last 25 characters of an id as lanes of five bits: all at once are compared with one character.
const ONES: u128 = {
    let (mut ones, mut lane) = (0, 0);
    while lane < ID_CHARS - 1 {
        ones |= 1 << (5 * lane);
        lane += 1;
    }
    ones
};
const HIGH: u128 = ONES << 4;
const LOW: u128 = HIGH - ONES;

/// Do the characters stand in neighbouring lanes? Mostly the first two say no.
#[inline(always)]
fn has_lanes(whole: u128, lanes: &[u128]) -> bool {
    let mut starts = HIGH;
    for (at, lane) in lanes.iter().enumerate() {
        let apart = (whole & (HIGH | LOW)) ^ lane;
        let equal = !(((apart & LOW) + LOW) | apart) & HIGH;
        starts &= equal << (5 * at);
        if starts == 0 {
            return false;
        }
    }
    true
}

/// A word made ready for one pass.
pub(super) struct Seeker<'a> {
    text: Finder<'a>,
    digits: Option<Finder<'a>>,
    id: Option<&'a IdPart>,
}

impl<'a> Seeker<'a> {
    pub fn new(word: &'a Word) -> Seeker<'a> {
        let digits = word.digits.as_ref().map(|digits| Finder::new(digits.as_bytes()));
        Seeker { text: Finder::new(word.text.as_bytes()), digits, id: word.id.as_ref() }
    }

    /// Longer words leave fewer candidates for the others.
    pub fn length(&self) -> usize {
        self.digits.as_ref().unwrap_or(&self.text).needle().len()
    }

    pub fn matches(&self, image: &Image, row: usize) -> bool {
        let record = image.text.record(row);
        self.text.find(record).is_some()
            || self.digits.as_ref().is_some_and(|digits| digits.find(arena::phones_of(record)).is_some())
            || self.id.is_some_and(|id| id.matches(&image.keys[row]))
    }

    /// All rows that match: forward passes over the text, and over the keys where the word may be an id.
    pub fn rows(&self, image: &Image) -> Bits {
        let mut rows = Bits::none(image.rows());
        scan(image, &self.text, |_| true, &mut rows);
        if let Some(digits) = &self.digits {
            scan(image, digits, |record| digits.find(arena::phones_of(record)).is_some(), &mut rows);
        }
        if let Some(id) = self.id {
            for (row, key) in image.keys.iter().enumerate() {
                if id.matches(key) {
                    rows.set(row);
                }
            }
        }
        rows
    }
}

/// Marks each row whose record contains the needle and passes `holds`.
fn scan(image: &Image, needle: &Finder, holds: impl Fn(&[u8]) -> bool, rows: &mut Bits) {
    let all = image.text.all();
    let (mut at, mut row) = (0, 0);
    while let Some(hit) = needle.find(&all[at..]) {
        let hit = at + hit;
        at = image.text.start(row + 1);
        while at <= hit {
            row += 1;
            at = image.text.start(row + 1);
        }
        if holds(image.text.record(row)) {
            rows.set(row);
        }
        row += 1;
    }
}
