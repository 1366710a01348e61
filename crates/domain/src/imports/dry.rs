//! A dry run is the real import in a copy of the database that is thrown away: the counts are the same because the work is the same, and
//! nobody waits for it. A short file is not worth a copy: see `trial`.

use std::fs::File;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use store::{Db, Engine, Options, Target};

use super::ImportError;
use super::shelf::gone;
use crate::dump;

/// A copy of a database, gone when dropped.
#[derive(Debug)]
pub struct Scratch {
    /// The copy.
    pub db: Db,
    _folder: Folder,
}

/// Gone when dropped.
#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        gone(std::fs::remove_dir_all(&self.0));
    }
}

/// Copies the database into the temporary folder, as it stands now. Blocks.
///
/// # Errors
/// When the temporary folder has no room for it.
pub fn scratch(db: &Db) -> Result<Scratch, ImportError> {
    scratch_in(db, &tempfile::tempdir()?.keep())
}

/// The same in a folder of this name, which must be nobody else's: what a killed process left in it goes first.
pub(super) fn scratch_in(db: &Db, folder: &Path) -> Result<Scratch, ImportError> {
    gone(std::fs::remove_dir_all(folder));
    let folder = Folder(folder.to_owned());
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder.0)?;
    let file = folder.0.join("copy.db");
    let options = Options { durable: false, readers: 1, ..Options::default() };
    let copy = || Db::open(&Target::Sqlite(file.clone()), options.clone());
    let cannot = |e: dump::DumpError| ImportError::File(format!("No copy of the database could be made for the dry run. {e}"));
    let copy = match db.engine() {
        Engine::Sqlite => {
            db.copy_to(&file)?;
            copy()?
        }
        Engine::Postgres => {
            let whole = folder.0.join("copy.gz");
            dump::backup(db, File::create(&whole)?).map_err(cannot)?;
            let copy = copy()?;
            copy.migrate(crate::migrations())?;
            dump::restore(&copy, &whole).map_err(cannot)?;
            copy
        }
    };
    Ok(Scratch { db: copy, _folder: folder })
}
