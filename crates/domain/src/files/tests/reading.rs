//! Encodings, separators, line breaks, quotes: what is right is read right, what is wrong is named.

use std::io::Write;

use proptest::prelude::*;

use super::*;

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let text = if mark { format!("\u{feff}{text}") } else { text.to_string() };
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn a_text_is_the_same_in_every_encoding() {
    let text = "Name,City\nZoë Müller,Łódź\n\"李, 小龙\",香港\n";
    let expected = [["Name", "City"], ["Zoë Müller", "Łódź"], ["李, 小龙", "香港"]];
    let marked = format!("\u{feff}{text}").into_bytes();
    let mut files = vec![text.as_bytes().to_vec(), marked, gzip(text.as_bytes())];
    for (big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
        files.push(utf16(text, big, mark));
    }
    for file in files {
        assert_eq!(read_all(file), expected);
    }
}

#[test]
fn windows_1252_is_recognised_also_far_behind_ascii() {
    let mut file = b"Name,City\n".to_vec();
    for _ in 0..20_000 {
        file.extend_from_slice(b"Ann,Amsterdam\n");
    }
    file.extend_from_slice(b"Zo\xeb,\x80 5\n");
    let mut table = open(file.clone());
    let last = table.by_ref().last().unwrap().unwrap();
    assert_eq!(last.iter().collect::<Vec<_>>(), ["Zoë", "€ 5"]);
    assert_eq!(table.encoding(), Encoding::Windows1252);
    assert_eq!(read_all(b"a\nM\xfcller".to_vec()), [["a"], ["Müller"]]);
}

#[test]
fn one_damaged_row_of_a_utf8_file_is_named_and_the_rest_is_read() {
    let mut table = open(b"Name,City\nZo\xc3\xab,Delft\nB\xffb,X\nM\xc3\xbcller,Ulm\n".to_vec());
    assert_eq!(table.next().unwrap().unwrap().get(0), "Zoë");
    let fault = table.next().unwrap().unwrap_err();
    assert!(matches!(fault.kind, FaultKind::BadText("UTF-8")));
    assert_eq!((fault.line, fault.number, fault.is_fatal()), (3, 2, false));
    assert_eq!(fault.row.unwrap().get(1), "X");
    assert_eq!(table.next().unwrap().unwrap().get(0), "Müller");
    assert!(table.next().is_none());
}

#[test]
fn what_the_person_said_wins_over_what_is_found() {
    let options = Options { encoding: Some(Encoding::Windows1252), separator: Some(b';') };
    let mut table = Table::with(Cursor::new("a,b;c\nZo\u{eb},1;2\n"), options).unwrap();
    assert_eq!(table.header(), ["a,b", "c"]);
    assert_eq!(table.next().unwrap().unwrap().get(0), "ZoÃ«,1");
    assert_eq!(table.separator(), ';');
}

#[test]
fn every_line_break_is_one_also_at_the_edge_of_a_chunk() {
    for end in ["\n", "\r\n", "\r"] {
        let rows: Vec<String> = (0..30_000).map(|n| format!("{n},\"x{end}y\"{end}")).collect();
        let file = format!("a,b{end}{}", rows.concat());
        for (n, row) in open(file).enumerate() {
            let row = row.unwrap();
            assert_eq!((row.get(0), row.get(1)), (n.to_string().as_str(), format!("x{end}y").as_str()));
            assert_eq!((row.line(), row.number()), (2 + 2 * n as u64, n as u64 + 1));
        }
    }
}

#[test]
fn places_are_counted_as_a_person_counts_them() {
    let mut table = open("\n\nName,Note\nAnn,\"one\ntwo\n\"\n\nBob,x,y\nEve,z\n");
    let ann = table.next().unwrap().unwrap();
    assert_eq!((ann.line(), ann.number(), ann.get(1)), (4, 1, "one\ntwo\n"));
    let fault = table.next().unwrap().unwrap_err();
    assert_eq!(fault.to_string(), "Line 8 (row 3): 3 cells where the header has 2. Put quotes around the cell that holds a separator.");
    assert_eq!(fault.row.unwrap().iter().collect::<Vec<_>>(), ["Bob", "x", "y"]);
    let eve = table.next().unwrap().unwrap();
    assert_eq!((eve.line(), eve.number()), (9, 4));
    assert!(table.next().is_none());
}

#[test]
fn rows_of_bare_separators_are_passed_over_and_counted() {
    let rows: Vec<_> = open("Name,Email\nAnn,a@example.com\n,,\n , \n\nBob,b@example.com\n,,,,\n").map(|row| row.unwrap()).collect();
    assert_eq!(rows.iter().map(|row| (row.get(0), row.number())).collect::<Vec<_>>(), [("Ann", 1), ("Bob", 5)]);
}

#[test]
fn ragged_rows_are_faults_but_empty_cells_too_many_are_not() {
    let mut table = open("a,b\n1\n1,2,,\n");
    let fault = table.next().unwrap().unwrap_err();
    assert!(matches!(fault.kind, FaultKind::TooFewCells { header: 2, found: 1 }));
    assert_eq!(table.next().unwrap().unwrap().len(), 2);
}

#[test]
fn quotes_follow_the_rules_and_a_stray_one_loses_its_row_alone() {
    assert_eq!(read_all("a,b\n\"\",\"x \"\"y\"\" z\"\n37\"N,o\"k\n"), [["a", "b"], ["", "x \"y\" z"], ["37\"N", "o\"k"]]);
    assert_eq!(read_all("a, b\n1, \"x, y\"\n"), [["a", "b"], ["1", "x, y"]]);
    assert_eq!(read_all("a,b\n\"x\" ,1\n"), [["a", "b"], ["x", "1"]]);
    assert_eq!(read_all("a,b\n1,\"\""), [["a", "b"], ["1", ""]]);
    assert_eq!(read_all("a,b\n1,"), [["a", "b"], ["1", ""]]);
    let mut table = open("a,b\n\"Tools\" Ltd,\"x\",2\n3,4\n");
    let fault = table.next().unwrap().unwrap_err();
    assert!(matches!(fault.kind, FaultKind::StrayQuote), "{fault}");
    assert_eq!((fault.line, fault.number), (2, 1));
    assert_eq!(table.next().unwrap().unwrap().get(0), "3");
}

#[test]
fn a_quote_left_open_does_not_swallow_rows_in_silence() {
    let fault = first_fault("a,b\n1,2\n3,\"open\n5,6\n");
    assert!(matches!(fault.kind, FaultKind::UnclosedQuote));
    assert_eq!((fault.line, fault.number, fault.is_fatal()), (3, 2, true));
    let fault = first_fault("a,b\n3,\"open\n5,\"x\"\n7,8\n");
    assert!(matches!(fault.kind, FaultKind::StrayQuote));
    assert_eq!(fault.line, 2);
}

#[test]
fn a_nul_is_named_with_its_row_or_is_utf16() {
    let mut table = open("a,b\n1,2\n3,\0\n5,6\n");
    assert!(table.next().unwrap().is_ok());
    let fault = table.next().unwrap().unwrap_err();
    assert!(matches!(fault.kind, FaultKind::Nul));
    assert_eq!((fault.line, fault.number), (3, 2));
    assert_eq!(table.next().unwrap().unwrap().get(0), "5");
    assert!(matches!(first_fault("a\0,b\n1,2\n").kind, FaultKind::Nul));
}

#[test]
fn a_cut_utf16_file_is_named() {
    let mut file = utf16("a,b\n1,2\n3,4", false, true);
    file.pop();
    let fault = first_fault(file);
    assert!(matches!(fault.kind, FaultKind::BadText(_)));
    assert_eq!(fault.line, 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Any bytes, a few at a time: an answer, never a panic, and places that only go up.
    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..2000), most in 1usize..50) {
        if let Ok(table) = Table::open(Dribble { bytes: Cursor::new(bytes), most }) {
            let mut last = 0;
            for row in table {
                let line = row.map_or_else(|fault| fault.line, |row| row.line());
                prop_assert!(line >= last);
                last = line;
            }
        }
    }

    /// The same with what CSV is made of, so that every state of the reader is met.
    #[test]
    fn any_mixture_of_marks_gets_an_answer(text in "[ab,;\"\r\n\u{eb}\0 ]{0,80}", most in 1usize..5) {
        let at_once: Vec<_> = Table::open(Cursor::new(text.clone().into_bytes())).into_iter().flatten().map(place).collect();
        let bytes = Cursor::new(text.into_bytes());
        let dribbled: Vec<_> = Table::open(Dribble { bytes, most }).into_iter().flatten().map(place).collect();
        prop_assert_eq!(at_once, dribbled);
    }
}

fn place(row: Result<Row, Fault>) -> Result<Row, (u64, String)> {
    row.map_err(|fault| (fault.line, fault.reason()))
}
