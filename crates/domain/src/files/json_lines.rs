//! JSON Lines, one object a line, as CSV. The columns are the names of all objects, in the order in which they are met.

use std::collections::HashSet;
use std::io::{BufRead, Read as _, Seek, SeekFrom, Write};

use serde_json::{Map, Value};

use super::fault::{Fault, FaultKind};
use super::read::MAX_CELLS;
use super::write::{Cell, csv_line};

/// The longest line.
const MAX_LINE: u64 = 8 << 20;

pub(super) fn write_csv(mut lines: impl BufRead + Seek, out: &mut impl Write) -> Result<(), Fault> {
    let (mut names, mut known) = (Vec::new(), HashSet::new());
    each(&mut lines, &mut |object, line| {
        for name in object.keys() {
            if known.insert(name.clone()) {
                names.push(name.clone());
            }
        }
        if names.len() > MAX_CELLS { Err(Fault { kind: FaultKind::ManyCells, line, number: 0, row: None }) } else { Ok(()) }
    })?;
    if names.is_empty() {
        return Err(Fault::whole(FaultKind::Empty));
    }
    lines.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut buffer = Vec::new();
    csv_line(&mut buffer, names.iter().map(|name| Cell::Text(name)));
    each(&mut lines, &mut |object, _| {
        let cells: Vec<String> = names.iter().map(|name| text(object.get(name))).collect();
        csv_line(&mut buffer, cells.iter().map(|cell| Cell::Text(cell)));
        if buffer.len() > 1 << 16 {
            out.write_all(&buffer).map_err(io)?;
            buffer.clear();
        }
        Ok(())
    })?;
    out.write_all(&buffer).map_err(io)
}

fn each(lines: &mut impl BufRead, take: &mut dyn FnMut(&Map<String, Value>, u64) -> Result<(), Fault>) -> Result<(), Fault> {
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        number += 1;
        let read = lines.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line).map_err(io)?;
        if read == 0 {
            return Ok(());
        }
        if line.len() as u64 > MAX_LINE {
            return Err(Fault { kind: FaultKind::LongRow, line: number, number: 0, row: None });
        }
        let bare = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        if bare.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Value>(bare) {
            Ok(Value::Object(object)) => take(&object, number)?,
            _ => return Err(Fault { kind: FaultKind::NotJson, line: number, number: 0, row: None }),
        }
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn io(error: std::io::Error) -> Fault {
    Fault::whole(FaultKind::Io(error))
}
