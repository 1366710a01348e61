//! Invoices and credit notes (SPEC 2.9, 5.3): drafts that may change, documents that may not, and the money that pays them.
//!
//! A draft becomes a document when it is issued: then it gets the next number of its series, a copy of who sold and who bought, and
//! never changes again but for what is paid and credited of it. Numbers have no gap: they are taken last, in the transaction that
//! issues. Nothing here talks to the network; [`crate::mail`] sends.

mod by_credit;
mod create;
mod credit;
mod document;
mod issue;
mod lines;
mod link;
pub mod listed;
mod logo;
mod make;
mod party;
mod pay;
pub mod queries;
mod read;
mod settings;
mod sums;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod tests_credit;
#[cfg(test)]
mod tests_list;
mod void;

use serde::{Deserialize, Serialize};

pub use by_credit::{credit_for, undo_credit, use_credit};
pub(crate) use create::buyer;
pub use create::{DraftEdit, NewInvoice, create, discard, edit};
pub use credit::{CreditLine, NewCredit, credit, left_of};
pub(crate) use document::paper_for;
pub use document::{Paper, paper};
pub(crate) use document::{day, moment, on_paper, party as party_on_paper};
pub use issue::{issue, missing};
pub use lines::{Line, LineInput, MAX_LINES, TaxGroup};
pub use link::{by_link, open_link, revoke_link};
pub use logo::{LogoPicture, logo_picture, remove_logo, set_logo, shown_logo};
pub(crate) use make::Sold;
pub use make::{of_order_draft, of_payment_draft};
pub use pay::{Pay, apply, record};
pub(crate) use pay::{bounced, due, follow_order, moved, pay_anew, shop};
pub use read::{Invoice, Page, Paid, Summary, count_of_customer, due_days, get, of_customer, of_order, of_payment, of_payments};
pub(crate) use read::{find, find_locked, load, rest_of};
pub use settings::{Settings, SettingsEdit, edit_settings, settings};
pub(crate) use settings::{json, text};
pub use sums::{Sums, sums};
pub use void::void;

use crate::kit::{Address, words};

words! {
    /// Which of the two documents.
    pub enum Kind {
        /// A bill.
        Invoice = "invoice", "Invoice";
        /// Takes back all or some of one.
        CreditNote = "credit_note", "Credit note";
    }
}

words! {
    /// How far it came. What is overdue follows from the day.
    pub enum State {
        /// Being put together; has no number.
        Draft = "draft", "Draft";
        /// Issued, nothing paid.
        Open = "open", "Open";
        /// Issued, some of it paid.
        Partly = "partly_paid", "Partly paid";
        /// Issued, nothing left to pay.
        Paid = "paid", "Paid";
        /// Taken back as a whole by credit notes.
        Credited = "credited", "Credited";
        /// Issued by mistake and withdrawn; keeps its number.
        Void = "void", "Void";
    }
}

words! {
    /// Whether prices hold the tax.
    pub enum Prices {
        /// The tax comes on top.
        Net = "net", "Without tax";
        /// The tax is in the price.
        Gross = "gross", "With tax";
    }
}

words! {
    /// Where amounts are rounded, half away from zero.
    pub enum Rounding {
        /// Each line, its tax too.
        Line = "line", "Each line";
        /// The sum of each rate, once.
        Document = "document", "The whole invoice";
    }
}

words! {
    /// How a line is taxed (EN 16931, UNCL 5305).
    pub enum Category {
        /// A rate above zero.
        Standard = "standard", "Standard rate";
        /// Taxed at zero percent.
        Zero = "zero", "Zero rate";
        /// Exempt from tax.
        Exempt = "exempt", "Exempt";
        /// The buyer owes the tax.
        ReverseCharge = "reverse_charge", "Reverse charge";
        /// Supply inside the European Union.
        IntraCommunity = "intra_community", "Intra-community supply";
        /// Export out of the European Union.
        Export = "export", "Export";
        /// Not subject to tax.
        Outside = "outside", "Not subject to tax";
    }
}

impl State {
    /// What it is, from its amounts, once it is issued.
    pub(crate) fn of(total: i64, paid: i64, credited: i64) -> Self {
        match () {
            () if credited > 0 && credited >= total => Self::Credited,
            () if paid + credited >= total => Self::Paid,
            () if paid > 0 => Self::Partly,
            () => Self::Open,
        }
    }

    /// Has it a number?
    pub fn is_issued(self) -> bool {
        self != Self::Draft
    }

    /// Is there something to pay?
    pub fn is_due(self) -> bool {
        matches!(self, Self::Open | Self::Partly)
    }
}

impl Category {
    /// The same for the page and the data.
    pub(crate) fn paper(self) -> paper::Category {
        match self {
            Self::Standard => paper::Category::Standard,
            Self::Zero => paper::Category::Zero,
            Self::Exempt => paper::Category::Exempt,
            Self::ReverseCharge => paper::Category::ReverseCharge,
            Self::IntraCommunity => paper::Category::IntraCommunity,
            Self::Export => paper::Category::Export,
            Self::Outside => paper::Category::Outside,
        }
    }
}

/// Seller or buyer as they stand on an invoice. Empty text is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Party {
    /// Legal or personal name.
    pub name: String,
    /// Where.
    pub address: Address,
    /// With its country prefix.
    pub vat_number: String,
    /// Number in a register of companies.
    pub company_id: String,
    /// E-mail address.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// Two letters, for the words on the page; of the buyer.
    pub language: String,
}

/// Where the money goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bank {
    /// Name of the bank or holder.
    pub name: String,
    /// IBAN.
    pub iban: String,
    /// BIC.
    pub bic: String,
}

/// What an issued invoice keeps of its seller (SPEC 5.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Snapshot {
    pub seller: Party,
    pub bank: Bank,
    pub terms: String,
    pub footer: String,
    pub exemption: String,
    pub logo: Option<String>,
}

impl Snapshot {
    /// Who sells as the settings say now.
    pub(crate) fn of(own: &Settings) -> Self {
        Self {
            seller: own.seller.clone(),
            bank: own.bank.clone(),
            terms: own.terms.clone(),
            footer: own.footer.clone(),
            exemption: own.exemption.clone(),
            logo: own.logo.as_ref().map(ToString::to_string),
        }
    }
}
