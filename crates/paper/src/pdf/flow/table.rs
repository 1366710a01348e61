//! The lines. A line is never torn apart between two pages unless it is longer than a page; the head stands on each page again.

use super::{BODY, Flow, MARGIN, RIGHT, SMALL, WIDTH};
use crate::document::{Category, Line, Off};
use crate::pdf::face::Weight::{Regular, Strong};
use crate::pdf::marks::Ink;

/// Where columns end, but the first, which begins at the margin.
const QUANTITY: f32 = RIGHT - 222.0;
const PRICE: f32 = RIGHT - 132.0;
const RATE: f32 = RIGHT - 84.0;
/// What the description may take.
const TITLE: f32 = WIDTH - 290.0;

pub(super) fn lines(f: &mut Flow<'_>) {
    head(f);
    let d = f.d;
    for line in &d.lines {
        row(f, line);
    }
    f.y += 4.0;
    let y = f.y;
    f.rule(MARGIN, y, WIDTH, 0.5, Ink::Text);
}

fn head(f: &mut Flow<'_>) {
    let w = f.w;
    f.y += 13.0;
    let y = f.y;
    f.say(MARGIN, y, SMALL.0, Strong, Ink::Quiet, w.description);
    for (x, label) in [(QUANTITY, w.quantity), (PRICE, w.price), (RATE, w.tax_rate), (RIGHT, w.amount)] {
        f.say_to(x, y, SMALL.0, Strong, Ink::Quiet, label);
    }
    f.y += 6.0;
    let y = f.y;
    f.rule(MARGIN, y, WIDTH, 0.5, Ink::Text);
    f.y += 2.0;
}

fn row(f: &mut Flow<'_>, line: &Line) {
    let mut title = f.faces.regular.wrap(&line.title, BODY.0, TITLE);
    let sku = f.faces.regular.wrap(&line.sku, SMALL.0, TITLE);
    let off = f.faces.regular.wrap(&off(f, line), SMALL.0, TITLE);
    if title.is_empty() && sku.is_empty() {
        title.push("–".to_owned());
    }
    let height = BODY.1 * title.len() as f32 + SMALL.1 * (sku.len() + off.len()) as f32 + 6.0;
    if !f.fits(height) {
        f.turn();
        head(f);
    }
    f.y += BODY.1 + 1.0;
    numbers(f, line);
    let mut first = true;
    for (text, (size, step), ink) in
        title.iter().map(|t| (t, BODY, Ink::Text)).chain(sku.iter().chain(&off).map(|t| (t, SMALL, Ink::Quiet)))
    {
        if !first {
            if !f.fits(step) {
                f.turn();
            }
            f.y += step;
        }
        first = false;
        let y = f.y;
        f.say(MARGIN, y, size, Regular, ink, text);
    }
    f.y += 4.0;
    let y = f.y;
    f.rule(MARGIN, y, WIDTH, 0.25, Ink::Line);
}

/// `Discount 10 %`, `Discount 5.00`; nothing where nothing was taken off.
fn off(f: &Flow<'_>, line: &Line) -> String {
    let much = match line.off {
        None => return String::new(),
        Some(Off::Percent(part)) => percent(f, part),
        Some(Off::Amount(amount)) => f.w.number(&decimals(f, amount)),
    };
    format!("{} {much}", f.w.discount)
}

/// Exact, with at least the decimals of the currency.
fn decimals(f: &Flow<'_>, amount: rust_decimal::Decimal) -> String {
    let (amount, least) = (amount.normalize(), f.d.decimals);
    if amount.scale() < least { format!("{amount:.*}", least as usize) } else { amount.to_string() }
}

fn numbers(f: &mut Flow<'_>, line: &Line) {
    let (d, w, y) = (f.d, f.w, f.y);
    let price = decimals(f, line.unit_price);
    let rate = if line.category == Category::Outside { "–".to_owned() } else { percent(f, line.rate) };
    f.say_to(QUANTITY, y, BODY.0, Regular, Ink::Text, &w.number(&line.quantity.normalize().to_string()));
    f.say_to(PRICE, y, BODY.0, Regular, Ink::Text, &w.number(&price));
    f.say_to(RATE, y, BODY.0, Regular, Ink::Text, &rate);
    f.say_to(RIGHT, y, BODY.0, Regular, Ink::Text, &w.minor(line.shown, d.decimals));
}

/// `20 %`.
pub(super) fn percent(f: &Flow<'_>, rate: rust_decimal::Decimal) -> String {
    format!("{}\u{a0}%", f.w.number(&rate.normalize().to_string()))
}
