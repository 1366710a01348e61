//! All SQL of the room. The word of a merchant is the directory; all else is bound to the merchant.

store::statements! {
    pub SETTINGS = "SELECT s.enabled, s.colour, s.may_cancel, s.may_ask, s.may_return, COALESCE(w.word, '') FROM portal_settings s
        LEFT JOIN portal_words w ON w.merchant_id = s.merchant_id WHERE s.merchant_id = $1";
    pub PUT_SETTINGS = "INSERT INTO portal_settings (merchant_id, enabled, colour, may_cancel, may_ask, may_return, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (merchant_id) DO UPDATE SET enabled = excluded.enabled, colour = excluded.colour, may_cancel = excluded.may_cancel,
        may_ask = excluded.may_ask, may_return = excluded.may_return, updated_at = excluded.updated_at";
    pub DROP_WORD = "DELETE FROM portal_words WHERE merchant_id = $1 AND word <> $2";
    /// Gives no row when it is another merchant's.
    pub TAKE_WORD = "INSERT INTO portal_words (word, merchant_id) VALUES ($1, $2) ON CONFLICT (word) DO NOTHING";
    pub BY_WORD = "SELECT merchant_id FROM portal_words WHERE word = $1";

    pub ACCESS = "SELECT invited_at, invited_by, activated_at, closed_at, password_hash <> '' FROM portal_access WHERE merchant_id = $1 AND customer_id = $2";
    /// Invited again after it was closed, they begin anew; an account that is in use keeps its password.
    pub INVITE = "INSERT INTO portal_access (merchant_id, customer_id, password_hash, invited_at, invited_by) VALUES ($1, $2, '', $3, $4)
        ON CONFLICT (merchant_id, customer_id) DO UPDATE SET invited_at = excluded.invited_at, invited_by = excluded.invited_by,
        password_hash = CASE WHEN portal_access.closed_at IS NULL THEN portal_access.password_hash ELSE '' END,
        activated_at = CASE WHEN portal_access.closed_at IS NULL THEN portal_access.activated_at ELSE NULL END, closed_at = NULL";
    pub ACTIVATE = "UPDATE portal_access SET activated_at = COALESCE(activated_at, $3) WHERE merchant_id = $1 AND customer_id = $2 AND closed_at IS NULL";
    pub PASSWORD = "UPDATE portal_access SET password_hash = $3 WHERE merchant_id = $1 AND customer_id = $2 AND closed_at IS NULL";
    pub CLOSE = "UPDATE portal_access SET closed_at = $3, password_hash = '' WHERE merchant_id = $1 AND customer_id = $2 AND closed_at IS NULL";
    pub KEPT = "SELECT password_hash, invited_at, invited_by, activated_at, closed_at, signed_in_at FROM portal_access WHERE merchant_id = $1 AND customer_id = $2";
    pub KEEP = "INSERT INTO portal_access (merchant_id, customer_id, password_hash, invited_at, invited_by, activated_at, closed_at, signed_in_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub FORGET = "DELETE FROM portal_access WHERE merchant_id = $1 AND customer_id = $2";
    /// Who comes in with an address: the oldest customer that has it and an open portal, as the primary address or else as a further one (that of
    /// somebody who was merged into it). Mail goes to the primary one.
    pub BY_EMAIL = "SELECT customer_id, password_hash, email FROM (
        SELECT a.customer_id, a.password_hash, c.email, 0 AS further, c.created_at FROM customers c CROSS JOIN portal_access a
        WHERE c.merchant_id = $1 AND c.email_key = $2 AND c.email_key <> '' AND a.merchant_id = c.merchant_id AND a.customer_id = c.id
          AND a.closed_at IS NULL AND c.deleted_at IS NULL AND c.anonymised_at IS NULL AND c.merged_into IS NULL
        UNION ALL SELECT a.customer_id, a.password_hash, c.email, 1, c.created_at FROM customer_contacts k CROSS JOIN customers c CROSS JOIN portal_access a
        WHERE k.merchant_id = $1 AND k.kind = 'email' AND k.key = $2 AND k.key <> '' AND c.merchant_id = k.merchant_id AND c.id = k.customer_id
          AND a.merchant_id = c.merchant_id AND a.customer_id = c.id
          AND a.closed_at IS NULL AND c.deleted_at IS NULL AND c.anonymised_at IS NULL AND c.merged_into IS NULL) n
        ORDER BY further, created_at, customer_id LIMIT 1";

    pub INSERT_LINK = "INSERT INTO portal_links (merchant_id, id, customer_id, kind, email, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// A new one takes the place of those before.
    pub DROP_LINKS = "DELETE FROM portal_links WHERE merchant_id = $1 AND customer_id = $2 AND kind = $3";
    pub DROP_ALL_LINKS = "DELETE FROM portal_links WHERE merchant_id = $1 AND customer_id = $2";
    pub LINK_KIND = "SELECT kind FROM portal_links WHERE merchant_id = $1 AND id = $2";
    pub ARM_LINK = "UPDATE portal_links SET hash = $3, expires_at = $4 WHERE merchant_id = $1 AND id = $2";
    pub LINK = "SELECT l.id, l.customer_id, l.kind, l.email, c.email FROM portal_links l
        JOIN customers c ON c.merchant_id = l.merchant_id AND c.id = l.customer_id
        JOIN portal_access a ON a.merchant_id = l.merchant_id AND a.customer_id = l.customer_id
        WHERE l.merchant_id = $1 AND l.hash = $2 AND l.expires_at > $3 AND a.closed_at IS NULL
          AND c.deleted_at IS NULL AND c.anonymised_at IS NULL AND c.merged_into IS NULL";
    /// Of two who use the same link one gets a row.
    pub USE_LINK = "DELETE FROM portal_links WHERE merchant_id = $1 AND id = $2";

    pub OPEN_SESSION = "INSERT INTO portal_sessions (merchant_id, id, secret_hash, customer_id, user_agent, address, created_at, seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)";
    /// A session that still holds, of a customer who still has a portal.
    pub SESSION = "SELECT s.id, s.customer_id, s.seen_at, c.archived_at IS NOT NULL, c.name, c.first_name, c.last_name, c.company, c.email, c.number
        FROM portal_sessions s JOIN customers c ON c.merchant_id = s.merchant_id AND c.id = s.customer_id
        JOIN portal_access a ON a.merchant_id = s.merchant_id AND a.customer_id = s.customer_id
        WHERE s.merchant_id = $1 AND s.secret_hash = $2 AND s.expires_at > $3 AND s.seen_at > $4 AND a.closed_at IS NULL
          AND c.deleted_at IS NULL AND c.anonymised_at IS NULL AND c.merged_into IS NULL";
    pub TOUCH_SESSION = "UPDATE portal_sessions SET seen_at = $3 WHERE merchant_id = $1 AND id = $2 AND seen_at < $3";
    /// The last time a customer was here: sessions go, this stays.
    pub WAS_HERE = "UPDATE portal_access SET signed_in_at = $3 WHERE merchant_id = $1 AND customer_id = $2";
    pub DROP_SESSION = "DELETE FROM portal_sessions WHERE merchant_id = $1 AND id = $2";
    pub DROP_SESSIONS = "DELETE FROM portal_sessions WHERE merchant_id = $1 AND customer_id = $2 AND id <> $3";

    pub OLD_LINKS = "DELETE FROM portal_links WHERE merchant_id = $1 AND created_at < $2";
    pub OLD_SESSIONS = "DELETE FROM portal_sessions WHERE merchant_id = $1 AND expires_at < $2";
}
