//! The list of all disputes, described (SPEC 2.5, [`crate::lists`]): open ones first, those to be answered soonest before the others.

use serde::Serialize;
use store::{Row, Tx};

use super::disputes::{self, Dispute};
use super::listed::named;
use super::queries;
use crate::kit::{Ctx, Currency, CustomerId, Micros, Money, OrderId, Result, rfc3339};
use crate::lists::parts::{self, guest_email, mode};
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort, Sum};
use crate::merchants::Settings;

/// A dispute of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The dispute.
    #[serde(flatten)]
    pub dispute: Dispute,
    /// Who owns the payment; nobody: a guest's.
    pub customer: Option<CustomerId>,
    /// What the customer is called, else who paid as the checkout said.
    pub name: String,
    /// Who moved the payment.
    pub provider: String,
    /// What it came by.
    pub kind: String,
    /// `visa`.
    pub brand: String,
    /// Last four digits.
    pub last4: String,
    /// What the payment brought, minor units.
    pub paid: i64,
    /// When it was paid.
    pub paid_at: Micros,
    /// Real money.
    pub live: bool,
    /// What it paid.
    pub order: Option<OrderId>,
    /// Its number.
    pub order_number: Option<String>,
    /// The shop's name.
    pub shop_name: String,
}

macro_rules! of_payment {
    ($what:expr) => {
        concat!(
            "SELECT d.id FROM payments y CROSS JOIN disputes d WHERE y.merchant_id = $1 AND ",
            $what,
            " AND d.merchant_id = $1 AND d.payment_id = y.id"
        )
    };
}

/// The list.
pub static LIST: List = List {
    name: "disputes",
    title: "Disputes",
    nouns: ["dispute", "disputes"],
    prefix: "dis",
    from: "disputes x CROSS JOIN payments p",
    joined: "p.merchant_id = x.merchant_id AND p.id = x.payment_id",
    id: "x.id",
    merchant: "x.merchant_id",
    search: &[
        Search { by: By::Customers, rows: of_payment!("y.customer_id IN ({ids})") },
        Search {
            by: By::Email,
            rows: of_payment!(guest_email!()),
        },
        Search {
            by: By::Reference,
            rows: "SELECT d.id FROM orders o CROSS JOIN payments y CROSS JOIN disputes d WHERE o.merchant_id = $1 AND o.number >= {a} AND o.number <= {b}
                AND y.merchant_id = $1 AND y.order_id = o.id AND d.merchant_id = $1 AND d.payment_id = y.id",
        },
        Search {
            by: By::Reference,
            rows: "SELECT d.id FROM disputes d WHERE d.merchant_id = $1 AND d.provider_ref IS NOT NULL AND d.provider_ref >= {a} AND d.provider_ref <= {b}",
        },
    ],
    searched: "Customer, guest’s e-mail, order, provider’s id",
    filters: &[
        Filter {
            name: "status",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "open", label: "Open", when: "x.status = 'open'", walks: false },
                Opt { word: "won", label: "Won", when: "x.status = 'won'", walks: false },
                Opt { word: "lost", label: "Lost", when: "x.status = 'lost'", walks: false },
            ]),
        },
        parts::word("reason", "Reason", "x.reason"),
        parts::provider("p.provider"),
        parts::shop("p.shop_id"),
        parts::currency("x.currency"),
        mode!("p.live", walks: false),
        parts::customer("p.customer_id"),
    ],
    ranges: &[
        parts::days("due_from", "due_to", "Due", "x.due_at"),
        parts::days("opened_from", "opened_to", "Opened", "x.opened_at"),
        parts::money("amount_min", "amount_max", "Amount", "x.amount", "x.currency"),
    ],
    sorts: &[
        Sort { word: "opened", column: "x.opened_at", descending: true },
        // Without a day: behind all that have one.
        Sort { word: "due", column: "COALESCE(x.due_at, 9223372036854775807)", descending: false },
        Sort { word: "amount", column: "x.amount", descending: true },
    ],
    views: &[
        BuiltIn { word: "open", name: "Open", chooses: &[("status", &["open"])], sort: Some(("due", false)) },
        BuiltIn { word: "won", name: "Won", chooses: &[("status", &["won"])], sort: None },
        BuiltIn { word: "lost", name: "Lost", chooses: &[("status", &["lost"])], sort: None },
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
    ],
    columns: &[
        Column { word: "customer", label: "Customer", shown: true, number: false, spare: false, sort: None },
        Column { word: "due", label: "Answer due", shown: true, number: false, spare: false, sort: Some("due") },
        Column { word: "opened", label: "Opened", shown: true, number: false, spare: true, sort: Some("opened") },
        Column { word: "amount", label: "Amount", shown: true, number: true, spare: false, sort: Some("amount") },
        Column { word: "reason", label: "Reason", shown: true, number: false, spare: false, sort: None },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "payment", label: "Payment", shown: false, number: false, spare: true, sort: None },
        Column { word: "order", label: "Order", shown: false, number: false, spare: true, sort: None },
        Column { word: "provider", label: "Provider", shown: false, number: false, spare: true, sort: None },
        Column { word: "shop", label: "Shop", shown: false, number: false, spare: true, sort: None },
    ],
    sum: Some(Sum { column: "x.amount", word: "disputed" }),
    headers: &[
        ("Opened", false),
        ("Due", false),
        ("Closed", false),
        ("Amount", true),
        ("Currency", false),
        ("Status", false),
        ("Reason", false),
        ("Customer", false),
        ("Customer ID", false),
        ("Payment ID", false),
        ("Paid", true),
        ("Paid At", false),
        ("Order", false),
        ("Provider", false),
        ("Provider ID", false),
        ("Shop", false),
        ("Mode", false),
        ("ID", false),
    ],
    cells,
    exported: "disputes.exported",
};

/// The disputes with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Listed>> {
    parts::in_order(tx, ctx, &queries::LISTED_DISPUTES, ids, |r| {
        let row = read(r)?;
        Ok((row.dispute.id.to_string(), row))
    })
}

fn read(r: &Row<'_>) -> std::result::Result<Listed, store::Error> {
    let customer: Option<CustomerId> = r.get(10)?;
    let payer = |name: &str, email: &str| if name.is_empty() { email.to_owned() } else { name.to_owned() };
    Ok(Listed {
        dispute: disputes::read(r)?,
        name: if customer.is_some() { named(r, 11)? } else { payer(r.str(17)?, r.str(18)?) },
        customer,
        provider: r.get(19)?,
        kind: r.get(20)?,
        brand: r.get(21)?,
        last4: r.get(22)?,
        paid: r.get(23)?,
        paid_at: r.get(24)?,
        live: r.get(25)?,
        order: r.get(26)?,
        order_number: r.get(27)?,
        shop_name: r.get(28)?,
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(row: Listed) -> Vec<String> {
    let d = row.dispute;
    let plain = |minor: i64, currency: Currency| Money::new(minor, currency).plain();
    let at = |at: Option<Micros>| at.map(rfc3339).unwrap_or_default();
    vec![
        rfc3339(d.opened_at),
        at(d.due_at),
        at(d.closed_at),
        plain(d.amount, d.currency),
        d.currency.to_string(),
        d.status.name().to_owned(),
        d.reason,
        row.name,
        row.customer.map(|id| id.to_string()).unwrap_or_default(),
        d.payment.to_string(),
        plain(row.paid, d.currency),
        rfc3339(row.paid_at),
        row.order_number.unwrap_or_default(),
        row.provider,
        d.provider_ref.unwrap_or_default(),
        row.shop_name,
        if row.live { "live" } else { "test" }.to_owned(),
        d.id.to_string(),
    ]
}
