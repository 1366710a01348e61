//! Group actions on customers (SPEC 8): an exact preview, small ones at once, big ones as jobs with a result for every customer, undo.
//!
//! Each customer goes through the same verb that its own page calls; nothing here changes a customer by itself. A selection that is *all that
//! match* is asked of the list in a read transaction, never in the one that writes.

mod ahead;
mod job;
pub mod queries;
mod run;
mod undo;
mod verdict;

pub(crate) use ahead::Ahead;
pub use job::{look, slice};
pub(crate) use run::each_block;
pub use run::{AT_ONCE, Picked, Preview, Started, pick, preview, start};
pub use undo::{UNDO, can_undo, undo, undo_slice};

use serde::{Deserialize, Serialize};

use super::model::HowToCancel;
use crate::kit::{CustomerId, GroupId, Right};

/// The kind of job.
pub const KIND: &str = "bulk";

/// What is to be done with each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Archive.
    Archive {
        /// How live subscriptions are to end; absent: such customers are refused.
        #[serde(default)]
        subscription: Option<HowToCancel>,
    },
    /// Unarchive.
    Unarchive,
    /// Delete, restorable.
    Delete,
    /// Restore.
    Restore,
    /// Delete for good.
    DeletePermanently,
    /// Anonymise, for good.
    Anonymise,
    /// Put in a group, or in none.
    SetGroup {
        /// Which.
        group: Option<GroupId>,
    },
    /// Add tags, by name.
    AddTags {
        /// Which.
        tags: Vec<String>,
    },
    /// Take tags off, by name.
    RemoveTags {
        /// Which.
        tags: Vec<String>,
    },
}

impl Action {
    /// The right that it needs.
    pub fn right(&self) -> Right {
        match self {
            Self::Delete | Self::Restore => Right::Delete,
            Self::DeletePermanently => Right::Purge,
            Self::Anonymise => Right::Anonymise,
            _ => Right::Write,
        }
    }

    /// What happens to so many: "archived", "put in the group".
    pub fn words(&self) -> &'static str {
        match self {
            Self::Archive { .. } => "archived",
            Self::Unarchive => "unarchived",
            Self::Delete => "deleted",
            Self::Restore => "restored",
            Self::DeletePermanently => "deleted permanently",
            Self::Anonymise => "anonymised",
            Self::SetGroup { group: Some(_) } => "put in the group",
            Self::SetGroup { group: None } => "taken out of their group",
            Self::AddTags { .. } => "tagged",
            Self::RemoveTags { .. } => "untagged",
        }
    }
}

/// Who it is to be done with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Selection {
    /// These; at most 10,000.
    Ids(Vec<CustomerId>),
    /// All that match but some.
    All {
        /// The list, as in its address bar.
        query: String,
        /// The unticked ones.
        #[serde(default)]
        except: Vec<CustomerId>,
    },
}
