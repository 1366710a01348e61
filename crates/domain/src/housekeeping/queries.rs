//! All SQL of the room.

store::statements! {
    pub MERCHANTS = "SELECT id FROM merchants ORDER BY id";
    pub OLD_SESSIONS = "DELETE FROM sessions WHERE expires_at < $1";
}
