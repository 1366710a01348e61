//! The bytes of a file as they come, unpacked when they are gzip, counted for a progress bar. It knows
//! no text; it only tells a cut or damaged gzip from a disk that failed.

use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::fault::FaultKind;

/// Bytes that a gzip file may unpack to: one that unpacks without end is stopped.
pub const UNPACKED_MAX: u64 = 8 << 30;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Unpacked bytes, and how many of the file itself were taken so far.
pub(super) struct Source {
    bytes: Box<dyn Read + Send>,
    packed: bool,
    taken: Arc<AtomicU64>,
    given: u64,
    /// A failure found behind good bytes: said once those were given.
    failed: Option<FaultKind>,
}

struct Counting<R> {
    inner: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.taken.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl Source {
    pub(super) fn open(raw: impl Read + Send + 'static) -> Result<Source, FaultKind> {
        let taken = Arc::new(AtomicU64::new(0));
        let mut raw = Counting { inner: raw, taken: taken.clone() };
        let mut head = [0; 2];
        let (n, failed) = fill(&mut raw, &mut head);
        if let Some(error) = failed {
            return Err(FaultKind::Io(error));
        }
        let whole = Cursor::new(head[..n].to_vec()).chain(raw);
        let packed = n == 2 && head == GZIP;
        let bytes: Box<dyn Read + Send> = if packed { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
        Ok(Source { bytes, packed, taken, given: 0, failed: None })
    }

    /// Fills `buf` as far as it can; 0 means the end. Good bytes before a failure are given first.
    pub(super) fn fill(&mut self, buf: &mut [u8]) -> Result<usize, FaultKind> {
        if let Some(fault) = self.failed.take() {
            return Err(fault);
        }
        let (n, failed) = fill(&mut self.bytes, buf);
        self.given += n as u64;
        if self.packed && self.given > UNPACKED_MAX {
            return Err(FaultKind::LargeGzip);
        }
        match failed.map(|error| self.name(error)) {
            Some(fault) if n == 0 => Err(fault),
            fault => {
                self.failed = fault;
                Ok(n)
            }
        }
    }

    fn name(&self, error: io::Error) -> FaultKind {
        match error.kind() {
            io::ErrorKind::UnexpectedEof if self.packed => FaultKind::GzipCut,
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData if self.packed => FaultKind::GzipDamaged,
            _ => FaultKind::Io(error),
        }
    }

    pub(super) fn taken(&self) -> Arc<AtomicU64> {
        self.taken.clone()
    }
}

fn fill(from: &mut impl Read, buf: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut n = 0;
    while n < buf.len() {
        match from.read(&mut buf[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (n, Some(error)),
        }
    }
    (n, None)
}
