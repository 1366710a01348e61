//! Templates of mail (SPEC 7.4): per shop a subject and a text with the customer's fields, checked when saved, every version kept.
//!
//! A template is the merchant's own text and runs on our machine: it may name fields, change their letters and ask whether they are there,
//! and nothing else. It never reads another template, a file or another customer, and a field never becomes a header of the mail.

mod change;
mod engine;
mod fields;
pub mod letters;
mod lint;
pub mod queries;
mod read;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use change::{archive, create, edit, unarchive};
pub use engine::{Ready, Written, check};
pub use fields::{FIELDS, Values};
pub use read::{get, list, version, versions};

use crate::kit::{Micros, ShopId, TemplateId};

/// The longest text, characters.
pub const LONGEST: usize = 20_000;
/// The longest subject, characters.
pub const LONGEST_SUBJECT: usize = 200;

/// A template with the version that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// Of which shop.
    pub shop: ShopId,
    /// What the shop is called.
    pub shop_name: String,
    /// Its name, unique within the shop.
    pub name: String,
    /// The version that counts, from 1.
    pub version: i64,
    /// What the mail is about; may name fields.
    pub subject: String,
    /// Plain text; may name fields.
    pub body: String,
    /// When it was made, microseconds UTC.
    pub created_at: Micros,
    /// When this version was saved, microseconds UTC.
    pub saved_at: Micros,
    /// Who saved it.
    pub saved_by: String,
    /// Since when nobody chooses it any more.
    pub archived_at: Option<Micros>,
}

/// A version of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// From 1.
    pub version: i64,
    /// What the mail was about.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// When it was saved, microseconds UTC.
    pub saved_at: Micros,
    /// By whom.
    pub saved_by: String,
}

/// What a person or program says about a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateInput {
    /// Its name.
    pub name: String,
    /// What the mail is about.
    pub subject: String,
    /// Plain text.
    pub body: String,
}
