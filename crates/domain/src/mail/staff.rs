//! Mail to the staff: what somebody of the house should know before they look by themselves.

use store::Tx;

use super::queue::{Draft, put};
use crate::kit::{Ctx, MailId, Result};

/// Puts a mail to somebody of the staff into the outbox.
pub(crate) fn to_staff(tx: &mut Tx, ctx: &Ctx, to: &str, subject: &str, body: &str) -> Result<MailId> {
    put(tx, ctx, &Draft::new(to, subject, body))
}
