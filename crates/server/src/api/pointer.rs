//! Where in a JSON body a parser stopped, as a JSON pointer: it tells a line and a column, people want to know which field.

/// The pointer of the value in which the parser stood at this line and column (both from 1).
pub fn at(body: &[u8], line: usize, column: usize) -> String {
    let stack = walk(body, offset(body, line, column));
    stack.iter().map(|part| format!("/{}", escape(part))).collect()
}

/// The pointer of a field beside the one in which the parser stood: an unknown or a missing field.
pub fn beside(body: &[u8], line: usize, column: usize, field: &str) -> String {
    let mut stack = walk(body, offset(body, line, column));
    stack.pop();
    stack.push(field.to_owned());
    stack.iter().map(|part| format!("/{}", escape(part))).collect()
}

fn escape(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let start: usize = body.split_inclusive(|b| *b == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (start + column).min(body.len())
}

/// The keys and positions from the top to `end`: a small reader of JSON that only minds nesting.
fn walk(body: &[u8], end: usize) -> Vec<String> {
    let mut stack: Vec<Level> = Vec::new();
    let mut i = 0;
    while i < end {
        match body[i] {
            b'{' => stack.push(Level::Object(String::new())),
            b'[' => stack.push(Level::Array(0)),
            b'}' | b']' if i + 1 < end => {
                stack.pop();
            }
            b',' => {
                if let Some(Level::Array(n)) = stack.last_mut() {
                    *n += 1;
                }
            }
            b'"' => {
                let (text, next) = string(body, i);
                if let Some(Level::Object(key)) = stack.last_mut()
                    && body[next.min(body.len())..].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':')
                {
                    *key = text;
                }
                i = next;
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    stack
        .into_iter()
        .filter_map(|level| match level {
            Level::Object(key) if key.is_empty() => None,
            Level::Object(key) => Some(key),
            Level::Array(n) => Some(n.to_string()),
        })
        .collect()
}

enum Level {
    Object(String),
    Array(usize),
}

/// The text of the string that begins at `start`, and where it ends.
fn string(body: &[u8], start: usize) -> (String, usize) {
    let mut i = start + 1;
    while i < body.len() && body[i] != b'"' {
        i += if body[i] == b'\\' { 2 } else { 1 };
    }
    let next = (i + 1).min(body.len());
    (serde_json::from_slice(&body[start..next]).unwrap_or_default(), next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_at_which_the_parser_stopped_is_named() {
        let body = br#"{"name": "a", "lines": [{"sku": "x"}, {"sku": 5}]}"#;
        let column = body.iter().position(|b| *b == b'5').unwrap() + 1;
        assert_eq!(at(body, 1, column), "/lines/1/sku");
        assert_eq!(at(b"[1, 2", 1, 4), "/1");
        assert_eq!(beside(br#"{"nam": 1}"#, 1, 6, "nam"), "/nam");
    }
}
