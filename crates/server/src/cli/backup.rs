//! `regulars backup` and `regulars restore`: everything as one packed file, and back into an empty database of either engine.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use clap::Args;
use domain::kit::{AsOf, Door, SystemClock};
use domain::privacy::{self, Ledger};
use domain::{Error, dump};

use super::{Done, Place, own};
use crate::config;

/// Flags of `backup`.
#[derive(Clone, Debug, Args)]
pub struct Backup {
    /// Where it goes; `-` is the standard output. It holds personal data: keep it like the database.
    file: PathBuf,
    /// Instead: the trade of one merchant as sorted text without ids and clock times, to compare two databases by.
    #[arg(long, visible_alias = "logical")]
    stable: bool,
    /// Which merchant with --stable, by name or id.
    #[arg(long, value_name = "NAME|ID", requires = "stable")]
    merchant: Option<String>,
}

impl Backup {
    /// Writes the file; one that was begun and not finished is taken away.
    ///
    /// # Errors
    /// In words.
    pub fn run(&self, place: &Place) -> Done {
        let db = place.open_there()?;
        if let Err(Error::Conflict { code: "no_merchant", .. }) = db.read_now(|tx| domain::imports::find_merchant(tx, None)) {
            return Err(
                "There is no merchant in this database: nothing is backed up. Look at --data, --database and the configuration file."
                    .to_owned(),
            );
        }
        if self.file.as_os_str() == "-" {
            return self.write(&db, std::io::stdout()).map(|_| ());
        }
        let cannot = |e: std::io::Error| format!("{} cannot be written: {e}", self.file.display());
        let half = self.file.with_extension("part");
        let written = own::begin(&half).map_err(cannot).and_then(|f| self.write(&db, BufWriter::new(f)));
        match written {
            Ok(rows) => {
                File::open(&half).and_then(|f| f.sync_all()).and_then(|()| own::replace(&half, &self.file)).map_err(cannot)?;
                println!("{rows} rows are in {}", self.file.display());
                Ok(())
            }
            Err(error) => {
                let _ = std::fs::remove_file(&half);
                Err(error)
            }
        }
    }

    fn write(&self, db: &store::Db, out: impl std::io::Write + Send) -> Result<u64, String> {
        if !self.stable {
            return dump::backup(db, out).map(|saved| saved.rows).map_err(|e| e.to_string());
        }
        let ctx = super::merchant(db, self.merchant.as_deref(), Door::Cli, AsOf::Now)?;
        dump::stable(db, &ctx.merchant, out).map_err(|e| e.to_string())
    }
}

/// Flags of `restore`.
#[derive(Clone, Debug, Args)]
pub struct Restore {
    /// A file that `backup` wrote.
    file: PathBuf,
    /// The key that secrets and legal copies are sealed with, as for `serve`.
    #[arg(long, env = "REGULARS_SECRETS_KEY", value_name = "KEY", hide_env_values = true)]
    secrets_key: Option<String>,
}

impl Restore {
    /// Fills an empty database.
    ///
    /// # Errors
    /// In words.
    pub fn run(&self, place: &Place) -> Done {
        let db = place.open_roomy()?;
        let restored = dump::restore(&db, &self.file).map_err(|e| e.to_string())?;
        let mut file = place.file()?;
        let data = place.folder(&file)?;
        file.secrets_key = self.secrets_key.clone().or(file.secrets_key);
        // Who was anonymised since the backup was taken stays so. Should this be cut short, the next start of `serve` does it.
        let (ledger, vault) = (Ledger::of(&data), config::vault(&file, &data)?);
        let replayed = privacy::replay(&db, &ledger, &vault, &SystemClock).map_err(|e| e.to_string())?;
        privacy::settle(&db, &ledger, &SystemClock).map_err(|e| e.to_string())?;
        println!("{} rows are restored. Everybody signs in again.", restored.rows);
        if replayed.again > 0 {
            println!("{} customers were anonymised since this backup was taken, and are again.", replayed.again);
        }
        match super::not_erased(&replayed) {
            Some(told) => Err(told),
            None => Ok(()),
        }
    }
}
