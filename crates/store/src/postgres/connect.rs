//! Makes connections: TLS as `sslmode` asks, limits that notice a dead peer, and the settings of a session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls};
use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::fault;
use super::session::Session;
use crate::Error;

/// How to reach the server; shared by all threads of a `Db`.
pub(crate) struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// The columns of unique constraints met so far, by schema and name.
    pub(super) unique: Mutex<HashMap<(String, String), Vec<String>>>,
}

impl Connector {
    /// Refuses a malformed URL; connects to nothing yet.
    pub(crate) fn new(url: &str) -> Result<Connector, Error> {
        // The driver knows no verify-full; its `require` verifies here (see `Target`).
        let url = url.replace("sslmode=verify-full", "sslmode=require");
        let mut config: Config = url.parse().map_err(|_| Error::Other("the PostgreSQL URL cannot be read".to_owned()))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(20));
        }
        if config.get_application_name().is_none() {
            config.application_name("regulars");
        }
        config.keepalives_idle(Duration::from_secs(30)).keepalives_interval(Duration::from_secs(10)).keepalives_retries(3);
        let tls = tls(&config)?;
        Ok(Connector { config, tls, unique: Mutex::default() })
    }

    /// A new connection whose statements may run so long; without end when None.
    pub(crate) fn connect(self: &Arc<Self>, statement_timeout: Option<Duration>) -> Result<Session, Error> {
        let made = self.client().and_then(|mut client| {
            let millis = statement_timeout.map_or(0, |time| time.as_millis());
            client.batch_execute(&format!("SET statement_timeout = {millis}; SET client_min_messages = warning; SET TimeZone = 'UTC'"))?;
            Ok(client)
        });
        made.map(|client| Session::new(client, Arc::clone(self))).map_err(|error| match fault(&error, |_| Vec::new()).error {
            Error::Other(text) => Error::Unavailable(text),
            other => other,
        })
    }

    fn client(&self) -> Result<Client, postgres::Error> {
        match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        }
    }

    /// The columns of a unique constraint, asked once over a connection of its own: the one that failed can only roll back.
    pub(super) fn unique_columns(self: &Arc<Self>, schema: &str, constraint: &str) -> Option<Vec<String>> {
        let key = (schema.to_owned(), constraint.to_owned());
        if let Some(columns) = self.unique.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Some(columns.clone());
        }
        let rows = self.client().and_then(|mut client| client.query(UNIQUE_COLUMNS, &[&schema, &constraint])).ok()?;
        let columns: Vec<String> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
        if columns.is_empty() {
            return None;
        }
        self.unique.lock().unwrap_or_else(PoisonError::into_inner).insert(key, columns.clone());
        Some(columns)
    }
}

/// A unique constraint and its index have the same name. A column gives its bare name, an expression its text.
const UNIQUE_COLUMNS: &str = "SELECT COALESCE(CAST(a.attname AS TEXT), pg_get_indexdef(i.indexrelid, CAST(k.n AS INTEGER), true))
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace s ON s.oid = c.relnamespace
    CROSS JOIN LATERAL unnest(CAST(i.indkey AS SMALLINT[])) WITH ORDINALITY AS k(attnum, n)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
    WHERE s.nspname = CAST($1 AS TEXT) AND c.relname = CAST($2 AS TEXT) AND k.n <= i.indnkeyatts ORDER BY k.n";

fn tls(config: &Config) -> Result<Option<MakeRustlsConnect>, Error> {
    let local = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
    let mode = config.get_ssl_mode();
    if mode == SslMode::Disable || (mode == SslMode::Prefer && local) {
        return Ok(None);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::Other(e.to_string()))?;
    let builder = if mode == SslMode::Prefer {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified(provider)))
    } else {
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        builder.with_root_certificates(roots)
    };
    Ok(Some(MakeRustlsConnect::new(builder.with_no_client_auth())))
}

/// `sslmode=prefer` takes any certificate, as libpq does: who could forge one could as well say that the server has no TLS.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        m: &[u8],
        c: &CertificateDer<'_>,
        d: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(m, c, d, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        m: &[u8],
        c: &CertificateDer<'_>,
        d: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(m, c, d, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
