//! The list of all subscriptions, in the columns of SPEC 2.7.

use domain::kit::{Ctx, Micros, Money, Zone};
use domain::lists::Query;
use domain::merchants::Settings;
use domain::subscriptions::SubscriptionStatus;
use domain::subscriptions::listed::{self, LIST, Listed};
use store::Tx;

use crate::dashboard::customers::profile::{provider, subscription_tone};
use crate::dashboard::lists::{Cell, Desk, Place, RowView};
use crate::dashboard::moments;

/// The list.
pub static DESK: Desk = Desk {
    list: &LIST,
    place: Place {
        list: LIST.name,
        title: LIST.title,
        room: "subscriptions",
        nouns: LIST.nouns,
        at: "/subscriptions",
        bare: "view=all",
        kept: |text| Query::parse(&LIST, text).0.unbound().print(),
    },
    icon: "subscriptions",
    empty: ("No subscriptions yet", "Start one from a customer’s page; others come from your shops and providers."),
    create: None,
    rows,
};

fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[String]) -> domain::Result<Vec<RowView>> {
    let now = ctx.now;
    Ok(listed::rows(tx, ctx, ids)?.into_iter().map(|row| draw(row, &settings.zone, now)).collect())
}

fn draw(row: Listed, zone: &Zone, now: Micros) -> RowView {
    let s = &row.subscription;
    let status = s.status_at(now);
    let until = match status {
        SubscriptionStatus::Ended => s.ends_at.map(|at| format!("on {}", moments::day(zone, at).shown)),
        SubscriptionStatus::Cancelled => s.ends_at.map(|at| format!("until {}", moments::day(zone, at).shown)),
        _ => None,
    };
    let runs = !matches!(status, SubscriptionStatus::Cancelled | SubscriptionStatus::Ended | SubscriptionStatus::Paused);
    let test = if s.live { "" } else { "Test, not real money" };
    RowView {
        id: s.id.to_string(),
        name: format!("{} of {}", s.name, row.customer_name),
        act: None,
        test: !s.live,
        cells: vec![
            ("name", Cell::text(s.name.clone()).to(format!("/subscriptions/{}", s.id))),
            ("status", Cell::state(subscription_tone(status), status.label()).and(until.unwrap_or_default()).and(test)),
            ("amount", Cell::text(Money::new(s.amount, s.currency).to_string())),
            ("cycle", Cell::text(s.cycle_words())),
            ("started", Cell::day(zone, Some(s.started_at))),
            ("next", Cell::day(zone, s.next_payment_at.filter(|_| runs))),
            ("customer", Cell::text(row.customer_name.clone()).to(format!("/customers/{}", s.customer))),
            ("provider", Cell::text(provider(&s.provider))),
            ("shop", Cell::text(row.shop_name.clone())),
        ],
    }
}
