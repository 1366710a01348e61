//! Conversations as people press them and programs send them, and a real mailbox.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::conversations::mailboxes::{self, MailboxInput, Security};
use domain::conversations::{self, Asked};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{CustomerId, FixedClock, PageKey, Right, Rights, Role};
use domain::providers::Vault;
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};

fn customer(f: &Fixture, email: &str) -> CustomerId {
    let (ctx, new) = (f.ctx.clone(), NewCustomer { email: email.into(), name: "Ana Ruiz".into(), ..NewCustomer::default() });
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn say(desk: &Desk, key: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = desk.send(request.body(Body::from(body)).unwrap());
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

fn hand_in(desk: &Desk, key: &str, raw: impl Into<Body>) -> (u16, Value) {
    let request = Request::post("/api/v1/mails").header("authorization", format!("Bearer {key}")).header("content-type", "message/rfc822");
    let answer = desk.send(request.body(raw.into()).unwrap());
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

const HOSTILE: &str = "From: Ana <ana@example.es>\r\nSubject: <script>alert(1)</script>\r\nMessage-ID: <h@x>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
    <h1 onclick=alert(2)>Hi</h1><script>alert(3)</script><img src=\"https://evil.example/pixel\"><a href=\"javascript:alert(4)\">x</a>\r\n\
    --b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"../run.html\"\r\n\r\n<script>alert(5)</script>\r\n--b--\r\n";

fn hidden(body: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = body.find(&start).unwrap_or_else(|| panic!("no field {name} in {body}")) + start.len();
    body[at..at + body[at..].find('"').unwrap()].to_owned()
}

store::db_test! {
    domain::migrations();

    fn a_hostile_mail_runs_nothing_and_fetches_nothing(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let all = key(&f, Rights::all());
        let (status, filed) = hand_in(&desk, &all, HOSTILE);
        assert_eq!((status, filed["customer"].as_str(), filed["new"].as_bool()), (201, Some(ana.as_str()), Some(true)));
        assert_eq!(hand_in(&desk, &all, HOSTILE), (200, json!({ "entry": filed["entry"], "conversation": filed["conversation"], "customer": ana, "new": false })));
        let mut olivia = desk.owner(&f);
        let page = olivia.get(&format!("/customers/{ana}/conversations"));
        assert!(page.body.contains("&#60;script&#62;alert(1)") && !page.body.contains("<script>alert"), "{}", page.body);
        assert!(page.body.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"") && page.body.contains("run.html"));
        let entry = filed["entry"].as_str().unwrap();
        let shown = olivia.get(&format!("/entries/{entry}/html"));
        assert!(shown.body.contains("<h1>Hi</h1>"), "{}", shown.body);
        for bad in ["alert", "evil.example", "javascript:", "onclick"] {
            assert!(!shown.body.contains(bad), "{bad} in {}", shown.body);
        }
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("sandbox ") && policy.contains("default-src 'none'") && !policy.contains("allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
        let read = say(&desk, &all, "GET", &format!("/entries/{entry}"), &Value::Null).1;
        let file = olivia.get(&format!("/entries/{entry}/files/{}", read["files"][0]["id"].as_str().unwrap()));
        assert_eq!(file.headers["content-type"], "application/octet-stream");
        assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"run.html\""));
    }

    fn mail_is_written_and_answered_from_the_page_once(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let mut olivia = desk.owner(&f);
        let at = format!("/customers/{ana}/mails/new");
        let form = olivia.get(&at);
        let once = hidden(&form.body, "once");
        let refused = olivia.post(&at, &[("once", &once), ("to", "ana@example.es"), ("subject", ""), ("body", "")]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Say what it is about.") && refused.body.contains("Write something."));
        let mail = [("once", once.as_str()), ("to", "ana@example.es"), ("subject", "Your order"), ("body", "It left.")];
        for _ in 0..2 {
            let sent = olivia.post(&at, &mail);
            assert_eq!((sent.status, sent.location.as_str()), (StatusCode::SEE_OTHER, format!("/customers/{ana}/conversations").as_str()), "{}", sent.body);
        }
        let page = olivia.get(&format!("/customers/{ana}/conversations"));
        assert_eq!(page.body.matches("It left.").count(), 1, "pressed twice, sent once");
        assert!(page.body.contains("Waits to be sent") && page.body.contains("Conversations<small>1</small>"));
        let (_, filed) = hand_in(&desk, &key(&f, Rights::all()), "From: ana@example.es\r\nSubject: Re: Your order\r\nMessage-ID: <r@x>\r\n\r\nThanks");
        let reply = format!("/entries/{}/reply", filed["entry"].as_str().unwrap());
        let form = olivia.get(&reply);
        assert!(form.body.contains("value=\"Re: Your order\"") && form.body.contains("<b dir=\"auto\">ana@example.es</b>"), "{}", form.body);
        let sent = olivia.post(&reply, &[("once", &hidden(&form.body, "once")), ("subject", "Re: Your order"), ("body", "Welcome.")]);
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let calls = olivia.get(&format!("/customers/{ana}/conversations?kind=call"));
        assert!(calls.body.contains("Nothing of this kind was said.") && !calls.body.contains("It left."));
        let found = olivia.get(&format!("/customers/{ana}/conversations?q=WELC%C3%B3me"));
        assert!(found.body.contains("Welcome.") && !found.body.contains("It left."));
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        let page = reader.get(&format!("/customers/{ana}/conversations"));
        assert!(page.body.contains("Welcome.") && !page.body.contains("Write a mail") && !page.body.contains("/reply"));
    }

    fn an_unknown_sender_waits_and_becomes_a_customer(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let all = key(&f, Rights::all());
        let (_, one) = hand_in(&desk, &all, "From: Bea B <bea@example.es>\r\nSubject: Hello\r\nMessage-ID: <1@x>\r\n\r\nHi");
        let (_, two) = hand_in(&desk, &all, "From: ana.private@example.es\r\nSubject: It is me\r\nMessage-ID: <2@x>\r\n\r\nHi");
        let mut olivia = desk.owner(&f);
        let inbox = olivia.get("/inbox");
        assert!(inbox.body.contains("Bea B") && inbox.body.contains("It is me") && inbox.body.contains("aria-current=\"page\""));
        let at = format!("/conversations/{}", one["conversation"].as_str().unwrap());
        assert!(olivia.get(&at).body.contains("who is no customer yet"));
        let wrong = olivia.post(&format!("{at}/customer/new"), &[("name", "Bea"), ("email", "nobody")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let made = olivia.post(&format!("{at}/customer/new"), &[("name", "Bea"), ("email", "bea@example.es")]);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        assert!(olivia.get(&made.location).body.contains("Hello"));
        let at = format!("/conversations/{}", two["conversation"].as_str().unwrap());
        let search = olivia.get(&format!("{at}?q=ruiz"));
        assert!(search.body.contains("It is them"), "{}", search.body);
        let linked = olivia.post(&format!("{at}/customer"), &[("customer", ana.as_str())]);
        assert_eq!(linked.location, format!("/customers/{ana}/conversations"));
        assert_eq!(olivia.post(&format!("{at}/customer"), &[("customer", ana.as_str())]).status, StatusCode::CONFLICT);
        let inbox = olivia.get("/inbox?view=waiting");
        assert!(inbox.body.contains("It is me"));
        olivia.post(&format!("{at}/close"), &[]);
        assert!(!olivia.get("/inbox?view=waiting").body.contains("It is me"));
    }

    fn programs_tell_of_chats_and_calls_and_write_mail(db) {
        let f = Fixture::new(db);
        let (desk, ana) = (Desk::new(db), customer(&f, "ana@example.es"));
        let all = key(&f, Rights::all());
        let (status, chat) = say(&desk, &all, "POST", "/chats", &json!({ "email": "ANA@example.es", "subject": "Hours" }));
        assert_eq!((status, chat["customer"].as_str()), (201, Some(ana.as_str())), "{chat}");
        let path = format!("/chats/{}/messages", chat["id"].as_str().unwrap());
        assert_eq!(say(&desk, &all, "POST", &path, &json!({ "direction": "in", "body": "Open today?" })).0, 201);
        let (status, wrong) = say(&desk, &all, "POST", &path, &json!({ "direction": "in", "body": "" }));
        assert_eq!((status, wrong["errors"][0]["pointer"].as_str()), (422, Some("/body")), "{wrong}");
        let call = json!({ "customer": ana, "phone": "+34 612 345 678", "direction": "in", "outcome": "answered", "seconds": 65, "started_at": "2026-01-01T10:00:00Z", "external_id": "CA1" });
        assert_eq!(say(&desk, &all, "POST", "/calls", &call).0, 201);
        assert_eq!(say(&desk, &all, "POST", "/calls", &call).0, 200);
        let (status, mail) = say(&desk, &all, "POST", &format!("/customers/{ana}/mails"), &json!({ "subject": "Hi", "body": "b", "files": [{ "name": "a.txt", "content": "aGVsbG8=" }] }));
        assert_eq!((status, mail["sending"]["state"].as_str(), mail["files"][0]["size"].as_i64()), (201, Some("queued"), Some(5)), "{mail}");
        let (_, stream) = say(&desk, &all, "GET", &format!("/customers/{ana}/entries?limit=2"), &Value::Null);
        assert_eq!(stream["data"].as_array().unwrap().len(), 2);
        let (_, rest) = say(&desk, &all, "GET", &format!("/customers/{ana}/entries?limit=2&after={}", stream["next"].as_str().unwrap()), &Value::Null);
        assert_eq!((rest["data"].as_array().unwrap().len(), rest["data"][0]["outcome"].as_str(), rest.get("next")), (1, Some("answered"), None));
        assert_eq!(say(&desk, &all, "GET", "/conversations?view=waiting", &Value::Null).1["data"].as_array().unwrap().len(), 1);
        let looks = key(&f, Rights::of(&[Right::Read]));
        assert_eq!(hand_in(&desk, &looks, "x").0, 403);
        let large = vec![b'x'; 25 * 1024 * 1024 + 1];
        assert_eq!(hand_in(&desk, &all, large).0, 413);
        assert_eq!(hand_in(&desk, &all, [b"From: ana@example.es\r\n\r\n".to_vec(), vec![b'x'; 17 * 1024 * 1024]].concat()).0, 201, "more than another body may have");
        let other = Fixture { ..f.other() };
        let theirs = key(&other, Rights::all());
        assert_eq!(say(&desk, &theirs, "GET", &format!("/entries/{}", mail["id"].as_str().unwrap()), &Value::Null).0, 404);
    }

    fn a_mailbox_is_set_up_from_the_page_and_its_password_is_never_shown(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let typed = [("address", "desk@shop.example"), ("host", "imap.shop.example"), ("port", "993"), ("security", "tls"), ("username", "desk"), ("password", "s3cret-word"), ("folder", "")];
        let made = olivia.post("/settings/mail/new", &typed);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        for page in [olivia.get("/settings/mail"), olivia.get(&made.location)] {
            assert!(page.body.contains("desk@shop.example") && page.body.contains("Not looked into yet") && !page.body.contains("s3cret"));
        }
        let wrong = olivia.post("/settings/mail/new", &[("address", "x"), ("host", ""), ("port", "99999"), ("security", "plain"), ("username", ""), ("password", "")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Only a server on this machine"));
        assert_eq!(olivia.post(&format!("{}/disable", made.location), &[]).status, StatusCode::SEE_OTHER);
        assert!(olivia.get("/settings/mail").body.contains("Switched off"));
    }
}

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
        };
        let (c, v, i) = (ctx.clone(), vault.clone(), input.clone());
        let id = db.write_now(move |tx| mailboxes::create(tx, &c, &v, &i)).unwrap();
        let look = |at: i64| server::mailboxes::run_all(db, &vault, &FixedClock(at), "w", &|| false).unwrap();
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
