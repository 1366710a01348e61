//! Tables out: CSV, XLSX and JSON Lines behind one face, row by row, in bounded memory. CSV cells that a
//! spreadsheet would run are neutralised; the other two say themselves what is text. It knows no
//! customer: headers and cells come from the caller. A file is whole only after `finish`.

use std::io::{self, Write};

use super::formula;
use super::xlsx::Sheets;

/// The kinds of file we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Jsonl,
}

impl Format {
    /// By the ending of a file name or the word a person typed.
    pub fn parse(text: &str) -> Option<Format> {
        match text.rsplit('.').next().unwrap_or(text).to_ascii_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "xlsx" => Some(Format::Xlsx),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            _ => None,
        }
    }

    /// The ending of a file name.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Jsonl => "jsonl",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Jsonl => "application/x-ndjson",
        }
    }
}

/// One cell. A cell that was read from a file and is handed back goes through [`formula::restore`] first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    Text(&'a str),
    /// A plain number as we write them (`-12.50`); anything else is treated as text.
    Decimal(&'a str),
    Empty,
}

/// What became of a finished file.
#[derive(Debug)]
pub struct Written<W> {
    pub out: W,
    /// Rows without headers.
    pub rows: u64,
    /// Texts that were cut, because a cell of XLSX holds at most 32,767 characters.
    pub cut: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the file cannot be written: {0}")]
    Io(#[from] io::Error),
    #[error("the workbook cannot be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("a row has {found} cells and the header {header}")]
    Uneven { header: usize, found: usize },
}

/// Writes one file.
pub struct Writer<W: Write + Send> {
    out: W,
    line: Vec<u8>,
    sink: Sink,
    columns: usize,
    rows: u64,
}

enum Sink {
    Csv,
    Jsonl { keys: Vec<Vec<u8>> },
    Xlsx(Box<Sheets>),
}

/// Lines are gathered up to this size before they go out.
const BATCH: usize = 64 * 1024;

impl<W: Write + Send> Writer<W> {
    /// Begins a file with a header line (in JSON Lines the headers are the keys, each once).
    pub fn new<H: AsRef<str>>(format: Format, out: W, headers: &[H]) -> Result<Self, WriteError> {
        let mut line = Vec::with_capacity(BATCH * 2);
        let sink = match format {
            Format::Csv => {
                csv_line(&mut line, headers.iter().map(|header| Cell::Text(header.as_ref())));
                Sink::Csv
            }
            Format::Jsonl => Sink::Jsonl { keys: headers.iter().map(|header| json_text(header.as_ref())).collect() },
            Format::Xlsx => Sink::Xlsx(Box::new(Sheets::new(headers.iter().map(|h| h.as_ref().to_string()).collect())?)),
        };
        Ok(Writer { out, line, sink, columns: headers.len(), rows: 0 })
    }

    /// Writes one row; as many cells as headers.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), WriteError> {
        if cells.len() != self.columns {
            return Err(WriteError::Uneven { header: self.columns, found: cells.len() });
        }
        match &mut self.sink {
            Sink::Csv => csv_line(&mut self.line, cells.iter().copied()),
            Sink::Jsonl { keys } => json_line(&mut self.line, keys, cells),
            Sink::Xlsx(sheets) => sheets.row(cells)?,
        }
        self.rows += 1;
        if self.line.len() >= BATCH {
            self.out.write_all(&self.line)?;
            self.line.clear();
        }
        Ok(())
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Completes the file and gives the sink back. Without it the file is not whole.
    pub fn finish(mut self) -> Result<Written<W>, WriteError> {
        self.out.write_all(&self.line)?;
        let cut = match self.sink {
            Sink::Xlsx(sheets) => sheets.save(&mut self.out)?,
            Sink::Csv | Sink::Jsonl { .. } => 0,
        };
        self.out.flush()?;
        Ok(Written { out: self.out, rows: self.rows, cut })
    }
}

/// True for what JSON and spreadsheets both read as one number.
pub(super) fn is_plain_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let bare = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    digits(whole) && digits(fraction) && (whole.len() == 1 || !whole.starts_with('0'))
}

pub(super) fn csv_line<'a>(line: &mut Vec<u8>, cells: impl Iterator<Item = Cell<'a>>) {
    let start = line.len();
    let mut count = 0;
    for cell in cells {
        if count > 0 {
            line.push(b',');
        }
        count += 1;
        match cell {
            Cell::Empty => {}
            Cell::Decimal(number) if is_plain_number(number) => line.extend_from_slice(number.as_bytes()),
            Cell::Decimal(text) | Cell::Text(text) => csv_text(line, text),
        }
    }
    // a row of one empty cell would read as a blank line
    if count == 1 && line.len() == start {
        line.extend_from_slice(b"\"\"");
    }
    line.push(b'\n');
}

fn csv_text(line: &mut Vec<u8>, text: &str) {
    let mark: &[u8] = if formula::is_risky(text) { b"'" } else { b"" };
    if !needs_quotes(text.as_bytes()) {
        line.extend_from_slice(mark);
        line.extend_from_slice(text.as_bytes());
        return;
    }
    line.push(b'"');
    line.extend_from_slice(mark);
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr(b'"', rest) {
        line.extend_from_slice(&rest[..=at]);
        line.push(b'"');
        rest = &rest[at + 1..];
    }
    line.extend_from_slice(rest);
    line.push(b'"');
}

/// Outer blanks, and separators other programs might take for theirs, are quoted too; and a byte order mark, which a
/// reader would take off the start of a file.
fn needs_quotes(text: &[u8]) -> bool {
    let special = |b: &u8| matches!(b, b',' | b'"' | b'\n' | b'\r' | b';' | b'\t' | b'|');
    text.first() == Some(&b' ') || text.last() == Some(&b' ') || text.starts_with(b"\xef\xbb\xbf") || text.iter().any(special)
}

fn json_line(line: &mut Vec<u8>, keys: &[Vec<u8>], cells: &[Cell<'_>]) {
    line.push(b'{');
    for (index, (key, cell)) in keys.iter().zip(cells).enumerate() {
        if index > 0 {
            line.push(b',');
        }
        line.extend_from_slice(key);
        line.push(b':');
        match cell {
            Cell::Empty => line.extend_from_slice(b"null"),
            Cell::Decimal(number) if is_plain_number(number) => line.extend_from_slice(number.as_bytes()),
            Cell::Decimal(text) | Cell::Text(text) => line.extend_from_slice(&json_text(text)),
        }
    }
    line.extend_from_slice(b"}\n");
}

fn json_text(text: &str) -> Vec<u8> {
    serde_json::Value::from(text).to_string().into_bytes()
}
