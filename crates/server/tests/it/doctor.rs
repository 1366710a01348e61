//! `regulars doctor` before sound and broken set-ups: it names what is broken, says what to do, and changes nothing.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use domain::jobs;
use domain::kit::{Clock as _, Ctx, DAY, IdSource, SystemClock};
use domain::mail::dkim;
use domain::providers::Vault;
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};
use server::config::{self, File};
use store::testing::TestDb;

use crate::binary::{Served, command, output, said};
use crate::outbox::Server;

/// The findings by check, and the code the program ended with.
struct Found(Vec<Value>, i32);

impl Found {
    /// What there is to do: check and sentence.
    fn todo(&self) -> Vec<&str> {
        // The fixture lives on a day of its own, which may be ahead of this machine's clock.
        let odd = |f: &&Value| SystemClock.now() < NOW && f["check"] == "clock";
        let all = self.0.iter().filter(|f| f["mark"] == "todo" && !odd(f));
        all.map(|f| f["check"].as_str().unwrap()).collect()
    }

    fn of(&self, check: &str) -> &Value {
        self.0.iter().find(|f| f["check"] == check).unwrap_or_else(|| panic!("nothing about {check} in {:?}", self.0))
    }

    fn says(&self, check: &str) -> String {
        self.of(check)["says"].as_str().unwrap().to_owned()
    }
}

fn doctor(database: &str, folder: &Path, words: &[&str]) -> Found {
    let out = output(database, folder, &[&["doctor", "--json"], words].concat());
    let text = String::from_utf8(out.stdout.clone()).unwrap();
    let read: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {}", said(&out)));
    let found = Found(read["checks"].as_array().unwrap().clone(), out.status.code().unwrap());
    assert_eq!(read["ok"], json!(found.1 == 0), "{}", said(&out));
    assert!(found.0.iter().all(|f| (f["mark"] == "todo") == (f["do"] != "")), "whoever has to do something is told what: {text}");
    found
}

/// A folder that is nobody else’s, as a data folder should be.
fn private() -> tempfile::TempDir {
    tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o700)).tempdir().unwrap()
}

fn set_up(db: &TestDb) -> (Fixture, tempfile::TempDir, Vault) {
    let folder = private();
    let vault = config::vault(&File::default(), folder.path()).unwrap();
    (Fixture::new(db), folder, vault)
}

fn sign(f: &Fixture, vault: Vault) {
    let ctx = f.ctx.clone();
    f.db.write_now::<_, domain::Error>(move |tx| dkim::set_dkim(tx, &ctx, &vault, ("example.com", "desk"), "")).unwrap();
}

fn written(folder: &Path, text: &str) -> String {
    let file = folder.join("regulars.toml");
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    file.to_str().unwrap().to_owned()
}

store::db_test! {
    domain::migrations();

    fn a_sound_set_up_has_nothing_to_do(db) {
        let (f, folder, vault) = set_up(db);
        sign(&f, vault);
        let found = doctor(&db.url(), folder.path(), &["--offline"]);
        assert_eq!(found.todo(), Vec::<&str>::new(), "{:?}", found.0);
        for check in ["data folder", "disk", "secrets key", "database", "schema", "sealed values", "jobs", "outbox", "providers", "webhooks", "accounting", "erasures", "signing"] {
            assert_eq!(found.of(check)["mark"], "fine", "{check}");
        }
        assert_eq!(found.says("sealed values"), "The key opens all that were tried (1).");
        let out = output(&db.url(), folder.path(), &["doctor", "--offline"]);
        let text = String::from_utf8(out.stdout).unwrap();
        assert!(text.lines().count() >= 12 && text.lines().all(|line| line.starts_with(['✓', '–', '✗'])), "{text}");
    }

    fn a_wrong_key_is_named_with_what_it_does_not_open(db) {
        let (f, folder, _) = set_up(db);
        sign(&f, Vault::new(&[9; 32]).unwrap());
        let found = doctor(&db.url(), folder.path(), &["--offline"]);
        assert_eq!((found.todo(), found.1), (vec!["sealed values", "signing"], 1));
        assert_eq!(found.says("sealed values"), "The key does not open 1 of 1 keys that sign mail.");
        let right = doctor(&db.url(), folder.path(), &["--offline", "--secrets-key", &"09".repeat(32)]);
        assert_eq!(right.todo(), Vec::<&str>::new());
        std::fs::write(folder.path().join("secrets.key"), "short").unwrap();
        assert_eq!(doctor(&db.url(), folder.path(), &["--offline"]).todo(), ["secrets key", "sealed values"]);
        std::fs::remove_file(folder.path().join("secrets.key")).unwrap();
        let none = doctor(&db.url(), folder.path(), &["--offline"]);
        assert_eq!((none.todo(), none.of("secrets key")["mark"].as_str()), (vec!["sealed values"], Some("note")));
        assert!(!folder.path().join("secrets.key").exists(), "none is made");
    }

    fn work_that_nobody_does_is_named(db) {
        let (f, folder, _) = set_up(db);
        let now = SystemClock.now();
        let ctx = Ctx { now: now - DAY, ids: IdSource::System, ..f.ctx.clone() };
        f.db.write_now::<_, domain::Error>(move |tx| jobs::enqueue(tx, &ctx, "recompute", &json!({}), 1)).unwrap();
        let found = doctor(&db.url(), folder.path(), &["--offline"]);
        assert_eq!((found.todo(), found.1), (vec!["jobs"], 1));
        assert!(found.says("jobs").starts_with("1 have waited"), "{}", found.says("jobs"));
    }

    fn the_mail_server_is_greeted_and_sent_nothing(db) {
        let (_, folder, _) = set_up(db);
        let smtp = Server::start();
        let file = |port: u16| written(folder.path(), &format!("smtp_url = 'smtp://127.0.0.1:{port}'\nmail_from = 'desk@example.com'"));
        let found = doctor(&db.url(), folder.path(), &["--port", "0", "--config", &file(smtp.port())]);
        assert_eq!((found.todo(), found.says("mail server")), (vec![], format!("127.0.0.1:{} answers, in plain text.", smtp.port())));
        assert!(smtp.taken().is_empty());
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let found = doctor(&db.url(), folder.path(), &["--port", "0", "--config", &file(closed)]);
        assert_eq!((found.todo(), found.1), (vec!["mail server"], 1));
        let half = written(folder.path(), "mail_from = 'desk@example.com'");
        assert_eq!(doctor(&db.url(), folder.path(), &["--config", &half, "--offline"]).todo(), ["mail server"]);
    }

    fn one_that_serves_is_found_and_so_is_something_else(db) {
        let (_, folder, _) = set_up(db);
        let served = Served::start(&db.url(), folder.path(), &[]);
        let found = doctor(&db.url(), folder.path(), &["--listen", &served.address]);
        assert_eq!((found.todo(), found.of("server")["mark"].as_str()), (vec![], Some("fine")));
        let port = crate::receiver::Receiver::ok().url.rsplit_once(':').unwrap().1.split('/').next().unwrap().to_owned();
        let found = doctor(&db.url(), folder.path(), &["--port", &port]);
        assert_eq!((found.todo(), found.1), (vec!["server"], 1));
        let open = doctor(&db.url(), folder.path(), &["--offline", "--listen", "0.0.0.0:8080"]);
        assert_eq!(open.todo(), ["address"]);
    }
}

#[test]
fn an_older_schema_is_named_and_left_alone() {
    for engine in [store::Engine::Sqlite, store::Engine::Postgres] {
        let all = domain::migrations();
        let db = store::testing::fresh(engine, &all[..all.len() - 2]);
        let folder = private();
        for _ in 0..2 {
            let found = doctor(&db.url(), folder.path(), &["--offline"]);
            assert_eq!(found.todo(), ["schema"], "{:?}", found.0);
            assert!(found.says("schema").contains("2 steps are to come"), "{}", found.says("schema"));
        }
        assert_eq!(db.migrate(all), Ok(2));
        assert_eq!(doctor(&db.url(), folder.path(), &["--offline"]).todo(), Vec::<&str>::new());
    }
}

#[test]
fn nothing_is_made_where_nothing_is_set_up() {
    let folder = private();
    let database = folder.path().join("regulars.db");
    let found = doctor(database.to_str().unwrap(), folder.path(), &["--offline"]);
    assert_eq!((found.todo(), found.1), (vec![], 0));
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
    let gone = doctor("postgres://nobody@127.0.0.1:1/none", folder.path(), &["--offline"]);
    assert_eq!(gone.todo(), ["database"]);
    let nowhere = folder.path().join("not-there");
    assert_eq!(doctor(database.to_str().unwrap(), &nowhere, &["--offline"]).todo(), ["data folder"]);
    assert!(!nowhere.exists());
}

#[test]
fn a_misspelt_key_ends_the_look() {
    let folder = private();
    let file = written(folder.path(), "lisen = '127.0.0.1:1'");
    let found = doctor("none.db", folder.path(), &["--config", &file]);
    assert_eq!((found.todo(), found.0.len()), (vec!["configuration"], 1));
    assert!(found.says("configuration").contains("lisen"));
    let file = written(folder.path(), "secrets_key = '00'");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(
        doctor(folder.path().join("n.db").to_str().unwrap(), folder.path(), &["--config", &file, "--offline"]).todo(),
        ["configuration", "secrets key"]
    );
}

#[test]
fn a_folder_that_others_read_or_nobody_writes_is_named() {
    let folder = private();
    let database = folder.path().join("regulars.db");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(folder.path().join("secrets.key"), "00".repeat(32)).unwrap();
    std::fs::set_permissions(folder.path().join("secrets.key"), std::fs::Permissions::from_mode(0o640)).unwrap();
    let found = doctor(database.to_str().unwrap(), folder.path(), &["--offline"]);
    assert_eq!(found.todo(), ["data folder"]);
    let advice = found.of("data folder")["do"].as_str().unwrap();
    assert!(advice.contains("chmod 700") && advice.contains("secrets.key"), "{advice}");

    let closed = private();
    std::fs::set_permissions(closed.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    let mut told = command(database.to_str().unwrap(), closed.path(), &["doctor", "--offline"]);
    // The superuser writes everywhere: somebody else has to look.
    if std::fs::File::create(closed.path().join("probe")).is_ok() {
        use std::os::unix::process::CommandExt as _;
        std::fs::remove_file(closed.path().join("probe")).unwrap();
        let copy = folder.path().join("regulars");
        std::fs::hard_link(env!("CARGO_BIN_EXE_regulars"), &copy)
            .or_else(|_| std::fs::copy(env!("CARGO_BIN_EXE_regulars"), &copy).map(|_| ()))
            .unwrap();
        told = std::process::Command::new(copy);
        told.args(["doctor", "--offline"]).env("DATABASE_URL", &database).env("REGULARS_DATA", closed.path()).uid(65_534).gid(65_534);
    }
    let out = told.output().unwrap();
    assert!(!out.status.success() && said(&out).contains("cannot be written by this user"), "{}", said(&out));
}

#[test]
fn the_newest_backup_is_looked_at() {
    let (folder, backups) = (private(), private());
    let database = folder.path().join("regulars.db");
    let look = |at: &Path| {
        let found = doctor(database.to_str().unwrap(), folder.path(), &["--offline", "--backups", at.to_str().unwrap()]);
        (found.todo() == ["backups"], found.says("backups"))
    };
    assert!(look(backups.path()).1.contains("There is none"));
    let file = backups.path().join("today.backup");
    std::fs::write(&file, "x").unwrap();
    std::fs::write(backups.path().join("next.part"), "").unwrap();
    assert!(!look(backups.path()).0);
    let old = std::fs::metadata(&file).unwrap().modified().unwrap() - std::time::Duration::from_secs(40 * 3600);
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
    assert_eq!(look(backups.path()), (true, format!("The newest, {}, is 40 hours old.", file.display())));
    assert!(look(folder.path()).1.contains("inside of"), "the ledger stands beside them");
    assert!(look(&backups.path().join("none")).0);
}
