//! All SQL of the export.

macro_rules! fourteen {
    ($more:literal) => {
        concat!(
            "SELECT c.name, c.first_name, c.last_name, c.email, c.company, c.company_id, c.company_email, c.tax_id, c.phone, c.billing_line1,
            c.billing_line2, c.billing_city, c.billing_state, c.billing_zip, c.billing_country, c.vat_number, c.lifetime",
            $more
        )
    };
}

store::statements! {
    /// Everybody, in the order in which they were made; nothing but the first columns, so that it is as fast as a copy of the table.
    pub ALL_SHORT = fourteen!(" FROM customers c WHERE c.merchant_id = $1 AND c.deleted_at IS NULL AND c.anonymised_at IS NULL
        AND c.merged_into IS NULL ORDER BY c.id");
    /// The same, as ids behind a place.
    pub IDS = "SELECT id FROM customers WHERE merchant_id = $1 AND id > $2 AND deleted_at IS NULL AND anonymised_at IS NULL
        AND merged_into IS NULL ORDER BY id LIMIT 5000";
    pub ONE_SHORT = fourteen!(" FROM customers c WHERE c.merchant_id = $1 AND c.id = $2");
    pub ONE = fourteen!(", c.id, c.number, s.name, g.name, c.language, c.marketing, c.archived_at, c.created_at, c.status, c.status_until,
        c.method_status, c.method_expires_day, c.oldest_method_id, c.first_order_at, c.last_order_at, c.order_count, c.delivery_same,
        c.delivery_line1, c.delivery_line2, c.delivery_city, c.delivery_state, c.delivery_zip, c.delivery_country, c.metadata
        FROM customers c
        LEFT JOIN shops s ON s.merchant_id = c.merchant_id AND s.id = c.shop_id
        LEFT JOIN customer_groups g ON g.merchant_id = c.merchant_id AND g.id = c.group_id
        WHERE c.merchant_id = $1 AND c.id = $2");
}
