//! The list of tasks, one's own first.

use domain::kit::{Ctx, Right, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::tasks::Task;
use domain::tasks::listed::{self, LIST};
use store::Tx;

use super::line::{day, label, on, standing, switch};
use crate::dashboard::lists::{Cell, Desk, Place, RowView, Tick};

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "tasks",
        nouns: LIST.nouns,
        at: "/tasks",
        bare: "view=mine",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "task",
    empty: (
        "Nothing to do",
        "A task says what is to be done, by whom and until when: on a customer, an order, an invoice, an offer, a contract, a return, a ticket, or by itself.",
    ),
    create: Some((Right::Write, "/tasks/new", "New task")),
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    let (today, may) = (i64::from(settings.zone.day(ctx.now)), ctx.may(Right::Write));
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|k| draw(k, &settings.zone, today, may)).collect())
}

fn draw(k: Task, zone: &Zone, today: i64, may: bool) -> RowView {
    let (tone, word) = standing(&k, today);
    let tick = may.then(|| Tick { action: switch(&k), done: k.done_at.is_some(), label: label(&k) });
    let (at, name) = on(&k).unwrap_or_default();
    let whose = k.customer.as_ref().map_or_else(String::new, |id| format!("/customers/{id}/tasks"));
    RowView {
        id: k.id.to_string(),
        name: format!("task {}", k.title),
        act: None,
        test: false,
        cells: vec![
            ("title", Cell::text(k.title).to(format!("/tasks/{}", k.id)).ticked(tick)),
            ("due", Cell::text(day(k.due_on))),
            ("status", Cell::state(tone, word)),
            ("on", Cell::text(name).to(at)),
            ("customer", Cell::text(k.customer_name).to(whose)),
            ("assignee", Cell::text(k.assignee_name)),
            ("reminder", Cell::text(day(k.remind_on))),
            ("created", Cell::day(zone, Some(k.created_at))),
            ("done", Cell::day(zone, k.done_at)),
        ],
    }
}
