//! Which column of one file fills which of our fields, and how a field is read from a row. Made by
//! [`super::recognise`] or [`super::parse_map`]; the import only asks it.

use super::formula;
use super::table::Row;
use super::target::Target;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One customer in each row.
    Customers,
    /// One line of an order in each row.
    Orders,
}

impl Kind {
    /// The word in the database and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Orders => "orders",
        }
    }

    /// From the word.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Customers, Self::Orders].into_iter().find(|k| k.name() == name)
    }
}

/// How several columns make one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// All that are not empty, with a blank between.
    Blank,
    /// The first that is not empty.
    First,
}

/// One of our fields and its columns (from 0), in the order they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub target: Target,
    pub columns: Vec<usize>,
    pub join: Join,
}

/// The meaning of the columns of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub kind: Kind,
    /// `regulars`, `shopify`, …; `map` when a person said it.
    pub name: String,
    /// One for each column of the file.
    pub columns: Vec<Target>,
    pub fields: Vec<Field>,
    /// Columns nobody knows: left out, and to be named in the dry run. Those left out on purpose are not here.
    pub unknown: Vec<usize>,
}

impl Layout {
    pub(super) fn new(kind: Kind, name: &str, columns: usize) -> Layout {
        Layout { kind, name: name.into(), columns: vec![Target::Ignore; columns], fields: Vec::new(), unknown: Vec::new() }
    }

    pub(super) fn add(&mut self, target: Target, columns: Vec<usize>, join: Join) {
        for &column in &columns {
            if self.columns[column] == Target::Ignore {
                self.columns[column] = target.clone();
            }
        }
        self.fields.push(Field { target, columns, join });
    }

    pub(super) fn field_mut(&mut self, target: &Target) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.target == *target)
    }

    /// True when some column fills `target`: an empty cell then says empty, a missing column says nothing.
    pub fn has(&self, target: &Target) -> bool {
        self.fields.iter().any(|field| field.target == *target)
    }

    /// The value of `target` in `row`: without the apostrophe an export put before it, outer blanks trimmed;
    /// empty when there is none.
    pub fn text(&self, row: &Row, target: &Target) -> String {
        self.fields.iter().find(|field| field.target == *target).map_or_else(String::new, |field| field.text(row))
    }

    /// The same for a cell of several lines, of which the first may be blank: our own export writes a second street line without a first so.
    pub fn lines(&self, row: &Row, target: &Target) -> String {
        let text = self.text(row, target);
        let own = self.name == super::known::OWN && !text.is_empty();
        let raw = self.fields.iter().find(|field| own && field.target == *target).and_then(|field| field.columns.first());
        let begins = raw.is_some_and(|&column| {
            let cell = formula::restore(row.get(column));
            cell[..cell.len() - cell.trim_start().len()].contains('\n')
        });
        if begins { format!("\n{text}") } else { text }
    }

    /// The metadata of a row: key and value, empty values too.
    pub fn metadata<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a str, String)> {
        self.fields.iter().filter_map(|field| match &field.target {
            Target::Metadata(key) => Some((key.as_str(), field.text(row))),
            _ => None,
        })
    }
}

impl Field {
    fn text(&self, row: &Row) -> String {
        let mut cells = self.columns.iter().map(|&column| formula::restore(row.get(column)).trim()).filter(|cell| !cell.is_empty());
        match self.join {
            Join::First => cells.next().unwrap_or_default().to_string(),
            Join::Blank => cells.collect::<Vec<_>>().join(" "),
        }
    }
}
