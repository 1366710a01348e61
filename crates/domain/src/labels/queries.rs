//! All SQL of the room: the same statements for groups and for tags, which differ in their tables.

store::statements! {
    pub GROUPS = "SELECT g.id, g.name, g.created_at, COALESCE(n.used, 0) AS used FROM customer_groups g LEFT JOIN
          (SELECT group_id, COUNT(*) AS used FROM customers WHERE merchant_id = $1 AND group_id IS NOT NULL GROUP BY group_id) n ON n.group_id = g.id
        WHERE g.merchant_id = $1 ORDER BY g.name_key, g.id";
    pub GROUP = "SELECT id, name, created_at, CAST(0 AS BIGINT) AS used FROM customer_groups WHERE merchant_id = $1 AND id = $2";
    pub GROUP_BY_KEY = "SELECT id, name, created_at, CAST(0 AS BIGINT) AS used FROM customer_groups WHERE merchant_id = $1 AND name_key = $2";
    pub GROUP_INSERT = "INSERT INTO customer_groups (merchant_id, id, name, name_key, created_at) VALUES ($1, $2, $3, $4, $5)";
    pub GROUP_RENAME = "UPDATE customer_groups SET name = $3, name_key = $4 WHERE merchant_id = $1 AND id = $2";
    pub GROUP_USED = "SELECT COUNT(*) FROM customers WHERE merchant_id = $1 AND group_id = $2 AND group_id IS NOT NULL";
    pub GROUP_LEAVE = "UPDATE customers SET group_id = NULL, change_stamp = $3 WHERE merchant_id = $1 AND group_id = $2 AND group_id IS NOT NULL";
    pub GROUP_DELETE = "DELETE FROM customer_groups WHERE merchant_id = $1 AND id = $2";

    pub TAGS = "SELECT t.id, t.name, t.created_at, COALESCE(n.used, 0) AS used FROM tags t LEFT JOIN
          (SELECT tag_id, COUNT(*) AS used FROM customer_tags WHERE merchant_id = $1 GROUP BY tag_id) n ON n.tag_id = t.id
        WHERE t.merchant_id = $1 ORDER BY t.name_key, t.id";
    pub TAG = "SELECT id, name, created_at, CAST(0 AS BIGINT) AS used FROM tags WHERE merchant_id = $1 AND id = $2";
    pub TAG_BY_KEY = "SELECT id, name, created_at, CAST(0 AS BIGINT) AS used FROM tags WHERE merchant_id = $1 AND name_key = $2";
    pub TAG_INSERT = "INSERT INTO tags (merchant_id, id, name, name_key, created_at) VALUES ($1, $2, $3, $4, $5)";
    pub TAG_RENAME = "UPDATE tags SET name = $3, name_key = $4 WHERE merchant_id = $1 AND id = $2";
    pub TAG_USED = "SELECT COUNT(*) FROM customer_tags WHERE merchant_id = $1 AND tag_id = $2";
    pub TAG_TOUCH = "UPDATE customers SET change_stamp = $3 WHERE merchant_id = $1
        AND id IN (SELECT customer_id FROM customer_tags WHERE merchant_id = $1 AND tag_id = $2)";
    pub TAG_LEAVE = "DELETE FROM customer_tags WHERE merchant_id = $1 AND tag_id = $2";
    pub TAG_DELETE = "DELETE FROM tags WHERE merchant_id = $1 AND id = $2";
}
