//! Images before anybody asks: a desk that starts again reads the customers of merchants who are there, while their staff still sign in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use store::Db;

use super::memory::Indexes;
use super::queries;
use crate::kit::{Actor, Clock, Ctx, DAY, Door, Error, MerchantId, Micros, Result};

/// Who was here within so long is expected back.
const EXPECTED: Micros = 3 * DAY;

/// Loads the images of merchants whose staff or programs were here lately, the latest first; one after the other, and one that is here
/// already costs nothing. Blocks; ends soon after `stop` is set.
///
/// # Errors
/// What the database says: whoever opens the list then waits for the image.
pub fn warm(db: &Db, indexes: &Indexes, clock: &dyn Clock, stop: &Arc<AtomicBool>) -> Result<()> {
    let since = clock.now() - EXPECTED;
    let merchants = db.read_now::<_, Error>(move |tx| Ok(tx.rows(&queries::IN_USE, &[&since], |r| r.get::<String>(0))?))?;
    for merchant in merchants {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let ctx = Ctx::new(MerchantId::from_db(merchant), Actor::system("clock"), Door::Clock, clock.now());
        let (indexes, stop) = (indexes.clone(), Arc::clone(stop));
        db.read_now::<_, Error>(move |tx| indexes.warm(tx, &ctx, &|| stop.load(Ordering::Relaxed)))?;
    }
    Ok(())
}
