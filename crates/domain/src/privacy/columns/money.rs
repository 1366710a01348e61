//! Payments and what hangs on them: amounts and the provider's references stay for the books, the payer does not.

use super::After::Name;
use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("payment_methods")
            .of("customer_id")
            .deleted()
            .shown("Payment methods")
            .personal("provider_ref brand last4 expires_year expires_month fingerprint billing")
            .finding("provider_ref fingerprint")
            .neither("merchant_id id customer_id kind provider live chosen last_outcome added_at detached_at import_id"),
        table("payments")
            .of("customer_id")
            .replaced()
            .shown("Payments")
            .becomes("name", Name)
            .personal("last4 fingerprint email email_key phone phone_key failure_message note")
            .finding("name fingerprint email email_key phone phone_key")
            .unset("method_id")
            .neither(
                "merchant_id id shop_id order_id customer_id subscription_id provider provider_ref status live currency amount refunded",
            )
            .neither("refund_pending lost kind brand failure_code flag paid_at created_at updated_at import_id"),
        table("payment_keys")
            .of("customer_id")
            .deleted()
            .hidden("the same cards and addresses once more, to find guest payments by")
            .personal("key")
            .neither("merchant_id kind customer_id"),
        table("payment_refs")
            .under("payment_id", "payments", "id")
            .kept("the provider's number of a payment, for the books")
            .hidden("the provider's own numbers")
            .neither("merchant_id provider reference payment_id named"),
        table("refunds")
            .under("payment_id", "payments", "id")
            .replaced()
            .shown("Refunds")
            .personal("reason")
            .house("created_by")
            .neither("merchant_id id payment_id amount currency status provider_ref external_id refunded_at created_at import_id tell mail_id person_id"),
        table("refund_totals")
            .under("payment_id", "payments", "id")
            .kept("amounts")
            .hidden("the same amounts as the refunds")
            .neither("merchant_id payment_id total"),
        table("refund_failures")
            .under("refund_id", "refunds", "id")
            .replaced()
            .hidden("the provider's words about a transfer")
            .personal("words")
            .neither("merchant_id refund_id failed_at"),
        table("disputes")
            .under("payment_id", "payments", "id")
            .kept("amounts, codes and dates")
            .shown("Disputes")
            .neither("merchant_id id payment_id amount currency status reason provider_ref opened_at due_at closed_at"),
        table("dispute_evidence")
            .under("dispute_id", "disputes", "id")
            .deleted()
            .shown("Evidence in disputes")
            .personal("words")
            .house("saved_by")
            .neither("merchant_id dispute_id saved_at submitted_at"),
        table("dispute_files")
            .under("dispute_id", "disputes", "id")
            .deleted()
            .shown("Files in disputes")
            .personal("name bytes")
            .neither("merchant_id id dispute_id kind content_type size provider_ref added_at"),
        table("subscriptions")
            .of("customer_id")
            .replaced()
            .shown("Subscriptions")
            .unset("method_id")
            .neither("merchant_id id customer_id shop_id name status live currency amount cycle_unit cycle_count provider provider_ref")
            .neither("started_at trial_until next_payment_at ends_at created_at updated_at import_id"),
        table("subscription_runs")
            .under("subscription_id", "subscriptions", "id")
            .kept("which period is due when")
            .hidden("the clockwork behind the subscription")
            .neither("merchant_id subscription_id plan_id quantity anchor_day anchor_number number paused_at end_reason act_at"),
        table("subscription_periods")
            .under("subscription_id", "subscription_runs", "subscription_id")
            .replaced()
            .shown("Periods of subscriptions")
            .personal("failure")
            .neither("merchant_id subscription_id number due_day amount state attempts base_day next_day hard payment_id updated_at"),
        table("attachments")
            .of("customer_id")
            .kept("that a guest's payment was attached, by which kind of match")
            .shown("Attached guest payments")
            .house("attached_by")
            .neither("merchant_id id payment_id order_id customer_id reasons attached_at undone_at"),
        table("credit_balances")
            .of("customer_id")
            .kept("a ledger that stands at zero")
            .shown("Store credit")
            .neither("merchant_id customer_id currency balance lines"),
        table("credit_lines")
            .of("customer_id")
            .replaced()
            .shown("Lines of store credit")
            .personal("reason")
            .house("created_by")
            .neither("merchant_id id customer_id currency position kind amount balance payment_id refund_id order_id created_at"),
        table("commissions")
            .under("payment_id", "payments", "id")
            .kept("what a partner is owed")
            .hidden("between the house and its partners")
            .neither("merchant_id payment_id affiliate_id amount currency paid created_at updated_at"),
    ]
}
