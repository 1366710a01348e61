//! Two records, graded field by field.

use crate::field::{FIELDS, Field};
use crate::text::{edits, jaro_winkler_from};

/// How well a field agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// One of the two says nothing: no evidence either way.
    Missing,
    /// The same.
    Same,
    /// One edit apart.
    VeryClose,
    /// Two edits, or alike by Jaro and Winkler.
    Close,
    /// Something in common.
    Far,
    /// Another value.
    Differs,
    /// The two values stand in each other's place (given name and surname; the two address lines).
    Swapped,
    /// One is the initial or the beginning of the other.
    Begins,
}

impl Level {
    /// Those that are evidence.
    pub const SEEN: [Level; 7] = [Level::Same, Level::VeryClose, Level::Close, Level::Far, Level::Differs, Level::Swapped, Level::Begins];

    /// Says that the values are, typing errors aside, the same.
    pub fn agrees(self) -> bool {
        matches!(self, Level::Same | Level::VeryClose | Level::Close | Level::Swapped)
    }
}

/// The levels of all fields in one number, four bits each, so that pairs with the same grades can be counted together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pattern(pub u64);

impl Pattern {
    /// The level of a field.
    pub fn level(self, field: Field) -> Level {
        match (self.0 >> (4 * field.at())) & 15 {
            1 => Level::Same,
            2 => Level::VeryClose,
            3 => Level::Close,
            4 => Level::Far,
            5 => Level::Differs,
            6 => Level::Swapped,
            7 => Level::Begins,
            _ => Level::Missing,
        }
    }

    fn set(&mut self, field: Field, level: Level) {
        let at = 4 * field.at();
        self.0 = (self.0 & !(15 << at)) | ((level as u64) << at);
    }
}

/// Grades two records, given by their fields.
pub fn compare(a: &[&str; FIELDS], b: &[&str; FIELDS]) -> Pattern {
    let mut pattern = Pattern::default();
    for field in Field::ALL {
        pattern.set(field, grade(field, a[field.at()], b[field.at()]));
    }
    swapped(&mut pattern, a, b, Field::Given, Field::Surname);
    swapped(&mut pattern, a, b, Field::Street, Field::Locality);
    pattern
}

fn grade(field: Field, a: &str, b: &str) -> Level {
    if a.is_empty() || b.is_empty() {
        return Level::Missing;
    }
    if a == b {
        return Level::Same;
    }
    match field {
        Field::Number | Field::Zip | Field::TaxId | Field::State => code(a, b),
        Field::Birth => day(a, b),
        Field::Phone => phone(a, b),
        Field::Email => address(a, b),
        Field::Given => words(a, b, true),
        _ => words(a, b, false),
    }
}

/// How many letters; two edits are another name where a name has two.
fn size(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Names, streets, cities.
fn words(a: &str, b: &str, initials: bool) -> Level {
    let (longer, shorter) = (size(a).max(size(b)), size(a).min(size(b)));
    if initials && shorter <= 2 && (a.starts_with(b) || b.starts_with(a)) {
        return Level::Begins;
    }
    let limit = if longer <= 3 { 1 } else { 3 };
    match edits(a, b, limit) {
        1 if longer >= 3 => return Level::VeryClose,
        2 if longer >= 5 => return Level::Close,
        3 if longer >= 9 => return Level::Close,
        _ => {}
    }
    if shorter >= 4 && (a.starts_with(b) || b.starts_with(a)) {
        return Level::Begins;
    }
    let alike = jaro_winkler_from(a, b, 0.8);
    if alike >= 0.92 {
        Level::Close
    } else if alike >= 0.8 {
        Level::Far
    } else {
        Level::Differs
    }
}

/// House numbers, zips, ids: one slip of the finger, or another value.
fn code(a: &str, b: &str) -> Level {
    let longer = a.len().max(b.len());
    match edits(a, b, 2) {
        1 if longer >= 2 => Level::VeryClose,
        2 if longer >= 4 => Level::Far,
        _ => Level::Differs,
    }
}

/// Eight digits: year, month, day.
fn day(a: &str, b: &str) -> Level {
    let apart = edits(a, b, 2);
    if apart == 1 {
        return Level::VeryClose;
    }
    if a.len() != 8 || b.len() != 8 || !a.is_ascii() || !b.is_ascii() {
        return if apart == 2 { Level::Close } else { Level::Differs };
    }
    let ((y, m, d), (v, n, e)) = ((&a[..4], &a[4..6], &a[6..]), (&b[..4], &b[4..6], &b[6..]));
    if y == v && m == e && d == n {
        Level::VeryClose
    } else if apart == 2 {
        Level::Close
    } else if [y == v, m == n, d == e].into_iter().filter(|same| *same).count() == 2 {
        Level::Far
    } else {
        Level::Differs
    }
}

/// With and without the country's code a number is the same when its end is.
fn phone(a: &str, b: &str) -> Level {
    let shorter = a.len().min(b.len());
    if shorter >= 7 && (a.ends_with(b) || b.ends_with(a)) {
        return Level::Same;
    }
    match edits(a, b, 1) {
        1 if shorter >= 6 => Level::VeryClose,
        _ => Level::Differs,
    }
}

/// The same mailbox but for a slip; the same person's name at two providers.
fn address(a: &str, b: &str) -> Level {
    // `ana.ruiz7` and `ana.ruiz8` are namesakes: numbers are there to tell them apart.
    if a.chars().filter(char::is_ascii_digit).ne(b.chars().filter(char::is_ascii_digit)) {
        return Level::Differs;
    }
    if edits(a, b, 1) == 1 {
        return Level::VeryClose;
    }
    let ((me, at), (you, there)) = (a.rsplit_once('@').unwrap_or((a, "")), b.rsplit_once('@').unwrap_or((b, "")));
    // A plus sign and dots are other mailboxes to some providers, and the same person to us.
    let plain = |local: &str| local.split('+').next().unwrap_or_default().replace(['.', '_', '-'], "");
    let (mine, yours) = (plain(me), plain(you));
    if mine == yours && mine.len() >= 4 {
        return if at == there { Level::VeryClose } else { Level::Close };
    }
    if at == there && mine.len().min(yours.len()) >= 5 && edits(&mine, &yours, 2) <= 2 { Level::Far } else { Level::Differs }
}

/// Two fields in each other's place: then the first says so and the second says nothing, because it is the same evidence.
fn swapped(pattern: &mut Pattern, a: &[&str; FIELDS], b: &[&str; FIELDS], one: Field, other: Field) {
    let straight = [pattern.level(one), pattern.level(other)];
    if straight.iter().any(|level| level.agrees()) {
        return;
    }
    let meets = |x: &str, y: &str| !x.is_empty() && !y.is_empty() && (x == y || (x.len().max(y.len()) >= 5 && edits(x, y, 2) <= 2));
    let either = |x: &str, y: &str| x.is_empty() || y.is_empty() || meets(x, y);
    let (x, y) = ((a[one.at()], b[other.at()]), (a[other.at()], b[one.at()]));
    if (meets(x.0, x.1) && either(y.0, y.1)) || (meets(y.0, y.1) && either(x.0, x.1)) {
        pattern.set(one, Level::Swapped);
        pattern.set(other, Level::Missing);
    }
}
