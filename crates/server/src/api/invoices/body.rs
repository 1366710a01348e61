//! Invoices as the API writes and takes them.

use domain::invoices::{self, CreditLine, DraftEdit, NewCredit, NewInvoice, Pay, SettingsEdit};
use domain::kit::{Currency, CustomerId, PaymentId, discount};
use domain::mail;
use domain::payments::MethodKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::types::{Address, Money, Time, money, time};
use crate::api::words;

/// Seller or buyer as they stand on an invoice.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InvoiceParty {
    pub name: String,
    pub address: Address,
    /// With its country prefix.
    #[schema(example = "FR40303265045")]
    pub vat_number: String,
    /// Number in a register of companies.
    pub company_id: String,
    pub email: String,
    pub phone: String,
    /// Two letters: the words on the paper follow the buyer's.
    pub language: String,
}

impl From<invoices::Party> for InvoiceParty {
    fn from(p: invoices::Party) -> Self {
        Self {
            name: p.name,
            address: p.address.into(),
            vat_number: p.vat_number,
            company_id: p.company_id,
            email: p.email,
            phone: p.phone,
            language: p.language,
        }
    }
}

impl From<InvoiceParty> for invoices::Party {
    fn from(p: InvoiceParty) -> Self {
        Self {
            name: p.name,
            address: p.address.into(),
            vat_number: p.vat_number,
            company_id: p.company_id,
            email: p.email,
            phone: p.phone,
            language: p.language,
        }
    }
}

/// An invoice or credit note in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceRow {
    pub id: String,
    #[schema(value_type = words::InvoiceKind)]
    pub kind: invoices::Kind,
    #[schema(value_type = words::InvoiceState)]
    pub state: invoices::State,
    /// A draft has none.
    pub number: Option<String>,
    /// Absent for a guest's.
    pub customer: Option<String>,
    pub order: Option<String>,
    pub payment: Option<String>,
    /// The invoice that a credit note corrects.
    pub corrects: Option<String>,
    /// The buyer's name on the paper.
    pub buyer_name: String,
    pub total: Money,
    pub paid: Money,
    pub credited: Money,
    /// What is still to be paid.
    pub due: Money,
    /// Day of issue, `2026-06-30`.
    pub issued_on: Option<String>,
    /// Day by which it is to be paid.
    pub due_on: Option<String>,
    pub created_at: Time,
}

fn day(number: i64) -> String {
    invoices::due_days(number).to_string()
}

impl From<invoices::Summary> for InvoiceRow {
    fn from(s: invoices::Summary) -> Self {
        let of = |minor| money(minor, s.currency);
        Self {
            total: of(s.total),
            paid: of(s.paid),
            credited: of(s.credited),
            due: of(s.rest()),
            id: s.id.to_string(),
            kind: s.kind,
            state: s.state,
            number: s.number,
            customer: s.customer.map(|c| c.to_string()),
            order: s.order.map(|o| o.to_string()),
            payment: s.payment.map(|p| p.to_string()),
            corrects: s.corrects.map(|i| i.to_string()),
            buyer_name: s.buyer.name,
            issued_on: s.issued_on.map(day),
            due_on: s.due_on.map(day),
            created_at: Time(s.created_at),
        }
    }
}

/// A line as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceLine {
    /// From 1.
    pub line: i64,
    pub title: String,
    pub sku: String,
    #[schema(example = "2")]
    pub quantity: String,
    #[schema(example = "12.95")]
    pub unit_price: String,
    /// What was taken off it: `10%` or an amount, `5`; empty for nothing. On a credit note an amount is the share of what it takes back.
    #[schema(example = "10%")]
    pub discount: String,
    #[schema(value_type = words::TaxCategory)]
    pub category: invoices::Category,
    /// Percent.
    #[schema(example = "20")]
    pub rate: String,
    /// Without tax.
    pub net: Money,
    /// The line of the invoice that this line of a credit note takes back.
    pub source: Option<i64>,
}

/// What was taxed with one rate.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceTax {
    #[schema(value_type = words::TaxCategory)]
    pub category: invoices::Category,
    /// Percent.
    #[schema(example = "20")]
    pub rate: String,
    pub net: Money,
    pub tax: Money,
}

/// A payment that pays an invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoicePayment {
    pub payment: String,
    /// `stripe`, `manual`, `store_credit`, …
    pub provider: String,
    pub amount: Money,
    pub paid_at: Time,
}

/// An invoice or credit note, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invoice {
    #[serde(flatten)]
    pub row: InvoiceRow,
    pub buyer: InvoiceParty,
    pub lines: Vec<InvoiceLine>,
    pub taxes: Vec<InvoiceTax>,
    pub net: Money,
    pub tax: Money,
    /// Whether prices hold the tax.
    #[schema(value_type = words::InvoicePrices)]
    pub prices: invoices::Prices,
    #[schema(value_type = words::InvoiceRounding)]
    pub rounding: invoices::Rounding,
    pub payments: Vec<InvoicePayment>,
    /// Ids of credit notes on it.
    pub credit_notes: Vec<String>,
    pub note: String,
    pub terms_days: i64,
    pub issued_at: Option<Time>,
    pub voided_at: Option<Time>,
    /// Since when the buyer's link is open.
    pub link_since: Option<Time>,
    /// Send it back as `expected_version`.
    pub version: i64,
}

impl From<invoices::Invoice> for Invoice {
    fn from(i: invoices::Invoice) -> Self {
        let s = i.summary;
        let of = |minor| money(minor, s.currency);
        let line = |l: invoices::Line| InvoiceLine {
            line: l.position,
            title: l.title,
            sku: l.sku,
            quantity: l.quantity.normalize().to_string(),
            unit_price: l.unit_price.normalize().to_string(),
            discount: discount::written(l.discount),
            category: l.category,
            rate: l.rate.normalize().to_string(),
            net: of(l.net),
            source: l.source,
        };
        let tax = |t: invoices::TaxGroup| InvoiceTax {
            category: t.category,
            rate: t.rate.normalize().to_string(),
            net: of(t.net),
            tax: of(t.tax),
        };
        Self {
            lines: i.lines.into_iter().map(line).collect(),
            taxes: i.taxes.into_iter().map(tax).collect(),
            net: of(s.net),
            tax: of(s.tax),
            payments: i
                .paid_by
                .into_iter()
                .map(|p| InvoicePayment {
                    payment: p.payment.to_string(),
                    provider: p.provider,
                    amount: of(p.amount),
                    paid_at: Time(p.paid_at),
                })
                .collect(),
            credit_notes: i.credits.iter().map(|c| c.id.to_string()).collect(),
            buyer: s.buyer.clone().into(),
            prices: s.prices,
            rounding: s.rounding,
            note: s.note.clone(),
            terms_days: s.terms_days,
            issued_at: time(s.issued_at),
            voided_at: time(s.voided_at),
            link_since: time(s.link_at),
            version: s.version,
            row: s.into(),
        }
    }
}

/// A line as it is given. Empty `category` and `rate` are the merchant's usual ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InvoiceLineInput {
    #[schema(example = "Coffee, 250 g")]
    pub title: String,
    pub sku: String,
    #[schema(example = "2")]
    pub quantity: String,
    #[schema(example = "12.95")]
    pub unit_price: String,
    /// Taken off this line: `10%` of it, or an amount off the whole line in major units, `5.00`. Empty: nothing.
    #[schema(example = "10%")]
    pub discount: String,
    /// How it is taxed: `standard`, `zero`, `exempt`, `reverse_charge`, `intra_community`, `export`, `outside`.
    #[schema(example = "standard")]
    pub category: String,
    /// Percent.
    #[schema(example = "20")]
    pub rate: String,
}

fn lines(lines: &[InvoiceLineInput]) -> Vec<invoices::LineInput> {
    let line = |l: InvoiceLineInput| invoices::LineInput {
        title: l.title,
        sku: l.sku,
        quantity: l.quantity,
        unit_price: l.unit_price,
        discount: l.discount,
        category: l.category,
        rate: l.rate,
    };
    lines.iter().cloned().map(line).collect()
}

/// A draft by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceCreate {
    /// Id of a customer.
    #[schema(value_type = String)]
    pub customer: CustomerId,
    /// ISO 4217; absent: the merchant's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    #[serde(default)]
    pub lines: Vec<InvoiceLineInput>,
    /// `net` or `gross`; empty: net.
    #[serde(default)]
    #[schema(example = "net")]
    pub prices: String,
    #[serde(default)]
    pub note: String,
    /// Absent: the merchant's.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 365)]
    pub terms_days: Option<i64>,
}

impl InvoiceCreate {
    /// As the verb takes it.
    pub fn input(&self) -> NewInvoice {
        NewInvoice {
            customer: self.customer.clone(),
            currency: self.currency,
            lines: lines(&self.lines),
            prices: self.prices.clone(),
            note: self.note.clone(),
            terms_days: self.terms_days,
        }
    }
}

/// What changes in a draft; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InvoicePatch {
    /// The version that was looked at: answers 409 `changed` when somebody changed the draft since.
    pub expected_version: Option<i64>,
    /// All lines.
    pub lines: Option<Vec<InvoiceLineInput>>,
    pub buyer: Option<InvoiceParty>,
    /// `net` or `gross`.
    #[schema(example = "net")]
    pub prices: Option<String>,
    pub note: Option<String>,
    #[schema(minimum = 0, maximum = 365)]
    pub terms_days: Option<i64>,
}

impl InvoicePatch {
    /// As the verb takes it.
    pub fn edit(&self) -> DraftEdit {
        DraftEdit {
            expected_version: self.expected_version,
            lines: self.lines.as_deref().map(lines),
            buyer: self.buyer.clone().map(Into::into),
            prices: self.prices.clone(),
            note: self.note.clone(),
            terms_days: self.terms_days,
        }
    }
}

/// Money by hand on an invoice.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoicePaid {
    /// Minor units of the invoice's currency, at most what is left.
    #[schema(minimum = 1)]
    pub amount: i64,
    /// `cash`, `cheque` or `transfer`.
    #[schema(value_type = words::PaymentKind)]
    pub kind: MethodKind,
    /// Absent: now.
    #[serde(default)]
    pub paid_at: Option<Time>,
    #[serde(default)]
    pub note: String,
}

impl InvoicePaid {
    /// As the verb takes it.
    pub fn input(&self) -> Pay {
        Pay { amount: self.amount, kind: self.kind, paid_at: self.paid_at.map(|t| t.0), note: self.note.clone() }
    }
}

/// Store credit on an invoice.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceCreditUsed {
    /// Minor units of the invoice's currency.
    #[schema(minimum = 1)]
    pub amount: i64,
}

/// A payment that came before.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceApply {
    /// Its id.
    #[schema(value_type = String)]
    pub payment: PaymentId,
}

/// A line that is taken back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceCreditLine {
    /// The line of the invoice, from 1.
    #[schema(minimum = 1)]
    pub line: i64,
    /// Exact; absent: all that is left of it.
    #[serde(default)]
    #[schema(example = "1")]
    pub quantity: Option<String>,
}

/// What a credit note takes back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InvoiceCredit {
    /// Absent or empty: all that is left.
    pub lines: Option<Vec<InvoiceCreditLine>>,
    /// Stands on the credit note.
    pub reason: String,
}

impl InvoiceCredit {
    /// As the verb takes it.
    pub fn input(&self) -> NewCredit {
        let line = |l: InvoiceCreditLine| CreditLine { line: l.line, quantity: l.quantity };
        NewCredit { lines: self.lines.clone().map(|all| all.into_iter().map(line).collect()), reason: self.reason.clone() }
    }
}

/// A link for the buyer.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceLink {
    /// Path on this installation; told once.
    pub link: Option<String>,
}

/// To whom an invoice is sent.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InvoiceMail {
    /// Empty: the buyer's address.
    pub to: String,
    /// Some words of your own.
    pub message: String,
}

/// A mail of the outbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mail {
    pub id: String,
    #[schema(value_type = words::MailState)]
    pub state: mail::State,
    pub invoice: Option<String>,
    pub offer: Option<String>,
    pub to: String,
    pub subject: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What the server or the network said last.
    pub error: String,
    pub queued_at: Time,
    pub next_at: Option<Time>,
    pub sent_at: Option<Time>,
}

impl From<mail::Mail> for Mail {
    fn from(m: mail::Mail) -> Self {
        Self {
            id: m.id.to_string(),
            state: m.state,
            invoice: m.invoice.map(|i| i.to_string()),
            offer: m.offer.map(|f| f.to_string()),
            to: m.recipient,
            subject: m.subject,
            attempts: m.attempts,
            error: m.error,
            queued_at: Time(m.queued_at),
            next_at: time(m.next_at),
            sent_at: time(m.sent_at),
        }
    }
}

/// Where the money goes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InvoiceBank {
    pub name: String,
    pub iban: String,
    pub bic: String,
}

/// Who sells, and how invoices are numbered, taxed and rounded.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InvoiceSettings {
    pub seller: InvoiceParty,
    pub bank: InvoiceBank,
    /// Terms of payment, in words.
    pub terms: String,
    /// Days until an invoice is due.
    #[schema(minimum = 0, maximum = 365)]
    pub terms_days: i64,
    /// At the foot of each page.
    pub footer: String,
    /// Holds `{number}`, perhaps `{year}`.
    #[schema(example = "INV-{year}-{number}")]
    pub format: String,
    /// The same for credit notes; another one.
    #[schema(example = "CN-{year}-{number}")]
    pub credit_format: String,
    /// `line` or `document`.
    #[schema(example = "document")]
    pub rounding: String,
    /// Whether prices of orders hold the tax: `net` or `gross`.
    #[schema(example = "gross")]
    pub prices: String,
    /// How things are usually taxed.
    #[schema(example = "standard")]
    pub category: String,
    /// Percent.
    #[schema(example = "20")]
    pub rate: String,
    /// Why nothing is taxed, where it is so.
    pub exemption: String,
}

impl InvoiceSettings {
    /// As the verb takes it.
    pub fn edit(&self) -> SettingsEdit {
        let (s, b) = (self.clone(), self.bank.clone());
        SettingsEdit {
            seller: s.seller.into(),
            bank: invoices::Bank { name: b.name, iban: b.iban, bic: b.bic },
            terms: s.terms,
            terms_days: s.terms_days,
            footer: s.footer,
            format: s.format,
            credit_format: s.credit_format,
            rounding: s.rounding,
            prices: s.prices,
            category: s.category,
            rate: s.rate,
            exemption: s.exemption,
        }
    }
}

impl From<invoices::Settings> for InvoiceSettings {
    fn from(s: invoices::Settings) -> Self {
        Self {
            seller: s.seller.into(),
            bank: InvoiceBank { name: s.bank.name, iban: s.bank.iban, bic: s.bank.bic },
            terms: s.terms,
            terms_days: s.terms_days,
            footer: s.footer,
            format: s.format,
            credit_format: s.credit_format,
            rounding: s.rounding.name().to_owned(),
            prices: s.prices.name().to_owned(),
            category: s.category.name().to_owned(),
            rate: s.rate.normalize().to_string(),
            exemption: s.exemption,
        }
    }
}
