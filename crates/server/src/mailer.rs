//! Hands mail of the outbox to the server that the configuration names. Says exactly how far it came, so that nothing is sent twice: what was
//! refused or never begun may be tried again, what broke off behind the last byte may not.

mod line;

use std::net::IpAddr;
use std::time::Duration;

use domain::Error;
use domain::kit::{Clock, Micros};
use domain::mail::dkim::Signer;
use domain::mail::{self, Claimed, Letter, Outcome};
use domain::providers::Vault;
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use store::Db;

use self::line::{Line, words};

/// How long a server that is only greeted may take.
const GREETING: Duration = Duration::from_secs(10);

/// How the line is made private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    /// From the first byte (`smtps://`).
    Wrapped,
    /// After a plain hello; without it nothing is sent (`smtp://`).
    Required,
    /// Not at all: for a server on this machine (`smtp://…?tls=none`).
    None,
}

/// The server that takes mail, and the address it comes from.
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    from: Address,
    /// Where links in mail lead: this installation as the world reaches it.
    site: String,
    /// Opens the keys that sign mail; without it mail leaves unsigned.
    vault: Option<Vault>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{})", self.host, self.port)
    }
}

impl Smtp {
    /// Reads `smtp_url` and `mail_from` of the configuration; `None` when neither is there.
    ///
    /// # Errors
    /// In words, which of the two is not right.
    pub fn of(url: Option<&str>, from: Option<&str>) -> Result<Option<Self>, String> {
        let (url, from) = match (url, from) {
            (None, None) => return Ok(None),
            (Some(url), Some(from)) => (url, from),
            _ => return Err("Set both smtp_url and mail_from, or neither.".to_owned()),
        };
        let wrong = || "smtp_url is not an address like smtps://user:password@mail.example.com.".to_owned();
        let parsed = url::Url::parse(url).map_err(|_| wrong())?;
        let host = parsed.host_str().ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
        let asked = parsed.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let (tls, port) = match (parsed.scheme(), asked.as_deref()) {
            ("smtps", None) => (Tls::Wrapped, 465),
            ("smtp", None) if local => (Tls::None, 25),
            ("smtp", None | Some("required")) => (Tls::Required, 587),
            ("smtp", Some("none")) => (Tls::None, 25),
            _ => return Err(wrong()),
        };
        let plain = |text: &str| {
            let pairs = format!("x={}", text.replace('+', "%2B"));
            url::form_urlencoded::parse(pairs.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
        };
        let credentials = (!parsed.username().is_empty())
            .then(|| Credentials::new(plain(parsed.username()), plain(parsed.password().unwrap_or_default())));
        if credentials.is_some() && tls == Tls::None && !local {
            return Err("smtp_url would send its password over a line that everybody can read. Use smtps://.".to_owned());
        }
        let from = from.trim().parse().map_err(|_| format!("mail_from “{from}” is no e-mail address."))?;
        Ok(Some(Self { host, port: parsed.port().unwrap_or(port), tls, credentials, from, site: String::new(), vault: None }))
    }

    /// The address that mail comes from.
    pub fn sender(&self) -> String {
        self.from.to_string()
    }

    /// With links that lead to this address (`https://desk.example.com`).
    #[must_use]
    pub fn at_site(self, site: &str) -> Self {
        Self { site: site.to_owned(), ..self }
    }

    /// Signing with the keys of the merchants.
    #[must_use]
    pub fn signing(self, vault: Vault) -> Self {
        Self { vault: Some(vault), ..self }
    }

    /// The server, as a person names it.
    pub fn at(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Greets the server, makes the line private and signs in, as for a mail, and sends none. Says how far it came.
    ///
    /// # Errors
    /// What the server or the line says.
    pub fn greet(&self) -> Result<&'static str, String> {
        let mut line = self.connect(GREETING).map_err(|e| words(&e))?;
        let private = line.is_encrypted();
        let _ = line.quit();
        Ok(match (private, self.credentials.is_some()) {
            (true, true) => "over TLS, and lets us in",
            (true, false) => "over TLS",
            (false, true) => "in plain text, and lets us in",
            (false, false) => "in plain text",
        })
    }

    fn connect(&self, patience: Duration) -> Result<SmtpConnection, SmtpError> {
        let hello = ClientId::default();
        let private = TlsParameters::new(self.host.clone())?;
        let wrapped = (self.tls == Tls::Wrapped).then_some(&private);
        let mut line = SmtpConnection::connect((self.host.as_str(), self.port), Some(patience), &hello, wrapped, None)?;
        if self.tls == Tls::Required {
            line.starttls(&private, &hello)?;
        }
        if let Some(credentials) = &self.credentials {
            line.auth(&[Mechanism::Plain, Mechanism::Login], credentials)?;
        }
        Ok(line)
    }

    /// What goes over the line: to whom, and the bytes. `id` names it, so that a mailbox knows it again; `signer` signs it.
    ///
    /// # Errors
    /// Why it can go nowhere.
    fn packed(&self, letter: Letter, id: &str, signer: Option<&Signer>) -> Result<(Address, Vec<u8>), String> {
        let to: Address = letter.to.parse().map_err(|_| format!("{} is no address that mail can go to", letter.to))?;
        let to = plain_domain(to);
        let at = letter.at;
        let message = self.message(letter, &to, id)?;
        let message = match signer {
            Some(signer) => signer.sign(&message, at)?,
            None => message,
        };
        Ok((to, message))
    }

    fn message(&self, letter: Letter, to: &Address, id: &str) -> Result<Vec<u8>, String> {
        let said = |e: &dyn std::fmt::Display| format!("this mail cannot be written: {e}");
        let shop = letter.from_name.clone();
        let name = Some(letter.from_name).filter(|n| !n.is_empty());
        let at = std::time::UNIX_EPOCH + Duration::from_micros(u64::try_from(letter.at).unwrap_or(0));
        let mut builder = Message::builder()
            .from(Mailbox::new(name, self.from.clone()))
            .to(Mailbox::new(None, to.clone()))
            .subject(letter.subject)
            .date(at)
            .message_id(Some(format!("<{id}@{}>", self.from.domain())));
        if let Ok(reply_to) = letter.reply_to.parse() {
            builder = builder.reply_to(Mailbox::new(None, plain_domain(reply_to)));
        }
        let link = letter.unsubscribe.map(|token| format!("{}/u/{token}", self.site));
        if let Some(link) = &link {
            builder = builder.header(ListUnsubscribe(format!("<{link}>"))).header(OneClick);
        }
        if letter.automatic {
            builder = builder.header(Automatic);
        }
        if let Some((nearest, all)) = self.answered(&letter.answers) {
            builder = builder.in_reply_to(nearest).references(all);
        }
        if letter.bulk {
            let plain = domain::mailings::text(&letter.body, &shop, link.as_deref());
            let html = domain::mailings::html(&letter.body, &shop, link.as_deref());
            let message = builder.multipart(MultiPart::alternative_plain_html(plain, html));
            return Ok(message.map_err(|e| said(&e))?.formatted());
        }
        let text = SinglePart::plain(letter.body);
        let mut files = Vec::with_capacity(letter.files.len() + 1);
        if let Some(paper) = letter.paper {
            let kind = ContentType::parse("application/pdf").map_err(|e| said(&e))?;
            files.push(Attachment::new(paper.file_name.clone()).body(paper.pdf().map_err(|e| said(&e))?, kind));
        }
        for file in letter.files {
            let kind = ContentType::parse(&file.content_type).or_else(|_| ContentType::parse("application/octet-stream"));
            files.push(Attachment::new(file.name).body(file.bytes, kind.map_err(|e| said(&e))?));
        }
        let message = match files.is_empty() {
            true => builder.singlepart(text),
            false => builder.multipart(files.into_iter().fold(MultiPart::mixed().singlepart(text), MultiPart::singlepart)),
        };
        Ok(message.map_err(|e| said(&e))?.formatted())
    }

    /// `In-Reply-To` and `References` of an answer. An id of ours gets the domain that our mails carry; what could break a header is left out.
    fn answered(&self, answers: &[String]) -> Option<(String, String)> {
        let sane = |id: &&String| id.bytes().all(|b| b.is_ascii_graphic() && !b"<>".contains(&b));
        let whole = |id: &String| if id.contains('@') { format!("<{id}>") } else { format!("<{id}@{}>", self.from.domain()) };
        let all: Vec<String> = answers.iter().filter(sane).map(whole).collect();
        Some((all.last()?.clone(), all.join(" ")))
    }
}

/// With its domain as every server takes it (`xn--…`); where the part before it goes beyond ASCII as well, it stays as it is.
fn plain_domain(address: Address) -> Address {
    if !address.user().is_ascii() || address.domain().is_ascii() {
        return address;
    }
    match url::Host::parse(address.domain()) {
        Ok(url::Host::Domain(domain)) => Address::new(address.user(), domain).unwrap_or(address),
        _ => address,
    }
}

/// Where a reader's own program says that no more is wanted (RFC 2369), here with one press (RFC 8058).
#[derive(Clone, Debug)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        // A link has nothing to encode and must not be broken into lines.
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// `List-Unsubscribe-Post`: the link above takes a POST and asks nothing more.
#[derive(Clone, Copy, Debug)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// `Auto-Submitted` (RFC 3834): no person wrote it, so that no machine answers.
#[derive(Clone, Copy, Debug)]
struct Automatic;

impl Header for Automatic {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Sends all that is due; gives how many were tried. Blocking.
///
/// # Errors
/// When the database cannot say what is due or note what became of it.
pub fn run_all(db: &Db, smtp: &Smtp, clock: &dyn Clock, worker: &str, stop: &dyn Fn() -> bool) -> Result<usize, Error> {
    let (mut tried, mut line) = (0, Line::to(smtp));
    while !stop() {
        let (now, name) = (clock.now(), worker.to_owned());
        let Some(claimed) = db.write_slice_now::<_, Error>(move |tx| mail::claim(tx, &name, now))? else { break };
        tried += 1;
        one(db, smtp, &mut line, clock, claimed)?;
    }
    Ok(tried)
}

fn one(db: &Db, smtp: &Smtp, line: &mut Line, clock: &dyn Clock, claimed: Claimed) -> Result<(), Error> {
    let (held, now): (_, Micros) = (claimed.clone(), clock.now());
    let vault = smtp.vault.clone();
    let read = db.read_now::<_, Error>(move |tx| {
        let signer = vault.as_ref().map(|v| mail::dkim::signer(tx, v, &held.merchant)).transpose()?.flatten();
        Ok((mail::letter(tx, &held, now)?, signer))
    });
    let outcome = match read {
        Ok((letter, signer)) => match smtp.packed(letter, claimed.mail.as_str(), signer.as_ref()) {
            Ok((to, message)) => line.carry(&to, &message),
            Err(words) => Outcome::Refused(words),
        },
        Err(Error::Store(error)) => Outcome::Later(error.to_string()),
        Err(error) => Outcome::Refused(error.to_string()),
    };
    if outcome != Outcome::Sent {
        // What the server said names the recipient: it stands with the mail, and not in the log.
        tracing::warn!(mail = %claimed.mail, outcome = outcome.name(), "a mail was not sent");
    }
    let now = clock.now();
    db.write_now::<_, Error>(move |tx| mail::done(tx, &claimed, &outcome, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<Smtp, String> {
        Smtp::of(Some(url), Some("desk@example.com")).map(Option::unwrap)
    }

    #[test]
    fn the_address_of_a_server_says_how_private_the_line_is() {
        let said = |url: &str| of(url).map(|s| (s.host, s.port, s.tls));
        assert_eq!(said("smtps://u:p%40ss@mail.example.com"), Ok(("mail.example.com".into(), 465, Tls::Wrapped)));
        assert_eq!(said("smtp://mail.example.com"), Ok(("mail.example.com".into(), 587, Tls::Required)));
        assert_eq!(said("smtp://127.0.0.1:2525"), Ok(("127.0.0.1".into(), 2525, Tls::None)));
        assert!(said("smtp://u:p@mail.example.com?tls=none").is_err());
        assert!(said("http://mail.example.com").is_err() && said("mail.example.com").is_err());
        assert!(Smtp::of(Some("smtps://mail.example.com"), None).is_err());
        assert!(Smtp::of(Some("smtps://mail.example.com"), Some("nobody")).is_err());
        assert!(Smtp::of(None, None).unwrap().is_none());
    }

    #[test]
    fn a_domain_beyond_ascii_goes_over_every_line() {
        let over = |text: &str| plain_domain(text.parse().unwrap()).to_string();
        assert_eq!(over("bob@bücher.example"), "bob@xn--bcher-kva.example");
        assert_eq!(over("bob@example.com"), "bob@example.com");
        assert_eq!(over("jürgen@bücher.example"), "jürgen@bücher.example");
    }

    #[test]
    fn a_debug_print_holds_no_password() {
        assert_eq!(format!("{:?}", of("smtps://u:secret@mail.example.com").unwrap()), "Smtp(mail.example.com:465)");
    }
}
