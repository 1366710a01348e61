//! Work that should have been done, and work that a person has to look at.

use store::Tx;

use super::{merchants, queries as q};
use crate::kit::{DAY, Micros, Result};

/// How long past its time work counts as left lying, microseconds: longer than any worker holds something without a sign of life.
pub const LATE: Micros = 15 * 60_000_000;
/// How far back failed jobs are told of, microseconds.
const LATELY: Micros = 7 * DAY;

/// Counts over all merchants; the long ones go no further than 10,001.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Jobs that should run and are in nobody's hands.
    pub jobs: i64,
    /// Jobs of the last week that failed.
    pub jobs_failed: i64,
    /// Mails that should have gone.
    pub mails: i64,
    /// What providers told and nobody applied.
    pub events: i64,
    /// What providers told and could not be applied.
    pub events_failed: i64,
    /// What providers were to be asked.
    pub calls: i64,
    /// Uploaded files that nobody reads.
    pub imports: i64,
    /// Messages of webhooks that should have gone.
    pub messages: i64,
    /// Endpoints that were given up.
    pub endpoints_off: i64,
    /// Accounting services whose sign-in is lost.
    pub books_lost: i64,
}

/// What was left lying for longer than [`LATE`], at `now`.
pub fn waiting(tx: &mut Tx, now: Micros) -> Result<Waiting> {
    let before = now - LATE;
    let mut jobs_failed = 0;
    for merchant in merchants(tx)? {
        jobs_failed += tx.scalar::<i64>(&q::JOBS_FAILED, &[&merchant, &(now - LATELY)])?;
    }
    Ok(Waiting {
        jobs: tx.scalar(&q::JOBS_LATE, &[&before])?,
        jobs_failed,
        mails: tx.scalar(&q::MAILS_LATE, &[&before])?,
        events: tx.scalar(&q::EVENTS_LATE, &[&before])?,
        events_failed: tx.scalar(&q::EVENTS_FAILED, &[])?,
        calls: tx.scalar(&q::CALLS_LATE, &[&before])?,
        imports: tx.scalar(&q::IMPORTS_LATE, &[&before])?,
        messages: tx.scalar(&q::DELIVERIES_LATE, &[&before])?,
        endpoints_off: tx.scalar(&q::ENDPOINTS_OFF, &[])?,
        books_lost: tx.scalar(&q::BOOKS_LOST, &[])?,
    })
}
