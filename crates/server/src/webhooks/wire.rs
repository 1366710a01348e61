//! One message over the wire. A connection goes only to addresses that [`target::is_allowed`] let through a moment before, so a name that changes its
//! mind between the look-up and the connection leads nowhere else. No redirect is followed, no proxy is asked, and no answer is read to its end.

use std::io::Read as _;
use std::time::{Duration, Instant};

use domain::webhooks::send::{Answer, Message};
use domain::webhooks::target;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long the body of an answer is waited for, once its status is there.
const LISTEN: Duration = Duration::from_secs(3);
/// How much of a body is kept.
const KEPT: usize = 4096;
/// What the look-up says of an address it does not give away.
const NOT_PUBLIC: &str = "The name leads to an address that is not on the public internet.";

/// Looks names up and refuses those with any address that is not allowed.
#[derive(Debug)]
struct Guarded {
    local: bool,
    names: DefaultResolver,
}

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, config: &ureq::config::Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        if found.iter().all(|address| target::is_allowed(address.ip(), self.local)) {
            Ok(found)
        } else {
            Err(ureq::Error::Io(std::io::Error::new(std::io::ErrorKind::PermissionDenied, NOT_PUBLIC)))
        }
    }
}

/// What sends the messages of one endpoint; connections are kept for the next message. `local` allows this machine.
pub fn agent(local: bool) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .timeout_connect(Some(Duration::from_secs(5)))
        .timeout_recv_body(Some(LISTEN))
        .max_idle_age(Duration::from_secs(2))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent("regulars-webhooks/1")
        .build();
    ureq::Agent::with_parts(config, DefaultConnector::default(), Guarded { local, names: DefaultResolver::default() })
}

/// Sends a message and gives what came of it; never fails by itself.
pub fn send(agent: &ureq::Agent, url: &str, message: &Message) -> Answer {
    let began = Instant::now();
    let sent = agent
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", message.event.as_str())
        .header("webhook-timestamp", message.timestamp.to_string())
        .header("webhook-signature", &message.signature)
        .send(&message.body);
    let micros = |began: Instant| i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
    match sent {
        Ok(response) => {
            let duration = micros(began);
            let after = response.headers().get("retry-after").and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse().ok());
            let status = response.status().as_u16();
            Answer { status, error: String::new(), body: beginning(response.into_body()), duration, after }
        }
        Err(error) => Answer { error: in_words(&error), duration: micros(began), ..Answer::default() },
    }
}

/// The first [`KEPT`] bytes of a body, or as much as came in time. What is no text is shown as far as it is.
fn beginning(body: ureq::Body) -> String {
    let (mut kept, mut reader) = (vec![0u8; KEPT], body.into_reader());
    let mut length = 0;
    while length < KEPT {
        match reader.read(&mut kept[length..]) {
            Ok(0) | Err(_) => break,
            Ok(more) => length += more,
        }
    }
    String::from_utf8_lossy(&kept[..length]).into_owned()
}

/// What a person can do something with.
fn in_words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "No answer within 15 seconds.".to_owned(),
        ureq::Error::HostNotFound => "The name of the machine was not found.".to_owned(),
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::PermissionDenied => NOT_PUBLIC.to_owned(),
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused => "The machine refused the connection.".to_owned(),
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => "The machine could not be reached, or broke off.".to_owned(),
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => "The machine’s certificate is not good for this address.".to_owned(),
        _ => "The answer was no answer of a web server.".to_owned(),
    }
}
