//! The binary as it is run: a command that ends, and a server that serves until it is dropped.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// `regulars` with these words on this database, and nothing of the environment that says otherwise.
pub fn command(database: &str, folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regulars"));
    for name in ["REGULARS_CONFIG", "REGULARS_LISTEN", "REGULARS_BASE_URL", "REGULARS_INSECURE_HTTP", "REGULARS_SECRETS_KEY", "RUST_LOG"] {
        command.env_remove(name);
    }
    command.args(words).env("DATABASE_URL", database).env("REGULARS_DATA", folder);
    command
}

/// Runs it to its end.
pub fn output(database: &str, folder: &Path, words: &[&str]) -> Output {
    command(database, folder, words).output().unwrap()
}

/// What a program printed, both ways.
pub fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// A server on a free port of this machine; it ends when this is dropped.
pub struct Served {
    child: Child,
    /// `127.0.0.1:40123`.
    pub address: String,
}

impl Served {
    /// Serves, and waits until it says where.
    pub fn start(database: &str, folder: &Path, words: &[&str]) -> Self {
        Self::start_as(database, folder, words, |command| command)
    }

    /// The same with more said to the process: where it writes, what it finds in its environment.
    pub fn start_as(database: &str, folder: &Path, words: &[&str], more: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let all: Vec<&str> = ["serve", "--port", &port].into_iter().chain(words.iter().copied()).collect();
        let mut command = command(database, folder, &all);
        let mut child = more(&mut command).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let open = lines.find_map(|line| line.unwrap().strip_prefix("Regulars is open at ").map(str::to_owned));
        assert!(open.is_some(), "it ended without serving");
        // What else it prints goes nowhere, so that it is never held up by a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: format!("127.0.0.1:{port}") }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
