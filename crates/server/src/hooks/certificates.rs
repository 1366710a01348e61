//! PayPal's certificates, fetched once and kept: an address names one certificate for ever. Only addresses that were found to be PayPal's are asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use providers::wire::Request;

use crate::outside;

/// More than PayPal has in use at a time; then all are forgotten and fetched again.
const MOST: usize = 32;

/// Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Certificates(Arc<Mutex<HashMap<String, Arc<Vec<u8>>>>>);

impl Certificates {
    /// The certificate at an address; `None` when it cannot be fetched.
    pub async fn get(&self, url: &str) -> Option<Arc<Vec<u8>>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned();
        if known.is_some() {
            return known;
        }
        let request = Request { method: "GET", url: url.to_owned(), headers: Vec::new(), body: Vec::new() };
        let reply = tokio::task::spawn_blocking(move || outside::send(&request)).await.ok()?.ok()?;
        if reply.status != 200 || reply.body.len() > 64 * 1024 {
            return None;
        }
        let certificate = Arc::new(reply.body);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(url.to_owned(), Arc::clone(&certificate));
        Some(certificate)
    }
}
