//! Who stays, who is warned and who goes: by the last sign of life of a customer and the longest rule of its shops.

use std::collections::BTreeMap;

use jiff::Span;
use store::{Row, Tx};

use crate::addresses;
use crate::kit::{Ctx, CustomerId, DAY, Micros, Result, ShopId, Zone};
use crate::merchants;
use crate::privacy::{active, queries as q};

/// Customers read at once.
const ROWS: i64 = 100;
/// Why most stay.
pub(super) const RECENT: &str = "heard of not long ago";

/// What becomes of a customer now.
pub(super) enum Verdict {
    /// It is anonymised.
    Go,
    /// It gets a mail in the name of this shop, and so many days.
    Warn { shop: ShopId, days: i64 },
    /// It stays, and why.
    Stay(&'static str),
}

/// A customer that may be past its rule.
pub(super) struct Candidate {
    pub id: CustomerId,
    pub shop: Option<ShopId>,
    /// The last sign of life: made, ordered, paid, or was in the portal.
    pub last: Micros,
    pub exempt: bool,
    /// When it was warned since then.
    pub warned: Option<Micros>,
    /// There is an address to which mail arrives, of somebody who was not deleted.
    pub can_be_warned: bool,
}

/// The next customers by id.
pub(super) fn candidates(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Vec<Candidate>> {
    let found = tx.rows(&q::CANDIDATES, &[&ctx.merchant, &after, &ROWS], |r: &Row| {
        let moments = [Some(r.get::<Micros>(2)?), r.get(3)?, r.get(4)?, r.get(5)?];
        let last = moments.into_iter().flatten().max().unwrap_or_default();
        let (since, warned): (Option<Micros>, Option<Micros>) = (r.get(7)?, r.get(8)?);
        let warned = warned.filter(|_| since == Some(last));
        let key: String = r.get(9)?;
        let can_be_warned = !key.is_empty() && !r.get::<bool>(10)?;
        Ok((Candidate { id: r.get(0)?, shop: r.get(1)?, last, exempt: r.get(6)?, warned, can_be_warned }, key))
    })?;
    let keys: Vec<&str> = found.iter().filter(|(one, _)| one.can_be_warned).map(|(_, key)| key.as_str()).collect();
    let marks = addresses::marks(tx, ctx, &keys)?;
    let bounced = |key: &str| marks.get(key).is_some_and(|mark| mark.bounced);
    Ok(found.into_iter().map(|(one, key)| Candidate { can_be_warned: one.can_be_warned && !bounced(&key), ..one }).collect())
}

/// The rule of a shop: months, and days of warning.
type Rule = (i64, Option<i64>);

/// The rules, ready to be asked.
pub(super) struct Judge {
    rules: BTreeMap<ShopId, Rule>,
    /// Months of the shortest rule.
    pub shortest: Option<i64>,
    /// Days of the longest warning.
    warning: i64,
    zone: Zone,
    /// What the merchant is called.
    pub merchant: String,
}

impl Judge {
    pub(super) fn of(tx: &mut Tx, ctx: &Ctx) -> Result<Self> {
        let all =
            tx.rows(&q::RULES, &[&ctx.merchant], |r| Ok((r.get::<ShopId>(0)?, r.get::<Option<i64>>(2)?, r.get::<Option<i64>>(3)?)))?;
        let rules: BTreeMap<ShopId, Rule> = all.into_iter().filter_map(|(shop, m, days)| m.map(|m| (shop, (m, days)))).collect();
        let settings = merchants::settings(tx, ctx)?;
        let shortest = rules.values().map(|(months, _)| *months).min();
        let warning = rules.values().filter_map(|(_, days)| *days).max().unwrap_or_default();
        Ok(Self { rules, shortest, warning, zone: settings.zone, merchant: settings.name })
    }

    /// When so many months without a sign of life are over; `None` in a time that no calendar has.
    fn over(&self, last: Micros, months: i64) -> Option<Micros> {
        self.zone.civil(last).checked_add(Span::new().months(months)).ok().map(|when| self.zone.at(when))
    }

    /// The day, as people read it, on which so many days are over.
    pub(super) fn day(&self, ctx: &Ctx, days: i64) -> String {
        self.zone.date(ctx.now + days * DAY).to_string()
    }

    pub(super) fn verdict(&self, tx: &mut Tx, ctx: &Ctx, one: &Candidate) -> Result<Verdict> {
        let is_near = |months, days| self.over(one.last, months).is_some_and(|over| over - days * DAY <= ctx.now);
        // Most are told by the shortest rule alone, without another question.
        if self.shortest.is_none_or(|months| !is_near(months, self.warning)) {
            return Ok(Verdict::Stay(RECENT));
        }
        let mut shops: Vec<ShopId> = tx.rows(&q::SHOPS_OF, &[&ctx.merchant, &one.id], |r| r.get(0))?;
        shops.extend(one.shop.clone());
        let Some(of_each) = shops.iter().map(|shop| self.rules.get(shop).map(|rule| (*rule, shop))).collect::<Option<Vec<_>>>() else {
            return Ok(Verdict::Stay("a shop of theirs has no rule"));
        };
        let Some(((months, days), shop)) = of_each.into_iter().max() else { return Ok(Verdict::Stay("of no shop")) };
        // Who wrote or rang is heard of; only few come this far.
        let heard = tx.scalar::<Option<Micros>>(&q::HEARD, &[&ctx.merchant, &one.id])?.unwrap_or_default();
        let warned = one.warned.filter(|at| *at >= heard);
        let is_near = |months, days| self.over(one.last.max(heard), months).is_some_and(|over| over - days * DAY <= ctx.now);
        let days = days.filter(|_| one.can_be_warned);
        if !is_near(months, days.unwrap_or_default()) {
            return Ok(Verdict::Stay(RECENT));
        }
        if one.exempt {
            return Ok(Verdict::Stay("Obfuscate enabled is unticked"));
        }
        if !active(tx, ctx, &one.id)?.is_empty() {
            return Ok(Verdict::Stay("something is still active"));
        }
        Ok(match (days, warned) {
            (Some(days), None) => Verdict::Warn { shop: shop.clone(), days },
            (Some(days), Some(warned)) if warned + days * DAY > ctx.now => Verdict::Stay("warned, and given time"),
            (Some(_), Some(_)) if !is_near(months, 0) => Verdict::Stay("warned, and given time"),
            _ => Verdict::Go,
        })
    }
}
