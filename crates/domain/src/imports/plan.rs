//! The file before anything is written: its fingerprint, its layout, what becomes of each column. Pure but for reading the file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::state::Import;
use super::{ImportError, MatchBy, REPORT_COLUMNS, Request};
use crate::files::{self, Kind, Layout, Table, Target};

/// A file to import.
#[derive(Clone, Debug)]
pub struct Source {
    pub(super) path: PathBuf,
    /// What a workbook was made into; gone with the last who reads it.
    _csv: Option<Arc<NamedTempFile>>,
    /// Its name without folders.
    pub name: String,
    /// SHA-256 of its bytes: the same file is the same import.
    pub(super) hash: String,
    /// Its bytes, as they lie on the disk.
    pub size: u64,
}

impl Source {
    /// Reads the file once, for its fingerprint; a workbook or JSON Lines is made into CSV.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn of(path: &Path) -> Result<Self, ImportError> {
        let cannot = |e: std::io::Error| ImportError::File(format!("{} cannot be read: {e}.", path.display()));
        let mut file = File::open(path).map_err(cannot)?;
        let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
        loop {
            let n = file.read(&mut buffer).map_err(cannot)?;
            if n == 0 {
                break;
            }
            hash.update(&buffer[..n]);
            size += n as u64;
        }
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let csv = files::as_csv(&mut File::open(path).map_err(cannot)?, &std::env::temp_dir())?.map(Arc::new);
        let read = csv.as_ref().map_or(path, |csv| csv.path()).to_owned();
        Ok(Self { path: read, _csv: csv, name, hash: crate::kit::hex(&hash.finalize()), size })
    }

    /// The file of an import as it lies on the shelf, looked at when it came.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn kept(path: &Path, import: &Import) -> std::io::Result<Self> {
        let size = std::fs::metadata(path)?.len();
        Ok(Self { path: path.to_owned(), _csv: None, name: import.file_name.clone(), hash: String::new(), size })
    }

    /// Opens it for reading row by row.
    pub(super) fn table(&self) -> Result<Table, ImportError> {
        let file = File::open(&self.path).map_err(|e| ImportError::File(format!("{} cannot be read: {e}.", self.path.display())))?;
        Ok(Table::open(file)?)
    }
}

/// What will be read from a file.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Columns to fields.
    pub layout: Layout,
    /// The header of the file.
    pub header: Vec<String>,
    /// Encoding and separator, in words.
    pub written: String,
}

/// Looks at the file: which layout it has, or what the map makes of it.
///
/// # Errors
/// In words, with what to do: no header, no known layout, a map that does not fit.
pub fn plan(source: &Source, request: &Request) -> Result<Plan, ImportError> {
    let table = source.table()?;
    let header = header_of(table.header());
    let layout = match (&request.columns, &request.map) {
        (Some(fields), _) => by_hand(fields, request, &header)?,
        (None, Some(map)) => files::parse_map(map, &header).map_err(|e| ImportError::File(e.to_string()))?,
        (None, None) => files::recognise(&header).ok_or_else(|| ImportError::File(unknown(&header)))?,
    };
    if let Some(kind) = request.kind.filter(|k| *k != layout.kind) {
        return Err(ImportError::File(format!("This reads as a file of {}, not of {}. Give a --map.", layout.kind.name(), kind.name())));
    }
    if let Some(words) = unmatched(&layout, request.by) {
        return Err(ImportError::File(words));
    }
    Ok(Plan { written: written(&table), layout, header })
}

/// What is wrong when rows are to be matched by something that no column of a file of customers has.
pub(super) fn unmatched(layout: &Layout, by: MatchBy) -> Option<String> {
    let asked = match by {
        MatchBy::Auto => return None,
        MatchBy::Email => Target::Email,
        MatchBy::Number => Target::Number,
        MatchBy::ExternalId => Target::ExternalId,
    };
    let missing = layout.kind == Kind::Customers && !layout.has(&asked);
    missing.then(|| format!("No column is {}. Choose one that is, or find customers by something else.", asked.label()))
}

/// The columns of the file itself, without those of a file of failed rows.
pub(super) fn header_of(all: &[String]) -> Vec<String> {
    let known = all.len().saturating_sub(REPORT_COLUMNS.len());
    let reported = all.get(known..).is_some_and(|tail| tail.iter().map(String::as_str).eq(REPORT_COLUMNS));
    if reported { all[..known].to_vec() } else { all.to_vec() }
}

/// Encoding and separator, in words.
pub(super) fn written(table: &Table) -> String {
    let separator = if table.separator() == '\t' { "tab".to_owned() } else { format!("“{}”", table.separator()) };
    format!("{}, separator {separator}", table.encoding().name())
}

fn by_hand(fields: &[String], request: &Request, header: &[String]) -> Result<Layout, ImportError> {
    let known = files::recognise(header);
    let kind = request.kind.or(known.as_ref().map(|l| l.kind)).unwrap_or(Kind::Customers);
    let one = |wrong: Vec<(Option<usize>, files::MapError)>| wrong.iter().map(|(_, e)| e.to_string()).collect::<Vec<_>>().join(" ");
    files::choose(known.as_ref(), kind, fields, header).map_err(|wrong| ImportError::File(one(wrong)))
}

fn unknown(header: &[String]) -> String {
    format!(
        "The header of this file is not one Regulars knows: {}. Say which column is which with --map \"Name=…; Email=…\", or name a layout: {}.",
        header.join(", "),
        files::headers::ready_names().join(", ")
    )
}

impl Plan {
    /// Each column of the file and the field it fills: "Invoice → Order number".
    pub fn lines(&self) -> Vec<(String, String)> {
        let named = self.header.iter().zip(&self.layout.columns);
        named.map(|(column, target)| (column.clone(), target.label())).collect()
    }

    /// `customers` or `orders`.
    pub fn kind_name(&self) -> &'static str {
        self.layout.kind.name()
    }
}
