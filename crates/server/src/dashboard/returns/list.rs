//! The list of all returns (SPEC 2.10).

use domain::kit::{Ctx, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::returns::Summary;
use domain::returns::listed::{self, LIST};
use store::Tx;

use super::shown::line;
use crate::dashboard::lists::{Cell, Desk, Place, RowView};

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "returns",
        nouns: LIST.nouns,
        at: "/returns",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "restore",
    empty: ("Nothing came back", "A return is written down on the page of an order: which lines, how many, and why."),
    create: None,
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|t| draw(t, &settings.zone)).collect())
}

fn draw(t: Summary, zone: &Zone) -> RowView {
    let l = line(t, zone);
    let (home, guest) = match &l.t.customer {
        Some(id) => (format!("/customers/{id}/returns"), ""),
        None => (String::new(), "guest"),
    };
    let buyer = if l.t.buyer.is_empty() { "–" } else { &l.t.buyer };
    let replacement = l.t.replacement.as_ref().map(|id| format!("/orders/{id}")).unwrap_or_default();
    RowView {
        id: l.t.id.to_string(),
        name: format!("return {}, {buyer}", l.t.number),
        act: None,
        test: false,
        cells: vec![
            ("number", Cell::text(l.t.number.clone()).to(format!("/returns/{}", l.t.id))),
            ("status", Cell::state(l.tone, l.t.state.label())),
            ("buyer", Cell::text(buyer).to(home).and(guest)),
            ("order", Cell::text(l.t.order_number.clone()).to(format!("/orders/{}", l.t.order))),
            ("value", Cell::text(l.value.clone())),
            ("created", Cell::day(zone, Some(l.t.created_at))),
            ("shop", Cell::text(l.t.shop_name.clone())),
            ("replacement", Cell::text(l.t.replacement_number.clone().unwrap_or_default()).to(replacement)),
            ("by", Cell::text(l.t.created_by.clone())),
        ],
    }
}
