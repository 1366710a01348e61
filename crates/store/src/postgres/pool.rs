//! A thread of the pool: it owns one connection, made when first needed and again after a failure.

use std::sync::Arc;

use super::{Connector, Session};
use crate::error::Fault;
use crate::job::{RERUNS, Ran, back_off};
use crate::queue::{Entry, Queue};
use crate::tx::{Link, Tx};
use crate::{Error, Options};

const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// Serves reads and writes until the queue is closed and empty.
pub(crate) fn work_loop(connector: &Arc<Connector>, options: &Options, queue: &Queue, thread: usize) {
    let mut held = None;
    while let Some(entry) = queue.pop() {
        held = serve(connector, options, held, entry, thread).filter(|session| !session.is_broken());
    }
}

/// What became of one try.
enum Try {
    Answer,
    /// Nothing was written, and trying again may well succeed.
    Again(Error),
}

fn serve(connector: &Arc<Connector>, options: &Options, mut held: Option<Session>, mut entry: Entry, thread: usize) -> Option<Session> {
    for attempt in 0..=RERUNS {
        let mut session = match held.take().map_or_else(|| connector.connect(Some(options.statement_timeout)), Ok) {
            Ok(session) => session,
            Err(error) => {
                entry.job.fail(error);
                break;
            }
        };
        let fresh = !session.used;
        let tried = once(&mut session, &mut entry);
        session.used = true;
        let broken = session.is_broken();
        held = Some(session).filter(|_| !broken);
        match tried {
            Try::Answer => break,
            // A connection that dies at once, though new, says that the server is not well.
            Try::Again(error) if attempt == RERUNS || (broken && fresh && matches!(error, Error::Unavailable(_))) => {
                entry.job.fail(error);
                break;
            }
            Try::Again(_) if broken => {}
            Try::Again(_) => back_off(attempt, thread),
        }
    }
    let write = entry.write;
    entry.job.answer();
    if !write && let Some(session) = &mut held {
        // A read is answered before its transaction ends; if that fails the connection is marked broken.
        let _ended = session.say("ROLLBACK");
    }
    held
}

fn once(session: &mut Session, entry: &mut Entry) -> Try {
    if let Err(fault) = session.say(if entry.write { WRITE } else { READ }) {
        return refused(entry, fault);
    }
    let mut tx = Tx::new(Link::Postgres(session), entry.write);
    let ran = entry.job.run(&mut tx);
    let (retry, failure) = (tx.wants_retry(), tx.failure());
    if ran == Ran::Good && entry.write {
        return match session.commit() {
            Ok(()) => Try::Answer,
            Err(fault) => refused(entry, fault),
        };
    }
    let again = ran == Ran::Bad && retry;
    if (again || entry.write) && !session.is_broken() {
        // A failed roll back marks the connection broken, which ends the transaction too.
        let _ended = session.say("ROLLBACK");
    }
    if again { Try::Again(failure.unwrap_or(Error::Busy)) } else { Try::Answer }
}

fn refused(entry: &mut Entry, fault: Fault) -> Try {
    if fault.retry && fault.error != Error::UnknownOutcome {
        return Try::Again(fault.error);
    }
    entry.job.fail(fault.error);
    Try::Answer
}
