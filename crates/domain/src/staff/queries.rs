//! All SQL of the room. People, sessions and the look-up of keys and invitations by secret are the directory: they come before the
//! merchant is known. Everything else is bound to the context's merchant.

store::statements! {
    /// Merchants nobody works for, such as an import from the command line makes, and how many customers each has.
    pub WAITING = "SELECT m.id, m.name, (SELECT COUNT(*) FROM customers c WHERE c.merchant_id = m.id) FROM merchants m
        WHERE NOT EXISTS (SELECT 1 FROM staff s WHERE s.merchant_id = m.id) ORDER BY m.created_at, m.id";
    pub ANYBODY = "SELECT 1 FROM people LIMIT 1";
    /// Succeeds for one transaction only, ever.
    pub FIRST = "INSERT INTO installation (id, set_up_at) VALUES ('this', $1) ON CONFLICT (id) DO NOTHING";

    pub PERSON = "SELECT id, email, name, password_hash, shortcuts, theme, density, locale, created_at FROM people WHERE id = $1 AND disabled_at IS NULL";
    pub PERSON_BY_EMAIL = "SELECT id, email, name, password_hash, shortcuts, theme, density, locale, created_at FROM people WHERE email_key = $1 AND disabled_at IS NULL";
    pub EMAIL_TAKEN = "SELECT id FROM people WHERE email_key = $1";
    pub PERSON_INSERT = "INSERT INTO people (id, email, email_key, name, password_hash, shortcuts, theme, density, created_at, disabled_at)
        VALUES ($1, $2, $3, $4, $5, TRUE, 'system', 'comfortable', $6, NULL)";
    pub PERSON_NAME = "UPDATE people SET name = $2 WHERE id = $1";
    pub PERSON_LOOK = "UPDATE people SET shortcuts = $2, theme = $3, density = $4, locale = $5 WHERE id = $1";
    /// By a link: whatever the old one was.
    pub PERSON_PASSWORD_RESET = "UPDATE people SET password_hash = $2 WHERE id = $1";
    /// Only while the old one is still what was checked.
    pub PERSON_PASSWORD = "UPDATE people SET password_hash = $3 WHERE id = $1 AND password_hash = $2";

    pub STAFF_INSERT = "INSERT INTO staff (merchant_id, person_id, role, granted, withdrawn, created_at, disabled_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    /// The merchants of a person who may come in.
    pub MEMBERSHIPS = "SELECT s.merchant_id, m.name, m.demo, s.role, s.granted, s.withdrawn, r.required_roles, r.provider_roles
        FROM staff s JOIN merchants m ON m.id = s.merchant_id LEFT JOIN sign_in_rules r ON r.merchant_id = s.merchant_id
        WHERE s.person_id = $1 AND s.disabled_at IS NULL ORDER BY m.name, m.id";
    pub MEMBERS = "SELECT s.person_id, p.name, p.email, s.role, s.granted, s.withdrawn, s.created_at, s.disabled_at, f.confirmed_at AS factor_at,
          (SELECT COUNT(*) FROM passkeys k WHERE k.person_id = s.person_id) AS passkeys,
          (SELECT MAX(x.seen_at) FROM sessions x WHERE x.person_id = s.person_id AND x.merchant_id = s.merchant_id) AS last_seen
        FROM staff s JOIN people p ON p.id = s.person_id LEFT JOIN second_factors f ON f.person_id = s.person_id WHERE s.merchant_id = $1 ORDER BY p.name, p.id";
    pub MEMBER = "SELECT s.person_id, p.name, p.email, s.role, s.granted, s.withdrawn, s.created_at, s.disabled_at, f.confirmed_at AS factor_at,
          (SELECT COUNT(*) FROM passkeys k WHERE k.person_id = s.person_id) AS passkeys,
          (SELECT MAX(x.seen_at) FROM sessions x WHERE x.person_id = s.person_id AND x.merchant_id = s.merchant_id) AS last_seen
        FROM staff s JOIN people p ON p.id = s.person_id LEFT JOIN second_factors f ON f.person_id = s.person_id WHERE s.merchant_id = $1 AND s.person_id = $2";
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

    pub SESSION_INSERT = "INSERT INTO sessions (id, secret_hash, person_id, merchant_id, user_agent, address, created_at, seen_at, expires_at, revoked_at,
          fresh_at, new_device, means) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, NULL, $10, $9, $11)";
    /// A session that still holds: not revoked, not past its end, seen after the idle limit.
    pub SESSION = "SELECT s.id AS session_id, s.merchant_id, s.seen_at, s.fresh_at, s.means, f.confirmed_at AS factor_at, p.id, p.email, p.name, p.shortcuts, p.theme,
          p.density, p.locale, p.created_at, p.password_hash, (SELECT COUNT(*) FROM passkeys k WHERE k.person_id = p.id) AS passkeys,
          (SELECT COUNT(*) FROM oidc_identities o WHERE o.person_id = p.id) AS connections
        FROM sessions s JOIN people p ON p.id = s.person_id LEFT JOIN second_factors f ON f.person_id = s.person_id
        WHERE s.secret_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.seen_at > $3 AND p.disabled_at IS NULL";
    pub SESSION_TOUCH = "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2";
    pub SESSION_MERCHANT = "UPDATE sessions SET merchant_id = $2 WHERE id = $1";
    pub SESSIONS = "SELECT id, user_agent, address, created_at, seen_at, expires_at, new_device, means FROM sessions
        WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, id DESC";
    pub SESSION_REVOKE = "UPDATE sessions SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL";
    pub SESSIONS_REVOKE_ALL = "UPDATE sessions SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL";
    pub SESSION_MEANS = "UPDATE sessions SET means = $2 WHERE id = $1";
    pub SESSION_FRESH = "UPDATE sessions SET fresh_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL";
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

    pub FACTOR = "SELECT sealed, last_step, created_at, confirmed_at FROM second_factors WHERE person_id = $1";
    /// One that was begun and not confirmed gives way to a new one.
    pub FACTOR_BEGIN = "INSERT INTO second_factors (person_id, sealed, last_step, created_at, confirmed_at) VALUES ($1, $2, 0, $3, NULL)
        ON CONFLICT (person_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at WHERE second_factors.confirmed_at IS NULL";
    pub FACTOR_CONFIRM = "UPDATE second_factors SET confirmed_at = $3, last_step = $4 WHERE person_id = $1 AND sealed = $2 AND confirmed_at IS NULL";
    /// Of two who send the same code one gets a row.
    pub FACTOR_STEP = "UPDATE second_factors SET last_step = $2 WHERE person_id = $1 AND confirmed_at IS NOT NULL AND last_step < $2";
    /// Holds the row until the end of the transaction.
    pub FACTOR_LOCK = "UPDATE second_factors SET last_step = last_step WHERE person_id = $1 AND confirmed_at IS NOT NULL";
    pub FACTOR_DELETE = "DELETE FROM second_factors WHERE person_id = $1 AND confirmed_at IS NOT NULL";

    pub CODE_INSERT = "INSERT INTO recovery_codes (person_id, code_hash, created_at, used_at) VALUES ($1, $2, $3, NULL)";
    pub CODE_USE = "UPDATE recovery_codes SET used_at = $3 WHERE person_id = $1 AND code_hash = $2 AND used_at IS NULL";
    pub CODES_LEFT = "SELECT COUNT(*) FROM recovery_codes WHERE person_id = $1 AND used_at IS NULL";
    pub CODES_DELETE = "DELETE FROM recovery_codes WHERE person_id = $1";

    pub HALF_INSERT = "INSERT INTO half_sign_ins (secret_hash, person_id, created_at, expires_at, means) VALUES ($1, $2, $3, $4, $5)";
    pub HALF = "SELECT p.id, p.email, p.name, p.shortcuts, p.theme, p.density, p.locale, p.created_at FROM half_sign_ins h JOIN people p ON p.id = h.person_id
        WHERE h.secret_hash = $1 AND h.expires_at > $2 AND p.disabled_at IS NULL";
    pub HALF_DELETE = "DELETE FROM half_sign_ins WHERE secret_hash = $1 RETURNING means";
    pub HALVES_DELETE = "DELETE FROM half_sign_ins WHERE person_id = $1";

    pub DEVICE = "SELECT 1 FROM devices WHERE person_id = $1 AND secret_hash = $2";
    pub DEVICE_BY_EMAIL = "SELECT 1 FROM devices d JOIN people p ON p.id = d.person_id WHERE p.email_key = $1 AND d.secret_hash = $2 AND p.disabled_at IS NULL";
    pub DEVICE_SEEN = "INSERT INTO devices (person_id, secret_hash, first_seen, last_seen) VALUES ($1, $2, $3, $3)
        ON CONFLICT (person_id, secret_hash) DO UPDATE SET last_seen = excluded.last_seen";

    pub RESET_INSERT = "INSERT INTO password_resets (id, person_id, secret_hash, mail_id, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    /// The mail is handed to a server now: a link that it had before stops working.
    pub RESET_MAILED = "UPDATE password_resets SET secret_hash = $2 WHERE mail_id = $1";
    pub RESET = "SELECT p.id, p.email, p.name, p.shortcuts, p.theme, p.density, p.locale, p.created_at FROM password_resets r JOIN people p ON p.id = r.person_id
        WHERE r.secret_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2 AND p.disabled_at IS NULL";
    /// Of two who use the same link one gets a row.
    pub RESET_USE = "UPDATE password_resets SET used_at = $2 WHERE secret_hash = $1 AND used_at IS NULL AND expires_at > $2";
    pub RESETS_VOID = "UPDATE password_resets SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL";
    /// Merchants a person has a place in, shut out or not, that are not owned by the other.
    pub ELSEWHERE = "SELECT COUNT(*) FROM staff s WHERE s.person_id = $1 AND NOT EXISTS (
          SELECT 1 FROM staff o WHERE o.merchant_id = s.merchant_id AND o.person_id = $2 AND o.role = 'owner' AND o.disabled_at IS NULL)";

    pub RULES = "SELECT required_roles, refund_limit, refund_currency, provider_roles FROM sign_in_rules WHERE merchant_id = $1";
    pub RULES_PUT = "INSERT INTO sign_in_rules (merchant_id, required_roles, refund_limit, refund_currency, updated_at, provider_roles) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (merchant_id) DO UPDATE SET required_roles = excluded.required_roles, provider_roles = excluded.provider_roles, refund_limit = excluded.refund_limit,
          refund_currency = excluded.refund_currency, updated_at = excluded.updated_at";
}
