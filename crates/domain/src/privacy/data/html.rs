//! The file for people: one HTML file that needs nothing from outside, reads on a phone, in the dark, and on paper.

use std::io::{Result, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::cells::Cell;
use super::{Head, Paper, words};
use crate::kit::{Micros, Zone};

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2321;--soft:#5b6360;--line:#d9d7d0;--paper:#fbfaf7}\
@media(prefers-color-scheme:dark){:root{--ink:#e8e6e0;--soft:#a3aaa6;--line:#3a403d;--paper:#161918}}\
body{margin:0 auto;max-width:52rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.125rem;margin:2.5rem 0 .5rem;border-block-end:2px solid var(--ink)}\
p,dt{color:var(--soft)}a{color:inherit}\
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.125rem 1rem;margin:0;padding:.75rem 0;border-block-end:1px solid var(--line)}\
dt,dd{margin:0}img{max-width:12rem;height:auto}\
@media(max-width:30rem){dl{grid-template-columns:1fr}dd{margin-block-end:.5rem}}\
@media print{:root{--paper:#fff;--ink:#000;--soft:#333;--line:#bbb}body{padding:0;font-size:10pt}dl{break-inside:avoid}h2{break-after:avoid}}";

pub(super) struct Html<W> {
    out: W,
    zone: Zone,
    zone_name: String,
    /// A section whose heading waits for its first row: what is empty is not shown.
    waits: Option<String>,
    /// How many sections there are: no two have one name.
    sections: usize,
    /// Which table the rows are of.
    table: &'static str,
    open: bool,
}

impl<W: Write> Html<W> {
    pub(super) fn new(out: W, zone: Zone, zone_name: String) -> Self {
        Self { out, zone, zone_name, waits: None, sections: 0, table: "", open: false }
    }

    fn close(&mut self) -> Result<()> {
        if std::mem::take(&mut self.open) { self.out.write_all(b"</section>\n") } else { Ok(()) }
    }

    fn moment(&self, at: Micros) -> String {
        self.zone.civil(at).strftime("%-d %b %Y, %H:%M:%S").to_string()
    }

    fn value(&self, cell: &Cell) -> String {
        match cell {
            Cell::Nothing => String::new(),
            Cell::Text(text) | Cell::Day(text) => escaped(text),
            Cell::Number(n) => n.to_string(),
            Cell::Yes(b) => if *b { "yes" } else { "no" }.to_owned(),
            Cell::Amount(money) => escaped(&format!("{money} ({})", money.currency)),
            Cell::At(at) => self.moment(*at),
            Cell::Json(json) => escaped(&flat(json)),
            Cell::File(bytes, media) => file(bytes, media),
        }
    }
}

impl<W: Write> Paper for Html<W> {
    fn begin(&mut self, head: &Head) -> Result<()> {
        let (merchant, name) = (escaped(&head.merchant), escaped(&head.name));
        write!(
            self.out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
            <title>Data of {name}</title><style>{STYLE}</style></head><body>\n<header><h1 dir=\"auto\">Data of {name}</h1>\
            <p>All that {merchant} keeps about this person, as of {} ({}).{}</p></header>\n<main>\n",
            self.moment(head.made_at),
            escaped(&self.zone_name),
            if head.customers.len() > 1 { " It includes what came from other records that were merged into this one." } else { "" }
        )
    }

    fn section(&mut self, heading: &str, table: &'static str) -> Result<()> {
        self.close()?;
        (self.waits, self.table) = (Some(heading.to_owned()), table);
        Ok(())
    }

    fn row(&mut self, cells: &[(&'static str, Cell)]) -> Result<()> {
        if let Some(heading) = self.waits.take() {
            (self.open, self.sections) = (true, self.sections + 1);
            let n = self.sections;
            writeln!(self.out, "<section aria-labelledby=\"s{n}\"><h2 id=\"s{n}\">{}</h2>", escaped(&heading))?;
        }
        self.out.write_all(b"<dl>")?;
        for (name, cell) in cells.iter().filter(|(name, _)| !words::is_for_programs(self.table, name)) {
            let value = words::said(self.table, name, cell).map_or_else(|| self.value(cell), |said| escaped(&said));
            if !value.is_empty() {
                write!(self.out, "<dt>{}</dt><dd dir=\"auto\">{value}</dd>", escaped(&words::label(self.table, name)))?;
            }
        }
        self.out.write_all(b"</dl>\n")
    }

    fn end(&mut self) -> Result<()> {
        self.close()?;
        writeln!(self.out, "</main></body></html>")?;
        self.out.flush()
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A picture is seen; any other file can be taken out.
fn file(bytes: &[u8], media: &str) -> String {
    let (data, media) = (STANDARD.encode(bytes), escaped(media));
    if media.starts_with("image/") {
        format!("<img alt=\"Picture\" src=\"data:{media};base64,{data}\">")
    } else {
        format!("<a download href=\"data:{media};base64,{data}\">Save the file ({} bytes)</a>", bytes.len())
    }
}

/// `line1: 1 rue A, city: Paris`; what is empty is left out, and counts of changes are.
fn flat(json: &Value) -> String {
    match json {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(flat).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", "),
        Value::Object(all) => {
            let pair = |(key, value): (&String, &Value)| Some(flat(value)).filter(|t| !t.is_empty()).map(|text| format!("{key}: {text}"));
            all.iter().filter(|(key, _)| *key != "version").filter_map(pair).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
