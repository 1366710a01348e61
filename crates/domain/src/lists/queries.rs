//! SQL of what is kept beside lists: saved views, and what a person used last. Of every list, the customers' too.

store::statements! {
    pub VIEWS = "SELECT id, person_id, name, shared, query FROM views WHERE merchant_id = $1 AND list = $3 AND (person_id = $2 OR shared)
        ORDER BY name_key, id";
    pub VIEW = "SELECT id, person_id, name, shared, query FROM views WHERE merchant_id = $1 AND list = $3 AND id = $2";
    pub INSERT_VIEW = "INSERT INTO views (merchant_id, id, list, person_id, name, name_key, shared, query, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub UPDATE_VIEW = "UPDATE views SET name = $3, name_key = $4, shared = $5, query = $6 WHERE merchant_id = $1 AND id = $2";
    pub DELETE_VIEW = "DELETE FROM views WHERE merchant_id = $1 AND id = $2";
    pub STATE = "SELECT query FROM list_states WHERE merchant_id = $1 AND person_id = $2 AND list = $3";
    pub KEEP_STATE = "INSERT INTO list_states (merchant_id, person_id, list, query, updated_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (merchant_id, person_id, list) DO UPDATE SET query = excluded.query, updated_at = excluded.updated_at";
    pub RESET_STATE = "DELETE FROM list_states WHERE merchant_id = $1 AND person_id = $2 AND list = $3";
}
