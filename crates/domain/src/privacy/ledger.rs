//! The erasure ledger: who was anonymised, as ids only, in a file beside the database and never inside of a backup, so that restoring an old backup
//! brings nobody back. A line is a merchant, a customer and the moment; it is on the disk before anybody is answered.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::kit::{CustomerId, Error, MerchantId, Micros, Result};

/// The file. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ledger {
    path: PathBuf,
    /// One process writes one line after the other.
    turn: Arc<Mutex<()>>,
}

impl Ledger {
    /// In a data folder; the file is made with the first line.
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join("erasures.ledger"), turn: Arc::default() }
    }

    /// Adds lines and waits until the disk has them.
    ///
    /// # Errors
    /// `Internal` with what the disk said.
    pub(super) fn append(&self, lines: &[(MerchantId, CustomerId, Micros)]) -> Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.write(lines).map_err(|e| Error::Internal(format!("the erasure ledger {}: {e}", self.path.display())))
    }

    fn write(&self, lines: &[(MerchantId, CustomerId, Micros)]) -> std::io::Result<()> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.path)?;
        let mut text = String::new();
        // A line that a kill cut short ends here, and counts for nothing.
        let length = file.seek(SeekFrom::End(0))?;
        if length > 0 {
            let mut last = [0u8];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                text.push('\n');
            }
        }
        for (merchant, customer, at) in lines {
            text.push_str(&format!("{merchant} {customer} {at}\n"));
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match self.path.parent().filter(|p| length == 0 && !p.as_os_str().is_empty()) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }

    /// Everybody in it. What is no whole line is passed over.
    ///
    /// # Errors
    /// `Internal` when there is a file that cannot be read.
    pub(crate) fn read(&self) -> Result<BTreeMap<(String, String), Micros>> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(e) => return Err(Error::Internal(format!("the erasure ledger {}: {e}", self.path.display()))),
        };
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        Ok(whole.lines().filter_map(line).collect())
    }
}

fn line(text: &str) -> Option<((String, String), Micros)> {
    let mut words = text.split(' ');
    let merchant: MerchantId = words.next()?.parse().ok()?;
    let customer: CustomerId = words.next()?.parse().ok()?;
    Some(((merchant.to_string(), customer.to_string()), words.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_and_a_cut_one_counts_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::of(folder.path());
        assert!(ledger.read().unwrap().is_empty());
        let (m, a, b) = (MerchantId::of(&[1; 16]), CustomerId::of(&[2; 16]), CustomerId::of(&[3; 16]));
        ledger.append(&[(m.clone(), a.clone(), 7)]).unwrap();
        let file = folder.path().join("erasures.ledger");
        let mut text = std::fs::read_to_string(&file).unwrap();
        text.push_str(&format!("{m} cus_0"));
        std::fs::write(&file, text).unwrap();
        assert_eq!(ledger.read().unwrap().len(), 1);
        ledger.append(&[(m.clone(), b.clone(), 8), (m.clone(), a.clone(), 9)]).unwrap();
        let read = ledger.read().unwrap();
        assert_eq!(read.keys().map(|(_, c)| c.as_str()).collect::<Vec<_>>(), [a.as_str(), b.as_str()]);
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "nobody else’s");
    }
}
