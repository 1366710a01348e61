//! A file on its way in: straight to the disk, looked at when it is here, and an import only then. Works without JavaScript.

use askama::Template;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::Error;
use domain::imports::{self, ImportError, Shelf};
use domain::kit::{ImportId, Problems};
use domain::replies::Reply;

use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with};
use crate::http::arriving::{Arrived, arrive};
use crate::http::{Problem, Who};
use crate::look::{Form, Frame};

const HERE: &str = "/imports/new";

#[derive(Template)]
#[template(path = "dashboard/imports/new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    once: String,
    /// `2,048 MB`
    most: String,
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Form) -> PageResult {
    let most = format!("{} MB", super::words::number((app.config.import_max >> 20) as i64));
    // What was sent is gone, so it is sent anew: never the first answer again.
    let once = once(&Form::default(), who);
    Ok(show_with(status, &NewPage { frame: frame(app, who, "customers", uri, headers).await?, form, once, most }))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&app, &who, &uri, &headers, StatusCode::OK, Form::default()).await
}

/// Takes a file in.
pub async fn upload(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, request: Request) -> PageResult {
    let done = match take(&app, request).await {
        Ok((typed, name, arrived)) => keep(&app, &who, typed, name, arrived).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(address) => Ok(see_other(&address)),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, form).await
        }
    }
}

/// Reads the form: its words, then its file.
async fn take(app: &App, mut request: Request) -> domain::Result<(Typed, String, Arrived)> {
    let required = || Problems::one("file", "required", "Choose a file.");
    let broken = || Problems::one("file", "invalid", "The file broke off on its way. Send it again.");
    DefaultBodyLimit::disable().apply(&mut request);
    let mut parts = Multipart::from_request(request, app).await.map_err(|_| required())?;
    let (shelf, mut typed) = (Shelf::of(&app.config.data), Typed::default());
    while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
        match part.name() {
            Some("file") => {
                let name = part.file_name().unwrap_or_default().to_owned();
                let arrived = arrive(&shelf, app.config.import_max, part).await.map_err(of_arrival)?;
                if arrived.size == 0 {
                    return Err(required());
                }
                typed.0.push(("hash".to_owned(), arrived.hash.clone()));
                return Ok((typed, name, arrived));
            }
            Some(name) => {
                let name = name.to_owned();
                // Words of this form are short: a long one is not ours.
                let text = words(part).await.ok_or_else(broken)?;
                typed.0.push((name, text));
            }
            None => {}
        }
    }
    Err(required())
}

async fn words(mut part: axum::extract::multipart::Field<'_>) -> Option<String> {
    let mut text = Vec::new();
    while let Some(chunk) = part.chunk().await.ok()? {
        text.extend_from_slice(&chunk);
        if text.len() > 1000 {
            return None;
        }
    }
    String::from_utf8(text).ok()
}

fn of_arrival(problem: Problem) -> Error {
    match problem.status {
        400 | 413 => Problems::one("file", "invalid", problem.detail),
        507 => Error::Store(store::Error::Full),
        _ => Error::Internal(problem.detail),
    }
}

/// Looks at it and writes it down, once for each press; gives where it is seen.
async fn keep(app: &App, who: &Who, typed: Typed, name: String, arrived: Arrived) -> domain::Result<String> {
    let (shelf, id) = (Shelf::of(&app.config.data), who.ctx.id::<ImportId>());
    let (there, own) = (shelf.clone(), id.clone());
    let received = tokio::task::spawn_blocking(move || imports::receive(&there, arrived.part, &name, own)).await;
    let file = received.map_err(|e| Error::Internal(e.to_string()))?.map_err(of_file)?;
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            typed.once(tx, ctx, HERE, |tx| {
                let made = imports::upload(tx, ctx, &file)?;
                Ok(Reply::new(303, format!("/imports/{}", made.id), String::new()))
            })
        })
        .await;
    if !done.as_ref().is_ok_and(|reply| !reply.repeated) {
        shelf.clear(&id);
    }
    done.map(|reply| reply.location)
}

fn of_file(error: ImportError) -> Error {
    match error {
        ImportError::File(words) => Problems::one("file", "invalid", words),
        ImportError::Domain(error) => error,
        ImportError::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => Error::Store(store::Error::Full),
        ImportError::Io(error) => Error::Internal(format!("a file on its way in: {error}")),
    }
}
