//! Customers: finding, creating, editing, archiving and deleting them, and the facts kept about each.
//!
//! A status is never set by hand: [`status`] works it out from facts, [`facts`] keeps the result in the customer's row in the same
//! transaction as the fact.

pub mod index;
pub mod model;
pub mod status;

pub use model::{
    Contact, Created, Customer, CustomerEdit, Duplicate, ExternalId, HowToCancel, MethodLine, Named, NewCustomer, Note, Rules, Total, display_name, initials,
};
pub use status::{MethodStatus, Status};
