//! A small client of IMAP (RFC 3501): signs in, looks at a folder without changing anything, and fetches mails one by one. Blocking; every step has
//! an end. What a server says is never trusted in its size.

#[cfg(test)]
mod tests;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// How long one step with the server may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest line that is read, bytes; and the largest body of a mail.
const LINE: usize = 1024 * 1024;
/// The most responses to one command.
const RESPONSES: usize = 200_000;

trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// An open line.
pub struct Imap {
    line: BufReader<Box<dyn Wire>>,
    tag: u32,
    largest: usize,
}

impl std::fmt::Debug for Imap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Imap")
    }
}

/// A response: its text, and the parts that came by length.
#[derive(Debug, Default, PartialEq, Eq)]
struct Response {
    text: String,
    parts: Vec<Vec<u8>>,
}

type Said<T> = Result<T, String>;

fn failed(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => "the server did not answer in time".to_owned(),
        std::io::ErrorKind::UnexpectedEof => "the server hung up".to_owned(),
        _ => error.to_string(),
    }
}

impl Imap {
    /// Opens a line; with `tls` its certificate must be of `host`. `largest`: bytes of the largest mail that is fetched.
    ///
    /// # Errors
    /// In words: what went wrong.
    pub fn connect(host: &str, port: u16, tls: bool, largest: usize) -> Said<Self> {
        let addresses = (host, port).to_socket_addrs().map_err(|e| format!("{host} is not known: {e}"))?;
        let mut last = format!("{host} has no address");
        for address in addresses {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return Self::over(stream, host, tls, largest),
                Err(error) => last = format!("{host}:{port} does not answer: {}", failed(&error)),
            }
        }
        Err(last)
    }

    fn over(stream: TcpStream, host: &str, tls: bool, largest: usize) -> Said<Self> {
        stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE))).map_err(|e| failed(&e))?;
        let wire: Box<dyn Wire> = if tls {
            let name = ServerName::try_from(host.to_owned()).map_err(|_| format!("{host} is no name of a server"))?;
            let line = ClientConnection::new(trusting()?, name).map_err(|e| e.to_string())?;
            Box::new(StreamOwned::new(line, stream))
        } else {
            Box::new(stream)
        };
        let mut imap = Self { line: BufReader::new(wire), tag: 0, largest };
        let greeting = imap.response()?;
        if greeting.text.starts_with("* OK") { Ok(imap) } else { Err(format!("the server says {}", shown(&greeting.text))) }
    }

    /// Signs in.
    ///
    /// # Errors
    /// In words; what the server says when it refuses.
    pub fn login(&mut self, username: &str, password: &str) -> Said<()> {
        self.run(&pieces("LOGIN", &[username, password])).map(|_| ()).map_err(|e| format!("signing in failed: {e}"))
    }

    /// Looks at a folder without changing anything; gives its UIDVALIDITY.
    ///
    /// # Errors
    /// In words.
    pub fn examine(&mut self, folder: &str) -> Said<i64> {
        let said = self.run(&pieces("EXAMINE", &[&utf7(folder)])).map_err(|e| format!("the folder {folder} cannot be opened: {e}"))?;
        let validity = said.iter().find_map(|r| between(&r.text, "[UIDVALIDITY ", "]")?.parse().ok());
        validity.ok_or_else(|| "the folder says no UIDVALIDITY".to_owned())
    }

    /// UIDs above `last` of mails that came on `day` (`1-Feb-2026`) or later, rising.
    ///
    /// # Errors
    /// In words.
    pub fn newer(&mut self, last: i64, day: &str) -> Said<Vec<i64>> {
        let said = self.command(&format!("UID SEARCH UID {}:* SINCE {day}", last.saturating_add(1)))?;
        let found = said.iter().filter_map(|r| r.text.strip_prefix("* SEARCH"));
        let mut uids: Vec<i64> = found.flat_map(str::split_whitespace).filter_map(|n| n.parse().ok()).filter(|uid| *uid > last).collect();
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// How many bytes a mail has; `None` when it is gone.
    ///
    /// # Errors
    /// In words.
    pub fn size(&mut self, uid: i64) -> Said<Option<usize>> {
        let said = self.command(&format!("UID FETCH {uid} (UID RFC822.SIZE)"))?;
        Ok(said.iter().filter(|r| is_of(&r.text, uid)).find_map(|r| number(&r.text, "RFC822.SIZE ")))
    }

    /// A mail, or with `head` only what stands above its text; `None` when it is gone. It stays unread.
    ///
    /// # Errors
    /// In words.
    pub fn mail(&mut self, uid: i64, head: bool) -> Said<Option<Vec<u8>>> {
        let part = if head { "HEADER" } else { "" };
        let said = self.command(&format!("UID FETCH {uid} (UID BODY.PEEK[{part}])"))?;
        Ok(said.into_iter().filter(|r| is_of(&r.text, uid)).find_map(|mut r| r.parts.pop()))
    }

    /// Says good-bye.
    pub fn logout(mut self) {
        let _ = self.command("LOGOUT");
    }

    fn command(&mut self, text: &str) -> Said<Vec<Response>> {
        self.run(&[text.as_bytes().to_vec()])
    }

    /// Sends a command in pieces, each but the first when the server asks for it; gives what was said before its end.
    fn run(&mut self, pieces: &[Vec<u8>]) -> Said<Vec<Response>> {
        self.tag += 1;
        let tag = format!("r{}", self.tag);
        let mut said = Vec::new();
        for (at, piece) in pieces.iter().enumerate() {
            let head = if at == 0 { format!("{tag} ") } else { String::new() };
            let end: &[u8] = if at + 1 == pieces.len() { b"\r\n" } else { b"" };
            let bytes = [head.as_bytes(), piece, end].concat();
            let wire = self.line.get_mut();
            wire.write_all(&bytes).and_then(|()| wire.flush()).map_err(|e| failed(&e))?;
            if at + 1 < pieces.len() {
                let answer = self.response()?;
                if !answer.text.starts_with('+') {
                    return Err(shown(&answer.text));
                }
            }
        }
        let end = format!("{tag} ");
        loop {
            let response = self.response()?;
            if let Some(outcome) = response.text.strip_prefix(&end) {
                return if outcome.get(..2).is_some_and(|o| o.eq_ignore_ascii_case("OK")) { Ok(said) } else { Err(shown(outcome)) };
            }
            if response.text.starts_with("* BYE") && !pieces.iter().any(|p| p.as_slice() == b"LOGOUT") {
                return Err(shown(&response.text));
            }
            said.push(response);
            if said.len() > RESPONSES {
                return Err("the server says more than anybody asked for".to_owned());
            }
        }
    }

    /// One response, with its parts that come by length.
    fn response(&mut self) -> Said<Response> {
        let mut response = Response::default();
        loop {
            let mut line = Vec::new();
            let read = (&mut self.line).take(LINE as u64).read_until(b'\n', &mut line).map_err(|e| failed(&e))?;
            if read == 0 {
                return Err("the server hung up".to_owned());
            }
            if line.pop() != Some(b'\n') {
                return Err("the server sent a line without an end".to_owned());
            }
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            let text = String::from_utf8_lossy(&line).into_owned();
            let Some((before, length)) = literal(&text) else {
                response.text.push_str(&text);
                return Ok(response);
            };
            response.text.push_str(before);
            if length > self.largest + LINE || response.parts.len() > 10 {
                return Err("the server sent more than was asked for".to_owned());
            }
            let mut part = Vec::new();
            let got = (&mut self.line).take(length as u64).read_to_end(&mut part).map_err(|e| failed(&e))?;
            if got < length {
                return Err("the server hung up".to_owned());
            }
            response.parts.push(part);
        }
    }
}

/// A command with words behind it: quoted, or by length where they cannot be.
fn pieces(command: &str, words: &[&str]) -> Vec<Vec<u8>> {
    let mut all = vec![command.as_bytes().to_vec()];
    for word in words {
        let plain = word.bytes().all(|b| (b' '..=b'~').contains(&b));
        let quoted = word.replace('\\', "\\\\").replace('"', "\\\"");
        let text = if plain { format!(" \"{quoted}\"") } else { format!(" {{{}}}\r\n", word.len()) };
        if let Some(last) = all.last_mut() {
            last.extend_from_slice(text.as_bytes());
        }
        if !plain {
            all.push(word.as_bytes().to_vec());
        }
    }
    all
}

/// What stands before `{123}` at the end of a line, and the length it says.
fn literal(text: &str) -> Option<(&str, usize)> {
    let (before, length) = text.strip_suffix('}')?.rsplit_once('{')?;
    Some((before, length.parse().ok()?))
}

/// What the machine's own certificates vouch for.
fn trusting() -> Said<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

/// A server's words, as they may stand on a page.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}

fn number(text: &str, name: &str) -> Option<usize> {
    let (_, rest) = text.split_once(name)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Is it a FETCH of this mail? (A server may tell of others in between.)
fn is_of(text: &str, uid: i64) -> bool {
    text.starts_with("* ") && text.contains(" FETCH ") && number(text, "UID ").is_some_and(|n| i64::try_from(n) == Ok(uid))
}

/// The name of a folder as the wire wants it (RFC 3501, 5.1.3).
fn utf7(name: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let (mut out, mut strange) = (String::new(), Vec::<u16>::new());
    let end = |strange: &mut Vec<u16>, out: &mut String| {
        if !strange.is_empty() {
            let bytes: Vec<u8> = strange.drain(..).flat_map(u16::to_be_bytes).collect();
            out.push_str(&format!("&{}-", STANDARD_NO_PAD.encode(bytes).replace('/', ",")));
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            end(&mut strange, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            strange.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    end(&mut strange, &mut out);
    out
}
