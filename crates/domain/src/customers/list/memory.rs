//! The images of the merchants in use: loaded at first use, caught up before each answer, left when idle (DESIGN, Data).
//!
//! Only read transactions may ask: what a write has not committed must never reach an image that others see. An answer holds the image from
//! the catching up to the end of its pass, so a slower transaction cannot put an older row back in between.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use store::{Engine, Tx};

use super::load::{self, Changes};
use crate::customers::index::Image;
use crate::kit::{Ctx, MerchantId, Result};

/// All images of a process. Cheap to clone.
#[derive(Clone, Default)]
pub struct Indexes {
    all: Arc<Mutex<HashMap<MerchantId, Arc<Slot>>>>,
}

impl std::fmt::Debug for Indexes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Indexes")
    }
}

struct Slot {
    held: RwLock<Option<Held>>,
    used: Mutex<Instant>,
}

/// An image with what is needed to read its codes.
pub(super) struct Held {
    pub(super) image: Image,
    pub(super) groups: Codes,
    pub(super) tags: Codes,
    pub(super) shops: Codes,
    /// Everything committed later has a stamp of at least this.
    horizon: i64,
}

/// Short numbers for ids, given as they are met.
#[derive(Default)]
pub(super) struct Codes {
    ids: Vec<String>,
    numbers: HashMap<String, u16>,
}

/// The image's limit; ids met after so many have no number and cannot be filtered by.
const MOST: usize = 65_000;

impl Codes {
    /// The number of an id; a new one when it has none.
    pub(super) fn number(&mut self, id: &str) -> Option<u16> {
        if let Some(number) = self.numbers.get(id) {
            return Some(*number);
        }
        let number = u16::try_from(self.ids.len()).ok().filter(|_| self.ids.len() < MOST)?;
        self.ids.push(id.to_owned());
        self.numbers.insert(id.to_owned(), number);
        Some(number)
    }

    /// The id of a number.
    pub(super) fn id(&self, number: u16) -> Option<String> {
        self.ids.get(usize::from(number)).cloned()
    }

    /// The number of an id that may not have been met; then one that nobody has.
    pub(super) fn asked(&self, id: &str) -> u16 {
        self.numbers.get(id).copied().unwrap_or(MOST as u16 + 1)
    }
}

impl Indexes {
    /// None loaded.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers from the merchant's image as of this transaction. A read transaction: see above.
    pub(super) fn ask<T>(&self, tx: &mut Tx, ctx: &Ctx, f: impl FnOnce(&Held) -> T) -> Result<T> {
        let slot = self.slot(&ctx.merchant);
        *lock(&slot.used) = Instant::now();
        let now = tx.horizon()?;
        let (loaded, since) = match &*read(&slot.held) {
            Some(held) if held.horizon == now && tx.engine() == Engine::Sqlite => return Ok(f(held)),
            Some(held) => (true, held.horizon),
            None => (false, 0),
        };
        if !loaded {
            return load_first(tx, ctx, &slot, now, f);
        }
        let changes = load::changes(tx, ctx, since)?;
        let mut guard = write(&slot.held);
        match &mut *guard {
            // Left meanwhile because it was idle.
            None => {
                drop(guard);
                load_first(tx, ctx, &slot, now, f)
            }
            Some(held) => {
                if held.horizon <= now {
                    held.apply(changes);
                    held.horizon = now;
                }
                let guard = RwLockWriteGuard::downgrade(guard);
                Ok(guard.as_ref().map(f).ok_or_else(|| crate::Error::Internal("the image is gone".into()))?)
            }
        }
    }

    /// Loads a merchant's image unless it is here, so that whoever opens the list first finds it. Gives up between two slices when `stop`
    /// says so. A read transaction, as for an answer.
    ///
    /// # Errors
    /// What the database says.
    pub fn warm(&self, tx: &mut Tx, ctx: &Ctx, stop: &dyn Fn() -> bool) -> Result<()> {
        let slot = self.slot(&ctx.merchant);
        let mut guard = write(&slot.held);
        if guard.is_none() {
            let mut held = Held::as_of(tx.horizon()?);
            if load::all(tx, ctx, &mut held, stop)? {
                *guard = Some(held);
            }
        }
        Ok(())
    }

    /// Lets go of images that nobody has asked for so long.
    pub fn leave_idle(&self, longer_than: Duration) {
        lock(&self.all).retain(|_, slot| lock(&slot.used).elapsed() <= longer_than);
    }

    /// How many customers are in memory, and with how many bytes.
    pub fn size(&self) -> (usize, usize) {
        let slots: Vec<Arc<Slot>> = lock(&self.all).values().cloned().collect();
        slots.iter().fold((0, 0), |(n, bytes), slot| match &*read(&slot.held) {
            Some(held) => (n + held.image.len(), bytes + held.image.bytes()),
            None => (n, bytes),
        })
    }

    fn slot(&self, merchant: &MerchantId) -> Arc<Slot> {
        let fresh = || Arc::new(Slot { held: RwLock::new(None), used: Mutex::new(Instant::now()) });
        Arc::clone(lock(&self.all).entry(merchant.clone()).or_insert_with(fresh))
    }
}

/// Loads while others wait, unless one of them was faster.
fn load_first<T>(tx: &mut Tx, ctx: &Ctx, slot: &Slot, now: i64, f: impl FnOnce(&Held) -> T) -> Result<T> {
    let mut guard = write(&slot.held);
    match &mut *guard {
        Some(held) if held.horizon <= now => {
            let changes = load::changes(tx, ctx, held.horizon)?;
            held.apply(changes);
            held.horizon = now;
        }
        Some(_) => {}
        None => {
            let mut held = Held::as_of(now);
            load::all(tx, ctx, &mut held, &|| false)?;
            *guard = Some(held);
        }
    }
    let guard = RwLockWriteGuard::downgrade(guard);
    guard.as_ref().map(f).ok_or_else(|| crate::Error::Internal("the image is gone".into()))
}

impl Held {
    fn as_of(horizon: i64) -> Self {
        Held { image: Image::new(), groups: Codes::default(), tags: Codes::default(), shops: Codes::default(), horizon }
    }

    fn apply(&mut self, changes: Changes) {
        for facts in changes.rows {
            let entry = facts.entry(self);
            self.image.put(entry);
        }
        for key in changes.gone {
            self.image.remove(&key);
        }
    }
}

// A panic while a lock was held can only have been in a pass that reads, or in `put`, whose half-done row is put again by the next change;
// the house stays open.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
