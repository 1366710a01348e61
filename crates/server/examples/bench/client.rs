//! One HTTP connection and how figures are printed: what both load drivers share.
#![allow(dead_code, reason = "each driver uses its part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

const JSON: &str = "application/json";

/// One keep-alive connection.
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub fn new(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Sends a request; gives status and body.
    pub fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> (u16, Vec<u8>) {
        let mut answer = Vec::new();
        let (status, _) = self.talk(method, path, headers, JSON, body.as_bytes(), &mut answer);
        (status, answer)
    }

    /// Hands in a body of another kind; gives the status and the answer.
    pub fn hand_in(&mut self, path: &str, headers: &str, kind: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut answer = Vec::new();
        let (status, _) = self.talk("POST", path, headers, kind, body, &mut answer);
        (status, answer)
    }

    /// Sends a request; gives status and size of the body as it came over the wire.
    pub fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> (u16, usize) {
        self.talk(method, path, headers, JSON, body.as_bytes(), &mut std::io::sink())
    }

    fn talk(&mut self, method: &str, path: &str, headers: &str, kind: &str, body: &[u8], out: &mut impl Write) -> (u16, usize) {
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\nContent-Type: {kind}\r\n", body.len()) };
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n{headers}{length}\r\n").into_bytes();
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request).unwrap();
        let (mut line, mut status, mut length, mut chunked) = (String::new(), 0, 0usize, false);
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let head = line.trim_end().to_ascii_lowercase();
            if head.is_empty() {
                break;
            }
            if head.starts_with("http/1.1 ") {
                status = head[9..12].parse().unwrap();
            } else if let Some(n) = head.strip_prefix("content-length: ") {
                length = n.parse().unwrap();
            } else if head == "transfer-encoding: chunked" {
                chunked = true;
            }
        }
        if chunked { (status, self.chunks(out)) } else { (status, self.copy(length, out)) }
    }

    fn copy(&mut self, length: usize, out: &mut impl Write) -> usize {
        std::io::copy(&mut (&mut self.stream).take(length as u64), out).unwrap();
        length
    }

    fn chunks(&mut self, out: &mut impl Write) -> usize {
        let mut total = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            let size = usize::from_str_radix(line.trim(), 16).unwrap();
            total += self.copy(size, out);
            self.stream.read_line(&mut line).unwrap();
            if size == 0 {
                return total;
            }
        }
    }
}

/// The median, the 95th percentile and what one connection does in a second.
pub fn print(name: &str, took: &mut [f64]) {
    took.sort_by(f64::total_cmp);
    let at = |p: f64| took[((took.len() - 1) as f64 * p) as usize];
    println!("{name}\t{:.2}\t{:.2}\t{:.0}", at(0.5), at(0.95), 1000.0 / at(0.5));
}
