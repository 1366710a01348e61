//! One import, as far as it is: choosing, checking, checked, running, over.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::Error;
use domain::files::Kind;
use domain::imports::{self, Import, Shelf, State as Stage};
use domain::kit::{Ctx, ImportId};
use serde::Deserialize;

use super::columns::{self, Columns};
use super::words;
use crate::app::App;
use crate::dashboard::customers::profile::field_name;
use crate::dashboard::{PageResult, frame, moments, show_with};
use crate::http::{Who, guard};
use crate::look::{Form, Frame, When};

/// Failed rows that the page shows.
const FAILURES: usize = 20;

#[derive(Template)]
#[template(path = "dashboard/imports/page.html")]
struct ImportPage {
    frame: Frame,
    id: String,
    name: String,
    tone: &'static str,
    word: &'static str,
    /// Size, kind, shop and layout.
    facts: Vec<(&'static str, String)>,
    by: String,
    begun: When,
    ended: Option<When>,
    message: String,
    /// Something is under way.
    busy: bool,
    may_cancel: bool,
    phase: String,
    done: u64,
    total: u64,
    figures: Vec<(&'static str, String)>,
    /// Why it cannot go on as it is.
    problem: String,
    columns: Option<Columns>,
    checked: bool,
    /// `1,204 created, 3 changed`
    button: String,
    changes: Vec<ChangeView>,
    failures: Vec<(String, String)>,
    /// The rows that were not taken lie here.
    has_failed: bool,
    kept_until: Option<When>,
    may_undo: bool,
    draft: bool,
}

/// A customer that would change.
#[derive(Debug)]
pub struct ChangeView {
    pub href: String,
    pub name: String,
    /// Field, old, new.
    pub fields: Vec<(String, String, String)>,
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    /// Read the file as this kind.
    kind: String,
    /// Choose columns again.
    columns: String,
}

/// The page.
pub async fn page(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Query(which): Query<Which>,
    uri: Uri,
    headers: HeaderMap,
) -> PageResult {
    let id: ImportId = guard::id(&id, "import")?;
    let mut import = app.read(&who.ctx, move |tx, ctx| imports::load(tx, ctx, &id)).await?;
    let kind = Kind::of(&which.kind);
    if (kind.is_some() || !which.columns.is_empty()) && import.state == Stage::Checked {
        import.state = Stage::Uploaded;
        import.checked = None;
    }
    render(&app, &who, &uri, &headers, import, StatusCode::OK, (kind, None)).await
}

/// Draws it; `typed` is a form of columns that was refused.
pub async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    i: Import,
    status: StatusCode,
    (kind, typed): (Option<Kind>, Option<Form>),
) -> PageResult {
    let mut problem = i.checked.as_ref().map_or_else(String::new, |c| c.problem.clone());
    // What a dry run found goes when it named somebody who was anonymised: then it is checked again.
    let checked = i.state == Stage::Checked && i.checked.is_some() && typed.is_none();
    let draft = matches!(i.state, Stage::Uploaded | Stage::Checked);
    let columns = if draft && !checked {
        match columns::look(app, who, &i, kind, typed).await {
            Ok(columns) => Some(columns),
            Err(Error::Conflict { message, .. }) => {
                problem = message;
                None
            }
            Err(error) => return Err(error.into()),
        }
    } else {
        None
    };
    let (zone, shop) = app
        .read(&who.ctx, {
            let shop = i.shop.clone();
            move |tx, ctx| {
                let name = shop.as_ref().and_then(|s| domain::shops::get(tx, ctx, s).ok()).map_or_else(String::new, |s| s.name);
                Ok((domain::merchants::settings(tx, ctx)?.zone, name))
            }
        })
        .await?;
    let busy = matches!(i.state, Stage::Checking | Stage::Running | Stage::Cancelling);
    let going = i.progress.clone().unwrap_or_default();
    let found = i.checked.clone().unwrap_or_default();
    let failures = if checked { found.failures.clone() } else { failures(app, &who.ctx, &i).await? };
    let counts = if checked { found.counts } else { i.counts };
    let page = ImportPage {
        frame: frame(app, who, "customers", uri, headers).await?,
        name: words::name(&i),
        tone: words::tone(i.state),
        word: i.state.label(),
        facts: vec![
            ("Holds", if i.kind == "orders" { "Orders" } else { "Customers" }.to_owned()),
            ("Size", words::size(i.size)),
            ("Layout", if i.layout == "map" { "Chosen by hand".to_owned() } else { i.layout.clone() }),
            ("Shop", shop),
        ],
        by: i.actor_name.clone(),
        begun: moments::moment(&zone, i.started_at),
        ended: i.finished_at.map(|at| moments::moment(&zone, at)),
        message: i.message.clone(),
        busy,
        may_cancel: matches!(i.state, Stage::Checking | Stage::Running),
        phase: if going.phase.is_empty() { "Waiting".to_owned() } else { going.phase.clone() },
        done: going.done,
        total: going.total,
        figures: if draft && !checked || i.state == Stage::Checking { Vec::new() } else { words::figures(&counts, checked) },
        problem,
        columns,
        checked,
        button: button(&i, counts.created + counts.changed),
        changes: found.changes.into_iter().filter(|_| checked).map(change).collect(),
        failures: failures.into_iter().map(|(row, why)| (words::number(row as i64), why)).collect(),
        has_failed: i.state == Stage::Done && i.kept_until.is_some(),
        kept_until: i.kept_until.map(|at| moments::day(&zone, at)),
        may_undo: i.state == Stage::Done && i.counts.created + i.counts.changed > 0,
        draft,
        id: i.id.to_string(),
    };
    Ok(show_with(status, &page))
}

fn button(i: &Import, n: i64) -> String {
    match (i.kind.as_str(), n) {
        ("orders", _) => "Import the orders".to_owned(),
        (_, 1) => "Import 1 customer".to_owned(),
        (_, n) => format!("Import {} customers", words::number(n)),
    }
}

fn change(c: imports::Changed) -> ChangeView {
    let fields = c.fields.into_iter().map(|(field, old, new)| (field_name(&field), old, new)).collect();
    ChangeView { href: format!("/customers/{}", c.customer), name: c.name, fields }
}

async fn failures(app: &App, ctx: &Ctx, i: &Import) -> domain::Result<Vec<(u64, String)>> {
    if i.state != Stage::Done || i.counts.failed == 0 {
        return Ok(Vec::new());
    }
    let (db, ctx, id) = (app.db.clone(), ctx.clone(), i.id.clone());
    let found = tokio::task::spawn_blocking(move || imports::first_failures(&db, &ctx, &id, FAILURES)).await;
    found.map_err(|e| Error::Internal(e.to_string()))?.map_err(super::steps::plain)
}

/// The rows that were not taken, when they lie here.
pub fn failed_file(app: &App, i: &Import) -> Option<std::fs::File> {
    i.kept_until.filter(|_| i.state == Stage::Done)?;
    std::fs::File::open(Shelf::of(&app.config.data).failed(&i.id)).ok()
}
