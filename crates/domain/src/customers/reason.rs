//! Why a customer has its status, in words (SPEC 2.1): the fact that decided, with its date in the merchant's zone.

use store::Tx;

use super::model::Customer;
use super::queries as q;
use super::status::Status;
use crate::kit::{Ctx, Locale, Micros, Result};
use crate::merchants::Settings;

/// "Subscriber because “Roastery Club” is active; it renews on 14 Dec 2026".
pub(super) fn words(tx: &mut Tx, ctx: &Ctx, settings: &Settings, c: &Customer) -> Result<String> {
    let date = |at: Option<Micros>| at.map_or_else(String::new, |at| day(settings, at));
    Ok(match c.status {
        Status::Anonymised => format!("Anonymised: personal data was erased on {}", date(c.anonymised_at)),
        Status::Deleted => match &c.merged_into {
            Some(survivor) => format!("Deleted: merged into {}", super::state::load(tx, ctx, survivor)?.display_name),
            None => format!("Deleted on {}", date(c.deleted_at)),
        },
        Status::Archived => format!("Archived on {}", date(c.archived_at)),
        Status::Subscriber | Status::Churned => subscription(tx, ctx, settings, c)?,
        Status::Active => format!("Active: last payment {}, at most {} ago", date(c.last_paid_at), days(settings.active_days)),
        Status::Idle => format!("Idle: last payment {}, more than {} ago", date(c.last_paid_at), days(settings.active_days)),
        Status::Prospect => prospect(tx, ctx, c)?.to_owned(),
    })
}

/// What kept a payment from counting; a refund does not (SPEC 4.1), and what failed, waits or is a test was never money.
fn prospect(tx: &mut Tx, ctx: &Ctx, c: &Customer) -> Result<&'static str> {
    let stopped = match c.payment_count {
        0 => (false, false),
        _ => tx.one(&q::UNPAID, &[&ctx.merchant, &c.id], |r| Ok((r.get(0)?, r.get(1)?)))?,
    };
    Ok(match stopped {
        (true, true) => "Prospect: what was paid bounced or was lost in a dispute",
        (true, false) => "Prospect: what was paid bounced",
        (false, true) => "Prospect: what was paid was lost in a dispute",
        (false, false) if c.order_count > 0 => "Prospect: has ordered, but no payment has settled",
        (false, false) if c.payment_count > 0 => "Prospect: no payment has settled",
        (false, false) => "Prospect: has not paid for anything yet",
    })
}

fn subscription(tx: &mut Tx, ctx: &Ctx, settings: &Settings, c: &Customer) -> Result<String> {
    let all = tx.rows(&q::SUBSCRIPTIONS, &[&ctx.merchant, &c.id], |r| {
        Ok((r.get::<String>(0)?, r.get::<String>(1)?, r.get::<Option<Micros>>(2)?, r.get::<Option<Micros>>(3)?))
    })?;
    let lives = |status: &str, ends: Option<Micros>| status != "ended" && ends.is_none_or(|at| ctx.now <= at);
    if c.status == Status::Subscriber {
        let live = all.iter().find(|(_, status, _, ends)| lives(status, *ends));
        return Ok(live.map_or_else(
            || "Subscriber: has a live subscription".to_owned(),
            |(name, status, next, ends)| {
                let until = match (ends, next) {
                    (Some(ends), _) => format!("; it ends on {}", day(settings, *ends)),
                    (None, Some(next)) => format!("; it renews on {}", day(settings, *next)),
                    (None, None) => String::new(),
                };
                format!("Subscriber because “{name}” is {}{until}", status.replace('_', " "))
            },
        ));
    }
    let last = all.iter().filter_map(|(name, _, _, ends)| ends.map(|at| (at, name))).max();
    Ok(last.map_or_else(
        || "Churned: the last subscription has ended".to_owned(),
        |(at, name)| format!("Churned: “{name}” ended on {}, nothing was bought since", day(settings, at)),
    ))
}

fn days(n: i64) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

/// 14 Dec 2026
pub(super) fn day(settings: &Settings, at: Micros) -> String {
    let date = settings.zone.date(at);
    date.strftime(Locale::day()).to_string()
}
