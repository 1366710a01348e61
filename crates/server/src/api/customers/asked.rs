//! The filters of the list of customers as the API describes them, and the counts of their options.

use std::collections::BTreeMap;

use domain::customers::Status;
use domain::customers::list::{ListPage, ListQuery};
use domain::customers::status::MethodStatus;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::body::named;
use crate::api::types::Named;
use crate::api::words;

/// Only its description is used: the one grammar of the list reads the query string.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described, and read by the grammar that pages use too")]
pub struct CustomersAsked {
    /// Words that must all match, anywhere in name, e-mail, phone, company, number or id.
    q: Option<String>,
    /// Any of these; may be repeated.
    #[param(value_type = Option<Vec<words::CustomerStatus>>, explode = true)]
    status: Option<Vec<String>>,
    /// Any of these; may be repeated.
    #[param(value_type = Option<Vec<words::CustomerMethodStatus>>, explode = true)]
    method: Option<Vec<String>>,
    /// Ids of groups, or `none`; may be repeated.
    #[param(explode = true)]
    group: Option<Vec<String>>,
    /// Ids of tags; may be repeated.
    #[param(explode = true)]
    tag: Option<Vec<String>>,
    /// Ids of shops: created there or ordered there; may be repeated.
    #[param(explode = true)]
    shop: Option<Vec<String>>,
    /// Billing countries, ISO 3166 alpha-2, or `none`; may be repeated.
    #[param(explode = true)]
    country: Option<Vec<String>>,
    /// Not archived, or archived.
    active: Option<bool>,
    /// Lifetime value at least, in major units of the merchant's currency.
    #[param(example = "100.00")]
    ltv_min: Option<String>,
    /// Lifetime value at most.
    ltv_max: Option<String>,
    /// Created on this day or later, in the merchant's time zone.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    created_from: Option<String>,
    /// Created on this day or before.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    created_to: Option<String>,
    /// Last order on this day or later.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    last_order_from: Option<String>,
    /// Last order on this day or before.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    last_order_to: Option<String>,
    /// At least so many orders.
    orders_min: Option<u32>,
    /// At most so many orders.
    orders_max: Option<u32>,
    /// Bought this article (its SKU).
    article: Option<String>,
    /// No order on this day or later; who never ordered included.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    no_order_since: Option<String>,
    /// A subscription ended on this day or later, and before now: with `status=churned` who churned since.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    ended_from: Option<String>,
    /// Metadata: `metadata[tier]=gold` is who has the key with exactly this value. Any of the values of a key that is repeated, and all keys.
    #[param(style = DeepObject, explode = true)]
    metadata: Option<BTreeMap<String, String>>,
    /// `all`, `paying`, `top100`, `never_ordered`, `card_expiring`, or the id of a saved view.
    view: Option<String>,
    /// The built-in view beneath a saved one; a view that was saved in one has it in its `query`.
    #[param(pattern = "^(all|paying|top100|never_ordered|card_expiring)?$")]
    base: Option<String>,
    /// `name`, `email`, `created`, `last_order` or `lifetime`.
    #[param(pattern = "^(name|email|created|last_order|lifetime)?$")]
    sort: Option<String>,
    /// `asc` or `desc`.
    #[param(pattern = "^(asc|desc)?$")]
    dir: Option<String>,
    /// Rows of a page.
    #[param(minimum = 25, maximum = 100)]
    per: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
    /// `prev` of the page behind.
    before: Option<String>,
}

/// Filters of a few words: an empty one is a slip.
const CHOICES: [&str; 3] = ["status", "method", "active"];

/// Reads the query string strictly.
///
/// # Errors
/// Field errors for what makes no sense.
pub fn query(raw: Option<&str>) -> domain::Result<ListQuery> {
    let raw = raw.unwrap_or_default();
    let (query, mut problems) = ListQuery::parse(raw);
    let chosen = |key: &str| CHOICES.contains(&key) || key.starts_with("metadata[");
    for (key, _) in url::form_urlencoded::parse(raw.as_bytes()).filter(|(key, value)| value.trim().is_empty() && chosen(key)) {
        problems.add(key, "invalid", "Give a value, or leave it out.");
    }
    problems.check().map(|()| query)
}

/// How many match, and how many each option would give.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerCounts {
    pub total: u64,
    pub status: Vec<StatusCount>,
    pub method: Vec<MethodCount>,
    /// The last one is "no group": without an option.
    pub group: Vec<OptionCount>,
    pub tag: Vec<OptionCount>,
    pub shop: Vec<OptionCount>,
    pub country: Vec<CountryCount>,
    pub active: u64,
    pub archived: u64,
}

/// Of one status.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusCount {
    #[schema(value_type = words::CustomerStatus)]
    pub status: Status,
    pub count: u64,
}

/// Of one status of payment methods.
#[derive(Debug, Serialize, ToSchema)]
pub struct MethodCount {
    #[schema(value_type = words::CustomerMethodStatus)]
    pub method: MethodStatus,
    pub count: u64,
}

/// Of a group, a tag, a shop.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptionCount {
    pub option: Option<Named>,
    pub count: u64,
}

/// Of a country; without one: those that have none.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountryCount {
    pub country: Option<String>,
    pub count: u64,
}

impl CustomerCounts {
    /// Of a page with counts.
    pub fn of(page: ListPage) -> Self {
        let counts = page.counts.unwrap_or_default();
        Self {
            total: page.total,
            status: counts.status.into_iter().map(|(status, count)| StatusCount { status, count }).collect(),
            method: counts.method.into_iter().map(|(method, count)| MethodCount { method, count }).collect(),
            group: counts.group.into_iter().map(|(group, count)| OptionCount { option: group.map(named), count }).collect(),
            tag: counts.tag.into_iter().map(|(tag, count)| OptionCount { option: Some(named(tag)), count }).collect(),
            shop: counts.shop.into_iter().map(|(shop, count)| OptionCount { option: Some(named(shop)), count }).collect(),
            country: counts.country.into_iter().map(|(country, count)| CountryCount { country, count }).collect(),
            active: counts.active,
            archived: counts.archived,
        }
    }
}
