//! What a customer is, what makes one, and what may change: the types that pages, API, imports and other rooms speak.
//!
//! A [`Customer`] is read with its statuses already worked out at `ctx.now`; nothing in here can set a status.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::status::{MethodStatus, Status};
use crate::kit::{Address, AvatarId, ContactId, Currency, CustomerId, GroupId, ImportId, MethodId, Money, NoteId, ShopId, TagId};

/// Something with an id and a name: a group, a tag, a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<I> {
    /// Its id.
    pub id: I,
    /// Its name.
    pub name: String,
}

/// A further e-mail address or phone; the primary ones stand in the customer itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// As typed.
    pub value: String,
}

/// The customer's id in another system (a shop's, a provider's, an import's).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExternalId {
    /// `stripe`, `shopify`, `woocommerce`, …
    pub system: String,
    /// Its id there.
    pub id: String,
}

/// A payment method in short, for the row and the top of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodLine {
    /// Its id.
    pub id: MethodId,
    /// `card`, `bank_debit`, `wallet`, `cash`, …
    pub kind: String,
    /// `visa`, or empty.
    pub brand: String,
    /// Last four digits, or empty.
    pub last4: String,
    /// Year a card ends.
    pub expires_year: Option<i64>,
    /// Month a card ends.
    pub expires_month: Option<i64>,
}

impl MethodLine {
    /// "Visa •••• 4242", "Bank debit •••• 6789", "Cash".
    pub fn words(&self) -> String {
        let kind = if self.brand.is_empty() { &self.kind } else { &self.brand };
        let mut words = kind.replace('_', " ");
        if let Some(first) = words.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        if self.last4.is_empty() { words } else { format!("{words} •••• {}", self.last4) }
    }
}

/// What was paid, refunded and lost in one currency (minor units).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// ISO 4217.
    pub currency: Currency,
    /// Settled payments.
    pub paid: i64,
    /// Refunds of them.
    pub refunded: i64,
    /// Lost in disputes.
    pub lost: i64,
}

impl Total {
    /// Lifetime value in this currency (SPEC 5.2).
    pub fn value(&self) -> Money {
        Money::new(self.paid - self.refunded - self.lost, self.currency)
    }
}

/// A customer, whole. Times are microseconds UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Customer number, unique in the merchant.
    pub number: String,
    /// What pages call it, see [`display_name`].
    pub display_name: String,
    /// Display name as typed; may be empty.
    pub name: String,
    /// First name; may be empty.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// Primary e-mail address; empty only for imported customers.
    pub email: String,
    /// Further e-mail addresses.
    pub emails: Vec<Contact>,
    /// Primary phone; may be empty.
    pub phone: String,
    /// Further phones.
    pub phones: Vec<Contact>,
    /// BCP 47, or empty.
    pub language: String,
    /// Organisation.
    pub company: String,
    /// Its registration number.
    pub company_id: String,
    /// Its e-mail address.
    pub company_email: String,
    /// Tax id.
    pub tax_id: String,
    /// VAT number.
    pub vat_number: String,
    /// Billing address.
    pub billing: Address,
    /// Is the delivery address the billing address?
    pub delivery_same: bool,
    /// Delivery address (a copy of billing when it is the same).
    pub delivery: Address,
    /// The shop where it was created.
    pub shop: Option<Named<ShopId>>,
    /// All its shops: where it was created and where it has an order.
    pub shops: Vec<Named<ShopId>>,
    /// Its group.
    pub group: Option<Named<GroupId>>,
    /// Its tags, by name.
    pub tags: Vec<Named<TagId>>,
    /// Its picture.
    pub avatar: Option<AvatarId>,
    /// Wants marketing.
    pub marketing: bool,
    /// Since when `marketing` is what it is.
    pub marketing_at: Option<i64>,
    /// Free keys and values.
    pub metadata: BTreeMap<String, String>,
    /// Ids in other systems.
    pub external_ids: Vec<ExternalId>,
    /// When it was created.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// Archived since.
    pub archived_at: Option<i64>,
    /// Deleted since.
    pub deleted_at: Option<i64>,
    /// Anonymised since.
    pub anonymised_at: Option<i64>,
    /// The customer it was merged into.
    pub merged_into: Option<CustomerId>,
    /// The import that made it.
    pub import_id: Option<ImportId>,
    /// Raised with every edit; hand it back as `expected_version`.
    pub version: i64,
    /// SPEC 4, at the moment of reading.
    pub status: Status,
    /// Why, in words.
    pub status_reason: String,
    /// SPEC 4, at the moment of reading.
    pub method_status: MethodStatus,
    /// The method `method_status` speaks of.
    pub default_method: Option<MethodLine>,
    /// The oldest method still attached (SPEC 1.8).
    pub oldest_method: Option<MethodLine>,
    /// The merchant's currency: of `lifetime`, `order_total` and `balance_due`.
    pub currency: Currency,
    /// Lifetime value in minor units.
    pub lifetime: i64,
    /// A rate is missing, so a part of the value is left out.
    pub lifetime_missing: bool,
    /// The same per currency.
    pub totals: Vec<Total>,
    /// Orders but drafts and abandoned ones.
    pub order_count: i64,
    /// Their sum.
    pub order_total: i64,
    /// Payments.
    pub payment_count: i64,
    /// Disputes.
    pub dispute_count: i64,
    /// Those still open.
    pub open_dispute_count: i64,
    /// Unpaid open orders.
    pub balance_due: i64,
    /// First order.
    pub first_order_at: Option<i64>,
    /// Last order.
    pub last_order_at: Option<i64>,
    /// First purchase.
    pub first_paid_at: Option<i64>,
    /// Last settled payment.
    pub last_paid_at: Option<i64>,
}

impl Customer {
    /// May it get new orders, offers, subscriptions (SPEC 10.2)?
    pub fn is_active(&self) -> bool {
        self.status.is_live()
    }

    /// Lifetime value as money.
    pub fn lifetime_money(&self) -> Money {
        Money::new(self.lifetime, self.currency)
    }
}

/// What a person calls a customer: the name, else first and last name, else the company, the e-mail address, "Customer 1042".
pub fn display_name(name: &str, first: &str, last: &str, company: &str, email: &str, number: &str) -> String {
    let both = format!("{first} {last}");
    let found = [name, both.trim(), company, email].into_iter().find(|t| !t.is_empty());
    found.map_or_else(|| format!("Customer {number}"), str::to_owned)
}

/// How strict a new customer is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rules {
    /// Page and API: an e-mail address is required (SPEC 3.2).
    #[default]
    Normal,
    /// Imports and history: a number, an external id or a name is enough.
    Import,
}

/// A customer about to be made. `Default` is an empty, active one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewCustomer {
    /// Display name.
    pub name: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Primary e-mail address.
    pub email: String,
    /// Further ones.
    pub emails: Vec<String>,
    /// Primary phone, in any format.
    pub phone: String,
    /// Further ones.
    pub phones: Vec<String>,
    /// BCP 47: `es`, `en-GB`.
    pub language: String,
    /// Organisation.
    pub company: String,
    /// Its registration number.
    pub company_id: String,
    /// Its e-mail address.
    pub company_email: String,
    /// Tax id.
    pub tax_id: String,
    /// VAT number.
    pub vat_number: String,
    /// Billing address.
    pub billing: Address,
    /// Delivery address; absent: the billing address.
    pub delivery: Option<Address>,
    /// The shop it comes from.
    pub shop: Option<ShopId>,
    /// Its group.
    pub group: Option<GroupId>,
    /// Names of tags; made when missing.
    pub tags: Vec<String>,
    /// A first note.
    pub note: Option<String>,
    /// Wants marketing.
    pub marketing: bool,
    /// At most 50 keys of 40 characters with values of 500.
    pub metadata: BTreeMap<String, String>,
    /// Customer number; absent: the next of the series.
    pub number: Option<String>,
    /// Ids in other systems.
    pub external_ids: Vec<ExternalId>,
    /// When it was created, microseconds UTC, not in the future; absent: now.
    pub created_at: Option<i64>,
    /// Unticked: archived from the start.
    pub active: bool,
    /// The import that makes it.
    #[serde(skip)]
    pub import_id: Option<ImportId>,
}

impl Default for NewCustomer {
    fn default() -> Self {
        Self {
            name: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
            emails: Vec::new(),
            phone: String::new(),
            phones: Vec::new(),
            language: String::new(),
            company: String::new(),
            company_id: String::new(),
            company_email: String::new(),
            tax_id: String::new(),
            vat_number: String::new(),
            billing: Address::default(),
            delivery: None,
            shop: None,
            group: None,
            tags: Vec::new(),
            note: None,
            marketing: false,
            metadata: BTreeMap::new(),
            number: None,
            external_ids: Vec::new(),
            created_at: None,
            active: true,
            import_id: None,
        }
    }
}

/// What became of a new customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Created {
    /// Its id.
    pub id: CustomerId,
    /// Its number.
    pub number: String,
    /// Who it may be already (SPEC 3.5).
    pub likely_duplicates: Vec<Duplicate>,
}

/// Somebody who may be the same person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// Who.
    pub id: CustomerId,
    /// Their name on pages.
    pub display_name: String,
    /// Their primary e-mail address.
    pub email: String,
    /// What is the same: `email`, `phone`, `tax_id`, `company`, `name`; or `alike`: field by field.
    pub reasons: Vec<&'static str>,
    /// How they are alike, in words without values; empty where only the reasons speak.
    pub why: String,
}

/// How a live subscription is to end when its customer is archived (SPEC 10.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowToCancel {
    /// At once.
    Now,
    /// At the end of the period that is paid.
    PeriodEnd,
}

/// What changes; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerEdit {
    /// The version that was looked at; when the customer has a newer one, see [`crate::kit::Stale`].
    pub expected_version: Option<i64>,
    /// Display name.
    pub name: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Primary e-mail address.
    pub email: Option<String>,
    /// Further ones, all of them.
    pub emails: Option<Vec<String>>,
    /// Primary phone.
    pub phone: Option<String>,
    /// Further ones, all of them.
    pub phones: Option<Vec<String>>,
    /// BCP 47.
    pub language: Option<String>,
    /// Organisation.
    pub company: Option<String>,
    /// Its registration number.
    pub company_id: Option<String>,
    /// Its e-mail address.
    pub company_email: Option<String>,
    /// Tax id.
    pub tax_id: Option<String>,
    /// VAT number.
    pub vat_number: Option<String>,
    /// Billing address, whole.
    pub billing: Option<Address>,
    /// `Some(None)`: the same as billing.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Option<Address>>,
    /// `Some(None)`: no shop.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub shop: Option<Option<ShopId>>,
    /// `Some(None)`: no group.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub group: Option<Option<GroupId>>,
    /// Names of tags, all of them; made when missing.
    pub tags: Option<Vec<String>>,
    /// Wants marketing.
    pub marketing: Option<bool>,
    /// All keys and values.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Customer number.
    pub number: Option<String>,
    /// All ids in other systems.
    pub external_ids: Option<Vec<ExternalId>>,
    /// The *Active* box: the switch of archive and unarchive (SPEC 10.2).
    pub active: Option<bool>,
    /// With `active: false`: what becomes of a live subscription.
    pub subscription: Option<HowToCancel>,
}

/// `null` is a value here, absence is not.
fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// A note on a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Its text, as typed.
    pub body: String,
    /// `staff`, `api_key`, `system`.
    pub author_kind: String,
    /// Person, key or word.
    pub author_id: String,
    /// Who wrote it.
    pub author_name: String,
    /// When, microseconds UTC.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// Pinned since.
    pub pinned_at: Option<i64>,
}

impl Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl Serialize for MethodStatus {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_without_a_name_is_still_called_something() {
        assert_eq!(display_name("", "", "Ruiz", "Acme", "a@b", "1001"), "Ruiz");
        assert_eq!(display_name("", "", "", "Acme", "a@b", "1001"), "Acme");
        assert_eq!(display_name("", "", "", "", "", "1001"), "Customer 1001");
    }

    #[test]
    fn a_patch_tells_null_from_absent() {
        let edit: CustomerEdit = serde_json::from_str(r#"{"group": null, "name": "Ana"}"#).unwrap();
        assert_eq!((edit.group, edit.shop, edit.name.as_deref()), (Some(None), None, Some("Ana")));
        assert!(serde_json::from_str::<CustomerEdit>(r#"{"status": "active"}"#).is_err());
    }
}
