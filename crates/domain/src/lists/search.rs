//! From what a person types to what an index can find: ids of customers, the beginning of a name, an address, a number.

use store::Value;

use super::{By, List, Query};
use crate::kit::{email_key, phone_key};

/// One way to find rows, with what it looks for.
pub(super) enum Look {
    /// Between the two, inclusive.
    Between(String, String),
    /// One of these.
    Ids(Vec<String>),
}

/// What is looked for by each way of the list; ways that fit nothing of the text are left out.
pub(super) fn looks(query: &Query, country: &str, customers: &[String]) -> Vec<(&'static str, Look)> {
    let list: &'static List = query.list;
    list.search.iter().filter_map(|s| look(s.by, query.q.trim(), country, customers).map(|look| (s.rows, look))).collect()
}

fn look(by: By, text: &str, country: &str, customers: &[String]) -> Option<Look> {
    let long = text.chars().count() >= 3;
    match by {
        By::Customers => (!customers.is_empty()).then(|| Look::Ids(customers.to_vec())),
        By::Name => long.then(|| begins(text.to_owned())),
        By::Email => (long && !text.contains(char::is_whitespace)).then(|| begins(email_key(text))),
        By::Phone => {
            let phone = text.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c));
            let key = if phone { phone_key(text, country) } else { String::new() };
            (key.len() >= 4).then(|| begins(key))
        }
        By::Reference if long => Some(begins(text.to_owned())),
        By::Reference => Some(Look::Between(text.to_owned(), text.to_owned())),
        By::Last4 => (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| Look::Between(text.to_owned(), text.to_owned())),
    }
}

/// Everything that begins so, in the order of bytes.
fn begins(text: String) -> Look {
    let end = format!("{text}{}", char::MAX);
    Look::Between(text, end)
}

/// So many places a list of ids has: few texts of statements, and places that are left over hold nobody.
pub(super) fn padded(ids: &[String]) -> Vec<Value> {
    let size = [1, 10, 100, super::MOST_CUSTOMERS].into_iter().find(|size| ids.len() <= *size).unwrap_or(ids.len());
    let mut values: Vec<Value> = ids.iter().map(Value::from).collect();
    values.resize(size, Value::from(""));
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_looked_for_where_it_can_be() {
        let finds = |by, text: &str| match look(by, text, "FR", &[]) {
            Some(Look::Between(a, _)) => a,
            Some(Look::Ids(_)) | None => String::new(),
        };
        assert_eq!(finds(By::Email, "ANA@"), "ana@");
        assert_eq!([finds(By::Email, "an"), finds(By::Email, "ana ruiz"), finds(By::Name, "an")], [""; 3]);
        assert_eq!(finds(By::Phone, "06 12 34 56 78"), "33612345678");
        assert_eq!([finds(By::Phone, "+33"), finds(By::Phone, "1001a")], [""; 2]);
        assert_eq!([finds(By::Last4, "4242"), finds(By::Last4, "42424")], ["4242", ""]);
        assert_eq!(finds(By::Reference, "7"), "7");
    }
}
