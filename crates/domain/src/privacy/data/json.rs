//! The file for programs: one object, a list of rows for each table, in the words of the database.

use std::io::{Result, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::cells::Cell;
use super::{Head, Paper};
use crate::kit::rfc3339;

/// The name of the layout; it only grows.
const LAYOUT: &str = "regulars.personal-data.v1";

pub(super) struct Json<W> {
    out: W,
    sections: usize,
    rows: usize,
}

impl<W: Write> Json<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, sections: 0, rows: 0 }
    }

    fn close(&mut self) -> Result<()> {
        if self.sections > 0 {
            self.out.write_all(b"]}")?;
        }
        Ok(())
    }
}

impl<W: Write> Paper for Json<W> {
    fn begin(&mut self, head: &Head) -> Result<()> {
        write!(
            self.out,
            "{{\"layout\":\"{LAYOUT}\",\"merchant\":{},\"name\":{},\"customers\":{},\"made_at\":\"{}\",\"sections\":[",
            json!(head.merchant),
            json!(head.name),
            json!(head.customers),
            rfc3339(head.made_at)
        )
    }

    fn section(&mut self, heading: &str, table: &'static str) -> Result<()> {
        self.close()?;
        let comma = if self.sections > 0 { "," } else { "" };
        (self.sections, self.rows) = (self.sections + 1, 0);
        write!(self.out, "{comma}\n{{\"heading\":{},\"table\":\"{table}\",\"rows\":[", json!(heading))
    }

    fn row(&mut self, cells: &[(&'static str, Cell)]) -> Result<()> {
        let comma = if self.rows > 0 { "," } else { "" };
        self.rows += 1;
        let pairs: Vec<String> = cells.iter().map(|(name, cell)| format!("\"{name}\":{}", value(cell))).collect();
        write!(self.out, "{comma}\n{{{}}}", pairs.join(","))
    }

    fn end(&mut self) -> Result<()> {
        self.close()?;
        self.out.write_all(b"]}\n")?;
        self.out.flush()
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Nothing => Value::Null,
        Cell::Text(text) | Cell::Day(text) => json!(text),
        Cell::Number(n) => json!(n),
        Cell::Yes(b) => json!(b),
        Cell::Amount(money) => json!({ "amount": money.minor, "currency": money.currency, "decimal": money.plain() }),
        Cell::At(at) => json!(rfc3339(*at)),
        Cell::Json(json) => json.clone(),
        Cell::File(bytes, media) => json!({ "media_type": media, "base64": STANDARD.encode(bytes) }),
    }
}
