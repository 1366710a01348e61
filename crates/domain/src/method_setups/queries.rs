//! All SQL of the room.

macro_rules! setup {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.customer_id, m.shop_id, s.name, m.account_id, a.provider, a.live, m.state, m.url, m.until, m.words, m.method_ref, m.method_id,
            m.created_at, m.reference FROM method_setups m JOIN shops s ON s.merchant_id = m.merchant_id AND s.id = m.shop_id
            JOIN provider_accounts a ON a.merchant_id = m.merchant_id AND a.id = m.account_id WHERE m.merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub FIND = setup!(" AND m.id = $2");
    /// The newest presses of a customer.
    pub OF_CUSTOMER = setup!(" AND m.customer_id = $2 AND m.created_at > $3 ORDER BY m.created_at DESC, m.id DESC LIMIT 20");
    pub INSERT = "INSERT INTO method_setups (merchant_id, id, customer_id, shop_id, account_id, state, reference, url, until, words, method_ref, method_id,
        created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, NULL, '', $7, '', NULL, NULL, $8, $8)";
    pub SET_PAGE = "UPDATE method_setups SET state = $3, reference = $4, url = $5, words = $6, updated_at = $7
        WHERE merchant_id = $1 AND id = $2 AND state = 'asked'";
    pub SET_STATE = "UPDATE method_setups SET state = $3, method_ref = COALESCE($4, method_ref), method_id = $5, updated_at = $6
        WHERE merchant_id = $1 AND id = $2";
    /// A page is open for a day at most; what is told of it later than this tells of nothing that is shown.
    pub OLD = "DELETE FROM method_setups WHERE merchant_id = $1 AND created_at < $2";

    /// Shops in which the customer is.
    pub SHOPS_OF = "SELECT id, name FROM shops WHERE merchant_id = $1 AND archived_at IS NULL
        AND id IN (SELECT shop_id FROM customer_shops WHERE merchant_id = $1 AND customer_id = $2) ORDER BY name, id";
    /// All that take something new.
    pub SHOPS = "SELECT id, name FROM shops WHERE merchant_id = $1 AND archived_at IS NULL ORDER BY name, id";
}
