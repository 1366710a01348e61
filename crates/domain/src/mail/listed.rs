//! The list of the outbox, described (SPEC 5.3, [`crate::lists`]): what waits, went, or did not go, newest first.

use serde::Serialize;
use store::Tx;

use super::{Mail, queries, queue};
use crate::kit::{Ctx, CustomerId, Result, rfc3339, words};
use crate::lists::parts;
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort};
use crate::merchants::Settings;

words! {
    /// What a mail carries.
    pub enum Carries {
        /// An invoice or a credit note.
        Invoice = "invoice", "Invoice";
        /// An offer.
        Offer = "offer", "Offer";
        /// A link to pay.
        PaymentLink = "payment_link", "Payment link";
        /// A link to add a payment method.
        MethodLink = "method_link", "Link to add a method";
        /// A link into the portal.
        Portal = "portal", "Portal link";
        /// Words alone: a message, a mailing, news for the staff.
        Words = "words", "Message";
    }
}

/// A mail of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The mail.
    #[serde(flatten)]
    pub mail: Mail,
    /// Whom it speaks of.
    pub customer: Option<CustomerId>,
    /// What it carries.
    pub carries: Carries,
}

/// Not in somebody's hands yet. These words stand in an index (migration 0034).
macro_rules! open {
    ($and:literal) => {
        concat!("m.state IN ('queued', 'sending', 'failed', 'unknown')", $and)
    };
}

/// The list.
pub static LIST: List = List {
    name: "mails",
    title: "Outbox",
    nouns: ["mail", "mails"],
    prefix: "mai",
    from: "mails m",
    joined: "",
    id: "m.id",
    merchant: "m.merchant_id",
    search: &[
        Search { by: By::Customers, rows: "SELECT y.id FROM mails y WHERE y.merchant_id = $1 AND y.customer_id IN ({ids})" },
        Search {
            by: By::Reference,
            rows: "SELECT y.id FROM mails y WHERE y.merchant_id = $1 AND LOWER(y.recipient) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.recipient) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))",
        },
    ],
    searched: "Address, customer",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "queued", label: "Queued", when: open!(" AND m.state = 'queued'"), walks: true },
                Opt { word: "sending", label: "Sending", when: open!(" AND m.state = 'sending'"), walks: true },
                Opt { word: "sent", label: "Sent", when: "m.state = 'sent'", walks: false },
                Opt { word: "failed", label: "Failed", when: open!(" AND m.state = 'failed'"), walks: true },
                Opt { word: "unknown", label: "Perhaps sent", when: open!(" AND m.state = 'unknown'"), walks: true },
            ]),
        },
        Filter {
            name: "carries",
            label: "Carries",
            options: Options::Words(&[
                Opt { word: "invoice", label: "Invoice", when: "m.invoice_id IS NOT NULL", walks: false },
                Opt { word: "offer", label: "Offer", when: "m.offer_id IS NOT NULL", walks: false },
                Opt { word: "payment_link", label: "Payment link", when: "m.payment_link_id IS NOT NULL", walks: false },
                Opt { word: "method_link", label: "Link to add a method", when: "m.method_link_id IS NOT NULL", walks: false },
                Opt { word: "portal", label: "Portal link", when: "m.portal_link_id IS NOT NULL", walks: false },
                Opt {
                    word: "words",
                    label: "Message",
                    when: "COALESCE(m.invoice_id, m.offer_id, m.payment_link_id, m.method_link_id, m.portal_link_id) IS NULL",
                    walks: false,
                },
            ]),
        },
        parts::customer("m.customer_id"),
    ],
    ranges: &[parts::days("created_from", "created_to", "Asked for", "m.queued_at")],
    sorts: &[Sort { word: "created", column: "m.queued_at", descending: true }],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "failed", name: "Not sent", chooses: &[("state", &["failed", "unknown"])], sort: None },
        BuiltIn { word: "waiting", name: "Waiting", chooses: &[("state", &["queued", "sending"])], sort: None },
    ],
    columns: &[
        Column { word: "to", label: "To", shown: true, number: false, spare: false, sort: None },
        Column { word: "subject", label: "Subject", shown: true, number: false, spare: false, sort: None },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "carries", label: "Carries", shown: true, number: false, spare: true, sort: None },
        Column { word: "attempts", label: "Tries", shown: true, number: true, spare: true, sort: None },
        Column { word: "created", label: "Asked for", shown: true, number: false, spare: true, sort: Some("created") },
        Column { word: "sent", label: "Sent", shown: true, number: false, spare: true, sort: None },
        Column { word: "next", label: "Next try", shown: false, number: false, spare: true, sort: None },
        Column { word: "by", label: "By", shown: false, number: false, spare: true, sort: None },
    ],
    sum: None,
    headers: &[
        ("To", false),
        ("Subject", false),
        ("Status", false),
        ("Carries", false),
        ("Tries", true),
        ("Error", false),
        ("Asked For", false),
        ("Next Try", false),
        ("Sent", false),
        ("By", false),
        ("Customer ID", false),
        ("ID", false),
    ],
    cells,
    exported: "mails.exported",
};

/// The mails with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Listed>> {
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let mail = queue::row(r)?;
        let carries = [
            (mail.invoice.is_some(), Carries::Invoice),
            (mail.offer.is_some(), Carries::Offer),
            (mail.payment_link.is_some(), Carries::PaymentLink),
            (mail.method_link.is_some(), Carries::MethodLink),
            (mail.portal_link.is_some(), Carries::Portal),
        ];
        let carries = carries.into_iter().find(|(is, _)| *is).map_or(Carries::Words, |(_, what)| what);
        Ok((mail.id.to_string(), Listed { customer: mail.customer.clone(), carries, mail }))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(row: Listed) -> Vec<String> {
    let m = row.mail;
    vec![
        m.recipient,
        m.subject,
        m.state.name().to_owned(),
        row.carries.name().to_owned(),
        m.attempts.to_string(),
        m.error,
        rfc3339(m.queued_at),
        m.next_at.map(rfc3339).unwrap_or_default(),
        m.sent_at.map(rfc3339).unwrap_or_default(),
        m.queued_by,
        row.customer.map(|id| id.to_string()).unwrap_or_default(),
        m.id.to_string(),
    ]
}
