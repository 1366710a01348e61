//! A place in the list as text: opaque to whoever hands it back, and refused when it was made up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::customers::index::{Cursor, Mark};
use crate::kit::CustomerId;

/// Prints a place.
pub(super) fn print(place: &Cursor) -> String {
    let id = CustomerId::of(&place.key);
    let text = match &place.mark {
        Mark::Name(name) => format!("{id}n{name}"),
        Mark::Email(email) => format!("{id}e{email}"),
        Mark::Number(Some(number)) => format!("{id}i{number}"),
        Mark::Number(None) => format!("{id}i"),
    };
    URL_SAFE_NO_PAD.encode(text)
}

/// Reads one; `None` for anything that [`print`] did not make.
pub(super) fn read(text: &str) -> Option<Cursor> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let id = CustomerId::PREFIX.len() + 1 + 26;
    let key = text.get(..id)?.parse::<CustomerId>().ok()?.bytes();
    let value = text.get(id + 1..)?;
    let mark = match text.as_bytes().get(id)? {
        b'n' => Mark::Name(value.to_owned()),
        b'e' => Mark::Email(value.to_owned()),
        b'i' if value.is_empty() => Mark::Number(None),
        b'i' => Mark::Number(Some(value.parse().ok()?)),
        _ => return None,
    };
    Some(Cursor { mark, key })
}
