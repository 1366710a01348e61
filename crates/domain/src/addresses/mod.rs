//! What is known of e-mail addresses beside whose they are: which bounced, and which want no marketing. Both stand as keyed hashes: an address
//! that comes again is known again, and nobody can be read from them.
//!
//! Whoever learns that mail does not arrive (a bounce that came in, a program) calls [`bounced`]; whoever sends to many asks [`marks`] before.

mod bounce;
mod marks;
pub mod queries;
#[cfg(test)]
mod tests;

pub(crate) use bounce::arrived;
pub(crate) use bounce::sharing;
pub use bounce::{Bounce, bounced, clear, standing};
pub(crate) use marks::{Mark, marks};
pub use marks::{Marked, marked};
