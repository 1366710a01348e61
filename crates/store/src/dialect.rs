//! The one place that knows how SQLite's text differs from PostgreSQL's. SQL is written once, for PostgreSQL, in the portable subset
//! (ARCHITECTURE, store); a small tokenizer rewrites it for SQLite and never looks inside literals, quoted names or comments.

/// A piece of SQL text. The texts of all tokens, joined, are the input again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// Blanks and comments (`-- …`, `/* … */`, which may nest).
    Blank(&'a str),
    /// `'…'`, `E'…'`, `$$…$$`, `$tag$…$tag$`.
    Literal(&'a str),
    /// `"…"`.
    Quoted(&'a str),
    /// A key word or a bare name; a `$` inside a name belongs to it.
    Word(&'a str),
    /// `$1`; the text and the number.
    Param(&'a str, u32),
    /// Anything else, one character or one number at a time.
    Other(&'a str),
}

/// Cuts SQL text into tokens. Text that ends inside a literal or comment gives one last token to the end.
pub fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let token = next(rest)?;
        rest = rest.get(token.text().len()..).unwrap_or("");
        Some(token)
    })
}

impl<'a> Token<'a> {
    pub fn text(self) -> &'a str {
        match self {
            Token::Blank(t) | Token::Literal(t) | Token::Quoted(t) | Token::Word(t) | Token::Param(t, _) | Token::Other(t) => t,
        }
    }

    fn is_word(self, word: &str) -> bool {
        matches!(self, Token::Word(text) if text.eq_ignore_ascii_case(word))
    }
}

fn next(s: &str) -> Option<Token<'_>> {
    let b = s.as_bytes();
    let first = *b.first()?;
    let second = b.get(1).copied();
    Some(match first {
        _ if first.is_ascii_whitespace() => Token::Blank(head(s, run(b, |c| c.is_ascii_whitespace()))),
        b'-' if second == Some(b'-') => Token::Blank(head(s, run(b, |c| c != b'\n'))),
        b'/' if second == Some(b'*') => Token::Blank(head(s, comment(b))),
        b'\'' => Token::Literal(head(s, quoted(b, 0, b'\'', false))),
        b'e' | b'E' if second == Some(b'\'') => Token::Literal(head(s, quoted(b, 1, b'\'', true))),
        b'"' => Token::Quoted(head(s, quoted(b, 0, b'"', false))),
        b'$' => dollar(s),
        _ if is_name_start(first) => Token::Word(head(s, run(b, |c| is_name_start(c) || c.is_ascii_digit() || c == b'$'))),
        _ if first.is_ascii_digit() => Token::Other(head(s, run(b, |c| c.is_ascii_digit()))),
        _ => Token::Other(head(s, 1)),
    })
}

fn is_name_start(c: u8) -> bool {
    c.is_ascii_alphabetic() || c == b'_' || c >= 0x80
}

/// Every cut is beside an ASCII byte or at the end, so it is a character boundary; the fallback keeps that from ever being a panic.
fn head(s: &str, len: usize) -> &str {
    s.get(..len).unwrap_or(s)
}

fn run(b: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    b.iter().position(|c| !wanted(*c)).unwrap_or(b.len())
}

fn comment(b: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < b.len() {
        match (b[at], b.get(at + 1)) {
            (b'/', Some(b'*')) => (depth, at) = (depth + 1, at + 2),
            (b'*', Some(b'/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

fn quoted(b: &[u8], open: usize, quote: u8, backslash: bool) -> usize {
    let mut at = open + 1;
    while at < b.len() {
        match b[at] {
            b'\\' if backslash => at += 2,
            c if c == quote && b.get(at + 1) == Some(&quote) => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    b.len()
}

/// `$1`, `$$…$$`, `$tag$…$tag$`, or a lone dollar.
fn dollar(s: &str) -> Token<'_> {
    let tail = &s[1..];
    let digits = run(tail.as_bytes(), |c| c.is_ascii_digit());
    if digits > 0 {
        let text = head(s, 1 + digits);
        return text[1..].parse().map_or(Token::Other(text), |n| Token::Param(text, n));
    }
    let tag = run(tail.as_bytes(), |c| is_name_start(c) || c.is_ascii_digit());
    if tail.as_bytes().get(tag) != Some(&b'$') {
        return Token::Other(head(s, 1));
    }
    let mark = head(s, tag + 2);
    let body = s.get(mark.len()..).unwrap_or("");
    Token::Literal(body.find(mark).map_or(s, |end| head(s, mark.len() + end + mark.len())))
}

/// The same text for SQLite: `$1` becomes `?1`; BIGINT and BOOLEAN become INTEGER, BYTEA becomes BLOB; `COLLATE "C"` goes (SQLite
/// compares bytes anyway); each CREATE TABLE becomes STRICT, because SQLite otherwise takes 'abc' for a BIGINT.
pub fn to_sqlite(sql: &str) -> String {
    let tokens: Vec<Token<'_>> = tokens(sql).collect();
    let mut out = String::with_capacity(sql.len() + 16);
    let (mut words, mut end, mut at) = (Vec::new(), 0, 0);
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Blank(text) => {
                out.push_str(text);
                continue;
            }
            Token::Other(";") => {
                strict(&mut out, end, &words);
                words.clear();
                out.push(';');
                end = out.len();
                continue;
            }
            Token::Word(_) if token.is_word("collate") => {
                let next = tokens.iter().skip(at).position(|t| !matches!(t, Token::Blank(_))).map(|n| at + n);
                if let Some(next) = next.filter(|n| tokens.get(*n) == Some(&Token::Quoted("\"C\""))) {
                    at = next + 1;
                    continue;
                }
                out.push_str(token.text());
            }
            Token::Word(_) if token.is_word("bigint") || token.is_word("boolean") => out.push_str("INTEGER"),
            Token::Word(_) if token.is_word("bytea") => out.push_str("BLOB"),
            Token::Param(_, n) => out.push_str(&format!("?{n}")),
            other => out.push_str(other.text()),
        }
        if words.len() < 3 {
            words.push(*token);
        }
        end = out.len();
    }
    strict(&mut out, end, &words);
    out
}

/// Writes STRICT behind the last token of a CREATE TABLE, before any comment that follows it.
fn strict(out: &mut String, end: usize, words: &[Token<'_>]) {
    let mut words = words.iter().filter(|w| !w.is_word("temp") && !w.is_word("temporary"));
    if words.next().is_some_and(|w| w.is_word("create")) && words.next().is_some_and(|w| w.is_word("table")) {
        out.insert_str(end, " STRICT");
    }
}

/// Why this text is no statement for a closure, if it is none: closures cannot begin or end transactions, nor say two things at once.
pub fn refusal(sql: &str) -> Option<&'static str> {
    const FORBIDDEN: [&str; 14] = [
        "begin",
        "start",
        "commit",
        "end",
        "rollback",
        "abort",
        "savepoint",
        "release",
        "pragma",
        "attach",
        "detach",
        "vacuum",
        "set",
        "prepare",
    ];
    let mut tokens = tokens(sql).filter(|t| !matches!(t, Token::Blank(_)));
    let Some(first) = tokens.next() else { return Some("an empty statement") };
    if FORBIDDEN.iter().any(|word| first.is_word(word)) {
        return Some("a closure cannot begin, end or change its transaction");
    }
    tokens.any(|t| t == Token::Other(";")).then_some("one statement at a time")
}

/// How many parameters the text takes: the highest number. Err when one below it is unused, which PostgreSQL cannot type.
pub fn parameters(sql: &str) -> Result<usize, &'static str> {
    let mut numbers: Vec<u32> = tokens(sql).filter_map(|t| if let Token::Param(_, n) = t { Some(n) } else { None }).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let whole = numbers.iter().enumerate().all(|(at, n)| *n as usize == at + 1);
    if whole { Ok(numbers.len()) } else { Err("parameters are numbered from $1 without a gap") }
}
