//! Who moves the money, as pure functions: requests are built, answers and webhooks are read, signatures are checked.
//!
//! Nothing here does I/O, reads a clock or knows a table. Whatever a provider says in its own words becomes [`news`], which is the same for all
//! of them. What is unknown (a new kind of event, a new field) is no news and no error.

pub mod accounting;
mod json;
pub mod money;
pub mod news;
pub mod oidc;
pub mod paypal;
pub mod stripe;
pub mod test;
pub mod twilio;
pub mod wire;

/// Why a webhook is not taken in: it is answered with 400 and leaves nothing behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// A header is missing or is not what it should be.
    Header,
    /// Sent too long ago, or dated in the future.
    Age,
    /// The signature is not the provider's.
    Signature,
    /// The certificate is not the provider's, or not valid now.
    Certificate,
}

impl Distrust {
    /// For the log and the answer.
    pub fn words(self) -> &'static str {
        match self {
            Self::Header => "The signature header is missing or malformed.",
            Self::Age => "This was signed too long ago.",
            Self::Signature => "The signature does not match.",
            Self::Certificate => "The certificate is not to be trusted.",
        }
    }
}

/// A body that is not what the provider documents: no JSON, or no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;
