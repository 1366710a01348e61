//! Call records of a telephone system, by file (SPEC 7.2).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::conversations::records::{self as room, Records, Taken};
use domain::kit::Right;
use domain::merchants;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::api::asked::Asked;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

/// So many calls are taken in one transaction.
const SLICE: usize = 200;
/// What a record is sent as.
const KINDS: [&str; 7] =
    ["text/csv", "text/plain", "application/json", "application/x-ndjson", "application/xml", "text/xml", "application/octet-stream"];

pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Write), routes!(import))
}

/// How a file of call records is taken in.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RecordsAsked {
    /// Calls of numbers that nobody knows are kept too, and wait in the inbox.
    all: bool,
}

/// Calls of a number that nobody knows.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct UnknownCaller {
    phone: String,
    calls: usize,
}

/// A row that cannot be read.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct WrongRow {
    line: usize,
    reason: String,
}

/// What became of a file of call records.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct RecordsTaken {
    /// Kept now.
    new: usize,
    /// Kept before.
    known: usize,
    /// Kept now, of numbers that nobody knows; counted in `new` as well.
    waiting: usize,
    /// Left out: numbers that nobody knows.
    unknown: Vec<UnknownCaller>,
    /// Calls within the house; left out.
    inside: usize,
    /// No number that can be one, or a time that is not over.
    refused: usize,
    /// The first 20 rows that cannot be read.
    wrong: Vec<WrongRow>,
    /// How many those are in all.
    wrong_count: usize,
}

impl RecordsTaken {
    fn of(records: Records, taken: Taken) -> Self {
        Self {
            new: taken.new,
            known: taken.known,
            waiting: taken.waiting,
            unknown: taken.unknown.into_iter().map(|(phone, calls)| UnknownCaller { phone, calls }).collect(),
            inside: records.inside,
            refused: taken.refused,
            wrong: records.wrong.into_iter().map(|(line, reason)| WrongRow { line, reason: reason.to_owned() }).collect(),
            wrong_count: records.wrong_count,
        }
    }
}

/// Take in a file of call records.
///
/// What Asterisk writes to `Master.csv`, or FreeSWITCH as CSV, JSON or XML, up to 16 MB; what it is is found in the file itself. Every call stands once: the
/// same file again changes nothing. Times without a zone are those of the merchant.
#[utoipa::path(post, path = "/api/v1/calls/records", operation_id = "importCallRecords", tag = "Conversations", params(RecordsAsked),
    request_body(content((String = "text/csv"), (String = "text/plain"), (String = "application/json"), (String = "application/xml"),
        (Vec<u8> = "application/octet-stream"))),
    responses((status = 200, body = RecordsTaken)))]
async fn import(State(app): State<App>, caller: Caller, Asked(asked): Asked<RecordsAsked>, request: Request) -> Result<Response, Problem> {
    let write = Write::file_up_to(request, &KINDS, room::LARGEST).await?;
    let zone = app.read(&caller.0, |tx, ctx| Ok(merchants::settings(tx, &seeing(ctx))?.zone)).await?;
    let (records, mut taken) = (room::read(&write.input, &zone)?, Taken::default());
    for slice in records.calls.chunks(SLICE) {
        let (calls, all) = (slice.to_vec(), asked.all);
        taken = taken.and(app.write(&caller.0, move |tx, ctx| room::take(tx, ctx, &calls, all)).await?);
    }
    write.with(RecordsTaken::of(records, taken)).run(&app, &caller, |_, _, told| reply(StatusCode::OK, "", told)).await
}
