//! Sorting more than fits into memory: keys and values as bytes, kept up to a limit, then written out as sorted runs and merged.
//!
//! Runs are files without a name in the temporary folder: nobody else finds them, and they are gone when the process is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

/// Kept in memory before a run is written.
const LIMIT: usize = 48 << 20;
/// What an entry costs beside its bytes.
const OVERHEAD: usize = 64;

type Entry = (Vec<u8>, Vec<u8>);

/// Takes entries in any order and gives them back by key; equal keys in the order in which they came.
#[derive(Debug)]
pub struct Sorter {
    entries: Vec<Entry>,
    bytes: usize,
    limit: usize,
    runs: Vec<File>,
}

impl Default for Sorter {
    fn default() -> Self {
        Self::new()
    }
}

impl Sorter {
    /// With the usual limit.
    pub fn new() -> Self {
        Self::with_limit(LIMIT)
    }

    /// With a limit in bytes.
    pub fn with_limit(limit: usize) -> Self {
        Self { entries: Vec::new(), bytes: 0, limit, runs: Vec::new() }
    }

    /// Takes one entry.
    ///
    /// # Errors
    /// When the temporary folder is full.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        self.bytes += key.len() + value.len() + OVERHEAD;
        self.entries.push((key.to_vec(), value.to_vec()));
        if self.bytes >= self.limit { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.entries.sort_by(|a, b| a.0.cmp(&b.0));
        let mut out = BufWriter::with_capacity(1 << 16, tempfile::tempfile()?);
        for (key, value) in self.entries.drain(..) {
            for part in [key, value] {
                let length = u32::try_from(part.len()).map_err(|_| io::Error::other("an entry is too long to be sorted"))?;
                out.write_all(&length.to_le_bytes())?;
                out.write_all(&part)?;
            }
        }
        let mut file = out.into_inner().map_err(|e| e.into_error())?;
        file.rewind()?;
        self.runs.push(file);
        self.bytes = 0;
        Ok(())
    }

    /// All entries by key.
    ///
    /// # Errors
    /// When a run cannot be read again.
    pub fn finish(mut self) -> io::Result<Sorted> {
        self.entries.sort_by(|a, b| a.0.cmp(&b.0));
        let runs = self.runs.into_iter().map(|f| Run::File(BufReader::with_capacity(1 << 16, f)));
        let mut sorted = Sorted { runs: runs.collect(), heads: BinaryHeap::new() };
        sorted.runs.push(Run::Memory(self.entries.into_iter()));
        for run in 0..sorted.runs.len() {
            sorted.advance(run)?;
        }
        Ok(sorted)
    }
}

#[derive(Debug)]
enum Run {
    File(BufReader<File>),
    Memory(std::vec::IntoIter<Entry>),
}

/// The entries in order.
#[derive(Debug)]
pub struct Sorted {
    runs: Vec<Run>,
    /// Key, run, value: equal keys come from the earlier run first.
    heads: BinaryHeap<Reverse<(Vec<u8>, usize, Vec<u8>)>>,
}

impl Sorted {
    fn advance(&mut self, run: usize) -> io::Result<()> {
        let next = match &mut self.runs[run] {
            Run::Memory(entries) => entries.next(),
            Run::File(file) => match part(file)? {
                Some(key) => Some((key, part(file)?.ok_or(io::ErrorKind::UnexpectedEof)?)),
                None => None,
            },
        };
        if let Some((key, value)) = next {
            self.heads.push(Reverse((key, run, value)));
        }
        Ok(())
    }
}

impl Iterator for Sorted {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((key, run, value)) = self.heads.pop()?;
        Some(self.advance(run).map(|()| (key, value)))
    }
}

fn part(file: &mut BufReader<File>) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match file.read_exact(&mut length) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    file.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_memory_would_whatever_the_limit(keys in prop::collection::vec("[a-c]{0,2}", 0..60), limit in 1usize..1500) {
            let mut sorter = Sorter::with_limit(limit);
            let mut expected: Vec<Entry> = Vec::new();
            for (n, key) in keys.iter().enumerate() {
                sorter.push(key.as_bytes(), n.to_string().as_bytes()).unwrap();
                expected.push((key.clone().into_bytes(), n.to_string().into_bytes()));
            }
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            let found: Vec<Entry> = sorter.finish().unwrap().map(Result::unwrap).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
