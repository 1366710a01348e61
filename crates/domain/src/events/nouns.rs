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

/// Is what the kind is about in one of the two? Every event of every test is asked.
pub(super) fn is_known(kind: &str) -> bool {
    let noun = kind.split('.').next().unwrap_or_default();
    ALL.iter().any(|(known, _)| *known == noun) || crate::lists::ALL.iter().any(|list| list.exported == kind)
}
