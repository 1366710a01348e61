//! All SQL of the room but the list's and the group actions'.

use store::Stmt;

use crate::kit::together;

/// The columns that a verb writes; the kept ones (facts) begin at nothing. [`INSERT`] and bulk inserts use the same order.
pub(super) const COLUMNS: [&str; 42] = [
    "merchant_id",
    "id",
    "number",
    "name",
    "first_name",
    "last_name",
    "email",
    "email_key",
    "phone",
    "phone_key",
    "language",
    "company",
    "company_id",
    "company_email",
    "tax_id",
    "vat_number",
    "billing_line1",
    "billing_line2",
    "billing_city",
    "billing_state",
    "billing_zip",
    "billing_country",
    "delivery_same",
    "delivery_line1",
    "delivery_line2",
    "delivery_city",
    "delivery_state",
    "delivery_zip",
    "delivery_country",
    "shop_id",
    "group_id",
    "marketing",
    "marketing_at",
    "metadata",
    "created_at",
    "updated_at",
    "archived_at",
    "import_id",
    "event_version",
    "sort_name",
    "change_stamp",
    "status",
];
/// What else a new row needs, with what it begins as.
pub(super) const KEPT: [(&str, i64); 10] = [
    ("version", 1),
    ("method_status", 0),
    ("lifetime", 0),
    ("order_count", 0),
    ("order_total", 0),
    ("payment_count", 0),
    ("dispute_count", 0),
    ("open_dispute_count", 0),
    ("balance_due", 0),
    ("lifetime_missing", 0),
];

store::statements! {
    pub(super) INSERT = "INSERT INTO customers (merchant_id, id, number, name, first_name, last_name, email, email_key, phone, phone_key, language, company, company_id,
        company_email, tax_id, vat_number, billing_line1, billing_line2, billing_city, billing_state, billing_zip, billing_country,
        delivery_same, delivery_line1, delivery_line2, delivery_city, delivery_state, delivery_zip, delivery_country, shop_id, group_id,
        marketing, marketing_at, metadata, created_at, updated_at, archived_at, import_id, event_version, sort_name, change_stamp, status,
        version, method_status, lifetime, order_count, order_total, payment_count, dispute_count, open_dispute_count, balance_due, lifetime_missing, status_cause)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30,
        $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, 1, 0, 0, 0, 0, 0, 0, 0, 0, FALSE, '')";
    pub(super) FIND = "SELECT id, number, name, first_name, last_name, email, phone, language, company, company_id, company_email, tax_id, vat_number,
        billing_line1, billing_line2, billing_city, billing_state, billing_zip, billing_country,
        delivery_same, delivery_line1, delivery_line2, delivery_city, delivery_state, delivery_zip, delivery_country,
        shop_id, group_id, avatar_id, marketing, marketing_at, metadata, created_at, updated_at, archived_at, deleted_at, anonymised_at, merged_into, import_id,
        version, status, status_until, method_status, method_expires_day, default_method_id, oldest_method_id, lifetime, lifetime_missing,
        order_count, order_total, payment_count, dispute_count, open_dispute_count, balance_due, first_order_at, last_order_at, first_paid_at, last_paid_at
        FROM customers WHERE merchant_id = $1 AND id = $2";
    pub(super) UPDATE = "UPDATE customers SET number = $3, name = $4, first_name = $5, last_name = $6, email = $7, email_key = $8, phone = $9, phone_key = $10,
        language = $11, company = $12, company_id = $13, company_email = $14, tax_id = $15, vat_number = $16,
        billing_line1 = $17, billing_line2 = $18, billing_city = $19, billing_state = $20, billing_zip = $21, billing_country = $22,
        delivery_same = $23, delivery_line1 = $24, delivery_line2 = $25, delivery_city = $26, delivery_state = $27, delivery_zip = $28, delivery_country = $29,
        shop_id = $30, group_id = $31, marketing = $32, marketing_at = $33, metadata = $34, sort_name = $35
        WHERE merchant_id = $1 AND id = $2";
    /// After every change: the image in memory reads the row again, a second editor learns of it.
    pub(super) TOUCH = "UPDATE customers SET updated_at = $3, change_stamp = $4, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub(super) SET_GROUP = "UPDATE customers SET group_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) SET_AVATAR = "UPDATE customers SET avatar_id = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) SET_ARCHIVED = "UPDATE customers SET archived_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub(super) SET_DELETED = "UPDATE customers SET deleted_at = $3 WHERE merchant_id = $1 AND id = $2";
    /// What the other verbs need to know before they act.
    pub(super) STATE = "SELECT number, name, first_name, last_name, company, email, archived_at, deleted_at, anonymised_at, merged_into, group_id, avatar_id, version
        FROM customers WHERE merchant_id = $1 AND id = $2";
    pub(super) MERGED_INTO = "SELECT merged_into FROM customers WHERE merchant_id = $1 AND id = $2";
    pub(super) VERSION = "SELECT version FROM customers WHERE merchant_id = $1 AND id = $2";
    pub(super) NEXT_NUMBER = "INSERT INTO series (merchant_id, id, next) VALUES ($1, 'customer', $2)
        ON CONFLICT (merchant_id, id) DO UPDATE SET next = series.next + $3 RETURNING next";
    pub(super) BY_NUMBER = "SELECT id FROM customers WHERE merchant_id = $1 AND number = $2";
    pub(super) SHOP_NAME = "SELECT name FROM shops WHERE merchant_id = $1 AND id = $2";
    pub(super) GROUP_NAME = "SELECT name FROM customer_groups WHERE merchant_id = $1 AND id = $2";

    pub(super) CONTACTS = "SELECT id, kind, value FROM customer_contacts WHERE merchant_id = $1 AND customer_id = $2 ORDER BY created_at, id";
    pub(super) DELETE_CONTACTS = "DELETE FROM customer_contacts WHERE merchant_id = $1 AND customer_id = $2";
    pub(super) INSERT_CONTACT = "INSERT INTO customer_contacts (merchant_id, id, customer_id, kind, value, key, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub(super) TAGS = "SELECT t.id, t.name FROM customer_tags ct JOIN tags t ON t.merchant_id = ct.merchant_id AND t.id = ct.tag_id
        WHERE ct.merchant_id = $1 AND ct.customer_id = $2 ORDER BY t.name_key";
    pub(super) ADD_TAG = "INSERT INTO customer_tags (merchant_id, customer_id, tag_id) VALUES ($1, $2, $3) ON CONFLICT (merchant_id, customer_id, tag_id) DO NOTHING";
    pub(super) REMOVE_TAG = "DELETE FROM customer_tags WHERE merchant_id = $1 AND customer_id = $2 AND tag_id = $3";
    pub(super) EXTERNAL_IDS = "SELECT system, external_id FROM external_ids WHERE merchant_id = $1 AND customer_id = $2 ORDER BY system, external_id";
    pub(super) BY_EXTERNAL_ID = "SELECT customer_id FROM external_ids WHERE merchant_id = $1 AND system = $2 AND external_id = $3";
    pub(super) INSERT_EXTERNAL_ID = "INSERT INTO external_ids (merchant_id, system, external_id, customer_id) VALUES ($1, $2, $3, $4)";
    pub(super) DELETE_EXTERNAL_IDS = "DELETE FROM external_ids WHERE merchant_id = $1 AND customer_id = $2";
    pub(super) SHOPS = "SELECT s.id, s.name FROM customer_shops cs JOIN shops s ON s.merchant_id = cs.merchant_id AND s.id = cs.shop_id
        WHERE cs.merchant_id = $1 AND cs.customer_id = $2 ORDER BY s.name_key";
    pub(super) TOTALS = "SELECT currency, paid, refunded, lost FROM customer_totals WHERE merchant_id = $1 AND customer_id = $2 ORDER BY currency";
    pub(super) METHOD = "SELECT id, kind, brand, last4, expires_year, expires_month FROM payment_methods WHERE merchant_id = $1 AND id = $2";
    /// The subscription that says most about the status: a live one first, then the one that ended last.
    pub(super) SUBSCRIPTIONS = "SELECT name, status, next_payment_at, ends_at FROM subscriptions WHERE merchant_id = $1 AND customer_id = $2 AND live
        ORDER BY started_at DESC, id DESC";

    /// Of live payments: did one bounce, was one lost in a dispute?
    pub(super) UNPAID = "SELECT EXISTS (SELECT 1 FROM payments p WHERE p.merchant_id = $1 AND p.customer_id = $2 AND p.live AND p.status = 'bounced'),
        EXISTS (SELECT 1 FROM payments p JOIN disputes d ON d.merchant_id = p.merchant_id AND d.payment_id = p.id
          WHERE p.merchant_id = $1 AND p.customer_id = $2 AND p.live AND p.status = 'settled' AND d.status = 'lost')";

    pub(super) NOTES = "SELECT id, body, author_kind, author_id, author_name, created_at, updated_at, pinned_at FROM notes
        WHERE merchant_id = $1 AND customer_id = $2 ORDER BY CASE WHEN pinned_at IS NULL THEN 1 ELSE 0 END, created_at DESC, id DESC LIMIT 500";
    /// Who changed it last.
    pub(super) NOTE_CHANGED = "SELECT actor_name, at FROM events WHERE merchant_id = $1 AND customer_id = $2 AND kind = 'note.edited' AND subject_id = $3
        ORDER BY version DESC LIMIT 1";
    pub(super) NOTE = "SELECT id, body, author_kind, author_id, author_name, created_at, updated_at, pinned_at FROM notes
        WHERE merchant_id = $1 AND customer_id = $2 AND id = $3";
    pub(super) INSERT_NOTE = "INSERT INTO notes (merchant_id, id, customer_id, body, author_kind, author_id, author_name, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    pub(super) UPDATE_NOTE = "UPDATE notes SET body = $4, updated_at = $5 WHERE merchant_id = $1 AND customer_id = $2 AND id = $3";
    pub(super) PIN_NOTE = "UPDATE notes SET pinned_at = $4 WHERE merchant_id = $1 AND customer_id = $2 AND id = $3";
    pub(super) DELETE_NOTE = "DELETE FROM notes WHERE merchant_id = $1 AND customer_id = $2 AND id = $3";

    pub(super) AVATAR = "SELECT content_type, bytes FROM avatars WHERE merchant_id = $1 AND customer_id = $2 AND id = $3";
    pub(super) INSERT_AVATAR = "INSERT INTO avatars (merchant_id, id, customer_id, content_type, bytes, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    pub(super) DELETE_AVATARS = "DELETE FROM avatars WHERE merchant_id = $1 AND customer_id = $2";

    /// SPEC 3.4: who already has this address; never a deleted, merged or anonymised one. Who is archived comes behind all others: what is
    /// new belongs to somebody who may have it (SPEC 10.2).
    pub(super) BY_EMAIL = "SELECT id, created_at, archived_at IS NOT NULL FROM customers WHERE merchant_id = $1 AND email_key = $2 AND email_key <> ''
        AND deleted_at IS NULL AND anonymised_at IS NULL AND merged_into IS NULL ORDER BY archived_at IS NOT NULL, created_at, id LIMIT 6";
    pub(super) BY_CONTACT = "SELECT c.id, c.created_at, c.archived_at IS NOT NULL FROM customer_contacts k JOIN customers c ON c.merchant_id = k.merchant_id AND c.id = k.customer_id
        WHERE k.merchant_id = $1 AND k.kind = $2 AND k.key = $3
        AND c.deleted_at IS NULL AND c.anonymised_at IS NULL AND c.merged_into IS NULL ORDER BY c.archived_at IS NOT NULL, c.created_at, c.id LIMIT 6";
    pub(super) BY_PHONE = "SELECT id, created_at, archived_at IS NOT NULL FROM customers WHERE merchant_id = $1 AND phone_key = $2 AND phone_key <> ''
        AND deleted_at IS NULL AND anonymised_at IS NULL AND merged_into IS NULL ORDER BY archived_at IS NOT NULL, created_at, id LIMIT 6";
    /// What a likely duplicate is shown and compared by.
    pub(super) SKETCH = "SELECT number, name, first_name, last_name, company, email, sort_name, billing_zip FROM customers
        WHERE merchant_id = $1 AND id = $2 AND deleted_at IS NULL AND anonymised_at IS NULL AND merged_into IS NULL";

    /// What somebody else changed since a version: fields of the edits, newest last.
    pub(super) CHANGES = "SELECT e.data, v.field, e.actor_name, e.at FROM events e JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
        WHERE e.merchant_id = $1 AND e.customer_id = $2 ORDER BY e.version DESC, v.field LIMIT 2000";

    pub(super) LIVE_SUBSCRIPTIONS = "SELECT id, name, status, ends_at FROM subscriptions WHERE merchant_id = $1 AND customer_id = $2 AND live
        AND status IN ('trialing', 'active', 'past_due', 'paused', 'cancelled') ORDER BY started_at, id";
    pub(super) LINKED_ORDERS = "SELECT id, number FROM orders WHERE merchant_id = $1 AND customer_id = $2 ORDER BY ordered_at, id LIMIT 201";
    /// Payments directly, and those of the customer's orders.
    pub(super) LINKED_PAYMENTS = "SELECT p.id, p.amount, p.currency FROM payments p WHERE p.merchant_id = $1 AND p.id IN (
        SELECT d.id FROM payments d WHERE d.merchant_id = $1 AND d.customer_id = $2
        UNION SELECT i.id FROM orders o JOIN payments i ON i.merchant_id = o.merchant_id AND i.order_id = o.id WHERE o.merchant_id = $1 AND o.customer_id = $2)
        ORDER BY p.paid_at, p.id LIMIT 201";
    pub(super) LINKED_SUBSCRIPTIONS = "SELECT id, name FROM subscriptions WHERE merchant_id = $1 AND customer_id = $2 ORDER BY started_at, id LIMIT 201";
    pub(super) LINKED_CONTRACTS = "SELECT id, number FROM contracts WHERE merchant_id = $1 AND customer_id = $2 ORDER BY created_at, id LIMIT 201";
    pub(super) LINKED_INVOICES = "SELECT id, number FROM invoices WHERE merchant_id = $1 AND customer_id = $2 ORDER BY number, id LIMIT 201";
    pub(super) LINKED_DISPUTES = "SELECT d.id, d.amount, d.currency FROM disputes d JOIN payments p ON p.merchant_id = d.merchant_id AND p.id = d.payment_id
        WHERE d.merchant_id = $1 AND p.customer_id = $2 ORDER BY d.opened_at, d.id LIMIT 201";

    /// A ledger stays, also when everything was spent.
    pub(super) LINKED_CREDIT = "SELECT currency, balance, currency FROM credit_balances WHERE merchant_id = $1 AND customer_id = $2 ORDER BY currency";

    /// Money may be on its way: the same as in `customers::ties`.
    pub(super) LINKED_CHARGES = "SELECT id, amount, currency FROM charges WHERE merchant_id = $1 AND customer_id = $2 AND state IN ('asked', 'unclear')
        ORDER BY created_at, id LIMIT 201";
    pub(super) LINKED_PAYMENT_LINKS = "SELECT id, amount, currency FROM payment_links WHERE merchant_id = $1 AND customer_id = $2 AND state = 'open'
        AND checkout = 'capturing' ORDER BY created_at, id LIMIT 201";
    /// What was asked must be answered first.
    pub(super) LINKED_REQUESTS = "SELECT id, kind FROM privacy_requests WHERE merchant_id = $1 AND customer_id = $2 AND state = 'open' ORDER BY due_on, id LIMIT 201";

    pub(super) GONE = "INSERT INTO customers_gone (merchant_id, id, change_stamp) VALUES ($1, $2, $3)
        ON CONFLICT (merchant_id, id) DO UPDATE SET change_stamp = excluded.change_stamp";
    pub(super) PURGE = "DELETE FROM customers WHERE merchant_id = $1 AND id = $2";
}

/// Which of these numbers somebody has.
pub(super) fn numbers() -> &'static Stmt {
    static BUILT: std::sync::LazyLock<Stmt> = std::sync::LazyLock::new(|| {
        Stmt::built(format!("SELECT number FROM customers WHERE merchant_id = $1 AND number IN ({})", together::places()))
    });
    &BUILT
}
