//! Words of a search and where they match (SPEC 1.4): any part of the text; digits in a phone however either
//! was typed; an id, from its beginning or, from six characters with a digit on, anywhere. It must never match across two parts of a
//! customer's text.

use super::arena;
use super::bits::Bits;
use super::fold::fold;
use super::idpart::IdPart;
use super::image::Image;
use super::scan::Needle;

/// One word of a search; every word must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded; also met in phones, as these are digits.
    text: String,
    /// What to look for in phones where that differs from `text`.
    digits: Option<String>,
    id: Option<IdPart>,
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
    Word { digits, id: IdPart::of(text), text: text.to_owned() }
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

/// A word made ready for one pass.
pub(super) struct Seeker<'a> {
    text: Needle<'a>,
    digits: Option<Needle<'a>>,
    id: Option<&'a IdPart>,
}

impl<'a> Seeker<'a> {
    pub fn new(word: &'a Word) -> Seeker<'a> {
        let digits = word.digits.as_ref().map(|digits| Needle::new(digits.as_bytes()));
        Seeker { text: Needle::new(word.text.as_bytes()), digits, id: word.id.as_ref() }
    }

    /// Longer words leave fewer candidates for the others.
    pub fn length(&self) -> usize {
        self.digits.as_ref().unwrap_or(&self.text).len()
    }

    pub fn matches(&self, image: &Image, row: usize) -> bool {
        let record = image.text.record(row);
        self.text.is_in(record)
            || self.digits.as_ref().is_some_and(|digits| digits.is_in(arena::phones_of(record)))
            || self.id.is_some_and(|id| id.matches(&image.keys[row]))
    }

    /// All rows that match: forward passes over the text, and over the keys where the word may be an id.
    pub fn rows(&self, image: &Image) -> Bits {
        let mut rows = Bits::none(image.rows());
        self.text.mark(&image.text, |_| true, &mut rows);
        if let Some(digits) = &self.digits {
            digits.mark(&image.text, |record| digits.is_in(arena::phones_of(record)), &mut rows);
        }
        if let Some(id) = self.id {
            let matching = image.keys.iter().enumerate().filter(|(_, key)| id.matches(key));
            matching.for_each(|(row, _)| rows.set(row));
        }
        rows
    }
}
