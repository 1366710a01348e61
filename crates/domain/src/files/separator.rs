//! Finds what separates the cells, by looking at the first lines outside of quotes. It only guesses among
//! comma, semicolon, tab and bar; a file of one column gets the comma.

const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
const LINES: usize = 50;

/// How cells are separated in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub separator: u8,
    /// Every separator of the header is followed by a blank (`a, b, c`): blanks before a cell are not part of it.
    pub padded: bool,
    /// Bytes of a leading `sep=;` line, which spreadsheets read as a hint and which is no header.
    pub skip: usize,
}

/// Looks at `sample` (the start of the text); `told` wins over what is found.
pub(super) fn find(sample: &str, told: Option<u8>) -> Shape {
    let (hint, skip) = hinted(sample);
    let sample = sample[skip..].trim_start_matches(['\n', '\r']);
    let separator = told.or(hint).unwrap_or_else(|| {
        // the first of equals wins, in the order above
        CANDIDATES.into_iter().rev().max_by_key(|&candidate| score(sample, candidate)).unwrap_or(b',')
    });
    Shape { separator, padded: is_padded(sample, separator), skip }
}

fn hinted(sample: &str) -> (Option<u8>, usize) {
    let line = sample.split(['\n', '\r']).next().unwrap_or_default();
    match line.to_ascii_lowercase().trim_matches('"').as_bytes() {
        [b's', b'e', b'p', b'=', separator] if separator.is_ascii() => (Some(*separator), line.len()),
        _ => (None, 0),
    }
}

/// How many of the first lines have as many separators as the header, then how many that is.
fn score(sample: &str, separator: u8) -> (usize, usize) {
    let counts = counts(sample, separator);
    match counts.first() {
        None | Some(0) => (0, 0),
        Some(&header) => (counts.iter().filter(|&&n| n == header).count(), header),
    }
}

/// Separators outside of quotes in each of the first lines; blank lines do not count.
fn counts(sample: &str, separator: u8) -> Vec<usize> {
    let mut counts = Vec::new();
    let (mut n, mut quoted, mut at_start, mut blank) = (0, false, true, true);
    for &byte in sample.as_bytes() {
        match byte {
            b'"' if quoted => quoted = false,
            b'"' if at_start => quoted = true,
            _ if quoted => {}
            b'\n' | b'\r' => {
                if !blank {
                    counts.push(n);
                }
                if counts.len() == LINES {
                    return counts;
                }
                (n, at_start, blank) = (0, true, true);
                continue;
            }
            _ if byte == separator => {
                n += 1;
                (at_start, blank) = (true, false);
                continue;
            }
            _ => {}
        }
        blank = false;
        at_start = (at_start && byte == b' ') || (byte == b'"' && !quoted);
    }
    // the sample may end in the middle of a line: that one only counts when it is alone
    if counts.is_empty() && !blank {
        counts.push(n);
    }
    counts
}

fn is_padded(sample: &str, separator: u8) -> bool {
    let header = sample.split(['\n', '\r']).next().unwrap_or_default().as_bytes();
    let mut followers = header.windows(2).filter(|pair| pair[0] == separator).map(|pair| pair[1]).peekable();
    followers.peek().is_some() && followers.all(|byte| byte == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn separator(sample: &str) -> char {
        find(sample, None).separator as char
    }

    #[test]
    fn the_separator_that_is_steady_wins_over_the_frequent_one() {
        assert_eq!(separator("a (x,y,z,w);b\n1;2\n3;4\n"), ';');
        assert_eq!(separator("Name\tNote\nAnn\ta, b, c\n"), '\t');
        assert_eq!(separator("Name|Email\nAnn|a@b.c\n"), '|');
        assert_eq!(separator("a,b,c\n1,2,3\n"), ',');
        assert_eq!(separator("only one column\nx\n"), ',');
    }

    #[test]
    fn separators_within_quotes_do_not_count() {
        assert_eq!(separator("\"a,b,c,d\";e\n\"1,2,3,4\";5\n"), ';');
        assert_eq!(separator("a;b\n\"x\n,y,\n\";2\n"), ';');
    }

    #[test]
    fn a_hint_line_is_obeyed_and_skipped() {
        assert_eq!(find("sep=;\na;b\n", None), Shape { separator: b';', padded: false, skip: 5 });
        assert_eq!(find("sep=;\na,b\n", Some(b',')).separator, b',');
    }

    #[test]
    fn blanks_behind_every_separator_are_padding() {
        assert!(find("a, b, c\n1, 2, 3\n", None).padded);
        assert!(!find("a, b,c\n1, 2,3\n", None).padded);
        assert!(!find("a\n1\n", None).padded);
    }
}
