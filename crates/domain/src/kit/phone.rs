//! Phone numbers: kept as typed, found by their digits (SPEC 1.4, 2.8).

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// A phone as typed, and the key that two spellings of it share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// As typed, trimmed.
    pub typed: String,
    /// See [`phone_key`].
    pub key: String,
}

impl Phone {
    /// Reads what a person typed; `country` (ISO 3166 alpha-2, may be empty) is where a number without `+` is taken to be from.
    pub fn typed(text: &str, country: &str) -> Self {
        Self { typed: text.trim().to_owned(), key: phone_key(text, country) }
    }
}

/// The digits of the number in E.164 form, without the plus. A number that no numbering plan knows keeps its digits as typed, without
/// leading zeros, so that equal spellings still meet. Empty when there is no digit.
pub fn phone_key(text: &str, country: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return digits;
    }
    let text = match text.trim().strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None => text.trim().to_owned(),
    };
    PHONE_NUMBER_UTIL
        .parse(&text, Region::from_code(country).ok())
        .ok()
        .filter(|n| PHONE_NUMBER_UTIL.is_possible_number(n))
        .map(|n| PHONE_NUMBER_UTIL.format(&n, PhoneNumberFormat::E164).trim_start_matches('+').to_owned())
        .unwrap_or_else(|| digits.trim_start_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_meet() {
        for typed in ["+34 612 345 678", "0034612345678", "612-345-678", "(+34) 612.345.678"] {
            assert_eq!(phone_key(typed, "ES"), "34612345678", "{typed}");
        }
        assert_eq!(phone_key("020 7946 0958", "GB"), "442079460958");
        assert_eq!(phone_key("", "GB"), "");
        assert_eq!(phone_key("ext", "GB"), "");
        assert_eq!(phone_key("007", ""), "7");
    }
}
