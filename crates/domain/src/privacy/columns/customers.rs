//! The customer's own rows.

use super::After::{Email, EmailKey, Moment, Name, Number, SortName};
use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("customers")
            .of("id")
            .replaced()
            .shown("Profile")
            .becomes("name", Name)
            .becomes("sort_name", SortName)
            .becomes("email", Email)
            .becomes("email_key", EmailKey)
            .becomes("number", Number)
            .personal("first_name last_name phone phone_key language company company_id company_email tax_id vat_number metadata")
            .personal("billing_line1 billing_line2 billing_city billing_state billing_zip billing_country")
            .personal("delivery_line1 delivery_line2 delivery_city delivery_state delivery_zip delivery_country")
            .finding("name email email_key phone phone_key company_email tax_id vat_number billing_line1 delivery_line1")
            .neither("merchant_id id delivery_same shop_id created_at archived_at deleted_at merged_into import_id")
            .unset("group_id avatar_id marketing marketing_at")
            .tag("anonymised_at", super::Tag::Neither, Moment)
            // Kept by customers::facts, which the verb asks to work them out again.
            .neither("updated_at version event_version change_stamp status status_until status_cause method_status method_expires_day")
            .neither("default_method_id oldest_method_id lifetime lifetime_missing order_count order_total payment_count dispute_count")
            .neither("open_dispute_count balance_due first_order_at last_order_at first_paid_at last_paid_at"),
        table("customers_gone").kept("ids only").neither("merchant_id id change_stamp"),
        table("customer_contacts")
            .of("customer_id")
            .deleted()
            .shown("Further addresses and phones")
            .personal("value key")
            .finding("value key")
            .neither("merchant_id id customer_id kind created_at"),
        // That a mailing had this outcome stays counted; to which address it went does not.
        table("mailing_rows")
            .of("customer_id")
            .replaced()
            .shown("Mailings")
            .personal("email_key detail")
            .finding("email_key")
            .unset("mail_id")
            .neither("merchant_id mailing_id customer_id position outcome reason at bounced_at unsubscribed_at"),
        table("customer_tags").of("customer_id").deleted().shown("Tags").neither("merchant_id customer_id tag_id"),
        table("customer_shops")
            .of("customer_id")
            .kept("which shops sold: worked out from orders that stay")
            .shown("Shops")
            .neither("merchant_id customer_id shop_id"),
        table("customer_totals")
            .of("customer_id")
            .kept("sums of payments that stay")
            .shown("Totals")
            .neither("merchant_id customer_id currency paid refunded lost"),
        // An id in another system may be an address, and finds the person there.
        table("external_ids")
            .of("customer_id")
            .deleted()
            .shown("Ids in other systems")
            .personal("external_id")
            .finding("external_id")
            .neither("merchant_id system customer_id"),
        table("notes")
            .of("customer_id")
            .deleted()
            .shown("Notes")
            .personal("body")
            .house("author_name")
            .neither("merchant_id id customer_id author_kind author_id created_at updated_at pinned_at"),
        table("avatars")
            .of("customer_id")
            .deleted()
            .shown("Picture")
            .personal("bytes")
            .neither("merchant_id id customer_id content_type created_at"),
        // A customer stands on either side; the verbs that make one go forget both (`duplicates::forget`).
        table("duplicate_pairs")
            .of("a_id")
            .deleted()
            .hidden("a guess at who may be one person")
            .house("decided_by")
            .neither("merchant_id a_id b_id state score why run_id found_at decided_at"),
        // What undoing a merge needs; the verbs drop it by both sides (`merge::drop_of`).
        table("merges")
            .of("survivor_id")
            .deleted()
            .hidden("when two records of one person were put together")
            .house("merged_by undone_by")
            .neither("merchant_id id gone_id survivor_id moved merged_at undo_until kept undone_at"),
        table("merge_moves")
            .under("merge_id", "merges", "id")
            .deleted()
            .hidden("which rows a merge moved")
            .personal("row_id")
            .neither("merchant_id merge_id mark"),
        table("merge_copies")
            .under("merge_id", "merges", "id")
            .deleted()
            .hidden("rows as they were before a merge, until it can no longer be undone")
            .personal("row_id before after")
            .neither("merchant_id merge_id mark"),
        // Held only inside of a transaction: no row is ever left.
        table("claims").kept("empty between transactions").neither("merchant_id").secret("key"),
        // That somebody asked, and when it was answered, must stay provable.
        table("privacy_requests")
            .of("customer_id")
            .replaced()
            .shown("Requests about data")
            .personal("who note extension")
            .house("created_by closed_by")
            .neither("merchant_id id kind state customer_id received_on due_on created_at closed_at version extended_from"),
        table("tickets").of("customer_id").replaced().shown("Tickets").personal("subject").house("created_by").neither(
            "merchant_id id number customer_id status priority assignee_id created_at updated_at settled_at version conversation_id",
        ),
        // What the staff noted for themselves is not told apart here: it is about the person.
        table("ticket_entries")
            .under("ticket_id", "tickets", "id")
            .deleted()
            .shown("What was said on tickets")
            .personal("body")
            .house("created_by")
            .neither("merchant_id id ticket_id kind created_at entry_id"),
        table("ticket_changes")
            .under("ticket_id", "tickets", "id")
            .deleted()
            .hidden("how the house had sorted the same tickets a moment before")
            .neither("merchant_id id ticket_id version status assignee_id created_at"),
        table("ticket_tags")
            .under("ticket_id", "tickets", "id")
            .deleted()
            .shown("Tags of tickets")
            .personal("name name_key")
            .neither("merchant_id ticket_id"),
        table("tasks")
            .of("customer_id")
            .deleted()
            .shown("Tasks")
            .personal("title note")
            .house("created_by done_by")
            .neither("merchant_id id customer_id subject_kind subject_id due_on remind_on assignee_id created_at done_at version"),
        table("blocks")
            .of("customer_id")
            .deleted()
            .shown("Blocks from checkouts")
            .personal("key shown reason")
            .house("created_by lifted_by")
            .neither("merchant_id id kind customer_id created_at lifted_at"),
    ]
}
