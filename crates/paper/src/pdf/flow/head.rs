//! The top of the first page and of those behind it.

use super::{BODY, Flow, MARGIN, RIGHT, SMALL, WIDTH};
use crate::document::{Kind, Party};
use crate::pdf::face::Weight::{Regular, Strong};
use crate::pdf::marks::{Ink, Mark};

/// The largest logo, points.
const LOGO: (f32, f32) = (170.0, 56.0);
/// Where the facts on the right begin.
const FACTS: f32 = MARGIN + WIDTH * 0.58;

/// Logo and seller, buyer and facts, and what this is.
pub(super) fn first(f: &mut Flow<'_>) {
    let top = f.y;
    let shown = logo(f);
    if !shown {
        let lines = f.faces.strong.wrap(&f.d.seller.name, 15.0, FACTS - MARGIN - 20.0);
        for (i, line) in lines.iter().take(2).enumerate() {
            f.say(MARGIN, top + 14.0 + 19.0 * i as f32, 15.0, Strong, Ink::Text, line);
        }
    }
    let mut y = seller(f, top);
    y = y.max(top + LOGO.1) + 30.0;
    let left = buyer(f, y);
    let right = facts(f, y);
    f.y = left.max(right) + 34.0;
    let title = title(f);
    let y = f.y;
    f.say(MARGIN, y, 17.0, Strong, Ink::Text, &title);
    f.y += 14.0;
}

fn title(f: &Flow<'_>) -> String {
    format!("{} {}", f.w.kind(f.d.kind), f.d.number)
}

/// One quiet line that says what goes on here.
pub(super) fn continued(f: &mut Flow<'_>) {
    let text = format!("{} – {}", title(f), f.w.continued);
    f.y += SMALL.1;
    let y = f.y;
    f.say(MARGIN, y, SMALL.0, Regular, Ink::Quiet, &text);
    f.y += 10.0;
}

fn logo(f: &mut Flow<'_>) -> bool {
    let Some(logo) = &f.d.logo else { return false };
    if logo.width == 0 || logo.height == 0 || logo.rgba.len() as u64 != u64::from(logo.width) * u64::from(logo.height) * 4 {
        return false;
    }
    let scale = (LOGO.0 / logo.width as f32).min(LOGO.1 / logo.height as f32).min(0.75);
    let (x, y, width, height) = (MARGIN, f.y, logo.width as f32 * scale, logo.height as f32 * scale);
    f.mark(Mark::Logo { x, y, width, height });
    true
}

/// The seller's address, small, on the right; gives where it ends.
fn seller(f: &mut Flow<'_>, top: f32) -> f32 {
    let p = &f.d.seller;
    let mut lines = vec![p.name.clone()];
    lines.extend(address(p));
    lines.extend([p.phone.clone(), p.email.clone()]);
    for (label, value) in [(f.w.vat_id, &p.vat_id), (f.w.company_id, &p.company_id)] {
        if !value.is_empty() {
            lines.push(format!("{label} {value}"));
        }
    }
    let mut y = top + 1.0;
    for line in lines.iter().filter(|l| !l.trim().is_empty()) {
        for part in f.faces.regular.wrap(line, SMALL.0, RIGHT - FACTS) {
            y += SMALL.1;
            f.say(FACTS, y, SMALL.0, Regular, Ink::Quiet, &part);
        }
    }
    y
}

/// Who it goes to; gives where that ends.
fn buyer(f: &mut Flow<'_>, top: f32) -> f32 {
    let p = &f.d.buyer;
    let mut lines = vec![p.name.clone()];
    lines.extend(address(p));
    if !p.vat_id.is_empty() {
        lines.push(format!("{} {}", f.w.vat_id, p.vat_id));
    }
    let mut y = top;
    for (i, line) in lines.iter().filter(|l| !l.trim().is_empty()).enumerate() {
        let weight = if i == 0 { Strong } else { Regular };
        for part in f.faces.of(weight).wrap(line, 10.0, FACTS - MARGIN - 24.0) {
            y += 14.0;
            f.say(MARGIN, y, 10.0, weight, Ink::Text, &part);
        }
    }
    y
}

fn address(p: &Party) -> Vec<String> {
    let town = format!("{} {}", p.zip.trim(), p.city.trim()).trim().to_owned();
    vec![p.line1.clone(), p.line2.clone(), town, p.state.clone(), p.country_name.clone()]
}

/// Number, dates, order; gives where they end.
fn facts(f: &mut Flow<'_>, top: f32) -> f32 {
    let (d, w) = (f.d, f.w);
    let mut rows = vec![(w.number, d.number.clone()), (w.date, w.day(d.issued))];
    if let Some(due) = d.due {
        rows.push((if d.kind == Kind::Offer { w.valid_until } else { w.due }, w.day(due)));
    }
    if !d.order.is_empty() {
        rows.push((w.order, d.order.clone()));
    }
    if let Some(earlier) = &d.earlier {
        rows.push((w.corrects, format!("{}, {}", earlier.number, w.day(earlier.issued))));
    }
    let column = rows.iter().map(|(label, _)| f.faces.regular.measure(label, BODY.0)).fold(0.0, f32::max) + 14.0;
    let mut y = top;
    for (label, value) in rows {
        for (i, part) in f.faces.regular.wrap(&value, BODY.0, RIGHT - FACTS - column).iter().enumerate() {
            y += 14.0;
            if i == 0 {
                f.say(FACTS, y, BODY.0, Regular, Ink::Quiet, label);
            }
            f.say(FACTS + column, y, BODY.0, Regular, Ink::Text, part);
        }
    }
    y
}
