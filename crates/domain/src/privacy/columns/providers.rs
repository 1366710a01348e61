//! What payment providers told and were asked. Raw bodies speak of people; they are found by the ids and values they name.

use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("provider_accounts")
            .secret("address secrets")
            .neither("merchant_id id shop_id provider live hint created_at updated_at disabled_at tested_at tested_words tested_ok told_at")
            .neither("caught_up_at catch_up_next_at"),
        table("provider_events")
            .mentions()
            .hidden("raw messages of a provider; what they said stands in the rooms")
            .personal("error body")
            .neither("merchant_id account_id event_id kind happened_at received_at state attempts next_at"),
        table("provider_waiting")
            .mentions()
            .deleted()
            .hidden("messages that wait for what they speak of")
            .personal("news")
            .neither("merchant_id account_id waits_for position"),
        // Which customer of the provider is which of ours: the value is our id, the reference finds the person there.
        table("provider_facts")
            .of("value")
            .deleted()
            .shown("Ids with payment providers")
            .personal("reference")
            .neither("merchant_id account_id kind value"),
        table("provider_calls")
            .mentions()
            .hidden("requests to a provider; what came of them stands in the rooms")
            .personal("payload error")
            .house("created_by")
            .neither("merchant_id id account_id kind subject_id state attempts next_at lease_until created_at updated_at"),
    ]
}
