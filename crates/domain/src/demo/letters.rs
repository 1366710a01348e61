//! Templates of the demo, and a mailing that went out an hour ago: most arrived, one was refused, of one nobody knows.

use store::{Db, Tx};

use super::{House, Plan};
use crate::customers::bulk::Selection;
use crate::customers::list::{self, Indexes, ListQuery};
use crate::jobs::{self, Tools};
use crate::kit::{Ctx, CustomerId, Error, IdSource, Result};
use crate::mail::{self, Outcome};
use crate::mailings::{self, FASTEST, NewMailing};
use crate::templates::{self, TemplateInput};

const HOUR: i64 = 3_600_000_000;

/// Writes them, by the verbs that serve; the mail is never handed to a server.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn letters(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(18)), ..house.ctx.clone() }.at(plan.now - HOUR);
    let reader = ctx.clone();
    let some = db.read_now::<_, Error>(move |tx| {
        let found = list::page_only(tx, &reader, &Indexes::default(), &ListQuery::default())?;
        Ok(found.rows.into_iter().map(|row| row.id).take(30).collect::<Vec<CustomerId>>())
    })?;
    let [web, london] = house.shops.clone();
    db.write_now::<_, Error>(move |tx| {
        let write = |tx: &mut Tx, shop, name: &str, subject: &str, body: &str| {
            templates::create(tx, &ctx, shop, &TemplateInput { name: name.into(), subject: subject.into(), body: body.into() })
        };
        let spring = write(
            tx,
            &web,
            "New harvest",
            "The new harvest is here, {{ customer.first_name|default(\"friend of coffee\") }}",
            "Dear {{ customer.name }},\n\nthe first bags of the new harvest left the drum this morning.\n\nLook at them: {{ shop.url|default(\"https://kilde.example\") }}\n\n{{ merchant.name }}",
        )?;
        write(
            tx,
            &london,
            "We miss you",
            "Still awake, {{ customer.first_name|default(\"there\") }}?",
            "Dear {{ customer.name }},\n\nit has been a while.{% if customer.city %} Somebody in {{ customer.city }} may need a cup.{% endif %}\n\n{{ shop.name }}",
        )?;
        let new = NewMailing { template: spring.id, selection: Selection::Ids(some.clone()), per_minute: FASTEST, consenting_only: false };
        tx.next_verb();
        let id = mailings::start(tx, &ctx, &new, some.len() as u64)?;
        let job = mailings::get(tx, &ctx, &id)?.job;
        let mut job = jobs::load(tx, &ctx, &job)?;
        tx.next_verb();
        mailings::slice(tx, &ctx, &Tools::default(), &mut job)?;
        jobs::finish(tx, &ctx, &job.id, job.done, &job.result)?;
        let mut sent = 0;
        while let Some(held) = mail::claim(tx, "demo", ctx.now)? {
            let outcome = match sent {
                4 => Outcome::Refused("550 5.1.1 no such mailbox".to_owned()),
                9 => Outcome::Unclear("the line was cut".to_owned()),
                _ => Outcome::Sent,
            };
            mail::done(tx, &held, &outcome, ctx.now)?;
            sent += 1;
        }
        Ok(())
    })
}
