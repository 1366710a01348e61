//! `regulars duplicates`: who is in a file several times. It needs no database and changes nothing.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use domain::duplicates::file::{People, Truth};
use domain::duplicates::{file, judge};
use domain::files::formula;

use super::{Done, own};

/// Flags of `duplicates`.
#[derive(Clone, Debug, Args)]
pub struct Duplicates {
    /// CSV, also packed by gzip; encoding, separator and the usual columns are found.
    file: PathBuf,
    /// Our field = their column, where the headers do not say it: "First name=vor; Metadata:birth=geb"; `Metadata:` is a further field.
    #[arg(long, value_name = "MAP")]
    map: Option<String>,
    /// The file says who is who: print precision and recall. Without a column by ids such as rec-12-org and rec-12-dup-0; with one, equal values are one person.
    #[arg(long, value_name = "COLUMN", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    truth: Option<String>,
    /// Write the pairs to this file instead of printing them.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Duplicates {
    /// Finds, prints, judges.
    ///
    /// # Errors
    /// In words.
    pub fn run(&self) -> Done {
        let began = Instant::now();
        let truth = match self.truth.as_deref().map(str::trim) {
            None => Truth::Unknown,
            Some("") => Truth::Numbered,
            Some(column) => Truth::Column(column.to_owned()),
        };
        let opened = File::open(&self.file).map_err(|e| format!("{} cannot be read: {e}.", self.file.display()))?;
        let people = file::read(opened, self.map.as_deref(), &truth).map_err(|e| e.to_string())?;
        let found = likeness::find(&people.shelf);
        match &self.out {
            Some(path) => {
                let made = own::create(path).map_err(|e| format!("{} cannot be written: {e}.", path.display()))?;
                pairs(BufWriter::new(made), &people, &found)
            }
            None => pairs(BufWriter::new(std::io::stdout().lock()), &people, &found),
        }
        .or_else(|e| if e.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(format!("The pairs cannot be written: {e}.")) })?;
        self.summary(&people, &found, began);
        Ok(())
    }

    /// Behind the pairs; on standard error where standard output holds the pairs alone.
    fn summary(&self, people: &People, found: &likeness::Found, began: Instant) {
        let read: Vec<String> = people.columns.iter().map(|(column, field)| format!("{column} → {field}")).collect();
        eprintln!("Columns: {}", read.join(", "));
        if people.failed > 0 {
            eprintln!("{} rows could not be read.", people.failed);
        }
        eprintln!(
            "{} rows, {} pairs compared, {} pairs of likely one person in {} groups, {:.1} s",
            people.shelf.len(),
            found.compared,
            found.pairs.len(),
            found.groups.len(),
            began.elapsed().as_secs_f32()
        );
        if self.truth.is_some() {
            let judged = judge(found, &people.truth);
            let of = |thousandths: u64| format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
            println!("precision {} ({} of {} pairs found are right)", of(judged.precision()), judged.right, judged.found);
            println!("recall {} ({} of {} pairs there are)", of(judged.recall()), judged.right, judged.all);
        }
    }
}

/// One line for each pair: how likely, the two rows and ids, why.
fn pairs(mut out: impl Write, people: &People, found: &likeness::Found) -> std::io::Result<()> {
    writeln!(out, "probability,row_a,row_b,id_a,id_b,why")?;
    for pair in &found.pairs {
        let (a, b) = (pair.a as usize, pair.b as usize);
        let id = |at: usize| people.ids.get(at).map_or("", String::as_str);
        let why = likeness::why(pair.pattern);
        let why = if pair.through { format!("Through a third record that is like both. {why}") } else { why };
        let cell = |text: &str| format!("\"{}\"", formula::neutralise(text).replace('"', "\"\""));
        let (row_a, row_b) = (people.rows[a], people.rows[b]);
        writeln!(out, "{:.4},{row_a},{row_b},{},{},{}", pair.probability, cell(id(a)), cell(id(b)), cell(&why))?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_written_with_rows_ids_and_why_and_no_cell_runs_as_a_formula() {
        let text = "id,name,email,city\n=1+1,Ana Ruiz,ana.ruiz@example.es,Madrid\n7,Bo Lund,bo@example.dk,Odense\n8,Ana Ruis,ana.ruiz@example.es,Madrid\n";
        let people = file::read(text.as_bytes(), None, &Truth::Unknown).unwrap();
        let mut out = Vec::new();
        pairs(&mut out, &people, &likeness::find(&people.shelf)).unwrap();
        let lines: Vec<String> = String::from_utf8(out).unwrap().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[0], "probability,row_a,row_b,id_a,id_b,why");
        assert!(lines[1].contains(",1,3,\"'=1+1\",\"8\",\"Same first name, city and e-mail; last name nearly the same\""), "{}", lines[1]);
    }
}
