//! A real mailbox: a Dovecot of our own, where one is installed.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use domain::conversations::mailboxes::{self, MailboxInput, Security};
use domain::conversations::{self, Asked};
use domain::kit::{FixedClock, PageKey};
use domain::providers::Vault;
use domain::testing::{Fixture, NOW};

use crate::conversations::{HOSTILE, customer};

/// A Dovecot of our own, with one mailbox; stopped when it goes out of scope.
struct Dovecot {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Dovecot {
    /// `None` where Dovecot is not installed.
    fn start() -> Option<Self> {
        let program = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"].into_iter().find(|p| Path::new(p).exists())?;
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = folder.path().display();
        let id = |flag: &str| String::from_utf8(Command::new("id").arg(flag).output().unwrap().stdout).unwrap().trim().to_owned();
        let root = id("-u") == "0";
        // Mail is of nobody when we are root: Dovecot takes no mailbox of root.
        let (user, group, uid, gid) = if root {
            ("nobody".to_owned(), "nogroup".to_owned(), "65534".to_owned(), "65534".to_owned())
        } else {
            (id("-un"), id("-gn"), id("-u"), id("-g"))
        };
        let config = format!(
            "base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\nprotocols = imap\nssl = no\ndisable_plaintext_auth = no\n\
            listen = 127.0.0.1\nmail_location = maildir:{at}/mail/%u\nmail_uid = {uid}\nmail_gid = {gid}\nfirst_valid_uid = 1\n\
            default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n\
            passdb {{\n  driver = static\n  args = password=pässword\n}}\nuserdb {{\n  driver = static\n  args = uid={uid} gid={gid} home={at}/mail/%u\n}}\n\
            service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {port}\n  }}\n  inet_listener imaps {{\n    port = 0\n  }}\n}}\n\
            service anvil {{\n  chroot =\n}}\nservice stats {{\n  chroot =\n}}\n"
        );
        std::fs::write(folder.path().join("dovecot.conf"), config).unwrap();
        std::fs::create_dir(folder.path().join("mail")).unwrap();
        if root {
            let _ = Command::new("chmod").args(["711"]).arg(folder.path()).status();
            let _ = Command::new("chown").args(["nobody:nogroup"]).arg(folder.path().join("mail")).status();
        }
        let child = Command::new(program)
            .arg("-F")
            .arg("-c")
            .arg(folder.path().join("dovecot.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let dovecot = Self { child, port, folder };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "Dovecot does not come up: {}", dovecot.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(dovecot)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Puts a mail into the mailbox, as a mail server would.
    fn deliver(&self, raw: &[u8]) {
        use std::io::{BufRead as _, BufReader};
        let line = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let (mut read, mut write) = (BufReader::new(line.try_clone().unwrap()), line);
        let mut until = |start: &str| loop {
            let mut text = String::new();
            assert!(read.read_line(&mut text).unwrap() > 0, "{}", self.log());
            if text.starts_with(start) {
                break text;
            }
            assert!(!text.contains(" NO ") && !text.contains(" BAD "), "{text} {}", self.log());
        };
        until("* OK");
        write.write_all("a LOGIN desk {9}\r\n".as_bytes()).unwrap();
        until("+");
        write.write_all("pässword\r\n".as_bytes()).unwrap();
        until("a OK");
        write.write_all(format!("b APPEND INBOX {{{}}}\r\n", raw.len()).as_bytes()).unwrap();
        until("+");
        write.write_all(raw).unwrap();
        write.write_all(b"\r\nc LOGOUT\r\n").unwrap();
        until("b OK");
    }
}

store::db_test! {
    domain::migrations();

    fn a_real_mailbox_is_read_once_and_nothing_in_it_is_changed(db) {
        let Some(dovecot) = Dovecot::start() else {
            eprintln!("skipped: Dovecot is not installed (apt-get install dovecot-imapd)");
            return;
        };
        let f = Fixture::new(db);
        let ana = customer(&f, "ana@example.es");
        let vault = Vault::new(&[7; 32]).unwrap();
        let now = domain::kit::Clock::now(&domain::kit::SystemClock);
        assert!(now > NOW - 400 * 86_400_000_000, "the clock of this machine is set");
        let ctx = f.ctx.at(now);
        let input = MailboxInput {
            address: "desk@shop.example".into(),
            host: "127.0.0.1".into(),
            port: dovecot.port.into(),
            security: Security::Plain,
            username: "desk".into(),
            password: "wrong".into(),
            folder: String::new(),
            makes_tickets: false,
        };
        let (c, v, i) = (ctx.clone(), vault.clone(), input.clone());
        let id = db.write_now(move |tx| mailboxes::create(tx, &c, &v, &i)).unwrap();
        let look = |at: i64| server::mailboxes::run_all(db, (&vault, ""), &FixedClock(at), "w", &|| false).unwrap();
        let shown = || {
            let (c, which) = (ctx.clone(), id.clone());
            db.read_now(move |tx| mailboxes::get(tx, &c, &which)).unwrap()
        };
        let stream = || {
            let (c, who) = (ctx.clone(), ana.clone());
            db.read_now(move |tx| conversations::stream(tx, &c, &who, &Asked::default(), &PageKey::newest(), 100)).unwrap()
        };
        assert_eq!(look(now), 0);
        assert!(shown().error.starts_with("signing in failed"), "{}", shown().error);
        let (c, v, which) = (ctx.clone(), vault.clone(), id.clone());
        let right = MailboxInput { password: "pässword".into(), ..input };
        db.write_now(move |tx| mailboxes::edit(tx, &c, &v, &which, &right)).unwrap();

        dovecot.deliver(b"From: ana@example.es\r\nSubject: One\r\nMessage-ID: <1@x>\r\n\r\nFirst\r\n");
        dovecot.deliver(b"\r\n\xff\xfe broken {3}\r\n)\r\n");
        dovecot.deliver(HOSTILE.as_bytes());
        assert_eq!(look(now + 1), 3, "{} {}", shown().error, dovecot.log());
        assert_eq!((shown().error.as_str(), stream().len()), ("", 2));
        // Not before its time, and then only what is new.
        assert_eq!(look(now + 2), 0);
        dovecot.deliver(b"From: ana@example.es\r\nSubject: Re: One\r\nIn-Reply-To: <1@x>\r\nMessage-ID: <2@x>\r\n\r\nSecond\r\n");
        assert_eq!(look(now + 61_000_000), 1);
        assert_eq!(look(now + 130_000_000), 0);
        let said = stream();
        assert_eq!((said.len(), said[0].subject.as_str()), (3, "Re: One"));
        assert_eq!(said[0].conversation, said.last().unwrap().conversation);
        let seen = std::fs::read_dir(dovecot.folder.path().join("mail/desk/cur")).map_or(0, |d| d.flatten().filter(|e| e.file_name().to_string_lossy().ends_with('S')).count());
        assert_eq!(seen, 0, "nothing was marked as read");

        // The mailbox is made anew, with another UIDVALIDITY and the same mails: none is filed twice.
        let count = |f: &Fixture| {
            let ctx = f.ctx.clone();
            db.read_now::<_, domain::Error>(move |tx| Ok(tx.one(&store::Stmt::built("SELECT COUNT(*) FROM entries WHERE merchant_id = $1".into()), &[&ctx.merchant], |r| r.get::<i64>(0))?)).unwrap()
        };
        let before = count(&f);
        std::fs::remove_dir_all(dovecot.folder.path().join("mail/desk")).unwrap();
        std::thread::sleep(Duration::from_millis(1_100));
        dovecot.deliver(b"From: ana@example.es\r\nSubject: One\r\nMessage-ID: <1@x>\r\n\r\nFirst\r\n");
        dovecot.deliver(b"From: ana@example.es\r\nSubject: Three\r\nMessage-ID: <3@x>\r\n\r\nThird\r\n");
        assert_eq!(look(now + 200_000_000), 1, "{} {}", shown().error, dovecot.log());
        assert_eq!(count(&f), before + 1);
    }
}
