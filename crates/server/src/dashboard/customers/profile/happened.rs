//! Entries of the timeline in words: what happened, by whom, with what changed (SPEC 2.14).

use domain::events::Entry;
use domain::kit::{Currency, Money, Zone};

use super::lines::capital;
use crate::dashboard::moments;
use crate::look::When;

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub field: String,
    pub old: String,
    pub new: String,
}

/// One entry as a page shows it.
#[derive(Clone, Debug)]
pub struct Happened {
    pub icon: &'static str,
    pub title: String,
    /// Where to look.
    pub href: String,
    /// Who, or what.
    pub by: String,
    pub cause: String,
    pub at: When,
    pub changed: Vec<Changed>,
}

impl Happened {
    /// A page of the timeline. What time alone did is written down later than it happened, so a page is put in the order of the moments.
    pub fn all(entries: &[Entry], zone: &Zone) -> Vec<Self> {
        let mut sorted: Vec<&Entry> = entries.iter().collect();
        sorted.sort_by_key(|e| std::cmp::Reverse((e.at, e.version)));
        sorted.into_iter().map(|e| Self::of(e, zone)).collect()
    }

    pub fn of(entry: &Entry, zone: &Zone) -> Self {
        let changed = entry.values.iter().map(|v| Changed {
            field: field_name(&v.field),
            old: v.old.clone().unwrap_or_default(),
            new: v.new.clone().unwrap_or_default(),
        });
        Self {
            icon: icon(&entry.kind),
            title: title(entry),
            href: href(entry),
            by: by(entry),
            cause: entry.cause.clone(),
            at: moments::moment(zone, entry.at),
            changed: changed.collect(),
        }
    }
}

/// Values that are ids of groups and shops, by their names.
pub fn with_names(mut happened: Happened, names: &[(String, String)]) -> Happened {
    for value in happened.changed.iter_mut().flat_map(|c| [&mut c.old, &mut c.new]) {
        if let Some((_, name)) = names.iter().find(|(id, _)| id == value) {
            value.clone_from(name);
        }
    }
    happened
}

fn icon(kind: &str) -> &'static str {
    match kind {
        "payment.refunded" | "refund.begun" | "refund.failed" => "refund",
        "customer.archived" | "customer.unarchived" => "archive",
        "customer.deleted" => "trash",
        "customer.restored" => "restore",
        "customer.edited" => "edit",
        "customer.mailed" => "send",
        "customer.unsubscribed" | "customer.address_bounced" => "warning",
        "note.pinned" | "note.unpinned" => "pin",
        _ => match kind.split('.').next().unwrap_or_default() {
            "note" => "note",
            "order" => "orders",
            "invoice" => "invoices",
            "offer" => "note",
            "contract" => "log",
            "charge" | "payment_link" => "payments",
            "return" => "restore",
            "payment" | "method" | "commission" => "payments",
            "credit" => "cash",
            "block" => "warning",
            "mail" | "conversation" => "mail",
            "chat" => "chat",
            "call" => "phone",
            "dispute" => "dispute",
            "subscription" => "subscriptions",
            "ticket" => "ticket",
            "task" => "task",
            "customer" => "customers",
            _ => "log",
        },
    }
}

fn href(entry: &Entry) -> String {
    match entry.subject_kind.as_str() {
        "order" => format!("/orders/{}", entry.subject_id),
        "invoice" => format!("/invoices/{}", entry.subject_id),
        "offer" => format!("/offers/{}", entry.subject_id),
        "contract" => format!("/contracts/{}", entry.subject_id),
        "return" => format!("/returns/{}", entry.subject_id),
        "charge" => format!("/charges/{}", entry.subject_id),
        "payment_link" => format!("/payment-links/{}", entry.subject_id),
        "request" => format!("/customers/requests/{}", entry.subject_id),
        "ticket" => format!("/tickets/{}", entry.subject_id),
        "task" => format!("/tasks/{}", entry.subject_id),
        "payment" | "dispute" => entry.customer.as_ref().map_or_else(String::new, |c| format!("/customers/{c}/payments")),
        "credit" => entry.customer.as_ref().map_or_else(String::new, |c| format!("/customers/{c}/credit")),
        "conversation" => format!("/conversations/{}", entry.subject_id),
        "affiliate" => format!("/affiliates/{}", entry.subject_id),
        "subscription" => format!("/subscriptions/{}", entry.subject_id),
        "mailing" => format!("/mailings/{}", entry.subject_id),
        _ => String::new(),
    }
}

fn by(entry: &Entry) -> String {
    match (entry.actor_kind.as_str(), entry.door.as_str()) {
        (_, "clock") => "by time".to_owned(),
        ("api_key", _) => format!("{} (API)", entry.actor_name),
        (_, "import") => format!("{} (import)", entry.actor_name),
        _ => entry.actor_name.clone(),
    }
}

/// The amount of the entry, with "of" before it; empty without one.
fn of_amount(entry: &Entry) -> String {
    let number = |key: &str| entry.data.get(key).and_then(serde_json::Value::as_i64);
    let currency = entry.data.get("currency").and_then(|c| c.as_str()).and_then(Currency::of);
    let amount = number("amount").or_else(|| number("total")).zip(currency);
    amount.map_or_else(String::new, |(minor, currency)| format!(" of {}", Money::new(minor, currency)))
}

fn title(entry: &Entry) -> String {
    let word = |key: &str| entry.data.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    let amount = of_amount(entry);
    match entry.kind.as_str() {
        "customer.created" if !word("import").is_empty() => "Imported".to_owned(),
        "customer.created" => "Customer created".to_owned(),
        "customer.edited" => "Edited".to_owned(),
        "customer.status_changed" => format!("Status {} → {}", capital(&word("from")), capital(&word("to"))),
        "customer.archived" => "Archived".to_owned(),
        "customer.unarchived" => "Unarchived".to_owned(),
        "customer.deleted" => "Deleted".to_owned(),
        "customer.restored" => "Restored".to_owned(),
        "customer.merged" => format!("Customer {} merged into this one", word("number")),
        "customer.merged_into" => "Merged into another customer".to_owned(),
        "customer.merge_undone" => "Merge undone".to_owned(),
        "customer.mailed" => "Mail of a mailing put into the outbox".to_owned(),
        "customer.unsubscribed" => "Wants no more mail to many".to_owned(),
        "customer.address_bounced" => format!("Mail to the address came back{}", because(&word("code"))),
        "customer.address_cleared" => "The address takes mail again".to_owned(),
        "payment.begun" => format!("Payment{amount} begun"),
        "payment.settled" => format!("Payment{amount}"),
        "payment.failed" => format!("Payment{amount} failed{}", because(&word("failure"))),
        "payment.amount_changed" => "Amount of a payment corrected by its provider".to_owned(),
        "payment.undone" => format!("Store credit{amount} taken off an invoice"),
        "payment.bounced" => format!("Payment{amount} bounced"),
        "payment.refunded" if word("as") == domain::credit::PROVIDER => format!("Refund{amount} as store credit"),
        "payment.refunded" => format!("Refund{amount}"),
        "credit.granted" => format!("Store credit{amount} granted"),
        "credit.spent" => format!("Store credit{amount} spent"),
        "credit.returned" => format!("Store credit{amount} given back"),
        "credit.taken_back" => format!("Store credit{amount} taken back"),
        "commission.set" => "Affiliate and commission of a payment".to_owned(),
        "order.addresses_changed" => "Addresses of the order changed".to_owned(),
        "order.note_changed" => "Note on the order changed".to_owned(),
        "order.affiliate_unknown" => "Order with an affiliate’s code that nobody has".to_owned(),
        "block.set" => format!("Blocked from checkouts: {}", word("kind")),
        "block.lifted" => format!("Allowed to check out again: {}", word("kind")),
        "duplicate.dismissed" => "Not the same person as another customer who looked alike".to_owned(),
        "duplicate.reopened" => "Offered as a likely duplicate again".to_owned(),
        "dispute.answered" => "Dispute answered".to_owned(),
        "refund.begun" => format!("Refund{amount} asked for"),
        "refund.failed" => format!("Refund{amount} failed"),
        "refund.told" => format!("Customer told of a refund{amount}"),
        "retention.warned" => "Warned by mail that their data will be erased".to_owned(),
        "payment.attached" => "Guest payment attached".to_owned(),
        "payment.attach_undone" => "Attaching a guest payment undone".to_owned(),
        "invoice.created" => format!("Draft of an invoice{amount}"),
        "invoice.edited" => "Draft of an invoice changed".to_owned(),
        "invoice.discarded" => "Draft of an invoice discarded".to_owned(),
        "invoice.issued" => format!("Invoice {}{amount} issued", word("number")),
        "invoice.paid" => format!("Payment{amount} on invoice {}", word("number")),
        "invoice.unpaid" => format!("A payment on invoice {} does not stand any more", word("number")),
        "invoice.credited" => format!("Credit note {}{amount} on invoice {}", word("credit_note"), word("number")),
        "invoice.voided" => format!("Invoice {} withdrawn", word("number")),
        "invoice.mailed" => format!("Invoice {} sent by mail", word("number")),
        "invoice.link_opened" => "Link to an invoice opened".to_owned(),
        "invoice.link_closed" => "Link to an invoice closed".to_owned(),
        "offer.created" => format!("Offer {}{amount} begun", word("number")),
        "offer.changed" => format!("Offer {} changed", word("number")),
        "offer.sent" => format!("Offer {}{amount} sent", word("number")),
        "offer.mailed" => format!("Offer {} sent by mail", word("number")),
        "offer.accepted" => format!("Offer {}{amount} accepted", word("number")),
        "offer.declined" => format!("Offer {} declined", word("number")),
        "offer.withdrawn" => format!("Offer {} withdrawn", word("number")),
        "portal.invited" => "Invited to the portal".to_owned(),
        "portal.activated" => "Came into the portal for the first time".to_owned(),
        "portal.password_set" => "Password for the portal chosen".to_owned(),
        "portal.closed" => "Portal closed".to_owned(),
        "offer.link_opened" => "Link to an offer opened".to_owned(),
        "offer.link_closed" => "Links to an offer closed".to_owned(),
        "contract.created" => format!("Contract {}{amount} begun", word("number")),
        "contract.changed" => format!("Contract {} changed", word("number")),
        "contract.started" => format!("Contract {} started", word("number")),
        "contract.notice_given" => format!("Notice of contract {}: it ends on {}", word("number"), word("ends_on")),
        "contract.notice_taken_back" => format!("Notice of contract {} taken back", word("number")),
        "contract.renewed" => format!("Contract {} renewed until {}", word("number"), word("ends_on")),
        "contract.ended" => format!("Contract {} ended", word("number")),
        "contract.cancelled" => format!("Contract {} cancelled", word("number")),
        "contract.reminded" => format!("Reminder of contract {} made a task", word("number")),
        "contract.reminder_passed" => format!("No reminder of contract {}: the customer is not active", word("number")),
        "contract.file_added" => format!("File added to contract {}", word("number")),
        "contract.file_removed" => format!("File taken out of contract {}", word("number")),
        "charge.asked" => format!("Charge{amount} asked for"),
        "charge.refused" => format!("Charge{amount} refused"),
        "payment_link.created" => format!("Payment link{amount} made"),
        "payment_link.opened" => format!("Payment link{amount} copied"),
        "payment_link.mailed" => format!("Payment link{amount} sent by mail"),
        "payment_link.paid" => format!("Payment link{amount} paid"),
        "payment_link.withdrawn" => format!("Payment link{amount} withdrawn"),
        "return.requested" => format!("Return {}{amount} asked for", word("number")),
        "return.approved" => format!("Return {} approved", word("number")),
        "return.received" => format!("Return {} received", word("number")),
        "return.refunded" => format!("Refund{amount} for return {}", word("number")),
        "return.replaced" => format!("Replacement ordered for return {}", word("number")),
        "return.closed" => format!("Return {} closed", word("number")),
        "return.rejected" => format!("Return {} rejected", word("number")),
        "subscription.started" => format!("Subscription{amount} started"),
        "subscription.renewed" => format!("Subscription renewed{amount}"),
        "subscription.payment_failed" => format!("Payment{amount} for a subscription failed{}", because(&word("failure"))),
        "subscription.past_due" => "Subscription past due".to_owned(),
        "subscription.moved" => format!("Next payment of a subscription moved to {}", word("next")),
        "subscription.method_changed" => "Payment method of a subscription changed".to_owned(),
        "subscription.kept" => "Cancellation of a subscription taken back".to_owned(),
        "subscription.asked" => format!("{} asked to change a subscription: {}", capital(&word("provider")), word("what")),
        "mail.received" => "Mail received".to_owned(),
        "mail.written" => "Mail written".to_owned(),
        "mail.bounced" => "Mail came back".to_owned(),
        "mail.retried" => "Mail tried once more".to_owned(),
        "chat.opened" => "Chat".to_owned(),
        "chat.message" if word("direction") == "out" => "Answer in a chat".to_owned(),
        "chat.message" => "Message in a chat".to_owned(),
        "call.recorded" => format!("{} call", capital(&word("outcome"))),
        "conversation.linked" => "Conversation found to be theirs".to_owned(),
        "conversation.closed" => "Conversation put aside".to_owned(),
        "conversation.reopened" => "Conversation opened again".to_owned(),
        "mailbox.set_up" => "Mailbox set up".to_owned(),
        "mailbox.edited" => "Mailbox changed".to_owned(),
        "dkim.set" => "Key for signing mail set".to_owned(),
        "dkim.removed" => "Key for signing mail forgotten".to_owned(),
        "phone_account.set_up" => "Twilio account set up".to_owned(),
        "phone_account.switched_off" => "Twilio account switched off".to_owned(),
        "mailbox.switched_off" => "Mailbox switched off".to_owned(),
        "customer.data_taken" => format!("All data taken as a file ({})", word("format")),
        "request.received" => format!("Asked to {}", asked_to(&word("kind"))),
        "request.edited" => "Request about data changed".to_owned(),
        "request.done" => format!("Request to {} answered", asked_to(&word("kind"))),
        "request.refused" => format!("Request to {} refused", asked_to(&word("kind"))),
        "request.extended" => format!("Request to {} extended until {}", asked_to(&word("kind")), word("due_on")),
        "request.reopened" => format!("Request to {} opened again", asked_to(&word("kind"))),
        "ticket.created" => format!("Ticket {} made", word("number")),
        "ticket.message" => format!("The customer wrote on ticket {}", word("number")),
        "ticket.answered" => format!("Answer on ticket {}", word("number")),
        "ticket.noted" => format!("Note on ticket {}", word("number")),
        "ticket.status_changed" => format!("Ticket {}: {} → {}", word("number"), capital(&word("from")), capital(&word("to"))),
        "ticket.assigned" => format!("Ticket {} given to somebody else", word("number")),
        "ticket.linked" => format!("Ticket {} linked", word("number")),
        "ticket.unlinked" => format!("Ticket {} linked to another customer", word("number")),
        "ticket.edited" => format!("Ticket {} changed", word("number")),
        "task.created" => "Task made".to_owned(),
        "task.edited" => "Task changed".to_owned(),
        "task.done" => "Task done".to_owned(),
        "task.reopened" => "Task taken up again".to_owned(),
        "method.asked" => "Adding a payment method begun".to_owned(),
        "method.attached" => "Payment method added".to_owned(),
        "method.detached" => "Payment method removed".to_owned(),
        "method.link_sent" => "Link to add a payment method sent".to_owned(),
        "method.link_withdrawn" => "Link to add a payment method taken back".to_owned(),
        "method.chosen" => "Default payment method chosen".to_owned(),
        "method.checked" => format!("Payment method looked at{}", because(&word("outcome"))),
        "method.updated" => "Payment method renewed".to_owned(),
        "dispute.evidence_saved" => "Answer to a dispute written".to_owned(),
        "dispute.file_added" => "File added to the answer to a dispute".to_owned(),
        "dispute.file_removed" => "File taken out of the answer to a dispute".to_owned(),
        kind => {
            let (noun, verb) = kind.split_once('.').unwrap_or((kind, ""));
            format!("{}{amount} {}", capital(noun), verb.replace('_', " ")).trim().to_owned()
        }
    }
}

/// What a request asks for, in the middle of a sentence.
fn asked_to(kind: &str) -> String {
    kind.parse::<domain::privacy::requests::Kind>().map_or_else(|()| kind.to_owned(), |k| k.label().to_lowercase())
}

fn because(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!(": {}", code.replace('_', " ")) }
}

/// A field by the name that forms give it.
pub fn field_name(field: &str) -> String {
    match field {
        "email" => "E-mail".to_owned(),
        "emails" => "Further e-mails".to_owned(),
        "phones" => "Further phones".to_owned(),
        "name" => "Display name".to_owned(),
        "company_id" => "Company ID".to_owned(),
        "company_email" => "Company e-mail".to_owned(),
        "tax_id" => "Tax ID".to_owned(),
        "vat_number" => "VAT number".to_owned(),
        "external_ids" => "IDs elsewhere".to_owned(),
        "avatar" => "Picture".to_owned(),
        "number" => "Customer number".to_owned(),
        other => match other.split_once('.') {
            Some(("metadata", key)) => format!("Metadata “{key}”"),
            Some((address, part)) => format!("{} address: {}", capital(address), part_name(part)),
            None => capital(other),
        },
    }
}

fn part_name(part: &str) -> &str {
    match part {
        "line1" => "street",
        "line2" => "street, second line",
        "zip" => "postal code",
        other => other,
    }
}
