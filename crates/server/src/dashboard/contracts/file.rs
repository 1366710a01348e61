//! The signed paper of a contract: brought, taken away, taken out.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::contracts;
use domain::kit::{ContractId, Problems};

use crate::app::App;
use crate::dashboard::conversations::download as sent;
use crate::dashboard::parts::Parts;
use crate::dashboard::{PageResult, refused, see_other, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::Form;

/// The file, to be kept and not to be opened here.
pub async fn download(State(app): State<App>, who: Who, Path(contract): Path<String>) -> PageResult {
    let contract: ContractId = id(&contract, "contract")?;
    let (name, bytes) = app.read(&who.ctx, move |tx, ctx| contracts::download(tx, ctx, &contract)).await?;
    Ok(sent(&name, bytes))
}

/// Puts it in the place of the one that was there.
pub async fn attach(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(contract): Path<String>,
    parts: Parts,
) -> PageResult {
    let contract: ContractId = id(&contract, "contract")?;
    let which = contract.clone();
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let file = parts.files.first().ok_or_else(|| Problems::one("file", "required", "Choose a file."))?;
            contracts::attach(tx, ctx, &which, &file.name, &file.bytes)
        })
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(&format!("/contracts/{contract}")), "File added.", None)),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            super::page::render(&app, &who, &uri, &headers, contract, status, form).await
        }
    }
}

/// Takes it out.
pub async fn detach(State(app): State<App>, who: Who, Path(contract): Path<String>) -> PageResult {
    let contract: ContractId = id(&contract, "contract")?;
    let which = contract.clone();
    app.write(&who.ctx, move |tx, ctx| contracts::detach(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/contracts/{contract}")), "File taken out.", None))
}
