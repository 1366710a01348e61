//! A postal address, as typed, with an ISO 3166 country.

use serde::{Deserialize, Serialize};

/// Billing or delivery address. Empty parts are empty text, so that "no address" is all parts empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// First street line.
    pub line1: String,
    /// Second street line.
    pub line2: String,
    /// City.
    pub city: String,
    /// State, province, county.
    pub state: String,
    /// Zip or postal code.
    pub zip: String,
    /// ISO 3166 alpha-2, upper case, or empty.
    pub country: String,
}

impl Address {
    /// Nothing is filled in.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
