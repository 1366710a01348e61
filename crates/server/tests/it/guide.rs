//! docs/guide.md and the two scripts beside it, run as they stand against a real server.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use domain::kit::{Actor, ActorKind, Clock as _, Ctx, Door, Rights, SystemClock};
use domain::staff::{self, Moment};
use domain::testing::{self, Fixture};
use store::testing::TestDb;

use crate::binary::{Served, said};
use crate::desk::key;

/// The page or script of this name.
pub fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

/// A merchant that was set up just now, as the clock of this machine has it.
pub fn fresh_merchant(db: &TestDb) -> Fixture {
    let moment = Moment::new(SystemClock.now(), Door::Page);
    let at = moment.clone();
    let made = db.write_now::<_, domain::Error>(move |tx| staff::set_up(tx, &at, &testing::prepared())).unwrap();
    let actor = Actor { kind: ActorKind::Staff, id: made.person.to_string(), name: "Olivia".into(), rights: Rights::all() };
    let ctx = Ctx { ids: moment.ids, ..Ctx::new(made.merchant, actor, Door::Page, moment.now) };
    Fixture { db: (**db).clone(), ctx, owner: made.person, shop: made.shop }
}

/// The fenced blocks of this language, joined; with a word, only those behind a line `<!-- word -->`.
pub fn blocks(page: &str, language: &str, word: Option<&str>) -> String {
    let text = std::fs::read_to_string(docs(page)).unwrap();
    let (mut out, mut inside, mut before) = (String::new(), false, "");
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(of) if !inside => inside = of == language && word.is_none_or(|w| before == format!("<!-- {w} -->")),
            Some(_) => inside = false,
            None if inside => out.push_str(&format!("{line}\n")),
            None => {}
        }
        if !line.trim().is_empty() {
            before = line;
        }
    }
    assert!(!out.is_empty(), "no {language} in {page}");
    out
}

/// Runs a program; `None`, loudly, where this machine has none.
fn program(name: &str, words: &[&str], api: &str, key: &str) -> Option<Output> {
    match Command::new(name).args(words).env("API", api).env("KEY", key).output() {
        Ok(out) => Some(out),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("\n*** {name} IS NOT ON THIS MACHINE: {words:?} WAS NOT RUN. bin/test installs it. ***\n");
            None
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// A server over this database, for programs, with a key for everything.
fn served(db: &TestDb) -> (Served, tempfile::TempDir, String, String) {
    let f = fresh_merchant(db);
    let secret = key(&f, Rights::all());
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("regulars.toml");
    std::fs::write(&config, "webhooks_local = true\n").unwrap();
    let served = Served::start(&db.url(), folder.path(), &["--config", config.to_str().unwrap()]);
    let api = format!("http://{}/api/v1", served.address);
    (served, folder, api, secret)
}

fn check(out: &Output) {
    let said = said(out);
    assert!(out.status.success(), "{said}");
    for line in ["left to refund 12.95", "refused 422 ", "orders 3", "webhook webhook.test genuine", "altered forged"] {
        assert!(said.lines().any(|l| l.starts_with(line)), "no “{line}” in\n{said}");
    }
}

store::db_test! {
    domain::migrations();

    fn the_lines_of_the_guide_run(db) {
        let (_served, _folder, api, secret) = served(db);
        let script = blocks("guide.md", "sh", None);
        let Some(out) = program("bash", &["-euc", &script], &api, &secret) else { return };
        let said = said(&out);
        assert!(out.status.success(), "{said}");
        for word in ["ana.ruiz@example.com", "\"pointer\":\"/email\"", "\"refundable\":{\"amount\":1295", "customer.created", "payment.refunded", "\"total\":1"] {
            assert!(said.contains(word), "no {word} in\n{said}");
        }
    }

    fn the_lines_of_the_guide_run_in_a_demo_as_they_say(db) {
        let (_served, _folder, api, secret) = served(db);
        db.write_now::<_, store::Error>(|tx| tx.exec(&store::Stmt::new("demo", "UPDATE merchants SET demo = TRUE"), &[])).unwrap();
        let Some(out) = program("bash", &["-euc", &blocks("guide.md", "sh", None)], &api, &secret) else { return };
        assert!(out.status.success(), "{}", said(&out));
    }

    fn the_script_in_python_runs(db) {
        let (_served, _folder, api, secret) = served(db);
        let Some(out) = program("python3", &[docs("guide/first_steps.py").to_str().unwrap()], &api, &secret) else { return };
        check(&out);
    }

    fn the_script_in_javascript_runs(db) {
        let (_served, _folder, api, secret) = served(db);
        let Some(out) = program("node", &[docs("guide/first-steps.mjs").to_str().unwrap()], &api, &secret) else { return };
        check(&out);
    }
}
