//! What is taken off a line: a part of it, or an amount. Exact; nothing is rounded here.

use rust_decimal::Decimal;

use super::Problems;

/// Taken off one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// Percent of the line, above 0 and up to 100.
    Percent(Decimal),
    /// An amount off the whole line, major units, above 0.
    Amount(Decimal),
}

impl Discount {
    /// Reads `10%`, `12.5 %` or `5.00`. `Ok(None)`: empty or zero, nothing is taken off.
    ///
    /// # Errors
    /// For anything else.
    fn read(text: &str) -> Result<Option<Self>, ()> {
        let text = text.trim();
        let (number, is_part) = text.strip_suffix('%').map_or((text, false), |number| (number.trim_end(), true));
        if text.is_empty() {
            return Ok(None);
        }
        let plain = number.len() <= 24 && number.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !number.is_empty();
        let number = Decimal::from_str_exact(number).ok().filter(|_| plain).ok_or(())?.normalize();
        let (most, scale) = if is_part { (Decimal::ONE_HUNDRED, 4) } else { (Decimal::from(1_000_000_000_000_i64), 12) };
        match number {
            n if n > most || n.scale() > scale => Err(()),
            n if n.is_zero() => Ok(None),
            n if is_part => Ok(Some(Self::Percent(n))),
            n => Ok(Some(Self::Amount(n))),
        }
    }

    /// What is kept in a row was read before.
    pub fn kept(text: &str) -> Option<Self> {
        Self::read(text).ok().flatten()
    }

    /// Reads what was typed for a line that comes to `amount`, and notes under `field` what is wrong with it.
    pub fn of_line(text: &str, amount: Option<Decimal>, field: &str, problems: &mut Problems) -> Option<Self> {
        let Ok(off) = Self::read(text) else {
            problems.add(field, "invalid", "Use a percentage such as 10%, or an amount off the line such as 5.00.");
            return None;
        };
        if off.zip(amount).is_some_and(|(off, amount)| !off.fits(amount)) {
            problems.add(field, "too_much", "Take off no more than the line comes to.");
        }
        off
    }

    /// What it takes off this much.
    pub fn off(self, of: Decimal) -> Option<Decimal> {
        match self {
            Self::Percent(part) => of.checked_mul(part)?.checked_div(Decimal::ONE_HUNDRED),
            Self::Amount(amount) => Some(amount),
        }
    }

    /// An amount takes no more than the line comes to.
    pub(crate) fn fits(self, line: Decimal) -> bool {
        match self {
            Self::Percent(_) => true,
            Self::Amount(amount) => amount <= line,
        }
    }

    /// The share of it that goes with a part of the line's quantity.
    #[must_use]
    pub fn share(self, part: Decimal, of: Decimal) -> Self {
        match self {
            Self::Amount(amount) if part != of => {
                let share = amount.checked_mul(part).and_then(|a| a.checked_div(of));
                Self::Amount(share.unwrap_or(amount).abs().round_dp(12).normalize())
            }
            whole => whole,
        }
    }
}

/// What is left of a line.
pub fn less(line: Decimal, discount: Option<Discount>) -> Option<Decimal> {
    match discount {
        None => Some(line),
        Some(discount) => line.checked_sub(discount.off(line)?),
    }
}

/// As it is kept and as programs read it: `10%`, `5`; empty for none.
pub fn written(discount: Option<Discount>) -> String {
    discount.map_or_else(String::new, |d| d.to_string())
}

impl std::fmt::Display for Discount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Percent(part) => write!(f, "{}%", part.normalize()),
            Self::Amount(amount) => write!(f, "{}", amount.normalize()),
        }
    }
}

impl serde::Serialize for Discount {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_and_an_amount_are_read_and_written() {
        for (text, kept) in [("10%", "10%"), (" 12.50 % ", "12.5%"), ("5.00", "5"), ("100%", "100%"), ("", ""), ("0", ""), ("0.0 %", "")] {
            assert_eq!(Discount::read(text).map(written).as_deref(), Ok(kept), "{text}");
        }
        for text in ["-5", "101%", "%", "5 EUR", "1,5", "1e2", "10%%", "0.00001%", "9999999999999"] {
            assert_eq!(Discount::read(text), Err(()), "{text}");
        }
        let of = |text: &str, line: i64| less(Decimal::from(line), Discount::kept(text)).unwrap().normalize().to_string();
        assert_eq!([of("10%", 25), of("2.5", 25), of("", 25), of("10%", -25)], ["22.5", "22.5", "25", "-22.5"]);
        let third = Discount::kept("10").unwrap().share(Decimal::ONE, Decimal::from(4));
        assert_eq!(
            (third.to_string(), Discount::kept("10%").unwrap().share(Decimal::ONE, Decimal::from(4)).to_string()),
            ("2.5".into(), "10%".into())
        );
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_read_reads_again(text in ".{0,32}", plain in "[0-9.]{1,14} ?%?") {
            let _ = Discount::read(&text);
            if let Ok(found) = Discount::read(&plain) {
                prop_assert_eq!(Discount::kept(&written(found)), found);
            }
        }
    }
}
