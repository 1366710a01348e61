//! A closure on its way to a database thread and its answer on the way back. It can be run again, its panic stays inside, and it is
//! claimed before it runs, so that a caller who gave up and a thread that begins never both believe they own it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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

/// A closure whose types are forgotten: what it gives lies in its [`Slot`].
pub(crate) type Run = Box<dyn Fn(&mut Tx<'_>) -> Ran + Send>;

/// What the caller hears: his answer lies in the [`Slot`], or what the database has to say instead.
pub(crate) type Told = Result<(), Error>;

/// Where a closure leaves what it gives.
pub(crate) struct Slot<T, E>(Arc<Mutex<Option<Result<T, E>>>>);

impl<T, E: From<Error>> Slot<T, E> {
    /// The answer, once the caller was told.
    pub(crate) fn take(&self, told: Told) -> Result<T, E> {
        told?;
        let answer = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        answer.unwrap_or_else(|| Err(Error::Other("a closure was not run".to_owned()).into()))
    }
}

/// Forgets the types of a closure. All else about a job is compiled once and not for each closure there is.
pub(crate) fn forget<T, E>(f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> (Run, Slot<T, E>)
where
    T: Send + 'static,
    E: Send + 'static,
{
    let slot = Slot(Arc::default());
    let put = Arc::clone(&slot.0);
    let run = move |tx: &mut Tx<'_>| {
        let result = f(tx);
        let ran = if result.is_ok() { Ran::Good } else { Ran::Bad };
        *put.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        ran
    };
    (Box::new(run), slot)
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

/// A closure in line, and who waits for it.
pub(crate) struct Job {
    run: Run,
    ticket: Arc<Ticket>,
    /// What the caller hears instead of the closure's own answer.
    failed: Option<Error>,
    reply: Box<dyn FnOnce(Told) + Send>,
}

impl Job {
    pub(crate) fn new(run: Run, ticket: Arc<Ticket>, reply: Box<dyn FnOnce(Told) + Send>) -> Self {
        Self { run, ticket, failed: None, reply }
    }

    /// False when the caller has given up; then it is never run.
    pub(crate) fn claim(&self) -> bool {
        self.ticket.start()
    }

    /// Runs the closure, which keeps its result.
    pub(crate) fn run(&mut self, tx: &mut Tx<'_>) -> Ran {
        self.failed = None;
        let error = match (guarded(|| Ok::<_, Error>((self.run)(tx))), tx.failure()) {
            (Err(panicked), _) => panicked,
            // The closure swallowed an engine error: PostgreSQL would roll back in silence, so nobody may think it was written.
            (Ok(Ran::Good), Some(error)) => error,
            (Ok(ran), _) => return ran,
        };
        self.failed = Some(error);
        Ran::Bad
    }

    /// Replaces the result.
    pub(crate) fn fail(&mut self, error: Error) {
        self.failed = Some(error);
    }

    /// Tells the caller, if he is still there.
    pub(crate) fn answer(self) {
        (self.reply)(self.failed.map_or(Ok(()), Err));
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
