//! How the API writes what everything has: times as RFC 3339, money as minor units with a currency, pages with a cursor.

use domain::kit::{self, Currency, Micros, PersonId, Problems};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A moment, RFC 3339 with an offset: `2026-06-30T12:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-06-30T12:00:00Z")]
pub struct Time(pub Micros);

/// From 1900 to the end of 2999: what lies outside is a slip, and sums with it would not fit.
const SANE: std::ops::Range<Micros> = -2_208_988_800_000_000..32_503_680_000_000_000;

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&kit::rfc3339(self.0))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let at = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond);
        at.filter(|at| SANE.contains(at)).map(Self).ok_or_else(|| serde::de::Error::custom("not a time like 2026-06-30T12:00:00Z"))
    }
}

/// When there is one.
pub fn time(at: Option<Micros>) -> Option<Time> {
    at.map(Time)
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Money {
    /// Whole minor units: cents, pence, yen, fils.
    #[schema(example = 2500)]
    pub amount: i64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The same for people: `25.00`.
    #[schema(example = "25.00")]
    pub decimal: String,
}

/// So many minor units.
pub fn money(minor: i64, currency: Currency) -> Money {
    Money { amount: minor, currency: currency.code().to_owned(), decimal: kit::Money::new(minor, currency).plain() }
}

/// A currency that came as text.
///
/// # Errors
/// A field error.
pub fn currency(field: &str, code: &str) -> domain::Result<Currency> {
    Currency::of(code).ok_or_else(|| Problems::one(field, "unknown", "Use a currency of ISO 4217, such as EUR."))
}

/// Something with an id and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// `null` is a value here, absence is not.
pub fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// Somebody of the staff to whom work is given.
///
/// # Errors
/// A field error for `assignee`.
pub fn person(id: &str) -> domain::Result<PersonId> {
    id.parse().map_err(|()| Problems::one("assignee", "unknown", "Use the id of a person of your staff, or null."))
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// First street line.
    pub line1: String,
    /// Second street line.
    pub line2: String,
    /// City.
    pub city: String,
    /// State, province, county.
    pub state: String,
    /// Zip or postal code.
    pub zip: String,
    /// ISO 3166 alpha-2.
    #[schema(example = "ES")]
    pub country: String,
}

impl From<kit::Address> for Address {
    fn from(a: kit::Address) -> Self {
        Self { line1: a.line1, line2: a.line2, city: a.city, state: a.state, zip: a.zip, country: a.country }
    }
}

impl From<Address> for kit::Address {
    fn from(a: Address) -> Self {
        Self { line1: a.line1, line2: a.line2, city: a.city, state: a.state, zip: a.zip, country: a.country }
    }
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in order.
    pub data: Vec<T>,
    /// `after` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// `before` of the page before; absent on the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    /// Exactly how many match, where the list counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// A list that has one page.
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, next: None, prev: None, total: None }
    }
}
