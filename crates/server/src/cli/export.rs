//! `regulars export`: customers as CSV, XLSX or JSON Lines.

use std::io::BufWriter;
use std::path::PathBuf;

use clap::Args;
use domain::customers::export::{self, Extra, Selection};
use domain::files::Format;
use domain::kit::Door;

use super::{Done, Place, own};

/// Flags of `export`.
#[derive(Clone, Debug, Args)]
pub struct Export {
    /// Where it goes; `-` is the standard output.
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// csv, xlsx or jsonl; by the file's name when not said.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// More columns behind the fourteen: "status,tags,metadata.birthday,lifetime value usd", or all.
    #[arg(long, value_name = "NAMES", default_value = "")]
    columns: String,
    /// Which merchant, by name or id; needed when there are several.
    #[arg(long, value_name = "NAME|ID")]
    merchant: Option<String>,
    /// Act as if it were the end of this day where the merchant lives.
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
}

impl Export {
    /// Writes the file; one that was begun and not finished is taken away.
    ///
    /// # Errors
    /// In words.
    pub fn run(&self, place: &Place) -> Done {
        let db = place.open_there()?;
        let ctx = super::merchant(&db, self.merchant.as_deref(), Door::Cli, super::today(self.today.as_deref())?)?;
        let format = match &self.format {
            Some(text) => Format::parse(text).ok_or_else(|| format!("“{text}” is no format: csv, xlsx or jsonl."))?,
            None => self.out.to_str().and_then(Format::parse).unwrap_or(Format::Csv),
        };
        let extras = Extra::parse_all(self.columns.split(',')).map_err(|e| super::import::words(&e))?;
        let all = Selection::All;
        if self.out.as_os_str() == "-" {
            return export::export(&db, &ctx, all, &extras, format, std::io::stdout()).map(|_| ()).map_err(|e| e.to_string());
        }
        let cannot = |e: std::io::Error| format!("{} cannot be written: {e}", self.out.display());
        let half = self.out.with_extension("part");
        let file = BufWriter::with_capacity(1 << 17, own::begin(&half).map_err(cannot)?);
        match export::export(&db, &ctx, all, &extras, format, file) {
            Ok(done) => {
                own::replace(&half, &self.out).map_err(cannot)?;
                println!("{} customers are in {}", done.rows, self.out.display());
                if done.cut > 0 {
                    println!("{} texts were longer than a cell of XLSX holds and were cut.", done.cut);
                }
                Ok(())
            }
            Err(error) => {
                let _ = std::fs::remove_file(&half);
                Err(error.to_string())
            }
        }
    }
}
