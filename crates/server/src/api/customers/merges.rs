//! Merging customers, and undoing it (SPEC 10.1).

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers::merge::{self as room, Choices, Field};
use domain::customers::{self};
use domain::kit::{CustomerId, MergeId, Problems, Right};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::body::Customer;
use crate::api::asked::{Asked, At, limit};
use crate::api::types::{Page, Time, time};
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let delete = Policy::May(Right::Delete);
    routes.api(delete, routes!(merge)).api(Policy::May(Right::Read), routes!(list)).api(delete, routes!(undo))
}

/// A customer that was merged into another.
#[derive(Debug, Serialize, ToSchema)]
struct Merge {
    id: String,
    /// Who went.
    gone: String,
    /// Its number, which still leads to the survivor.
    gone_number: String,
    /// Who stayed.
    survivor: String,
    /// How many rows moved, by noun: `{"orders": 12}`.
    moved: BTreeMap<String, i64>,
    merged_at: Time,
    by: String,
    /// Undo is possible until then; null once it is not.
    undo_until: Option<Time>,
    undone_at: Option<Time>,
}

impl From<room::Merge> for Merge {
    fn from(m: room::Merge) -> Self {
        Self {
            id: m.id.to_string(),
            gone: m.gone.to_string(),
            gone_number: m.gone_number,
            survivor: m.survivor.to_string(),
            moved: m.moved,
            merged_at: Time(m.merged_at),
            by: m.by,
            undo_until: time(m.undo_until),
            undone_at: time(m.undone_at),
        }
    }
}

/// Who is merged, and whose values survive. Give `into`, `sources`, or both.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MergeCreate {
    /// The customer that stays; the one of the address goes. Absent: the one of the address stays.
    #[schema(example = "cus_01k00000000000000000000000")]
    into: Option<String>,
    /// Further customers that go; at most 20 go at once.
    sources: Vec<String>,
    /// Field by field whose value survives, by the id of a customer: `name`, `email`, `phone`, `language`, `company`, `company_id`,
    /// `company_email`, `tax_id`, `vat_number`, `billing`, `delivery`, `shop`, `group`, `marketing`. What is not named stays as the survivor has
    /// it; where that is empty, one who goes fills it in (but for `marketing`).
    choices: BTreeMap<String, String>,
}

/// Those who go, who stays, and the choices.
pub(super) type Wanted = (Vec<CustomerId>, CustomerId, Choices);

impl MergeCreate {
    pub(super) fn read(&self, named: &CustomerId) -> domain::Result<Wanted> {
        let mut problems = Problems::default();
        let mut read = |field: String, text: &str| {
            let found = text.parse::<CustomerId>().ok();
            if found.is_none() {
                problems.add(field, "invalid", "Use the id of a customer.");
            }
            found
        };
        let into = self.into.as_deref().and_then(|text| read("into".to_owned(), text));
        let mut gone: Vec<CustomerId> =
            self.sources.iter().enumerate().filter_map(|(at, text)| read(format!("sources.{at}"), text)).collect();
        let mut choices = Choices::new();
        for (field, text) in &self.choices {
            let id = read(format!("choices.{field}"), text);
            if let (Ok(field), Some(id)) = (field.parse::<Field>(), id) {
                choices.insert(field, id);
            }
        }
        for field in self.choices.keys().filter(|f| f.parse::<Field>().is_err()) {
            problems.add(format!("choices.{field}"), "unknown", "There is no such field to choose.");
        }
        problems.check()?;
        Ok(match into {
            Some(stays) => {
                gone.insert(0, named.clone());
                (gone, stays, choices)
            }
            None => (gone, named.clone(), choices),
        })
    }
}

/// What became of a merge.
#[derive(Debug, Serialize, ToSchema)]
struct Merged {
    /// The survivor.
    customer: Customer,
    /// One for each who went.
    merges: Vec<Merge>,
}

/// What became of an undo.
#[derive(Debug, Serialize, ToSchema)]
struct Unmerged {
    merge: Merge,
    /// The one who is back.
    restored: Customer,
    /// The one who had stayed.
    customer: Customer,
}

/// Which merges.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MergesAsked {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Merge customers.
///
/// Everything of those who go becomes the survivor's, in one step or not at all: orders, payments, methods, subscriptions, invoices, store
/// credit, mails, notes, tags, addresses and ids in other systems. Their ids, numbers and addresses lead to the survivor from then on. Needs the
/// scopes `delete` and `write`. Answers 409 `customer_merged`, `customer_deleted`, `customer_anonymised` or `customer_inactive` when one of them
/// cannot take part.
#[utoipa::path(post, path = "/api/v1/customers/{id}/merge", operation_id = "mergeCustomers", tag = "Customers", params(("id" = String, Path)),
    request_body = MergeCreate, responses((status = 200, body = Merged)))]
async fn merge(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<MergeCreate>) -> Result<Response, Problem> {
    let named: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let (gone, stays, choices) = body.read(&named)?;
            let merges = room::merge(tx, ctx, &gone, &stays, &choices)?.into_iter().map(Into::into).collect();
            let customer = customers::get(tx, &seeing(ctx), &stays)?.into();
            reply(StatusCode::OK, "", &Merged { customer, merges })
        })
        .await
}

/// List the merges of a customer.
///
/// Those in which it stayed or went, newest first, undone ones too.
#[utoipa::path(get, path = "/api/v1/customers/{id}/merges", operation_id = "listMerges", tag = "Customers",
    params(("id" = String, Path), MergesAsked), responses((status = 200, body = Page<Merge>)))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<MergesAsked>,
) -> Result<axum::Json<Page<Merge>>, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let limit = limit(asked.limit)?;
    let wrong = |()| Problems::one("after", "invalid", "Use the next of a page before.");
    let after = asked.after.map(|text| text.parse::<MergeId>().map_err(wrong)).transpose()?;
    let mut found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer, after.as_ref(), limit + 1)
        })
        .await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|m| m.id.to_string());
    Ok(axum::Json(Page { next, ..Page::whole(found.into_iter().map(Into::into).collect()) }))
}

/// Undo a merge.
///
/// Both customers are as they were before. What was made since stays with the survivor, but for what belongs to an order, subscription or payment
/// that goes back; a value that was edited since stays too. Answers 409 with the reason in words: `merge_undone`, `undo_expired`, `merged_since`,
/// `credit_spent`, `customer_anonymised`.
#[utoipa::path(post, path = "/api/v1/customers/{id}/merges/{merge}/undo", operation_id = "undoMerge", tag = "Customers",
    params(("id" = String, Path), ("merge" = String, Path)), responses((status = 200, body = Unmerged)))]
async fn undo(
    State(app): State<App>,
    caller: Caller,
    At((customer, merge)): At<(String, String)>,
    write: Write<()>,
) -> Result<Response, Problem> {
    let (customer, merge): (CustomerId, MergeId) = (id(&customer, "customer")?, id(&merge, "merge")?);
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let ctx_seeing = seeing(ctx);
            let known = room::get(tx, &ctx_seeing, &merge)?;
            if known.survivor != customer && known.gone != customer {
                return Err(domain::Error::NotFound("merge"));
            }
            let merge = room::undo(tx, ctx, &merge)?;
            let restored = customers::get(tx, &ctx_seeing, &merge.gone)?.into();
            let customer = customers::get(tx, &ctx_seeing, &merge.survivor)?.into();
            reply(StatusCode::OK, "", &Unmerged { merge: merge.into(), restored, customer })
        })
        .await
}
