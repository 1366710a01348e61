//! What stands in the place of a person: recognisable at a glance, the same each time, leading nowhere.

use crate::customers::index::fold;
use crate::invoices::Party;
use crate::kit::{CustomerId, email_key};

/// The fake values of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fake {
    /// `Anonymised customer 4F2K`.
    pub name: String,
    /// The same as lists order it.
    pub sort_name: String,
    /// `anon-…@anonymised.invalid`: a domain that can never exist (RFC 2606).
    pub email: String,
    /// Its key.
    pub email_key: String,
    /// A buyer of that name, JSON.
    pub buyer: String,
}

impl Fake {
    /// Made of the chance in the id, so that doing it again gives the same.
    pub(super) fn of(id: &CustomerId) -> Self {
        let tail = |n: usize| id.as_str().get(id.as_str().len().saturating_sub(n)..).unwrap_or_default();
        let name = format!("Anonymised customer {}", tail(4).to_uppercase());
        let email = format!("anon-{}@anonymised.invalid", tail(12));
        let buyer = Party { name: name.clone(), ..Party::default() };
        Self { sort_name: fold(&name), email_key: email_key(&email), buyer: serde_json::to_string(&buyer).unwrap_or_default(), name, email }
    }
}
