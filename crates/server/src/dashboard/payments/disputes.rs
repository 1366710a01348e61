//! The list of all disputes (SPEC 2.5): open ones first, in the order in which they must be answered.

use domain::kit::{Ctx, Money, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::payments::disputes::DisputeStatus;
use domain::payments::listed_disputes::{self, LIST, Listed};
use store::Tx;

use crate::dashboard::customers::profile::{capital, dispute_tone, method, provider};
use crate::dashboard::lists::{Cell, Desk, Place, RowView};
use crate::dashboard::moments;

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "disputes",
        nouns: LIST.nouns,
        at: "/disputes",
        bare: "view=open",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "dispute",
    empty: ("No open disputes", "When a buyer asks the bank for the money back, it shows here with the day until which you can answer."),
    create: None,
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    let now = ctx.now;
    Ok(listed_disputes::rows(tx, ctx, ids)?.into_iter().map(|row| draw(row, &settings.zone, now)).collect())
}

fn draw(row: Listed, zone: &Zone, now: i64) -> RowView {
    let d = &row.dispute;
    let amount = Money::new(d.amount, d.currency).to_string();
    let order = row.order.as_ref().map(|id| format!("/orders/{id}")).unwrap_or_default();
    let home = match &row.customer {
        Some(id) => format!("/customers/{id}/payments"),
        None if order.is_empty() => format!("/payments/{}", d.payment),
        None => order.clone(),
    };
    let late = d.status == DisputeStatus::Open && d.due_at.is_some_and(|due| due < now);
    let paid = format!("{} on {}", Money::new(row.paid, d.currency), moments::day(zone, row.paid_at).shown);
    RowView {
        id: d.id.to_string(),
        name: format!("dispute of {amount}, {}", row.name),
        act: None,
        test: !row.live,
        cells: vec![
            (
                "customer",
                Cell::text(if row.name.is_empty() { "Guest" } else { &row.name }).to(home).and(if row.customer.is_none() {
                    "guest"
                } else {
                    ""
                }),
            ),
            ("due", Cell::day(zone, d.due_at).and(if late { "past" } else { "" })),
            ("opened", Cell::day(zone, Some(d.opened_at))),
            ("amount", Cell::text(amount.clone())),
            ("reason", Cell::text(capital(&d.reason))),
            ("status", Cell::state(dispute_tone(d.status), d.status.label()).and(if row.live { "" } else { "Test, not real money" })),
            ("payment", Cell::text(paid).and(method(&row.kind, &row.brand, &row.last4))),
            ("order", Cell::text(row.order_number.clone().unwrap_or_default()).to(order)),
            ("provider", Cell::text(provider(&row.provider))),
            ("shop", Cell::text(row.shop_name.clone())),
        ],
    }
}
