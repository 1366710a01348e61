//! Imports (SPEC 9.2): a file comes in, its columns are chosen, a dry run tells what would happen, it runs, and it can be taken back.

mod body;

use axum::extract::{Request as HttpRequest, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::Error;
use domain::imports::{self as room, ImportError, Shelf};
use domain::kit::{Ctx, ImportId, Problems, Right};
use serde::Deserialize;
use store::Tx;
use tokio_util::io::ReaderStream;
use utoipa::IntoParams;
use utoipa_axum::routes;

use self::body::{Import, ImportColumns, ImportUndo};
use super::asked::{Asked, At, NewestAsked, limit, maybe};
use super::types::Page;
use super::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// What a file may say it is.
const KINDS: [&str; 6] = [
    "text/csv",
    "application/gzip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/x-ndjson",
    "application/octet-stream",
    "text/plain",
];

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let import = Policy::May(Right::Import);
    routes
        .api(import, routes!(list))
        .api(import, routes!(create))
        .api(import, routes!(get))
        .api(import, routes!(discard))
        .api(import, routes!(columns))
        .api(import, routes!(check))
        .api(import, routes!(run))
        .api(import, routes!(cancel))
        .api(import, routes!(foretell))
        .api(import, routes!(undo))
        .api(import, routes!(failed))
}

/// List imports.
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/imports", operation_id = "listImports", tag = "Imports", params(NewestAsked),
    responses((status = 200, body = Page<Import>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, Asked(asked): Asked<NewestAsked>) -> Result<axum::Json<Page<Import>>, Problem> {
    let (limit, after) = (limit(asked.limit)?, maybe::<ImportId>("after", asked.after.as_deref())?);
    let mut found = app.read(&ctx, move |tx, ctx| room::list(tx, ctx, after.as_ref(), limit + 1)).await?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(axum::Json(Page { next, ..Page::whole(found.into_iter().map(Into::into).collect()) }))
}

/// What a file is called.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FileAsked {
    /// The name people see; absent: `file`.
    name: Option<String>,
}

/// Upload a file for an import.
///
/// CSV (also packed by gzip), XLSX or JSON Lines; what it is is found in the file itself. Nothing is imported yet. The file is written to the
/// disk as it comes, and is removed when the import is over, or after seven days. Larger than the limit of the installation is 413.
#[utoipa::path(post, path = "/api/v1/imports", operation_id = "createImport", tag = "Imports", params(FileAsked),
    request_body(content((String = "text/csv"), (Vec<u8> = "application/gzip"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson"),
        (Vec<u8> = "application/octet-stream"), (String = "text/plain"))),
    responses((status = 201, body = Import)))]
async fn create(State(app): State<App>, caller: Caller, Asked(asked): Asked<FileAsked>, request: HttpRequest) -> Result<Response, Problem> {
    let shelf = Shelf::of(&app.config.data);
    let (arrived, write) = Write::arriving(request, &KINDS, &shelf, app.config.import_max).await?.apart();
    let (there, own, name) = (shelf.clone(), caller.0.id::<ImportId>(), asked.name.unwrap_or_default());
    let import = own.clone();
    let received = tokio::task::spawn_blocking(move || room::receive(&there, arrived.part, &name, own)).await;
    let file = received.map_err(|e| Error::Internal(e.to_string()))?.map_err(of_file)?;
    let answer = write
        .run(&app, &caller, move |tx, ctx, ()| {
            let made = room::upload(tx, ctx, &file)?;
            reply(StatusCode::CREATED, &format!("/api/v1/imports/{}", made.id), &Import::from(made))
        })
        .await;
    if !answer.as_ref().is_ok_and(|a| !a.headers().contains_key("idempotent-replay")) {
        shelf.clear(&import);
    }
    answer
}

/// Read an import.
///
/// While it is not started with the columns of its file and values that stand in them; once it is done with the first rows that were not taken.
#[utoipa::path(get, path = "/api/v1/imports/{id}", operation_id = "getImport", tag = "Imports", params(("id" = String, Path)),
    responses((status = 200, body = Import)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Import>, Problem> {
    let id: ImportId = id(&text, "import")?;
    let found = app.read(&ctx, move |tx, ctx| room::load(tx, ctx, &id)).await?;
    let (shelf, db) = (Shelf::of(&app.config.data), app.db.clone());
    let whole = tokio::task::spawn_blocking(move || body::whole(&db, &ctx, &shelf, found)).await;
    Ok(axum::Json(whole.map_err(|e| Error::Internal(e.to_string()))??))
}

/// Discard an import that was never started.
///
/// Its file goes with it.
#[utoipa::path(delete, path = "/api/v1/imports/{id}", operation_id = "discardImport", tag = "Imports", params(("id" = String, Path)),
    responses((status = 204)))]
async fn discard(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let which: ImportId = id(&text, "import")?;
    let own = which.clone();
    let answer = write.run(&app, &caller, move |tx, ctx, ()| room::discard(tx, ctx, &own).map(|()| done())).await?;
    Shelf::of(&app.config.data).clear(&which);
    Ok(answer)
}

/// Choose the columns of an import.
///
/// One entry for each column of the file, in its order: the name of a field, `Metadata:key`, or nothing to leave it out. What a dry run found
/// before is forgotten. 422 names the column by its place.
#[utoipa::path(put, path = "/api/v1/imports/{id}/columns", operation_id = "chooseImportColumns", tag = "Imports",
    params(("id" = String, Path)), request_body = ImportColumns, responses((status = 200, body = Import)))]
async fn columns(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ImportColumns>) -> Result<Response, Problem> {
    let id: ImportId = id(&text, "import")?;
    let own = id.clone();
    let import = app.read(&caller.0, move |tx, ctx| room::load(tx, ctx, &own)).await?;
    let (shelf, request) = (Shelf::of(&app.config.data), write.input.request(&import)?);
    let asked = request.clone();
    let plan = tokio::task::spawn_blocking(move || room::chosen(&shelf, &import, &asked)).await;
    let plan = plan.map_err(|e| Error::Internal(e.to_string()))??;
    write.run(&app, &caller, move |tx, ctx, _| reply(StatusCode::OK, "", &Import::from(room::choose(tx, ctx, &id, &request, &plan)?))).await
}

/// Check an import.
///
/// A dry run in a copy of the data: `checked` then tells what would happen. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/imports/{id}/check", operation_id = "checkImport", tag = "Imports", params(("id" = String, Path)),
    responses((status = 202, body = Import)))]
async fn check(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, room::check).await
}

/// Run an import.
///
/// It goes on by itself, also when the machine restarts: one outcome for each row.
#[utoipa::path(post, path = "/api/v1/imports/{id}/run", operation_id = "runImport", tag = "Imports", params(("id" = String, Path)),
    responses((status = 202, body = Import)))]
async fn run(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, room::start).await
}

/// Cancel an import.
///
/// A dry run just stops; an import that runs is taken back.
#[utoipa::path(post, path = "/api/v1/imports/{id}/cancel", operation_id = "cancelImport", tag = "Imports", params(("id" = String, Path)),
    responses((status = 202, body = Import)))]
async fn cancel(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, room::cancel).await
}

/// Tell what undoing an import would do.
///
/// Looks at the first 5,000 customers and orders. Changes nothing.
#[utoipa::path(get, path = "/api/v1/imports/{id}/undo", operation_id = "previewImportUndo", tag = "Imports", params(("id" = String, Path)),
    responses((status = 200, body = ImportUndo)))]
async fn foretell(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<ImportUndo>, Problem> {
    let (id, db): (ImportId, _) = (id(&text, "import")?, app.db.clone());
    let told = tokio::task::spawn_blocking(move || room::foretell(&db, &ctx, &id)).await;
    Ok(axum::Json(told.map_err(|e| Error::Internal(e.to_string()))?.map_err(of_file)?.into()))
}

/// Undo an import.
///
/// What it made is deleted, what it changed becomes what it was; what somebody worked on since stays, and `message` says how much.
#[utoipa::path(post, path = "/api/v1/imports/{id}/undo", operation_id = "undoImport", tag = "Imports", params(("id" = String, Path)),
    responses((status = 202, body = Import)))]
async fn undo(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, room::take_back).await
}

/// Take the rows that were not taken.
///
/// As they stand in the file, with the number of the row and the reason behind them; mended, the file is imported as it is. For seven days.
#[utoipa::path(get, path = "/api/v1/imports/{id}/failed-rows", operation_id = "getImportFailedRows", tag = "Imports",
    params(("id" = String, Path)), responses((status = 200, description = "The file", content((String = "text/csv")))))]
async fn failed(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<Response, Problem> {
    let id: ImportId = id(&text, "import")?;
    let import = app.read(&ctx, move |tx, ctx| room::load(tx, ctx, &id)).await?;
    let path = Shelf::of(&app.config.data).failed(&import.id);
    let file = match import.kept_until.filter(|_| import.state == room::State::Done) {
        Some(_) => tokio::fs::File::open(path).await.ok(),
        None => None,
    };
    let file = file.ok_or(Error::NotFound("file of failed rows"))?;
    app.write(&ctx, move |tx, ctx| room::failed_rows_taken(tx, ctx, &import)).await?;
    let body = axum::body::Body::from_stream(ReaderStream::with_capacity(file, 1 << 16));
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], body).into_response())
}

async fn step(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<()>,
    verb: fn(&mut Tx, &Ctx, &ImportId) -> domain::Result<room::Import>,
) -> Result<Response, Problem> {
    let id: ImportId = id(text, "import")?;
    write.run(app, caller, move |tx, ctx, ()| reply(StatusCode::ACCEPTED, "", &Import::from(verb(tx, ctx, &id)?))).await
}

fn of_file(error: ImportError) -> Error {
    match error {
        ImportError::File(words) => Problems::one("file", "invalid", words),
        ImportError::Domain(error) => error,
        ImportError::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => Error::Store(store::Error::Full),
        ImportError::Io(error) => Error::Internal(format!("a file on its way in: {error}")),
    }
}
