//! The filter of an endpoint: `*` for everything, `customer.*` for everything of a noun, `customer.edited` for one kind.

use crate::events::nouns;
use crate::kit::Problems;

/// The longest list of words.
const MOST: usize = 100;

/// Words of a filter, sorted; what a wider word of it says already is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants(Vec<String>);

impl Wants {
    /// Everything.
    pub fn everything() -> Self {
        Self(vec!["*".to_owned()])
    }

    /// Of words as typed. Notes what is wrong under `events`.
    pub fn of<'a>(words: impl IntoIterator<Item = &'a str>, problems: &mut Problems) -> Self {
        let mut all: Vec<String> = words.into_iter().map(|w| w.trim().to_owned()).filter(|w| !w.is_empty()).collect();
        if all.is_empty() {
            problems.add("events", "required", "Choose at least one kind of event, or all of them.");
        }
        if all.len() > MOST {
            problems.add("events", "too_long", "Use at most 100 names, or the wider ones that end with .*");
        }
        if let Some(odd) = all.iter().find(|w| !is_word(w)) {
            let shown: String = odd.chars().take(60).collect();
            problems.add("events", "invalid", format!("“{shown}” is not a name like customer.edited, customer.* or *."));
        } else if let Some(odd) = all.iter().find(|w| !is_there(w)) {
            problems.add("events", "unknown", format!("There is no event “{odd}”."));
        }
        all.sort();
        all.dedup();
        let wide = all.clone();
        all.retain(|w| w == "*" || !(wide.iter().any(|x| x == "*") || (!w.ends_with(".*") && wide.contains(&noun_of(w)))));
        Self(all)
    }

    /// As the database keeps it: words with blanks between them.
    pub(super) fn text(&self) -> String {
        self.0.join(" ")
    }

    /// Of [`Wants::text`].
    pub(super) fn parse(text: &str) -> Self {
        Self(text.split_whitespace().map(str::to_owned).collect())
    }

    /// The words.
    pub fn words(&self) -> &[String] {
        &self.0
    }

    /// Is an event of this kind wanted?
    pub fn has(&self, kind: &str) -> bool {
        self.0.iter().any(|w| w == "*" || w == kind || *w == noun_of(kind))
    }
}

/// `customer.edited` gives `customer.*`.
pub(super) fn noun_of(kind: &str) -> String {
    format!("{}.*", kind.split('.').next().unwrap_or_default())
}

fn is_word(word: &str) -> bool {
    let part = |text: &str| !text.is_empty() && text.len() <= 40 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    word == "*" || word.split_once('.').is_some_and(|(noun, verb)| part(noun) && (verb == "*" || part(verb)))
}

/// Says that something of this name can happen: who waits for what never comes is told at once.
fn is_there(word: &str) -> bool {
    word == "*" || word.strip_suffix(".*").map_or_else(|| nouns::is_known(word), nouns::is_noun)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Result<Vec<String>, String> {
        let mut problems = Problems::default();
        let wants = Wants::of(words.iter().copied(), &mut problems);
        match problems.0.first() {
            None => Ok(wants.0),
            Some(p) => Err(p.code.to_owned()),
        }
    }

    #[test]
    fn a_wider_word_takes_the_narrower_ones_with_it() {
        assert_eq!(of(&["order.paid", "customer.edited", "customer.*", "order.paid"]).unwrap(), ["customer.*", "order.paid"]);
        assert_eq!(of(&["customer.*", "*"]).unwrap(), ["*"]);
        assert_eq!(of(&["orders.exported", "returns.*"]).unwrap(), ["orders.exported", "returns.*"], "exports of lists too");
        for (bad, code) in [
            (vec![], "required"),
            (vec!["Customer.x"], "invalid"),
            (vec!["customer"], "invalid"),
            (vec!["a.b.c"], "invalid"),
            (vec!["*.x"], "invalid"),
            (vec!["nonsense.event"], "unknown"),
            (vec!["nonsense.*"], "unknown"),
            (vec!["customer.edited", "customer.ate"], "unknown"),
        ] {
            assert_eq!(of(&bad), Err(code.to_owned()), "{bad:?}");
        }
    }

    #[test]
    fn a_kind_is_wanted_by_its_name_its_noun_or_all() {
        let wants = Wants::parse("customer.* order.paid");
        assert_eq!(["customer.merged", "order.paid", "order.created", "customers.bulk"].map(|k| wants.has(k)), [true, true, false, false]);
        assert!(Wants::everything().has("note.added"));
    }
}
