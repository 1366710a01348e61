//! The list of mailings, newest first.

use domain::kit::{Ctx, Zone};
use domain::lists::Query;
use domain::mailings::listed::{self, LIST, Listed};
use domain::mailings::{Outcome, State};
use domain::merchants::Settings;
use store::Tx;

use crate::dashboard::lists::{Cell, Desk, Place, RowView};
use crate::dashboard::tones;

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "mailings",
        nouns: LIST.nouns,
        at: "/mailings",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "send",
    empty: ("No mailings yet", "A mailing sends one template to many customers. Tick customers on their list and choose Auto mail."),
    create: None,
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|row| draw(&row, &settings.zone)).collect())
}

/// The tone of a state.
pub fn tone(state: State) -> &'static str {
    match state {
        State::Sending | State::Paused => "attention",
        State::Done => "good",
        State::Cancelled => "quiet",
    }
}

fn draw(row: &Listed, zone: &Zone) -> RowView {
    let (m, number) = (&row.mailing, |n: i64| Cell::text(tones::number(n.unsigned_abs())));
    let of = |outcome| number(row.counts.of(outcome));
    RowView {
        id: m.id.to_string(),
        name: format!("mailing {}", m.name),
        act: None,
        test: false,
        cells: vec![
            ("name", Cell::text(m.name.clone()).to(format!("/mailings/{}", m.id))),
            ("status", Cell::state(tone(m.state), m.state.label())),
            ("shop", Cell::text(m.shop_name.clone())),
            ("total", number(m.total)),
            ("sent", of(Outcome::Sent)),
            ("waiting", of(Outcome::Queued)),
            ("skipped", of(Outcome::Skipped)),
            ("failed", of(Outcome::Failed)),
            ("unknown", of(Outcome::Unknown)),
            ("created", Cell::day(zone, Some(m.created_at))),
            ("by", Cell::text(m.created_by.clone())),
        ],
    }
}
