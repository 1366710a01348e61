//! Beside whom a record is worth looking at: two records that share a key are compared. There are several keys of different fields, so that a pair
//! whose errors leave any one of them whole is still found.

use crate::field::{FIELDS, Field};
use crate::hash::hash;
use crate::text::sound;

/// How many kinds of keys there are; a record has at most one of each.
pub const KINDS: usize = 14;

/// The key of kind `kind` (0 to [`KINDS`] - 1) of a record, or none where the fields it is made of are empty.
pub fn key(kind: usize, f: &[&str; FIELDS]) -> Option<u32> {
    let get = |field: Field| f[field.at()];
    let made = |parts: [&[u8]; 2]| parts.iter().all(|part| !part.is_empty()).then(|| narrow(hash(&[&[mark(kind)], parts[0], parts[1]])));
    let (given, surname) = (get(Field::Given), get(Field::Surname));
    let (street, number, city, zip) = (get(Field::Street), get(Field::Number), get(Field::City), get(Field::Zip));
    let birth = get(Field::Birth);
    match kind {
        0 => made([get(Field::Email).as_bytes(), WHOLE]),
        1 => made([end(get(Field::Phone), 8).as_bytes(), WHOLE]),
        2 => made([get(Field::TaxId).as_bytes(), WHOLE]),
        3 => made([birth.as_bytes(), WHOLE]),
        // Both orders of the two names give one key.
        4 => {
            let (a, b) = (sound(given), sound(surname));
            made([a.min(b).bytes(), a.max(b).bytes()])
        }
        5 => made([sound(surname).bytes(), zip.as_bytes()]),
        6 => made([sound(given).bytes(), zip.as_bytes()]),
        7 => made([begin(street, 4).as_bytes(), number.as_bytes()]),
        8 => made([number.as_bytes(), zip.as_bytes()]),
        9 => made([begin(street, 5).as_bytes(), begin(city, 4).as_bytes()]),
        10 => made([sound(surname).bytes(), begin(city, 4).as_bytes()]),
        11 => made([end(birth, 4).as_bytes(), begin(given, 1).as_bytes()]),
        12 => made([begin(get(Field::Company), 6).as_bytes(), zip.as_bytes()]),
        13 => made([begin(get(Field::Locality), 6).as_bytes(), begin(zip, 3).as_bytes()]),
        _ => None,
    }
}

/// A key of one field.
const WHOLE: &[u8] = b"=";

/// Half of it is enough: two keys that fall together by chance only cost a comparison.
fn narrow(key: u64) -> u32 {
    u32::try_from(key >> 32).unwrap_or(u32::MAX)
}

/// Keeps keys of different kinds apart.
fn mark(kind: usize) -> u8 {
    u8::try_from(kind).unwrap_or(u8::MAX)
}

/// The last letters; all of a text that is not longer.
fn end(text: &str, letters: usize) -> &str {
    text.get(text.len().saturating_sub(letters)..).unwrap_or(text)
}

/// The first letters.
fn begin(text: &str, letters: usize) -> &str {
    let to = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
    &text[..to]
}
