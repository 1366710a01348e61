//! Files of customers and orders on their way in (SPEC 9.2). An import is one unit: it runs in slices, goes on behind the last slice after
//! a kill, and when it is cancelled, fails as a whole or is undone later it leaves nothing behind.
//!
//! Every slice writes live rows, where it has come to, and a journal of what it made and what changed rows were before, in one
//! transaction. Slices are cut by number of rows and never by time, so that the same file gives the same data on every machine. The rules
//! of a customer, an order, a payment and a refund are those of their rooms; nothing here knows them twice.

mod cancellation;
mod changes;
mod customers;
mod customers_run;
mod dry;
mod erased;
mod fieldwise;
mod foretold;
mod invoice;
mod journal;
mod labels;
mod later;
mod links;
mod look;
mod matching;
mod note;
mod orders_run;
mod owners;
mod place;
mod plan;
pub mod queries;
mod report;
mod request;
mod resembling;
mod run;
mod shelf;
mod spool;
mod state;
mod steps;
mod stood;
#[cfg(test)]
mod tests;
mod tidy;
mod trial;
mod undo;
mod upload;
mod work;

pub use changes::{Changed, Check};
pub(crate) use customers::join_lines;
pub use dry::{Scratch, scratch};
pub(crate) use erased::lose;
pub use foretold::{Foretold, WALKED, foretell};
pub use look::{COLUMNS_MAX, Column, Look, chosen, look};
pub use place::{create_merchant, find_merchant, find_shop};
pub use plan::{Plan, Source, plan};
pub use report::{failed_rows, failed_rows_taken, first_failures, unmatched_rows};
pub use resembling::{LOOKED_AT, Resembling, resembling};
pub use run::{Flow, Outcome, Progress, run};
pub use shelf::Shelf;
pub use state::{Counts, Going, Import, State, Task, list, load, under_way};
pub use steps::{cancel, check, choose, discard, start, take_back};
pub(crate) use tidy::hurry;
pub use tidy::{KEPT, sweep};
pub use undo::undo;
pub use upload::{Uploaded, receive, upload};
pub use work::work;

use crate::files::{DateOrder, Kind};
use crate::kit::{Currency, ShopId, words};

/// Headers that a file of failed rows has behind its own; a corrected one may be imported as it is.
pub const REPORT_COLUMNS: [&str; 2] = ["Import Row", "Import Problem"];

words! {
    /// By what a row finds the customer it is about.
    pub enum MatchBy {
        /// Our id, the id in the other system, the number, the e-mail address: the first that the row has.
        Auto = "auto", "Whatever the row has: id, number, then e-mail";
        /// The e-mail address.
        Email = "email", "E-mail address";
        /// The customer number.
        Number = "number", "Customer number";
        /// The id in the system the file comes from.
        ExternalId = "external_id", "Id in the other system";
    }
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where orders belong, and where new customers come from.
    pub shop: ShopId,
    /// What the file must hold; absent: what its header says.
    pub kind: Option<Kind>,
    /// A map, or the name of a known layout; absent: recognised by the header.
    pub map: Option<String>,
    /// For each column of the file the name of our field, or nothing to leave it out; goes before `map`.
    pub columns: Option<Vec<String>>,
    /// By what rows are matched; one without it by what else it has.
    pub by: MatchBy,
    /// Of orders that do not say; absent: the shop's.
    pub currency: Option<Currency>,
    /// How `03/04/2011` is meant.
    pub dates: DateOrder,
}

/// Why an import did not come about.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read, or not from some row on.
    #[error("{0}")]
    File(String),
    /// The trade or the database refused.
    #[error("{}", said(.0))]
    Domain(#[from] crate::Error),
    /// The disk said no.
    #[error("A temporary file cannot be written or read: {0}")]
    Io(#[from] std::io::Error),
}

impl ImportError {
    /// For the log: nothing that stands in a file.
    pub(crate) fn logged(&self) -> String {
        match self {
            Self::File(_) => "the file cannot be read".to_owned(),
            Self::Domain(error) => error.logged(),
            Self::Io(error) => error.to_string(),
        }
    }
}

impl From<store::Error> for ImportError {
    fn from(error: store::Error) -> Self {
        Self::Domain(error.into())
    }
}

impl From<crate::files::Fault> for ImportError {
    fn from(fault: crate::files::Fault) -> Self {
        Self::File(fault.to_string())
    }
}

/// An error of the trade as one sentence for a result file.
pub(crate) fn said(error: &crate::Error) -> String {
    match error {
        crate::Error::Invalid(problems) => {
            let each =
                problems.0.iter().map(|p| if p.field.is_empty() { p.message.clone() } else { format!("{}: {}", p.field, p.message) });
            each.collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}
