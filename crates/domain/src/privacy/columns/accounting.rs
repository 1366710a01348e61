//! Exports to accounting services: what is in the books stays known, what the service said of a person does not.

use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("accounting_connections")
            .secret("client_secret tokens oauth_hash")
            .house("client_id words created_by")
            .neither("merchant_id id service site state office place tokens_version expires_at refreshed_at refresh_until refresh_by")
            .neither(
                "oauth_session oauth_until mapping sheets sheets_at daily run_id collected_at quiet_until lease_until lease_by worked_at",
            )
            .neither("connected_at created_at updated_at"),
        table("accounting_runs").house("created_by").neither("merchant_id id connection_id created_at"),
        // The number in the books stays for them; the service's own id of an account leads to the person and goes.
        table("accounting_exports")
            .of("customer_id")
            .replaced()
            .shown("Exports to the books")
            .personal("remote words")
            .neither("merchant_id connection_id subject_id kind customer_id run_id state reference looked remote_number version paid")
            .neither("attempts next_at created_at done_at")
            .unset("check_at"),
        table("accounting_log")
            .of("customer_id")
            .replaced()
            .shown("Log of exports to the books")
            .personal("words")
            .neither("merchant_id id connection_id run_id kind subject_id customer_id reference action result remote_number created_at"),
    ]
}
