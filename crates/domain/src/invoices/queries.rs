//! All SQL of the room.

use std::sync::LazyLock;

use store::Stmt;

use crate::customers::list::queries::Some2;

macro_rules! summary {
    ($rest:literal) => {
        summary!("", "", $rest)
    };
    ($more:literal, $joins:literal, $rest:literal) => {
        concat!(
            "SELECT i.id, i.kind, i.state, i.number, i.customer_id, i.shop_id, i.order_id, i.payment_id, i.corrects_id, i.currency, i.prices, i.rounding,
            i.net, i.tax, i.total, i.paid, i.credited, i.prepaid, i.buyer, i.seller, i.note, i.terms_days, i.issued_on, i.due_on, i.issued_at,
            i.voided_at, i.link_at, i.created_at, i.updated_at, i.version, o.number, c.number, c.issued_on",
            $more,
            " FROM invoices i LEFT JOIN orders o ON o.merchant_id = i.merchant_id AND o.id = i.order_id
            LEFT JOIN invoices c ON c.merchant_id = i.merchant_id AND c.id = i.corrects_id",
            $joins,
            " WHERE ",
            $rest
        )
    };
}

/// For the list: with the shop's name and what the customer's is made of.
pub(super) static LISTED: LazyLock<Some2> = LazyLock::new(|| {
    let head = summary!(
        ", h.name, k.name, k.first_name, k.last_name, k.company, k.email, k.number",
        " LEFT JOIN shops h ON h.merchant_id = i.merchant_id AND h.id = i.shop_id
        LEFT JOIN customers k ON k.merchant_id = i.merchant_id AND k.id = i.customer_id",
        "i.merchant_id = $1"
    );
    Some2::new(head, "i.id", "")
});

/// The built statements, for the test that prepares all of them on both engines.
pub fn built() -> Vec<&'static Stmt> {
    LISTED.all().into()
}

store::statements! {
    pub SETTINGS = "SELECT seller, bank, terms, terms_days, footer, format, credit_format, rounding, prices, category, rate, exemption, logo_id
        FROM invoice_settings WHERE merchant_id = $1";
    pub PUT_SETTINGS = "INSERT INTO invoice_settings (merchant_id, seller, bank, terms, terms_days, footer, format, credit_format, rounding, prices, category, rate, exemption, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (merchant_id) DO UPDATE SET seller = excluded.seller, bank = excluded.bank, terms = excluded.terms, terms_days = excluded.terms_days,
        footer = excluded.footer, format = excluded.format, credit_format = excluded.credit_format, rounding = excluded.rounding, prices = excluded.prices,
        category = excluded.category, rate = excluded.rate, exemption = excluded.exemption, updated_at = excluded.updated_at";
    pub SET_LOGO = "UPDATE invoice_settings SET logo_id = $2 WHERE merchant_id = $1";
    pub INSERT_LOGO = "INSERT INTO logos (merchant_id, id, bytes, created_at) VALUES ($1, $2, $3, $4)";
    pub LOGO = "SELECT bytes FROM logos WHERE merchant_id = $1 AND id = $2";

    pub GET = summary!("i.merchant_id = $1 AND i.id = $2");
    pub OF_CUSTOMER = summary!("i.merchant_id = $1 AND i.customer_id = $2 AND (i.created_at, i.id) < ($3, $4) ORDER BY i.created_at DESC, i.id DESC LIMIT $5");
    pub OF_ORDER = summary!("i.merchant_id = $1 AND i.order_id = $2 ORDER BY i.created_at, i.id");
    /// Made from this payment, paid by it, or of its order.
    pub OF_PAYMENT = summary!("i.merchant_id = $1 AND i.id IN (
        SELECT a.id FROM invoices a WHERE a.merchant_id = $1 AND a.payment_id = $2
        UNION SELECT p.invoice_id FROM invoice_payments p WHERE p.merchant_id = $1 AND p.payment_id = $2
        UNION SELECT b.id FROM payments y JOIN invoices b ON b.merchant_id = y.merchant_id AND b.order_id = y.order_id
          WHERE y.merchant_id = $1 AND y.id = $2) ORDER BY i.created_at, i.id");
    pub CREDITS_OF = summary!("i.merchant_id = $1 AND i.corrects_id = $2 ORDER BY i.created_at, i.id");
    pub BY_LINK = "SELECT merchant_id, id FROM invoices WHERE link_hash = $1";
    pub COUNT_OF_CUSTOMER = "SELECT COUNT(*) FROM invoices WHERE merchant_id = $1 AND customer_id = $2";
    pub LINES = "SELECT position, title, sku, quantity, unit_price, category, rate, net, shown, source, discount FROM invoice_lines
        WHERE merchant_id = $1 AND invoice_id = $2 ORDER BY position";
    pub TAXES = "SELECT category, rate, net, tax FROM invoice_taxes WHERE merchant_id = $1 AND invoice_id = $2 ORDER BY category, rate";
    pub PAID_BY = "SELECT a.payment_id, a.amount, p.paid_at, p.provider, p.kind FROM invoice_payments a
        JOIN payments p ON p.merchant_id = a.merchant_id AND p.id = a.payment_id WHERE a.merchant_id = $1 AND a.invoice_id = $2 ORDER BY p.paid_at, p.id";
    /// Lines of all credit notes of an invoice.
    pub CREDITED_LINES = "SELECT l.source, l.quantity, l.net, l.shown FROM invoices i
        JOIN invoice_lines l ON l.merchant_id = i.merchant_id AND l.invoice_id = i.id
        WHERE i.merchant_id = $1 AND i.corrects_id = $2 AND l.source IS NOT NULL";
    pub CREDITED_TAXES = "SELECT t.category, t.rate, CAST(SUM(t.net) AS BIGINT), CAST(SUM(t.tax) AS BIGINT) FROM invoices i
        JOIN invoice_taxes t ON t.merchant_id = i.merchant_id AND t.invoice_id = i.id
        WHERE i.merchant_id = $1 AND i.corrects_id = $2 GROUP BY t.category, t.rate";

    pub INSERT = "INSERT INTO invoices (merchant_id, id, kind, state, series, customer_id, shop_id, order_id, payment_id, corrects_id, currency, prices,
        rounding, net, tax, total, paid, credited, prepaid, buyer, seller, note, terms_days, created_at, updated_at, version, country)
        VALUES ($1, $2, $3, 'draft', '', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, 0, $15, '', $16, $17, $18, $18, 1, $19)";
    pub INSERT_LINE = "INSERT INTO invoice_lines (merchant_id, invoice_id, position, title, sku, quantity, unit_price, category, rate, net, shown, source, discount)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    pub DROP_LINES = "DELETE FROM invoice_lines WHERE merchant_id = $1 AND invoice_id = $2";
    pub INSERT_TAX = "INSERT INTO invoice_taxes (merchant_id, invoice_id, category, rate, net, tax) VALUES ($1, $2, $3, $4, $5, $6)";
    pub DROP_TAXES = "DELETE FROM invoice_taxes WHERE merchant_id = $1 AND invoice_id = $2";
    pub SET_DRAFT = "UPDATE invoices SET prices = $3, rounding = $4, net = $5, tax = $6, total = $7, buyer = $8, note = $9, terms_days = $10,
        updated_at = $11, country = $12, version = version + 1 WHERE merchant_id = $1 AND id = $2 AND state = 'draft'";
    pub DISCARD = "DELETE FROM invoices WHERE merchant_id = $1 AND id = $2 AND state = 'draft'";
    pub ISSUE = "UPDATE invoices SET state = $3, number = $4, series = $5, series_number = $6, seller = $7, issued_on = $8, due_on = $9, issued_at = $10,
        paid = $11, prepaid = $11, updated_at = $10, version = version + 1 WHERE merchant_id = $1 AND id = $2 AND state = 'draft'";
    pub SET_AMOUNTS = "UPDATE invoices SET state = $3, paid = $4, credited = $5, updated_at = $6, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub VOID = "UPDATE invoices SET state = 'void', voided_at = $3, updated_at = $3, version = version + 1 WHERE merchant_id = $1 AND id = $2";
    pub SET_LINK = "UPDATE invoices SET link_hash = $3, link_at = $4 WHERE merchant_id = $1 AND id = $2";
    /// The next number of a series, from 1; the row stays locked until the end of the transaction.
    pub NEXT_NUMBER = "INSERT INTO series (merchant_id, id, next) VALUES ($1, $2, 2)
        ON CONFLICT (merchant_id, id) DO UPDATE SET next = series.next + 1 RETURNING next - 1";

    pub PUT_PAYMENT = "INSERT INTO invoice_payments (merchant_id, invoice_id, payment_id, amount, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (merchant_id, invoice_id, payment_id) DO UPDATE SET amount = invoice_payments.amount + excluded.amount";
    pub DROP_PAYMENT = "DELETE FROM invoice_payments WHERE merchant_id = $1 AND invoice_id = $2 AND payment_id = $3";
    pub PAID = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM invoice_payments WHERE merchant_id = $1 AND invoice_id = $2";
    /// What of a payment pays no invoice yet.
    pub FREE = "SELECT p.amount - CAST(COALESCE((SELECT SUM(a.amount) FROM invoice_payments a WHERE a.merchant_id = p.merchant_id AND a.payment_id = p.id), 0) AS BIGINT)
        FROM payments p WHERE p.merchant_id = $1 AND p.id = $2 AND p.status = 'settled' AND p.live AND p.currency = $3";
    pub PAYMENTS_OF_ORDER = "SELECT id FROM payments WHERE merchant_id = $1 AND order_id = $2 AND status = 'settled' AND live ORDER BY paid_at, id";
    pub PAID_WITH = "SELECT invoice_id FROM invoice_payments WHERE merchant_id = $1 AND payment_id = $2 ORDER BY invoice_id";
    pub ISSUED_OF_ORDER = "SELECT id FROM invoices WHERE merchant_id = $1 AND order_id = $2 AND kind = 'invoice' AND state NOT IN ('draft', 'void') ORDER BY id";
    /// Payments that pay invoices of an order and do not stand any more.
    pub UNSETTLED_OF_ORDER = "SELECT DISTINCT p.id FROM invoices i JOIN invoice_payments a ON a.merchant_id = i.merchant_id AND a.invoice_id = i.id
        JOIN payments p ON p.merchant_id = a.merchant_id AND p.id = a.payment_id
        WHERE i.merchant_id = $1 AND i.order_id = $2 AND p.status <> 'settled' ORDER BY p.id";
    /// Another invoice of the order or payment that stands.
    pub STANDING = "SELECT id, state, number FROM invoices WHERE merchant_id = $1 AND kind = 'invoice' AND state NOT IN ('void', 'credited')
        AND (order_id = $2 OR payment_id = $3) ORDER BY created_at, id LIMIT 1";
    pub MOVE_OF_ORDER = "UPDATE invoices SET customer_id = $3, updated_at = $4 WHERE merchant_id = $1 AND order_id = $2";
    pub MOVE_OF_PAYMENT = "UPDATE invoices SET customer_id = $3, updated_at = $4 WHERE merchant_id = $1 AND payment_id = $2";

    pub BUYER = "SELECT name, first_name, last_name, company, email, number, phone, vat_number, company_id, language, billing_line1, billing_line2, billing_city,
        billing_state, billing_zip, billing_country FROM customers WHERE merchant_id = $1 AND id = $2";
    pub PAYER = "SELECT shop_id, order_id, customer_id, status, currency, amount, name, email, phone, note, live FROM payments WHERE merchant_id = $1 AND id = $2";
}
