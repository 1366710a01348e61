//! Mails of many programs (`crates/domain/fixtures/mails`, made by `bin/make-mails`), and what each of them must give. A file of the folder without a
//! line here fails.

use std::collections::BTreeSet;
use std::path::Path;

use crate::conversations::{Parsed, parse};

/// What comes of one.
struct Want {
    file: &'static str,
    /// Name and address.
    who: (&'static str, &'static str),
    subject: &'static str,
    /// What its text begins with.
    text: &'static str,
    /// Names of what is attached, and the size of each.
    files: &'static [(&'static str, usize)],
    more: More,
}

/// What else is to be seen of it.
enum More {
    Nothing,
    /// It says that a mail of ours did not arrive, with this code.
    Report(&'static str),
    /// Its HTML holds this, cleaned.
    Html(&'static str),
    /// What it answers, the nearest last.
    Answers(&'static [&'static str]),
    /// Answers go elsewhere.
    ReplyTo(&'static str),
    /// It says no time that can be read.
    NoTime,
    /// It has no Message-ID: it is named by its bytes.
    NoId,
}

const ANA: (&str, &str) = ("Ana Ruiz", "ana@example.com");
const ADDRESS: (&str, &str) = ("", "ana@example.com");

const fn want(
    file: &'static str,
    who: (&'static str, &'static str),
    subject: &'static str,
    text: &'static str,
    files: &'static [(&'static str, usize)],
    more: More,
) -> Want {
    Want { file, who, subject, text, files, more }
}

#[rustfmt::skip]
const CORPUS: &[Want] = &[
    want("apple-mail", ANA, "Photo of the bag", "The bag is torn 😕, see the photo.", &[("Bildschirmfoto vom 5. Jänner um 9.59.jpg", 4)], More::Html("The bag is torn")),
    want("auto-reply", ANA, "Automatic reply: Your order", "I am away until 12 January.", &[], More::Answers(&["mai_01k0000000000000000000000a@shop.example"])),
    // Nobody may write two of one header; the last counts, everywhere.
    want("double-headers", ("Eve", "eve@example.com"), "The second", "Two of each.", &[], More::Nothing),
    want("eight-bit-headers", ("Zoë Müller", "zoe@example.com"), "Grüße ☕", "Hello ☕", &[], More::NoTime),
    want("exchange-ndr", ("", "postmaster@example.com"), "Undeliverable: Hello", "Your message to ana@example.com couldn't be delivered.", &[("file", 0), ("Hello.eml", 0)], More::Report("5.1.10")),
    want("gmail-reply", ANA, "Re: Your order", "Thanks – received!", &[], More::Answers(&["mai_x@shop.example"])),
    want("group-address", ("", ""), "To a group", "Nobody in particular.", &[], More::Nothing),
    want("iso-2022-jp-7bit", ("", "hanako@example.com"), "注文", "注文しました。", &[], More::Nothing),
    want("long-header", ADDRESS, "Long xxxxx", "The words are there.", &[], More::Nothing),
    want("nested", ANA, "Fwd: Fwd: once more", "The outermost words.", &[("Fwd: once more.eml", 0)], More::Nothing),
    want("no-body", ADDRESS, "No words", "", &[], More::Nothing),
    want("no-date", ADDRESS, "No date", "When was it?", &[], More::NoTime),
    want("no-end", ANA, "No end", "The words are there.", &[("cut.csv", 0)], More::Nothing),
    want("no-headers", ("", ""), "", "Only words, and nobody says whose.", &[], More::NoId),
    want("no-id", ADDRESS, "No id", "Which is it?", &[], More::NoId),
    want("nodemailer-event", ADDRESS, "An event", "Come.", &[("file", 0), ("invite.ics", 0)], More::Nothing),
    want("nodemailer-full", ("☕ Kaffee & Söhne", "ana@example.com"), "☕ Ihre Bestellung № 7", "Text ☕", &[("photo.jpg", 3), ("Räume ☕.txt", 5), ("c.csv", 3)], More::Html("Text <b>☕</b>")),
    want("nodemailer-html-only", ADDRESS, "Only HTML", "Hello", &[], More::Html("https://shop.example/x")),
    want("nodemailer-list", ("News", "news@example.com"), "News", "Unread.", &[], More::Nothing),
    want("nodemailer-plain", ANA, "Plain", "Only words.\nAnd a second line.", &[], More::Nothing),
    want("nodemailer-unix", ADDRESS, "Bare lines", "One\nTwo", &[], More::ReplyTo("ana.private@example.com")),
    want("nothing", ("", ""), "", "", &[], More::NoId),
    want("nul-and-controls", ADDRESS, "Nul and bell", "Before  after.", &[], More::Nothing),
    want("old-unix", ANA, "From a spool", ">From here it is quoted.", &[], More::NoTime),
    want("outlook-reply", ("Renée François", "renee@example.com"), "RE: Invoice – €20", "It’s paid – €20.", &[], More::Answers(&["mail-0@shop.example", "mail-1@shop.example"])),
    want("outlook-tnef", ANA, "The invoice", "The invoice is missing.", &[("winmail.dat", 39)], More::Nothing),
    want("path-in-name", ADDRESS, "A file that wants elsewhere", "Open it.", &[("passwd", 0), ("run.exe", 2)], More::Nothing),
    want("php-mail", ("Jörg", "joerg@example.com"), "Kontaktformular: Grüße", "Name: Jörg\nNachricht: Haben Sie geöffnet?", &[], More::NoTime),
    want("python-alternative", ("Zoë Müller", "zoe@example.com"), "Grüße aus Köln – 20 € für “Bohnen”", "Guten Tag,\n\nkönnen Sie die Bohnen früher schicken?", &[("logo.png", 8), ("Beleg für März.pdf", 15)], More::Html("<b>Bohnen</b>")),
    want("python-folded", ADDRESS_OF_ANA, "A subject that is so long that a program must fold it over several lines, because a line of a header ends at seventy-eight letters, and then says that it ends", "The answer\n.\n..starts with dots\n.", &[], More::Nothing),
    want("python-forward", ADDRESS, "Fwd: What I wrote before", "See below.", &[("What I wrote before.eml", 0), ("relevé.bin", 300)], More::Nothing),
    want("python-invitation", ("Events, Ltd.", "events@example.com"), "Invitation: tasting", "You are invited.", &[("invite.ics", 0)], More::Nothing),
    want("python-iso-2022-jp", ("田中花子", "hanako@example.com"), "注文の件", "コーヒー豆を注文しました。", &[], More::Nothing),
    want("python-koi8-r", ("Ольга", "olga@example.com"), "Заказ N 5", "Здравствуйте, где заказ?", &[], More::Nothing),
    want("python-latin1", ("André Lefèvre", "andre@example.com"), "Où est ma commande ?", "Déjà vu: 5 = cinq, coûte 3 £.", &[], More::Nothing),
    want("python-utf8", ("Jiří Novák", "jiri@example.com"), "Žluťoučký kůň", "Příliš žluťoučký kůň úpěl ďábelské ódy.", &[], More::Nothing),
    want("qmail-bounce", ("", "MAILER-DAEMON@old.example"), "failure notice", "Hi. This is the qmail-send program", &[], More::Report("5.1.1")),
    want("quoted-name", ("Ruiz, Ana (\"Annie\")", "ana@example.com"), "A name with a comma", "Hello", &[], More::Nothing),
    want("read-receipt", ANA, "Read: Your order", "Your message was displayed.", &[("file", 0)], More::Nothing),
    want("split-words", ("Zoë Müller", "zoe@example.com"), "Grüße aus Köln", "Hello", &[], More::Nothing),
    want("thunderbird-flowed", ANA, "Flowed", "This is a long sentence that the program broke where a line was full,", &[], More::Nothing),
    want("windows-1252", ("Zoë", "zoe@example.com"), "€ … “quoted”", "€ 12 … “quoted” – naïve", &[], More::Nothing),
    want("wrong-base64", ANA, "Wrong base64", "The words are there.", &[("a.pdf", 0)], More::Nothing),
    want("wrong-boundary", ANA, "Another boundary", "", &[("file", 88)], More::Nothing),
    want("wrong-date", ADDRESS, "Wrong date", "When was it?", &[], More::NoTime),
];

const ADDRESS_OF_ANA: (&str, &str) = ("Ana", "ana@example.com");

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mails")
}

/// What is not as it must be, in words.
fn wrong(want: &Want, got: &Parsed) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut is = |what: &str, right: bool, found: &dyn std::fmt::Debug| {
        if !right {
            wrong.push(format!("{}: {what} is {found:?}", want.file));
        }
    };
    is("who", (got.name.as_str(), got.from.as_str()) == want.who, &(&got.name, &got.from));
    let whole = want.subject.len() < 10 || !want.subject.ends_with('x');
    is("subject", if whole { got.subject == want.subject } else { got.subject.starts_with(want.subject) }, &got.subject);
    is("text", got.text.starts_with(want.text) && got.text.is_empty() == want.text.is_empty(), &got.text);
    let files: Vec<_> = got.files.iter().map(|f| (f.name.as_str(), f.bytes.len())).collect();
    let same = files.len() == want.files.len() && files.iter().zip(want.files).all(|(f, w)| f.0 == w.0 && (w.1 == 0 || f.1 == w.1));
    is("attached", same, &files);
    let report = got.report.as_ref().map(|r| format!("{r:?}"));
    match want.more {
        More::Report(code) => {
            is("report", report.as_ref().is_some_and(|r| r.contains(&format!("{code:?}")) && r.contains("failed: true")), &report)
        }
        _ => is("report", report.is_none(), &report),
    }
    match want.more {
        More::Html(part) => is("HTML", got.html.contains(part), &got.html),
        More::Answers(ids) => is("answers", got.answers == ids, &got.answers),
        More::ReplyTo(to) => is("reply to", got.reply_to == to, &got.reply_to),
        _ => {}
    }
    let (timeless, nameless) = (matches!(want.more, More::NoTime | More::NoId), matches!(want.more, More::NoId));
    is("time", want.file == "no-id" || got.at.is_none() == timeless || want.who.1.is_empty(), &got.at);
    is("id", (want.file == "php-mail" || nameless) == got.message_id.ends_with("@none.invalid"), &got.message_id);
    for bad in ["<script", "onclick", "<img", "cid:", "<style"] {
        is("HTML", !got.html.contains(bad), &got.html);
    }
    wrong
}

#[test]
fn each_mail_of_the_corpus_gives_what_it_must() {
    let mut all = Vec::new();
    for want in CORPUS {
        let raw = std::fs::read(folder().join(format!("{}.eml", want.file))).unwrap();
        all.extend(wrong(want, &parse(&raw)));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_corpus_and_its_table_are_the_same() {
    let files: BTreeSet<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".eml").map(str::to_owned))
        .collect();
    assert_eq!(files, CORPUS.iter().map(|w| w.file.to_owned()).collect());
}

/// Cut anywhere, a mail still gives something, and its sender is nobody else.
#[test]
fn a_mail_of_the_corpus_that_is_cut_off_is_read_all_the_same() {
    for want in CORPUS {
        let raw = std::fs::read(folder().join(format!("{}.eml", want.file))).unwrap();
        let step = (raw.len() / 40).max(1);
        for end in (0..raw.len()).step_by(step) {
            let got = parse(&raw[..end]);
            assert!(!got.message_id.is_empty() && got.files.len() <= want.files.len() + 3, "{} to {end}", want.file);
        }
    }
}
