//! The list of all orders, described (SPEC 2.4, [`crate::lists`]).

use store::Tx;

use super::queries;
use super::read::{OrderSummary, short};
use crate::kit::{Ctx, Micros, Money, Result, rfc3339};
use crate::lists::parts::{self, either, guest_email, guest_name};
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort, Sum};
use crate::merchants::Settings;

macro_rules! found {
    ($what:expr) => {
        concat!("SELECT y.id FROM orders y WHERE y.merchant_id = $1 AND ", $what)
    };
}

/// The list.
pub static LIST: List = List {
    name: "orders",
    title: "Orders",
    nouns: ["order", "orders"],
    prefix: "ord",
    from: "orders o",
    joined: "",
    id: "o.id",
    merchant: "o.merchant_id",
    search: &[
        Search { by: By::Customers, rows: found!("y.customer_id IN ({ids})") },
        Search { by: By::Name, rows: found!(guest_name!()) },
        Search { by: By::Email, rows: found!(guest_email!()) },
        Search { by: By::Reference, rows: found!("y.number >= {a} AND y.number <= {b}") },
    ],
    searched: "Number, customer, guest",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "draft", label: "Draft", when: "o.state IN ('draft', 'cancelled') AND o.state = 'draft'", walks: true },
                Opt { word: "open", label: "Open", when: "o.state = 'open'", walks: true },
                Opt { word: "paid", label: "Paid", when: "o.state = 'paid'", walks: false },
                Opt { word: "fulfilled", label: "Fulfilled", when: "o.state = 'fulfilled'", walks: false },
                Opt { word: "closed", label: "Closed", when: "o.state = 'closed'", walks: false },
                Opt {
                    word: "cancelled",
                    label: "Cancelled",
                    when: "o.state IN ('draft', 'cancelled') AND o.state = 'cancelled'",
                    walks: true,
                },
            ]),
        },
        either!("abandoned", "Basket", "Abandoned" when "o.abandoned_at IS NOT NULL", "Ordered" when "o.abandoned_at IS NULL"),
        parts::shop("o.shop_id"),
        parts::currency("o.currency"),
        either!("guest", "Buyer", "Guest" when "o.customer_id IS NULL", "Customer" when "o.customer_id IS NOT NULL"),
        either!("flagged", "Flag", "To be looked at" when "o.flag <> ''", "Nothing to look at" when "o.flag = ''"),
        parts::customer("o.customer_id"),
    ],
    ranges: &[
        parts::days("ordered_from", "ordered_to", "Date", "o.ordered_at"),
        parts::money("total_min", "total_max", "Amount", "o.total", "o.currency"),
    ],
    sorts: &[
        Sort { word: "ordered", column: "o.ordered_at", descending: true },
        Sort { word: "total", column: "o.total", descending: true },
    ],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "unpaid", name: "Unpaid", chooses: &[("state", &["open"]), ("abandoned", &["false"])], sort: None },
        BuiltIn { word: "to_send", name: "To send", chooses: &[("state", &["paid"])], sort: None },
        BuiltIn { word: "drafts", name: "Drafts", chooses: &[("state", &["draft"])], sort: None },
        BuiltIn { word: "abandoned", name: "Abandoned", chooses: &[("abandoned", &["true"])], sort: None },
    ],
    columns: &[
        Column { word: "number", label: "Number", shown: true, number: false, spare: false, sort: None },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "buyer", label: "Buyer", shown: true, number: false, spare: false, sort: None },
        Column { word: "total", label: "Amount", shown: true, number: true, spare: false, sort: Some("total") },
        Column { word: "ordered", label: "Date", shown: true, number: false, spare: true, sort: Some("ordered") },
        Column { word: "shop", label: "Shop", shown: true, number: false, spare: true, sort: None },
        Column { word: "email", label: "E-mail", shown: false, number: false, spare: true, sort: None },
        Column { word: "external", label: "Shop’s own id", shown: false, number: false, spare: true, sort: None },
    ],
    sum: Some(Sum {
        column: "CASE WHEN o.state NOT IN ('draft', 'cancelled') AND o.abandoned_at IS NULL THEN o.total ELSE 0 END",
        word: "ordered",
    }),
    headers: &[
        ("Number", false),
        ("Date", false),
        ("Status", false),
        ("Abandoned", false),
        ("Total", true),
        ("Currency", false),
        ("Name", false),
        ("Company", false),
        ("Email", false),
        ("Customer ID", false),
        ("Shop", false),
        ("External ID", false),
        ("Paid", false),
        ("ID", false),
    ],
    cells,
    exported: "orders.exported",
};

/// The orders with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<OrderSummary>> {
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let order = short(r)?;
        Ok((order.id.to_string(), order))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(o: OrderSummary) -> Vec<String> {
    let at = |at: Option<Micros>| at.map(rfc3339).unwrap_or_default();
    vec![
        o.number,
        rfc3339(o.ordered_at),
        o.state.name().to_owned(),
        at(o.abandoned_at),
        Money::new(o.total, o.currency).plain(),
        o.currency.to_string(),
        o.name,
        o.company,
        o.email,
        o.customer.map(|id| id.to_string()).unwrap_or_default(),
        o.shop_name,
        o.external_id.unwrap_or_default(),
        at(o.paid_at),
        o.id.to_string(),
    ]
}
