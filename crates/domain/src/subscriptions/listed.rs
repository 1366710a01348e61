//! The list of all subscriptions, described (SPEC 2.7, [`crate::lists`]). Their status is that of the moment of asking (SPEC 4.2).

use serde::Serialize;
use store::Tx;

use super::{Subscription, queries, read};
use crate::customers::display_name;
use crate::kit::{Ctx, Micros, Money, Result, rfc3339};
use crate::lists::parts::{self, mode};
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort};
use crate::merchants::Settings;

/// A subscription of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The subscription.
    #[serde(flatten)]
    pub subscription: Subscription,
    /// What its customer is called.
    pub customer_name: String,
    /// The shop's name.
    pub shop_name: String,
}

/// A status that holds while the end has not passed.
macro_rules! while_it_runs {
    ($status:literal) => {
        concat!("s.status = '", $status, "' AND (s.ends_at IS NULL OR s.ends_at >= {now})")
    };
}

/// The list.
pub static LIST: List = List {
    name: "subscriptions",
    title: "Subscriptions",
    nouns: ["subscription", "subscriptions"],
    prefix: "sub",
    from: "subscriptions s",
    joined: "",
    id: "s.id",
    merchant: "s.merchant_id",
    search: &[
        Search { by: By::Customers, rows: "SELECT y.id FROM subscriptions y WHERE y.merchant_id = $1 AND y.customer_id IN ({ids})" },
        Search {
            by: By::Name,
            rows: "SELECT y.id FROM subscriptions y WHERE y.merchant_id = $1 AND LOWER(y.name) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.name) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))",
        },
    ],
    searched: "Name, customer",
    filters: &[
        Filter {
            name: "status",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "trialing", label: "Trialing", when: while_it_runs!("trialing"), walks: false },
                Opt { word: "active", label: "Active", when: while_it_runs!("active"), walks: false },
                Opt { word: "past_due", label: "Past due", when: while_it_runs!("past_due"), walks: false },
                Opt { word: "paused", label: "Paused", when: while_it_runs!("paused"), walks: false },
                Opt { word: "cancelled", label: "Cancelled", when: while_it_runs!("cancelled"), walks: false },
                Opt {
                    word: "ended",
                    label: "Ended",
                    when: "(s.status = 'ended' OR (s.ends_at IS NOT NULL AND s.ends_at < {now}))",
                    walks: false,
                },
            ]),
        },
        parts::shop("s.shop_id"),
        Filter {
            name: "cycle",
            label: "Cycle",
            options: Options::Words(&[
                Opt { word: "day", label: "Days", when: "s.cycle_unit = 'day'", walks: false },
                Opt { word: "week", label: "Weeks", when: "s.cycle_unit = 'week'", walks: false },
                Opt { word: "month", label: "Months", when: "s.cycle_unit = 'month'", walks: false },
                Opt { word: "year", label: "Years", when: "s.cycle_unit = 'year'", walks: false },
            ]),
        },
        parts::provider("s.provider"),
        parts::currency("s.currency"),
        mode!("s.live", walks: false),
        parts::customer("s.customer_id"),
    ],
    ranges: &[
        parts::days("next_from", "next_to", "Next payment", "s.next_payment_at"),
        parts::days("started_from", "started_to", "Started", "s.started_at"),
        parts::money("amount_min", "amount_max", "Total", "s.amount", "s.currency"),
    ],
    sorts: &[
        Sort { word: "started", column: "s.started_at", descending: true },
        // Without a day: behind all that have one.
        Sort { word: "next", column: "COALESCE(s.next_payment_at, 9223372036854775807)", descending: false },
        Sort { word: "amount", column: "s.amount", descending: true },
    ],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "running", name: "Running", chooses: &[("status", &["trialing", "active"])], sort: Some(("next", false)) },
        BuiltIn { word: "past_due", name: "Past due", chooses: &[("status", &["past_due"])], sort: None },
        BuiltIn { word: "leaving", name: "Leaving", chooses: &[("status", &["cancelled"])], sort: None },
        BuiltIn { word: "ended", name: "Ended", chooses: &[("status", &["ended"])], sort: None },
    ],
    columns: &[
        Column { word: "name", label: "Name", shown: true, number: false, spare: false, sort: None },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "amount", label: "Total", shown: true, number: true, spare: false, sort: Some("amount") },
        Column { word: "cycle", label: "Cycle", shown: true, number: false, spare: true, sort: None },
        Column { word: "started", label: "Start date", shown: true, number: false, spare: true, sort: Some("started") },
        Column { word: "next", label: "Next payment date", shown: true, number: false, spare: false, sort: Some("next") },
        Column { word: "customer", label: "Customer", shown: true, number: false, spare: false, sort: None },
        Column { word: "provider", label: "Provider", shown: false, number: false, spare: true, sort: None },
        Column { word: "shop", label: "Shop", shown: false, number: false, spare: true, sort: None },
    ],
    sum: None,
    headers: &[
        ("Name", false),
        ("Status", false),
        ("Total", true),
        ("Currency", false),
        ("Cycle", false),
        ("Start Date", false),
        ("Next Payment Date", false),
        ("Trial Until", false),
        ("Ends At", false),
        ("Customer", false),
        ("Customer ID", false),
        ("Provider", false),
        ("Provider ID", false),
        ("Shop", false),
        ("Mode", false),
        ("ID", false),
    ],
    cells,
    exported: "subscriptions.exported",
};

/// The subscriptions with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Listed>> {
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let customer_name = display_name(r.str(19)?, r.str(20)?, r.str(21)?, r.str(22)?, r.str(23)?, r.str(24)?);
        let row = Listed { subscription: read(r)?, customer_name, shop_name: r.get(18)? };
        Ok((row.subscription.id.to_string(), row))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(|row| line(row, ctx.now)).collect())
}

fn line(row: Listed, now: Micros) -> Vec<String> {
    let s = row.subscription;
    let at = |at: Option<Micros>| at.map(rfc3339).unwrap_or_default();
    vec![
        s.name.clone(),
        s.status_at(now).name().to_owned(),
        Money::new(s.amount, s.currency).plain(),
        s.currency.to_string(),
        s.cycle_words(),
        rfc3339(s.started_at),
        at(s.next_payment_at),
        at(s.trial_until),
        at(s.ends_at),
        row.customer_name,
        s.customer.to_string(),
        s.provider.clone(),
        s.provider_ref.clone().unwrap_or_default(),
        row.shop_name,
        if s.live { "live" } else { "test" }.to_owned(),
        s.id.to_string(),
    ]
}
