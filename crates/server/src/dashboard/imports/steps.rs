//! What is pressed on an import: start, stop, discard, take back; and the file of the rows that were not taken.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::Error;
use domain::imports::{self, Foretold, Import, ImportError, Shelf};
use domain::kit::{Ctx, ImportId};
use store::Tx;

use super::{page, words};
use crate::app::App;
use crate::dashboard::{PageResult, files, frame, see_other, show, toasted};
use crate::http::{Who, guard};
use crate::look::Frame;

type Verb = fn(&mut Tx, &Ctx, &ImportId) -> domain::Result<Import>;

async fn step(app: &App, who: &Who, id: &str, verb: Verb) -> PageResult {
    let id: ImportId = guard::id(id, "import")?;
    let back = format!("/imports/{id}");
    app.write(&who.ctx, move |tx, ctx| verb(tx, ctx, &id)).await?;
    Ok(see_other(&back))
}

/// Starts it.
pub async fn run(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    step(&app, &who, &id, imports::start).await
}

/// Stops it.
pub async fn cancel(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    step(&app, &who, &id, imports::cancel).await
}

/// Takes it back.
pub async fn undo(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    step(&app, &who, &id, imports::take_back).await
}

/// Forgets one that was never started.
pub async fn discard(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    let id: ImportId = guard::id(&id, "import")?;
    let which = id.clone();
    app.write(&who.ctx, move |tx, ctx| imports::discard(tx, ctx, &which)).await?;
    Shelf::of(&app.config.data).clear(&id);
    Ok(toasted(see_other("/imports"), "The file is discarded. Nothing of it was taken.", None))
}

#[derive(Template)]
#[template(path = "dashboard/imports/undo.html")]
struct UndoPage {
    frame: Frame,
    id: String,
    name: String,
    lines: Vec<(String, &'static str)>,
    more: bool,
    most: String,
    kept: bool,
}

/// What taking it back would do.
pub async fn ask_undo(State(app): State<App>, who: Who, Path(id): Path<String>, uri: Uri, headers: HeaderMap) -> PageResult {
    let id: ImportId = guard::id(&id, "import")?;
    let which = id.clone();
    let import = app.read(&who.ctx, move |tx, ctx| imports::load(tx, ctx, &which)).await?;
    if import.state != imports::State::Done {
        return Ok(see_other(&format!("/imports/{id}")));
    }
    let (db, ctx) = (app.db.clone(), who.ctx.clone());
    let told = tokio::task::spawn_blocking(move || imports::foretell(&db, &ctx, &id)).await;
    let told = told.map_err(|e| Error::Internal(e.to_string()))?.map_err(plain)?;
    let page = UndoPage {
        frame: frame(&app, &who, "customers", &uri, &headers).await?,
        id: import.id.to_string(),
        name: words::name(&import),
        lines: lines(&told),
        more: told.more,
        most: words::number(imports::WALKED as i64),
        kept: told.kept > 0,
    };
    Ok(show(&page))
}

fn lines(told: &Foretold) -> Vec<(String, &'static str)> {
    let all = [
        (told.deleted, "customer that it made is deleted", "customers that it made are deleted"),
        (told.restored, "customer that it changed becomes what it was", "customers that it changed become what they were"),
        (told.orders, "order that it made is deleted, with its payment", "orders that it made are deleted, with their payments"),
        (
            told.kept,
            "customer or order stays, whole or in part, because something was done with it since",
            "customers or orders stay, whole or in part, because something was done with them since",
        ),
    ];
    all.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| (words::number(n as i64), if n == 1 { one } else { many })).collect()
}

/// The rows that were not taken, each with its reason: mended, they are imported as they are.
pub async fn failed(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    let id: ImportId = guard::id(&id, "import")?;
    let which = id.clone();
    let import = app.read(&who.ctx, move |tx, ctx| imports::load(tx, ctx, &which)).await?;
    let file = page::failed_file(&app, &import).ok_or(Error::NotFound("file of failed rows"))?;
    app.write(&who.ctx, move |tx, ctx| imports::failed_rows_taken(tx, ctx, &import)).await?;
    Ok(files::sent_as(file, "text/csv; charset=utf-8", &format!("{id}-failed.csv")))
}

/// An error of the room as one of the trade.
pub fn plain(error: ImportError) -> Error {
    match error {
        ImportError::Domain(error) => error,
        ImportError::File(words) => Error::conflict("import_file", words),
        ImportError::Io(error) => Error::Internal(format!("an import: {error}")),
    }
}
