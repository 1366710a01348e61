//! The portal of the demo: open, with one customer who is there already and one who is invited.

use store::Db;

use super::{House, PASSWORD, Plan};
use crate::customers::list::{self, Indexes, ListQuery};
use crate::customers::{self, Customer};
use crate::kit::{Ctx, Door, Error, IdSource, Result};
use crate::portal::{self, Invited, Secret, SettingsEdit, Way};
use crate::staff::Moment;
use crate::staff::password;
use crate::staff::sessions::Device;

/// Customers that are looked through for one who bought.
const LOOKED_AT: usize = 60;

/// Writes it; gives the e-mail address of the customer who can come in, with the password of the demo. `None` when nobody bought.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn portal(db: &Db, house: &House, plan: &Plan) -> Result<Option<String>> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(20)), ..house.ctx.clone() }.at(plan.now);
    let reader = ctx.clone();
    let people: Vec<Customer> = db.read_now::<_, Error>(move |tx| {
        let found = list::page_only(tx, &reader, &Indexes::default(), &ListQuery::default())?;
        found.rows.into_iter().take(LOOKED_AT).map(|row| customers::get(tx, &reader, &row.id)).collect()
    })?;
    let mut who = people.into_iter().filter(|c| c.is_active() && c.order_count > 1 && !c.email.is_empty());
    let (there, invited) = (who.next(), who.next());
    let on = SettingsEdit {
        enabled: true,
        word: "kilde".to_owned(),
        colour: "#6b3f22".to_owned(),
        may_cancel: true,
        may_ask: true,
        may_return: true,
    };
    let setter = ctx.clone();
    db.write_now::<_, Error>(move |tx| portal::edit(tx, &setter, &on).map(drop))?;
    if let Some(c) = invited {
        let host = ctx.clone();
        db.write_now::<_, Error>(move |tx| portal::invite(tx, &host, &c.id, &Way::Link).map(drop))?;
    }
    let Some(there) = there else { return Ok(None) };
    let hashed = password::accept(PASSWORD, &there.email, &there.name)?;
    let email = there.email.clone();
    db.write_now::<_, Error>(move |tx| {
        let Invited::Link(way, _) = portal::invite(tx, &ctx, &there.id, &Way::Link)? else { return Ok(()) };
        let moment = Moment { now: ctx.now, door: Door::Portal, ids: ctx.ids.clone() };
        let secret = Secret { link: way.rsplit('/').next().unwrap_or_default().to_owned(), password: Some(hashed.clone()) };
        let at = portal::find(tx, "kilde", &moment)?;
        portal::by_link(tx, &at, &moment, &secret, &Device::default()).map(drop)
    })?;
    Ok(Some(email))
}
