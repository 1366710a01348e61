//! Mails that want to break something: each is filed, in little time, and as what it is.

use super::*;

fn filed(desk: &Desk, raw: &[u8]) -> Entry {
    let filed = desk.file(raw).unwrap();
    desk.read(move |tx, ctx| entry(tx, ctx, &filed.entry)).unwrap()
}

store::db_test! {
    crate::migrations();

    fn a_header_brings_no_other_header(db) {
        let desk = Desk::new(db);
        desk.customer("ana@example.com");
        let raw = b"From: =?utf-8?q?Ana=0D=0ABcc:_eve@example.com?= <ana@example.com>\r\nSubject: =?utf-8?q?Hi=0D=0ABcc:_eve@example.com=00?=\r\n\
            Message-ID: <a\r\n b@x>\r\nReferences: <r1@x>\r\n <r2@x\x01>\r\n\r\nHello";
        let e = filed(&desk, raw);
        for text in [&e.subject, &e.author, &e.address] {
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
        let answer = desk.answer(&e.id, "Hello").unwrap();
        let sent = desk.read(move |tx, ctx| entry(tx, ctx, &answer)).unwrap();
        assert_eq!(sent.address, "ana@example.com");
        assert!(!sent.subject.chars().any(char::is_control), "{:?}", sent.subject);
    }

    fn ten_thousand_files_and_a_thousand_shells_end(db) {
        let desk = Desk::new(db);
        let mut many = b"From: a@b.example\r\nMessage-ID: <many@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec();
        for n in 0..10_000 {
            many.extend_from_slice(format!("--b\r\nContent-Type: image/png; name=\"{n}.png\"\r\nContent-Disposition: attachment\r\n\r\nx\r\n").as_bytes());
        }
        many.extend_from_slice(b"--b--\r\n");
        assert_eq!(filed(&desk, &many).files.len(), 100);
        let mut deep = b"From: a@b.example\r\nMessage-ID: <deep@x>\r\n".to_vec();
        for n in 0..1_000 {
            deep.extend_from_slice(format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n").as_bytes());
        }
        deep.extend_from_slice(b"Content-Type: text/plain\r\n\r\nat the bottom\r\n");
        filed(&desk, &deep);
        let mut shells = b"From: a@b.example\r\nMessage-ID: <shells@x>\r\n".to_vec();
        for _ in 0..1_000 {
            shells.extend_from_slice(b"Content-Type: message/rfc822\r\n\r\n");
        }
        shells.extend_from_slice(b"\r\nat the bottom");
        filed(&desk, &shells);
    }

    fn letters_that_nobody_knows_are_kept_as_far_as_they_can_be(db) {
        let desk = Desk::new(db);
        let raw = b"From: a@b.example\r\nMessage-ID: <c@x>\r\nSubject: =?x-martian?q?Hi_there?=\r\nContent-Type: text/plain; charset=x-martian\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8gdGhlcmU=";
        assert!(filed(&desk, raw).body.contains("Hello there"));
        let raw = b"From: a@b.example\r\nMessage-ID: <d@x>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nCaf\xff\xfe \x00 ok";
        assert!(filed(&desk, raw).body.ends_with("ok"));
    }
}
