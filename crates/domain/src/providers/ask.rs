//! A call as a request of its provider, and the provider's reply as an answer. Pure: the keys are handed in, nothing is sent.

use ::providers::wire::{Refusal, Reply, Request};
use ::providers::{news, paypal, stripe};
use serde::{Deserialize, Serialize};

use super::accounts::Opened;
use super::charge::ChargeCall;
use super::evidence::Sending;
use super::{Call, CallKind, Provider};
use crate::kit::EvidenceFileId;
use crate::method_setups::SetUpCall;
use crate::payment_links::capture::OrderCall;
use crate::payment_links::checkout::{CheckoutCall, CloseCall};

/// Where the providers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Stripe.
    pub stripe: String,
    /// PayPal, live.
    pub paypal: String,
    /// PayPal's sandbox.
    pub paypal_sandbox: String,
    /// One more origin that PayPal's certificates may come from; for tests.
    pub paypal_certificates: Option<String>,
}

impl Default for Addresses {
    fn default() -> Self {
        Self {
            stripe: "https://api.stripe.com".to_owned(),
            paypal: "https://api-m.paypal.com".to_owned(),
            paypal_sandbox: "https://api-m.sandbox.paypal.com".to_owned(),
            paypal_certificates: None,
        }
    }
}

/// A refund to ask for, as it stands in a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RefundCall {
    pub payment: String,
    pub sale: bool,
    pub minor: i64,
    pub currency: String,
    pub reason: String,
}

/// A customer's new details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CustomerCall {
    pub reference: String,
    pub edit: stripe::CustomerEdit,
}

/// The end of a subscription.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CancelCall {
    pub reference: String,
    pub how: stripe::Cancellation,
}

/// A customer to delete.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct EraseCall {
    pub reference: String,
}

/// A subscription that is to be kept, paused or resumed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RunningCall {
    pub reference: String,
}

/// A method to forget.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct DetachCall {
    reference: String,
}

/// The answer to a dispute.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct EvidenceCall {
    reference: String,
    words: String,
}

/// What an account is asked through.
#[derive(Clone, Debug)]
pub enum Asked {
    /// Stripe's keys.
    Stripe(stripe::Keys),
    /// PayPal's keys; calls need a token first.
    Paypal(paypal::Keys),
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A refund as the provider made it.
    Refund(news::Refund),
    /// A file is there, under this id of the provider; there is more to do.
    File(EvidenceFileId, String),
    /// A payment as the provider made it, or as the bank refused it.
    Payment(Box<news::Payment>),
    /// All payments of a page, as the provider made them.
    Payments(Vec<news::Payment>),
    /// It was done before: how, is to be looked at.
    Look,
    /// A subscription as it is there now.
    Subscription(Box<news::Subscription>),
    /// A page of the provider on which somebody pays: its id and where it is.
    Checkout(String, String),
    /// The provider's record of a customer, as it calls it; there is more to do.
    Customer(String),
    /// It is done.
    Done,
}

impl Asked {
    /// Of an account; `None` for the test provider, which nobody asks.
    pub fn of(account: &Opened, at: &Addresses) -> Option<Self> {
        let secret = account.secrets.secret.clone();
        match account.account.provider {
            Provider::Stripe => Some(Self::Stripe(stripe::Keys { base: at.stripe.clone(), secret })),
            Provider::Paypal => {
                let base = if account.account.live { &at.paypal } else { &at.paypal_sandbox };
                Some(Self::Paypal(paypal::Keys { base: base.clone(), client: account.secrets.client.clone(), secret }))
            }
            Provider::Test => None,
        }
    }

    /// The request that gives the token which further requests carry; `None` where none is needed.
    pub fn token_request(&self) -> Option<Request> {
        match self {
            Self::Stripe(_) => None,
            Self::Paypal(keys) => Some(paypal::token(keys)),
        }
    }

    /// The smallest question by which keys are tried.
    pub fn test_request(&self) -> Request {
        match self {
            Self::Stripe(keys) => stripe::who(keys),
            Self::Paypal(keys) => paypal::token(keys),
        }
    }

    /// Do the keys work, and are they of the mode they were entered for?
    ///
    /// # Errors
    /// The provider's refusal, or one of ours for keys of the other mode.
    pub fn read_test(&self, reply: &Reply, live: bool) -> Result<(), Refusal> {
        match self {
            Self::Stripe(_) => match stripe::read_who(reply)? {
                mode if mode == live => Ok(()),
                true => Err(wrong_mode("These keys are of live mode, and the account is a test account.")),
                false => Err(wrong_mode("These keys are of test mode, and the account is a live account.")),
            },
            Self::Paypal(_) => paypal::read_token(reply).map(|_| ()),
        }
    }

    /// The request of a call. `token` as [`Asked::token_request`] gave it, empty without one.
    ///
    /// # Errors
    /// What cannot be said to this provider.
    pub fn request(&self, call: &Call, token: &str) -> Result<Request, Refusal> {
        let key = call.id.as_str();
        match (self, call.kind) {
            (Self::Stripe(keys), CallKind::Refund) => {
                let c: RefundCall = content(call)?;
                stripe::refund(
                    keys,
                    key,
                    &stripe::RefundOf {
                        payment: &c.payment,
                        minor: c.minor,
                        currency: &c.currency,
                        reason: &c.reason,
                        ours: &call.subject,
                    },
                )
            }
            (Self::Paypal(keys), CallKind::Refund) => {
                let c: RefundCall = content(call)?;
                paypal::refund(keys, token, key, &refund_of(&c, &call.subject))
            }
            (Self::Stripe(keys), CallKind::Customer) => {
                let c: CustomerCall = content(call)?;
                Ok(stripe::customer(keys, key, &c.reference, &c.edit))
            }
            (Self::Stripe(keys), CallKind::Cancel) => {
                let c: CancelCall = content(call)?;
                Ok(stripe::cancel(keys, key, &c.reference, c.how))
            }
            (Self::Paypal(keys), CallKind::Cancel) => {
                let c: CancelCall = content(call)?;
                Ok(paypal::cancel(keys, token, key, &c.reference))
            }
            (Self::Stripe(keys), CallKind::Evidence) => {
                let c: EvidenceCall = content(call)?;
                Ok(match next_file(call) {
                    Some(f) => stripe::file(keys, &format!("{key}-{}", f.id), &boundary(call), &f.file),
                    None => {
                        let files = call.files.iter().map(|f| (f.kind.name(), f.provider_ref.as_deref().unwrap_or_default())).collect();
                        stripe::evidence(keys, key, &c.reference, &stripe::Evidence { text: &c.words, files })
                    }
                })
            }
            (Self::Paypal(keys), CallKind::Evidence) => {
                let c: EvidenceCall = content(call)?;
                let files: Vec<_> = call.files.iter().map(|f| f.file.clone()).collect();
                let evidence = paypal::Evidence { text: &c.words, files: &files };
                Ok(paypal::evidence(keys, token, key, &boundary(call), &c.reference, &evidence))
            }
            (Self::Stripe(keys), CallKind::Erase) => {
                let c: EraseCall = content(call)?;
                Ok(stripe::delete_customer(keys, key, &c.reference))
            }
            (Self::Paypal(_), CallKind::Customer | CallKind::Erase) => Err(refused("PayPal keeps no customers.")),
            (Self::Stripe(keys), CallKind::Keep) => Ok(stripe::keep(keys, key, &content::<RunningCall>(call)?.reference)),
            (Self::Stripe(keys), CallKind::Pause) => Ok(stripe::pause(keys, key, &content::<RunningCall>(call)?.reference)),
            (Self::Stripe(keys), CallKind::Resume) => Ok(stripe::resume(keys, key, &content::<RunningCall>(call)?.reference)),
            (Self::Paypal(keys), CallKind::Pause) => Ok(paypal::pause(keys, token, key, &content::<RunningCall>(call)?.reference)),
            (Self::Paypal(keys), CallKind::Resume) => Ok(paypal::resume(keys, token, key, &content::<RunningCall>(call)?.reference)),
            (Self::Stripe(keys), CallKind::Charge) => {
                let c: ChargeCall = content(call)?;
                let charge = stripe::ChargeOf {
                    customer: &c.customer,
                    method: &c.method,
                    minor: c.minor,
                    currency: &c.currency,
                    name: &c.name,
                    ours: &c.mark,
                };
                stripe::charge(keys, key, &charge)
            }
            (Self::Stripe(keys), CallKind::Checkout) => {
                let c: CheckoutCall = content(call)?;
                let page = stripe::CheckoutOf {
                    customer: c.customer.as_deref(),
                    minor: c.minor,
                    currency: &c.currency,
                    name: &c.name,
                    back: &c.back,
                    until: c.until,
                    ours: &call.subject,
                };
                stripe::checkout(keys, key, &page)
            }
            (Self::Stripe(keys), CallKind::SetUp) => {
                let c: SetUpCall = content(call)?;
                Ok(match &c.customer {
                    None => stripe::new_customer(keys, &format!("{key}-customer"), &c.ours, &c.name, &c.email),
                    Some(customer) => {
                        let page = stripe::SetupOf {
                            customer,
                            currency: &c.currency,
                            back: &c.back,
                            cancelled: &c.cancelled,
                            until: c.until,
                            ours: &call.subject,
                        };
                        stripe::setup(keys, key, &page)
                    }
                })
            }
            (Self::Stripe(keys), CallKind::Detach) => Ok(stripe::detach(keys, key, &content::<DetachCall>(call)?.reference)),
            (Self::Paypal(_), CallKind::SetUp | CallKind::Detach) => Err(refused("PayPal keeps no payment methods here.")),
            (Self::Stripe(keys), CallKind::CloseCheckout) => Ok(stripe::close_checkout(keys, key, &content::<CloseCall>(call)?.reference)),
            (Self::Paypal(keys), CallKind::Checkout) => {
                let c: CheckoutCall = content(call)?;
                let order = paypal::OrderOf {
                    minor: c.minor,
                    currency: &c.currency,
                    name: &c.name,
                    back: &c.back,
                    cancelled: &format!("{}?cancelled=yes", c.back),
                    ours: &call.subject,
                };
                paypal::order(keys, token, key, &order)
            }
            (Self::Paypal(keys), CallKind::Capture) => Ok(paypal::capture(keys, token, key, &content::<OrderCall>(call)?.reference)),
            (Self::Paypal(keys), CallKind::Look) => Ok(paypal::look(keys, token, &content::<OrderCall>(call)?.reference)),
            (Self::Paypal(_), CallKind::CloseCheckout) => Err(refused("PayPal’s payment pages close by themselves.")),
            (Self::Stripe(_), CallKind::Capture | CallKind::Look) => Err(refused("Stripe takes the money of its payment pages itself.")),
            (Self::Paypal(_), CallKind::Keep) => Err(refused("PayPal cannot take a cancellation back.")),
            (Self::Paypal(_), CallKind::Charge) => Err(refused("PayPal runs subscriptions itself.")),
        }
    }

    /// What the provider said.
    ///
    /// # Errors
    /// Its refusal.
    pub fn answer(&self, call: &Call, reply: &Reply) -> Result<Answer, Refusal> {
        match (self, call.kind) {
            (Self::Stripe(_), CallKind::Refund) => stripe::read_refund(reply).map(Answer::Refund),
            (Self::Paypal(_), CallKind::Refund) => {
                let c: RefundCall = content(call)?;
                paypal::read_refund(reply, &refund_of(&c, &call.subject)).map(Answer::Refund)
            }
            (Self::Stripe(_), CallKind::Customer) => stripe::read_customer(reply).map(|_| Answer::Done),
            (Self::Stripe(_), CallKind::Erase) => stripe::read_deleted(reply).map(|()| Answer::Done),
            (Self::Stripe(_), CallKind::Cancel | CallKind::Keep | CallKind::Pause | CallKind::Resume) => {
                Ok(stripe::read_subscription(reply)?.map_or(Answer::Done, |s| Answer::Subscription(Box::new(s))))
            }
            // When it was made is its webhook's to say; until then it is the moment at which we asked.
            (Self::Stripe(_), CallKind::Charge) => stripe::read_charge(reply, call.updated_at).map(|p| Answer::Payment(Box::new(p))),
            (Self::Stripe(_), CallKind::Checkout) => stripe::read_checkout(reply).map(|(id, url)| Answer::Checkout(id, url)),
            (Self::Stripe(_), CallKind::SetUp) if call.payload["customer"].is_null() => {
                stripe::read_customer(reply).map(|c| Answer::Customer(c.reference))
            }
            (Self::Stripe(_), CallKind::SetUp) => stripe::read_checkout(reply).map(|(id, url)| Answer::Checkout(id, url)),
            // One that is off there already is off.
            (Self::Stripe(_), CallKind::Detach) => stripe::read_closed_checkout(reply).map(|()| Answer::Done),
            (Self::Stripe(_), CallKind::CloseCheckout) => stripe::read_closed_checkout(reply).map(|()| Answer::Done),
            (Self::Stripe(_), CallKind::Evidence) => match next_file(call) {
                Some(f) => stripe::read_file(reply).map(|id| Answer::File(f.id.clone(), id)),
                None => stripe::read_evidence(reply).map(|()| Answer::Done),
            },
            (Self::Paypal(_), CallKind::Checkout) => paypal::read_order(reply).map(|(id, url)| Answer::Checkout(id, url)),
            (Self::Paypal(_), CallKind::Capture) => {
                Ok(paypal::read_capture(reply, call.updated_at)?.map_or(Answer::Look, Answer::Payments))
            }
            (Self::Paypal(_), CallKind::Look) => paypal::read_look(reply, call.updated_at).map(Answer::Payments),
            (Self::Stripe(_), CallKind::Capture | CallKind::Look) => Err(refused("Stripe takes the money of its payment pages itself.")),
            (Self::Paypal(_), _) => paypal::read_done(reply).map(|()| Answer::Done),
        }
    }
}

/// The first file that the provider does not have yet: Stripe takes them one by one.
fn next_file(call: &Call) -> Option<&Sending> {
    call.files.iter().find(|f| f.provider_ref.is_none())
}

/// Stands in no file: it holds the chance of an id.
fn boundary(call: &Call) -> String {
    format!("regulars-{}", call.id)
}

fn refund_of<'a>(c: &'a RefundCall, ours: &'a str) -> paypal::RefundOf<'a> {
    paypal::RefundOf { payment: &c.payment, sale: c.sale, minor: c.minor, currency: &c.currency, reason: &c.reason, ours }
}

fn content<T: serde::de::DeserializeOwned>(call: &Call) -> Result<T, Refusal> {
    serde_json::from_value(call.payload.clone()).map_err(|_| refused("This version does not know what was asked."))
}

fn refused(message: &str) -> Refusal {
    Refusal::Refused { code: "not_sendable".to_owned(), message: message.to_owned() }
}

fn wrong_mode(message: &str) -> Refusal {
    Refusal::Unauthorised { message: message.to_owned() }
}
