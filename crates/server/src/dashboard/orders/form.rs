//! The form of an order, of which offers use a part: lines that can be added without scripts, amounts as people type them, whose it is, and from which shop.

use domain::Result;
use domain::customers::{Customer, find_by_email, find_by_number};
use domain::kit::{Ctx, Currency, CustomerId, Money, Problems, email_key};
use domain::orders::{Line, Order};
use domain::shops::{self, Shop};
use store::Tx;

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

/// Discount, shipping and tax in minor units.
///
/// # Errors
/// A field error for each that is no amount.
pub fn extras(t: &Typed, currency: Currency) -> Result<[i64; 3]> {
    let mut problems = Problems::default();
    let extras = ["discount", "shipping", "tax"].map(|name| amount(t, name, currency, &mut problems));
    problems.check()?;
    Ok(extras)
}

/// The customer that is named by e-mail address or number.
///
/// # Errors
/// A field error for `customer`.
pub fn customer(tx: &mut Tx, ctx: &Ctx, t: &Typed) -> Result<CustomerId> {
    let text = t.get("customer").trim();
    if text.is_empty() || text.contains('\0') {
        return Err(Problems::one("customer", "required", "Type the e-mail address or the number of the customer."));
    }
    let found = if text.contains('@') { find_by_email(tx, ctx, &email_key(text))? } else { find_by_number(tx, ctx, text)? };
    found.ok_or_else(|| {
        Problems::one("customer", "unknown", "No customer has this e-mail address or number. Create the customer first, or choose a guest.")
    })
}

/// The shop that is chosen.
///
/// # Errors
/// A field error for `shop`.
pub fn shop(tx: &mut Tx, ctx: &Ctx, t: &Typed) -> Result<Shop> {
    let unknown = || Problems::one("shop", "unknown", "Choose one of your shops.");
    let shop = t.get("shop").parse().map_err(|()| unknown())?;
    let shop = shops::get(tx, ctx, &shop).map_err(|_| unknown())?;
    if shop.archived_at.is_some() { Err(unknown()) } else { Ok(shop) }
}

/// The form with one line more.
pub fn longer(mut t: Typed) -> Typed {
    let count = count(&t) + 1;
    t.0.retain(|(name, _)| name != "count");
    t.0.push(("count".to_owned(), count.to_string()));
    t
}

/// The merchant's first shop, which most of what it sells comes from.
pub fn oldest(shops: &[Shop]) -> Option<&Shop> {
    shops.iter().min_by_key(|s| (s.created_at, s.id.as_str()))
}

/// The shops that sell, and the one a form begins with: the customer's own, else the oldest; empty without any.
pub fn open_shops(tx: &mut Tx, ctx: &Ctx, customer: Option<&Customer>) -> Result<(Vec<Shop>, String)> {
    let open: Vec<Shop> = shops::list(tx, ctx)?.into_iter().filter(|s| s.archived_at.is_none()).collect();
    let own = customer.and_then(|c| c.shop.as_ref()).map(|s| s.id.to_string());
    let shop =
        own.filter(|s| open.iter().any(|o| o.id.as_str() == s)).or_else(|| oldest(&open).map(|s| s.id.to_string())).unwrap_or_default();
    Ok((open, shop))
}

/// Shops as a select list shows them.
pub fn choices(shops: &[Shop]) -> Vec<(String, String)> {
    shops.iter().map(|s| (s.id.to_string(), format!("{} ({})", s.name, s.currency))).collect()
}

/// The form of a new order in this shop.
pub fn empty(shop: &str) -> Form {
    Form::of([("shop", shop), ("lines.0.quantity", "1"), ("whose", "customer")])
}

/// The values of a draft.
pub fn of(order: &Order) -> Typed {
    let s = &order.summary;
    let mut typed = sold(&order.lines, [order.discount, order.shipping, order.tax], s.currency);
    typed.0.extend(
        [("note", order.note.clone()), ("shop", s.shop.to_string()), ("version", order.version.to_string())]
            .map(|(k, v)| (k.to_owned(), v)),
    );
    typed
}

/// The values of lines and of discount, shipping and tax (minor units).
pub fn sold(lines: &[Line], [discount, shipping, tax]: [i64; 3], currency: Currency) -> Typed {
    let mut all = vec![("count".to_owned(), (lines.len() + 1).to_string())];
    for (name, minor) in [("discount", discount), ("shipping", shipping), ("tax", tax)] {
        all.push((name.to_owned(), if minor == 0 { String::new() } else { Money::new(minor, currency).plain() }));
    }
    for (i, line) in lines.iter().enumerate() {
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
