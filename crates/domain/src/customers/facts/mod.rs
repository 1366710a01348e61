//! The facts kept about a customer: statuses, lifetime value, counts, first and last dates (SPEC 4, 5.2).
//!
//! They are worked out from orders, payments, methods and subscriptions by pure rules and kept in the customer's row, in the same
//! transaction as the fact that changed. Nothing else may write those columns. [`crate::verify`] works all of it out anew.

mod keep;
pub(crate) mod load;
pub mod queries;
mod rules;
mod sweep;
#[cfg(test)]
mod tests;

pub use keep::refresh;
pub(crate) use keep::{flags, kept, refresh_with, total};
pub(crate) use rules::{Kept, Totals, shops, totals, work_out};
pub use sweep::{recompute, sweep};
