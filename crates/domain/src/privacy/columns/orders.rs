//! Orders: what was bought stays, who bought it does not.

use super::After::Name;
use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("orders")
            .of("customer_id")
            .replaced()
            .shown("Orders")
            .becomes("name", Name)
            .personal("email email_key phone phone_key company billing delivery note")
            .finding("name email email_key phone phone_key")
            .neither(
                "merchant_id id number shop_id external_id customer_id guest state abandoned_at currency discount shipping tax total flag",
            )
            .neither("ordered_at created_at updated_at paid_at fulfilled_at closed_at cancelled_at import_id version"),
        table("order_lines")
            .under("order_id", "orders", "id")
            .kept("goods, quantities and prices")
            .shown("Order lines")
            .neither("merchant_id order_id position sku sku_key title quantity unit_price discount"),
        table("order_affiliates")
            .under("order_id", "orders", "id")
            .kept("who is owed a commission")
            .hidden("between the house and its partners")
            .neither("merchant_id order_id affiliate_id created_at"),
        table("unmatched")
            .of("customer_id")
            .replaced()
            .shown("Imported cancellations")
            .personal("reason")
            .neither("merchant_id id customer_id shop_id kind external_id currency amount happened_at import_id"),
    ]
}
