//! Retention (SPEC 11.1): after so many months without a sign of life a shop's customers are anonymised. A customer of several shops is kept as long as
//! the longest of their rules says; a shop without a rule keeps for ever; whose *Obfuscate enabled* is unticked stays. A rule may warn by mail first.

mod judge;
mod warn;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use judge::{Judge, Verdict, candidates};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;

use super::{Cause, anonymise, queries as q};
use crate::customers::state;
use crate::events::Event;
use crate::jobs::{self, Job, Step, Tools};
use crate::kit::{Ctx, CustomerId, DAY, Error, JobId, Problems, Result, Right, ShopId};

/// The kind of job.
pub const KIND: &str = "retention";
/// How long one transaction counts.
const COUNTS: Duration = Duration::from_millis(500);
/// How long a slice works.
const LONG: Duration = Duration::from_millis(20);

/// The rule of a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Which shop.
    pub shop: ShopId,
    /// Its name.
    pub name: String,
    /// After so many months of inactivity; absent: never.
    pub months: Option<i64>,
    /// So many days before, the customer is written to; absent: nobody is.
    pub warn_days: Option<i64>,
}

/// What a run would do, or did: exact numbers, and why not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Customers that were looked at.
    pub looked: u64,
    /// So many are anonymised.
    pub will: u64,
    /// So many are warned by mail, and stay for now.
    #[serde(default)]
    pub warn: u64,
    /// So many are not, by reason.
    pub refused: BTreeMap<String, u64>,
}

/// The rules of all shops. Needs [`Right::Read`].
pub fn rules(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Rule>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&q::RULES, &[&ctx.merchant], |r| Ok(Rule { shop: r.get(0)?, name: r.get(1)?, months: r.get(2)?, warn_days: r.get(3)? }))?)
}

/// Sets the rule of a shop; without months it is taken off. `warn_days` before, each customer is written to once. Needs [`Right::Settings`] and
/// [`Right::Anonymise`].
///
/// # Errors
/// `NotFound` for a shop that is not there; `Invalid` on `months` below 1 or above 240, on `warn_days` below 1 or above 90.
pub fn set_rule(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, months: Option<i64>, warn_days: Option<i64>) -> Result<()> {
    ctx.must(Right::Settings)?;
    ctx.must(Right::Anonymise)?;
    let mut problems = Problems::default();
    if months.is_some_and(|m| !(1..=240).contains(&m)) {
        problems.add("months", "invalid", "Use 1 to 240 months, or nothing for never.");
    }
    if warn_days.is_some_and(|d| !(1..=90).contains(&d)) {
        problems.add("warn_days", "invalid", "Use 1 to 90 days, or nothing for no warning.");
    }
    if months.is_none() && warn_days.is_some() {
        problems.add("warn_days", "invalid", "A warning needs a number of months.");
    }
    problems.check()?;
    let before = rules(tx, ctx)?.into_iter().find(|r| r.shop == *shop).ok_or(Error::NotFound("shop"))?;
    match months {
        _ if (before.months, before.warn_days) == (months, warn_days) => return Ok(()),
        Some(months) => tx.exec(&q::SET_RULE, &[&ctx.merchant, shop, &months, &ctx.now, &warn_days])?,
        None => tx.exec(&q::DROP_RULE, &[&ctx.merchant, shop])?,
    };
    Event::new("privacy.retention_changed")
        .on("shop", shop.as_str())
        .data(json!({ "months": months, "warn_days": warn_days, "before": before.months, "warn_days_before": before.warn_days }))
        .record(tx, ctx)?;
    Ok(())
}

/// Is *Obfuscate enabled* ticked?
pub fn is_enabled(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<bool> {
    ctx.must(Right::Read)?;
    Ok(tx.opt(&q::IS_EXEMPT, &[&ctx.merchant, customer], |_| Ok(()))?.is_none())
}

/// Ticks or unticks *Obfuscate enabled*. Needs [`Right::Anonymise`].
pub fn set_enabled(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, enabled: bool) -> Result<()> {
    ctx.must(Right::Anonymise)?;
    state::locked(tx, ctx, customer)?.ensure_here()?;
    let changed = if enabled {
        tx.exec(&q::NOT_EXEMPT, &[&ctx.merchant, customer])?
    } else {
        tx.exec(&q::EXEMPT, &[&ctx.merchant, customer, &ctx.now])?
    };
    if changed > 0 {
        Event::new("customer.obfuscate_changed").of(customer).data(json!({ "enabled": enabled })).record(tx, ctx)?;
    }
    Ok(())
}

/// What a run would do now, and to whom it would not and why. In a read transaction; of very many customers see [`count_on`]. Needs [`Right::Anonymise`].
pub fn dry_run(tx: &mut Tx, ctx: &Ctx) -> Result<Outcome> {
    let mut counted = Counted::default();
    while !counted.is_over {
        counted = count_on(tx, ctx, counted)?;
    }
    Ok(counted.outcome)
}

/// How far a count of what a run would do came.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// So far.
    pub outcome: Outcome,
    /// Everybody was looked at.
    pub is_over: bool,
    after: String,
}

/// Counts on for a while, so that no single transaction is long however many customers there are. Needs [`Right::Anonymise`].
pub fn count_on(tx: &mut Tx, ctx: &Ctx, mut counted: Counted) -> Result<Counted> {
    ctx.must(Right::Anonymise)?;
    let (judge, began) = (Judge::of(tx, ctx)?, Instant::now());
    while !counted.is_over && began.elapsed() < COUNTS {
        let some = candidates(tx, ctx, &counted.after)?;
        let Some(last) = some.last() else {
            counted.is_over = true;
            break;
        };
        counted.after = last.id.to_string();
        for one in &some {
            let outcome = &mut counted.outcome;
            outcome.looked += 1;
            match judge.verdict(tx, ctx, one)? {
                Verdict::Go => outcome.will += 1,
                Verdict::Warn { .. } => outcome.warn += 1,
                Verdict::Stay(why) => *outcome.refused.entry(why.to_owned()).or_insert(0) += 1,
            }
        }
    }
    Ok(counted)
}

/// Asks for a run. Needs [`Right::Anonymise`].
///
/// # Errors
/// `Conflict` (`no_rule`) when no shop has a rule.
pub fn start(tx: &mut Tx, ctx: &Ctx) -> Result<JobId> {
    ctx.must(Right::Anonymise)?;
    if Judge::of(tx, ctx)?.shortest.is_none() {
        return Err(Error::conflict("no_rule", "No shop has a retention rule. Set one first."));
    }
    jobs::enqueue(tx, ctx, KIND, &json!({}), 0)
}

/// Asks for the run of the day, where a shop has a rule. For housekeeping.
pub fn daily(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    if Judge::of(tx, ctx)?.shortest.is_none() || tx.opt(&q::LAST_RUN, &[&ctx.merchant, &KIND, &(ctx.now - DAY)], |_| Ok(()))?.is_some() {
        return Ok(());
    }
    jobs::enqueue(tx, ctx, KIND, &json!({}), 0).map(drop)
}

/// How far a run came.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    after: String,
    outcome: Outcome,
}

/// One slice of a job of kind [`KIND`].
pub fn slice(tx: &mut Tx, ctx: &Ctx, tools: &Tools, job: &mut Job) -> Result<Step> {
    let vault = tools.vault.as_ref().ok_or_else(|| Error::Internal("no key for legal copies".to_owned()))?;
    let mut place: Place = serde_json::from_value(job.cursor.clone()).unwrap_or_default();
    let (judge, began) = (Judge::of(tx, ctx)?, Instant::now());
    let some = candidates(tx, ctx, &place.after)?;
    for one in &some {
        place.outcome.looked += 1;
        let why = match judge.verdict(tx, ctx, one)? {
            Verdict::Stay(why) => Some(why.to_owned()),
            Verdict::Warn { shop, days } => {
                tx.next_verb();
                let warned = warn::warn(tx, ctx, &judge, one, &shop, days)?;
                place.outcome.warn += u64::from(warned);
                (!warned).then(|| judge::RECENT.to_owned())
            }
            Verdict::Go => {
                tx.next_verb();
                match anonymise(tx, ctx, vault, &one.id, Cause::Retention) {
                    Ok(_) => {
                        place.outcome.will += 1;
                        None
                    }
                    Err(error @ (Error::Store(_) | Error::Internal(_) | Error::Forbidden(_))) => return Err(error),
                    Err(refusal) => Some(refusal.to_string()),
                }
            }
        };
        if let Some(why) = why {
            *place.outcome.refused.entry(why).or_insert(0) += 1;
        }
        place.after = one.id.to_string();
        if began.elapsed() > LONG {
            break;
        }
    }
    job.done = place.outcome.looked as i64;
    job.result = json!({ "done": place.outcome.will, "warned": place.outcome.warn, "refused": place.outcome.refused });
    job.cursor = json!(place);
    if !some.is_empty() {
        return Ok(Step::More);
    }
    job.total = job.done;
    Event::new("retention.done")
        .on("job", job.id.as_str())
        .data(json!({ "done": place.outcome.will, "warned": place.outcome.warn }))
        .record(tx, ctx)?;
    Ok(Step::Done)
}
