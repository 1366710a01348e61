//! A workbook (XLSX) as CSV. Its parts are unpacked once for nothing but their size, so that a small file that unpacks without end is
//! refused before it is read; then the cells of a sheet are read one by one. Only the table of texts that cells share is held in memory.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom, Write};

use calamine::{DataRef, Reader as _, Xlsx};

use super::fault::{Fault, FaultKind};
use super::read::MAX_CELLS;
use super::write::{Cell, csv_line};

/// Bytes of the file itself.
pub const WORKBOOK_MAX: u64 = 256 << 20;
/// All parts together, unpacked.
const UNPACKED_MAX: u64 = 2 << 30;
/// A part that is held in memory: shared texts, styles.
const HELD_MAX: u64 = 48 << 20;
/// Parts of a workbook.
const PARTS_MAX: u16 = 4096;
/// Bytes that are written at once.
const PIECE: usize = 1 << 16;
/// Rows of a sheet.
const ROWS_MAX: u32 = 1 << 20;
/// Empty rows in all sheets, between those that hold something: each is a line of the table.
const EMPTY_MAX: u64 = 16 << 20;
/// Beyond this a number of floating point is no whole number any more.
const EXACT: f64 = 1e15;

pub(super) fn write_csv(file: &mut File, out: &mut impl Write) -> Result<(), Fault> {
    measure(file)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut book = Xlsx::new(BufReader::new(file)).map_err(damaged)?;
    let (mut header, mut empty): (Option<Vec<String>>, u64) = (None, 0);
    for sheet in book.sheet_names() {
        let Ok(mut cells) = book.worksheet_cells_reader(&sheet) else { continue };
        let mut rows =
            Rows { out, buffer: Vec::new(), row: Vec::new(), at: None, last: None, header: &mut header, taken: 0, empty: &mut empty };
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            if !rows.cell(cell.get_position(), cell.get_value())? {
                break; // A sheet with another header is another table.
            }
        }
        rows.end()?;
    }
    if header.is_none() { Err(Fault::whole(FaultKind::Empty)) } else { Ok(()) }
}

/// Unpacks every part once, for its size alone.
fn measure(file: &mut File) -> Result<(), Fault> {
    let size = file.metadata().map_err(io)?.len();
    if size > WORKBOOK_MAX || parts(file, size)? > PARTS_MAX {
        return Err(Fault::whole(FaultKind::LargeWorkbook));
    }
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut zip = zip::ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let mut all = 0;
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).map_err(damaged)?;
        let is_sheet = part.name().is_ok_and(|n| n.starts_with("xl/worksheets/"));
        let most = if is_sheet { UNPACKED_MAX } else { HELD_MAX };
        let some = std::io::copy(&mut part.by_ref().take(most + 1), &mut std::io::sink()).map_err(damaged)?;
        all += some;
        if some > most || all > UNPACKED_MAX {
            return Err(Fault::whole(FaultKind::LargeWorkbook));
        }
    }
    Ok(())
}

/// How many parts the end of the file speaks of: before its directory is read into memory.
fn parts(file: &mut File, size: u64) -> Result<u16, Fault> {
    let tail = size.min(22 + 65_536);
    file.seek(SeekFrom::Start(size - tail)).map_err(io)?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes).map_err(io)?;
    let at = bytes.windows(4).rposition(|w| w == b"PK\x05\x06").ok_or_else(|| damaged("it ends too early"))?;
    let count = bytes.get(at + 10..at + 12).ok_or_else(|| damaged("it ends too early"))?;
    Ok(u16::from_le_bytes([count[0], count[1]]))
}

/// Puts cells together to rows, and rows below the header.
struct Rows<'a, W> {
    out: &'a mut W,
    buffer: Vec<u8>,
    row: Vec<String>,
    at: Option<u32>,
    /// The last row of this sheet that held anything.
    last: Option<u32>,
    /// Of the first sheet that has any.
    header: &'a mut Option<Vec<String>>,
    /// Rows of this sheet so far, its header too.
    taken: u64,
    /// Empty rows of all sheets so far.
    empty: &'a mut u64,
}

impl<W: Write> Rows<'_, W> {
    /// Takes a cell; false when the sheet does not belong to the table.
    fn cell(&mut self, (row, column): (u32, u32), value: &DataRef<'_>) -> Result<bool, Fault> {
        if row >= ROWS_MAX {
            return Err(damaged("a cell stands below the last row that a sheet has"));
        }
        if self.at != Some(row) && !self.flush()? {
            return Ok(false);
        }
        self.at = Some(row);
        let text = text(value);
        let column = column as usize;
        if text.is_empty() {
            return Ok(true);
        }
        if column >= MAX_CELLS {
            return Err(Fault { kind: FaultKind::ManyCells, line: u64::from(row) + 1, number: self.taken, row: None });
        }
        if self.row.len() <= column {
            self.row.resize(column + 1, String::new());
        }
        self.row[column] = text;
        Ok(true)
    }

    fn flush(&mut self) -> Result<bool, Fault> {
        let mut row = std::mem::take(&mut self.row);
        if row.is_empty() {
            return Ok(true);
        }
        self.taken += 1;
        // An empty row between is one below the header too, for who counts them.
        let gap = self.last.zip(self.at).map_or(0, |(last, at)| at.saturating_sub(last + 1));
        self.last = self.at;
        match self.header {
            None => *self.header = Some(row.clone()),
            Some(header) if self.taken == 1 => return Ok(row == *header),
            Some(header) if row.len() < header.len() => row.resize(header.len(), String::new()),
            Some(_) => {}
        }
        self.skip(gap)?;
        csv_line(&mut self.buffer, row.iter().map(|cell| Cell::Text(cell)));
        self.pass_on()?;
        Ok(true)
    }

    /// Writes empty rows, in pieces.
    fn skip(&mut self, rows: u32) -> Result<(), Fault> {
        *self.empty += u64::from(rows);
        if *self.empty > EMPTY_MAX {
            return Err(Fault::whole(FaultKind::LargeWorkbook));
        }
        let mut left = rows as usize;
        while left > 0 {
            let some = left.min(PIECE);
            self.buffer.extend(std::iter::repeat_n(b'\n', some));
            self.pass_on()?;
            left -= some;
        }
        Ok(())
    }

    fn pass_on(&mut self) -> Result<(), Fault> {
        if self.buffer.len() >= PIECE {
            self.out.write_all(&self.buffer).map_err(io)?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), Fault> {
        self.flush()?;
        self.out.write_all(&self.buffer).map_err(io)
    }
}

/// A cell as a person reads it, but for dates, which are written as ISO has them. A cell in error says nothing.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(f) => number(*f),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            // A time of day alone has no day.
            if at.as_f64() < 1.0 && at.as_f64() > 0.0 {
                return if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") };
            }
            if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") }
        }
        DataRef::DateTime(span) => number(span.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn number(f: f64) -> String {
    if f.fract() == 0.0 && f.abs() < EXACT { format!("{f:.0}") } else { f.to_string() }
}

fn io(error: std::io::Error) -> Fault {
    Fault::whole(FaultKind::Io(error))
}

fn damaged(why: impl std::fmt::Display) -> Fault {
    Fault::whole(FaultKind::Workbook(why.to_string()))
}
