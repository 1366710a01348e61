//! Who acts, and what they may (SPEC 14.1). Roles give a set of rights; separate rights are added to or taken from it.

use std::fmt;
use std::str::FromStr;

use super::ids::CustomerId;

/// Everything that is guarded. The policy table of the doors names these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Right {
    /// See customers and all their topics.
    Read,
    /// Create and edit customers, notes, tags, groups of a customer; archive and unarchive.
    Write,
    /// Delete (restorable) and restore customers.
    Delete,
    /// Delete permanently.
    Purge,
    /// Create and change orders, checkouts, subscriptions, payment methods.
    Orders,
    /// Record payments, attach guest payments.
    Payments,
    /// Record and send refunds.
    Refund,
    /// Export customers.
    Export,
    /// Import files.
    Import,
    /// Erase personal data for good.
    Anonymise,
    /// Send mail to many.
    BulkMail,
    /// Change settings: shops, currency, groups, tags, rates.
    Settings,
    /// Invite and change staff, API keys.
    Staff,
    /// See the audit log of the whole merchant.
    Audit,
    /// Read the legal copies of an anonymised customer's invoices.
    LegalCopies,
    /// Take all data of one person as a file, and keep the register of requests (SPEC 11.4).
    PersonalData,
}

/// All rights, in the order of the settings page.
pub const ALL_RIGHTS: [Right; 16] = [
    Right::Read,
    Right::Write,
    Right::Delete,
    Right::Purge,
    Right::Orders,
    Right::Payments,
    Right::Refund,
    Right::Export,
    Right::Import,
    Right::Anonymise,
    Right::BulkMail,
    Right::Settings,
    Right::Staff,
    Right::Audit,
    Right::LegalCopies,
    Right::PersonalData,
];

impl Right {
    /// The name in the database, in the API and in scopes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Purge => "purge",
            Self::Orders => "orders",
            Self::Payments => "payments",
            Self::Refund => "refund",
            Self::Export => "export",
            Self::Import => "import",
            Self::Anonymise => "anonymise",
            Self::BulkMail => "bulk_mail",
            Self::Settings => "settings",
            Self::Staff => "staff",
            Self::Audit => "audit",
            Self::LegalCopies => "legal_copies",
            Self::PersonalData => "personal_data",
        }
    }

    /// What a person reads: "You need the right to … for this."
    pub fn words(self) -> &'static str {
        match self {
            Self::Read => "see customers",
            Self::Write => "edit customers",
            Self::Delete => "delete customers",
            Self::Purge => "delete customers permanently",
            Self::Orders => "create and change orders",
            Self::Payments => "record payments",
            Self::Refund => "refund",
            Self::Export => "export customers",
            Self::Import => "import files",
            Self::Anonymise => "anonymise customers",
            Self::BulkMail => "send mail to many",
            Self::Settings => "change settings",
            Self::Staff => "manage staff and API keys",
            Self::Audit => "see the audit log",
            Self::LegalCopies => "read legal copies of invoices",
            Self::PersonalData => "answer requests about personal data",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Right {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        ALL_RIGHTS.into_iter().find(|r| r.name() == text).ok_or(())
    }
}

/// A set of rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Rights(u32);

impl Rights {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// Everything.
    pub fn all() -> Self {
        ALL_RIGHTS.into_iter().fold(Self::NONE, Self::with)
    }

    /// These.
    pub fn of(rights: &[Right]) -> Self {
        rights.iter().fold(Self::NONE, |set, r| set.with(*r))
    }

    /// With one more.
    #[must_use]
    pub fn with(self, right: Right) -> Self {
        Self(self.0 | 1 << right as u8)
    }

    /// With one less.
    #[must_use]
    pub fn without(self, right: Right) -> Self {
        Self(self.0 & !(1 << right as u8))
    }

    /// What stands in either.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What stands in this one and not in the other.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Is it in?
    pub fn has(self, right: Right) -> bool {
        self.0 & (1 << right as u8) != 0
    }

    /// Is every right of `other` in? (Nobody grants more than they have.)
    pub fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// The names, for the database and the API: `export read`.
    pub fn names(self) -> Vec<&'static str> {
        ALL_RIGHTS.into_iter().filter(|r| self.has(*r)).map(Right::name).collect()
    }

    /// [`Rights::names`] joined by blanks, as the database keeps them.
    pub fn text(self) -> String {
        self.names().join(" ")
    }

    /// Reads [`Rights::names`] joined by blanks; unknown names give nothing.
    pub fn parse(text: &str) -> Self {
        text.split_whitespace().filter_map(|w| w.parse().ok()).fold(Self::NONE, Self::with)
    }
}

/// The five roles (SPEC 14.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything, and the only one who changes owners.
    Owner,
    /// Everything but staff.
    Manager,
    /// Customers and orders.
    Support,
    /// Money, exports, no editing of customers.
    Finance,
    /// Looks.
    ReadOnly,
}

/// All roles, in the order of the settings page.
pub const ALL_ROLES: [Role; 5] = [Role::Owner, Role::Manager, Role::Support, Role::Finance, Role::ReadOnly];

impl Role {
    /// The name in the database and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Support => "support",
            Self::Finance => "finance",
            Self::ReadOnly => "read_only",
        }
    }

    /// The name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Manager => "Manager",
            Self::Support => "Support",
            Self::Finance => "Finance",
            Self::ReadOnly => "Read-only",
        }
    }

    /// What the role may before separate rights are added or taken.
    pub fn rights(self) -> Rights {
        use Right::{Audit, Delete, Export, LegalCopies, Orders, Payments, Read, Refund, Staff, Write};
        match self {
            Self::Owner => Rights::all(),
            Self::Manager => Rights::all().without(Staff).without(LegalCopies),
            Self::Support => Rights::of(&[Read, Write, Delete, Orders, Payments]),
            Self::Finance => Rights::of(&[Read, Orders, Payments, Refund, Export, Audit]),
            Self::ReadOnly => Rights::of(&[Read]),
        }
    }
}

impl FromStr for Role {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        ALL_ROLES.into_iter().find(|r| r.name() == text).ok_or(())
    }
}

/// What kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person of the staff.
    Staff,
    /// A program with an API key.
    ApiKey,
    /// Regulars itself: the clock, a job without a person, the command line.
    System,
    /// A customer, in the portal.
    Customer,
}

impl ActorKind {
    /// The name in events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::ApiKey => "api_key",
            Self::System => "system",
            Self::Customer => "customer",
        }
    }
}

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Person, key or system.
    pub kind: ActorKind,
    /// Id of the person or key, or a word for the system ("clock", "command line").
    pub id: String,
    /// What the timeline shows.
    pub name: String,
    /// What it may.
    pub rights: Rights,
}

impl Actor {
    /// Regulars itself, with every right.
    pub fn system(word: &str) -> Self {
        Self { kind: ActorKind::System, id: word.to_owned(), name: word.to_owned(), rights: Rights::all() }
    }

    /// A customer in the portal. The name says nothing of the person: it stays in events when they are anonymised.
    pub fn customer(id: &CustomerId, rights: Rights) -> Self {
        Self { kind: ActorKind::Customer, id: id.to_string(), name: "the customer".to_owned(), rights }
    }
}

/// The door a change came through; shown on the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A page of the dashboard.
    Page,
    /// The REST API.
    Api,
    /// An import.
    Import,
    /// A job.
    Job,
    /// The command line.
    Cli,
    /// The passing of time.
    Clock,
    /// The customer's own pages.
    Portal,
}

impl Door {
    /// The name in events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Api => "api",
            Self::Import => "import",
            Self::Job => "job",
            Self::Cli => "cli",
            Self::Clock => "clock",
            Self::Portal => "portal",
        }
    }
}
