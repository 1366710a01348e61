//! What can be wrong with a file, said so that the person who made the file can mend it: the line a text
//! editor shows, the row as counted below the header, what is wrong and what to do. A fault
//! never ends the process and never carries more than one row of the file.

use super::table::Row;

/// One thing wrong with a file. `line` counts from 1 as an editor does; `number` counts rows below
/// the header from 1 (0: the header, or the file as a whole).
#[derive(Debug)]
pub struct Fault {
    pub kind: FaultKind,
    pub line: u64,
    pub number: u64,
    /// The cells as far as they were read, so that a failed row can be handed back. Only for faults of one row.
    pub row: Option<Box<Row>>,
}

#[derive(Debug)]
pub enum FaultKind {
    /// No header, no row: nothing but blanks.
    Empty,
    /// XLSX or another zip.
    Zip,
    /// A known format that is no text (its name).
    NotText(&'static str),
    /// A workbook that cannot be read, and why.
    Workbook(String),
    /// A workbook beyond what is read within bounded memory.
    LargeWorkbook,
    /// A line of JSON Lines that is no object.
    NotJson,
    /// A gzip file that unpacks to more than [`super::UNPACKED_MAX`].
    LargeGzip,
    /// Control characters all over.
    Binary,
    /// The gzip stream ends before its end.
    GzipCut,
    /// The gzip stream is damaged.
    GzipDamaged,
    /// The disk or pipe failed.
    Io(std::io::Error),
    /// A NUL character in a row.
    Nul,
    /// Bytes that are not text in the encoding of the rest of the file (its name).
    BadText(&'static str),
    /// More cells than the header.
    TooManyCells { header: usize, found: usize },
    /// Fewer cells than the header.
    TooFewCells { header: usize, found: usize },
    /// Text follows a closing quote.
    StrayQuote,
    /// A quote that is not closed before the end of the file or within [`super::MAX_CELL`].
    UnclosedQuote,
    /// A cell above [`super::MAX_CELL`] without a separator or line break.
    LongCell,
    /// More than [`super::MAX_CELLS`] cells in one line.
    ManyCells,
    /// One row above the limit of a row.
    LongRow,
}

impl Fault {
    pub(super) fn whole(kind: FaultKind) -> Fault {
        Fault { kind, line: 1, number: 0, row: None }
    }

    /// True when nothing after this fault can be read; false when only this row is lost.
    pub fn is_fatal(&self) -> bool {
        !matches!(
            self.kind,
            FaultKind::Nul | FaultKind::BadText(_) | FaultKind::TooManyCells { .. } | FaultKind::TooFewCells { .. } | FaultKind::StrayQuote
        )
    }

    /// The reason alone, without the place: for a result file that has the row beside it.
    pub fn reason(&self) -> String {
        match &self.kind {
            FaultKind::Empty => "The file is empty. Choose a file with a header line and at least one row.".into(),
            FaultKind::Zip => "This is an XLSX or ZIP file, not CSV. Open it and save it as CSV (UTF-8).".into(),
            FaultKind::NotText(name) => format!("This is a {name} file, not CSV. Save the table as CSV (UTF-8)."),
            FaultKind::Workbook(why) => format!(
                "The workbook cannot be read: {}. Open it and save it again as XLSX without a password, or as CSV.",
                why.trim_end_matches('.')
            ),
            FaultKind::LargeWorkbook => {
                "The workbook is too large: up to 256 MB, 2 GB unpacked, 48 MB of texts, 16 million empty rows between others. Save the table as CSV, which has no such limit."
                    .into()
            }
            FaultKind::NotJson => "This line is no JSON object. JSON Lines has one object in each line.".into(),
            FaultKind::LargeGzip => "The gzip file unpacks to more than 8 GB. Split the table into several files.".into(),
            FaultKind::Binary => "This is not a text file. Save the table as CSV (UTF-8).".into(),
            FaultKind::GzipCut => "The gzip file ends too early. Copy or download it again.".into(),
            FaultKind::GzipDamaged => "The gzip file is damaged. Copy or download it again.".into(),
            FaultKind::Io(error) => format!("The file cannot be read: {error}."),
            FaultKind::Nul => "There is a NUL character in this row. Remove it, or save the file as UTF-8.".into(),
            FaultKind::BadText(encoding) => {
                format!("This row holds bytes that are not {encoding}, unlike the rest. Save the file as UTF-8.")
            }
            FaultKind::TooManyCells { header, found } => {
                format!("{found} cells where the header has {header}. Put quotes around the cell that holds a separator.")
            }
            FaultKind::TooFewCells { header, found } => format!(
                "{found} cells where the header has {header}. Add the missing separators, or put quotes around a cell that holds a line break."
            ),
            FaultKind::StrayQuote => "Text follows a closing quote. Double each quote inside a quoted cell, and close the cell.".into(),
            FaultKind::UnclosedQuote => {
                "A quote is opened here and never closed (looked at 1 MB, or to the end). Close or remove it.".into()
            }
            FaultKind::LongCell => "A cell is longer than 1 MB: no separator and no line break was found. Is this a CSV file?".into(),
            FaultKind::ManyCells => "More than 4096 cells in one line. Is this a CSV file?".into(),
            FaultKind::LongRow => "A row is longer than 8 MB. Shorten its cells.".into(),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.number {
            0 => write!(f, "Line {}: {}", self.line, self.reason()),
            number => write!(f, "Line {} (row {number}): {}", self.line, self.reason()),
        }
    }
}

impl std::error::Error for Fault {}
