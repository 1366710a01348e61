//! All SQL of the room.

macro_rules! block {
    ($rest:literal) => {
        concat!(
            "SELECT b.id, b.kind, b.shown, b.reason, b.customer_id, b.created_at, b.created_by, b.lifted_at, b.lifted_by,
            c.name, c.first_name, c.last_name, c.company, c.email, c.number FROM blocks b
            LEFT JOIN customers c ON c.merchant_id = b.merchant_id AND b.kind = 'customer' AND c.id = b.key WHERE b.merchant_id = $1",
            $rest
        )
    };
}

store::statements! {
    pub INSERT = "INSERT INTO blocks (merchant_id, id, kind, key, shown, reason, customer_id, created_at, created_by, lifted_at, lifted_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, '') ON CONFLICT (merchant_id, kind, key) WHERE lifted_at IS NULL DO NOTHING";
    pub STANDING = "SELECT id FROM blocks WHERE merchant_id = $1 AND kind = $2 AND key = $3 AND lifted_at IS NULL";
    pub FIND = block!(" AND b.id = $2");
    pub LIFT = "UPDATE blocks SET lifted_at = $3, lifted_by = $4 WHERE merchant_id = $1 AND id = $2 AND lifted_at IS NULL";
    /// Standing ones first, newest first.
    pub LIST = block!(" ORDER BY CASE WHEN b.lifted_at IS NULL THEN 0 ELSE 1 END, b.created_at DESC, b.id DESC LIMIT $2");
    pub OF_CUSTOMER = block!(" AND b.kind = 'customer' AND b.key = $2 AND b.lifted_at IS NULL");
    /// What stands in the way of a buyer: by its address, by itself, by the address it has with us, and by the addresses and phones of customers
    /// who are blocked, whoever it says it is. `$4` is the phone.
    pub HIT = "SELECT kind FROM blocks WHERE merchant_id = $1 AND kind = 'email' AND key = $2 AND lifted_at IS NULL
        UNION ALL SELECT kind FROM blocks WHERE merchant_id = $1 AND kind = 'customer' AND key = $3 AND lifted_at IS NULL
        UNION ALL SELECT b.kind FROM customers c JOIN blocks b ON b.merchant_id = c.merchant_id AND b.kind = 'email' AND b.key = c.email_key
          AND b.lifted_at IS NULL WHERE c.merchant_id = $1 AND c.id = $3
        UNION ALL SELECT b.kind FROM customers c JOIN blocks b ON b.merchant_id = c.merchant_id AND b.kind = 'customer' AND b.key = c.id
          AND b.lifted_at IS NULL WHERE c.merchant_id = $1 AND c.email_key = $2 AND c.email_key <> ''
        UNION ALL SELECT b.kind FROM customers c JOIN blocks b ON b.merchant_id = c.merchant_id AND b.kind = 'customer' AND b.key = c.id
          AND b.lifted_at IS NULL WHERE c.merchant_id = $1 AND c.phone_key = $4 AND c.phone_key <> ''
        UNION ALL SELECT b.kind FROM customer_contacts k JOIN blocks b ON b.merchant_id = k.merchant_id AND b.kind = 'customer' AND b.key = k.customer_id
          AND b.lifted_at IS NULL WHERE k.merchant_id = $1 AND k.kind = 'email' AND k.key = $2 AND k.key <> ''
        UNION ALL SELECT b.kind FROM customer_contacts k JOIN blocks b ON b.merchant_id = k.merchant_id AND b.kind = 'customer' AND b.key = k.customer_id
          AND b.lifted_at IS NULL WHERE k.merchant_id = $1 AND k.kind = 'phone' AND k.key = $4 AND k.key <> ''";
    pub REACHED = "SELECT email_key, phone_key FROM customers WHERE merchant_id = $1 AND id = $2";
    pub CARD = "SELECT fingerprint, kind, brand, last4 FROM payments WHERE merchant_id = $1 AND id = $2";
    pub CARD_OF = "SELECT b.id FROM payments p LEFT JOIN blocks b ON b.merchant_id = p.merchant_id AND b.kind = 'card'
        AND b.key = p.fingerprint AND b.lifted_at IS NULL WHERE p.merchant_id = $1 AND p.id = $2 AND p.fingerprint <> ''";
    /// The customer's payments with a card that is known again, and whether it is blocked.
    pub CARDS_OF = "SELECT p.id, b.id FROM payments p LEFT JOIN blocks b ON b.merchant_id = p.merchant_id AND b.kind = 'card'
        AND b.key = p.fingerprint AND b.lifted_at IS NULL
        WHERE p.merchant_id = $1 AND p.customer_id = $2 AND p.paid_at >= $3 AND p.paid_at <= $4 AND p.fingerprint <> ''";
}
