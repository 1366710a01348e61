//! All SQL of the list: what the image is filled from, the rows that are shown, saved views.

use std::sync::LazyLock;

use store::Stmt;

/// What the image keeps of a customer; read by place.
macro_rules! facts {
    ($rest:literal) => {
        concat!(
            "SELECT id, sort_name, name, first_name, last_name, email, company, number, phone_key, status, status_until, method_status, method_expires_day,
            group_id, shop_id, billing_country, lifetime, created_at, last_order_at, order_count FROM customers WHERE merchant_id = $1 ",
            $rest
        )
    };
}

store::statements! {
    pub(super) HOW_MANY = "SELECT count(*) FROM customers WHERE merchant_id = $1";
    pub(super) LOAD = facts!("AND id > $2 ORDER BY id LIMIT $3");
    pub(super) CHANGED = facts!("AND change_stamp >= $2");
    pub(super) GONE = "SELECT id FROM customers_gone WHERE merchant_id = $1 AND change_stamp >= $2";
    pub(super) LOAD_CONTACTS = "SELECT customer_id, kind, key FROM customer_contacts WHERE merchant_id = $1 AND customer_id >= $2 AND customer_id <= $3";
    pub(super) LOAD_TAGS = "SELECT customer_id, tag_id FROM customer_tags WHERE merchant_id = $1 AND customer_id >= $2 AND customer_id <= $3";
    pub(super) LOAD_SHOPS = "SELECT customer_id, shop_id FROM customer_shops WHERE merchant_id = $1 AND customer_id >= $2 AND customer_id <= $3";

    /// Whose staff or programs were here since a time, the latest first.
    pub(super) IN_USE = "SELECT merchant_id FROM (
            SELECT merchant_id, seen_at FROM sessions WHERE merchant_id IS NOT NULL AND revoked_at IS NULL AND seen_at >= $1
            UNION ALL SELECT merchant_id, last_used_at FROM api_keys WHERE revoked_at IS NULL AND last_used_at >= $1
        ) AS visits GROUP BY merchant_id ORDER BY max(seen_at) DESC, merchant_id";

    pub(super) GROUPS = "SELECT id, name FROM customer_groups WHERE merchant_id = $1 ORDER BY name_key, id";
    pub(super) TAGS = "SELECT id, name FROM tags WHERE merchant_id = $1 ORDER BY name_key, id";
    pub(super) SHOPS = "SELECT id, name FROM shops WHERE merchant_id = $1 ORDER BY name_key, id";
    /// Whose metadata may hold a pair.
    pub(super) METADATA = "SELECT id, metadata FROM customers WHERE merchant_id = $1 AND metadata <> '' AND metadata LIKE $2 ESCAPE '\\'";
    /// Whose subscription ended in a span of time.
    pub(super) ENDED = "SELECT DISTINCT customer_id FROM subscriptions WHERE merchant_id = $1 AND live AND ends_at >= $2 AND ends_at <= $3";
    /// Who bought an article: not in a draft, an abandoned or a cancelled order.
    pub(super) BOUGHT = "SELECT DISTINCT o.customer_id FROM order_lines l JOIN orders o ON o.merchant_id = l.merchant_id AND o.id = l.order_id
        WHERE l.merchant_id = $1 AND l.sku_key = $2 AND o.customer_id IS NOT NULL AND o.abandoned_at IS NULL AND o.state NOT IN ('draft', 'cancelled')";
}

/// A statement about some customers, in two sizes: a few, and many at once. Places that are left over hold an id that does not exist.
pub(crate) struct Some2 {
    few: Stmt,
    many: Stmt,
}

/// Sizes of the lists of [`Some2`].
pub(super) const FEW: usize = 10;
pub(crate) const MANY: usize = 100;

impl Some2 {
    pub(crate) fn new(head: &str, column: &str, tail: &str) -> Self {
        let of = |size: usize| {
            let places: Vec<String> = (2..size + 2).map(|n| format!("${n}")).collect();
            Stmt::built(format!("{head} AND {column} IN ({}) {tail}", places.join(", ")))
        };
        Self { few: of(FEW), many: of(MANY) }
    }

    /// Both, for the test that prepares them.
    pub(crate) fn all(&self) -> [&Stmt; 2] {
        [&self.few, &self.many]
    }

    /// The statement for so many ids (at most [`MANY`]), and its size.
    pub(super) fn of(&self, ids: usize) -> (&Stmt, usize) {
        if ids <= FEW { (&self.few, FEW) } else { (&self.many, MANY) }
    }
}

macro_rules! some {
    ($($name:ident = $head:literal, $column:literal, $tail:literal;)*) => {
        $(pub(super) static $name: LazyLock<Some2> = LazyLock::new(|| Some2::new($head, $column, $tail));)*
        /// The built statements, for the test that prepares all of them on both engines.
        pub fn built() -> Vec<&'static Stmt> {
            [$(&*$name),*].into_iter().flat_map(Some2::all).collect()
        }
    };
}

some! {
    CONTACTS_OF = "SELECT customer_id, kind, key FROM customer_contacts WHERE merchant_id = $1", "customer_id", "";
    TAGS_OF = "SELECT customer_id, tag_id FROM customer_tags WHERE merchant_id = $1", "customer_id", "";
    SHOPS_OF = "SELECT customer_id, shop_id FROM customer_shops WHERE merchant_id = $1", "customer_id", "";
    TAG_NAMES_OF = "SELECT ct.customer_id, t.id, t.name FROM customer_tags ct JOIN tags t ON t.merchant_id = ct.merchant_id AND t.id = ct.tag_id
        WHERE ct.merchant_id = $1", "ct.customer_id", "ORDER BY t.name_key";
    ROWS = "SELECT c.id, c.number, c.name, c.first_name, c.last_name, c.email, c.phone, c.company, c.billing_country, c.avatar_id, c.created_at, c.last_order_at,
        c.order_count, c.lifetime, c.lifetime_missing, c.status, c.status_until, c.method_status, c.method_expires_day, c.merged_into, c.version,
        g.id AS group_id, g.name AS group_name, s.id AS shop_id, s.name AS shop_name,
        m.id AS oldest_id, m.kind AS oldest_kind, m.brand AS oldest_brand, m.last4 AS oldest_last4, m.expires_year AS oldest_year, m.expires_month AS oldest_month,
        d.id AS default_id, d.kind AS default_kind, d.brand AS default_brand, d.last4 AS default_last4, d.expires_year AS default_year, d.expires_month AS default_month
        FROM customers c
        LEFT JOIN customer_groups g ON g.merchant_id = c.merchant_id AND g.id = c.group_id
        LEFT JOIN shops s ON s.merchant_id = c.merchant_id AND s.id = c.shop_id
        LEFT JOIN payment_methods m ON m.merchant_id = c.merchant_id AND m.id = c.oldest_method_id
        LEFT JOIN payment_methods d ON d.merchant_id = c.merchant_id AND d.id = c.default_method_id
        WHERE c.merchant_id = $1", "c.id", "";
}
