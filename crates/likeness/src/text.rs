//! How far two texts are apart: edits (insert, delete, replace, two neighbours exchanged) and Jaro and Winkler's measure, and how a name sounds.

/// Longer texts are compared by their beginnings.
const LONGEST: usize = 64;

/// The number of edits between `a` and `b`, counting two exchanged neighbours as one; `limit + 1` as soon as it is more than `limit`.
///
/// ```
/// assert_eq!(likeness::text::edits("wieloch", "wielcoh", 3), 1);
/// assert_eq!(likeness::text::edits("anna", "bernd", 2), 3);
/// ```
pub fn edits(a: &str, b: &str, limit: usize) -> usize {
    both(a, b, |a, b| edits_of(a, b, limit), |a, b| edits_of(a, b, limit))
}

/// Jaro and Winkler's likeness from 0 to 1: it forgives exchanged letters and trusts the beginning of a word.
///
/// ```
/// let alike = likeness::text::jaro_winkler("martha", "marhta");
/// assert!((alike - 0.9611).abs() < 0.0001);
/// ```
pub fn jaro_winkler(a: &str, b: &str) -> f32 {
    both(a, b, |a, b| jaro_winkler_of(a, b), |a, b| jaro_winkler_of(a, b))
}

/// The same, or 0 as soon as it is certain to be below `least`: most strangers share too few letters.
pub fn jaro_winkler_from(a: &str, b: &str, least: f32) -> f32 {
    both(
        a,
        b,
        |a, b| if most(a, b) < least { 0.0 } else { jaro_winkler_of(a, b) },
        |a, b| if most(a, b) < least { 0.0 } else { jaro_winkler_of(a, b) },
    )
}

/// No more than this can come out: as if all letters that both have were met in order.
fn most<T: Letter>(a: &[T], b: &[T]) -> f32 {
    if a.is_empty() && b.is_empty() {
        return 1.0; // nothing is the same as nothing
    }
    let (of_a, of_b) = (letters(a), letters(b));
    let met = |text: &[T], set: u64| short(text.iter().filter(|letter| set & (1 << letter.bit()) != 0).count()) / short(text.len().max(1));
    let jaro = (met(a, of_b) + met(b, of_a) + 1.0) / 3.0;
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + short(prefix) * 0.1 * (1.0 - jaro)
}

fn both<R>(a: &str, b: &str, bytes: impl Fn(&[u8], &[u8]) -> R, letters: impl Fn(&[char], &[char]) -> R) -> R {
    if a.is_ascii() && b.is_ascii() {
        return bytes(&a.as_bytes()[..a.len().min(LONGEST)], &b.as_bytes()[..b.len().min(LONGEST)]);
    }
    let of = |text: &str| text.chars().take(LONGEST).collect::<Vec<_>>();
    letters(&of(a), &of(b))
}

fn edits_of<T: Letter>(a: &[T], b: &[T], limit: usize) -> usize {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    // An edit takes away one letter at most and brings one at most: most strangers are told apart here.
    let (of_a, of_b) = (letters(a), letters(b));
    if a.len().abs_diff(b.len()) > limit || differ(of_a, of_b) > limit || differ(of_b, of_a) > limit {
        return limit + 1;
    }
    // Three rows of the table are enough: the one before, the one before that (for exchanged neighbours), and the one that is filled.
    let mut rows = [[0u8; LONGEST + 1]; 3];
    for (j, cell) in rows[2].iter_mut().enumerate() {
        *cell = at(j);
    }
    for i in 0..a.len() {
        let (now, last, before) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = at(i + 1);
        let mut least = rows[now][0];
        for j in 0..b.len() {
            let replaced = rows[last][j] + u8::from(a[i] != b[j]);
            let mut edit = replaced.min(rows[last][j + 1] + 1).min(rows[now][j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                edit = edit.min(rows[before][j - 1] + 1);
            }
            rows[now][j + 1] = edit;
            least = least.min(edit);
        }
        if usize::from(least) > limit {
            return limit + 1;
        }
    }
    usize::from(rows[(a.len() + 2) % 3][b.len()]).min(limit + 1)
}

/// A letter, and which of 64 bits stands for it.
trait Letter: Copy + Eq {
    fn bit(self) -> u32;
}

impl Letter for u8 {
    fn bit(self) -> u32 {
        u32::from(self) % 64
    }
}

impl Letter for char {
    fn bit(self) -> u32 {
        u32::from(self) % 64
    }
}

fn letters<T: Letter>(text: &[T]) -> u64 {
    text.iter().fold(0, |set, letter| set | 1 << letter.bit())
}

/// How many of the letters of one are not in the other.
fn differ(one: u64, other: u64) -> usize {
    usize::try_from((one & !other).count_ones()).unwrap_or(0)
}

/// At most [`LONGEST`] + 1.
fn at(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

fn jaro_winkler_of<T: Letter>(a: &[T], b: &[T]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b) = (0u64, 0u64);
    let mut met = 0u8;
    for (i, letter) in a.iter().enumerate() {
        let to = (i + reach + 1).min(b.len());
        let from = i.saturating_sub(reach).min(to);
        if let Some(j) = (from..to).find(|&j| in_b & (1 << j) == 0 && b[j] == *letter) {
            in_a |= 1 << i;
            in_b |= 1 << j;
            met += 1;
        }
    }
    if met == 0 {
        return 0.0;
    }
    let exchanged = ones(in_a).zip(ones(in_b)).filter(|&(i, j)| a[i] != b[j]).count();
    let m = f32::from(met);
    let jaro = (m / short(a.len()) + m / short(b.len()) + (m - short(exchanged) / 2.0) / m) / 3.0;
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + short(prefix) * 0.1 * (1.0 - jaro)
}

/// The places of the bits that are set.
fn ones(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = usize::try_from(set.trailing_zeros()).unwrap_or(0);
        (set != 0).then(|| {
            set &= set - 1;
            at
        })
    })
}

/// At most [`LONGEST`].
fn short(n: usize) -> f32 {
    f32::from(at(n))
}

/// How a name sounds, as six letters at most. Empty for an empty name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sound([u8; 8]);

impl Sound {
    /// The letters; zeros behind them.
    pub fn bytes(&self) -> &[u8] {
        if self.0[0] == 0 { &[] } else { &self.0 }
    }
}

/// How a name sounds, roughly: for finding, never for judging. Vowels behind the first letter fall away, letters that are confused stand for one
/// another. Names in other scripts keep their first letters.
pub fn sound(name: &str) -> Sound {
    let mut out = [0u8; 8];
    let mut len = 0;
    if !name.is_ascii() {
        let first = name.char_indices().nth(3).map_or(name.len(), |(at, _)| at);
        for (cell, byte) in out.iter_mut().zip(name[..first].bytes()) {
            *cell = byte;
        }
        return Sound(out);
    }
    let mut last = 0u8;
    for byte in name.bytes() {
        let class = match byte {
            b'b' | b'p' | b'f' | b'v' | b'w' => b'f',
            b'c' | b'k' | b'q' | b'g' | b'j' | b'x' | b's' | b'z' => b's',
            b'd' | b't' => b't',
            b'm' | b'n' => b'n',
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' => 0,
            other => other,
        };
        if len == 0 || (class != 0 && class != last) {
            out[len] = if class == 0 { b'a' } else { class };
            len += 1;
        }
        last = class;
        if len == 6 {
            break;
        }
    }
    Sound(out)
}
