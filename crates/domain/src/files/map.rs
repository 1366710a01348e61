//! The map a person writes for a file nobody knows: `Name=Full name; Address=street_number+address_1`, our
//! field on the left, their columns on the right, several joined by a blank with `+`. Or the name of a
//! ready layout. Every mistake is answered with what would be possible.

use super::headers::{self, fold, is_secret, kind_of};
use super::layout::{Join, Kind, Layout};
use super::target::{CUSTOMER_FIELDS, ORDER_FIELDS, Target};

/// What is wrong with a map.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    #[error("The map is empty. Write Field=Column pairs with ; between them, or one of: {}.", headers::ready_names().join(", "))]
    Empty,
    #[error("\"{0}\" is no pair. Write Field=Column, or one of: {ready}.", ready = headers::ready_names().join(", "))]
    NoPair(String),
    #[error("There is no field \"{given}\". Fields: {}, Metadata:key.", known.join(", "))]
    UnknownField { given: String, known: Vec<&'static str> },
    #[error("The file has no column \"{given}\". Columns: {}.", known.join(", "))]
    UnknownColumn { given: String, known: Vec<String> },
    #[error("The column name \"{0}\" stands more than once in the file. Rename one of them.")]
    DoubleColumn(String),
    #[error("The field {0} is mapped twice. Join columns with + instead.")]
    Twice(String),
    #[error("The column \"{0}\" looks like a password. Passwords are never read.")]
    Secret(String),
    #[error("{field} is chosen for two columns, \"{first}\" and \"{second}\". Leave one of them out.")]
    TwoColumns { field: String, first: String, second: String },
    #[error("The map lacks {0}.")]
    Lacks(String),
    #[error("The columns are not those of {name}. The file has: {}.", header.join(", "))]
    NotThisLayout { name: &'static str, header: Vec<String> },
}

/// Reads a map, or the name of a ready one, against the header of the file.
pub fn parse_map(map: &str, header: &[String]) -> Result<Layout, MapError> {
    if let Some(ready) = headers::ready(map, header) {
        return ready;
    }
    let kind = kind_of(&pairs(map)?.iter().map(|(field, _)| fold(field)).collect::<Vec<_>>());
    let mut layout = Layout::new(kind, "map", header.len());
    for (target, columns) in columns_of(map, header, kind)? {
        layout.add(target, columns, Join::Blank);
    }
    layout.unknown =
        (0..header.len()).filter(|&index| layout.columns[index] == Target::Ignore && !is_secret(&fold(&header[index]))).collect();
    enough(&layout)?;
    Ok(layout)
}

/// A layout that a person chose column by column: for each column the name of our field, or nothing to leave it out. What stands as `base`
/// (the recognised layout) has it keeps its meaning, so that a file that is recognised and little changed stays what it is.
///
/// # Errors
/// Every mistake, with the place of its column (from 0) where it is about one.
pub fn choose(base: Option<&Layout>, kind: Kind, fields: &[String], header: &[String]) -> Result<Layout, Vec<(Option<usize>, MapError)>> {
    let base = base.filter(|b| b.kind == kind);
    let kept = |at: usize| base.filter(|b| b.columns[at].label() == fields[at]).map(|b| b.columns[at].clone());
    if let Some(base) = base.filter(|b| (0..header.len()).all(|at| fields.get(at).is_some_and(|f| *f == said(&b.columns[at])))) {
        return Ok(base.clone());
    }
    let mut layout = Layout::new(kind, base.map_or("map", |b| b.name.as_str()), header.len());
    let (mut wrong, mut chosen): (Vec<(Option<usize>, MapError)>, Vec<(Target, Vec<usize>)>) = (Vec::new(), Vec::new());
    for (at, column) in header.iter().enumerate() {
        let field = fields.get(at).map_or("", |f| f.trim());
        if field.is_empty() {
            layout.unknown.push(at);
            continue;
        }
        let found =
            if is_secret(&fold(column)) { Err(MapError::Secret(column.clone())) } else { kept(at).map_or_else(|| target(field, kind), Ok) };
        match found {
            Err(error) => wrong.push((Some(at), error)),
            Ok(target) => match chosen.iter_mut().find(|(known, _)| *known == target) {
                None => chosen.push((target, vec![at])),
                // A known layout may fill a field from the first of several columns that is filled.
                Some((_, columns)) if base.is_some_and(|b| b.columns[at] == target && columns.iter().all(|c| b.columns[*c] == target)) => {
                    columns.push(at)
                }
                Some((_, columns)) => {
                    let (first, second) = (header[columns[0]].clone(), column.clone());
                    wrong.push((Some(at), MapError::TwoColumns { field: target.label(), first, second }));
                }
            },
        }
    }
    for (target, columns) in chosen {
        layout.add(target, columns, Join::First);
    }
    if wrong.is_empty() {
        enough(&layout).map_err(|error| vec![(None, error)])?;
        Ok(layout)
    } else {
        Err(wrong)
    }
}

/// The name of a field as a person chooses it: nothing for a column that is left out.
pub fn said(target: &Target) -> String {
    if *target == Target::Ignore { String::new() } else { target.label() }
}

/// What each pair of a map says: our field, and the places of its columns. Unlike [`parse_map`] it asks for no field in particular.
pub fn columns_of(map: &str, header: &[String], kind: Kind) -> Result<Vec<(Target, Vec<usize>)>, MapError> {
    let mut all: Vec<(Target, Vec<usize>)> = Vec::new();
    for (field, columns) in pairs(map)? {
        let target = target(&field, kind)?;
        if all.iter().any(|(known, _)| *known == target) {
            return Err(MapError::Twice(target.label()));
        }
        all.push((target, find_columns(&columns, header)?));
    }
    Ok(all)
}

/// The fields a map of this kind may name.
pub fn fields(kind: Kind) -> Vec<&'static str> {
    table(kind).iter().map(|(label, _)| *label).collect()
}

fn table(kind: Kind) -> &'static [(&'static str, Target)] {
    match kind {
        Kind::Customers => CUSTOMER_FIELDS,
        Kind::Orders => ORDER_FIELDS,
    }
}

fn pairs(map: &str) -> Result<Vec<(String, String)>, MapError> {
    let mut pairs = Vec::new();
    for part in split(map, &[';', '\n']) {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        match part.split_once('=') {
            Some((field, columns)) if !field.trim().is_empty() && !columns.trim().is_empty() => {
                pairs.push((field.trim().to_string(), columns.trim().to_string()));
            }
            _ => return Err(MapError::NoPair(part.to_string())),
        }
    }
    if pairs.is_empty() { Err(MapError::Empty) } else { Ok(pairs) }
}

/// Splits outside of double quotes, which keep a `;` or `+` that belongs to a name.
fn split<'a>(text: &'a str, at: &[char]) -> Vec<&'a str> {
    let mut quoted = false;
    text.split(|c| {
        quoted ^= c == '"';
        !quoted && at.contains(&c)
    })
    .collect()
}

fn target(field: &str, kind: Kind) -> Result<Target, MapError> {
    if let Some((name, key)) = field.split_once([':', '.'])
        && fold(name) == "metadata"
        && !key.trim().is_empty()
    {
        return Ok(Target::Metadata(key.trim().to_string()));
    }
    let folded = fold(field);
    let named = match (kind, folded.as_str()) {
        (_, "zippostalcode" | "postcode" | "postalcode") => "zip",
        (Kind::Customers, "customernumber") => "number",
        (Kind::Customers, "created") => "createdat",
        (Kind::Customers, "notes") => "note",
        (Kind::Orders, "number") => "customernumber",
        (Kind::Orders, "name") => "customername",
        (Kind::Orders, "email") => "customeremail",
        (Kind::Orders, "country") => "customercountry",
        (_, other) => other,
    };
    match table(kind).iter().find(|(label, _)| fold(label) == named) {
        Some((_, target)) => Ok(target.clone()),
        None => Err(MapError::UnknownField { given: field.to_string(), known: fields(kind) }),
    }
}

/// The whole text as one column name, else its parts between `+`.
fn find_columns(columns: &str, header: &[String]) -> Result<Vec<usize>, MapError> {
    match find_column(columns, header) {
        Err(MapError::UnknownColumn { .. }) => {}
        found => return found.map(|index| vec![index]),
    }
    split(columns, &['+']).into_iter().map(|column| find_column(column, header)).collect()
}

/// The exact name first; else the only column that differs just in case, blanks and punctuation.
fn find_column(given: &str, header: &[String]) -> Result<usize, MapError> {
    let given = given.trim().trim_matches('"').trim();
    let folded = fold(given);
    let exact: Vec<usize> = (0..header.len()).filter(|&index| header[index] == given).collect();
    let alike = || (0..header.len()).filter(|&index| fold(&header[index]) == folded).collect::<Vec<_>>();
    let found = if exact.is_empty() && !folded.is_empty() { alike() } else { exact };
    match found[..] {
        [] => Err(MapError::UnknownColumn { given: given.to_string(), known: header.to_vec() }),
        [index] if is_secret(&fold(&header[index])) => Err(MapError::Secret(header[index].clone())),
        [index] => Ok(index),
        _ => Err(MapError::DoubleColumn(given.to_string())),
    }
}

/// Without these nothing could be made of a row.
fn enough(layout: &Layout) -> Result<(), MapError> {
    let lacks = |targets: &[Target]| {
        let missing: Vec<_> = targets.iter().filter(|target| !layout.has(target)).map(Target::label).collect();
        if missing.is_empty() { Ok(()) } else { Err(MapError::Lacks(missing.join(", "))) }
    };
    match layout.kind {
        Kind::Orders => lacks(&[Target::OrderNumber, Target::OrderedAt, Target::Quantity, Target::UnitPrice]),
        Kind::Customers => {
            let any = [Target::Name, Target::FirstName, Target::LastName, Target::Email, Target::Company, Target::Number];
            if any.iter().any(|target| layout.has(target)) || layout.has(&Target::ExternalId) {
                return Ok(());
            }
            Err(MapError::Lacks("something to know a customer by: Name, Email, Company or Number".into()))
        }
    }
}
