//! The list of tickets: what was touched last first.

use domain::kit::{Ctx, Right, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::tickets::Ticket;
use domain::tickets::listed::{self, LIST};
use store::Tx;

use super::{heading, tone};
use crate::dashboard::lists::{Cell, Desk, Place, RowView};

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "tickets",
        nouns: LIST.nouns,
        at: "/tickets",
        bare: "view=open",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "ticket",
    empty: (
        "No open tickets",
        "When somebody wants something that is not done at once, make a ticket: it says who answers for it and what was said.",
    ),
    create: Some((Right::Write, "/tickets/new", "New ticket")),
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|t| draw(t, &settings.zone)).collect())
}

fn draw(t: Ticket, zone: &Zone) -> RowView {
    let whose = t.customer.as_ref().map_or_else(String::new, |id| format!("/customers/{id}/tickets"));
    RowView {
        id: t.id.to_string(),
        name: format!("ticket {}", t.number),
        act: None,
        test: false,
        cells: vec![
            ("subject", Cell::text(heading(&t)).to(format!("/tickets/{}", t.id))),
            ("status", Cell::state(tone(t.status), t.status.label())),
            ("priority", Cell::text(t.priority.label())),
            ("customer", Cell::text(t.customer_name).to(whose)),
            ("assignee", Cell::text(t.assignee_name)),
            ("updated", Cell::day(zone, Some(t.updated_at))),
            ("created", Cell::day(zone, Some(t.created_at))),
            ("tags", Cell::text(t.tags.join(", "))),
        ],
    }
}
