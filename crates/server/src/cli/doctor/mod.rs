//! `regulars doctor`: looks at a set-up and says what to do, a line for each check. It reads only: it makes no file, no table and no mail.

mod backups;
mod database;
mod mail;
mod place;
mod provider;
mod reach;
mod report;
mod work;

use std::path::PathBuf;

use clap::Args;
use domain::kit::{Clock as _, Micros, SystemClock};

pub use report::{Finding, Mark, Report};

use super::serve::Serve;
use super::{Done, Place};
use crate::config::{self, File};

/// Flags of `doctor`: those of `serve`, so that it sees what a server would.
#[derive(Clone, Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    serve: Serve,
    /// Ask nobody over the network but the database.
    #[arg(long)]
    offline: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// Folder that backups are kept in: looks at the newest.
    #[arg(long, value_name = "FOLDER")]
    backups: Option<PathBuf>,
}

/// What every check is given.
struct Seen<'a> {
    place: &'a Place,
    file: File,
    /// The data folder; it may not be there.
    data: PathBuf,
    now: Micros,
    offline: bool,
}

impl Doctor {
    /// Prints what was found; ends with an error when there is something to do.
    ///
    /// # Errors
    /// How many things there are to do.
    pub fn run(&self, place: &Place) -> Done {
        let mut report = Report::new(self.json);
        if let Some(file) = place::configuration(place, &mut report) {
            let data = place.folder_of(&file);
            let file = File { secrets_key: self.serve.secrets_key.clone().or(file.secrets_key.clone()), ..file };
            let seen = Seen { place, file, data, now: SystemClock.now(), offline: self.offline };
            self.look(&seen, &mut report);
        }
        match report.end() {
            0 => Ok(()),
            1 => Err("There is 1 thing to do.".to_owned()),
            n => Err(format!("There are {n} things to do.")),
        }
    }

    fn look(&self, seen: &Seen<'_>, report: &mut Report) {
        let reach = self.serve.reach(&seen.file);
        place::folder(seen, report);
        let vault = place::key(seen, report);
        if let Some(mut open) = database::open(seen, report) {
            database::sealed(&mut open, vault.as_ref(), report);
            database::clock(seen, &mut open, report);
            work::waiting(seen, &mut open, report);
            work::erasures(seen, &mut open, report);
            mail::signing(seen, &mut open, vault.as_ref(), report);
            mail::mailboxes(seen, &mut open, vault.as_ref(), report);
        }
        mail::server(seen, report);
        provider::look(seen, &reach, report);
        reach::reach(seen, &reach, report);
        if let Some(folder) = &self.backups {
            backups::newest(seen, folder, report);
        }
    }
}

/// The database as the configuration names it.
fn target(seen: &Seen<'_>) -> Result<store::Target, String> {
    config::target(seen.place.database.as_deref(), &seen.file, &seen.data)
}
