//! One spelling for everything that is searched or sorted by name: without case, accents, ligatures and
//! odd blanks (SPEC 1.4). Both sides of a comparison pass here, so a change of this table asks for the
//! image to be loaded again. It must never be shown to anybody: it loses what people wrote.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Folds `text`: compatibility forms taken apart, accents dropped, lower case, a few letters without a
/// decomposition spelled out, every run of blanks and control characters one blank, none at the ends.
///
/// Folding twice gives the same as folding once.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        for byte in text.bytes() {
            push(&mut out, char::from(byte.to_ascii_lowercase()));
        }
    } else {
        for letter in text.nfkd().filter(|c| !is_dropped(*c)) {
            letter.to_lowercase().filter(|c| !is_dropped(*c)).for_each(|c| spell(&mut out, c));
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// Accents, and characters that only steer how their neighbours are drawn. The vowel signs of Indic
/// scripts and Thai are marks too, but of class 0: they are letters to their readers and stay.
fn is_dropped(c: char) -> bool {
    match c {
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{feff}' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => canonical_combining_class(c) != 0,
    }
}

fn spell(out: &mut String, c: char) {
    match c {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ø' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ł' => out.push('l'),
        'ı' => out.push('i'),
        'ς' => out.push('σ'),
        // Phones set curly quotes and long dashes where keyboards set straight ones.
        '‘' | '’' | 'ʼ' => out.push('\''),
        '“' | '”' => out.push('"'),
        '‐' | '‑' | '–' | '—' | '−' => out.push('-'),
        other => push(out, other),
    }
}

fn push(out: &mut String, c: char) {
    if !(c.is_whitespace() || c.is_control()) {
        out.push(c);
    } else if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::fold;
    use proptest::prelude::*;

    #[test]
    fn people_are_found_however_their_name_is_typed() {
        for (written, folded) in [
            ("Ana María", "ana maria"),
            ("MÜLLER-Lüdenscheidt", "muller-ludenscheidt"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("Søren Kierkegård", "soren kierkegard"),
            ("Đorđe", "dorde"),
            ("Łukasz", "lukasz"),
            ("Æsop Œuvre", "aesop oeuvre"),
            ("Þórður", "thordur"),
            ("İstanbul ılık", "istanbul ilik"),
            ("ΟΔΥΣΣΕΎΣ Οδυσσεύς", "οδυσσευσ οδυσσευσ"),
            ("ｆｕｌｌ ﬁt", "full fit"),
            ("e\u{301}te\u{301}", "ete"),
            ("O’Brien", "o'brien"),
            ("Jean–Luc", "jean-luc"),
            ("Ёлка", "елка"),
            ("हिन्दी", "हिनदी"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("  two \t\r\n words\u{a0}\u{3000}", "two words"),
            ("a\u{0}b\u{1}c\u{2}d\u{7f}e", "a b c d e"),
            ("A.B@Example.COM", "a.b@example.com"),
            ("山田 太郎", "山田 太郎"),
            (" \u{301}\u{301} ", ""),
            ("", ""),
        ] {
            assert_eq!(fold(written), folded, "{written:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC*|[\\x00-\\x7f]*|.*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert!(!once.chars().any(char::is_control), "{:?}", once);
            prop_assert!(!once.contains("  ") && once.trim() == once, "{:?}", once);
        }
    }
}
