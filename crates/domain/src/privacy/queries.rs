//! All SQL of the room but what is made from the register.

store::statements! {
    pub MERGED_INTO = "SELECT id FROM customers WHERE merchant_id = $1 AND merged_into = $2 ORDER BY id";
}
