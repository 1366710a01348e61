//! What was said: all of it goes when a customer is anonymised (SPEC 11.2).

use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        // Deleting for good goes by this order: entries point to conversations.
        table("entries")
            .of("customer_id")
            .deleted()
            .shown("Mails, chats and calls")
            .personal("author address more subject body html folded outside_id answers")
            .finding("address")
            .house("created_by")
            .neither("merchant_id id conversation_id customer_id kind direction at mail_id outcome seconds created_at"),
        table("conversations")
            .of("customer_id")
            .deleted()
            .shown("Conversations")
            .personal("name address address_key subject subject_key")
            .finding("address address_key")
            .neither("merchant_id id kind state customer_id mailbox_id waiting entries last_at created_at"),
        table("entry_files")
            .under("entry_id", "entries", "id")
            .deleted()
            .shown("Files of mails")
            .personal("name bytes")
            .neither("merchant_id id entry_id position content_type size"),
        table("mail_drafts")
            .of("customer_id")
            .deleted()
            .shown("Mails that were begun")
            .personal("recipient subject body")
            .finding("recipient")
            .neither("merchant_id id person_id customer_id entry_id created_at updated_at"),
        table("mail_draft_files")
            .under("draft_id", "mail_drafts", "id")
            .deleted()
            .shown("Files of mails that were begun")
            .personal("name bytes")
            .neither("merchant_id id draft_id position content_type size"),
        table("signatures").house("body").neither("merchant_id person_id updated_at"),
        table("mailboxes")
            .house("address address_key host username folder error")
            .secret("password")
            .neither("merchant_id id port security uid_validity last_uid since created_at disabled_at checked_at failures due_at lease_until lease_by")
            .neither("makes_tickets"),
        table("dkim_keys").secret("private_key").neither("merchant_id domain selector record created_at"),
        table("phone_accounts").secret("address token").neither("merchant_id id shop_id created_at updated_at disabled_at told_at"),
    ]
}
