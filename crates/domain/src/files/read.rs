//! Text to records: quotes, doubled quotes, line breaks within quotes, CRLF, LF and CR. Strict where being
//! kind would swallow rows: text behind a closing quote is a fault of its row, and a cell has a greatest
//! length. After a fault of one row it goes on with the next line. Holds one record and one chunk, never more.

use memchr::{memchr, memchr3};

use super::fault::{Fault, FaultKind};
use super::separator::Shape;
use super::table::Row;
use super::text::Text;

/// Longest cell in bytes of UTF-8.
pub const MAX_CELL: usize = 1 << 20;
/// Most cells in a row.
pub const MAX_CELLS: usize = 4096;
const MAX_ROW: usize = 8 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character of a cell.
    Start,
    Plain,
    Quoted,
    /// Behind a quote within quotes: closed, or the first of a doubled one.
    Closing,
    /// The rest of a row that is lost.
    Skip,
}

/// Reads one record after another.
pub(super) struct Records {
    text: Text,
    window: String,
    at: usize,
    /// Bytes of text before `window`.
    before: u64,
    line: u64,
    number: u64,
    shape: Shape,
    after_cr: bool,
    cr_in_quotes: bool,
    ended: bool,
}

impl Records {
    /// `window` is the start of the text, already looked at by the caller.
    pub(super) fn new(text: Text, window: String, shape: Shape) -> Records {
        let at = shape.skip;
        Records { text, window, at, before: 0, line: 1, number: 0, shape, after_cr: false, cr_in_quotes: false, ended: false }
    }

    pub(super) fn text(&self) -> &Text {
        &self.text
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// Reads the next record that is not blank into `row`; false at the end. The header is number 0.
    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, Fault> {
        loop {
            row.clear();
            let more = self.record(row)?;
            if !more {
                return Ok(false);
            }
            let blank = row.is_blank_line() || (self.number > 0 && row.len() > 1 && row.is_blank());
            // A blank row below the header is passed over, and counted as a person counts rows.
            self.number += u64::from(!blank || self.number > 0);
            if !blank {
                return Ok(true);
            }
        }
    }

    fn record(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let mut state = State::Start;
        let mut quoted_from = None;
        let mut fault = None;
        loop {
            if !self.refill(row, quoted_from.filter(|_| state == State::Quoted))? {
                return self.at_end(row, state, quoted_from, fault);
            }
            self.skip_line_feed();
            if self.at == self.window.len() {
                continue;
            }
            if row.is_empty() && state == State::Start {
                row.begin(self.line, self.number);
            }
            let byte = self.window.as_bytes()[self.at];
            state = match state {
                State::Start if byte == b'"' => {
                    self.at += 1;
                    quoted_from = Some(self.line);
                    row.quoted();
                    State::Quoted
                }
                State::Start if byte == b' ' && self.shape.padded => {
                    self.at += 1;
                    State::Start
                }
                State::Closing if byte == b'"' => {
                    self.at += 1;
                    row.push("\"");
                    State::Quoted
                }
                State::Closing if byte == b' ' => {
                    self.at += 1;
                    State::Closing
                }
                State::Closing if !self.is_end(byte) => {
                    fault.get_or_insert(FaultKind::StrayQuote);
                    State::Skip
                }
                State::Quoted => self.quoted(row, &mut fault),
                _ => match self.plain(row, state, &mut fault) {
                    Some(next) => next,
                    None => return self.finish(row, fault),
                },
            };
            self.within_limits(row, state, quoted_from)?;
        }
    }

    /// Makes sure there is something to look at; false at the end of the text.
    fn refill(&mut self, row: &Row, quoted_from: Option<u64>) -> Result<bool, Fault> {
        if self.at < self.window.len() {
            return Ok(true);
        }
        self.before += self.window.len() as u64;
        self.window.clear();
        self.at = 0;
        if self.ended {
            return Ok(false);
        }
        match self.text.fill(&mut self.window) {
            Ok(more) => {
                self.ended = !more;
                Ok(more)
            }
            Err(kind) => {
                self.ended = true;
                let line = if row.is_empty() { self.line } else { quoted_from.unwrap_or(row.line()) };
                Err(Fault { kind, line, number: self.number, row: None })
            }
        }
    }

    /// CRLF is one line break, also when a chunk ends between the two.
    fn skip_line_feed(&mut self) {
        if self.after_cr && self.window.as_bytes().get(self.at) == Some(&b'\n') {
            self.at += 1;
        }
        self.after_cr = false;
    }

    fn is_end(&self, byte: u8) -> bool {
        byte == self.shape.separator || byte == b'\n' || byte == b'\r'
    }

    /// Takes text up to the next quote.
    fn quoted(&mut self, row: &mut Row, fault: &mut Option<FaultKind>) -> State {
        let rest = &self.window[self.at..];
        let found = memchr(b'"', rest.as_bytes());
        let run = &rest[..found.unwrap_or(rest.len())];
        note_nul(run, fault);
        row.push(run);
        for byte in run.bytes() {
            self.line += u64::from(byte == b'\r' || (byte == b'\n' && !self.cr_in_quotes));
            self.cr_in_quotes = byte == b'\r';
        }
        self.at += run.len();
        if found.is_none() {
            return State::Quoted;
        }
        self.at += 1;
        self.cr_in_quotes = false;
        State::Closing
    }

    /// Takes text up to the end of the cell; None at the end of the record.
    fn plain(&mut self, row: &mut Row, state: State, fault: &mut Option<FaultKind>) -> Option<State> {
        let rest = &self.window[self.at..];
        let found = memchr3(self.shape.separator, b'\n', b'\r', rest.as_bytes());
        let run = &rest[..found.unwrap_or(rest.len())];
        if state != State::Skip {
            note_nul(run, fault);
            row.push(run);
        }
        self.at += run.len();
        let Some(found) = found else {
            return Some(if state == State::Skip { State::Skip } else { State::Plain });
        };
        let end = rest.as_bytes()[found];
        self.at += 1;
        if end == self.shape.separator && state == State::Skip {
            return Some(State::Skip);
        }
        if end == self.shape.separator {
            row.end_cell();
            return Some(State::Start);
        }
        self.line += 1;
        self.after_cr = end == b'\r';
        row.end_cell();
        None
    }

    fn within_limits(&mut self, row: &Row, state: State, quoted_from: Option<u64>) -> Result<(), Fault> {
        let kind = match state {
            State::Quoted | State::Closing if row.open_len() > MAX_CELL => FaultKind::UnclosedQuote,
            _ if row.open_len() > MAX_CELL => FaultKind::LongCell,
            _ if row.len() > MAX_CELLS => FaultKind::ManyCells,
            _ if row.bytes() > MAX_ROW => FaultKind::LongRow,
            _ => return Ok(()),
        };
        self.ended = true;
        self.window.clear();
        self.at = 0;
        let line = if matches!(kind, FaultKind::UnclosedQuote) { quoted_from } else { None };
        Err(Fault { kind, line: line.unwrap_or(row.line()), number: self.number, row: None })
    }

    /// The end of the text: a last record without a line break is a record all the same.
    fn at_end(&mut self, row: &mut Row, state: State, quoted_from: Option<u64>, fault: Option<FaultKind>) -> Result<bool, Fault> {
        match state {
            State::Quoted => {
                Err(Fault { kind: FaultKind::UnclosedQuote, line: quoted_from.unwrap_or(self.line), number: self.number, row: None })
            }
            State::Start if row.is_empty() => Ok(false),
            _ => {
                row.end_cell();
                self.finish(row, fault)
            }
        }
    }

    fn finish(&mut self, row: &mut Row, fault: Option<FaultKind>) -> Result<bool, Fault> {
        let damaged = self.text.bad_before(self.before + self.at as u64);
        let fault = fault.or_else(|| damaged.then(|| FaultKind::BadText(self.text.encoding().name())));
        match fault {
            None => Ok(true),
            Some(kind) => {
                let fault = Fault { kind, line: row.line(), number: self.number, row: Some(Box::new(row.clone())) };
                self.number += 1;
                Err(fault)
            }
        }
    }
}

fn note_nul(run: &str, fault: &mut Option<FaultKind>) {
    if fault.is_none() && memchr(0, run.as_bytes()).is_some() {
        *fault = Some(FaultKind::Nul);
    }
}
