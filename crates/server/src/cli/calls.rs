//! `regulars import-calls`: call records of a telephone system.

use std::path::PathBuf;

use clap::Args;
use domain::conversations::records::{self, Taken};
use domain::kit::Door;
use domain::merchants;

use super::{Done, Place};

/// So many calls are taken in one transaction.
const SLICE: usize = 200;

/// Flags of `import-calls`.
#[derive(Clone, Debug, Args)]
pub struct ImportCalls {
    /// Asterisk’s Master.csv, or CSV, JSON or XML of FreeSWITCH; the same file again changes nothing.
    file: PathBuf,
    /// Take in calls of numbers nobody knows too; they wait in the inbox.
    #[arg(long)]
    unknown: bool,
    /// Which merchant, by name or id; needed when there are several.
    #[arg(long, value_name = "NAME|ID")]
    merchant: Option<String>,
    /// Act as if it were the end of this day where the merchant lives.
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
}

impl ImportCalls {
    /// Takes the calls in and says what became of them.
    ///
    /// # Errors
    /// In words.
    pub fn run(&self, place: &Place) -> Done {
        let size = std::fs::metadata(&self.file).map_err(|e| self.cannot(&e))?.len();
        if size > records::LARGEST as u64 {
            return Err("A file has at most 16 MB. Split it.".to_owned());
        }
        let bytes = std::fs::read(&self.file).map_err(|e| self.cannot(&e))?;
        let db = place.open_there()?;
        let ctx = super::merchant(&db, self.merchant.as_deref(), Door::Cli, super::today(self.today.as_deref())?)?;
        let asked = ctx.clone();
        let zone = db.read_now::<_, domain::Error>(move |tx| Ok(merchants::settings(tx, &asked)?.zone)).map_err(|e| e.to_string())?;
        let read = records::read(&bytes, &zone).map_err(|e| super::import::words(&e))?;
        let (all, mut taken) = (self.unknown, Taken::default());
        for slice in read.calls.chunks(SLICE) {
            let (ctx, calls) = (ctx.clone(), slice.to_vec());
            taken = taken.and(db.write_now::<_, domain::Error>(move |tx| records::take(tx, &ctx, &calls, all)).map_err(|e| e.to_string())?);
        }
        println!("{}", taken.words());
        if read.inside > 0 {
            println!("{} within the house passed over.", read.inside);
        }
        for (line, why) in &read.wrong {
            println!("Line {line} {why}.");
        }
        for (number, calls) in &taken.unknown {
            println!("Nobody has {number}: {calls}");
        }
        Ok(())
    }

    fn cannot(&self, error: &std::io::Error) -> String {
        format!("{} cannot be read: {error}", self.file.display())
    }
}
