//! Charges and payment links: how much and how far stays for the books, the words do not.

use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("charges")
            .of("customer_id")
            .replaced()
            .shown("Charges")
            .personal("purpose failure")
            .house("created_by")
            .unset("method_id")
            .neither("merchant_id id customer_id shop_id order_id invoice_id provider live currency amount state failure_code payment_id")
            .neither("created_at updated_at"),
        table("payment_links")
            .of("customer_id")
            .replaced()
            .shown("Payment links")
            .personal("purpose checkout_ref checkout_url checkout_words")
            .house("created_by")
            .neither("merchant_id id customer_id shop_id order_id invoice_id currency amount state expires_at attempts payment_id checkout")
            .neither("checkout_account checkout_until created_at updated_at closed_at"),
        table("payment_link_keys")
            .under("payment_link_id", "payment_links", "id")
            .deleted()
            .hidden("doors for the buyer, as hashes")
            .secret("hash")
            .neither("merchant_id payment_link_id opened_at"),
        table("method_links")
            .of("customer_id")
            .deleted()
            .shown("Links to add a payment method")
            .personal("recipient")
            .secret("hash")
            .house("created_by")
            .neither("merchant_id id customer_id shop_id state setup_id expires_at created_at updated_at"),
        table("method_setups")
            .of("customer_id")
            .deleted()
            .shown("Payment methods being added")
            .personal("reference url words method_ref")
            .neither("merchant_id id customer_id shop_id account_id state until method_id created_at updated_at"),
    ]
}
