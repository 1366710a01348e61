//! What was asked, as it is kept in the row of an import until a worker takes it up.

use serde::{Deserialize, Serialize};

use super::{MatchBy, Request};
use crate::files::{DateOrder, Kind};
use crate::kit::{Currency, ShopId};

/// As it stands in `imports.input`.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Keeps it apart from what the command line asks: neither takes up what the other began.
    uploaded: bool,
    shop: ShopId,
    kind: Option<String>,
    columns: Option<Vec<String>>,
    by: MatchBy,
    currency: Option<Currency>,
    month_first: bool,
}

impl Request {
    /// What is asked when nothing was said: as the header is recognised.
    pub fn of(shop: ShopId) -> Self {
        Self { shop, kind: None, map: None, columns: None, by: MatchBy::Auto, currency: None, dates: DateOrder::DayFirst }
    }

    pub(super) fn text(&self) -> String {
        let kept = Kept {
            uploaded: true,
            shop: self.shop.clone(),
            kind: self.kind.map(|k| k.name().to_owned()),
            columns: self.columns.clone(),
            by: self.by,
            currency: self.currency,
            month_first: self.dates == DateOrder::MonthFirst,
        };
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// Nothing when it was cleared, because it named somebody who was anonymised.
    pub(super) fn read(text: &str) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text).ok().filter(|k: &Kept| k.uploaded)?;
        Some(Self {
            shop: kept.shop,
            kind: kept.kind.and_then(|k| Kind::of(&k)),
            map: None,
            columns: kept.columns,
            by: kept.by,
            currency: kept.currency,
            dates: if kept.month_first { DateOrder::MonthFirst } else { DateOrder::DayFirst },
        })
    }
}
