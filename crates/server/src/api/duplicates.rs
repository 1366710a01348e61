//! Customers that are likely one person: the pairs, a run over all customers, *not a duplicate*.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::duplicates::{self as room, After, Asked as Which};
use domain::jobs;
use domain::kit::{CustomerId, Problems, Right};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::{Asked, At, limit, maybe};
use super::jobs::Job;
use super::types::{Money, Page, Time, money, time};
use super::words;
use super::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let write = Policy::May(Right::Write);
    routes.api(Policy::May(Right::Read), routes!(list)).api(write, routes!(seek)).api(write, routes!(dismiss)).api(write, routes!(undo))
}

/// One of the two.
#[derive(Debug, Serialize, ToSchema)]
struct DuplicateSide {
    id: String,
    display_name: String,
    number: String,
    email: String,
    phone: String,
    company: String,
    /// The billing address in one line.
    address: String,
    created_at: Time,
    /// All orders but drafts and abandoned ones.
    orders: i64,
    /// Lifetime value in the merchant's currency.
    lifetime: Money,
}

/// Two customers that are likely one person.
#[derive(Debug, Serialize, ToSchema)]
struct DuplicatePair {
    /// The one that was made first.
    a: DuplicateSide,
    b: DuplicateSide,
    #[schema(value_type = words::DuplicateState)]
    state: room::State,
    /// How likely, in ten-thousandths.
    #[schema(minimum = 0, maximum = 10000)]
    score: i64,
    /// Why, without values: `Same last name and zip; first name nearly the same`.
    why: String,
    found_at: Time,
    /// Absent while the pair is open.
    decided_at: Option<Time>,
    /// Who called them two people; empty while the pair is open.
    decided_by: String,
}

impl From<room::Side> for DuplicateSide {
    fn from(s: room::Side) -> Self {
        Self {
            id: s.id.to_string(),
            display_name: s.display_name,
            number: s.number,
            email: s.email,
            phone: s.phone,
            company: s.company,
            address: s.address,
            created_at: Time(s.created_at),
            orders: s.orders,
            lifetime: money(s.lifetime.minor, s.lifetime.currency),
        }
    }
}

impl From<room::Pair> for DuplicatePair {
    fn from(p: room::Pair) -> Self {
        Self {
            a: p.a.into(),
            b: p.b.into(),
            state: p.state,
            score: p.score.0,
            why: p.why,
            found_at: Time(p.found_at),
            decided_at: time(p.decided_at),
            decided_by: p.decided_by,
        }
    }
}

/// Which pairs.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DuplicatesAsked {
    /// `open` unless said.
    #[param(value_type = Option<words::DuplicateState>)]
    state: Option<String>,
    /// At least as likely, in ten-thousandths.
    #[param(minimum = 0, maximum = 10000)]
    score_min: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

impl DuplicatesAsked {
    fn which(&self) -> domain::Result<Which> {
        let wrong = |field: &str| Problems::one(field, "invalid", "This is not a value of that kind.");
        let after = self.after.as_deref().filter(|text| !text.is_empty());
        let after = after.map(|text| After::parse(text).ok_or_else(|| wrong("after"))).transpose()?;
        let from = self.score_min.unwrap_or(0);
        if !(0..=10_000).contains(&from) {
            return Err(Problems::one("score_min", "invalid", "Use 0 to 10000."));
        }
        let state = maybe::<room::State>("state", self.state.as_deref())?.unwrap_or(room::State::Open);
        Ok(Which { state, from, after, limit: limit(self.limit)? })
    }
}

/// List pairs of customers that are likely one person.
///
/// Surest first. Pairs of which one is deleted, merged or anonymised are left out; `total` counts up to 10,000.
#[utoipa::path(get, path = "/api/v1/duplicates", operation_id = "listDuplicates", tag = "Duplicates", params(DuplicatesAsked),
    responses((status = 200, body = Page<DuplicatePair>)))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    Asked(asked): Asked<DuplicatesAsked>,
) -> Result<axum::Json<Page<DuplicatePair>>, Problem> {
    let which = asked.which()?;
    let found = app.read(&ctx, move |tx, ctx| room::list(tx, ctx, &which)).await?;
    let data = found.pairs.into_iter().map(Into::into).collect();
    Ok(axum::Json(Page { next: found.next.map(|next| next.print()), total: Some(found.total.unsigned_abs()), ..Page::whole(data) }))
}

/// Find duplicates.
///
/// A job compares all customers and writes the pairs. While one waits or runs already, that one is the answer. Nobody is merged by it.
#[utoipa::path(post, path = "/api/v1/duplicates/runs", operation_id = "findDuplicates", tag = "Duplicates",
    responses((status = 202, body = Job)))]
async fn seek(State(app): State<App>, caller: Caller, write: Write<()>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, ()| {
            let job = room::seek(tx, ctx)?;
            reply(StatusCode::ACCEPTED, &format!("/api/v1/jobs/{job}"), &Job::from(jobs::load(tx, &seeing(ctx), &job)?))
        })
        .await
}

/// Say that two customers are not a duplicate.
///
/// The pair is not offered again, whatever later runs find. Twice is once.
#[utoipa::path(post, path = "/api/v1/duplicates/{a}/{b}/dismissal", operation_id = "dismissDuplicate", tag = "Duplicates",
    params(("a" = String, Path), ("b" = String, Path)), responses((status = 200, body = DuplicatePair)))]
async fn dismiss(State(app): State<App>, caller: Caller, At((a, b)): At<(String, String)>, write: Write<()>) -> Result<Response, Problem> {
    let (a, b): (CustomerId, CustomerId) = (id(&a, "customer")?, id(&b, "customer")?);
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            room::dismiss(tx, ctx, &a, &b)?;
            reply(StatusCode::OK, "", &DuplicatePair::from(room::get(tx, &seeing(ctx), &a, &b)?))
        })
        .await
}

/// Take back that two customers are not a duplicate.
#[utoipa::path(delete, path = "/api/v1/duplicates/{a}/{b}/dismissal", operation_id = "undoDismissDuplicate", tag = "Duplicates",
    params(("a" = String, Path), ("b" = String, Path)), responses((status = 204)))]
async fn undo(State(app): State<App>, caller: Caller, At((a, b)): At<(String, String)>, write: Write<()>) -> Result<Response, Problem> {
    let (a, b): (CustomerId, CustomerId) = (id(&a, "customer")?, id(&b, "customer")?);
    write.run(&app, &caller, move |tx, ctx, ()| room::undo_dismissal(tx, ctx, &a, &b).map(|()| done())).await
}
