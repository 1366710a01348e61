//! How whoever reads writes dates and numbers (LOOK: dates and money in the reader's locale). The words of pages stay English.
//!
//! A page is made [`within`] the locale of its reader; there [`super::Money`] and [`super::thousands`] say numbers in it, and pages say days by it.
//! Elsewhere (the API, files, mails, events, the command line) nobody reads in particular, and all is as it always was. What machines read
//! (`Money::plain`, `rfc3339`) never asks. A small table of our own: `docs/decisions/0031`.

use std::cell::Cell;
use std::fmt::Write as _;

/// How a country and language writes days and numbers.
#[derive(Debug, PartialEq, Eq)]
pub struct Locale {
    /// `de-AT`, as browsers say it.
    pub tag: &'static str,
    /// `German (Austria)`.
    pub name: &'static str,
    /// Between whole and fraction.
    decimal: char,
    /// Between thousands.
    group: char,
    /// The fewest digits that are grouped.
    least: usize,
    /// Where the sign of the currency stands.
    sign: Sign,
    /// A day, for strftime.
    day: &'static str,
    /// A time of day, for strftime.
    time: &'static str,
}

/// Where the sign of a currency stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// `€5`, `CHF 5`.
    Before,
    /// `€ 5`.
    Apart,
    /// `5 €`.
    Behind,
}

const NBSP: char = '\u{a0}';
const NARROW: char = '\u{202f}';

const fn make(tag: &'static str, name: &'static str, number: (char, char, usize), sign: Sign, day: &'static str) -> Locale {
    let (decimal, group, least) = number;
    Locale { tag, name, decimal, group, least, sign, day, time: "%H:%M" }
}

/// All there are, by name. The first of a language stands for it where the country is not known; English is British, as pages are without a reader.
pub static LOCALES: [Locale; 18] = [
    make("da-DK", "Danish", (',', '.', 4), Sign::Behind, "%d.%m.%Y"),
    make("nl-NL", "Dutch", (',', '.', 4), Sign::Apart, "%d-%m-%Y"),
    make("en-GB", "English (United Kingdom)", ('.', ',', 4), Sign::Before, "%-d %b %Y"),
    make("en-IE", "English (Ireland)", ('.', ',', 4), Sign::Before, "%-d %b %Y"),
    Locale { time: "%-I:%M %p", ..make("en-US", "English (United States)", ('.', ',', 4), Sign::Before, "%b %-d, %Y") },
    make("fi-FI", "Finnish", (',', NBSP, 4), Sign::Behind, "%-d.%-m.%Y"),
    make("fr-FR", "French", (',', NARROW, 4), Sign::Behind, "%d/%m/%Y"),
    make("de-DE", "German (Germany)", (',', '.', 4), Sign::Behind, "%d.%m.%Y"),
    make("de-AT", "German (Austria)", (',', '.', 4), Sign::Apart, "%d.%m.%Y"),
    make("de-CH", "German (Switzerland)", ('.', '’', 4), Sign::Apart, "%d.%m.%Y"),
    make("it-IT", "Italian", (',', '.', 4), Sign::Behind, "%d/%m/%Y"),
    make("ja-JP", "Japanese", ('.', ',', 4), Sign::Before, "%Y/%m/%d"),
    make("nb-NO", "Norwegian", (',', NBSP, 4), Sign::Behind, "%d.%m.%Y"),
    make("pl-PL", "Polish", (',', NBSP, 5), Sign::Behind, "%d.%m.%Y"),
    make("pt-PT", "Portuguese (Portugal)", (',', NBSP, 5), Sign::Behind, "%d/%m/%Y"),
    make("pt-BR", "Portuguese (Brazil)", (',', '.', 4), Sign::Apart, "%d/%m/%Y"),
    make("es-ES", "Spanish", (',', '.', 5), Sign::Behind, "%d/%m/%Y"),
    make("sv-SE", "Swedish", (',', NBSP, 4), Sign::Behind, "%Y-%m-%d"),
];

thread_local! {
    static READER: Cell<Option<&'static Locale>> = const { Cell::new(None) };
}

impl Locale {
    /// The locale of exactly this tag; case does not matter.
    pub fn of(tag: &str) -> Option<&'static Self> {
        LOCALES.iter().find(|l| l.tag.eq_ignore_ascii_case(tag))
    }

    /// What an `Accept-Language` asks for: the best that is there, the country when it is known, else the language. None of it: `None`.
    pub fn asked(accept: &str) -> Option<&'static Self> {
        let mut wanted: Vec<(u16, &str)> = accept.split(',').take(20).filter_map(weighed).collect();
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wanted.into_iter().find_map(|(_, tag)| Self::of(tag).or_else(|| Self::of_language(tag)))
    }

    fn of_language(tag: &str) -> Option<&'static Self> {
        let language = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let wanted = match language(tag).as_str() {
            "no" | "nn" => "nb".to_owned(),
            other => other.to_owned(),
        };
        LOCALES.iter().find(|l| language(l.tag) == wanted)
    }

    /// The reader of what is being made; nobody in particular: `None`.
    pub fn current() -> Option<&'static Self> {
        READER.with(Cell::get)
    }

    /// How to write a day, for strftime. Without a reader as always: `3 Nov 2026`.
    pub fn day() -> &'static str {
        Self::current().map_or("%-d %b %Y", |l| l.day)
    }

    /// How to write a time of day, for strftime.
    pub fn time() -> &'static str {
        Self::current().map_or("%H:%M", |l| l.time)
    }

    /// `12345678` with its thousands parted.
    fn parted(&self, digits: &str, out: &mut String) {
        let parts = digits.len() >= self.least;
        for (i, digit) in digits.chars().enumerate() {
            if parts && i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(self.group);
            }
            out.push(digit);
        }
    }

    /// A plain number without a minus (`1234.50`) as it is read: `1.234,50`.
    pub(super) fn number(&self, plain: &str) -> String {
        let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(w, f)| (w, Some(f)));
        let mut out = String::with_capacity(plain.len() + 6);
        self.parted(whole, &mut out);
        if let Some(fraction) = fraction {
            let _ = write!(out, "{}{fraction}", self.decimal);
        }
        out
    }

    /// A plain number without a minus and the sign of its currency.
    pub(super) fn money(&self, plain: &str, sign: &str) -> String {
        let (number, code) = (self.number(plain), sign.len() == 3 && sign.is_ascii());
        match self.sign {
            Sign::Before if code => format!("{sign}{NBSP}{number}"),
            Sign::Before => format!("{sign}{number}"),
            Sign::Apart => format!("{sign}{NBSP}{number}"),
            Sign::Behind => format!("{number}{NBSP}{sign}"),
        }
    }
}

/// One wish of an `Accept-Language` with its weight in thousandths; none that weighs nothing.
fn weighed(one: &str) -> Option<(u16, &str)> {
    let mut parts = one.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty())?;
    let weight = parts.find_map(|p| p.strip_prefix("q=")).map_or(Some(1000), thousandths)?;
    (weight > 0).then_some((weight, tag))
}

/// `0.8` in thousandths; nothing above 1.
fn thousandths(q: &str) -> Option<u16> {
    let (whole, fraction) = q.split_once('.').unwrap_or((q, ""));
    let part: u16 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let weight = whole.parse::<u16>().ok()?.checked_mul(1000)?.checked_add(part)?;
    (weight <= 1000).then_some(weight)
}

/// Gives the thread its reader back, also when what is made panics.
struct Before(Option<&'static Locale>);

impl Drop for Before {
    fn drop(&mut self) {
        READER.with(|reader| reader.set(self.0));
    }
}

/// Makes something for this reader. `None`: for nobody in particular, as mails and files are made.
pub fn within<T>(reader: Option<&'static Locale>, make: impl FnOnce() -> T) -> T {
    let _before = Before(READER.with(|now| now.replace(reader)));
    make()
}

/// A number as people type it, as a plain one: `12,50` and `1.234,50` are `12.50` and `1234.50`. `None` for what can be read in two ways
/// (`1,234`) and for what is no number with separators in their places; a single point is always the decimal point, as forms show it.
pub fn typed_number(text: &str) -> Option<String> {
    let text = text.trim();
    let (minus, rest) = text.strip_prefix(['-', '−']).map_or(("", text), |rest| ("-", rest));
    let is_blank = |c: char| matches!(c, ' ' | NBSP | NARROW | '\'' | '’');
    let count = |mark: char| rest.matches(mark).count();
    let decimal = match (count('.'), count(',')) {
        (0, 0) => None,
        (1, 0) => Some('.'),
        (0, 1) => Some(','),
        (_, 0) | (0, _) => None,
        (_, 1) if rest.rfind(',') > rest.rfind('.') => Some(','),
        (1, _) if rest.rfind('.') > rest.rfind(',') => Some('.'),
        _ => return None,
    };
    let (whole, fraction) = decimal.and_then(|mark| rest.split_once(mark)).map_or((rest, ""), |(w, f)| (w, f));
    let groups: Vec<&str> = whole.split(|c: char| is_blank(c) || c == '.' || c == ',').collect();
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let mut marks = whole.chars().filter(|c| !c.is_ascii_digit());
    let first = marks.next();
    let in_place = groups.len() == 1 || (matches!(groups[0].len(), 1..=3) && groups[1..].iter().all(|g| g.len() == 3));
    if !groups.iter().all(|g| digits(g)) || !digits(fraction) || !in_place || marks.any(|m| Some(m) != first) {
        return None;
    }
    let two_ways =
        decimal == Some(',') && groups.len() == 1 && fraction.len() == 3 && matches!(whole.len(), 1..=3) && !whole.starts_with('0');
    if two_ways || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let whole = if whole.is_empty() { "0".to_owned() } else { groups.concat() };
    Some(format!("{minus}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::{Currency, Money, thousands};

    fn said(tag: &str, minor: i64, currency: &str) -> String {
        let money = Money::new(minor, Currency::of(currency).unwrap());
        within(Locale::of(tag), || money.to_string())
    }

    #[test]
    fn money_is_said_as_its_reader_writes_it() {
        for (tag, minor, currency, words) in [
            ("en-GB", 123_450, "EUR", "€1,234.50"),
            ("en-US", 123_450, "USD", "$1,234.50"),
            ("de-DE", 123_450, "EUR", "1.234,50\u{a0}€"),
            ("de-DE", -300, "GBP", "−3,00\u{a0}£"),
            ("de-AT", 123_450, "EUR", "€\u{a0}1.234,50"),
            ("de-CH", 123_450, "CHF", "CHF\u{a0}1’234.50"),
            ("fr-FR", 123_450, "EUR", "1\u{202f}234,50\u{a0}€"),
            ("es-ES", 123_450, "EUR", "1234,50\u{a0}€"),
            ("es-ES", 1_234_500, "EUR", "12.345,00\u{a0}€"),
            ("pl-PL", 123_450, "PLN", "1234,50\u{a0}PLN"),
            ("sv-SE", 123_456_700, "EUR", "1\u{a0}234\u{a0}567,00\u{a0}€"),
            ("ja-JP", 12_345, "JPY", "¥12,345"),
        ] {
            assert_eq!(said(tag, minor, currency), words, "{tag}");
        }
        assert_eq!(within(Locale::of("de-DE"), || thousands("12480")), "12.480");
        assert_eq!((Locale::current(), thousands("12480")), (None, "12,480".to_owned()), "nobody reads any more");
    }

    #[test]
    fn what_machines_read_never_changes() {
        let money = Money::new(-123_450, Currency::of("EUR").unwrap());
        assert_eq!(within(Locale::of("de-DE"), || money.plain()), "-1234.50");
    }

    #[test]
    fn a_browser_says_what_it_wants() {
        let asked = |accept| Locale::asked(accept).map(|l| l.tag);
        assert_eq!(asked("de-AT,de;q=0.9,en;q=0.8"), Some("de-AT"));
        assert_eq!(asked("en;q=0.5, fr-CA;q=0.8"), Some("fr-FR"), "the country is not known, the language is");
        assert_eq!((asked("en"), asked("en-AU"), asked("no")), (Some("en-GB"), Some("en-GB"), Some("nb-NO")));
        assert_eq!((asked(""), asked("*"), asked("tlh"), asked("de;q=0"), asked("de;q=x")), (None, None, None, None, None));
    }

    #[test]
    fn a_number_is_read_only_when_it_can_mean_one_thing() {
        for (text, plain) in [
            ("12", "12"),
            ("12.5", "12.5"),
            ("12,50", "12.50"),
            (" 1.234,50 ", "1234.50"),
            ("1,234.50", "1234.50"),
            ("1 234,50", "1234.50"),
            ("1\u{202f}234,50", "1234.50"),
            ("1’234.50", "1234.50"),
            ("-3,5", "-3.5"),
            ("0,005", "0.005"),
            ("1.234.567", "1234567"),
            ("1234,567", "1234.567"),
            ("1.234", "1.234"),
            (",5", "0.5"),
            ("12,", "12"),
        ] {
            assert_eq!(typed_number(text).as_deref(), Some(plain), "{text}");
        }
        for text in [
            "1,234",
            "12,345",
            "999,000",
            "",
            ",",
            "1.23,45,6",
            "1,23.4",
            "1.2.3",
            "12,34,567",
            "1e3",
            "twelve",
            "1 2",
            "1.234 567,0",
            "--1",
        ] {
            assert_eq!(typed_number(text), None, "{text}");
        }
    }
}
