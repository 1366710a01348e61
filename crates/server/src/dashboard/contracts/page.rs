//! One contract: with whom, for how long and how much, its file, its tasks, and what may be done with it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::contracts::{self, Contract, State as Step};
use domain::events::{self, Entry};
use domain::kit::{ContractId, Ctx, Right, Zone};
use domain::tasks::On;
use domain::{customers, merchants};
use store::Tx;

use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::conversations::size;
use crate::dashboard::customers::profile::Happened;
use crate::dashboard::tasks::Section;
use crate::dashboard::{PageResult, frame, moments, show_with};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

/// What this person may do with the contract as it stands: no button is shown that would be refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct May {
    pub edit: bool,
    pub start: bool,
    pub notice: bool,
    pub take_back: bool,
    pub end: bool,
    pub cancel: bool,
    pub file: bool,
}

impl May {
    /// `active`: its customer gets something new (SPEC 10.2).
    fn of(ctx: &Ctx, contract: &Contract, active: bool) -> Self {
        let (write, state) = (ctx.may(Right::Orders), contract.summary.state);
        Self {
            edit: write && matches!(state, Step::Draft | Step::Running),
            start: write && active && state == Step::Draft,
            notice: write && state == Step::Running,
            take_back: write && active && state == Step::Notice,
            end: write && matches!(state, Step::Running | Step::Notice),
            cancel: write && state.is_open(),
            file: write,
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/contracts/page.html")]
struct Page {
    frame: Frame,
    form: Form,
    line: Line,
    c: Contract,
    period: String,
    reminder: String,
    given: String,
    size: String,
    added: Option<When>,
    todo: Section,
    happened: Vec<Happened>,
    may: May,
}

struct Read {
    contract: Contract,
    active: bool,
    todo: Section,
    entries: Vec<Entry>,
    zone: Zone,
}

fn read(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> domain::Result<Read> {
    let contract = contracts::get(tx, ctx, id)?;
    let customer = &contract.summary.customer;
    let active = customers::get(tx, ctx, customer)?.is_active();
    let todo = Section::read(tx, ctx, &On::Contract(id.clone()), active, &format!("/contracts/{id}"), 50)?;
    let entries = events::timeline(tx, ctx, customer, "contract", None, 500)?.entries;
    let entries = entries.into_iter().filter(|e| e.subject_id == id.as_str()).collect();
    Ok(Read { contract, active, todo, entries, zone: merchants::settings(tx, ctx)?.zone })
}

/// Draws it, with what is wrong with the file that was sent.
pub async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    contract: ContractId,
    status: StatusCode,
    form: Form,
) -> PageResult {
    let Read { contract, active, todo, entries, zone } = app.read(&who.ctx, move |tx, ctx| read(tx, ctx, &contract)).await?;
    let line = line(contract.summary.clone(), &zone);
    let page = Page {
        frame: frame(app, who, "contracts", uri, headers).await?,
        form,
        period: contract.summary.term.notice.map(contracts::Span::words).unwrap_or_default(),
        reminder: contract.remind_days.map(|days| format!("{days} days before")).unwrap_or_default(),
        given: contract.summary.notice_given_on.map(super::shown::day).unwrap_or_default(),
        size: contract.file.as_ref().map(|f| size(f.size)).unwrap_or_default(),
        added: contract.file.as_ref().map(|f| moments::moment(&zone, f.added_at)),
        todo,
        happened: Happened::all(&entries, &zone),
        may: May::of(&who.ctx, &contract, active),
        line,
        c: contract,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(contract): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&contract, "contract")?, StatusCode::OK, Form::default()).await
}
