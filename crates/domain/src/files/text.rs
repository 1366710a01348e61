//! Bytes to text. The encoding is told by the caller, by a byte order mark, or found: UTF-16 by its zero
//! bytes, else ASCII until the first other byte shows whether the file is UTF-8 or Windows-1252. What was
//! decided once holds to the end, so one damaged row cannot turn the rest into rubbish: it is marked
//! and reported. Never holds more than one chunk.

use std::collections::VecDeque;

use encoding_rs::{Decoder, DecoderResult, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::fault::FaultKind;
use super::source::Source;

const CHUNK: usize = 64 * 1024;

/// How the characters of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Encoding {
    /// The name people know.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16 (little endian)",
            Encoding::Utf16Be => "UTF-16 (big endian)",
            Encoding::Windows1252 => "Windows-1252",
        }
    }

    fn decoder(self) -> Decoder {
        match self {
            Encoding::Utf8 => UTF_8,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Windows1252 => WINDOWS_1252,
        }
        .new_decoder_without_bom_handling()
    }
}

/// A stream of decoded text.
pub(super) struct Text {
    source: Source,
    raw: Vec<u8>,
    at: usize,
    ended: bool,
    finished: bool,
    decided: Option<(Encoding, Decoder)>,
    given: u64,
    bad: VecDeque<u64>,
}

impl Text {
    /// Looks at the first chunk. Refuses what is plainly no text.
    pub(super) fn open(source: Source, told: Option<Encoding>) -> Result<Text, FaultKind> {
        let mut text =
            Text { source, raw: Vec::new(), at: 0, ended: false, finished: false, decided: None, given: 0, bad: VecDeque::new() };
        text.more()?;
        let (marked, mark) = byte_order_mark(&text.raw);
        let found = told.or(marked).or_else(|| utf16_by_zeros(&text.raw));
        if marked.is_some() && marked == found {
            text.at = mark;
        }
        if !matches!(found, Some(Encoding::Utf16Le | Encoding::Utf16Be)) {
            refuse_binary(&text.raw)?;
        }
        text.decided = found.map(|encoding| (encoding, encoding.decoder()));
        Ok(text)
    }

    /// What was told or found; UTF-8 as long as all was ASCII.
    pub(super) fn encoding(&self) -> Encoding {
        self.decided.as_ref().map_or(Encoding::Utf8, |(encoding, _)| *encoding)
    }

    /// Appends more text to `out`; false at the end. `out` grows by at most three chunks.
    pub(super) fn fill(&mut self, out: &mut String) -> Result<bool, FaultKind> {
        let before = out.len();
        while !self.finished {
            if self.at == self.raw.len() && !self.ended {
                self.more()?;
            }
            if self.decided.is_none() {
                self.ascii(out)?;
            }
            self.finished = self.decode(out, before);
            if out.len() > before {
                break;
            }
        }
        self.given += (out.len() - before) as u64;
        Ok(out.len() > before)
    }

    /// True when a place below `position` (bytes of text given since the start) could not be decoded; forgets it.
    pub(super) fn bad_before(&mut self, position: u64) -> bool {
        let mut any = false;
        while self.bad.front().is_some_and(|&at| at < position) {
            self.bad.pop_front();
            any = true;
        }
        any
    }

    /// Keeps what is left of the chunk in front and reads behind it.
    fn more(&mut self) -> Result<(), FaultKind> {
        self.raw.drain(..self.at);
        self.at = 0;
        let have = self.raw.len();
        self.raw.resize(have + CHUNK, 0);
        let n = match self.source.fill(&mut self.raw[have..]) {
            Ok(n) => n,
            Err(fault) => {
                self.raw.truncate(have);
                return Err(fault);
            }
        };
        self.raw.truncate(have + n);
        self.ended = n == 0;
        Ok(())
    }

    /// Gives ASCII as it is; at the first other byte decides between UTF-8 and Windows-1252.
    fn ascii(&mut self, out: &mut String) -> Result<(), FaultKind> {
        let plain = encoding_rs::Encoding::ascii_valid_up_to(&self.raw[self.at..]);
        if let Ok(text) = std::str::from_utf8(&self.raw[self.at..self.at + plain]) {
            out.push_str(text);
        }
        self.at += plain;
        if self.at == self.raw.len() {
            return Ok(());
        }
        if self.raw.len() - self.at < 4 && !self.ended {
            self.more()?;
        }
        let encoding = if is_mostly_utf8(&self.raw[self.at..], self.ended) { Encoding::Utf8 } else { Encoding::Windows1252 };
        self.decided = Some((encoding, encoding.decoder()));
        Ok(())
    }

    /// Decodes what is left of the chunk; true when the file has ended and all is given.
    fn decode(&mut self, out: &mut String, before: usize) -> bool {
        let Some((_, decoder)) = &mut self.decided else {
            return self.ended && self.at == self.raw.len();
        };
        loop {
            let src = &self.raw[self.at..];
            out.reserve(decoder.max_utf8_buffer_length_without_replacement(src.len()).unwrap_or(CHUNK * 3) + 4);
            let (result, read) = decoder.decode_to_string_without_replacement(src, out, self.ended);
            self.at += read;
            match result {
                DecoderResult::InputEmpty => return self.ended,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.bad.push_back(self.given + (out.len() - before) as u64);
                    out.push('\u{fffd}');
                }
            }
        }
    }
}

fn byte_order_mark(raw: &[u8]) -> (Option<Encoding>, usize) {
    match raw {
        [0xef, 0xbb, 0xbf, ..] => (Some(Encoding::Utf8), 3),
        [0xff, 0xfe, ..] => (Some(Encoding::Utf16Le), 2),
        [0xfe, 0xff, ..] => (Some(Encoding::Utf16Be), 2),
        _ => (None, 0),
    }
}

/// A header of mostly Latin letters in UTF-16 has a zero in nearly every second place, and never in the others.
fn utf16_by_zeros(raw: &[u8]) -> Option<Encoding> {
    let head = &raw[..raw.len().min(64) & !1];
    let pairs = head.len() / 2;
    let high = head.iter().step_by(2).filter(|&&b| b == 0).count();
    let low = head.iter().skip(1).step_by(2).filter(|&&b| b == 0).count();
    match (high, low) {
        (0, low) if pairs >= 2 && low * 4 >= pairs * 3 => Some(Encoding::Utf16Le),
        (high, 0) if pairs >= 2 && high * 4 >= pairs * 3 => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// The first chunk decides by majority: one damaged byte must not make a UTF-8 file Windows-1252.
fn is_mostly_utf8(raw: &[u8], ended: bool) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    let mut chunks = raw.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let goes_on = chunks.peek().is_none() && !ended;
        bad += usize::from(!chunk.invalid().is_empty() && !goes_on);
    }
    good > 0 && good >= bad
}

fn refuse_binary(raw: &[u8]) -> Result<(), FaultKind> {
    const MAGIC: [(&[u8], &str); 6] = [
        (b"%PDF", "PDF"),
        (b"\xd0\xcf\x11\xe0", "pre-2007 Excel (XLS)"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"SQLite format 3\0", "SQLite"),
        (b"BZh9", "bzip2"),
    ];
    if raw.starts_with(b"PK\x03\x04") {
        return Err(FaultKind::Zip);
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| raw.starts_with(magic)) {
        return Err(FaultKind::NotText(name));
    }
    let head = &raw[..raw.len().min(8192)];
    let control = head.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a)).count();
    if control >= 8 && control * 50 > head.len() { Err(FaultKind::Binary) } else { Ok(()) }
}
