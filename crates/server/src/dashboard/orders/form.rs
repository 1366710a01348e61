//! The form of an order, of which offers use a part: lines that can be added without scripts, amounts as people type them, whose it is, and from which shop.

use domain::customers::{Customer, find_by_email, find_by_number};
use domain::kit::{Ctx, Currency, CustomerId, Money, Problems, email_key, typed_number};
use domain::orders::{self, Line, Order};
use domain::shops::{self, Shop};
use domain::{Error, Result};
use store::Tx;
use url::form_urlencoded;

use super::page::price;
use crate::dashboard::{Typed, discounts, wrong_amount};
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
        // What can be read in two ways stays as it is, and the verb refuses it beside its field.
        let decimal = |text: String| typed_number(&text).unwrap_or(text);
        Line {
            sku: part("sku"),
            title: part("title"),
            quantity: decimal(part("quantity")),
            unit_price: decimal(part("unit_price")),
            discount: discounts::typed(part("discount")),
        }
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
    let money = Money::typed(text, currency);
    if money.is_none() {
        problems.add(name, "invalid", wrong_amount(text, Money::new(1250, currency)));
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

/// The form again, when what was pressed only changes the form: a line more, a look for articles, or one of those found. Enter in the field of that
/// look is a look, too.
pub fn again(t: &Typed) -> Option<Typed> {
    match t.get("do") {
        "add" => Some(longer(t.clone())),
        "find" => Some(t.clone()),
        "enter" if !t.get("find").trim().is_empty() => Some(t.clone()),
        pressed => pressed.strip_prefix(TAKE).map(|article| taken(t.clone(), article)),
    }
}

/// What the button of an article says before the article.
const TAKE: &str = "take:";

/// An article that was found: what its button says, its words and its price.
#[derive(Clone, Debug)]
pub struct Found {
    pub take: String,
    pub title: String,
    pub sku: String,
    pub price: String,
}

/// The articles that the form looks for, in the chosen shop; nothing while no such shop is chosen.
///
/// # Errors
/// What the database says.
pub fn found(tx: &mut Tx, ctx: &Ctx, shop: &str, find: &str) -> Result<Vec<Found>> {
    let Ok(shop) = shop.parse() else { return Ok(Vec::new()) };
    match orders::articles(tx, ctx, &shop, find) {
        Ok(all) => Ok(all.into_iter().map(shown).collect()),
        Err(Error::Invalid(_)) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

fn shown(a: orders::Article) -> Found {
    let mut pairs = form_urlencoded::Serializer::new(TAKE.to_owned());
    pairs.append_pair("sku", &a.sku).append_pair("title", &a.title).append_pair("unit_price", &a.unit_price);
    let price = if a.unit_price.is_empty() { String::new() } else { price(&a.unit_price, a.currency) };
    Found { take: pairs.finish(), title: a.title, sku: a.sku, price }
}

/// The form with this article in the first line that holds nothing, or in a new one.
fn taken(mut t: Typed, article: &str) -> Typed {
    let full: Vec<usize> = lines(&t).into_iter().map(|(i, _)| i).collect();
    let at = (0..count(&t)).find(|i| !full.contains(i)).unwrap_or_else(|| {
        t = longer(t.clone());
        count(&t) - 1
    });
    for (part, value) in
        form_urlencoded::parse(article.as_bytes()).filter(|(part, _)| ["sku", "title", "unit_price"].contains(&part.as_ref()))
    {
        let name = format!("lines.{at}.{part}");
        t.0.retain(|(key, _)| *key != name);
        t.0.push((name, value.into_owned()));
    }
    t.0.retain(|(key, _)| key != "find");
    t
}

/// The form with one line more.
fn longer(mut t: Typed) -> Typed {
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
        let parts = [
            ("sku", &line.sku),
            ("title", &line.title),
            ("quantity", &line.quantity),
            ("unit_price", &line.unit_price),
            ("discount", &line.discount),
        ];
        for (part, value) in parts {
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
            ("lines.2.discount", "12,5 %"),
        ]);
        let lines = lines(&t);
        assert_eq!((lines.len(), lines[0].0, lines[0].1.unit_price.as_str(), lines[0].1.discount.as_str()), (1, 2, "49.90", "12.5%"));
        assert_eq!(["5,00", "", "1,234", "ten"].map(|text| discounts::typed(text.into())), ["5.00", "", "1,234", "ten"]);
        let mut problems = Problems::default();
        problems.add("lines.0.quantity", "invalid", "Use a plain number such as 2 or 0.5.");
        assert_eq!(placed(problems, &lines).0[0].field, "lines.2.quantity");
    }

    #[test]
    fn an_article_takes_the_first_empty_line_or_a_new_one() {
        let article = orders::Article {
            sku: "K-1".into(),
            title: "Kettle & lid=2".into(),
            unit_price: "49.9".into(),
            currency: Currency::of("EUR").unwrap(),
        };
        let button = shown(article).take;
        let pressed = |all: &[(&str, &str)]| {
            let mut all = all.to_vec();
            all.extend([("do", button.as_str()), ("find", "ket")]);
            again(&typed(&all)).unwrap()
        };
        let t = pressed(&[("count", "3"), ("lines.0.title", "Tea"), ("lines.0.unit_price", "4"), ("lines.1.quantity", "2")]);
        let all = lines(&t);
        assert_eq!(
            (all.len(), all[1].0, all[1].1.title.as_str(), all[1].1.unit_price.as_str(), all[1].1.quantity.as_str()),
            (2, 1, "Kettle & lid=2", "49.9", "2")
        );
        assert_eq!((t.get("find"), count(&t)), ("", 3));
        let t = pressed(&[("count", "1"), ("lines.0.title", "Tea")]);
        assert_eq!((count(&t), lines(&t)[1].1.sku.as_str()), (2, "K-1"));
        assert!(again(&typed(&[("do", "enter"), ("find", " ")])).is_none() && again(&typed(&[("do", "open"), ("find", "tea")])).is_none());
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
