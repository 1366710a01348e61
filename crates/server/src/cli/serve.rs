//! `regulars serve`: the dashboard, the API, and the jobs.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use domain::customers::list::Indexes;
use domain::kit::{Clock, SystemClock};
use domain::privacy::{self, Ledger};
use metrics_exporter_prometheus::PrometheusBuilder;
use store::Db;

use super::{Done, Place};
use crate::app::App;
use crate::config::{self, Config};
use crate::http::limits::Limits;

/// Flags of `serve`, and of `demo` where they fit.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "REGULARS_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Port on 127.0.0.1 instead of --listen; 0 takes a free one.
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// The address people type when an HTTPS proxy stands in front.
    #[arg(long, env = "REGULARS_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// Allow plain HTTP on an address that other machines reach. Passwords and names travel readable.
    #[arg(long, env = "REGULARS_INSECURE_HTTP")]
    pub insecure_http: bool,
    /// The key that secrets in the database are sealed with: 32 bytes in hexadecimal or base64.
    #[arg(long, env = "REGULARS_SECRETS_KEY", value_name = "KEY", hide_env_values = true)]
    pub secrets_key: Option<String>,
    /// The password of this installation at the identity provider.
    #[arg(long, env = "REGULARS_OIDC_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub oidc_client_secret: Option<String>,
}

/// How an installation is reached.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What people type, without a slash at the end; empty when not set.
    pub base_url: String,
    /// It is HTTPS.
    pub secure: bool,
    /// Plain HTTP was asked for.
    pub insecure: bool,
}

impl Serve {
    /// Opens and serves until told to stop.
    ///
    /// # Errors
    /// In words.
    pub fn run(&self, place: &Place) -> Done {
        let db = place.open()?;
        self.serve(place, db, Arc::new(SystemClock), "")
    }

    /// Serves an open database; `hello` is printed under the address.
    ///
    /// # Errors
    /// In words.
    pub fn serve(&self, place: &Place, db: Db, clock: Arc<dyn Clock>, hello: &str) -> Done {
        let config = self.config(place)?;
        let app = app(db, clock, config)?;
        // Before anybody looks: an older copy of the database may have been put back, or an erasure was cut short.
        let replayed = privacy::replay(&app.db, &app.ledger, &app.config.vault, &*app.clock);
        let replayed = replayed.and_then(|n| privacy::settle(&app.db, &app.ledger, &*app.clock).map(|()| n)).map_err(|e| e.to_string())?;
        if replayed.again > 0 {
            println!("{} customers of the erasure ledger were anonymised again.", replayed.again);
        }
        if let Some(told) = super::not_erased(&replayed) {
            eprintln!("{told}");
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
        runtime.block_on(listen(app, hello))
    }

    /// Where it listens and what people type, by flags, environment and file.
    ///
    /// # Errors
    /// In words.
    pub fn reach(&self, file: &config::File) -> Result<Reach, String> {
        let listen = match (self.port, self.listen, &file.listen) {
            (Some(port), _, _) => SocketAddr::from(([127, 0, 0, 1], port)),
            (None, Some(listen), _) => listen,
            (None, None, Some(text)) => text.parse().map_err(|_| format!("“{text}” is not an address like 127.0.0.1:8080."))?,
            (None, None, None) => SocketAddr::from(([127, 0, 0, 1], 8080)),
        };
        let base_url = self.base_url.clone().or(file.base_url.clone()).unwrap_or_default().trim_end_matches('/').to_owned();
        let insecure = self.insecure_http || file.insecure_http.unwrap_or(false);
        let secure = config::check_http(listen, &base_url, insecure)?;
        Ok(Reach { listen, base_url, secure, insecure })
    }

    fn config(&self, place: &Place) -> Result<Config, String> {
        let file = place.file()?;
        let Reach { listen, base_url, secure, .. } = self.reach(&file)?;
        let site = if base_url.is_empty() { format!("http://{listen}") } else { base_url.clone() };
        let smtp = crate::mailer::Smtp::of(file.smtp_url.as_deref(), file.mail_from.as_deref())?.map(|smtp| smtp.at_site(&site));
        let data = place.folder(&file)?;
        let mut file = file;
        file.secrets_key = self.secrets_key.clone().or(file.secrets_key);
        file.oidc_client_secret = self.oidc_client_secret.clone().or(file.oidc_client_secret);
        let vault = config::vault(&file, &data)?;
        let smtp = smtp.map(|smtp| smtp.signing(vault.clone()));
        Ok(Config {
            listen,
            base_url,
            secure,
            api_per_minute: file.api_per_minute.unwrap_or(1200),
            vault,
            providers: config::providers(&file),
            accounting: config::accounting(&file),
            import_max: file.import_max_mb.unwrap_or(2048) << 20,
            webhooks_local: file.webhooks_local.unwrap_or(false),
            oidc: config::oidc(&file)?,
            data,
            smtp,
        })
    }
}

/// The state of a process that serves.
///
/// # Errors
/// In words.
pub fn app(db: Db, clock: Arc<dyn Clock>, config: Config) -> Result<App, String> {
    let metrics = PrometheusBuilder::new().build_recorder();
    let handle = metrics.handle();
    // A second app in one process (tests) keeps the first recorder; its own page is then empty, which harms nothing.
    let _ = ::metrics::set_global_recorder(metrics);
    crate::http::meters::describe();
    Ok(App {
        db,
        indexes: Indexes::new(),
        clock,
        limits: Limits::new(config.api_per_minute),
        certificates: crate::hooks::Certificates::default(),
        oidc: crate::oidc::Said::default(),
        ledger: Ledger::of(&config.data),
        config: Arc::new(config),
        metrics: handle,
    })
}

async fn listen(app: App, hello: &str) -> Done {
    let address = app.config.listen;
    let listener =
        tokio::net::TcpListener::bind(address).await.map_err(|e| format!("Can’t listen on {address}: {e}. Choose another with --port."))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let worker = crate::workers::start(&app).map_err(|e| format!("Can’t start the worker: {e}"))?;
    let service = crate::http::routes::all(&app).0.into_make_service_with_connect_info::<SocketAddr>();
    let shown = if app.config.base_url.is_empty() { format!("http://{address}") } else { app.config.base_url.clone() };
    println!("Regulars is open at {shown}");
    if !hello.is_empty() {
        println!("{hello}");
    }
    axum::serve(listener, service).with_graceful_shutdown(stopped()).await.map_err(|e| e.to_string())?;
    drop(worker);
    Ok(())
}

/// Ctrl-C or the service manager's word.
async fn stopped() {
    let mut term = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(term) => term,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}
