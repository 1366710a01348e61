//! Cells to values: numbers without floats, yes and no, lists, customer numbers. Each says what it refuses in
//! words for the person who made the file. Nothing here guesses where two readings are possible.

use rust_decimal::Decimal;

/// A number as written, exactly: `2.55`, `-3`, `1,234.50`, `1.234,50`, `2,55`, with or without a currency sign.
/// Refuses what could mean two things (`1,234`), exponents, and more digits than 28.
pub fn decimal(text: &str) -> Result<Decimal, String> {
    let bare: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '£' | '$' | '€')).collect();
    let (sign, digits) = match bare.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", bare.strip_prefix('+').unwrap_or(&bare)),
    };
    let plain = match (digits.rfind('.'), digits.rfind(',')) {
        (_, None) => Some(digits.to_string()),
        (None, Some(_)) => only_commas(text, digits)?,
        (Some(dot), Some(comma)) if comma < dot => ungrouped(digits, ',', '.'),
        _ => ungrouped(digits, '.', ','),
    };
    let refused = || format!("\"{}\" is no number. Write it as 1234.50.", text.trim());
    let plain = plain.filter(|plain| is_number(plain)).ok_or_else(refused)?;
    Decimal::from_str_exact(&format!("{sign}{plain}")).map_err(|_| refused())
}

/// A whole number; `6.0` is one, `6.5` is refused.
pub fn whole(text: &str) -> Result<i64, String> {
    let value = decimal(text)?.normalize();
    if value.scale() > 0 {
        return Err(format!("\"{}\" is no whole number.", text.trim()));
    }
    i64::try_from(value).map_err(|_| format!("\"{}\" is too large.", text.trim()))
}

/// A customer number or id: `17850.0`, as programs write a number that may be missing, is `17850`. An
/// apostrophe put before a number to keep a spreadsheet from rounding it goes too.
pub fn identifier(text: &str) -> &str {
    let text = text.trim();
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('\'').filter(|rest| is_digits(rest)).unwrap_or(text);
    match text.split_once('.') {
        Some((whole, zeros)) if is_digits(whole) && !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    }
}

/// A postal code: an apostrophe put before its digits, so that a spreadsheet keeps a leading zero, goes.
pub fn zip(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('\'').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(text)
}

/// Yes or no, in the words exports use. None for an empty cell.
pub fn yes_no(text: &str) -> Result<Option<bool>, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "1" | "yes" | "y" | "true" | "on" | "active" | "subscribed" => Ok(Some(true)),
        "0" | "no" | "n" | "false" | "off" | "inactive" | "not subscribed" | "unsubscribed" => Ok(Some(false)),
        other => Err(format!("\"{other}\" is neither yes nor no.")),
    }
}

/// A list with commas: trimmed, without empty and repeated entries, in its order.
pub fn list(text: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        if !entries.iter().any(|known| known == entry) {
            entries.push(entry.to_string());
        }
    }
    entries
}

/// Entries as one cell that [`unlisted`] reads: one with a comma or a quotation mark stands in quotation marks.
pub fn listed(entries: &[String]) -> String {
    let quoted = |e: &String| if e.contains([',', '"']) { format!("\"{}\"", e.replace('"', "\"\"")) } else { e.clone() };
    entries.iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// What [`listed`] wrote. Text without quotation marks reads as [`list`] reads it.
pub fn unlisted(text: &str) -> Vec<String> {
    let (mut all, mut entry, mut inside) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if inside && chars.peek() == Some(&'"') => entry.extend(chars.next()),
            '"' if inside || entry.trim().is_empty() => inside = !inside,
            ',' if !inside => all.push(std::mem::take(&mut entry)),
            c => entry.push(c),
        }
    }
    all.push(entry);
    let mut seen: Vec<String> = Vec::new();
    for entry in all.iter().map(|e| e.trim()).filter(|e| !e.is_empty()) {
        if !seen.iter().any(|known| known == entry) {
            seen.push(entry.to_owned());
        }
    }
    seen
}

/// Commas alone: several are thousands, one is a decimal comma unless exactly three digits follow.
fn only_commas(text: &str, digits: &str) -> Result<Option<String>, String> {
    if digits.matches(',').count() > 1 {
        return Ok(ungrouped(digits, ',', '.'));
    }
    let (before, after) = digits.split_once(',').unwrap_or((digits, ""));
    if after.len() == 3 && before != "0" && before.len() <= 3 {
        return Err(format!("\"{}\" could mean two numbers. Write it as 1234.50.", text.trim()));
    }
    Ok(Some(format!("{before}.{after}")))
}

/// Takes the thousands marks out; None when they do not stand before groups of three.
fn ungrouped(digits: &str, group: char, point: char) -> Option<String> {
    let (whole, fraction) = match digits.rsplit_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut groups = whole.split(group);
    let first = groups.next()?;
    let even = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let whole = whole.replace(group, "");
    even.then(|| fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}")))
}

fn is_number(plain: &str) -> bool {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_one_cell_reads_back_as_it_was() {
        for entries in [vec![], vec!["shop:1"], vec!["shop:a, b", "x:1"], vec!["x:say \"hi\"", "y:2"], vec!["shop:gid://shop/Customer/1"]] {
            let entries: Vec<String> = entries.into_iter().map(str::to_owned).collect();
            assert_eq!(unlisted(&listed(&entries)), entries);
        }
        assert_eq!(unlisted(" a , b,, a"), list(" a , b,, a"));
    }

    #[test]
    fn numbers_are_exact_and_never_guessed() {
        for (text, value) in [
            ("2.55", "2.55"),
            ("-11062.06", "-11062.06"),
            ("0.001", "0.001"),
            ("1,234.50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("2,55", "2.55"),
            ("0,125", "0.125"),
            ("1,234,567", "1234567"),
            ("1.234.567,8", "1234567.8"),
            ("£ 1 234.50", "1234.50"),
            ("1234,567", "1234.567"),
        ] {
            assert_eq!(decimal(text).map(|d| d.to_string()).as_deref(), Ok(value), "{text}");
        }
        assert!(decimal("1,234").unwrap_err().contains("two numbers"));
        for text in ["", "-", ".", "1.", ".5", "1e5", "NaN", "1,23,4", "1.2.3", "--1", "٣", "12345678901234567890123456789.5"] {
            assert!(decimal(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_quantity_is_whole() {
        assert_eq!(whole("6.0"), Ok(6));
        assert_eq!(whole("-80995"), Ok(-80995));
        assert!(whole("6.5").is_err());
        assert!(whole("99999999999999999999").is_err());
    }

    #[test]
    fn a_customer_number_loses_what_a_program_added() {
        assert_eq!(identifier("17850.0"), "17850");
        assert_eq!(identifier("'6940095283"), "6940095283");
        assert_eq!(identifier("17850.5"), "17850.5");
        assert_eq!(identifier("A-1.0"), "A-1.0");
        assert_eq!(identifier(" 0012 "), "0012");
    }

    #[test]
    fn yes_no_and_lists() {
        assert_eq!(yes_no("1"), Ok(Some(true)));
        assert_eq!(yes_no("No"), Ok(Some(false)));
        assert_eq!(yes_no(""), Ok(None));
        assert!(yes_no("perhaps").is_err());
        assert_eq!(list("Customer, Carribean,,Customer"), ["Customer", "Carribean"]);
    }
}
