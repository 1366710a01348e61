//! All SQL of the room.

store::statements! {
    pub FIND = "SELECT request_hash, status, location, body FROM replies WHERE merchant_id = $1 AND actor_id = $2 AND key = $3";
    pub TAKE = "INSERT INTO replies (merchant_id, actor_id, key, request_hash, status, location, body, created_at) VALUES ($1, $2, $3, $4, 0, '', '', $5)
        ON CONFLICT (merchant_id, actor_id, key) DO NOTHING";
    pub KEEP = "UPDATE replies SET status = $4, location = $5, body = $6 WHERE merchant_id = $1 AND actor_id = $2 AND key = $3";
    pub FORGET = "DELETE FROM replies WHERE merchant_id = $1 AND created_at < $2";
}
