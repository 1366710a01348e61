//! The directory and the settings: staff, keys, shops. Of no customer.

use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("installation").neither("id set_up_at"),
        table("merchants").house("name").neither("id currency time_zone country active_days rule_version demo created_at"),
        table("people")
            .house("email email_key name")
            .secret("password_hash")
            .neither("id shortcuts theme density locale created_at disabled_at"),
        table("staff").neither("merchant_id person_id role granted withdrawn created_at disabled_at"),
        table("sessions")
            .secret("secret_hash")
            .house("user_agent address")
            .neither("id person_id merchant_id created_at seen_at expires_at revoked_at fresh_at new_device means"),
        table("attempts").secret("key").neither("count since"),
        table("second_factors").secret("sealed").neither("person_id last_step created_at confirmed_at"),
        table("recovery_codes").secret("code_hash").neither("person_id created_at used_at"),
        table("half_sign_ins").secret("secret_hash").neither("person_id means created_at expires_at"),
        table("devices").secret("secret_hash").neither("person_id first_seen last_seen"),
        table("password_resets").secret("secret_hash").neither("id person_id mail_id created_at expires_at used_at"),
        table("passkeys").house("name").neither("id person_id credential_id public_key sign_count created_at last_used_at"),
        table("passkey_handles").neither("person_id handle"),
        table("passkey_challenges").secret("challenge_hash visit_hash").neither("created_at expires_at"),
        table("oidc_identities").house("subject email").neither("issuer person_id created_at last_used_at"),
        table("oidc_visits").secret("state_hash visit_hash about").neither("purpose created_at expires_at"),
        table("sign_in_rules").neither("merchant_id required_roles provider_roles refund_limit refund_currency updated_at"),
        table("invitations")
            .secret("secret_hash")
            .house("email email_key invited_by")
            .neither("merchant_id id role granted withdrawn created_at expires_at accepted_at revoked_at"),
        table("api_keys")
            .secret("secret_hash")
            .house("name created_by")
            .neither("merchant_id id hint scopes created_at last_used_at expires_at revoked_at"),
        table("job_queue").neither("job_id merchant_id run_at lease_until lease_by"),
        table("shops").house("name name_key url").neither("merchant_id id currency country created_at archived_at"),
        table("plans").house("name name_key").neither(
            "merchant_id id shop_id currency amount cycle_unit cycle_count trial_days retry_days created_at updated_at archived_at",
        ),
        table("templates").house("name name_key").neither("merchant_id id shop_id version created_at archived_at"),
        table("shop_letters").neither("merchant_id shop_id kind template_id updated_at"),
        table("template_versions").house("subject body created_by").neither("merchant_id template_id version created_at"),
        table("mailings").house("name created_by").neither(
            "merchant_id id state shop_id template_id template_version per_minute consenting_only total job_id created_at ended_at",
        ),
        table("subscription_settings").neither("merchant_id retry_days updated_at"),
        table("merge_settings").neither("merchant_id undo_days updated_at"),
        // Weights of comparison and how common a value is: numbers alone.
        table("duplicate_models").neither("merchant_id weights customers learnt_at"),
        table("customer_groups").house("name name_key").neither("merchant_id id created_at"),
        table("tags").house("name name_key").neither("merchant_id id created_at"),
        table("rates").neither("merchant_id currency day per_euro source"),
        table("series").neither("merchant_id id next"),
        // Somebody may have searched for a person and kept that.
        table("views")
            .mentions()
            .deleted()
            .hidden("what staff keep of lists")
            .personal("name name_key query")
            .neither("merchant_id id list person_id shared created_at"),
        table("list_states")
            .mentions()
            .deleted()
            .hidden("what staff last used of lists")
            .personal("query")
            .neither("merchant_id person_id list updated_at"),
        table("affiliates")
            .house("name name_key code code_key")
            .neither("merchant_id id terms rate currency created_at updated_at archived_at"),
        table("payouts").house("note created_by").neither("merchant_id id affiliate_id currency amount period_from period_until paid_at"),
        table("portal_settings").neither("merchant_id enabled colour may_cancel may_ask may_return updated_at"),
        table("portal_words").house("word").neither("merchant_id"),
        table("payout_lines").neither("merchant_id payout_id payment_id amount"),
    ]
}
