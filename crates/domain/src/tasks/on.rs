//! What a task is on, and whose that is.

use std::str::FromStr;

use serde::{Serialize, Serializer};
use store::Tx;

use crate::customers::survivor;
use crate::kit::{ContractId, Ctx, CustomerId, Error, InvoiceId, OfferId, OrderId, Problems, Result, ReturnId, TicketId, locks};
use crate::payments::must_exist;
use crate::{contracts, invoices, offers, orders, returns, tickets};

/// What a task is on: the id of the thing, which says by its beginning what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum On {
    /// Nothing: it stands by itself.
    #[default]
    Nothing,
    /// A customer.
    Customer(CustomerId),
    /// An order.
    Order(OrderId),
    /// An invoice or credit note.
    Invoice(InvoiceId),
    /// A ticket.
    Ticket(TicketId),
    /// A contract.
    Contract(ContractId),
    /// An offer.
    Offer(OfferId),
    /// A return.
    Return(ReturnId),
}

impl On {
    /// The word in the database and in the API; empty for nothing.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Customer(_) => "customer",
            Self::Order(_) => "order",
            Self::Invoice(_) => "invoice",
            Self::Ticket(_) => "ticket",
            Self::Contract(_) => "contract",
            Self::Offer(_) => "offer",
            Self::Return(_) => "return",
        }
    }

    /// The id; empty for nothing.
    pub fn id(&self) -> &str {
        match self {
            Self::Nothing => "",
            Self::Customer(id) => id.as_str(),
            Self::Order(id) => id.as_str(),
            Self::Invoice(id) => id.as_str(),
            Self::Ticket(id) => id.as_str(),
            Self::Contract(id) => id.as_str(),
            Self::Offer(id) => id.as_str(),
            Self::Return(id) => id.as_str(),
        }
    }

    /// What the database keeps as the id: a customer stands in a column of its own, which a merge moves.
    pub(super) fn kept(&self) -> &str {
        if matches!(self, Self::Customer(_)) { "" } else { self.id() }
    }

    /// Of what the database keeps.
    pub(super) fn of_db(kind: &str, id: String, customer: Option<&CustomerId>) -> Self {
        match (kind, customer) {
            ("order", _) => Self::Order(OrderId::from_db(id)),
            ("invoice", _) => Self::Invoice(InvoiceId::from_db(id)),
            ("ticket", _) => Self::Ticket(TicketId::from_db(id)),
            ("contract", _) => Self::Contract(ContractId::from_db(id)),
            ("offer", _) => Self::Offer(OfferId::from_db(id)),
            ("return", _) => Self::Return(ReturnId::from_db(id)),
            ("customer", Some(customer)) => Self::Customer(customer.clone()),
            _ => Self::Nothing,
        }
    }
}

impl FromStr for On {
    type Err = ();
    /// An id of one of these; nothing for blank text.
    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::Nothing);
        }
        let order = || text.parse().map(Self::Order);
        let invoice = || text.parse().map(Self::Invoice);
        let ticket = || text.parse().map(Self::Ticket);
        let contract = || text.parse().map(Self::Contract);
        let offer = || text.parse().map(Self::Offer);
        let back = || text.parse().map(Self::Return);
        let sold = text.parse().map(Self::Customer).or_else(|()| order()).or_else(|()| invoice());
        sold.or_else(|()| ticket()).or_else(|()| contract()).or_else(|()| offer()).or_else(|()| back())
    }
}

impl Serialize for On {
    fn serialize<S: Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        s.serialize_str(self.id())
    }
}

/// The thing under its locks, and whose it is: for a new task on it.
///
/// # Errors
/// A field error for `on` when it is not there; `Conflict` (`customer_inactive`) when its customer is archived or deleted (SPEC 10.2).
pub(super) fn locked(tx: &mut Tx, ctx: &Ctx, on: &On) -> Result<(On, Option<CustomerId>)> {
    let found = match on {
        On::Nothing => Ok((On::Nothing, None)),
        On::Customer(id) => {
            let id = survivor(tx, ctx, id)?;
            locks::customers(tx, ctx, &[&id])?;
            Ok((On::Customer(id.clone()), Some(id)))
        }
        On::Order(id) => orders::find_locked(tx, ctx, id).map(|o| (on.clone(), o.customer)),
        On::Invoice(id) => invoices::find_locked(tx, ctx, id).map(|i| (on.clone(), i.customer)),
        On::Ticket(id) => tickets::find_locked(tx, ctx, id, None).map(|t| (on.clone(), t.customer)),
        On::Contract(id) => contracts::find_locked(tx, ctx, id).map(|g| (on.clone(), Some(g.summary.customer))),
        On::Offer(id) => offers::find_locked(tx, ctx, id).map(|f| (on.clone(), Some(f.summary.customer))),
        On::Return(id) => returns::find_locked(tx, ctx, id).map(|b| (on.clone(), b.summary.customer)),
    };
    let standing = found.and_then(|(on, customer)| {
        if let Some(customer) = &customer {
            must_exist(tx, ctx, customer)?.must_be_active()?;
        }
        Ok((on, customer))
    });
    match standing {
        Err(Error::NotFound(_)) => Err(Problems::one("on", "unknown", "What this task is to be on is not there.")),
        other => other,
    }
}
