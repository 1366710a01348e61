//! What an order comes to: exact lines, rounded once (SPEC 5.1). Absurd input is a field error, never an overflow.

use rust_decimal::Decimal;

use super::Line;
use crate::kit::{Currency, Discount, Money, Problems, clean, discount, exact_to_minor};
use crate::payments::MAX_MINOR;

/// More lines than any order has; a bound for what one request can make us do.
pub const MAX_LINES: usize = 5_000;

/// What is added to and taken from the lines, minor units.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras {
    /// Taken off.
    pub discount: i64,
    /// Added for sending.
    pub shipping: i64,
    /// Added for tax.
    pub tax: i64,
}

/// The lines as they are kept, and the total in minor units: the exact sum of quantity times unit price less each line's discount, less discount, plus shipping and
/// tax, rounded once, half away from zero. Notes everything that is wrong.
pub fn total(lines: &[Line], extras: Extras, currency: Currency, problems: &mut Problems) -> (Vec<Line>, i64) {
    if lines.len() > MAX_LINES {
        problems.add("lines", "too_long", format!("Use at most {MAX_LINES} lines."));
        return (Vec::new(), 0);
    }
    let mut sum = Some(Decimal::ZERO);
    let mut kept = Vec::with_capacity(lines.len());
    for (i, line) in lines.iter().enumerate() {
        let (line, amount) = read(i, line, problems);
        sum = sum.zip(amount).and_then(|(sum, amount)| sum.checked_add(amount));
        kept.push(line);
    }
    for (field, amount) in [("discount", extras.discount), ("shipping", extras.shipping), ("tax", extras.tax)] {
        if !(0..=MAX_MINOR).contains(&amount) {
            problems.add(field, "invalid", "Use an amount of zero or more.");
        }
    }
    let extra = Decimal::from(i128_sum(extras)) / Decimal::from(10_i64.pow(currency.decimals()));
    let minor = sum.and_then(|s| s.checked_add(extra)).and_then(|exact| exact_to_minor(exact, currency));
    match minor {
        Some(minor) if (0..=MAX_MINOR).contains(&minor) => (kept, minor),
        Some(minor) if minor < 0 => {
            let taken_back = kept.iter().position(|l| l.quantity.starts_with('-') != l.unit_price.starts_with('-'));
            let field = match taken_back {
                Some(i) if extras.discount == 0 => format!("lines.{i}.quantity"),
                _ => "discount".to_owned(),
            };
            problems.add(field, "invalid", "The total must not be below zero.");
            (kept, 0)
        }
        _ => {
            if problems.0.is_empty() {
                problems.add("lines", "invalid", "The total is too large.");
            }
            (kept, 0)
        }
    }
}

/// What one line comes to, its discount taken off, rounded for showing; the order's total is rounded once, from the exact lines.
pub fn line_total(line: &Line, currency: Currency) -> Option<Money> {
    let amount = decimal(&line.quantity, 1_000_000_000)?.checked_mul(decimal(&line.unit_price, 1_000_000_000_000)?)?;
    exact_to_minor(discount::less(amount, Discount::kept(&line.discount))?, currency).map(|minor| Money::new(minor, currency))
}

fn i128_sum(extras: Extras) -> i128 {
    i128::from(extras.shipping) + i128::from(extras.tax) - i128::from(extras.discount)
}

/// Too large, or no number at all.
fn no_number(text: &str, plain: &'static str) -> &'static str {
    let text = text.trim().trim_start_matches('-');
    let number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().any(|b| b.is_ascii_digit());
    if number && text.bytes().filter(|b| *b == b'.').count() < 2 { "That is too large, or has too many decimals." } else { plain }
}

fn read(i: usize, line: &Line, problems: &mut Problems) -> (Line, Option<Decimal>) {
    let quantity = decimal(&line.quantity, 1_000_000_000);
    let price = decimal(&line.unit_price, 1_000_000_000_000);
    if quantity.is_none() {
        problems.add(format!("lines.{i}.quantity"), "invalid", no_number(&line.quantity, "Use a plain number such as 2 or 0.5."));
    }
    if price.is_none() {
        problems.add(format!("lines.{i}.unit_price"), "invalid", no_number(&line.unit_price, "Use a plain number such as 12.95."));
    }
    let amount = quantity.zip(price).and_then(|(q, p)| q.checked_mul(p));
    let off = Discount::of_line(&line.discount, amount, &format!("lines.{i}.discount"), problems);
    let kept = Line {
        sku: clean(problems, &format!("lines.{i}.sku"), &line.sku, 100),
        title: clean(problems, &format!("lines.{i}.title"), &line.title, 500),
        quantity: quantity.unwrap_or_default().to_string(),
        unit_price: price.unwrap_or_default().to_string(),
        discount: discount::written(off),
    };
    (kept, amount.and_then(|amount| discount::less(amount, off)))
}

/// An exact plain number of sane size with at most 12 decimals.
fn decimal(text: &str, most: i64) -> Option<Decimal> {
    let text = text.trim();
    let plain = !text.is_empty()
        && text.len() <= 30
        && text.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || b == b'.' || (b == b'-' && i == 0));
    let number = plain.then(|| Decimal::from_str_exact(text).ok())??.normalize();
    (number.abs() <= Decimal::from(most) && number.scale() <= 12).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(quantity: &str, unit_price: &str) -> Line {
        Line { quantity: quantity.to_owned(), unit_price: unit_price.to_owned(), ..Line::default() }
    }

    fn gbp(lines: &[Line], extras: Extras) -> Result<i64, Vec<String>> {
        let mut problems = Problems::default();
        let (_, total) = total(lines, extras, Currency::of("GBP").unwrap(), &mut problems);
        if problems.0.is_empty() { Ok(total) } else { Err(problems.0.into_iter().map(|p| p.field).collect()) }
    }

    #[test]
    fn lines_stay_exact_and_the_total_is_rounded_once() {
        let three = [line("1", "0.335"), line("1", "0.335"), line("1", "0.335")];
        assert_eq!(gbp(&three, Extras::default()), Ok(101));
        assert_eq!(gbp(&[line("3", "2.5"), line("-1", "0.5")], Extras { discount: 50, shipping: 200, tax: 33 }), Ok(883));
        assert_eq!(gbp(&[], Extras::default()), Ok(0));
    }

    #[test]
    fn a_line_has_a_discount_of_its_own_and_the_total_is_rounded_once() {
        let less = |off: &str, l: Line| Line { discount: off.to_owned(), ..l };
        let three = [less("10%", line("1", "0.335")), less("10%", line("1", "0.335")), less("10%", line("1", "0.335"))];
        assert_eq!(gbp(&three, Extras::default()), Ok(90), "0.9045, and not three times 0.30");
        let mixed = [less("2.50", line("2", "10")), less("100%", line("1", "4")), less("10 %", line("-1", "5"))];
        assert_eq!(gbp(&mixed, Extras { discount: 100, ..Extras::default() }), Ok(1750 - 450 - 100));
        let off = |off: &str, quantity: &str| gbp(&[less(off, line(quantity, "10"))], Extras::default());
        assert_eq!(off("20", "2"), Ok(0));
        for (text, quantity) in [("20.01", "2"), ("110%", "2"), ("x", "2"), ("-1", "2"), ("1", "-2")] {
            assert!(off(text, quantity).unwrap_err().contains(&"lines.0.discount".to_owned()), "{text}");
        }
        assert_eq!(line_total(&less("12.5%", line("3", "1.99")), Currency::of("GBP").unwrap()).unwrap().minor, 522);
    }

    #[test]
    fn absurd_values_are_field_errors() {
        assert_eq!(gbp(&[line("1e9", "1")], Extras::default()), Err(vec!["lines.0.quantity".to_owned()]));
        assert_eq!(
            gbp(&[line("1", "2"), line("-3", "1")], Extras::default()),
            Err(vec!["lines.1.quantity".to_owned()]),
            "what takes it below zero"
        );
        assert_eq!(gbp(&[line("1", "2")], Extras { discount: 300, ..Extras::default() }), Err(vec!["discount".to_owned()]));
        assert_eq!(gbp(&[line("", "-")], Extras::default()).unwrap_err().len(), 2);
        assert_eq!(gbp(&[line("1000000000", "1000000000000")], Extras::default()), Err(vec!["lines".to_owned()]));
        assert_eq!(gbp(&[line("1", "1")], Extras { discount: 101, ..Extras::default() }), Err(vec!["discount".to_owned()]));
        assert_eq!(gbp(&[line("1", "1")], Extras { tax: -1, ..Extras::default() }), Err(vec!["tax".to_owned()]));
        assert_eq!(gbp(&[line("1", "1")], Extras { tax: i64::MAX, discount: i64::MIN, shipping: 0 }).unwrap_err().len(), 2);
    }

    proptest! {
        #[test]
        fn no_input_panics(quantity in ".{0,32}", price in "[-0-9.]{0,32}", off in "[0-9.]{0,30}%?", discount: i64, shipping: i64, tax: i64) {
            let line = Line { discount: off, ..line(&quantity, &price) };
            let _ = gbp(&[line], Extras { discount, shipping, tax });
        }
    }
}
