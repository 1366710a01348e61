//! The bank's file as it comes: `eurofxref-hist.csv`, or the same in the `eurofxref-hist.zip` that the bank offers.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

use crate::kit::{Error, Problems, Result};

/// The largest table that is read, unpacked: ten times what the bank has.
const MOST: u64 = 32 << 20;

/// The table in a file.
///
/// # Errors
/// `Invalid` on `file` for an archive without a table, one that is broken or far too large, and what is not UTF-8.
pub fn text_of(file: &[u8]) -> Result<String> {
    let table = if file.starts_with(b"PK\x03\x04") { unpacked(file)? } else { file.to_vec() };
    String::from_utf8(table).map_err(|_| refused("The file is not text in UTF-8."))
}

fn refused(words: &str) -> Error {
    Problems::one("file", "invalid", words)
}

/// The first table of a zip archive.
fn unpacked(file: &[u8]) -> Result<Vec<u8>> {
    let broken = || refused("The archive is broken. Load it again.");
    // The list of what is inside stands at the end, behind a mark, with at most a comment after it.
    let tail = file.len().saturating_sub(66_000);
    let end = file[tail..].windows(4).rposition(|w| w == b"PK\x05\x06").map(|at| tail + at).ok_or_else(broken)?;
    let (many, mut at) = (number(file, end + 10, 2).ok_or_else(broken)?, number(file, end + 16, 4).ok_or_else(broken)?);
    for _ in 0..many {
        let entry = file.get(at..).filter(|e| e.starts_with(b"PK\x01\x02")).ok_or_else(broken)?;
        let part = |at, len| number(entry, at, len).ok_or_else(broken);
        let (method, packed, name, extra, comment, offset) =
            (part(10, 2)?, part(20, 4)?, part(28, 2)?, part(30, 2)?, part(32, 2)?, part(42, 4)?);
        if entry.get(46..46 + name).ok_or_else(broken)?.to_ascii_lowercase().ends_with(b".csv") {
            return inflated(file, offset, packed, method).ok_or_else(broken);
        }
        at += 46 + name + extra + comment;
    }
    Err(refused("There is no table (.csv) in the archive."))
}

/// One entry; `None` when it is broken, packed in another way, or too large.
fn inflated(file: &[u8], offset: usize, packed: usize, method: usize) -> Option<Vec<u8>> {
    let start = offset.checked_add(30)? + number(file, offset + 26, 2)? + number(file, offset + 28, 2)?;
    let data = file.get(start..start.checked_add(packed)?)?;
    let mut table = Vec::new();
    match method {
        0 => table.extend_from_slice(data),
        8 => drop(DeflateDecoder::new(data).take(MOST + 1).read_to_end(&mut table).ok()?),
        _ => return None,
    }
    (table.len() as u64 <= MOST).then_some(table)
}

/// A number of the archive, least significant byte first.
fn number(bytes: &[u8], at: usize, len: usize) -> Option<usize> {
    let part = bytes.get(at..at.checked_add(len)?)?;
    Some(part.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;

    use super::*;

    /// A zip archive with these entries, packed or not.
    fn zip(entries: &[(&str, &str)], packed: bool) -> Vec<u8> {
        let (mut file, mut list) = (Vec::new(), Vec::new());
        let le = |n: usize, len: usize| n.to_le_bytes()[..len].to_vec();
        for (name, text) in entries {
            let mut data = text.as_bytes().to_vec();
            if packed {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(&data).unwrap();
                data = encoder.finish().unwrap();
            }
            let method = if packed { 8 } else { 0 };
            let common = [le(method, 2), le(0, 4), le(0, 4), le(data.len(), 4), le(text.len(), 4), le(name.len(), 2), le(0, 2)].concat();
            let entry = [b"PK\x01\x02".to_vec(), le(20, 2), le(20, 2), le(0, 2), common.clone(), vec![0; 10], le(file.len(), 4)];
            let entry: Vec<u8> = entry.concat();
            list.extend([entry, name.as_bytes().to_vec()].concat());
            file.extend([b"PK\x03\x04".to_vec(), le(20, 2), le(0, 2), common, name.as_bytes().to_vec(), data].concat());
        }
        let start = file.len();
        let end = [b"PK\x05\x06".to_vec(), le(0, 4), le(entries.len(), 2), le(entries.len(), 2), le(list.len(), 4), le(start, 4), le(0, 2)];
        [file, list, end.concat()].concat()
    }

    #[test]
    fn the_table_is_found_packed_or_not_and_alone() {
        let table = "Date,USD,\n2026-06-15,1.085,\n";
        assert_eq!(text_of(table.as_bytes()).unwrap(), table);
        for packed in [false, true] {
            assert_eq!(text_of(&zip(&[("readme.txt", "x"), ("eurofxref-hist.csv", table)], packed)).unwrap(), table);
        }
        assert!(text_of(&zip(&[("readme.txt", "x")], true)).is_err());
        assert!(text_of(b"PK\x03\x04 nothing behind it").is_err());
        assert!(text_of(&[0xff, 0xfe, 0x00]).is_err());
    }

    proptest! {
        #[test]
        fn no_archive_panics(at in 0..200_usize, byte: u8, cut in 0..200_usize) {
            let mut file = zip(&[("eurofxref-hist.csv", "Date,USD,\n2026-06-15,1.085,\n")], true);
            let len = file.len();
            file[at % len] = byte;
            let _ = text_of(&file);
            let _ = text_of(&file[..len - cut.min(len)]);
        }
    }
}
