//! The status a customer had before an import, and why. Undoing works statuses out anew and never writes one down that somebody noted; where it comes
//! to the same again, it is again for the same reason.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::fieldwise::BACK;
use super::orders_run::CAUSE;
use super::queries;
use crate::customers::facts;
use crate::kit::{Ctx, CustomerId, Error, Result};

/// A status as it was kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stood {
    status: i64,
    cause: String,
}

impl Stood {
    /// Reads it.
    pub(super) fn of(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Self> {
        Ok(tx.one(&queries::STOOD, &[&ctx.merchant, id], |r| Ok(Self { status: r.get(0)?, cause: r.get(1)? }))?)
    }

    /// As it stands in the journal.
    pub(super) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::Internal(e.to_string()))
    }

    /// The way back.
    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|e| Error::Internal(format!("the journal cannot be read: {e}")))
    }

    /// Works out anew what is kept about the customer, and gives a status that is the one of before its reason back, where an import was the last one.
    pub(super) fn again(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
        facts::refresh(tx, ctx, std::slice::from_ref(id), BACK)?;
        tx.exec(&queries::CAUSE_BACK, &[&ctx.merchant, id, &self.status, &self.cause, &CAUSE, &BACK])?;
        Ok(())
    }
}
