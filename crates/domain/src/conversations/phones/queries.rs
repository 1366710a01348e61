//! All SQL of the room.

macro_rules! account {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.shop_id, s.name, a.address, a.created_at, a.disabled_at, a.told_at, a.token, a.merchant_id FROM phone_accounts a
            JOIN shops s ON s.merchant_id = a.merchant_id AND s.id = a.shop_id WHERE ",
            $rest
        )
    };
}

store::statements! {
    pub LIST = account!("a.merchant_id = $1 ORDER BY s.name, a.id");
    pub FIND = account!("a.merchant_id = $1 AND a.id = $2");
    pub OF_SHOP = account!("a.merchant_id = $1 AND a.shop_id = $2");
    /// The directory: which account an address belongs to, before there is a merchant.
    pub BY_ADDRESS = account!("a.address = $1 AND a.disabled_at IS NULL");
    pub INSERT = "INSERT INTO phone_accounts (merchant_id, id, shop_id, address, token, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)";
    pub SET_TOKEN = "UPDATE phone_accounts SET token = $3, updated_at = $4, disabled_at = NULL WHERE merchant_id = $1 AND id = $2";
    pub DISABLE = "UPDATE phone_accounts SET token = '', disabled_at = $3, updated_at = $3 WHERE merchant_id = $1 AND id = $2 AND disabled_at IS NULL";
    pub TOLD = "UPDATE phone_accounts SET told_at = $3 WHERE merchant_id = $1 AND id = $2";
}
