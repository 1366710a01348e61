//! What every handler is given: the database, the images of the customers, the clock, the limits.

use std::sync::Arc;

use domain::customers::list::Indexes;
use domain::kit::{Clock, Ctx, Locale, Micros, within};
use domain::privacy::{self, Ledger};
use domain::{Error, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use store::{Db, Tx};

use crate::config::Config;
use crate::http::limits::Limits;

/// Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// What answers searches and lists; read transactions only.
    pub indexes: Indexes,
    /// Who says what time it is.
    pub clock: Arc<dyn Clock>,
    /// Where and how it is served.
    pub config: Arc<Config>,
    /// How often one may knock.
    pub limits: Limits,
    /// Certificates of PayPal that were fetched already.
    pub certificates: crate::hooks::Certificates,
    /// What the identity provider said of itself.
    pub oidc: crate::oidc::Said,
    /// Who was anonymised, outside of the database.
    pub ledger: Ledger,
    /// For `/metrics`.
    pub metrics: PrometheusHandle,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

impl App {
    /// Now, microseconds UTC.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// Reads as the context's actor in one snapshot, for whoever reads the page that is made ([`Locale`]). What is written is written for nobody in
    /// particular.
    ///
    /// # Errors
    /// What the closure refuses, or the database.
    pub async fn read<T: Send + 'static>(&self, ctx: &Ctx, f: impl Fn(&mut Tx, &Ctx) -> Result<T> + Send + Sync + 'static) -> Result<T> {
        let (ctx, reader) = (ctx.clone(), Locale::current());
        self.db.read::<T, Error>(move |tx| within(reader, || f(tx, &ctx))).await
    }

    /// Puts what was erased into the ledger, and waits until the disk has it: before anybody is told that somebody is anonymised.
    ///
    /// # Errors
    /// What the disk or the database says.
    pub async fn erased(&self) -> Result<()> {
        let (db, ledger, clock) = (self.db.clone(), self.ledger.clone(), self.clock.clone());
        let done = tokio::task::spawn_blocking(move || privacy::settle(&db, &ledger, &*clock)).await;
        done.map_err(|e| Error::Internal(e.to_string()))?
    }

    /// Writes as the context's actor in one transaction; the closure may run again.
    ///
    /// # Errors
    /// What the closure refuses, or the database.
    pub async fn write<T: Send + 'static>(&self, ctx: &Ctx, f: impl Fn(&mut Tx, &Ctx) -> Result<T> + Send + Sync + 'static) -> Result<T> {
        let ctx = ctx.clone();
        self.db.write::<T, Error>(move |tx| f(tx, &ctx)).await
    }
}
