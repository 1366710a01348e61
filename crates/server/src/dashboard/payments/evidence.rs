//! The answer to a dispute: words and files, saved as they come, then submitted once before the due date (SPEC 2.5).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{DisputeId, Money, Problems};
use domain::merchants;
use domain::payments::disputes::DisputeStatus;
use domain::providers::CallState;
use domain::providers::evidence::{self, Evidence, ProofKind};

use crate::app::App;
use crate::dashboard::moments::{day, moment};
use crate::dashboard::parts::Parts;
use crate::dashboard::{PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When, band};

#[derive(Template)]
#[template(path = "dashboard/payments/evidence.html")]
struct EvidencePage {
    frame: Frame,
    form: Form,
    e: Evidence,
    at: String,
    back: String,
    amount: String,
    paid: When,
    due: Option<When>,
    tone: &'static str,
    state: &'static str,
    submitted: Option<When>,
    may: bool,
    kinds: Vec<(&'static str, &'static str)>,
    provider: &'static str,
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    dispute: DisputeId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let (e, zone) = app.read(&who.ctx, move |tx, ctx| Ok((evidence::get(tx, ctx, &dispute)?, merchants::settings(tx, ctx)?.zone))).await?;
    let (tone, state) = match (e.dispute.status, e.state) {
        (DisputeStatus::Won, _) => ("good", "Won"),
        (DisputeStatus::Lost, _) => ("problem", "Lost"),
        (DisputeStatus::Open, Some(CallState::Done)) => ("good", "Answered"),
        (DisputeStatus::Open, Some(CallState::Waiting)) => ("attention", "Answer is being sent"),
        (DisputeStatus::Open, Some(CallState::Refused)) => ("problem", "Answer refused"),
        (DisputeStatus::Open, None) => ("problem", "Open"),
    };
    let page = EvidencePage {
        frame: frame(app, who, "disputes", uri, headers).await?.under(band(usize::from(!e.payment.live), 1)),
        form: form.unwrap_or_else(|| Form::of([("words", e.words.clone())])),
        at: format!("/disputes/{}/evidence", e.dispute.id),
        back: super::refund::back(&e.payment),
        amount: Money::new(e.dispute.amount, e.dispute.currency).to_string(),
        paid: day(&zone, e.payment.paid_at),
        due: e.dispute.due_at.map(|at| moment(&zone, at)),
        submitted: e.submitted_at.map(|at| moment(&zone, at)),
        may: e.is_open(who.ctx.now),
        kinds: ProofKind::ALL.iter().map(|k| (k.name(), k.label())).collect(),
        provider: e.provider.map_or("", |p| p.label()),
        tone,
        state,
        e,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(dispute): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&dispute, "dispute")?, StatusCode::OK, None).await
}

/// Saves the words; with the other button, submits all of it.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(dispute): Path<String>, typed: Typed) -> PageResult {
    let dispute: DisputeId = id(&dispute, "dispute")?;
    let (which, sent, submit) = (dispute.clone(), typed.text("words"), typed.get("act") == "submit");
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            evidence::save(tx, ctx, &which, &sent)?;
            if submit { evidence::submit(tx, ctx, &which) } else { Ok(()) }
        })
        .await;
    match done {
        Ok(()) => {
            let words = if submit { "Answer submitted." } else { "Saved." };
            Ok(toasted(see_other(&format!("/disputes/{dispute}/evidence")), words, None))
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, dispute, status, Some(form)).await
        }
    }
}

/// Adds a file.
pub async fn add_file(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(dispute): Path<String>,
    parts: Parts,
) -> PageResult {
    let dispute: DisputeId = id(&dispute, "dispute")?;
    let (kind, file) = (parts.typed.text("kind"), parts.files.into_iter().next().unwrap_or_default());
    let which = dispute.clone();
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let kind = kind.parse::<ProofKind>().map_err(|()| Problems::one("kind", "invalid", "Say what the file proves."))?;
            evidence::add_file(tx, ctx, &which, kind, &file.name, &file.bytes)
        })
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(&format!("/disputes/{dispute}/evidence")), "File added.", None)),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, dispute, status, Some(form)).await
        }
    }
}

/// Takes a file out.
pub async fn remove_file(State(app): State<App>, who: Who, Path((dispute, kind)): Path<(String, String)>) -> PageResult {
    let dispute: DisputeId = id(&dispute, "dispute")?;
    let (which, kind) = (dispute.clone(), id::<ProofKind>(&kind, "file")?);
    app.write(&who.ctx, move |tx, ctx| evidence::remove_file(tx, ctx, &which, kind)).await?;
    Ok(toasted(see_other(&format!("/disputes/{dispute}/evidence")), "File taken out.", None))
}
