//! A call to a provider as data: built by one pure function, read by another, sent by somebody else.

use serde_json::Value;

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, `DELETE`.
    pub method: &'static str,
    /// Where to.
    pub url: String,
    /// Name and value.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Lower-case name and value.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The body as JSON, when it is some.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// How long to wait before asking again, when the provider said so: seconds, at most an hour.
    pub(crate) fn after(&self) -> Option<u32> {
        self.header("retry-after").and_then(|v| v.trim().parse().ok()).map(|s: u32| s.min(3600))
    }
}

/// Why a call did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The provider says no; asking again says no again.
    Refused {
        /// For programs, the provider's: `charge_already_refunded`.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// Down, busy, or talking nonsense: the same call again, later.
    Later {
        /// What happened, in words.
        message: String,
        /// The pause it asked for, seconds.
        after: Option<u32>,
    },
    /// The keys are not (any more) the right ones: nothing gets better before somebody changes them.
    Unauthorised {
        /// The provider's words.
        message: String,
    },
}

impl Refusal {
    /// The words of it.
    pub fn message(&self) -> &str {
        match self {
            Self::Refused { message, .. } | Self::Later { message, .. } | Self::Unauthorised { message } => message,
        }
    }

    /// In a word, for the log: the words of a provider may name a person.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::Later { .. } => "later",
            Self::Unauthorised { .. } => "unauthorised",
        }
    }

    /// What cannot be sent at all, found out before sending.
    pub(crate) fn unsendable(message: &str) -> Self {
        Self::Refused { code: "not_sendable".to_owned(), message: message.to_owned() }
    }

    /// Down, busy, nonsense.
    pub(crate) fn later(reply: &Reply, message: impl Into<String>) -> Self {
        Self::Later { message: message.into(), after: reply.after() }
    }
}

/// Percent-encoded for a form or a query, in the given order.
pub(crate) fn form(fields: &[(String, String)]) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        out.append_pair(name, value);
    }
    out.finish()
}

/// A part of a path: what is not a letter, a digit, `-` or `_` is escaped, so that an id of a webhook cannot lead elsewhere.
pub(crate) fn part(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

/// A file that goes with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// `application/pdf`, `image/png`, `image/jpeg`.
    pub content_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A form of parts: (name, content type, file name, bytes). The boundary is handed in; it must stand in none of them.
pub(crate) fn multipart(boundary: &str, parts: &[(&str, Option<&str>, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content_type, file, bytes) in parts {
        out.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"").bytes());
        if let Some(file) = file {
            let safe: String = file.chars().map(|c| if c.is_control() || matches!(c, '"' | '\\') { '_' } else { c }).collect();
            out.extend(format!("; filename=\"{safe}\"").bytes());
        }
        if let Some(content_type) = content_type {
            out.extend(format!("\r\nContent-Type: {content_type}").bytes());
        }
        out.extend(b"\r\n\r\n");
        out.extend(*bytes);
        out.extend(b"\r\n");
    }
    out.extend(format!("--{boundary}--\r\n").bytes());
    out
}
