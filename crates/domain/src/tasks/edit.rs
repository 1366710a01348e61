//! Changing a task: its words, its days, who does it.

use jiff::civil::Date;
use store::Tx;

use super::{create, queries, read};
use crate::events::Event;
use crate::kit::{Ctx, Error, PersonId, Problems, Result, Right, TaskId, day_date};
use crate::payments::must_exist;
use crate::staff::assignable;

/// A change; what is absent stays. Of days and assignee `Some(None)` is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// Refused when it was changed since.
    pub expected_version: Option<i64>,
    /// What is to be done.
    pub title: Option<String>,
    /// More about it.
    pub note: Option<String>,
    /// The last day for it.
    pub due_on: Option<Option<Date>>,
    /// From this day on it stands among what is due.
    pub remind_on: Option<Option<Date>>,
    /// Who does it.
    pub assignee: Option<Option<PersonId>>,
}

/// Changes it. Needs [`Right::Write`].
///
/// # Errors
/// `Invalid` for its fields; `Conflict`: `changed` when somebody else changed it meanwhile, `customer_gone` for that of somebody merged or anonymised.
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &TaskId, edit: &Edit) -> Result<()> {
    ctx.must(Right::Write)?;
    let old = read::find_locked(tx, ctx, id)?;
    if edit.expected_version.is_some_and(|version| version != old.version) {
        return Err(Error::conflict("changed", "Somebody else changed this task meanwhile. Look at it again."));
    }
    if let Some(customer) = &old.customer {
        must_exist(tx, ctx, customer)?;
    }
    let mut problems = Problems::default();
    let (title, note) =
        create::texts(&mut problems, edit.title.as_deref().unwrap_or(&old.title), edit.note.as_deref().unwrap_or(&old.note));
    let (due, remind) = (edit.due_on.unwrap_or(old.due_on.map(day_date)), edit.remind_on.unwrap_or(old.remind_on.map(day_date)));
    let (due_on, remind_on) = create::days(&mut problems, due, remind);
    let (mut assignee, mut assignee_name) = (old.assignee.clone(), old.assignee_name.clone());
    if let Some(person) = edit.assignee.as_ref().filter(|a| **a != old.assignee) {
        assignee_name = match person {
            Some(person) => assignable(tx, ctx, person, &mut problems)?,
            None => String::new(),
        };
        assignee.clone_from(person);
    }
    problems.check()?;
    let day = |day: Option<i64>| day.map(|d| day_date(d).to_string()).unwrap_or_default();
    let fields = [
        ("title", old.title.clone(), title.clone()),
        ("note", old.note.clone(), note.clone()),
        ("due", day(old.due_on), day(due_on)),
        ("reminder", day(old.remind_on), day(remind_on)),
        ("assignee", old.assignee_name.clone(), assignee_name),
    ];
    let differ: Vec<_> = fields.iter().filter(|(_, a, b)| a != b).collect();
    if differ.is_empty() && assignee == old.assignee {
        return Ok(());
    }
    let who = assignee.as_ref().map_or("", PersonId::as_str);
    tx.exec(&queries::UPDATE, &[&ctx.merchant, id, &title, &note, &due_on, &remind_on, &who])?;
    let mut event = Event::new("task.edited").of_opt(old.customer.as_ref()).on("task", id.as_str());
    for (field, a, b) in differ {
        event = event.value(*field, Some(a.as_str()).filter(|t| !t.is_empty()), Some(b.as_str()).filter(|t| !t.is_empty()));
    }
    event.record(tx, ctx)?;
    Ok(())
}
