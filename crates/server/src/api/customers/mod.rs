//! Customers: list, create, read, edit, archive, delete.

mod asked;
mod avatar;
mod billing;
pub mod body;
pub(in crate::api) mod bulk;
mod labels;
mod merge_preview;
mod merges;
mod notes;
mod topics;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::customers as room;
use domain::kit::{CustomerId, Right};
use utoipa_axum::routes;

use self::asked::{CustomerCounts, CustomersAsked};
use self::body::{Archive, Customer, CustomerCreate, CustomerCreated, CustomerPatch, CustomerRow};
use super::asked::At;
use super::types::Page;
use super::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let routes = one(routes);
    let routes = merge_preview::routes(merges::routes(bulk::routes(avatar::routes(labels::routes(notes::routes(routes))))));
    topics::routes(billing::routes(routes))
}

fn one(routes: Routes) -> Routes {
    routes
        .api(Policy::May(Right::Read), routes!(list))
        .api(Policy::May(Right::Read), routes!(count))
        .api(Policy::May(Right::Write), routes!(create))
        .api(Policy::May(Right::Read), routes!(get))
        .api(Policy::May(Right::Write), routes!(edit))
        .api(Policy::May(Right::Delete), routes!(delete))
        .api(Policy::May(Right::Delete), routes!(restore))
        .api(Policy::May(Right::Purge), routes!(purge))
        .api(Policy::May(Right::Write), routes!(archive))
        .api(Policy::May(Right::Write), routes!(unarchive))
}

/// List customers.
///
/// The same filters as the page, by the same names.
#[utoipa::path(get, path = "/api/v1/customers", operation_id = "listCustomers", tag = "Customers", params(CustomersAsked),
    responses((status = 200, body = Page<CustomerRow>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<Page<CustomerRow>>, Problem> {
    let query = asked::query(raw.as_deref())?;
    let indexes = app.indexes.clone();
    let page = app
        .read(&ctx, move |tx, ctx| {
            let query = room::list::expand(tx, ctx, query.clone())?;
            room::list::page_only(tx, ctx, &indexes, &query)
        })
        .await?;
    Ok(axum::Json(Page {
        data: page.rows.into_iter().map(Into::into).collect(),
        next: page.after,
        prev: page.before,
        total: Some(page.total),
    }))
}

/// Count customers.
///
/// How many match, and how many each option of each filter would give, what is chosen in the same filter aside.
#[utoipa::path(get, path = "/api/v1/customers/counts", operation_id = "countCustomers", tag = "Customers", params(CustomersAsked),
    responses((status = 200, body = CustomerCounts)))]
async fn count(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<CustomerCounts>, Problem> {
    let query = asked::query(raw.as_deref())?;
    let indexes = app.indexes.clone();
    let page = app
        .read(&ctx, move |tx, ctx| {
            let query = room::list::expand(tx, ctx, query.clone())?;
            room::list::page(tx, ctx, &indexes, &query)
        })
        .await?;
    Ok(axum::Json(CustomerCounts::of(page)))
}

/// Create a customer.
#[utoipa::path(post, path = "/api/v1/customers", operation_id = "createCustomer", tag = "Customers", request_body = CustomerCreate,
    responses((status = 201, body = CustomerCreated)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<CustomerCreate>) -> Result<Response, Problem> {
    let named = namesakes(&app, &caller, &write.input).await?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let made = room::create_beside(tx, ctx, body.input()?, &named)?;
            let customer = room::get(tx, &seeing(ctx), &made.id)?.into();
            let likely_duplicates = made.likely_duplicates.into_iter().map(Into::into).collect();
            reply(StatusCode::CREATED, &format!("/api/v1/customers/{}", made.id), &CustomerCreated { customer, likely_duplicates })
        })
        .await
}

/// Who has this name already, by the index of names. A key that may not read is told of nobody by it.
async fn namesakes(app: &App, caller: &Caller, body: &CustomerCreate) -> Result<Vec<CustomerId>, Problem> {
    let Ok(new) = body.input() else { return Ok(Vec::new()) };
    if !caller.0.may(Right::Read) || [&new.name, &new.first_name, &new.last_name].into_iter().all(|part| part.trim().is_empty()) {
        return Ok(Vec::new());
    }
    let (name, indexes) =
        (room::display_name(new.name.trim(), new.first_name.trim(), new.last_name.trim(), "", "", ""), app.indexes.clone());
    Ok(app.read(&caller.0, move |tx, ctx| room::list::named_like(tx, ctx, &indexes, &name)).await?)
}

/// Read a customer.
///
/// The id of a customer that was merged answers with the survivor: its `id` is another one, and `Content-Location` names its address. The same
/// holds below this address and for changes, but not for deleting, archiving and merging.
#[utoipa::path(get, path = "/api/v1/customers/{id}", operation_id = "getCustomer", tag = "Customers", params(("id" = String, Path)),
    responses((status = 200, body = Customer)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    let customer: Customer = app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into();
    Ok(axum::Json(customer).into_response())
}

/// Change a customer.
#[utoipa::path(patch, path = "/api/v1/customers/{id}", operation_id = "editCustomer", tag = "Customers", params(("id" = String, Path)),
    request_body = CustomerPatch, responses((status = 200, body = Customer)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<CustomerPatch>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let now = if body.has_address() { Some(room::get(tx, ctx, &id)?) } else { None };
            reply(StatusCode::OK, "", &Customer::from(room::edit(tx, ctx, &id, body.edit(now.as_ref())?)?))
        })
        .await
}

/// Delete a customer.
///
/// Restorable for 30 days; orders, payments and invoices stay.
#[utoipa::path(delete, path = "/api/v1/customers/{id}", operation_id = "deleteCustomer", tag = "Customers", params(("id" = String, Path)),
    responses((status = 204)))]
async fn delete(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::delete(tx, ctx, &id).map(|()| done())).await
}

/// Restore a deleted customer.
#[utoipa::path(post, path = "/api/v1/customers/{id}/restoration", operation_id = "restoreCustomer", tag = "Customers", params(("id" = String, Path)),
    responses((status = 204)))]
async fn restore(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::restore(tx, ctx, &id).map(|()| done())).await
}

/// Delete a customer permanently.
///
/// Cannot be undone. Answers 409 `linked` with everything that is linked to the customer, if anything is.
#[utoipa::path(post, path = "/api/v1/customers/{id}/purge", operation_id = "purgeCustomer", tag = "Customers", params(("id" = String, Path)),
    responses((status = 204)))]
async fn purge(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    let answer = write.run(&app, &caller, move |tx, ctx, ()| room::delete_permanently(tx, ctx, &id).map(|()| done())).await?;
    app.erased().await?;
    Ok(answer)
}

/// Archive a customer.
#[utoipa::path(post, path = "/api/v1/customers/{id}/archive", operation_id = "archiveCustomer", tag = "Customers", params(("id" = String, Path)),
    request_body = Archive, responses((status = 204)))]
async fn archive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<Archive>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| room::archive(tx, ctx, &id, body.cancel_subscriptions.map(Into::into)).map(|()| done()))
        .await
}

/// Unarchive a customer.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/archive", operation_id = "unarchiveCustomer", tag = "Customers", params(("id" = String, Path)),
    responses((status = 204)))]
async fn unarchive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::unarchive(tx, ctx, &id).map(|()| done())).await
}
