//! The list of all invoices and credit notes, described (SPEC 2.9, [`crate::lists`]). What is overdue follows from the day of asking.

use serde::Serialize;
use store::Tx;

use super::read::row;
use super::{Kind, Summary, due_days, queries};
use crate::kit::{Ctx, Money, Result};
use crate::lists::parts::{self, guest_email, guest_name};
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort, Sum};
use crate::merchants::Settings;
use crate::payments::listed::named;

/// An invoice of the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listed {
    /// The invoice.
    #[serde(flatten)]
    pub invoice: Summary,
    /// What its customer is called today; empty for a guest's. The paper keeps the name of its day.
    pub customer_name: String,
    /// The shop's name; empty when it was made by hand.
    pub shop_name: String,
}

/// Of a guest's order, or of a guest's payment.
macro_rules! of_guest {
    (orders, $what:expr) => {
        concat!(
            "SELECT i.id FROM orders y CROSS JOIN invoices i WHERE y.merchant_id = $1 AND ",
            $what,
            " AND i.merchant_id = $1 AND i.order_id = y.id"
        )
    };
    (payments, $what:expr) => {
        concat!(
            "SELECT i.id FROM payments y CROSS JOIN invoices i WHERE y.merchant_id = $1 AND ",
            $what,
            " AND i.merchant_id = $1 AND i.payment_id = y.id"
        )
    };
}

/// Something is to be paid. These words stand in an index (migration 0013).
macro_rules! unpaid {
    ($and:literal) => {
        concat!("i.state IN ('open', 'partly_paid')", $and)
    };
}

/// The list.
pub static LIST: List = List {
    name: "invoices",
    title: "Invoices",
    nouns: ["invoice", "invoices"],
    prefix: "ivc",
    from: "invoices i",
    joined: "",
    id: "i.id",
    merchant: "i.merchant_id",
    search: &[
        Search { by: By::Customers, rows: "SELECT y.id FROM invoices y WHERE y.merchant_id = $1 AND y.customer_id IN ({ids})" },
        Search {
            by: By::Reference,
            rows: "SELECT y.id FROM invoices y WHERE y.merchant_id = $1 AND y.number IS NOT NULL AND y.number >= {a} AND y.number <= {b}",
        },
        Search {
            by: By::Reference,
            rows: "SELECT i.id FROM orders o CROSS JOIN invoices i WHERE o.merchant_id = $1 AND o.number >= {a} AND o.number <= {b}
                AND i.merchant_id = $1 AND i.order_id = o.id",
        },
        Search { by: By::Name, rows: of_guest!(orders, guest_name!()) },
        Search { by: By::Name, rows: of_guest!(payments, guest_name!()) },
        Search { by: By::Email, rows: of_guest!(orders, guest_email!()) },
        Search { by: By::Email, rows: of_guest!(payments, guest_email!()) },
    ],
    searched: "Number, customer, guest, order",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "draft", label: "Draft", when: "i.state = 'draft'", walks: true },
                Opt { word: "open", label: "Open", when: unpaid!(" AND i.state = 'open'"), walks: true },
                Opt { word: "partly_paid", label: "Partly paid", when: unpaid!(" AND i.state = 'partly_paid'"), walks: true },
                Opt { word: "paid", label: "Paid", when: "i.state = 'paid' AND i.kind = 'invoice'", walks: false },
                Opt { word: "credited", label: "Credited", when: "i.state = 'credited'", walks: false },
                Opt { word: "void", label: "Void", when: "i.state = 'void'", walks: false },
            ]),
        },
        Filter {
            name: "overdue",
            label: "Overdue",
            options: Options::Words(&[
                Opt { word: "true", label: "Overdue", when: unpaid!(" AND i.due_on < {today}"), walks: true },
                Opt {
                    word: "false",
                    label: "Not overdue",
                    when: "(i.state NOT IN ('open', 'partly_paid') OR i.due_on IS NULL OR i.due_on >= {today})",
                    walks: false,
                },
            ]),
        },
        Filter {
            name: "kind",
            label: "Kind",
            options: Options::Words(&[
                Opt { word: "invoice", label: "Invoice", when: "i.kind = 'invoice'", walks: false },
                Opt { word: "credit_note", label: "Credit note", when: "i.kind = 'credit_note'", walks: true },
            ]),
        },
        parts::shop("COALESCE(i.shop_id, '')"),
        parts::currency("i.currency"),
        parts::country("i.country"),
        parts::customer("i.customer_id"),
    ],
    ranges: &[
        parts::dates("issued_from", "issued_to", "Date", "i.issued_on"),
        parts::dates("due_from", "due_to", "Due", "i.due_on"),
        parts::money("total_min", "total_max", "Total", "i.total", "i.currency"),
    ],
    sorts: &[
        Sort { word: "created", column: "i.created_at", descending: true },
        // Drafts have no day yet: they come first of the newest, and last of what is due.
        Sort { word: "issued", column: "COALESCE(i.issued_on, 9223372036854775807)", descending: true },
        Sort { word: "due", column: "COALESCE(i.due_on, 9223372036854775807)", descending: false },
        Sort { word: "total", column: "i.total", descending: true },
    ],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "drafts", name: "Drafts", chooses: &[("state", &["draft"])], sort: None },
        BuiltIn { word: "unpaid", name: "Unpaid", chooses: &[("state", &["open", "partly_paid"])], sort: Some(("due", false)) },
        BuiltIn { word: "overdue", name: "Overdue", chooses: &[("overdue", &["true"])], sort: Some(("due", false)) },
        BuiltIn { word: "credit_notes", name: "Credit notes", chooses: &[("kind", &["credit_note"])], sort: None },
    ],
    columns: &[
        Column { word: "number", label: "Number", shown: true, number: false, spare: false, sort: Some("created") },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "buyer", label: "Buyer", shown: true, number: false, spare: false, sort: None },
        Column { word: "issued", label: "Date", shown: true, number: false, spare: true, sort: Some("issued") },
        Column { word: "due", label: "Due", shown: true, number: false, spare: true, sort: Some("due") },
        Column { word: "total", label: "Total", shown: true, number: true, spare: false, sort: Some("total") },
        Column { word: "paid", label: "Paid", shown: true, number: true, spare: true, sort: None },
        Column { word: "rest", label: "Left to pay", shown: false, number: true, spare: true, sort: None },
        Column { word: "order", label: "Order", shown: false, number: false, spare: true, sort: None },
        Column { word: "shop", label: "Shop", shown: false, number: false, spare: true, sort: None },
        Column { word: "country", label: "Country", shown: false, number: false, spare: true, sort: None },
        Column { word: "email", label: "E-mail", shown: false, number: false, spare: true, sort: None },
    ],
    // What was billed: drafts and withdrawn ones are nothing, credit notes take back.
    sum: Some(Sum {
        column: "CASE WHEN i.state IN ('draft', 'void') THEN 0 WHEN i.kind = 'credit_note' THEN -i.total ELSE i.total END",
        word: "invoiced",
    }),
    headers: &[
        ("Number", false),
        ("Kind", false),
        ("Status", false),
        ("Date", false),
        ("Due", false),
        ("Net", true),
        ("Tax", true),
        ("Total", true),
        ("Paid", true),
        ("Credited", true),
        ("Left To Pay", true),
        ("Currency", false),
        ("Buyer", false),
        ("Buyer VAT Number", false),
        ("Country", false),
        ("Customer", false),
        ("Customer ID", false),
        ("Order", false),
        ("Corrects", false),
        ("Shop", false),
        ("Created", false),
        ("ID", false),
    ],
    cells,
    exported: "invoices.exported",
};

/// The invoices with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Listed>> {
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let invoice = row(r)?;
        let customer_name = if invoice.customer.is_some() { named(r, 34)? } else { String::new() };
        let shop_name = r.get::<Option<String>>(33)?.unwrap_or_default();
        Ok((invoice.id.to_string(), Listed { invoice, customer_name, shop_name }))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(row: Listed) -> Vec<String> {
    let i = row.invoice;
    // A credit note takes back: its amounts stand below zero in files, as they do on pages.
    let sign = if i.kind == Kind::CreditNote { -1 } else { 1 };
    let plain = |minor: i64| Money::new(minor, i.currency).plain();
    let day = |day: Option<i64>| day.map(|d| due_days(d).to_string()).unwrap_or_default();
    vec![
        i.number.clone().unwrap_or_default(),
        i.kind.name().to_owned(),
        i.state.name().to_owned(),
        day(i.issued_on),
        day(i.due_on),
        plain(sign * i.net),
        plain(sign * i.tax),
        plain(sign * i.total),
        plain(i.paid),
        plain(i.credited),
        plain(i.rest()),
        i.currency.to_string(),
        i.buyer.name.clone(),
        i.buyer.vat_number.clone(),
        i.buyer.address.country.clone(),
        row.customer_name,
        i.customer.as_ref().map(ToString::to_string).unwrap_or_default(),
        i.order_number.clone().unwrap_or_default(),
        i.corrects_number.clone().unwrap_or_default(),
        row.shop_name,
        crate::kit::rfc3339(i.created_at),
        i.id.to_string(),
    ]
}
