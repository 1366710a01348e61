//! What is done with a contract by one press, or by one press and a reason.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::contracts;
use domain::kit::{ContractId, Ctx};
use store::Tx;

use crate::app::App;
use crate::dashboard::reason::{Asking, ask};
use crate::dashboard::{PageResult, Typed, refused, see_other, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::Form;

async fn go(
    app: &App,
    who: &Who,
    contract: &str,
    said: &str,
    verb: impl Fn(&mut Tx, &Ctx, &ContractId) -> domain::Result<()> + Send + Sync + 'static,
) -> PageResult {
    let contract: ContractId = id(contract, "contract")?;
    let which = contract.clone();
    app.write(&who.ctx, move |tx, ctx| verb(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/contracts/{contract}")), said, None))
}

/// A draft binds from now on.
pub async fn start(State(app): State<App>, who: Who, Path(contract): Path<String>) -> PageResult {
    go(&app, &who, &contract, "Contract started.", contracts::start).await
}

/// Notice is taken back.
pub async fn take_back(State(app): State<App>, who: Who, Path(contract): Path<String>) -> PageResult {
    go(&app, &who, &contract, "Notice taken back: the contract runs on.", contracts::take_back_notice).await
}

/// What ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    End,
    Cancel,
}

impl Act {
    fn asking(self, contract: &ContractId, number: &str) -> Asking {
        let at = format!("/contracts/{contract}");
        let (title, words, button, end) = match self {
            Self::End => (format!("End contract {number} today?"), "It ends with this day, whatever was agreed.", "End contract", "end"),
            Self::Cancel => {
                (format!("Cancel contract {number}?"), "It is called off and binds nobody any more.", "Cancel contract", "cancel")
            }
        };
        Asking {
            room: "contracts",
            title,
            words,
            field: ("reason", "Why"),
            button,
            action: format!("{at}/{end}"),
            back: (at, format!("Contract {number}")),
        }
    }
}

/// A person at a page.
struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

impl Asked<'_> {
    async fn ask(&self, contract: ContractId, act: Act, status: StatusCode, form: Form) -> PageResult {
        let which = contract.clone();
        let number = self.app.read(&self.who.ctx, move |tx, ctx| Ok(contracts::get(tx, ctx, &which)?.summary.number)).await?;
        ask(self.app, self.who, self.uri, self.headers, act.asking(&contract, &number), status, form).await
    }

    async fn act(&self, contract: &str, act: Act, typed: Typed) -> PageResult {
        let contract: ContractId = id(contract, "contract")?;
        let (which, reason) = (contract.clone(), typed.text("reason"));
        let done = self
            .app
            .write(&self.who.ctx, move |tx, ctx| match act {
                Act::End => contracts::end(tx, ctx, &which, &reason),
                Act::Cancel => contracts::cancel(tx, ctx, &which, &reason),
            })
            .await;
        match done {
            Ok(()) => {
                let said = if act == Act::End { "Contract ended." } else { "Contract cancelled." };
                Ok(toasted(see_other(&format!("/contracts/{contract}")), said, None))
            }
            Err(error) => {
                let mut form = typed.form();
                let status = refused(&mut form, error)?;
                self.ask(contract, act, status, form).await
            }
        }
    }
}

/// Asks why it ends.
pub async fn ask_end(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(contract): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    asked.ask(id(&contract, "contract")?, Act::End, StatusCode::OK, Form::default()).await
}

/// Ends it with this day.
pub async fn end(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(contract): Path<String>, typed: Typed) -> PageResult {
    Asked { app: &app, who: &who, uri: &uri, headers: &headers }.act(&contract, Act::End, typed).await
}

/// Asks why it is called off.
pub async fn ask_cancel(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(contract): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    asked.ask(id(&contract, "contract")?, Act::Cancel, StatusCode::OK, Form::default()).await
}

/// Calls it off.
pub async fn cancel(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(contract): Path<String>,
    typed: Typed,
) -> PageResult {
    Asked { app: &app, who: &who, uri: &uri, headers: &headers }.act(&contract, Act::Cancel, typed).await
}
