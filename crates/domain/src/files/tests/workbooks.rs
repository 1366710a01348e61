//! Workbooks as programs write them, part by part.

use std::fs::File;
use std::io::{Seek as _, Write};

use super::*;

/// A workbook of one sheet for each of these texts of rows.
pub(crate) fn book(sheets: &[String]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let each = |line: &dyn Fn(usize) -> String| (1..=sheets.len()).map(line).collect::<String>();
    let listed = each(&|n| format!("<sheet name=\"S{n}\" sheetId=\"{n}\" r:id=\"r{n}\"/>"));
    let related = each(&|n| format!("<Relationship Id=\"r{n}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"));
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned()),
        (
            "_rels/.rels".to_owned(),
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        ("xl/workbook.xml".to_owned(), format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{listed}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships xmlns=\"{package}\">{related}</Relationships>")),
    ];
    for (at, rows) in sheets.iter().enumerate() {
        let sheet = format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{}.xml", at + 1), sheet));
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A row of a sheet, from the first column on.
pub(crate) fn row(n: u32, cells: &[&str]) -> String {
    let cell = |(column, text): (char, &&str)| format!("<c r=\"{column}{n}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    format!("<row r=\"{n}\">{}</row>", ('A'..='Z').zip(cells).map(cell).collect::<String>())
}

fn read(sheets: &[String]) -> Result<Vec<u8>, Fault> {
    let folder = tempfile::tempdir().unwrap();
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(&book(sheets)).unwrap();
    file.rewind().unwrap();
    let csv = as_csv(&mut file, folder.path())?.expect("a workbook");
    let bytes = std::fs::read(csv.path()).unwrap();
    drop(csv);
    Ok(bytes)
}

#[test]
fn empty_rows_between_are_lines_as_many_as_there_are() {
    let rows = [row(1, &["Name"]), row(2, &["Ann"]), row(200_000, &["Bob"])].concat();
    assert_eq!(read(&[rows]).unwrap(), format!("Name\nAnn\n{}Bob\n", "\n".repeat(199_997)).into_bytes());
}

#[test]
fn a_row_that_no_sheet_has_is_refused_before_anything_is_written_for_it() {
    for n in [1 << 20, (1 << 20) + 1, 500_000_000] {
        let found = read(&[[row(1, &["Name"]), row(2, &["Ann"]), row(n, &["Bob"])].concat()]);
        assert_eq!(found.is_ok(), n == 1 << 20, "{n}");
        assert!(
            found.err().is_none_or(|fault| matches!(&fault.kind, FaultKind::Workbook(why) if why.contains("below the last row"))),
            "{n}"
        );
    }
}

#[test]
fn empty_rows_of_many_sheets_or_back_and_forth_are_not_written_without_end() {
    let far = |n: u32| [row(n, &["Name"]), row(1_000_000, &["Ann"])].concat();
    let sheets: Vec<String> = (0..40).map(|_| far(1)).collect();
    let turns = [row(1, &["Name"]), (0..40).map(|_| [row(2, &["Ann"]), row(1_000_000, &["Bob"])].concat()).collect()].concat();
    for sheets in [sheets, vec![turns]] {
        let fault = read(&sheets).map(|bytes| bytes.len()).unwrap_err();
        assert!(matches!(fault.kind, FaultKind::LargeWorkbook), "{fault}");
    }
}
