//! Drafts: made for a customer by choosing a shop, and changed until they are sent (SPEC 2.10).

use serde::{Deserialize, Serialize};
use store::Tx;

use super::read::{find_locked, today};
use super::{State, queries};
use crate::events::Event;
use crate::invoices::{buyer, text};
use crate::kit::{Ctx, Currency, CustomerId, Error, OfferId, Problems, Result, Right, ShopId, clean};
use crate::merchants;
use crate::orders::{Begun, Extras, Line, begin, positive, total};

/// Days for which an offer stands unless somebody says otherwise.
pub const VALID_DAYS: i64 = 30;
/// The longest: ten years.
const LONGEST: i64 = 3_650;

/// A new draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOffer {
    /// For whom.
    pub customer: CustomerId,
    /// From which shop.
    pub shop: ShopId,
    /// Absent: the shop's.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// What is offered; a draft may have nothing yet.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// Minor units.
    #[serde(default)]
    pub discount: i64,
    /// Minor units.
    #[serde(default)]
    pub shipping: i64,
    /// Minor units.
    #[serde(default)]
    pub tax: i64,
    /// A remark that stands on the paper.
    #[serde(default)]
    pub note: String,
    /// Its last day, since 1970; absent: in [`VALID_DAYS`].
    #[serde(default)]
    pub valid_until: Option<i64>,
}

/// What changes in a draft; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DraftEdit {
    /// The version that was looked at.
    pub expected_version: Option<i64>,
    /// All lines.
    pub lines: Option<Vec<Line>>,
    /// Minor units.
    pub discount: Option<i64>,
    /// Minor units.
    pub shipping: Option<i64>,
    /// Minor units.
    pub tax: Option<i64>,
    /// A remark.
    pub note: Option<String>,
    /// Its last day.
    pub valid_until: Option<i64>,
}

/// Makes a draft and takes its number. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`customer_inactive`) for an archived or deleted customer (SPEC 10.2); field errors as those of an order.
pub fn create(tx: &mut Tx, ctx: &Ctx, new: &NewOffer) -> Result<OfferId> {
    let mut problems = Problems::default();
    let Begun { settings, customer, currency } = begin(tx, ctx, &new.customer, &new.shop, new.currency, &mut problems)?;
    let extras = Extras { discount: new.discount, shipping: new.shipping, tax: new.tax };
    let today = i64::from(settings.zone.day(ctx.now));
    let valid_until = last_day(new.valid_until.unwrap_or(today + VALID_DAYS), today, &mut problems);
    let note = clean(&mut problems, "note", &new.note, 2000);
    positive(&new.lines, &mut problems);
    let (lines, sum) = total(&new.lines, extras, currency, &mut problems);
    problems.check()?;
    let buyer = text(&buyer(tx, ctx, &customer, &settings.country)?);
    let (id, number) = (ctx.id::<OfferId>(), merchants::next_number(tx, ctx, "offer")?.to_string());
    let by = &ctx.actor.name;
    tx.exec(
        &queries::INSERT,
        &[
            &ctx.merchant,
            &id,
            &number,
            &new.shop,
            &customer,
            &currency,
            &extras.discount,
            &extras.shipping,
            &extras.tax,
            &sum,
            &buyer,
            &note,
            &valid_until,
            &ctx.now,
            by,
        ],
    )?;
    write_lines(tx, ctx, &id, &lines)?;
    Event::new("offer.created")
        .of(&customer)
        .on("offer", id.as_str())
        .data(serde_json::json!({ "number": number, "total": sum, "currency": currency, "shop": new.shop }))
        .record(tx, ctx)?;
    Ok(id)
}

/// Changes a draft. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`offer_state`) when it was sent; `Conflict` (`stale`) when somebody else changed it since `expected_version`.
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &OfferId, edit: &DraftEdit) -> Result<()> {
    ctx.must(Right::Orders)?;
    let old = find_locked(tx, ctx, id)?;
    if old.summary.state != State::Draft {
        return Err(Error::conflict("offer_state", "Only a draft can be edited."));
    }
    if edit.expected_version.is_some_and(|v| v != old.summary.version) {
        return Err(Error::conflict("stale", "Somebody else changed this draft meanwhile. Look at it again."));
    }
    let mut problems = Problems::default();
    let lines = edit.lines.as_ref().unwrap_or(&old.lines);
    let extras = Extras {
        discount: edit.discount.unwrap_or(old.discount),
        shipping: edit.shipping.unwrap_or(old.shipping),
        tax: edit.tax.unwrap_or(old.tax),
    };
    positive(lines, &mut problems);
    let (lines, sum) = total(lines, extras, old.summary.currency, &mut problems);
    let note = clean(&mut problems, "note", edit.note.as_deref().unwrap_or(&old.note), 2000);
    let valid_until = match edit.valid_until {
        Some(day) => last_day(day, today(tx, ctx)?, &mut problems),
        None => old.summary.valid_until,
    };
    problems.check()?;
    tx.exec(
        &queries::SET_DRAFT,
        &[&ctx.merchant, id, &extras.discount, &extras.shipping, &extras.tax, &sum, &note, &valid_until, &ctx.now],
    )?;
    tx.exec(&queries::DROP_LINES, &[&ctx.merchant, id])?;
    write_lines(tx, ctx, id, &lines)?;
    Event::new("offer.changed")
        .of(&old.summary.customer)
        .on("offer", id.as_str())
        .data(serde_json::json!({ "number": old.summary.number, "total": sum, "before": old.summary.total }))
        .record(tx, ctx)?;
    Ok(())
}

fn write_lines(tx: &mut Tx, ctx: &Ctx, id: &OfferId, lines: &[Line]) -> Result<()> {
    for (position, l) in lines.iter().enumerate() {
        let position = position as i64;
        tx.exec(&queries::INSERT_LINE, &[&ctx.merchant, id, &position, &l.sku, &l.title, &l.quantity, &l.unit_price, &l.discount])?;
    }
    Ok(())
}

fn last_day(day: i64, today: i64, problems: &mut Problems) -> i64 {
    if !(today..=today + LONGEST).contains(&day) {
        problems.add("valid_until", "invalid", "Choose today or a later day, within ten years.");
    }
    day
}
