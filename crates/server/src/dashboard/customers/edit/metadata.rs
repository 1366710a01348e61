//! Metadata as one text field: `key: value` on a line of its own. What does not fit into one line as it is has a way to stand there, so that a form
//! which is saved changes nothing that nobody touched: a key with a colon stands in quotation marks, and a line that begins with `|` goes on with
//! the value above.

use std::collections::BTreeMap;

/// All keys and values, in the order of the keys.
pub fn printed(metadata: &BTreeMap<String, String>) -> String {
    let line = |(key, value): (&String, &String)| format!("{}: {}", quoted(key), value.replace('\n', "\n| "));
    metadata.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The opposite. A line without a colon is a key without a value; a key that stands there twice keeps blanks that the verb finds it by.
pub fn read(text: &str) -> BTreeMap<String, String> {
    let mut all: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let (Some(more), Some((_, value))) = (line.strip_prefix('|'), all.last_mut()) {
            value.push('\n');
            value.push_str(more.strip_prefix(' ').unwrap_or(more));
        } else if !line.trim().is_empty() {
            all.push(pair(line.trim_start()));
        }
    }
    let mut metadata = BTreeMap::new();
    for (mut key, value) in all {
        while metadata.contains_key(&key) {
            key.push(' ');
        }
        metadata.insert(key, value.trim().to_owned());
    }
    metadata
}

/// A key as a line begins with it.
fn quoted(key: &str) -> String {
    let plain = !key.contains([':', '\n', '\r']) && !key.starts_with(['"', '|']);
    if plain { key.to_owned() } else { serde_json::Value::from(key).to_string() }
}

fn pair(line: &str) -> (String, String) {
    let (key, value) = in_quotes(line).unwrap_or_else(|| {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        (key.trim().to_owned(), value)
    });
    (key, value.strip_prefix(' ').unwrap_or(value).to_owned())
}

/// A key in quotation marks; `None` for a line that only looks like it.
fn in_quotes(line: &str) -> Option<(String, &str)> {
    let mut keys = serde_json::Deserializer::from_str(line).into_iter::<String>();
    let key = keys.next()?.ok()?;
    let value = line.get(keys.byte_offset()..)?.trim_start().strip_prefix(':')?;
    Some((key.trim().to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn people_type_it_plainly() {
        assert_eq!(read(" size:  L \r\ncolour\r\n\r\nurl: http://x: y"), of(&[("size", "L"), ("colour", ""), ("url", "http://x: y")]));
        assert_eq!(read("a: 1\na: 2"), of(&[("a", "1"), ("a ", "2")]));
        assert_eq!(read("note: first\n| second\n|third\n|\n| last"), of(&[("note", "first\nsecond\nthird\n\nlast")]));
        assert_eq!(read("| alone: x"), of(&[("| alone", "x")]));
        assert_eq!(read("\"size\": L\n\"odd: x"), of(&[("size", "L"), ("\"odd", "x")]));
    }

    #[test]
    fn what_stands_there_is_what_is_printed() {
        let all = of(&[
            ("a:b", "1"),
            ("\"q\"", "x"),
            ("|", "p"),
            ("two\nlines", "v"),
            ("n", "one\n\n| three\n four"),
            ("e", ""),
            ("c", ": :"),
            ("k", "C:\\new"),
        ]);
        assert_eq!(read(&printed(&all)), all);
        assert_eq!(read(&printed(&all).replace('\n', "\r\n")), all, "as browsers send it");
    }

    #[test]
    fn nothing_is_lost_on_the_way_whatever_it_is() {
        const SIGNS: [char; 14] = ['a', 'b', ':', '|', '"', '\\', '\n', ' ', ',', '=', '\t', 'é', '\u{2028}', '\u{200f}'];
        let mut state = 7_u64;
        let mut dice = |sides: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % sides
        };
        for _ in 0..20_000 {
            let mut text = |longest: usize| {
                let some: String = (0..dice(longest)).map(|_| SIGNS[dice(SIGNS.len())]).collect();
                some.trim().to_owned() // As the verb keeps it.
            };
            let all: BTreeMap<String, String> = (0..4).map(|_| (text(6), text(9))).filter(|(key, _)| !key.is_empty()).collect();
            assert_eq!(read(&printed(&all)), all, "{:?}", printed(&all));
        }
    }
}
