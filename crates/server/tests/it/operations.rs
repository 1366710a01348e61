//! docs/operations.md and packaging/ say what is there: every setting, every command, every metric; and the drill of backup and restore runs as it stands.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use axum::body::Body;
use axum::http::Request;
use clap::CommandFactory as _;
use domain::testing::Fixture;
use serde_json::Value;
use server::cli::Cli;
use server::config::File;
use server::http::meters;

use crate::binary::{Served, said};
use crate::desk::{Desk, key};
use crate::guide::{blocks, docs, fresh_merchant};

fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging").join(name)
}

fn page() -> String {
    std::fs::read_to_string(docs("operations.md")).unwrap()
}

/// Every key that the configuration file knows, as the reader of it says.
fn keys() -> BTreeSet<String> {
    let said = toml::from_str::<File>("no_such_key = 1").unwrap_err().to_string();
    let (_, list) = said.split_once("expected one of ").unwrap();
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_setting_stands_in_the_table_and_nothing_else() {
    let page = page();
    let (_, rest) = page.split_once("| file key | flag | environment |").unwrap();
    let rows: Vec<Vec<String>> = rest
        .lines()
        .skip(2)
        .take_while(|l| l.starts_with('|'))
        .map(|l| l.split('|').skip(1).take(3).map(|cell| cell.trim().to_owned()).collect())
        .collect();
    let words = |column: usize| -> BTreeSet<String> {
        rows.iter().flat_map(|r| r[column].split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    assert!(keys().len() >= 15, "{:?}", keys());
    assert_eq!(words(0), keys(), "keys of the file");
    let cli = Cli::command();
    let serve = cli.find_subcommand("serve").unwrap();
    let args: Vec<_> =
        cli.get_arguments().chain(serve.get_arguments()).filter(|a| !matches!(a.get_id().as_str(), "help" | "version")).collect();
    let flags: BTreeSet<String> = args.iter().filter_map(|a| a.get_long()).map(|long| format!("--{long}")).collect();
    assert_eq!(words(1), flags, "flags of serve");
    let named: BTreeSet<String> = args.iter().filter_map(|a| a.get_env()).map(|name| name.to_str().unwrap().to_owned()).collect();
    assert_eq!(words(2), named, "names of the environment");
    // A key and its flag stand in one row.
    for row in rows.iter().filter(|r| r[0].matches('`').count() == 2 && !r[2].is_empty()) {
        let key = row[0].trim_matches('`');
        assert!(row[2].to_lowercase().contains(key), "{row:?}");
    }
}

#[test]
fn every_command_is_described() {
    let page = page();
    for command in Cli::command().get_subcommands() {
        assert!(page.contains(&format!("`regulars {}", command.get_name())), "{} is not in docs/operations.md", command.get_name());
    }
}

#[test]
fn every_metric_is_described_and_the_dashboard_knows_no_other() {
    let known: BTreeSet<&str> = meters::ALL.iter().map(|m| m.name).collect();
    let page = page();
    let (_, rest) = page.split_once("| metric | kind |").unwrap();
    let told: BTreeSet<&str> = rest
        .lines()
        .skip(2)
        .take_while(|l| l.starts_with('|'))
        .filter_map(|l| l.split('`').nth(1))
        .map(|n| n.split('{').next().unwrap())
        .collect();
    assert_eq!(told, known);
    for file in ["grafana-dashboard.json", "alerts.yml"] {
        let text = std::fs::read_to_string(packaging(file)).unwrap();
        let mut used = 0;
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|w| w.starts_with("regulars_")) {
            let base = word.strip_suffix("_sum").or_else(|| word.strip_suffix("_count")).unwrap_or(word);
            assert!(known.contains(base), "{file} asks for {word}");
            used += 1;
        }
        assert!(used >= 6, "{file} asks for {used}");
    }
    let board: Value = serde_json::from_str(&std::fs::read_to_string(packaging("grafana-dashboard.json")).unwrap()).unwrap();
    assert!(board["panels"].as_array().unwrap().iter().filter(|p| !p["targets"].is_null()).all(|p| p["targets"][0]["expr"].is_string()));
}

/// No metric is told past the list: its macros stand in one file.
#[test]
fn metrics_are_told_in_one_place() {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                if ["counter!(", "gauge!(", "histogram!("].iter().any(|m| text.contains(m)) {
                    found.push(path);
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() == 1 && found[0].ends_with("http/meters.rs"), "{found:?}");
}

#[test]
fn the_unit_is_understood_and_strict() {
    let file = packaging("regulars.service");
    let text = std::fs::read_to_string(&file).unwrap();
    for line in [
        "DynamicUser=yes",
        "StateDirectory=regulars",
        "StateDirectoryMode=0700",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "UMask=0077",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}");
    }
    let start = text.lines().find_map(|l| l.strip_prefix("ExecStart=")).unwrap();
    let words: Vec<&str> = start.split(' ').collect();
    assert_eq!(words[0], "/usr/local/bin/regulars");
    Cli::command().try_get_matches_from(words).unwrap();
    // The judge wants the program to be where the unit says; here it is where it was built.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("regulars.service");
    std::fs::write(&copy, text.replace("/usr/local/bin/regulars", env!("CARGO_BIN_EXE_regulars"))).unwrap();
    match Command::new("systemd-analyze").arg("verify").arg(&copy).output() {
        Ok(out) => assert!(out.status.success() && !said(&out).contains("regulars.service"), "{}", said(&out)),
        Err(_) => eprintln!("\n*** systemd-analyze IS NOT ON THIS MACHINE: THE UNIT WAS NOT VERIFIED. ***\n"),
    }
}

#[test]
fn a_mistyped_place_makes_no_database_and_a_good_backup_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (data, typo, file) = (folder.path().join("data"), folder.path().join("typo"), folder.path().join("good.backup"));
    let run = |data: &Path, words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regulars"));
        let command = command.args(words).env_remove("DATABASE_URL").env_remove("REGULARS_CONFIG").env("REGULARS_DATA", data);
        let out = command.output().unwrap();
        (out.status.success(), said(&out))
    };
    let csv = folder.path().join("a.csv");
    std::fs::write(&csv, "name,email\nAna Ruiz,ana@example.es\n").unwrap();
    let (good, words) = run(&data, &["import", csv.to_str().unwrap(), "--create-merchant", "Hazel Mill", "--currency", "EUR"]);
    assert!(good, "{words}");
    let to = file.to_str().unwrap();
    assert!(run(&data, &["backup", to]).0);
    let rights = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((rights(&file), rights(&data)), (0o600, 0o700));
    let before = std::fs::read(&file).unwrap();
    for words in [
        &["backup", to][..],
        &["verify"],
        &["export", "--out", to],
        &["maintain"],
        &["staff", "second-factor-off", "a@b.c"],
        &["import", csv.to_str().unwrap()],
    ] {
        let (good, told) = run(&typo, words);
        assert!(!good && told.contains("There is no database at "), "{words:?}: {told}");
    }
    assert!(!typo.exists(), "nothing was made");
    let (good, told) = run(&typo, &["migrate"]);
    assert!(good && told.contains("an empty one was made"), "{told}");
    let (good, told) = run(&typo, &["backup", to]);
    assert!(!good && told.contains("There is no merchant in this database"), "{told}");
    assert_eq!(std::fs::read(&file).unwrap(), before, "the good one stays");
}

store::db_test! {
    domain::migrations();

    fn the_drill_of_the_manual_runs(db) {
        let f = fresh_merchant(db);
        let ctx = f.ctx.clone();
        let new = domain::customers::NewCustomer { email: "ana@example.es".into(), name: "Ana Ruiz".into(), ..Default::default() };
        f.db.write_now(move |tx| domain::customers::create(tx, &ctx, new.clone(), domain::customers::Rules::Normal)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (data, path, here) = (folder.path().join("data"), folder.path().join("bin"), folder.path().join("here"));
        [&data, &path, &here].into_iter().for_each(|p| std::fs::create_dir(p).unwrap());
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_regulars"), path.join("regulars")).unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).unwrap();
        // A server was there before, so there is a key.
        drop(Served::start(&db.url(), &data, &[]));
        for word in ["drill", "upgrade"] {
            let script = blocks("operations.md", "sh", Some(word));
            let searched = format!("{}:{}", path.display(), std::env::var("PATH").unwrap());
            let mut bash = Command::new("bash");
            bash.args(["-euxc", &script]).current_dir(&here).env("PATH", searched).env("DATABASE_URL", db.url()).env("REGULARS_DATA", &data);
            let out = bash.env_remove("REGULARS_CONFIG").env_remove("REGULARS_SECRETS_KEY").output().unwrap();
            assert!(out.status.success(), "{word}: {}", said(&out));
        }
        assert!(here.join("nightly.backup").metadata().unwrap().len() > 1000);
    }

    fn the_metrics_say_what_is_late(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let ctx = domain::Ctx { now: f.ctx.now - domain::kit::DAY, ..f.ctx.clone() };
        f.db.write_now::<_, domain::Error>(move |tx| domain::jobs::enqueue(tx, &ctx, "recompute", &serde_json::json!({}), 1)).unwrap();
        desk.send(Request::get("/api/v1/me").header("authorization", format!("Bearer {}", key(&f, domain::kit::Rights::all()))).body(Body::empty()).unwrap());
        meters::count(&desk.app).unwrap();
        let text = desk.send(Request::get("/metrics").body(Body::empty()).unwrap()).body;
        if text.is_empty() {
            eprintln!("another test of this process has the recorder: run it by itself, as nextest does");
            return;
        }
        for line in ["regulars_work_late{work=\"jobs\"} 1", "regulars_work_late{work=\"mails\"} 0", "regulars_database_queue{way=\"read\"} ", "regulars_requests_total{method=\"GET\",route=\"/api/v1/me\",status=\"200\"} 1"] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
        for meter in meters::ALL.iter().filter(|m| m.name != "regulars_webhook_messages_total") {
            assert!(text.contains(&format!("# HELP {} ", meter.name)), "{} in\n{text}", meter.name);
        }
        assert!(!text.contains(f.merchant().as_str()));
    }
}
