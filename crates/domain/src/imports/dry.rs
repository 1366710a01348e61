//! A dry run is the real import in a copy of the database that is thrown away: the counts are the same because the work is the same, and
//! nobody waits for it.

use std::fs::File;

use store::{Db, Engine, Options, Target};

use super::ImportError;
use crate::dump;

/// A copy of a database, gone when dropped.
#[derive(Debug)]
pub struct Scratch {
    /// The copy.
    pub db: Db,
    _folder: tempfile::TempDir,
}

/// Copies the database into the temporary folder, as it stands now. Blocks.
///
/// # Errors
/// When the temporary folder has no room for it.
pub fn scratch(db: &Db) -> Result<Scratch, ImportError> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("copy.db");
    let options = Options { durable: false, readers: 1, ..Options::default() };
    let copy = || Db::open(&Target::Sqlite(file.clone()), options.clone());
    let cannot = |e: dump::DumpError| ImportError::File(format!("No copy of the database could be made for the dry run. {e}"));
    let copy = match db.engine() {
        Engine::Sqlite => {
            db.copy_to(&file)?;
            copy()?
        }
        Engine::Postgres => {
            let whole = folder.path().join("copy.gz");
            dump::backup(db, File::create(&whole)?).map_err(cannot)?;
            let copy = copy()?;
            copy.migrate(crate::migrations())?;
            dump::restore(&copy, &whole).map_err(cannot)?;
            copy
        }
    };
    Ok(Scratch { db: copy, _folder: folder })
}
