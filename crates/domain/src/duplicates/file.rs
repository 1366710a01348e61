//! A file of people as records: which column is which, and, where the file says it, who is who in truth. Nothing of it goes into a database.

use std::io::Read;

use likeness::Shelf;

use super::sheet::{Sheet, is_birth};
use crate::files::{Kind, Row, Table, Target, columns_of, headers};
use crate::imports::ImportError;

/// Who is one person in truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Not asked for.
    Unknown,
    /// A column of ids such as `rec-12-org` and `rec-12-dup-0`: the number is the person.
    Numbered,
    /// The column with this name: equal values are one person.
    Column(String),
}

/// The people of a file.
#[derive(Debug, Default)]
pub struct People {
    /// Their records.
    pub shelf: Shelf,
    /// Who each is in truth; as long as the shelf, or empty when nobody asked.
    pub truth: Vec<String>,
    /// What stands in the column of ids, if there is one; as long as the shelf, or empty.
    pub ids: Vec<String>,
    /// The row of the file of each, from 1.
    pub rows: Vec<u64>,
    /// Columns and what they were taken for.
    pub columns: Vec<(String, String)>,
    /// Rows that could not be read.
    pub failed: usize,
}

/// Reads a file, in whatever encoding and with whatever separator it came. `map` says what the headers do not.
///
/// # Errors
/// What is wrong with the file or the map, in words.
pub fn read(file: impl Read + Send + 'static, map: Option<&str>, truth: &Truth) -> Result<People, ImportError> {
    let said = |error: String| ImportError::File(error);
    let mut table = Table::open(file).map_err(|fault| said(fault.to_string()))?;
    let header = table.header().to_vec();
    let mut columns = columns(&header, map).map_err(said)?;
    let mut person = match truth {
        Truth::Column(name) => Some(find(&header, name).map_err(said)?),
        _ => None,
    };
    // Whoever is judged by a column must not look at it.
    columns.retain(|(_, places)| person.is_none_or(|at| !places.contains(&at)));
    if columns.is_empty() {
        return Err(said(format!("No column is known. Say which is which with --map. The file has: {}.", header.join(", "))));
    }
    let mut people = People { columns: named(&header, &columns), ..People::default() };
    let id = header.iter().position(|name| ["recid", "id", "customerid", "customernumber", "number"].contains(&plain(name).as_str()));
    let mut row = Row::default();
    while let Some(read) = table.read(&mut row) {
        if let Err(fault) = read {
            if fault.is_fatal() {
                return Err(said(fault.to_string()));
            }
            people.failed += 1;
            continue;
        }
        if *truth == Truth::Numbered && person.is_none() {
            person = Some((0..row.len()).find(|at| numbered(row.get(*at)).is_some()).ok_or_else(no_truth)?);
        }
        take(&mut people, &row, &columns, id.or(person), person, truth)?;
    }
    Ok(people)
}

fn take(
    people: &mut People,
    row: &Row,
    columns: &[(Target, Vec<usize>)],
    id: Option<usize>,
    person: Option<usize>,
    truth: &Truth,
) -> Result<(), ImportError> {
    let mut sheet = Sheet::default();
    for (target, places) in columns {
        match &places[..] {
            [place] => sheet.set(target, row.get(*place)),
            several => {
                let cells: Vec<&str> = several.iter().map(|place| row.get(*place).trim()).filter(|cell| !cell.is_empty()).collect();
                sheet.set(target, &cells.join(" "));
            }
        }
    }
    people.shelf.push(&sheet.record());
    people.rows.push(row.number());
    if let Some(id) = id {
        people.ids.push(row.get(id).trim().to_owned());
    }
    if let Some(person) = person {
        let cell = row.get(person).trim();
        people.truth.push(match truth {
            Truth::Numbered => numbered(cell)
                .ok_or_else(|| ImportError::File(format!("Row {}: “{cell}” is no id such as rec-12-org.", row.number())))?
                .to_owned(),
            _ => cell.to_owned(),
        });
    }
    Ok(())
}

fn no_truth() -> ImportError {
    ImportError::File(
        "No column holds ids such as rec-12-org and rec-12-dup-0. Name the column that says who is who: --truth=COLUMN.".to_owned(),
    )
}

/// The number of the person in `rec-12-org` and `rec-12-dup-0`.
fn numbered(id: &str) -> Option<&str> {
    let (number, rest) = id.trim().strip_prefix("rec-")?.split_once('-')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits(number) && (rest == "org" || rest.strip_prefix("dup-").is_some_and(digits))).then_some(number)
}

/// Our fields and their columns: what the map says, and for all other columns what their name says.
fn columns(header: &[String], map: Option<&str>) -> Result<Vec<(Target, Vec<usize>)>, String> {
    let said = match map {
        Some(map) => columns_of(&turned(map), header, Kind::Customers).map_err(|e| e.to_string())?,
        None => Vec::new(),
    };
    let mut all = said;
    let known = headers::recognise(header).filter(|layout| layout.kind == Kind::Customers);
    for (at, name) in header.iter().enumerate() {
        let target = by_name(&plain(name)).or_else(|| known.as_ref().map(|l| l.columns[at].clone()).filter(compared));
        if let Some(target) = target
            && !all.iter().any(|(taken, places)| *taken == target || places.contains(&at))
        {
            all.push((target, vec![at]));
        }
    }
    Ok(all)
}

/// `date_of_birth=extra:birth`, `Extra:birth=date_of_birth` and `Metadata:birth=date_of_birth` say the same.
fn turned(map: &str) -> String {
    let free = |side: &str| {
        let (word, key) = side.trim().split_once([':', '.'])?;
        ["extra", "metadata"].contains(&word.trim().to_lowercase().as_str()).then(|| key.trim().to_owned())
    };
    let turn = |pair: &str| match pair.split_once('=') {
        Some((field, column)) => match (free(field), free(column)) {
            (Some(key), _) => format!("Metadata:{key}={}", column.trim()),
            (None, Some(key)) => format!("Metadata:{key}={}", field.trim()),
            (None, None) => pair.to_owned(),
        },
        None => pair.to_owned(),
    };
    map.split(';').map(turn).collect::<Vec<_>>().join(";")
}

/// What a column of this name (letters and digits in lower case) usually holds.
fn by_name(name: &str) -> Option<Target> {
    Some(match name {
        "name" | "fullname" | "customername" | "displayname" => Target::Name,
        "givenname" | "firstname" | "forename" | "vorname" | "prenom" => Target::FirstName,
        "surname" | "lastname" | "familyname" | "nachname" | "nom" => Target::LastName,
        "email" | "emailaddress" | "mail" => Target::Email,
        "phone" | "phonenumber" | "telephone" | "tel" | "mobile" => Target::Phone,
        "company" | "companyname" | "organisation" | "organization" => Target::Company,
        "taxid" => Target::TaxId,
        "vatnumber" | "vatid" => Target::VatNumber,
        "streetnumber" | "housenumber" | "houseno" | "streetno" => Target::StreetNumber,
        "address" | "billingaddress" => Target::Address,
        "address1" | "addressline1" | "line1" | "street" | "streetname" => Target::Address1,
        "address2" | "addressline2" | "line2" => Target::Address2,
        "suburb" | "city" | "town" => Target::City,
        "postcode" | "zip" | "zipcode" | "postalcode" | "zippostalcode" | "plz" => Target::Zip,
        "state" | "province" | "region" => Target::State,
        "dateofbirth" | "dob" | "birthdate" | "birthday" | "birth" => Target::Metadata("birth".to_owned()),
        _ => return None,
    })
}

/// Ready layouts know more fields than are compared.
fn compared(target: &Target) -> bool {
    use Target as T;
    matches!(
        target,
        T::Name
            | T::FirstName
            | T::LastName
            | T::Email
            | T::Phone
            | T::Company
            | T::TaxId
            | T::VatNumber
            | T::Address
            | T::Address1
            | T::Address2
            | T::StreetNumber
            | T::City
            | T::State
            | T::Zip
    ) || matches!(target, T::Metadata(key) if is_birth(key))
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn find(header: &[String], name: &str) -> Result<usize, String> {
    header
        .iter()
        .position(|column| column == name.trim())
        .or_else(|| header.iter().position(|column| plain(column) == plain(name)))
        .ok_or_else(|| format!("The file has no column “{name}”. Columns: {}.", header.join(", ")))
}

fn named(header: &[String], columns: &[(Target, Vec<usize>)]) -> Vec<(String, String)> {
    let column = |places: &[usize]| places.iter().map(|at| header[*at].clone()).collect::<Vec<_>>().join(" + ");
    columns.iter().map(|(target, places)| (column(places), target.label())).collect()
}
