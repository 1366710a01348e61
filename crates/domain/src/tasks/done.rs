//! A task done, and taken up again. Either twice is once.

use store::Tx;

use super::{Task, queries, read};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Micros, Result, Right, TaskId, locks};
use crate::payments::must_exist;

/// It is done. Gives the task as it is then. Needs [`Right::Write`].
pub fn finish(tx: &mut Tx, ctx: &Ctx, id: &TaskId) -> Result<Task> {
    switch(tx, ctx, id, Some(ctx.now), "task.done")
}

/// It is to be done after all. Needs [`Right::Write`].
pub fn reopen(tx: &mut Tx, ctx: &Ctx, id: &TaskId) -> Result<Task> {
    switch(tx, ctx, id, None, "task.reopened")
}

/// Several are done, all or none of them. Needs [`Right::Write`].
pub fn finish_many(tx: &mut Tx, ctx: &Ctx, ids: &[TaskId]) -> Result<()> {
    ctx.must(Right::Write)?;
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let seen = ids.iter().map(|id| read::find(tx, ctx, id)).collect::<Result<Vec<Task>>>()?;
    let customers: Vec<&CustomerId> = seen.iter().filter_map(|t| t.customer.as_ref()).collect();
    locks::customers(tx, ctx, &customers)?;
    for task in &seen {
        locks::task(tx, ctx, &task.id)?;
        let now = read::find(tx, ctx, &task.id)?;
        if now.customer != task.customer {
            return Err(read::moved());
        }
        write(tx, ctx, now, Some(ctx.now), "task.done")?;
    }
    Ok(())
}

fn switch(tx: &mut Tx, ctx: &Ctx, id: &TaskId, at: Option<Micros>, kind: &'static str) -> Result<Task> {
    ctx.must(Right::Write)?;
    let old = read::find_locked(tx, ctx, id)?;
    write(tx, ctx, old, at, kind)?;
    read::find(tx, ctx, id)
}

/// Writes how a locked task stands, and the event; nothing where it stands so already.
fn write(tx: &mut Tx, ctx: &Ctx, old: Task, at: Option<Micros>, kind: &'static str) -> Result<()> {
    if old.done_at.is_some() == at.is_some() {
        return Ok(());
    }
    if let Some(customer) = &old.customer {
        must_exist(tx, ctx, customer)?;
    }
    let by = if at.is_some() { ctx.actor.name.as_str() } else { "" };
    tx.exec(&queries::SET_DONE, &[&ctx.merchant, &old.id, &at, &by])?;
    Event::new(kind)
        .of_opt(old.customer.as_ref())
        .on("task", old.id.as_str())
        .data(serde_json::json!({ "on": old.on }))
        .value("task", None, Some(&old.title))
        .record(tx, ctx)?;
    Ok(())
}
