//! Who is meant, what will happen, and beginning it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;
use store::Tx;

use super::job::{Rows, treat};
use super::verdict::{Verdict, exempt, verdicts};
use super::{Action, KIND, Selection};
use crate::customers::list::{self, Indexes, ListQuery};
use crate::customers::validate;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, JobId, Problems, Result, Right};
use crate::{jobs, labels};

/// So many are done at once; more become a job.
pub const AT_ONCE: usize = 100;
/// The longest list of ids.
const LONGEST: usize = 10_000;
/// Ids asked for at once while previewing.
const BLOCK: usize = 10_000;

/// Exactly what will happen (SPEC 8.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// So many will be changed.
    pub will: u64,
    /// So many will not, by reason.
    pub refused: Vec<(String, u64)>,
    /// Of those that will be anonymised, so many were picked by hand though *Obfuscate enabled* is unticked.
    pub unticked: u64,
}

/// Who is meant: the ids when they are few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picked {
    /// How many.
    pub total: u64,
    /// Who, when at most [`AT_ONCE`].
    pub ids: Option<Vec<CustomerId>>,
}

/// What was begun or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Started {
    /// The job with the result for every customer.
    pub job: JobId,
    /// It is done already.
    pub at_once: bool,
    /// Changed, when done at once.
    pub done: u64,
    /// Not changed, by reason, when done at once.
    pub refused: Vec<(String, u64)>,
}

/// Counts what an action would do, by the rules that the run itself begins with. In a read transaction.
///
/// # Errors
/// [`Error::Forbidden`] without the action's right; field errors for the query, a group that does not exist, no tags.
pub fn preview(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, selection: &Selection, action: &Action) -> Result<Preview> {
    ctx.must(Right::Read)?;
    check(tx, ctx, action)?;
    let (mut will, mut refused, mut unticked) = (0, BTreeMap::new(), 0);
    each_block(tx, ctx, indexes, selection, |tx, ids| {
        for some in ids.chunks(100) {
            let left_out = left_out(tx, ctx, action, some)?;
            for (id, verdict) in some.iter().zip(verdicts(tx, ctx, action, selection, some)?) {
                match verdict {
                    Verdict::Will(_) => {
                        will += 1;
                        unticked += u64::from(left_out.contains(id.as_str()));
                    }
                    Verdict::Not(reason) => *refused.entry(reason.to_owned()).or_insert(0) += 1,
                }
            }
        }
        Ok(())
    })?;
    Ok(Preview { will, refused: refused.into_iter().collect(), unticked })
}

/// Whom the rules would leave out, where the action asks.
fn left_out(tx: &mut Tx, ctx: &Ctx, action: &Action, some: &[CustomerId]) -> Result<BTreeSet<String>> {
    if *action != Action::Anonymise {
        return Ok(BTreeSet::new());
    }
    exempt(tx, ctx, &some.iter().map(ToString::to_string).collect::<Vec<_>>())
}

/// Looks who is meant, before [`start`] writes. In a read transaction.
pub fn pick(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, selection: &Selection) -> Result<Picked> {
    ctx.must(Right::Read)?;
    let (mut total, mut few) = (0, Vec::new());
    each_block(tx, ctx, indexes, selection, |_, ids| {
        total += ids.len() as u64;
        few.extend(ids.iter().take(AT_ONCE + 1 - few.len().min(AT_ONCE + 1)).cloned());
        Ok(())
    })?;
    Ok(Picked { total, ids: (few.len() <= AT_ONCE).then_some(few) })
}

/// Does it at once when it is little, else asks for a job. In a write transaction; `picked` from [`pick`].
///
/// # Errors
/// [`Error::Forbidden`] without the action's right; field errors for tags, a group that does not exist.
pub fn start(tx: &mut Tx, ctx: &Ctx, selection: &Selection, picked: &Picked, action: &Action) -> Result<Started> {
    check(tx, ctx, action)?;
    let input = json!({ "action": action, "selection": selection });
    // Anonymising always leaves a job behind: it also cares for what no transaction of a page may do.
    let Some(ids) = picked.ids.as_ref().filter(|_| *action != Action::Anonymise) else {
        let job = jobs::enqueue(tx, ctx, KIND, &input, picked.total as i64)?;
        return Ok(Started { job, at_once: false, done: 0, refused: Vec::new() });
    };
    let job = jobs::enqueue(tx, ctx, KIND, &input, ids.len() as i64)?;
    let mut rows = Rows::of(&job, 0);
    treat(tx, ctx, None, (action, selection), ids, &mut rows)?;
    let (done, refused) = (rows.done, rows.refused.clone());
    rows.write(tx, ctx)?;
    jobs::finish(tx, ctx, &job, ids.len() as i64, &json!({ "done": done, "refused": refused }))?;
    told(tx, ctx, &job, action, done, &refused)?;
    Ok(Started { job, at_once: true, done, refused: refused.into_iter().collect() })
}

/// The audit log knows who let it loose on how many.
pub(super) fn told(tx: &mut Tx, ctx: &Ctx, job: &JobId, action: &Action, done: u64, refused: &BTreeMap<String, u64>) -> Result<()> {
    let data = json!({ "action": action, "done": done, "refused": refused.values().sum::<u64>() });
    Event::new("customers.bulk").on("job", job.as_str()).data(data).record(tx, ctx)?;
    Ok(())
}

/// Hands out the selection in blocks, without the unticked.
pub(crate) fn each_block(
    tx: &mut Tx,
    ctx: &Ctx,
    indexes: &Indexes,
    selection: &Selection,
    mut f: impl FnMut(&mut Tx, &[CustomerId]) -> Result<()>,
) -> Result<()> {
    let mut after = None;
    match selection {
        Selection::Ids(ids) => {
            let mut ids = ids.clone();
            ids.sort();
            ids.dedup();
            if ids.len() > LONGEST {
                return Err(Problems::one("ids", "too_many", "Choose at most 10,000 customers, or all that match."));
            }
            f(tx, &ids)
        }
        Selection::All { query, except } => {
            let query = all_of(tx, ctx, query)?;
            loop {
                let (mut ids, more) = list::ids(tx, ctx, indexes, &query, after.as_deref(), BLOCK)?;
                ids.retain(|id| !except.contains(id));
                f(tx, &ids)?;
                match more {
                    Some(place) => after = Some(place),
                    None => return Ok(()),
                }
            }
        }
    }
}

/// The query in the order in which it is worked: by age, which no action changes. (The top view keeps its own; it is never a job.)
///
/// What cannot be read is refused: a filter left out would mean more customers than the person sees.
pub(super) fn all_of(tx: &mut Tx, ctx: &Ctx, query: &str) -> Result<ListQuery> {
    let query = list::expand(tx, ctx, ListQuery::strict(query)?)?;
    Ok(ListQuery { sort: list::SortBy::Created, descending: false, ..query.first_page() })
}

/// Refuses what no customer could be given: a group that does not exist, no tags.
fn check(tx: &mut Tx, ctx: &Ctx, action: &Action) -> Result<()> {
    ctx.must(action.right())?;
    match action {
        Action::SetGroup { group: Some(group) } => match labels::get(tx, ctx, group) {
            Err(Error::NotFound(_)) => Err(Problems::one("group", "unknown", "Choose one of the groups.")),
            found => found.map(drop),
        },
        Action::AddTags { tags } | Action::RemoveTags { tags } => {
            let mut problems = Problems::default();
            if validate::tags(&mut problems, tags).is_empty() {
                problems.add("tags", "required", "Name at least one tag.");
            }
            problems.check()
        }
        _ => Ok(()),
    }
}
