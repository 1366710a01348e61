//! The list of all tickets, described ([`crate::lists`]): what was touched last first.

use std::collections::HashMap;

use store::Tx;

use super::{Ticket, queries, read};
use crate::customers::list::queries::MANY;
use crate::customers::list::some_of;
use crate::kit::{Ctx, Result, rfc3339};
use crate::lists::parts::{self, either};
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort, Tags};
use crate::merchants::Settings;

/// The list.
pub static LIST: List = List {
    name: "tickets",
    title: "Tickets",
    nouns: ["ticket", "tickets"],
    prefix: "tic",
    from: "tickets t",
    joined: "",
    id: "t.id",
    merchant: "t.merchant_id",
    search: &[
        Search { by: By::Customers, rows: "SELECT y.id FROM tickets y WHERE y.merchant_id = $1 AND y.customer_id IN ({ids})" },
        Search {
            by: By::Name,
            rows: "SELECT y.id FROM tickets y WHERE y.merchant_id = $1 AND LOWER(y.subject) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.subject) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))",
        },
        Search {
            by: By::Name,
            rows: "SELECT g.ticket_id AS id FROM ticket_tags g WHERE g.merchant_id = $1 AND g.name_key >= LOWER(CAST({a} AS TEXT))
                AND g.name_key <= LOWER(CAST({b} AS TEXT))",
        },
        Search { by: By::Reference, rows: "SELECT y.id FROM tickets y WHERE y.merchant_id = $1 AND y.number >= {a} AND y.number <= {b}" },
    ],
    searched: "Number, subject, tag, customer",
    filters: &[
        Filter {
            name: "status",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "open", label: "Open", when: "t.status IN ('open', 'waiting') AND t.status = 'open'", walks: true },
                Opt { word: "waiting", label: "Waiting", when: "t.status IN ('open', 'waiting') AND t.status = 'waiting'", walks: true },
                Opt { word: "solved", label: "Solved", when: "t.status = 'solved'", walks: false },
                Opt { word: "closed", label: "Closed", when: "t.status = 'closed'", walks: false },
            ]),
        },
        Filter {
            name: "priority",
            label: "Priority",
            options: Options::Words(&[
                Opt { word: "urgent", label: "Urgent", when: "t.priority = 'urgent'", walks: false },
                Opt { word: "high", label: "High", when: "t.priority = 'high'", walks: false },
                Opt { word: "normal", label: "Normal", when: "t.priority = 'normal'", walks: false },
                Opt { word: "low", label: "Low", when: "t.priority = 'low'", walks: false },
            ]),
        },
        parts::person("assignee", "Assignee", "t.assignee_id"),
        either!("mine", "Whose", "Mine" when "t.assignee_id = {me}", "Not mine" when "t.assignee_id <> {me}"),
        Filter { name: "tag", label: "Tag", options: Options::Tags(Tags { table: "ticket_tags", of: "ticket_id" }) },
        parts::customer("t.customer_id"),
    ],
    ranges: &[
        parts::days("updated_from", "updated_to", "Last change", "t.updated_at"),
        parts::days("created_from", "created_to", "Created", "t.created_at"),
    ],
    sorts: &[
        Sort { word: "updated", column: "t.updated_at", descending: true },
        Sort { word: "created", column: "t.created_at", descending: true },
        // The most urgent first; an index of the same words walks it (migration 0033).
        Sort {
            word: "priority",
            column: "CASE t.priority WHEN 'urgent' THEN 3 WHEN 'high' THEN 2 WHEN 'normal' THEN 1 ELSE 0 END",
            descending: true,
        },
    ],
    views: &[
        BuiltIn { word: "open", name: "Open", chooses: &[("status", &["open", "waiting"])], sort: None },
        BuiltIn { word: "mine", name: "Mine", chooses: &[("mine", &["true"]), ("status", &["open", "waiting"])], sort: None },
        BuiltIn {
            word: "unassigned",
            name: "Unassigned",
            chooses: &[("assignee", &["none"]), ("status", &["open", "waiting"])],
            sort: None,
        },
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
    ],
    columns: &[
        Column { word: "subject", label: "Subject", shown: true, number: false, spare: false, sort: None },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "priority", label: "Priority", shown: true, number: false, spare: false, sort: Some("priority") },
        Column { word: "customer", label: "Customer", shown: true, number: false, spare: false, sort: None },
        Column { word: "assignee", label: "Assignee", shown: true, number: false, spare: false, sort: None },
        Column { word: "updated", label: "Last change", shown: true, number: false, spare: true, sort: Some("updated") },
        Column { word: "created", label: "Created", shown: false, number: false, spare: true, sort: Some("created") },
        Column { word: "tags", label: "Tags", shown: false, number: false, spare: true, sort: None },
    ],
    sum: None,
    headers: &[
        ("Number", false),
        ("Subject", false),
        ("Status", false),
        ("Priority", false),
        ("Customer", false),
        ("Customer ID", false),
        ("Assignee", false),
        ("Tags", false),
        ("Created", false),
        ("Created By", false),
        ("Last Change", false),
        ("Settled", false),
        ("ID", false),
    ],
    cells,
    exported: "tickets.exported",
};

/// The tickets with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Ticket>> {
    let mut found = parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let ticket = read::ticket(r)?;
        Ok((ticket.id.to_string(), ticket))
    })?;
    let mut tags: HashMap<String, Vec<String>> = HashMap::new();
    for some in ids.chunks(MANY) {
        some_of(tx, ctx, &queries::TAGS_OF, some, |r| {
            tags.entry(r.get(0)?).or_default().push(r.get(1)?);
            Ok(())
        })?;
    }
    for ticket in &mut found {
        ticket.tags = tags.remove(ticket.id.as_str()).unwrap_or_default();
    }
    Ok(found)
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(t: Ticket) -> Vec<String> {
    vec![
        t.number,
        t.subject,
        t.status.name().to_owned(),
        t.priority.name().to_owned(),
        t.customer_name,
        t.customer.map(|id| id.to_string()).unwrap_or_default(),
        t.assignee_name,
        t.tags.join(", "),
        rfc3339(t.created_at),
        t.created_by,
        rfc3339(t.updated_at),
        t.settled_at.map(rfc3339).unwrap_or_default(),
        t.id.to_string(),
    ]
}
