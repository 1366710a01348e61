//! Invoices and mail. What was issued keeps a sealed legal copy; the rows keep number and sums for the books.

use super::After::Buyer;
use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("invoice_settings")
            .house("seller bank terms footer exemption")
            .neither("merchant_id terms_days format credit_format rounding prices category rate logo_id updated_at"),
        table("logos").house("bytes").neither("merchant_id id created_at"),
        table("invoices")
            .of("customer_id")
            .legal()
            .shown("Invoices")
            .becomes("buyer", Buyer)
            .personal("note country")
            .secret("link_hash")
            .unset("link_at")
            .house("seller")
            .neither("merchant_id id kind state number series series_number customer_id shop_id order_id payment_id corrects_id currency")
            .neither("prices rounding net tax total paid credited prepaid terms_days issued_on due_on issued_at voided_at created_at")
            .neither("updated_at version"),
        table("invoice_lines")
            .under("invoice_id", "invoices", "id")
            .kept("goods, prices and rates, as issued")
            .shown("Invoice lines")
            .neither("merchant_id invoice_id position title sku quantity unit_price category rate net shown source discount"),
        table("invoice_taxes")
            .under("invoice_id", "invoices", "id")
            .kept("sums, as issued")
            .shown("Taxes of invoices")
            .neither("merchant_id invoice_id category rate net tax"),
        table("invoice_payments")
            .under("invoice_id", "invoices", "id")
            .kept("amounts")
            .shown("What paid invoices")
            .neither("merchant_id invoice_id payment_id amount created_at"),
        table("mails")
            .of("customer_id")
            .deleted()
            .shown("Mail")
            .personal("recipient subject body error")
            .finding("recipient")
            .house("queued_by")
            .neither("merchant_id id state customer_id invoice_id attempts queued_at next_at sent_at")
            .neither("template_id offer_id payment_link_id portal_link_id method_link_id by_itself"),
        table("mail_queue")
            .under("mail_id", "mails", "id")
            .deleted()
            .hidden("when a mail is tried again")
            .neither("mail_id merchant_id run_at lease_until lease_by"),
    ]
}
