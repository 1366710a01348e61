//! What people do with an uploaded import: choose, check, start, stop, take back, discard. Each writes what a worker is to do next.

use store::Tx;

use super::plan::Plan;
use super::state::{self, Import, State, Task};
use super::{KEPT, Request, look, queries};
use crate::files::Kind;
use crate::kit::{Ctx, Error, ImportId, Problems, Result, Right};
use crate::shops;

/// Keeps what was chosen; what a dry run found before is forgotten. `plan` is what [`super::chosen`] made of the same request.
///
/// # Errors
/// `NotFound`; field errors for `shop`; a conflict `import_begun` once it is checked or runs.
pub fn choose(tx: &mut Tx, ctx: &Ctx, id: &ImportId, request: &Request, plan: &Plan) -> Result<Import> {
    state::load(tx, ctx, id)?;
    let shop = shops::get(tx, ctx, &request.shop).map_err(|_| Problems::one("shop", "invalid", "There is no such shop."))?;
    if shop.archived_at.is_some() {
        return Err(Problems::one("shop", "archived", "This shop is archived and takes nothing new."));
    }
    let input = request.text();
    let done =
        tx.exec(&queries::CHOOSE, &[&ctx.merchant, id, &plan.kind_name(), &plan.layout.name, &input, &request.shop, &(ctx.now + KEPT)])?;
    if done == 0 { Err(begun()) } else { state::load(tx, ctx, id) }
}

/// Asks for a dry run.
///
/// # Errors
/// `NotFound`; a refusal without the rights to write what the file holds; a conflict `import_columns` while nobody said which column is which, `import_begun` once it runs.
pub fn check(tx: &mut Tx, ctx: &Ctx, id: &ImportId) -> Result<Import> {
    ready(ctx, &state::load(tx, ctx, id)?)?;
    let done = tx.exec(&queries::ASK_CHECK, &[&ctx.merchant, id, &by(ctx)])?;
    if done == 0 { Err(begun()) } else { state::load(tx, ctx, id) }
}

/// Starts it. Once: a second press finds it started.
///
/// # Errors
/// As [`check`].
pub fn start(tx: &mut Tx, ctx: &Ctx, id: &ImportId) -> Result<Import> {
    ready(ctx, &state::load(tx, ctx, id)?)?;
    let done = tx.exec(&queries::ASK_RUN, &[&ctx.merchant, id, &by(ctx), &ctx.actor.name, &ctx.now])?;
    if done == 0 { Err(begun()) } else { state::load(tx, ctx, id) }
}

/// Stops a dry run, or an import, which is then taken back.
///
/// # Errors
/// `NotFound`; a conflict `import_over` when there is nothing to stop.
pub fn cancel(tx: &mut Tx, ctx: &Ctx, id: &ImportId) -> Result<Import> {
    match state::load(tx, ctx, id)?.state {
        State::Checking => drop(tx.exec(&queries::STOP_CHECK, &[&ctx.merchant, id])?),
        State::Running => back(tx, ctx, id, Task::Cancel, State::Running)?,
        state => return Err(over(state)),
    }
    state::load(tx, ctx, id)
}

/// Asks for an import that is done to be taken back.
///
/// # Errors
/// `NotFound`; a conflict `import_over` when it is not done, or taken back already.
pub fn take_back(tx: &mut Tx, ctx: &Ctx, id: &ImportId) -> Result<Import> {
    match state::load(tx, ctx, id)?.state {
        State::Done => back(tx, ctx, id, Task::Undo, State::Done)?,
        state => return Err(over(state)),
    }
    state::load(tx, ctx, id)
}

/// Forgets one that was never started. Its file is to be cleared from the shelf behind it.
///
/// # Errors
/// `NotFound`; a conflict `import_begun` once it runs.
pub fn discard(tx: &mut Tx, ctx: &Ctx, id: &ImportId) -> Result<()> {
    state::load(tx, ctx, id)?;
    if tx.exec(&queries::DISCARD, &[&ctx.merchant, id])? == 0 { Err(begun()) } else { Ok(()) }
}

fn back(tx: &mut Tx, ctx: &Ctx, id: &ImportId, task: Task, from: State) -> Result<()> {
    if tx.exec(&queries::ASK_BACK, &[&ctx.merchant, id, &task, &by(ctx), &from])? == 0 { Err(over(from)) } else { Ok(()) }
}

/// A file writes what its rows say, so whoever brings it needs the rights to write that.
fn ready(ctx: &Ctx, import: &Import) -> Result<()> {
    let needed: &[Right] = if import.kind == Kind::Orders.name() {
        &[Right::Read, Right::Write, Right::Orders, Right::Payments]
    } else {
        &[Right::Read, Right::Write]
    };
    needed.iter().try_for_each(|right| ctx.must(*right))?;
    if !matches!(import.state, State::Uploaded | State::Checked) {
        return Err(begun());
    }
    look::asked(import)?;
    if import.layout.is_empty() {
        return Err(Error::conflict("import_columns", "Say which column is which first."));
    }
    Ok(())
}

/// Who the worker acts for.
fn by(ctx: &Ctx) -> String {
    let a = &ctx.actor;
    serde_json::json!({ "kind": a.kind.name(), "id": a.id, "name": a.name, "rights": a.rights.text() }).to_string()
}

fn begun() -> Error {
    Error::conflict("import_begun", "This import is under way or over already.")
}

fn over(state: State) -> Error {
    Error::conflict("import_over", format!("There is nothing to stop or take back: {}.", state.label().to_lowercase()))
}
