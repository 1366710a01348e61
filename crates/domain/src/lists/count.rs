//! Exact totals, sums and the counts of all options in one pass over the rows: the database gives how many there are of each combination of
//! options, and everything else is added up from these few lines. The counts of a filter ignore what is chosen in that filter (SPEC 1.5).

use std::collections::BTreeMap;

use store::{Row, Tx};

use super::build::{Ask, Built};
use super::find::{customers, run};
use super::{List, Options, Query, Tags};
use crate::customers::list::Indexes;
use crate::kit::{Ctx, Currency, Money, Result, Right};
use crate::merchants;

/// How many match, and how many each option would give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Exactly so many match.
    pub total: u64,
    /// By place of the filter: its words with how many each would give. Of values only those that occur or are chosen.
    pub options: Vec<Vec<(String, u64)>>,
    /// What is summed of those that match, by currency; never test money together with live money.
    pub sums: Vec<Money>,
}

/// One combination of options.
struct Cell {
    /// By place of the filter; empty for filters that are no column.
    words: Vec<String>,
    count: u64,
    sum: i64,
}

/// Counts. In a read transaction.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub fn count(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &Query) -> Result<Counts> {
    ctx.must(Right::Read)?;
    let settings = merchants::settings(tx, ctx)?;
    let (customers, _) = customers(tx, ctx, indexes, query)?;
    let ask = Ask::of(ctx, query, &settings, &customers);
    if let Some(nothing) = impossible(query) {
        return Ok(nothing);
    }
    let cells = cells(tx, query.list, &ask.cube(ctx, None))?;
    let mut counts = Counts::default();
    for (at, filter) in query.list.filters.iter().enumerate() {
        let mut options: Vec<(String, u64)> = filter.fixed().iter().map(|(word, _)| ((*word).to_owned(), 0)).collect();
        match &filter.options {
            Options::Linked(links) => {
                for (link, (_, n)) in links.iter().zip(&mut options) {
                    let some = self::cells(tx, query.list, &ask.cube(ctx, Some(link)))?;
                    *n = some.iter().filter(|c| c.passes(query, None)).map(|c| c.count).sum();
                }
            }
            Options::Words(_) | Options::Values(_) => options = by_word(&cells, query, at, options),
            Options::Tags(tags) => options = by_tag(tx, ctx, &ask, query, (at, tags))?,
            Options::Of(_) => {}
        }
        counts.options.push(options);
    }
    counts.total = cells.iter().filter(|c| c.passes(query, None)).map(|c| c.count).sum();
    counts.sums = sums(&cells, query);
    Ok(counts)
}

/// What is chosen lies outside of the view: nothing matches, and no option would help.
fn impossible(query: &Query) -> Option<Counts> {
    let linked = |at: usize| matches!(query.list.filters[at].options, Options::Linked(_));
    let empty = (0..query.list.filters.len()).any(|at| linked(at) && query.holds(at).is_some_and(|words| words.is_empty()));
    let zero = |f: &super::Filter| f.fixed().iter().map(|(word, _)| ((*word).to_owned(), 0)).collect();
    empty.then(|| Counts { options: query.list.filters.iter().map(zero).collect(), ..Counts::default() })
}

fn cells(tx: &mut Tx, list: &List, built: &Built) -> Result<Vec<Cell>> {
    let columns = columns(list);
    run(tx, built, |r| cell(list, columns, r))
}

fn cell(list: &List, columns: usize, r: &Row<'_>) -> std::result::Result<Cell, store::Error> {
    let (mut words, mut at) = (Vec::with_capacity(list.filters.len()), 0);
    for filter in list.filters {
        words.push(match &filter.options {
            Options::Words(_) | Options::Values(_) => {
                at += 1;
                let word = r.get::<Option<String>>(at - 1)?.unwrap_or_default();
                if word.is_empty() && matches!(filter.options, Options::Values(_)) { "none".to_owned() } else { word }
            }
            Options::Linked(_) | Options::Of(_) | Options::Tags(_) => String::new(),
        });
    }
    let sum = r.get::<Option<i64>>(columns + 1)?.unwrap_or(0);
    Ok(Cell { words, count: r.get::<i64>(columns)?.unsigned_abs(), sum })
}

/// The tags that occur, and those that are chosen, with how many each would give.
fn by_tag(tx: &mut Tx, ctx: &Ctx, ask: &Ask<'_>, query: &Query, (at, tags): (usize, &Tags)) -> Result<Vec<(String, u64)>> {
    let (list, columns) = (query.list, columns(query.list));
    let cells = run(tx, &ask.tagged(ctx, at, tags), |r| Ok((r.get::<String>(columns + 2)?, cell(list, columns, r)?)))?;
    let mut found: BTreeMap<String, u64> = query.words(at).map(|word| (word.to_owned(), 0)).collect();
    for (tag, cell) in cells.into_iter().filter(|(_, cell)| cell.passes(query, None)) {
        *found.entry(tag).or_default() += cell.count;
    }
    Ok(found.into_iter().collect())
}

/// How many columns a line of the cube begins with.
fn columns(list: &List) -> usize {
    list.filters.iter().filter(|f| matches!(f.options, Options::Words(_) | Options::Values(_))).count()
}

impl Cell {
    /// Has it a word that holds in each filter of words or values, but for one that is ignored (where the view still holds)?
    fn passes(&self, query: &Query, ignored: Option<usize>) -> bool {
        query.list.filters.iter().enumerate().all(|(at, filter)| {
            if !matches!(filter.options, Options::Words(_) | Options::Values(_)) {
                return true;
            }
            let word = self.words[at].as_str();
            if ignored == Some(at) {
                return query.preset(filter).is_none_or(|preset| preset.contains(&word));
            }
            query.holds(at).is_none_or(|words| words.contains(&word))
        })
    }
}

fn by_word(cells: &[Cell], query: &Query, at: usize, fixed: Vec<(String, u64)>) -> Vec<(String, u64)> {
    let is_fixed = !fixed.is_empty();
    let mut found: BTreeMap<String, u64> = fixed.iter().cloned().collect();
    found.extend(query.words(at).map(|word| (word.to_owned(), 0)));
    for cell in cells.iter().filter(|c| c.passes(query, Some(at))) {
        if !is_fixed || found.contains_key(&cell.words[at]) {
            *found.entry(cell.words[at].clone()).or_default() += cell.count;
        }
    }
    if is_fixed {
        return fixed.into_iter().map(|(word, _)| (word.clone(), found.get(&word).copied().unwrap_or(0))).collect();
    }
    found.into_iter().collect()
}

fn sums(cells: &[Cell], query: &Query) -> Vec<Money> {
    let Some((currency, _)) = query.list.filter("currency").filter(|_| query.list.sum.is_some()) else { return Vec::new() };
    let mode = query.list.filter("mode").map(|(at, _)| at);
    let only_test = mode.is_some_and(|at| query.holds(at).is_some_and(|words| words == ["test"]));
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for cell in cells.iter().filter(|c| c.passes(query, None)) {
        if only_test || mode.is_none_or(|at| cell.words[at] == "live") {
            let sum = sums.entry(cell.words[currency].as_str()).or_default();
            *sum = sum.saturating_add(cell.sum);
        }
    }
    sums.into_iter().filter(|(_, sum)| *sum != 0).filter_map(|(code, sum)| Currency::of(code).map(|c| Money::new(sum, c))).collect()
}
