//! The list of all tasks, described ([`crate::lists`]): one's own first, the most urgent before the others.

use store::Tx;

use super::{Task, queries, read};
use crate::kit::{Ctx, Result, day_date, rfc3339};
use crate::lists::parts::{self, either};
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort};
use crate::merchants::Settings;

/// The list.
pub static LIST: List = List {
    name: "tasks",
    title: "Tasks",
    nouns: ["task", "tasks"],
    prefix: "tsk",
    from: "tasks w",
    joined: "",
    id: "w.id",
    merchant: "w.merchant_id",
    search: &[
        Search { by: By::Customers, rows: "SELECT y.id FROM tasks y WHERE y.merchant_id = $1 AND y.customer_id IN ({ids})" },
        Search {
            by: By::Name,
            rows: "SELECT y.id FROM tasks y WHERE y.merchant_id = $1 AND LOWER(y.title) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.title) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))",
        },
    ],
    searched: "Task, customer",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "open", label: "To do", when: "w.done_at IS NULL", walks: true },
                Opt { word: "done", label: "Done", when: "w.done_at IS NOT NULL", walks: false },
            ]),
        },
        Filter {
            name: "due",
            label: "Due",
            options: Options::Words(&[
                Opt { word: "overdue", label: "Overdue", when: "w.done_at IS NULL AND w.due_on < {today}", walks: false },
                Opt {
                    word: "today",
                    label: "Today",
                    when: "w.done_at IS NULL AND (w.due_on IS NULL OR w.due_on >= {today}) AND (w.due_on = {today} OR w.remind_on <= {today})",
                    walks: false,
                },
                Opt {
                    word: "later",
                    label: "Later",
                    when: "w.done_at IS NULL AND w.due_on > {today} AND (w.remind_on IS NULL OR w.remind_on > {today})",
                    walks: false,
                },
                Opt {
                    word: "none",
                    label: "No day",
                    when: "w.done_at IS NULL AND w.due_on IS NULL AND (w.remind_on IS NULL OR w.remind_on > {today})",
                    walks: false,
                },
            ]),
        },
        parts::person("assignee", "Assignee", "w.assignee_id"),
        either!("mine", "Whose", "Mine" when "w.assignee_id = {me}", "Not mine" when "w.assignee_id <> {me}"),
        Filter {
            name: "on",
            label: "On",
            options: Options::Words(&[
                Opt { word: "customer", label: "Customer", when: "w.subject_kind = 'customer'", walks: false },
                Opt { word: "order", label: "Order", when: "w.subject_kind = 'order'", walks: false },
                Opt { word: "invoice", label: "Invoice", when: "w.subject_kind = 'invoice'", walks: false },
                Opt { word: "ticket", label: "Ticket", when: "w.subject_kind = 'ticket'", walks: false },
                Opt { word: "contract", label: "Contract", when: "w.subject_kind = 'contract'", walks: false },
                Opt { word: "offer", label: "Offer", when: "w.subject_kind = 'offer'", walks: false },
                Opt { word: "return", label: "Return", when: "w.subject_kind = 'return'", walks: false },
                Opt { word: "nothing", label: "Nothing", when: "w.subject_kind = ''", walks: false },
            ]),
        },
        parts::customer("w.customer_id"),
    ],
    ranges: &[parts::dates("due_from", "due_to", "Day", "w.due_on"), parts::days("created_from", "created_to", "Created", "w.created_at")],
    sorts: &[
        // Without a day: behind all that have one.
        Sort { word: "due", column: "COALESCE(w.due_on, 9223372036854775807)", descending: false },
        Sort { word: "created", column: "w.created_at", descending: true },
    ],
    views: &[
        BuiltIn { word: "mine", name: "My tasks", chooses: &[("mine", &["true"]), ("state", &["open"])], sort: None },
        BuiltIn { word: "overdue", name: "Overdue", chooses: &[("mine", &["true"]), ("due", &["overdue"])], sort: None },
        BuiltIn { word: "today", name: "Today", chooses: &[("mine", &["true"]), ("due", &["overdue", "today"])], sort: None },
        BuiltIn { word: "done", name: "Done", chooses: &[("mine", &["true"]), ("state", &["done"])], sort: Some(("created", true)) },
        BuiltIn { word: "open", name: "Everybody’s", chooses: &[("state", &["open"])], sort: None },
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
    ],
    columns: &[
        Column { word: "title", label: "Task", shown: true, number: false, spare: false, sort: None },
        Column { word: "due", label: "Due", shown: true, number: false, spare: false, sort: Some("due") },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "on", label: "On", shown: true, number: false, spare: false, sort: None },
        Column { word: "customer", label: "Customer", shown: true, number: false, spare: false, sort: None },
        Column { word: "assignee", label: "Assignee", shown: true, number: false, spare: true, sort: None },
        Column { word: "reminder", label: "Reminder", shown: false, number: false, spare: true, sort: None },
        Column { word: "created", label: "Created", shown: false, number: false, spare: true, sort: Some("created") },
        Column { word: "done", label: "Done on", shown: false, number: false, spare: true, sort: None },
    ],
    sum: None,
    headers: &[
        ("Task", false),
        ("Note", false),
        ("Due", false),
        ("Reminder", false),
        ("On", false),
        ("On ID", false),
        ("Customer", false),
        ("Customer ID", false),
        ("Assignee", false),
        ("Created", false),
        ("Created By", false),
        ("Done", false),
        ("Done By", false),
        ("ID", false),
    ],
    cells,
    exported: "tasks.exported",
};

/// The tasks with these ids, in this order; what is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Task>> {
    parts::in_order(tx, ctx, &queries::LISTED, ids, |r| {
        let task = read::task(r)?;
        Ok((task.id.to_string(), task))
    })
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(k: Task) -> Vec<String> {
    let day = |day: Option<i64>| day.map(|d| day_date(d).to_string()).unwrap_or_default();
    vec![
        k.title,
        k.note,
        day(k.due_on),
        day(k.remind_on),
        k.on.kind().to_owned(),
        k.on.id().to_owned(),
        k.customer_name,
        k.customer.map(|id| id.to_string()).unwrap_or_default(),
        k.assignee_name,
        rfc3339(k.created_at),
        k.created_by,
        k.done_at.map(rfc3339).unwrap_or_default(),
        k.done_by,
        k.id.to_string(),
    ]
}
