//! What would happen to each customer, before anything does: the preview counts these, the run begins with them.

use std::collections::{BTreeSet, HashMap};

use store::{Row, Tx};

use super::{Action, Selection, queries as q};
use crate::customers::delete::RESTORABLE;
use crate::customers::list::some_of;
use crate::customers::ties;
use crate::kit::{Ctx, CustomerId, GroupId, Micros, Result, name_key};
use crate::privacy;

/// What the action will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It will be done; this is what undo needs to know.
    Will(Before),
    /// It will not, for this reason.
    Not(&'static str),
}

/// What was before.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Before {
    /// Its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How far its events went when the action was done; nothing in a job from before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

struct State {
    archived: bool,
    deleted_at: Option<Micros>,
    anonymised: bool,
    merged: bool,
    group: Option<GroupId>,
}

/// The verdicts on at most 100 customers of a selection, in their order.
pub(super) fn verdicts(tx: &mut Tx, ctx: &Ctx, action: &Action, selection: &Selection, ids: &[CustomerId]) -> Result<Vec<Verdict>> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut states = HashMap::new();
    some_of(tx, ctx, &q::STATES, &ids, |r| {
        let state = State {
            archived: r.get::<Option<Micros>>(1)?.is_some(),
            deleted_at: r.get(2)?,
            anonymised: r.get::<Option<Micros>>(3)?.is_some(),
            merged: r.get::<Option<String>>(4)?.is_some(),
            group: r.get(5)?,
        };
        states.insert(r.get::<String>(0)?, state);
        Ok(())
    })?;
    let more = More::load(tx, ctx, action, selection, &ids)?;
    Ok(ids.iter().map(|id| states.get(id).map_or(Verdict::Not("no longer there"), |state| judge(ctx, action, id, state, &more))).collect())
}

/// What only some actions need to know.
#[derive(Default)]
struct More {
    live: BTreeSet<String>,
    linked: BTreeSet<String>,
    /// *Obfuscate enabled* is unticked, where nobody named the customers one by one.
    exempt: BTreeSet<String>,
    tags: HashMap<String, Vec<String>>,
}

impl More {
    fn load(tx: &mut Tx, ctx: &Ctx, action: &Action, selection: &Selection, ids: &[String]) -> Result<Self> {
        let mut more = Self::default();
        match action {
            Action::Archive { subscription: None } => some_of(tx, ctx, &q::LIVE, ids, |r| {
                if r.get::<Option<Micros>>(1)?.is_none_or(|ends| ctx.now <= ends) {
                    more.live.insert(r.get(0)?);
                }
                Ok(())
            })?,
            Action::Anonymise => {
                for id in ids {
                    if !privacy::active(tx, ctx, &CustomerId::from_db(id.clone()))?.is_empty() {
                        more.live.insert(id.clone());
                    }
                }
                if matches!(selection, Selection::All { .. }) {
                    more.exempt = exempt(tx, ctx, ids)?;
                }
            }
            Action::DeletePermanently => {
                for statement in ties::blocking() {
                    some_of(tx, ctx, statement, ids, |r: &Row| {
                        more.linked.insert(r.get(0)?);
                        Ok(())
                    })?;
                }
            }
            Action::AddTags { .. } | Action::RemoveTags { .. } => some_of(tx, ctx, &q::TAGGED, ids, |r| {
                more.tags.entry(r.get(0)?).or_default().push(r.get(1)?);
                Ok(())
            })?,
            _ => {}
        }
        Ok(more)
    }
}

/// Those of at most 100 whose *Obfuscate enabled* is unticked: rules and all-that-match leave them out (SPEC 11.1).
pub(super) fn exempt(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    some_of(tx, ctx, &q::EXEMPT, ids, |r| {
        found.insert(r.get(0)?);
        Ok(())
    })?;
    Ok(found)
}

fn judge(ctx: &Ctx, action: &Action, id: &str, state: &State, more: &More) -> Verdict {
    let restores = matches!(action, Action::Restore);
    match () {
        () if state.merged => return Verdict::Not("merged into another customer"),
        () if *action == Action::DeletePermanently => {
            return if more.linked.contains(id) { Verdict::Not("linked to something that stays, such as an order") } else { will() };
        }
        () if state.anonymised => return Verdict::Not("anonymised"),
        () if *action == Action::Anonymise => {
            return match () {
                () if more.exempt.contains(id) => Verdict::Not("Obfuscate enabled is unticked"),
                () if more.live.contains(id) => Verdict::Not("something is still active"),
                () => will(),
            };
        }
        () if state.deleted_at.is_some() && !restores => {
            return Verdict::Not(if *action == Action::Delete { "already deleted" } else { "deleted" });
        }
        () => {}
    }
    match action {
        Action::Archive { .. } if state.archived => Verdict::Not("already archived"),
        Action::Archive { .. } if more.live.contains(id) => Verdict::Not("live subscription"),
        Action::Unarchive if !state.archived => Verdict::Not("not archived"),
        Action::Restore => match state.deleted_at {
            None => Verdict::Not("not deleted"),
            Some(at) if ctx.now > at.saturating_add(RESTORABLE) => Verdict::Not("deleted more than 30 days ago"),
            Some(_) => will(),
        },
        Action::SetGroup { group } if *group == state.group => {
            Verdict::Not(if group.is_some() { "already in the group" } else { "in no group" })
        }
        Action::SetGroup { .. } => Verdict::Will(Before { group: state.group.clone(), ..Before::default() }),
        Action::AddTags { tags } => tagged(more.tags.get(id), tags, true),
        Action::RemoveTags { tags } => tagged(more.tags.get(id), tags, false),
        _ => will(),
    }
}

fn will() -> Verdict {
    Verdict::Will(Before::default())
}

fn tagged(has: Option<&Vec<String>>, wanted: &[String], add: bool) -> Verdict {
    let has = has.cloned().unwrap_or_default();
    let keys: BTreeSet<String> = has.iter().map(|t| name_key(t)).collect();
    let changes = wanted.iter().any(|t| keys.contains(&name_key(t)) != add);
    match (changes, add) {
        (true, _) => Verdict::Will(Before { tags: has, ..Before::default() }),
        (false, true) => Verdict::Not("already tagged so"),
        (false, false) => Verdict::Not("not tagged so"),
    }
}
