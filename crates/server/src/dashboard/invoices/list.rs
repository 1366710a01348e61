//! The list of all invoices and credit notes (SPEC 2.9): what was billed, to whom, and what is still to be paid.

use domain::files::countries;
use domain::invoices::listed::{self, LIST, Listed};
use domain::kit::{Ctx, Money, Right};
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
        room: "invoices",
        nouns: LIST.nouns,
        at: "/invoices",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "invoices",
    empty: ("No invoices yet", "Make one on an order, on a payment, or on a customer’s page."),
    create: Some((Right::Orders, "/invoices/new", "New invoice")),
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    let (today, may_pay) = (i64::from(settings.zone.day(ctx.now)), ctx.may(Right::Payments));
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|row| draw(row, today, may_pay)).collect())
}

fn draw(row: Listed, today: i64, may_pay: bool) -> RowView {
    let l = line(row.invoice, today);
    let i = &l.s;
    let name = [&l.buyer, &row.customer_name].into_iter().find(|n| !n.is_empty()).map_or("–", String::as_str);
    let (home, guest) = match &i.customer {
        Some(id) => (format!("/customers/{id}/invoices"), ""),
        None => (String::new(), "guest"),
    };
    let order = i.order.as_ref().map(|id| format!("/orders/{id}")).unwrap_or_default();
    let rest = if i.rest() > 0 { Money::new(i.rest(), i.currency).to_string() } else { String::new() };
    RowView {
        id: i.id.to_string(),
        name: format!("{} {}, {name}", l.kind.to_lowercase(), l.name),
        act: (may_pay && i.rest() > 0).then(|| (format!("/invoices/{}/pay", i.id), "Record payment")),
        test: false,
        cells: vec![
            ("number", Cell::text(l.name.clone()).to(format!("/invoices/{}", i.id))),
            ("status", Cell::state(l.tone, l.words)),
            ("buyer", Cell::text(name).to(home).and(guest)),
            ("issued", Cell::text(l.date.clone())),
            ("due", Cell::text(l.due.clone())),
            ("total", Cell::text(l.total.clone())),
            ("paid", Cell::text(l.paid.clone())),
            ("rest", Cell::text(rest)),
            ("order", Cell::text(i.order_number.clone().unwrap_or_default()).to(order)),
            ("shop", Cell::text(row.shop_name)),
            ("country", Cell::text(countries::name_of(&i.buyer.address.country).unwrap_or_default())),
            ("email", Cell::text(i.buyer.email.clone())),
        ],
    }
}
