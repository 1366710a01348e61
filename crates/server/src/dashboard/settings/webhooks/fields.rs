//! The fields of an endpoint: boxes for the nouns, a line for single kinds.

use domain::events::nouns;
use domain::webhooks::{Endpoint, EndpointInput};

use crate::dashboard::typed::Typed;
use crate::look::Form;

/// A box.
pub struct Noun {
    /// `customer.*`
    pub value: String,
    /// "Customers"
    pub words: &'static str,
}

/// A box for each noun of the audit log.
pub fn nouns() -> Vec<Noun> {
    nouns::ALL.iter().filter(|(noun, _)| *noun != "webhook").map(|(noun, words)| Noun { value: format!("{noun}.*"), words }).collect()
}

/// What was typed.
pub fn input(typed: &Typed, local: bool) -> EndpointInput {
    let chosen = typed.all("events").map(str::to_owned);
    let more = typed.get("more").split([',', ' ', '\n', '\r', '\t']).map(str::to_owned);
    let events = if typed.get("which") == "all" { vec!["*".to_owned()] } else { chosen.chain(more).collect() };
    EndpointInput { url: typed.text("url"), description: typed.text("description"), events, local }
}

/// The form of one that is there.
pub fn form(e: &Endpoint) -> Form {
    let (words, nouns) = (e.wants.words(), nouns());
    let is_box = |w: &str| nouns.iter().any(|n| n.value == w);
    let all = words == ["*"];
    let more: Vec<&str> = words.iter().map(String::as_str).filter(|w| !all && !is_box(w)).collect();
    let mut pairs = vec![
        ("url", e.url.clone()),
        ("description", e.description.clone()),
        ("which", if all { "all".to_owned() } else { "some".to_owned() }),
        ("more", more.join(", ")),
    ];
    pairs.extend(words.iter().filter(|w| is_box(w)).map(|w| ("events", w.clone())));
    Form::of(pairs)
}
