//! What events are about: the first word of each kind. The filter of the audit log offers the nouns, and so do the boxes of webhooks.

/// Each with its words.
pub const ALL: [(&str, &str); 55] = [
    ("customer", "Customers"),
    ("customers", "Customers in bulk, and their exports"),
    ("duplicate", "Duplicates"),
    ("duplicates", "Runs that look for duplicates"),
    ("note", "Notes"),
    ("order", "Orders"),
    ("offer", "Offers"),
    ("contract", "Contracts"),
    ("return", "Returns"),
    ("invoice", "Invoices"),
    ("payment", "Payments and refunds"),
    ("payment_link", "Payment links"),
    ("charge", "Charges"),
    ("refund", "Refunds through a provider"),
    ("dispute", "Disputes"),
    ("provider", "Payment providers"),
    ("method", "Payment methods"),
    ("subscription", "Subscriptions"),
    ("subscription_settings", "Retries of subscriptions"),
    ("plan", "Plans"),
    ("credit", "Store credit"),
    ("commission", "Commissions"),
    ("affiliate", "Affiliates"),
    ("payout", "Payouts to affiliates"),
    ("block", "Blocks"),
    ("mail", "Mail"),
    ("chat", "Chats"),
    ("call", "Calls"),
    ("conversation", "Inbox"),
    ("mailbox", "Mailboxes"),
    ("dkim", "Signing of mail"),
    ("phone_account", "Accounts for calls"),
    ("ticket", "Tickets"),
    ("task", "Tasks"),
    ("mailing", "Mailings"),
    ("template", "Templates"),
    ("request", "Requests about data"),
    ("privacy", "Settings of privacy"),
    ("retention", "Retention"),
    ("legal_copy", "Legal copies of invoices read"),
    ("legal_copies", "Legal copies of invoices ended"),
    ("portal", "Portal"),
    ("import", "Imports"),
    ("view", "Saved views"),
    ("merchant", "Merchant settings"),
    ("shop", "Shops"),
    ("group", "Groups"),
    ("tag", "Tags"),
    ("rate", "Exchange rates"),
    ("staff", "Staff"),
    ("session", "Sign-ins"),
    ("person", "Accounts"),
    ("api_key", "API keys"),
    ("webhook", "Webhooks"),
    ("accounting", "Accounting"),
];

/// The exports of lists, whose kinds have a noun of their own: `orders.exported`.
pub fn exports() -> impl Iterator<Item = (String, String)> {
    let nouns = crate::lists::ALL.iter().filter_map(|list| list.exported.split('.').next());
    nouns.map(|noun| (noun.to_owned(), format!("Exports of {noun}")))
}

/// All that happens, by name; the exports of lists aside.
#[rustfmt::skip]
const KINDS: [&str; 264] = [
    "accounting.connected", "accounting.disconnected", "accounting.mapped", "accounting.run_started", "accounting.sign_in_lost",
    "affiliate.archived", "affiliate.created", "affiliate.edited", "affiliate.exported", "affiliate.unarchived", "api_key.created",
    "api_key.revoked", "block.lifted", "block.set", "call.recorded", "charge.asked", "charge.refused", "chat.message", "chat.opened", "commission.set",
    "contract.cancelled", "contract.changed", "contract.created", "contract.ended", "contract.file_added", "contract.file_removed",
    "contract.notice_given", "contract.notice_taken_back", "contract.reminded", "contract.reminder_passed", "contract.renewed",
    "contract.started", "conversation.closed", "conversation.linked", "conversation.reopened", "credit.granted", "credit.returned",
    "credit.spent", "credit.taken_back", "customer.address_bounced", "customer.address_cleared", "customer.anonymised", "customer.archived",
    "customer.created", "customer.data_taken", "customer.deleted", "customer.deleted_permanently", "customer.edited", "customer.mailed",
    "customer.merge_undone", "customer.merged", "customer.merged_into", "customer.obfuscate_changed", "customer.restored",
    "customer.status_changed", "customer.unarchived", "customer.unsubscribed", "customers.bulk", "customers.exported", "dispute.answered",
    "dispute.evidence_saved", "dispute.file_added", "dispute.file_removed",
    "dispute.lost", "dispute.opened", "dispute.won", "dkim.removed", "dkim.set", "duplicate.dismissed", "duplicate.reopened",
    "duplicates.found", "duplicates.sought", "group.created", "group.deleted", "group.renamed", "import.done", "import.failed_rows_taken",
    "import.undone",
    "invoice.created", "invoice.credited", "invoice.discarded", "invoice.edited", "invoice.issued", "invoice.link_closed",
    "invoice.link_opened", "invoice.mailed", "invoice.paid", "invoice.unpaid", "invoice.voided", "legal_copies.expired", "legal_copy.read",
    "mail.bounced", "mail.received", "mail.retried", "mail.written", "mailbox.edited", "mailbox.set_up", "mailbox.switched_off", "mailing.cancelled",
    "mailing.done", "mailing.paused", "mailing.resumed", "mailing.started", "merchant.created", "merchant.edited",
    "merchant.invoices_edited", "merchant.portal_edited", "method.asked", "method.attached", "method.checked", "method.chosen", "method.detached",
    "method.link_sent", "method.link_withdrawn", "method.updated", "note.added",
    "note.deleted", "note.edited", "note.pinned", "note.unpinned", "offer.accepted", "offer.changed", "offer.created", "offer.declined",
    "offer.link_closed", "offer.link_opened", "offer.mailed", "offer.sent", "offer.withdrawn", "order.addresses_changed", "order.affiliate_unknown", "order.cancelled",
    "order.changed", "order.closed", "order.created", "order.fulfilled", "order.note_changed", "order.paid", "order.placed", "order.unpaid",
    "payment.amount_changed", "payment.attach_undone", "payment.attached", "payment.begun", "payment.bounced", "payment.failed", "payment.refunded",
    "payment.settled", "payment.undone", "payment_link.created", "payment_link.mailed", "payment_link.opened", "payment_link.paid",
    "payment_link.withdrawn", "payout.made", "person.passkey_added", "person.passkey_refused", "person.passkey_removed",
    "person.password_changed", "person.password_reset", "person.password_reset_asked", "person.provider_connected", "person.provider_disconnected",
    "person.recovery_codes_made", "person.renamed",
    "person.second_factor_off", "person.second_factor_on", "phone_account.set_up", "phone_account.switched_off", "plan.archived",
    "plan.created", "plan.edited", "plan.unarchived", "portal.activated", "portal.closed", "portal.invited", "portal.password_set",
    "privacy.retention_changed", "privacy.settings_changed", "provider.set_up", "provider.switched_off", "rate.imported", "rate.set",
    "refund.begun", "refund.failed", "refund.told", "request.done", "request.edited", "request.extended", "request.received",
    "request.refused", "request.reopened", "retention.done", "retention.warned", "return.approved", "return.closed", "return.received",
    "return.refunded", "return.rejected", "return.replaced", "return.requested", "session.closed", "session.opened",
    "session.others_revoked", "session.revoked", "shop.archived", "shop.created", "shop.edited", "shop.letter_chosen", "shop.unarchived",
    "staff.changed", "staff.disabled", "staff.enabled", "staff.invitation_revoked", "staff.invited", "staff.joined",
    "staff.password_link_made", "staff.second_factor_reset", "staff.sign_in_rules_changed", "subscription.asked", "subscription.cancelled",
    "subscription.changed", "subscription.ended", "subscription.kept", "subscription.method_changed", "subscription.moved",
    "subscription.past_due", "subscription.paused", "subscription.payment_failed", "subscription.renewed", "subscription.resumed",
    "subscription.started", "subscription_settings.edited", "tag.created", "tag.deleted", "tag.renamed", "task.created", "task.done",
    "task.edited", "task.reopened", "template.archived", "template.created", "template.edited", "template.unarchived", "ticket.answered",
    "ticket.assigned", "ticket.created", "ticket.edited", "ticket.linked", "ticket.message", "ticket.noted", "ticket.status_changed",
    "ticket.unlinked", "view.created", "view.deleted", "view.edited", "webhook.created", "webhook.edited", "webhook.removed",
    "webhook.replayed", "webhook.secret_rotated", "webhook.switched_off", "webhook.switched_on", "webhook.test",
];

/// Is there such an event? Every event of every test is asked.
pub(crate) fn is_known(kind: &str) -> bool {
    KINDS.contains(&kind) || crate::lists::ALL.iter().any(|list| list.exported == kind)
}

/// Is there something of this noun?
pub(crate) fn is_noun(noun: &str) -> bool {
    ALL.iter().any(|(known, _)| *known == noun) || exports().any(|(known, _)| known == noun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_about_a_noun_and_stands_once() {
        assert!(KINDS.is_sorted_by(|a, b| a < b), "in order, each once");
        for kind in KINDS {
            assert!(kind.split_once('.').is_some_and(|(noun, _)| is_noun(noun)), "{kind}");
        }
        for (noun, _) in ALL {
            assert!(KINDS.iter().any(|kind| kind.split_once('.').is_some_and(|(n, _)| n == noun)), "nothing happens to {noun}");
        }
    }
}
