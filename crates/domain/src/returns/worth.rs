//! What goods of an order are worth when they come back: their share, by value, of what all of them cost. What was taken off the order as a whole, and tax that
//! was put on top of it, goes with the lines; the cost of sending stays.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::kit::{Discount, discount};
use crate::orders::{Line, Order};

/// All goods of an order that can come back.
pub(crate) struct Goods {
    /// What they cost together, minor units: the order's total without sending.
    cost: i64,
    /// What their lines come to, exact, major units.
    lines: Decimal,
}

impl Goods {
    pub fn of(order: &Order) -> Self {
        Self::new(order.summary.total - order.shipping, &order.lines)
    }

    pub(crate) fn new(cost: i64, lines: &[Line]) -> Self {
        Self { cost: cost.max(0), lines: sum(lines) }
    }

    /// What a part of them is worth, minor units: nothing for none, all that they cost for all.
    pub fn share<'a>(&self, part: impl IntoIterator<Item = &'a Line>) -> i64 {
        let part = sum(part).min(self.lines);
        if part <= Decimal::ZERO {
            return 0;
        }
        let cost = Decimal::from(self.cost);
        let share =
            cost.checked_mul(part).and_then(|c| c.checked_div(self.lines)).or_else(|| cost.checked_mul(part.checked_div(self.lines)?));
        let share = share.map(|s| s.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero));
        share.and_then(|s| s.to_i64()).unwrap_or_default().min(self.cost)
    }
}

/// What lines that can come back come to. One that takes something back is no goods: it made the others cheaper.
fn sum<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Decimal {
    lines.into_iter().map(value).filter(|v| *v > Decimal::ZERO).fold(Decimal::ZERO, |sum, v| sum.saturating_add(v))
}

/// Lines in the database were checked when they were written.
fn value(line: &Line) -> Decimal {
    let number = |text: &str| text.parse::<Decimal>().ok().filter(|n| *n > Decimal::ZERO);
    let amount = number(&line.quantity).zip(number(&line.unit_price)).and_then(|(quantity, price)| quantity.checked_mul(price));
    amount.and_then(|amount| discount::less(amount, Discount::kept(&line.discount))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kit::{Currency, Problems};
    use crate::orders::{Extras, total};

    fn line(quantity: i64, cents: i64, off: &str) -> Line {
        Line { quantity: quantity.to_string(), unit_price: Decimal::new(cents, 2).to_string(), discount: off.to_owned(), ..Line::default() }
    }

    fn goods(lines: &[Line], extras: Extras) -> Option<Goods> {
        let mut problems = Problems::default();
        let (lines, total) = total(lines, extras, Currency::of("EUR").unwrap(), &mut problems);
        problems.0.is_empty().then(|| Goods::new(total - extras.shipping, &lines))
    }

    #[test]
    fn discount_and_tax_of_the_whole_order_go_with_its_lines_and_sending_does_not() {
        let lines = [line(1, 6000, ""), line(2, 2000, "")];
        let share = |extras| {
            let goods = goods(&lines, extras).unwrap();
            (goods.share(&lines[..1]), goods.share(&[line(1, 2000, "")]), goods.share(&lines))
        };
        assert_eq!(share(Extras { discount: 2000, ..Extras::default() }), (4800, 1600, 8000));
        assert_eq!(share(Extras { tax: 1900, shipping: 490, ..Extras::default() }), (7140, 2380, 11_900));
        let voucher = [line(1, 6000, ""), line(-1, 1500, "")];
        assert_eq!(goods(&voucher, Extras::default()).unwrap().share(&voucher[..1]), 4500, "a line below zero is a discount on the others");
        let free = [line(1, 500, "100%")];
        assert_eq!(goods(&free, Extras::default()).unwrap().share(&free), 0);
    }

    proptest! {
        #[test]
        fn whatever_comes_back_one_by_one_is_worth_what_all_of_it_cost(
            bought in prop::collection::vec((1..5_i64, 0..9_999_i64, prop::sample::select(vec!["", "10%", "33.3333%", "0.01"])), 1..6),
            discount in 0..5_000_i64, tax in 0..5_000_i64, shipping in 0..900_i64,
        ) {
            let lines: Vec<Line> = bought.iter().map(|(quantity, cents, off)| line(*quantity, *cents, off)).collect();
            let Some(goods) = goods(&lines, Extras { discount, tax, shipping }) else { return Ok(()) };
            let (mut back, mut given) = (Vec::new(), 0);
            for (quantity, cents, off) in &bought {
                for _ in 0..*quantity {
                    let off = Discount::kept(off).map(|d| d.share(Decimal::ONE, Decimal::from(*quantity)));
                    back.push(line(1, *cents, &discount::written(off)));
                    let more = goods.share(&back) - given;
                    prop_assert!(more >= 0);
                    given += more;
                }
            }
            let worth = if goods.lines > Decimal::ZERO { goods.cost } else { 0 };
            prop_assert_eq!(given, worth);
            prop_assert_eq!(goods.share(&lines), worth, "at once it is the same");
        }

        #[test]
        fn no_lines_panic(quantity in "[-0-9.]{0,30}", price in "[-0-9.]{0,30}", off in "[0-9.]{0,30}%?", cost: i64) {
            let line = Line { quantity, unit_price: price, discount: off, ..Line::default() };
            let _ = Goods::new(cost, std::slice::from_ref(&line)).share([&line, &line]);
        }
    }
}
