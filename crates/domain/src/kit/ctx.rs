//! The context of a verb: whose data, who acts, through which door, and when. The one way a `merchant_id` enters a query.

use std::sync::Arc;

use super::actor::{Actor, Door, Right};
use super::clock::Micros;
use super::error::{Error, Result};
use super::ids::{IdSource, MerchantId};

/// Handed to every verb. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The wall between merchants: every query is bound to it.
    pub merchant: MerchantId,
    /// Who acts.
    pub actor: Arc<Actor>,
    /// Through which door.
    pub door: Door,
    /// Now, microseconds UTC; the same for the whole verb.
    pub now: Micros,
    /// Where new ids come from.
    pub ids: IdSource,
}

impl Ctx {
    /// A context of the system's clock and chance.
    pub fn new(merchant: MerchantId, actor: Actor, door: Door, now: Micros) -> Self {
        Self { merchant, actor: Arc::new(actor), door, now, ids: IdSource::System }
    }

    /// A new id of the kind asked for.
    pub fn id<I: From<[u8; 16]>>(&self) -> I {
        I::from(self.ids.next(self.now))
    }

    /// Goes on when the actor has the right.
    ///
    /// # Errors
    /// [`Error::Forbidden`] naming the right.
    pub fn must(&self, right: Right) -> Result<()> {
        if self.may(right) { Ok(()) } else { Err(Error::Forbidden(right)) }
    }

    /// Has the actor the right? (For showing or leaving out a button.)
    pub fn may(&self, right: Right) -> bool {
        self.actor.rights.has(right)
    }

    /// The same context at another moment (imports write history).
    pub fn at(&self, now: Micros) -> Self {
        Self { now, ..self.clone() }
    }
}
