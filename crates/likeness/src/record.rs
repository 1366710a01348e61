//! A record: each field in the form in which it is compared.

use crate::field::{FIELDS, Field};

/// Between fields; no normal form holds it.
const MARK: char = '\u{1f}';
/// Longer values are cut: nobody is told apart by what stands behind.
const LONGEST: usize = 64;

/// The fields of one record in normal form, packed into one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record(String);

impl Record {
    /// Makes a record from values that are already lower case and without accents. Each value gets its normal form here:
    /// blanks and punctuation fall out, a street loses its abbreviation, a date becomes eight digits, a zip and a city in each other's place go home.
    pub fn of(values: &[(Field, &str)]) -> Record {
        let mut fields: [String; FIELDS] = Default::default();
        for (field, value) in values {
            if fields[field.at()].is_empty() {
                fields[field.at()] = normal(*field, value);
            }
        }
        let (city, zip) = (Field::City.at(), Field::Zip.at());
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let letters = |text: &str| text.chars().all(|c| !c.is_ascii_digit());
        if digits(&fields[city]) && letters(&fields[zip]) {
            fields.swap(city, zip);
        }
        let mut packed = String::with_capacity(fields.iter().map(String::len).sum::<usize>() + FIELDS);
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                packed.push(MARK);
            }
            packed.push_str(field);
        }
        Record(packed)
    }

    /// A display name in its two parts: `Ruiz, Ana` and `Ana Ruiz` are the same.
    pub fn split_name(name: &str) -> (&str, &str) {
        if let Some((last, first)) = name.split_once(',') {
            return (first.trim(), last.trim());
        }
        name.trim().rsplit_once(' ').map_or(("", name.trim()), |(first, last)| (first.trim(), last))
    }

    /// An address line in street and house number, whichever comes first.
    pub fn split_street(line: &str) -> (&str, &str) {
        let line = line.trim();
        let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 8;
        if let Some((first, rest)) = line.split_once([' ', ','])
            && number(first)
        {
            return (rest.trim(), first);
        }
        match line.rsplit_once([' ', ',']) {
            Some((rest, last)) if number(last) => (rest.trim(), last),
            _ => (line, ""),
        }
    }

    /// The packed text.
    pub fn packed(&self) -> &str {
        &self.0
    }

    /// The fields of a packed text.
    pub fn fields(packed: &str) -> [&str; FIELDS] {
        let mut fields = [""; FIELDS];
        for (field, value) in fields.iter_mut().zip(packed.split(MARK)) {
            *field = value;
        }
        fields
    }
}

fn normal(field: Field, value: &str) -> String {
    let letters = |value: &str| cut(value.chars().filter(|c| c.is_alphanumeric()));
    match field {
        Field::Number | Field::Zip | Field::TaxId | Field::Given | Field::Surname | Field::City | Field::State => letters(value),
        Field::Locality | Field::Extra1 | Field::Extra2 | Field::Extra3 => letters(value),
        Field::Street => letters(&spelt_out(value)),
        Field::Company => letters(&without_legal_form(value)),
        Field::Birth => date(value),
        Field::Phone => cut(value.trim_start_matches(['+', '0']).chars().filter(char::is_ascii_digit)),
        Field::Email => cut(value.chars().filter(|c| !c.is_whitespace() && *c != MARK)),
    }
}

fn cut(letters: impl Iterator<Item = char>) -> String {
    letters.take(LONGEST).collect()
}

/// `main st` is `main street`.
fn spelt_out(street: &str) -> String {
    let word = |word: &str| {
        match word.trim_end_matches('.') {
            "st" | "str" => "street",
            "rd" => "road",
            "ave" | "av" => "avenue",
            "cres" | "cr" => "crescent",
            "pl" => "place",
            "ct" => "court",
            "dr" => "drive",
            "ln" => "lane",
            "blvd" => "boulevard",
            "sq" => "square",
            "c/" => "calle",
            _ => return None,
        }
        .to_owned()
        .into()
    };
    let mut words: Vec<String> = Vec::new();
    for part in street.split_whitespace() {
        let long: Option<String> = word(part);
        words.push(match long {
            Some(long) => long,
            // German writes it in one word.
            None => part.strip_suffix("str.").map_or_else(|| part.to_owned(), |stem| format!("{stem}strasse")),
        });
    }
    words.join(" ")
}

fn without_legal_form(company: &str) -> String {
    const FORMS: [&str; 22] = [
        "gmbh", "ag", "kg", "ug", "mbh", "inc", "llc", "ltd", "limited", "plc", "corp", "co", "bv", "b.v", "nv", "n.v", "sa", "s.a", "sl",
        "s.l", "sarl", "srl",
    ];
    let plain = |word: &str| word.trim_matches(['.', ',', '&', '+']).to_owned();
    let kept: Vec<&str> = company.split_whitespace().filter(|word| !FORMS.contains(&plain(word).as_str())).collect();
    if kept.is_empty() { company.to_owned() } else { kept.join(" ") }
}

/// `1990-03-04`, `4.3.1990`, `19900304`, `04/03/1990`: year, month, day. What is no date keeps its digits.
fn date(value: &str) -> String {
    let parts: Vec<&str> = value.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).take(3).collect();
    match parts[..] {
        [year, month, day] if year.len() == 4 => format!("{year}{month:0>2}{day:0>2}"),
        [day, month, year] if year.len() == 4 => format!("{year}{month:0>2}{day:0>2}"),
        _ => cut(value.chars().filter(char::is_ascii_digit)),
    }
}
