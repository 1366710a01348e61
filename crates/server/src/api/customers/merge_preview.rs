//! What a merge would do, before it is done (SPEC 10.1).

use std::collections::BTreeMap;

use axum::extract::State;
use domain::customers::merge as room;
use domain::kit::{self, CustomerId, Right};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::merges::MergeCreate;
use crate::api::asked::At;
use crate::api::types::{Money, money};
use crate::api::write::Write;
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operation of the room.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Delete), routes!(preview))
}

/// One who takes part.
#[derive(Debug, Serialize, ToSchema)]
struct MergeSide {
    id: String,
    number: String,
    display_name: String,
}

/// What a field says of one.
#[derive(Debug, Serialize, ToSchema)]
struct MergeValue {
    customer: String,
    /// As a person reads it; may be empty.
    value: String,
}

/// A field, side by side.
#[derive(Debug, Serialize, ToSchema)]
struct MergeField {
    /// As in `choices`.
    #[schema(example = "phone")]
    field: String,
    /// The survivor's first.
    values: Vec<MergeValue>,
    /// They are not all the same: there is something to choose.
    differs: bool,
    /// Whose value survives: the one of `choices`, else the one that is suggested.
    survives: String,
}

/// Money of one currency after the merge.
#[derive(Debug, Serialize, ToSchema)]
struct MergeTotal {
    paid: Money,
    refunded: Money,
    lost: Money,
    credit: Money,
}

impl From<room::Sum> for MergeTotal {
    fn from(s: room::Sum) -> Self {
        let of = |m: kit::Money| money(m.minor, m.currency);
        Self { paid: of(s.paid), refunded: of(s.refunded), lost: of(s.lost), credit: of(s.credit) }
    }
}

/// What a merge would do.
#[derive(Debug, Serialize, ToSchema)]
struct MergePreview {
    stays: MergeSide,
    goes: Vec<MergeSide>,
    fields: Vec<MergeField>,
    /// How many rows move, by noun: `{"orders": 12}`.
    moved: BTreeMap<String, i64>,
    /// Names of those whose portal closes, because the survivor has one.
    portals_closed: Vec<String>,
    /// Afterwards, by currency.
    totals: Vec<MergeTotal>,
    /// Days in which it can be undone; 0: it is final at once.
    undo_days: i64,
    /// Why it cannot be done, in words; null when it can.
    refused: Option<String>,
}

impl MergePreview {
    fn of(look: room::Look, choices: &room::Choices, undo_days: i64) -> Self {
        let ids: Vec<String> = look.all.iter().map(|c| c.id.to_string()).collect();
        let field = |side: room::Side| MergeField {
            field: side.field.name().to_owned(),
            differs: side.differs(),
            survives: choices.get(&side.field).unwrap_or(&side.suggested).to_string(),
            values: ids.iter().cloned().zip(side.values).map(|(customer, value)| MergeValue { customer, value }).collect(),
        };
        let fields = look.sides.into_iter().map(field).collect();
        let mut all = look.all.into_iter().map(|c| MergeSide { id: c.id.to_string(), number: c.number, display_name: c.display_name });
        Self {
            stays: all.next().unwrap_or_else(|| MergeSide { id: String::new(), number: String::new(), display_name: String::new() }),
            goes: all.collect(),
            fields,
            moved: look.moved,
            portals_closed: look.closes,
            totals: look.sums.into_iter().map(Into::into).collect(),
            undo_days,
            refused: look.refused,
        }
    }
}

/// Preview a merge.
///
/// The fields side by side, how much moves, the totals afterwards, and why it would be refused. Takes what *Merge customers* takes and changes nothing.
#[utoipa::path(post, path = "/api/v1/customers/{id}/merge/preview", operation_id = "previewMerge", tag = "Customers", params(("id" = String, Path)),
    request_body = MergeCreate, responses((status = 200, body = MergePreview)))]
async fn preview(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<MergeCreate>,
) -> Result<axum::Json<MergePreview>, Problem> {
    let named: CustomerId = id(&text, "customer")?;
    let (gone, stays, choices) = write.input.read(&named)?;
    let (look, days) = app
        .read(&caller.0, {
            let choices = choices.clone();
            move |tx, ctx| Ok((room::preview(tx, ctx, &gone, &stays, &choices)?, room::undo_days(tx, ctx)?))
        })
        .await?;
    Ok(axum::Json(MergePreview::of(look, &choices, days)))
}
