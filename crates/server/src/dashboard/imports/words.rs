//! An import in words: its state, its counts, its size.

use domain::imports::{Counts, Import, State};
use domain::kit::Zone;

use crate::dashboard::{moments, tones};
use crate::look::When;

/// The tone of a state.
pub fn tone(state: State) -> &'static str {
    match state {
        State::Uploaded | State::Cancelled | State::Undone => "quiet",
        State::Checking | State::Checked | State::Running | State::Cancelling => "attention",
        State::Done => "good",
        State::Failed => "problem",
    }
}

/// `12,480`
pub fn number(n: i64) -> String {
    tones::number(n.unsigned_abs())
}

/// `14 MB`; nothing for a file of the command line.
pub fn size(bytes: i64) -> String {
    match bytes {
        ..1 => String::new(),
        1..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}

/// The counts with their words; those of orders only where there are any.
pub fn figures(c: &Counts, would: bool) -> Vec<(&'static str, String)> {
    let pick = |would_be: &'static str, was: &'static str| if would { would_be } else { was };
    let mut all = vec![
        (pick("Would be created", "Created"), c.created),
        (pick("Would change", "Changed"), c.changed),
        ("As before", c.unchanged),
        (pick("Would fail", "Failed"), c.failed),
    ];
    if c.orders + c.refunds + c.unmatched > 0 {
        all.extend([
            ("Customers", c.customers),
            ("Orders", c.orders),
            ("Payments", c.payments),
            ("Refunds", c.refunds),
            ("Fit no payment", c.unmatched),
        ]);
    }
    all.into_iter().map(|(word, n)| (word, number(n))).collect()
}

/// An import as the list shows it.
#[derive(Debug)]
pub struct Line {
    pub id: String,
    pub name: String,
    pub tone: &'static str,
    pub word: &'static str,
    pub kind: &'static str,
    pub size: String,
    pub created: String,
    pub changed: String,
    pub failed: String,
    pub by: String,
    pub at: When,
}

impl Line {
    /// Of an import.
    pub fn of(i: &Import, zone: &Zone) -> Self {
        Self {
            id: i.id.to_string(),
            name: name(i),
            tone: tone(i.state),
            word: i.state.label(),
            kind: if i.kind == "orders" { "Orders" } else { "Customers" },
            size: size(i.size),
            created: number(i.counts.created),
            changed: number(i.counts.changed),
            failed: number(i.counts.failed),
            by: i.actor_name.clone(),
            at: moments::moment(zone, i.started_at),
        }
    }
}

/// The file's name, unless it named somebody who was anonymised.
pub fn name(i: &Import) -> String {
    if i.file_name.is_empty() { "A file".to_owned() } else { i.file_name.clone() }
}
