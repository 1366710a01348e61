//! Which records speak of the same person (SPEC 3.5, 10.1). Pure arithmetic: no database, no file, no clock, no chance but a fixed sequence, so
//! the same records always give the same pairs. It only says how likely two records are one; nobody is ever merged here.
//!
//! The way of a record: [`Record`] brings each field into a normal form, [`keys`] says beside whom it is worth looking (several keys, so that an
//! error in one field does not lose a pair), [`compare`] grades two records field by field, and a [`Model`] turns the grades into a probability. The
//! weights are not guessed: [`learn`] estimates them from the records themselves (Fellegi and Sunter's model, by expectation maximisation), and a
//! rare surname that agrees says more than a common one ([`Terms`]). [`find`] does all of it over records held in memory and makes consistent groups.
#![allow(clippy::float_arithmetic, reason = "probabilities; there is no money in this crate")]

mod blocks;
mod compare;
mod field;
mod find;
mod groups;
mod hash;
pub mod keys;
mod learn;
mod model;
mod record;
mod terms;
pub mod text;
mod why;

pub use blocks::{Blocks, LARGEST};
pub use compare::{Level, Pattern, compare};
pub use field::{FIELDS, Field};
pub use find::{Found, Pair, Shelf, find};
pub use learn::{Sample, learn};
pub use model::Model;
pub use record::Record;
pub use terms::Terms;
pub use why::why;

#[cfg(test)]
mod tests;
