//! All SQL of the room.

store::statements! {
    pub MERCHANTS = "SELECT id FROM merchants ORDER BY id";
    pub OLD_HALVES = "DELETE FROM half_sign_ins WHERE expires_at < $1";
    pub OLD_CHALLENGES = "DELETE FROM passkey_challenges WHERE expires_at < $1";
    pub OLD_VISITS = "DELETE FROM oidc_visits WHERE expires_at < $1";
    pub OLD_RESETS = "DELETE FROM password_resets WHERE expires_at < $1";
    pub OLD_DEVICES = "DELETE FROM devices WHERE last_seen < $1";
    pub OLD_SESSIONS = "DELETE FROM sessions WHERE expires_at < $1";
}
