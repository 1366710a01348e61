//! What erasing itself keeps.

use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("erasures")
            .of("customer_id")
            .kept("the receipt: counts and rules, nothing personal")
            .hidden("written when the person is gone")
            .house("actor_name")
            .neither("merchant_id id customer_id cause cleared kept created_at job_id noted_at swept_at scrubbed_at"),
        // The pass deletes them itself when it is through.
        table("erasure_words")
            .under("erasure_id", "erasures", "id")
            .deleted()
            .hidden("lives while an erasure runs")
            .personal("word")
            .neither("merchant_id erasure_id position kind"),
        table("legal_copies")
            .of("customer_id")
            .kept("what the law wants of an issued invoice, sealed, until its term ends")
            .hidden("the same as the invoices")
            .secret("sealed")
            .neither("merchant_id invoice_id customer_id country years keep_until created_at"),
        table("privacy_settings").secret("hash_key").neither("merchant_id keep_years updated_at"),
        table("erased_numbers")
            .of("customer_id")
            .kept("a keyed hash of a number from elsewhere, so that a file which names the person again brings nobody back")
            .hidden("written when the person is gone")
            .secret("number_hash")
            .neither("merchant_id customer_id created_at"),
        table("marketing_refusals").secret("address_hash").neither("merchant_id created_at"),
        table("bounced_addresses").secret("address_hash").neither("merchant_id code bounced_at"),
        table("retention_rules").neither("merchant_id shop_id months warn_days updated_at"),
        table("retention_warnings")
            .of("customer_id")
            .deleted()
            .shown("Warned before anonymising")
            .neither("merchant_id customer_id last_at warned_at"),
        table("retention_exempt").of("customer_id").deleted().shown("Kept out of retention").neither("merchant_id customer_id created_at"),
    ]
}
