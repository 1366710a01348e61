//! A closure on its way to a database thread and its answer on the way back. It can be run again, its panic stays inside, and it is
//! claimed before it runs, so that a caller who gave up and a thread that begins never both believe they own it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use crate::{Error, Tx};

/// How often a closure is run again after a deadlock, a serialisation failure or a dead connection.
pub(crate) const RERUNS: u32 = 5;

/// What a run came to, as far as the transaction is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ran {
    /// To be committed.
    Good,
    /// To be rolled back.
    Bad,
}

/// A closure whose types are forgotten.
pub(crate) trait Job: Send {
    /// False when the caller has given up; then it is never run.
    fn claim(&self) -> bool;
    /// Runs the closure and keeps its result.
    fn run(&mut self, tx: &mut Tx<'_>) -> Ran;
    /// Replaces the result.
    fn fail(&mut self, error: Error);
    /// Hands the result to the caller, if he is still there.
    fn answer(self: Box<Self>);
}

/// Who owns a waiting job: still the caller, or already a thread.
#[derive(Default)]
pub(crate) struct Ticket(AtomicU8);

impl Ticket {
    const WAITING: u8 = 0;
    const STARTED: u8 = 1;
    const CANCELLED: u8 = 2;

    fn start(&self) -> bool {
        self.0.compare_exchange(Self::WAITING, Self::STARTED, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// True when it will never run.
    pub(crate) fn cancel(&self) -> bool {
        self.0.compare_exchange(Self::WAITING, Self::CANCELLED, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

pub(crate) struct Closure<F, T, E> {
    pub run: F,
    pub ticket: Arc<Ticket>,
    pub result: Option<Result<T, E>>,
    pub reply: Box<dyn FnOnce(Result<T, E>) + Send>,
}

impl<F, T, E> Job for Closure<F, T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    fn claim(&self) -> bool {
        self.ticket.start()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Ran {
        let result = guarded(|| (self.run)(tx));
        let result = match (result, tx.failure()) {
            // The closure swallowed an engine error: PostgreSQL would roll back in silence, so nobody may think it was written.
            (Ok(_), Some(error)) => Err(E::from(error)),
            (result, _) => result,
        };
        let ran = if result.is_ok() { Ran::Good } else { Ran::Bad };
        self.result = Some(result);
        ran
    }

    fn fail(&mut self, error: Error) {
        self.result = Some(Err(E::from(error)));
    }

    fn answer(self: Box<Self>) {
        let result = self.result.unwrap_or_else(|| Err(E::from(Error::Other("a closure was not run".to_owned()))));
        (self.reply)(result);
    }
}

/// Runs a closure and makes an error of its panic.
pub(crate) fn guarded<T, E: From<Error>>(run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(E::from(Error::Panicked(message.unwrap_or_else(|| "without words".to_owned()))))
    })
}

/// Waits a little before a closure is run again, longer each time, so that two that collided do not collide again at once.
pub(crate) fn back_off(attempt: u32, thread: usize) {
    std::thread::sleep(Duration::from_micros((500 << attempt.min(6)) + 137 * (thread as u64 % 8)));
}
