//! PayPal: signatures of webhooks, events, and the calls we make. Amounts are decimal texts; there is no customer object, so one is made of the
//! payer. Subscription payments still come as sales of the first API.

mod calls;
mod event;
mod object;
mod orders;
mod signature;
#[cfg(test)]
mod tests;

pub use calls::{
    Events, Evidence, Keys, RefundOf, Token, cancel, events, evidence, pause, read_done, read_events, read_refund, read_token, refund,
    resume, token,
};
pub use event::read;
pub use orders::{OrderOf, capture, look, order, read_capture, read_look, read_order, takes};
pub use signature::{Headers, TOLERANCE, is_cert_url, verify};
