//! A place in a list that is sorted by a moment and an id: the page behind it is read by key, never by counting rows.

use std::fmt;
use std::str::FromStr;

use super::clock::Micros;

/// The last row of a page. As text `1750000000000000.ord_01k…`, for the address bar and the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageKey {
    /// The row's moment.
    pub at: Micros,
    /// The row's id.
    pub id: String,
}

impl PageKey {
    /// In front of everything, in a list with the newest first.
    pub fn newest() -> Self {
        Self { at: Micros::MAX, id: String::new() }
    }
}

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at, self.id)
    }
}

impl FromStr for PageKey {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('.').ok_or(())?;
        let sane = id.len() <= 40 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let at = at.parse().map_err(|_| ())?;
        if sane { Ok(Self { at, id: id.to_owned() }) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_and_nonsense_is_refused() {
        let key = PageKey { at: -5, id: "ord_01k0".to_owned() };
        assert_eq!(key.to_string().parse(), Ok(key));
        for bad in ["", "5", "x.ord", "5.ord'; --", "99999999999999999999.a"] {
            assert_eq!(bad.parse::<PageKey>(), Err(()), "{bad}");
        }
    }
}
