//! The audit log: every change and every export, who and when, newest first (SPEC 14.1).

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::events::{self, Entry, LogFilter, LogKey};
use domain::kit::{Currency, CustomerId, EventId, Money, Right, Zone};
use domain::merchants;
use domain::staff::{Means, api_keys, members};
use jiff::civil::Date;
use serde::Deserialize;

use super::{Item, around};
use crate::app::App;
use crate::dashboard::moments::moment;
use crate::dashboard::{PageResult, show_with};
use crate::http::Who;
use crate::look::{Form, Frame, Page, When};

const HERE: &str = "/settings/audit";
const PER_PAGE: usize = 50;

/// The filters in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    actor: String,
    kind: String,
    from: String,
    to: String,
    customer: String,
    after: String,
}

struct Line {
    at: When,
    who: String,
    door: String,
    what: String,
    /// Where it happened, when that has a page.
    href: String,
    cause: String,
    changes: Vec<String>,
}

#[derive(Template)]
#[template(path = "dashboard/settings/audit.html")]
struct AuditPage {
    frame: Frame,
    entries: Vec<Item>,
    form: Form,
    actors: Vec<(String, String)>,
    nouns: Vec<(String, String)>,
    lines: Vec<Line>,
    page: Page,
    filtered: bool,
}

fn filter(asked: &Asked, zone: &Zone) -> LogFilter {
    let day = |text: &str| text.parse::<Date>().ok();
    LogFilter {
        actor: asked.actor.clone(),
        kind: asked.kind.clone(),
        from: day(&asked.from).map(|d| zone.start_of(d)),
        until: day(&asked.to).map(|d| zone.end_of(d).saturating_add(1)),
        customer: asked.customer.parse::<CustomerId>().ok(),
    }
}

/// `1750000000000000~evt_…`
fn key(text: &str) -> Option<LogKey> {
    let (at, id) = text.split_once('~')?;
    Some((at.parse().ok()?, id.parse::<EventId>().ok()?))
}

fn address(asked: &Asked, after: Option<&LogKey>) -> String {
    let after = after.map(|(at, id)| format!("{at}~{id}")).unwrap_or_default();
    let pairs = [
        ("actor", &asked.actor),
        ("kind", &asked.kind),
        ("from", &asked.from),
        ("to", &asked.to),
        ("customer", &asked.customer),
        ("after", &after),
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.into_iter().filter(|(_, v)| !v.is_empty()) {
        query.append_pair(name, value);
    }
    format!("{HERE}?{}", query.finish())
}

/// The log.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Query(asked): Query<Asked>) -> PageResult {
    let (for_db, may_see_staff) = (asked.clone(), who.ctx.may(Right::Staff));
    let (zone, log, people) = app
        .read(&who.ctx, move |tx, ctx| {
            let zone = merchants::settings(tx, ctx)?.zone;
            let log = events::log(tx, ctx, &filter(&for_db, &zone), key(&for_db.after).as_ref(), PER_PAGE)?;
            let mut people: Vec<(String, String)> = Vec::new();
            if may_see_staff {
                people.extend(members::list(tx, ctx)?.into_iter().map(|m| (m.person.to_string(), m.name)));
                people.extend(api_keys::list(tx, ctx)?.into_iter().map(|k| (k.id.to_string(), format!("Key “{}”", k.name))));
            }
            Ok((zone, log, people))
        })
        .await?;
    let actors = actors(&asked, people, &log.entries);
    let text = |s: &str| s.to_owned();
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    let page = AuditPage {
        frame,
        entries,
        form: Form::of([
            ("actor", &asked.actor),
            ("kind", &asked.kind),
            ("from", &asked.from),
            ("to", &asked.to),
            ("customer", &asked.customer),
        ]),
        actors,
        nouns: events::nouns::ALL.iter().map(|(noun, word)| (text(noun), text(word))).chain(events::nouns::exports()).collect(),
        page: Page {
            range: match log.entries.len() {
                0 => String::new(),
                1 => "1 entry".to_owned(),
                n => format!("{n} entries"),
            },
            previous: (!asked.after.is_empty()).then(|| address(&asked, None)),
            next: log.next.as_ref().map(|after| address(&asked, Some(after))),
        },
        filtered: [&asked.actor, &asked.kind, &asked.from, &asked.to, &asked.customer].into_iter().any(|f| !f.is_empty()),
        lines: log.entries.iter().map(|e| line(&zone, e)).collect(),
    };
    Ok(show_with(StatusCode::OK, &page))
}

/// Everybody of the staff and every key; for those who may not see them, whoever acted on this page.
fn actors(asked: &Asked, mut people: Vec<(String, String)>, entries: &[Entry]) -> Vec<(String, String)> {
    let seen = entries.iter().map(|e| (e.actor_id.clone(), e.actor_name.clone()));
    for (id, name) in seen.chain([(asked.actor.clone(), asked.actor.clone())]) {
        if !id.is_empty() && !people.iter().any(|(known, _)| *known == id) {
            people.push((id, name));
        }
    }
    people
}

fn line(zone: &Zone, e: &Entry) -> Line {
    Line {
        at: moment(zone, e.at),
        who: e.actor_name.clone(),
        door: door(&e.door).to_owned(),
        what: if e.subject_kind == "rate" { format!("{}: {}", sentence(&e.kind), e.subject_id) } else { sentence(&e.kind) },
        href: place(e),
        cause: e.cause.clone(),
        changes: changes(e),
    }
}

/// `customer.status_changed` reads “Customer: status changed”.
fn sentence(kind: &str) -> String {
    let (noun, verb) = kind.split_once('.').unwrap_or((kind, ""));
    let words = if noun == "api_key" { "API key".to_owned() } else { noun.replace('_', " ") };
    let mut chars = words.chars();
    let noun: String = chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default();
    if verb.is_empty() { noun } else { format!("{noun} {}", verb.replace('_', " ")) }
}

/// The page of what it happened to, where there is one.
fn place(e: &Entry) -> String {
    match (e.subject_kind.as_str(), &e.customer) {
        ("order", _) => format!("/orders/{}", e.subject_id),
        ("shop", _) => format!("/settings/shops/{}", e.subject_id),
        ("api_key", _) => format!("/settings/api-keys/{}", e.subject_id),
        ("job", _) => format!("/jobs/{}", e.subject_id),
        ("webhook_endpoint", _) => format!("/settings/webhooks/{}", e.subject_id),
        (_, Some(customer)) => format!("/customers/{customer}"),
        _ => String::new(),
    }
}

fn door(name: &str) -> &str {
    match name {
        "page" => "dashboard",
        "api" => "API",
        "cli" => "command line",
        "clock" => "by itself",
        other => other,
    }
}

fn changes(e: &Entry) -> Vec<String> {
    let fields = e.values.iter().map(|c| {
        let field = c.field.replace('_', " ");
        match (&c.old, &c.new) {
            (None, None) => format!("{field}: erased"),
            (None, Some(new)) => format!("{field}: {new}"),
            (Some(old), None) => format!("{field}: {old} removed"),
            (Some(old), Some(new)) => format!("{field}: {} → {}", or_nothing(old), or_nothing(new)),
        }
    });
    let sum = money(&e.data);
    let data = e.data.as_object().into_iter().flatten().filter(|(name, v)| !(v.is_null() || sum.is_some() && *name == "currency"));
    let data = data.map(|(name, v)| {
        let value = sum.as_ref().filter(|_| name == "amount").map_or_else(|| said(name, v), ToString::to_string);
        format!("{}: {value}", name.replace('_', " "))
    });
    fields.chain(data).collect()
}

/// An amount and its currency are one thing to whoever reads.
fn money(data: &serde_json::Value) -> Option<Money> {
    let currency = data["currency"].as_str().and_then(Currency::of)?;
    Some(Money::new(data["amount"].as_i64()?, currency))
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

/// By which means a session was opened, in words; everything else as it is.
fn said(name: &str, value: &serde_json::Value) -> String {
    let means = value.as_str().filter(|_| name == "means").and_then(|word| word.parse::<Means>().ok());
    means.map_or_else(|| plain(value), |means| means.label().to_lowercase())
}

/// A value of an event as text: lists with commas, no quotes.
fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(is_so) => if *is_so { "yes" } else { "no" }.to_owned(),
        serde_json::Value::Array(all) if all.is_empty() => "nothing".to_owned(),
        serde_json::Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_as_words() {
        assert_eq!(sentence("customer.status_changed"), "Customer status changed");
        assert_eq!(sentence("api_key.created"), "API key created");
        assert_eq!(plain(&serde_json::json!(["read", 3, [], true])), "read, 3, nothing, yes");
        assert_eq!(money(&serde_json::json!({ "amount": 4500, "currency": "EUR" })).map(|m| m.to_string()), Some("€45.00".to_owned()));
        assert!(money(&serde_json::json!({ "amount": "4500", "currency": "EUR" })).is_none());
    }

    #[test]
    fn an_odd_place_in_the_address_is_the_beginning() {
        for odd in ["", "x", "1~", "~evt_1", "9999999999999999999999~evt_01jzzzzzzzzzzzzzzzzzzzzzzz"] {
            assert!(key(odd).is_none(), "{odd}");
        }
    }
}
