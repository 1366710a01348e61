//! Sessions of customers: apart from those of the staff, in a table and a cookie of their own. One ends after a day unseen, after thirty days whatever
//! happens, on signing out, and with the portal.

use store::Tx;

use super::visitor::ctx_of;
use super::{Portal, Visitor, queries, settings};
use crate::customers::display_name;
use crate::kit::{Ctx, CustomerId, DAY, Micros, PortalSessionId, Result, Rights, secret, secret_hash};
use crate::method_setups;
use crate::staff::Moment;
use crate::staff::sessions::{Device, TOUCH};

/// Unseen for so long, a session is over.
pub const IDLE: Micros = DAY;
/// So long after signing in, it is over whatever happens.
pub const LONGEST: Micros = 30 * DAY;
/// Links are forgotten so long after they were made; none holds longer.
const LINKS: Micros = 30 * DAY;

/// A session just opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// For the cookie; shown to nobody else and never again.
    pub secret: String,
}

pub(super) fn open(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, device: &Device) -> Result<Opened> {
    let (secret, id) = (secret(), ctx.id::<PortalSessionId>());
    let cut = |text: &str, n: usize| text.chars().filter(|c| !c.is_control()).take(n).collect::<String>();
    let (agent, address, ends) = (cut(&device.user_agent, 300), cut(&device.address, 60), ctx.now + LONGEST);
    tx.exec(&queries::OPEN_SESSION, &[&ctx.merchant, &id, &secret_hash(&secret), customer, &agent, &address, &ctx.now, &ends])?;
    tx.exec(&queries::WAS_HERE, &[&ctx.merchant, customer, &ctx.now])?;
    Ok(Opened { secret })
}

/// The open portal at this word, and who this secret stands for there; `None` for anything that does not hold (any more). A read.
///
/// # Errors
/// `NotFound` for a word that is nobody's, and for a portal that is switched off.
pub fn visitor(tx: &mut Tx, word: &str, secret: &str, moment: &Moment) -> Result<(Portal, Option<Visitor>)> {
    let portal = settings::find(tx, word, moment)?;
    let now = moment.now;
    let found = tx.opt(&queries::SESSION, &[&portal.merchant, &secret_hash(secret), &now, &(now - IDLE)], |r| {
        let name = display_name(r.str(4)?, r.str(5)?, r.str(6)?, r.str(7)?, r.str(8)?, r.str(9)?);
        Ok((r.get::<PortalSessionId>(0)?, r.get::<CustomerId>(1)?, r.get::<Micros>(2)?, r.get::<bool>(3)?, name))
    })?;
    let visitor = found.map(|(session, customer, seen, archived, name)| Visitor {
        ctx: ctx_of(&portal, &customer, moment, Rights::NONE),
        portal: portal.clone(),
        customer,
        name,
        session,
        archived,
        touch: now - seen >= TOUCH,
    });
    Ok((portal, visitor))
}

/// Notes that the session is in use. A write; only needed when [`Visitor::touch`] says so.
pub fn touch(tx: &mut Tx, v: &Visitor) -> Result<()> {
    tx.exec(&queries::TOUCH_SESSION, &[&v.ctx.merchant, &v.session, &v.ctx.now])?;
    tx.exec(&queries::WAS_HERE, &[&v.ctx.merchant, &v.customer, &v.ctx.now])?;
    Ok(())
}

/// Ends this session. Twice is once.
pub fn sign_out(tx: &mut Tx, v: &Visitor) -> Result<()> {
    tx.exec(&queries::DROP_SESSION, &[&v.ctx.merchant, &v.session])?;
    Ok(())
}

/// Forgets what can never hold again.
pub fn forget(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    tx.exec(&queries::OLD_LINKS, &[&ctx.merchant, &(ctx.now - LINKS)])?;
    tx.exec(&queries::OLD_SESSIONS, &[&ctx.merchant, &ctx.now])?;
    tx.exec(&method_setups::queries::OLD, &[&ctx.merchant, &(ctx.now - 30 * DAY)])?;
    Ok(())
}
