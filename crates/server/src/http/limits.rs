//! How often one may knock: sign-in by address and by account, the API by key. Per process; a proxy in front may be stricter.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// The limiters of one process.
#[derive(Clone)]
pub struct Limits {
    sign_in_address: Arc<DefaultKeyedRateLimiter<String>>,
    sign_in_account: Arc<DefaultKeyedRateLimiter<String>>,
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
        Self { sign_in_address: per_minute(30), sign_in_account: per_minute(10), api: per_minute(api) }
    }

    /// May this address try this account now?
    pub fn sign_in(&self, address: &str, account: &str) -> bool {
        self.forget();
        self.sign_in_address.check_key(&address.to_owned()).is_ok() && self.sign_in_account.check_key(&account.to_lowercase()).is_ok()
    }

    /// May this key ask now?
    pub fn api(&self, key: &str) -> bool {
        self.api.check_key(&key.to_owned()).is_ok()
    }

    /// Lets go of those that have not knocked for a while, so that guessing does not fill the memory.
    fn forget(&self) {
        for limiter in [&self.sign_in_address, &self.sign_in_account, &self.api] {
            if limiter.len() > 10_000 {
                limiter.retain_recent();
            }
        }
    }
}
