//! Offers as the API writes and takes them.

use domain::invoices::due_days;
use domain::kit::{Currency, CustomerId, ShopId, day_number};
use domain::offers::{self, DraftEdit, NewOffer, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::invoices::body::InvoiceParty;
use crate::api::orders::body::{Line, lines};
use crate::api::subscriptions::body::day;
use crate::api::types::{Money, Named, Time, money, time};
use crate::api::words;

/// An offer in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferRow {
    pub id: String,
    pub number: String,
    pub shop: Named,
    pub customer: String,
    /// What it is today.
    #[schema(value_type = words::OfferState)]
    pub state: State,
    pub total: Money,
    /// Its last day, `2026-06-30`, where the merchant lives.
    pub valid_until: String,
    pub created_at: Time,
    pub sent_at: Option<Time>,
    /// When it was accepted, declined or withdrawn.
    pub closed_at: Option<Time>,
    /// The order it became.
    pub order: Option<String>,
}

impl From<offers::Summary> for OfferRow {
    fn from(s: offers::Summary) -> Self {
        Self {
            total: money(s.total, s.currency),
            id: s.id.to_string(),
            number: s.number,
            shop: Named { id: s.shop.to_string(), name: s.shop_name },
            customer: s.customer.to_string(),
            state: s.state,
            valid_until: due_days(s.valid_until).to_string(),
            created_at: Time(s.created_at),
            sent_at: time(s.sent_at),
            closed_at: time(s.closed_at),
            order: s.order.map(|o| o.to_string()),
        }
    }
}

/// An offer, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offer {
    #[serde(flatten)]
    pub row: OfferRow,
    pub lines: Vec<Line>,
    pub discount: Money,
    pub shipping: Money,
    pub tax: Money,
    /// Who would buy, as it stands on the paper.
    pub buyer: InvoiceParty,
    /// Stands on the paper.
    pub note: String,
    /// What the buyer said when declining.
    pub reason: String,
    pub created_by: String,
    /// How many links of the buyer are open.
    pub open_links: i64,
    /// Send it back as `expected_version`.
    pub version: i64,
}

impl From<offers::Offer> for Offer {
    fn from(f: offers::Offer) -> Self {
        let of = |minor| money(minor, f.summary.currency);
        Self {
            discount: of(f.discount),
            shipping: of(f.shipping),
            tax: of(f.tax),
            lines: f.lines.into_iter().map(Into::into).collect(),
            buyer: f.buyer.into(),
            note: f.note,
            reason: f.reason,
            created_by: f.summary.created_by.clone(),
            open_links: f.links,
            version: f.summary.version,
            row: f.summary.into(),
        }
    }
}

/// A draft of an offer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferCreate {
    /// Id of a customer.
    #[schema(value_type = String)]
    pub customer: CustomerId,
    /// Id of a shop.
    #[schema(value_type = String)]
    pub shop: ShopId,
    /// ISO 4217; absent: the shop's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// A draft may have none yet.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// Minor units, taken off.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub discount: i64,
    /// Minor units.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub shipping: i64,
    /// Minor units.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub tax: i64,
    /// Stands on the paper.
    #[serde(default)]
    pub note: String,
    /// Its last day, `2026-06-30`; absent: in 30 days.
    #[serde(default)]
    pub valid_until: Option<String>,
}

fn last_day(text: Option<&str>) -> domain::Result<Option<i64>> {
    text.map(|text| Ok(i64::from(day_number(day("valid_until", text)?)))).transpose()
}

impl OfferCreate {
    /// As the verb takes it.
    ///
    /// # Errors
    /// A field error for `valid_until`.
    pub fn input(&self) -> domain::Result<NewOffer> {
        Ok(NewOffer {
            customer: self.customer.clone(),
            shop: self.shop.clone(),
            currency: self.currency,
            lines: lines(&self.lines),
            discount: self.discount,
            shipping: self.shipping,
            tax: self.tax,
            note: self.note.clone(),
            valid_until: last_day(self.valid_until.as_deref())?,
        })
    }
}

/// What changes in a draft; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OfferPatch {
    /// The version that was looked at: answers 409 `stale` when somebody changed the draft since.
    pub expected_version: Option<i64>,
    /// All lines.
    pub lines: Option<Vec<Line>>,
    /// Minor units, taken off.
    pub discount: Option<i64>,
    /// Minor units.
    pub shipping: Option<i64>,
    /// Minor units.
    pub tax: Option<i64>,
    pub note: Option<String>,
    /// `2026-06-30`
    pub valid_until: Option<String>,
}

impl OfferPatch {
    /// As the verb takes it.
    ///
    /// # Errors
    /// A field error for `valid_until`.
    pub fn edit(&self) -> domain::Result<DraftEdit> {
        Ok(DraftEdit {
            expected_version: self.expected_version,
            lines: self.lines.as_deref().map(lines),
            discount: self.discount,
            shipping: self.shipping,
            tax: self.tax,
            note: self.note.clone(),
            valid_until: last_day(self.valid_until.as_deref())?,
        })
    }
}

/// Why an offer is declined.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OfferDecline {
    pub reason: String,
}

/// A link for the buyer.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferLink {
    /// Path on this installation; told once.
    pub link: Option<String>,
}
