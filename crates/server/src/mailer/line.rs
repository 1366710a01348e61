//! The line to the mail server, kept while mails follow each other: making it private and signing in takes many times as long as a mail does.

use std::fmt;
use std::time::Duration;

use domain::mail::Outcome;
use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};

use super::Smtp;

/// How long one step with the server may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many mails one line carries: servers hang up after a number of their own, usually a hundred.
const MOST: usize = 50;

/// A line that may be open. Dropping it says goodbye.
pub(super) struct Line<'a> {
    smtp: &'a Smtp,
    open: Option<SmtpConnection>,
    carried: usize,
}

impl<'a> Line<'a> {
    /// Not open yet.
    pub fn to(smtp: &'a Smtp) -> Self {
        Self { smtp, open: None, carried: 0 }
    }

    /// Hands one mail over, and says exactly how far it came.
    pub fn carry(&mut self, to: &Address, message: &[u8]) -> Outcome {
        let kept = self.open.is_some();
        let mut end = self.once(to, message);
        // A kept line that the server left meanwhile: it has nothing of this mail, so a new line is no repetition.
        if kept && end.is_err() {
            end = self.once(to, message);
        }
        end.unwrap_or_else(|error| refused(&error).unwrap_or_else(|| Outcome::Later(words(&error))))
    }

    /// One try. The error is that of the first command: nothing was handed over.
    fn once(&mut self, to: &Address, message: &[u8]) -> Result<Outcome, SmtpError> {
        let mut line = match self.open.take() {
            Some(line) => line,
            None => match self.smtp.connect(PATIENCE) {
                Ok(line) => {
                    self.carried = 0;
                    line
                }
                Err(error) => return Ok(Outcome::Later(words(&error))),
            },
        };
        let Some(options) = options(&line, &self.smtp.from, to, message) else {
            self.open = Some(line);
            return Ok(Outcome::Refused("the mail server takes no address with letters beyond ASCII".to_owned()));
        };
        if let Err(error) = line.command(Mail::new(Some(self.smtp.from.clone()), options)) {
            line.abort();
            return Err(error);
        }
        if let Err(error) = line.command(Rcpt::new(to.clone(), Vec::new())) {
            line.abort();
            return Ok(no_recipient(&error).or_else(|| refused(&error)).unwrap_or_else(|| Outcome::Later(words(&error))));
        }
        if let Err(error) = line.command(Data) {
            line.abort();
            return Ok(refused(&error).unwrap_or_else(|| Outcome::Later(words(&error))));
        }
        let handed = match std::str::from_utf8(message) {
            Ok(text) => line.command(Whole(text)),
            Err(_) => line.message(message),
        };
        if let Err(error) = handed {
            line.abort();
            return Ok(refused(&error).unwrap_or_else(|| Outcome::Unclear(words(&error))));
        }
        self.carried += 1;
        self.open = Some(line);
        if self.carried >= MOST {
            self.close();
        }
        Ok(Outcome::Sent)
    }

    fn close(&mut self) {
        if let Some(mut line) = self.open.take() {
            let _ = line.quit();
        }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.close();
    }
}

/// A mail and its end in one piece. In two, the second waits for the receipt of the first, which a server holds back for forty milliseconds: with
/// that a line carried twenty mails a second.
struct Whole<'a>(&'a str);

impl fmt::Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.strip_suffix("\r\n").unwrap_or(self.0).split("\r\n") {
            let stuffed = if line.starts_with('.') { "." } else { "" };
            write!(f, "{stuffed}{line}\r\n")?;
        }
        f.write_str(".\r\n")
    }
}

/// What the server is to be told of this mail; none when it cannot take it.
fn options(line: &SmtpConnection, from: &Address, to: &Address, message: &[u8]) -> Option<Vec<MailParameter>> {
    let mut options = Vec::new();
    if !AsRef::<str>::as_ref(from).is_ascii() || !AsRef::<str>::as_ref(to).is_ascii() {
        if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
            return None;
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Some(options)
}

/// What the server itself said no to.
fn refused(error: &SmtpError) -> Option<Outcome> {
    if error.is_permanent() {
        return Some(Outcome::Refused(words(error)));
    }
    error.is_transient().then(|| Outcome::Later(words(error)))
}

/// Said for good of the recipient itself, with a code that says so (RFC 3463, 5.1.x). What a server holds against the sender (5.1.7 to 5.1.9)
/// or against the mail (5.7) says nothing about the address.
fn no_recipient(error: &SmtpError) -> Option<Outcome> {
    let code = error.is_permanent().then(|| code(&std::error::Error::source(error)?.to_string())).flatten()?;
    let detail = code.strip_prefix("5.1.")?;
    (!matches!(detail, "5" | "7" | "8" | "9")).then(|| Outcome::NoRecipient { code: code.clone(), words: words(error) })
}

/// The code that an answer begins with: `5.1.1`.
fn code(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (word.split('.').count() == 3 && word.split('.').all(digits)).then(|| word.to_owned())
}

/// What went wrong, with the cause behind it.
pub(super) fn words(error: &SmtpError) -> String {
    let cause = std::error::Error::source(error).map(|s| format!(": {s}")).unwrap_or_default();
    let text = error.to_string();
    if text.contains(cause.trim_start_matches(": ")) { text } else { format!("{text}{cause}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_begins_with_its_code_or_has_none() {
        assert_eq!(code("5.1.1 <ana@example.es>: nobody of that name").as_deref(), Some("5.1.1"));
        assert_eq!(code("5.1.10 null MX").as_deref(), Some("5.1.10"));
        for none in ["", "no such user", "5.1 x", "5.1.1.1", "10.0.0.1000 refused", "<5.1.1> x"] {
            assert_eq!(code(none), None, "{none}");
        }
    }

    #[test]
    fn a_line_that_is_a_dot_does_not_end_a_mail() {
        assert_eq!(Whole("To: a\r\n\r\nOne\r\n.\r\n..two\r\n").to_string(), "To: a\r\n\r\nOne\r\n..\r\n...two\r\n.\r\n");
        assert_eq!(Whole("no end").to_string(), "no end\r\n.\r\n");
        assert_eq!(Whole("").to_string(), "\r\n.\r\n");
    }
}
