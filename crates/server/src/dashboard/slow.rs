//! Passwords are hashed and checked here: off the async threads, and few at once, because each takes 19 MiB and tens of milliseconds.

use domain::{Error, Result};
use tokio::sync::Semaphore;

static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Runs `f` on a thread of its own when its turn comes.
///
/// # Errors
/// What `f` refuses.
pub async fn slow<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _turn = AT_ONCE.acquire().await.map_err(|e| Error::Internal(e.to_string()))?;
    tokio::task::spawn_blocking(f).await.map_err(|e| Error::Internal(e.to_string()))?
}
