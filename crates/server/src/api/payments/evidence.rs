//! The answer to a dispute: words and files, then submitted once before the due date (SPEC 2.5).

use axum::extract::{Request, State};
use axum::response::Response;
use domain::kit::{Ctx, DisputeId, Right};
use domain::providers::CallState;
use domain::providers::evidence::{self as room, ProofKind};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::api::asked::{Asked, At};
use crate::api::types::Time;
use crate::api::words;
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let payments = Policy::May(Right::Payments);
    routes
        .api(payments, routes!(get))
        .api(payments, routes!(save))
        .api(payments, routes!(add_file))
        .api(payments, routes!(remove_file))
        .api(payments, routes!(submit))
}

/// A file that proves something.
#[derive(Debug, Serialize, ToSchema)]
struct EvidenceFile {
    id: String,
    #[schema(value_type = words::ProofKind)]
    kind: ProofKind,
    name: String,
    /// Bytes.
    size: i64,
}

/// The shop's side of a dispute.
#[derive(Debug, Serialize, ToSchema)]
struct Evidence {
    dispute: String,
    words: String,
    files: Vec<EvidenceFile>,
    /// It may be changed and submitted now.
    open: bool,
    submitted_at: Option<Time>,
    /// How far the submission came; absent before it.
    #[schema(value_type = Option<words::CallState>)]
    state: Option<CallState>,
    /// Why it was refused, in the provider's words.
    error: String,
    /// Who it goes to; absent when the dispute can only be answered there.
    provider: Option<String>,
}

fn whole(tx: &mut Tx, ctx: &Ctx, id: &DisputeId) -> domain::Result<Evidence> {
    let e = room::get(tx, ctx, id)?;
    Ok(Evidence {
        open: e.is_open(ctx.now),
        dispute: id.to_string(),
        words: e.words,
        files: e.files.into_iter().map(|f| EvidenceFile { id: f.id.to_string(), kind: f.kind, name: f.name, size: f.size }).collect(),
        submitted_at: e.submitted_at.map(Time),
        state: e.state,
        error: e.error,
        provider: e.provider.map(|p| p.name().to_owned()),
    })
}

/// Read the evidence of a dispute.
#[utoipa::path(get, path = "/api/v1/disputes/{id}/evidence", operation_id = "getEvidence", tag = "Payments", params(("id" = String, Path)),
    responses((status = 200, body = Evidence)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Evidence>, Problem> {
    let id: DisputeId = id(&text, "dispute")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| whole(tx, ctx, &id)).await?))
}

/// The shop's side in words.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EvidenceWords {
    /// At most 2,000 characters.
    words: String,
}

/// Save the words of the evidence.
///
/// Answers 409 `dispute_state` once it is submitted, decided or past its date, or when its provider has no account.
#[utoipa::path(put, path = "/api/v1/disputes/{id}/evidence", operation_id = "saveEvidence", tag = "Payments", params(("id" = String, Path)),
    request_body = EvidenceWords, responses((status = 200, body = Evidence)))]
async fn save(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<EvidenceWords>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::save(tx, ctx, id, &body.words)).await
}

/// What a file is called.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FileAsked {
    /// The name the provider sees; absent: by what it proves.
    name: Option<String>,
}

/// Put a file into the evidence.
///
/// One of each kind; it takes the place of the one before. A PDF, PNG or JPEG; all together at most 4.5 MB.
#[utoipa::path(put, path = "/api/v1/disputes/{id}/evidence/files/{kind}", operation_id = "putEvidenceFile", tag = "Payments",
    params(("id" = String, Path), ("kind" = words::ProofKind, Path), FileAsked),
    request_body(content((Vec<u8> = "application/pdf"), (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))),
    responses((status = 200, body = Evidence)))]
async fn add_file(
    State(app): State<App>,
    caller: Caller,
    At((dispute, kind)): At<(String, String)>,
    Asked(asked): Asked<FileAsked>,
    request: Request,
) -> Result<Response, Problem> {
    let kind: ProofKind = id(&kind, "file")?;
    let name = asked.name.unwrap_or_default();
    let write = Write::file(request, &app, &["application/pdf", "image/png", "image/jpeg"]).await?;
    step(&app, &caller, &dispute, write, move |tx, ctx, id, bytes| room::add_file(tx, ctx, id, kind, &name, bytes)).await
}

/// Take a file out of the evidence.
#[utoipa::path(delete, path = "/api/v1/disputes/{id}/evidence/files/{kind}", operation_id = "removeEvidenceFile", tag = "Payments",
    params(("id" = String, Path), ("kind" = words::ProofKind, Path)), responses((status = 200, body = Evidence)))]
async fn remove_file(
    State(app): State<App>,
    caller: Caller,
    At((dispute, kind)): At<(String, String)>,
    write: Write<()>,
) -> Result<Response, Problem> {
    let kind: ProofKind = id(&kind, "file")?;
    step(&app, &caller, &dispute, write, move |tx, ctx, id, ()| room::remove_file(tx, ctx, id, kind)).await
}

/// Submit the evidence.
///
/// The provider is told; it cannot be changed afterwards, unless the provider refuses it.
#[utoipa::path(post, path = "/api/v1/disputes/{id}/evidence/submission", operation_id = "submitEvidence", tag = "Payments",
    params(("id" = String, Path)), responses((status = 200, body = Evidence)))]
async fn submit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::submit(tx, ctx, id)).await
}

/// One verb on the evidence of a dispute, answered with the evidence as it is then.
async fn step<T: Clone + Send + Sync + 'static>(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<T>,
    verb: impl Fn(&mut Tx, &Ctx, &DisputeId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: DisputeId = id(text, "dispute")?;
    write
        .run(app, caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(axum::http::StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}
