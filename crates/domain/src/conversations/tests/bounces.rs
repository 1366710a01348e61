//! Reports of mail servers, as Postfix, Exim, Exchange and qmail write them, and what they do to an address.

use super::*;
use crate::addresses;

fn postfix(mail: &MailId, to: &str, (action, status): (&str, &str), said: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.shop.example (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to Sender\r\nTo: desk@shop.example\r\n\
        Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"5A.1/mx\"\r\n\
        Message-ID: <{status}.{to}.{action}@mx.shop.example>\r\n\r\nThis is a MIME-encapsulated message.\r\n\r\n--5A.1/mx\r\nContent-Description: Notification\r\n\
        Content-Type: text/plain; charset=us-ascii\r\n\r\nI'm sorry to have to inform you that your message could not\r\nbe delivered to one or more recipients.\r\n\r\n\
        <{to}>: {said}\r\n\r\n--5A.1/mx\r\nContent-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns; mx.shop.example\r\nX-Postfix-Queue-ID: 5A1\r\nX-Postfix-Sender: rfc822; desk@shop.example\r\n\
        Arrival-Date: Mon,  5 Jan 2026 10:00:00 +0000 (UTC)\r\n\r\nFinal-Recipient: rfc822; {to}\r\nOriginal-Recipient: rfc822;{to}\r\nAction: {action}\r\n\
        Status: {status}\r\nRemote-MTA: dns; mx.example.com\r\nDiagnostic-Code: smtp; {said}\r\n    of that name\r\n\r\n--5A.1/mx\r\n\
        Content-Description: Undelivered Message Headers\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{mail}@shop.example>\r\n\r\n--5A.1/mx--\r\n"
    )
    .into_bytes()
}

/// Exim names a general code and the true one in what the other server said.
fn exim(mail: &MailId, to: &str) -> Vec<u8> {
    format!(
        "X-Failed-Recipients: {to}\r\nAuto-Submitted: auto-replied\r\nFrom: Mail Delivery System <Mailer-Daemon@mx.shop.example>\r\nTo: desk@shop.example\r\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=1700-eximdsn-1\r\nMIME-Version: 1.0\r\n\
        Subject: Mail delivery failed: returning message to sender\r\nMessage-Id: <E1abc-{to}@mx.shop.example>\r\n\r\n--1700-eximdsn-1\r\nContent-type: text/plain; charset=us-ascii\r\n\r\n\
        A message that you sent could not be delivered to one or more of its\r\nrecipients. This is a permanent error.\r\n\r\n--1700-eximdsn-1\r\n\
        Content-type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.shop.example\r\n\r\nAction: failed\r\nFinal-Recipient: rfc822;{to}\r\nStatus: 5.0.0\r\n\
        Remote-MTA: dns; mx.example.com\r\nDiagnostic-Code: smtp; 550-5.2.1 The email account that you tried to reach is inactive.\r\n\r\n\
        --1700-eximdsn-1\r\nContent-type: message/rfc822\r\n\r\nMessage-ID: <{mail}@shop.example>\r\nFrom: desk@shop.example\r\n\r\nHello\r\n--1700-eximdsn-1--\r\n"
    )
    .into_bytes()
}

fn old_exim(mail: &MailId, to: &str) -> Vec<u8> {
    format!(
        "X-Failed-Recipients: {to}\r\nFrom: Mail Delivery System <Mailer-Daemon@old.example>\r\nTo: desk@shop.example\r\nSubject: Mail delivery failed\r\n\
        Message-Id: <old-{to}@old.example>\r\n\r\nThis message was created automatically by mail delivery software.\r\n\r\n  {to}\r\n    SMTP error from remote mail server after RCPT TO:<{to}>:\r\n\
        \x20   host mx.example.com [192.0.2.25]: 550 unknown user\r\n\r\n------ This is a copy of the message, including all the headers. ------\r\n\r\n\
        Message-ID: <{mail}@shop.example>\r\nSubject: 5.7.1\r\n\r\nHello\r\n"
    )
    .into_bytes()
}

/// Exchange: the mail itself is the third part, and the address it gave up on may be another than the one that was written to.
fn exchange(mail: &MailId, to: &str) -> Vec<u8> {
    format!(
        "From: <postmaster@example.com>\r\nTo: <desk@shop.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n\
        \tboundary=\"b1_9f\"\r\nContent-Language: en-US\r\nMessage-ID: <ndr-{to}@prod.example.com>\r\nIn-Reply-To: <{mail}@shop.example>\r\n\
        Subject: Undeliverable: Hello\r\nAuto-Submitted: auto-replied\r\n\r\n--b1_9f\r\nContent-Type: multipart/alternative; boundary=\"b2\"\r\n\r\n--b2\r\n\
        Content-Type: text/plain; charset=\"us-ascii\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nYour message couldn't be delivered.=20\r\n--b2\r\n\
        Content-Type: text/html; charset=\"us-ascii\"\r\n\r\n<p>Your message couldn't be delivered.</p>\r\n--b2--\r\n\r\n--b1_9f\r\nContent-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns;VI1PR0.prod.example.com\r\nReceived-From-MTA: dns;mx.shop.example\r\nArrival-Date: Mon, 5 Jan 2026 10:00:00 +0000\r\n\r\n\
        Original-Recipient: rfc822;{to}\r\nFinal-Recipient: rfc822;moved@example.com\r\nAction: failed\r\nStatus: 5.1.10\r\n\
        Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\r\n\r\n--b1_9f\r\n\
        Content-Type: message/rfc822\r\n\r\nMessage-ID: <{mail}@shop.example>\r\nSubject: Hello\r\n\r\nHello\r\n\r\n--b1_9f--\r\n"
    )
    .into_bytes()
}

fn qmail(mail: &MailId, to: &str, why: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nDate: 5 Jan 2026 10:00:00 -0000\r\nFrom: MAILER-DAEMON@old.example\r\nTo: desk@shop.example\r\nSubject: failure notice\r\n\
        Message-ID: <q-{to}-{}@old.example>\r\n\r\nHi. This is the qmail-send program at old.example.\r\nI'm afraid I wasn't able to deliver your message to the following addresses.\r\n\
        This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n<{to}>:\r\n{why}\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n\
        Return-Path: <desk@shop.example>\r\nMessage-ID: <{mail}@shop.example>\r\n\r\nHello 5.7.1\r\n",
        why.len()
    )
    .into_bytes()
}

fn sent(desk: &Desk, ana: &CustomerId) -> MailId {
    let draft = Draft { subject: "Hello".into(), body: "b".into(), ..Draft::default() };
    desk.mail_of(&desk.write_to(ana, draft).unwrap())
}

fn code(desk: &Desk, email: &'static str) -> Option<String> {
    desk.read(move |tx, ctx| addresses::standing(tx, ctx, email)).unwrap().map(|b| b.code)
}

store::db_test! {
    crate::migrations();

    fn a_report_marks_the_address_until_mail_comes_from_it(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let mail = sent(&desk, &ana);
        let foreign: MailId = "mai_01k00000000000000000000000".parse().unwrap();
        for harmless in [
            postfix(&mail, "eve@example.com", ("failed", "5.1.1"), "550 no"),
            postfix(&mail, "ana@example.com", ("delayed", "4.4.1"), "connect to mx: timed out"),
            postfix(&mail, "ana@example.com", ("failed", "4.4.2"), "lost connection"),
            postfix(&mail, "ana@example.com", ("relayed", "2.0.0"), "250 ok"),
            postfix(&foreign, "ana@example.com", ("failed", "5.0.0"), "550 no"),
            qmail(&mail, "ana@example.com", "I'm not going to try again; this message has been in the queue too long. (#4.4.7)"),
        ] {
            desk.file(&harmless).unwrap();
            assert_eq!(code(&desk, "ana@example.com"), None, "{}", String::from_utf8_lossy(&harmless));
        }
        let filed = desk.file(&postfix(&mail, "Ana@example.com", ("failed", "5.1.1"), "550 5.1.1 nobody")).unwrap();
        assert_eq!(filed.customer.as_ref(), Some(&ana));
        assert_eq!(code(&desk, "ana@example.com").as_deref(), Some("5.1.1"));
        assert!(desk.part(Inbox::Waiting).is_empty(), "nobody answers a machine");
        let theirs = desk.read(|tx, ctx| addresses::marked(tx, ctx, &["ben@example.com".into(), "ANA@example.com".into()])).unwrap();
        assert_eq!((theirs.len(), theirs[0].email.as_str(), theirs[0].bounce.words()), (1, "ANA@example.com", "there is no such mailbox"));
        desk.file(&plain("ana@example.com", "I am here", "q@x", "")).unwrap();
        assert_eq!(code(&desk, "ana@example.com"), None);
        let told = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "", None, 50)).unwrap();
        let kinds: Vec<_> = told.entries.iter().map(|e| e.kind.as_str()).filter(|k| k.contains("address")).collect();
        assert_eq!(kinds, ["customer.address_cleared", "customer.address_bounced"], "once each");
    }

    fn every_program_says_it_in_its_own_way(db) {
        let desk = Desk::new(db);
        let report = |which: usize, mail: &MailId, to: &str| match which {
            0 => exim(mail, to),
            1 => old_exim(mail, to),
            2 => exchange(mail, to),
            3 => qmail(mail, to, "192.0.2.25 does not like recipient.\r\nRemote host said: 550 5.7.1 no\r\nGiving up on 192.0.2.25."),
            _ => qmail(mail, to, "Sorry, no mailbox here by that name. (#5.1.1)"),
        };
        for (which, (email, expected)) in [
            ("a@example.com", "5.2.1"), ("b@example.com", "5.0.0"), ("c@example.com", "5.1.10"), ("d@example.com", "5.7.1"), ("e@example.com", "5.1.1"),
        ].into_iter().enumerate() {
            let customer = desk.customer(email);
            let raw = report(which, &sent(&desk, &customer), email);
            assert_eq!(desk.file(&raw).unwrap().customer, Some(customer), "{which}");
            assert_eq!(code(&desk, email).as_deref(), Some(expected), "{}", String::from_utf8_lossy(&raw));
        }
    }

    fn a_person_who_quotes_our_mail_is_no_machine(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let mail = sent(&desk, &ana);
        let raw = String::from_utf8(qmail(&mail, "ana@example.com", "Sorry. (#5.1.1)")).unwrap().replace("MAILER-DAEMON@old.example", "ana@example.com");
        desk.file(raw.as_bytes()).unwrap();
        assert_eq!(code(&desk, "ana@example.com"), None);
        assert_eq!(desk.part(Inbox::Waiting).len(), 1, "it is answered as any other");
        // Who looks after the mail of a firm is a person, too.
        let boss = desk.customer("postmaster@firm.example");
        let mail = sent(&desk, &boss);
        let raw = format!("From: Boss <postmaster@firm.example>\r\nTo: desk@shop.example\r\nSubject: Re: Hello\r\nMessage-ID: <p1@firm.example>\r\n\
            In-Reply-To: <{mail}@shop.example>\r\n\r\nPlease see invoice 512, and write to postmaster@firm.example.\r\n");
        desk.file(raw.as_bytes()).unwrap();
        assert_eq!((code(&desk, "postmaster@firm.example"), desk.part(Inbox::Waiting).len()), (None, 2));
    }
}
