//! What staff typed to search a list by, held against what was erased: a surname alone, the beginning of an address, the end of a number find
//! nobody by themselves in a text, and as a search they say whom somebody looked for.

use serde_json::Value as Json;

use super::words::TYPED;
use crate::customers::index::fold;

/// Does the state of a list (a query string) ask for a part of what was erased? `whole` is folded.
pub(super) fn is_asked(query: &str, whole: &[String]) -> bool {
    let q = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q").map(|(_, typed)| fold(typed.trim()));
    let Some(q) = q.filter(|q| q.chars().count() >= TYPED) else { return false };
    let held = |part: &str| whole.iter().any(|value| is_part(part, value));
    held(&q) || q.split_whitespace().all(held)
}

/// The same of what a job was told (JSON): a group action and a mailing carry the list that they were begun from.
pub(super) fn is_told(input: &str, whole: &[String]) -> bool {
    fn any(told: &Json, whole: &[String]) -> bool {
        match told {
            Json::Object(all) => all.iter().any(|(name, value)| match value {
                Json::String(query) => name == "query" && is_asked(query, whole),
                other => any(other, whole),
            }),
            Json::Array(all) => all.iter().any(|one| any(one, whole)),
            _ => false,
        }
    }
    input.contains("\"query\"") && serde_json::from_str(input).is_ok_and(|told| any(&told, whole))
}

/// Does the value hold this? What stands behind the @ alone says which host, not who.
fn is_part(typed: &str, value: &str) -> bool {
    let found = value.find(typed).is_some_and(|at| value.find('@').is_none_or(|host| at < host));
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = || digits(typed).trim_start_matches('0').to_owned();
    found || (is_number(typed) && is_number(value) && number().len() >= 4 && digits(value).contains(&number()))
}

#[cfg(test)]
mod tests {
    use super::is_part;

    #[test]
    fn what_was_typed_is_a_part_of_a_name_an_address_or_a_number() {
        for (typed, value) in
            [("canthird", "wanda canthird"), ("wanda1@zq", "wanda1@zq.example"), ("0612 34", "+33 6 12 34 56 78"), ("5678", "33612345678")]
        {
            assert!(is_part(typed, value), "{typed} of {value}");
        }
        for (typed, value) in
            [("example", "wanda1@zq.example"), ("wandas", "wanda canthird"), ("061", "+33 6 12 34 56 78"), ("paid", "33612345678")]
        {
            assert!(!is_part(typed, value), "{typed} of {value}");
        }
    }
}
