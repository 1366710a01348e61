//! The list of all requests, described ([`crate::lists`]): what waits first, the most urgent before the others.

use store::Tx;

use super::{Request, queries, read};
use crate::invoices::due_days;
use crate::kit::{Ctx, Result, rfc3339};
use crate::lists::parts;
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort};
use crate::merchants::Settings;

/// The list.
pub static LIST: List = List {
    name: "privacy_requests",
    title: "Requests about data",
    nouns: ["request", "requests"],
    prefix: "prq",
    from: "privacy_requests q",
    joined: "",
    id: "q.id",
    merchant: "q.merchant_id",
    search: &[
        Search { by: By::Customers, rows: "SELECT y.id FROM privacy_requests y WHERE y.merchant_id = $1 AND y.customer_id IN ({ids})" },
        Search {
            by: By::Name,
            rows: "SELECT y.id FROM privacy_requests y WHERE y.merchant_id = $1 AND LOWER(y.who) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.who) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))",
        },
    ],
    searched: "Customer, who asks",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "open", label: "Open", when: "q.state = 'open'", walks: true },
                Opt { word: "done", label: "Done", when: "q.state = 'done'", walks: false },
                Opt { word: "refused", label: "Refused", when: "q.state = 'refused'", walks: false },
            ]),
        },
        Filter {
            name: "overdue",
            label: "Overdue",
            options: Options::Words(&[
                Opt { word: "true", label: "Overdue", when: "q.state = 'open' AND q.due_on < {today}", walks: true },
                Opt { word: "false", label: "Not overdue", when: "(q.state <> 'open' OR q.due_on >= {today})", walks: false },
            ]),
        },
        Filter {
            name: "kind",
            label: "Asks to",
            options: Options::Words(&[
                Opt { word: "access", label: "See the data", when: "q.kind = 'access'", walks: false },
                Opt { word: "erasure", label: "Erase the data", when: "q.kind = 'erasure'", walks: false },
                Opt { word: "correction", label: "Correct the data", when: "q.kind = 'correction'", walks: false },
            ]),
        },
        parts::customer("q.customer_id"),
    ],
    ranges: &[
        parts::dates("due_from", "due_to", "Due", "q.due_on"),
        parts::dates("received_from", "received_to", "Received", "q.received_on"),
    ],
    sorts: &[
        Sort { word: "due", column: "q.due_on", descending: false },
        Sort { word: "received", column: "q.received_on", descending: true },
    ],
    views: &[
        BuiltIn { word: "open", name: "Open", chooses: &[("state", &["open"])], sort: None },
        BuiltIn { word: "overdue", name: "Overdue", chooses: &[("overdue", &["true"])], sort: None },
        BuiltIn { word: "all", name: "All", chooses: &[], sort: Some(("received", true)) },
    ],
    columns: &[
        Column { word: "about", label: "Who", shown: true, number: false, spare: false, sort: None },
        Column { word: "kind", label: "Asks to", shown: true, number: false, spare: false, sort: None },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "due", label: "Answer due", shown: true, number: false, spare: false, sort: Some("due") },
        Column { word: "received", label: "Received", shown: true, number: false, spare: true, sort: Some("received") },
        Column { word: "note", label: "Note", shown: false, number: false, spare: true, sort: None },
        Column { word: "by", label: "Written down by", shown: false, number: false, spare: true, sort: None },
        Column { word: "closed", label: "Closed", shown: false, number: false, spare: true, sort: None },
    ],
    sum: None,
    headers: &[
        ("Received", false),
        ("Due", false),
        ("Kind", false),
        ("Status", false),
        ("Customer", false),
        ("Customer ID", false),
        ("Who", false),
        ("Note", false),
        ("Written Down By", false),
        ("Closed", false),
        ("Closed By", false),
        ("ID", false),
    ],
    cells,
    exported: "requests.exported",
};

/// The requests with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Request>> {
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let request = read::request(r)?;
        Ok((request.id.to_string(), request))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(q: Request) -> Vec<String> {
    vec![
        due_days(q.received_on).to_string(),
        due_days(q.due_on).to_string(),
        q.kind.name().to_owned(),
        q.state.name().to_owned(),
        q.customer_name,
        q.customer.map(|id| id.to_string()).unwrap_or_default(),
        q.who,
        q.note,
        q.created_by,
        q.closed_at.map(rfc3339).unwrap_or_default(),
        q.closed_by,
        q.id.to_string(),
    ]
}
