//! Taking customers away as a file (SPEC 9.1): which of them, in which format, with which columns behind the fourteen.
//!
//! The file is written at the speed of the database, then handed on at the speed of the line, so that nobody's slow line holds a reader open.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom};

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use domain::customers::export::{self, EXTRAS, Extra, Selection};
use domain::customers::list::{self, ListQuery};
use domain::files::Format;
use domain::kit::{Ctx, CustomerId, Right};
use tokio_util::io::ReaderStream;

use super::list::address;
use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, refused, show_with, tones};
use crate::http::{Policy, Routes, Who};
use crate::look::{Form, Frame};

/// The form and the file.
pub fn routes(routes: Routes) -> Routes {
    let export = Policy::May(Right::Export);
    routes.get("/customers/export", export, page).post("/customers/export", export, file)
}

#[derive(Template)]
#[template(path = "dashboard/customers/export/page.html")]
struct ExportPage {
    frame: Frame,
    form: Form,
    back: String,
    /// Sent on with the form: the list, and who was ticked.
    query: String,
    ids: Vec<String>,
    except: Vec<String>,
    /// `12 selected customers`
    some: String,
    extras: [&'static str; EXTRAS.len()],
}

/// Who is meant.
struct Chosen {
    query: ListQuery,
    ids: Vec<CustomerId>,
    except: Vec<CustomerId>,
    everybody: bool,
}

impl Chosen {
    fn of(pairs: &[(String, String)], query: ListQuery) -> Self {
        let ids = |name: &str| pairs.iter().filter(|(key, _)| key == name).filter_map(|(_, id)| id.parse().ok()).collect();
        let everybody = pairs.iter().any(|(key, value)| key == "who" && value == "all");
        Self { query, ids: ids("id"), except: ids("except"), everybody }
    }
}

/// The form: the list of its address, or the ticked ones.
async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let text = uri.query().unwrap_or_default();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let chosen = Chosen::of(&pairs, ListQuery::parse(text).0.first_page());
    shown(&app, &who, &uri, &headers, &chosen, Form::of([("format", "csv"), ("who", "these")]), StatusCode::OK).await
}

async fn shown(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, chosen: &Chosen, form: Form, status: StatusCode) -> PageResult {
    let (indexes, query, ids) = (app.indexes.clone(), chosen.query.clone(), chosen.ids.clone());
    let matching =
        app.read(&who.ctx, move |tx, ctx| {
            if ids.is_empty() { list::count(tx, ctx, &indexes, &query) } else { Ok(list::of_ids(tx, ctx, &ids)?.len() as u64) }
        })
        .await?;
    let n = matching.saturating_sub(chosen.except.len() as u64);
    let customers = if n == 1 { "customer" } else { "customers" };
    let some = match chosen.ids.is_empty() {
        true => format!("The {} {customers} of the list", tones::number(n)),
        false => format!("The {} selected {customers}", tones::number(n)),
    };
    let query = chosen.query.print();
    let text = |ids: &[CustomerId]| ids.iter().map(ToString::to_string).collect();
    let page = ExportPage {
        frame: frame(app, who, "customers", uri, headers).await?,
        form,
        back: address(&query),
        query,
        ids: text(&chosen.ids),
        except: text(&chosen.except),
        some,
        extras: EXTRAS,
    };
    Ok(show_with(status, &page))
}

/// The file. That it was taken, by whom and how many, stands in the audit log.
async fn file(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let chosen = Chosen::of(&typed.0, ListQuery::parse(typed.get("query")).0.first_page());
    let extras = match Extra::parse_all(typed.all("columns")) {
        Ok(extras) => extras,
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            return shown(&app, &who, &uri, &headers, &chosen, form, status).await;
        }
    };
    let format = Format::parse(typed.get("format")).unwrap_or(Format::Csv);
    let (desk, ctx) = (app.clone(), who.ctx.clone());
    let written = tokio::task::spawn_blocking(move || spool(&desk, &ctx, &chosen, &extras, format)).await;
    let file = written.map_err(|error| domain::Error::Internal(error.to_string()))??;
    Ok(sent(file, format, &name(&app, &who, format).await?))
}

/// Writes it to a file without a name, which is gone when the last byte was sent.
fn spool(app: &App, ctx: &Ctx, chosen: &Chosen, extras: &[Extra], format: Format) -> domain::Result<File> {
    let internal = |error: std::io::Error| domain::Error::Internal(format!("the file of an export: {error}"));
    let path = std::env::temp_dir().join(format!("regulars-export-{}", domain::kit::secret()));
    let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(&path).map_err(internal)?;
    std::fs::remove_file(&path).map_err(internal)?;
    let selection = if chosen.everybody {
        Selection::All
    } else if !chosen.ids.is_empty() {
        Selection::Ids(&chosen.ids)
    } else {
        Selection::Matching { query: &chosen.query, indexes: &app.indexes, except: &chosen.except }
    };
    export::export(&app.db, ctx, selection, extras, format, std::io::BufWriter::new(&mut file))?;
    file.seek(SeekFrom::Start(0)).map_err(internal)?;
    Ok(file)
}

/// `customers-2026-06-15.csv`
async fn name(app: &App, who: &Who, format: Format) -> domain::Result<String> {
    let day = app.read(&who.ctx, |tx, ctx| Ok(domain::merchants::settings(tx, ctx)?.zone.date(ctx.now))).await?;
    Ok(format!("customers-{day}.{}", format.extension()))
}

fn sent(file: File, format: Format, name: &str) -> Response {
    let length = file.metadata().map(|m| m.len()).ok();
    let mut response = Body::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(file), 64 * 1024)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}
