//! Files that are no CSV on their way in: a workbook (XLSX) and JSON Lines become the CSV that [`super::Table`] reads, row for row, in
//! bounded memory. What cannot be read within the limits is refused in words before anything is made of it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::fault::{Fault, FaultKind};
use super::{json_lines, workbook};

/// The file as CSV, in a file of this folder that is gone when dropped; nothing when it is CSV already (or packed by gzip). Blocks.
///
/// # Errors
/// In words: damaged, too large, or no table at all.
pub fn as_csv(file: &mut File, folder: &Path) -> Result<Option<NamedTempFile>, Fault> {
    let whole = |error| Fault::whole(FaultKind::Io(error));
    let mut head = [0; 64];
    let n = read_some(file, &mut head).map_err(whole)?;
    file.seek(SeekFrom::Start(0)).map_err(whole)?;
    let is_workbook = head[..n].starts_with(b"PK\x03\x04");
    let text = head[..n].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head[..n]);
    if !is_workbook && text.trim_ascii_start().first() != Some(&b'{') {
        return Ok(None);
    }
    let made = NamedTempFile::with_prefix_in("part-", folder).map_err(whole)?;
    let mut out = BufWriter::with_capacity(1 << 17, made.as_file());
    if is_workbook {
        workbook::write_csv(file, &mut out)?
    } else {
        json_lines::write_csv(BufReader::new(file), &mut out)?
    }
    out.flush().map_err(whole)?;
    drop(out);
    Ok(Some(made))
}

fn read_some(file: &mut File, buf: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while n < buf.len() {
        match file.read(&mut buf[n..])? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}
