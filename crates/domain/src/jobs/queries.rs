//! All SQL of the room.

store::statements! {
    pub INSERT = "INSERT INTO jobs (merchant_id, id, kind, state, input, cursor, done, total, result, error, attempts, cancel_asked,
        actor_kind, actor_id, actor_name, actor_rights, created_at)
        VALUES ($1, $2, $3, 'queued', $4, '', 0, $5, '', '', 0, FALSE, $6, $7, $8, $9, $10)";
    pub QUEUE = "INSERT INTO job_queue (job_id, merchant_id, run_at, lease_until, lease_by) VALUES ($1, $2, $3, 0, '')
        ON CONFLICT (job_id) DO UPDATE SET run_at = excluded.run_at, lease_until = 0, lease_by = ''";
    pub LOAD = "SELECT id, kind, state, input, cursor, done, total, result, error, attempts, cancel_asked, actor_kind, actor_id, actor_name,
        actor_rights, created_at, started_at, finished_at FROM jobs WHERE merchant_id = $1 AND id = $2";
    pub LIST = "SELECT id, kind, state, input, cursor, done, total, result, error, attempts, cancel_asked, actor_kind, actor_id, actor_name,
        actor_rights, created_at, started_at, finished_at FROM jobs WHERE merchant_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    pub RUNNING = "SELECT id, kind, state, input, cursor, done, total, result, error, attempts, cancel_asked, actor_kind, actor_id, actor_name,
        actor_rights, created_at, started_at, finished_at FROM jobs WHERE merchant_id = $1 AND state IN ('queued', 'running') ORDER BY created_at, id LIMIT 20";
    pub ROWS = "SELECT position, subject_id, outcome, reason FROM job_rows WHERE merchant_id = $1 AND job_id = $2 AND position > $3
        ORDER BY position LIMIT $4";
    pub ROWS_OF = "SELECT position, subject_id, outcome, reason FROM job_rows WHERE merchant_id = $1 AND job_id = $2 AND outcome = $5 AND position > $3
        ORDER BY position LIMIT $4";
    pub OUTCOMES = "SELECT outcome, COUNT(*) FROM job_rows WHERE merchant_id = $1 AND job_id = $2 GROUP BY outcome ORDER BY outcome";
    pub ASK_CANCEL = "UPDATE jobs SET cancel_asked = TRUE WHERE merchant_id = $1 AND id = $2 AND state IN ('queued', 'running')";
    pub REQUEUE = "UPDATE jobs SET state = 'queued', error = '', attempts = 0, cancel_asked = FALSE, finished_at = NULL
        WHERE merchant_id = $1 AND id = $2 AND state = 'failed'";
    /// Waiting jobs whose time has come and that nobody holds.
    pub DUE = "SELECT job_id, merchant_id FROM job_queue WHERE run_at <= $1 AND lease_until <= $1 ORDER BY run_at, job_id LIMIT 8";
    pub TAKE = "UPDATE job_queue SET lease_until = $3, lease_by = $4 WHERE job_id = $1 AND lease_until <= $2";
    pub HOLD = "UPDATE job_queue SET lease_until = $3 WHERE job_id = $1 AND lease_by = $2";
    pub LATER = "UPDATE job_queue SET run_at = $3, lease_until = 0, lease_by = '' WHERE job_id = $1 AND lease_by = $2";
    /// Only one that rests: what a worker holds goes on by itself.
    pub WAKE = "UPDATE job_queue SET run_at = $2 WHERE job_id = $1 AND run_at > $2";
    pub LEAVE = "DELETE FROM job_queue WHERE job_id = $1";
    pub STARTED = "UPDATE jobs SET state = 'running', started_at = COALESCE(started_at, $3) WHERE merchant_id = $1 AND id = $2";
    pub PROGRESS = "UPDATE jobs SET cursor = $3, done = $4, total = $5, result = $6 WHERE merchant_id = $1 AND id = $2";
    pub END = "UPDATE jobs SET state = $3, error = $4, finished_at = $5 WHERE merchant_id = $1 AND id = $2";
    pub ATTEMPT = "UPDATE jobs SET attempts = attempts + 1, error = $3 WHERE merchant_id = $1 AND id = $2 RETURNING attempts";
}
