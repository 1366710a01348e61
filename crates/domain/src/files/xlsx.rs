//! A workbook written row by row with constant memory (rows go to a temporary file). Text is always
//! text, never a formula; a full sheet is followed by the next; a text too long for a cell is
//! cut and counted, because one long note must not fail the export of a whole shop.

use std::io::Write;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::write::{Cell, is_plain_number};

const SHEET_ROWS: u32 = 1_048_576;
/// In UTF-16 units, as Excel counts.
const CELL_UNITS: usize = 32_767;
/// Numbers with more digits would be rounded: they stay text.
const EXACT_DIGITS: usize = 15;

pub(super) struct Sheets {
    book: Workbook,
    headers: Vec<String>,
    sheet: usize,
    next: u32,
    cut: u64,
    /// By number of decimals, 0 to 4.
    formats: Vec<Format>,
}

impl Sheets {
    pub(super) fn new(headers: Vec<String>) -> Result<Sheets, XlsxError> {
        let formats = ["0", "0.0", "0.00", "0.000", "0.0000"];
        let formats = formats.iter().map(|format| Format::new().set_num_format(*format)).collect();
        let mut sheets = Sheets { book: Workbook::new(), headers, sheet: 0, next: 0, cut: 0, formats };
        sheets.begin()?;
        Ok(sheets)
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        if self.next == SHEET_ROWS {
            self.sheet += 1;
            self.begin()?;
        }
        let sheet = self.book.worksheet_from_index(self.sheet)?;
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Empty | Cell::Text("") => {}
                Cell::Text(text) => self.cut += write_text(sheet, self.next, column, text)?,
                Cell::Decimal(text) => match number(text) {
                    Some((value, decimals)) => {
                        let format = &self.formats[decimals.min(self.formats.len() - 1)];
                        sheet.write_number_with_format(self.next, column, value, format)?;
                    }
                    None => self.cut += write_text(sheet, self.next, column, text)?,
                },
            }
        }
        self.next += 1;
        Ok(())
    }

    /// Packs the workbook into `out`; gives how many texts were cut.
    pub(super) fn save(mut self, out: impl Write + Send) -> Result<u64, XlsxError> {
        self.book.save_to_writer(out)?;
        Ok(self.cut)
    }

    fn begin(&mut self) -> Result<(), XlsxError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, header) in (0u16..).zip(&self.headers) {
            write_text(sheet, 0, column, header)?;
        }
        self.next = 1;
        Ok(())
    }
}

fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<u64, XlsxError> {
    let fits = fitting(text);
    sheet.write_string(row, column, &text[..fits])?;
    Ok(u64::from(fits < text.len()))
}

/// Bytes of the longest start of `text` that a cell holds.
fn fitting(text: &str) -> usize {
    if text.len() <= CELL_UNITS {
        return text.len();
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > CELL_UNITS {
            return at;
        }
    }
    text.len()
}

fn number(text: &str) -> Option<(f64, usize)> {
    if !is_plain_number(text) || text.bytes().filter(u8::is_ascii_digit).count() > EXACT_DIGITS {
        return None;
    }
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    Some((text.parse().ok()?, decimals))
}
