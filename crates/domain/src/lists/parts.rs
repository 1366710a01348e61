//! What several lists have in the same words: filters, ranges, and the reading of rows in the order in which they were found.

use std::collections::HashMap;

use store::{Row, Tx};

use super::{Filter, Kind, Of, Options, Owner, Range, Values};
use crate::customers::list::queries::{MANY, Some2};
use crate::customers::list::some_of;
use crate::kit::{Ctx, Result, Right};

const fn values(name: &'static str, label: &'static str, column: &'static str, kind: Kind) -> Filter {
    Filter { name, label, options: Options::Values(Values { column, kind }) }
}

/// By the words that occur in a column.
pub(crate) const fn word(name: &'static str, label: &'static str, column: &'static str) -> Filter {
    values(name, label, column, Kind::Word)
}

/// By who moves the money.
pub(crate) const fn provider(column: &'static str) -> Filter {
    word("provider", "Provider", column)
}

/// By shop.
pub(crate) const fn shop(column: &'static str) -> Filter {
    values("shop", "Shop", column, Kind::Shop)
}

/// By currency; sums are by this filter.
pub(crate) const fn currency(column: &'static str) -> Filter {
    values("currency", "Currency", column, Kind::Currency)
}

/// By country.
pub(crate) const fn country(column: &'static str) -> Filter {
    values("country", "Country", column, Kind::Country)
}

/// By somebody of the staff.
pub(crate) const fn person(name: &'static str, label: &'static str, column: &'static str) -> Filter {
    values(name, label, column, Kind::Person)
}

/// Of one customer.
pub(crate) const fn customer(column: &'static str) -> Filter {
    Filter { name: "customer", label: "Customer", options: Options::Of(Owner { column, prefix: "cus" }) }
}

/// Days over a column of moments.
pub(crate) const fn days(low: &'static str, high: &'static str, label: &'static str, column: &'static str) -> Range {
    Range { low, high, label, column, of: Of::Days }
}

/// Days over a column of day numbers.
pub(crate) const fn dates(low: &'static str, high: &'static str, label: &'static str, column: &'static str) -> Range {
    Range { low, high, label, column, of: Of::Dates }
}

/// Amounts of a row's own currency.
pub(crate) const fn money(
    low: &'static str,
    high: &'static str,
    label: &'static str,
    column: &'static str,
    currency: &'static str,
) -> Range {
    Range { low, high, label, column, of: Of::Money(currency) }
}

/// Yes or no: the name in the address and on pages, the words and SQL of yes, those of no; `yes` is rare and walked.
macro_rules! either {
    ($name:literal, $label:literal, $yes:literal when $is:literal, $no:literal when $is_not:literal) => {
        $crate::lists::Filter {
            name: $name,
            label: $label,
            options: $crate::lists::Options::Words(&[
                $crate::lists::Opt { word: "true", label: $yes, when: $is, walks: true },
                $crate::lists::Opt { word: "false", label: $no, when: $is_not, walks: false },
            ]),
        }
    };
}

/// Real money or a test, by a column; `walks`: tests have an index of their own.
macro_rules! mode {
    ($column:literal, walks: $walks:literal) => {
        $crate::lists::Filter {
            name: "mode",
            label: "Mode",
            options: $crate::lists::Options::Words(&[
                $crate::lists::Opt { word: "live", label: "Live", when: $column, walks: false },
                $crate::lists::Opt { word: "test", label: "Test", when: concat!("NOT ", $column), walks: $walks },
            ]),
        }
    };
}

/// A guest's row found by the beginning of the name: `y` is the table.
macro_rules! guest_name {
    () => {
        "y.customer_id IS NULL AND y.name <> '' AND LOWER(y.name) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.name) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))"
    };
}

/// The same by the beginning of the e-mail address.
macro_rules! guest_email {
    () => {
        "y.customer_id IS NULL AND y.email_key <> '' AND y.email_key >= {a} AND y.email_key <= {b}"
    };
}

pub(crate) use {either, guest_email, guest_name, mode};

/// The rows with these ids, by id; for lists whose rows need several statements.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub(crate) fn by_id<T>(
    tx: &mut Tx,
    ctx: &Ctx,
    statement: &Some2,
    ids: &[String],
    read: impl Fn(&Row<'_>) -> std::result::Result<(String, T), store::Error>,
) -> Result<HashMap<String, T>> {
    ctx.must(Right::Read)?;
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(MANY) {
        some_of(tx, ctx, statement, some, |r| {
            let (id, row) = read(r)?;
            found.insert(id, row);
            Ok(())
        })?;
    }
    Ok(found)
}

/// The same in the order of the ids; who is gone is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub(crate) fn in_order<T>(
    tx: &mut Tx,
    ctx: &Ctx,
    statement: &Some2,
    ids: &[String],
    read: impl Fn(&Row<'_>) -> std::result::Result<(String, T), store::Error>,
) -> Result<Vec<T>> {
    let mut found = by_id(tx, ctx, statement, ids, read)?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
