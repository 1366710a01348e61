//! A write of the API: the body, the Idempotency-Key and the fingerprint of the request, and the one way to run it (SPEC 13.1).
//!
//! The answer is made and kept inside the transaction of the change, so a repeat gives the first answer, whatever happened in between.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::imports::Shelf;
use domain::kit::{Actor, Ctx, Right};
use domain::replies::{self, Reply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Tx;

use crate::app::App;
use crate::http::Problem;
use crate::http::arriving::{self, Arrived};
use crate::http::guard::Caller;

/// A parsed body and what makes its answer repeatable. `Write<()>` takes an empty body (or `{}`).
#[derive(Debug)]
pub struct Write<T> {
    /// The body.
    pub input: T,
    key: Option<String>,
    fingerprint: String,
}

impl<T: Clone + Send + Sync + 'static> Write<T> {
    /// Runs `work` in one transaction, once for the key, and answers with its reply.
    ///
    /// # Errors
    /// What the verb refuses, as a problem.
    pub async fn run(
        self,
        app: &App,
        caller: &Caller,
        work: impl Fn(&mut Tx, &Ctx, &T) -> domain::Result<Reply> + Send + Sync + 'static,
    ) -> Result<Response, Problem> {
        let Self { input, key, fingerprint } = self;
        let reply =
            app.write(&caller.0, move |tx, ctx| replies::once(tx, ctx, key.as_deref(), &fingerprint, |tx| work(tx, ctx, &input))).await?;
        Ok(respond(reply))
    }
}

impl Write<Bytes> {
    /// A body that is a file, with the same Idempotency-Key; `kinds` are the media types it may have.
    ///
    /// # Errors
    /// 415 for another kind, 413 when it is too large.
    pub async fn file(request: Request, app: &App, kinds: &[&str]) -> Result<Self, Problem> {
        let (head, kind) = (Head::of(&request)?, media_type(&request).to_ascii_lowercase());
        kind_of(&kind, kinds)?;
        let body = Bytes::from_request(request, app).await.map_err(|e| of_body(e.status(), &e.body_text()))?;
        let fingerprint = head.fingerprint(&body);
        Ok(Self { input: body, key: head.key, fingerprint })
    }

    /// As [`Write::file`], for what may be of another size than a body usually is: `most` bytes.
    ///
    /// # Errors
    /// 415 for another kind, 413 when it is too large.
    pub async fn file_up_to(request: Request, kinds: &[&str], most: usize) -> Result<Self, Problem> {
        let (head, kind) = (Head::of(&request)?, media_type(&request).to_ascii_lowercase());
        kind_of(&kind, kinds)?;
        let large = |_| {
            let words = format!("The body is larger than {} MB, or it broke off.", most / (1024 * 1024));
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", words)
        };
        let body = axum::body::to_bytes(request.into_body(), most).await.map_err(large)?;
        let fingerprint = head.fingerprint(&body);
        Ok(Self { input: body, key: head.key, fingerprint })
    }
}

impl Write<Arrived> {
    /// As [`Write::file`], for a file larger than memory: it is written to the disk as it comes.
    ///
    /// # Errors
    /// 415 for another kind, 413 above `most` bytes, 400 when it broke off.
    pub async fn arriving(request: Request, kinds: &[&str], shelf: &Shelf, most: u64) -> Result<Self, Problem> {
        let (head, kind) = (Head::of(&request)?, media_type(&request).to_ascii_lowercase());
        kind_of(&kind, kinds)?;
        let arrived = arriving::arrive(shelf, most, request.into_body().into_data_stream()).await?;
        let fingerprint = head.fingerprint(arrived.hash.as_bytes());
        Ok(Self { input: arrived, key: head.key, fingerprint })
    }

    /// The file, and the same request without it.
    pub fn apart(self) -> (Arrived, Write<()>) {
        (self.input, Write { input: (), key: self.key, fingerprint: self.fingerprint })
    }
}

fn kind_of(kind: &str, kinds: &[&str]) -> Result<(), Problem> {
    if kinds.contains(&kind) {
        return Ok(());
    }
    let words = format!("Send the file with one of these as its Content-Type: {}.", kinds.join(", "));
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", words))
}

impl<T> Write<T> {
    /// The same request with its input read further.
    pub fn with<U>(self, input: U) -> Write<U> {
        Write { input, key: self.key, fingerprint: self.fingerprint }
    }
}

impl<T: Clone + Send + Sync + 'static> Write<T> {
    /// As [`Write::run`], for an answer with a secret: it is told once, and what is kept for a repeat has `null` in its place.
    ///
    /// # Errors
    /// What the verb refuses, as a problem.
    pub async fn run_secret(
        self,
        app: &App,
        caller: &Caller,
        field: &'static str,
        work: impl Fn(&mut Tx, &Ctx, &T) -> domain::Result<(Reply, String)> + Send + Sync + 'static,
    ) -> Result<Response, Problem> {
        let Self { input, key, fingerprint } = self;
        let (mut reply, secret) = app
            .write(&caller.0, move |tx, ctx| {
                let mut told = None;
                let reply = replies::once(tx, ctx, key.as_deref(), &fingerprint, |tx| {
                    let (reply, secret) = work(tx, ctx, &input)?;
                    told = Some(secret);
                    Ok(reply)
                })?;
                Ok((reply, told))
            })
            .await?;
        if let (Some(secret), Ok(mut body)) = (secret, serde_json::from_str::<serde_json::Value>(&reply.body)) {
            body[field] = secret.into();
            reply.body = body.to_string();
        }
        Ok(respond(reply))
    }
}

/// A reply with a JSON body.
///
/// # Errors
/// Only when the body cannot be written as JSON, which is a fault of ours.
pub fn reply(status: StatusCode, location: &str, body: &impl Serialize) -> domain::Result<Reply> {
    let body = serde_json::to_string(body).map_err(|e| domain::Error::Internal(e.to_string()))?;
    Ok(Reply::new(status.as_u16(), location, body))
}

/// The same context with the right to read, for the answer alone: who may change a thing is told what became of it.
pub fn seeing(ctx: &Ctx) -> Ctx {
    let actor = Actor { rights: ctx.actor.rights.with(Right::Read), ..(*ctx.actor).clone() };
    Ctx { actor: Arc::new(actor), ..ctx.clone() }
}

/// A reply without a body: 204.
pub fn done() -> Reply {
    Reply::new(StatusCode::NO_CONTENT.as_u16(), "", "")
}

fn respond(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let mut response = if reply.body.is_empty() {
        status.into_response()
    } else {
        (status, [(header::CONTENT_TYPE, "application/json")], reply.body).into_response()
    };
    if let Ok(location) = HeaderValue::from_str(&reply.location)
        && !reply.location.is_empty()
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if reply.repeated {
        response.headers_mut().insert("idempotent-replay", HeaderValue::from_static("true"));
    }
    response
}

impl<T: DeserializeOwned> FromRequest<App> for Write<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (head, json) = (Head::of(&request)?, is_json(&request));
        let body = Bytes::from_request(request, app).await.map_err(|e| of_body(e.status(), &e.body_text()))?;
        let fingerprint = head.fingerprint(&body);
        Ok(Self { input: parse(&head.method, json, &body)?, key: head.key, fingerprint })
    }
}

/// The key that makes a repetition give the first answer. Looked at before every write, also where nothing is kept and it means nothing.
///
/// # Errors
/// 400 for what is no key, 422 for one of another length.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    match headers.get("idempotency-key") {
        Some(value) if !(1..=replies::LONGEST).contains(&value.len()) => Err(replies::no_key().into()),
        Some(value) if value.as_bytes().iter().all(|b| (b'!'..=b'~').contains(b)) => Ok(value.to_str().ok().map(str::to_owned)),
        Some(_) => Err(bad("Use printable ASCII without blanks in Idempotency-Key.")),
        None => Ok(None),
    }
}

/// What stands in front of the body.
struct Head {
    key: Option<String>,
    method: Method,
    path: String,
}

impl Head {
    fn of(request: &Request) -> Result<Self, Problem> {
        let key = idempotency_key(request.headers())?;
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
        Ok(Self { key, method: request.method().clone(), path })
    }

    fn fingerprint(&self, body: &[u8]) -> String {
        replies::fingerprint(self.method.as_str(), &self.path, body)
    }
}

fn media_type(request: &Request) -> &str {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim()
}

fn is_json(request: &Request) -> bool {
    let kind = media_type(request);
    kind.eq_ignore_ascii_case("application/json") || kind.eq_ignore_ascii_case("application/merge-patch+json")
}

/// An empty body stands for `null` first and `{}` then, so that actions without input need none.
fn parse<T: DeserializeOwned>(method: &Method, json: bool, body: &[u8]) -> Result<T, Problem> {
    if body.is_empty() {
        return serde_json::from_str("null")
            .or_else(|_| serde_json::from_str("{}"))
            .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "malformed", format!("{method} needs a JSON body here.")));
    }
    if !json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Send the body as Content-Type: application/json.",
        ));
    }
    // `()` takes null alone; `{}` means the same.
    let parsed = serde_json::from_slice(body)
        .or_else(|error| if body == b"{}" { serde_json::from_str("null").map_err(|_| error) } else { Err(error) });
    let parsed = parsed.map_err(|error| of_json(&error, body))?;
    match super::shape::array_for_object::<T>(body) {
        None => Ok(parsed),
        Some(pointer) => Err(of_field(pointer, "invalid", "This is an array, and an object is taken here.".to_owned())),
    }
}

/// One of many in a body, read as if it had come alone: pointers begin at it.
///
/// # Errors
/// 422 for what is not taken here.
pub fn item<T: DeserializeOwned>(value: &serde_json::Value) -> Result<T, Problem> {
    parse(&Method::POST, true, value.to_string().as_bytes())
}

fn of_field(pointer: String, code: &'static str, detail: String) -> Problem {
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some fields need attention.");
    problem.errors.push(crate::http::problem::FieldError { pointer, code, detail });
    problem
}

/// What was wrong with the JSON: not JSON at all (400), or not what is taken here (422, with a pointer where the parser names the field).
fn of_json(error: &serde_json::Error, body: &[u8]) -> Problem {
    let words = error.to_string();
    if !error.is_data() {
        return Problem::new(StatusCode::BAD_REQUEST, "malformed", format!("This is not JSON: {words}."));
    }
    let field = words.split('`').nth(1).unwrap_or_default();
    let code = if words.starts_with("unknown field") {
        "unknown"
    } else if words.starts_with("missing field") {
        "required"
    } else {
        "invalid"
    };
    let pointer = if code == "invalid" {
        super::pointer::at(body, error.line(), error.column())
    } else {
        super::pointer::beside(body, error.line(), error.column(), field)
    };
    let plain = words.rsplit_once(" at line ").map_or(words.as_str(), |(before, _)| before);
    of_field(pointer, code, format!("{plain}."))
}

fn of_body(status: StatusCode, words: &str) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(status, "too_large", "The body is larger than 16 MB. Send less at once."),
        _ => bad(words),
    }
}

fn bad(words: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed", words)
}
