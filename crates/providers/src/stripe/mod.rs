//! Stripe: signatures of webhooks, events in old and new shapes, and the calls we make.
//!
//! A payment here is a *charge*: one movement of money, or one attempt. A payment intent may see several; it is the charge's other name.

mod calls;
mod event;
mod object;
mod signature;
#[cfg(test)]
mod tests;

pub use calls::{
    Cancellation, ChargeOf, CheckoutOf, CustomerEdit, Events, Evidence, Keys, RefundOf, SetupOf, cancel, charge, checkout, close_checkout,
    customer, delete_customer, detach, events, evidence, file, keep, new_customer, pause, read_charge, read_checkout, read_closed_checkout,
    read_customer, read_deleted, read_events, read_evidence, read_file, read_refund, read_subscription, read_who, refund, resume, setup,
    who,
};
pub use event::read;
pub use signature::{TOLERANCE, verify};
