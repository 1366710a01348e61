//! The list of all offers (SPEC 2.10).

use domain::kit::{Ctx, Right, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::offers::Summary;
use domain::offers::listed::{self, LIST};
use store::Tx;

use super::shown::line;
use crate::dashboard::lists::{Cell, Desk, Place, RowView};

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "offers",
        nouns: LIST.nouns,
        at: "/offers",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "note",
    empty: ("No offers yet", "Say what something would cost and until when. The buyer accepts by a link, and the order is there."),
    create: Some((Right::Orders, "/offers/new", "New offer")),
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|f| draw(f, &settings.zone)).collect())
}

fn draw(f: Summary, zone: &Zone) -> RowView {
    let l = line(f, zone);
    let order = l.s.order.as_ref().map(|id| format!("/orders/{id}")).unwrap_or_default();
    RowView {
        id: l.s.id.to_string(),
        name: format!("offer {}, {}", l.s.number, l.s.customer_name),
        act: None,
        test: false,
        cells: vec![
            ("number", Cell::text(l.s.number.clone()).to(format!("/offers/{}", l.s.id))),
            ("status", Cell::state(l.tone, l.s.state.label())),
            ("customer", Cell::text(l.s.customer_name.clone()).to(format!("/customers/{}/offers", l.s.customer))),
            ("total", Cell::text(l.total.clone())),
            ("valid", Cell::text(l.valid.clone())),
            ("created", Cell::day(zone, Some(l.s.created_at))),
            ("shop", Cell::text(l.s.shop_name.clone())),
            ("order", Cell::text(l.s.order_number.clone().unwrap_or_default()).to(order)),
            ("by", Cell::text(l.s.created_by.clone())),
        ],
    }
}
