//! What is written is what is read again, and nothing in it runs.

use std::io::Write;

use proptest::prelude::*;

use super::*;

fn write(format: Format, headers: &[&str], rows: &[Vec<Cell<'_>>]) -> Written<Vec<u8>> {
    let mut writer = Writer::new(format, Vec::new(), headers).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn csv_quotes_what_needs_it_and_neutralises_text_alone() {
    let rows = [
        vec![Cell::Text("Ann"), Cell::Decimal("-12.50"), Cell::Empty],
        vec![Cell::Text("=1+1"), Cell::Decimal("0"), Cell::Text("a, \"b\"\n")],
        vec![Cell::Text("-12.50"), Cell::Decimal("=1"), Cell::Text(" x")],
    ];
    let written = write(Format::Csv, &["Name", "Lifetime Value", "Note"], &rows);
    let text = String::from_utf8(written.out).unwrap();
    assert_eq!(text, "Name,Lifetime Value,Note\nAnn,-12.50,\n'=1+1,0,\"a, \"\"b\"\"\n\"\n'-12.50,'=1,\" x\"\n");
    assert_eq!(written.rows, 3);
}

#[test]
fn json_lines_keep_text_and_digits_as_they_are() {
    let rows = [vec![Cell::Text("=1 \"x\"\n\u{1f600}"), Cell::Decimal("12345678901234567.10"), Cell::Empty]];
    let text = String::from_utf8(write(Format::Jsonl, &["Name", "Value", "Note"], &rows).out).unwrap();
    assert_eq!(text, "{\"Name\":\"=1 \\\"x\\\"\\n\u{1f600}\",\"Value\":12345678901234567.10,\"Note\":null}\n");
    let rows = [vec![Cell::Decimal("007")], vec![Cell::Decimal("NaN")]];
    let text = String::from_utf8(write(Format::Jsonl, &["a"], &rows).out).unwrap();
    assert_eq!(text, "{\"a\":\"007\"}\n{\"a\":\"NaN\"}\n", "what is no number in JSON is text");
}

/// One part of the zip, unpacked.
fn sheet(book: &[u8], part: &str) -> String {
    let name = part.as_bytes();
    let at = (0..book.len()).find(|&at| book[at..].starts_with(b"PK\x03\x04") && book[at + 30..].starts_with(name));
    let start = at.unwrap() + 30 + name.len() + usize::from(book[at.unwrap() + 28]);
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&book[start..]).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_workbook_holds_text_and_numbers_and_no_formula() {
    let rows = [vec![Cell::Text("=1+1"), Cell::Decimal("12.50")], vec![Cell::Text("+31 6"), Cell::Decimal("12345678901234567")]];
    let book = write(Format::Xlsx, &["Name", "Value"], &rows).out;
    let xml = sheet(&book, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("=1+1") && xml.contains("+31 6") && !xml.contains("<f>"), "{xml}");
    assert!(xml.contains("<v>12.5</v>") && xml.contains("<t>12345678901234567</t>"), "{xml}");
}

#[test]
fn a_text_too_long_for_a_workbook_is_cut_and_counted() {
    let long = "\u{1f600}".repeat(20_000);
    let rows = [vec![Cell::Text(&long)], vec![Cell::Text("short")]];
    let written = write(Format::Xlsx, &["Note"], &rows);
    assert_eq!((written.rows, written.cut), (2, 1));
    assert_eq!(sheet(&written.out, "xl/worksheets/sheet1.xml").matches('\u{1f600}').count(), 16_383);
}

#[test]
fn a_row_with_the_wrong_number_of_cells_is_refused() {
    let mut writer = Writer::new(Format::Csv, Vec::new(), &["a", "b"]).unwrap();
    assert!(matches!(writer.row(&[Cell::Empty]), Err(WriteError::Uneven { header: 2, found: 1 })));
}

#[test]
fn a_full_disk_is_told() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for format in [Format::Csv, Format::Jsonl, Format::Xlsx] {
        let mut writer = Writer::new(format, Full, &["a"]).unwrap();
        writer.row(&[Cell::Text("x")]).unwrap();
        assert!(writer.finish().is_err(), "{format:?}");
    }
}

#[test]
fn formats_are_chosen_by_name() {
    assert_eq!(Format::parse("customers.XLSX"), Some(Format::Xlsx));
    assert_eq!(Format::parse("csv"), Some(Format::Csv));
    assert_eq!(Format::parse("out.txt"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Whatever stands in the cells, reading what was written gives it again.
    #[test]
    fn export_then_import_changes_nothing(
        rows in proptest::collection::vec(proptest::collection::vec("(?s)[=+@'\",;\t\r\n \u{feff}-]{0,3}[^\0]{0,8}", 2), 1..6)
    ) {
        let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row.iter().map(|cell| cell.replace('\0', "")).collect()).collect();
        // A row in which nothing stands is none to whoever reads it.
        let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        let cells: Vec<Vec<Cell<'_>>> = rows.iter().map(|row| row.iter().map(|cell| Cell::Text(cell)).collect()).collect();
        let written = write(Format::Csv, &["a", "b"], &cells);
        let read = read_all(written.out);
        let restored: Vec<Vec<String>> =
            read[1..].iter().map(|row| row.iter().map(|cell| formula::restore(cell).to_string()).collect()).collect();
        prop_assert_eq!(restored, rows);
    }
}
