//! A mail server that takes everything and keeps nothing: the floor and the other end of the outbox.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Listens on this port; gives how many mails it took.
pub fn listen(port: u16) -> Arc<AtomicUsize> {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    std::thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let count = count.clone();
            std::thread::spawn(move || talk(line, &count));
        }
    });
    taken
}

fn talk(line: TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    line.set_nodelay(true)?;
    let (mut read, mut write) = (BufReader::new(line.try_clone()?), line);
    write.write_all(b"220 sink ready\r\n")?;
    let mut words = String::new();
    loop {
        words.clear();
        if read.read_line(&mut words)? == 0 {
            return Ok(());
        }
        match words.split_whitespace().next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => write.write_all(b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")?,
            "DATA" => {
                write.write_all(b"354 go on\r\n")?;
                let mut text = Vec::new();
                while text != b".\r\n" {
                    text.clear();
                    if read.read_until(b'\n', &mut text)? == 0 {
                        return Ok(());
                    }
                }
                taken.fetch_add(1, Ordering::Relaxed);
                write.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => return write.write_all(b"221 bye\r\n"),
            _ => write.write_all(b"250 ok\r\n")?,
        }
    }
}

/// A line to it, as bare as can be.
pub struct Line(BufReader<TcpStream>);

impl Line {
    /// Greeted.
    pub fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut line = Self(BufReader::new(stream));
        line.answer();
        line.say("EHLO bench\r\n");
        line
    }

    /// One mail, with its end.
    pub fn hand_over(&mut self, mail: &str) {
        for words in ["MAIL FROM:<desk@kilde.example>\r\n", "RCPT TO:<ana@example.com>\r\n", "DATA\r\n", mail] {
            self.say(words);
        }
    }

    fn say(&mut self, words: &str) {
        self.0.get_mut().write_all(words.as_bytes()).unwrap();
        self.answer();
    }

    fn answer(&mut self) {
        let mut words = String::new();
        while words.as_bytes().get(3) != Some(&b' ') {
            words.clear();
            assert!(self.0.read_line(&mut words).unwrap() > 0, "it hung up");
        }
    }
}
