//! An address in a form: `billing.line1`, `delivery.zip`. One place knows the parts.

use domain::kit::Address;

use super::Typed;

/// The parts, as forms name them.
pub const PARTS: [&str; 6] = ["line1", "line2", "city", "state", "zip", "country"];

/// What was typed under this name.
pub fn typed(t: &Typed, at: &str) -> Address {
    let of = |part: &str| t.text(&format!("{at}.{part}"));
    Address { line1: of("line1"), line2: of("line2"), city: of("city"), state: of("state"), zip: of("zip"), country: of("country") }
}

/// What was typed, or `None` where all of it was left empty.
pub fn typed_or_none(t: &Typed, at: &str) -> Option<Address> {
    let all = typed(t, at);
    let blank = parts("", &all).iter().all(|(_, value)| value.trim().is_empty());
    (!blank).then_some(all)
}

/// The fields of a form with this address in them.
pub fn parts(at: &str, a: &Address) -> [(String, String); 6] {
    let values = [&a.line1, &a.line2, &a.city, &a.state, &a.zip, &a.country];
    std::array::from_fn(|n| (format!("{at}.{}", PARTS[n]), values[n].clone()))
}
