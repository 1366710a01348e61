//! Answers of Exact Online, and what answers about tokens have in common everywhere.

use serde_json::Value;

use crate::accounting::{Answer, Booked, Tokens, Trouble, said};
use crate::json::at;
use crate::wire::Reply;

/// What every answer has in common. `writes`: something may have been done although nobody says so.
pub(super) fn read(reply: &Reply, writes: bool) -> Answer<Value> {
    let json = reply.json();
    let words = json.as_ref().map(|j| at(j, &["error", "message", "value"]).as_str().unwrap_or_default().to_owned()).unwrap_or_default();
    let status = reply.status;
    let lost = |words: String| if writes { Trouble::Unknown(words) } else { Trouble::Later(words, None) };
    match (status, json) {
        (204, _) => Ok(Value::Null),
        (200..=299, Some(json)) if json.is_object() => Ok(json),
        (401, _) => Err(Trouble::Expired("Exact Online does not accept the sign-in any more.".to_owned())),
        (429, _) => Err(Trouble::Later("Exact Online asks for a pause.".to_owned(), reply.after().map(i64::from).or(Some(60)))),
        (300..=499, _) => Err(Trouble::Refused(said(&words, &format!("Exact Online refused it ({status}).")))),
        _ => Err(lost(said(&words, &format!("Exact Online answered {status} and nothing that can be read.")))),
    }
}

/// The rows of a list.
pub(super) fn results(json: &Value) -> &[Value] {
    let d = &json["d"];
    d["results"].as_array().or_else(|| d.as_array()).map_or(&[], Vec::as_slice)
}

/// A field as text; numbers too.
pub(super) fn text(row: &Value, name: &str) -> String {
    match &row[name] {
        Value::String(text) => text.clone(),
        Value::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

pub(super) fn booked(row: &Value) -> Booked {
    Booked { id: text(row, "EntryID"), number: text(row, "EntryNumber") }
}

/// A header that is a number.
pub(super) fn number_words(reply: &Reply, name: &str) -> Option<i64> {
    reply.header(name).and_then(|v| v.trim().parse().ok())
}

/// Tokens, or why there are none: by the words of OAuth, which all services share.
pub(in crate::accounting) fn tokens(reply: &Reply, service: &str) -> Answer<Tokens> {
    let json = reply.json().unwrap_or_default();
    let field = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    // A number, or a number as text.
    let seconds = json["expires_in"].as_i64().or_else(|| field("expires_in").parse().ok());
    let words = said(&field("error_description"), &field("error"));
    match (reply.status, seconds) {
        (200..=299, Some(seconds)) if !field("access_token").is_empty() && !field("refresh_token").is_empty() => {
            Ok(Tokens { access: field("access_token"), refresh: field("refresh_token"), seconds })
        }
        (429, _) => Err(Trouble::Later(format!("{service} asks for a pause."), reply.after().map(i64::from).or(Some(60)))),
        (400..=499, _) if words.to_lowercase().contains("not expired") => Err(Trouble::Later(words, Some(60))),
        (400..=499, _) => Err(Trouble::SignIn(said(&words, &format!("{service} does not accept the sign-in any more.")))),
        (status, _) => Err(Trouble::Unknown(format!("{service} answered {status} and gave no tokens."))),
    }
}
