//! The columns of an export: the fourteen that are always first (SPEC 9.1), and those that are asked for behind them.

use crate::files::headers::{EXPORT_COLUMNS, lifetime_column, metadata_column};
use crate::kit::{Currency, Error, Problems, Result};

/// A column behind the fourteen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extra {
    /// One of [`EXTRAS`].
    Named(&'static str),
    /// One metadata key.
    Metadata(String),
    /// Lifetime value in another currency.
    Lifetime(Currency),
}

/// What can be asked for by name; the names are those of the header.
pub const EXTRAS: [&str; 25] = [
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

impl Extra {
    /// Reads names as a person writes them: `status`, `customer number`, `metadata.birthday`, `lifetime value usd`; `all` gives every named one.
    ///
    /// # Errors
    /// A field error for `columns` that lists what there is.
    pub fn parse_all<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>> {
        let mut all: Vec<Self> = Vec::new();
        for name in names.into_iter().map(str::trim).filter(|n| !n.is_empty()) {
            if fold(name) == "all" {
                all.extend(EXTRAS.map(Self::Named));
            } else {
                all.push(Self::parse(name)?);
            }
        }
        let mut seen: Vec<Self> = Vec::new();
        all.retain(|extra| {
            let new = !seen.contains(extra);
            if new {
                seen.push(extra.clone());
            }
            new
        });
        Ok(all)
    }

    fn parse(name: &str) -> Result<Self> {
        if let Some((word, key)) = name.split_once([':', '.'])
            && fold(word) == "metadata"
            && !key.trim().is_empty()
        {
            return Ok(Self::Metadata(key.trim().to_owned()));
        }
        let folded = fold(name);
        if let Some(currency) = folded.strip_prefix("lifetimevalue").and_then(Currency::of) {
            return Ok(Self::Lifetime(currency));
        }
        let named = EXTRAS.into_iter().find(|e| fold(e) == folded);
        named.map(Self::Named).ok_or_else(|| unknown(name))
    }

    /// The header of the column.
    pub fn header(&self) -> String {
        match self {
            Self::Named(name) => (*name).to_owned(),
            Self::Metadata(key) => metadata_column(key),
            Self::Lifetime(currency) => lifetime_column(currency.code()),
        }
    }
}

/// The header of a file with these columns.
pub fn headers(extras: &[Extra]) -> Vec<String> {
    EXPORT_COLUMNS.iter().map(|c| (*c).to_owned()).chain(extras.iter().map(Extra::header)).collect()
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn unknown(name: &str) -> Error {
    Problems::one(
        "columns",
        "unknown",
        format!("There is no column “{name}”. There is: {}, metadata.KEY, Lifetime Value USD.", EXTRAS.join(", ")),
    )
}
