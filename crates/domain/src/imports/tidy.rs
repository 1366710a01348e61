//! Uploaded files are personal data: they go when nobody needs them, when their time is over, and when somebody is anonymised.

use std::time::Duration;

use store::{Db, Tx};

use super::queries;
use super::shelf::{Shelf, gone};
use super::state::{Kept, State};
use crate::kit::{Clock, Ctx, Error, ImportId, MerchantId, Micros, Result};

/// How long a file lies here that nobody starts, and the rows that were not taken: seven days.
pub const KEPT: Micros = 7 * 24 * 3_600 * 1_000_000;
/// What lies here without a row of its own is still on its way, or was broken off.
const ON_ITS_WAY: Duration = Duration::from_secs(3_600);

/// Takes away what nobody needs any more. Blocks; harmless when several processes do it.
///
/// # Errors
/// What the database says; the rest goes the next time.
pub fn sweep(db: &Db, shelf: &Shelf, clock: &dyn Clock) -> Result<()> {
    let now = clock.now();
    loop {
        let over = db.read_now::<_, Error>(move |tx| {
            Ok(tx.rows(&queries::EXPIRED, &[&now], |r| Ok((r.get::<MerchantId>(0)?, r.get::<ImportId>(1)?, r.get::<State>(2)?)))?)
        })?;
        if over.is_empty() {
            break;
        }
        for (merchant, id, state) in over {
            shelf.clear(&id);
            db.write_slice_now::<_, Error>(move |tx| {
                if matches!(state, State::Uploaded | State::Checked) {
                    let kept = Kept { message: "The uploaded file was removed. Upload it again.".to_owned(), ..Kept::default() };
                    tx.exec(&queries::LAPSE, &[&merchant, &id, &kept.text(), &now])?;
                } else {
                    tx.exec(&queries::FORGET_FILE, &[&merchant, &id])?;
                }
                Ok(())
            })?;
        }
    }
    strays(db, shelf)
}

/// Entries of the folder that belong to no import.
fn strays(db: &Db, shelf: &Shelf) -> Result<()> {
    for (path, _) in shelf.entries().into_iter().filter(|(_, age)| *age > ON_ITS_WAY) {
        let name = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let wanted = match name.parse::<ImportId>() {
            Ok(id) => db.read_now::<_, Error>(move |tx| Ok(tx.opt(&queries::HAS_FILE, &[&id], |_| Ok(()))?.is_some()))?,
            Err(()) => false,
        };
        if !wanted {
            gone(if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) });
        }
    }
    Ok(())
}

/// Somebody was anonymised: what lies here of this merchant goes at the next sweep, because it may name them.
pub(crate) fn hurry(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    tx.exec(&queries::HURRY_AWAY, &[&ctx.merchant, &ctx.now])?;
    Ok(())
}
