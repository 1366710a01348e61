//! The form of an order: lines that can be added without scripts, amounts as people type them, and whose order it is.

use domain::kit::{Currency, Money, Problems};
use domain::orders::{Line, Order};

use crate::dashboard::Typed;
use crate::look::Form;

/// Empty lines of a new form.
const LINES: usize = 3;
/// More lines than anybody types.
const MOST: usize = 200;

/// How many lines the form has.
pub fn count(t: &Typed) -> usize {
    t.get("count").parse::<usize>().unwrap_or(LINES).clamp(1, MOST)
}

/// The lines that hold something, each with its place in the form.
pub fn lines(t: &Typed) -> Vec<(usize, Line)> {
    let line = |i: usize| {
        let part = |name: &str| t.text(&format!("lines.{i}.{name}"));
        let decimal = |text: String| if text.contains('.') { text } else { text.replacen(',', ".", 1) };
        Line { sku: part("sku"), title: part("title"), quantity: decimal(part("quantity")), unit_price: decimal(part("unit_price")) }
    };
    let holds = |l: &Line| [&l.sku, &l.title, &l.unit_price].iter().any(|text| !text.trim().is_empty());
    (0..count(t)).map(|i| (i, line(i))).filter(|(_, l)| holds(l)).collect()
}

/// An amount of the form in minor units; empty is nothing.
pub fn amount(t: &Typed, name: &str, currency: Currency, problems: &mut Problems) -> i64 {
    let text = t.get(name).trim();
    if text.is_empty() {
        return 0;
    }
    let money = Money::parse(text, currency);
    if money.is_none() {
        problems.add(name, "invalid", format!("Type an amount such as {}.", Money::new(1250, currency).plain()));
    }
    money.map_or(0, |m| m.minor)
}

/// Problems of the verb speak of the lines that were sent; the form may have empty ones between them.
pub fn placed(problems: Problems, lines: &[(usize, Line)]) -> Problems {
    let place = |field: &str| {
        let rest = field.strip_prefix("lines.")?;
        let (at, part) = rest.split_once('.')?;
        let (shown, _) = lines.get(at.parse::<usize>().ok()?)?;
        Some(format!("lines.{shown}.{part}"))
    };
    Problems(
        problems
            .0
            .into_iter()
            .map(|mut p| {
                p.field = place(&p.field).unwrap_or_else(|| if p.field == "lines" { "lines.0.title".to_owned() } else { p.field.clone() });
                p
            })
            .collect(),
    )
}

/// The form of a new order in this shop.
pub fn empty(shop: &str) -> Form {
    Form::of([("shop", shop), ("lines.0.quantity", "1"), ("whose", "customer")])
}

/// The values of a draft.
pub fn of(order: &Order) -> Typed {
    let currency = order.summary.currency;
    let mut all = vec![("count".to_owned(), (order.lines.len() + 1).to_string()), ("note".to_owned(), order.note.clone())];
    all.push(("shop".to_owned(), order.summary.shop.to_string()));
    all.push(("version".to_owned(), order.version.to_string()));
    for (name, minor) in [("discount", order.discount), ("shipping", order.shipping), ("tax", order.tax)] {
        all.push((name.to_owned(), if minor == 0 { String::new() } else { Money::new(minor, currency).plain() }));
    }
    for (i, line) in order.lines.iter().enumerate() {
        for (part, value) in [("sku", &line.sku), ("title", &line.title), ("quantity", &line.quantity), ("unit_price", &line.unit_price)] {
            all.push((format!("lines.{i}.{part}"), value.clone()));
        }
    }
    Typed(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn empty_lines_are_passed_over_and_problems_find_their_line() {
        let t = typed(&[
            ("count", "4"),
            ("lines.0.quantity", "1"),
            ("lines.2.title", "Kettle"),
            ("lines.2.unit_price", "49,90"),
            ("lines.2.quantity", "x"),
        ]);
        let lines = lines(&t);
        assert_eq!((lines.len(), lines[0].0, lines[0].1.unit_price.as_str()), (1, 2, "49.90"));
        let mut problems = Problems::default();
        problems.add("lines.0.quantity", "invalid", "Use a plain number such as 2 or 0.5.");
        assert_eq!(placed(problems, &lines).0[0].field, "lines.2.quantity");
    }

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        let mut problems = Problems::default();
        assert_eq!(amount(&typed(&[("tax", "12,50")]), "tax", Currency::of("EUR").unwrap(), &mut problems), 1250);
        assert_eq!(amount(&typed(&[]), "tax", Currency::of("EUR").unwrap(), &mut problems), 0);
        amount(&typed(&[("tax", "12.50")]), "tax", Currency::of("JPY").unwrap(), &mut problems);
        assert_eq!(problems.0.len(), 1);
    }
}
