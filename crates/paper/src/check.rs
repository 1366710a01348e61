//! Whether a document adds up, and whether EN 16931 has room for it.

use rust_decimal::Decimal;

use crate::document::{Category, Document, Kind};

/// Why a document is not set in type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Sums that do not add up: a fault of whoever made the document.
    #[error("the invoice does not add up: {0}")]
    Sums(String),
    /// The library that writes the file refused it.
    #[error("writing the PDF: {0}")]
    Pdf(String),
}

/// Adds everything up again.
pub(crate) fn adds_up(d: &Document) -> Result<(), Fault> {
    let sum = |what: &str, kept: i64, items: &mut dyn Iterator<Item = i64>| {
        let mut real = Some(0_i64);
        for item in items {
            real = real.and_then(|sum| sum.checked_add(item));
        }
        if real == Some(kept) { Ok(()) } else { Err(Fault::Sums(format!("{what} is {kept}, the parts give {real:?}"))) }
    };
    sum("net", d.net, &mut d.lines.iter().map(|l| l.net))?;
    sum("net of the taxes", d.net, &mut d.taxes.iter().map(|t| t.net))?;
    sum("tax", d.tax, &mut d.taxes.iter().map(|t| t.tax))?;
    sum("total", d.total, &mut [d.net, d.tax].into_iter())?;
    for t in &d.taxes {
        let lines = &mut d.lines.iter().filter(|l| (l.category, l.rate) == (t.category, t.rate)).map(|l| l.net);
        sum(&format!("net at {}", t.rate), t.net, lines)?;
    }
    Ok(())
}

/// Why EN 16931 cannot say what this document says; then the PDF carries no data inside. `None`: it can.
///
/// The norm knows at most two decimals, and no more than one unit of currency between a tax and its rate: taxes rounded on many lines of a
/// currency without decimals may be further off.
pub fn not_in_norm(d: &Document) -> Option<&'static str> {
    if d.kind == Kind::Offer {
        return Some("An offer is no invoice.");
    }
    if d.decimals > 2 {
        return Some("EN 16931 knows at most two decimals.");
    }
    for t in &d.taxes {
        let small = !t.rate.is_zero() && t.rate < Decimal::new(5, 1);
        let taxed = t.category == Category::Standard;
        if small || taxed == t.rate.is_zero() {
            return Some("EN 16931 knows no such rate of tax.");
        }
        let off = (Decimal::new(t.net, d.decimals) * t.rate / Decimal::ONE_HUNDRED - Decimal::new(t.tax, d.decimals)).abs();
        if off > Decimal::new(99, 2) {
            return Some("The tax, rounded on each line, is further from its rate than EN 16931 allows.");
        }
    }
    let outside = d.taxes.iter().any(|t| t.category == Category::Outside);
    (outside && d.taxes.len() > 1).then_some("EN 16931 does not mix what is taxed with what is not subject to tax.")
}
