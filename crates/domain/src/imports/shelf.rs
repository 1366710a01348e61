//! Where uploaded files lie: one folder in the data folder, that nobody else may read. A file has the name of its import; what is still
//! on its way has another. Knows no database.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::kit::ImportId;

/// The folder.
#[derive(Clone, Debug)]
pub struct Shelf(PathBuf);

impl Shelf {
    /// In this data folder. Nothing is made before the first file comes.
    pub fn of(data: &Path) -> Self {
        Self(data.join("imports"))
    }

    /// The folder itself, made when it is not there.
    ///
    /// # Errors
    /// What the disk says.
    pub fn folder(&self) -> io::Result<&Path> {
        use std::os::unix::fs::DirBuilderExt as _;
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        Ok(&self.0)
    }

    /// A file for what comes; gone when it is dropped.
    ///
    /// # Errors
    /// What the disk says.
    pub fn part(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::with_prefix_in("part-", self.folder()?)
    }

    /// The file that was uploaded.
    pub(super) fn file(&self, import: &ImportId) -> PathBuf {
        self.0.join(format!("{import}.file"))
    }

    /// The rows of it that were not taken.
    pub fn failed(&self, import: &ImportId) -> PathBuf {
        self.0.join(format!("{import}.failed"))
    }

    /// Where the copy of the database lies during a dry run.
    pub(super) fn copy(&self, import: &ImportId) -> PathBuf {
        self.0.join(format!("{import}.copy"))
    }

    /// Takes everything of an import away. What is not there is gone already.
    pub fn clear(&self, import: &ImportId) {
        for file in [self.file(import), self.failed(import)] {
            gone(std::fs::remove_file(file));
        }
        gone(std::fs::remove_dir_all(self.copy(import)));
    }

    /// What lies here: each entry and its age.
    pub(super) fn entries(&self) -> Vec<(PathBuf, std::time::Duration)> {
        let Ok(entries) = std::fs::read_dir(&self.0) else { return Vec::new() };
        let age = |e: &std::fs::DirEntry| e.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok()).unwrap_or_default();
        entries.flatten().map(|e| (e.path(), age(&e))).collect()
    }
}

/// Notes a file that should be gone and is not.
pub(super) fn gone(done: io::Result<()>) {
    if let Err(error) = done
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::error!(%error, "a file of an import could not be removed; it is tried again");
    }
}
