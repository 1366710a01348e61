//! All SQL of the room.

store::statements! {
    pub LIST = "SELECT id, name, currency, country, url, created_at, archived_at FROM shops WHERE merchant_id = $1 ORDER BY name_key, id";
    pub FIND = "SELECT id, name, currency, country, url, created_at, archived_at FROM shops WHERE merchant_id = $1 AND id = $2";
    pub TAKEN = "SELECT id FROM shops WHERE merchant_id = $1 AND name_key = $2 AND id <> $3";
    pub INSERT = "INSERT INTO shops (merchant_id, id, name, name_key, currency, country, url, created_at, archived_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)";
    pub UPDATE = "UPDATE shops SET name = $3, name_key = $4, currency = $5, country = $6, url = $7 WHERE merchant_id = $1 AND id = $2";
    pub ARCHIVE = "UPDATE shops SET archived_at = $3 WHERE merchant_id = $1 AND id = $2";
    /// Shops that are open, without this one.
    pub OTHERS_OPEN = "SELECT COUNT(*) FROM shops WHERE merchant_id = $1 AND archived_at IS NULL AND id <> $2";
}
