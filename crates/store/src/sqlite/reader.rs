//! A thread that reads: each read is one snapshot, as old as its first statement.

use std::path::Path;

use super::{Conn, Role, fault};
use crate::job::{Job, RERUNS, Ran, back_off};
use crate::queue::Queue;
use crate::tx::{Link, Tx};
use crate::{Error, Options};

/// Serves reads until the queue is closed. The connection is opened when first needed, and again after a failure.
pub(crate) fn read_loop(path: &Path, options: &Options, queue: &Queue, thread: usize) {
    let mut conn = None;
    while let Some(mut entry) = queue.pop() {
        serve(path, options, &mut conn, &mut entry.job, thread);
        entry.job.answer();
    }
}

fn serve(path: &Path, options: &Options, held: &mut Option<Conn>, job: &mut Job, thread: usize) {
    for attempt in 0..=RERUNS {
        let conn = match held.take().map_or_else(|| Conn::open(path, Role::Reader, options), Ok) {
            Ok(conn) => conn,
            Err(error) => return job.fail(error),
        };
        conn.allow(Some(options.statement_timeout));
        let (retry, whole) = match once(&conn, job) {
            Ok(retry) => (retry, conn.raw.is_autocommit()),
            Err(error) => return job.fail(error),
        };
        if whole {
            *held = Some(conn);
        }
        if !retry {
            return;
        }
        if attempt == RERUNS {
            return job.fail(Error::Busy);
        }
        back_off(attempt, thread);
    }
}

fn once(conn: &Conn, job: &mut Job) -> Result<bool, Error> {
    conn.raw.execute_batch("BEGIN DEFERRED").map_err(|e| fault(e).error)?;
    let mut tx = Tx::new(Link::Sqlite(conn), false);
    let ran = job.run(&mut tx);
    let retry = ran == Ran::Bad && tx.wants_retry();
    // Whether this succeeds is seen by the caller: the connection stands outside any transaction, or it is thrown away.
    let _ended = conn.raw.execute_batch("ROLLBACK");
    Ok(retry)
}
