//! What the grades say, in one line for a person.

use crate::compare::{Level, Pattern};
use crate::field::Field;

/// `Same last name, zip and date of birth; first name nearly the same; city differs`.
pub fn why(pattern: Pattern) -> String {
    let at = |levels: &[Level]| -> Vec<&'static str> {
        let mut words: Vec<&'static str> =
            Field::ALL.into_iter().filter(|f| levels.contains(&pattern.level(*f))).map(Field::word).collect();
        words.dedup();
        words
    };
    let mut parts = Vec::new();
    let same = at(&[Level::Same]);
    if !same.is_empty() {
        parts.push(format!("same {}", list(&same)));
    }
    for (field, word) in
        [(Field::Given, "first and last name in each other’s place"), (Field::Street, "address lines in each other’s place")]
    {
        if pattern.level(field) == Level::Swapped {
            parts.push(word.to_owned());
        }
    }
    for (levels, word) in [
        (&[Level::VeryClose, Level::Close][..], "nearly the same"),
        (&[Level::Begins][..], "begins alike"),
        (&[Level::Far][..], "a little alike"),
    ] {
        let fields = at(levels);
        if !fields.is_empty() {
            parts.push(format!("{} {word}", list(&fields)));
        }
    }
    let differs = at(&[Level::Differs]);
    if !differs.is_empty() {
        parts.push(format!("{} {}", list(&differs), if differs.len() == 1 { "differs" } else { "differ" }));
    }
    let line = parts.join("; ");
    let mut letters = line.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
