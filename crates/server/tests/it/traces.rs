//! A person is looked at, exported and erased by the real program, which tells all it can: afterwards neither what it printed, nor the folder of its data, nor
//! the one for files on their way says who it was.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{Clock as _, CustomerId, Door, Rights, SystemClock};
use domain::privacy;
use domain::staff::{Means, Moment, sessions};
use domain::testing::Fixture;
use store::Target;
use store::testing::TestDb;

use crate::binary::Served;
use crate::desk::key;
use crate::guide::fresh_merchant;

/// Stands in every word of the person.
const CANARY: &str = "Zqspur";

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

/// The files below these folders that hold the canary, however it is cut in large and small letters.
fn holding(folders: &[&Path]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    folders.iter().for_each(|folder| files(folder, &mut all));
    all.retain(|file| fs::read(file).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).to_lowercase().contains(&CANARY.to_lowercase())));
    all
}

/// Signed in as of now; the secret of the cookie.
fn signed_in(f: &Fixture) -> String {
    let owner = f.owner.clone();
    let opened = f.db.write_now::<_, domain::Error>(move |tx| {
        sessions::open(tx, &Moment::new(SystemClock.now(), Door::Page), &owner, &sessions::Device::default(), Means::SetUp)
    });
    opened.unwrap().secret
}

/// What was answered.
fn ask(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).max_redirects_will_error(false).build();
    let agent = ureq::Agent::new_with_config(config);
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = match method {
        "GET" => agent.run(request.body(()).unwrap()),
        _ => agent.run(request.body(body.to_owned()).unwrap()),
    };
    let mut answer = answer.unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap_or_default())
}

store::db_test! {
    domain::migrations();

    fn nothing_that_is_printed_or_left_in_a_folder_names_who_was_erased(db) {
        let f = fresh_merchant(db);
        let (data, way, said) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let new = NewCustomer {
            email: format!("{CANARY}@example.com"),
            name: format!("{CANARY} Ruiz"),
            phone: "+34 612 345 678".into(),
            note: Some(format!("{CANARY} likes it dark")),
            tags: vec!["vip".into()],
            ..NewCustomer::default()
        };
        let ctx = f.ctx.clone();
        let ana = f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id;
        let (secret, cookie) = (key(&f, Rights::all()), format!("regulars={}", signed_in(&f)));
        let printed = said.path().join("stderr");
        let served = Served::start_as(&db.url(), data.path(), &[], |command| {
            command.env("RUST_LOG", "debug").env("TMPDIR", way.path()).stderr(File::create(&printed).unwrap())
        });
        let at = format!("http://{}", served.address);
        let (page, program) = ([("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")], format!("Bearer {secret}"));
        let program = [("authorization", program.as_str()), ("content-type", "application/json"), ("idempotency-key", CANARY)];
        let paths = [format!("/customers?q={CANARY}"), format!("/customers/{ana}"), format!("/customers/{ana}/edit"), format!("/search?q={CANARY}")];
        for path in paths {
            let (status, body) = ask("GET", &format!("{at}{path}"), &page, "");
            assert!(status == 200 && body.contains(CANARY), "{path}: {status}");
        }
        let (status, found) = ask("GET", &format!("{at}/api/v1/customers?q={CANARY}%40example.com"), &program, "");
        assert!(status == 200 && found.contains(CANARY), "{status}: {found}");
        let edit = format!("{{\"name\":\"{CANARY} Prado\"}}");
        let (status, edited) = ask("PATCH", &format!("{at}/api/v1/customers/{ana}"), &program, &edit);
        assert!(status == 200 && edited.contains("Prado"), "{status}: {edited}");
        for format in ["csv", "xlsx", "jsonl"] {
            let wanted = format!("{{\"format\":\"{format}\",\"query\":\"q={CANARY}\"}}");
            let (status, file) = ask("POST", &format!("{at}/api/v1/exports"), &program[..2], &wanted);
            assert!(status == 200 && (format == "xlsx" || file.contains(CANARY)), "{format}: {status}: {file}");
        }
        let own = match db.target() {
            Target::Sqlite(file) => file.parent().unwrap().to_owned(),
            Target::Postgres(_) => said.path().to_owned(),
        };
        let is_file = own != said.path();
        assert!(!is_file || !holding(&[&own]).is_empty(), "the search finds what is there");
        // PostgreSQL has its bytes in a folder of its own: `regulars maintain` cares for them.
        erased(db, &f, &ana, &at, &program[..2], is_file);
        assert_eq!(holding(&[data.path(), way.path(), said.path(), &own]), Vec::<PathBuf>::new());
        drop(served);
        assert!(fs::metadata(&printed).unwrap().len() > 1_000, "it told much");
    }
}

/// Erases, and waits until the receipt says that all is done.
fn erased(db: &TestDb, f: &Fixture, ana: &CustomerId, at: &str, program: &[(&str, &str)], scrubs: bool) {
    let (status, answer) = ask("POST", &format!("{at}/api/v1/customers/{ana}/anonymise"), program, "");
    assert_eq!(status, 200, "{answer}");
    let until = SystemClock.now() + 120_000_000;
    loop {
        let (ctx, who) = (f.ctx.clone(), ana.clone());
        let r = db.read_now(move |tx| privacy::of_customer(tx, &ctx, &who)).unwrap().unwrap();
        if r.swept_at.is_some() && (!scrubs || r.scrubbed_at.is_some()) {
            return;
        }
        assert!(SystemClock.now() < until, "{r:?}");
        std::thread::yield_now();
    }
}
