//! The list of all payments (SPEC 2.5): what came, from whom, by what, and what became of it.

use domain::kit::{Ctx, Money, Right, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::payments::listed::{self, LIST, Listed};
use store::Tx;

use crate::dashboard::customers::profile::PaymentLine;
use crate::dashboard::lists::{Cell, Desk, Place, RowView};

/// As the room shows it.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "payments",
        nouns: LIST.nouns,
        at: "/payments",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "payments",
    empty: (
        "No payments yet",
        "They come with orders from your shops, from providers, from an import, or are recorded by hand on a customer’s page.",
    ),
    create: None,
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    let may_refund = ctx.may(Right::Refund);
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|row| draw(row, &settings.zone, may_refund)).collect())
}

fn draw(row: Listed, zone: &Zone, may_refund: bool) -> RowView {
    let line = PaymentLine::of(row.payment, zone);
    let p = &line.p;
    let order = p.order.as_ref().map(|id| format!("/orders/{id}")).unwrap_or_default();
    let payer = [&p.payer.name, &p.payer.email, &p.payer.phone].into_iter().find(|t| !t.is_empty()).cloned().unwrap_or_default();
    let (who, home) = match &p.customer {
        Some(id) => (Cell::text(row.customer_name).to(format!("/customers/{id}")), format!("/customers/{id}/payments")),
        None => (Cell::text(payer).and("guest"), if order.is_empty() { format!("/payments/{}", p.id) } else { order.clone() }),
    };
    let amount = |minor: i64| if minor > 0 { Money::new(minor, p.currency).to_string() } else { String::new() };
    let flag = if p.flag.is_empty() { "" } else { "Look at this" };
    let test = if p.live { "" } else { "Test, not real money" };
    let dispute = p.disputes.last().map(|d| d.status);
    RowView {
        id: p.id.to_string(),
        name: format!("{} of {}", line.amount, line.at.shown),
        act: (may_refund && line.is_refundable()).then(|| (format!("/payments/{}/refund", p.id), "Refund")),
        test: !p.live,
        cells: vec![
            ("paid", Cell { when: Some(line.at.clone()), ..Cell::default() }.to(home)),
            ("amount", Cell::text(line.amount.clone())),
            ("status", Cell::state(line.tone, line.words.clone()).and(flag).and(test)),
            ("customer", who),
            ("provider", Cell::text(line.provider.clone())),
            ("method", Cell::text(line.method.clone())),
            ("order", Cell::text(p.order_number.clone().unwrap_or_default()).to(order)),
            (
                "invoice",
                Cell::text(p.invoice.as_ref().map(|_| p.invoice_number.clone().unwrap_or_else(|| "Draft".to_owned())).unwrap_or_default())
                    .to(p.invoice.as_ref().map(|id| format!("/invoices/{id}")).unwrap_or_default()),
            ),
            ("refunded", Cell::text(amount(p.refunded))),
            ("dispute", Cell::text(dispute.map(|status| status.label()).unwrap_or_default())),
            ("shop", Cell::text(p.shop_name.clone())),
            ("reference", Cell::text(p.provider_ref.clone().unwrap_or_default())),
            ("email", Cell::text(p.payer.email.clone())),
            ("phone", Cell::text(p.payer.phone.clone())),
        ],
    }
}
