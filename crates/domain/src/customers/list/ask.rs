//! From what a person asks (days, plain amounts, ids) to what the image understands (microseconds, minor units, codes).

use std::collections::HashSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use store::Tx;

use super::filters::{ListQuery, View};
use super::memory::Held;
use super::{metadata, queries as q};
use crate::customers::index::{Key, Query, Sort, SortBy, Span, country_code, words};
use crate::customers::status::MethodStatus;
use crate::kit::{Ctx, Currency, CustomerId, Result};
use crate::merchants::{self, Settings};

/// How many the top view shows.
pub(super) const TOP: usize = 100;

/// The sort in force: the top view has its own.
pub(super) fn sort(query: &ListQuery) -> Sort {
    match query.built_in() {
        View::Top100 => Sort { by: SortBy::Lifetime, descending: true },
        _ => Sort { by: query.sort, descending: query.descending },
    }
}

/// Those of whom other tables, or more than the image keeps, know what is asked for: who bought the article, whose subscription ended, who has the
/// metadata. `None`: nothing like that is asked for.
pub(super) fn restrict(tx: &mut Tx, ctx: &Ctx, query: &ListQuery) -> Result<Option<Vec<Key>>> {
    let bought = bought(tx, ctx, query)?;
    let ended = ended(tx, ctx, query)?;
    let parts = [bought, ended].into_iter().chain(metadata::having(tx, ctx, &query.metadata)?.into_iter().map(Some)).flatten();
    Ok(parts.reduce(|mut all, part| {
        let part: HashSet<Key> = part.into_iter().collect();
        all.retain(|key| part.contains(key));
        all
    }))
}

/// Whose subscription ended, when that is asked for.
fn ended(tx: &mut Tx, ctx: &Ctx, query: &ListQuery) -> Result<Option<Vec<Key>>> {
    let Some(day) = query.ended_from else { return Ok(None) };
    let from = merchants::settings(tx, ctx)?.zone.start_of(day);
    Ok(Some(tx.rows(&q::ENDED, &[&ctx.merchant, &from, &ctx.now], |r| Ok(CustomerId::from_db(r.get(0)?).bytes()))?))
}

/// Who bought the article, when one is asked for.
fn bought(tx: &mut Tx, ctx: &Ctx, query: &ListQuery) -> Result<Option<Vec<Key>>> {
    if query.article.is_empty() || query.article.contains('\0') {
        return Ok((!query.article.is_empty()).then(Vec::new));
    }
    let key = sku_key(&query.article);
    Ok(Some(tx.rows(&q::BOUGHT, &[&ctx.merchant, &key], |r| Ok(CustomerId::from_db(r.get(0)?).bytes()))?))
}

/// As order lines keep it.
fn sku_key(sku: &str) -> String {
    crate::kit::name_key(sku)
}

/// The image's question. `restrict` as [`restrict`] found it.
pub(super) fn question(query: &ListQuery, held: &Held, settings: &Settings, restrict: Option<Vec<Key>>) -> Query {
    let zone = &settings.zone;
    let mut asked = Query {
        words: words(&query.q),
        status: query.status.iter().map(|s| s.code()).collect(),
        method: query.method.iter().map(|m| m.code()).collect(),
        group: query.group.iter().map(|g| g.as_ref().map(|id| held.groups.asked(id.as_str()))).collect(),
        tag: query.tag.iter().map(|t| held.tags.asked(t.as_str())).collect(),
        shop: query.shop.iter().map(|s| held.shops.asked(s.as_str())).collect(),
        country: query.country.iter().map(|c| c.as_deref().and_then(country_code)).collect(),
        active: query.active,
        lifetime: Span {
            from: query.ltv_min.map(|d| minor(d, settings.currency, true)),
            to: query.ltv_max.map(|d| minor(d, settings.currency, false)),
        },
        created: Span { from: query.created_from.map(|d| zone.start_of(d)), to: query.created_to.map(|d| zone.end_of(d)) },
        last_order: Span { from: query.last_order_from.map(|d| zone.start_of(d)), to: query.last_order_to.map(|d| zone.end_of(d)) },
        orders: Span { from: query.orders_min, to: query.orders_max },
        no_order_since: query.no_order_since.map(|d| zone.start_of(d)),
        restrict,
        sort: sort(query),
        after: query.after.clone(),
        before: query.before.clone(),
        limit: query.per,
        top: None,
        want_counts: false,
    };
    view(query, &mut asked);
    asked
}

/// What a built-in view adds to the filters (SPEC 1.7); a saved one stays within the one it was made in.
fn view(query: &ListQuery, asked: &mut Query) {
    match query.built_in() {
        View::All | View::Saved(_) => {}
        View::Paying => asked.lifetime.from = Some(asked.lifetime.from.unwrap_or(1).max(1)),
        View::Top100 => asked.top = Some(TOP),
        View::NeverOrdered => asked.orders.to = Some(0),
        View::CardExpiring => {
            let soon = MethodStatus::ExpiringSoon.code();
            // Choosing another status inside this view leaves nobody.
            if !asked.method.is_empty() && !asked.method.contains(&soon) {
                asked.restrict = Some(Vec::new());
            }
            asked.method = vec![soon];
        }
    }
}

/// Inside the view of expiring cards every other status of a method leaves nobody.
pub(super) fn only_expiring(counts: &mut crate::customers::index::Counts) {
    let soon = usize::from(MethodStatus::ExpiringSoon.code());
    counts.method.iter_mut().enumerate().filter(|(code, _)| *code != soon).for_each(|(_, n)| *n = 0);
}

/// Minor units; what lies between two of them is taken inwards: no less than `min`, no more than `max`.
fn minor(amount: Decimal, currency: Currency, is_min: bool) -> i64 {
    let scaled = amount.checked_mul(Decimal::from(10i64.pow(currency.decimals())));
    let rounded = scaled.map(|d| if is_min { d.ceil() } else { d.floor() }).and_then(|d| d.to_i64());
    rounded.unwrap_or(if amount.is_sign_negative() { i64::MIN } else { i64::MAX })
}
