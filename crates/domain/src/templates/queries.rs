//! All SQL of the room.

macro_rules! template {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.shop_id, s.name, t.name, t.version, v.subject, v.body, t.created_at, v.created_at, v.created_by, t.archived_at
            FROM templates t JOIN shops s ON s.merchant_id = t.merchant_id AND s.id = t.shop_id
            JOIN template_versions v ON v.merchant_id = t.merchant_id AND v.template_id = t.id AND v.version = t.version
            WHERE t.merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub LIST = template!(" ORDER BY s.name_key, t.name_key");
    pub GET = template!(" AND t.id = $2");
    pub CHOSEN = template!(" AND t.archived_at IS NULL AND t.id = (SELECT l.template_id FROM shop_letters l
        WHERE l.merchant_id = $1 AND l.shop_id = $2 AND l.kind = $3)");
    pub LETTERS = "SELECT kind, template_id FROM shop_letters WHERE merchant_id = $1 AND shop_id = $2";
    pub CHOOSE = "INSERT INTO shop_letters (merchant_id, shop_id, kind, template_id, updated_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (merchant_id, shop_id, kind) DO UPDATE SET template_id = excluded.template_id, updated_at = excluded.updated_at";
    pub LET_GO = "DELETE FROM shop_letters WHERE merchant_id = $1 AND shop_id = $2 AND kind = $3";
    pub INSERT = "INSERT INTO templates (merchant_id, id, shop_id, name, name_key, version, created_at) VALUES ($1, $2, $3, $4, $5, 1, $6)";
    pub INSERT_VERSION = "INSERT INTO template_versions (merchant_id, template_id, version, subject, body, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub RENAME = "UPDATE templates SET name = $3, name_key = $4 WHERE merchant_id = $1 AND id = $2";
    pub SET_VERSION = "UPDATE templates SET version = $3 WHERE merchant_id = $1 AND id = $2";
    pub SET_ARCHIVED = "UPDATE templates SET archived_at = $3 WHERE merchant_id = $1 AND id = $2";
    pub VERSION = "SELECT version, subject, body, created_at, created_by FROM template_versions WHERE merchant_id = $1 AND template_id = $2 AND version = $3";
    pub VERSIONS = "SELECT version, subject, body, created_at, created_by FROM template_versions WHERE merchant_id = $1 AND template_id = $2
        ORDER BY version DESC LIMIT 200";
}
