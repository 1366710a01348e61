//! Money: whole minor units with an ISO 4217 currency (SPEC 5.1). Never a float; 0, 2 and 3 decimals are all real.

use std::fmt;
use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use store::{Bind, Value};

use super::locale::{Locale, typed_number};

/// An ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Three letters, any case; `None` for what is not in ISO 4217 or has no minor unit (gold, test codes).
    pub fn of(code: &str) -> Option<Self> {
        let currency = iso_currency::Currency::from_code(&code.to_ascii_uppercase())?;
        currency.exponent().map(|_| Self(currency))
    }

    /// `EUR`.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals: 0 (JPY), 2 (EUR), 3 (KWD).
    pub fn decimals(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(2))
    }

    /// English name.
    pub fn name(self) -> String {
        self.0.name().to_owned()
    }

    /// What stands before the number: `€`, `£`, or the code.
    pub fn sign(self) -> &'static str {
        match self.code() {
            "EUR" => "€",
            "GBP" => "£",
            "USD" => "$",
            "JPY" => "¥",
            code => code,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::of(text).ok_or(())
    }
}

impl Bind for Currency {
    fn value(&self) -> Value {
        Value::Text(self.code().to_owned())
    }
}

impl store::FromCell for Currency {
    const WANT: &'static str = "a currency";
    fn from_cell(cell: store::Cell<'_>) -> Option<Self> {
        if let store::Cell::Text(code) = cell { Self::of(code) } else { None }
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::of(&String::deserialize(d)?).ok_or_else(|| serde::de::Error::custom("not a currency of ISO 4217"))
    }
}

/// An amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// Whole minor units: cents, pence, yen, fils.
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
}

impl Money {
    /// So many minor units.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The exact decimal: 1234 EUR minor is 12.34.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.decimals())
    }

    /// A plain number: `1234.50`, `-3`, `0.005`. What exports and form fields hold.
    pub fn plain(self) -> String {
        self.decimal().to_string()
    }

    /// Reads an amount as people type it into a form: `12.50`, `12,50`, `1.234,50` ([`typed_number`]). `None` for what [`Self::parse`] refuses, and for
    /// what can be read in two ways.
    pub fn typed(text: &str, currency: Currency) -> Option<Self> {
        Self::parse(&typed_number(text)?, currency)
    }

    /// Reads a plain number with at most the currency's decimals.
    ///
    /// Takes `12`, `12.3`, `12.34`, `-1`; a comma as the only separator counts as the decimal point. `None` for anything else,
    /// for more decimals than the currency has, and for what does not fit.
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        let text = text.trim();
        let text = if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) };
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-') {
            return None;
        }
        let decimal = Decimal::from_str(&text).ok()?;
        let scaled = decimal.checked_mul(Decimal::from(10i64.pow(currency.decimals())))?;
        scaled.fract().is_zero().then_some(())?;
        whole(scaled).map(|minor| Self { minor, currency })
    }
}

/// What people read: `€1,234.50`, `KWD 0.005`, `−£3.00`; on a page as its reader writes it ([`super::Locale`]).
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = self.currency.sign();
        let digits = Self { minor: self.minor.saturating_abs(), ..*self }.plain();
        if let Some(reader) = Locale::current() {
            if self.minor < 0 {
                f.write_str("−")?;
            }
            return f.write_str(&reader.money(&digits, sign));
        }
        let (whole, fraction) = digits.split_once('.').map_or((digits.as_str(), None), |(w, d)| (w, Some(d)));
        if self.minor < 0 {
            f.write_str("−")?;
        }
        f.write_str(sign)?;
        if sign.len() == 3 && sign.is_ascii() {
            f.write_str("\u{a0}")?;
        }
        f.write_str(&super::text::thousands(whole))?;
        fraction.map_or(Ok(()), |d| write!(f, ".{d}"))
    }
}

/// An exact decimal in major units rounded once, half away from zero, to minor units (SPEC issue of exact lines: an order total is rounded once).
///
/// `None` when it does not fit.
pub fn exact_to_minor(exact: Decimal, currency: Currency) -> Option<i64> {
    let rounded = exact.round_dp_with_strategy(currency.decimals(), RoundingStrategy::MidpointAwayFromZero);
    whole(rounded.checked_mul(Decimal::from(10i64.pow(currency.decimals())))?)
}

/// A decimal without a fraction as a number; `None` when it does not fit.
fn whole(decimal: Decimal) -> Option<i64> {
    decimal.normalize().to_i64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn yen_cents_and_fils_read_as_people_write_them() {
        let eur = Currency::of("eur").unwrap();
        assert_eq!(Money::parse("1234.5", eur).unwrap().minor, 123_450);
        assert_eq!(Money::parse("12,30", eur).unwrap().minor, 1230);
        assert_eq!(Money::parse("12.345", eur), None);
        assert_eq!(Money::parse("1e3", eur), None);
        assert_eq!(Money::parse("5", Currency::of("JPY").unwrap()).unwrap().minor, 5);
        assert_eq!(Money::parse("0.005", Currency::of("KWD").unwrap()).unwrap().minor, 5);
        assert_eq!(Money::new(-123_456_789, eur).to_string(), "−€1,234,567.89");
        assert_eq!(Currency::of("XAU"), None);
    }

    #[test]
    fn exact_lines_round_once_half_away_from_zero() {
        let gbp = Currency::of("GBP").unwrap();
        assert_eq!(exact_to_minor("0.005".parse().unwrap(), gbp), Some(1));
        assert_eq!(exact_to_minor("-0.005".parse().unwrap(), gbp), Some(-1));
        assert_eq!(exact_to_minor("100".parse().unwrap(), gbp), Some(10_000));
        assert_eq!(exact_to_minor("176355.94".parse().unwrap(), gbp), Some(17_635_594));
    }

    proptest! {
        #[test]
        fn plain_reads_back(minor in -10_i64.pow(15)..10_i64.pow(15), code in prop::sample::select(vec!["EUR", "JPY", "KWD"])) {
            let money = Money::new(minor, Currency::of(code).unwrap());
            prop_assert_eq!(Money::parse(&money.plain(), money.currency), Some(money));
        }
    }
}
