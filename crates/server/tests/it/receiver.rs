//! A receiver of webhooks that listens on this machine, and the check of a signature as the text of Standard Webhooks says it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// How a receiver takes a message.
#[derive(Clone, Debug)]
pub enum Mood {
    Answer(u16, String),
    /// Answers and never ends.
    Stream,
    /// Takes the connection and says nothing for eight seconds.
    Silent,
    Redirect(String),
}

/// A receiver: what it got, head and body.
pub struct Receiver {
    pub url: String,
    mood: Arc<Mutex<Mood>>,
    got: Arc<Mutex<Vec<(String, String)>>>,
}

impl Receiver {
    /// Listens from now on.
    pub fn new(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let (mood, got) = (Arc::new(Mutex::new(mood)), Arc::new(Mutex::new(Vec::new())));
        let (feels, keeps) = (mood.clone(), got.clone());
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                let (mood, keeps) = (feels.lock().unwrap().clone(), keeps.clone());
                std::thread::spawn(move || take(line, &mood, &keeps));
            }
        });
        Self { url, mood, got }
    }

    /// Takes everything.
    pub fn ok() -> Self {
        Self::new(Mood::Answer(200, "thanks".into()))
    }

    /// From the next message on.
    pub fn feel(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// All messages so far, head and body.
    pub fn got(&self) -> Vec<(String, String)> {
        self.got.lock().unwrap().clone()
    }
}

fn take(mut line: TcpStream, mood: &Mood, got: &Mutex<Vec<(String, String)>>) {
    let mut reader = BufReader::new(line.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut text = String::new();
        if reader.read_line(&mut text).unwrap_or(0) == 0 || text == "\r\n" {
            break;
        }
        if let Some(n) = text.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().unwrap();
        }
        head.push_str(&text);
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    got.lock().unwrap().push((head, String::from_utf8(body).unwrap()));
    let _ = match mood {
        Mood::Answer(status, body) => {
            write!(line, "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        }
        Mood::Redirect(to) => write!(line, "HTTP/1.1 302 X\r\nconnection: close\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"),
        Mood::Silent => {
            std::thread::sleep(Duration::from_secs(8));
            Ok(())
        }
        Mood::Stream => {
            let _ = write!(line, "HTTP/1.1 200 X\r\nconnection: close\r\n\r\n");
            while line.write_all(&[b'x'; 1024]).is_ok() {}
            Ok(())
        }
    };
}

/// The value of a header.
pub fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let found = head.lines().find_map(|l| l.split_once(':').filter(|(n, _)| n.eq_ignore_ascii_case(name)));
    found.unwrap_or_else(|| panic!("no {name} in {head}")).1.trim()
}

/// What a receiver does by the text of Standard Webhooks, with nothing of ours: any of the signatures may be the one.
pub fn verify(secret: &str, head: &str, body: &str) -> bool {
    let mac = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap());
    let signed = format!("{}.{}.{body}", header(head, "webhook-id"), header(head, "webhook-timestamp"));
    header(head, "webhook-signature")
        .split(' ')
        .filter_map(|s| s.strip_prefix("v1,"))
        .any(|s| hmac::verify(&mac, signed.as_bytes(), &STANDARD.decode(s).unwrap()).is_ok())
}
