//! All SQL of the room.

macro_rules! link {
    ($rest:literal) => {
        concat!(
            "SELECT l.id, l.customer_id, l.shop_id, s.name, l.state, l.recipient, l.expires_at, l.setup_id, l.created_at, l.created_by
            FROM method_links l JOIN shops s ON s.merchant_id = l.merchant_id AND s.id = l.shop_id WHERE l.merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub FIND = link!(" AND l.id = $2");
    pub OF_CUSTOMER = link!(" AND l.customer_id = $2 ORDER BY l.created_at DESC, l.id DESC LIMIT $3");
    pub INSERT = "INSERT INTO method_links (merchant_id, id, customer_id, shop_id, state, recipient, hash, setup_id, expires_at, created_at, created_by, updated_at)
        VALUES ($1, $2, $3, $4, 'open', $5, NULL, NULL, $6, $7, $8, $7)";
    pub SET_HASH = "UPDATE method_links SET hash = $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub SET_SETUP = "UPDATE method_links SET setup_id = $3, updated_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub WITHDRAW = "UPDATE method_links SET state = 'withdrawn', updated_at = $3 WHERE merchant_id = $1 AND id = $2";
    /// The method of a press is there: whatever link led to it is used.
    pub USED = "UPDATE method_links SET state = 'used', updated_at = $3 WHERE merchant_id = $1 AND setup_id = $2 AND state = 'open'";
    pub BY_HASH = "SELECT merchant_id, id FROM method_links WHERE hash = $1";
}
