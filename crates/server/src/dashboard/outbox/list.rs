//! The list of the outbox, newest first.

use domain::kit::{Ctx, Zone};
use domain::lists::Query;
use domain::mail::listed::{self, LIST, Listed};
use domain::merchants::Settings;
use store::Tx;

use crate::dashboard::invoices::sent;
use crate::dashboard::lists::{Cell, Desk, Place, RowView};

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "outbox",
        nouns: LIST.nouns,
        at: "/outbox",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "mail",
    empty: ("No mail yet", "Invoices, offers, links and messages that you send stand here, with what became of them."),
    create: None,
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|row| draw(row, &settings.zone)).collect())
}

fn draw(row: Listed, zone: &Zone) -> RowView {
    let (m, state) = (&row.mail, sent(&row.mail, zone));
    let whose = row.customer.as_ref().map(|id| format!("/customers/{id}")).unwrap_or_default();
    let thing = super::page::thing(m).map(|(href, _)| href).unwrap_or_default();
    RowView {
        id: m.id.to_string(),
        name: format!("mail to {}", m.recipient),
        act: None,
        test: false,
        cells: vec![
            ("to", Cell::text(m.recipient.clone()).to(whose)),
            ("subject", Cell::text(m.subject.clone()).to(format!("/outbox/{}", m.id))),
            ("status", Cell::state(state.tone, state.words)),
            ("carries", Cell::text(row.carries.label()).to(thing)),
            ("attempts", Cell::text(m.attempts.to_string())),
            ("created", Cell::day(zone, Some(m.queued_at))),
            ("sent", Cell::day(zone, m.sent_at)),
            ("next", Cell::day(zone, m.next_at)),
            ("by", Cell::text(m.queued_by.clone())),
        ],
    }
}
