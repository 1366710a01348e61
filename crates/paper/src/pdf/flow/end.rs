//! Taxes and totals, kept together; then what to pay, how, and what else is to be said.

use super::table::percent;
use super::{BODY, Flow, MARGIN, RIGHT, WIDTH};
use crate::document::{Category, Kind};
use crate::pdf::face::Weight::{self, Regular, Strong};
use crate::pdf::marks::Ink;

/// Where the totals begin.
const TOTALS: f32 = MARGIN + WIDTH * 0.58;

pub(super) fn totals(f: &mut Flow<'_>) {
    let (d, w) = (f.d, f.w);
    let mut rows: Vec<(String, i64, Weight)> = vec![(w.net.to_owned(), d.net, Regular)];
    for t in d.taxes.iter().filter(|t| t.category == Category::Standard) {
        rows.push((format!("{} {}", w.tax, percent(f, t.rate)), t.tax, Regular));
    }
    rows.push((w.total.to_owned(), d.total, Strong));
    if d.paid != 0 {
        rows.push((w.paid.to_owned(), -d.paid, Regular));
        rows.push((w.to_pay.to_owned(), d.due_amount(), Strong));
    }
    let height = 16.0 * (rows.len().max(d.taxes.len() + 1)) as f32 + 16.0;
    f.need(height);
    let top = f.y + 6.0;
    let left = taxes(f, top);
    let mut y = top;
    for (label, minor, weight) in rows {
        y += 16.0;
        if weight == Strong {
            f.rule(TOTALS, y - 12.0, RIGHT - TOTALS, 0.5, Ink::Line);
        }
        f.say(TOTALS, y, BODY.0, weight, Ink::Text, &label);
        let text = crate::language::amount(minor, d.decimals, &d.currency, &d.language);
        f.say_to(RIGHT, y, BODY.0, weight, Ink::Text, &text);
    }
    f.y = y.max(left) + 18.0;
}

/// What was taxed how, on the left; gives where it ends.
fn taxes(f: &mut Flow<'_>, top: f32) -> f32 {
    let (d, w) = (f.d, f.w);
    let (net, tax) = (MARGIN + 150.0, MARGIN + 225.0);
    let mut y = top + 16.0;
    f.say(MARGIN, y, 7.5, Strong, Ink::Quiet, w.tax_rate);
    f.say_to(net, y, 7.5, Strong, Ink::Quiet, w.net);
    f.say_to(tax, y, 7.5, Strong, Ink::Quiet, w.tax);
    for t in &d.taxes {
        y += 14.0;
        let label = if t.category == Category::Outside { "–".to_owned() } else { percent(f, t.rate) };
        f.say(MARGIN, y, 8.0, Regular, Ink::Quiet, &label);
        f.say_to(net, y, 8.0, Regular, Ink::Quiet, &w.minor(t.net, d.decimals));
        f.say_to(tax, y, 8.0, Regular, Ink::Quiet, &w.minor(t.tax, d.decimals));
        let reason = Some(d.exemption.trim()).filter(|r| !r.is_empty()).unwrap_or(t.category.reason());
        if !t.category.reason().is_empty() {
            for line in f.faces.regular.wrap(reason, 7.5, 225.0) {
                y += 10.5;
                f.say(MARGIN, y, 7.5, Regular, Ink::Quiet, &line);
            }
        }
    }
    y
}

/// Terms, bank, remarks.
pub(super) fn paying(f: &mut Flow<'_>) {
    let (d, w) = (f.d, f.w);
    let mut parts: Vec<(String, Weight)> = Vec::new();
    if d.gross && d.taxes.iter().any(|t| t.category == Category::Standard) {
        parts.push((w.included.to_owned(), Regular));
    }
    if d.kind == Kind::Invoice && d.due_amount() > 0 {
        if let Some(due) = d.due {
            let amount = crate::language::amount(d.due_amount(), d.decimals, &d.currency, &d.language);
            parts.push((format!("{}: {amount} – {}", w.to_pay, w.day(due)), Strong));
        }
        parts.push((d.terms.clone(), Regular));
        let b = &d.bank;
        let bank: Vec<String> = [(w.bank, &b.name), ("IBAN", &grouped(&b.iban)), ("BIC", &b.bic)]
            .iter()
            .filter(|(_, v)| !v.is_empty())
            .map(|(label, v)| format!("{label} {v}"))
            .collect();
        parts.push((bank.join("   "), Regular));
    }
    parts.push((d.note.clone(), Regular));
    for (text, weight) in parts.into_iter().filter(|(t, _)| !t.trim().is_empty()) {
        f.paragraph(&text, WIDTH, weight);
        f.y += 5.0;
    }
}

/// An IBAN as people read it, four by four.
fn grouped(iban: &str) -> String {
    let letters: Vec<char> = iban.chars().collect();
    letters.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
