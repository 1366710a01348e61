//! All SQL of the identity provider. Who somebody is there belongs to people, as passwords do: of no merchant.

store::statements! {
    pub VISIT_INSERT = "INSERT INTO oidc_visits (state_hash, visit_hash, purpose, about, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Of two who come back with the same state one gets a row.
    pub VISIT_TAKE = "DELETE FROM oidc_visits WHERE state_hash = $1 AND visit_hash = $2 AND expires_at > $3 RETURNING purpose, about, created_at";

    /// The first stays, of the account there and of the person here.
    pub INSERT = "INSERT INTO oidc_identities (issuer, subject, person_id, email, created_at, last_used_at) VALUES ($1, $2, $3, $4, $5, NULL)
        ON CONFLICT DO NOTHING";
    pub PERSON = "SELECT p.id, p.email, p.name, p.shortcuts, p.theme, p.density, p.created_at
        FROM oidc_identities o JOIN people p ON p.id = o.person_id WHERE o.issuer = $1 AND o.subject = $2 AND p.disabled_at IS NULL";
    pub OWNER = "SELECT person_id FROM oidc_identities WHERE issuer = $1 AND subject = $2";
    pub OF_PERSON = "SELECT email, created_at, last_used_at FROM oidc_identities WHERE person_id = $1 AND issuer = $2";
    pub HOW_MANY = "SELECT COUNT(*) FROM oidc_identities WHERE person_id = $1";
    pub USED = "UPDATE oidc_identities SET last_used_at = $3 WHERE issuer = $1 AND subject = $2";
    pub DELETE = "DELETE FROM oidc_identities WHERE person_id = $1 AND issuer = $2";
}
