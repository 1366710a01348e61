//! A file as a header and rows, each with its place as a person counts it. This is what an import reads;
//! it says what is wrong with a row and goes on, and says when nothing more can be read. It trims the
//! header and nothing else: a cell is given as it stands in the file.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::fault::{Fault, FaultKind};
use super::read::Records;
use super::separator;
use super::source::Source;
use super::text::{Encoding, Text};

/// What a person may say about a file; what is None is found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub encoding: Option<Encoding>,
    /// An ASCII character, not a quote or line break.
    pub separator: Option<u8>,
}

/// One row: its cells and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    text: String,
    ends: Vec<u32>,
    line: u64,
    number: u64,
    quoted: bool,
}

impl Row {
    /// The line of the file where the row begins, from 1, as an editor shows it.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The row below the header, from 1, as a person counts rows: blank ones too.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True before anything was read into it.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.text.is_empty() && !self.quoted
    }

    /// The cell at `index` (from 0), as in the file; empty when there is none.
    pub fn get(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..end as usize]
    }

    /// All cells from the left.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// True when no cell holds anything but blanks.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        (self.line, self.number, self.quoted) = (0, 0, false);
    }

    pub(super) fn begin(&mut self, line: u64, number: u64) {
        (self.line, self.number) = (line, number);
    }

    pub(super) fn push(&mut self, run: &str) {
        self.text.push_str(run);
    }

    pub(super) fn quoted(&mut self) {
        self.quoted = true;
    }

    /// The reader keeps a row far below 4 GB.
    pub(super) fn end_cell(&mut self) {
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// Bytes of the cell that is not ended yet.
    pub(super) fn open_len(&self) -> usize {
        self.text.len() - self.ends.last().map_or(0, |&end| end as usize)
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// A line with nothing on it (or the end mark of DOS) is no row.
    pub(super) fn is_blank_line(&self) -> bool {
        self.len() == 1 && !self.quoted && self.text.trim_matches([' ', '\t', '\u{1a}']).is_empty()
    }

    fn drop_surplus_blanks(&mut self, cells: usize) {
        if self.len() > cells && (cells..self.len()).all(|index| self.get(index).is_empty()) {
            self.ends.truncate(cells);
        }
    }
}

/// A file that is being read.
pub struct Table {
    records: Records,
    header: Vec<String>,
    taken: Arc<AtomicU64>,
    done: bool,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("header", &self.header).finish_non_exhaustive()
    }
}

impl Table {
    /// Opens a file whose encoding, packing and separator are found. Refuses what has no header or is no text.
    pub fn open(file: impl Read + Send + 'static) -> Result<Table, Fault> {
        Table::with(file, Options::default())
    }

    /// As `open`, with what the person said about the file.
    pub fn with(file: impl Read + Send + 'static, options: Options) -> Result<Table, Fault> {
        let source = Source::open(file).map_err(Fault::whole)?;
        let taken = source.taken();
        let mut text = Text::open(source, options.encoding).map_err(Fault::whole)?;
        let mut window = String::new();
        text.fill(&mut window).map_err(Fault::whole)?;
        let shape = separator::find(&window, options.separator);
        let mut records = Records::new(text, window, shape);
        let mut row = Row::default();
        if !records.next(&mut row)? {
            return Err(Fault::whole(FaultKind::Empty));
        }
        let header = row.iter().map(|cell| cell.trim().trim_matches('\u{feff}').to_string()).collect();
        Ok(Table { records, header, taken, done: false })
    }

    /// The names of the columns, trimmed.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The encoding, as far as it is known by now: a file that was ASCII so far is UTF-8.
    pub fn encoding(&self) -> Encoding {
        self.records.text().encoding()
    }

    pub fn separator(&self) -> char {
        char::from(self.records.shape().separator)
    }

    /// Bytes of the file (packed, when it is gzip) taken so far, for a progress bar beside the file's size.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Reads the next row into `row`, reusing its memory. None at the end and after a fault that is fatal.
    pub fn read(&mut self, row: &mut Row) -> Option<Result<(), Fault>> {
        if self.done {
            return None;
        }
        match self.records.next(row) {
            Ok(true) => Some(self.even(row)),
            Ok(false) => {
                self.done = true;
                None
            }
            Err(fault) => {
                self.done = fault.is_fatal();
                Some(Err(fault))
            }
        }
    }

    /// A row has as many cells as the header; empty ones too many are a habit of spreadsheets and harmless.
    fn even(&self, row: &mut Row) -> Result<(), Fault> {
        let header = self.header.len();
        row.drop_surplus_blanks(header);
        let found = row.len();
        let kind = match found.cmp(&header) {
            std::cmp::Ordering::Equal => return Ok(()),
            std::cmp::Ordering::Less => FaultKind::TooFewCells { header, found },
            std::cmp::Ordering::Greater => FaultKind::TooManyCells { header, found },
        };
        Err(Fault { kind, line: row.line(), number: row.number(), row: Some(Box::new(row.clone())) })
    }
}

impl Iterator for Table {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut row = Row::default();
        self.read(&mut row).map(|read| read.map(|()| row))
    }
}
