//! What commands write is the user's who runs them: files and folders with personal data that nobody else on the machine may read.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Makes the file anew, for this user alone. One that is there keeps the rights that somebody gave it: a backup may be meant for a group.
///
/// # Errors
/// As [`File::create`].
pub fn create(path: &Path) -> Result<File> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => File::create(path),
        made => made,
    }
}

/// Makes a file that is to be put in the place of another: what a run that was cut short left of it goes first.
///
/// # Errors
/// As [`create`].
pub fn begin(path: &Path) -> Result<File> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e),
        _ => create(path),
    }
}

/// Puts the finished `half` in the place of `whole`, with the rights that `whole` has, if it is there.
///
/// # Errors
/// As [`std::fs::rename`].
pub fn replace(half: &Path, whole: &Path) -> Result<()> {
    if let Ok(there) = std::fs::metadata(whole) {
        std::fs::set_permissions(half, Permissions::from_mode(there.permissions().mode() & 0o777))?;
    }
    std::fs::rename(half, whole)
}

/// Makes the folder, and those above it, for this user alone; one that is there stays as it is.
///
/// # Errors
/// As [`DirBuilder::create`].
pub fn folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_nobody_elses_and_what_is_there_keeps_its_rights() {
        let dir = tempfile::tempdir().unwrap();
        let (half, whole, inner) = (dir.path().join("b.part"), dir.path().join("b"), dir.path().join("data/of/it"));
        create(&half).unwrap();
        folder(&inner).unwrap();
        assert_eq!((rights(&half), rights(&inner)), (0o600, 0o700));
        replace(&half, &whole).unwrap();
        assert_eq!(rights(&whole), 0o600);
        std::fs::set_permissions(&whole, Permissions::from_mode(0o640)).unwrap();
        create(&half).unwrap();
        replace(&half, &whole).unwrap();
        assert_eq!(rights(&whole), 0o640);
    }
}
