//! The books of the demo: a connection through which the invoices of the last weeks went, all but two, and that is switched off. Nothing is ever sent: the
//! answers stand here.

use ::providers::accounting::{Answer, Tokens, Trouble};
use store::Db;

use super::{House, Plan};
use crate::accounting::work::{Told, Work};
use crate::accounting::{Action, Addresses, ConnectionInput, Mapping, connections, mapping, note, run, sign_in, work};
use crate::jobs::{self, Kinds, Tools};
use crate::kit::{AccountingId, Ctx, DAY, Error, FixedClock, IdSource, Micros, Result, day_number};
use crate::providers::Vault;

/// Days of invoices that a run takes.
const DAYS: i64 = 60;
const SECOND: Micros = 1_000_000;

/// Connects, exports once, and disconnects.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn books(db: &Db, house: &House, plan: &Plan, vault: &Vault, kinds: &Kinds) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(32)), ..house.ctx.clone() }.at(plan.now - DAY);
    let id = connect(db, &ctx, vault)?;
    let (starter, which) = (ctx.clone(), id.clone());
    db.write_now::<_, Error>(move |tx| run::start(tx, &starter, &which).map(drop))?;
    jobs::run_all(db, kinds, &Tools::default(), &FixedClock(ctx.now), "demo", &|| false)?;
    let mut now = ctx.now;
    while let Some(held) = db.write_now::<_, Error>(move |tx| work::claim(tx, "demo", now))? {
        let mut asked = 0;
        loop {
            now += SECOND;
            let holding = held.clone();
            let Some(work) = db.write_now::<_, Error>(move |tx| work::take(tx, &holding, now))? else { break };
            let answers = answers(&work, &mut asked);
            let holding = held.clone();
            db.write_now::<_, Error>(move |tx| note::note(tx, &holding, &work, &answers, None, false, now))?;
        }
        db.write_now::<_, Error>(move |tx| work::release(tx, &held))?;
        now += SECOND;
    }
    jobs::run_all(db, kinds, &Tools::default(), &FixedClock(now + SECOND), "demo", &|| false)?;
    let last = ctx.at(now + 2 * SECOND);
    db.write_now::<_, Error>(move |tx| connections::disconnect(tx, &last, &id))
}

fn connect(db: &Db, ctx: &Ctx, vault: &Vault) -> Result<AccountingId> {
    let (ctx, vault) = (ctx.clone(), vault.clone());
    let since = i64::from(day_number(crate::demo::zone().date(ctx.now))) - DAYS;
    db.write_now::<_, Error>(move |tx| {
        let input = ConnectionInput {
            service: "exact".to_owned(),
            site: "nl".to_owned(),
            client: "demo".to_owned(),
            secret: "a demo has none".to_owned(),
            office: "1".to_owned(),
        };
        let id = connections::set_up(tx, &ctx, &vault, &input, true)?;
        let tokens = Tokens { access: "none".to_owned(), refresh: "none".to_owned(), seconds: 86_400 };
        sign_in::signed_in(tx, &ctx, &vault, &Addresses::default(), &id, &tokens, "1")?;
        let known = mapping::known_taxes(tx, &ctx, &id)?;
        let tax = |(n, (category, rate))| mapping::Tax { category, rate, vat_code: format!("{}", n + 1), ledger: "8000".to_owned() };
        let kept = Mapping {
            journal: "70".to_owned(),
            receivable: "1300".to_owned(),
            since: Some(since),
            taxes: known.into_iter().enumerate().map(tax).collect(),
            ..Mapping::default()
        };
        mapping::save(tx, &ctx, &id, &kept, false)?;
        Ok(id)
    })
}

/// What the books would say: every ninth paper is refused, the rest is there.
fn answers(work: &Work, asked: &mut u32) -> Vec<Answer<Told>> {
    let one = |(subject, action): (String, Action)| {
        *asked += 1;
        match action {
            Action::Find => Ok(Told::NotThere),
            Action::Paid => Ok(Told::Paid(Some(true))),
            Action::Create if work.is_of_papers() && asked.is_multiple_of(9) => {
                Err(Trouble::Refused("Demo: period 9 is closed for journal 70.".to_owned()))
            }
            Action::Create | Action::Update => {
                let number = if work.is_of_papers() { format!("267{:05}", *asked) } else { String::new() };
                Ok(Told::There(format!("demo-{subject}"), number, work.version()))
            }
        }
    };
    work.subjects().into_iter().map(one).collect()
}
