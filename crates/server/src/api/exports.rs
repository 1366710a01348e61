//! Customers and other lists as a file (SPEC 9.1). Written to a file without a name first, and handed on from there: somebody's slow line holds no reader open.

use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::customers::export::{self as room, Extra, Selection};
use domain::customers::list::ListQuery;
use domain::files::Format;
use domain::kit::{CustomerId, Problems, Right};
use domain::lists::{self, List, Query};
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::write::Write;
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Export), routes!(export))
}

/// The kind of file.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Csv,
    Xlsx,
    Jsonl,
}

impl Kind {
    fn format(self) -> Format {
        match self {
            Self::Csv => Format::Csv,
            Self::Xlsx => Format::Xlsx,
            Self::Jsonl => Format::Jsonl,
        }
    }
}

/// What to export: everything of a list, those with these ids, or all that match.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Export {
    /// `customers`, `payments`, `payment_links`, `disputes`, `subscriptions`, `orders`, `invoices`, `offers`, `contracts`, `returns`, `privacy_requests`, `tickets` or `tasks`; absent: customers.
    #[serde(default = "customers")]
    #[schema(example = "payments")]
    list: String,
    format: Kind,
    /// At most 10,000; absent with `query` absent: everything.
    #[serde(default)]
    ids: Option<Vec<String>>,
    /// A query string of `GET` of the list.
    #[serde(default)]
    #[schema(example = "status=active")]
    query: Option<String>,
    /// Of those that match, not these.
    #[serde(default)]
    except: Vec<String>,
    /// Of customers only: columns behind the fourteen: `status`, `tags`, `metadata.birthday`, …
    #[serde(default)]
    #[schema(example = json!(["status", "tags"]))]
    columns: Vec<String>,
}

fn customers() -> String {
    "customers".to_owned()
}

/// The ids of customers among these texts.
fn customer_ids(field: &str, texts: &[String]) -> domain::Result<Vec<CustomerId>> {
    let id = |(at, text): (usize, &String)| {
        text.parse().map_err(|()| Problems::one(format!("{field}.{at}"), "invalid", "This is not the id of a customer."))
    };
    texts.iter().enumerate().map(id).collect()
}

/// Export customers, or another list.
///
/// Of customers the fourteen columns of the page first, then those asked for; other lists have columns of their own. The audit log notes who took how many.
#[utoipa::path(post, path = "/api/v1/exports", operation_id = "exportCustomers", tag = "Customers", request_body = Export,
    responses((status = 200, description = "The file", content((String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson")))))]
async fn export(State(app): State<App>, caller: Caller, write: Write<Export>) -> Result<Response, Problem> {
    let format = write.input.format.format();
    let list = lists::named(&write.input.list).map_or("customers", |list| list.name);
    let file = tokio::task::spawn_blocking(move || spool(&app, &caller, &write.input))
        .await
        .map_err(|e| domain::Error::Internal(e.to_string()))??;
    let length = file.metadata().map_err(cannot)?.len();
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{list}.{}\"", format.extension())),
    ];
    let body = Body::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(file), 1 << 16));
    Ok((headers, body).into_response())
}

fn cannot(error: std::io::Error) -> domain::Error {
    domain::Error::Internal(format!("an export on its way: {error}"))
}

fn spool(app: &App, caller: &Caller, asked: &Export) -> domain::Result<File> {
    if asked.ids.as_ref().is_some_and(|ids| ids.len() > 10_000 || asked.query.is_some() || !asked.except.is_empty())
        || (asked.query.is_none() && !asked.except.is_empty())
    {
        return Err(Problems::one("ids", "invalid", "Send at most 10,000 ids, or query with except, or neither."));
    }
    let mut file = tempfile::tempfile_in(&app.config.data).or_else(|_| tempfile::tempfile()).map_err(cannot)?;
    let mut out = BufWriter::with_capacity(1 << 17, &mut file);
    if asked.list == "customers" {
        people(app, caller, asked, &mut out)?;
    } else {
        let list = lists::named(&asked.list);
        let list = list.ok_or_else(|| {
            let names: Vec<&str> = lists::ALL.iter().map(|list| list.name).collect();
            Problems::one("list", "unknown", format!("Use customers or one of: {}.", names.join(", ")))
        })?;
        others(app, caller, asked, list, &mut out)?;
    }
    out.flush().map_err(cannot)?;
    drop(out);
    file.seek(SeekFrom::Start(0)).map_err(cannot)?;
    Ok(file)
}

fn people(app: &App, caller: &Caller, asked: &Export, out: &mut (impl std::io::Write + Send)) -> domain::Result<()> {
    let extras = Extra::parse_all(asked.columns.iter().map(String::as_str))?;
    let query = match &asked.query {
        Some(text) => {
            let (query, ctx) = (ListQuery::strict(text)?, caller.0.clone());
            Some(app.db.read_now::<_, domain::Error>(move |tx| domain::customers::list::expand(tx, &ctx, query.clone()))?)
        }
        None => None,
    };
    let ids = asked.ids.as_deref().map(|ids| customer_ids("ids", ids)).transpose()?;
    let except = customer_ids("except", &asked.except)?;
    let selection = match (&ids, &query) {
        (Some(ids), _) => Selection::Ids(ids),
        (None, Some(query)) => Selection::Matching { query, indexes: &app.indexes, except: &except },
        (None, None) => Selection::All,
    };
    room::export(&app.db, &caller.0, selection, &extras, asked.format.format(), out).map(drop)
}

fn others(app: &App, caller: &Caller, asked: &Export, list: &'static List, out: &mut (impl std::io::Write + Send)) -> domain::Result<()> {
    if !asked.columns.is_empty() {
        return Err(Problems::one("columns", "invalid", "Only exports of customers take columns; other lists have all of theirs."));
    }
    let query = match &asked.query {
        Some(text) => {
            let (query, ctx) = (Query::strict(list, &whole(list, text))?, caller.0.clone());
            app.db.read_now::<_, domain::Error>(move |tx| lists::kept::expand(tx, &ctx, query.clone()))?
        }
        None => Query::everything(list),
    };
    let selection = match &asked.ids {
        Some(ids) => lists::Selection::Ids(ids),
        None => lists::Selection::Matching { query: &query, indexes: &app.indexes, except: &asked.except },
    };
    lists::export(&app.db, &caller.0, list, selection, asked.format.format(), out).map(drop)
}

/// Without a view, everything is meant.
pub(super) fn whole(list: &'static List, text: &str) -> String {
    let named = url::form_urlencoded::parse(text.trim_start_matches('?').as_bytes()).any(|(key, _)| key == "view");
    if named { text.to_owned() } else { format!("{text}&view={}", list.whole().word) }
}
