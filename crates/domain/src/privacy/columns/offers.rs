//! Offers and returns: what was offered and what came back stays, for whom and in whose words does not.

use super::After::Buyer;
use super::{Table, table};

pub(super) fn tables() -> Vec<Table> {
    vec![
        table("offers")
            .of("customer_id")
            .replaced()
            .shown("Offers")
            .becomes("buyer", Buyer)
            .personal("note reason")
            .house("seller created_by")
            .neither("merchant_id id number shop_id customer_id state currency discount shipping tax total valid_until order_id")
            .neither("created_at updated_at sent_at closed_at version"),
        table("offer_lines")
            .under("offer_id", "offers", "id")
            .kept("goods, quantities and prices")
            .shown("Offer lines")
            .neither("merchant_id offer_id position sku title quantity unit_price discount"),
        table("offer_links")
            .under("offer_id", "offers", "id")
            .deleted()
            .hidden("doors for the buyer, as hashes")
            .secret("hash")
            .neither("merchant_id offer_id opened_at"),
        table("returns").under("order_id", "orders", "id").replaced().shown("Returns").personal("note answer").house("created_by").neither(
            "merchant_id id number order_id state value replacement_id created_at updated_at approved_at received_at closed_at version",
        ),
        table("return_lines")
            .under("return_id", "returns", "id")
            .kept("goods, quantities and prices")
            .shown("Return lines")
            .neither("merchant_id return_id line sku title quantity unit_price reason discount"),
        table("return_refunds")
            .under("return_id", "returns", "id")
            .kept("which refund was given for which return")
            .hidden("the same refunds once more")
            .neither("merchant_id return_id refund_id created_at"),
    ]
}
