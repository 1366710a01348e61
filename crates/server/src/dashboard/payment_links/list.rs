//! The list of all payment links (SPEC 2.7).

use domain::kit::{Ctx, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::payment_links::listed::{self, LIST, Listed};
use store::Tx;

use super::page::line;
use crate::dashboard::lists::{Cell, Desk, Place, RowView};

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "payment-links",
        nouns: LIST.nouns,
        at: "/payment-links",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "link",
    empty: ("No payment links yet", "Ask for money by a link: open a customer, an order or an invoice and choose the payment link there."),
    create: None,
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|row| draw(row, &settings.zone)).collect())
}

fn draw(Listed { link, customer_name }: Listed, zone: &Zone) -> RowView {
    let l = line(link, zone);
    RowView {
        id: l.l.id.to_string(),
        name: format!("payment link of {}, {customer_name}", l.amount),
        act: None,
        test: false,
        cells: vec![
            ("purpose", Cell::text(l.l.purpose.clone()).to(format!("/payment-links/{}", l.l.id))),
            ("status", Cell::state(l.tone, l.words)),
            ("customer", Cell::text(customer_name).to(format!("/customers/{}/payments", l.l.customer))),
            ("amount", Cell::text(l.amount)),
            ("expires", Cell::day(zone, Some(l.l.expires_at))),
            ("created", Cell::day(zone, Some(l.l.created_at))),
            ("shop", Cell::text(l.l.shop_name)),
            ("by", Cell::text(l.l.created_by)),
        ],
    }
}
