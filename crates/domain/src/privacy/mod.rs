//! What is personal, and what becomes of it (SPEC 11): the register of every column that says which rows are whose; anonymising a customer for
//! good; all data of one person as a file; and the register of what people ask about their data.
//!
//! Anonymising clears in one transaction all that a key leads to. What only speaks of the person inside of text (webhook bodies, stored
//! answers, journals of imports) is found by a pass behind it ([`sweep`]); the ledger outside of the database sees to it that no backup brings
//! anybody back ([`replay`]), and [`settle`] that the erased bytes leave the files.

mod active;
mod anonymise;
mod clear;
pub mod columns;
pub mod data;
mod fake;
mod guests;
mod ledger;
mod legal;
mod number;
mod purged;
pub mod queries;
mod read;
pub(crate) mod refusals;
mod replay;
pub mod requests;
pub mod retention;
mod settings;
mod settle;
pub mod sweep;
#[cfg(test)]
pub(crate) mod tests;
mod typed;
pub(crate) mod whose;
mod words;

pub use active::active;
pub use anonymise::{Cause, anonymise};
pub use ledger::Ledger;
pub use legal::{LegalCopy, copies, expire, legal_buyer, legal_paper};
pub(crate) use number::ErasedNumbers;
pub(crate) use purged::purge;
pub use read::{Kept, Receipt, find, list, of_customer};
pub(crate) use refusals::refuse_again;
pub use replay::{Replayed, replay};
pub use settings::{Settings, save_settings, settings, years_of};
pub use settle::{scrubbed, settle};
