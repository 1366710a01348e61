//! A task made.

use jiff::civil::Date;
use store::Tx;

use super::on::{self, On};
use super::queries;
use crate::events::Event;
use crate::kit::{Ctx, PersonId, Problems, Result, Right, TaskId, clean, day_number, one_line};
use crate::staff::assignable;

/// A task about to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTask {
    /// What it is on.
    pub on: On,
    /// What is to be done; needed.
    pub title: String,
    /// More about it.
    pub note: String,
    /// The last day for it.
    pub due_on: Option<Date>,
    /// From this day on it stands among what is due.
    pub remind_on: Option<Date>,
    /// Who does it.
    pub assignee: Option<PersonId>,
}

/// Makes it. Needs [`Right::Write`].
///
/// # Errors
/// `Invalid` on `on`, `title`, `note`, `due_on`, `remind_on`, `assignee`; `Conflict` (`customer_inactive`) when the customer of what it is on is
/// archived or deleted (SPEC 10.2).
pub fn create(tx: &mut Tx, ctx: &Ctx, new: &NewTask) -> Result<TaskId> {
    ctx.must(Right::Write)?;
    let (on, customer) = on::locked(tx, ctx, &new.on)?;
    let mut problems = Problems::default();
    let (title, note) = texts(&mut problems, &new.title, &new.note);
    let (due, remind) = days(&mut problems, new.due_on, new.remind_on);
    if let Some(person) = &new.assignee {
        assignable(tx, ctx, person, &mut problems)?;
    }
    problems.check()?;
    let id: TaskId = ctx.id();
    let assignee = new.assignee.as_ref().map_or("", PersonId::as_str);
    let values: [&dyn store::Bind; 12] =
        [&ctx.merchant, &id, &customer, &on.kind(), &on.kept(), &title, &note, &due, &remind, &assignee, &ctx.now, &ctx.actor.name];
    tx.exec(&queries::INSERT, &values)?;
    Event::new("task.created")
        .of_opt(customer.as_ref())
        .on("task", id.as_str())
        .data(serde_json::json!({ "on": on, "due_on": new.due_on.map(|d| d.to_string()), "assignee": new.assignee }))
        .value("title", None, Some(&title))
        .record(tx, ctx)?;
    Ok(id)
}

pub(super) fn texts(problems: &mut Problems, title: &str, note: &str) -> (String, String) {
    let title = one_line(problems, "title", title, 200);
    if title.is_empty() {
        problems.add("title", "required", "Say what is to be done.");
    }
    (title, clean(problems, "note", note, 5000))
}

/// Day numbers of days between 2000 and 2999; a reminder is not behind the last day.
pub(super) fn days(problems: &mut Problems, due: Option<Date>, remind: Option<Date>) -> (Option<i64>, Option<i64>) {
    for (field, day) in [("due_on", due), ("remind_on", remind)] {
        if day.is_some_and(|d| !(2000..3000).contains(&d.year())) {
            problems.add(field, "invalid", "Choose a day between 2000 and 2999.");
        }
    }
    if due.zip(remind).is_some_and(|(due, remind)| remind > due) {
        problems.add("remind_on", "invalid", "Choose a day on or before the one it is due.");
    }
    let number = |day: Option<Date>| day.map(|d| i64::from(day_number(d)));
    (number(due), number(remind))
}
