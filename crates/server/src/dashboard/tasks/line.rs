//! A task as a line of a page: the box, what is to be done, until when and on what; and the section of them on the page of a thing.

use domain::kit::{Ctx, Right, day_date};
use domain::merchants;
use domain::tasks::{self, On, Task};
use store::Tx;

use crate::dashboard::moments;

/// The line.
#[derive(Debug)]
pub struct Line {
    pub id: String,
    pub title: String,
    pub done: bool,
    /// Where the box is sent; empty for who may not tick it.
    pub action: String,
    /// What readers hear of the box.
    pub label: String,
    pub tone: &'static str,
    pub word: &'static str,
    /// `20 Jun 2026`, or empty.
    pub due: String,
    /// What it is on: where that is, and what people call it.
    pub on: Option<(String, String)>,
    pub assignee: String,
}

/// Tone and word of how a task stands.
pub fn standing(k: &Task, today: i64) -> (&'static str, &'static str) {
    match k.done_at {
        Some(_) => ("good", "Done"),
        None if k.is_overdue(today) => ("problem", "Overdue"),
        None if k.is_due(today) => ("attention", "Due"),
        None => ("quiet", "To do"),
    }
}

/// Where the thing stands that a task is on, and what people call it; nothing for one that stands by itself.
pub fn on(k: &Task) -> Option<(String, String)> {
    match &k.on {
        On::Nothing => None,
        On::Customer(id) => Some((format!("/customers/{id}"), k.customer_name.clone())),
        On::Order(id) => Some((format!("/orders/{id}"), k.on_label.clone())),
        On::Invoice(id) => Some((format!("/invoices/{id}"), k.on_label.clone())),
        On::Ticket(id) => Some((format!("/tickets/{id}"), k.on_label.clone())),
        On::Contract(id) => Some((format!("/contracts/{id}"), k.on_label.clone())),
        On::Offer(id) => Some((format!("/offers/{id}"), k.on_label.clone())),
        On::Return(id) => Some((format!("/returns/{id}"), k.on_label.clone())),
    }
}

/// Where the box of a task is sent.
pub fn switch(k: &Task) -> String {
    format!("/tasks/{}/{}", k.id, if k.done_at.is_some() { "reopen" } else { "done" })
}

/// What readers hear of the box.
pub fn label(k: &Task) -> String {
    format!("Done: {}", k.title)
}

/// A day as people read it; empty without one.
pub fn day(day: Option<i64>) -> String {
    day.map(|day| moments::date(day_date(day))).unwrap_or_default()
}

impl Line {
    /// `back`: the page on which it stands; `may`: tick it.
    pub fn of(k: Task, today: i64, back: &str, may: bool) -> Self {
        let (tone, word) = standing(&k, today);
        let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        Self {
            action: if may { format!("{}?back={back}", switch(&k)) } else { String::new() },
            label: label(&k),
            done: k.done_at.is_some(),
            due: day(k.due_on),
            on: on(&k),
            id: k.id.to_string(),
            title: k.title,
            assignee: k.assignee_name,
            tone,
            word,
        }
    }
}

/// The tasks on a thing, as its page shows them.
#[derive(Debug)]
pub struct Section {
    pub tasks: Vec<Line>,
    /// What a new one would be on; empty where none may be made.
    pub new: String,
    /// There are more than are shown.
    pub more: bool,
}

impl Section {
    /// At most `limit`, ticked from the page `back`. `active`: new ones may be made for whose it is.
    pub fn read(tx: &mut Tx, ctx: &Ctx, on: &On, active: bool, back: &str, limit: usize) -> domain::Result<Self> {
        let (found, may) = (tasks::of(tx, ctx, on, limit)?, ctx.may(Right::Write));
        let today = i64::from(merchants::settings(tx, ctx)?.zone.day(ctx.now));
        Ok(Self {
            tasks: found.tasks.into_iter().map(|k| Line::of(k, today, back, may)).collect(),
            new: if may && active { on.id().to_owned() } else { String::new() },
            more: found.more,
        })
    }
}
