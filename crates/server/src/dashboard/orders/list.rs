//! Orders of all customers and guests, newest first (SPEC 2.4).

use domain::kit::{Ctx, Money, Right, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::orders::OrderSummary;
use domain::orders::listed::{self, LIST};
use store::Tx;

use crate::dashboard::customers::profile::order_tone;
use crate::dashboard::lists::{Cell, Desk, Place, RowView};

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "orders",
        nouns: LIST.nouns,
        at: "/orders",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "orders",
    empty: ("No orders yet", "They come from your shops through the API, from an import, or are made by hand."),
    create: Some((Right::Orders, "/orders/new", "New order")),
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|o| draw(&o, &settings.zone)).collect())
}

fn draw(o: &OrderSummary, zone: &Zone) -> RowView {
    let (tone, word) = if o.abandoned_at.is_some() { ("quiet", "Abandoned") } else { (order_tone(o.state), o.state.label()) };
    let buyer = if o.buyer().is_empty() { "–" } else { o.buyer() };
    let (home, guest) = match &o.customer {
        Some(id) => (format!("/customers/{id}/orders"), ""),
        None => (String::new(), "guest"),
    };
    RowView {
        id: o.id.to_string(),
        name: format!("order {}", o.number),
        act: None,
        test: false,
        cells: vec![
            ("number", Cell::text(o.number.clone()).to(format!("/orders/{}", o.id))),
            ("status", Cell::state(tone, word).and(if o.flag.is_empty() { "" } else { "Look at this" })),
            ("buyer", Cell::text(buyer).to(home).and(guest)),
            ("total", Cell::text(Money::new(o.total, o.currency).to_string())),
            ("ordered", Cell::day(zone, Some(o.ordered_at))),
            ("shop", Cell::text(o.shop_name.clone())),
            ("email", Cell::text(o.email.clone())),
            ("external", Cell::text(o.external_id.clone().unwrap_or_default())),
        ],
    }
}
