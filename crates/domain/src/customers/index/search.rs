//! Words of a search and where they match (SPEC 1.4): any part of the text; digits in a phone however either
//! was typed; an id, from its beginning or, from six characters with a digit on, anywhere. It must never match across two parts of a
//! customer's text.

use std::ops::Range;
use std::thread::Builder;

use super::arena;
use super::bits::Bits;
use super::fold::fold;
use super::idpart::IdPart;
use super::image::Image;
use super::scan::Needle;

/// Rows that are worth a core of their own, and how many cores one search may have.
const PART: usize = 1 << 17;
const MOST: usize = 4;

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

/// The rows that match all of some words, at least one, the longest first. A large image is gone through in parts, each on a core of its own.
pub(super) fn matching(image: &Image, seekers: &[Seeker]) -> Bits {
    let (rows, cores) = (image.rows(), std::thread::available_parallelism().map_or(1, usize::from));
    let parts = (rows / PART).clamp(1, cores.min(MOST));
    let each = rows.div_ceil(parts).next_multiple_of(64).max(64);
    let part = |at: usize| in_part(image, seekers, &((at * each).min(rows)..((at + 1) * each).min(rows)));
    std::thread::scope(|scope| {
        let part = &part;
        // Where no thread is to be had, the part is done here.
        let others: Vec<_> = (1..parts).map(|at| (at, Builder::new().spawn_scoped(scope, move || part(at)).ok())).collect();
        let first = part(0);
        let others = others.into_iter().map(|(at, other)| other.and_then(|other| other.join().ok()).unwrap_or_else(|| part(at)));
        Bits::joined(std::iter::once(first).chain(others).collect())
    })
}

fn in_part(image: &Image, seekers: &[Seeker], among: &Range<usize>) -> Bits {
    let Some((first, others)) = seekers.split_first() else { return Bits::none(among.len()) };
    let mut rows = first.rows(image, among);
    if !others.is_empty() {
        rows.retain(|row| others.iter().all(|seeker| seeker.matches(image, among.start + row)));
    }
    rows
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

    /// Those of `among` that match, the first of them as row 0: forward passes over the text, and over the keys where the word may be an id.
    fn rows(&self, image: &Image, among: &Range<usize>) -> Bits {
        let mut rows = Bits::none(among.len());
        self.text.mark(&image.text, among, |_| true, &mut rows);
        if let Some(digits) = &self.digits {
            digits.mark(&image.text, among, |record| digits.is_in(arena::phones_of(record)), &mut rows);
        }
        if let Some(id) = self.id {
            let matching = image.keys[among.clone()].iter().enumerate().filter(|(_, key)| id.matches(key));
            matching.for_each(|(row, _)| rows.set(row));
        }
        rows
    }
}
