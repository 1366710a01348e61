//! A desk to test: the real router over a fresh database with one merchant, and visitors who knock on it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::kit::{Ctx, FixedClock, PersonId, Rights, Role};
use domain::providers::{Addresses, Vault};
use domain::staff::{api_keys, sessions};
use domain::testing::{Fixture, NOW};
use http_body_util::BodyExt as _;
use providers::oidc::Client;
use server::config::Config;
use server::http::routes::{self, Line};
use store::testing::TestDb;
use tower::ServiceExt as _;

/// The router and what is behind it.
pub struct Desk {
    pub router: Router,
    pub table: Vec<Line>,
    pub app: server::app::App,
    /// The data folder; gone with the desk.
    pub folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    /// Where a redirect leads; else empty.
    pub location: String,
    /// Every `Set-Cookie`.
    pub cookies: Vec<String>,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Desk {
    /// Over this database, at [`NOW`], on plain HTTP.
    pub fn new(db: &TestDb) -> Self {
        Self::with(db, "")
    }

    /// The same behind this public address.
    pub fn with(db: &TestDb, base_url: &str) -> Self {
        Self::asking(db, base_url, Addresses::default())
    }

    /// The same with providers at these addresses.
    pub fn asking(db: &TestDb, base_url: &str, providers: Addresses) -> Self {
        Self::open(db, base_url, providers, true)
    }

    /// The same, whose webhooks go to the public internet alone, as in service.
    pub fn closed(db: &TestDb) -> Self {
        Self::open(db, "", Addresses::default(), false)
    }

    /// The same with accounting services at this address.
    pub fn booking(db: &TestDb, at: &str) -> Self {
        let books = domain::accounting::Addresses { exact: Some(at.to_owned()), twinfield: Some(at.to_owned()) };
        Self::open_with(db, "", Addresses::default(), true, books, None)
    }

    /// The same with an identity provider.
    pub fn known_by(db: &TestDb, client: Client) -> Self {
        Self::open_with(db, "", Addresses::default(), true, domain::accounting::Addresses::default(), Some(client))
    }

    fn open(db: &TestDb, base_url: &str, providers: Addresses, webhooks_local: bool) -> Self {
        Self::open_with(db, base_url, providers, webhooks_local, domain::accounting::Addresses::default(), None)
    }

    fn open_with(
        db: &TestDb,
        base_url: &str,
        providers: Addresses,
        webhooks_local: bool,
        accounting: domain::accounting::Addresses,
        oidc: Option<Client>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            base_url: base_url.to_owned(),
            secure: base_url.starts_with("https://"),
            data: folder.path().to_owned(),
            api_per_minute: 1_000_000,
            smtp: smtp(),
            vault: Vault::new(&[7; 32]).unwrap(),
            providers,
            accounting,
            import_max: 32 << 20,
            webhooks_local,
            oidc,
        };
        let app = server::cli::serve::app((**db).clone(), Arc::new(FixedClock(NOW)), config).unwrap();
        let (router, table) = routes::all(&app);
        let app_for_jobs = app.clone();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { router, table, app: app_for_jobs, folder, runtime }
    }

    /// Sends a request and reads the answer.
    pub fn send(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let text = |name| parts.headers.get_all(name).iter().map(|v| v.to_str().unwrap().to_owned()).collect::<Vec<_>>();
            let body = body.collect().await.unwrap().to_bytes();
            Answer {
                status: parts.status,
                location: text(header::LOCATION).concat(),
                cookies: text(header::SET_COOKIE),
                headers: parts.headers.clone(),
                body: String::from_utf8_lossy(&body).into_owned(),
            }
        })
    }

    /// Somebody with a browser and no cookies.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor { desk: self, cookies: Vec::new(), language: None }
    }

    /// The owner of the fixture, signed in.
    pub fn owner(&self, f: &Fixture) -> Visitor<'_> {
        self.person(f, &f.owner)
    }

    /// Somebody of the staff, signed in.
    pub fn person(&self, f: &Fixture, person: &PersonId) -> Visitor<'_> {
        self.person_since(f, person, NOW)
    }

    /// Somebody of the staff, who signed in at this moment.
    pub fn person_since(&self, f: &Fixture, person: &PersonId, since: i64) -> Visitor<'_> {
        let person = person.clone();
        let opened =
            f.db.write_now::<_, domain::Error>(move |tx| {
                let moment = domain::staff::Moment { now: since, ..Fixture::moment(77 + rand()) };
                sessions::open(tx, &moment, &person, &sessions::Device::default(), domain::staff::Means::SetUp)
            })
            .unwrap();
        Visitor { desk: self, cookies: vec![("regulars".to_owned(), opened.secret)], language: None }
    }
}

/// A mail server that is set up and never asked: no worker runs here.
fn smtp() -> Option<server::mailer::Smtp> {
    server::mailer::Smtp::of(Some("smtp://127.0.0.1:1"), Some("desk@example.com")).unwrap()
}

/// Fixture ids repeat with their seed; sessions of one test must differ.
fn rand() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The id of the person of a context.
pub fn person_of(ctx: &Ctx) -> PersonId {
    PersonId::from_db(ctx.actor.id.clone())
}

/// The secret of a new API key with these scopes.
pub fn key(f: &Fixture, scopes: Rights) -> String {
    let (ctx, new) = (f.ctx.clone(), api_keys::NewKey { name: "test".into(), scopes, expires_at: None });
    f.db.write_now::<_, domain::Error>(move |tx| api_keys::create(tx, &ctx, &new)).unwrap().secret
}

/// Somebody of this role.
pub fn of_role(f: &Fixture, role: Role) -> PersonId {
    if role == Role::Owner { f.owner.clone() } else { person_of(&f.staff(role)) }
}

/// A browser: keeps cookies, sends what browsers send.
#[derive(Clone)]
pub struct Visitor<'a> {
    desk: &'a Desk,
    cookies: Vec<(String, String)>,
    language: Option<&'static str>,
}

impl Visitor<'_> {
    /// Opens a page.
    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "same-origin", String::new())
    }

    /// Sends a form.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.send("POST", path, "same-origin", body.finish())
    }

    /// Sends a form from another site.
    pub fn post_from_elsewhere(&mut self, path: &str) -> Answer {
        self.send("POST", path, "cross-site", String::new())
    }

    /// The same with one more cookie.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.cookies.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same in a browser set to these languages.
    #[must_use]
    pub fn reading(self, language: &'static str) -> Self {
        Self { language: Some(language), ..self }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Sends a form with a file.
    pub fn upload(&mut self, path: &str, fields: &[(&str, &str)], (field, name): (&str, &str), file: &str) -> Answer {
        let part = |head: &str, text: &str| format!("--parts\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n");
        let mut body: String = fields.iter().map(|(name, value)| part(&format!("name=\"{name}\""), value)).collect();
        body.push_str(&part(&format!("name=\"{field}\"; filename=\"{name}\""), file));
        body.push_str("--parts--\r\n");
        self.send_of("POST", path, "same-origin", "multipart/form-data; boundary=parts", body)
    }

    /// Sends a form of this media type.
    pub fn send_as(&mut self, path: &str, kind: &str, body: String) -> Answer {
        self.send_of("POST", path, "same-origin", kind, body)
    }

    fn send(&mut self, method: &str, path: &str, site: &str, body: String) -> Answer {
        self.send_of(method, path, site, "application/x-www-form-urlencoded", body)
    }

    fn send_of(&mut self, method: &str, path: &str, site: &str, kind: &str, body: String) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "desk.test")
            .header("sec-fetch-site", site)
            .header("user-agent", "Firefox/126.0 Linux")
            .header("cookie", cookies.join("; "))
            .header("content-type", kind);
        let request = match self.language {
            Some(language) => request.header("accept-language", language),
            None => request,
        };
        let answer = self.desk.send(request.body(Body::from(body)).unwrap());
        for cookie in &answer.cookies {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(n, _)| n != name);
            if !rest.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }
}
