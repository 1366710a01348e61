//! A task done, and taken up again. Either twice is once.

use store::Tx;

use super::{Task, queries, read};
use crate::events::Event;
use crate::kit::{Ctx, Micros, Result, Right, TaskId};
use crate::payments::must_exist;

/// It is done. Gives the task as it is then. Needs [`Right::Write`].
pub fn finish(tx: &mut Tx, ctx: &Ctx, id: &TaskId) -> Result<Task> {
    switch(tx, ctx, id, Some(ctx.now), "task.done")
}

/// It is to be done after all. Needs [`Right::Write`].
pub fn reopen(tx: &mut Tx, ctx: &Ctx, id: &TaskId) -> Result<Task> {
    switch(tx, ctx, id, None, "task.reopened")
}

fn switch(tx: &mut Tx, ctx: &Ctx, id: &TaskId, at: Option<Micros>, kind: &'static str) -> Result<Task> {
    ctx.must(Right::Write)?;
    let old = read::find_locked(tx, ctx, id)?;
    if old.done_at.is_some() == at.is_some() {
        return Ok(old);
    }
    if let Some(customer) = &old.customer {
        must_exist(tx, ctx, customer)?;
    }
    let by = if at.is_some() { ctx.actor.name.as_str() } else { "" };
    tx.exec(&queries::SET_DONE, &[&ctx.merchant, id, &at, &by])?;
    Event::new(kind)
        .of_opt(old.customer.as_ref())
        .on("task", id.as_str())
        .data(serde_json::json!({ "on": old.on }))
        .value("task", None, Some(&old.title))
        .record(tx, ctx)?;
    read::find(tx, ctx, id)
}
