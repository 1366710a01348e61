//! Reading what may be there: providers leave fields out, send null, and add fields. Nothing here fails.

use serde_json::Value;

use crate::news::Address;

/// The text at a path of keys; empty when absent, null or not a text. Without NUL, which no database keeps.
pub(crate) fn text(v: &Value, path: &[&str]) -> String {
    at(v, path).as_str().unwrap_or_default().replace('\0', "").trim().to_owned()
}

/// The same; `None` when empty.
pub(crate) fn some(v: &Value, path: &[&str]) -> Option<String> {
    Some(text(v, path)).filter(|t| !t.is_empty())
}

/// A whole number.
pub(crate) fn int(v: &Value, path: &[&str]) -> Option<i64> {
    at(v, path).as_i64()
}

/// True or false; absent is false.
pub(crate) fn flag(v: &Value, path: &[&str]) -> bool {
    at(v, path).as_bool().unwrap_or(false)
}

/// An id that may stand alone or as the whole object (an expanded field).
pub(crate) fn id(v: &Value, path: &[&str]) -> Option<String> {
    some(v, path).or_else(|| some(at(v, path), &["id"]))
}

/// What stands at a path of keys; null when absent.
pub(crate) fn at<'a>(v: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(v, |v, key| &v[*key])
}

/// The members of a list; nothing when it is none.
pub(crate) fn list<'a>(v: &'a Value, path: &[&str]) -> &'a [Value] {
    at(v, path).as_array().map_or(&[], Vec::as_slice)
}

/// An address by the names of its fields: line 1, line 2, city, state, postcode, country.
pub(crate) fn address(v: &Value, names: [&str; 6]) -> Option<Address> {
    let [line1, line2, city, state, zip, country] = names.map(|name| text(v, &[name]));
    let address = Address { line1, line2, city, state, zip, country };
    (address != Address::default()).then_some(address)
}
