//! The dialog in which notice is noted: by which day it ends, and why.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::contracts::{self, GivenNotice};
use domain::kit::{ContractId, day_date, day_number};
use domain::merchants;

use super::form::date;
use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/contracts/notice.html")]
struct Page {
    frame: Frame,
    form: Form,
    line: Line,
    /// The day it ends by what was agreed.
    agreed: String,
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    contract: ContractId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let (s, zone) =
        app.read(&who.ctx, move |tx, ctx| Ok((contracts::get(tx, ctx, &contract)?.summary, merchants::settings(tx, ctx)?.zone))).await?;
    let agreed = s.term.end_by_notice(i64::from(zone.day(who.ctx.now)));
    let page = Page {
        frame: frame(app, who, "contracts", uri, headers).await?,
        form: form.unwrap_or_else(|| Form::of([("ends_on", day_date(agreed).to_string())])),
        agreed: super::shown::day(agreed),
        line: line(s, &zone),
    };
    Ok(show_with(status, &page))
}

/// Asks for the day and the reason.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(contract): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&contract, "contract")?, StatusCode::OK, None).await
}

/// Notes it.
pub async fn give(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(contract): Path<String>,
    typed: Typed,
) -> PageResult {
    let contract: ContractId = id(&contract, "contract")?;
    let (which, sent) = (contract.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let ends_on = date(&sent, "ends_on")?.map(|d| i64::from(day_number(d)));
            contracts::give_notice(tx, ctx, &which, &GivenNotice { ends_on, reason: sent.text("reason") })
        })
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(&format!("/contracts/{contract}")), "Notice noted.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, contract, status, Some(form)).await
        }
    }
}
