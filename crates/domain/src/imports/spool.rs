//! A file of orders in the order in which it is worked: customers first, then invoices by time, so that a cancellation sees the sales
//! before it and no others. Sorted outside of memory, because a file may be larger than it.

use serde::{Deserialize, Serialize};

use super::ImportError;
use super::invoice::{Buyer, Invoice, Line, Reader};
use super::plan::Source;
use crate::files::Row;
use crate::kit::Micros;
use crate::kit::sorter::{Sorted, Sorter};
use crate::orders::MAX_LINES;

/// One unit of work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Unit {
    /// Rows that cannot be taken, and why.
    Failed(Vec<(u64, String)>),
    /// A customer as the latest row says.
    Customer(Seen),
    /// An invoice.
    Invoice(Box<Invoice>),
}

/// A customer as a file of orders knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Seen {
    pub buyer: Buyer,
    pub first: Micros,
    pub last: Micros,
}

/// All units of a file, in order.
pub(super) struct Spool {
    units: Sorted,
    pub total: u64,
}

impl Iterator for Spool {
    type Item = Result<Unit, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let unit = self.units.next()?;
        Some(
            unit.map_err(ImportError::from)
                .and_then(|(_, bytes)| serde_json::from_slice(&bytes).map_err(|e| ImportError::Io(std::io::Error::other(e)))),
        )
    }
}

/// Reads the whole file.
///
/// # Errors
/// When it cannot be read to its end: nothing of it is taken then.
pub(super) fn spool(source: &Source, reader: &Reader, told: &mut dyn FnMut(u64)) -> Result<Spool, ImportError> {
    let mut out = Out { units: Sorter::new(), customers: Sorter::new(), total: 0 };
    let mut group = Group::default();
    for entry in rows(source, reader, told, &mut out)? {
        let (key, value) = entry?;
        if key != group.key {
            std::mem::take(&mut group).close(reader, &mut out)?;
            group.key = key;
        }
        group.take(serde_json::from_slice(&value).map_err(std::io::Error::from)?, &mut out)?;
    }
    group.close(reader, &mut out)?;
    let Out { units, customers, total } = out;
    let mut out = Out { units, customers: Sorter::new(), total };
    seen(customers, &mut out)?;
    Ok(Spool { total: out.total, units: out.units.finish()? })
}

/// A row, or its number and why it cannot be read.
type Read = Result<Line, (u64, String)>;

/// Reads each row and sorts it to the others of its invoice. Rows without a number are told at once.
fn rows(source: &Source, reader: &Reader, told: &mut dyn FnMut(u64), out: &mut Out) -> Result<Sorted, ImportError> {
    let mut lines = Sorter::new();
    let (mut table, mut row) = (source.table()?, Row::default());
    while let Some(read) = table.read(&mut row) {
        if row.number().is_multiple_of(4_096) {
            told(table.taken());
        }
        let line: Read = match read {
            Ok(()) => reader.line(&row).map_err(|reason| (row.number(), reason)),
            Err(fault) if fault.is_fatal() => return Err(fault.into()),
            Err(fault) => Err((fault.number, fault.reason())),
        };
        // A ragged row still shows its first cells; its order must not be taken without it.
        let number = reader.number(&row);
        match line {
            Err(failed) if number.is_empty() => out.failed(vec![failed])?,
            line => lines.push(number.as_bytes(), &serde_json::to_vec(&line).map_err(std::io::Error::from)?)?,
        }
    }
    Ok(lines.finish()?)
}

/// Rows with one number.
#[derive(Default)]
struct Group {
    key: Vec<u8>,
    lines: Vec<Line>,
    failed: Vec<(u64, String)>,
    too_many: bool,
}

impl Group {
    fn take(&mut self, read: Read, out: &mut Out) -> Result<(), ImportError> {
        match read {
            Ok(line) => self.lines.push(line),
            Err(failed) => self.failed.push(failed),
        }
        self.too_many |= self.lines.len() + self.failed.len() > MAX_LINES;
        if self.too_many { self.refuse(format!("More than {MAX_LINES} rows have this order number."), out) } else { Ok(()) }
    }

    /// Tells all rows as not taken.
    fn refuse(&mut self, reason: String, out: &mut Out) -> Result<(), ImportError> {
        let mut rows = std::mem::take(&mut self.failed);
        rows.extend(self.lines.drain(..).map(|l| (l.row, reason.clone())));
        rows.sort();
        out.failed(rows)
    }

    /// Ends the invoice. One row that cannot be read keeps the whole of it out: half an order is a wrong order.
    fn close(mut self, reader: &Reader, out: &mut Out) -> Result<(), ImportError> {
        if let Some(bad) = self.failed.iter().map(|(row, _)| *row).min() {
            return self.refuse(format!("Row {bad} of the same order cannot be read."), out);
        }
        if self.lines.is_empty() {
            return Ok(());
        }
        let number = String::from_utf8_lossy(&self.key).into_owned();
        match reader.invoice(&number, self.lines.clone()) {
            Ok(invoice) => out.invoice(invoice),
            Err(reason) => self.refuse(reason, out),
        }
    }
}

struct Out {
    units: Sorter,
    customers: Sorter,
    total: u64,
}

impl Out {
    /// Phase, moment, row: what units are sorted by.
    fn push(&mut self, phase: u8, at: Micros, row: u64, unit: &Unit) -> Result<(), ImportError> {
        let mut key = vec![phase];
        key.extend((at as u64 ^ 1 << 63).to_be_bytes());
        key.extend(row.to_be_bytes());
        self.total += 1;
        Ok(self.units.push(&key, &serde_json::to_vec(unit).map_err(std::io::Error::from)?)?)
    }

    fn failed(&mut self, rows: Vec<(u64, String)>) -> Result<(), ImportError> {
        let first = rows.first().map_or(0, |(row, _)| *row);
        self.push(0, 0, first, &Unit::Failed(rows))
    }

    /// An invoice, and who its rows speak of.
    fn invoice(&mut self, invoice: Invoice) -> Result<(), ImportError> {
        let key = invoice.customer.key();
        if !key.is_empty() {
            let last = invoice.lines.iter().map(|l| l.at).max().unwrap_or(invoice.at);
            let seen = Seen { buyer: invoice.customer.clone(), first: invoice.at, last };
            self.customers.push(key.as_bytes(), &serde_json::to_vec(&seen).map_err(std::io::Error::from)?)?;
        }
        let (at, row) = (invoice.at, invoice.lines.first().map_or(0, |l| l.row));
        self.push(2, at, row, &Unit::Invoice(Box::new(invoice)))
    }
}

/// Of all that invoices say about a customer the latest counts, cell by cell.
fn seen(customers: Sorter, out: &mut Out) -> Result<(), ImportError> {
    let mut current: Option<(Vec<u8>, Seen)> = None;
    let mut place = 0;
    let mut end = |out: &mut Out, seen: Seen| {
        place += 1;
        out.push(1, 0, place, &Unit::Customer(seen))
    };
    for entry in customers.finish()? {
        let (key, value) = entry?;
        let next: Seen = serde_json::from_slice(&value).map_err(std::io::Error::from)?;
        current = match current {
            Some((k, old)) if k == key => Some((key, join(old, next))),
            Some((_, old)) => {
                end(out, old)?;
                Some((key, next))
            }
            None => Some((key, next)),
        };
    }
    if let Some((_, last)) = current {
        end(out, last)?;
    }
    Ok(())
}

fn join(a: Seen, b: Seen) -> Seen {
    let (older, newer) = if (a.last, &a.buyer.country) <= (b.last, &b.buyer.country) { (a, b) } else { (b, a) };
    let pick = |new: String, old: String| if new.is_empty() { old } else { new };
    Seen {
        first: older.first.min(newer.first),
        last: newer.last,
        buyer: Buyer {
            number: pick(newer.buyer.number, older.buyer.number),
            email: pick(newer.buyer.email, older.buyer.email),
            name: pick(newer.buyer.name, older.buyer.name),
            country: pick(newer.buyer.country, older.buyer.country),
        },
    }
}
