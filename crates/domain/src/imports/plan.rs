//! The file before anything is written: its fingerprint, its layout, what becomes of each column. Pure but for reading the file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{ImportError, REPORT_COLUMNS, Request};
use crate::files::{self, Kind, Layout, Table};

/// A file to import.
#[derive(Clone, Debug)]
pub struct Source {
    pub(super) path: PathBuf,
    /// Its name without folders.
    pub name: String,
    /// SHA-256 of its bytes: the same file is the same import.
    pub(super) hash: String,
    /// Its bytes, as they lie on the disk.
    pub size: u64,
}

impl Source {
    /// Reads the file once, for its fingerprint.
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
        Ok(Self { path: path.to_owned(), name, hash: crate::kit::hex(&hash.finalize()), size })
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
    let all = table.header();
    let known = all.len().saturating_sub(REPORT_COLUMNS.len());
    let reported = all.get(known..).is_some_and(|tail| tail.iter().map(String::as_str).eq(REPORT_COLUMNS));
    let header = if reported { all[..known].to_vec() } else { all.to_vec() };
    let layout = match &request.map {
        Some(map) => files::parse_map(map, &header).map_err(|e| ImportError::File(e.to_string()))?,
        None => files::recognise(&header).ok_or_else(|| ImportError::File(unknown(&header)))?,
    };
    if let Some(kind) = request.kind.filter(|k| *k != layout.kind) {
        let word = |k| if k == Kind::Customers { "customers" } else { "orders" };
        return Err(ImportError::File(format!("This reads as a file of {}, not of {}. Give a --map.", word(layout.kind), word(kind))));
    }
    let separator = if table.separator() == '\t' { "tab".to_owned() } else { format!("“{}”", table.separator()) };
    Ok(Plan { written: format!("{}, separator {separator}", table.encoding().name()), layout, header })
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
        match self.layout.kind {
            Kind::Customers => "customers",
            Kind::Orders => "orders",
        }
    }
}
