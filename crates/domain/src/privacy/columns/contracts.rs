//! Contracts: that there was one, how long and for how much, stays; what it was about, and the signed paper, does not.

use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("contracts")
            .of("customer_id")
            .replaced()
            .shown("Contracts")
            .personal("title note reason")
            .house("created_by assignee_id")
            .neither("merchant_id id number shop_id customer_id state currency amount cycle_count cycle_unit starts_on first_end ends_on")
            .neither("renew_months renewals notice_count notice_unit notice_on notice_given_on remind_days reminded_for act_on")
            .neither("created_at updated_at started_at closed_at version"),
        table("contract_files")
            .under("contract_id", "contracts", "id")
            .deleted()
            .shown("Files of contracts")
            .personal("name bytes")
            .house("added_by")
            .neither("merchant_id contract_id content_type size added_at"),
    ]
}
