//! Minor units of ISO 4217 and what each provider makes of them. Whole numbers only (SPEC 5.1).

/// Currencies without decimals in ISO 4217.
const NONE: [&str; 17] =
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"];
/// With three.
const THREE: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
/// With four.
const FOUR: [&str; 2] = ["CLF", "UYW"];

/// How many decimals a currency has in ISO 4217: 0 (JPY), 2 (EUR), 3 (KWD).
pub fn decimals(currency: &str) -> u32 {
    match currency {
        c if NONE.contains(&c) => 0,
        c if THREE.contains(&c) => 3,
        c if FOUR.contains(&c) => 4,
        _ => 2,
    }
}

/// How many decimals Stripe counts in: as ISO 4217, but for the ariary, which it takes whole, and for króna and Ugandan shilling, which
/// it takes in hundredths although there are none.
pub(crate) fn stripe_decimals(currency: &str) -> u32 {
    match currency {
        "MGA" => 0,
        "ISK" | "UGX" => 2,
        c => decimals(c),
    }
}

/// Moves the decimal point; `None` when a digit would be lost, or it does not fit.
pub(crate) fn shift(amount: i64, from: u32, to: u32) -> Option<i64> {
    if to >= from {
        amount.checked_mul(10i64.checked_pow(to - from)?)
    } else {
        let by = 10i64.checked_pow(from - to)?;
        (amount % by == 0).then_some(amount / by)
    }
}

/// What Stripe calls an amount, in minor units of ISO 4217; a fraction that does not exist is dropped.
pub fn of_stripe(amount: i64, currency: &str) -> i64 {
    let (from, to) = (stripe_decimals(currency), decimals(currency));
    shift(amount, from, to).unwrap_or_else(|| if to < from { amount / 10i64.pow(from - to) } else { amount })
}

/// The way back. Stripe takes three decimals only in steps of ten.
pub fn to_stripe(minor: i64, currency: &str) -> Option<i64> {
    let amount = shift(minor, decimals(currency), stripe_decimals(currency))?;
    (stripe_decimals(currency) != 3 || amount % 10 == 0).then_some(amount)
}

/// Reads a decimal text such as `10.99` or `-3`; more decimals than the currency has must be zeros.
pub fn of_text(text: &str, currency: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let amount: i64 = format!("{whole}{fraction}").parse().ok()?;
    shift(amount, u32::try_from(fraction.len()).ok()?, decimals(currency)).map(|minor| sign * minor)
}

/// As PayPal wants it: `10.99`, `1000`. It takes forint and Taiwan dollars whole.
pub fn to_paypal(minor: i64, currency: &str) -> Option<String> {
    let (minor, places) = match currency {
        "HUF" | "TWD" => (shift(minor, decimals(currency), 0)?, 0),
        c => (minor, decimals(c)),
    };
    Some(with_places(minor, places))
}

/// A plain decimal: `10.99`, `-3.00`, `1000` where the currency has no decimals.
pub fn text(minor: i64, currency: &str) -> String {
    with_places(minor, decimals(currency))
}

fn with_places(minor: i64, places: u32) -> String {
    let by = i64::pow(10, places).unsigned_abs();
    let (sign, minor) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    match places {
        0 => format!("{sign}{minor}"),
        n => format!("{sign}{}.{:0width$}", minor / by, minor % by, width = n as usize),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_provider_counts_in_its_own_way() {
        for (amount, currency, minor) in [(1099, "EUR", 1099), (500, "JPY", 500), (10_990, "KWD", 10_990), (500, "ISK", 5), (5, "MGA", 500)]
        {
            assert_eq!(of_stripe(amount, currency), minor, "{currency}");
            assert_eq!(to_stripe(minor, currency), Some(amount), "{currency}");
        }
        assert_eq!(to_stripe(10_995, "KWD"), None, "three decimals go in steps of ten");
        for (text, currency, minor) in [("10.99", "EUR", 1099), ("500", "JPY", 500), ("1.250", "KWD", 1250), ("-3.5", "USD", -350)] {
            assert_eq!(of_text(text, currency), Some(minor), "{text}");
        }
        assert_eq!(of_text("500.00", "JPY"), Some(500));
        for wrong in ["", ".5", "1,5", "1.2.3", "1e3", "0.001", "99999999999999999999"] {
            assert_eq!(of_text(wrong, "EUR"), None, "{wrong}");
        }
        assert_eq!(to_paypal(150_000, "HUF").as_deref(), Some("1500"));
        assert_eq!(to_paypal(150_050, "HUF"), None);
    }

    proptest! {
        #[test]
        fn what_is_sent_reads_back(minor in 0_i64..10_i64.pow(14), c in prop::sample::select(vec!["EUR", "JPY", "KWD", "ISK", "MGA", "USD"])) {
            if let Some(amount) = to_stripe(minor, c) {
                prop_assert_eq!(of_stripe(amount, c), minor);
            }
            prop_assert_eq!(of_text(&to_paypal(minor, c).unwrap(), c), Some(minor));
        }
    }
}
