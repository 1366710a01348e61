//! The list of all payment links, described (SPEC 2.7, [`crate::lists`]). What expired follows from the moment of asking.

use serde::Serialize;
use store::Tx;

use super::read::row;
use super::{PaymentLink, queries};
use crate::kit::{Ctx, Micros, Money, Result, rfc3339};
use crate::lists::parts;
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort, Sum};
use crate::merchants::Settings;
use crate::payments::listed::named;

/// A link of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The link.
    #[serde(flatten)]
    pub link: PaymentLink,
    /// What the customer is called.
    pub customer_name: String,
}

/// The list.
pub static LIST: List = List {
    name: "payment_links",
    title: "Payment links",
    nouns: ["payment link", "payment links"],
    prefix: "plk",
    from: "payment_links l",
    joined: "",
    id: "l.id",
    merchant: "l.merchant_id",
    search: &[
        Search { by: By::Customers, rows: "SELECT y.id FROM payment_links y WHERE y.merchant_id = $1 AND y.customer_id IN ({ids})" },
        Search {
            by: By::Reference,
            rows: "SELECT l.id FROM orders o CROSS JOIN payment_links l WHERE o.merchant_id = $1 AND o.number >= {a} AND o.number <= {b}
                AND l.merchant_id = $1 AND l.order_id IS NOT NULL AND l.order_id = o.id",
        },
        Search {
            by: By::Name,
            rows: "SELECT y.id FROM payment_links y WHERE y.merchant_id = $1 AND LOWER(y.purpose) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.purpose) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))",
        },
    ],
    searched: "What for, customer, order",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "open", label: "Open", when: "l.state = 'open' AND l.expires_at >= {now}", walks: true },
                Opt { word: "paid", label: "Paid", when: "l.state = 'paid'", walks: false },
                Opt { word: "expired", label: "Expired", when: "l.state = 'open' AND l.expires_at < {now}", walks: true },
                Opt { word: "withdrawn", label: "Withdrawn", when: "l.state = 'withdrawn'", walks: false },
            ]),
        },
        parts::shop("l.shop_id"),
        parts::currency("l.currency"),
        parts::customer("l.customer_id"),
    ],
    ranges: &[
        parts::days("created_from", "created_to", "Date", "l.created_at"),
        parts::days("expires_from", "expires_to", "Valid until", "l.expires_at"),
        parts::money("amount_min", "amount_max", "Amount", "l.amount", "l.currency"),
    ],
    sorts: &[
        Sort { word: "created", column: "l.created_at", descending: true },
        Sort { word: "expires", column: "l.expires_at", descending: false },
        Sort { word: "amount", column: "l.amount", descending: true },
    ],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "open", name: "Open", chooses: &[("state", &["open"])], sort: None },
        BuiltIn { word: "expired", name: "Expired", chooses: &[("state", &["expired"])], sort: None },
        BuiltIn { word: "paid", name: "Paid", chooses: &[("state", &["paid"])], sort: None },
    ],
    columns: &[
        Column { word: "purpose", label: "What for", shown: true, number: false, spare: false, sort: None },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "customer", label: "Customer", shown: true, number: false, spare: false, sort: None },
        Column { word: "amount", label: "Amount", shown: true, number: true, spare: false, sort: Some("amount") },
        Column { word: "expires", label: "Valid until", shown: true, number: false, spare: true, sort: Some("expires") },
        Column { word: "created", label: "Date", shown: true, number: false, spare: true, sort: Some("created") },
        Column { word: "shop", label: "Shop", shown: true, number: false, spare: true, sort: None },
        Column { word: "by", label: "Made by", shown: false, number: false, spare: true, sort: None },
    ],
    sum: Some(Sum { column: "CASE WHEN l.state = 'withdrawn' THEN 0 ELSE l.amount END", word: "asked for" }),
    headers: &[
        ("What For", false),
        ("Created", false),
        ("Status", false),
        ("Valid Until", false),
        ("Amount", true),
        ("Currency", false),
        ("Customer", false),
        ("Customer ID", false),
        ("Shop", false),
        ("Order ID", false),
        ("Invoice ID", false),
        ("Payment ID", false),
        ("Closed", false),
        ("Made By", false),
        ("ID", false),
    ],
    cells,
    exported: "payment_links.exported",
};

/// The links with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Listed>> {
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let listed = Listed { link: row(r, ctx.now)?, customer_name: named(r, 24)? };
        Ok((listed.link.id.to_string(), listed))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(Listed { link: l, customer_name }: Listed) -> Vec<String> {
    let at = |at: Option<Micros>| at.map(rfc3339).unwrap_or_default();
    let id = |id: Option<String>| id.unwrap_or_default();
    vec![
        l.purpose,
        rfc3339(l.created_at),
        l.state.name().to_owned(),
        rfc3339(l.expires_at),
        Money::new(l.amount, l.currency).plain(),
        l.currency.to_string(),
        customer_name,
        l.customer.to_string(),
        l.shop_name,
        id(l.order.map(|o| o.to_string())),
        id(l.invoice.map(|i| i.to_string())),
        id(l.payment.map(|p| p.to_string())),
        at(l.closed_at),
        l.created_by,
        l.id.to_string(),
    ]
}
