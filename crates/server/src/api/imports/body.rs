//! The shapes of imports in the API.

use domain::files::{DateOrder, Kind};
use domain::imports::{self as room, Foretold, MatchBy, Request, Shelf, State};
use domain::kit::{Ctx, Currency, Problems};
use serde::{Deserialize, Serialize};
use store::Db;
use utoipa::ToSchema;

use super::of_file;
use crate::api::types::{Time, time};
use crate::api::words;

/// Failed rows that an answer tells.
const FAILURES: usize = 20;

/// What became of the rows, or would. For a file of orders a row is a customer or an invoice, and a failed one a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportCounts {
    created: i64,
    changed: i64,
    unchanged: i64,
    failed: i64,
    /// Made by a file of orders.
    customers: i64,
    orders: i64,
    payments: i64,
    refunds: i64,
    /// Kept because they fit no payment.
    unmatched: i64,
}

impl From<room::Counts> for ImportCounts {
    fn from(c: room::Counts) -> Self {
        Self {
            created: c.created,
            changed: c.changed,
            unchanged: c.unchanged,
            failed: c.failed,
            customers: c.customers,
            orders: c.orders,
            payments: c.payments,
            refunds: c.refunds,
            unmatched: c.unmatched,
        }
    }
}

/// A row that was not taken, or would not be.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportFailure {
    /// Below the header, from 1.
    row: u64,
    reason: String,
}

/// A field that would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportFieldChange {
    field: String,
    old: String,
    new: String,
}

/// A customer that would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportChange {
    customer: String,
    name: String,
    fields: Vec<ImportFieldChange>,
}

/// What a dry run found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportCheck {
    counts: ImportCounts,
    /// Why the file cannot be read to its end; empty when it can.
    problem: String,
    /// The first of them.
    failures: Vec<ImportFailure>,
    /// The first of them.
    changes: Vec<ImportChange>,
}

/// How far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProgress {
    phase: String,
    done: u64,
    /// Bytes of the file, or units; 0 while not known.
    total: u64,
}

/// A column of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportColumn {
    name: String,
    /// What it becomes; empty when it is left out.
    field: String,
    /// Values that stand in it.
    samples: Vec<String>,
}

/// An import.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    id: String,
    #[schema(value_type = words::ImportState)]
    state: State,
    /// `customers` or `orders`.
    kind: String,
    /// The layout that is recognised, `map` when it was chosen by hand; empty while nobody said.
    layout: String,
    file_name: String,
    /// Bytes; 0 when it came from the command line.
    size: i64,
    shop: Option<String>,
    counts: ImportCounts,
    /// Why it failed, or what could not be taken back.
    message: String,
    /// While something is under way.
    progress: Option<ImportProgress>,
    /// What the dry run found; absent before.
    checked: Option<ImportCheck>,
    /// The columns of the file; empty once it is started, and in lists.
    columns: Vec<ImportColumn>,
    /// The first rows that were not taken; empty in lists.
    failures: Vec<ImportFailure>,
    /// Until when the upload, or the file of the rows that were not taken, lies here.
    file_until: Option<Time>,
    by: String,
    started_at: Time,
    finished_at: Option<Time>,
}

fn failures(all: Vec<(u64, String)>) -> Vec<ImportFailure> {
    all.into_iter().map(|(row, reason)| ImportFailure { row, reason }).collect()
}

impl From<room::Import> for Import {
    fn from(i: room::Import) -> Self {
        Self {
            id: i.id.to_string(),
            state: i.state,
            kind: i.kind,
            layout: i.layout,
            file_name: i.file_name,
            size: i.size,
            shop: i.shop.map(|s| s.to_string()),
            counts: i.counts.into(),
            message: i.message,
            progress: i.progress.map(|p| ImportProgress { phase: p.phase, done: p.done, total: p.total }),
            checked: i.checked.map(|c| ImportCheck {
                counts: c.counts.into(),
                problem: c.problem,
                failures: failures(c.failures),
                changes: c.changes.into_iter().map(change).collect(),
            }),
            columns: Vec::new(),
            failures: Vec::new(),
            file_until: time(i.kept_until),
            by: i.actor_name,
            started_at: Time(i.started_at),
            finished_at: time(i.finished_at),
        }
    }
}

fn change(c: room::Changed) -> ImportChange {
    let fields = c.fields.into_iter().map(|(field, old, new)| ImportFieldChange { field, old, new }).collect();
    ImportChange { customer: c.customer.to_string(), name: c.name, fields }
}

/// One import with what only a look into its file or its journal tells. Blocks.
pub fn whole(db: &Db, ctx: &Ctx, shelf: &Shelf, import: room::Import) -> domain::Result<Import> {
    let (mut columns, mut failed) = (Vec::new(), Vec::new());
    if matches!(import.state, State::Uploaded | State::Checked) {
        let seen = room::look(shelf, &import, None).map_or_else(|_| Vec::new(), |look| look.columns);
        columns = seen.into_iter().map(|c| ImportColumn { name: c.name, field: c.field, samples: c.samples }).collect();
    }
    if import.state == State::Done && import.counts.failed > 0 {
        failed = failures(room::first_failures(db, ctx, &import.id, FAILURES).map_err(of_file)?);
    }
    Ok(Import { columns, failures: failed, ..import.into() })
}

/// What was chosen for an import.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImportColumns {
    /// For each column of the file the name of a field, `Metadata:key`, or nothing to leave it out; absent: as it is recognised.
    #[schema(max_items = 200, example = json!(["Name", "Email", ""]))]
    columns: Option<Vec<String>>,
    /// `customers` or `orders`; absent: as it is recognised.
    #[schema(example = "customers")]
    kind: Option<String>,
    /// Where orders belong, and where new customers come from; absent: the oldest shop.
    shop: Option<String>,
    #[schema(value_type = Option<words::ImportMatch>)]
    match_by: Option<MatchBy>,
    /// Of orders that do not say; absent: the shop's.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// 03/04 is the fourth of March.
    month_first: bool,
}

impl ImportColumns {
    /// As the room asks for it.
    pub fn request(&self, import: &room::Import) -> domain::Result<Request> {
        let wrong = |field: &str, words: &str| Problems::one(field, "invalid", words);
        let shop = match &self.shop {
            Some(text) => text.parse().map_err(|()| wrong("shop", "This is not the id of a shop."))?,
            None => import.shop.clone().ok_or_else(|| wrong("shop", "Say which shop."))?,
        };
        let kind = self.kind.as_deref().map(|k| Kind::of(k).ok_or_else(|| wrong("kind", "Use customers or orders."))).transpose()?;
        let currency = self.currency.as_deref().map(|c| Currency::of(c).ok_or_else(|| wrong("currency", "Use a code such as EUR.")));
        Ok(Request {
            kind,
            columns: self.columns.clone(),
            by: self.match_by.unwrap_or(MatchBy::Auto),
            currency: currency.transpose()?,
            dates: if self.month_first { DateOrder::MonthFirst } else { DateOrder::DayFirst },
            ..Request::of(shop)
        })
    }
}

/// What undoing an import would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportUndo {
    /// Customers that were made and would go.
    deleted: usize,
    /// Customers that would be put back as they were.
    restored: usize,
    /// Orders that would go, with their payments.
    orders: usize,
    /// Customers and orders that would stay, because something was done with them since.
    kept: usize,
    /// There is more, that was not looked at.
    more: bool,
}

impl From<Foretold> for ImportUndo {
    fn from(f: Foretold) -> Self {
        Self { deleted: f.deleted, restored: f.restored, orders: f.orders, kept: f.kept, more: f.more }
    }
}
