//! The list of all returns, described (SPEC 2.10, [`crate::lists`]).

use store::Tx;

use super::read::row;
use super::{Summary, queries};
use crate::kit::{Ctx, Micros, Money, Result, rfc3339};
use crate::lists::parts::{self, guest_email, guest_name};
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort, Sum};
use crate::merchants::Settings;

/// Of an order.
macro_rules! of_order {
    ($what:expr) => {
        concat!(
            "SELECT t.id FROM orders y CROSS JOIN returns t WHERE y.merchant_id = $1 AND ",
            $what,
            " AND t.merchant_id = $1 AND t.order_id = y.id"
        )
    };
}

/// Something is still to be done. These words stand in an index.
macro_rules! open {
    ($and:literal) => {
        concat!("t.state IN ('requested', 'approved', 'received')", $and)
    };
}

/// The list.
pub static LIST: List = List {
    name: "returns",
    title: "Returns",
    nouns: ["return", "returns"],
    prefix: "ret",
    from: "returns t CROSS JOIN orders o",
    joined: "o.merchant_id = t.merchant_id AND o.id = t.order_id",
    id: "t.id",
    merchant: "t.merchant_id",
    search: &[
        Search { by: By::Customers, rows: of_order!("y.customer_id IN ({ids})") },
        Search { by: By::Name, rows: of_order!(guest_name!()) },
        Search { by: By::Email, rows: of_order!(guest_email!()) },
        Search { by: By::Reference, rows: "SELECT y.id FROM returns y WHERE y.merchant_id = $1 AND y.number >= {a} AND y.number <= {b}" },
        Search { by: By::Reference, rows: of_order!("y.number >= {a} AND y.number <= {b}") },
    ],
    searched: "Number, order, customer, guest",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "requested", label: "Requested", when: open!(" AND t.state = 'requested'"), walks: true },
                Opt { word: "approved", label: "Approved", when: open!(" AND t.state = 'approved'"), walks: true },
                Opt { word: "received", label: "Received", when: open!(" AND t.state = 'received'"), walks: true },
                Opt { word: "closed", label: "Closed", when: "t.state = 'closed'", walks: false },
                Opt { word: "rejected", label: "Rejected", when: "t.state = 'rejected'", walks: false },
            ]),
        },
        parts::shop("o.shop_id"),
        parts::currency("o.currency"),
        parts::customer("o.customer_id"),
    ],
    ranges: &[
        parts::days("created_from", "created_to", "Date", "t.created_at"),
        parts::money("value_min", "value_max", "Value", "t.value", "o.currency"),
    ],
    sorts: &[
        Sort { word: "created", column: "t.created_at", descending: true },
        Sort { word: "value", column: "t.value", descending: true },
    ],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "open", name: "Open", chooses: &[("state", &["requested", "approved", "received"])], sort: None },
        BuiltIn { word: "closed", name: "Closed", chooses: &[("state", &["closed"])], sort: None },
    ],
    columns: &[
        Column { word: "number", label: "Number", shown: true, number: false, spare: false, sort: Some("created") },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "buyer", label: "Buyer", shown: true, number: false, spare: false, sort: None },
        Column { word: "order", label: "Order", shown: true, number: false, spare: false, sort: None },
        Column { word: "value", label: "Value", shown: true, number: true, spare: false, sort: Some("value") },
        Column { word: "created", label: "Date", shown: true, number: false, spare: true, sort: None },
        Column { word: "shop", label: "Shop", shown: true, number: false, spare: true, sort: None },
        Column { word: "replacement", label: "Replacement", shown: false, number: false, spare: true, sort: None },
        Column { word: "by", label: "Written down by", shown: false, number: false, spare: true, sort: None },
    ],
    sum: Some(Sum { column: "CASE WHEN t.state <> 'rejected' THEN t.value ELSE 0 END", word: "returned" }),
    headers: &[
        ("Number", false),
        ("Date", false),
        ("Status", false),
        ("Order", false),
        ("Value", true),
        ("Currency", false),
        ("Buyer", false),
        ("Customer ID", false),
        ("Shop", false),
        ("Approved", false),
        ("Received", false),
        ("Closed", false),
        ("Replacement", false),
        ("Written Down By", false),
        ("ID", false),
    ],
    cells,
    exported: "returns.exported",
};

/// The returns with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Summary>> {
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let back = row(r)?;
        Ok((back.id.to_string(), back))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(t: Summary) -> Vec<String> {
    let at = |at: Option<Micros>| at.map(rfc3339).unwrap_or_default();
    vec![
        t.number,
        rfc3339(t.created_at),
        t.state.name().to_owned(),
        t.order_number,
        Money::new(t.value, t.currency).plain(),
        t.currency.to_string(),
        t.buyer,
        t.customer.map(|id| id.to_string()).unwrap_or_default(),
        t.shop_name,
        at(t.approved_at),
        at(t.received_at),
        at(t.closed_at),
        t.replacement_number.unwrap_or_default(),
        t.created_by,
        t.id.to_string(),
    ]
}
