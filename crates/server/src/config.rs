//! Where Regulars keeps its data and how it is reached: one file, the environment, flags; the later wins.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::providers::{Addresses, Vault};
use serde::Deserialize;
use store::{Options, Target};

/// The configuration file (TOML); every key may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct File {
    /// `postgres://…`, or the path of an SQLite file.
    pub database_url: Option<String>,
    /// Where to listen: `127.0.0.1:8080`.
    pub listen: Option<String>,
    /// The address people type, when it is served behind HTTPS: `https://desk.example.com`.
    pub base_url: Option<String>,
    /// Allow plain HTTP on an address that is not this machine.
    pub insecure_http: Option<bool>,
    /// Folder for the SQLite file and for files on their way.
    pub data: Option<PathBuf>,
    /// Connections to PostgreSQL.
    pub pool: Option<usize>,
    /// Reader threads on SQLite.
    pub readers: Option<usize>,
    /// Requests per minute of one API key.
    pub api_per_minute: Option<u32>,
    /// The server that takes mail: `smtps://user:password@mail.example.com`, or `smtp://…?tls=required`.
    pub smtp_url: Option<String>,
    /// The address that mail comes from.
    pub mail_from: Option<String>,
    /// The key that secrets in the database are sealed with: 32 bytes in hexadecimal or base64. Without it one is made and kept in the data folder.
    pub secrets_key: Option<String>,
    /// Where Stripe is, instead of its own address; for tests.
    pub stripe_url: Option<String>,
    /// Where PayPal is, instead of its own addresses; for tests. Certificates may then come from there too.
    pub paypal_url: Option<String>,
    /// Where Exact Online is, instead of its own addresses; for tests.
    pub exact_url: Option<String>,
    /// Where people sign in to Twinfield, instead of its own address; for tests. The cluster may then be anywhere too.
    pub twinfield_url: Option<String>,
    /// The largest file that may be uploaded for an import, in megabytes.
    pub import_max_mb: Option<u64>,
    /// Let webhooks go to this machine, also without TLS; for development and tests.
    pub webhooks_local: Option<bool>,
    /// The identity provider that people may sign in with: `https://login.example.com/realms/desk`, as it calls itself.
    pub oidc_issuer: Option<String>,
    /// The number of this installation there.
    pub oidc_client_id: Option<String>,
    /// Its password there; none for a client that is public.
    pub oidc_client_secret: Option<String>,
    /// What people call the provider.
    pub oidc_name: Option<String>,
    /// Domains of e-mail addresses that may come in by it.
    pub oidc_domains: Option<Vec<String>>,
    /// The provider asks everybody for a second factor.
    pub oidc_second_factor: Option<bool>,
    /// Its addresses count as verified although it does not say so.
    pub oidc_trust_email: Option<bool>,
    /// The provider may be on this machine, without TLS; for tests.
    pub oidc_local: Option<bool>,
}

impl File {
    /// Reads the file; a file that was named must exist.
    ///
    /// # Errors
    /// In words: what could not be read, and which line.
    pub fn read(path: Option<&Path>) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).map_err(|e| format!("Can’t read the configuration file {}: {e}", path.display()))?;
        let wrong = |e: &dyn std::fmt::Display| format!("The configuration file {} is not right: {e}", path.display());
        let file: Self = toml::from_str(&text).map_err(|e| wrong(&e))?;
        file.check().map_err(|e| wrong(&e))?;
        Ok(file)
    }

    /// Are the numbers within what docs/operations.md says?
    fn check(&self) -> Result<(), String> {
        let as_number = |n: Option<usize>| n.and_then(|n| u64::try_from(n).ok());
        let numbers = [
            ("pool", as_number(self.pool), 2, 200),
            ("readers", as_number(self.readers), 1, 64),
            ("import_max_mb", self.import_max_mb, 1, 1 << 20),
            ("api_per_minute", self.api_per_minute.map(u64::from), 1, 1_000_000),
        ];
        for (name, given, least, most) in numbers {
            if let Some(given) = given.filter(|n| !(least..=most).contains(n)) {
                return Err(format!("{name} = {given} is out of range: use {least} to {most}."));
            }
        }
        Ok(())
    }
}

/// What `serve` and `demo` run with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Public address, without a slash at the end; empty when not set.
    pub base_url: String,
    /// Cookies need HTTPS (and carry the `__Host-` prefix).
    pub secure: bool,
    /// Folder for files on their way.
    pub data: PathBuf,
    /// Requests per minute of one API key.
    pub api_per_minute: u32,
    /// Who takes mail; without it nothing is sent.
    pub smtp: Option<crate::mailer::Smtp>,
    /// Seals the secrets in the database.
    pub vault: Vault,
    /// Where the providers are.
    pub providers: Addresses,
    /// Where the accounting services are.
    pub accounting: domain::accounting::Addresses,
    /// The largest file that may be uploaded for an import, bytes.
    pub import_max: u64,
    /// Webhooks may go to this machine.
    pub webhooks_local: bool,
    /// The identity provider that people may sign in with.
    pub oidc: Option<providers::oidc::Client>,
}

impl Config {
    /// What this installation is called from outside, without a slash at the end: for links that people get.
    pub fn origin(&self) -> String {
        if self.base_url.is_empty() { format!("http://{}", self.listen) } else { self.base_url.clone() }
    }

    /// Can mail be sent from here?
    ///
    /// # Errors
    /// `Conflict` (`no_mail_server`).
    pub fn must_send_mail(&self) -> domain::Result<()> {
        if self.smtp.is_some() {
            return Ok(());
        }
        Err(domain::Error::conflict("no_mail_server", "No mail server is set up, so nothing can be sent."))
    }

    /// The address that mail comes from; empty where none can be sent.
    pub fn sender(&self) -> String {
        self.smtp.as_ref().map(crate::mailer::Smtp::sender).unwrap_or_default()
    }

    /// Where we are reached: as configured, else as this request reached us.
    pub fn reached_at(&self, headers: &axum::http::HeaderMap) -> String {
        if !self.base_url.is_empty() {
            return self.base_url.clone();
        }
        let host = headers.get("host").and_then(|h| h.to_str().ok()).unwrap_or("localhost");
        format!("http://{host}")
    }

    /// What this installation is called, when mail is sent: where mail to the staff leads.
    pub fn site(&self) -> Option<String> {
        self.smtp.as_ref().map(|_| self.origin())
    }
}

/// The key of the secrets: from the configuration, else from `secrets.key` in the data folder, which is made at the first start and which nobody else
/// may read. Whoever has the database without this key has no secrets.
///
/// # Errors
/// In words: what is wrong with the key, or why the file cannot be made.
pub fn vault(file: &File, data: &Path) -> Result<Vault, String> {
    let text = match &file.secrets_key {
        Some(text) => text.clone(),
        None => key_file(&data.join("secrets.key"))?,
    };
    let key = key_of(text.trim()).ok_or("The secrets key is not 32 bytes in hexadecimal or base64.")?;
    Vault::new(&key).map_err(|e| e.to_string())
}

/// The same, when there is a key already: nothing is made.
///
/// # Errors
/// In words: what is wrong with the key, or why the file cannot be read.
pub fn vault_there(file: &File, data: &Path) -> Result<Option<Vault>, String> {
    let path = data.join("secrets.key");
    if file.secrets_key.is_none() && !path.exists() { Ok(None) } else { vault(file, data).map(Some) }
}

fn key_of(text: &str) -> Option<[u8; 32]> {
    use base64::Engine as _;
    let hex = || (0..64).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect::<Option<Vec<u8>>>();
    let engines = [base64::engine::general_purpose::STANDARD, base64::engine::general_purpose::URL_SAFE_NO_PAD];
    let bytes = if text.len() == 64 { hex() } else { engines.iter().find_map(|e| e.decode(text).ok()) };
    bytes?.try_into().ok()
}

fn key_file(path: &Path) -> Result<String, String> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let failed =
        |e: std::io::Error| format!("Can’t keep the secrets key in {}: {e}. Set secrets_key in the configuration.", path.display());
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut made) => {
            let key = domain::kit::secret();
            made.write_all(key.as_bytes()).and_then(|()| made.sync_all()).map_err(failed)?;
            Ok(key)
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => std::fs::read_to_string(path).map_err(failed),
        Err(e) => Err(failed(e)),
    }
}

/// Where the providers are.
pub fn providers(file: &File) -> Addresses {
    let own = Addresses::default();
    let trim = |url: &Option<String>| url.as_ref().map(|u| u.trim_end_matches('/').to_owned());
    let paypal = trim(&file.paypal_url);
    Addresses {
        stripe: trim(&file.stripe_url).unwrap_or(own.stripe),
        paypal: paypal.clone().unwrap_or(own.paypal),
        paypal_sandbox: paypal.clone().unwrap_or(own.paypal_sandbox),
        paypal_certificates: paypal,
    }
}

/// The identity provider that people may sign in with; none when the file names none.
///
/// # Errors
/// In words: what is missing, or not an address that may be asked.
pub fn oidc(file: &File) -> Result<Option<providers::oidc::Client>, String> {
    let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let (Some(issuer), id) = (given(&file.oidc_issuer), given(&file.oidc_client_id)) else { return Ok(None) };
    let id =
        id.ok_or("oidc_issuer is set and oidc_client_id is not: enter the number that the identity provider gave this installation.")?;
    let domains = file.oidc_domains.iter().flatten().map(|d| d.trim().trim_start_matches('@').to_lowercase()).filter(|d| !d.is_empty());
    let client = providers::oidc::Client {
        issuer: issuer.trim_end_matches('/').to_owned(),
        id,
        secret: given(&file.oidc_client_secret),
        name: given(&file.oidc_name).unwrap_or_else(|| "your organisation".to_owned()),
        domains: domains.collect(),
        second_factor: file.oidc_second_factor.unwrap_or(false),
        trust_email: file.oidc_trust_email.unwrap_or(false),
        local: file.oidc_local.unwrap_or(false),
    };
    match client.may_ask(&client.issuer) {
        true => Ok(Some(client)),
        false => Err(format!("oidc_issuer is “{issuer}”, which is not an address that begins with https://.")),
    }
}

/// Where the accounting services are.
pub fn accounting(file: &File) -> domain::accounting::Addresses {
    let trim = |url: &Option<String>| url.as_ref().map(|u| u.trim_end_matches('/').to_owned());
    domain::accounting::Addresses { exact: trim(&file.exact_url), twinfield: trim(&file.twinfield_url) }
}

/// Which database: `--database`, else `DATABASE_URL`, else the file's, else `regulars.db` in the data folder.
///
/// # Errors
/// In words, for an address that cannot be one.
pub fn target(flag: Option<&str>, file: &File, data: &Path) -> Result<Target, String> {
    match flag.or(file.database_url.as_deref()) {
        Some(text) => Target::parse(text).map_err(|e| e.to_string()),
        None => Ok(Target::Sqlite(data.join("regulars.db"))),
    }
}

/// How the database is opened. What the file says was looked at when it was read.
pub fn options(file: &File) -> Options {
    let own = Options::default();
    Options {
        pool: file.pool.unwrap_or(own.pool),
        readers: file.readers.unwrap_or(own.readers),
        queue_deadline: Duration::from_secs(5),
        ..own
    }
}

/// Refuses plain HTTP on an address other machines reach, unless asked to (SPEC 15.2).
///
/// # Errors
/// Says why and what to do.
pub fn check_http(listen: SocketAddr, base_url: &str, insecure: bool) -> Result<bool, String> {
    if !base_url.is_empty() && !is_origin(base_url) {
        return Err(format!("“{base_url}” is not an address like https://desk.example.com: give scheme, host and port, and no path."));
    }
    let https = base_url.starts_with("https://");
    if !https && !listen.ip().is_loopback() && !insecure {
        return Err(format!(
            "Regulars would serve {listen} over plain HTTP: anybody on the way could read passwords and customers. \
             Put an HTTPS proxy in front and set --base-url https://…, or listen on 127.0.0.1, or say --insecure-http if you accept that."
        ));
    }
    if !https && !insecure && !is_here(base_url) {
        return Err(format!(
            "{base_url} is another machine’s address over plain HTTP: anybody on the way could read passwords and customers, and cookies would go \
             unprotected. Set --base-url https://… with an HTTPS proxy in front, or say --insecure-http if you accept that."
        ));
    }
    Ok(https)
}

/// Is this the address of this machine for itself alone, or none at all?
fn is_here(base_url: &str) -> bool {
    let Ok(url) = url::Url::parse(base_url) else { return true };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => true,
    }
}

/// Scheme, host and port alone: what a browser sends as `Origin`.
fn is_origin(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.origin().ascii_serialization() == address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_beyond_this_machine_needs_to_be_asked_for() {
        let open: SocketAddr = "0.0.0.0:8080".parse().unwrap();
        assert!(check_http(open, "", false).unwrap_err().contains("--insecure-http"));
        assert_eq!(check_http(open, "", true), Ok(false));
        assert_eq!(check_http(open, "https://desk.example.com", false), Ok(true));
        assert_eq!(check_http("127.0.0.1:0".parse().unwrap(), "", false), Ok(false));
    }

    #[test]
    fn an_address_of_another_machine_over_plain_http_needs_to_be_asked_for_wherever_it_listens() {
        let here = "127.0.0.1:8080".parse().unwrap();
        for far in ["http://desk.example.com", "http://192.168.1.4:8080", "http://[2001:db8::1]"] {
            assert!(check_http(here, far, false).unwrap_err().contains("--insecure-http"), "{far}");
            assert_eq!(check_http(here, far, true), Ok(false));
        }
        for near in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080", "http://desk.localhost"] {
            assert_eq!(check_http(here, near, false), Ok(false), "{near}");
        }
    }

    #[test]
    fn a_base_url_is_an_origin_and_nothing_more() {
        let here = "127.0.0.1:0".parse().unwrap();
        for wrong in
            ["desk.example.com", "https://desk.example.com/app", "https://me:pw@desk.example.com", "ftp://desk.example.com", "https://"]
        {
            assert!(check_http(here, wrong, false).is_err(), "{wrong}");
        }
        assert_eq!(check_http(here, "https://desk.example.com:8443", false), Ok(true));
    }

    #[test]
    fn a_number_out_of_its_range_is_refused_with_the_range() {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().join("c.toml");
        for (text, words) in [
            ("pool = 0", Some("2 to 200")),
            ("readers = 1000", Some("1 to 64")),
            ("import_max_mb = 0", Some("1 to 1048576")),
            ("api_per_minute = 0", Some("1 to 1000000")),
            ("pool = 2\nreaders = 64\nimport_max_mb = 1\napi_per_minute = 1", None),
        ] {
            std::fs::write(&at, text).unwrap();
            let read = File::read(Some(&at)).map(drop);
            match words {
                Some(words) => assert!(read.unwrap_err().contains(words), "{text}"),
                None => read.unwrap(),
            }
        }
    }

    #[test]
    fn the_secrets_key_is_given_or_made_once() {
        let dir = tempfile::tempdir().unwrap();
        let made = vault(&File::default(), dir.path()).unwrap();
        let sealed = made.seal("x", "secret").unwrap();
        assert_eq!(
            vault(&File::default(), dir.path()).unwrap().open("x", &sealed).as_deref(),
            Some("secret"),
            "the same at the next start"
        );
        for (text, ok) in [
            ("00".repeat(32), true),
            ("AAAA".repeat(11).replacen('A', "B", 1)[..43].to_owned() + "=", true),
            ("short".to_owned(), false),
            ("zz".repeat(32), false),
        ] {
            let file = File { secrets_key: Some(text.clone()), ..File::default() };
            assert_eq!(vault(&file, dir.path()).is_ok(), ok, "{text}");
        }
    }

    #[test]
    fn an_identity_provider_is_named_whole_and_over_tls() {
        let of = |text: &str| oidc(&toml::from_str::<File>(text).unwrap());
        assert_eq!(of("oidc_client_id = 'desk'"), Ok(None));
        assert!(of("oidc_issuer = 'https://login.example.com'").unwrap_err().contains("oidc_client_id"));
        let local = "oidc_issuer = 'http://127.0.0.1:9000'\noidc_client_id = 'desk'";
        assert!(of(local).unwrap_err().contains("https://"));
        assert!(of(&format!("{local}\noidc_local = true")).unwrap().is_some());
        let client =
            of("oidc_issuer = 'https://login.example.com/'\noidc_client_id = 'desk'\noidc_domains = ['@Kilde.example']").unwrap().unwrap();
        assert_eq!((client.issuer.as_str(), client.domains.as_slice()), ("https://login.example.com", &["kilde.example".to_owned()][..]));
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("regulars.toml");
        std::fs::write(&path, "lisen = '127.0.0.1:1'").unwrap();
        assert!(File::read(Some(&path)).unwrap_err().contains("lisen"));
    }
}
