//! Where a few bytes occur in the text of many rows: one forward pass over the arena that begins again at the next record after each hit. Measured
//! against looking into record by record, it costs the same where nearly all match, and a fifth where few do; to look for the rarest byte of the
//! needle instead is slower for every needle.

use std::ops::Range;

use memchr::memmem::Finder;

use super::arena::Arena;
use super::bits::Bits;

/// Bytes to look for.
pub(super) struct Needle<'a>(Finder<'a>);

impl<'a> Needle<'a> {
    pub fn new(bytes: &'a [u8]) -> Needle<'a> {
        Needle(Finder::new(bytes))
    }

    pub fn len(&self) -> usize {
        self.0.needle().len()
    }

    pub fn is_in(&self, text: &[u8]) -> bool {
        self.0.find(text).is_some()
    }

    /// Marks each of `among` in whose record the needle occurs and `holds` says yes of the record; in `rows` the first of `among` is row 0.
    #[inline(always)]
    pub fn mark(&self, text: &Arena, among: &Range<usize>, holds: impl Fn(&[u8]) -> bool, rows: &mut Bits) {
        let all = &text.all()[..text.start(among.end)];
        let (mut at, mut row) = (text.start(among.start), among.start);
        while let Some(hit) = self.0.find(&all[at..]) {
            let hit = at + hit;
            at = text.start(row + 1);
            while at <= hit {
                row += 1;
                at = text.start(row + 1);
            }
            if holds(text.record(row)) {
                rows.set(row - among.start);
            }
            row += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::arena;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn all_rows_that_contain_it_are_marked(
            names in proptest::collection::vec("[ab]{0,3}|[abc]{0,60}", 0..180), needle in "[abc]{1,12}", blocks in 0..3_usize,
        ) {
            let mut text = Arena::default();
            names.iter().for_each(|name| text.push(&arena::record(name, "", "", "")));
            let from = (64 * blocks).min(names.len() / 64 * 64);
            let to = names.len() - blocks.min(names.len() - from);
            let mut rows = Bits::none(to - from);
            Needle::new(needle.as_bytes()).mark(&text, &(from..to), |_| true, &mut rows);
            let expected: Vec<u32> = (from..to).filter(|row| names[*row].contains(&needle)).map(|row| (row - from) as u32).collect();
            prop_assert_eq!(rows.within(0, to - from), expected);
        }
    }
}
