//! The list of all contracts (SPEC 2.10).

use domain::contracts::Summary;
use domain::contracts::listed::{self, LIST};
use domain::kit::{Ctx, Right, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use store::Tx;

use super::shown::line;
use crate::dashboard::lists::{Cell, Desk, Place, RowView};

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "contracts",
        nouns: LIST.nouns,
        at: "/contracts",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "log",
    empty: ("No contracts yet", "Write down what was agreed, for how long and for how much. A task reminds you before notice is due."),
    create: Some((Right::Orders, "/contracts/new", "New contract")),
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|s| draw(s, &settings.zone)).collect())
}

fn draw(s: Summary, zone: &Zone) -> RowView {
    let l = line(s, zone);
    RowView {
        id: l.s.id.to_string(),
        name: format!("contract {}, {}", l.s.number, l.s.customer_name),
        act: None,
        test: false,
        cells: vec![
            ("number", Cell::text(l.s.number.clone()).to(format!("/contracts/{}", l.s.id))),
            ("title", Cell::text(l.s.title.clone())),
            ("status", Cell::state(l.tone, l.s.state.label())),
            ("customer", Cell::text(l.s.customer_name.clone()).to(format!("/customers/{}/contracts", l.s.customer))),
            ("value", Cell::text(l.value.clone())),
            ("start", Cell::text(l.from.clone())),
            ("end", Cell::text(l.until.clone())),
            ("notice", Cell::text(l.notice.clone())),
            ("renewal", Cell::text(l.renewal.clone())),
            ("shop", Cell::text(l.s.shop_name.clone())),
            ("created", Cell::day(zone, Some(l.s.created_at))),
            ("by", Cell::text(l.s.created_by.clone())),
        ],
    }
}
