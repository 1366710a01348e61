//! Taking a list away as a file: what matches, or what was ticked (SPEC 8.1, 9.1).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::files::Format;
use domain::kit::Ctx;
use domain::lists::{self, Query, Selection, kept};

use super::Desk;
use crate::app::App;
use crate::dashboard::files::{name, sent, spooled};
use crate::dashboard::{PageResult, Typed, frame, see_other, show_with, toasted, tones};
use crate::http::Who;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/lists/export.html")]
struct ExportPage {
    frame: Frame,
    form: Form,
    title: &'static str,
    nouns: [&'static str; 2],
    at: &'static str,
    back: String,
    /// Sent on with the form: the list, and what was ticked.
    query: String,
    ids: Vec<String>,
    except: Vec<String>,
    /// `The 12 selected payments`
    some: String,
    all: String,
    /// The columns of the file, in words.
    columns: String,
}

/// What is meant.
struct Chosen {
    query: Query,
    ids: Vec<String>,
    except: Vec<String>,
    everything: bool,
}

impl Chosen {
    fn of(desk: &Desk, pairs: &[(String, String)], query: Query) -> Self {
        let is_id = |id: &&String| id.strip_prefix(desk.list.prefix).is_some_and(|rest| rest.starts_with('_')) && id.len() < 40;
        let ids = |name: &str| pairs.iter().filter(|(key, _)| key == name).map(|(_, id)| id).filter(is_id).cloned().collect();
        let everything = pairs.iter().any(|(key, value)| key == "who" && value == "all");
        Self { query, ids: ids("id"), except: ids("except"), everything }
    }
}

/// The ticked ones, or all that match: on to the form of the export.
pub async fn bulk(desk: &'static Desk, uri: Uri, typed: Typed) -> PageResult {
    let query = Query::parse(desk.list, uri.query().unwrap_or_default()).0.first_page();
    let text = query.print();
    let chosen = Chosen::of(desk, &typed.0, query);
    let (key, ids) = if typed.ticked("all") { ("except", chosen.except) } else { ("id", chosen.ids) };
    if key == "id" && ids.is_empty() {
        return Ok(toasted(see_other(&desk.place.address(&text)), &format!("Tick the {} first.", desk.list.nouns[1]), None));
    }
    let more: String = ids.iter().map(|id| format!("&{key}={id}")).collect();
    Ok(see_other(&format!("{}/export?{}{more}", desk.place.at, if text.is_empty() { desk.place.bare } else { &text })))
}

/// The list of this query string; of one that names a saved view alone what is saved.
async fn named(desk: &Desk, app: &App, who: &Who, text: &str) -> domain::Result<Query> {
    let asked = Query::parse(desk.list, text).0.first_page();
    app.read(&who.ctx, move |tx, ctx| kept::expand(tx, ctx, asked.clone())).await
}

/// The form: the list of its address, or the ticked ones.
pub async fn page(desk: &'static Desk, State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let text = uri.query().unwrap_or_default();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let chosen = Chosen::of(desk, &pairs, named(desk, &app, &who, text).await?);
    let n = if chosen.ids.is_empty() {
        let (indexes, query) = (app.indexes.clone(), chosen.query.clone());
        let total = app.read(&who.ctx, move |tx, ctx| Ok(lists::count(tx, ctx, &indexes, &query)?.total)).await?;
        total.saturating_sub(chosen.except.len() as u64)
    } else {
        chosen.ids.len() as u64
    };
    let noun = desk.list.noun(n);
    let some = match chosen.ids.is_empty() {
        true => format!("The {} {noun} of the list", tones::number(n)),
        false => format!("The {} selected {noun}", tones::number(n)),
    };
    let query = chosen.query.print();
    let page = ExportPage {
        frame: frame(&app, &who, desk.place.room, &uri, &headers).await?,
        form: Form::of([("format", "csv"), ("who", "these")]),
        title: desk.list.title,
        nouns: desk.list.nouns,
        at: desk.place.at,
        back: desk.place.address(&query),
        query,
        ids: chosen.ids,
        except: chosen.except,
        some,
        all: format!("All {}", desk.list.nouns[1]),
        columns: desk.list.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
    };
    Ok(show_with(StatusCode::OK, &page))
}

/// The file. That it was taken, by whom and how many, stands in the audit log.
pub async fn file(desk: &'static Desk, State(app): State<App>, who: Who, typed: Typed) -> PageResult {
    let chosen = Chosen::of(desk, &typed.0, named(desk, &app, &who, typed.get("query")).await?);
    let format = Format::parse(typed.get("format")).unwrap_or(Format::Csv);
    let (at_work, ctx) = (app.clone(), who.ctx.clone());
    let written = tokio::task::spawn_blocking(move || spool(desk, &at_work, &ctx, &chosen, format)).await;
    let file = written.map_err(|error| domain::Error::Internal(error.to_string()))??;
    Ok(sent(file, format, &name(&app, &who.ctx, desk.list.name, format).await?))
}

fn spool(desk: &Desk, app: &App, ctx: &Ctx, chosen: &Chosen, format: Format) -> domain::Result<std::fs::File> {
    let all = Query::everything(desk.list);
    let selection = if chosen.everything {
        Selection::Matching { query: &all, indexes: &app.indexes, except: &[] }
    } else if !chosen.ids.is_empty() {
        Selection::Ids(&chosen.ids)
    } else {
        Selection::Matching { query: &chosen.query, indexes: &app.indexes, except: &chosen.except }
    };
    spooled(|out| lists::export(&app.db, ctx, desk.list, selection, format, out))
}
