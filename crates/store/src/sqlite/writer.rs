//! The one thread that writes to SQLite. It takes waiting closures together and commits them with one fsync before anyone is answered.
//! It must never let a closure's statements commit by themselves, nor answer before the commit: see the rules beside each step.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{Conn, Role, fault};
use crate::job::{Job, RERUNS, Ran, back_off};
use crate::queue::{Lane, Queue};
use crate::tx::{Link, Tx};
use crate::{Error, Options};

/// No closure joins a batch that has been open for so long: the first in it waits for the last.
const BATCH: Duration = Duration::from_millis(25);
/// Nor one that holds so many.
const BATCH_JOBS: usize = 512;
/// How often it is asked whether another process has let go of the file, and how long a slice leaves it alone for one that asks.
const ASK: Duration = Duration::from_micros(500);
const LEAVE: Duration = Duration::from_millis(1);

pub(crate) struct Writer {
    pub path: PathBuf,
    pub options: Options,
    /// None after a failure: opened again before the next transaction.
    pub conn: Option<Conn>,
}

impl Writer {
    /// Serves writes until the queue is closed and empty.
    pub(crate) fn write_loop(&mut self, queue: &Queue) {
        while let Some(first) = queue.pop() {
            // A slice of a long job runs alone: nobody waits for its commit but the next in line.
            match first.lane {
                Lane::Slice => {
                    self.single(first.job);
                    // Of the same process nobody needs that: people pass in the queue.
                    std::thread::sleep(LEAVE);
                }
                Lane::Person => match queue.pop_person_now() {
                    None => self.single(first.job),
                    Some(second) => self.batch(queue, first.job, second.job),
                },
            }
        }
    }

    /// One closure, one transaction, no savepoint.
    fn single(&mut self, mut job: Job) {
        for attempt in 0..=RERUNS {
            let retry = match self.begin() {
                Ok(()) => self.run_single(&mut job),
                Err(error) => {
                    job.fail(error);
                    false
                }
            };
            if !retry {
                break;
            }
            if attempt == RERUNS {
                job.fail(Error::Busy);
                break;
            }
            back_off(attempt, 0);
        }
        job.answer();
    }

    /// True when it is to be run again.
    fn run_single(&mut self, job: &mut Job) -> bool {
        let (ran, retry) = self.run(job);
        if !self.stands() {
            gone(job, ran);
            self.conn = None;
            return retry;
        }
        match ran {
            Ran::Good => {
                if let Err(error) = self.say("COMMIT") {
                    job.fail(of_commit(&error));
                    self.conn = None;
                }
            }
            Ran::Bad => {
                if self.say("ROLLBACK").is_err() {
                    self.conn = None;
                }
            }
        }
        retry
    }

    /// Several closures, one commit. Nobody is answered before it, also not those that were refused: they may have been refused because
    /// of what another closure of the batch wrote.
    fn batch(&mut self, queue: &Queue, first: Job, second: Job) {
        let started = Instant::now();
        let mut waiting = vec![second, first];
        let mut done: Vec<Job> = Vec::new();
        if let Err(error) = self.begin() {
            return answer_all(waiting, Some(&error));
        }
        while let Some(mut job) = waiting.pop().or_else(|| join(queue, started, done.len())) {
            if self.in_savepoint(&mut job) {
                done.push(job);
                continue;
            }
            // A full disk (an I/O error, …) rolled back everything, and what follows would commit by itself. The one that met it has its
            // error; the others lost their work without fault and are run again, each alone.
            self.conn = None;
            job.answer();
            done.extend(waiting.into_iter().rev());
            done.into_iter().for_each(|job| self.single(job));
            return;
        }
        if let Err(error) = self.say("COMMIT") {
            self.conn = None;
            return answer_all(done, Some(&of_commit(&error)));
        }
        answer_all(done, None);
    }

    /// False when the whole transaction is gone.
    fn in_savepoint(&mut self, job: &mut Job) -> bool {
        if let Err(error) = self.say("SAVEPOINT one") {
            job.fail(error);
            return false;
        }
        let (ran, _) = self.run(job);
        if !self.stands() {
            gone(job, ran);
            return false;
        }
        let ended = match ran {
            Ran::Good => self.say("RELEASE one"),
            Ran::Bad => self.say("ROLLBACK TO one; RELEASE one"),
        };
        if let Err(error) = ended {
            job.fail(error);
            return false;
        }
        true
    }

    fn begin(&mut self) -> Result<(), Error> {
        if self.conn.is_none() {
            self.conn = Some(Conn::open(&self.path, Role::Writer, &self.options)?);
        }
        if let Some(conn) = &self.conn {
            // Asked here, and oftener than SQLite would: of a process that writes slice after slice it would miss every pause.
            conn.raw.busy_timeout(Duration::ZERO).map_err(|e| fault(e).error)?;
        }
        let asked = Instant::now();
        loop {
            match self.say("BEGIN IMMEDIATE") {
                Err(Error::Busy) if asked.elapsed() < self.options.busy_timeout => std::thread::sleep(ASK),
                Err(error) => {
                    if error != Error::Busy {
                        self.conn = None;
                    }
                    return Err(error);
                }
                Ok(()) => return Ok(()),
            }
        }
    }

    fn run(&mut self, job: &mut Job) -> (Ran, bool) {
        let Some(conn) = &self.conn else { return (Ran::Bad, false) };
        conn.allow(Some(self.options.statement_timeout));
        let mut tx = Tx::new(Link::Sqlite(conn), true);
        let ran = job.run(&mut tx);
        let retry = ran == Ran::Bad && tx.wants_retry();
        conn.allow(None);
        (ran, retry)
    }

    fn stands(&self) -> bool {
        self.conn.as_ref().is_some_and(|conn| !conn.raw.is_autocommit())
    }

    fn say(&self, sql: &str) -> Result<(), Error> {
        let Some(conn) = &self.conn else { return Err(Error::Unavailable("no connection".to_owned())) };
        conn.raw.execute_batch(sql).map_err(|e| fault(e).error)
    }
}

fn join(queue: &Queue, started: Instant, jobs: usize) -> Option<Job> {
    if started.elapsed() >= BATCH || jobs >= BATCH_JOBS {
        return None;
    }
    queue.pop_person_now().map(|entry| entry.job)
}

/// The transaction ended inside a closure that did not notice.
fn gone(job: &mut Job, ran: Ran) {
    if ran == Ran::Good {
        job.fail(Error::Unavailable("the transaction ended early; nothing was written".to_owned()));
    }
}

fn answer_all(jobs: Vec<Job>, error: Option<&Error>) {
    for mut job in jobs {
        if let Some(error) = error {
            job.fail(error.clone());
        }
        job.answer();
    }
}

/// What a failing COMMIT tells. On a full disk the last frame did not fit into the log, so nothing of it will be found when the log is read
/// again: that much is known. Of any other failure nobody knows how far it came.
fn of_commit(error: &Error) -> Error {
    if *error == Error::Full { Error::Full } else { Error::UnknownOutcome }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_disk_is_known_to_have_written_nothing() {
        assert_eq!(of_commit(&Error::Full), Error::Full);
        assert_eq!(of_commit(&Error::Other("disk I/O error".to_owned())), Error::UnknownOutcome);
    }
}
