//! The register of requests: what waits first, the most urgent before the others.

use domain::invoices::due_days;
use domain::kit::{Ctx, Right, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::privacy::requests::listed::{self, LIST};
use domain::privacy::requests::{Request, State};
use store::Tx;

use crate::dashboard::lists::{Cell, Desk, Place, RowView};
use crate::dashboard::moments;

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "customers",
        nouns: LIST.nouns,
        at: "/customers/requests",
        bare: "view=open",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "calendar",
    empty: (
        "No open requests",
        "When somebody asks to see, correct or erase their data, write it down here: the day until which to answer is kept.",
    ),
    create: Some((Right::PersonalData, "/customers/requests/new", "New request")),
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    let today = i64::from(settings.zone.day(ctx.now));
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|q| draw(&q, &settings.zone, today)).collect())
}

/// Tone and word of a request.
pub fn standing(q: &Request, today: i64) -> (&'static str, &'static str) {
    match q.state {
        _ if q.is_overdue(today) => ("problem", "Overdue"),
        State::Open => ("attention", "Open"),
        State::Done => ("good", "Done"),
        State::Refused => ("quiet", "Refused"),
    }
}

fn draw(q: &Request, zone: &Zone, today: i64) -> RowView {
    let (tone, word) = standing(q, today);
    let day = |day: i64| moments::date(due_days(day));
    RowView {
        id: q.id.to_string(),
        name: format!("request of {}", q.about()),
        act: None,
        test: false,
        cells: vec![
            ("about", Cell::text(q.about()).to(format!("/customers/requests/{}", q.id))),
            ("kind", Cell::text(q.kind.label())),
            ("status", Cell::state(tone, word)),
            ("due", Cell::text(day(q.due_on))),
            ("received", Cell::text(day(q.received_on))),
            ("note", Cell::text(q.note.clone())),
            ("by", Cell::text(q.created_by.clone())),
            ("closed", Cell::day(zone, q.closed_at)),
        ],
    }
}
