//! Mail over a real line: a small server that speaks SMTP as it is told to, and what becomes of the outbox.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use domain::customers::{self, NewCustomer, Rules};
use domain::invoices::{self, LineInput, NewInvoice, Party, SettingsEdit};
use domain::kit::{FixedClock, InvoiceId, Right};
use domain::mail::{self, Mail, State};
use domain::testing::{Fixture, NOW};
use server::mailer::{self, Smtp};

/// What the server does with the next mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Take,
    /// 451 to the recipient.
    Greylist,
    /// 550 5.1.1 to the recipient.
    Unknown,
    /// 550 to the recipient, for what the sender is.
    Blocked,
    /// Hangs up when it has the whole mail.
    HangUp,
    /// Takes it, and hangs up without a word.
    Swallow,
    /// 552 to the mail itself.
    TooLarge,
    /// Takes it, and hangs up politely: one mail a line.
    OneEach,
    /// Takes it, and 421 to the next on the same line.
    Enough,
}

/// A server on a free port; keeps what it took.
pub struct Server {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    taken: Arc<Mutex<Vec<String>>>,
    /// How often somebody connected.
    lines: Arc<AtomicUsize>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (mood, taken) = (Arc::new(Mutex::new(Mood::Take)), Arc::new(Mutex::new(Vec::new())));
        let (feels, keeps, lines) = (mood.clone(), taken.clone(), Arc::new(AtomicUsize::new(0)));
        let count = lines.clone();
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let mood = *feels.lock().unwrap();
                let _ = talk(line, mood, &keeps);
            }
        });
        Self { port, mood, taken, lines }
    }

    pub fn feel(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn smtp(&self) -> Smtp {
        Smtp::of(Some(&format!("smtp://127.0.0.1:{}", self.port)), Some("desk@example.com")).unwrap().unwrap()
    }
}

fn talk(line: TcpStream, mood: Mood, taken: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let (mut read, mut write) = (BufReader::new(line.try_clone()?), line);
    let mut say = |text: &str| write.write_all(format!("{text}\r\n").as_bytes());
    say("220 test ready")?;
    let (mut words, mut full) = (String::new(), false);
    loop {
        words.clear();
        if read.read_line(&mut words)? == 0 {
            return Ok(());
        }
        match words.split_whitespace().next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => say("250-test\r\n250 8BITMIME")?,
            "MAIL" if full => return say("421 4.7.0 too many mails on this line"),
            "RCPT" if mood == Mood::Greylist => say("451 4.7.1 come back later")?,
            "RCPT" if mood == Mood::Unknown => say("550 5.1.1 <ana@example.es>: nobody of that name")?,
            "RCPT" if mood == Mood::Blocked => say("550 5.7.1 your address is on a list")?,
            "DATA" => {
                say("354 go on")?;
                let mut mail = String::new();
                loop {
                    let before = mail.len();
                    if read.read_line(&mut mail)? == 0 {
                        return Ok(());
                    }
                    if &mail[before..] == ".\r\n" {
                        mail.truncate(before);
                        break;
                    }
                }
                match mood {
                    // It has the whole mail, and says nothing.
                    Mood::Swallow => {
                        taken.lock().unwrap().push(mail);
                        return Ok(());
                    }
                    Mood::HangUp => return Ok(()),
                    Mood::TooLarge => say("552 5.3.4 too large")?,
                    _ => {
                        taken.lock().unwrap().push(mail);
                        say("250 taken")?;
                        full = mood == Mood::Enough;
                        if mood == Mood::OneEach {
                            return Ok(());
                        }
                    }
                }
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, some: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(some);
        Ok(some.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An issued invoice of a customer.
fn invoice(f: &Fixture) -> InvoiceId {
    let ctx = f.ctx.clone();
    f.db.write_now::<_, domain::Error>(move |tx| {
        let mut edit = SettingsEdit {
            seller: Party {
                name: "Rösterei".into(),
                vat_number: "FR40303265045".into(),
                email: "bill@example.com".into(),
                ..Party::default()
            },
            format: "INV-{number}".into(),
            credit_format: "CN-{number}".into(),
            rounding: "line".into(),
            prices: "net".into(),
            category: "standard".into(),
            rate: "20".into(),
            ..SettingsEdit::default()
        };
        edit.seller.address.country = "FR".into();
        invoices::edit_settings(tx, &ctx, &edit)?;
        let new = NewCustomer { email: "ana@example.es".into(), ..NewCustomer::default() };
        let customer = customers::create(tx, &ctx, new, Rules::Normal)?.id;
        let line = LineInput { title: "Coffee".into(), quantity: "1".into(), unit_price: "10".into(), ..LineInput::default() };
        let new = NewInvoice { customer, currency: None, lines: vec![line], prices: String::new(), note: String::new(), terms_days: None };
        tx.next_verb();
        let id = invoices::create(tx, &ctx, &new)?;
        tx.next_verb();
        invoices::issue(tx, &ctx, &id)?;
        Ok(id)
    })
    .unwrap()
}

/// Puts it into the outbox and lets the worker run once; gives what became of it.
fn send(f: &Fixture, server: &Server, id: &InvoiceId, mood: Mood) -> Mail {
    server.feel(mood);
    let (ctx, which) = (f.ctx.clone(), id.clone());
    f.db.write_now(move |tx| mail::send_invoice(tx, &ctx, &which, "", "Söme words.")).unwrap();
    work(f, server, id, NOW).1
}

fn work(f: &Fixture, server: &Server, id: &InvoiceId, now: i64) -> (usize, Mail) {
    let tried = mailer::run_all(&f.db, &server.smtp(), &FixedClock(now), "worker", &|| false).unwrap();
    let (ctx, which) = (f.ctx.clone(), id.clone());
    (tried, f.db.read_now(move |tx| mail::of_invoice(tx, &ctx, &which)).unwrap().remove(0))
}

store::db_test! {
    domain::migrations();

    fn mail_leaves_signed_when_a_key_is_set(db) {
        let f = Fixture::new(db);
        let (desk, server, id) = (crate::desk::Desk::new(db), Server::start(), invoice(&f));
        let mut olivia = desk.owner(&f);
        let refused = olivia.post("/settings/mail/dkim", &[("domain", "nowhere"), ("selector", "desk"), ("key", "very-secret")]);
        assert_eq!(refused.status.as_u16(), 422);
        assert!(!refused.body.contains("very-secret") && refused.body.contains("This is no private key"), "{}", refused.body);
        assert_eq!(olivia.post("/settings/mail/dkim", &[("domain", "example.com"), ("selector", "desk"), ("key", "")]).status.as_u16(), 303);
        let page = olivia.get("/settings/mail").body;
        assert!(page.contains("desk._domainkey.example.com") && page.contains("v=DKIM1; k=ed25519; p="), "{page}");
        let (ctx, which) = (f.ctx.clone(), id.clone());
        f.db.write_now(move |tx| mail::send_invoice(tx, &ctx, &which, "", "Söme words.")).unwrap();
        let smtp = server.smtp().signing(domain::providers::Vault::new(&[7; 32]).unwrap());
        mailer::run_all(&f.db, &smtp, &FixedClock(NOW), "worker", &|| false).unwrap();
        let taken = server.taken().remove(0);
        assert!(taken.starts_with("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.com; s=desk;"), "{taken}");
        assert_eq!(olivia.post("/settings/mail/dkim/remove", &[]).status.as_u16(), 303);
        assert!(olivia.get("/settings/mail").body.contains("mail leaves unsigned"));
    }

    fn an_invoice_goes_out_once_with_its_pdf(db) {
        let f = Fixture::new(db);
        let (server, id) = (Server::start(), invoice(&f));
        let sent = send(&f, &server, &id, Mood::Take);
        assert_eq!((sent.state, sent.sent_at, sent.error.as_str()), (State::Sent, Some(NOW), ""));
        assert_eq!(work(&f, &server, &id, NOW + 1).0, 0);
        let [mail] = &server.taken()[..] else { panic!("one mail") };
        for part in ["To: ana@example.es", "<desk@example.com>", "Reply-To: bill@example.com", "application/pdf", "INV-00001.pdf", &format!("<{}@example.com>", sent.id)] {
            assert!(mail.contains(part), "{part} in {mail}");
        }
        assert!(mail.is_ascii() && !mail.contains("\r\nBcc:"));
    }

    fn a_refusal_for_now_is_tried_again_and_arrives_once(db) {
        let f = Fixture::new(db);
        let (server, id) = (Server::start(), invoice(&f));
        let later = send(&f, &server, &id, Mood::Greylist);
        assert_eq!((later.state, later.attempts), (State::Queued, 1));
        assert!(later.error.contains("come back later"), "{}", later.error);
        server.feel(Mood::Take);
        assert_eq!(work(&f, &server, &id, NOW + 30_000_000).0, 0, "not before its time");
        let (tried, sent) = work(&f, &server, &id, later.next_at.unwrap());
        assert_eq!((tried, sent.state, sent.attempts, server.taken().len()), (1, State::Sent, 2, 1));
    }

    fn a_refusal_for_good_fails_with_the_servers_words(db) {
        let f = Fixture::new(db);
        let (server, id) = (Server::start(), invoice(&f));
        for (mood, words) in [(Mood::Unknown, "nobody of that name"), (Mood::TooLarge, "too large")] {
            let failed = send(&f, &server, &id, mood);
            assert_eq!((failed.state, failed.next_at), (State::Failed, None));
            assert!(failed.error.contains(words), "{}", failed.error);
        }
        assert_eq!(server.taken().len(), 0);
    }

    fn whom_the_server_does_not_know_is_marked_and_a_mail_it_dislikes_marks_nobody(db) {
        let f = Fixture::new(db);
        let (server, id) = (Server::start(), invoice(&f));
        let marked = || { let ctx = f.ctx.clone(); f.db.read_now(move |tx| domain::addresses::standing(tx, &ctx, "ana@example.es")).unwrap().map(|b| b.code) };
        for mood in [Mood::Blocked, Mood::TooLarge, Mood::Greylist, Mood::HangUp] {
            send(&f, &server, &id, mood);
            assert_eq!(marked(), None, "{mood:?}");
        }
        assert_eq!(send(&f, &server, &id, Mood::Unknown).state, State::Failed);
        assert_eq!(marked().as_deref(), Some("5.1.1"));
        let desk = crate::desk::Desk::new(db);
        let mut olivia = desk.owner(&f);
        let (ctx, which) = (f.ctx.clone(), id.clone());
        let ana = f.db.read_now(move |tx| invoices::get(tx, &ctx, &which)).unwrap().summary.customer.unwrap();
        let stream = olivia.get(&format!("/customers/{ana}/conversations")).body;
        assert!(stream.contains("there is no such mailbox") && stream.contains("Perhaps sent") && stream.contains("Send it again"), "{stream}");
        let page = olivia.get(&format!("/invoices/{id}")).body;
        assert!(page.contains("Perhaps sent") && page.contains("Ask the receiver before you send it again"), "{page}");
        let ctx = f.ctx.clone();
        let all = f.db.read_now(move |tx| mail::of_invoice(tx, &ctx, &id)).unwrap();
        assert_eq!(all.iter().filter(|m| m.state == State::Unknown).count(), 1);
    }

    fn mails_that_follow_each_other_share_a_line_and_one_that_was_left_is_made_anew(db) {
        let f = Fixture::new(db);
        let id = invoice(&f);
        for (mood, lines) in [(Mood::Take, 1), (Mood::OneEach, 3), (Mood::Enough, 3)] {
            let server = Server::start();
            server.feel(mood);
            let (ctx, which) = (f.ctx.clone(), id.clone());
            f.db.write_now(move |tx| {
                for words in ["One", "Two", "Three"] {
                    tx.next_verb();
                    mail::send_invoice(tx, &ctx, &which, "", words)?;
                }
                Ok::<_, domain::Error>(())
            })
            .unwrap();
            assert_eq!(work(&f, &server, &id, NOW).0, 3);
            let (taken, mut sorted) = (server.taken(), server.taken());
            sorted.sort();
            sorted.dedup();
            assert_eq!((taken.len(), sorted.len(), server.lines.load(Ordering::SeqCst)), (3, 3, lines), "{mood:?}");
            let (ctx, which) = (f.ctx.clone(), id.clone());
            let all = f.db.read_now(move |tx| mail::of_invoice(tx, &ctx, &which)).unwrap();
            assert!(all.iter().all(|m| m.state == State::Sent && m.attempts == 1), "{mood:?} {all:?}");
        }
    }

    fn the_log_says_that_a_mail_was_refused_and_not_whose(db) {
        let f = Fixture::new(db);
        let (server, id, log) = (Server::start(), invoice(&f), Log::default());
        let kept = log.clone();
        let writer = tracing_subscriber::fmt().with_ansi(false).with_writer(move || kept.clone()).finish();
        let failed = tracing::subscriber::with_default(writer, || send(&f, &server, &id, Mood::Unknown));
        let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(failed.error.contains("ana@example.es"), "staff read the server’s words: {}", failed.error);
        assert!(said.contains("a mail was not sent") && said.contains("refused") && said.contains(failed.id.as_str()), "{said}");
        assert!(!said.contains("ana@") && !said.contains("nobody"), "{said}");
    }

    fn a_line_cut_behind_the_last_byte_is_left_to_a_person(db) {
        let f = Fixture::new(db);
        let (server, id) = (Server::start(), invoice(&f));
        let unclear = send(&f, &server, &id, Mood::HangUp);
        assert_eq!(unclear.state, State::Unknown);
        assert!(unclear.error.starts_with("It may have arrived"), "{}", unclear.error);
        server.feel(Mood::Take);
        assert_eq!(work(&f, &server, &id, NOW + 1_000_000_000_000).0, 0, "never again by itself");
        let (ctx, which) = (f.ctx.clone(), unclear.id.clone());
        f.db.write_now(move |tx| mail::retry(tx, &ctx, &which)).unwrap();
        assert_eq!((work(&f, &server, &id, NOW).1.state, server.taken().len()), (State::Sent, 1));
    }

    fn a_server_that_is_not_there_is_tried_later(db) {
        let f = Fixture::new(db);
        let id = invoice(&f);
        let gone = Server { port: 1, mood: Arc::new(Mutex::new(Mood::Take)), taken: Arc::default(), lines: Arc::default() };
        let later = send(&f, &gone, &id, Mood::Take);
        assert_eq!(later.state, State::Queued);
        assert!(!later.error.is_empty());
    }

    fn a_key_sends_again_what_it_could_have_written(db) {
        let f = Fixture::new(db);
        let (desk, server, id) = (crate::desk::Desk::new(db), Server::start(), invoice(&f));
        let of_invoice = send(&f, &server, &id, Mood::Unknown).id;
        let ctx = f.ctx.clone();
        let written = f.db.write_now(move |tx| {
            let customer = customers::find_by_email(tx, &ctx, "ana@example.es")?.expect("Ana");
            let draft = domain::conversations::Draft { subject: "Hello".into(), body: "b".into(), ..Default::default() };
            let entry = domain::conversations::compose(tx, &ctx, &customer, &draft)?;
            Ok::<_, domain::Error>(domain::conversations::entry(tx, &ctx, &entry)?.sending.expect("a mail").id)
        }).unwrap();
        server.feel(Mood::Blocked);
        mailer::run_all(&f.db, &server.smtp(), &FixedClock(NOW), "worker", &|| false).unwrap();
        let rights = |more: Right| domain::kit::Rights::NONE.with(Right::Read).with(more);
        let (writes, sells) = (crate::desk::key(&f, rights(Right::Write)), crate::desk::key(&f, rights(Right::Orders)));
        let retry = |key: &str, mail: &domain::kit::MailId| crate::offers::ask(&desk, key, "POST", &format!("/mails/{mail}/retry"), &serde_json::Value::Null).0;
        assert_eq!((retry(&writes, &of_invoice), retry(&sells, &written)), (403, 403));
        assert_eq!((retry(&writes, &written), retry(&sells, &of_invoice)), (200, 200));
    }

    fn the_outbox_lists_what_did_not_go_and_a_press_sends_it_again(db) {
        let f = Fixture::new(db);
        let (desk, server, id) = (crate::desk::Desk::new(db), Server::start(), invoice(&f));
        let failed = send(&f, &server, &id, Mood::Unknown);
        let mut olivia = desk.owner(&f);
        let (list, at) = (olivia.get("/outbox?view=failed").body, format!("/outbox/{}", failed.id));
        assert!(list.contains("ana@example.es") && list.contains(&at) && list.contains(&format!("/invoices/{id}")) && list.contains("Failed"), "{list}");
        assert!(!olivia.get("/outbox?state=sent").body.contains(&at) && !olivia.get("/outbox?q=bob").body.contains(&at));
        assert!(olivia.get("/outbox?q=ANA@ex").body.contains(&at), "found by the beginning of the address, in either case");
        let page = olivia.get(&at).body;
        assert!(page.contains("nobody of that name") && page.contains(&format!("{at}/retry")), "{page}");
        assert!(!page.contains("is attached"), "the words of a mail are not shown: some hold a link for the receiver alone");
        assert_eq!(olivia.post(&format!("{at}/retry"), &[]).location, at);
        assert!(!olivia.get(&at).body.contains(&format!("{at}/retry")), "it waits");
        server.feel(Mood::Take);
        work(&f, &server, &id, NOW);
        let key = crate::desk::key(&f, domain::kit::Rights::all());
        let ask = |path: &str| crate::offers::ask(&desk, &key, "GET", path, &serde_json::Value::Null).1;
        let rows = ask("/mails?state=sent&carries=invoice");
        assert_eq!((&rows["data"][0]["id"], &rows["data"][0]["to"], &rows["data"][0]["attempts"]), (&failed.id.to_string().into(), &"ana@example.es".into(), &1.into()), "{rows}");
        assert_eq!((ask("/mails/counts")["total"].as_u64(), ask(&format!("/mails/{}", failed.id))["state"].as_str()), (Some(1), Some("sent")));
        assert_eq!(crate::offers::ask(&desk, &key, "GET", "/mails/mai_01jz8jq7cge00800dtea84n9zz", &serde_json::Value::Null).0, 404);
    }
}
