//! Customers: finding, creating, editing, archiving and deleting them, and the facts kept about each.
//!
//! A status is never set by hand: [`status`] works it out from facts, [`facts`] keeps the result in the customer's row in the same
//! transaction as the fact.

mod archive;
mod avatar;
pub mod bulk;
mod create;
mod delete;
mod duplicates;
mod edit;
pub mod export;
pub mod facts;
mod fields;
mod get;
pub mod index;
pub mod list;
pub mod merge;
pub mod model;
pub mod notes;
pub mod profile;
pub mod queries;
mod reason;
pub(crate) mod state;
pub mod status;
mod tags;
#[cfg(test)]
mod tests;
pub mod ties;
mod validate;

pub(crate) use archive::ensure_archivable;
pub use archive::{archive, unarchive};
pub use avatar::{LARGEST, Picture, avatar, picture, remove_avatar, set_avatar};
pub(crate) use create::make;
pub use create::{create, create_beside, create_many};
pub use delete::{RESTORABLE, delete, delete_permanently, links, restore};
pub use duplicates::{Like, find_by_email, find_by_external_id, find_by_number, find_by_phone, likely_duplicates};
pub use edit::edit;
pub(crate) use edit::tell_billing;
pub use get::get;
pub(crate) use get::load;
pub use model::{
    Contact, Created, Customer, CustomerEdit, Duplicate, ExternalId, HowToCancel, MethodLine, Named, NewCustomer, Note, Rules, Total,
    display_name,
};
pub use state::{ensure_active, ensure_active_id, survivor};
pub use status::{MethodStatus, Status};
pub(crate) use tags::group_of;
pub use tags::{add_tags, remove_tags, set_group, set_group_from, set_tags, set_tags_from};
pub(crate) use validate::address;
pub use validate::{Ready, ready};
