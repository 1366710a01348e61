//! The list of all contracts, described (SPEC 2.10, [`crate::lists`]). What ended or was renewed follows from the day of asking.

use store::Tx;

use super::read::row;
use super::{Span, Summary, queries};
use crate::kit::{Ctx, Micros, Money, Result, day_date, rfc3339};
use crate::lists::parts;
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort};
use crate::merchants::Settings;

/// Something may still come of it. These words stand in an index.
macro_rules! open {
    ($and:literal) => {
        concat!("g.state IN ('draft', 'running', 'notice')", $and)
    };
}

/// The list.
pub static LIST: List = List {
    name: "contracts",
    title: "Contracts",
    nouns: ["contract", "contracts"],
    prefix: "ctr",
    from: "contracts g",
    joined: "",
    id: "g.id",
    merchant: "g.merchant_id",
    search: &[
        Search { by: By::Customers, rows: "SELECT y.id FROM contracts y WHERE y.merchant_id = $1 AND y.customer_id IN ({ids})" },
        Search { by: By::Reference, rows: "SELECT y.id FROM contracts y WHERE y.merchant_id = $1 AND y.number >= {a} AND y.number <= {b}" },
        Search {
            by: By::Name,
            rows: "SELECT y.id FROM contracts y WHERE y.merchant_id = $1 AND LOWER(y.title) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.title) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))",
        },
    ],
    searched: "Number, title, customer",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "draft", label: "Draft", when: open!(" AND g.state = 'draft'"), walks: true },
                Opt {
                    word: "running",
                    label: "Running",
                    when: open!(" AND g.state = 'running' AND (g.renew_months > 0 OR COALESCE(g.ends_on, {today}) >= {today})"),
                    walks: true,
                },
                Opt {
                    word: "notice",
                    label: "Notice given",
                    when: open!(" AND g.state = 'notice' AND COALESCE(g.ends_on, {today}) >= {today}"),
                    walks: true,
                },
                Opt {
                    word: "ended",
                    label: "Ended",
                    when: "(g.state = 'ended' OR g.ends_on < {today} AND (g.state = 'notice' OR g.state = 'running' AND g.renew_months = 0))",
                    walks: false,
                },
                Opt { word: "cancelled", label: "Cancelled", when: "g.state = 'cancelled'", walks: false },
            ]),
        },
        parts::shop("g.shop_id"),
        parts::currency("g.currency"),
        parts::customer("g.customer_id"),
    ],
    ranges: &[
        parts::dates("end_from", "end_to", "Ends", "g.ends_on"),
        parts::dates("notice_from", "notice_to", "Notice by", "g.notice_on"),
        parts::days("created_from", "created_to", "Date", "g.created_at"),
        parts::money("value_min", "value_max", "Value", "g.amount", "g.currency"),
    ],
    sorts: &[
        Sort { word: "created", column: "g.created_at", descending: true },
        // What is open-ended stands behind all that end.
        Sort { word: "end", column: "COALESCE(g.ends_on, 9223372036854775807)", descending: false },
        Sort { word: "notice", column: "COALESCE(g.notice_on, 9223372036854775807)", descending: false },
        Sort { word: "value", column: "g.amount", descending: true },
    ],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "running", name: "Running", chooses: &[("state", &["running", "notice"])], sort: None },
        BuiltIn { word: "notice", name: "Notice next", chooses: &[("state", &["running"])], sort: Some(("notice", false)) },
        BuiltIn { word: "ended", name: "Ended", chooses: &[("state", &["ended"])], sort: None },
    ],
    columns: &[
        Column { word: "number", label: "Number", shown: true, number: false, spare: false, sort: Some("created") },
        Column { word: "title", label: "Title", shown: true, number: false, spare: false, sort: None },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "customer", label: "Customer", shown: true, number: false, spare: false, sort: None },
        Column { word: "value", label: "Value", shown: true, number: true, spare: false, sort: Some("value") },
        Column { word: "start", label: "From", shown: true, number: false, spare: true, sort: None },
        Column { word: "end", label: "Until", shown: true, number: false, spare: true, sort: Some("end") },
        Column { word: "notice", label: "Notice by", shown: true, number: false, spare: true, sort: Some("notice") },
        Column { word: "renewal", label: "Renewal", shown: false, number: false, spare: true, sort: None },
        Column { word: "shop", label: "Shop", shown: false, number: false, spare: true, sort: None },
        Column { word: "created", label: "Date", shown: false, number: false, spare: true, sort: None },
        Column { word: "by", label: "Made by", shown: false, number: false, spare: true, sort: None },
    ],
    sum: None,
    headers: &[
        ("Number", false),
        ("Title", false),
        ("Status", false),
        ("From", false),
        ("Until", false),
        ("Notice By", false),
        ("Renewal Months", true),
        ("Value", true),
        ("Currency", false),
        ("Per", false),
        ("Customer", false),
        ("Customer ID", false),
        ("Shop", false),
        ("Created", false),
        ("Made By", false),
        ("Closed", false),
        ("ID", false),
    ],
    cells,
    exported: "contracts.exported",
};

/// The contracts with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Summary>> {
    let today = super::read::today(tx, ctx)?;
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let contract = row(r, today)?;
        Ok((contract.id.to_string(), contract))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(s: Summary) -> Vec<String> {
    let at = |at: Option<Micros>| at.map(rfc3339).unwrap_or_default();
    let day = |day: Option<i64>| day.map(|d| day_date(d).to_string()).unwrap_or_default();
    vec![
        s.number.clone(),
        s.title.clone(),
        s.state.name().to_owned(),
        day(Some(s.term.starts_on)),
        day(s.term.ends_on),
        day(s.notice_on()),
        s.term.renew_months.to_string(),
        Money::new(s.amount, s.currency).plain(),
        s.currency.to_string(),
        s.cycle.map(Span::words).unwrap_or_default(),
        s.customer_name,
        s.customer.to_string(),
        s.shop_name,
        rfc3339(s.created_at),
        s.created_by,
        at(s.closed_at),
        s.id.to_string(),
    ]
}
