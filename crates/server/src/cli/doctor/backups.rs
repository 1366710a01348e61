//! The folder of the backups: is the newest young, whole by its look, and is the ledger kept apart from it?

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use domain::kit::{Clock, SystemClock};

use super::{Report, Seen};

/// A daily backup that is older than this was missed.
const OLD: Duration = Duration::from_secs(36 * 3600);

/// Looks at the newest file of the folder.
pub fn newest(seen: &Seen<'_>, folder: &Path, report: &mut Report) {
    let check = "backups";
    let inside = |a: &Path, b: &Path| matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a.starts_with(&b));
    if inside(&seen.data, folder) {
        report.todo(
            check,
            format!(
                "The data folder is inside of {}: the erasure ledger and the key would be kept with what they guard.",
                folder.display()
            ),
            "Keep backups in a folder of their own, best on another machine.",
        );
        return;
    }
    let newest = match files(folder) {
        Ok(files) => files.into_iter().max_by_key(|(at, _, _)| *at),
        Err(error) => {
            return report.todo(
                check,
                format!("{} cannot be read: {error}.", folder.display()),
                "Name the folder that regulars backup writes to.",
            );
        }
    };
    let Some((at, path, size)) = newest else {
        return report.todo(check, format!("There is none in {}.", folder.display()), "Let a timer run regulars backup every night.");
    };
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(SystemClock.now()).unwrap_or_default());
    let age = now.duration_since(at).unwrap_or_default();
    let shown = path.display();
    if size == 0 {
        report.todo(check, format!("The newest, {shown}, is empty."), "Look why regulars backup ended early: is the disk full?");
    } else if age > OLD {
        report.todo(
            check,
            format!("The newest, {shown}, is {} hours old.", age.as_secs() / 3600),
            "Look why the timer of regulars backup did not run.",
        );
    } else {
        report.fine(check, format!("{shown} is {} hours old. Try a restore now and then.", age.as_secs() / 3600));
    }
}

/// Finished files with their time and size; one that is still written ends in `.part`.
fn files(folder: &Path) -> std::io::Result<Vec<(SystemTime, PathBuf, u64)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        let half = entry.path().extension().is_some_and(|e| e == "part");
        if meta.is_file() && !half {
            found.push((meta.modified()?, entry.path(), meta.len()));
        }
    }
    Ok(found)
}
