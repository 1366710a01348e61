//! The configuration file, the data folder and its key.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use domain::providers::Vault;
use rustix::fs::Access;
use store::Target;

use super::{Place, Report, Seen};
use crate::config::{self, File};

/// Below so many free bytes a day of work may fill the disk.
const ROOM: u64 = 1 << 30;

/// The file; `None` ends the look, because everything else hangs on it.
pub fn configuration(place: &Place, report: &mut Report) -> Option<File> {
    let file = match place.file() {
        Ok(file) => file,
        Err(words) => {
            report.todo("configuration", words, "Mend the file; docs/operations.md has all keys. Nothing else was looked at.");
            return None;
        }
    };
    let Some(path) = &place.config else {
        report.note("configuration", "No file: flags and the environment say everything.");
        return Some(file);
    };
    let secret = file.secrets_key.is_some() || file.smtp_url.is_some() || file.database_url.is_some();
    match open_to(path, 0o007) {
        true if secret => report.todo(
            "configuration",
            format!("{} may be read by everybody on this machine and may hold passwords.", path.display()),
            format!("chmod o-rwx {}", path.display()),
        ),
        _ => report.fine("configuration", format!("{} is read; every key is known.", path.display())),
    }
    Some(file)
}

/// Is any of these permission bits set?
fn open_to(path: &Path, bits: u32) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & bits != 0)
}

/// The data folder: there, writable, nobody else's, with room.
pub fn folder(seen: &Seen<'_>, report: &mut Report) {
    let shown = seen.data.display();
    let meta = match std::fs::metadata(&seen.data) {
        Ok(meta) => meta,
        Err(error) => {
            report.todo("data folder", format!("{shown} cannot be looked at: {error}."), format!("mkdir -p {shown} && chmod 700 {shown}"));
            return;
        }
    };
    if !meta.is_dir() {
        report.todo("data folder", format!("{shown} is no folder."), "Name another with --data.");
        return;
    }
    if let Err(error) = rustix::fs::access(&seen.data, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        report.todo(
            "data folder",
            format!("{shown} cannot be written by this user: {error}."),
            "Give it to the user that runs Regulars (chown), or run doctor as that user.",
        );
        return;
    }
    let mut open = Vec::new();
    if open_to(&seen.data, 0o007) {
        open.push(format!("chmod 700 {shown}"));
    }
    for (name, bits) in [("secrets.key", 0o077), ("erasures.ledger", 0o077), ("regulars.db", 0o007)] {
        if open_to(&seen.data.join(name), bits) {
            open.push(format!("chmod 600 {}", seen.data.join(name).display()));
        }
    }
    match open.is_empty() {
        true => report.fine("data folder", format!("{shown} is writable and nobody else’s.")),
        false => report.todo("data folder", format!("What is in {shown} may be read by others on this machine."), open.join(" && ")),
    }
    room(seen, report);
}

fn room(seen: &Seen<'_>, report: &mut Report) {
    let Ok(free) = rustix::fs::statvfs(&seen.data).map(|s| s.f_bavail.saturating_mul(s.f_frsize)) else { return };
    let size = match super::target(seen) {
        Ok(Target::Sqlite(path)) => std::fs::metadata(path).map_or(0, |m| m.len()),
        _ => 0,
    };
    match is_enough(free, size) {
        true => report.fine("disk", format!("{} MB are free.", free >> 20)),
        false => report.todo(
            "disk",
            format!("{} MB are free and the database has {} MB: an upgrade or an import may not fit.", free >> 20, size >> 20),
            "Make room: keep as much free as the database is large, and no less than 1,024 MB.",
        ),
    }
}

fn is_enough(free: u64, size: u64) -> bool {
    free >= ROOM.max(size)
}

/// The key of the secrets, when there is one that can be read.
pub fn key(seen: &Seen<'_>, report: &mut Report) -> Option<Vault> {
    match config::vault_there(&seen.file, &seen.data) {
        Ok(Some(vault)) => {
            let said = if seen.file.secrets_key.is_some() { "It is given." } else { "It stands in secrets.key of the data folder." };
            report.fine("secrets key", format!("{said} Keep a copy apart from the backups."));
            Some(vault)
        }
        Ok(None) => {
            report.note("secrets key", "There is none yet; the first start makes secrets.key in the data folder.");
            None
        }
        Err(words) => {
            report.todo("secrets key", words, "Put back the key that was used before: 32 bytes in hexadecimal or base64.");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_a_gigabyte_or_the_size_of_the_database() {
        assert!(!is_enough(ROOM - 1, 0) && is_enough(ROOM, 0));
        assert!(!is_enough(5 * ROOM, 6 * ROOM) && is_enough(6 * ROOM, 6 * ROOM));
    }
}
