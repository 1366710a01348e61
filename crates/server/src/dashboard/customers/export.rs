//! Taking customers away as a file (SPEC 9.1): which of them, in which format, with which columns behind the fourteen.

use std::fs::File;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers::export::{self, EXTRAS, Extra, Selection};
use domain::customers::list::{self, ListQuery};
use domain::files::Format;
use domain::kit::{Ctx, CustomerId, Right};

use super::list::address;
use crate::app::App;
use crate::dashboard::files::{name, sent, spooled};
use crate::dashboard::{PageResult, Typed, frame, refused, show_with, tones};
use crate::http::{Policy, Routes, Who};
use crate::look::{Form, Frame};

/// The form and the file.
pub fn routes(routes: Routes) -> Routes {
    let export = Policy::May(Right::Export);
    routes.get_fresh("/customers/export", export, page).post_fresh("/customers/export", export, file)
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
    let chosen = Chosen::of(&pairs, named(&app, &who, text).await?);
    shown(&app, &who, &uri, &headers, &chosen, Form::of([("format", "csv"), ("who", "these")]), StatusCode::OK).await
}

/// The list of this query string; of one that names a saved view alone what is saved.
async fn named(app: &App, who: &Who, text: &str) -> domain::Result<ListQuery> {
    let asked = ListQuery::parse(text).0.first_page();
    app.read(&who.ctx, move |tx, ctx| list::expand(tx, ctx, asked.clone())).await
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
    let chosen = Chosen::of(&typed.0, named(&app, &who, typed.get("query")).await?);
    let other = typed.text("other");
    let extras = match Extra::parse_all(typed.all("columns").chain(other.split(','))) {
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
    Ok(sent(file, format, &name(&app, &who.ctx, "customers", format).await?))
}

fn spool(app: &App, ctx: &Ctx, chosen: &Chosen, extras: &[Extra], format: Format) -> domain::Result<File> {
    let selection = if chosen.everybody {
        Selection::All
    } else if !chosen.ids.is_empty() {
        Selection::Ids(&chosen.ids)
    } else {
        Selection::Matching { query: &chosen.query, indexes: &app.indexes, except: &chosen.except }
    };
    spooled(|out| export::export(&app.db, ctx, selection, extras, format, out))
}
