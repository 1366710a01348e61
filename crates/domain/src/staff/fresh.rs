//! A fresh sign-in: before what cannot be taken back or opens doors to others, whoever is signed in proves again who they are, unless they did so
//! within a quarter of an hour. With a second factor that is a code, without one the password.

use store::Tx;

use super::factor::{self, Taken};
use super::sessions::Device;
use super::{Moment, SignedIn, queries};
use crate::kit::{Micros, Result};
use crate::providers::Vault;

/// So long a proof counts.
pub const HOLDS: Micros = 15 * 60_000_000;

impl SignedIn {
    /// Have they proven who they are shortly before `now`?
    pub fn is_fresh(&self, now: Micros) -> bool {
        now - self.fresh_at < HOLDS
    }
}

/// The proof was given: it counts from now on. For a password that [`super::sign_in::attempt`] counted and somebody checked.
pub fn renew(tx: &mut Tx, who: &SignedIn, moment: &Moment) -> Result<()> {
    tx.exec(&queries::SESSION_FRESH, &[&who.session, &who.person.id, &moment.now])?;
    Ok(())
}

/// The proof by a code of the second factor. A write, also when the code is wrong.
pub fn by_code(tx: &mut Tx, vault: &Vault, who: &SignedIn, moment: &Moment, device: &Device, code: &str) -> Result<Taken> {
    let taken = factor::take(tx, vault, moment, &who.person, device, code)?;
    if taken == Taken::Good {
        renew(tx, who, moment)?;
    }
    Ok(taken)
}
