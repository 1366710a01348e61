//! A file before it is imported: its columns with values that stand in them, what is recognised, and what the choices of a person make of it.

use super::plan::{self, Plan, Source, header_of};
use super::shelf::Shelf;
use super::state::Import;
use super::{ImportError, Request};
use crate::files::{self, Kind, Layout, MapError, Row, formula};
use crate::kit::{Error, Problems, Result};

/// So many columns can be chosen one by one.
pub const COLUMNS_MAX: usize = 200;
/// Values shown of a column, and rows looked at for them.
const SAMPLES: usize = 3;
const ROWS: usize = 50;
/// Characters of a shown value.
const SHOWN: usize = 60;

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Our field, or nothing when it is left out.
    pub field: String,
    /// The first different values that stand in it.
    pub samples: Vec<String>,
}

/// The file as a person sees it before anything is written.
#[derive(Clone, Debug)]
pub struct Look {
    /// What was asked so far.
    pub request: Request,
    /// What the file holds.
    pub kind: Kind,
    /// The layout that is recognised; empty when none is.
    pub layout: String,
    /// Encoding and separator, in words.
    pub written: String,
    /// All columns.
    pub columns: Vec<Column>,
}

/// Looks at the file of an import that is not started. Reads its first rows; blocks.
///
/// # Errors
/// A conflict `import_file_gone` when the file is not there any more.
pub fn look(shelf: &Shelf, import: &Import, kind: Option<Kind>) -> Result<Look> {
    let request = asked(import)?;
    let source = source(shelf, import)?;
    let mut table = source.table().map_err(refused)?;
    let written = plan::written(&table);
    let header = header_of(table.header());
    let mut samples = vec![Vec::<String>::new(); header.len()];
    let mut row = Row::default();
    for _ in 0..ROWS {
        match table.read(&mut row) {
            None => break,
            Some(Err(_)) => continue,
            Some(Ok(())) => {}
        }
        for (at, seen) in samples.iter_mut().enumerate().filter(|(_, seen)| seen.len() < SAMPLES) {
            let value: String = formula::restore(row.get(at)).trim().chars().take(SHOWN).collect();
            if !value.is_empty() && !seen.contains(&value) {
                seen.push(value);
            }
        }
    }
    let known = files::recognise(&header);
    let kind = kind.or(request.kind).or(known.as_ref().map(|l| l.kind)).unwrap_or(Kind::Customers);
    let base = known.as_ref().filter(|l| l.kind == kind);
    let chosen = request.columns.as_ref().filter(|c| c.len() == header.len() && request.kind.is_none_or(|k| k == kind));
    let field = |at: usize| match (chosen, base) {
        (Some(fields), _) => fields[at].clone(),
        (None, Some(layout)) => files::said(&layout.columns[at]),
        (None, None) => String::new(),
    };
    let columns = header.iter().zip(samples).enumerate();
    let columns = columns.map(|(at, (name, samples))| Column { name: name.clone(), field: field(at), samples }).collect();
    Ok(Look { kind, layout: base.map_or_else(String::new, |l| l.name.clone()), written, columns, request })
}

/// What these choices make of the file. Blocks.
///
/// # Errors
/// Field errors: `columns.3` for the column in the fourth place, `columns` for all of them, `match_by` when no column has it; a conflict `import_file_gone`.
pub fn chosen(shelf: &Shelf, import: &Import, request: &Request) -> Result<Plan> {
    let source = source(shelf, import)?;
    let header = header_of(source.table().map_err(refused)?.header());
    if let Some(fields) = &request.columns {
        if fields.len() != header.len() {
            let words = format!("The file has {} columns, and {} are spoken of.", header.len(), fields.len());
            return Err(Problems::one("columns", "invalid", words));
        }
        let known = files::recognise(&header);
        let kind = request.kind.or(known.as_ref().map(|l| l.kind)).unwrap_or(Kind::Customers);
        match files::choose(known.as_ref(), kind, fields, &header) {
            Ok(layout) => matched(&layout, request)?,
            Err(wrong) => {
                let mut problems = Problems::default();
                for (at, error) in wrong {
                    let field = at.map_or_else(|| "columns".to_owned(), |at| format!("columns.{at}"));
                    let code = if matches!(error, MapError::TwoColumns { .. } | MapError::Twice(_)) { "taken" } else { "invalid" };
                    problems.add(field, code, error.to_string());
                }
                return Err(Error::Invalid(problems));
            }
        }
    } else if let Some(layout) = files::recognise(&header) {
        matched(&layout, request)?;
    }
    plan::plan(&source, request).map_err(|e| match e {
        ImportError::File(words) => Problems::one("columns", "invalid", words),
        other => refused(other),
    })
}

fn matched(layout: &Layout, request: &Request) -> Result<()> {
    plan::unmatched(layout, request.by).map_or(Ok(()), |words| Err(Problems::one("match_by", "no_column", words)))
}

/// What was asked for an import.
pub(super) fn asked(import: &Import) -> Result<Request> {
    let gone = || Error::conflict("import_columns", "Say which column is which, and which shop, before this import goes on.");
    Request::read(&import.input).ok_or_else(gone)
}

/// Its file.
pub(super) fn source(shelf: &Shelf, import: &Import) -> Result<Source> {
    let gone = |_| Error::conflict("import_file_gone", "The uploaded file is not here any more. Upload it again.");
    Source::kept(&shelf.file(&import.id), import).map_err(gone)
}

fn refused(error: ImportError) -> Error {
    match error {
        ImportError::Domain(error) => error,
        ImportError::File(words) => Error::conflict("import_file", words),
        ImportError::Io(error) => Error::Internal(format!("the file of an import: {error}")),
    }
}
