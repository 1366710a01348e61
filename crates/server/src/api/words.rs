//! The enumerations of the trade in the description of the API, each read from the one place where it is defined.

use domain::affiliates::Terms;
use domain::customers::status::{ALL_METHOD_STATUSES, ALL_STATUSES};
use domain::kit::{ALL_RIGHTS, ALL_ROLES};
use domain::orders::State;
use domain::payments::disputes::DisputeStatus;
use domain::payments::guests::Reason;
use domain::payments::{MethodKind, Outcome, PaymentStatus};
use domain::subscriptions::{SubscriptionStatus, Unit};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

fn enumeration(words: impl Iterator<Item = &'static str>, about: &str) -> RefOr<Schema> {
    RefOr::T(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).description(Some(about)).build().into())
}

macro_rules! words {
    ($($name:ident = $all:expr, $about:literal;)*) => {$(
        #[doc = $about]
        #[derive(Debug)]
        pub struct $name;
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> { enumeration($all.iter().map(|w| w.name()), $about) }
        }
        impl ToSchema for $name {}
    )*};
}

words! {
    OrderState = State::ALL, "How far an order came";
    PaymentState = PaymentStatus::ALL, "How far a payment came; `settled` is paid, `bounced` is taken back by the bank";
    PaymentKind = MethodKind::ALL, "What the money came by";
    MethodOutcome = Outcome::ALL, "What the last attempt with a method said about it";
    DisputeState = DisputeStatus::ALL, "How far a dispute came";
    CreditLineKind = domain::credit::Kind::ALL, "Why a line stands in the ledger of store credit";
    AffiliateTerms = Terms::ALL, "A part of each payment, or a fixed amount for each order";
    ErasureCause = domain::privacy::Cause::ALL, "Why somebody was anonymised";
    DuplicateState = domain::duplicates::State::ALL, "What people said about a pair";
    BlockedKind = domain::blocks::Kind::ALL, "What is blocked";
    InvoiceKind = domain::invoices::Kind::ALL, "Invoice or credit note";
    RequestKind = domain::privacy::requests::Kind::ALL, "What is asked about data";
    TicketStatus = domain::tickets::Status::ALL, "Where a ticket stands; `waiting` is for the customer";
    TicketPriority = domain::tickets::Priority::ALL, "How soon a ticket is wanted";
    TicketEntryKind = domain::tickets::EntryKind::ALL, "Who speaks on a ticket; a `note` is for the staff alone";
    RequestState = domain::privacy::requests::State::ALL, "How far a request came";
    ProofKind = domain::providers::evidence::ProofKind::ALL, "What a file in a dispute proves";
    CallState = domain::providers::CallState::ALL, "How far what a provider was asked came";
    InvoiceState = domain::invoices::State::ALL, "How far an invoice came";
    InvoicePrices = domain::invoices::Prices::ALL, "Whether prices hold the tax";
    InvoiceRounding = domain::invoices::Rounding::ALL, "Where amounts are rounded";
    TaxCategory = domain::invoices::Category::ALL, "How a line is taxed (EN 16931)";
    PortalState = domain::portal::State::ALL, "Whether a customer has a portal";
    OfferState = domain::offers::State::ALL, "What an offer is today; `expired` is worked out";
    ContractState = domain::contracts::State::ALL, "What a contract is today; `ended` is worked out";
    ChargeState = domain::charges::State::ALL, "How far a charge came; `unclear` may have been paid and is for a person to look at";
    PaymentLinkState = domain::payment_links::State::ALL, "What a payment link is now; `expired` is worked out";
    MethodLinkState = domain::method_links::State::ALL, "What a link to add a payment method is now; `expired` is worked out";
    ReturnState = domain::returns::State::ALL, "How far a return came";
    ReturnReason = domain::returns::Reason::ALL, "Why a line comes back";
    RefundState = domain::payments::refunds::RefundStatus::ALL, "How far a refund came";
    MailingState = domain::mailings::State::ALL, "How far a mailing came";
    MailingOutcome = domain::mailings::Outcome::ALL, "What became of one customer’s mail; `unknown` may have arrived and is not sent again by itself";
    MailingSkip = domain::mailings::Skip::ALL, "Why a customer does not get a mailing";
    MailState = domain::mail::State::ALL, "How far a mail came";
    GuestReason = Reason::ALL, "Why a guest payment is thought to be a customer's";
    SubscriptionState = SubscriptionStatus::ALL, "How a subscription stands";
    SubscriptionPeriodState = domain::subscriptions::PeriodState::ALL, "What became of a period; `open` failed and is tried again";
    SubscriptionEndReason = domain::subscriptions::EndReason::ALL, "Why a subscription ended, or will";
    ProviderCallKind = domain::providers::CallKind::ALL, "What a provider is asked";
    ProviderCallState = domain::providers::CallState::ALL, "How far it came";
    ImportState = domain::imports::State::ALL, "How far an import came";
    ImportMatch = domain::imports::MatchBy::ALL, "By what a row finds the customer it is about";
    WebhookState = [domain::webhooks::State::On, domain::webhooks::State::Off], "Whether an endpoint is sent to";
    WebhookOffReason = domain::webhooks::OffReason::ALL, "Why an endpoint is off; empty while it is on";
    WebhookDeliveryState = domain::webhooks::DeliveryState::ALL, "How far a message came";
    AccountingService = domain::accounting::Service::ALL, "Which accounting service";
    AccountingState = domain::accounting::State::ALL, "How a connection with an accounting service stands; `lost` wants somebody to sign in again";
    AccountingKind = domain::accounting::Kind::ALL, "What is exported; an `invoice` may be a credit note";
    AccountingAction = domain::accounting::Action::ALL, "What was tried at an accounting service";
    AccountingOutcome = domain::accounting::Outcome::ALL, "What came of a try; `unknown` is looked for before it is sent again";
    AccountingExportState = domain::accounting::ExportState::ALL, "How far an export came";
    ConversationKind = domain::conversations::Kind::ALL, "By which way something was said";
    ConversationState = domain::conversations::State::ALL, "Whether it is still talked about; the next word opens what is closed";
    ConversationInbox = domain::conversations::Inbox::ALL, "Which part of the inbox: unknown senders, customers who wait, put aside";
    EntryDirection = domain::conversations::Direction::ALL, "Who said it: `in` the other side, `out` the house";
    CallOutcome = domain::conversations::Outcome::ALL, "How a call went";
    MailboxSecurity = domain::conversations::mailboxes::Security::ALL, "How private the line to a mailbox is; `plain` only to this machine";
    CycleUnit = Unit::ALL, "What a cycle is counted in";
    CustomerStatus = ALL_STATUSES, "Worked out from facts at this moment; never set by hand";
    CustomerMethodStatus = ALL_METHOD_STATUSES, "Status of the payment method that counts";
    Scope = ALL_RIGHTS, "What a person or a key may";
    StaffRole = ALL_ROLES, "The five roles";
}

/// A problem within an answer; described as `Problem`.
#[derive(Debug)]
pub struct Problem;

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        RefOr::Ref(Ref::from_schema_name("Problem"))
    }
}

impl ToSchema for Problem {}

macro_rules! read {
    ($($name:ident($kind:ty) = $all:expr;)*) => {$(
        #[doc = concat!("`", stringify!($kind), "` as a body says it.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name(pub $kind);
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let words = || $all.iter().map(|w| w.name()).collect::<Vec<_>>().join(" ");
                let read = <String as serde::Deserialize>::deserialize(d)?.parse().map(Self);
                read.map_err(|()| serde::de::Error::custom(format!("expected one of {}", words())))
            }
        }
    )*};
}

read! {
    Given(domain::kit::Right) = ALL_RIGHTS;
    RoleWord(domain::kit::Role) = ALL_ROLES;
}
