//! What a merchant's data says, without ids and without the moments at which it happened to be written: two databases that hold the same
//! trade give the same lines, whatever the engine.

use std::io::Write;

use store::{Cell, Db, Row};

use super::{DumpError, queries};
use crate::kit::MerchantId;
use crate::kit::sorter::Sorter;

/// Writes the sorted lines of a merchant; gives their number. Blocks.
pub fn stable(db: &Db, merchant: &MerchantId, mut out: impl Write) -> Result<u64, DumpError> {
    let mut lines = Sorter::new();
    db.spool(|tx| {
        for (word, statement) in queries::COMPARED {
            let mut failed = None;
            let done = tx.each(statement, &[merchant], |row| {
                lines.push(text(word, row)?.as_bytes(), b"").map_err(|e| {
                    let said = store::Error::Other(e.to_string());
                    failed = Some(e);
                    said
                })
            });
            match failed {
                Some(error) => return Err(DumpError::Io(error)),
                None => done?,
            }
        }
        Ok::<_, DumpError>(())
    })?;
    let mut count = 0;
    for line in lines.finish()? {
        out.write_all(&line?.0)?;
        out.write_all(b"\n")?;
        count += 1;
    }
    out.flush()?;
    Ok(count)
}

fn text(word: &str, row: &Row<'_>) -> Result<String, store::Error> {
    let mut line = word.to_owned();
    for at in 0.. {
        line.push('|');
        match row.cell(at) {
            None => break,
            Some(Cell::Null) => {}
            Some(Cell::Text(text)) => {
                line.push_str(&text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', "\\n").replace('\r', "\\r"))
            }
            Some(Cell::Int(n)) => line.push_str(&n.to_string()),
            Some(Cell::Bool(b)) => line.push_str(if b { "1" } else { "0" }),
            Some(Cell::Bytes(_)) => return Err(store::Error::Decode { column: at.to_string(), want: "a text or a number" }),
        }
    }
    Ok(line)
}
