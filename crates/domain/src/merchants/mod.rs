//! A merchant and its settings: currency, time zone, how long a customer stays Active.
//!
//! Other rooms read [`Settings`] inside their own transaction, so that a change of a setting and a verb never see half of each other.

mod edit;
pub mod queries;
pub mod recompute;
mod series;

pub use series::next_number;

pub use edit::{MerchantEdit, NewMerchant, edit};
pub(crate) use edit::{country_code, required};
pub use recompute::{Anew, RECOMPUTE, REVALUE, anew};

use store::Tx;

use crate::kit::{Ctx, Currency, Error, MerchantId, Result, Zone};

/// How long a customer stays Active unless the merchant says otherwise (SPEC 4).
pub const ACTIVE_DAYS: i64 = 60;

/// What the rules of other rooms need to know about a merchant.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Its id.
    pub id: MerchantId,
    /// Its name.
    pub name: String,
    /// The currency of lifetime values and totals.
    pub currency: Currency,
    /// Where its days begin and end.
    pub zone: Zone,
    /// IANA name of `zone`.
    pub zone_name: String,
    /// ISO 3166 alpha-2, for phone numbers typed without a country; may be empty.
    pub country: String,
    /// N of SPEC 4: 1 to 730.
    pub active_days: i64,
    /// Raised when N, the currency or the zone change, and all kept facts are worked out anew.
    pub rule_version: i64,
    /// Made by `regulars demo`.
    pub demo: bool,
    /// When it was made, microseconds UTC.
    pub created_at: i64,
}

/// The settings of the context's merchant.
///
/// # Errors
/// [`Error::NotFound`] when the merchant does not exist.
pub fn settings(tx: &mut Tx, ctx: &Ctx) -> Result<Settings> {
    find(tx, &ctx.merchant)?.ok_or(Error::NotFound("merchant"))
}

/// The settings of any merchant: for the directory (sign-in, jobs), before there is a context.
pub fn find(tx: &mut Tx, id: &MerchantId) -> Result<Option<Settings>> {
    Ok(tx.opt(&queries::FIND, &[id], |r| {
        let zone_name: String = r.get("time_zone")?;
        let currency: String = r.get("currency")?;
        Ok(Settings {
            id: MerchantId::from_db(r.get("id")?),
            name: r.get("name")?,
            currency: Currency::of(&currency).ok_or_else(|| store::Error::Other(format!("currency {currency}")))?,
            zone: Zone::named(&zone_name).unwrap_or_else(Zone::utc),
            zone_name,
            country: r.get("country")?,
            active_days: r.get("active_days")?,
            rule_version: r.get("rule_version")?,
            demo: r.get("demo")?,
            created_at: r.get("created_at")?,
        })
    })?)
}

/// Holds the merchant's row until the transaction ends, so that changes of its settings and staff come one after the other.
/// Comes before every lock on rows of other rooms.
///
/// # Errors
/// [`Error::NotFound`] when the merchant does not exist.
pub fn lock(tx: &mut Tx, merchant: &MerchantId) -> Result<()> {
    match tx.exec(&queries::LOCK, &[merchant])? {
        0 => Err(Error::NotFound("merchant")),
        _ => Ok(()),
    }
}
