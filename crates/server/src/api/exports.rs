//! Customers as a file (SPEC 9.1). Written to a file without a name first, and handed on from there: somebody's slow line holds no reader open.

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

/// What to export: everybody, those with these ids, or all that match.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Export {
    format: Kind,
    /// At most 10,000; absent with `query` absent: everybody.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<CustomerId>>,
    /// A query string of `GET /customers`.
    #[serde(default)]
    #[schema(example = "status=active")]
    query: Option<String>,
    /// Of those that match, not these.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    except: Vec<CustomerId>,
    /// Columns behind the fourteen: `status`, `tags`, `metadata.birthday`, …
    #[serde(default)]
    #[schema(example = json!(["status", "tags"]))]
    columns: Vec<String>,
}

/// Export customers.
///
/// The fourteen columns of the page first, then those asked for. The audit log notes who took how many.
#[utoipa::path(post, path = "/api/v1/exports", operation_id = "exportCustomers", tag = "Customers", request_body = Export,
    responses((status = 200, description = "The file", content((String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson")))))]
async fn export(State(app): State<App>, caller: Caller, write: Write<Export>) -> Result<Response, Problem> {
    let format = write.input.format.format();
    let file = tokio::task::spawn_blocking(move || spool(&app, &caller, &write.input))
        .await
        .map_err(|e| domain::Error::Internal(e.to_string()))??;
    let length = file.metadata().map_err(cannot)?.len();
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"customers.{}\"", format.extension())),
    ];
    let body = Body::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(file), 1 << 16));
    Ok((headers, body).into_response())
}

fn cannot(error: std::io::Error) -> domain::Error {
    domain::Error::Internal(format!("an export on its way: {error}"))
}

fn spool(app: &App, caller: &Caller, asked: &Export) -> domain::Result<File> {
    let extras = Extra::parse_all(asked.columns.iter().map(String::as_str))?;
    let query = match &asked.query {
        Some(text) => {
            let (query, ctx) = (ListQuery::strict(text)?, caller.0.clone());
            Some(app.db.read_now::<_, domain::Error>(move |tx| domain::customers::list::expand(tx, &ctx, query.clone()))?)
        }
        None => None,
    };
    let selection = match (&asked.ids, &query) {
        (None, None) if asked.except.is_empty() => Selection::All,
        (Some(ids), None) if ids.len() <= 10_000 && asked.except.is_empty() => Selection::Ids(ids),
        (None, Some(query)) => Selection::Matching { query, indexes: &app.indexes, except: &asked.except },
        _ => return Err(Problems::one("ids", "invalid", "Send at most 10,000 ids, or query with except, or neither.")),
    };
    let mut file = tempfile::tempfile_in(&app.config.data).or_else(|_| tempfile::tempfile()).map_err(cannot)?;
    let mut out = BufWriter::with_capacity(1 << 17, &mut file);
    room::export(&app.db, &caller.0, selection, &extras, asked.format.format(), &mut out)?;
    out.flush().map_err(cannot)?;
    drop(out);
    file.seek(SeekFrom::Start(0)).map_err(cannot)?;
    Ok(file)
}
