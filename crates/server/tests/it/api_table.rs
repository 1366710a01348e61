//! What a page can do a program can do too (SPEC 13.1): docs/api-table.md names the call of the API for every route of the dashboard, or says why there is
//! none. It is made from the router and the table below; a route that nobody decided about fails here.
//!
//! `REGULARS_WRITE_DOCS=1 cargo nextest run -p regulars --test it api_table` writes the page anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Method, Request};
use domain::testing::Fixture;
use serde_json::Value;
use server::http::Policy;
use server::http::routes::Side;

use crate::desk::Desk;

// Why a route has no call. Each stands in the page as a sentence.
const ASKS: &str = "asks";
const DOOR: &str = "door";
const OWN: &str = "own";
const VIEW: &str = "view";
const LINK: &str = "link";
const HAND: &str = "hand";
const HOUSE: &str = "house";
const NONE: &str = "none yet";

const WHY: &[(&str, &str)] = &[
    (ASKS, "only asks for what the form of the same page sends"),
    (DOOR, "coming in and going out: a key is signed in with every call"),
    (OWN, "somebody’s own account or sign-in: a key is no person"),
    (VIEW, "how somebody looks at a page: nothing is kept but that"),
    (LINK, "for whoever was sent the link: its secret is the permission"),
    (HAND, "gives somebody a way in: by hand alone, after a fresh sign-in"),
    (HOUSE, "a key belongs to one merchant, and makes and changes to no other"),
    (NONE, "**none yet**"),
];

/// Route by route: the calls that do the same, or one of the reasons above.
const TABLE: &[(&str, &str)] = &[
    ("GET /", "countCustomers countPayments countOrders countSubscriptions listTasks listInbox"),
    ("GET /home/{list}", "listPayments listSubscriptions listCustomers"),
    ("GET /search", "findCustomer listCustomers listOrders listInvoices listPayments"),
    // Coming in.
    ("GET /set-up", DOOR),
    ("POST /set-up", DOOR),
    ("GET /sign-in", DOOR),
    ("POST /sign-in", DOOR),
    ("POST /sign-out", DOOR),
    ("GET /sign-in/code", DOOR),
    ("POST /sign-in/code", DOOR),
    ("GET /sign-in/forgot", DOOR),
    ("POST /sign-in/forgot", DOOR),
    ("GET /sign-in/again", DOOR),
    ("POST /sign-in/again", DOOR),
    ("GET /new-password/{secret}", LINK),
    ("POST /new-password/{secret}", LINK),
    ("GET /invitations/{secret}", LINK),
    ("POST /invitations/{secret}", LINK),
    ("GET /merchants", HOUSE),
    ("POST /merchants", HOUSE),
    ("POST /switch/merchant", HOUSE),
    ("POST /switch/shop", VIEW),
    ("GET /account", OWN),
    ("POST /account/name", OWN),
    ("POST /account/look", OWN),
    ("POST /account/signature", OWN),
    ("POST /account/password", OWN),
    ("GET /account/second-factor", OWN),
    ("POST /account/second-factor/begin", OWN),
    ("POST /account/second-factor/confirm", OWN),
    ("POST /account/second-factor/codes", OWN),
    ("POST /account/second-factor/off", OWN),
    ("POST /account/sessions/end-others", OWN),
    ("POST /account/sessions/{id}/end", OWN),
    // Customers.
    ("GET /customers", "listCustomers countCustomers"),
    ("POST /customers/columns", VIEW),
    ("POST /customers/new", "createCustomer"),
    ("POST /customers/bulk", "previewBulk"),
    ("POST /customers/bulk/run", "runBulk"),
    ("POST /customers/export", "exportCustomers"),
    ("GET /customers/purge", "listCustomers"),
    ("GET /customers/duplicates", "listDuplicates"),
    ("POST /customers/duplicates/{a}/{b}/dismissal", "dismissDuplicate"),
    ("GET /customers/{id}", "getCustomer"),
    ("POST /customers/{id}/edit", "editCustomer setAvatar removeAvatar"),
    ("GET /customers/{id}/avatar/{avatar}", "getAvatar"),
    ("GET /customers/{id}/timeline", "readTimeline"),
    ("GET /customers/{id}/orders", "listCustomerOrders"),
    ("GET /customers/{id}/invoices", "listCustomerInvoices"),
    ("GET /customers/{id}/payments", "listCustomerPayments"),
    ("GET /customers/{id}/offers", "listCustomerOffers"),
    ("GET /customers/{id}/contracts", "listCustomerContracts"),
    ("GET /customers/{id}/returns", "listCustomerReturns"),
    ("GET /customers/{id}/subscriptions", "listSubscriptions"),
    ("GET /customers/{id}/methods", "listMethods"),
    ("GET /customers/{id}/credit", "getCredit"),
    ("GET /customers/{id}/conversations", "listEntries"),
    ("GET /customers/{id}/tickets", "listTickets"),
    ("GET /customers/{id}/tasks", "listTasks"),
    ("GET /customers/{id}/privacy", "getErasureOfCustomer listPrivacyRequests getCustomerData"),
    ("GET /customers/{id}/erasure", "getErasureOfCustomer"),
    ("GET /customers/{id}/portal", "getCustomerPortal"),
    ("GET /customers/{id}/guest-payments", "listGuestPayments"),
    ("POST /customers/{id}/guest-payments", "attachGuestPayment"),
    ("POST /customers/{id}/archive", "archiveCustomer"),
    ("POST /customers/{id}/unarchive", "unarchiveCustomer"),
    ("POST /customers/{id}/delete", "deleteCustomer"),
    ("POST /customers/{id}/restore", "restoreCustomer"),
    ("POST /customers/{id}/delete-permanently", "purgeCustomer"),
    ("POST /customers/{id}/anonymise", "anonymiseCustomer"),
    ("POST /customers/{id}/data", "getCustomerData"),
    ("POST /customers/{id}/block", "setBlock"),
    ("POST /customers/{id}/labels", "setTags setGroup leaveGroup"),
    ("POST /customers/{id}/notes", "addNote"),
    ("POST /customers/{id}/notes/{note}", "editNote"),
    ("POST /customers/{id}/notes/{note}/delete", "deleteNote"),
    ("POST /customers/{id}/notes/{note}/pin", "editNote"),
    ("POST /customers/{id}/notes/{note}/unpin", "editNote"),
    ("POST /customers/{id}/merge", "mergeCustomers"),
    ("POST /customers/{id}/merges/{merge}/undo", "undoMerge"),
    ("POST /customers/{id}/billing/retry", "retrySubscriptionPayment"),
    ("POST /customers/{id}/charges/new", "chargeMethod"),
    ("POST /customers/{id}/contracts/new", "createContract"),
    ("POST /customers/{id}/credit/grant", "grantCredit"),
    ("POST /customers/{id}/credit/take-back", "takeBackCredit"),
    ("POST /customers/{id}/invoices/new", "createInvoice"),
    ("POST /customers/{id}/mails/new", "writeMail"),
    ("POST /customers/{id}/offers/new", "createOffer"),
    ("POST /customers/{id}/orders/new", "createOrder"),
    ("POST /customers/{id}/payment-links/new", "createPaymentLink"),
    ("POST /customers/{id}/payments/new", "recordPayment"),
    ("POST /customers/{id}/payments/test", NONE),
    ("POST /customers/{id}/obfuscate", "anonymiseCustomer"),
    ("POST /customers/{id}/portal/invite", "inviteToPortal"),
    ("POST /customers/{id}/portal/link", "openPortalLink"),
    ("POST /customers/{id}/portal/close", "closeCustomerPortal"),
    ("POST /customers/{id}/subscriptions/new", "startSubscription"),
    // Privacy requests.
    ("GET /customers/requests", "listPrivacyRequests countPrivacyRequests"),
    ("POST /customers/requests/new", "createPrivacyRequest"),
    ("GET /customers/requests/{id}", "getPrivacyRequest"),
    ("POST /customers/requests/{id}", "editPrivacyRequest"),
    ("POST /customers/requests/{id}/close", "closePrivacyRequest"),
    ("POST /customers/requests/{id}/extend", "extendPrivacyRequest"),
    ("POST /customers/requests/{id}/reopen", "reopenPrivacyRequest"),
    // Orders and returns.
    ("GET /orders", "listOrders countOrders"),
    ("GET /articles", "findArticles"),
    ("POST /orders/new", "createOrder"),
    ("GET /orders/{id}", "getOrder listOrderPayments"),
    ("POST /orders/{id}/edit", "editOrder"),
    ("POST /orders/{id}/place", "placeOrder"),
    ("POST /orders/{id}/fulfil", "fulfilOrder"),
    ("POST /orders/{id}/close", "closeOrder"),
    ("POST /orders/{id}/cancel", "cancelOrder"),
    ("POST /orders/{id}/pay", "payOrder"),
    ("POST /orders/{id}/invoice", "invoiceOrder"),
    ("POST /orders/{id}/returns/new", "requestReturn"),
    ("GET /returns", "listReturns countReturns"),
    ("GET /returns/{id}", "getReturn"),
    ("POST /returns/{id}/approve", "approveReturn"),
    ("POST /returns/{id}/reject", "rejectReturn"),
    ("POST /returns/{id}/receive", "receiveReturn"),
    ("POST /returns/{id}/refund", "refundReturn"),
    ("POST /returns/{id}/replace", "replaceReturn"),
    ("POST /returns/{id}/close", "closeReturn"),
    // Money.
    ("GET /payments", "listPayments countPayments"),
    ("GET /payments/{id}", "getPayment"),
    ("POST /payments/{id}/refund", "refundPayment"),
    ("POST /payments/{id}/refund/credit", "refundAsCredit"),
    ("POST /payments/{id}/attach", "attachGuestPayment"),
    ("POST /payments/{id}/detach", "detachGuestPayment"),
    ("POST /payments/{id}/invoice", "invoicePayment"),
    ("POST /payments/{id}/affiliate", "setCommission dropCommission"),
    ("POST /payments/{id}/block", "setBlock"),
    ("GET /payment-links/{id}", "getPaymentLink"),
    ("POST /payment-links/{id}/link", "openPaymentLink"),
    ("POST /payment-links/{id}/send", "sendPaymentLink"),
    ("POST /payment-links/{id}/receive", "receivePaymentLink"),
    ("POST /payment-links/{id}/withdraw", "withdrawPaymentLink"),
    ("GET /pay", LINK),
    ("GET /pay/{secret}", LINK),
    ("POST /pay/{secret}/card", LINK),
    ("POST /pay/{secret}/checkout", LINK),
    ("GET /disputes", "listDisputes countDisputes"),
    ("GET /disputes/{id}/evidence", "getEvidence"),
    ("POST /disputes/{id}/evidence", "saveEvidence submitEvidence"),
    ("POST /disputes/{id}/evidence/files", "putEvidenceFile"),
    ("POST /disputes/{id}/evidence/files/{kind}/remove", "removeEvidenceFile"),
    ("GET /subscriptions", "listAllSubscriptions countSubscriptions"),
    ("GET /subscriptions/{id}", "getSubscription getSubscriptionCourse listSubscriptionPeriods"),
    ("POST /subscriptions/{id}/cancel", "cancelSubscription"),
    ("POST /subscriptions/{id}/keep", "keepSubscription"),
    ("POST /subscriptions/{id}/pause", "pauseSubscription"),
    ("POST /subscriptions/{id}/resume", "resumeSubscription"),
    ("POST /subscriptions/{id}/move", "moveSubscriptionPayment"),
    ("POST /subscriptions/{id}/method", "changeSubscriptionMethod"),
    ("POST /subscriptions/{id}/retry", "retrySubscriptionPayment"),
    ("POST /subscriptions/{id}/receive", "receiveSubscriptionPayment"),
    // Invoices, offers, contracts.
    ("GET /invoices", "listInvoices countInvoices"),
    ("POST /invoices/new", "createInvoice"),
    ("GET /invoices/{id}", "getInvoice listInvoiceMails"),
    ("GET /invoices/{id}/pdf", "getInvoicePdf"),
    ("GET /invoices/{id}/xml", "getInvoiceXml"),
    ("GET /invoices/{id}/legal", "getLegalCopy"),
    ("POST /invoices/{id}/edit", "editInvoice"),
    ("POST /invoices/{id}/issue", "issueInvoice"),
    ("POST /invoices/{id}/discard", "discardInvoice"),
    ("POST /invoices/{id}/void", "withdrawInvoice"),
    ("POST /invoices/{id}/credit", "creditInvoice"),
    ("POST /invoices/{id}/send", "sendInvoice"),
    ("POST /invoices/{id}/pay", "payInvoice applyPayment"),
    ("POST /invoices/{id}/link", "openInvoiceLink"),
    ("POST /invoices/{id}/unlink", "closeInvoiceLink"),
    ("POST /invoices/{id}/store-credit", "useStoreCredit"),
    ("POST /invoices/{id}/store-credit/{payment}/undo", "undoStoreCredit"),
    ("POST /mails/{id}/retry", "retryMail"),
    ("GET /i/{secret}", LINK),
    ("GET /i/{secret}/pdf", LINK),
    ("GET /offers", "listOffers countOffers"),
    ("POST /offers/new", "createOffer"),
    ("GET /offers/{id}", "getOffer listOfferMails"),
    ("GET /offers/{id}/pdf", "getOfferPdf"),
    ("POST /offers/{id}/edit", "editOffer"),
    ("POST /offers/{id}/send", "sendOffer"),
    ("POST /offers/{id}/link", "openOfferLink"),
    ("POST /offers/{id}/unlink", "closeOfferLinks"),
    ("POST /offers/{id}/accept", "acceptOffer"),
    ("POST /offers/{id}/decline", "declineOffer"),
    ("POST /offers/{id}/withdraw", "withdrawOffer"),
    ("GET /o/{secret}", LINK),
    ("GET /o/{secret}/pdf", LINK),
    ("POST /o/{secret}/accept", LINK),
    ("POST /o/{secret}/decline", LINK),
    ("GET /contracts", "listContracts countContracts"),
    ("POST /contracts/new", "createContract"),
    ("GET /contracts/{id}", "getContract"),
    ("GET /contracts/{id}/file", "getContractFile"),
    ("POST /contracts/{id}/file", "putContractFile"),
    ("POST /contracts/{id}/file/remove", "removeContractFile"),
    ("POST /contracts/{id}/edit", "editContract"),
    ("POST /contracts/{id}/start", "startContract"),
    ("POST /contracts/{id}/notice", "giveContractNotice"),
    ("POST /contracts/{id}/notice/take-back", "takeBackContractNotice"),
    ("POST /contracts/{id}/cancel", "cancelContract"),
    ("POST /contracts/{id}/end", "endContract"),
    // Affiliates and blocks.
    ("GET /affiliates", "listAffiliates sumAffiliates"),
    ("POST /affiliates/export", "exportCustomers"),
    ("POST /affiliates/new", "createAffiliate"),
    ("GET /affiliates/{id}", "getAffiliate listCommissions listPayouts"),
    ("POST /affiliates/{id}/edit", "editAffiliate"),
    ("POST /affiliates/{id}/payout", "payOut"),
    ("POST /affiliates/{id}/archive", "archiveAffiliate"),
    ("POST /affiliates/{id}/unarchive", "unarchiveAffiliate"),
    ("GET /settings/blocks", "listBlocks"),
    ("POST /settings/blocks", "setBlock"),
    ("POST /blocks/{id}/lift", "liftBlock"),
    // Service and talk.
    ("GET /tickets", "listTickets countTickets"),
    ("POST /tickets/new", "createTicket"),
    ("GET /tickets/{id}", "getTicket listTicketEntries"),
    ("POST /tickets/{id}", "editTicket"),
    ("POST /tickets/{id}/entries", "addTicketEntry"),
    ("POST /tickets/change", ASKS),
    ("POST /tickets/change/all", "changeTickets"),
    ("GET /tasks", "listTasks countTasks"),
    ("POST /tasks/new", "createTask"),
    ("GET /tasks/{id}", "getTask"),
    ("POST /tasks/{id}", "editTask"),
    ("POST /tasks/{id}/done", "finishTask"),
    ("POST /tasks/{id}/reopen", "reopenTask"),
    ("POST /tasks/done", "finishTask"),
    ("GET /inbox", "listInbox"),
    ("GET /conversations/{id}", "getConversation listConversationEntries"),
    ("POST /conversations/{id}/close", "closeConversation"),
    ("POST /conversations/{id}/open", "reopenConversation"),
    ("POST /conversations/{id}/customer", "linkConversation"),
    ("POST /conversations/{id}/customer/new", "makeCustomerOfConversation"),
    ("GET /entries/{id}/html", "getEntry"),
    ("GET /entries/{id}/text", "getEntry"),
    ("GET /entries/{id}/files/{file}", "getEntryFile"),
    ("POST /entries/{id}/reply", "replyToMail"),
    ("POST /entries/{id}/retry", "retryEntry"),
    ("POST /entries/{id}/ticket", "makeTicketOfEntry"),
    ("GET /drafts", OWN),
    ("POST /drafts/{id}/delete", OWN),
    ("POST /bounces/clear", "clearBounce"),
    ("GET /mailings", "listMailings countMailings"),
    ("POST /mailings/new", "previewMailing"),
    ("POST /mailings/send", "createMailing"),
    ("POST /mailings/trial", "sendMailingTrial"),
    ("GET /mailings/{id}", "getMailing listMailingLines"),
    ("POST /mailings/{id}/pause", "pauseMailing"),
    ("POST /mailings/{id}/resume", "resumeMailing"),
    ("POST /mailings/{id}/cancel", "cancelMailing"),
    ("GET /u/{token}", LINK),
    ("POST /u/{token}", LINK),
    // Imports and jobs.
    ("GET /imports", "listImports"),
    ("POST /imports/new", "createImport"),
    ("GET /imports/{id}", "getImport"),
    ("GET /imports/{id}/failed", "getImportFailedRows"),
    ("POST /imports/{id}/columns", "chooseImportColumns checkImport"),
    ("POST /imports/{id}/run", "runImport"),
    ("POST /imports/{id}/cancel", "cancelImport"),
    ("POST /imports/{id}/discard", "discardImport"),
    ("GET /imports/{id}/undo", "previewImportUndo"),
    ("POST /imports/{id}/undo", "undoImport"),
    ("GET /jobs", "listJobs"),
    ("GET /jobs/{id}", "getJob listJobRows"),
    ("POST /jobs/{id}/cancel", "cancelJob"),
    ("POST /jobs/{id}/retry", "retryJob"),
    ("POST /jobs/{id}/undo", "undoJob"),
    // Settings.
    ("GET /settings", VIEW),
    ("GET /settings/merchant", "getMerchant"),
    ("POST /settings/merchant", "editMerchant"),
    ("GET /settings/audit", "listEvents"),
    ("GET /settings/shops", "listShops"),
    ("POST /settings/shops", "createShop"),
    ("GET /settings/shops/{id}", "getShop"),
    ("POST /settings/shops/{id}", "editShop"),
    ("POST /settings/shops/{id}/archive", "archiveShop"),
    ("POST /settings/shops/{id}/unarchive", "unarchiveShop"),
    ("GET /settings/groups", "listGroups"),
    ("POST /settings/groups", "createGroup"),
    ("POST /settings/groups/{id}", "renameGroup"),
    ("POST /settings/groups/{id}/delete", "deleteGroup"),
    ("GET /settings/tags", "listTags"),
    ("POST /settings/tags", "createTag"),
    ("POST /settings/tags/{id}", "renameTag"),
    ("POST /settings/tags/{id}/delete", "deleteTag"),
    ("GET /settings/invoices", "getInvoiceSettings"),
    ("POST /settings/invoices", "putInvoiceSettings"),
    ("POST /settings/invoices/logo", "setInvoiceLogo"),
    ("POST /settings/invoices/logo/remove", "removeInvoiceLogo"),
    ("GET /settings/invoices/logo/{id}", "getInvoiceLogo"),
    ("GET /settings/rates", "listRates listRatesOf"),
    ("POST /settings/rates", "putRate"),
    ("POST /settings/rates/file", "importRates"),
    ("GET /settings/payments", "listProviderAccounts"),
    ("POST /settings/payments/new", "putProviderAccount"),
    ("GET /settings/payments/{id}", "getProviderAccount"),
    ("POST /settings/payments/{id}", "putProviderAccount"),
    ("POST /settings/payments/{id}/disable", "disableProviderAccount"),
    ("POST /settings/payments/{id}/test", NONE),
    ("POST /settings/payments/{id}/retry", "retryProviderEvents"),
    ("GET /settings/plans", "listPlans getSubscriptionSettings"),
    ("POST /settings/plans", "createPlan"),
    ("POST /settings/plans/retries", "putSubscriptionSettings"),
    ("GET /settings/plans/{id}", "getPlan"),
    ("POST /settings/plans/{id}", "editPlan"),
    ("POST /settings/plans/{id}/archive", "archivePlan"),
    ("POST /settings/plans/{id}/unarchive", "unarchivePlan"),
    ("GET /settings/portal", "getPortal"),
    ("POST /settings/portal", "editPortal"),
    ("GET /settings/privacy", "listRetentionRules previewRetention listErasures getPrivacySettings"),
    ("POST /settings/privacy/rules", "setRetentionRule"),
    ("POST /settings/privacy/run", "runRetention"),
    ("POST /settings/privacy/years", "putPrivacySettings"),
    ("GET /settings/mail", "listMailboxes getSigningKey"),
    ("POST /settings/mail/new", "createMailbox"),
    ("GET /settings/mail/{id}", "getMailbox"),
    ("POST /settings/mail/{id}", "editMailbox"),
    ("POST /settings/mail/{id}/disable", "disableMailbox"),
    ("POST /settings/mail/{id}/look", "lookIntoMailbox"),
    ("POST /settings/mail/dkim", "setSigningKey"),
    ("POST /settings/mail/dkim/remove", "removeSigningKey"),
    ("GET /settings/calls", "listPhoneAccounts"),
    ("POST /settings/calls", "putPhoneAccount"),
    ("POST /settings/calls/file", "recordCall"),
    ("POST /settings/calls/{id}/disable", "disablePhoneAccount"),
    ("GET /settings/templates", "listTemplates"),
    ("POST /settings/templates", "createTemplate"),
    ("GET /settings/templates/{id}", "getTemplate listTemplateVersions"),
    ("POST /settings/templates/{id}", "editTemplate"),
    ("POST /settings/templates/{id}/archive", "archiveTemplate"),
    ("POST /settings/templates/{id}/unarchive", "unarchiveTemplate"),
    ("GET /settings/staff", "listStaff listInvitations"),
    ("POST /settings/staff/invite", "invite"),
    ("POST /settings/invitations/{id}/revoke", "revokeInvitation"),
    ("GET /settings/staff/{id}", "getStaffMember"),
    ("POST /settings/staff/{id}", "changeStaffMember"),
    ("POST /settings/staff/{id}/disable", "disableStaffMember"),
    ("POST /settings/staff/{id}/enable", "enableStaffMember"),
    ("POST /settings/staff/{id}/password-link", HAND),
    ("POST /settings/staff/{id}/second-factor/reset", HAND),
    ("GET /settings/sign-in", HAND),
    ("POST /settings/sign-in", HAND),
    ("GET /settings/api-keys", "listApiKeys"),
    ("POST /settings/api-keys/new", "createApiKey"),
    ("GET /settings/api-keys/{id}", "getApiKey"),
    ("POST /settings/api-keys/{id}/revoke", "revokeApiKey"),
    ("GET /settings/webhooks", "listWebhookEndpoints"),
    ("POST /settings/webhooks/new", "createWebhookEndpoint"),
    ("GET /settings/webhooks/{id}", "getWebhookEndpoint listWebhookDeliveries"),
    ("POST /settings/webhooks/{id}", "editWebhookEndpoint"),
    ("POST /settings/webhooks/{id}/on", "enableWebhookEndpoint"),
    ("POST /settings/webhooks/{id}/off", "disableWebhookEndpoint"),
    ("POST /settings/webhooks/{id}/remove", "removeWebhookEndpoint"),
    ("POST /settings/webhooks/{id}/replay", "replayWebhooks"),
    ("POST /settings/webhooks/{id}/secret", "rotateWebhookSecret"),
    ("POST /settings/webhooks/{id}/test", "testWebhookEndpoint"),
    ("GET /settings/webhooks/{id}/messages/{event}", "getWebhookDelivery"),
    ("POST /settings/webhooks/{id}/messages/{event}", "replayWebhookDelivery"),
];

/// What every list has: its columns, the ticked rows, its file and its views.
const LISTS: &[(&str, &str, &str)] = &[
    ("POST", "/columns", VIEW),
    ("POST", "/bulk", ASKS),
    ("GET", "/export", ASKS),
    ("POST", "/export", "exportCustomers"),
    ("GET", "/views/new", ASKS),
    ("POST", "/views", "saveView"),
    ("POST", "/views/{id}", "changeView"),
    ("POST", "/views/{id}/delete", "deleteView"),
];

/// What a route has: calls, or a reason. Pages that only show the form of a route are of that route.
fn decided(method: &Method, path: &str, posts: &BTreeSet<String>) -> Option<&'static str> {
    let name = format!("{method} {path}");
    if let Some((_, what)) = TABLE.iter().find(|(route, _)| *route == name) {
        return Some(what);
    }
    if let Some((_, _, what)) = LISTS.iter().find(|(m, end, _)| method.as_str() == *m && path.ends_with(end)) {
        return Some(what);
    }
    (method == Method::GET && posts.contains(path)).then_some(ASKS)
}

/// `listOrders` → `GET /orders`.
fn operations(desk: &Desk) -> BTreeMap<String, String> {
    let answer = desk.send(Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap());
    let api: Value = serde_json::from_str(&answer.body).unwrap();
    let mut all = BTreeMap::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Some(id) = operation["operationId"].as_str() {
                let path = path.strip_prefix("/api/v1").unwrap();
                all.insert(id.to_owned(), format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    all
}

const HEAD: &str = "# What a page does, and the call that does the same\n\n\
    Every route of the dashboard, from the router, with the calls of the [API](api.md) behind `/api/v1` that do the same. A test makes this page and fails when a route\n\
    is missing here, when a call it names is gone, or when an action has neither a call nor a reason.\n\n";

fn page(rows: &[(String, String, Policy)], operations: &BTreeMap<String, String>) -> String {
    let mut text = HEAD.to_owned();
    let none: Vec<&str> = rows.iter().filter(|(_, what, _)| what == NONE).map(|(route, _, _)| route.as_str()).collect();
    let has = rows.iter().filter(|(_, what, _)| WHY.iter().all(|(w, _)| w != what)).count();
    writeln!(
        text,
        "{} routes: {has} have calls, {} have none for a reason, and {} have none yet:",
        rows.len(),
        rows.len() - has - none.len(),
        none.len()
    )
    .unwrap();
    writeln!(text, "{}.\n", none.iter().map(|route| format!("`{route}`")).collect::<Vec<_>>().join(", ")).unwrap();
    writeln!(text, "| page | right | call |\n|---|---|---|").unwrap();
    for (route, what, policy) in rows {
        let right = match policy {
            Policy::Public => "anybody",
            Policy::SignedIn => "signed in",
            Policy::May(right) => right.name(),
            Policy::Portal => "customer",
        };
        let call = match WHY.iter().find(|(w, _)| w == what) {
            Some((_, words)) => (*words).to_owned(),
            None => what.split(' ').map(|id| format!("`{}` {id}", operations[id])).collect::<Vec<_>>().join("<br>"),
        };
        writeln!(text, "| `{route}` | {right} | {call} |").unwrap();
    }
    text
}

#[test]
fn every_route_of_the_dashboard_has_its_call_or_its_reason() {
    let db = store::testing::fresh(store::Engine::Sqlite, domain::migrations());
    Fixture::new(&db);
    let desk = Desk::new(&db);
    let pages: Vec<_> =
        desk.table.iter().filter(|l| l.side == Side::Page && !l.path.starts_with("/portal/") && !l.path.starts_with("/hooks/")).collect();
    let posts: BTreeSet<String> = pages.iter().filter(|l| l.method == Method::POST).map(|l| l.path.clone()).collect();
    let operations = operations(&desk);
    let mut wrong = Vec::new();
    let mut rows = Vec::new();
    for line in &pages {
        let route = format!("{} {}", line.method, line.path);
        let Some(what) = decided(&line.method, &line.path, &posts) else {
            wrong.push(format!("nobody decided about {route}"));
            continue;
        };
        if WHY.iter().all(|(why, _)| *why != what) {
            wrong.extend(
                what.split(' ').filter(|id| !operations.contains_key(*id)).map(|id| format!("{route}: there is no operation {id}")),
            );
        }
        rows.push((route, what.to_owned(), line.policy));
    }
    let known: BTreeSet<&str> = rows.iter().map(|(route, _, _)| route.as_str()).collect();
    wrong.extend(TABLE.iter().filter(|(route, _)| !known.contains(route)).map(|(route, _)| format!("there is no route {route}")));
    assert!(wrong.is_empty(), "{wrong:#?}");
    rows.sort_by_key(|(route, _, _)| {
        let (method, path) = route.split_once(' ').unwrap();
        (path.to_owned(), method.to_owned())
    });
    let made = page(&rows, &operations);
    let at = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api-table.md");
    if std::env::var_os("REGULARS_WRITE_DOCS").is_some() {
        std::fs::write(at, &made).unwrap();
    }
    assert!(
        std::fs::read_to_string(at).unwrap_or_default() == made,
        "docs/api-table.md is not what the router says: run this test with REGULARS_WRITE_DOCS=1"
    );
}
