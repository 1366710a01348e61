//! Text from outside: trimmed, measured, refused when it cannot be kept. What is inside stays as typed.

use super::error::Problems;
use super::locale::Locale;

/// Trims outer blanks and refuses what is too long (in characters) or holds a NUL. Other control characters but tab and line
/// breaks are kept: they come back unchanged. What is given back holds no NUL, so that it can be looked up all the same.
pub fn clean(problems: &mut Problems, field: &str, text: &str, max: usize) -> String {
    let text = text.trim();
    if text.contains('\0') {
        problems.add(field, "invalid", "Take out the NUL character.");
    } else if text.chars().count() > max {
        problems.add(field, "too_long", format!("Use at most {max} characters."));
    }
    text.replace('\0', "")
}

/// [`clean`] for what has one line: a name, a subject, a title.
pub fn one_line(problems: &mut Problems, field: &str, text: &str, max: usize) -> String {
    let text = clean(problems, field, text, max);
    if text.contains(BREAKS) {
        problems.add(field, "invalid", "Use one line.");
    }
    text
}

/// A text that comes from a file or a mail, where nobody can be asked: its lines with a blank between them.
pub fn as_one_line(text: &str) -> String {
    if !text.contains(BREAKS) {
        return text.to_owned();
    }
    text.split(BREAKS).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What somebody else's program said, for a row of ours: without control characters, so many characters of it.
pub fn printable(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

/// What ends a line.
const BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// [`clean`] for an optional text; blank counts as absent.
pub fn clean_opt(problems: &mut Problems, field: &str, text: Option<&str>, max: usize) -> Option<String> {
    text.map(|t| clean(problems, field, t, max)).filter(|t| !t.is_empty())
}

/// By this two names of tags, groups, shops and views are the same: case and runs of blanks do not matter.
pub fn name_key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Text of a search as a LIKE pattern (`ESCAPE '\\'`): any part, case aside.
pub fn any_part(q: &str) -> String {
    let escaped = q.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// A plain number with its thousands parted, as its reader writes it: `12480` is `12,480`, `1234.5` is `1,234.5`.
pub fn spoken(plain: &str) -> String {
    match (Locale::current(), plain.split_once('.')) {
        (Some(reader), _) => reader.number(plain),
        (None, Some((whole, fraction))) => format!("{}.{fraction}", thousands(whole)),
        (None, None) => thousands(plain),
    }
}

/// Digits parted by thousands: `12480` is `12,480`; on a page as its reader parts them.
pub fn thousands(digits: &str) -> String {
    if let Some(reader) = Locale::current() {
        return reader.number(digits);
    }
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// An e-mail address as typed, and the key by which it is found (SPEC 3.4: case does not matter).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// As typed, trimmed.
    pub typed: String,
    /// See [`email_key`].
    pub key: String,
}

impl Email {
    /// Reads an address; `None` when it cannot be one: one `@` with something on both sides, no blanks or control characters, at most 254 characters,
    /// no dot at the ends of the domain.
    pub fn parse(text: &str) -> Option<Self> {
        let typed = text.trim();
        let (local, domain) = typed.rsplit_once('@')?;
        let ok = !local.is_empty()
            && local.chars().count() <= 64
            && !domain.is_empty()
            && typed.len() <= 254
            && !typed
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | '"' | '\\'))
            && !local.contains(['@', ':'])
            && !typed.chars().any(unseen)
            && !domain.starts_with(['.', '-'])
            && !domain.ends_with(['.', '-'])
            && !domain.contains("..");
        ok.then(|| Self { typed: typed.to_owned(), key: email_key(typed) })
    }
}

/// Lower case; that is all: dots and plus signs are other mailboxes with most providers.
pub fn email_key(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The same address with its domain written the other way: in letters for `xn--…`, and the reverse. `None` when there is one way alone.
pub fn email_twin(text: &str) -> Option<String> {
    let (local, domain) = text.trim().rsplit_once('@')?;
    let other = if domain.is_ascii() {
        domain.to_ascii_lowercase().contains("xn--").then(|| url::quirks::domain_to_unicode(domain))
    } else {
        Some(url::quirks::domain_to_ascii(domain))
    };
    other.filter(|other| !other.is_empty() && other != domain).map(|other| format!("{local}@{other}"))
}

/// Characters that take no room and are no blanks: an address with one looks like another and is never found by it.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_asked_of_people_and_made_of_files() {
        for (typed, fits) in
            [("Ana Ruiz", true), (" Ana\n", true), ("Ana\nRuiz", false), ("Ana\r\nRuiz", false), ("Ana\u{2028}Ruiz", false), ("a\tb", true)]
        {
            let mut problems = Problems::default();
            one_line(&mut problems, "name", typed, 200);
            assert_eq!(problems.0.is_empty(), fits, "{typed:?}");
            assert!(problems.0.iter().all(|p| p.message == "Use one line."));
        }
        assert_eq!(["Ana\r\n Ruiz\n", " Ana", "Ana\n\n\u{85}Ruiz"].map(as_one_line), ["Ana Ruiz", " Ana", "Ana Ruiz"]);
    }

    #[test]
    fn a_domain_is_written_in_two_ways() {
        for (one, other) in [("bob@bücher.example", "bob@xn--bcher-kva.example"), ("Ann@XN--BCHER-KVA.example", "Ann@bücher.example")] {
            assert_eq!(email_twin(one).as_deref(), Some(other));
        }
        for one in ["bob@example.com", "bücher", "", "bücher@example.com"] {
            assert_eq!(email_twin(one), None, "{one}");
        }
    }

    #[test]
    fn addresses_that_exist_pass_and_others_do_not() {
        for good in ["a@b", "ana.ruiz+shop@example.es", "o'neil@example.ie", "用户@例子.广告", "A@EXAMPLE.COM", "a..b@docomo.example"]
        {
            assert!(Email::parse(good).is_some(), "{good}");
        }
        for bad in
            ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@.b", "a@b\r\nBcc: x@y", "<a@b>", "a@b..c", "mailto:a@b.com", "a\u{200b}@b.com"]
        {
            assert!(Email::parse(bad).is_none(), "{bad}");
        }
    }
}
