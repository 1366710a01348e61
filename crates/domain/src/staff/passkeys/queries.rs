//! All SQL of passkeys. They belong to people, as passwords do: of no merchant.

store::statements! {
    pub INSERT = "INSERT INTO passkeys (id, person_id, credential_id, public_key, sign_count, name, created_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) ON CONFLICT (credential_id) DO NOTHING";
    pub OF_PERSON = "SELECT id, credential_id, name, created_at, last_used_at FROM passkeys WHERE person_id = $1 ORDER BY created_at, id";
    pub HOW_MANY = "SELECT COUNT(*) FROM passkeys WHERE person_id = $1";
    /// Whose it is, and what to check an answer against.
    pub BY_CREDENTIAL = "SELECT k.id AS passkey, k.public_key, k.name AS passkey_name, h.handle, p.id, p.email, p.name, p.shortcuts, p.theme, p.density, p.locale,
          p.created_at
        FROM passkeys k JOIN people p ON p.id = k.person_id JOIN passkey_handles h ON h.person_id = k.person_id
        WHERE k.credential_id = $1 AND p.disabled_at IS NULL";
    /// No row when the count of the device did not go on. Devices that count nothing always say 0.
    pub USED = "UPDATE passkeys SET sign_count = $2, last_used_at = $3 WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))";
    pub DELETE = "DELETE FROM passkeys WHERE person_id = $1 AND id = $2 RETURNING name";
    pub DELETE_ALL = "DELETE FROM passkeys WHERE person_id = $1";

    /// The first stays.
    pub HANDLE_INSERT = "INSERT INTO passkey_handles (person_id, handle) VALUES ($1, $2) ON CONFLICT (person_id) DO NOTHING";
    pub HANDLE = "SELECT handle FROM passkey_handles WHERE person_id = $1";
    /// Holds the row until the end of the transaction.
    pub LOCK = "UPDATE passkey_handles SET handle = handle WHERE person_id = $1";

    pub CHALLENGE_INSERT = "INSERT INTO passkey_challenges (challenge_hash, visit_hash, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    /// Of two who send the same answer one gets a row.
    pub CHALLENGE_TAKE = "DELETE FROM passkey_challenges WHERE challenge_hash = $1 AND visit_hash = $2 AND expires_at > $3";
}
