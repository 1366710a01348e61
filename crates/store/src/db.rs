//! The door of the store: takes closures to the database threads and brings their answers back, for async callers and for blocking ones.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::job::{Job, Run, Ticket, Told, forget};
use crate::postgres::Connector;
use crate::queue::{Entry, Lane, Queue};
use crate::sqlite::{Conn, Role, Writer};
use crate::{Engine, Error, Options, Target, Tx, postgres, sqlite};

/// An open database. Clones share it; the last one closes it, after what was accepted is finished.
#[derive(Clone)]
pub struct Db(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    /// Tells the threads of one database from those of another.
    id: usize,
    pub(crate) target: Target,
    pub(crate) options: Options,
    reads: Arc<Queue>,
    writes: Arc<Queue>,
    pub(crate) connector: Option<Arc<Connector>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

static NEXT_ID: AtomicUsize = AtomicUsize::new(1);
thread_local! {
    /// The database this thread works for; 0 on every other thread.
    static WORKS_FOR: Cell<usize> = const { Cell::new(0) };
}

/// What a call asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    Read,
    Write,
    Slice,
}

impl Db {
    /// Opens (and, for SQLite, makes) the database. Refuses what cannot be opened; a PostgreSQL server that is down is met at the first use.
    pub fn open(target: &Target, options: Options) -> Result<Db, Error> {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let reads = Arc::new(Queue::new(options.queue_length));
        let (writes, connector) = match target {
            Target::Sqlite(_) => (Arc::new(Queue::new(options.queue_length)), None),
            Target::Postgres(url) => (Arc::clone(&reads), Some(Arc::new(Connector::new(url)?))),
        };
        let shared = Shared { id, target: target.clone(), options, reads, writes, connector, threads: Mutex::default() };
        let db = Db(Arc::new(shared));
        match target {
            Target::Sqlite(path) => db.start_sqlite(path)?,
            Target::Postgres(_) => db.start_postgres()?,
        }
        Ok(db)
    }

    fn start_sqlite(&self, path: &Path) -> Result<(), Error> {
        let options = &self.0.options;
        let conn = Some(Conn::open(path, Role::Writer, options)?);
        let mut writer = Writer { path: path.to_owned(), options: options.clone(), conn };
        let writes = Arc::clone(&self.0.writes);
        self.start("db-writer".to_owned(), move || writer.write_loop(&writes))?;
        for n in 0..options.readers.max(1) {
            let (path, options, reads) = (path.to_owned(), options.clone(), Arc::clone(&self.0.reads));
            self.start(format!("db-reader-{n}"), move || sqlite::read_loop(&path, &options, &reads, n))?;
        }
        Ok(())
    }

    fn start_postgres(&self) -> Result<(), Error> {
        let Some(connector) = &self.0.connector else { return Ok(()) };
        for n in 0..self.0.options.pool.max(1) {
            let (connector, options, queue) = (Arc::clone(connector), self.0.options.clone(), Arc::clone(&self.0.reads));
            self.start(format!("db-pool-{n}"), move || postgres::work_loop(&connector, &options, &queue, n))?;
        }
        Ok(())
    }

    fn start(&self, name: String, run: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let id = self.0.id;
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            WORKS_FOR.set(id);
            run();
        });
        let thread = thread.map_err(|e| Error::Unavailable(format!("no thread for the database: {e}")))?;
        self.0.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    pub fn engine(&self) -> Engine {
        self.0.target.engine()
    }

    /// How many reads and writes wait for their turn now, for the metrics; on PostgreSQL it is one line for both.
    pub fn waiting(&self) -> (usize, usize) {
        (self.0.reads.len(), self.0.writes.len())
    }

    /// Runs a closure on a snapshot that does not change under it. It may be run again, so it does nothing but ask the database. A read
    /// whose caller went away before its turn is not run.
    pub fn read<T, E>(&self, f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit(Ask::Read, f)
    }

    /// Runs a closure and commits on Ok; rolls back on Err, and on a panic ([`Error::Panicked`]). It may be run again, so it does nothing
    /// but speak to the database. Once accepted it finishes, also when its caller went away.
    pub fn write<T, E>(&self, f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit(Ask::Write, f)
    }

    /// As `write`, for a slice of a long job (at most 25 ms of work): it lets people pass and waits without a deadline.
    pub fn write_slice<T, E>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit(Ask::Slice, f)
    }

    /// [`Db::read`] for threads that may block. Never on an async worker, nor inside a closure.
    pub fn read_now<T, E>(&self, f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit_now(Ask::Read, f)
    }

    /// [`Db::write`] for threads that may block.
    pub fn write_now<T, E>(&self, f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit_now(Ask::Write, f)
    }

    /// [`Db::write_slice`] for threads that may block.
    pub fn write_slice_now<T, E>(&self, f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.submit_now(Ask::Slice, f)
    }

    async fn submit<T, E>(&self, ask: Ask, f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (run, slot) = forget(f);
        slot.take(self.hear(ask, run).await)
    }

    fn submit_now<T, E>(&self, ask: Ask, f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (run, slot) = forget(f);
        slot.take(self.hear_now(ask, run))
    }

    async fn hear(&self, ask: Ask, run: Run) -> Told {
        let (send, mut told) = oneshot::channel();
        let ticket = self.push(ask, run, Box::new(move |result| drop(send.send(result))))?;
        let _gone = (ask == Ask::Read).then(|| CancelOnDrop(Arc::clone(&ticket)));
        if ask != Ask::Slice {
            match tokio::time::timeout(self.0.options.queue_deadline, &mut told).await {
                Ok(result) => return result.unwrap_or_else(|_| Err(lost())),
                Err(_) if ticket.cancel() => return Err(Error::Deadline),
                Err(_) => {}
            }
        }
        told.await.unwrap_or_else(|_| Err(lost()))
    }

    fn hear_now(&self, ask: Ask, run: Run) -> Told {
        if WORKS_FOR.get() == self.0.id {
            return Err(Error::Other("a closure opens no transaction of its own: it would wait for itself".to_owned()));
        }
        let (send, told) = mpsc::channel();
        let ticket = self.push(ask, run, Box::new(move |result| drop(send.send(result))))?;
        if ask != Ask::Slice {
            match told.recv_timeout(self.0.options.queue_deadline) {
                Ok(result) => return result,
                Err(mpsc::RecvTimeoutError::Timeout) if ticket.cancel() => return Err(Error::Deadline),
                Err(_) => {}
            }
        }
        told.recv().unwrap_or_else(|_| Err(lost()))
    }

    fn push(&self, ask: Ask, run: Run, reply: Box<dyn FnOnce(Told) + Send>) -> Result<Arc<Ticket>, Error> {
        let ticket = Arc::new(Ticket::default());
        let job = Job::new(run, Arc::clone(&ticket), reply);
        let lane = if ask == Ask::Slice { Lane::Slice } else { Lane::Person };
        let queue = if ask == Ask::Read { &self.0.reads } else { &self.0.writes };
        queue.push(Entry { job, lane, write: ask != Ask::Read })?;
        Ok(ticket)
    }
}

/// A read that nobody waits for need not be run.
struct CancelOnDrop(Arc<Ticket>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

pub(crate) fn lost() -> Error {
    Error::Unavailable("a database thread has ended".to_owned())
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.reads.close();
        self.writes.close();
        if WORKS_FOR.get() == self.id {
            return; // dropped by a closure's own thread, which cannot wait for itself
        }
        for thread in self.threads.get_mut().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A thread that panicked has nothing more to say.
            let _ended = thread.join();
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({})", self.0.target)
    }
}
