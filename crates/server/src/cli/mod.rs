//! The command line. Each command is a file; what they share stands here: which database, which time, how an error ends.

pub mod backup;
pub mod calls;
pub mod demo;
pub mod doctor;
pub mod duplicates;
pub mod export;
pub mod import;
pub mod maintain;
pub mod own;
pub mod progress;
pub mod serve;
pub mod staff;
pub mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use domain::kit::{Actor, AsOf, Ctx, Door};
use store::{Db, Inspection, Options, Schema, Target};

use crate::config;

/// What a command answers: nothing, or a sentence that says what to do.
pub type Done = Result<(), String>;

/// The customer desk of a merchant.
#[derive(Debug, Parser)]
#[command(name = "regulars", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where the data is.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Configuration file (TOML).
    #[arg(long, global = true, env = "REGULARS_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// `postgres://…`, or the path of an SQLite file.
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Folder for the SQLite file and for files on their way.
    #[arg(long, global = true, env = "REGULARS_DATA", value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the dashboard and the API; an empty database asks to create the owner.
    Serve(serve::Serve),
    /// Make a believable merchant and serve it.
    Demo(demo::Demo),
    /// Bring the database up to this version.
    Migrate,
    /// Take in a file of customers or orders; or take an import back.
    Import(import::Import),
    /// Take in call records of Asterisk or FreeSWITCH.
    ImportCalls(calls::ImportCalls),
    /// Write customers to a file.
    Export(export::Export),
    /// Find who is in a file several times.
    Duplicates(duplicates::Duplicates),
    /// Work out everything kept from the facts and print each difference.
    Verify(verify::Verify),
    /// Take erased data out of the files of the database.
    Maintain,
    /// Write everything into one packed file.
    Backup(backup::Backup),
    /// Fill an empty database from a backup.
    Restore(backup::Restore),
    /// Help somebody of the staff back in.
    Staff(staff::Staff),
    /// Look at the set-up and say what to do.
    Doctor(doctor::Doctor),
}

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    logging();
    let done = match cli.command {
        Command::Serve(serve) => serve.run(&cli.place),
        Command::Demo(demo) => demo.run(&cli.place),
        Command::Migrate => migrate(&cli.place),
        Command::Import(import) => import.run(&cli.place),
        Command::ImportCalls(calls) => calls.run(&cli.place),
        Command::Export(export) => export.run(&cli.place),
        Command::Duplicates(duplicates) => duplicates.run(),
        Command::Verify(verify) => verify.run(&cli.place),
        Command::Maintain => maintain::run(&cli.place),
        Command::Backup(backup) => backup.run(&cli.place),
        Command::Restore(restore) => restore.run(&cli.place),
        Command::Staff(staff) => staff.run(&cli.place),
        Command::Doctor(doctor) => doctor.run(&cli.place),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

impl Place {
    /// The configuration file.
    ///
    /// # Errors
    /// In words.
    pub fn file(&self) -> Result<config::File, String> {
        config::File::read(self.config.as_deref())
    }

    /// Which the data folder is.
    pub fn folder_of(&self, file: &config::File) -> PathBuf {
        self.data.clone().or_else(|| file.data.clone()).unwrap_or_else(|| PathBuf::from("."))
    }

    /// The data folder, made when it is not there.
    ///
    /// # Errors
    /// In words.
    pub fn folder(&self, file: &config::File) -> Result<PathBuf, String> {
        let folder = self.folder_of(file);
        own::folder(&folder).map_err(|e| format!("Can’t make the data folder {}: {e}", folder.display()))?;
        Ok(folder)
    }

    /// The database, open and brought up to this version.
    ///
    /// # Errors
    /// In words.
    pub fn open(&self) -> Result<Db, String> {
        let file = self.file()?;
        self.open_with(&file, config::options(&file))
    }

    /// The same for long writing: with room in memory for the indexes that it fills in no order.
    ///
    /// # Errors
    /// In words.
    pub fn open_roomy(&self) -> Result<Db, String> {
        let file = self.file()?;
        self.open_with(&file, Options { cache_kib: 32 * 1024, ..config::options(&file) })
    }

    /// The database as it stands: none is made, and none is brought up to another version. For what reads, and for what looks after a database.
    ///
    /// # Errors
    /// In words: there is none, it is empty, or it is of an earlier version.
    pub fn open_there(&self) -> Result<Db, String> {
        self.there(&self.file()?)?;
        self.open()
    }

    /// The same for long writing.
    ///
    /// # Errors
    /// As [`Place::open_there`].
    pub fn open_there_roomy(&self) -> Result<Db, String> {
        self.there(&self.file()?)?;
        self.open_roomy()
    }

    fn there(&self, file: &config::File) -> Result<(), String> {
        let folder = self.folder_of(file);
        let target = config::target(self.database.as_deref(), file, &folder)?;
        let none =
            |at: &str| format!("There is no database at {at}. Look at --data, --database and the configuration file; nothing was made.");
        let at = match &target {
            Target::Sqlite(path) => path.display().to_string(),
            Target::Postgres(_) => "DATABASE_URL".to_owned(),
        };
        if let Target::Sqlite(path) = &target
            && !path.exists()
        {
            return Err(none(&at));
        }
        let cannot = |e: store::Error| format!("Can’t open the database: {e}");
        match Inspection::open(&target, &config::options(file)).and_then(|mut seen| seen.schema(domain::migrations())).map_err(cannot)? {
            Schema::Current => Ok(()),
            Schema::Empty => Err(none(&at)),
            Schema::Behind(_) => Err(
                "The database is of an earlier version. Take a backup with the program of that version, then run `regulars migrate` or `regulars serve`."
                    .to_owned(),
            ),
        }
    }

    fn open_with(&self, file: &config::File, options: Options) -> Result<Db, String> {
        let folder = self.folder(file)?;
        let target = config::target(self.database.as_deref(), file, &folder)?;
        let db = Db::open(&target, options).map_err(|e| format!("Can’t open the database: {e}"))?;
        db.migrate(domain::migrations()).map_err(|e| format!("Can’t bring the database up to this version: {e}"))?;
        Ok(db)
    }
}

/// Who of the erasure ledger is in clear again and could not be erased, and what may still name those who were, in words; `None` when there is neither.
pub fn not_erased(replayed: &domain::privacy::Replayed) -> Option<String> {
    let (failed, unswept) = (&replayed.failed, &replayed.unswept);
    let people = (!failed.is_empty()).then(|| {
        format!(
            "ATTENTION: {} of the erasure ledger could not be anonymised again and stand here in clear. All others were. Mend what is named here; \
             each start of `regulars serve` tries again.\n  {}",
            failed.len(),
            failed.join("\n  ")
        )
    });
    let texts = (!unswept.is_empty()).then(|| {
        format!(
            "ATTENTION: stored texts may still name people who were anonymised again: the pass through them did not end. \
             Start `regulars serve`: its jobs go on with it.\n  {}",
            unswept.join("\n  ")
        )
    });
    let told: Vec<String> = people.into_iter().chain(texts).collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

fn migrate(place: &Place) -> Done {
    let file = place.file()?;
    let target = config::target(place.database.as_deref(), &file, &place.folder_of(&file))?;
    let made = matches!(&target, Target::Sqlite(path) if !path.exists());
    place.open()?;
    match (target, made) {
        (Target::Sqlite(path), true) => println!("There was no database: an empty one was made at {}.", path.display()),
        _ => println!("The database is up to date."),
    }
    Ok(())
}

/// Acts as the command line in a merchant, found by name or id; without either in the only one.
///
/// # Errors
/// In words.
pub fn merchant(db: &Db, wanted: Option<&str>, door: Door, today: AsOf) -> Result<Ctx, String> {
    let wanted = wanted.map(str::to_owned);
    let found = db.read_now::<_, domain::Error>(move |tx| {
        let merchant = domain::imports::find_merchant(tx, wanted.as_deref())?;
        let ctx = Ctx::new(merchant, Actor::system("command line"), door, 0);
        let zone = domain::merchants::settings(tx, &ctx)?.zone;
        Ok(Ctx { now: today.clock(&zone).now(), ..ctx })
    });
    found.map_err(|e| e.to_string())
}

/// What `--today 2011-08-31` says: the end of that day, where the merchant lives.
///
/// # Errors
/// In words, for what is not a date.
pub fn today(text: Option<&str>) -> Result<AsOf, String> {
    text.map_or(Ok(AsOf::Now), |text| text.parse().map(AsOf::EndOf).map_err(|_| format!("“{text}” is not a date like 2026-06-30.")))
}

/// Log lines go to standard error, in colour for a person and plain for a file or a journal; `RUST_LOG` says how many.
fn logging() {
    use std::io::IsTerminal as _;

    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,server=info,domain=info,store=info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
}
