//! Files that are no tables, or never end: refused early, with memory that does not grow.

use std::io::Write;

use super::*;

/// A byte without end, and how many were taken.
struct Endless {
    head: Cursor<Vec<u8>>,
    byte: u8,
    left: u64,
}

impl Endless {
    fn new(head: &str, byte: u8) -> Endless {
        Endless { head: Cursor::new(head.as_bytes().to_vec()), byte, left: 1 << 30 }
    }
}

impl Read for Endless {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.head.read(buf)?;
        if n > 0 {
            return Ok(n);
        }
        // nobody may come near a gigabyte
        self.left = self.left.checked_sub(buf.len() as u64).expect("the reader takes the whole gigabyte");
        buf.fill(self.byte);
        Ok(buf.len())
    }
}

#[test]
fn a_gigabyte_without_any_break_is_refused_after_a_megabyte() {
    let fault = fault_of(Endless::new("", b'x'));
    assert!(matches!(fault.kind, FaultKind::LongCell), "{fault}");
    assert_eq!((fault.line, fault.number), (1, 0));
    let fault = fault_of(Endless::new("a,b\n1,2\n3,", b'x'));
    assert_eq!((fault.line, fault.number), (3, 2));
}

#[test]
fn a_quote_never_closed_names_the_line_where_it_was_opened() {
    let fault = fault_of(Endless::new("a,b\n1,2\n3,\"", b'\n'));
    assert!(matches!(fault.kind, FaultKind::UnclosedQuote), "{fault}");
    assert_eq!((fault.line, fault.number), (3, 2));
}

#[test]
fn cells_without_end_are_refused() {
    let fault = fault_of(Endless::new("", b','));
    assert!(matches!(fault.kind, FaultKind::ManyCells), "{fault}");
    let cell = format!("{},", "x".repeat(MAX_CELL - 1));
    let fault = first_fault(format!("a\n{}", cell.repeat(20)));
    assert!(matches!(fault.kind, FaultKind::LongRow), "{fault}");
    assert_eq!(fault.line, 2);
}

#[test]
fn a_long_note_below_the_limit_is_read() {
    let note = "x\n".repeat(MAX_CELL / 2);
    assert_eq!(read_all(format!("a\n\"{note}\"\n"))[1], [note]);
}

#[test]
fn blank_lines_without_end_need_no_memory() {
    let blanks = std::io::repeat(b'\n').take(2 << 20);
    let rows: Vec<_> = Table::open(Cursor::new("a\n").chain(blanks).chain(Cursor::new("1\n"))).unwrap().collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].as_ref().unwrap().line(), (2 << 20) + 2);
}

#[test]
fn an_empty_file_says_so() {
    for file in ["", "\n\n\r\n", "   \n", "\u{feff}", "\u{1a}"] {
        assert!(matches!(first_fault(file).kind, FaultKind::Empty), "{file:?}");
    }
    assert_eq!(open("a,b").count(), 0);
}

#[test]
fn what_is_no_text_is_named() {
    let noise: Vec<u8> = (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (file, says) in [
        (b"PK\x03\x04rest".to_vec(), "XLSX"),
        (b"%PDF-1.7".to_vec(), "PDF"),
        (b"SQLite format 3\0".to_vec(), "SQLite"),
        (b"\xd0\xcf\x11\xe0".to_vec(), "XLS"),
        (noise, "not a text file"),
    ] {
        let fault = first_fault(file);
        assert!(fault.to_string().contains(says), "{fault}");
        assert!(fault.to_string().starts_with("Line 1"), "{fault}");
    }
}

#[test]
fn a_cut_gzip_gives_its_rows_and_then_says_where_it_broke() {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    out.write_all(b"a,b\n1,2\n3,4\n5,6\n").unwrap();
    let whole = out.finish().unwrap();
    let rows: Vec<_> = open(whole[..whole.len() - 10].to_vec()).collect();
    assert!(rows[0].is_ok());
    let fault = rows.last().unwrap().as_ref().unwrap_err();
    assert!(matches!(fault.kind, FaultKind::GzipCut), "{fault}");
    assert_eq!((fault.line, fault.is_fatal()), (4, true));
    let mut damaged = whole;
    let checksum = damaged.len() - 8;
    damaged[checksum] ^= 1;
    assert!(matches!(first_fault(damaged).kind, FaultKind::GzipDamaged));
    assert!(matches!(first_fault(vec![0x1f, 0x8b]).kind, FaultKind::GzipCut));
}

#[test]
fn a_disk_that_fails_is_told_from_a_bad_file() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("disk on fire"))
        }
    }
    let fault = fault_of(Cursor::new("a,b\n1,2\n").chain(Broken));
    assert!(matches!(fault.kind, FaultKind::Io(_)));
    assert_eq!(fault.line, 3);
}
