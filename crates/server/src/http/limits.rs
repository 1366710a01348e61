//! How often a program may knock: the API by key. Per process; a proxy in front may be stricter. Tries to sign in are counted in the
//! database instead (`domain::staff::sign_in`), where every process sees them.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// The limiters of one process.
#[derive(Clone)]
pub struct Limits {
    api: Arc<DefaultKeyedRateLimiter<String>>,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limits")
    }
}

fn per_minute(n: u32) -> Arc<DefaultKeyedRateLimiter<String>> {
    Arc::new(RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN))))
}

impl Limits {
    /// `api`: requests per minute of one key.
    pub fn new(api: u32) -> Self {
        Self { api: per_minute(api) }
    }

    /// May this key ask now?
    pub fn api(&self, key: &str) -> bool {
        self.forget();
        self.api.check_key(&key.to_owned()).is_ok()
    }

    /// Lets go of those that have not knocked for a while, so that guessing does not fill the memory.
    fn forget(&self) {
        if self.api.len() > 10_000 {
            self.api.retain_recent();
        }
    }
}
