//! Affiliates: who they are, what they earn on payments, what they are owed and were paid.

mod body;
mod export;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::affiliates::{self as room, Change, PayoutInput, Period};
use domain::kit::{AffiliateId, Ctx, PageKey, PaymentId, Right};
use serde::Deserialize;
use store::Tx;
use utoipa::IntoParams;
use utoipa_axum::routes;

use self::body::{Affiliate, AffiliatePut, AffiliateTotal, Commission, CommissionPut, Payout, PayoutCreate};
use super::asked::{Asked, At, after, limit, maybe};
use super::types::{Page, Time};
use super::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, settings, payments) = (Policy::May(Right::Read), Policy::May(Right::Settings), Policy::May(Right::Payments));
    routes
        .api(read, routes!(list))
        .api(settings, routes!(create))
        .api(read, routes!(get))
        .api(settings, routes!(edit))
        .api(settings, routes!(archive))
        .api(settings, routes!(unarchive))
        .api(read, routes!(totals))
        .api(read, routes!(commissions))
        .api(read, routes!(payouts))
        .api(Policy::May(Right::Refund), routes!(pay_out))
        .api(read, routes!(commission))
        .api(payments, routes!(set_commission))
        .api(payments, routes!(drop_commission))
        .api(Policy::May(Right::Export), routes!(export::file))
}

/// A time, by the moments of payments.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeriodAsked {
    /// Not before, RFC 3339.
    from: Option<String>,
    /// Before, RFC 3339.
    until: Option<String>,
}

/// A page of commissions of a time.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CommissionsAsked {
    /// Not before, RFC 3339.
    from: Option<String>,
    /// Before, RFC 3339.
    until: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

fn period(from: Option<&str>, until: Option<&str>) -> domain::Result<Period> {
    let moment = |field, text| Ok::<_, domain::Error>(maybe::<jiff::Timestamp>(field, text)?.map(jiff::Timestamp::as_microsecond));
    Ok(Period { from: moment("from", from)?.unwrap_or(i64::MIN), until: moment("until", until)?.unwrap_or(i64::MAX) })
}

/// List affiliates.
///
/// By name, archived ones too.
#[utoipa::path(get, path = "/api/v1/affiliates", operation_id = "listAffiliates", tag = "Affiliates",
    responses((status = 200, body = Page<Affiliate>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Answer<Page<Affiliate>> {
    let found = app.read(&ctx, |tx, ctx| room::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Create an affiliate.
#[utoipa::path(post, path = "/api/v1/affiliates", operation_id = "createAffiliate", tag = "Affiliates", request_body = AffiliatePut,
    responses((status = 201, body = Affiliate)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<AffiliatePut>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let made = Affiliate::from(room::create(tx, ctx, &body.input())?);
            reply(StatusCode::CREATED, &format!("/api/v1/affiliates/{}", made.id), &made)
        })
        .await
}

/// Read an affiliate.
#[utoipa::path(get, path = "/api/v1/affiliates/{id}", operation_id = "getAffiliate", tag = "Affiliates", params(("id" = String, Path)),
    responses((status = 200, body = Affiliate)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Affiliate> {
    let id: AffiliateId = id(&text, "affiliate")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change an affiliate.
///
/// What was agreed on payments before stays as it was.
#[utoipa::path(put, path = "/api/v1/affiliates/{id}", operation_id = "editAffiliate", tag = "Affiliates", params(("id" = String, Path)),
    request_body = AffiliatePut, responses((status = 200, body = Affiliate)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<AffiliatePut>) -> Result<Response, Problem> {
    let id: AffiliateId = id(&text, "affiliate")?;
    write
        .run(&app, &caller, move |tx, ctx, body| reply(StatusCode::OK, "", &Affiliate::from(room::edit(tx, ctx, &id, &body.input())?)))
        .await
}

/// Archive an affiliate.
///
/// It earns nothing new.
#[utoipa::path(post, path = "/api/v1/affiliates/{id}/archive", operation_id = "archiveAffiliate", tag = "Affiliates",
    params(("id" = String, Path)), responses((status = 200, body = Affiliate)))]
async fn archive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: AffiliateId = id(&text, "affiliate")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &Affiliate::from(room::archive(tx, ctx, &id)?))).await
}

/// Unarchive an affiliate.
#[utoipa::path(delete, path = "/api/v1/affiliates/{id}/archive", operation_id = "unarchiveAffiliate", tag = "Affiliates",
    params(("id" = String, Path)), responses((status = 200, body = Affiliate)))]
async fn unarchive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: AffiliateId = id(&text, "affiliate")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &Affiliate::from(room::unarchive(tx, ctx, &id)?))).await
}

/// Sum up what affiliates earned, were paid and are owed.
///
/// One row for each affiliate and currency, of the payments of a time.
#[utoipa::path(get, path = "/api/v1/affiliates/totals", operation_id = "sumAffiliates", tag = "Affiliates", params(PeriodAsked),
    responses((status = 200, body = Page<AffiliateTotal>)))]
async fn totals(State(app): State<App>, Caller(ctx): Caller, Asked(asked): Asked<PeriodAsked>) -> Answer<Page<AffiliateTotal>> {
    let period = period(asked.from.as_deref(), asked.until.as_deref())?;
    let found = app.read(&ctx, move |tx, ctx| room::totals(tx, ctx, period)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// List the commissions of an affiliate.
///
/// Newest payment first.
#[utoipa::path(get, path = "/api/v1/affiliates/{id}/commissions", operation_id = "listCommissions", tag = "Affiliates",
    params(("id" = String, Path), CommissionsAsked), responses((status = 200, body = Page<Commission>)))]
async fn commissions(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<CommissionsAsked>,
) -> Answer<Page<Commission>> {
    let id: AffiliateId = id(&text, "affiliate")?;
    let (limit, after) = (limit(asked.limit)?, after(asked.after.as_deref())?);
    let period = period(asked.from.as_deref(), asked.until.as_deref())?;
    let mut found = app
        .read(&ctx, move |tx, ctx| {
            room::get(tx, ctx, &id)?;
            room::commissions(tx, ctx, Some(&id), period, after.as_ref(), limit + 1)
        })
        .await?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or_default());
    let next = found.last().filter(|_| more).map(|c| PageKey { at: c.paid_at, id: c.payment.to_string() }.to_string());
    Ok(axum::Json(Page { data: found.into_iter().map(Into::into).collect(), next, prev: None, total: None }))
}

/// List the payouts of an affiliate.
///
/// Newest first, at most 200.
#[utoipa::path(get, path = "/api/v1/affiliates/{id}/payouts", operation_id = "listPayouts", tag = "Affiliates", params(("id" = String, Path)),
    responses((status = 200, body = Page<Payout>)))]
async fn payouts(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Page<Payout>> {
    let id: AffiliateId = id(&text, "affiliate")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            room::get(tx, ctx, &id)?;
            room::payouts(tx, ctx, &id, super::asked::MOST)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Mark what is due to an affiliate as paid.
///
/// Nothing is sent: this notes that the money went. Answers 409 `nothing_due`, or `due_changed` when another sum is due than expected.
#[utoipa::path(post, path = "/api/v1/affiliates/{id}/payouts", operation_id = "payOut", tag = "Affiliates", params(("id" = String, Path)),
    request_body = PayoutCreate, responses((status = 201, body = Payout)))]
async fn pay_out(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<PayoutCreate>) -> Result<Response, Problem> {
    let id: AffiliateId = id(&text, "affiliate")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let moment = |at: Option<Time>, open| at.map_or(open, |t| t.0);
            let input = PayoutInput {
                affiliate: id.clone(),
                currency: body.currency,
                period: Period { from: moment(body.from, i64::MIN), until: moment(body.until, i64::MAX) },
                expected: body.expected,
                note: body.note.clone(),
            };
            let made = room::pay_out(tx, ctx, &input)?;
            let all = room::payouts(tx, &seeing(ctx), &id, super::asked::MOST)?;
            let made = all.into_iter().find(|p| p.id == made).ok_or(domain::Error::NotFound("payout"))?;
            reply(StatusCode::CREATED, "", &Payout::from(made))
        })
        .await
}

fn whole(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> domain::Result<Commission> {
    room::commission_of(tx, ctx, payment)?.map(Into::into).ok_or(domain::Error::NotFound("commission"))
}

/// Read the commission on a payment.
#[utoipa::path(get, path = "/api/v1/payments/{id}/commission", operation_id = "getCommission", tag = "Affiliates",
    params(("id" = String, Path)), responses((status = 200, body = Commission)))]
async fn commission(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Commission> {
    let payment: PaymentId = id(&text, "payment")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| whole(tx, ctx, &payment)).await?))
}

/// Say whose a payment is, and the commission.
///
/// Old and new stand on the customer's timeline. Answers 409 `commission_paid` when it was paid out to somebody else.
#[utoipa::path(put, path = "/api/v1/payments/{id}/commission", operation_id = "setCommission", tag = "Affiliates",
    params(("id" = String, Path)), request_body = CommissionPut, responses((status = 200, body = Commission)))]
async fn set_commission(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<CommissionPut>,
) -> Result<Response, Problem> {
    let payment: PaymentId = id(&text, "payment")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            room::set(tx, ctx, &payment, &Change { affiliate: Some(body.affiliate.clone()), amount: body.amount })?;
            reply(StatusCode::OK, "", &whole(tx, &seeing(ctx), &payment)?)
        })
        .await
}

/// Take the commission off a payment.
#[utoipa::path(delete, path = "/api/v1/payments/{id}/commission", operation_id = "dropCommission", tag = "Affiliates",
    params(("id" = String, Path)), responses((status = 204)))]
async fn drop_commission(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let payment: PaymentId = id(&text, "payment")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::set(tx, ctx, &payment, &Change::default()).map(|()| done())).await
}
