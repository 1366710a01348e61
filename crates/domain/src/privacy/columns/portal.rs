//! The customer's own doors: all of them go when a customer is anonymised.

use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("portal_access")
            .of("customer_id")
            .deleted()
            .shown("Portal")
            .secret("password_hash")
            .house("invited_by")
            .neither("merchant_id customer_id invited_at activated_at closed_at signed_in_at"),
        table("portal_links")
            .of("customer_id")
            .deleted()
            .hidden("doors into the portal, as hashes")
            .personal("email")
            .finding("email")
            .secret("hash")
            .neither("merchant_id id customer_id kind created_at expires_at"),
        table("portal_sessions")
            .of("customer_id")
            .deleted()
            .shown("Where they are signed in to the portal")
            .personal("user_agent address")
            .secret("secret_hash")
            .neither("merchant_id id customer_id created_at seen_at expires_at"),
    ]
}
