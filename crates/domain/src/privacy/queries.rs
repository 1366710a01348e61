//! All SQL of the room but what is made from the register.

store::statements! {
    pub HEAD = "SELECT id, name, first_name, last_name, company, email, number, merged_into FROM customers WHERE merchant_id = $1 AND id = $2";
    pub MERGED_INTO = "SELECT id FROM customers WHERE merchant_id = $1 AND merged_into = $2 ORDER BY id";
}
