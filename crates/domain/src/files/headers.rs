//! Recognises a file by its header line: case, blanks, punctuation, `*` marks, a byte order mark and hints
//! in brackets make no difference. Also the names of our own export, so that what is written is what is
//! read. A column that looks like a password is never read.

use super::known::{KNOWN, Known, OWN};
use super::layout::{Join, Kind, Layout};
use super::map::MapError;
use super::target::Target;

/// The columns every export begins with, in this order (SPEC 9.1).
pub const EXPORT_COLUMNS: [&str; 14] = [
    "Name",
    "Email",
    "Company",
    "Company ID",
    "Company Email",
    "Tax ID",
    "Phone",
    "Address",
    "City",
    "State",
    "Zip/Postal Code",
    "Country",
    "VAT Number",
    "Lifetime Value",
];

/// More columns of our own export, behind the fourteen and only when asked for (SPEC 9.1). Metadata and other
/// currencies have a column each: see [`metadata_column`] and [`lifetime_column`].
pub const EXTRA_COLUMNS: [&str; 26] = [
    "ID",
    "Customer Number",
    "External ID",
    "First Name",
    "Last Name",
    "Further Emails",
    "Further Phones",
    "Shop",
    "Group",
    "Tags",
    "Note",
    "Language",
    "Marketing Consent",
    "Active",
    "Created",
    "Status",
    "Payment Method",
    "Payment Method Status",
    "First Order",
    "Last Order",
    "Orders",
    "Delivery Address",
    "Delivery City",
    "Delivery State",
    "Delivery Zip/Postal Code",
    "Delivery Country",
];

const METADATA: &str = "metadata:";

/// The header of the column of one metadata key.
pub fn metadata_column(key: &str) -> String {
    format!("Metadata: {key}")
}

/// The header of the column of the lifetime value in another currency (ISO 4217).
pub fn lifetime_column(currency: &str) -> String {
    format!("Lifetime Value {currency}")
}

/// The ready layout that fits `header` best; None when a map is needed.
pub fn recognise(header: &[String]) -> Option<Layout> {
    let folded = fold_all(header);
    // the first of equals wins: ours
    KNOWN
        .iter()
        .filter(|known| known.fits(header, &folded))
        .map(|known| (known.known_columns(&folded), known))
        .rev()
        .max_by_key(|(score, _)| *score)
        .map(|(_, known)| known.lay(header, &folded))
}

/// The ready layout called `name`, laid over `header`. None when no ready layout has this name.
pub(super) fn ready(name: &str, header: &[String]) -> Option<Result<Layout, MapError>> {
    let folded = fold_all(header);
    let mut named = KNOWN.iter().filter(|known| known.name == name.trim().to_ascii_lowercase()).peekable();
    let first = *named.peek()?;
    let best = named.filter(|known| known.signed(&folded)).max_by_key(|known| known.known_columns(&folded));
    Some(match best {
        Some(known) if known.known_columns(&folded) > 0 => Ok(known.lay(header, &folded)),
        _ => Err(MapError::NotThisLayout { name: first.name, header: header.to_vec() }),
    })
}

/// The names of the ready layouts.
pub fn ready_names() -> Vec<&'static str> {
    let mut names: Vec<_> = KNOWN.iter().map(|known| known.name).collect();
    names.dedup();
    names
}

impl Known {
    fn signed(&self, folded: &[String]) -> bool {
        self.signature.iter().all(|name| folded.iter().any(|column| column == name))
    }

    fn known_columns(&self, folded: &[String]) -> usize {
        folded.iter().filter(|column| self.find(column).is_some()).count()
    }

    /// Ours has no signature: it fits a file all of whose columns are ours, some way to know a customer among them.
    fn fits(&self, header: &[String], folded: &[String]) -> bool {
        if self.name != OWN {
            return self.signed(folded);
        }
        let identified = ["name", "email", "firstname", "lastname", "customernumber"];
        folded.iter().any(|column| identified.contains(&column.as_str()))
            && header.iter().zip(folded).all(|(name, column)| self.find(column).is_some() || self.special(name, column).is_some())
    }

    fn find(&self, column: &str) -> Option<Target> {
        let metadata = || self.metadata.iter().find(|(name, _)| *name == column).map(|(_, key)| *key);
        (self.columns.iter().find(|(name, _)| *name == column).map(|(_, target)| target.clone()))
            .or_else(|| metadata().map(|key| Target::Metadata(key.into())))
    }

    /// Columns whose name carries a key.
    fn special(&self, name: &str, folded: &str) -> Option<Target> {
        let metadata = |key: &str| Some(key.trim()).filter(|key| !key.is_empty()).map(|key| Target::Metadata(key.into()));
        match self.name {
            OWN if folded.strip_prefix("lifetimevalue").is_some_and(|rest| rest.len() == 3) => Some(Target::Ignore),
            OWN => metadata(strip_prefix_any_case(name.trim(), METADATA)?),
            "stripe" => metadata(name.trim().strip_suffix("(metadata)")?),
            "shopify" => metadata(name.trim().strip_suffix(')')?.split_once("(customer.metafields.")?.1),
            _ => None,
        }
    }

    fn lay(&self, header: &[String], folded: &[String]) -> Layout {
        let mut layout = Layout::new(self.kind, self.name, header.len());
        for (index, (name, column)) in header.iter().zip(folded).enumerate() {
            let target = if is_secret(column) { Some(Target::Ignore) } else { self.special(name, column).or_else(|| self.find(column)) };
            match target {
                None => layout.unknown.push(index),
                Some(Target::Ignore) => {}
                // Of two columns of one name nobody can say which is meant: the first is read, and the other is named among those left out.
                Some(_) if header[..index].iter().any(|before| before.trim().eq_ignore_ascii_case(name.trim())) => {
                    layout.unknown.push(index)
                }
                Some(target) => self.add(&mut layout, target, index),
            }
        }
        self.order(&mut layout, folded);
        layout
    }

    fn add(&self, layout: &mut Layout, target: Target, index: usize) {
        match layout.field_mut(&target) {
            Some(field) => {
                field.columns.push(index);
                layout.columns[index] = target;
            }
            None => layout.add(target, vec![index], Join::First),
        }
    }

    /// Of several columns of one field the table's order decides which is asked first, not the file's.
    fn order(&self, layout: &mut Layout, folded: &[String]) {
        let place = |column: &usize| self.columns.iter().position(|(name, _)| *name == folded[*column]);
        for field in &mut layout.fields {
            field.columns.sort_by_key(place);
        }
    }
}

/// A header as it is compared: letters and digits in lower case, without what stands in brackets.
pub(super) fn fold(name: &str) -> String {
    let mut depth = 0usize;
    let outside = name.chars().filter(|&c| {
        depth = if c == '(' { depth + 1 } else { depth };
        let keep = depth == 0;
        depth = if c == ')' { depth.saturating_sub(1) } else { depth };
        keep
    });
    let folded = plain(outside);
    if folded.is_empty() { plain(name.chars()) } else { folded }
}

/// Passwords and their hashes are never read, whoever asks.
pub(super) fn is_secret(folded: &str) -> bool {
    ["password", "passwd", "passwort", "passwordhash", "pwd"].iter().any(|secret| folded.starts_with(secret))
}

fn plain(chars: impl Iterator<Item = char>) -> String {
    chars.filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn fold_all(header: &[String]) -> Vec<String> {
    header.iter().map(|name| fold(name)).collect()
}

fn strip_prefix_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// Tells whether a map speaks of orders: only those have an order number.
pub(super) fn kind_of(names: &[String]) -> Kind {
    if names.iter().any(|name| name == "ordernumber") { Kind::Orders } else { Kind::Customers }
}
