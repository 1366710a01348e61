//! Keeps a spreadsheet from running what a customer typed. A text cell that begins with a character a
//! spreadsheet acts on gets an apostrophe in front; one that begins with an apostrophe followed by such a
//! character is one of ours and loses it again. The two undo each other for every text (SPEC 9.1).

use std::borrow::Cow;

/// What may begin a formula: ASCII, the wide forms that East Asian settings take alike, and the blanks some
/// programs skip first. The apostrophe is among them so that the way back is never in doubt.
const STARTS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\'', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The text as it may stand in a CSV cell.
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if is_risky(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before [`neutralise`]. Leaves cells that need no care, such as `'t Hooft`.
pub fn restore(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(STARTS) => rest,
        _ => cell,
    }
}

pub(super) fn is_risky(text: &str) -> bool {
    text.starts_with(STARTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_run_gets_an_apostrophe() {
        for text in ["=1+1", "+31 6 1234", "-12.50", "@SUM(A1)", "\t=1", "\r=1", "'", "'=1", "'t Hooft", "\u{ff1d}1"] {
            let cell = neutralise(text);
            assert_eq!(cell, format!("'{text}"));
            assert_eq!(restore(&cell), text);
        }
    }

    #[test]
    fn plain_text_and_other_peoples_apostrophes_stay() {
        for text in ["", "Ann", "12.50", " =1", "a=b"] {
            assert_eq!(neutralise(text), text);
        }
        assert_eq!(restore("'t Hooft"), "'t Hooft");
        assert_eq!(restore("'"), "'");
    }

    proptest! {
        #[test]
        fn the_way_back_gives_every_text_again(text in "(?s)[=+@'\t\r\n-]{0,3}.{0,20}") {
            let cell = neutralise(&text);
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            prop_assert_eq!(restore(&cell), text.as_str());
        }
    }
}
