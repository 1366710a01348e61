//! Invoices in the words and tones of a row.

use domain::invoices::{Kind, State, Summary, due_days};
use domain::kit::Money;

use crate::dashboard::moments;

/// The tone of a state.
pub fn tone(s: &Summary, today: i64) -> &'static str {
    match s.state {
        _ if s.is_overdue(today) => "problem",
        State::Open | State::Partly => "attention",
        State::Paid => "good",
        State::Draft | State::Credited | State::Void => "quiet",
    }
}

/// An invoice as a row shows it.
#[derive(Clone, Debug)]
pub struct Line {
    pub s: Summary,
    /// Its number, or "Draft".
    pub name: String,
    /// "Invoice" or "Credit note".
    pub kind: &'static str,
    pub date: String,
    pub due: String,
    pub total: String,
    pub paid: String,
    pub tone: &'static str,
    pub words: &'static str,
    pub buyer: String,
}

/// Makes one; `today` is the day where the merchant lives.
pub fn line(s: Summary, today: i64) -> Line {
    let money = |minor| Money::new(minor, s.currency).to_string();
    let day = |on: Option<i64>| on.map_or_else(|| "–".to_owned(), |d| moments::date(due_days(d)));
    let overdue = s.is_overdue(today);
    Line {
        name: s.number.clone().unwrap_or_else(|| "Draft".to_owned()),
        kind: s.kind.label(),
        date: day(s.issued_on),
        due: day(s.due_on),
        total: if s.kind == Kind::CreditNote { money(-s.total) } else { money(s.total) },
        paid: if s.kind == Kind::CreditNote { "–".to_owned() } else { money(s.paid) },
        tone: if s.kind == Kind::CreditNote { "quiet" } else { tone(&s, today) },
        words: match (s.kind, overdue) {
            (Kind::CreditNote, _) => "Credit note",
            (_, true) => "Overdue",
            _ => s.state.label(),
        },
        buyer: s.buyer.name.clone(),
        s,
    }
}
