//! The list of all offers, described (SPEC 2.10, [`crate::lists`]). What expired follows from the day of asking.

use store::Tx;

use super::read::row;
use super::{Summary, queries};
use crate::invoices::due_days;
use crate::kit::{Ctx, Micros, Money, Result, rfc3339};
use crate::lists::parts;
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort, Sum};
use crate::merchants::Settings;

/// Something may still come of it. These words stand in an index.
macro_rules! open {
    ($and:literal) => {
        concat!("f.state IN ('draft', 'sent')", $and)
    };
}

/// The list.
pub static LIST: List = List {
    name: "offers",
    title: "Offers",
    nouns: ["offer", "offers"],
    prefix: "ofr",
    from: "offers f",
    joined: "",
    id: "f.id",
    merchant: "f.merchant_id",
    search: &[
        Search { by: By::Customers, rows: "SELECT y.id FROM offers y WHERE y.merchant_id = $1 AND y.customer_id IN ({ids})" },
        Search { by: By::Reference, rows: "SELECT y.id FROM offers y WHERE y.merchant_id = $1 AND y.number >= {a} AND y.number <= {b}" },
        Search {
            by: By::Reference,
            rows: "SELECT f.id FROM orders o CROSS JOIN offers f WHERE o.merchant_id = $1 AND o.number >= {a} AND o.number <= {b}
                AND f.merchant_id = $1 AND f.order_id IS NOT NULL AND f.order_id = o.id",
        },
    ],
    searched: "Number, customer, order",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "draft", label: "Draft", when: open!(" AND f.state = 'draft'"), walks: true },
                Opt { word: "sent", label: "Sent", when: open!(" AND f.state = 'sent' AND f.valid_until >= {today}"), walks: true },
                Opt { word: "accepted", label: "Accepted", when: "f.state = 'accepted'", walks: false },
                Opt { word: "declined", label: "Declined", when: "f.state = 'declined'", walks: false },
                Opt { word: "expired", label: "Expired", when: open!(" AND f.state = 'sent' AND f.valid_until < {today}"), walks: true },
                Opt { word: "withdrawn", label: "Withdrawn", when: "f.state = 'withdrawn'", walks: false },
            ]),
        },
        parts::shop("f.shop_id"),
        parts::currency("f.currency"),
        parts::customer("f.customer_id"),
    ],
    ranges: &[
        parts::days("created_from", "created_to", "Date", "f.created_at"),
        parts::dates("valid_from", "valid_to", "Valid until", "f.valid_until"),
        parts::money("total_min", "total_max", "Total", "f.total", "f.currency"),
    ],
    sorts: &[
        Sort { word: "created", column: "f.created_at", descending: true },
        Sort { word: "valid", column: "f.valid_until", descending: false },
        Sort { word: "total", column: "f.total", descending: true },
    ],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "open", name: "Open", chooses: &[("state", &["draft", "sent"])], sort: None },
        BuiltIn { word: "expired", name: "Expired", chooses: &[("state", &["expired"])], sort: None },
        BuiltIn { word: "accepted", name: "Accepted", chooses: &[("state", &["accepted"])], sort: None },
    ],
    columns: &[
        Column { word: "number", label: "Number", shown: true, number: false, spare: false, sort: Some("created") },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "customer", label: "Customer", shown: true, number: false, spare: false, sort: None },
        Column { word: "total", label: "Total", shown: true, number: true, spare: false, sort: Some("total") },
        Column { word: "valid", label: "Valid until", shown: true, number: false, spare: true, sort: Some("valid") },
        Column { word: "created", label: "Date", shown: true, number: false, spare: true, sort: None },
        Column { word: "shop", label: "Shop", shown: true, number: false, spare: true, sort: None },
        Column { word: "order", label: "Order", shown: false, number: false, spare: true, sort: None },
        Column { word: "by", label: "Made by", shown: false, number: false, spare: true, sort: None },
    ],
    sum: Some(Sum { column: "CASE WHEN f.state IN ('sent', 'accepted') THEN f.total ELSE 0 END", word: "offered" }),
    headers: &[
        ("Number", false),
        ("Created", false),
        ("Status", false),
        ("Valid Until", false),
        ("Total", true),
        ("Currency", false),
        ("Customer", false),
        ("Customer ID", false),
        ("Shop", false),
        ("Sent", false),
        ("Answered", false),
        ("Order", false),
        ("Made By", false),
        ("ID", false),
    ],
    cells,
    exported: "offers.exported",
};

/// The offers with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Summary>> {
    let today = super::read::today(tx, ctx)?;
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let offer = row(r, today)?;
        Ok((offer.id.to_string(), offer))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(f: Summary) -> Vec<String> {
    let at = |at: Option<Micros>| at.map(rfc3339).unwrap_or_default();
    vec![
        f.number,
        rfc3339(f.created_at),
        f.state.name().to_owned(),
        due_days(f.valid_until).to_string(),
        Money::new(f.total, f.currency).plain(),
        f.currency.to_string(),
        f.customer_name,
        f.customer.to_string(),
        f.shop_name,
        at(f.sent_at),
        at(f.closed_at),
        f.order_number.unwrap_or_default(),
        f.created_by,
        f.id.to_string(),
    ]
}
