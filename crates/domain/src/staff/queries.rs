//! All SQL of the room. People, sessions and the look-up of keys and invitations by secret are the directory: they come before the
//! merchant is known. Everything else is bound to the context's merchant.

store::statements! {
    /// Merchants nobody works for, such as an import from the command line makes, and how many customers each has.
    pub WAITING = "SELECT m.id, m.name, (SELECT COUNT(*) FROM customers c WHERE c.merchant_id = m.id) FROM merchants m
        WHERE NOT EXISTS (SELECT 1 FROM staff s WHERE s.merchant_id = m.id) ORDER BY m.created_at, m.id";
    pub ANYBODY = "SELECT 1 FROM people LIMIT 1";
    /// Succeeds for one transaction only, ever.
    pub FIRST = "INSERT INTO installation (id, set_up_at) VALUES ('this', $1) ON CONFLICT (id) DO NOTHING";

    pub PERSON = "SELECT id, email, name, password_hash, shortcuts, theme, density, created_at FROM people WHERE id = $1 AND disabled_at IS NULL";
    pub PERSON_BY_EMAIL = "SELECT id, email, name, password_hash, shortcuts, theme, density, created_at FROM people WHERE email_key = $1 AND disabled_at IS NULL";
    pub EMAIL_TAKEN = "SELECT id FROM people WHERE email_key = $1";
    pub PERSON_INSERT = "INSERT INTO people (id, email, email_key, name, password_hash, shortcuts, theme, density, created_at, disabled_at)
        VALUES ($1, $2, $3, $4, $5, TRUE, 'system', 'comfortable', $6, NULL)";
    pub PERSON_NAME = "UPDATE people SET name = $2 WHERE id = $1";
    pub PERSON_LOOK = "UPDATE people SET shortcuts = $2, theme = $3, density = $4 WHERE id = $1";
    /// Only while the old one is still what was checked.
    pub PERSON_PASSWORD = "UPDATE people SET password_hash = $3 WHERE id = $1 AND password_hash = $2";

    pub STAFF_INSERT = "INSERT INTO staff (merchant_id, person_id, role, granted, withdrawn, created_at, disabled_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    /// The merchants of a person who may come in.
    pub MEMBERSHIPS = "SELECT s.merchant_id, m.name, m.demo, s.role, s.granted, s.withdrawn FROM staff s JOIN merchants m ON m.id = s.merchant_id
        WHERE s.person_id = $1 AND s.disabled_at IS NULL ORDER BY m.name, m.id";
    pub MEMBERS = "SELECT s.person_id, p.name, p.email, s.role, s.granted, s.withdrawn, s.created_at, s.disabled_at,
          (SELECT MAX(x.seen_at) FROM sessions x WHERE x.person_id = s.person_id AND x.merchant_id = s.merchant_id) AS last_seen
        FROM staff s JOIN people p ON p.id = s.person_id WHERE s.merchant_id = $1 ORDER BY p.name, p.id";
    pub MEMBER = "SELECT s.person_id, p.name, p.email, s.role, s.granted, s.withdrawn, s.created_at, s.disabled_at,
          (SELECT MAX(x.seen_at) FROM sessions x WHERE x.person_id = s.person_id AND x.merchant_id = s.merchant_id) AS last_seen
        FROM staff s JOIN people p ON p.id = s.person_id WHERE s.merchant_id = $1 AND s.person_id = $2";
    pub COLLEAGUES = "SELECT s.person_id, p.name, s.role, s.granted, s.withdrawn, s.disabled_at
        FROM staff s JOIN people p ON p.id = s.person_id WHERE s.merchant_id = $1 ORDER BY p.name, p.id";
    pub COLLEAGUE = "SELECT s.person_id, p.name, s.role, s.granted, s.withdrawn, s.disabled_at
        FROM staff s JOIN people p ON p.id = s.person_id WHERE s.merchant_id = $1 AND s.person_id = $2";
    pub MEMBER_BY_EMAIL = "SELECT s.disabled_at FROM staff s JOIN people p ON p.id = s.person_id WHERE s.merchant_id = $1 AND p.email_key = $2";
    /// Owners who can come in, without this person.
    pub OTHER_OWNERS = "SELECT COUNT(*) FROM staff s JOIN people p ON p.id = s.person_id
        WHERE s.merchant_id = $1 AND s.role = 'owner' AND s.disabled_at IS NULL AND p.disabled_at IS NULL AND s.person_id <> $2";
    pub MEMBER_ACCESS = "UPDATE staff SET role = $3, granted = $4, withdrawn = $5 WHERE merchant_id = $1 AND person_id = $2";
    pub MEMBER_DISABLED = "UPDATE staff SET disabled_at = $3 WHERE merchant_id = $1 AND person_id = $2";

    pub SESSION_INSERT = "INSERT INTO sessions (id, secret_hash, person_id, merchant_id, user_agent, address, created_at, seen_at, expires_at, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, NULL)";
    /// A session that still holds: not revoked, not past its end, seen after the idle limit.
    pub SESSION = "SELECT s.id AS session_id, s.merchant_id, s.seen_at, p.id, p.email, p.name, p.shortcuts, p.theme, p.density, p.created_at
        FROM sessions s JOIN people p ON p.id = s.person_id
        WHERE s.secret_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.seen_at > $3 AND p.disabled_at IS NULL";
    pub SESSION_TOUCH = "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2";
    pub SESSION_MERCHANT = "UPDATE sessions SET merchant_id = $2 WHERE id = $1";
    pub SESSIONS = "SELECT id, user_agent, address, created_at, seen_at, expires_at FROM sessions
        WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, id DESC";
    pub SESSION_REVOKE = "UPDATE sessions SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL";
    pub SESSIONS_REVOKE_OTHERS = "UPDATE sessions SET revoked_at = $3 WHERE person_id = $1 AND id <> $2 AND revoked_at IS NULL";
    /// What can never hold again.
    pub SESSIONS_OLD = "DELETE FROM sessions WHERE person_id = $1 AND expires_at < $2";

    pub ATTEMPT = "INSERT INTO attempts (key, count, since) VALUES ($1, 1, $2)
        ON CONFLICT (key) DO UPDATE SET count = CASE WHEN attempts.since <= $3 THEN 1 ELSE attempts.count + 1 END,
          since = CASE WHEN attempts.since <= $3 THEN $2 ELSE attempts.since END
        RETURNING count, since";
    pub ATTEMPT_FORGET = "DELETE FROM attempts WHERE key = $1";
    pub ATTEMPTS_OLD = "DELETE FROM attempts WHERE since < $1";

    pub INVITE = "INSERT INTO invitations (merchant_id, id, secret_hash, email, email_key, role, granted, withdrawn, invited_by, created_at, expires_at, accepted_at, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, NULL)";
    pub INVITATIONS = "SELECT i.id, i.email, i.role, i.granted, i.withdrawn, i.invited_by, p.name AS inviter, i.created_at, i.expires_at
        FROM invitations i LEFT JOIN people p ON p.id = i.invited_by
        WHERE i.merchant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2 ORDER BY i.created_at DESC, i.id DESC";
    pub INVITATION = "SELECT i.merchant_id, m.name AS merchant, i.id, i.email, i.role, i.granted, i.withdrawn, i.invited_by, p.name AS inviter, i.created_at, i.expires_at
        FROM invitations i JOIN merchants m ON m.id = i.merchant_id LEFT JOIN people p ON p.id = i.invited_by
        WHERE i.secret_hash = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2";
    /// Of two who use the same link one gets a row.
    pub INVITATION_ACCEPT = "UPDATE invitations SET accepted_at = $2 WHERE secret_hash = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $2";
    pub INVITATION_REVOKE = "UPDATE invitations SET revoked_at = $3 WHERE merchant_id = $1 AND id = $2 AND accepted_at IS NULL AND revoked_at IS NULL";
    /// A second invitation takes the place of the first.
    pub INVITATIONS_REPLACE = "UPDATE invitations SET revoked_at = $3 WHERE merchant_id = $1 AND email_key = $2 AND accepted_at IS NULL AND revoked_at IS NULL";

    pub KEY_INSERT = "INSERT INTO api_keys (merchant_id, id, secret_hash, name, hint, scopes, created_by, created_at, last_used_at, expires_at, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, NULL)";
    pub KEYS = "SELECT k.id, k.name, k.hint, k.scopes, p.name AS creator, k.created_at, k.last_used_at, k.expires_at, k.revoked_at
        FROM api_keys k LEFT JOIN people p ON p.id = k.created_by WHERE k.merchant_id = $1 ORDER BY k.created_at DESC, k.id DESC";
    pub KEY = "SELECT k.id, k.name, k.hint, k.scopes, p.name AS creator, k.created_at, k.last_used_at, k.expires_at, k.revoked_at
        FROM api_keys k LEFT JOIN people p ON p.id = k.created_by WHERE k.merchant_id = $1 AND k.id = $2";
    pub KEY_BY_SECRET = "SELECT merchant_id, id, name, scopes, last_used_at FROM api_keys
        WHERE secret_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
    pub KEY_TOUCH = "UPDATE api_keys SET last_used_at = $3 WHERE merchant_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < $3)";
    pub KEY_REVOKE = "UPDATE api_keys SET revoked_at = $3 WHERE merchant_id = $1 AND id = $2 AND revoked_at IS NULL";
}
