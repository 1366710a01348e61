//! Words on the wire, and servers that lie.

use super::*;

/// A server that says these words, whatever it is asked.
fn over(says: &'static [u8]) -> Said<Imap> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        if let Ok((mut line, _)) = listener.accept() {
            let _ = line.write_all(says);
            let _ = line.shutdown(std::net::Shutdown::Write);
            let _ = line.read_to_end(&mut Vec::new());
        }
    });
    Imap::connect("127.0.0.1", port, false, 1000)
}

#[test]
fn words_are_quoted_or_counted() {
    assert_eq!(pieces("LOGIN", &["a\"b\\c", "d e"]), [br#"LOGIN "a\"b\\c" "d e""#.to_vec()]);
    assert_eq!(pieces("LOGIN", &["é", "x"]), [b"LOGIN {2}\r\n".to_vec(), "é \"x\"".as_bytes().to_vec()]);
    assert_eq!(pieces("LOGIN", &["a", "b\r\nr2 DELETE x"])[0], b"LOGIN \"a\" {14}\r\n".to_vec());
    assert_eq!((utf7("INBOX"), utf7("Entwürfe & mehr"), utf7("台北")), ("INBOX".into(), "Entw&APw-rfe &- mehr".into(), "&U,BTFw-".into()));
}

#[test]
fn a_server_that_lies_is_left() {
    for (says, words) in [
        (&b""[..], "hung up"),
        (b"* BYE no\r\n", "BYE no"),
        (b"* OK hi", "without an end"),
        (b"* OK hi\r\n* 1 FETCH (UID 7 BODY[] {99999999999}\r\n", "more than was asked"),
        (b"* OK hi\r\n* 1 FETCH (UID 7 BODY[] {10}\r\nabc", "hung up"),
        (b"* OK hi\r\nr1 NO not here\r\n", "not here"),
    ] {
        let said = over(says).and_then(|mut imap| imap.mail(7, false));
        assert!(said.as_ref().is_err_and(|e| e.contains(words)), "{words}: {said:?}");
    }
}

#[test]
fn a_mail_comes_by_its_length_among_other_news() {
    let said = b"* OK hi\r\n* 9 EXISTS\r\n* 3 FETCH (UID 6 FLAGS ())\r\n* 4 FETCH (UID 7 BODY[] {7}\r\na\r\n)b\r\n)\r\nr1 OK done\r\n";
    assert_eq!(over(said).unwrap().mail(7, false), Ok(Some(b"a\r\n)b\r\n".to_vec())));
    assert_eq!(over(b"* OK hi\r\nr1 OK none\r\n").unwrap().mail(7, false), Ok(None));
    assert_eq!(over(b"* OK hi\r\n* SEARCH 9 3 12 x\r\nr1 OK\r\n").unwrap().newer(5, "1-Feb-2026"), Ok(vec![9, 12]));
}
