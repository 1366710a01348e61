//! What lines come to: exact, rounded half away from zero on each line or once for each rate, and so that the parts always add up to the
//! cent (SPEC 5.1). Pure.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Line, Prices, Rounding, TaxGroup};
use crate::kit::{Currency, Problems, discount};
use crate::payments::MAX_MINOR;

/// Net, tax and total, minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// One for each category and rate, in the order of the lines.
    pub taxes: Vec<TaxGroup>,
    /// Sum of the lines without tax.
    pub net: i64,
    /// Sum of the taxes.
    pub tax: i64,
    /// Both.
    pub total: i64,
}

/// Works out `net` and `shown` of each line, the tax of each rate, and the totals.
pub fn sums(lines: &mut [Line], prices: Prices, rounding: Rounding, currency: Currency, problems: &mut Problems) -> Sums {
    match work_out(lines, prices, rounding, currency) {
        Some(sums) => sums,
        None => {
            problems.add("lines", "invalid", "The total is too large.");
            Sums::default()
        }
    }
}

fn work_out(lines: &mut [Line], prices: Prices, rounding: Rounding, currency: Currency) -> Option<Sums> {
    let scale = Decimal::from(10_i64.pow(currency.decimals()));
    let mut sums = Sums::default();
    for (category, rate) in groups(lines) {
        let mut of_group: Vec<&mut Line> = lines.iter_mut().filter(|l| (l.category, l.rate) == (category, rate)).collect();
        let tax = group(&mut of_group, prices, rounding, rate, scale)?;
        let net = of_group.iter().try_fold(0_i64, |sum, l| sum.checked_add(l.net))?;
        sums.net = sums.net.checked_add(net)?;
        sums.tax = sums.tax.checked_add(tax)?;
        sums.taxes.push(TaxGroup { category, rate, net, tax });
    }
    sums.total = sums.net.checked_add(sums.tax)?;
    (sums.total.abs() <= MAX_MINOR && sums.net.abs() <= MAX_MINOR).then_some(sums)
}

/// Each category and rate once, in the order in which they come.
pub(super) fn groups(lines: &[Line]) -> Vec<(super::Category, Decimal)> {
    let mut all = Vec::new();
    for line in lines {
        if !all.contains(&(line.category, line.rate)) {
            all.push((line.category, line.rate));
        }
    }
    all
}

/// Fills the lines of one rate; gives their tax.
fn group(lines: &mut [&mut Line], prices: Prices, rounding: Rounding, rate: Decimal, scale: Decimal) -> Option<i64> {
    let exact = |l: &Line| discount::less(l.quantity.checked_mul(l.unit_price)?, l.discount)?.checked_mul(scale);
    shares(lines, rounding, exact, |l, part| l.shown = part)?;
    let shown = lines.iter().try_fold(0_i64, |sum, l| sum.checked_add(l.shown))?;
    match (prices, rounding) {
        (Prices::Net, Rounding::Line) => {
            let mut tax = 0_i64;
            for l in lines.iter_mut() {
                l.net = l.shown;
                tax = tax.checked_add(on_top(l.net, rate)?)?;
            }
            Some(tax)
        }
        (Prices::Net, Rounding::Document) => {
            lines.iter_mut().for_each(|l| l.net = l.shown);
            on_top(shown, rate)
        }
        (Prices::Gross, Rounding::Line) => {
            let mut tax = 0_i64;
            for l in lines.iter_mut() {
                let inside = inside(l.shown, rate)?;
                l.net = l.shown - inside;
                tax = tax.checked_add(inside)?;
            }
            Some(tax)
        }
        (Prices::Gross, Rounding::Document) => {
            let tax = inside(shown, rate)?;
            let (net, all) = (shown - tax, shown);
            let part = |l: &Line| {
                if all == 0 {
                    Some(Decimal::ZERO)
                } else {
                    Decimal::from(l.shown).checked_mul(Decimal::from(net))?.checked_div(Decimal::from(all))
                }
            };
            shares(lines, Rounding::Document, part, |l, part| l.net = part)?;
            // Rounding a share may leave the last one off by what division lost; the sum is what counts.
            let given = lines.iter().try_fold(0_i64, |sum, l| sum.checked_add(l.net))?;
            if let Some(last) = lines.last_mut() {
                last.net += net - given;
            }
            Some(tax)
        }
    }
}

/// Rounds each amount, or the sum of all once and each so that they add up to it.
fn shares(
    lines: &mut [&mut Line],
    rounding: Rounding,
    exact: impl Fn(&Line) -> Option<Decimal>,
    put: impl Fn(&mut Line, i64),
) -> Option<()> {
    let (mut sum, mut given) = (Decimal::ZERO, 0_i64);
    for l in lines.iter_mut() {
        let amount = exact(l)?;
        let part = if rounding == Rounding::Line {
            whole(amount)?
        } else {
            sum = sum.checked_add(amount)?;
            whole(sum)?.checked_sub(given)?
        };
        given = given.checked_add(part)?;
        put(l, part);
    }
    Some(())
}

/// The tax that comes on top of a net amount.
pub(super) fn on_top(net: i64, rate: Decimal) -> Option<i64> {
    whole(Decimal::from(net).checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED)?)
}

/// The tax inside an amount that holds it.
fn inside(gross: i64, rate: Decimal) -> Option<i64> {
    whole(Decimal::from(gross).checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED.checked_add(rate)?)?)
}

pub(super) fn whole(exact: Decimal) -> Option<i64> {
    use rust_decimal::prelude::ToPrimitive as _;
    exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64().filter(|n| n.abs() <= MAX_MINOR)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Category;
    use super::*;
    use crate::kit::Discount;

    fn line(quantity: Decimal, unit_price: Decimal, rate: i64) -> Line {
        let category = if rate == 0 { Category::Zero } else { Category::Standard };
        let rate = Decimal::new(rate, 1);
        let sku = String::new();
        Line { position: 1, title: "x".into(), sku, quantity, unit_price, discount: None, category, rate, net: 0, shown: 0, source: None }
    }

    fn of(lines: &mut [Line], prices: Prices, rounding: Rounding) -> Sums {
        let mut problems = Problems::default();
        let sums = sums(lines, prices, rounding, Currency::of("EUR").unwrap(), &mut problems);
        assert!(problems.0.is_empty());
        sums
    }

    #[test]
    fn rounding_on_lines_and_on_the_whole_differ_by_cents() {
        let mut lines = vec![
            line(Decimal::ONE, Decimal::new(333, 3), 200),
            line(Decimal::ONE, Decimal::new(333, 3), 200),
            line(Decimal::ONE, Decimal::new(333, 3), 200),
        ];
        let whole = of(&mut lines, Prices::Net, Rounding::Document);
        assert_eq!((whole.net, whole.tax, whole.total), (100, 20, 120));
        let each = of(&mut lines, Prices::Net, Rounding::Line);
        assert_eq!((each.net, each.tax, each.total), (99, 21, 120));
    }

    #[test]
    fn prices_with_tax_come_to_what_was_paid() {
        let mut lines = vec![line(Decimal::from(3), Decimal::new(1295, 2), 55), line(Decimal::ONE, Decimal::new(499, 2), 200)];
        let s = of(&mut lines, Prices::Gross, Rounding::Document);
        assert_eq!((s.total, s.taxes[0].tax, s.taxes[1].tax), (4384, 203, 83));
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_cent(
            parts in prop::collection::vec((-3_000_i64..9_000, -99_999_i64..999_999, prop::sample::select(vec![0_i64, 55, 100, 200, 190]), 0_i64..1_200), 1..40),
            gross: bool,
            each: bool,
        ) {
            let mut lines: Vec<Line> = parts
                .iter()
                .map(|(q, p, r, off)| {
                    let whole = line(Decimal::new(*q, 2), Decimal::new(*p, 3), *r);
                    let part = Discount::kept(&format!("{}%", Decimal::new((*off).min(1_000), 1))).filter(|_| off % 3 == 0);
                    let amount = Discount::kept(&Decimal::new(*off, 2).to_string()).filter(|d| off % 3 == 1 && d.fits(whole.quantity * whole.unit_price));
                    Line { discount: part.or(amount), ..whole }
                })
                .collect();
            let prices = if gross { Prices::Gross } else { Prices::Net };
            let rounding = if each { Rounding::Line } else { Rounding::Document };
            let s = of(&mut lines, prices, rounding);
            prop_assert_eq!(s.total, s.net + s.tax);
            prop_assert_eq!(s.net, lines.iter().map(|l| l.net).sum::<i64>());
            prop_assert_eq!(s.net, s.taxes.iter().map(|t| t.net).sum::<i64>());
            prop_assert_eq!(s.tax, s.taxes.iter().map(|t| t.tax).sum::<i64>());
            let shown: i64 = lines.iter().map(|l| l.shown).sum();
            prop_assert_eq!(shown, if gross { s.total } else { s.net });
            for t in &s.taxes {
                let exact = Decimal::from(t.net) * t.rate / Decimal::ONE_HUNDRED;
                let most = if each { lines.len() as i64 } else { 1 };
                prop_assert!((exact - Decimal::from(t.tax)).abs() <= Decimal::from(most), "{} of {}", t.tax, t.net);
                prop_assert_eq!(t.net, lines.iter().filter(|l| l.rate == t.rate).map(|l| l.net).sum::<i64>());
            }
        }
    }
}
