//! The list of all payments, described (SPEC 2.5, [`crate::lists`]), and its rows with who owns them.

use serde::Serialize;
use store::{Row, Tx};

use super::read::{refund, view};
use super::{PaymentStatus, PaymentView, disputes, queries};
use crate::customers::display_name;
use crate::customers::list::{queries::MANY, some_of};
use crate::kit::{Ctx, Money, Result, rfc3339};
use crate::lists::parts::{self, either, guest_email, guest_name, mode};
use crate::lists::{BuiltIn, By, Column, Filter, Link, List, Opt, Options, Search, Sort, Sum};
use crate::merchants::Settings;

/// A payment of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The payment with refunds and disputes.
    #[serde(flatten)]
    pub payment: PaymentView,
    /// What its customer is called; empty for a guest's.
    pub customer_name: String,
}

/// What other tables find of a guest's payment by, and of a customer's: each by an index of its own.
macro_rules! found {
    ($what:expr) => {
        concat!("SELECT y.id FROM payments y WHERE y.merchant_id = $1 AND ", $what)
    };
}

/// The list.
pub static LIST: List = List {
    name: "payments",
    title: "Payments",
    nouns: ["payment", "payments"],
    prefix: "pay",
    from: "payments p",
    joined: "",
    id: "p.id",
    merchant: "p.merchant_id",
    search: &[
        Search { by: By::Customers, rows: found!("y.customer_id IN ({ids})") },
        Search {
            by: By::Name,
            rows: found!(guest_name!()),
        },
        Search { by: By::Email, rows: found!(guest_email!()) },
        Search { by: By::Phone, rows: found!("y.customer_id IS NULL AND y.phone_key <> '' AND y.phone_key >= {a} AND y.phone_key <= {b}") },
        Search {
            by: By::Reference,
            rows: "SELECT y.id FROM orders o CROSS JOIN payments y WHERE o.merchant_id = $1 AND o.number >= {a} AND o.number <= {b}
                AND y.merchant_id = $1 AND y.order_id = o.id",
        },
        // Steps from provider to provider: there are few, and each has its references in order.
        Search {
            by: By::Reference,
            rows: "SELECT y.id FROM (WITH RECURSIVE v(p) AS (SELECT MIN(x.provider) FROM payments x WHERE x.merchant_id = $1
                UNION ALL SELECT (SELECT MIN(x.provider) FROM payments x WHERE x.merchant_id = $1 AND x.provider > v.p) FROM v WHERE v.p IS NOT NULL)
                SELECT p FROM v WHERE p IS NOT NULL) e CROSS JOIN payments y
                WHERE y.merchant_id = $1 AND y.provider = e.p AND y.provider_ref >= {a} AND y.provider_ref <= {b}",
        },
        Search {
            by: By::Name,
            rows: found!("y.provider = 'manual' AND y.note <> '' AND LOWER(y.note) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.note) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))"),
        },
        Search { by: By::Last4, rows: found!("y.last4 <> '' AND y.last4 = {a} AND y.last4 = {b}") },
    ],
    searched: "Customer, guest, order, provider’s id, last four, remark",
    filters: &[
        Filter {
            name: "status",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "paid", label: "Paid", when: "p.status = 'settled' AND p.refunded = 0 AND p.lost = 0", walks: false },
                Opt { word: "pending", label: "Pending", when: "p.status <> 'settled' AND p.status = 'pending'", walks: true },
                Opt { word: "failed", label: "Failed", when: "p.status <> 'settled' AND p.status = 'failed'", walks: true },
                Opt { word: "bounced", label: "Bounced", when: "p.status <> 'settled' AND p.status = 'bounced'", walks: true },
                Opt {
                    word: "partly_refunded",
                    label: "Partly refunded",
                    when: "(p.refunded > 0 OR p.lost > 0) AND p.status = 'settled' AND p.lost = 0 AND p.refunded < p.amount",
                    walks: true,
                },
                Opt {
                    word: "refunded",
                    label: "Refunded",
                    when: "(p.refunded > 0 OR p.lost > 0) AND p.status = 'settled' AND p.lost = 0 AND p.refunded >= p.amount",
                    walks: true,
                },
                Opt {
                    word: "dispute_lost",
                    label: "Dispute lost",
                    when: "(p.refunded > 0 OR p.lost > 0) AND p.status = 'settled' AND p.lost > 0",
                    walks: true,
                },
            ]),
        },
        Filter {
            name: "dispute",
            label: "Dispute",
            options: Options::Linked(&[
                Link {
                    word: "open",
                    label: "Open",
                    rows: "SELECT d.payment_id AS id FROM disputes d WHERE d.merchant_id = $1 AND d.status = 'open'",
                },
                Link { word: "won", label: "Won", rows: "SELECT d.payment_id AS id FROM disputes d WHERE d.merchant_id = $1 AND d.status = 'won'" },
                Link {
                    word: "lost",
                    label: "Lost",
                    rows: "SELECT d.payment_id AS id FROM disputes d WHERE d.merchant_id = $1 AND d.status = 'lost'",
                },
            ]),
        },
        parts::provider("p.provider"),
        parts::word("method", "Method", "p.kind"),
        parts::shop("p.shop_id"),
        parts::currency("p.currency"),
        either!("guest", "Payer", "Guest" when "p.customer_id IS NULL", "Customer" when "p.customer_id IS NOT NULL"),
        mode!("p.live", walks: true),
        either!("flagged", "Flag", "To be looked at" when "p.flag <> ''", "Nothing to look at" when "p.flag = ''"),
        parts::customer("p.customer_id"),
    ],
    ranges: &[
        parts::days("paid_from", "paid_to", "Date", "p.paid_at"),
        parts::money("amount_min", "amount_max", "Amount", "p.amount", "p.currency"),
    ],
    sorts: &[
        Sort { word: "paid", column: "p.paid_at", descending: true },
        Sort { word: "amount", column: "p.amount", descending: true },
    ],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "failed", name: "Failed", chooses: &[("status", &["failed", "bounced"])], sort: None },
        BuiltIn { word: "refunded", name: "Refunded", chooses: &[("status", &["partly_refunded", "refunded"])], sort: None },
        BuiltIn { word: "guest", name: "Guest", chooses: &[("guest", &["true"])], sort: None },
        BuiltIn { word: "disputed", name: "Disputed", chooses: &[("dispute", &["open", "won", "lost"])], sort: None },
    ],
    columns: &[
        Column { word: "paid", label: "Date", shown: true, number: false, spare: false, sort: Some("paid") },
        Column { word: "amount", label: "Amount", shown: true, number: true, spare: false, sort: Some("amount") },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "customer", label: "Customer", shown: true, number: false, spare: false, sort: None },
        Column { word: "provider", label: "Provider", shown: false, number: false, spare: true, sort: None },
        Column { word: "method", label: "Method", shown: true, number: false, spare: true, sort: None },
        Column { word: "order", label: "Order", shown: true, number: false, spare: true, sort: None },
        Column { word: "invoice", label: "Invoice", shown: false, number: false, spare: true, sort: None },
        Column { word: "refunded", label: "Refunded", shown: false, number: true, spare: true, sort: None },
        Column { word: "dispute", label: "Dispute", shown: false, number: false, spare: true, sort: None },
        Column { word: "shop", label: "Shop", shown: false, number: false, spare: true, sort: None },
        Column { word: "reference", label: "Provider’s id", shown: false, number: false, spare: true, sort: None },
        Column { word: "email", label: "Payer’s e-mail", shown: false, number: false, spare: true, sort: None },
        Column { word: "phone", label: "Payer’s phone", shown: false, number: false, spare: true, sort: None },
    ],
    // What Home calls revenue: store credit is no new money. Test money is left out where lists count.
    sum: Some(Sum {
        column: "CASE WHEN p.status = 'settled' AND p.provider <> 'store_credit' THEN p.amount - p.refunded - p.lost ELSE 0 END",
        word: "received",
    }),
    headers: &[
        ("Date", false),
        ("Amount", true),
        ("Currency", false),
        ("Status", false),
        ("Refunded", true),
        ("Lost", true),
        ("Customer", false),
        ("Customer ID", false),
        ("Payer Name", false),
        ("Payer Email", false),
        ("Payer Phone", false),
        ("Provider", false),
        ("Provider ID", false),
        ("Method", false),
        ("Brand", false),
        ("Last Four", false),
        ("Order", false),
        ("Dispute", false),
        ("Shop", false),
        ("Mode", false),
        ("Failure", false),
        ("Note", false),
        ("ID", false),
    ],
    cells,
    exported: "payments.exported",
};

/// The word of the filter `status` that a payment has.
pub fn status_word(p: &PaymentView) -> &'static str {
    match p.status {
        PaymentStatus::Settled if p.lost > 0 => "dispute_lost",
        PaymentStatus::Settled if p.refunded >= p.amount => "refunded",
        PaymentStatus::Settled if p.refunded > 0 => "partly_refunded",
        PaymentStatus::Settled => "paid",
        other => other.name(),
    }
}

/// The payments with these ids, in this order; who is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Listed>> {
    let mut found = parts::by_id(tx, ctx, &queries::LISTED, ids, |r| {
        let payment = view(r)?;
        let customer_name = if payment.customer.is_some() { named(r, 30)? } else { String::new() };
        Ok((payment.id.to_string(), Listed { payment, customer_name }))
    })?;
    for some in ids.chunks(MANY) {
        some_of(tx, ctx, &queries::REFUNDS_OF, some, |r| {
            if let Some(of) = found.get_mut(r.str(11)?) {
                of.payment.refunds.push(refund(r)?);
            }
            Ok(())
        })?;
        some_of(tx, ctx, &queries::DISPUTES_OF, some, |r| {
            let dispute = disputes::read(r)?;
            if let Some(of) = found.get_mut(dispute.payment.as_str()) {
                of.payment.disputes.push(dispute);
            }
            Ok(())
        })?;
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// What the customer of a row is called; its six columns begin at a place.
pub(crate) fn named(r: &Row<'_>, at: usize) -> std::result::Result<String, store::Error> {
    let text = |n: usize| r.get::<Option<String>>(at + n).map(Option::unwrap_or_default);
    Ok(display_name(&text(0)?, &text(1)?, &text(2)?, &text(3)?, &text(4)?, &text(5)?))
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(row: Listed) -> Vec<String> {
    let p = row.payment;
    let plain = |minor: i64| Money::new(minor, p.currency).plain();
    let dispute = p.disputes.last().map(|d| d.status.name()).unwrap_or_default();
    vec![
        rfc3339(p.paid_at),
        plain(p.amount),
        p.currency.to_string(),
        status_word(&p).to_owned(),
        plain(p.refunded),
        plain(p.lost),
        row.customer_name,
        p.customer.as_ref().map(ToString::to_string).unwrap_or_default(),
        p.payer.name.clone(),
        p.payer.email.clone(),
        p.payer.phone.clone(),
        p.provider.clone(),
        p.provider_ref.clone().unwrap_or_default(),
        p.kind.clone(),
        p.brand.clone(),
        p.last4.clone(),
        p.order_number.clone().unwrap_or_default(),
        dispute.to_owned(),
        p.shop_name.clone(),
        if p.live { "live" } else { "test" }.to_owned(),
        p.failure_code.clone(),
        p.note.clone(),
        p.id.to_string(),
    ]
}
